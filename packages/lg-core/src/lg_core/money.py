# SPDX-License-Identifier: MIT
"""Count money in whole pence: read it, print it, split it, and never lose a penny.

A float is not the amount: 1.15 times 100, cut to a whole number, is 114. Here money is an int
from the moment that text is read, and whatever divides it gives parts that add up to the whole.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn, Self, TypeGuard

from lg_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = [
    "MoneyFault",
    "Pence",
    "VatRate",
    "VatSplit",
    "add_vat",
    "allocate",
    "format_pounds",
    "parse_pounds",
    "split_evenly",
    "split_vat",
]

_LIMIT: Final = 999_999_999_999
_LONGEST: Final = 40
_WHOLE_RATE: Final = 10_000


class MoneyFault(StrEnum):
    """What was wrong with an amount, a rate or a split: the `code` of the error."""

    BLANK_INSIDE = "blank_inside"
    COMMAS = "commas"
    CURRENCY = "currency"
    DECIMALS = "decimals"
    EMPTY = "empty"
    EXPONENT = "exponent"
    NOT_ASCII = "not_ascii"
    OUT_OF_RANGE = "out_of_range"
    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    WRONG_TYPE = "wrong_type"


class Pence(int):
    """Hold an amount of money as a whole number of pence.

    Plus and minus with `Pence`, and times a whole number, give `Pence`. A bare number cannot be
    added, because nobody can tell whether it is pounds or pence; `0 + Pence` works, so that
    `sum` does. Division raises: use `allocate` or `split_evenly`, which lose nothing. Python
    asks a float, a Decimal or a bool on the left first, so `0.5 * Pence(3)` is a float: no
    `Pence`, which a type checker marks wherever one is asked for.

    `str` and an f-string give the digits of the pence, as `int` does. For people use
    `format_pounds`. In a pydantic model the field takes and gives a JSON integer.

    Args:
        value: the amount in pence. Negative is a refund or a credit.

    Raises:
        InvalidValueError: the value is no int, such as a float, a bool or text.
    """

    __slots__ = ()

    def __new__(cls, value: int) -> Self:
        """Refuse whatever is no whole number."""
        if not _is_whole(value):
            raise _fault(
                MoneyFault.WRONG_TYPE,
                f"Pence takes a whole number of pence as an int, not a {type(value).__name__}. "
                "Read text in pounds with parse_pounds.",
            )
        return super().__new__(cls, value)

    def __repr__(self) -> str:
        return f"Pence({int(self)})"

    def __str__(self) -> str:
        return int.__repr__(self)

    def __add__(self, other: "Pence", /) -> "Pence":  # pyright: ignore[reportIncompatibleMethodOverride]  # narrower than int on purpose: a bare number has no unit
        return int.__new__(Pence, int.__add__(self, _pence(other, "plus")))

    def __radd__(self, other: int, /) -> "Pence":
        if type(other) is int and other == 0:
            return self
        raise TypeError(_mixed(other, "plus Pence"))

    def __sub__(self, other: "Pence", /) -> "Pence":  # pyright: ignore[reportIncompatibleMethodOverride]  # narrower than int on purpose: a bare number has no unit
        return int.__new__(Pence, int.__sub__(self, _pence(other, "minus")))

    def __mul__(self, other: int, /) -> "Pence":
        if type(other) is not int:
            raise TypeError(
                f"Pence can be multiplied by a whole number, not by a {type(other).__name__}. "
                "For a share use allocate, for VAT use split_vat or add_vat."
            )
        return int.__new__(Pence, int(self) * other)

    def __rmul__(self, other: int, /) -> "Pence":
        return self * other

    def __neg__(self) -> "Pence":
        return int.__new__(Pence, -int(self))

    def __pos__(self) -> "Pence":
        return self

    def __abs__(self) -> "Pence":
        return int.__new__(Pence, abs(int(self)))

    def _no_minus(self, other: object, /) -> NoReturn:
        raise TypeError(_mixed(other, "minus Pence"))

    def _no_division(self, _other: object, _mod: object = None, /) -> NoReturn:
        raise TypeError(
            "Pence cannot be divided: the parts would not add up to the whole. "
            "Use split_evenly(total, parts) or allocate(total, weights)."
        )

    if not TYPE_CHECKING:  # pragma: no branch -- always so when it runs
        # A type checker keeps int's own signatures here: the result is no Pence, and is marked
        # wherever Pence is asked for. NoReturn would silence everything after it instead.
        __rsub__ = _no_minus
        __truediv__ = __rtruediv__ = __floordiv__ = __rfloordiv__ = _no_division
        __mod__ = __rmod__ = __divmod__ = __rdivmod__ = __pow__ = __rpow__ = _no_division

    @classmethod
    def __get_pydantic_core_schema__(
        cls, _source: type[object], _handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        from pydantic_core import core_schema  # noqa: PLC0415  # only a model needs it

        return core_schema.no_info_after_validator_function(
            partial(int.__new__, cls),  # in C: the schema has seen that it is an int
            core_schema.int_schema(strict=True),
            serialization=core_schema.plain_serializer_function_ser_schema(
                int, return_schema=core_schema.int_schema(), when_used="json"
            ),
        )


def _fault(code: MoneyFault, message: str, *, field: str | None = None) -> InvalidValueError:
    return InvalidValueError(message, field=field, code=code)


def _is_whole(value: object) -> TypeGuard[int]:
    # Exactly int: a bool or a service code is an int too, and no amount of money.
    return type(value) is int or isinstance(value, Pence)


def _mixed(other: object, what: str) -> str:
    return (
        f"Pence and a {type(other).__name__} do not mix ({what}). Write Pence(...) around a "
        "number of pence, and parse_pounds(...) around text in pounds."
    )


def _pence(other: object, what: str) -> int:
    if not isinstance(other, Pence):
        raise TypeError(_mixed(other, what))
    return int(other)


def _whole(value: object, *, field: str) -> int:
    if not _is_whole(value):
        problem = f"{field} must be a whole number, not a {type(value).__name__}."
        raise _fault(MoneyFault.WRONG_TYPE, problem, field=field)
    return int(value)


_AMOUNT: Final = re.compile(
    r"(?P<sign>-?)£?(?=[0-9.])(?P<pounds>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?"
    r"(?:\.(?P<pence>[0-9]{1,2}))?"
)

# The first pattern that is found in refused text names the fault.
_PROBLEMS: Final = (
    (r"^$", MoneyFault.EMPTY, "The amount is empty."),
    (r"\s", MoneyFault.BLANK_INSIDE, "The amount has a space inside. Take it out."),
    (r"(?i)[0-9.]e[+-]?[0-9]", MoneyFault.EXPONENT, "Write the amount out, without an exponent."),
    (
        r"[^\W\d_]|[$¢¤¥\u20a0-\u20cf]",
        MoneyFault.CURRENCY,
        "Write pounds, with £ or nothing before them: no letters, no p and no other currency.",
    ),
    (r"[^\x00-\x7f£]", MoneyFault.NOT_ASCII, "Write the amount with the digits 0 to 9 and -."),
    (r"\.[0-9]{3,}$", MoneyFault.DECIMALS, "Over two decimals: decide how to round the amount."),
    (r",", MoneyFault.COMMAS, "A comma stands where no thousands end. Write 1,234.50 or 1234.50."),
    (r"", MoneyFault.UNREADABLE, "The amount cannot be read. Write it like 1234.50 or -3.20."),
)


def parse_pounds(text: str) -> Pence:
    """Read an amount in pounds that a person or a file wrote.

    Takes `1234`, `1,234.50`, `£1.15` and `-£3.20`, with white space around them. Takes one
    decimal (`46.5`) and no leading nought (`.50`) too: spreadsheets and databases write so.
    Refuses everything else: `5.` may have lost its pence, `1.234,50` is another country's way.

    Args:
        text: the amount in pounds, as text.

    Returns:
        The amount in pence.

    Raises:
        InvalidValueError: the text is no amount, is over £9,999,999,999.99, or is no text at
            all. The error's `code` is a `MoneyFault`; it never repeats the text.
    """
    compact = _as_text(text).strip()
    match = _AMOUNT.fullmatch(compact)
    if match is None:
        code, advice = next((c, advice) for p, c, advice in _PROBLEMS if re.search(p, compact))
        raise _fault(code, advice, field="amount")
    digits = (match["pounds"] or "").replace(",", "") + (match["pence"] or "").ljust(2, "0")
    # The length is looked at first: Python refuses to make an int of thousands of digits.
    if len(digits) > _LONGEST or int(digits) > _LIMIT:
        problem = "The amount is over £9,999,999,999.99. Check that it is no reference number."
        raise _fault(MoneyFault.TOO_LARGE, problem, field="amount")
    return Pence(-int(digits) if match["sign"] else int(digits))


def _as_text(text: object) -> str:
    if isinstance(text, str):
        return text
    raise _fault(
        MoneyFault.WRONG_TYPE,
        f"The amount must be text, not a {type(text).__name__}. A float cannot hold pennies "
        "exactly, and an int has no unit: give the text that was read.",
        field="amount",
    )


def format_pounds(
    amount: Pence, *, symbol: bool = True, commas: bool = True, whole: bool = False
) -> str:
    """Write an amount in pounds, such as `£1,234.50` or `-£3.20`.

    What it writes, `parse_pounds` reads.

    Args:
        amount: the amount in pence.
        symbol: begin with `£`.
        commas: put a comma between thousands. Leave them out in a file for a machine.
        whole: leave out `.00`, as the GOV.UK style guide does ('Money': £75, not £75.00).

    Returns:
        The amount in pounds.
    """
    pounds, pence = divmod(abs(int(Pence(amount))), 100)
    sign = "-" if amount < 0 else ""
    digits = f"{pounds:,}" if commas else f"{pounds}"
    decimals = "" if whole and not pence else f".{pence:02}"
    return f"{sign}{'£' if symbol else ''}{digits}{decimals}"


@dataclass(frozen=True, slots=True, order=True)
class VatRate:
    """Hold a rate of VAT in hundredths of a per cent: `VatRate(2000)` is 20%.

    Zero-rated is `VatRate(0)`. Exempt and outside the scope are no rate: keep None for them.
    Which rate holds for what, and since when, is not known here.

    Args:
        basis_points: the rate in hundredths of a per cent, 0 to 10,000.

    Raises:
        InvalidValueError: the number is no int, or is outside 0 to 10,000.
    """

    basis_points: int

    def __post_init__(self) -> None:
        if not 0 <= _whole(self.basis_points, field="basis_points") <= _WHOLE_RATE:
            problem = "basis_points must be 0 to 10000: 2000 is 20%."
            raise _fault(MoneyFault.OUT_OF_RANGE, problem, field="basis_points")

    def __str__(self) -> str:
        whole, part = divmod(self.basis_points, 100)
        return f"{whole}.{part:02}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True, slots=True)
class VatSplit:
    """Hold an amount as the part without VAT and the VAT. Together they are the gross, always.

    Args:
        net: the part without VAT, in pence.
        vat: the VAT, in pence.
    """

    net: Pence
    vat: Pence

    @property
    def gross(self) -> Pence:
        """The amount with VAT, in pence."""
        return self.net + self.vat


def split_vat(gross: Pence, *, rate: VatRate) -> VatSplit:
    """Take the VAT out of an amount that includes it.

    The VAT is rounded to the nearest penny, half a penny away from nought, once, on the amount
    given; the net is what is left. A refund gives exactly the negative of the charge. HMRC's
    manual rounds so (VATREC12030: under half a penny down, half or more up), and VAT Notice
    700, paragraph 17.5, allows the nearest penny for a line of an invoice. Give a line or a
    total, not the price of one unit. A service under a retail scheme follows that scheme.

    Args:
        gross: the amount with VAT, in pence.
        rate: the rate of VAT.

    Returns:
        The net and the VAT, which add up to the gross.
    """
    total = int(Pence(gross))
    vat = _nearest(total * rate.basis_points, _WHOLE_RATE + rate.basis_points)
    return VatSplit(net=Pence(total - vat), vat=Pence(vat))


def add_vat(net: Pence, *, rate: VatRate) -> VatSplit:
    """Add VAT to an amount that does not include it.

    Rounds as `split_vat` does.

    Args:
        net: the amount without VAT, in pence.
        rate: the rate of VAT.

    Returns:
        The net as it was given, and the VAT.
    """
    vat = _nearest(int(Pence(net)) * rate.basis_points, _WHOLE_RATE)
    return VatSplit(net=Pence(net), vat=Pence(vat))


def _nearest(numerator: int, denominator: int) -> int:
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return -rounded if numerator < 0 else rounded


def allocate(total: Pence, weights: Sequence[int]) -> tuple[Pence, ...]:
    """Share an amount out by weights, so that the shares add up to it exactly.

    Each share is less than a penny away from the exact one. The pennies left over go to the
    largest remainders; of equal ones, the first wins. A weight of nought gets nothing. The
    shares of a refund are exactly the negatives of the shares of the charge.

    Args:
        total: the amount in pence.
        weights: whole numbers, none negative, not all nought, such as the prices of the lines.

    Returns:
        One share a weight, in pence, in the same order.

    Raises:
        InvalidValueError: a weight is no whole number or is negative, or there is none above
            nought.
    """
    sizes = [_whole(weight, field="weights") for weight in weights]
    if any(size < 0 for size in sizes) or not any(sizes):
        problem = "weights must be nought or more, and at least one must be more."
        raise _fault(MoneyFault.OUT_OF_RANGE, problem, field="weights")
    amount, whole = int(Pence(total)), sum(sizes)
    shares, remainders = zip(*(divmod(abs(amount) * size, whole) for size in sizes), strict=True)
    left = abs(amount) - sum(shares)
    # sorted is stable, so that the first of equal remainders comes first.
    larger = set(sorted(range(len(sizes)), key=lambda i: -remainders[i])[:left])
    sign = -1 if amount < 0 else 1
    return tuple(Pence(sign * (share + (i in larger))) for i, share in enumerate(shares))


def split_evenly(total: Pence, parts: int) -> tuple[Pence, ...]:
    """Share an amount out into parts that differ by at most a penny, the larger ones first.

    Args:
        total: the amount in pence.
        parts: how many parts, 1 or more.

    Returns:
        The parts in pence. They add up to the total.

    Raises:
        InvalidValueError: `parts` is no whole number, or is under 1.
    """
    if _whole(parts, field="parts") < 1:
        raise _fault(MoneyFault.OUT_OF_RANGE, "parts must be 1 or more.", field="parts")
    return allocate(total, [1] * parts)
