# SPDX-License-Identifier: MIT
"""GOV.UK Notify's rate limit: 3,000 messages a minute for each service and kind of key.

Notify keeps a bucket of tokens, and every request to send takes one, a refused request too. After
a burst of 999 the bucket refills at 50 a second, so a client that goes on asking while it is
empty keeps it empty. A client here stays at 50 a second from the beginning, which the bucket
always allows. All processes that use one kind of key share Notify's bucket: where there are
several, give each its share:

    NotifyClient(api_key, limiter=limiter(share=4))

A service also has a limit for each day (UTC), which no pace avoids: see `TooManyRequestsError`.
"""

from collections.abc import Mapping

from lg_core.limits import Limiter, Rate

__all__ = ["GET", "RATES", "SEND", "limiter"]

SEND, GET = "send", "get"
"""The buckets: sending, which Notify limits, and asking, which it does not."""

RATES: Mapping[str, Rate] = {
    # Technical documentation, 'Rate limits': 3,000 a minute, refilled steadily (the API's code).
    SEND: Rate(50),
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
