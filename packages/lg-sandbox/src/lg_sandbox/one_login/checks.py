# SPDX-License-Identifier: MIT
"""The rules that a request must keep, whether it came as a query or as a signed object.

Each check is one rule, cited where it stands. They run in the simulator's order, and the first one
that fails decides the answer.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from lg_sandbox.one_login.errors import PageRefusal, RedirectRefusal
from lg_sandbox.one_login.model import Asked, Claim, Client, Scope
from lg_sandbox.one_login.vectors import Vectors, read_vtr

__all__ = ["Draft", "check"]

_RESPONSE_MODES = frozenset({"", "query", "fragment"})
_CHANNELS = frozenset({"", "web", "generic_app"})
_PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_LOGIN_HINT_LENGTH = 256
_LANGUAGES = ("en", "cy")
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class Draft:
    """A request whose client and address to return to are known to be right.

    Args:
        client: who asks.
        values: the parameters as texts; an absent one is missing.
        signed: whether they came in a signed object.
        at: when it came.
        again: the `sub` of a valid id_token_hint, where the request has one.
        hint_failed: whether it has an id_token_hint that is not One Login's.
    """

    client: Client
    values: Mapping[str, str] = field(repr=False)
    signed: bool
    at: datetime
    again: str | None = field(default=None, repr=False)
    hint_failed: bool = False

    def get(self, name: str) -> str:
        """Return a parameter, or an empty text."""
        return self.values.get(name, "")

    @property
    def where(self) -> str:
        """Where the parameters stood, in the words of the errors."""
        return "request object" if self.signed else "query params"

    def refuse(self, code: str, description: str) -> RedirectRefusal:
        """Make the redirect that tells an error."""
        return RedirectRefusal(
            code,
            description,
            redirect_uri=self.get("redirect_uri"),
            state=self.values.get("state") or None,
            fragment=self.get("response_mode") == "fragment",
        )


def check(draft: Draft) -> Asked:
    """Check a request.

    Args:
        draft: the request.

    Returns:
        The request, accepted.

    Raises:
        PageRefusal: when One Login would answer with a page.
        RedirectRefusal: when it would send the person back with an error.
    """
    for rule in _RULES:
        rule(draft)
    vectors = _vectors(draft)
    languages = [each for each in draft.get("ui_locales").split() if each in _LANGUAGES]
    return Asked(
        client_id=draft.client.client_id,
        redirect_uri=draft.get("redirect_uri"),
        state=draft.get("state"),
        nonce=draft.get("nonce"),
        scopes=frozenset(map(Scope, draft.get("scope").split())),
        claims=frozenset(map(Claim, _claims(draft))),
        trust=vectors.trust,
        levels=vectors.levels,
        # tech-docs, 'ui_locales': anything else is ignored.
        language=languages[0] if languages else "en",
        challenge=draft.values.get("code_challenge"),
        fragment=draft.get("response_mode") == "fragment",
        again=draft.again if _prompts(draft) == {"login"} else None,
        at=draft.at,
    )


def _response_mode(draft: Draft) -> None:
    if draft.get("response_mode") not in _RESPONSE_MODES:
        raise PageRefusal("Invalid Request")


def _state(draft: Draft) -> None:
    if not draft.get("state"):
        raise draft.refuse("invalid_request", "Request is missing state parameter")


def _active(draft: Draft) -> None:
    # tech-docs, 'error codes': a service that was switched off.
    if not draft.client.active:
        raise draft.refuse("unauthorized_client", "client deactivated")


def _request_uri(draft: Draft) -> None:
    if not draft.get("request_uri"):
        return
    if draft.signed:
        raise draft.refuse("invalid_request", "Invalid request")
    raise draft.refuse("request_uri_not_supported", "Request URI parameter not supported")


def _response_type(draft: Draft) -> None:
    if draft.get("response_type") != "code":
        raise draft.refuse("unsupported_response_type", "Unsupported response type")


def _scope(draft: Draft) -> None:
    allowed = {each.value for each in draft.client.scopes} | {Scope.OPENID.value}
    asked = draft.get("scope").split()
    if Scope.OPENID not in asked or not set(asked) <= allowed:
        raise draft.refuse("invalid_scope", "Invalid, unknown or malformed scope")


def _claims(draft: Draft) -> list[str]:
    text = draft.get("claims")
    if not text:
        return []
    try:
        value = json.loads(text)
        # tech-docs, 'claims': nothing can be asked of the ID token.
        userinfo = cast("dict[str, dict[str, object] | None]", value).get("userinfo")
        return [] if userinfo is None else list(userinfo.keys())
    except (AttributeError, TypeError, ValueError, RecursionError):
        # simulator: a parse error carries no state.
        raise RedirectRefusal(
            "invalid_request",
            "Invalid Request",
            redirect_uri=draft.get("redirect_uri"),
            state=None,
        ) from None


def _known_claims(draft: Draft) -> None:
    if not set(_claims(draft)) <= {each.value for each in draft.client.claims}:
        raise draft.refuse("invalid_request", "Request contains invalid claims")


def _nonce(draft: Draft) -> None:
    if not draft.get("nonce"):
        raise draft.refuse("invalid_request", "Request is missing nonce parameter")


def _vectors(draft: Draft) -> Vectors:
    try:
        return read_vtr(draft.values.get("vtr"), allowed=draft.client.levels)
    except ValueError:
        raise draft.refuse("invalid_request", "Request vtr not valid") from None


def _vtr(draft: Draft) -> None:
    _vectors(draft)


def _max_age(draft: Draft) -> None:
    text = draft.get("max_age")
    # tech-docs, 'max_age': by agreement only; without it One Login passes it over.
    if not text or not draft.client.max_age_enabled:
        return
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        if draft.signed:
            raise draft.refuse("invalid_request", "Max age could not be parsed to an integer")
        raise PageRefusal("Invalid Request")
    if int(text) < 0:
        raise draft.refuse("invalid_request", f"Max age is negative in {draft.where}")


def _challenge(draft: Draft) -> None:
    challenge = draft.values.get("code_challenge")
    if challenge is None:
        if draft.client.pkce_enforced:
            raise draft.refuse(
                "invalid_request",
                "Request is missing code_challenge parameter, but PKCE is enforced.",
            )
        return
    method = draft.get("code_challenge_method")
    # RFC 7636 section 4.2: the base64url text of 32 bytes.
    if not _CHALLENGE.fullmatch(challenge):
        raise draft.refuse("invalid_request", "Invalid value for code_challenge parameter.")
    if not method:
        raise draft.refuse(
            "invalid_request",
            "Request is missing code_challenge_method parameter. code_challenge_method is "
            "required when code_challenge is present.",
        )
    if method != "S256":
        raise draft.refuse("invalid_request", "Invalid value for code_challenge_method parameter.")


def _login_hint(draft: Draft) -> None:
    # authentication-api: as a query parameter it is only logged.
    if draft.signed and len(draft.get("login_hint")) > _LOGIN_HINT_LENGTH:
        raise draft.refuse("invalid_request", "login_hint parameter is invalid")


def _channel(draft: Draft) -> None:
    if draft.get("channel") not in _CHANNELS:
        raise draft.refuse("invalid_request", "Invalid value for channel parameter.")


def _prompts(draft: Draft) -> set[str]:
    return set(draft.get("prompt").split())


def _prompt(draft: Draft) -> None:
    prompts = _prompts(draft)
    if not prompts <= _PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise RedirectRefusal(
            "invalid_request",
            "Invalid Request",
            redirect_uri=draft.get("redirect_uri"),
            state=None,
        )
    if "select_account" in prompts:
        raise draft.refuse("unmet_authentication_requirements", "Unmet authentication requirements")


def _hint(draft: Draft) -> None:
    if draft.hint_failed:
        raise draft.refuse("invalid_request", "unable to validate id_token_hint")


_RULES: tuple[Callable[[Draft], None], ...] = (
    _response_mode,
    _state,
    _active,
    _request_uri,
    _response_type,
    _scope,
    _known_claims,
    _nonce,
    _vtr,
    _max_age,
    _challenge,
    _login_hint,
    _channel,
    _prompt,
    _hint,
)
