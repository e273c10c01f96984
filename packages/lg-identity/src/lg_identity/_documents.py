# SPDX-License-Identifier: MIT
"""Documents that One Login publishes: where they stand, and how long a copy serves. Pure."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from lg_identity._answers import Discovery
from lg_identity.errors import SignInError, SignInFault, SignInStep

__all__ = ["Budget", "Copy", "Endpoints", "fresh_copy", "origin_of", "path_of", "stale_copy"]

T = TypeVar("T")
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})\b", re.IGNORECASE)
_FORBIDS = re.compile(r"(?:^|[\s,])(?:no-store|no-cache)\b", re.IGNORECASE)
_LONGEST = timedelta(days=1)
_AFTER_FAILURE = timedelta(minutes=1)
_LEAST = 0.001
"""A call needs more than no time to say that there was none left, in seconds."""


class Budget:
    """How long an operation of several calls may take.

    Args:
        longest: seconds; None leaves each call the client's own timeout.
    """

    __slots__ = ("_end", "longest")

    def __init__(self, longest: float | None) -> None:
        self.longest = longest
        self._end = None if longest is None else time.monotonic() + longest

    def left(self, *, at_most: float | None = None) -> float | None:
        """Return the seconds that the next call may take.

        Args:
            at_most: the call's own limit, in seconds.
        """
        if self._end is None:
            return at_most
        left = max(self._end - time.monotonic(), _LEAST)
        return left if at_most is None else min(left, at_most)


@dataclass(frozen=True, slots=True)
class Copy(Generic[T]):
    """A document as it was read.

    Attributes:
        value: the document.
        fresh_until: until when it serves without asking again, in UTC.
    """

    value: T
    fresh_until: datetime


def fresh_copy(value: T, headers: Mapping[str, str], *, now: datetime) -> Copy[T]:
    """Keep a document for as long as its Cache-Control says, a day at the most (RFC 9111)."""
    said = headers.get("cache-control", "")
    found = _MAX_AGE.search(said)
    seconds = int(found[1]) if found and not _FORBIDS.search(said) else 0
    return Copy(value, now + min(timedelta(seconds=seconds), _LONGEST))


def stale_copy(copy: Copy[T], *, now: datetime) -> Copy[T]:
    """Trust a copy that could not be read anew, and ask again in a minute.

    One Login's documentation says so for discovery, the keys and the DID document alike.
    """
    return Copy(copy.value, now + _AFTER_FAILURE)


def origin_of(url: str) -> str:
    """Return the scheme and the host of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def path_of(url: str) -> str:
    """Return the path of an address, at least a slash."""
    return urlsplit(url).path or "/"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where One Login's parts are, checked.

    Attributes:
        authorise: where the browser is sent.
        end_session: where the browser is sent to sign out.
        token: where a code is given for tokens.
        userinfo: where the claims are.
        keys: where the keys of ID tokens are.
    """

    authorise: str
    end_session: str
    token: str
    userinfo: str
    keys: str

    @classmethod
    def read(cls, discovery: Discovery, *, issuer: str) -> "Endpoints":
        """Check the discovery document (OpenID Connect Discovery 1.0 section 4.3).

        Args:
            discovery: the document.
            issuer: the issuer that it was asked of.

        Returns:
            The addresses.

        Raises:
            SignInError: it names another issuer, or an address that does not stand at the
                issuer's origin: what is secret must not go anywhere else.
        """
        endpoints = cls(
            authorise=discovery.authorization_endpoint,
            end_session=discovery.end_session_endpoint,
            token=discovery.token_endpoint,
            userinfo=discovery.userinfo_endpoint,
            keys=discovery.jwks_uri,
        )
        if discovery.issuer != issuer or not all(
            _stands_at(getattr(endpoints, name), origin_of(issuer)) for name in cls.__slots__
        ):
            raise SignInError(
                "The discovery document names another issuer, or an endpoint that does not stand "
                "at the issuer's origin. Check issuer, its last slash included.",
                fault=SignInFault.ENDPOINTS,
                step=SignInStep.DISCOVERY,
            )
        return endpoints


def _stands_at(url: str, origin: str) -> bool:
    if not url.isascii() or not url.isprintable() or set(url) & set(" \\?#@"):
        return False
    try:
        return origin_of(url) == origin
    except ValueError:
        return False
