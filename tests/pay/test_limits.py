# SPDX-License-Identifier: MIT
"""GOV.UK Pay's rate limits, and how workers divide them."""

import pytest
from pay.payments import a_payment

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_pay.limits import (
    CAPTURE,
    CREATE,
    GET,
    POST,
    RATES,
    PaymentProvider,
    amount_limits,
    check_amount,
    limiter,
)


def test_each_bucket_has_the_published_rate() -> None:
    """15 creates, captures and other POSTs a second, each by itself; 75 GETs."""
    assert {CREATE: 15, CAPTURE: 15, POST: 15, GET: 75} == {
        bucket: rate.calls for bucket, rate in RATES.items()
    }
    assert {1.0} == {rate.seconds for rate in RATES.values()}


@pytest.mark.parametrize(("share", "calls"), [(1, 15), (3, 5), (4, 3)])
def test_workers_divide_the_rates(share: int, calls: int) -> None:
    """A worker may make its part of the calls at once, and must wait for the next one."""
    buckets = limiter(share=share)

    waits = [buckets.reserve(CREATE, max_wait=5) for _ in range(calls + 1)]

    assert [0.0] * calls == waits[:-1]
    assert waits[-1]
    assert 0.0 == buckets.reserve(POST, max_wait=5)


def test_no_workers_are_a_mistake() -> None:
    """There is at least one worker."""
    with pytest.raises(ValueError, match="share"):
        limiter(share=0)


@pytest.mark.parametrize(
    ("provider", "limits"),
    [
        (None, (1, 10_000_000)),
        ("sandbox", (1, 10_000_000)),
        ("stripe", (30, 10_000_000)),
        ("worldpay", (1, 500_000)),
        ("a provider to come", (1, 10_000_000)),
    ],
)
def test_the_limits_of_each_provider(provider: str | None, limits: tuple[int, int]) -> None:
    """Both ends are allowed, and one penny beyond is not; a provider to come is no error."""
    least, most = amount_limits(provider)

    assert limits == (least, most)
    check_amount(a_payment(amount=Pence(0)), provider=None)  # switched on for some accounts
    for amount in limits:
        check_amount(a_payment(amount=Pence(amount)), provider=provider)
    if provider is not None:
        with pytest.raises(InvalidValueError, match=f"{least} pence or more"):
            check_amount(a_payment(amount=least - Pence(1)), provider=provider)
    if provider == PaymentProvider.WORLDPAY:
        with pytest.raises(InvalidValueError, match="500000 pence or less"):
            check_amount(a_payment(amount=most + Pence(1)), provider=provider)
