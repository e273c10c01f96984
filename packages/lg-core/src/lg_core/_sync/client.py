# SPDX-License-Identifier: MIT
# Made by tools/sync.py from packages/lg-core/src/lg_core/_async/client.py: change that one.
"""The client of a platform: the thin rest that sends and waits. Decisions are made elsewhere."""

import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import NoReturn, Self, TypeVar

from lg_core import _fork
from lg_core._runtime import Exchange, Settings, TryAgain, next_wait
from lg_core._sleep import sleep
from lg_core.calls import Answer, Call
from lg_core.errors import ConfigError
from lg_core.limits import Limiter
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.platforms import Platform
from lg_core.transport import Transport, TransportFailure, WireAnswer, WireRequest

__all__ = ["ApiClient", "Connection"]

T = TypeVar("T")


class Connection:
    """A transport, made when it is first needed and made anew in a forked child.

    Shared by a client and its copies.
    """

    __slots__ = ("_abandoned", "_closed", "_generation", "_given", "_lock", "_made", "_settings")

    def __init__(self, settings: Settings, given: Transport | None) -> None:
        self._settings = settings
        self._given = given
        self._made: Transport | None = None
        self._abandoned: list[Transport] = []
        self._lock = threading.Lock()
        self._generation = _fork.generation()
        self._closed = False

    def send(self, request: WireRequest) -> WireAnswer | TransportFailure:
        """Send one request; a failure to get an answer is a value, for the policy to judge."""
        if self._closed:
            raise ConfigError("This client was closed. Build a client once and keep it open.")
        try:
            return (self._given or self._transport()).send(request)
        except TransportFailure as failure:
            return failure

    def close(self) -> None:
        """Close the transport, if it was made here; one that was given is its owner's to close."""
        self._closed = True
        made, self._made = self._made, None
        if made is not None:
            made.close()

    def _transport(self) -> Transport:
        made = self._made
        if made is not None and self._generation == _fork.generation():
            return made
        if self._generation != _fork.generation():
            # The parent's connections are the parent's: answers on them are not ours. They are
            # kept, not closed, since closing one may speak on it.
            self._lock = threading.Lock()
            self._generation = _fork.generation()
            if self._made is not None:
                self._abandoned.append(self._made)
                self._made = None
        with self._lock:
            if self._made is None:
                # The HTTP library loads with the first call, not with the import of a component.
                from lg_core._httpx import HttpTransport  # noqa: PLC0415

                self._made = HttpTransport(self._settings.network, self._settings.base_url)
            return self._made


class ApiClient:
    """Calls one platform. A component's client adds a method an operation.

    Build it once and keep it: it holds connections. It may be used from several threads and tasks,
    and in processes forked after it was built. It cannot be pickled.

    Args:
        platform: the platform.
        base_url: its address; https, or http on a loopback address.
        authorise: makes the headers that carry the credentials, for each attempt anew.
        network: how it is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        limiter: the buckets of the platform's rate limits, to share them between clients.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included.
        attempts: how often a call is tried at the most.
        council: the council that the client works for, told to observers and counted.
        live: False where the credentials are of a test account: its calls are then counted as
            tests (`lg_core.telemetry`). So are those to a loopback address or over `transport`.

    Raises:
        ConfigError: an argument cannot be used.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        base_url: str,
        authorise: Callable[[], Mapping[str, str]],
        network: Network | None = None,
        transport: Transport | None = None,
        observers: Sequence[Observer] = (),
        limiter: Limiter | None = None,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
        live: bool = True,
    ) -> None:
        self._settings = Settings.build(
            platform,
            base_url=base_url,
            authorise=authorise,
            network=network,
            observers=observers,
            limiter=limiter,
            app=app,
            timeout=timeout,
            attempts=attempts,
            council=council,
            live=live and transport is None,
        )
        self._connection = Connection(self._settings, transport)

    @property
    def base_url(self) -> str:
        """The platform's address."""
        return self._settings.base_url

    @property
    def live(self) -> bool:
        """Whether calls are for real: no test key, no loopback address and no `transport`."""
        return self._settings.live

    def with_options(
        self,
        *,
        timeout: float | None = None,
        attempts: int | None = None,
        council: str | None = None,
    ) -> Self:
        """Return a copy with other options, which shares connections and rate limits.

        Args:
            timeout: seconds that a call may take, all attempts and waits included.
            attempts: how often a call is tried at the most.
            council: the council that the copy works for, told to observers.

        Returns:
            The copy. Closing it, or the client it came from, closes the connections of both.

        Raises:
            ConfigError: timeout or attempts is not more than 0.
        """
        copy = object.__new__(type(self))
        copy.__dict__.update(self.__dict__)
        copy._settings = self._settings.changed(timeout=timeout, attempts=attempts, council=council)
        return copy

    def exchange(self, call: Call[T], *, timeout: float | None = None) -> Answer[T]:
        """Make a call and return what came back, with its status, headers and attempts.

        Args:
            call: what to ask, from the component's `calls` module.
            timeout: seconds that the call may take, all attempts and waits included; the client's
                where it is None.

        Returns:
            The value and how it came.

        Raises:
            RequestNotSentError: nothing left this machine.
            OutcomeUnknownError: the request left, and no verdict came back.
            ApiError: the platform said no.
            ResponseShapeError: the answer could not be read.
        """
        exchange = Exchange(call, self._settings, timeout)
        try:
            return self._run(exchange)
        except TryAgain as last:  # the host has switched stamina's retries off
            exchange.failed(last.error)
            raise last.error from last.__cause__
        except BaseException as error:
            exchange.failed(error)
            raise

    def _run(self, exchange: Exchange[T]) -> Answer[T]:
        # stamina loads asyncio and structlog, which importing a component must not.
        from stamina import retry_context

        for attempt in retry_context(on=next_wait, attempts=exchange.attempts, timeout=None):
            with attempt:
                if wait := exchange.begin():
                    sleep(wait)
                return exchange.conclude(self._connection.send(exchange.request()))
        raise AssertionError

    def _send(self, call: Call[T], *, timeout: float | None) -> T:
        return (self.exchange(call, timeout=timeout)).value

    def close(self) -> None:
        """Close the connections. A client that was closed makes no more calls."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._settings.base_url}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds connections and a key, so it cannot be pickled. Build "
            "one in the process that uses it, from its settings."
        )
