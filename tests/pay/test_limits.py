# SPDX-License-Identifier: MIT
"""GOV.UK Pay's rate limits, and how workers divide them."""

import pytest

from lg_pay.limits import CAPTURE, CREATE, GET, POST, RATES, limiter


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
