# SPDX-License-Identifier: MIT
"""The kinds of price that go by what is asked for: once, each, first and further, and bands.

Nothing is rounded here: every kind adds and multiplies whole pence.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lg_core.money import Pence
from lg_pay.fees._priced import (
    NOTHING,
    Days,
    Priced,
    check_prices,
    first_of,
    item_fault,
    only_one,
    plain,
    price_fault,
    unknown_name,
)
from lg_pay.fees._quote import Item

__all__ = ["CountBand", "CountBands", "FirstAndFurther", "Fixed", "NamedBands", "PerUnit"]


@dataclass(frozen=True, slots=True)
class Fixed:
    """Ask one price, once, such as an administration fee.

    Args:
        price: pence.
    """

    price: Pence

    def __post_init__(self) -> None:
        check_prices(self.price)

    def price_of(
        self,
        items: Sequence[Item],
        *,
        days: Days,  # noqa: ARG002 -- every kind of price is asked in the same way
    ) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        item = only_one(items)
        plain(item)
        if item.count != 1:
            raise item_fault("is asked once: leave its count at 1", item, code="too_many")
        return (Priced(self.price, first_of(item, self.price)),)


@dataclass(frozen=True, slots=True)
class PerUnit:
    """Ask a price for each unit, and at least a minimum.

    Args:
        price: pence for each.
        minimum: pence that the item costs at least.
    """

    price: Pence
    minimum: Pence = NOTHING

    def __post_init__(self) -> None:
        check_prices(self.price, self.minimum)

    def price_of(
        self,
        items: Sequence[Item],
        *,
        days: Days,  # noqa: ARG002 -- every kind of price is asked in the same way
    ) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        item = only_one(items)
        plain(item)
        return (Priced(max(self.price * item.count, self.minimum), first_of(item, self.price)),)


@dataclass(frozen=True, slots=True)
class FirstAndFurther:
    """Ask one price for the first and another for each further one: the dearest comes first.

    Where sizes have prices of their own, the size with the dearest first price holds the first
    place, and every other unit pays its own further price.

    Args:
        prices: by name of the size, or by `""` where there is one: the price of the first, of the
            second, and so on. The last holds for all that follow.
    """

    prices: Mapping[str, tuple[Pence, ...]] = field(hash=False)

    def __post_init__(self) -> None:
        if not self.prices or not all(self.prices.values()):
            raise price_fault("must have a price for the first")
        for steps in self.prices.values():
            check_prices(*steps)

    def price_of(
        self,
        items: Sequence[Item],
        *,
        days: Days,  # noqa: ARG002 -- every kind of price is asked in the same way
    ) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        for item in items:
            plain(item, named=True)
            if item.name not in self.prices:
                raise unknown_name(item, self.prices)
        # A tie goes to the name, so that the order in which items are given changes nothing.
        order = sorted(items, key=lambda item: ([-p for p in self.prices[item.name]], item.name))
        place = sum(item.already for item in items)
        found: dict[str, Priced] = {}
        for item in order:
            steps = self.prices[item.name]
            first = steps[0] if place == 0 else NOTHING
            found[item.name] = Priced(_from_place(steps, place, count=item.count), first)
            place += item.count
        return tuple(found[item.name] for item in items)


@dataclass(frozen=True, slots=True)
class CountBand:
    """Hold one band of numbers of items.

    Args:
        up_to: the largest number in it.
        price: pence for all of them together.
    """

    up_to: int
    price: Pence


@dataclass(frozen=True, slots=True)
class CountBands:
    """Ask one price for a number of items, such as 40 pounds for up to 3 pieces of furniture.

    Args:
        bands: the bands, the smallest first. More items than the last takes are refused.
    """

    bands: tuple[CountBand, ...]

    def __post_init__(self) -> None:
        limits = [band.up_to for band in self.bands]
        if not limits or limits[0] < 1 or sorted(set(limits)) != limits:
            raise price_fault("must have bands whose `up_to` grows from one to the next")
        check_prices(*(band.price for band in self.bands))

    def price_of(
        self,
        items: Sequence[Item],
        *,
        days: Days,  # noqa: ARG002 -- every kind of price is asked in the same way
    ) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        item = only_one(items)
        plain(item)
        at = bisect_left([band.up_to for band in self.bands], item.count)
        if at == len(self.bands):
            raise item_fault(f"takes at most {self.bands[-1].up_to} at once", item, code="too_many")
        price = self.bands[at].price
        return (Priced(price, first_of(item, price)),)


@dataclass(frozen=True, slots=True)
class NamedBands:
    """Ask a price by a band that has a name, such as the emissions of a car.

    Args:
        prices: pence for each unit, by the name of the band.
    """

    prices: Mapping[str, Pence] = field(hash=False)

    def __post_init__(self) -> None:
        if not self.prices:
            raise price_fault("must have at least one band")
        check_prices(*self.prices.values())

    def price_of(
        self,
        items: Sequence[Item],
        *,
        days: Days,  # noqa: ARG002 -- every kind of price is asked in the same way
    ) -> tuple[Priced, ...]:
        """Price the items of one charge.

        Args:
            items: the items that ask for this charge.
            days: the days that count.

        Returns:
            What each item costs, in the same order.

        Raises:
            InvalidValueError: an item says what is not priced so, or leaves out what is.
        """
        found: list[Priced] = []
        for item in items:
            plain(item, named=True)
            if item.name not in self.prices:
                raise unknown_name(item, self.prices)
            price = self.prices[item.name]
            found.append(Priced(price * item.count, first_of(item, price)))
        return tuple(found)


def _from_place(steps: tuple[Pence, ...], place: int, *, count: int) -> Pence:
    own = steps[place : place + count]
    return sum(own, NOTHING) + steps[-1] * (count - len(own))
