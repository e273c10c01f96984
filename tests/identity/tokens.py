"""Keys made for the run, tokens as One Login makes them, and an invented service's settings."""

import functools
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from joserfc import jwk, jws
from pydantic import SecretStr

from lg_identity import Level, OneLoginSettings, PendingSignIn
from lg_identity._tokens import Token, read_token
from lg_identity.errors import SignInStep

__all__ = [
    "ACCESS_TOKEN",
    "ISSUER",
    "NOW",
    "core_claims",
    "id_claims",
    "pending",
    "private_pem",
    "public_key",
    "settings",
    "sign",
    "token_of",
]

ISSUER = "https://oidc.integration.account.gov.uk/"
CORE_ISSUER = "https://identity.integration.account.gov.uk/"
DID = "did:web:identity.integration.account.gov.uk"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ACCESS_TOKEN = "an-access-token"
SECRET = "n" * 43


@functools.cache
def _rsa(size: int = 2048) -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(size)


@functools.cache
def _ec(name: str = "P-256") -> jwk.ECKey:
    return jwk.ECKey.generate_key(name)


def private_pem() -> str:
    """Return the service's private key."""
    return _rsa().as_pem(private=True).decode()


def public_key(algorithm: str = "ES256", **changes: object) -> dict[str, object]:
    """Return the published key of an algorithm."""
    key = _ec() if algorithm == "ES256" else _rsa()
    return {**key.as_dict(private=False), "alg": algorithm, "use": "sig", "kid": "k1", **changes}


def settings(**changes: object) -> OneLoginSettings:
    """Return an invented service's registration."""
    values: dict[str, object] = {
        "client_id": "a-client",
        "private_key": SecretStr(private_pem()),
        "key_id": "ours",
        "redirect_uri": "https://www.example.gov.uk/callback",
    }
    return OneLoginSettings(**(values | changes))  # pyright: ignore[reportArgumentType]  # as above


def pending(level: Level = Level.SIGN_IN, *, max_age: int | None = None) -> PendingSignIn:
    """Return a sign-in that began now."""
    return PendingSignIn(
        state=SecretStr("s" * 43),
        nonce=SecretStr(SECRET),
        code_verifier=SecretStr("v" * 43),
        level=level,
        started_at=NOW,
        max_age=max_age,
    )


def id_claims(**changes: object) -> dict[str, object]:
    """Return what a right ID token says; None takes a claim away."""
    instant = int(NOW.timestamp())
    claims: dict[str, object] = {
        "iss": ISSUER,
        "aud": "a-client",
        "sub": "urn:fdc:gov.uk:2022:someone",
        "vot": "Cl.Cm",
        "nonce": SECRET,
        "iat": instant,
        "exp": instant + 120,
        "auth_time": instant - 20,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def core_claims(**changes: object) -> dict[str, object]:
    """Return what a right core identity token says; None takes a claim away."""
    subject = {
        "name": [{"nameParts": [{"type": "GivenName", "value": "Ann"}]}],
        "birthDate": [{"value": "1970-01-01"}],
    }
    changes = {"vot": "P2", "vc": {"credentialSubject": subject}, "iss": CORE_ISSUER} | changes
    return id_claims(**({"nonce": None, "auth_time": None} | changes))


def sign(claims: Mapping[str, object] | str, *, algorithm: str = "ES256", **header: object) -> str:
    """Sign a token as One Login does."""
    body = claims if isinstance(claims, str) else json.dumps(claims)
    head = {"alg": algorithm, "kid": "k1", **header}
    key = _ec() if algorithm == "ES256" else _rsa()
    return jws.serialize_compact(head, body, key, algorithms=[algorithm])


def token_of(
    claims: Mapping[str, object],
    *,
    step: SignInStep = SignInStep.ID_TOKEN,
    algorithm: str = "ES256",
) -> Token:
    """Sign a token and take it apart."""
    return read_token(sign(claims, algorithm=algorithm), step=step)
