# SPDX-License-Identifier: MIT
"""GOV.UK One Login for council services: sign a resident in, and check every claim of it.

In short:

    with OneLoginClient.from_env() as one_login:
        started = one_login.start(level=Level.SIGN_IN)
        # keep started.pending in the session, and send the browser to started.url
        outcome = one_login.finish(query, pending)
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_identity._async.client import AsyncOneLoginClient
    from lg_identity._sync.client import OneLoginClient
    from lg_identity.addresses import OneLoginAddress
    from lg_identity.errors import (
        ClientNotAcceptedError,
        CodeNotAcceptedError,
        OneLoginError,
        OneLoginUnavailableError,
        SignInError,
        SignInFault,
        SignInStep,
    )
    from lg_identity.identity import CoreIdentity, Name, NamePart, NamePartType
    from lg_identity.levels import Claim, Level, Scope
    from lg_identity.outcomes import (
        NotProved,
        Outcome,
        Refused,
        Restart,
        RestartReason,
        SignedOut,
        SignIn,
        Unavailable,
        UnavailableReason,
    )
    from lg_identity.pending import PendingSignIn, Started
    from lg_identity.settings import (
        IdTokenAlgorithm,
        OneLoginEnvironment,
        OneLoginSettings,
        SigningAlgorithm,
    )

_HOMES = {
    "AsyncOneLoginClient": "lg_identity._async.client",
    "OneLoginClient": "lg_identity._sync.client",
    "OneLoginAddress": "lg_identity.addresses",
    **dict.fromkeys(
        (
            "ClientNotAcceptedError",
            "CodeNotAcceptedError",
            "OneLoginError",
            "OneLoginUnavailableError",
            "SignInError",
            "SignInFault",
            "SignInStep",
        ),
        "lg_identity.errors",
    ),
    **dict.fromkeys(
        (
            "CoreIdentity",
            "Name",
            "NamePart",
            "NamePartType",
        ),
        "lg_identity.identity",
    ),
    **dict.fromkeys(
        (
            "Claim",
            "Level",
            "Scope",
        ),
        "lg_identity.levels",
    ),
    **dict.fromkeys(
        (
            "NotProved",
            "Outcome",
            "Refused",
            "Restart",
            "RestartReason",
            "SignIn",
            "SignedOut",
            "Unavailable",
            "UnavailableReason",
        ),
        "lg_identity.outcomes",
    ),
    **dict.fromkeys(
        (
            "PendingSignIn",
            "Started",
        ),
        "lg_identity.pending",
    ),
    **dict.fromkeys(
        ("IdTokenAlgorithm", "OneLoginEnvironment", "OneLoginSettings", "SigningAlgorithm"),
        "lg_identity.settings",
    ),
}

__all__ = [
    "AsyncOneLoginClient",
    "Claim",
    "ClientNotAcceptedError",
    "CodeNotAcceptedError",
    "CoreIdentity",
    "IdTokenAlgorithm",
    "Level",
    "Name",
    "NamePart",
    "NamePartType",
    "NotProved",
    "OneLoginAddress",
    "OneLoginClient",
    "OneLoginEnvironment",
    "OneLoginError",
    "OneLoginSettings",
    "OneLoginUnavailableError",
    "Outcome",
    "PendingSignIn",
    "Refused",
    "Restart",
    "RestartReason",
    "Scope",
    "SignIn",
    "SignInError",
    "SignInFault",
    "SignInStep",
    "SignedOut",
    "SigningAlgorithm",
    "Started",
    "Unavailable",
    "UnavailableReason",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
