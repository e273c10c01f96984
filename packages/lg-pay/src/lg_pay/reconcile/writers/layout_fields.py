# SPDX-License-Identifier: MIT
"""One field of a layout: what it shows of a line or a batch, and how it is written. Pure.

A value that does not fit is refused, with the row and the field. Nothing is ever cut.
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, assert_never
from zoneinfo import ZoneInfo

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, format_pounds
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.postings import Posting
from lg_pay.reconcile.writers.neutral import rate_text

__all__ = [
    "BATCH_SOURCES",
    "LINE_SOURCES",
    "ROW",
    "TRAILER_SOURCES",
    "Amounts",
    "LayoutField",
    "Side",
    "Sign",
    "Unfit",
    "Value",
    "is_amount",
    "is_date",
]

_LONDON: Final = ZoneInfo("Europe/London")

Value = str | int | date | None
"""What a source gives: text, a number, an amount (`Pence`), a day or an instant."""


class Amounts(StrEnum):
    """The unit of an amount."""

    POUNDS = "pounds"
    """`1234.50`"""
    PENCE = "pence"
    """`123450`"""


class Sign(StrEnum):
    """How a file shows whether an amount is income (above 0) or goes back (below 0)."""

    MINUS = "minus"
    """`12.34`, `-12.34`"""
    LEADING = "leading"
    """`+12.34`, `-12.34`"""
    TRAILING = "trailing"
    """`12.34+`, `12.34-`"""
    LETTERS = "letters"
    """Two texts behind it, such as `12.34CR`, `12.34DR`."""
    ABOVE_ONLY = "above-only"
    """`12.34`, and nothing where the amount is below 0: the one of two columns."""
    BELOW_ONLY = "below-only"
    """`12.34` where the amount is below 0, and nothing otherwise: the other of two columns."""


class Unfit(StrEnum):
    """What is done with a value that is too long, or has a character that the file cannot have."""

    REFUSE = "refuse"
    """Nothing is written, and the row is named."""
    BLANK_IN_SUSPENSE = "blank-in-suspense"
    """The field of a line in suspense is left blank: there it is what a payer typed, of any
    length. Every other line is refused."""


class Side(StrEnum):
    """On which side a value stands in its width."""

    LEFT = "left"
    RIGHT = "right"


LINE_SOURCES: Final[Mapping[str, Callable[[Posting], Value]]] = {
    "key": lambda one: one.key,
    "line": lambda one: one.line,
    "kind": lambda one: one.kind.value,
    "id": lambda one: one.id,
    "payment_id": lambda one: one.payment_id,
    "pay_account": lambda one: one.account,
    "day": lambda one: one.day,
    "at": lambda one: one.at,
    "reference": lambda one: one.origin.reference,
    "provider": lambda one: one.origin.provider,
    "provider_id": lambda one: one.origin.provider_id,
    "method": lambda one: one.origin.method,
    "fund": lambda one: one.fund,
    "account_reference": lambda one: one.account_reference,
    "cost_centre": lambda one: one.cost_centre,
    "gl_code": lambda one: one.gl_code,
    "vat_code": lambda one: one.vat_code,
    "vat_rate": lambda one: rate_text(one.vat_rate),
    "gross": lambda one: one.gross,
    "net": lambda one: one.net,
    "vat": lambda one: one.vat,
    "narrative": lambda one: one.narrative,
    "rule": lambda one: one.rule,
    "adjustment": lambda one: one.adjustment.value,
}
"""What a field of a line can show, by the name of the source."""

ROW: Final = "row"
"""The source of the number of the line within the file, from 1."""

BATCH_SOURCES: Final[Mapping[str, Callable[[Batch], Value]]] = {
    "ledger": lambda batch: batch.ledger,
    "batch_name": lambda batch: batch.name,
    "batch_number": lambda batch: batch.number,
    "batch_day": lambda batch: batch.day,
    "digest": lambda batch: batch.digest,
    "count": lambda batch: batch.totals.lines,
    "suspense_count": lambda batch: batch.totals.suspense,
    "total": lambda batch: batch.totals.net,
    "total_vat": lambda batch: sum((one.vat for one in batch.totals.funds), Pence(0)),
    "total_net": lambda batch: sum((one.net for one in batch.totals.funds), Pence(0)),
    "total_payments": lambda batch: batch.totals.payments,
    "total_refunds": lambda batch: batch.totals.refunds,
    "total_disputes": lambda batch: batch.totals.disputes,
    "total_fees": lambda batch: batch.totals.fees,
}
"""What any field can show of the batch, by the name of the source."""

TRAILER_SOURCES: Final = ("total_above", "total_below")
"""What a trailer can show besides: the sum of the lines above 0, and of those below."""

_AMOUNTS: Final = frozenset(
    {"gross", "net", "vat", *TRAILER_SOURCES}
    | {name for name in BATCH_SOURCES if name.startswith("total")}
)
_DATES: Final = frozenset({"day", "at", "batch_day"})


def is_amount(source: str | None) -> bool:
    """Say whether a source is an amount of money.

    Args:
        source: its name.

    Returns:
        True where it is; False for any other name, and for None.
    """
    return source in _AMOUNTS


def is_date(source: str | None) -> bool:
    """Say whether a source is a day or an instant.

    Args:
        source: its name.

    Returns:
        True where it is; False for any other name, and for None.
    """
    return source in _DATES


@dataclass(frozen=True, slots=True)
class LayoutField:
    """One field of a row.

    Attributes:
        name: what finance calls it: the name of the column, and in errors.
        source: what it shows, a name of `LINE_SOURCES`, `BATCH_SOURCES` or `row`; None for `text`.
        text: a fixed text, where there is no source. Empty for a blank field.
        width: the most characters it may have; the exact number in a fixed-width file.
        side: on which side the value stands; None to leave it as long as it is.
        fill: the character that fills the rest.
        amounts: the unit of an amount.
        sign: how an amount shows its sign.
        letters: the texts of `Sign.LETTERS`: from 0 up, and below 0.
        negate: whether income is written below 0, as a credit.
        date: how a day or an instant is written: `%Y`, `%y`, `%m`, `%d`, `%j`, `%H`, `%M`, `%S`.
            An instant is in Europe/London. None for ISO 8601.
        unfit: what is done with a value that does not fit.
    """

    name: str
    source: str | None = None
    text: str = ""
    width: int | None = None
    side: Side | None = None
    fill: str = " "
    amounts: Amounts = Amounts.POUNDS
    sign: Sign = Sign.MINUS
    letters: tuple[str, str] = ("CR", "DR")
    negate: bool = False
    date: str | None = None
    unfit: Unfit = Unfit.REFUSE

    def shown(self, value: Value, *, where: str, encoding: str, drop_accents: bool = False) -> str:
        """Write a value as the field has it.

        Args:
            value: what the source gave.
            where: the row, for an error.
            encoding: the encoding of the file.
            drop_accents: whether a letter that the encoding does not have loses its accent.

        Raises:
            InvalidValueError: the value is too long, or has a character that the file cannot
                have. It is not repeated.
        """
        text = self._text(value)
        if not _has(text, encoding):
            text = _without_accents(text) if drop_accents else text
            if not _has(text, encoding):
                raise InvalidValueError(
                    f'{where}, {self.name}: a character is not in {encoding}. Set accents = "drop" '
                    "or another encoding in the layout.",
                    field=self.name,
                    code="encoding",
                )
        if self.width is None:
            return text
        if len(text) > self.width:
            raise InvalidValueError(
                f"{where}, {self.name}: the value has {len(text)} characters, and the layout "
                f"{self.width}. Nothing is cut: widen the field, or shorten the code.",
                field=self.name,
                code="too_long",
            )
        if self.side is Side.LEFT:
            return text.ljust(self.width, self.fill)
        if self.side is Side.RIGHT:
            return self._to_the_right(text, self.width)
        return text

    def _to_the_right(self, text: str, width: int) -> str:
        # The sign stands before the noughts that fill an amount: -0012.34, not 00-12.34.
        if self.fill == "0" and is_amount(self.source) and text.startswith(("-", "+")):
            return text[0] + text[1:].rjust(width - 1, self.fill)
        return text.rjust(width, self.fill)

    def _text(self, value: Value) -> str:
        if self.source is None:
            return self.text
        if isinstance(value, Pence):
            return self._amount(-value if self.negate else value)
        if isinstance(value, datetime):
            local = value.astimezone(_LONDON)
            return local.strftime(self.date) if self.date else local.isoformat(timespec="seconds")
        if isinstance(value, date):
            return value.strftime(self.date) if self.date else value.isoformat()
        return "" if value is None else str(value)

    def _amount(self, amount: Pence) -> str:
        size = abs(amount)
        digits = (
            str(size)
            if self.amounts is Amounts.PENCE
            else format_pounds(size, symbol=False, commas=False)
        )
        below = amount < 0
        match self.sign:
            case Sign.MINUS:
                return f"-{digits}" if below else digits
            case Sign.LEADING:
                return f"{'-' if below else '+'}{digits}"
            case Sign.TRAILING:
                return f"{digits}{'-' if below else '+'}"
            case Sign.LETTERS:
                return f"{digits}{self.letters[below]}"
            case Sign.ABOVE_ONLY:
                return "" if below else digits
            case Sign.BELOW_ONLY:
                return digits if below else ""
            case _:
                assert_never(self.sign)


def _has(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
