# SPDX-License-Identifier: MIT
"""Take events out of the inbox, read the payment again, and act on what was read."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lg_pay.errors import PaymentNotFoundError
from lg_pay.payment import Payment
from lg_pay.webhooks._event import PaymentEvent, WebhookRefusedError, event_from

if TYPE_CHECKING:
    from lg_core.store import Inbox, Job, Worker

__all__ = ["worker"]


def worker(
    inbox: "Inbox",
    *,
    read: Callable[[str], Payment],
    act: Callable[[Payment, PaymentEvent], object],
) -> "Worker":
    """Make the worker that acts on events, those of webhooks and those of a poller alike.

    It gets the payment and gives it to `act`, and the event with it, which says no more than why.
    Where either fails, the event is taken again later; a payment that this key cannot find is set
    aside as `payment_not_found`.

    `act` is done once for an event, unless the process dies between the end of `act` and the note
    that it ended: then it is done again. It is done again too for the next event of the same
    payment. So let it be harmless to repeat, as noting the payment in a `PaymentBook` is.

    Args:
        inbox: the inbox of `endpoint` or of a poller.
        read: gets a payment by its id, such as `pay.get_payment`.
        act: does what is to be done, such as `lambda payment, _: book.note(payment)`.

    Returns:
        The worker: `run_once(limit=...)`, or `run(stop, poll=...)`.
    """
    from lg_core.store import SetAside, Worker  # noqa: PLC0415 -- loads SQLAlchemy

    def handle(job: "Job") -> None:
        event = _event(job.payload)
        if event is None:
            raise SetAside("unreadable")
        payment = _payment(read, event.payment_id)
        if payment is None:
            raise SetAside("payment_not_found")
        act(payment, event)

    return Worker(inbox.queue, handle)


def _event(payload: Mapping[str, object]) -> PaymentEvent | None:
    try:
        return event_from(payload)
    except WebhookRefusedError:
        return None  # set aside by name


def _payment(read: Callable[[str], Payment], payment_id: str) -> Payment | None:
    try:
        return read(payment_id)
    except PaymentNotFoundError:
        return None  # set aside by name
