# SPDX-License-Identifier: MIT
"""GOV.UK Pay's rate limits, for each account: 15 POSTs a second of each kind, and 75 GETs.

A client keeps below them by itself. Where several workers or clients use one account, give each
its share:

    PayClient(api_key, limiter=limiter(share=4))
"""

from collections.abc import Mapping

from lg_core.limits import Limiter, Rate

__all__ = ["CAPTURE", "CREATE", "GET", "POST", "RATES", "limiter"]

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
