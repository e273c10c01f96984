# SPDX-License-Identifier: MIT
"""Read a price book from TOML: what finance writes, checked whole, every fault named at once."""

import re
from datetime import date
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, StrictStr

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.models import RequestModel
from lg_core.money import Pence, VatRate, parse_pounds
from lg_core.toml_files import TomlFile, TomlFileError, TomlPath
from lg_pay.fees._book import Charge, PriceList
from lg_pay.fees._by_count import (
    CountBand,
    CountBands,
    FirstAndFurther,
    Fixed,
    NamedBands,
    PerUnit,
)
from lg_pay.fees._by_day import ProRata, Step, Steps
from lg_pay.fees._discounts import Discount, DiscountKind
from lg_pay.fees._priced import Pricing

__all__ = ["read_lists"]

_PERCENT: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%")
_KIND: Final = re.compile(
    r"^(prices\.[0-9]+\.charges\.[^.]+)\."
    r"(?:fixed|per-unit|first-and-further|bands|named-bands|pro-rata|steps)(?=\.|$)"
)
_WORDS: Final = {
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "tuple_type": "must be a list, in square brackets",
    "too_short": "must not be empty",
    "model_attributes_type": "must be a table",
    "union_tag_not_found": "must say its `kind`",
    "union_tag_invalid": "must have a `kind` that there is: look at the page on fees",
}


def _pounds(value: object) -> Pence:
    if not isinstance(value, str):
        raise InvalidValueError(
            'must be pounds in quotes, such as "46.50": a bare number loses pence', code="type"
        )
    amount = parse_pounds(value)
    if amount < 0:
        raise InvalidValueError("must not be below 0: write a discount instead", code="negative")
    return amount


def _steps(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _points(value: object) -> int:
    match = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    points = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
    if not 0 <= points <= 10_000:  # noqa: PLR2004 -- hundredths of a per cent
        raise InvalidValueError('must be a percentage in quotes, such as "20%"', code="type")
    return points


def _rate(value: object) -> VatRate:
    return VatRate(_points(value))


def _day(value: object) -> date:
    # A date with a time is a date to Python too, and no day on which prices begin.
    if type(value) is not date:
        raise InvalidValueError("must be a day without quotes, such as 2027-04-01", code="type")
    return value


Day = Annotated[date, BeforeValidator(_day)]
Money = Annotated[Pence, BeforeValidator(_pounds)]
Moneys = Annotated[tuple[Money, ...], BeforeValidator(_steps), Field(min_length=1)]
Percent = Annotated[int, BeforeValidator(_points)]
Rate = Annotated[VatRate, BeforeValidator(_rate)]
Word = Annotated[StrictStr, Field(min_length=1)]


class _Posted(RequestModel):
    """What every charge has."""

    fund: Word
    vat_code: StrictStr = ""
    vat_rate: Rate | None = None
    narrative: StrictStr = ""


class _Fixed(_Posted):
    kind: Literal["fixed"]
    price: Money

    def pricing(self) -> Pricing:
        return Fixed(self.price)


class _PerUnit(_Posted):
    kind: Literal["per-unit"]
    price: Money
    minimum: Money = Pence(0)

    def pricing(self) -> Pricing:
        return PerUnit(self.price, self.minimum)


class _Size(RequestModel):
    first: Money
    further: Moneys


class _FirstAndFurther(_Posted):
    kind: Literal["first-and-further"]
    first: Money | None = None
    further: Moneys | None = None
    sizes: dict[Word, _Size] = Field(default_factory=dict)

    def pricing(self) -> Pricing:
        if self.sizes and self.first is None and self.further is None:
            return FirstAndFurther(
                {name: (size.first, *size.further) for name, size in self.sizes.items()}
            )
        if self.sizes or self.first is None or self.further is None:
            raise ConfigError("needs `first` and `further`, or `sizes` that have them")
        return FirstAndFurther({"": (self.first, *self.further)})


class _Band(RequestModel):
    up_to: StrictInt
    price: Money


class _CountBands(_Posted):
    kind: Literal["bands"]
    bands: tuple[_Band, ...]

    def pricing(self) -> Pricing:
        return CountBands(tuple(CountBand(band.up_to, band.price) for band in self.bands))


class _NamedBands(_Posted):
    kind: Literal["named-bands"]
    bands: dict[Word, Money]

    def pricing(self) -> Pricing:
        return NamedBands(self.bands)


class _ProRata(_Posted):
    kind: Literal["pro-rata"]
    weekly: Money
    minimum: Money = Pence(0)
    weeks_in_minimum: StrictInt = 0
    most: Money | None = None

    def pricing(self) -> Pricing:
        return ProRata(self.weekly, self.minimum, self.weeks_in_minimum, self.most)


class _Step(RequestModel):
    days: StrictInt | None = None
    price: Money


class _Steps(_Posted):
    kind: Literal["steps"]
    first_day_counts: StrictBool
    steps: tuple[_Step, ...]

    def pricing(self) -> Pricing:
        return Steps(
            tuple(Step(step.days, step.price) for step in self.steps), self.first_day_counts
        )


_Charge: TypeAlias = Annotated[
    _Fixed | _PerUnit | _FirstAndFurther | _CountBands | _NamedBands | _ProRata | _Steps,
    Field(discriminator="kind"),
]


class _Discount(RequestModel):
    """One of `discounts`: its size is the one of three that is given."""

    name: Word
    charges: frozenset[Word] = frozenset()
    always: StrictBool = False
    amount: Money | None = None
    first_item: Money | None = None
    percent: Percent | None = None

    def as_discount(self) -> Discount:
        """Return the discount."""
        sizes = {
            DiscountKind.AMOUNT: self.amount,
            DiscountKind.FIRST_ITEM: self.first_item,
            DiscountKind.PERCENT: self.percent,
        }
        given = [(kind, size) for kind, size in sizes.items() if size is not None]
        if len(given) != 1:
            raise ConfigError("needs one of `amount`, `first_item` and `percent`")
        kind, size = given[0]
        return Discount(
            name=self.name, kind=kind, size=int(size), charges=self.charges, always=self.always
        )


class _List(RequestModel):
    """One of `[[prices]]`."""

    starts: Annotated[Day, Field(alias="from")]
    charges: Annotated[dict[Word, _Charge], Field(min_length=1)]
    discounts: tuple[_Discount, ...] = ()


class _File(RequestModel):
    """A whole file."""

    prices: tuple[_List, ...]


def read_lists(text: str, *, name: str) -> list[PriceList]:
    """Turn the text of a file into price lists.

    Args:
        text: the file.
        name: the name of the file, for the error.

    Returns:
        The lists, in the order of the file.

    Raises:
        ConfigError: a price is missing or wrong; the text says on which line, and what to do.
    """
    file = TomlFile(text)
    parts: tuple[_List, ...] = ()
    wrong: list[tuple[str, str]] = []
    try:
        parts = () if file.faults else _File(**dict[str, Any](file.data)).prices
    except InvalidValueError as error:
        wrong = [(where, _WORDS.get(code, what)) for where, code, what in error.faults]
    except TypeError:  # a key that cannot be the name of an argument
        wrong = [("prices", "has a key with the name self, which no table of this file has")]
    lists = [made for number, part in enumerate(parts) if (made := _list(part, number, wrong))]
    for where, what in wrong:
        file.fault(_path(where), f"{what.rstrip('.')}.")
    if file.faults:
        raise TomlFileError(name, file.faults)
    return lists


def _path(where: str) -> TomlPath:
    # The kind of a charge stands in the path of a fault, and not in the file.
    steps = _KIND.sub(r"\1", where).split(".")
    return tuple(int(step) if step.isdecimal() else step for step in steps)


def _list(part: _List, number: int, faults: list[tuple[str, str]]) -> PriceList | None:
    where = f"prices.{number}"
    charges: dict[str, Charge] = {}
    discounts: list[Discount] = []
    before = len(faults)
    for key, charge in part.charges.items():
        try:
            charges[key] = Charge(
                pricing=charge.pricing(),
                fund=charge.fund,
                vat_code=charge.vat_code,
                vat_rate=charge.vat_rate,
                narrative=charge.narrative,
            )
        except ConfigError as error:
            faults.append((f"{where}.charges.{key}", error.message))
    for place, discount in enumerate(part.discounts):
        try:
            discounts.append(discount.as_discount())
        except ConfigError as error:
            faults.append((f"{where}.discounts.{place}", error.message))
    if len(faults) > before:
        return None
    try:
        return PriceList(starts=part.starts, charges=charges, discounts=tuple(discounts))
    except ConfigError as error:
        faults.append((where, error.message))
        return None
