# SPDX-License-Identifier: MIT
"""Put several lines of a council's ledger into one payment, and get them back from GOV.UK Pay.

GOV.UK Pay knows one amount and one reference. The lines travel in the payment's metadata, so
that what each penny was for can be rebuilt from GOV.UK Pay alone, without a database:

    NewPayment(amount=total(lines), metadata=encode(lines), ...)
    ...
    lines = decode(payment.metadata, amount=payment.amount)

What is written is a format of its own, described for any language in the documentation ('The
basket format'), with test vectors in `basket_vectors.json` beside this module.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, VatRate, format_pounds
from lg_pay._basket_fields import field_fault
from lg_pay._basket_text import (
    FIELD_END,
    LINE_END,
    LONGEST_PIECE,
    PAIRS,
    RESERVED,
    checksum,
    join_fields,
    pack,
    split_line,
)

if TYPE_CHECKING:
    from lg_pay.new_payment import MetadataValue

__all__ = ["BasketError", "BasketFault", "Line", "decode", "encode", "is_basket", "total"]

MAX_TOTAL: Final = Pence(10_000_000)
"""GBP 100,000, the most that one payment may be (API reference, 'Create a payment')."""

_VERSION: Final = "1"
_HEAD: Final = "lg_basket"
_WIDTH: Final = 6
_MOST: Final = 999_999_999_999
_HEADER: Final = re.compile(
    r"(?P<head>(?P<version>[0-9]{1,9});(?P<count>[0-9]{1,9});(?P<total>[0-9]{1,12}));"
    r"(?P<check>[0-9a-f]{16})",
    re.ASCII,
)
_AMOUNT: Final = re.compile(r"-?[0-9]{1,12}", re.ASCII)
_TO_ESCAPE: Final = re.compile(r'[\^<>|"\\]')
_RATE: Final = re.compile(r"[0-9]{1,4}|10000", re.ASCII)


class BasketFault(StrEnum):
    """What is wrong with a basket: the `code` of the error."""

    # What cannot be written.
    ALPHABET = "alphabet"
    AMOUNT_RANGE = "amount_range"
    BLANK_AROUND = "blank_around"
    EMPTY = "empty"
    KEY_CLASH = "key_clash"
    LINE_TOO_LONG = "line_too_long"
    NO_CODE = "no_code"
    PERSONAL = "personal"
    TOO_LARGE = "too_large"
    TOTAL_RANGE = "total_range"
    WRONG_TYPE = "wrong_type"
    # What cannot be read.
    CHANGED = "changed"
    MISSING = "missing"
    NOT_A_BASKET = "not_a_basket"
    REPEATED = "repeated"
    UNREADABLE = "unreadable"
    VERSION = "version"
    WRONG_AMOUNT = "wrong_amount"


class BasketError(InvalidValueError):
    """A basket that cannot be written, or that cannot be read without loss.

    Args:
        message: what is wrong and what to do. It never repeats a field.
        field: where, such as `lines[1].account`.
        code: a `BasketFault`; of several, the first.
        faults: each fault: where, its code, and a sentence.
        pairs_over: with `too_large`, how many pairs of metadata the basket has too many.
        characters_over: with `too_large`, how many characters stand in those pairs; with
            `line_too_long`, how many the line has too many.
    """

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: str = "invalid",
        faults: tuple[tuple[str, str, str], ...] = (),
        pairs_over: int = 0,
        characters_over: int = 0,
    ) -> None:
        super().__init__(message, field=field, code=code, faults=faults)
        self.pairs_over = pairs_over
        self.characters_over = characters_over


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one line of a payment: what the money is for, as the ledger says it.

    Printing it does not show the account and the narrative, which can point to a person.

    Args:
        fund: the code of the fund.
        account: the reference of the account, as text: leading noughts count. Empty where the
            fund has no accounts.
        amount: pence with VAT. Negative for a discount.
        vat_code: the council's own code for the treatment of VAT.
        vat_rate: the rate of VAT that is in the amount. None where there is no rate: exempt,
            outside the scope.
        narrative: a code for the ledger's narrative, such as a UPRN or a kind of bin.

    Raises:
        InvalidValueError: a field is of another type. A bare int is no amount.
    """

    fund: str
    account: str = field(repr=False)
    amount: Pence
    vat_code: str = ""
    vat_rate: VatRate | None = None
    narrative: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        # The usual case first: a day of payments has tens of thousands of lines.
        if (
            type(self.fund) is type(self.account) is type(self.vat_code) is type(self.narrative)
            and type(self.fund) is str
            and type(self.amount) is Pence
            and (self.vat_rate is None or type(self.vat_rate) is VatRate)
        ):
            return
        for name in ("fund", "account", "vat_code", "narrative"):
            _of_type(getattr(self, name), str, name=name)
        _of_type(self.amount, Pence, name="amount")
        if self.vat_rate is not None:
            _of_type(self.vat_rate, VatRate, name="vat_rate")


def _of_type(value: object, kind: type, *, name: str) -> None:
    if not isinstance(value, kind):
        raise InvalidValueError(
            f"{name} of a line must be {kind.__name__}, not {type(value).__name__}.",
            field=name,
            code=BasketFault.WRONG_TYPE,
        )


def total(lines: Iterable[Line]) -> Pence:
    """Add up the amounts of lines: what the payment must be.

    Args:
        lines: the lines.

    Returns:
        The sum in pence.
    """
    return sum((line.amount for line in lines), Pence(0))


def encode(
    lines: Sequence[Line], *, beside: "Mapping[str, MetadataValue] | None" = None
) -> dict[str, str]:
    """Write lines as pairs of metadata for `NewPayment(metadata=...)`.

    The same lines always give the same pairs. They keep GOV.UK Pay's limits (API reference, 'Add
    metadata': 15 pairs, keys of 30 characters, values of 100) and hold none of the characters
    that its firewall refuses (`<`, `>`, `|`, `"` and backslash). A basket takes one pair, and
    one more for every 100 characters; about 40 short lines fit.

    Text that looks like an e-mail address, a telephone number, a postcode or a card number is
    refused in every field, since GOV.UK Pay keeps metadata for 7 years.

    Args:
        lines: the lines, at least one, in the order that they are to come back. Their total is 0
            to 10,000,000 pence.
        beside: your own pairs, which will stand beside. They are counted, and no key of theirs
            may be one of a basket's. They are not in what is returned: join them with
            `encode(lines, beside=own) | own`.

    Returns:
        The basket's pairs.

    Raises:
        BasketError: a field, the total or the size is wrong; every wrong field is named.
            `pairs_over` and `characters_over` say by how much it is too large.
    """
    own = beside or {}
    if not lines:
        raise BasketError(
            "The basket has no lines. Give at least one.", field="lines", code=BasketFault.EMPTY
        )
    faults = tuple(_faults(lines))
    if faults:
        where, code, _ = faults[0]
        text = "; ".join(f"{where} {what}" for where, _, what in faults)
        over = max((len(_line_text(line)) - LONGEST_PIECE for line in lines), default=0)
        raise BasketError(
            f"{text}.", field=where, code=code, faults=faults, characters_over=max(over, 0)
        )
    if not 0 <= total(lines) <= MAX_TOTAL:
        raise BasketError(
            f"The lines must add up to an amount from £0.00 to {format_pounds(MAX_TOTAL)}, the "
            "most that one payment may be.",
            field="lines",
            code=BasketFault.TOTAL_RANGE,
        )
    pairs = _write(lines)
    _fit(pairs, own)
    return pairs


def _faults(lines: Sequence[Line]) -> Iterator[tuple[str, str, str]]:
    for index, line in enumerate(lines):
        where = f"lines[{index}]"
        for name in ("fund", "account", "vat_code", "narrative"):
            fault = field_fault(getattr(line, name), code=name == "fund")
            if fault:
                yield f"{where}.{name}", *fault
        if abs(int(line.amount)) > _MOST:
            yield f"{where}.amount", BasketFault.AMOUNT_RANGE, "is over £9,999,999,999.99"
        length = len(_line_text(line))
        if length > LONGEST_PIECE:
            yield (
                where,
                BasketFault.LINE_TOO_LONG,
                f"takes {length} characters, {length - LONGEST_PIECE} too many: use shorter codes",
            )


def _line_text(line: Line) -> str:
    rate = "" if line.vat_rate is None else str(line.vat_rate.basis_points)
    return join_fields(
        (line.fund, line.account, str(line.amount), line.vat_code, rate, line.narrative)
    )


def _write(lines: Sequence[Line]) -> dict[str, str]:
    pieces = pack(map(_line_text, lines))
    head = _head(lines)
    numbered = {f"{_HEAD}_{number}": piece for number, piece in enumerate(pieces, start=1)}
    return {_HEAD: f"{head};{checksum(head, pieces)}", **numbered}


def _head(lines: Sequence[Line]) -> str:
    return f"{_VERSION};{len(lines)};{sum([int(line.amount) for line in lines])}"


def _fit(pairs: Mapping[str, str], own: "Mapping[str, MetadataValue]") -> None:
    if any(RESERVED.fullmatch(key) for key in own):
        raise BasketError(
            "A key in beside is one of the basket's own (lg_basket, lg_basket_1 and so on). "
            "Rename it.",
            field="beside",
            code=BasketFault.KEY_CLASH,
        )
    over = len(pairs) + len(own) - PAIRS
    if over <= 0:
        return
    # Where your own pairs alone are too many, nothing of the basket has room.
    characters = sum(len(piece) for piece in list(pairs.values())[-over:])
    raise BasketError(
        f"The basket is too large: {len(pairs)} pairs and your own {len(own)} are {over} more "
        f"than the {PAIRS} that GOV.UK Pay takes. {characters} characters have no room: use "
        "fewer lines or shorter codes, or make two payments.",
        field="lines",
        code=BasketFault.TOO_LARGE,
        pairs_over=over,
        characters_over=characters,
    )


def is_basket(metadata: "Mapping[str, MetadataValue] | None") -> bool:
    """Say whether metadata holds a basket, whole or damaged.

    A damaged basket is one too: `decode` refuses it, and it must not pass for a payment that
    never had lines.

    Args:
        metadata: the payment's metadata, as GOV.UK Pay gave it.

    Returns:
        True where a key is one of a basket's.
    """
    return any(RESERVED.fullmatch(key) for key in metadata or ())


def decode(
    metadata: "Mapping[str, MetadataValue] | None", *, amount: Pence | None = None
) -> tuple[Line, ...]:
    """Read the lines of a payment from its metadata, without loss or not at all.

    The order of the pairs does not matter, nor do capitals in the keys; pairs that are not the
    basket's are passed over. A pair that is changed, missing or repeated is found by the
    checksum, the number of lines and the total. A number where a text should be is a change: no
    text of a basket is made of digits alone, so none can come back as a number.

    Text is given back as it is, also where `encode` would refuse it today: the money was paid,
    and must be posted.

    Args:
        metadata: the payment's metadata, as GOV.UK Pay gave it.
        amount: the payment's own amount, to be sure that the lines add up to it.

    Returns:
        The lines, in the order in which they were encoded.

    Raises:
        BasketError: there is no basket, or it cannot be read without loss. `code` says which;
            send the payment to suspense.
    """
    header, pieces = _parts(metadata or {})
    found = _HEADER.fullmatch(header)
    if found is None:
        raise _lost(BasketFault.CHANGED, "Its header (lg_basket) is not as it was written.")
    if found["version"] != _VERSION:
        raise _lost(
            BasketFault.VERSION,
            "It is of a version that this lg-pay does not know. Install a newer lg-pay.",
        )
    texts = [text for piece in pieces for text in piece.split(LINE_END)]
    if len(texts) < int(found["count"]):
        raise _lost(BasketFault.MISSING, "It has fewer lines than its header says.")
    if found["check"] != checksum(found["head"], pieces):
        raise _lost(BasketFault.CHANGED, "The checksum is not that of what stands there.")
    read = [_read_line(text) for text in texts]
    lines = tuple(line for line, _ in read)
    # Whoever wrote it, it must be exactly what these lines give: what `_write` would make of them.
    as_written = (
        found["head"] == _head(lines)
        and all(
            is_plain or _line_text(line) == text
            for text, (line, is_plain) in zip(texts, read, strict=True)
        )
        and pack(texts) == pieces
    )
    if not as_written:
        raise _lost(BasketFault.UNREADABLE, "It was not written as the basket format says.")
    if amount is not None and total(lines) != amount:
        raise _lost(BasketFault.WRONG_AMOUNT, "Its lines do not add up to the payment's amount.")
    return lines


def _parts(metadata: "Mapping[str, MetadataValue]") -> tuple[str, list[str]]:
    """Return the header and the pieces in their order."""
    held: dict[str, str] = {}
    for key, value in metadata.items():
        if not RESERVED.fullmatch(key):
            continue
        if key.lower() in held:
            raise _lost(BasketFault.REPEATED, "A key stands there twice, in different capitals.")
        if not isinstance(value, str):
            raise _lost(BasketFault.CHANGED, "A value is no text.")
        held[key.lower()] = value
    if not held:
        raise BasketError(
            "The metadata holds no basket: the payment was made without one.",
            field="metadata",
            code=BasketFault.NOT_A_BASKET,
        )
    wanted = [_HEAD, *(f"{_HEAD}_{number}" for number in range(1, len(held)))]
    if wanted == [_HEAD] or any(key not in held for key in wanted):
        raise _lost(BasketFault.MISSING, "A pair is missing, or a key is not as it was written.")
    return held[_HEAD], [held[key] for key in wanted[1:]]


def _read_line(text: str) -> tuple[Line, bool]:
    """Return a line, and whether it is plain: sure to give the same text when it is written."""
    fund, account, amount, vat_code, rate, narrative, *more = split_line(text, width=_WIDTH)
    if more or not _AMOUNT.fullmatch(amount) or not (rate == "" or _RATE.fullmatch(rate)):
        raise _lost(BasketFault.UNREADABLE, "A line was not written as the basket format says.")
    pence = int(amount)
    line = Line(
        fund=fund,
        account=account,
        amount=Pence(pence),
        vat_code=vat_code,
        vat_rate=_rate(int(rate)) if rate else None,
        narrative=narrative,
    )
    # Nearly every line is: nothing in it is escaped, and no number has a nought before it.
    is_plain = (
        str(pence) == amount
        and (rate == "0" or not rate.startswith("0"))
        and not text.endswith(FIELD_END)
        and not _TO_ESCAPE.search(text)
    )
    return line, is_plain


@cache
def _rate(basis_points: int) -> VatRate:
    return VatRate(basis_points)


def _lost(code: BasketFault, what: str) -> BasketError:
    return BasketError(
        f"The basket cannot be read without loss. {what} Send the payment to suspense.",
        field="metadata",
        code=code,
    )
