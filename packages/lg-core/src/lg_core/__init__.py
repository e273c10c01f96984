# SPDX-License-Identifier: MIT
"""What the local government components share.

Money, identifiers and errors stand here at the top. What a component is built from has a module of
its own: `lg_core.calls`, `lg_core.clients`, `lg_core.network`, `lg_core.observers` and others.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_core.errors import (
        ApiError,
        ConfigError,
        InvalidValueError,
        LgError,
        OutcomeUnknownError,
        RequestNotSentError,
        ResponseShapeError,
    )
    from lg_core.identifiers import CustodianCode, GssCode, Lgsl, Postcode, Uprn, Usrn
    from lg_core.money import Pence, format_pounds, parse_pounds
    from lg_core.network import Network
    from lg_core.postal import PostalAddress
    from lg_core.references import ReferenceProfile

__all__ = [
    "ApiError",
    "ConfigError",
    "CustodianCode",
    "GssCode",
    "InvalidValueError",
    "LgError",
    "Lgsl",
    "Network",
    "OutcomeUnknownError",
    "Pence",
    "PostalAddress",
    "Postcode",
    "ReferenceProfile",
    "RequestNotSentError",
    "ResponseShapeError",
    "Uprn",
    "Usrn",
    "format_pounds",
    "parse_pounds",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "ApiError": "lg_core.errors",
            "ConfigError": "lg_core.errors",
            "CustodianCode": "lg_core.identifiers",
            "GssCode": "lg_core.identifiers",
            "InvalidValueError": "lg_core.errors",
            "Lgsl": "lg_core.identifiers",
            "LgError": "lg_core.errors",
            "Network": "lg_core.network",
            "OutcomeUnknownError": "lg_core.errors",
            "Pence": "lg_core.money",
            "PostalAddress": "lg_core.postal",
            "Postcode": "lg_core.identifiers",
            "ReferenceProfile": "lg_core.references",
            "RequestNotSentError": "lg_core.errors",
            "ResponseShapeError": "lg_core.errors",
            "Uprn": "lg_core.identifiers",
            "Usrn": "lg_core.identifiers",
            "format_pounds": "lg_core.money",
            "parse_pounds": "lg_core.money",
        },
    )
