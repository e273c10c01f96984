# SPDX-License-Identifier: MIT
"""Price lists with dates, and the quote: a price is that of a day in Europe/London."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Self

from lg_core.days import london_day
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import VatRate
from lg_core.toml_files import read_text_file
from lg_pay.fees._discounts import Discount, take_off
from lg_pay.fees._priced import Days, Priced, Pricing
from lg_pay.fees._quote import Item, Quote, QuoteLine

__all__ = ["Charge", "PriceBook", "PriceList"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Hold what is charged for, how it is priced and where finance posts it.

    Args:
        pricing: the kind of price and its prices, VAT included.
        fund: the fund.
        vat_code: finance's own code for the VAT treatment.
        vat_rate: the rate that the prices include; None for exempt and outside the scope.
        narrative: the narrative code.
    """

    pricing: Pricing
    fund: str
    vat_code: str = ""
    vat_rate: VatRate | None = None
    narrative: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceList:
    """Hold the prices that are in force from a day on, until the next list.

    Args:
        starts: the first day in Europe/London on which they hold.
        charges: the charges by name.
        discounts: the discounts, in the order in which they are applied.

    Raises:
        ConfigError: two discounts have the same name, or one covers a charge that is not there.
    """

    starts: date
    charges: Mapping[str, Charge] = field(hash=False)
    discounts: tuple[Discount, ...] = ()

    def __post_init__(self) -> None:
        names = [discount.name for discount in self.discounts]
        if len(set(names)) < len(names):
            raise ConfigError("Two discounts of a price list have the same name.")
        for discount in self.discounts:
            if strange := sorted(discount.charges - self.charges.keys()):
                raise ConfigError(
                    f"The discount {discount.name} covers charges that the list has not: "
                    f"{', '.join(strange)}.",
                    setting=discount.name,
                )


class PriceBook:
    """Hold the price lists of a service, and say what something costs at an instant.

    Args:
        lists: the price lists, in any order.

    Raises:
        ConfigError: there is no list, or two begin on the same day.
    """

    __slots__ = ("_lists",)

    def __init__(self, lists: Iterable[PriceList]) -> None:
        self._lists = tuple(sorted(lists, key=lambda prices: prices.starts))
        starts = [prices.starts for prices in self._lists]
        if not starts:
            raise ConfigError("A price book needs at least one [[prices]].", setting="prices")
        if len(set(starts)) < len(starts):
            raise ConfigError(
                "Two of [[prices]] have the same `from`. Keep one of them.", setting="prices"
            )

    @classmethod
    def from_toml(cls, text: str, *, name: str = "prices.toml") -> Self:
        """Read a price book.

        Args:
            text: the text of the file.
            name: the name of the file, for errors.

        Returns:
            The price book.

        Raises:
            ConfigError: it is not TOML, or a price is missing or wrong; the text says where, and
                what to do, for all of them at once.
        """
        from lg_pay.fees._file import read_lists  # noqa: PLC0415 -- loads pydantic

        return cls(read_lists(text, name=name))

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read the price book of a file.

        Args:
            path: the TOML file, in UTF-8.

        Returns:
            The price book.

        Raises:
            ConfigError: the file cannot be read, or a price in it is missing or wrong.
        """
        name, text = read_text_file(path, what="price book")
        return cls.from_toml(text, name=name)

    @property
    def lists(self) -> tuple[PriceList, ...]:
        """The price lists, the earliest first."""
        return self._lists

    def prices_on(self, day: date) -> PriceList:
        """Return the list that holds on a day.

        Args:
            day: the day in Europe/London.

        Returns:
            The last list that begins on that day or earlier.

        Raises:
            ConfigError: none does; the text names the day.
        """
        known = [prices for prices in self._lists if prices.starts <= day]
        if not known:
            raise ConfigError(
                f"No price list holds on {day.isoformat()}. Add one to [[prices]] whose `from` is "
                "that day or earlier.",
                setting="prices",
            )
        return known[-1]

    def quote(
        self,
        items: Sequence[Item],
        *,
        at: datetime,
        starts: date | None = None,
        concessions: Collection[str] = (),
    ) -> Quote:
        """Say what some items cost.

        The prices are those of the day in Europe/London at the instant, so they change at
        midnight there, in summer and in winter. Where what is sold begins on another day, such as
        a renewal, give that day in `starts`.

        Args:
            items: what is asked for.
            at: the instant, with a time zone.
            starts: the day in Europe/London whose prices hold, where it is not the day of `at`.
            concessions: the names of the discounts that the payer may have.

        Returns:
            The quote: a line for each item, and what each discount took off.

        Raises:
            InvalidValueError: the instant has no time zone, `starts` is no plain date, there are
                no items, an item or a concession is not in the list, or an item is asked for
                twice or cannot be priced so.
            ConfigError: no price list holds on the day.
        """
        if at.tzinfo is None or at.utcoffset() is None:
            raise _fault("needs a time zone: use datetime.now(UTC)", name="at", code="naive")
        if starts is not None and type(starts) is not date:
            raise _fault("must be a plain date", name="starts", code="wrong_type")
        day = london_day(at)
        prices_on = day if starts is None else starts
        prices = self.prices_on(prices_on)
        _check_asked(prices, items, concessions)
        priced = _price(prices, items, days=Days(paid=day, begins=prices_on))
        left, taken = take_off(prices.discounts, items, priced, concessions=concessions)
        lines = tuple(
            QuoteLine(
                charge=item.charge,
                name=item.name,
                count=item.count,
                before=one.amount,
                amount=amount,
                fund=charge.fund,
                account=item.account,
                vat_code=charge.vat_code,
                vat_rate=charge.vat_rate,
                narrative=charge.narrative,
            )
            for item, one, amount in zip(items, priced, left, strict=True)
            for charge in (prices.charges[item.charge],)
        )
        return Quote(
            lines=lines,
            discounts=taken,
            day=day,
            prices_on=prices_on,
            prices_from=prices.starts,
        )

    def __repr__(self) -> str:
        return f"PriceBook of {len(self._lists)} lists from {self._lists[0].starts.isoformat()}"


def _check_asked(prices: PriceList, items: Sequence[Item], concessions: Collection[str]) -> None:
    if isinstance(concessions, str):  # else each letter would be one
        raise _fault("must be a list of names", name="concessions", code="wrong_type")
    if not items:
        raise _fault("must hold at least one item", name="items", code="empty")
    if any(item.charge not in prices.charges for item in items):
        raise _fault(
            f"may ask for these charges: {', '.join(prices.charges)}", name="items", code="unknown"
        )
    if max(Counter((item.charge, item.name) for item in items).values()) > 1:
        raise _fault("must hold each charge once: raise its count", name="items", code="twice")
    known = [discount.name for discount in prices.discounts if not discount.always]
    if set(concessions) - set(known):
        raise _fault(
            f"may hold these on the day: {', '.join(known) or 'none'}",
            name="concessions",
            code="unknown",
        )


def _price(prices: PriceList, items: Sequence[Item], *, days: Days) -> list[Priced]:
    """Price each charge with all of its items together, and return them in their own order."""
    found: dict[int, Priced] = {}
    for name in dict.fromkeys(item.charge for item in items):
        places = [place for place, item in enumerate(items) if item.charge == name]
        own = [items[place] for place in places]
        costs = prices.charges[name].pricing.price_of(own, days=days)
        found.update(zip(places, costs, strict=True))
    return [found[place] for place in range(len(items))]


def _fault(what: str, *, name: str, code: str) -> InvalidValueError:
    return InvalidValueError(f"{name} {what}.", field=name, code=code)
