# SPDX-License-Identifier: MIT
"""GOV.UK One Login as the client must know it: its name, and how it says no."""

from importlib.metadata import version

from lg_core.platforms import Platform, Refusal
from lg_identity import errors
from lg_identity._calls import CAPABILITIES

__all__ = ["ONE_LOGIN", "read_refusal"]

_TOKEN_ERRORS = frozenset(
    {
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "invalid_token",
        "server_error",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)
_UNAUTHORISED = 401
_FORBIDDEN = 403
_FIRST_SERVER_ERROR = 500


def read_refusal(refusal: Refusal) -> errors.OneLoginError:
    """Make the error for an answer of One Login's that means no (RFC 6749 section 5.2).

    Only documented codes are read: descriptions may repeat what was sent.

    Args:
        refusal: the answer.
    """
    said = (refusal.json() or {}).get("error")
    code = said if isinstance(said, str) and said in _TOKEN_ERRORS else None
    kind, advice = _kind(code, refusal.status)
    error = refusal.error(
        kind,
        f"GOV.UK One Login refused {refusal.capability} with status {refusal.status}"
        f"{f' ({code})' if code else ''}. {advice}",
        code=code,
    )
    assert isinstance(error, errors.OneLoginError)  # noqa: S101 -- every kind is one
    return error


def _kind(code: str | None, status: int) -> tuple[type[errors.OneLoginError], str]:
    if code == "invalid_grant":
        return errors.CodeNotAcceptedError, (
            "The code was used, is too old, or belongs to another redirect_uri. Start the sign-in "
            "again."
        )
    if code in {"invalid_client", "unauthorized_client"}:
        return errors.ClientNotAcceptedError, (
            "Check client_id, key_id and private_key, and that your JWKS endpoint publishes the "
            "key: One Login may keep an older copy of it for a day."
        )
    if status == _FORBIDDEN:
        return errors.OneLoginError, "A firewall answered: check user_agent and the address."
    if status >= _FIRST_SERVER_ERROR:
        return errors.OneLoginUnavailableError, (
            "Try again later; One Login also fails so where it cannot fetch your JWKS."
        )
    if status == _UNAUTHORISED:
        return errors.ClientNotAcceptedError, (
            "The access token is not accepted. Start the sign-in again."
        )
    return errors.OneLoginError, "Check the settings against the client's registration."


ONE_LOGIN = Platform(
    name="GOV.UK One Login",
    component="lg-identity",
    version=version("lg-identity"),
    read_refusal=read_refusal,
    capabilities=CAPABILITIES,
)
