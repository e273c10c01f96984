# SPDX-License-Identifier: MIT
"""What the browser brings back: a code, or a reason why there is none. Pure."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from lg_core.endpoints import Fields
from lg_identity.errors import SignInError, SignInFault, SignInStep
from lg_identity.levels import Level
from lg_identity.outcomes import (
    Outcome,
    Refused,
    Restart,
    RestartReason,
    SignedOut,
    Unavailable,
    UnavailableReason,
)
from lg_identity.pending import PendingSignIn

__all__ = ["Code", "read_callback"]

_LONGEST_JOURNEY = timedelta(hours=1)
"""One Login's own session lasts an hour from the last step."""
_PARAMETERS = ("code", "state", "error", "error_description")
_REQUEST_FAULTS = frozenset(
    {
        "invalid_request",
        "invalid_request_object",
        "invalid_scope",
        "request_uri_not_supported",
        "server_error",
        "unauthorized_client",
        "unmet_authentication_requirements",
        "unsupported_response_type",
    }
)


@dataclass(frozen=True, slots=True)
class Code:
    """An authorisation code: to be used once, within five minutes."""

    value: str = field(repr=False)


def read_callback(
    query: Mapping[str, str], pending: PendingSignIn, *, now: datetime
) -> Code | Outcome:
    """Read the query with which the browser came back ('Error handling', OpenID Connect).

    Args:
        query: the parameters.
        pending: the sign-in that this browser's session holds.
        now: the time, in UTC.

    Returns:
        The code, or what came of the sign-in without one.

    Raises:
        SignInError: the callback is not this sign-in's, or One Login refused the request itself.
    """
    if isinstance(query, Fields) and any(len(query.all(name)) > 1 for name in _PARAMETERS):
        raise _refused(SignInFault.REPEATED_PARAMETER, "names a parameter more than once")
    error = query.get("error")
    # A request that One Login could not read at all comes back without a state.
    if error in _REQUEST_FAULTS and "state" not in query:
        raise _refused(SignInFault.REQUEST_REFUSED, _REFUSED.format(code=error), code=error)
    given = query.get("state", "").encode(errors="surrogatepass")
    if not hmac.compare_digest(given, pending.state.get_secret_value().encode()):
        raise _refused(SignInFault.STATE, "belongs to another sign-in, or to none")
    if error is not None:
        return _without_code(error, query.get("error_description", ""), pending.level)
    if not query.get("code"):
        raise _refused(SignInFault.NO_CODE, "has neither a code nor an error")
    if now - pending.started_at > _LONGEST_JOURNEY:
        return Restart(RestartReason.TOO_OLD)
    return Code(query["code"])


_REFUSED = (
    "says that One Login refused the request ({code}). Check the settings against the client's "
    "registration"
)


def _without_code(error: str, description: str, level: Level) -> Outcome:
    match error:
        case "access_denied" if level is Level.IDENTITY:
            return Refused()
        case "access_denied":
            return Restart(RestartReason.SESSION_LOST)
        case "temporarily_unavailable" if level is Level.IDENTITY:
            return Unavailable(UnavailableReason.NO_IDENTITY_CAPACITY)
        case "temporarily_unavailable":
            return Unavailable(UnavailableReason.BUSY)
        case "login_required":
            return SignedOut()
        case "unauthorized_client" if "deactivated" in description.lower():
            return Unavailable(UnavailableReason.SWITCHED_OFF)
        case _:
            code = error if error in _REQUEST_FAULTS else None
            said = _REFUSED.format(code=code or "with a code that it does not document")
            raise _refused(SignInFault.REQUEST_REFUSED, said, code=code)


def _refused(fault: SignInFault, what: str, *, code: str | None = None) -> SignInError:
    return SignInError(
        f"The sign-in callback {what}. Nobody is signed in: show a general page.",
        fault=fault,
        step=SignInStep.CALLBACK,
        code=code,
    )
