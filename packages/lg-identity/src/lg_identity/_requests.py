# SPDX-License-Identifier: MIT
"""What is sent to One Login through the browser, and how a service says who it is. Pure."""

import base64
import hashlib
import json
import re
import secrets
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from pydantic import SecretStr

from lg_core.errors import InvalidValueError
from lg_core.texts import Language
from lg_identity._jose import Signer
from lg_identity.levels import Claim, Level, Scope
from lg_identity.pending import PendingSignIn, Started
from lg_identity.settings import OneLoginSettings

__all__ = ["assertion", "authorise", "new_pending", "sign_out"]

_LIFETIME = 300
"""Seconds that a request object and an assertion live: One Login recommends five minutes."""
_LONGEST_AUTHORISE = 4096
_LONGEST_SIGN_OUT = 2048
_STATE = re.compile(r"[A-Za-z0-9._~-]{1,200}")


def new_pending(level: Level, *, now: datetime, max_age: int | None) -> PendingSignIn:
    """Make the secrets of one sign-in: 256 bits each (RFC 7636 section 7.1).

    Raises:
        InvalidValueError: max_age is less than 1.
    """
    if max_age is not None and max_age < 1:
        raise InvalidValueError(
            "max_age must be 1 second or more.", field="max_age", code="too_small"
        )
    return PendingSignIn(
        state=_random(),
        nonce=_random(),
        code_verifier=_random(),
        level=level,
        started_at=now,
        max_age=max_age,
    )


def _random() -> SecretStr:
    return SecretStr(secrets.token_urlsafe(32))


def authorise(
    endpoint: str,
    *,
    settings: OneLoginSettings,
    signer: Signer,
    pending: PendingSignIn,
    scopes: Iterable[Scope],
    claims: Iterable[Claim],
    language: Language | str,
) -> Started:
    """Return where to send the browser (One Login, 'Make an authorisation request').

    Raises:
        InvalidValueError: claims are asked for without an identity, or the query would be longer
            than One Login's firewall lets through.
    """
    wanted = _claims(claims, pending.level)
    parameters: dict[str, str | int | list[str]] = {
        "response_type": "code",
        "scope": " ".join(dict.fromkeys(("openid", *(Scope(scope).value for scope in scopes)))),
        "client_id": settings.client_id,
        "redirect_uri": settings.redirect_uri,
        "state": pending.state.get_secret_value(),
        "nonce": pending.nonce.get_secret_value(),
        "vtr": [pending.level.value],
        "ui_locales": _language(language),
        "code_challenge": _challenge(pending.code_verifier),
        "code_challenge_method": "S256",
    }
    if wanted:
        # As text also in a request object: One Login takes both, its simulator fails on an object.
        parameters["claims"] = json.dumps(
            {"userinfo": dict.fromkeys(wanted)}, separators=(",", ":")
        )
    if pending.max_age is not None:
        parameters["max_age"] = pending.max_age
    query = (
        _request_object(endpoint, parameters, settings=settings, signer=signer, pending=pending)
        if settings.jar
        else parameters | {"vtr": json.dumps(parameters["vtr"], separators=(",", ":"))}
    )
    return Started(_url(endpoint, query, longest=_LONGEST_AUTHORISE, advice=_SHORTER), pending)


_SHORTER = "Ask for fewer claims, or shorten redirect_uri."


def _language(language: Language | str) -> str:
    for known in Language:
        if language == known.value:
            return known.value
    raise InvalidValueError("language must be en or cy.", field="language", code="unknown")


def _claims(claims: Iterable[Claim], level: Level) -> list[str]:
    given = [Claim(claim).value for claim in claims]
    if level is not Level.IDENTITY:
        if given:
            raise InvalidValueError(
                "claims need a proved identity: start with level=Level.IDENTITY, or leave them "
                "out.",
                field="claims",
                code="needs_identity",
            )
        return []
    return list(dict.fromkeys((Claim.CORE_IDENTITY.value, *given)))


def _challenge(verifier: SecretStr) -> str:
    """Hash the verifier (RFC 7636 section 4.2, S256)."""
    digest = hashlib.sha256(verifier.get_secret_value().encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _request_object(
    endpoint: str,
    parameters: Mapping[str, str | int | list[str]],
    *,
    settings: OneLoginSettings,
    signer: Signer,
    pending: PendingSignIn,
) -> dict[str, str | int | list[str]]:
    """Sign the parameters; the query then carries four and nothing else (RFC 9101)."""
    signed = signer.sign(
        {
            **parameters,
            "aud": endpoint,
            "iss": settings.client_id,
            "exp": int(pending.started_at.timestamp()) + _LIFETIME,
            "jti": str(uuid.uuid4()),
        }
    )
    outside = {name: parameters[name] for name in ("response_type", "scope", "client_id")}
    return outside | {"request": signed}


def assertion(endpoint: str, *, settings: OneLoginSettings, signer: Signer, now: datetime) -> str:
    """Say who the service is, once (RFC 7523 section 3; One Login, 'Create a JWT assertion')."""
    instant = int(now.timestamp())
    return signer.sign(
        {
            "aud": endpoint,
            "iss": settings.client_id,
            "sub": settings.client_id,
            "iat": instant,
            "exp": instant + _LIFETIME,
            "jti": str(uuid.uuid4()),
        }
    )


def sign_out(endpoint: str, *, id_token: str, return_to: str | None, state: str | None) -> str:
    """Return where to send the browser to sign out (One Login, 'Log your user out').

    Raises:
        InvalidValueError: state is not of the allowed form, is given without return_to, or the
            query would be longer than One Login's firewall lets through.
    """
    if state is not None and (return_to is None or not _STATE.fullmatch(state)):
        raise InvalidValueError(
            "state must be 1 to 200 letters, digits and . _ ~ -, and needs return_to.",
            field="state",
            code="not_a_state",
        )
    query: dict[str, str | int | list[str]] = {"id_token_hint": id_token}
    if return_to is not None:
        query["post_logout_redirect_uri"] = return_to
    if state is not None:
        query["state"] = state
    return _url(endpoint, query, longest=_LONGEST_SIGN_OUT, advice="Shorten return_to.")


def _url(
    endpoint: str,
    query: Mapping[str, str | int | list[str]],
    *,
    longest: int,
    advice: str,
) -> str:
    written = urlencode(query)
    if len(written) > longest:
        raise InvalidValueError(
            f"The query for {urlsplit(endpoint).path} would have {len(written)} characters, and "
            f"One Login's firewall refuses more than {longest}. {advice}",
            field=None,
            code="too_long",
        )
    return f"{endpoint}?{written}"
