# SPDX-License-Identifier: MIT
"""The lists that GOV.UK Pay can be searched for, and how each is read page by page.

Each reader is pure: it makes the call for a page and reads the answer. `PayClient.search_payments`
and its like drive them. To keep the bytes of each page, drive one yourself:

    reader, cursor = PaymentSearch(created=(start, end)), None
    while True:
        answer = pay.exchange(reader.call(cursor))
        keep(answer.raw)
        for payment in reader.items(answer.value):
            ...
        cursor = reader.next_cursor(answer.value, cursor)
        if cursor is None:
            break

`items` gives each row once, though the pages themselves repeat some. With `AgreementSearch` use
`unseen(page, cursor)` instead: GOV.UK Pay cannot search agreements by date.
"""

from collections.abc import Iterable

from lg_core.calls import Call
from lg_pay._dated_search import DatedSearch, Days, Window
from lg_pay._overlap import Step, next_step, not_yet_seen
from lg_pay._search_pages import (
    LARGEST_PAGE,
    AgreementPage,
    DisputePage,
    PaymentPage,
    RefundPage,
    checked_size,
    digits,
    mark_of,
    said,
    search_call,
)
from lg_pay.agreement import Agreement
from lg_pay.dispute import Dispute
from lg_pay.payment import Payment, PaymentStatus
from lg_pay.refund import Refund

__all__ = [
    "AgreementPage",
    "AgreementSearch",
    "DisputePage",
    "DisputeSearch",
    "PaymentPage",
    "PaymentSearch",
    "RefundPage",
    "RefundSearch",
]


class PaymentSearch(DatedSearch[PaymentPage, Payment]):
    """Payments, newest first, each once.

    All arguments narrow the search. What is created after the first page was answered is not
    listed, so an end that is None or still to come means 'until now'. GOV.UK Pay lists a payment
    some moments after it changes: where you go on from an earlier search, let the windows overlap.

    Args:
        created: the start and the end of the creation, the end excluded; an end of None is open.
        settled: the first settled day, and the day after the last; Stripe only.
        reference: your reference, whole; capitals do not matter.
        email: part of the payer's e-mail address.
        state: one of `PaymentStatus`, or another word of GOV.UK Pay's. `capturable` is filtered
            here, since GOV.UK Pay cannot search for it.
        card_brand: such as `Visa`. Filtered here, since GOV.UK Pay does not filter by it.
        agreement_id: the agreement that was charged.
        cardholder_name: part of the name on the card.
        first_digits: the first six digits of the card.
        last_digits: the last four digits of the card.
        page_size: rows a page, from 1 to 500.

    Raises:
        InvalidValueError: an argument cannot be searched for.
    """

    __slots__ = ("_brand", "_only_capturable")

    def __init__(
        self,
        *,
        created: Window | None = None,
        settled: Days | None = None,
        reference: str | None = None,
        email: str | None = None,
        state: str | None = None,
        card_brand: str | None = None,
        agreement_id: str | None = None,
        cardholder_name: str | None = None,
        first_digits: str | None = None,
        last_digits: str | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        self._brand = None if card_brand is None else _brand(said(card_brand, "card_brand"))
        self._only_capturable = state == PaymentStatus.CAPTURABLE
        query = {
            "reference": said(reference, "reference"),
            "email": said(email, "email"),
            "state": None if self._only_capturable else said(state, "state"),
            "agreement_id": said(agreement_id, "agreement_id"),
            "cardholder_name": said(cardholder_name, "cardholder_name"),
            "first_digits_card_number": digits(first_digits, "first_digits", 6),
            "last_digits_card_number": digits(last_digits, "last_digits", 4),
        }
        lasting = {"reference", "agreement_id"}
        super().__init__(
            "/v1/payments",
            capability="lg-pay.search_payments",
            read=PaymentPage,
            created=created,
            settled=settled,
            query=query,
            kept_here=f"{self._brand} {self._only_capturable}",
            may_leave=any(value for name, value in query.items() if name not in lasting),
            page_size=page_size,
        )

    def _wanted(self, rows: Iterable[Payment]) -> list[Payment]:
        if self._only_capturable:
            rows = (row for row in rows if row.state.status == PaymentStatus.CAPTURABLE)
        if self._brand is not None:
            rows = (row for row in rows if self._has_brand(row))
        return list(rows)

    def _has_brand(self, row: Payment) -> bool:
        brand = row.card_details.card_brand if row.card_details else None
        return brand is not None and _brand(brand) == self._brand


class RefundSearch(DatedSearch[RefundPage, Refund]):
    """Refunds, newest first, each once.

    What is created after the first page was answered is not listed.

    Args:
        created: the start and the end of the creation, the end excluded; an end of None is open.
        settled: the first settled day, and the day after the last; Stripe only.
        page_size: rows a page, from 1 to 500.

    Raises:
        InvalidValueError: an argument cannot be searched for.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        created: Window | None = None,
        settled: Days | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        super().__init__(
            "/v1/refunds",
            capability="lg-pay.search_refunds",
            read=RefundPage,
            created=created,
            settled=settled,
            query={},
            may_leave=False,
            page_size=page_size,
        )


class DisputeSearch(DatedSearch[DisputePage, Dispute]):
    """Disputes, newest first, each once.

    What is created after the first page was answered is not listed.

    Args:
        created: the start and the end of the creation, the end excluded; an end of None is open.
        settled: the first settled day, and the day after the last; lost disputes only.
        status: one of `DisputeStatus`, or another word of GOV.UK Pay's.
        page_size: rows a page, from 1 to 500.

    Raises:
        InvalidValueError: an argument cannot be searched for.
    """

    __slots__ = ()

    def __init__(
        self,
        *,
        created: Window | None = None,
        settled: Days | None = None,
        status: str | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        super().__init__(
            "/v1/disputes",
            capability="lg-pay.search_disputes",
            read=DisputePage,
            created=created,
            settled=settled,
            query={"status": said(status, "status")},
            may_leave=status is not None,
            page_size=page_size,
        )


class AgreementSearch:
    """Agreements, newest first, each once.

    GOV.UK Pay cannot narrow this list by date, so its pages are read with an overlap: one that does
    not reach back to the agreement read last is asked for again, earlier. What is created after the
    first page was answered may or may not be listed.

    Args:
        reference: your reference, whole; capitals do not matter.
        status: one of `AgreementStatus`, or another word of GOV.UK Pay's.
        page_size: rows a page, from 10 to 500.

    Raises:
        InvalidValueError: an argument cannot be searched for.
    """

    __slots__ = ("_mark", "_query", "_size")

    def __init__(
        self,
        *,
        reference: str | None = None,
        status: str | None = None,
        page_size: int = LARGEST_PAGE,
    ) -> None:
        self._size = checked_size(page_size, least=10)
        self._query = {"reference": said(reference, "reference"), "status": said(status, "status")}
        self._mark = mark_of("/v1/agreements", self._query, self._size)

    def call(self, cursor: str | None, /) -> Call[AgreementPage]:
        """Return the call for the page at a cursor, or for the first page.

        Args:
            cursor: where the page begins, from `next_cursor`; None for the first page.

        Returns:
            The call; its answer is a page.

        Raises:
            InvalidValueError: the cursor is not one of this search.
        """
        step = self._step(cursor)
        return search_call(
            "/v1/agreements",
            capability="lg-pay.search_agreements",
            read=AgreementPage,
            query=self._query,
            page=step.page,
            size=step.size,
        )

    def items(self, page: AgreementPage, /) -> list[Agreement]:
        """Return all that the page lists, which may have been listed before: see `unseen`.

        Args:
            page: the answer.
        """
        return list(page.results)

    def unseen(self, page: AgreementPage, cursor: str | None, /) -> list[Agreement]:
        """Return what the page adds to the pages before it.

        Args:
            page: the answer.
            cursor: the cursor that it was asked for with.

        Raises:
            InvalidValueError: the cursor is not one of this search.
        """
        step = self._step(cursor)
        return [row for row in page.results if not_yet_seen(row, page, step)]

    def next_cursor(self, page: AgreementPage, cursor: str | None, /) -> str | None:
        """Return the cursor of the page after this one, or None after the last.

        Args:
            page: the answer.
            cursor: the cursor that it was asked for with.

        Raises:
            SearchIncompleteError: the list changed too often while it was read.
            InvalidValueError: the cursor is not one of this search.
        """
        following = next_step(page, self._step(cursor), largest=self._size)
        return None if following is None else following.text(self._mark)

    def __repr__(self) -> str:
        return "<AgreementSearch>"

    def _step(self, cursor: str | None) -> Step:
        return Step(size=self._size) if cursor is None else Step.read(cursor, self._mark)


def _brand(name: str | None) -> str:
    """Return a card brand as it is compared: `Mastercard` and `master-card` are one."""
    return "".join(letter for letter in (name or "").casefold() if letter.isalnum())
