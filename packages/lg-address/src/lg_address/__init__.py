# SPDX-License-Identifier: MIT
"""Addresses for council services: OS Places look-up by postcode, with the UPRN.

In short:

    with PlacesClient.from_env() as places:
        for address in places.find_by_postcode("SW1A 1AA"):
            address.one_line(), address.uprn
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_address._async.client import AsyncPlacesClient
    from lg_address._sync.client import PlacesClient
    from lg_address.address import Address
    from lg_address.calls import Dataset
    from lg_address.errors import (
        InvalidKeyError,
        InvalidQueryError,
        NotEntitledError,
        PlacesError,
        PlacesUnavailableError,
        TooManyRequestsError,
        UnknownPostcodeError,
    )

_HOMES = {
    "Address": "lg_address.address",
    "AsyncPlacesClient": "lg_address._async.client",
    "Dataset": "lg_address.calls",
    "PlacesClient": "lg_address._sync.client",
    **dict.fromkeys(
        (
            "InvalidKeyError",
            "InvalidQueryError",
            "NotEntitledError",
            "PlacesError",
            "PlacesUnavailableError",
            "TooManyRequestsError",
            "UnknownPostcodeError",
        ),
        "lg_address.errors",
    ),
}

__all__ = [
    "Address",
    "AsyncPlacesClient",
    "Dataset",
    "InvalidKeyError",
    "InvalidQueryError",
    "NotEntitledError",
    "PlacesClient",
    "PlacesError",
    "PlacesUnavailableError",
    "TooManyRequestsError",
    "UnknownPostcodeError",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
