# SPDX-License-Identifier: MIT
"""The sandbox: all stand-ins, one clock, and the servers that they run on."""

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from lg_sandbox.clock import Clock
from lg_sandbox.notify.stand_in import NotifyStandIn
from lg_sandbox.one_login.stand_in import OneLoginStandIn
from lg_sandbox.pay.stand_in import PayStandIn
from lg_sandbox.places.stand_in import PlacesStandIn
from lg_sandbox.server import LoopbackServer

if TYPE_CHECKING:
    from lg_sandbox.stand_in import StandIn

__all__ = ["Sandbox"]


class Sandbox:
    """Stand-ins for the platforms that councils use.

    Enter it to serve on loopback; the stand-ins' `.app` also work in process without entering.
    Each sandbox starts empty and knows nothing of any other. Entering it again serves the same
    state anew.

    Args:
        pay_port: the port for GOV.UK Pay; any free one when 0.
        notify_port: the port for GOV.UK Notify; any free one when 0.
        places_port: the port for OS Places; any free one when 0.
        one_login_port: the port for GOV.UK One Login; any free one when 0.
        clock: the virtual clock; one that starts now when None.
        keep: a file in which the stand-in for GOV.UK Pay keeps its state beyond the process;
            none when None. The other stand-ins start empty each time.

    Raises:
        FileInUseError: when another sandbox keeps its state in the file.
        FileNotFoundError: when the file's folder does not exist.
        UnreadableError: when another version of lg-sandbox wrote the file.
    """

    def __init__(
        self,
        *,
        pay_port: int = 0,
        notify_port: int = 0,
        places_port: int = 0,
        one_login_port: int = 0,
        clock: Clock | None = None,
        keep: str | os.PathLike[str] | None = None,
    ) -> None:
        self._clock = clock or Clock()
        self._pay = PayStandIn(self._clock, keep=None if keep is None else Path(keep))
        self._notify = NotifyStandIn(self._clock)
        self._places = PlacesStandIn(self._clock)
        self._one_login = OneLoginStandIn(self._clock)
        self._served: tuple[tuple[StandIn, int], ...] = (
            (self._pay, pay_port),
            (self._notify, notify_port),
            (self._places, places_port),
            (self._one_login, one_login_port),
        )
        self._server: LoopbackServer | None = None

    @property
    def clock(self) -> Clock:
        """The time that all stand-ins see."""
        return self._clock

    @property
    def pay(self) -> PayStandIn:
        """The stand-in for GOV.UK Pay."""
        return self._pay

    @property
    def notify(self) -> NotifyStandIn:
        """The stand-in for GOV.UK Notify."""
        return self._notify

    @property
    def places(self) -> PlacesStandIn:
        """The stand-in for OS Places."""
        return self._places

    @property
    def one_login(self) -> OneLoginStandIn:
        """The stand-in for GOV.UK One Login."""
        return self._one_login

    def start(self) -> None:
        """Serve on loopback.

        Raises:
            RuntimeError: when it is serving already.
            OSError: when a port is taken.
        """
        if self._server is not None:
            raise RuntimeError("This sandbox is running already: stop it first.")
        server = LoopbackServer([(stand_in.app, port) for stand_in, port in self._served])
        addresses = server.start()
        self._server = server
        for (stand_in, _), url in zip(self._served, addresses, strict=True):
            stand_in.served_at(url)

    def stop(self) -> None:
        """Stop serving, and let go of the kept file. Connections end at once.

        Does nothing when it is not serving and keeps no file.
        """
        if self._server is not None:
            self._server.stop()
            self._server = None
            for stand_in, _ in self._served:
                stand_in.served_at(None)
        self._pay.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()
