# SPDX-License-Identifier: MIT
"""Hold what was expected against what GOV.UK Notify says each message cost.

Notify tells the cost of a text when the network has answered, and of a letter when it is printed.
What it tells leaves the free allowance out (API, `cost_in_pounds`), and so does this.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from lg_notify.costs._estimate import CostEstimate
from lg_notify.costs._prices import Cost
from lg_notify.message import Notification

__all__ = ["Comparison", "Difference", "compare"]

_NOTHING: Final = Decimal(0)
# Notify sends a float: three fragments at 0.024 may come as 0.07200000000000001.
_SMALLEST: Final = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Difference:
    """A message that did not cost what was expected.

    Attributes:
        id: Notify's id of the message.
        expected: pounds, without VAT.
        charged: pounds, as Notify says.
        expected_units: what a text was expected to count as: fragments times the multiplier; of a
            letter, sheets.
        charged_units: the same as Notify says; None where it does not.
    """

    id: str
    expected: Decimal
    charged: Decimal
    expected_units: int
    charged_units: int | None

    @property
    def more(self) -> Decimal:
        """How many pounds more than expected; negative for less."""
        return self.charged - self.expected


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of an estimate.

    Attributes:
        differences: messages that cost something else than expected.
        not_ready: the ids of messages whose cost Notify does not know yet. Ask again later, and
            before Notify forgets them, after 7 days as a rule.
        unexpected: the ids of messages that the estimate does not have.
        missing: how many messages of the estimate were not among the notifications.
        matched: how many messages were compared.
        expected: pounds that the messages compared were expected to cost.
        charged: pounds that they cost.
        unexpected_pounds: pounds of the unexpected ones, as far as Notify knows.
    """

    differences: tuple[Difference, ...]
    not_ready: tuple[str, ...]
    unexpected: tuple[str, ...]
    missing: int
    matched: int
    expected: Decimal
    charged: Decimal
    unexpected_pounds: Decimal = field(default=_NOTHING)

    @property
    def total(self) -> Decimal:
        """Pounds that Notify charges for all messages that it knows the cost of."""
        return self.charged + self.unexpected_pounds

    @property
    def agrees(self) -> bool:
        """Whether every message was found, is priced, and cost what was expected."""
        return not (self.differences or self.not_ready or self.unexpected or self.missing)


class _Expected:
    """The costs of an estimate, by message; each is given out once."""

    def __init__(self, estimate: CostEstimate) -> None:
        self._waiting: dict[str, deque[Cost]] = {}
        self.left = len(estimate.costs)
        for cost in estimate.costs:
            if cost.message is not None:
                self._waiting.setdefault(cost.message, deque()).append(cost)

    def take(self, *names: str | None) -> Cost | None:
        for name in names:
            waiting = self._waiting.get(name) if name is not None else None
            if waiting:
                self.left -= 1
                return waiting.popleft()
        return None


def compare(estimate: CostEstimate, notifications: Iterable[Notification]) -> Comparison:
    """Compare an estimate with what Notify says afterwards.

    A message is found by Notify's id, and then by its reference; costs without either count as
    missing. A reference that was sent twice is compared as often as the estimate has it.

    Args:
        estimate: what was expected.
        notifications: the messages, such as `list_notifications` gives them.

    Returns:
        What differs, what is not known yet, and the sums.
    """
    expected = _Expected(estimate)
    differences: list[Difference] = []
    not_ready: list[str] = []
    unexpected: list[str] = []
    matched, wanted, charged, surprise = 0, _NOTHING, _NOTHING, _NOTHING
    for notification in notifications:
        cost = expected.take(notification.id, notification.reference)
        pounds = _charged(notification)
        if cost is None:
            unexpected.append(notification.id)
            surprise += pounds or _NOTHING
        if pounds is None:
            not_ready.append(notification.id)
        elif cost is not None:
            matched += 1
            wanted += cost.pounds
            charged += pounds
            if abs(cost.pounds - pounds) >= _SMALLEST:
                differences.append(_difference(notification, cost, pounds))
    return Comparison(
        tuple(differences),
        tuple(not_ready),
        tuple(unexpected),
        expected.left,
        matched,
        wanted,
        charged,
        surprise,
    )


def _charged(notification: Notification) -> Decimal | None:
    known = notification.is_cost_data_ready is not False
    return notification.cost_in_pounds if known else None


def _difference(notification: Notification, cost: Cost, charged: Decimal) -> Difference:
    return Difference(
        notification.id, cost.pounds, charged, cost.units or cost.sheets, _units(notification)
    )


def _units(notification: Notification) -> int | None:
    details = notification.cost_details
    if details is None:
        return None
    if details.billable_sms_fragments is not None:
        multiplier = details.international_rate_multiplier
        return int(details.billable_sms_fragments * (1 if multiplier is None else multiplier))
    return details.billable_sheets_of_paper
