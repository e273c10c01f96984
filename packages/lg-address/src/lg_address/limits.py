# SPDX-License-Identifier: MIT
"""The rate limit of OS Places: 600 requests a minute for a live project, 50 in development.

A client keeps below the live rate by itself. For a project in development mode, or where several
workers use one project, give each client its share:

    PlacesClient(api_key, limiter=limiter(share=4))
    PlacesClient(api_key, limiter=limiter(development=True))
"""

from collections.abc import Mapping

from lg_core.limits import Limiter, Rate

__all__ = ["DEVELOPMENT_RATES", "PLACES", "RATES", "limiter"]

PLACES = "places"
"""The bucket: OS counts every request to the API alike."""

# OS Data Hub, 'Rate limiting policy': by project and API; then 429 until the rate falls.
RATES: Mapping[str, Rate] = {PLACES: Rate(600, 60)}
"""How many requests a live project may make in a minute."""

DEVELOPMENT_RATES: Mapping[str, Rate] = {PLACES: Rate(50, 60)}
"""How many requests a project in development mode may make in a minute."""


def limiter(*, share: int = 1, development: bool = False) -> Limiter:
    """Make the bucket of one project, to share between clients.

    Args:
        share: how many workers divide the rate between them, this one included.
        development: whether the project is in development mode.

    Returns:
        A limiter, for `limiter=` of a client.

    Raises:
        ValueError: share is less than 1.
    """
    return Limiter(DEVELOPMENT_RATES if development else RATES, share=share)
