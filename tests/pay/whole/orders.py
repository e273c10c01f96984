# SPDX-License-Identifier: MIT
"""What each case bought: plain values, from which the right fund of every penny follows."""

from dataclasses import dataclass, field
from typing import Final

from lg_core.money import Pence, VatRate
from lg_pay.basket import Line

__all__ = ["RATES", "Bought", "Order", "kill_order", "line_of"]

RATES: Final[dict[str, tuple[str, VatRate | None]]] = {
    "GW": ("SR", VatRate(2000)),
    "BW": ("EX", None),
    "PK": ("OS", None),
}


@dataclass(frozen=True)
class Bought:
    """One thing that was bought."""

    fund: str
    account: str
    pence: int


@dataclass
class Order:
    """A case, what it buys, and what its payer holds.

    `held` are the payments whose address somebody has: nobody can pay another.
    """

    case: str
    service: str
    bought: tuple[Bought, ...]
    delayed: bool = False
    held: list[str] = field(default_factory=list[str])

    @property
    def lines(self) -> tuple[Line, ...]:
        """The same as lines of a basket."""
        return tuple(line_of(one) for one in self.bought)

    @property
    def pence(self) -> int:
        """What all of it costs."""
        return sum(one.pence for one in self.bought)


def line_of(one: Bought) -> Line:
    """Return the line of the ledger for one thing that was bought."""
    code, rate = RATES[one.fund]
    return Line(one.fund, one.account, Pence(one.pence), code, rate)


def kill_order(number: int) -> Order:
    """Return the order of a number, the same in every process."""
    funds = sorted(RATES)
    bought = tuple(
        Bought(funds[(number + each) % len(funds)], "A1", 100 + 37 * number + each)
        for each in range(1 + number % 3)
    )
    return Order(f"case-{number}", "main" if number % 2 else "park", bought)
