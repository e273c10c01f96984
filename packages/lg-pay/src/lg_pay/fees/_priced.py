# SPDX-License-Identifier: MIT
"""What every kind of price shares: its answer, the days that count, and what it refuses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, cast

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence
from lg_pay.fees._quote import Item

__all__ = [
    "NOTHING",
    "Days",
    "Priced",
    "Pricing",
    "check_prices",
    "first_of",
    "item_fault",
    "only_one",
    "plain",
    "price_fault",
    "unknown_name",
]

NOTHING: Final = Pence(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Hold the days that a price may depend on, in Europe/London.

    Attributes:
        paid: the day of the quote.
        begins: the day on which what is paid for begins; that of the quote unless it was given.
    """

    paid: date
    begins: date


@dataclass(frozen=True, slots=True)
class Priced:
    """Hold what an item costs before discounts.

    Attributes:
        amount: pence for the item, its whole count.
        first: pence of its first unit, or 0 where none of its units is the first.
    """

    amount: Pence
    first: Pence


class Pricing(Protocol):
    """A kind of price. A council whose price follows another rule writes one of its own."""

    def price_of(self, items: Sequence[Item], *, days: Days) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge, at least one.
            days: the days that count.

        Returns:
            What each item costs, in the same order.
        """
        ...


def first_of(item: Item, price: Pence) -> Pence:
    """Return the price of an item's first unit, or nothing where there are some already."""
    return price if item.already == 0 else NOTHING


def only_one(items: Sequence[Item]) -> Item:
    """Return the one item of a charge without sizes or bands."""
    if len(items) != 1:
        raise item_fault(
            "has no sizes or bands: give it once, with a count", items[0], code="twice"
        )
    return items[0]


def plain(item: Item, *, named: bool = False, ends: bool = False, since: bool = False) -> None:
    """Refuse what a kind of price would leave out of account."""
    given = (
        ("a name", bool(item.name) and not named),
        ("a last day", item.ends is not None and not ends),
        ("a day of an event", item.since is not None and not since),
    )
    for what, wrong in given:
        if wrong:
            raise item_fault(f"is not priced by {what}: leave it out", item, code="not_priced_so")


def check_prices(*prices: Pence) -> None:
    """Refuse prices that are no pence, or are below 0."""
    if not all(isinstance(price, Pence) and price >= 0 for price in cast("tuple[object]", prices)):
        raise price_fault("must be Pence of 0 or more")


def price_fault(what: str) -> ConfigError:
    """Build the error of a price list."""
    return ConfigError(f"A price {what}.", setting="prices")


def item_fault(what: str, item: Item, *, code: str) -> InvalidValueError:
    """Build the error of an item. It names the charge, which is a word of the price list."""
    return InvalidValueError(f"The charge {item.charge} {what}.", field=item.charge, code=code)


def unknown_name(item: Item, known: Mapping[str, object]) -> InvalidValueError:
    """Build the error of an item whose size or band is not in the price list."""
    names = ", ".join(name or "(no name)" for name in known)
    return item_fault(f"has these names: {names}", item, code="unknown_name")
