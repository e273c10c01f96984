# SPDX-License-Identifier: MIT
"""Read a request to /authorize: who asks, where the person goes back to, query or signed object."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from lg_sandbox.one_login.checks import Draft, check
from lg_sandbox.one_login.errors import PageRefusal, RedirectRefusal
from lg_sandbox.one_login.jose import RSA_ALGORITHMS, Unverified, is_signed_by, read
from lg_sandbox.one_login.model import Asked, Client

if TYPE_CHECKING:
    from lg_sandbox.one_login.jose import Key

__all__ = ["Desk", "read_request"]

_SKEW_SECONDS = 60
# simulator: what can be a response type at all; others are no request.
_RESPONSE_TYPES = frozenset({"code", "token", "id_token", "none"})


@dataclass(frozen=True, slots=True)
class Desk:
    """What a request is held against.

    Args:
        clients: gives a registered service by its id.
        keys_of: gives the keys that a service's token may be signed with. It raises OSError when
            they cannot be fetched.
        subject_of: gives the `sub` of an ID token of ours that was issued to a service, by the
            service's id; None when it is not ours.
        endpoint: the address of /authorize.
    """

    clients: Callable[[str], Client | None]
    keys_of: "Callable[[Client, Unverified], Sequence[Key]]"
    subject_of: Callable[[str, str], str | None]
    endpoint: str


def read_request(query: Mapping[str, str], *, desk: Desk, now: datetime) -> Asked:
    """Read and check a request.

    Args:
        query: its parameters. Of a repeated one the last counts, as at the gateway.
        desk: what it is held against.
        now: the instant.

    Returns:
        The request, accepted.

    Raises:
        PageRefusal: when One Login would answer with a page.
        RedirectRefusal: when it would send the person back with an error.
    """
    client = _client(query, desk)
    if query.get("request"):
        return _signed(query, client, desk=desk, now=now)
    redirect_uri = query.get("redirect_uri", "")
    if not redirect_uri:
        raise PageRefusal("Request is missing parameters")
    if redirect_uri not in client.redirect_uris:
        raise PageRefusal("Invalid Request")
    if client.jar_required:
        # authentication-api, `AuthorisationHandler`.
        raise RedirectRefusal(
            "access_denied",
            "JAR required for client but request does not contain Request Object",
            redirect_uri=redirect_uri,
            state=query.get("state") or None,
        )
    _parse(query, client)
    return check(Draft(client, query, signed=False, at=now))


def _client(query: Mapping[str, str], desk: Desk) -> Client:
    client_id = query.get("client_id")
    if not client_id:
        raise PageRefusal("Request is missing parameters")
    client = desk.clients(client_id)
    if client is None:
        raise PageRefusal("Invalid Request")
    return client


def _parse(query: Mapping[str, str], client: Client) -> None:
    """Refuse what One Login cannot read at all: such an error carries no state (simulator)."""
    types = query.get("response_type", "").split()
    scope = query.get("scope", "").split()
    if not types or not set(types) <= _RESPONSE_TYPES or "openid" not in scope:
        raise _unreadable(query, client)


def _unreadable(query: Mapping[str, str], client: Client) -> Exception:
    redirect_uri = query.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        return PageRefusal("Invalid Request")
    return RedirectRefusal(
        "invalid_request", "Invalid Request", redirect_uri=redirect_uri, state=None
    )


def _signed(query: Mapping[str, str], client: Client, *, desk: Desk, now: datetime) -> Asked:
    """Read a signed request object (tech-docs, 'Secure your authorisation requests with JAR')."""
    try:
        token = read(query["request"])
    except ValueError:
        raise _unreadable(query, client) from None
    # simulator: a `sub` equal to the client's id would make it an assertion.
    if query.get("request_uri") or token.claims.get("sub") == client.client_id:
        raise _unreadable(query, client)
    _parse(query, client)
    _check_signature(token, client, desk)
    _check_expiry(token, now)
    values = {name: text for name, value in token.claims.items() if (text := _as_text(value))}
    redirect_uri = values.get("redirect_uri", "")
    if redirect_uri not in client.redirect_uris:
        raise PageRefusal("Invalid Request")
    again, failed = _hinted(values, client, desk)
    draft = Draft(client, values, signed=True, at=now, again=again, hint_failed=failed)
    _check_object(draft, query, token, endpoint=desk.endpoint)
    return check(draft)


def _check_signature(token: Unverified, client: Client, desk: Desk) -> None:
    try:
        keys = desk.keys_of(client, token)
    except OSError:
        raise PageRefusal("Internal Server Error", status=500) from None
    if token.algorithm not in RSA_ALGORITHMS or not is_signed_by(token, keys):
        raise PageRefusal("Trust chain validation failed")


def _check_expiry(token: Unverified, now: datetime) -> None:
    expires = token.claims.get("exp")
    if expires is None:
        return
    wrong = isinstance(expires, bool) or not isinstance(expires, int | float)
    # A negated comparison, so that a time that is no number counts as past.
    if wrong or not expires + _SKEW_SECONDS > now.timestamp():
        raise PageRefusal("Invalid Request")


def _check_object(
    draft: Draft, query: Mapping[str, str], token: Unverified, *, endpoint: str
) -> None:
    """Check what only a signed object has, in the simulator's order."""
    claims = token.claims
    if draft.get("response_mode") not in {"", "query", "fragment"}:
        raise PageRefusal("Invalid Request")
    if not draft.get("state"):
        raise draft.refuse("invalid_request", "Request is missing state parameter")
    if query.get("response_type") != "code":
        raise draft.refuse("unsupported_response_type", "Unsupported response type")
    if claims.get("client_id") != draft.client.client_id:
        raise draft.refuse("unauthorized_client", "Unauthorized client")
    if claims.get("request"):
        raise draft.refuse("invalid_request", "Invalid request")
    if claims.get("aud") != endpoint:
        raise draft.refuse(
            "access_denied", "Access denied by resource owner or authorization server"
        )
    if claims.get("iss") != draft.client.client_id:
        raise draft.refuse("unauthorized_client", "Unauthorized client")
    # tech-docs: the query repeats the object's scope. The error's words are ours.
    if set(query.get("scope", "").split()) != set(draft.get("scope").split()):
        raise draft.refuse("invalid_scope", "Invalid, unknown or malformed scope")


def _hinted(values: Mapping[str, str], client: Client, desk: Desk) -> tuple[str | None, bool]:
    hint = values.get("id_token_hint")
    if hint is None:
        return None, False
    subject = desk.subject_of(client.client_id, hint)
    return subject, subject is None


def _as_text(value: object) -> str:
    """Write a claim as the query would have it: One Login reads both forms."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list):
        return json.dumps(cast("object", value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""
