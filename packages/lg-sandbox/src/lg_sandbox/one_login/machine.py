# SPDX-License-Identifier: MIT
"""How a sign-in moves: asked, then a code, then tokens; each step once, and only in its time.

Theory. A *visit* is an accepted request that waits for the person. Choosing a person ends it with a
*grant* under a new code, or with a refusal. A code buys tokens once: whoever shows it, it is gone,
also when the rest of the token request is wrong (authentication-api takes the code out of its store
before it looks at the redirect address and the verifier). Nothing here reads a clock or draws a
number: instants and codes come in.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from lg_sandbox.one_login.model import Asked, Claim, Level

__all__ = [
    "ACCESS_TOKEN_LIFE",
    "CODE_LIFE",
    "ID_TOKEN_LIFE",
    "SESSION_LIFE",
    "Access",
    "Grant",
    "Refused",
    "Spent",
    "identity_of",
    "is_open",
    "proves",
    "redeem",
]

CODE_LIFE = timedelta(seconds=300)
"""How long a code lives (authentication-api, defaults)."""
ID_TOKEN_LIFE = timedelta(seconds=120)
"""How long an ID token lives (authentication-api, defaults)."""
ACCESS_TOKEN_LIFE = timedelta(seconds=180)
"""How long an access token lives (authentication-api, defaults)."""
SESSION_LIFE = timedelta(hours=1)
"""How long a person may take to sign in (authentication-api, defaults)."""


class Refused(Enum):
    """Why a code buys nothing."""

    UNKNOWN = auto()
    """There is no such code, or it was used or has expired, or it is another service's."""
    OTHER_ADDRESS = auto()
    """The redirect address is not the one that was asked with."""
    WRONG_VERIFIER = auto()
    """The verifier does not fit the challenge, or one of the two is missing."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a code stands for.

    Args:
        asked: the request.
        person: the id of the person who signed in.
        subject: the `sub` of the person for this service.
        level: the level of confidence that was reached; P0 without an identity.
        session: the id of the session.
        at: when the person signed in.
        used: whether the code was shown.
    """

    asked: Asked
    person: str
    subject: str = field(repr=False)
    level: Level
    session: str = field(repr=False)
    at: datetime
    used: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """What an access token stands for.

    Args:
        grant: the sign-in.
        until: when it stops to be good.
    """

    grant: Grant
    until: datetime


@dataclass(frozen=True, slots=True)
class Spent:
    """A code after it was shown.

    Args:
        grant: the grant, marked as used.
        refused: why it buys nothing; None when it buys tokens.
    """

    grant: Grant
    refused: Refused | None


def is_open(asked: Asked, *, now: datetime) -> bool:
    """Say whether a person can still sign in for a request.

    Args:
        asked: the request.
        now: the instant.

    Returns:
        True for an hour after it was asked.
    """
    return now < asked.at + SESSION_LIFE


def redeem(
    grant: Grant, *, client_id: str, redirect_uri: str, verifier: str | None, now: datetime
) -> Spent:
    """Show a code to the token endpoint.

    Args:
        grant: what the code stands for.
        client_id: the service that shows it.
        redirect_uri: the address that it names.
        verifier: the PKCE verifier that it sends.
        now: the instant.

    Returns:
        The code after that, and whether it buys tokens.
    """
    spent = replace(grant, used=True)
    return Spent(spent, _refusal(grant, client_id, redirect_uri, verifier=verifier, now=now))


def proves(proved: Level, asked: Asked) -> Level | None:
    """Say which level a person reaches for a request.

    Args:
        proved: the highest level that the person can prove.
        asked: the request.

    Returns:
        The highest of the levels asked for that the person can prove; P0 when none was asked for;
        None when the person can prove none of them.
    """
    if not asked.wants_identity:
        return Level.P0
    reached = [level for level in asked.levels if level <= proved]
    return max(reached, default=None)


def identity_of(asked: Asked, reached: Level | None) -> Level | None:
    """Say how a check of somebody's identity ends for the service.

    Args:
        asked: the request.
        reached: what `proves` said.

    Returns:
        The level to go back with. P0 when nothing was proved and the service asked for return
        codes: then it hears of it in the claim, and not by an error. None when the person goes
        back with `access_denied` (tech-docs, 'return codes').
    """
    if reached is None and Claim.RETURN_CODE in asked.claims:
        return Level.P0
    return reached


def _refusal(
    grant: Grant, client_id: str, redirect_uri: str, *, verifier: str | None, now: datetime
) -> Refused | None:
    if grant.used or grant.asked.client_id != client_id or now >= grant.at + CODE_LIFE:
        return Refused.UNKNOWN
    if grant.asked.redirect_uri != redirect_uri:
        return Refused.OTHER_ADDRESS
    challenge = grant.asked.challenge
    if challenge is None and not verifier:
        return None
    # simulator, `code-challenge-comparer`: a verifier without a challenge is wrong too.
    if challenge is None or not verifier or not _fits(verifier, challenge):
        return Refused.WRONG_VERIFIER
    return None


def _fits(verifier: str, challenge: str) -> bool:
    """Compare as RFC 7636 section 4.6 says for S256."""
    digest = hashlib.sha256(verifier.encode()).digest()
    made = urlsafe_b64encode(digest).rstrip(b"=")
    return hmac.compare_digest(made, challenge.encode())
