# SPDX-License-Identifier: MIT
"""What the endpoints and the pages share: the clock, services, people, keys, codes, one lock."""

import secrets
import threading
import uuid
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from lg_sandbox.clock import Clock
from lg_sandbox.one_login import claims, machine
from lg_sandbox.one_login.asking import Desk
from lg_sandbox.one_login.claims import Addresses
from lg_sandbox.one_login.clients import Clients
from lg_sandbox.one_login.errors import added_to
from lg_sandbox.one_login.jose import is_signed_by, read, sign
from lg_sandbox.one_login.keys import KeyPair, KeyRing
from lg_sandbox.one_login.machine import Access, Grant, Refused
from lg_sandbox.one_login.model import Asked, Client, Level, Outcome, SigningAlgorithm
from lg_sandbox.one_login.people import People, Person

__all__ = ["CLIENT_ID", "Office", "Tokens", "UnknownVisitError"]

CLIENT_ID = "lg-sandbox-service"
"""The id of the service that is there from the start."""
_REDIRECT_URIS = (
    "https://council.example/one-login/callback",
    "http://localhost:8000/one-login/callback",
)
_DESCRIPTIONS: Mapping[Outcome, str] = {
    Outcome.ACCESS_DENIED: "Access denied by resource owner or authorization server",
    Outcome.TEMPORARILY_UNAVAILABLE: (
        "The authorization server is temporarily unable to handle the request"
    ),
    Outcome.LOGIN_REQUIRED: "Login required",
    Outcome.SERVER_ERROR: "Unexpected server error",
}
_KEPT_IDS = 10_000

Tokens = dict[str, Any]
"""What /token answers."""


class UnknownVisitError(LookupError):
    """There is no such visit, or it has ended, or an hour has passed."""


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.pair = KeyPair()
        self.first = Client(CLIENT_ID, list(_REDIRECT_URIS))
        self.clients = Clients(self.first, pair=self.pair)
        self.people = People()
        self.keys = KeyRing(SigningAlgorithm.ES256, SigningAlgorithm.RS256)
        self.identity_keys = KeyRing(SigningAlgorithm.ES256)
        self.served: str | None = None
        self._lock = threading.RLock()
        self._visits: dict[str, Asked] = {}
        self._grants: dict[str, Grant] = {}
        self._access: dict[str, Access] = {}
        self._assertions: dict[tuple[str, str], float] = {}

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant."""
        with self._lock:
            yield self.clock.now()

    def addresses(self, base: str) -> Addresses:
        """Return where the stand-in answers: one issuer, by whatever name it was called.

        Args:
            base: the address that a request came to.
        """
        return Addresses(self.served or base)

    def desk(self, addresses: Addresses, *, now: datetime) -> Desk:
        """Return what a request is held against.

        Args:
            addresses: where the stand-in answers.
            now: the instant.
        """
        return Desk(
            self.clients.get,
            lambda client, token: self.clients.keys_of(client, token, now=now),
            self._subject_of,
            f"{addresses.base}/authorize",
        )

    def begin(self, asked: Asked) -> str:
        """Keep an accepted request until the person has chosen.

        Args:
            asked: the request.

        Returns:
            The id of the visit.
        """
        visit = secrets.token_urlsafe(24)
        self._visits[visit] = asked
        return visit

    def asked(self, visit: str, *, now: datetime) -> Asked:
        """Return the request of a visit.

        Args:
            visit: its id.
            now: the instant.

        Raises:
            UnknownVisitError: when it is not open.
        """
        asked = self._visits.get(visit)
        if asked is None or not machine.is_open(asked, now=now):
            raise UnknownVisitError
        return asked

    def sign_in(self, visit: str, person: Person, *, now: datetime) -> str:
        """Let a person sign in, which ends the visit.

        Args:
            visit: the id of the visit.
            person: who.
            now: the instant.

        Returns:
            Where the browser goes: back to the service, with a code or an error.

        Raises:
            UnknownVisitError: when it is not open.
        """
        asked = self.asked(visit, now=now)
        subject = claims.subject(person, self._sector(asked.client_id))
        # tech-docs, 're-authentication': it fails when somebody else signs in.
        if asked.again is not None and asked.again != subject:
            return self.refuse(visit, Outcome.LOGIN_REQUIRED, now=now)
        level = machine.identity_of(asked, machine.proves(person.level, asked))
        if level is None:
            return self.refuse(visit, Outcome.ACCESS_DENIED, now=now)
        del self._visits[visit]
        code, session = secrets.token_urlsafe(32), secrets.token_urlsafe(20)
        self._grants[code] = Grant(asked, person.id, subject, level, session, now)
        parts = {"code": code, "state": asked.state}
        return added_to(asked.redirect_uri, parts, fragment=asked.fragment)

    def refuse(self, visit: str, outcome: Outcome, *, now: datetime) -> str:
        """End a visit without anybody signed in.

        Args:
            visit: the id of the visit.
            outcome: how it ends.
            now: the instant.

        Returns:
            Where the browser goes.

        Raises:
            UnknownVisitError: when it is not open.
        """
        asked = self.asked(visit, now=now)
        del self._visits[visit]
        parts = {
            "error": outcome.value,
            "error_description": _DESCRIPTIONS[outcome],
            "state": asked.state,
        }
        return added_to(asked.redirect_uri, parts, fragment=asked.fragment)

    def seen(self, client_id: str, token_id: str, expires: float) -> bool:
        """Note the id of an assertion, and say whether it was known.

        Args:
            client_id: whose it is.
            token_id: the id.
            expires: when the assertion expires, in seconds since 1970.
        """
        known = (client_id, token_id) in self._assertions
        if len(self._assertions) >= _KEPT_IDS:
            present = self.clock.now().timestamp()
            self._assertions = {
                each: until for each, until in self._assertions.items() if until >= present
            }
        self._assertions[client_id, token_id] = expires
        return known

    def redeem(
        self, code: str, client: Client, *, redirect_uri: str, verifier: str | None, now: datetime
    ) -> Grant | Refused:
        """Show a code: from then on it is used.

        Args:
            code: the code.
            client: the service that shows it.
            redirect_uri: the address that it names.
            verifier: the PKCE verifier that it sends.
            now: the instant.

        Returns:
            What the code stands for, or why it buys nothing.
        """
        grant = self._grants.get(code)
        if grant is None:
            return Refused.UNKNOWN
        spent = machine.redeem(
            grant,
            client_id=client.client_id,
            redirect_uri=redirect_uri,
            verifier=verifier,
            now=now,
        )
        self._grants[code] = spent.grant
        return spent.grant if spent.refused is None else spent.refused

    def tokens(
        self, grant: Grant, client: Client, *, addresses: Addresses, now: datetime
    ) -> Tokens:
        """Make the tokens of a sign-in.

        Args:
            grant: the sign-in.
            client: the service.
            addresses: where the stand-in answers.
            now: the instant.

        Returns:
            The answer of /token (tech-docs, 'token response'). There is no refresh token.
        """
        kid, key = self.keys.signing(SigningAlgorithm.ES256)
        until = now + machine.ACCESS_TOKEN_LIFE
        access = sign(
            {
                "iss": addresses.issuer,
                "sub": grant.subject,
                "client_id": client.client_id,
                "scope": sorted(grant.asked.scopes),
                "iat": int(now.timestamp()),
                "exp": int(until.timestamp()),
                "jti": str(uuid.uuid4()),
            },
            key=key,
            kid=kid,
        )
        self._access[access] = Access(grant, until)
        kid, key = self.keys.signing(client.id_token_algorithm)
        id_token = sign(
            claims.id_token_claims(grant, access, addresses=addresses, now=now), key=key, kid=kid
        )
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": int(machine.ACCESS_TOKEN_LIFE.total_seconds()),
            "id_token": id_token,
        }

    def userinfo(self, token: str, *, addresses: Addresses, now: datetime) -> Tokens | None:
        """Return what an access token gives to know.

        Args:
            token: the access token.
            addresses: where the stand-in answers.
            now: the instant.

        Returns:
            The answer of /userinfo; None when the token is not good.
        """
        access = self._access.get(token)
        if access is None or now >= access.until:
            return None
        grant = access.grant
        person = self.people.get(grant.person)
        core = None
        if grant.level is not Level.P0:
            kid, key = self.identity_keys.signing(SigningAlgorithm.ES256)
            told = claims.core_identity_claims(grant, person, addresses=addresses, now=now)
            core = sign(told, key=key, kid=f"{addresses.did_id}#{kid}")
        return claims.userinfo(grant, person, core_identity=core)

    def own_claims(self, token: str) -> Mapping[str, Any] | None:
        """Return the claims of a token that this stand-in signed, also an expired one.

        Args:
            token: the token.

        Returns:
            The claims; None when it is none of ours.
        """
        try:
            read_token = read(token)
        except ValueError:
            return None
        keys = [key for kid, key, _ in self.keys.published() if kid == read_token.key_id]
        return read_token.claims if is_signed_by(read_token, keys) else None

    def _subject_of(self, client_id: str, token: str) -> str | None:
        own = self.own_claims(token)
        return str(own["sub"]) if own is not None and own.get("aud") == client_id else None

    def _sector(self, client_id: str) -> str:
        client = self.clients.get(client_id)
        return "" if client is None else client.sector
