# SPDX-License-Identifier: MIT
"""What can go wrong between a service and GOV.UK One Login, beside what `lg_core.errors` has.

    LgError (lg_core)
    ├── SignInError                    a check failed: nobody is signed in
    └── ApiError (lg_core)
        └── OneLoginError              One Login answered, and the answer is no
            ├── ClientNotAcceptedError     it does not know the client id or the key
            ├── CodeNotAcceptedError       the code was used, is too old or is another client's
            └── OneLoginUnavailableError   it failed on a call that changes nothing

`OneLoginClient.finish` makes an outcome of `CodeNotAcceptedError`, so a service sees it only
where it makes calls of its own.
"""

from enum import StrEnum

from lg_core.errors import ApiError, AuthenticationError, InvalidRequestError, LgError, ServerError

__all__ = [
    "ClientNotAcceptedError",
    "CodeNotAcceptedError",
    "OneLoginError",
    "OneLoginUnavailableError",
    "SignInError",
    "SignInFault",
    "SignInStep",
]


class SignInStep(StrEnum):
    """What was being checked when a check failed."""

    CALLBACK = "callback"
    """The query with which the browser came back."""
    DISCOVERY = "discovery"
    """What One Login says of itself."""
    ID_TOKEN = "id_token"  # noqa: S105 -- the name of a step
    """The statement that somebody signed in."""
    USERINFO = "userinfo"
    """The answer with the person's claims."""
    CORE_IDENTITY = "core_identity"
    """The statement of who the person was proved to be."""


class SignInFault(StrEnum):
    """Which check failed. The codes are stable: alert on them, count them."""

    STATE = "state"
    """The callback belongs to another sign-in, or to none."""
    REPEATED_PARAMETER = "repeated_parameter"
    """A parameter of the callback came more than once."""
    NO_CODE = "no_code"
    """The callback has neither a code nor an error."""
    REQUEST_REFUSED = "request_refused"
    """One Login refused the request itself: the settings or the registration are wrong."""
    ENDPOINTS = "endpoints"
    """Discovery names another issuer, or an endpoint that does not stand at the issuer's origin."""
    MALFORMED = "malformed"
    """A token is not a signed token, or not of the documented form."""
    REPEATED_MEMBER = "repeated_member"
    """A token says one thing twice."""
    TYPE = "type"
    """A token is of another type, such as a logout token."""
    ALGORITHM = "algorithm"
    """A token is signed with another algorithm than the one that was agreed."""
    UNKNOWN_KEY = "unknown_key"
    """The key that a token names is not published, also after a fresh look. Report this."""
    KEY = "key"
    """The published key cannot be used with the token's algorithm."""
    SIGNATURE = "signature"
    """The signature is not right."""
    ISSUER = "issuer"
    """A token comes from somebody else."""
    AUDIENCE = "audience"
    """A token is meant for somebody else."""
    SUBJECT = "subject"
    """Two statements are about two people, or about nobody."""
    EXPIRED = "expired"
    """A token is too old. Check this machine's clock."""
    NOT_YET = "not_yet"
    """A token comes from the future. Check this machine's clock."""
    NONCE = "nonce"
    """A token answers another sign-in."""
    TRUST = "trust"
    """The person signed in, or was proved, at a lower level than was asked for."""
    AUTH_TIME = "auth_time"
    """The person signed in longer ago than was asked for."""
    ACCESS_TOKEN = "access_token"  # noqa: S105 -- the name of a fault
    """The access token is not the one that the ID token came with."""


class SignInError(LgError):
    """A check failed, so nobody is signed in. Show a general page, and alert whoever runs this.

    The text repeats nothing of what came: a forged token may hold anything.

    Args:
        message: what was checked, and what to do.
        fault: which check failed.
        step: what was being checked.
        code: One Login's own code, with `request_refused`, such as `invalid_scope`.
    """

    def __init__(
        self, message: str, *, fault: SignInFault, step: SignInStep, code: str | None = None
    ) -> None:
        super().__init__(message)
        self.fault = fault
        self.step = step
        self.code = code


class OneLoginError(ApiError):
    """One Login answered, and the answer is no. `code` is its own, such as `invalid_grant`."""


class ClientNotAcceptedError(OneLoginError, AuthenticationError):
    """One Login does not know the client id, or does not accept the key that signed."""


class CodeNotAcceptedError(OneLoginError, InvalidRequestError):
    """The code was used before, is older than five minutes, or belongs to another request."""


class OneLoginUnavailableError(OneLoginError, ServerError):
    """One Login failed on a call that changes nothing, and went on failing until the deadline."""
