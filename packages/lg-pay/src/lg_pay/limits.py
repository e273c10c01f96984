# SPDX-License-Identifier: MIT
"""GOV.UK Pay's rate limits, for each account: 15 POSTs a second of each kind, and 75 GETs.

A client keeps below them by itself. Where several workers or clients use one account, give each
its share:

    PayClient(api_key, limiter=limiter(share=4))

What one payment may be depends on the payment provider: `amount_limits`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from lg_core.errors import InvalidValueError
from lg_core.limits import Limiter, Rate
from lg_core.money import Pence

if TYPE_CHECKING:
    from lg_pay.new_payment import NewPayment

__all__ = [
    "CAPTURE",
    "CREATE",
    "GET",
    "POST",
    "RATES",
    "PaymentProvider",
    "amount_limits",
    "check_amount",
    "limiter",
]


class PaymentProvider(StrEnum):
    """The providers that GOV.UK Pay documents. Others are plain text, and are read as they are."""

    STRIPE = "stripe"
    WORLDPAY = "worldpay"
    SANDBOX = "sandbox"
    """GOV.UK Pay's own test provider."""


CREATE, CAPTURE, POST, GET = "create", "capture", "post", "get"
"""The buckets: creating payments, capturing them, other POSTs, and GETs."""

RATES: Mapping[str, Rate] = {
    # API reference, 'Rate limits': three buckets of POSTs, each by itself.
    CREATE: Rate(15),
    CAPTURE: Rate(15),
    POST: Rate(15),
    # The reference says "very high"; pay-publicapi's default is 75.
    GET: Rate(75),
}
"""How many calls an account may make in a second, by bucket."""


def limiter(*, share: int = 1) -> Limiter:
    """Make the buckets of one account, to share between clients.

    Args:
        share: how many workers divide the account's rates between them, this one included.

    Returns:
        A limiter, for `limiter=` of a client.

    Raises:
        ValueError: share is less than 1.
    """
    return Limiter(RATES, share=share)


_LEAST, _MOST = Pence(1), Pence(10_000_000)
_LIMITS: Mapping[str, tuple[Pence, Pence]] = {
    PaymentProvider.STRIPE: (Pence(30), _MOST),  # P0102 below it
    PaymentProvider.WORLDPAY: (_LEAST, Pence(500_000)),  # the default of 'Payment limits'
}


def amount_limits(provider: str | None = None) -> tuple[Pence, Pence]:
    """Return the least and the most that one payment may be.

    Args:
        provider: one of `PaymentProvider`, or another word of GOV.UK Pay's; None where it is not
            known.

    Returns:
        Both in pence. Worldpay's most is GOV.UK Pay's default, which it can raise for an account.
        An account for which GOV.UK Pay has switched payments of 0 on may go below the least.
    """
    return _LIMITS.get(provider or "", (_LEAST, _MOST))


def check_amount(new: "NewPayment", *, provider: str | None) -> None:
    """Refuse a payment that the account's provider does not take.

    Args:
        new: the payment.
        provider: one of `PaymentProvider`, or another word of GOV.UK Pay's; with None nothing is
            checked, since the limits are not known.

    Raises:
        InvalidValueError: the amount is below or above the limits.
    """
    least, most = amount_limits(provider)
    if provider is None or least <= new.amount <= most:
        return
    low = new.amount < least
    raise InvalidValueError(
        f"NewPayment: amount: must be {int(least)} pence or more on this payment provider."
        if low
        else f"NewPayment: amount: must be {int(most)} pence or less on this payment provider. If "
        "GOV.UK Pay has raised the limit for your account, build the client without provider.",
        field="amount",
        code="greater_than_equal" if low else "less_than_equal",
    )
