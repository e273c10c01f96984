# SPDX-License-Identifier: MIT
"""Set callbacks up, and tell what is due.

The office's lock is never held while something is told: its receiver may ask the API back.
"""

import threading
from typing import TYPE_CHECKING

from lg_sandbox.notify.callback_queue import (
    TIMEOUT_SECONDS,
    Callback,
    CallbackAttempt,
    Telling,
)
from lg_sandbox.notify.callbacks import CallbackKind
from lg_sandbox.notify.model import Account
from lg_sandbox.notify.office import Office
from lg_sandbox.outgoing import Send, way_to

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["CallbackDesk"]


class CallbackDesk:
    """The callbacks with the ways to their receivers.

    Args:
        office: the state of the stand-in.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ways: dict[tuple[str, CallbackKind], Send] = {}
        self._delivering = threading.Lock()

    def set_up(
        self,
        kind: CallbackKind,
        url: str | None,
        *,
        bearer_token: str,
        account: Account,
        send: Send | None = None,
        app: "ASGIApp | None" = None,
    ) -> Callback:
        """Set a callback up, in place of the one of its kind.

        Args:
            kind: what it tells of.
            url: where it goes; with `app` only its path counts.
            bearer_token: what the service knows Notify by.
            account: which service.
            send: takes headers and body in process, and returns an HTTP status.
            app: an ASGI app that receives in process.

        Raises:
            ValueError: when the address is not on this machine, or none or several ways are given.
        """
        way = way_to(url, send=send, app=app, seconds=TIMEOUT_SECONDS)
        in_process = send is not None or app is not None
        with self._office.open() as now:
            callback = Callback(
                kind, account.id, None if in_process else url, bearer_token, created_at=now
            )
            self._office.set_up(callback, now=now)
            self._ways[account.id, kind] = way
        return callback

    def remove(self, kind: CallbackKind, *, account: Account) -> None:
        """Take a callback away.

        Args:
            kind: which.
            account: which service.
        """
        with self._office.open() as now:
            self._office.catch_up(now=now)
            self._office.callbacks.remove(kind, account=account.id)

    def tellings(self) -> tuple[Telling, ...]:
        """Return what was and is told, oldest first."""
        with self._office.open() as now:
            self._office.catch_up(now=now)
            return self._office.callbacks.tellings

    def deliver(self) -> tuple[CallbackAttempt, ...]:
        """Try to tell what is due, once each.

        Returns:
            The tries, in their order; none while another delivery is under way.
        """
        if not self._delivering.acquire(blocking=False):
            return ()
        try:
            return self._deliver()
        finally:
            self._delivering.release()

    def _deliver(self) -> tuple[CallbackAttempt, ...]:
        queue = self._office.callbacks
        with self._office.open() as now:
            self._office.catch_up(now=now)
            due = queue.due(now=now)
            repeat = queue.disorder.duplicate
        attempts: list[CallbackAttempt] = []
        for telling in due:
            status = self._send(telling)
            with self._office.open() as now:
                attempts.append(queue.record(telling, status, now=now))
            if repeat:
                attempts.append(queue.repeat(telling, self._send(telling), now=now))
        return tuple(attempts)

    def _send(self, telling: Telling) -> int | None:
        with self._office.open():
            callback = self._office.callbacks.of(telling.kind, account=telling.account)
            way = self._ways.get((telling.account, telling.kind))
        if callback is None or way is None:
            return None  # taken away by another thread meanwhile
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {callback.bearer_token}",
        }
        try:
            return way(headers, telling.body)
        except OSError:
            # Nobody answered, or not in time: what a failed try is.
            return None
