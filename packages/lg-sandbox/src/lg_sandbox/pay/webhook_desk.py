# SPDX-License-Identifier: MIT
"""Set webhooks up and deliver what is due.

The office's lock is never held while a message is sent: its receiver may ask the API back.
"""

import secrets
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lg_sandbox.pay.model import Account
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.webhook_delivery import asgi_sender, check_address, http_sender
from lg_sandbox.pay.webhook_queue import Attempt, Send, Webhook, WebhookMessage, was_delivered

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["WebhookDesk"]


class WebhookDesk:
    """The webhooks with the ways to their receivers.

    Args:
        office: the state of the stand-in.
    """

    def __init__(self, office: Office) -> None:
        self._office = office
        self._ways: dict[str, Send] = {}
        self._delivering = threading.Lock()

    def add(
        self,
        url: str | None,
        *,
        secret: str | None,
        events: Sequence[str] | None,
        account: Account,
        send: Send | None = None,
        app: "ASGIApp | None" = None,
    ) -> Webhook:
        """Set up a webhook.

        Args:
            url: where messages go; with `app` only its path counts.
            secret: the signing secret; a fresh one of Pay's shape when None.
            events: the names of the events; all when None.
            account: whose payments it tells of.
            send: takes headers and body in process, and returns an HTTP status.
            app: an ASGI app that receives in process.

        Raises:
            ValueError: when the address is not on this machine, an event's name is unknown, or
                none or several ways are given.
        """
        if (send is not None) + (app is not None or url is not None) != 1:
            raise ValueError("Give one way: an address, an address with `app`, or `send`.")
        way = send
        if app is not None:
            way = asgi_sender(app, path=_path(url))
        elif url is not None:
            check_address(url)
        # Technical documentation, 'Webhooks': a secret says which kind of account it is for.
        kind = "live" if account.live else "test"
        with self._office.open() as now:
            webhook = self._office.webhooks.add(
                None if way is not None else url,
                account=account.id,
                secret=secret or f"webhook_{kind}_{secrets.token_hex(16)}",
                events=events,
                now=now,
            )
            if way is not None:
                self._ways[webhook.id] = way
        return webhook

    def messages(self) -> tuple[WebhookMessage, ...]:
        """Return the messages that Pay still keeps, oldest first, those of expiries included."""
        with self._office.open() as now:
            self._office.book.all(now=now)
            return self._office.webhooks.messages(now=now)

    def deliver(self) -> tuple[Attempt, ...]:
        """Try each message that is due, once.

        Returns:
            The attempts, in their order; none while another delivery is under way.
        """
        if not self._delivering.acquire(blocking=False):
            return ()
        try:
            return self._deliver()
        finally:
            self._delivering.release()

    def _deliver(self) -> tuple[Attempt, ...]:
        queue = self._office.webhooks
        with self._office.open() as now:
            # A payment expires when somebody looks, and that may call for a message.
            self._office.book.all(now=now)
            due = queue.due(now=now)
            repeat = queue.disorder.duplicate
        attempts: list[Attempt] = []
        for message in due:
            with self._office.open():
                webhook, headers = queue.webhook(message.webhook_id), queue.headers(message)
            status = self._send(webhook, headers, body=message.body)
            with self._office.open() as now:
                attempts.append(queue.record(message, status, now=now))
            if repeat:
                again = self._send(webhook, headers, body=message.body)
                attempts.append(
                    Attempt(message.id, webhook.id, now, again, was_delivered(again), repeat=True)
                )
        return tuple(attempts)

    def _send(self, webhook: Webhook, headers: dict[str, str], *, body: bytes) -> int | None:
        way = self._ways.get(webhook.id)
        if way is None:
            if webhook.url is None:
                return None  # its receiver was in the process that a file outlived
            way = http_sender(webhook.url)
        try:
            return way(headers, body)
        except OSError:
            # Nobody answered, or not in time: what a failed attempt is.
            return None


def _path(url: str | None) -> str:
    return urlsplit(url or "").path or "/"
