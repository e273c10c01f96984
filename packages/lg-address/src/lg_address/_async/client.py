# SPDX-License-Identifier: MIT
"""The client of OS Places: addresses by postcode, with the UPRN."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self, TypeVar

from pydantic import SecretStr

from lg_address._credentials import authorisation, checked_key
from lg_address._platform import BASE_URL, PLACES
from lg_address._reading import addresses_of
from lg_address.address import Address
from lg_address.calls import Dataset, PostcodeList
from lg_core.calls import Call
from lg_core.clients import AsyncApiClient, AsyncPages
from lg_core.identifiers import Postcode
from lg_core.limits import Limiter
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.postal import PostalAddress
from lg_core.transport import AsyncTransport

if TYPE_CHECKING:
    from lg_address._records import PlacesResult

__all__ = ["AsyncPlacesClient"]

P = TypeVar("P")

_AT_LEAST = 0.001


class AsyncPlacesClient(AsyncApiClient):
    """Calls OS Places. Build it once and keep it; threads and tasks may share it.

        async with AsyncPlacesClient(api_key) as places:
            addresses = await places.find_by_postcode("SW1A 1AA")

    Every method may raise `RequestNotSentError`, `OutcomeUnknownError`, `PlacesError` and
    `ResponseShapeError`: see `lg_core.errors` and `lg_address.errors`. All of them leave a page
    one way: the person types the address.

    Args:
        api_key: the API key of a project in the OS Data Hub. It goes into a header, never into
            the address.
        base_url: OS's address, or the sandbox's.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the bucket of the project's rate limit, to share it between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included; 30 by default.
        attempts: how often a call is tried at the most; 4 by default.
        council: the council that the client works for, told to observers.

    Raises:
        ConfigError: an argument cannot be used; the text says which and what to do.
    """

    def __init__(
        self,
        api_key: str | SecretStr,
        *,
        base_url: str = BASE_URL,
        network: Network | None = None,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
    ) -> None:
        super().__init__(
            PLACES,
            base_url=base_url,
            authorise=authorisation(checked_key(api_key)),
            network=network,
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=timeout,
            attempts=attempts,
            council=council,
        )

    @classmethod
    def from_env(
        cls,
        *,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        app: str | None = None,
        council: str | None = None,
    ) -> Self:
        """Build a client from environment variables.

        `LG_PLACES_API_KEY` is required. `LG_PLACES_BASE_URL`, `LG_PLACES_TIMEOUT` (seconds),
        `LG_PLACES_ATTEMPTS`, `LG_PLACES_PROXY` and `LG_PLACES_CA_FILE` are optional.

        Args:
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            limiter: the bucket of the project's rate limit, to share it between clients.
            app: your product and its version, such as `Acme/3.2`, for the User-Agent.
            council: the council that the client works for, told to observers.

        Raises:
            ConfigError: a variable is missing or wrong; the text says which and what to do.
        """
        from lg_address._settings import read_places_settings  # noqa: PLC0415 -- for this way in

        settings = read_places_settings()
        return cls(
            settings.api_key,
            base_url=settings.base_url,
            network=settings.network(),
            transport=transport,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=settings.timeout,
            attempts=settings.attempts,
            council=council,
        )

    async def find_by_postcode(
        self,
        postcode: Postcode | str,
        *,
        dataset: Dataset = Dataset.DPA,
        timeout: float | None = None,
    ) -> tuple[Address, ...]:
        """Find the addresses of a postcode, in the order of a list to choose from.

        Every page is read; approved records only; each property once. Numbers sort as numbers, and
        the flats of a building stand under it.

        Args:
            postcode: the postcode; text is read as people type it.
            dataset: which records to look in.
            timeout: seconds that all of it may take, however many pages there are.

        Returns:
            The addresses. Empty for a postcode that OS knows, and has no address for.

        Raises:
            InvalidValueError: the text is no whole postcode; nothing was sent.
            UnknownPostcodeError: OS does not know the postcode. Ask the person to check it.
            PlacesError: OS Places refused for another reason.
            RequestNotSentError: nothing left this machine.
        """
        asked = Postcode(postcode)
        until = None if timeout is None else time.monotonic() + timeout

        async def fetch(call: Call[P], /) -> P:
            left = timeout
            if until is not None and timeout is not None and timeout > 0:
                left = max(until - time.monotonic(), _AT_LEAST)
            return await self._send(call, timeout=left)

        results: list[PlacesResult] = []
        async for page in AsyncPages(PostcodeList(asked, dataset), fetch).pages():
            results += page
        return addresses_of(results, postcode=asked)

    async def postal_addresses(
        self, postcode: Postcode | str, *, timeout: float | None = None
    ) -> tuple[PostalAddress, ...]:
        """Find the addresses of a postcode, as components hand them to each other.

        Args:
            postcode: the postcode; text is read as people type it.
            timeout: seconds that all of it may take.

        Returns:
            The addresses, in the order of a list to choose from.

        Raises:
            InvalidValueError: the text is no whole postcode; nothing was sent.
            UnknownPostcodeError: OS does not know the postcode.
        """
        found = await self.find_by_postcode(postcode, timeout=timeout)
        return tuple(address.postal() for address in found)
