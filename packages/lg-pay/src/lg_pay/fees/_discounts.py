# SPDX-License-Identifier: MIT
"""Discounts: what they take off, in which order, and where the odd penny goes.

The order is that of the price list. Each discount sees what the ones before it left. None takes a
line below 0. A percentage is rounded once, on the sum of the lines that it covers, to the nearest
penny, half a penny up; what a discount takes is then shared out over those lines by what is left on
them, so that the shares add up to it exactly (`lg_core.money.allocate`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lg_core.errors import ConfigError
from lg_core.money import Pence, allocate
from lg_pay.fees._priced import Priced
from lg_pay.fees._quote import Discounted, Item

__all__ = ["Discount", "DiscountKind", "take_off"]

_WHOLE: Final = 10_000


class DiscountKind(StrEnum):
    """What a discount takes off."""

    AMOUNT = "amount"
    """So many pence, once."""
    FIRST_ITEM = "first-item"
    """So many pence off the first item, and no more than the first item costs."""
    PERCENT = "percent"
    """A share of what is left on the lines that it covers, in hundredths of a per cent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discount:
    """Hold one discount of a price list.

    Args:
        name: its name, which is the concession that asks for it.
        kind: what `size` means.
        size: pence, or hundredths of a per cent for a percentage: 1,000 is 10%.
        charges: the charges that it covers; all where it is empty.
        always: whether everybody gets it. Otherwise only who has the concession of its name.

    Raises:
        ConfigError: the size is below 0, or a percentage is over 100%.
    """

    name: str
    kind: DiscountKind
    size: int
    charges: frozenset[str] = frozenset()
    always: bool = False

    def __post_init__(self) -> None:
        most = _WHOLE if self.kind is DiscountKind.PERCENT else None
        if self.size < 0 or (most is not None and self.size > most):
            raise ConfigError(
                f"The discount {self.name} must be 0 or more, and a percentage at most 100%.",
                setting=self.name,
            )

    def covers(self, charge: str) -> bool:
        """Say whether it covers a charge.

        Args:
            charge: the charge's name.

        Returns:
            True where it names the charge, or names none and so covers all.
        """
        return not self.charges or charge in self.charges


def take_off(
    discounts: Sequence[Discount],
    items: Sequence[Item],
    priced: Sequence[Priced],
    *,
    concessions: Collection[str],
) -> tuple[tuple[Pence, ...], tuple[Discounted, ...]]:
    """Apply the discounts that hold, in order, and return what is left and what each took."""
    left = [one.amount for one in priced]
    taken: list[Discounted] = []
    for discount in discounts:
        if not (discount.always or discount.name in concessions):
            continue
        covered = {at: left[at] for at, item in enumerate(items) if discount.covers(item.charge)}
        shares = _shares(discount, covered, priced)
        for at, share in shares.items():
            left[at] -= share
        taken.append(Discounted(discount.name, sum(shares.values(), Pence(0))))
    return tuple(left), tuple(taken)


def _shares(
    discount: Discount, covered: Mapping[int, Pence], priced: Sequence[Priced]
) -> dict[int, Pence]:
    """Return what a discount takes off each line: never more than is left on it."""
    whole = sum(covered.values(), Pence(0))
    if not whole:
        return {}
    if discount.kind is DiscountKind.FIRST_ITEM:
        # One first item alone: the dearest, and of equal ones the one that was asked for first.
        at = max(covered, key=lambda place: (priced[place].first, -place))
        return {at: min(Pence(discount.size), priced[at].first, covered[at])}
    if discount.kind is DiscountKind.PERCENT:
        off = Pence((2 * int(whole) * discount.size + _WHOLE) // (2 * _WHOLE))
    else:
        off = min(Pence(discount.size), whole)
    parts = allocate(off, [int(amount) for amount in covered.values()])
    return dict(zip(covered, parts, strict=True))
