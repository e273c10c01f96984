# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK One Login as a test sees it: issuer, services, people, keys, records."""

import uuid
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lg_sandbox.faults import Faults
from lg_sandbox.one_login import claims
from lg_sandbox.one_login.api import Call, Operation, answer
from lg_sandbox.one_login.app import build_app
from lg_sandbox.one_login.claims import Addresses
from lg_sandbox.one_login.clients import Clients
from lg_sandbox.one_login.jose import sign
from lg_sandbox.one_login.model import Client, Outcome
from lg_sandbox.one_login.office import CLIENT_ID, Office
from lg_sandbox.one_login.people import People
from lg_sandbox.stand_in import StandIn

if TYPE_CHECKING:
    from lg_sandbox.clock import Clock

__all__ = ["OneLoginStandIn"]


class OneLoginStandIn(StandIn):
    """A stand-in for GOV.UK One Login. Safe between threads.

    `Sandbox` builds it. `app` works in process at any time; `url` while the sandbox runs. One
    service is registered from the start, with a key pair that is made at first use.

    Args:
        clock: the virtual clock. Every time of the protocol is measured on it: a program that
            signs its requests by another clock must not be hours away from it.
    """

    def __init__(self, clock: "Clock") -> None:
        super().__init__(
            clock=clock,
            platform="GOV.UK One Login",
            name="one_login",
            faults=Faults(list(Operation)),
        )
        self._office = Office(clock)
        self._app = build_app(self._office, faults=self._faults, notebook=self._notebook)

    @property
    def url(self) -> str:
        """The OIDC issuer: with a slash at its end, which counts (tech-docs, 'iss').

        Raises:
            NotRunningError: when the sandbox does not run.
        """
        return self._addresses.issuer

    @property
    def core_identity_issuer(self) -> str:
        """The issuer of core identity tokens: another than `url`, as on the real one.

        Raises:
            NotRunningError: when the sandbox does not run.
        """
        return self._addresses.core_identity_issuer

    @property
    def did_url(self) -> str:
        """The address of the DID document.

        Raises:
            NotRunningError: when the sandbox does not run.
        """
        return self._addresses.did_url

    @property
    def did_id(self) -> str:
        """The id of the DID document.

        Raises:
            NotRunningError: when the sandbox does not run.
        """
        return self._addresses.did_id

    @property
    def clients(self) -> Clients:
        """The registered services; add your own."""
        return self._office.clients

    @property
    def client(self) -> Client:
        """The service that is there from the start; change its settings as a test needs."""
        return self._office.first

    @property
    def client_id(self) -> str:
        """The id of the service that is there from the start."""
        return CLIENT_ID

    @property
    def private_key(self) -> str:
        """The private key of that service, as PEM: sign your requests with it."""
        return self._office.pair.private

    @property
    def redirect_uris(self) -> list[str]:
        """Where people may be sent back to by that service; change the list as a test needs."""
        return self.client.redirect_uris

    @property
    def people(self) -> People:
        """Who can sign in; add your own."""
        return self._office.people

    def served_at(self, url: str | None) -> None:
        """Note where the app is served. `Sandbox` calls this.

        Args:
            url: the address without a slash at its end; None when it no longer is.
        """
        super().served_at(url)
        self._office.served = url

    def sign_in(
        self, authorize_url: str, *, person: str = "megan", outcome: Outcome | None = None
    ) -> str:
        """Act as the browser and the person: follow a link to /authorize to its end.

        Args:
            authorize_url: the link that the service made.
            person: the id of who signs in.
            outcome: how it fails; the person signs in when None.

        Returns:
            The address at the service that the browser would be sent back to, with a code or an
            error.

        Raises:
            LookupError: when there is no such person.
            ValueError: when the browser would not be sent back. The error says what One Login
                would show.
        """
        if outcome is Outcome.SERVER_ERROR:
            raise ValueError("After server_error nobody comes back: there is no address.")
        who = self.people.get(person)
        parts = urlsplit(authorize_url)
        base = f"{parts.scheme}://{parts.netloc}"
        call = Call(Operation.AUTHORIZE, parts.query, None, None, b"", base)
        done, _ = answer(call, office=self._office)
        location = dict(done.headers).get("Location")
        if location is None:
            raise ValueError(
                f"One Login answers this link with a page of status {done.status}, and sends "
                "nobody back. Look at client_id, redirect_uri and the signature of the request."
            )
        pages = f"{self._office.addresses(base).base}/sign-in/"
        if not location.startswith(pages):
            return location
        visit = location.removeprefix(pages)
        with self._office.open() as now:
            if outcome is not None:
                return self._office.refuse(visit, outcome, now=now)
            return self._office.sign_in(visit, who, now=now)

    def subject_of(
        self, person: str, *, client_id: str | None = None, account: int | None = None
    ) -> str:
        """Return the `sub` by which a service knows a person.

        Args:
            person: the person's id.
            client_id: the service; the one that is there from the start when None.
            account: which account of the person; the present one when None.

        Raises:
            LookupError: when there is no such person or service.
        """
        client = self._client(client_id)
        return claims.subject(self.people.get(person), client.sector, account=account)

    def logout_token(self, person: str, *, client_id: str | None = None) -> str:
        """Make a back-channel logout token, as One Login posts it to a service.

        Args:
            person: the id of whose sessions end.
            client_id: the service; the one that is there from the start when None.

        Returns:
            The token: post it as the form field `logout_token`.

        Raises:
            LookupError: when there is no such person or service.
            NotRunningError: when the sandbox does not run: the issuer is part of the token.
        """
        client = self._client(client_id)
        told = claims.logout_token_claims(
            self.subject_of(person, client_id=client.client_id),
            client.client_id,
            token_id=str(uuid.uuid4()),
            addresses=self._addresses,
            now=self._office.clock.now(),
        )
        kid, key = self._office.keys.signing(client.id_token_algorithm)
        return sign(told, key=key, kid=kid, typ="logout+jwt")

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign ID tokens with new keys from now on.

        Args:
            keep_old: whether the old keys stay published. False is a removal at short notice:
                what they signed is no longer to be trusted.
        """
        self._office.keys.rotate(keep_old=keep_old)

    def rotate_identity_keys(self, *, keep_old: bool = True) -> None:
        """Sign core identity tokens with a new key from now on.

        Args:
            keep_old: whether the old key stays in the DID document.
        """
        self._office.identity_keys.rotate(keep_old=keep_old)

    @property
    def _addresses(self) -> Addresses:
        return Addresses(super().url)

    def _client(self, client_id: str | None) -> Client:
        client = self.clients.get(CLIENT_ID if client_id is None else client_id)
        if client is None:
            raise LookupError(
                "There is no such service. Look at `sandbox.one_login.clients`, or add one."
            )
        return client
