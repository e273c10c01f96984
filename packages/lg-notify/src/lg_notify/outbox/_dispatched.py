# SPDX-License-Identifier: MIT
"""What a dispatcher did, in numbers."""

from dataclasses import dataclass, fields
from typing import Final

from lg_notify.outbox._plan import Act, Plan

__all__ = ["Dispatched", "counted"]


@dataclass(frozen=True, slots=True)
class Dispatched:
    """What a dispatcher did with the messages whose turn came.

    Attributes:
        sent: Notify accepted them.
        found: they had been sent before, as Notify's list shows.
        later: not now: quiet hours, limits, doubt, or a way that is closed.
        aside: a person must look at them.
        in_doubt: a person must decide.
        ended: expired, suppressed, cancelled or erased before they were sent.
        lost: another dispatcher had them by then.
    """

    sent: int = 0
    found: int = 0
    later: int = 0
    aside: int = 0
    in_doubt: int = 0
    ended: int = 0
    lost: int = 0

    @property
    def taken(self) -> int:
        """How many turns came."""
        return sum(getattr(self, each.name) for each in fields(self))

    def __add__(self, other: "Dispatched") -> "Dispatched":
        return Dispatched(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(self))
        )


_COUNTED: Final = {
    Act.POSTPONE: Dispatched(later=1),
    Act.SET_ASIDE: Dispatched(aside=1),
    Act.GIVE_UP: Dispatched(in_doubt=1),
}


def counted(decided: Plan) -> Dispatched:
    """Return what was done where a plan was carried out without a call.

    Args:
        decided: the plan.
    """
    return _COUNTED.get(decided.act, Dispatched(ended=1))
