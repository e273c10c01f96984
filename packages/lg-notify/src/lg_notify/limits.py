# SPDX-License-Identifier: MIT
"""GOV.UK Notify's rate limit: 3,000 messages a minute for each service and kind of key.

Notify keeps a bucket of 1,000 tokens that refills at 50 a second, and every request to send takes
one when it arrives, a refused request too (read in the API's code, and seen). So a client that goes
on asking while the bucket is empty keeps it empty.

A client here keeps the same bucket, somewhat smaller: it begins with one second's worth, refills at
50 a second, and saves up to 400 for a burst. Alone on its key it is then never refused, as long as
no request is more than 10 seconds longer on its way than another, also where the process starts
anew: 400 + 50 of a new process + 10 seconds of 50 are less than the 999 that Notify lets through.
A test holds that against Notify's own rule. Where a network is slower than that, a request may be
refused once, and is made again after a second or two.

All processes that use one kind of key share Notify's bucket: where there are several, give each its
share:

    NotifyClient(api_key, limiter=limiter(share=4))

A service also has a limit for each day (UTC), which no pace avoids: see `TooManyRequestsError`.
"""

from collections.abc import Mapping

from lg_core.limits import Limiter, Rate

__all__ = ["BURST", "GET", "RATES", "SEND", "limiter"]

SEND, GET = "send", "get"
"""The buckets: sending, which Notify limits, and asking, which it does not."""

BURST = 400
"""How many messages are sent at once after a rest of 8 seconds or more."""

RATES: Mapping[str, Rate] = {
    # Technical documentation, 'Rate limits': 3,000 a minute, refilled steadily (the API's code).
    SEND: Rate(50, burst=BURST),
}
"""How many requests a client makes in a second, by bucket. A bucket without a rate is free."""


def limiter(*, share: int = 1) -> Limiter:
    """Make the buckets of one service and kind of key, to share between clients.

    Args:
        share: how many workers divide the rate between them, this one included.

    Returns:
        A limiter, for `limiter=` of a client.

    Raises:
        ValueError: share is less than 1.
    """
    return Limiter(RATES, share=share)
