# SPDX-License-Identifier: MIT
"""What a token must say before anybody is signed in. Pure: keys and the time are given.

Each check quotes the rule of One Login's technical documentation ('Validate your ID token', 'Prove
your user's identity: process the core identity claim') or of OpenID Connect Core 1.0.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from lg_identity._jose import verify
from lg_identity._tokens import Token, refused
from lg_identity.errors import SignInFault, SignInStep
from lg_identity.pending import PendingSignIn
from lg_identity.settings import OneLoginSettings

__all__ = ["IdToken", "check_core_identity", "check_id_token"]

_CREDENTIALS = {"Cl": 1, "Cl.Cm": 2}
"""Credential trust, weakest first."""
_IDENTITIES = {"P0": 0, "P1": 1, "P2": 2, "P3": 3, "P4": 4}
"""Levels of confidence in an identity, weakest first (GPG 45)."""
_CORE_ALGORITHM = "ES256"


@dataclass(frozen=True, slots=True)
class IdToken:
    """What an ID token said, checked.

    Attributes:
        subject: who signed in.
        auth_time: when, in UTC.
    """

    subject: str
    auth_time: datetime | None


def check_id_token(
    token: Token,
    *,
    key: Mapping[str, object],
    settings: OneLoginSettings,
    pending: PendingSignIn,
    access_token: str,
    now: datetime,
) -> IdToken:
    """Check an ID token (OpenID Connect Core 1.0 section 3.1.3.7).

    Args:
        token: the token.
        key: the published key that it names.
        settings: the registration.
        pending: the sign-in that it answers.
        access_token: the access token that came with it.
        now: the time, in UTC.

    Returns:
        Who signed in, and when.

    Raises:
        SignInError: a check failed.
    """
    verify(token, key, algorithm=settings.id_token_algorithm.value)
    _check_origin(token, issuer=settings.issuer, client_id=settings.client_id)
    _check_times(token, now=now, leeway=settings.leeway)
    _check_nonce(token, pending)
    # 'vot' of an ID token states credentials alone, never a level of confidence.
    asked = pending.level.value.rpartition(".P")[0] or pending.level.value
    _check_trust(token, asked, order=_CREDENTIALS)
    _check_access_token(token, access_token)
    return IdToken(_subject(token), _auth_time(token, pending, leeway=settings.leeway, now=now))


def check_core_identity(
    token: Token,
    *,
    key: Mapping[str, object],
    settings: OneLoginSettings,
    subject: str,
    now: datetime,
) -> None:
    """Check a core identity token.

    Args:
        token: the token.
        key: the key of the DID document that it names.
        settings: the registration.
        subject: who signed in.
        now: the time, in UTC.

    Raises:
        SignInError: a check failed.
    """
    verify(token, key, algorithm=_CORE_ALGORITHM)
    _check_origin(token, issuer=settings.core_identity_issuer, client_id=settings.client_id)
    _check_times(token, now=now, leeway=settings.leeway)
    if not hmac.compare_digest(_subject(token).encode(), subject.encode()):
        raise refused(token.step, SignInFault.SUBJECT)
    _check_trust(token, "P2", order=_IDENTITIES)


def _check_origin(token: Token, *, issuer: str, client_id: str) -> None:
    if token.claims.get("iss") != issuer:
        raise refused(token.step, SignInFault.ISSUER)
    said, party = token.claims.get("aud"), token.claims.get("azp")
    # Another audience beside ours could use the token too: only where it names us as its party.
    audiences = cast("list[object]", said) if isinstance(said, list) else [said]
    if client_id not in audiences or (len(audiences) > 1 and party != client_id):
        raise refused(token.step, SignInFault.AUDIENCE)
    if party not in (None, client_id):
        raise refused(token.step, SignInFault.AUDIENCE)


def _check_times(token: Token, *, now: datetime, leeway: int) -> None:
    """Refuse what is too old or from the future; the leeway serves a clock that is behind alone."""
    instant = now.timestamp()
    expires = _seconds(token, "exp")
    if expires is None or not instant < expires:
        raise refused(token.step, SignInFault.EXPIRED)
    issued = _seconds(token, "iat")
    if issued is None and token.step is SignInStep.ID_TOKEN:
        raise refused(token.step, SignInFault.NOT_YET)
    for name in ("iat", "nbf"):
        begins = _seconds(token, name)
        if begins is None and name in token.claims:
            raise refused(token.step, SignInFault.NOT_YET)
        if begins is not None and begins > instant + leeway:
            raise refused(token.step, SignInFault.NOT_YET)


def _seconds(token: Token, name: str) -> int | None:
    value = token.claims.get(name)
    return value if type(value) is int else None  # not a bool, not a text


def _check_nonce(token: Token, pending: PendingSignIn) -> None:
    said = token.claims.get("nonce")
    expected = pending.nonce.get_secret_value()
    if not isinstance(said, str) or not hmac.compare_digest(_utf8(said), _utf8(expected)):
        raise refused(token.step, SignInFault.NONCE)


def _utf8(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def _check_trust(token: Token, asked: str, *, order: Mapping[str, int]) -> None:
    said = token.claims.get("vot")
    if not isinstance(said, str) or order.get(said, -1) < order[asked]:
        raise refused(token.step, SignInFault.TRUST)


def _check_access_token(token: Token, access_token: str) -> None:
    """Compare at_hash, where it is given (OpenID Connect Core 1.0 section 3.1.3.6)."""
    said = token.claims.get("at_hash")
    if said is None:
        return
    half = hashlib.sha256(access_token.encode()).digest()[:16]
    expected = base64.urlsafe_b64encode(half).rstrip(b"=")
    if not isinstance(said, str) or not hmac.compare_digest(_utf8(said), expected):
        raise refused(token.step, SignInFault.ACCESS_TOKEN)


def _subject(token: Token) -> str:
    subject = token.claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise refused(token.step, SignInFault.SUBJECT)
    return subject


def _auth_time(
    token: Token, pending: PendingSignIn, *, leeway: int, now: datetime
) -> datetime | None:
    said = _seconds(token, "auth_time")
    if said is None:
        if pending.max_age is not None or "auth_time" in token.claims:
            raise refused(token.step, SignInFault.AUTH_TIME)
        return None
    oldest = 0 if pending.max_age is None else now.timestamp() - pending.max_age - leeway
    if not oldest <= said <= now.timestamp() + leeway:
        raise refused(token.step, SignInFault.AUTH_TIME)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=said)
