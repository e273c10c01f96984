# SPDX-License-Identifier: MIT
"""Know what messages will cost before they are sent, stop at a limit, and compare afterwards.

Prices are pounds without VAT, as `Decimal`: a text costs 2.4p, which no whole number of pence
holds. So this is the one place of these packages where money is no `Pence`.

    estimate = CostEstimate.of([sms_cost(2, on=today, message="GW-0001")], free_fragments=0)
    estimate.pounds                                  # Decimal("0.048")
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify.costs._budget import Budget, BudgetReachedError
    from lg_notify.costs._compare import Comparison, Difference, compare
    from lg_notify.costs._estimate import CostEstimate
    from lg_notify.costs._prices import (
        Cost,
        email_cost,
        letter_cost,
        letter_price,
        sms_cost,
        sms_price,
    )
    from lg_notify.costs._rates import DayRates, OrganisationKind, Postage, Rate, RateKind, Rates

_HOMES = {
    "Budget": "lg_notify.costs._budget",
    "BudgetReachedError": "lg_notify.costs._budget",
    **dict.fromkeys(("Comparison", "Difference", "compare"), "lg_notify.costs._compare"),
    "CostEstimate": "lg_notify.costs._estimate",
    **dict.fromkeys(
        ("Cost", "email_cost", "letter_cost", "letter_price", "sms_cost", "sms_price"),
        "lg_notify.costs._prices",
    ),
    **dict.fromkeys(
        ("DayRates", "OrganisationKind", "Postage", "Rate", "RateKind", "Rates"),
        "lg_notify.costs._rates",
    ),
}

__all__ = [
    "Budget",
    "BudgetReachedError",
    "Comparison",
    "Cost",
    "CostEstimate",
    "DayRates",
    "Difference",
    "OrganisationKind",
    "Postage",
    "Rate",
    "RateKind",
    "Rates",
    "compare",
    "email_cost",
    "letter_cost",
    "letter_price",
    "sms_cost",
    "sms_price",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
