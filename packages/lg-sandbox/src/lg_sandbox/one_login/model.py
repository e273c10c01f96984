# SPDX-License-Identifier: MIT
"""The words of GOV.UK One Login, what a service registers, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Asked", "Claim", "Client", "Level", "Outcome", "Scope", "SigningAlgorithm", "Trust"]


class Trust(StrEnum):
    """How sure the sign-in is (tech-docs, 'Choose the level of authentication')."""

    LOW = "Cl"
    """A password alone."""
    MEDIUM = "Cl.Cm"
    """A password and a second factor."""


class Level(StrEnum):
    """How sure the identity is (tech-docs, 'Choose the level of identity confidence')."""

    P0 = "P0"
    """Nothing is known of the person's identity."""
    P1 = "P1"
    """Low confidence."""
    P2 = "P2"
    """Medium confidence."""


class Scope(StrEnum):
    """What a service may ask for by `scope` (tech-docs, 'Choose which scopes')."""

    OPENID = "openid"
    EMAIL = "email"
    PHONE = "phone"
    WALLET_SUBJECT_ID = "wallet-subject-id"


class Claim(StrEnum):
    """What a service may ask for by `claims` (tech-docs, 'Choose which claims')."""

    CORE_IDENTITY = "https://vocab.account.gov.uk/v1/coreIdentityJWT"
    ADDRESS = "https://vocab.account.gov.uk/v1/address"
    PASSPORT = "https://vocab.account.gov.uk/v1/passport"
    DRIVING_PERMIT = "https://vocab.account.gov.uk/v1/drivingPermit"
    RETURN_CODE = "https://vocab.account.gov.uk/v1/returnCode"


class SigningAlgorithm(StrEnum):
    """What One Login signs ID tokens with; a service chooses when it registers."""

    ES256 = "ES256"
    RS256 = "RS256"


class Outcome(StrEnum):
    """How a sign-in ends without a person coming back signed in (tech-docs, 'error codes')."""

    ACCESS_DENIED = "access_denied"
    """The session was lost on the way, or the identity could not be proved."""
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    """One Login is overloaded, or has no capacity for identity checks."""
    LOGIN_REQUIRED = "login_required"
    """The person could not sign in again: the service must end its session."""
    SERVER_ERROR = "server_error"
    """A page with status 500: the person never comes back."""


@dataclass(slots=True)
class Client:
    """A service registered with One Login. Change its settings as a test needs.

    The names follow the attributes of a registration (tech-docs, 'Register your service').

    Args:
        client_id: the id that One Login gives it.
        redirect_uris: where people may be sent back to; compared as text.
        public_key: the key that its requests are checked with, as PEM.
        jwks: its key set, where it publishes one and a test hands it over.
        jwks_url: where it publishes its key set.
        post_logout_redirect_uris: where people may be sent after signing out.
        scopes: the scopes that it may ask for.
        claims: the claims that it may ask for.
        levels: the levels of confidence that it may ask for; P0 alone means no identity.
        sector_host: the host of its sector identifier, on which each `sub` depends; that of the
            first address of `redirect_uris` when None.
        id_token_algorithm: what its ID tokens are signed with.
        jar_required: whether a request must be a signed object.
        pkce_enforced: whether a request must carry a code challenge.
        max_age_enabled: whether it may use `max_age`.
        active: False for a service that One Login has switched off.
    """

    client_id: str
    redirect_uris: list[str] = field(repr=False)
    public_key: str | None = field(default=None, repr=False)
    jwks: Mapping[str, Any] | None = field(default=None, repr=False)
    jwks_url: str | None = field(default=None, repr=False)
    post_logout_redirect_uris: list[str] = field(default_factory=list[str], repr=False)
    scopes: set[Scope] = field(default_factory=lambda: set(Scope))
    claims: set[Claim] = field(default_factory=lambda: set(Claim))
    levels: set[Level] = field(default_factory=lambda: set(Level))
    sector_host: str | None = field(default=None, repr=False)
    id_token_algorithm: SigningAlgorithm = SigningAlgorithm.ES256
    jar_required: bool = False
    pkce_enforced: bool = False
    max_age_enabled: bool = False
    active: bool = True

    @property
    def sector(self) -> str:
        """The host that decides which `sub` this service sees."""
        if self.sector_host is not None:
            return self.sector_host
        first = next(iter(self.redirect_uris), "")
        return urlsplit(first).hostname or ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to sign somebody in that One Login has accepted.

    Args:
        client_id: who asks.
        redirect_uri: where the person goes back to.
        state: what the service will recognise the answer by.
        nonce: what the service will recognise the ID token by.
        scopes: what it asks to be told of the account.
        claims: what it asks to be told of the identity.
        trust: how sure the sign-in must be.
        levels: the levels of confidence that it would take; empty when it asks for no identity.
        language: the language of the pages, en or cy.
        challenge: the PKCE code challenge.
        fragment: whether the answer goes into the fragment of the address.
        again: the `sub` that must sign in again, where the service asks for that.
        at: when it was asked.
    """

    client_id: str
    redirect_uri: str = field(repr=False)
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    scopes: frozenset[Scope]
    claims: frozenset[Claim]
    trust: Trust
    levels: frozenset[Level]
    language: str
    challenge: str | None = field(repr=False)
    fragment: bool
    again: str | None = field(repr=False)
    at: datetime

    @property
    def wants_identity(self) -> bool:
        """Whether the service asks for a proved identity."""
        return bool(self.levels)
