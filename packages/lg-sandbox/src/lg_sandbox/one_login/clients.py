# SPDX-License-Identifier: MIT
"""The services that are registered, and the keys that their tokens are checked with."""

import json
import threading
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lg_sandbox.one_login.jose import Unverified, public_keys, rsa_key
from lg_sandbox.one_login.keys import KeyPair
from lg_sandbox.one_login.model import Client

if TYPE_CHECKING:
    from joserfc.jwk import RSAKey

__all__ = ["Clients"]

_FETCH_SECONDS = 5.0
_CACHED = timedelta(hours=24)
_MOST_BYTES = 1_000_000


class Clients:
    """The registered services. Safe between threads.

    Args:
        first: the service that is there from the start. It has no keys of its own.
        pair: the key pair of that service.
    """

    def __init__(self, first: Client, *, pair: KeyPair) -> None:
        self._lock = threading.Lock()
        self._clients = {first.client_id: first}
        self._pair = pair
        self._fetched: dict[tuple[str, str], tuple[datetime, RSAKey]] = {}

    def __iter__(self) -> Iterator[Client]:
        with self._lock:
            return iter(tuple(self._clients.values()))

    def add(
        self,
        client_id: str,
        *,
        redirect_uris: Sequence[str],
        public_key: str | None = None,
        jwks: Mapping[str, Any] | None = None,
        jwks_url: str | None = None,
    ) -> Client:
        """Register a service.

        Args:
            client_id: its id.
            redirect_uris: where people may be sent back to.
            public_key: its RSA public key as PEM.
            jwks: its key set as a value, in place of the key.
            jwks_url: where it publishes its key set, in place of the key. It is fetched when a
                token names a key that was not fetched in the last 24 hours of the clock.

        Returns:
            The service. Change its other settings on it.

        Raises:
            ValueError: when the id is taken, an address is no absolute one, or there is not
                exactly one source of keys.
        """
        if not client_id:
            raise ValueError("Give the service an id.")
        if not redirect_uris or not all(urlsplit(each).scheme for each in redirect_uris):
            raise ValueError("redirect_uris must be whole addresses, and at least one of them.")
        if sum(each is not None for each in (public_key, jwks, jwks_url)) != 1:
            raise ValueError("Give one of public_key, jwks and jwks_url.")
        if public_key is not None:
            rsa_key(public_key)
        if jwks is not None:
            public_keys(dict(jwks))
        if jwks_url is not None and urlsplit(jwks_url).scheme not in {"http", "https"}:
            raise ValueError("jwks_url must be an address with http or https.")
        client = Client(client_id, list(redirect_uris), public_key, jwks, jwks_url)
        with self._lock:
            if client_id in self._clients:
                raise ValueError("There is a service with this id already: use another.")
            self._clients[client_id] = client
        return client

    def get(self, client_id: str) -> Client | None:
        """Return a service, or None when there is none with this id.

        Args:
            client_id: its id.
        """
        with self._lock:
            return self._clients.get(client_id)

    def keys_of(self, client: Client, token: Unverified, *, now: datetime) -> "list[RSAKey]":
        """Return the keys that a service's token may be signed with.

        Args:
            client: the service.
            token: its token. With a key set, its header must name a key (tech-docs, 'kid').
            now: the instant.

        Returns:
            The keys: one or none.

        Raises:
            OSError: when the key set cannot be fetched or read.
        """
        if client.public_key is not None:
            return [rsa_key(client.public_key)]
        if client.jwks is None and client.jwks_url is None:
            return [rsa_key(self._pair.public)]
        kid = token.key_id
        if kid is None:
            return []
        if client.jwks is not None:
            found = public_keys(dict(client.jwks)).get(kid)
            return [] if found is None else [found]
        return self._published(client, kid, now)

    def _published(self, client: Client, kid: str, now: datetime) -> "list[RSAKey]":
        # tech-docs, 'JWKS': keys are kept for up to 24 hours.
        with self._lock:
            kept = self._fetched.get((client.client_id, kid))
        if kept is not None and now < kept[0] + _CACHED:
            return [kept[1]]
        found = _fetch(client.jwks_url or "").get(kid)
        if found is None:
            return []
        with self._lock:
            self._fetched[client.client_id, kid] = (now, found)
        return [found]


def _fetch(url: str) -> "dict[str, RSAKey]":
    # The service stands beside the sandbox: no proxy lies between them.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    # tech-docs, 'JWKS': the answer must come within 5 seconds.
    try:
        with opener.open(url, timeout=_FETCH_SECONDS) as answer:
            return public_keys(json.loads(answer.read(_MOST_BYTES)))
    except ValueError:
        raise OSError("The key set of the service cannot be read.") from None
