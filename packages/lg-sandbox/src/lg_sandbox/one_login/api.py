# SPDX-License-Identifier: MIT
"""Answer a request to one of One Login's endpoints."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from lg_sandbox.answers import Answer, html_answer, json_answer
from lg_sandbox.faults import Fault, PlannedFault
from lg_sandbox.one_login.asking import read_request
from lg_sandbox.one_login.assertions import authenticate
from lg_sandbox.one_login.claims import Addresses
from lg_sandbox.one_login.errors import (
    PageRefusal,
    RedirectRefusal,
    TokenRefusal,
    added_to,
    firewall_answer,
    go,
)
from lg_sandbox.one_login.machine import Refused
from lg_sandbox.one_login.model import Claim, Client, Scope
from lg_sandbox.one_login.office import Office

__all__ = ["ROUTES", "Call", "Operation", "answer", "fault_answer"]


class Operation(StrEnum):
    """The endpoints, as faults and records name them."""

    DISCOVERY = "discovery"
    JWKS = "jwks"
    DID = "did"
    TRUSTMARK = "trustmark"
    AUTHORIZE = "authorize"
    TOKEN = "token"  # noqa: S105 -- the name of an endpoint
    USERINFO = "userinfo"
    LOGOUT = "logout"


ROUTES: Mapping[tuple[str, str], Operation] = {
    ("GET", "/.well-known/openid-configuration"): Operation.DISCOVERY,
    ("GET", "/.well-known/jwks.json"): Operation.JWKS,
    ("GET", "/.well-known/did.json"): Operation.DID,
    ("GET", "/trustmark"): Operation.TRUSTMARK,
    ("GET", "/authorize"): Operation.AUTHORIZE,
    ("POST", "/token"): Operation.TOKEN,
    ("GET", "/userinfo"): Operation.USERINFO,
    ("GET", "/logout"): Operation.LOGOUT,
}
"""Where each endpoint is found. POST to /authorize is 405 (simulator)."""

# tech-docs: the whole query string may be so long. Over it the firewall answers.
_LONGEST_QUERY = {Operation.AUTHORIZE: 4096, Operation.LOGOUT: 2048}
# tech-docs: a call without a User-Agent is refused at the edge. A browser always has one.
_DIRECT = frozenset(
    {
        Operation.DISCOVERY,
        Operation.JWKS,
        Operation.DID,
        Operation.TOKEN,
        Operation.USERINFO,
    }
)
_DAY = (("Cache-Control", "max-age=86400"),)
_HOUR = (("Cache-Control", "max-age=3600, private"),)
_NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_SIGNED_OUT = "https://gov.uk"
_REDEEM_ERRORS = {
    Refused.UNKNOWN: "Invalid grant",
    Refused.OTHER_ADDRESS: "Invalid grant",
    Refused.WRONG_VERIFIER: "PKCE code verification failed",
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request to an endpoint.

    Args:
        operation: which endpoint.
        query: the query as it came.
        authorization: the header of that name.
        user_agent: the header of that name.
        body: the body as it came.
        base: the address that the request came to, without a slash at its end.
    """

    operation: Operation
    query: str = field(repr=False)
    authorization: str | None = field(repr=False)
    user_agent: str | None
    body: bytes = field(repr=False)
    base: str

    @property
    def parameters(self) -> dict[str, str]:
        """The query's parameters. Of a repeated one the last counts, as at the gateway."""
        return dict(parse_qsl(self.query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The fields of the body's form."""
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def answer(call: Call, *, office: Office) -> tuple[Answer, str | None]:
    """Answer a call as One Login does.

    Args:
        call: the request.
        office: the state of the stand-in.

    Returns:
        The answer, and the id of the service that asked, where it was known.
    """
    if len(call.query) > _LONGEST_QUERY.get(call.operation, len(call.query)) or (
        call.operation in _DIRECT and not (call.user_agent or "").strip()
    ):
        return firewall_answer(), None
    with office.open() as now:
        work = _Work(call, office, office.addresses(call.base), now)
        try:
            return _HANDLERS[call.operation](work), work.who
        except (PageRefusal, RedirectRefusal, TokenRefusal) as refusal:
            return refusal.answer, work.who


def fault_answer(planned: PlannedFault, operation: Operation, done: Answer) -> Answer:
    """Return what a fault puts on the wire.

    Args:
        planned: the fault.
        operation: the endpoint.
        done: the answer to the work, where it was done; anything where it was not.

    Returns:
        The answer of the fault, or `done` for the faults that only spoil its way.
    """
    match planned.fault:
        case Fault.RATE_LIMITED:
            return html_answer(429, _PROXY_PAGE)
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER if (operation, planned.status) == (
            Operation.TOKEN,
            500,
        ):
            return json_answer(500, {"error": "server_error"})
        case Fault.ERROR_BEFORE | Fault.ERROR_AFTER | Fault.HTML:
            return html_answer(planned.status, _PROXY_PAGE)
        case _:
            return done


_PROXY_PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>Sorry, there is a problem</title></head>'
    "<body><h1>Sorry, there is a problem with the service</h1></body></html>"
)


@dataclass(slots=True)
class _Work:
    call: Call
    office: Office
    addresses: Addresses
    now: datetime
    who: str | None = None


def _discovery(work: _Work) -> Answer:
    base = work.addresses.base
    told: dict[str, Any] = {
        "issuer": work.addresses.issuer,
        "authorization_endpoint": f"{base}/authorize",
        "token_endpoint": f"{base}/token",
        "userinfo_endpoint": f"{base}/userinfo",
        "end_session_endpoint": f"{base}/logout",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "trustmarks": work.addresses.trustmark,
        "scopes_supported": [*Scope, "offline_access"],
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "client_secret_post"],
        "token_endpoint_auth_signing_alg_values_supported": [
            "RS256",
            "RS384",
            "RS512",
            "PS256",
            "PS384",
            "PS512",
        ],
        "id_token_signing_alg_values_supported": ["ES256", "RS256"],
        "subject_types_supported": ["public", "pairwise"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub",
            "email",
            "email_verified",
            "phone_number",
            "phone_number_verified",
            "wallet_subject_id",
            *Claim,
        ],
        "ui_locales_supported": ["en", "cy"],
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "backchannel_logout_supported": True,
    }
    return json_answer(200, told, headers=_DAY)


def _jwks(work: _Work) -> Answer:
    keys = [jwk for _, _, jwk in work.office.keys.published()]
    return json_answer(200, {"keys": keys}, headers=_DAY)


def _did(work: _Work) -> Answer:
    did = work.addresses.did_id
    methods = [
        {
            "type": "JsonWebKey",
            "id": f"{did}#{kid}",
            "controller": did,
            "publicKeyJwk": {name: jwk[name] for name in ("kty", "crv", "x", "y", "alg")},
        }
        for kid, _, jwk in work.office.identity_keys.published()
    ]
    told = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "assertionMethod": methods,
    }
    return json_answer(200, told, headers=_HOUR)


def _trustmark(work: _Work) -> Answer:
    issuer = work.addresses.issuer
    told = {
        "idp": issuer,
        "trustmark_provider": issuer,
        "C": ["Cl", "Cl.Cm"],
        "P": ["P0", "P1", "P2"],
    }
    return json_answer(200, told, headers=_DAY)


def _authorize(work: _Work) -> Answer:
    query = work.call.parameters
    client = work.office.clients.get(query.get("client_id", ""))
    work.who = None if client is None else client.client_id
    desk = work.office.desk(work.addresses, now=work.now)
    asked = read_request(query, desk=desk, now=work.now)
    return go(f"{work.addresses.base}/sign-in/{work.office.begin(asked)}")


def _token(work: _Work) -> Answer:
    form, office = work.call.form, work.office
    if not form.get("grant_type"):
        raise _missing("grant_type")
    if form["grant_type"] != "authorization_code":
        raise TokenRefusal("unsupported_grant_type", "Unsupported grant type")
    for name in ("redirect_uri", "code"):
        if not form.get(name):
            raise _missing(name)
    client = _authenticated(work, form)
    work.who = client.client_id
    got = office.redeem(
        form["code"],
        client,
        redirect_uri=form["redirect_uri"],
        verifier=form.get("code_verifier"),
        now=work.now,
    )
    if isinstance(got, Refused):
        raise TokenRefusal("invalid_grant", _REDEEM_ERRORS[got])
    told = office.tokens(got, client, addresses=work.addresses, now=work.now)
    return json_answer(200, told, headers=_NO_STORE)


def _missing(name: str) -> TokenRefusal:
    return TokenRefusal("invalid_request", f"Request is missing {name} parameter")


def _authenticated(work: _Work, form: Mapping[str, str]) -> Client:
    desk = work.office.desk(work.addresses, now=work.now)
    return authenticate(
        form,
        clients=desk.clients,
        keys_of=desk.keys_of,
        audiences={f"{work.addresses.base}/token", work.addresses.issuer},
        seen=work.office.seen,
        now=work.now,
    )


def _userinfo(work: _Work) -> Answer:
    # simulator: the scheme counts by its letters, and the token follows one space.
    match = re.fullmatch(r"Bearer (\S+)", work.call.authorization or "")
    if match is None:
        return Answer(401, headers=(("WWW-Authenticate", "Bearer"),))
    told = work.office.userinfo(match[1], addresses=work.addresses, now=work.now)
    if told is None:
        said = 'Bearer error="invalid_token", error_description="Invalid access token"'
        return Answer(401, headers=(("WWW-Authenticate", said),))
    return json_answer(200, told, headers=_NO_STORE)


def _logout(work: _Work) -> Answer:
    """Send the person on after signing out (simulator, `logout-controller`)."""
    query = work.call.parameters
    kept = {"state": query["state"]} if query.get("state") else {}
    hint = query.get("id_token_hint")
    if not hint:
        return go(added_to(_SIGNED_OUT, kept))
    own = work.office.own_claims(hint)
    if own is None:
        return _not_out("invalid_request", "unable to validate id_token_hint", kept)
    client = work.office.clients.get(str(own.get("aud", "")))
    if client is None:
        return _not_out("unauthorized_client", "client not found", kept)
    work.who = client.client_id
    target = query.get("post_logout_redirect_uri")
    if not target:
        return go(added_to(_SIGNED_OUT, kept))
    if target not in client.post_logout_redirect_uris:
        said = "client registry does not contain post_logout_redirect_uri"
        return _not_out("invalid_request", said, kept)
    return go(added_to(target, kept))


def _not_out(code: str, description: str, kept: Mapping[str, str]) -> Answer:
    # simulator: here the parameter is called error_code, and not error.
    parts = {"error_code": code, "error_description": description, **kept}
    return go(added_to(_SIGNED_OUT, parts))


_HANDLERS: Mapping[Operation, Callable[[_Work], Answer]] = {
    Operation.DISCOVERY: _discovery,
    Operation.JWKS: _jwks,
    Operation.DID: _did,
    Operation.TRUSTMARK: _trustmark,
    Operation.AUTHORIZE: _authorize,
    Operation.TOKEN: _token,
    Operation.USERINFO: _userinfo,
    Operation.LOGOUT: _logout,
}
