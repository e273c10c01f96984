# SPDX-License-Identifier: MIT
"""What a test sees of every stand-in: its app, its address, its faults, and what arrived."""

import threading
from typing import TYPE_CHECKING

from lg_sandbox.faults import Faults
from lg_sandbox.server import NotRunningError
from lg_sandbox.stand_in_app import Notebook, Received

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from lg_sandbox.clock import Clock

__all__ = ["StandIn"]


class StandIn:
    """A stand-in for one platform. Safe between threads.

    Each platform has its own class, which adds its keys and records, and sets `_app`.

    Args:
        clock: the virtual clock.
        platform: the platform's name, such as `GOV.UK Pay`.
        name: the attribute of `Sandbox` that holds it, such as `pay`.
        faults: the faults to show.
    """

    _app: "ASGIApp"

    def __init__(self, *, clock: "Clock", platform: str, name: str, faults: Faults) -> None:
        self._platform = platform
        self._name = name
        self._faults = faults
        self._received: list[Received] = []
        self._received_lock = threading.Lock()
        self._notebook = Notebook(self._record, clock.now)
        self._url: str | None = None

    @property
    def app(self) -> "ASGIApp":
        """The API and its pages as one ASGI app."""
        return self._app

    @property
    def url(self) -> str:
        """The address of the API and its pages, without a slash at its end.

        Raises:
            NotRunningError: when the sandbox does not run.
        """
        if self._url is None:
            raise NotRunningError(
                f"The stand-in for {self._platform} has no address yet. Enter the sandbox "
                f"(`with Sandbox() as sandbox:`), or use `sandbox.{self._name}.app` in process."
            )
        return self._url

    @property
    def faults(self) -> Faults:
        """The faults to show."""
        return self._faults

    @property
    def requests(self) -> tuple[Received, ...]:
        """The requests to the API that arrived, oldest first: no bodies and no keys."""
        with self._received_lock:
            return tuple(self._received)

    def served_at(self, url: str | None) -> None:
        """Note where the app is served. `Sandbox` calls this.

        Args:
            url: the address without a slash at its end; None when it no longer is.
        """
        self._url = url

    def _record(self, received: Received) -> None:
        with self._received_lock:
            self._received.append(received)
