# SPDX-License-Identifier: MIT
"""A limit that what is sent never passes."""

import threading
from decimal import Decimal
from typing import Final

from lg_core.errors import InvalidValueError, LgError
from lg_notify.costs._prices import Cost

__all__ = ["Budget", "BudgetReachedError"]

_NOTHING: Final = Decimal(0)


class BudgetReachedError(LgError):
    """The next message would pass the budget. It was not counted; do not send it.

    Args:
        message: what to do.
        limit: the budget, in pounds.
        spent: what is spent of it, in pounds.
        cost: what the message costs, in pounds.
    """

    def __init__(self, message: str, *, limit: Decimal, spent: Decimal, cost: Decimal) -> None:
        super().__init__(message)
        self.limit = limit
        self.spent = spent
        self.cost = cost


class Budget:
    """Count what is spent, and refuse what would pass the limit.

    Spend before you send. All threads of a process may share one; each process has its own, and
    it lasts as long as the process. A text whose country's multiplier is not known is counted at
    the most that it can cost.

    Args:
        limit: pounds without VAT, as a `Decimal` such as `Decimal("250")`.

    Raises:
        InvalidValueError: the limit is no `Decimal`, or is negative.
    """

    __slots__ = ("_limit", "_lock", "_spent")

    def __init__(self, limit: Decimal) -> None:
        self._limit = _pounds(limit, field="limit")
        self._spent = _NOTHING
        self._lock = threading.Lock()

    @property
    def limit(self) -> Decimal:
        """The budget, in pounds."""
        return self._limit

    @property
    def spent(self) -> Decimal:
        """What is spent, in pounds."""
        with self._lock:
            return self._spent

    @property
    def left(self) -> Decimal:
        """What is left, in pounds."""
        return self._limit - self.spent

    def spend(self, cost: Cost | Decimal) -> Decimal:
        """Count a message, unless it would pass the limit. Spending up to the limit is allowed.

        Args:
            cost: what it costs: a `Cost`, or pounds.

        Returns:
            What is left, in pounds.

        Raises:
            BudgetReachedError: it would pass the limit. Nothing was counted.
            InvalidValueError: it is no cost, or is negative.
        """
        pounds = _pounds(cost.most_pounds if isinstance(cost, Cost) else cost, field="cost")
        with self._lock:
            spent = self._spent
            if spent + pounds <= self._limit:
                self._spent = spent + pounds
                return self._limit - self._spent
        raise BudgetReachedError(
            f"The budget of £{self._limit:f} is reached: £{spent:f} are spent, and the next "
            f"message costs £{pounds:f}. Stop sending, or give a larger budget.",
            limit=self._limit,
            spent=spent,
            cost=pounds,
        )

    def give_back(self, cost: Cost | Decimal) -> Decimal:
        """Take back what was counted for a message that was never sent.

        Args:
            cost: what was spent for it. Not for a message that Notify has accepted, or may have.

        Returns:
            What is left, in pounds.

        Raises:
            InvalidValueError: it is no cost, is negative, or is more than was spent.
        """
        pounds = _pounds(cost.most_pounds if isinstance(cost, Cost) else cost, field="cost")
        with self._lock:
            if pounds <= self._spent:
                self._spent -= pounds
                return self._limit - self._spent
        raise InvalidValueError(
            "cost is more than was spent. Give back each message once.",
            field="cost",
            code="out_of_range",
        )

    def __repr__(self) -> str:
        return f"Budget(limit={self._limit:f}, spent={self.spent:f})"


def _pounds(value: Decimal, *, field: str) -> Decimal:
    if isinstance(value, Decimal) and value.is_finite() and value >= 0:  # pyright: ignore[reportUnnecessaryIsInstance] -- callers without a type checker
        return value
    raise InvalidValueError(
        f'{field} must be pounds as a Decimal, 0 or more, such as Decimal("250").',
        field=field,
        code="out_of_range",
    )
