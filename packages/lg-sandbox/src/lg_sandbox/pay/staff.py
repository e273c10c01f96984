# SPDX-License-Identifier: MIT
"""The admin tool's side of the stand-in as a test sees it: webhooks, agreements, export."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lg_sandbox.pay.agreements import Agreement
from lg_sandbox.pay.transactions import export
from lg_sandbox.pay.webhook_queue import Attempt, Disorder, Send, Webhook, WebhookMessage

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from lg_sandbox.pay.model import Account
    from lg_sandbox.pay.office import Office
    from lg_sandbox.pay.webhook_desk import WebhookDesk

__all__ = ["StaffSide"]


class StaffSide:
    """What staff do in the admin tool. `PayStandIn` has it, and sets what it needs."""

    _office: "Office"
    _account: "Account"
    _desk: "WebhookDesk"

    @property
    def agreements(self) -> tuple[Agreement, ...]:
        """Every agreement, oldest first."""
        with self._office.open():
            return self._office.agreements.all()

    def decline_next(self, agreement_id: str, *, can_retry: bool = True) -> None:
        """Have the next payment under an agreement refused.

        Args:
            agreement_id: Pay's id.
            can_retry: whether the same card may be tried again. When not, the agreement becomes
                inactive.

        Raises:
            LookupError: when there is no such agreement.
        """
        with self._office.open():
            self._office.agreements.plan_decline(agreement_id, can_retry=can_retry)

    @property
    def webhooks(self) -> tuple[Webhook, ...]:
        """The webhooks, oldest first."""
        with self._office.open():
            return self._office.webhooks.webhooks

    @property
    def webhook_disorder(self) -> Disorder:
        """What the network does to webhooks; change it as a test needs."""
        return self._office.webhooks.disorder

    @property
    def webhook_messages(self) -> tuple[WebhookMessage, ...]:
        """The messages that Pay still keeps, oldest first, with their attempts."""
        return self._desk.messages()

    def add_webhook(
        self,
        url: str | None = None,
        *,
        secret: str | None = None,
        events: Sequence[str] | None = None,
        account: "Account | None" = None,
        send: Send | None = None,
        app: "ASGIApp | None" = None,
    ) -> Webhook:
        """Set up a webhook, as only staff can.

        Messages are made from then on, and sent by `deliver_webhooks`. In process give `send`, a
        function of headers and body that returns an HTTP status and raises OSError for no answer,
        or `app`, an ASGI app, with its callback's path as `url`.

        Args:
            url: where messages go: http on this machine.
            secret: the signing secret; a fresh one of Pay's shape when None.
            events: the names of the events; all when None.
            account: whose payments it tells of; the test account's when None.
            send: takes messages in process.
            app: takes messages in process.

        Returns:
            The webhook, with its id and secret.

        Raises:
            ValueError: when the address is not on this machine, an event's name is unknown, or
                none or several ways are given.
        """
        return self._desk.add(
            url,
            secret=secret,
            events=events,
            account=account or self._account,
            send=send,
            app=app,
        )

    def switch_webhook(self, webhook_id: str, *, active: bool) -> Webhook:
        """Switch a webhook on or off.

        Args:
            webhook_id: Pay's id.
            active: whether messages are sent. Those that come due while it is off are dropped.

        Raises:
            LookupError: when there is no such webhook.
        """
        with self._office.open():
            return self._office.webhooks.switch(webhook_id, active=active)

    def deliver_webhooks(self) -> tuple[Attempt, ...]:
        """Send the messages that are due on the sandbox's clock, each once.

        A message that fails is due again after 60 seconds, 5 minutes, an hour, a day and two days,
        and is then dropped. Nothing is sent unless this is called: `lg-sandbox serve` calls it.

        Returns:
            The attempts, in their order.
        """
        return self._desk.deliver()

    def export_csv(self, *, account: "Account | None" = None) -> str:
        """Return the CSV file that the admin tool exports.

        Args:
            account: whose transactions; the test account's when None.
        """
        with self._office.open() as now:
            return export(self._office, account=account or self._account, now=now)
