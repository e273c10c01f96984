# SPDX-License-Identifier: MIT
"""Where GOV.UK Pay delivers its webhooks."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol

from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.signatures import RevealsSecret, matches
from lg_pay.webhooks._event import PaymentEvent, WebhookRefusedError, verify

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = ["EventInbox", "deliver", "endpoint"]

_PATH: Final = "/govuk-pay/webhook"
_HEADER: Final = "pay-signature"


class EventInbox(Protocol):
    """Keeps events until a worker takes them. `lg_core.store.Inbox` is one."""

    def receive(self, key: str, body: Mapping[str, "JsonValue"], /) -> bool:
        """Keep an event, on disk by the time it returns.

        Args:
            key: the event's own name.
            body: what is kept of it.

        Returns:
            False where the name is known already.
        """
        ...


def deliver(inbox: EventInbox, event: PaymentEvent) -> bool:
    """Put an event into the inbox; False where it is there already."""
    return inbox.receive(event.message_id, {**event.record()})


def endpoint(
    inbox: EventInbox, *, secrets: Sequence[str | RevealsSecret], path: str = _PATH
) -> Endpoint:
    """Make the endpoint that GOV.UK Pay delivers its webhooks to.

    It verifies a message, keeps its id, payment, type and time in the inbox, and answers 200; a
    message that came before is answered 200 and not kept twice. GOV.UK Pay waits 3 seconds, and
    sends again after 60 seconds, 5 minutes, 1 hour, 1 day and 2 days where it gets no 2xx, so a
    failure of the inbox must reach it as a 500: nothing is caught here.

    Answers 401 without a word where the signature is missing or wrong. Answers 422 where GOV.UK
    Pay signed a message that cannot be read: it will be sent again over the next three days.

    Do not let only certain addresses through: GOV.UK Pay's change. Mount it without a check for
    cross-site requests; the signature takes its place.

    Args:
        inbox: keeps the events.
        secrets: the signing secrets of your webhooks; several while one replaces another.
        path: where it is, below the mount's prefix.

    Returns:
        The endpoint, for `lg_web.starlette`, `lg_web.flask` or `lg_web.django` to mount.

    Raises:
        ConfigError: there is no secret, or one cannot be used.
    """
    matches(b"", None, secrets=secrets)  # so that a wrong secret is found at the start
    kept = tuple(secrets)

    def receive(request: Request) -> Reply:
        try:
            event = verify(request.body, request.headers.get(_HEADER), secrets=kept)
        except WebhookRefusedError as refused:
            return Reply(422 if refused.code.signed else 401)
        deliver(inbox, event)
        return Reply(200)

    return Endpoint("POST", path, receive, "lg_pay.webhook")
