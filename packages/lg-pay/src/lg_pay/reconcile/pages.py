# SPDX-License-Identifier: MIT
"""Keep each page that GOV.UK Pay answered as it came, and read it again.

The ledger is made from the pages, and an independent sum is made from the same bytes by other code
(`lg_pay.reconcile.check`). A page holds personal data: the folder is for this user alone, and is
removed after the run unless it is asked for.

A folder of pages ends with a mark, which `download` writes last. Without it nobody can tell a whole
download from one that broke off, and a day that lacks a page would balance with itself.
"""

import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from lg_core.errors import ConfigError, LgError, ResponseShapeError
from lg_pay.dispute import Dispute, DisputeStatus
from lg_pay.payment import Payment
from lg_pay.reconcile._listed import ListedPayment, read_listed_payments
from lg_pay.refund import Refund
from lg_pay.search import DisputePage, PaymentPage, RefundPage

__all__ = [
    "Listed",
    "Pages",
    "Record",
    "Recording",
    "UnfinishedPagesError",
    "Window",
    "payment_ids",
    "read_listed",
    "read_page",
]

_LONDON: Final = ZoneInfo("Europe/London")
_END: Final = "end.json"
_FORMAT: Final = "lg-pay pages"
_NAME: Final = re.compile(r"(?P<number>[0-9]{6})-(?P<kind>[a-z]+)-(?P<account>[^/]*)\.json")

Record = Payment | Refund | Dispute
"""One row of a page."""
Listed = ListedPayment | Refund | Dispute
"""One row of a page, as a run reads it."""


class UnfinishedPagesError(LgError):
    """A folder of pages has no end mark, or not the pages that its mark says."""


class Pages(StrEnum):
    """What a page lists."""

    PAYMENTS = "payments"
    REFUNDS = "refunds"
    DISPUTES = "disputes"
    PAYMENT = "payment"
    """One payment by itself: an older one, of which something went back in the window."""


_MODELS: Final[dict[Pages, type[PaymentPage | RefundPage | DisputePage]]] = {
    Pages.PAYMENTS: PaymentPage,
    Pages.REFUNDS: RefundPage,
    Pages.DISPUTES: DisputePage,
}


@dataclass(frozen=True, slots=True)
class Window:
    """The days that a run looks at, in Europe/London.

    Attributes:
        first: the first day.
        last: the last day, the one that is posted.
    """

    first: date
    last: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The start of the first day and the end of the last: 23 or 25 hours at a clock change."""
        after = self.last + timedelta(days=1)
        return (
            datetime.combine(self.first, time(), tzinfo=_LONDON),
            datetime.combine(after, time(), tzinfo=_LONDON),
        )


class Recording:
    """A folder of pages, each a file, in the order in which they came.

    Args:
        folder: the folder; made, for this user alone, where it is not there.

    Raises:
        ConfigError: the folder cannot be used.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
            names = [path.name for path in self.folder.iterdir()]
        except OSError as error:
            raise ConfigError(
                f"The folder for the pages cannot be used ({type(error).__name__}). Give one that "
                "this process may write to.",
                setting="folder",
            ) from error
        found = [_NAME.fullmatch(name) for name in names]
        self._next = 1 + max((int(one["number"]) for one in found if one), default=0)

    def add(self, raw: bytes, *, kind: Pages, account: str) -> None:
        """Keep a page.

        Args:
            raw: the bytes of the answer.
            kind: what it lists.
            account: the name of the account that was asked.
        """
        (self.folder / _END).unlink(missing_ok=True)  # it ends where `finish` says so again
        name = f"{self._next:06}-{kind}-{quote(account, safe='')}.json"
        self._write(name, raw)
        self._next += 1

    def finish(self, *, window: Window | None = None) -> None:
        """Mark the folder as whole. `download` does it last.

        Call it for pages that you have put there yourself, or for a folder of an earlier release
        where you know that its download ended well.

        Args:
            window: the days of which these are the records, where that is known.
        """
        mark: dict[str, object] = {"format": _FORMAT, "version": 1, "pages": len(self)}
        if window is not None:
            mark |= {"first": window.first.isoformat(), "last": window.last.isoformat()}
        part = f"{_END}.part"
        self._write(part, f"{json.dumps(mark)}\n".encode())
        (self.folder / part).replace(self.folder / _END)

    def whole(self) -> Window | None:
        """Make sure that all pages are there.

        Returns:
            The days of which these are the records; None where the mark does not say them.

        Raises:
            UnfinishedPagesError: there is no end mark, or it counts other pages.
        """
        try:
            raw = (self.folder / _END).read_bytes()
        except FileNotFoundError:
            raise UnfinishedPagesError(
                "The folder of pages has no end mark, so its download may have broken off; "
                "releases before the mark wrote none. Download the day again. Where you know "
                "that the pages are whole, mark them: Recording(folder).finish()."
            ) from None
        pages, days = _read_mark(raw)
        if pages != len(self):
            raise UnfinishedPagesError(
                f"The end mark of the folder counts {pages} pages, and {len(self)} are there. "
                "Copy the whole folder, or download the day again."
            )
        return days

    def _write(self, name: str, raw: bytes) -> None:
        path = self.folder / name
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
        path.write_bytes(raw)

    def __iter__(self) -> Iterator[tuple[str, Pages, bytes]]:
        """Give the account, the kind and the bytes of each page."""
        for path in sorted(self.folder.iterdir()):
            found = _NAME.fullmatch(path.name)
            if found is not None:
                yield unquote(found["account"]), Pages(found["kind"]), path.read_bytes()

    def __len__(self) -> int:
        return sum(1 for path in self.folder.iterdir() if _NAME.fullmatch(path.name))

    def records(self) -> Iterator[tuple[str, Record]]:
        """Give each row of each list, with the name of its account."""
        for account, kind, raw in self:
            if kind is not Pages.PAYMENT:
                for row in read_page(raw, kind):
                    yield account, row

    def singles(self) -> Iterator[tuple[str, Payment]]:
        """Give each payment that was kept by itself, with the name of its account."""
        for account, kind, raw in self:
            if kind is Pages.PAYMENT:
                yield account, _read_payment(raw)

    def returned(self) -> set[tuple[str, str]]:
        """Return the account and the id of each payment of which something went back."""
        return {
            (account, one)
            for account, kind, raw in self
            if kind in {Pages.REFUNDS, Pages.DISPUTES}
            for one in _payment_ids(raw, but=DisputeStatus.WON)
        }


def payment_ids(raw: bytes) -> Iterator[str]:
    """Give the payment that each row of a page names.

    Args:
        raw: the bytes of the answer.

    Returns:
        The ids, in the order of the rows; a row without one is passed over.

    Raises:
        ResponseShapeError: it is no page.
    """
    yield from _payment_ids(raw)


def _payment_ids(raw: bytes, *, but: str | None = None) -> Iterator[str]:
    """Give the payment of each row, those of a status left out: of them nothing went back."""
    rows: list[dict[str, Any]] = []
    whole = False
    try:
        rows = cast("list[dict[str, Any]]", json.loads(raw)["results"])
        named = [row.get("payment_id") for row in rows]
        whole = all(one is None or isinstance(one, str) for one in named)
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    if not whole:
        raise _unreadable("page")
    yield from (
        row["payment_id"]
        for row in rows
        if row.get("payment_id") and (but is None or row.get("status") != but)
    )


def _read_mark(raw: bytes) -> tuple[int, Window | None]:
    mark: dict[str, Any] = {}
    try:
        mark = json.loads(raw)
        window = None
        if "first" in mark:
            window = Window(date.fromisoformat(mark["first"]), date.fromisoformat(mark["last"]))
        if mark["format"] == _FORMAT and mark["version"] == 1:
            return int(mark["pages"]), window
    except (ValueError, LookupError, TypeError, AttributeError):
        pass
    raise UnfinishedPagesError(
        "The end mark of the folder of pages cannot be read: another release wrote it, or it was "
        "changed. Download the day again."
    )


def read_page(raw: bytes, kind: Pages) -> tuple[Record, ...]:
    """Read the rows of a page.

    Args:
        raw: the bytes of the answer.
        kind: what it lists.

    Returns:
        The rows, in their order.

    Raises:
        ResponseShapeError: it is not such a page.
    """
    try:
        return tuple(_MODELS[kind].model_validate_json(raw).results)
    except ValueError:
        pass
    # Raised outside the handler: pydantic's error may hold what stands on the page.
    raise _unreadable(f"page of {kind}")


def read_listed(raw: bytes, kind: Pages) -> tuple[Listed, ...]:
    """Read the rows of a page as a run needs them: of payments what is posted alone.

    Args:
        raw: the bytes of the answer.
        kind: what it lists.

    Returns:
        The rows, in their order.

    Raises:
        ResponseShapeError: it is not such a page.
    """
    if kind is Pages.REFUNDS or kind is Pages.DISPUTES:
        return tuple(row for row in read_page(raw, kind) if not isinstance(row, Payment))
    try:
        return read_listed_payments(raw)
    except ValueError:
        pass
    # It may be what GOV.UK Pay answers past the end, or no page: that is told as ever.
    return tuple(row for row in read_page(raw, kind) if not isinstance(row, Payment))


def _read_payment(raw: bytes) -> Payment:
    try:
        return Payment.model_validate_json(raw)
    except ValueError:
        pass
    raise _unreadable("payment")  # outside the handler, as above


def _unreadable(what: str) -> ResponseShapeError:
    return ResponseShapeError(
        f"A recorded {what} cannot be read: it is not what GOV.UK Pay answers. Download the day "
        "again."
    )
