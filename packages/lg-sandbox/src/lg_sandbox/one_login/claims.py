# SPDX-License-Identifier: MIT
"""What One Login tells a service of a person: ID token, userinfo, core identity. All of it pure."""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from lg_sandbox.one_login.machine import ID_TOKEN_LIFE, Grant
from lg_sandbox.one_login.model import Claim, Level, Scope
from lg_sandbox.one_login.people import Name, Person

__all__ = [
    "CORE_IDENTITY_LIFE",
    "Addresses",
    "core_identity_claims",
    "id_token_claims",
    "logout_token_claims",
    "subject",
    "userinfo",
]

CORE_IDENTITY_LIFE = timedelta(minutes=30)
"""How long the core identity token lives (tech-docs, 'Prove your user's identity')."""

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the stand-in answers.

    Args:
        base: its address without a slash at its end.
    """

    base: str

    @property
    def issuer(self) -> str:
        """The OIDC issuer: with a slash at its end, which counts (tech-docs, 'iss')."""
        return f"{self.base}/"

    @property
    def core_identity_issuer(self) -> str:
        """The issuer of core identity tokens: another than the OIDC issuer, as on the real one."""
        return f"{self.base}/identity/"

    @property
    def did_id(self) -> str:
        """The id of the DID document: a port stands percent-encoded in it (did:web method)."""
        return f"did:web:{quote(urlsplit(self.base).netloc, safe='')}"

    @property
    def did_url(self) -> str:
        """The address of the DID document."""
        return f"{self.base}/.well-known/did.json"

    @property
    def trustmark(self) -> str:
        """The address of the trustmark."""
        return f"{self.base}/trustmark"


def subject(person: Person, sector: str, *, account: int | None = None) -> str:
    """Return the `sub` of a person for a service.

    Args:
        person: the person.
        sector: the host of the service's sector identifier.
        account: which account of the person; the present one when None.

    Returns:
        The same for every service of a sector, and another for each account (tech-docs, 'sub').
    """
    number = person.account if account is None else account
    digest = hashlib.sha256(f"{sector}\n{person.id}\n{number}".encode()).digest()
    return f"urn:fdc:gov.uk:2022:{_base64(digest)}"


def id_token_claims(
    grant: Grant, access_token: str, *, addresses: Addresses, now: datetime
) -> dict[str, Any]:
    """Make the claims of an ID token.

    Args:
        grant: the sign-in.
        access_token: the access token that it comes with.
        addresses: where the stand-in answers.
        now: the instant.

    Returns:
        The claims (tech-docs, 'Understand your user's ID token'). `vot` never holds a P-level.
    """
    return {
        "at_hash": _base64(hashlib.sha256(access_token.encode()).digest()[:16]),
        "sub": grant.subject,
        "aud": grant.asked.client_id,
        "iss": addresses.issuer,
        "vot": grant.asked.trust.value,
        "exp": _seconds(now + ID_TOKEN_LIFE),
        "iat": _seconds(now),
        "nonce": grant.asked.nonce,
        "vtm": addresses.trustmark,
        "sid": grant.session,
        "auth_time": _seconds(grant.at),
    }


def core_identity_claims(
    grant: Grant, person: Person, *, addresses: Addresses, now: datetime
) -> dict[str, Any]:
    """Make the claims of a core identity token.

    Args:
        grant: the sign-in.
        person: who signed in.
        addresses: where the stand-in answers.
        now: the instant.

    Returns:
        The claims (tech-docs, 'Understand your user's core identity claim').
    """
    return {
        "sub": grant.subject,
        "iss": addresses.core_identity_issuer,
        "aud": grant.asked.client_id,
        "nbf": _seconds(now),
        "iat": _seconds(now),
        "exp": _seconds(now + CORE_IDENTITY_LIFE),
        "vot": grant.level.value,
        "vtm": addresses.trustmark,
        "vc": {
            "type": ["VerifiableCredential", "IdentityCheckCredential"],
            "credentialSubject": {
                "name": [_name(each) for each in person.names],
                "birthDate": [{"value": each} for each in person.birth_dates],
            },
        },
    }


def userinfo(grant: Grant, person: Person, *, core_identity: str | None) -> dict[str, Any]:
    """Make the answer of /userinfo.

    Args:
        grant: the sign-in.
        person: who signed in.
        core_identity: the core identity token, where an identity was proved.

    Returns:
        What the service asked for and may know (tech-docs, 'Understand your user's info').
    """
    told: dict[str, Any] = {"sub": grant.subject}
    scopes = grant.asked.scopes
    if Scope.EMAIL in scopes:
        told |= {"email": person.email, "email_verified": True}
    # tech-docs, 'phone': only where text messages are the second factor.
    if Scope.PHONE in scopes and person.phone is not None:
        told |= {"phone_number": person.phone, "phone_number_verified": True}
    if Scope.WALLET_SUBJECT_ID in scopes:
        digest = hashlib.sha256(f"wallet\n{grant.subject}".encode()).digest()
        told["wallet_subject_id"] = f"urn:fdc:wallet.account.gov.uk:2024:{_base64(digest)}"
    if grant.asked.wants_identity:
        told |= _identity(grant, person, core_identity)
    return told


def logout_token_claims(
    subject_: str, client_id: str, *, token_id: str, addresses: Addresses, now: datetime
) -> dict[str, Any]:
    """Make the claims of a back-channel logout token.

    Args:
        subject_: whose sessions end.
        client_id: at which service.
        token_id: the id of the token.
        addresses: where the stand-in answers.
        now: the instant.

    Returns:
        The claims (tech-docs, 'back-channel logout'). There is no `sid`: every session ends.
    """
    return {
        "iss": addresses.issuer,
        "sub": subject_,
        "aud": client_id,
        "iat": _seconds(now),
        "exp": _seconds(now + ID_TOKEN_LIFE),
        "jti": token_id,
        "events": {_EVENT: {}},
    }


def _identity(grant: Grant, person: Person, core_identity: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {}
    claims = grant.asked.claims
    if grant.level is not Level.P0:
        known: dict[Claim, Any] = {
            Claim.CORE_IDENTITY: core_identity,
            Claim.ADDRESS: [dict(each) for each in person.addresses],
            Claim.PASSPORT: [dict(each) for each in person.passport],
            Claim.DRIVING_PERMIT: [dict(each) for each in person.driving_permit],
        }
        # tech-docs: evidence that was not used is not there.
        told = {claim.value: value for claim, value in known.items() if value and claim in claims}
    if Claim.RETURN_CODE in claims and person.return_codes:
        told[Claim.RETURN_CODE.value] = [{"code": each} for each in person.return_codes]
    return told


def _name(name: Name) -> dict[str, Any]:
    written: dict[str, Any] = {
        "nameParts": [{"type": kind, "value": value} for kind, value in name.parts]
    }
    if name.valid_from is not None:
        written["validFrom"] = name.valid_from
    if name.valid_until is not None:
        written["validUntil"] = name.valid_until
    return written


def _seconds(instant: datetime) -> int:
    return int(instant.timestamp())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
