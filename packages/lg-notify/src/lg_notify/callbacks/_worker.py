# SPDX-License-Identifier: MIT
"""Take callbacks out of the inbox, read the message of a receipt again, and act."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lg_notify.callbacks._events import Complaint, DeliveryReceipt, ReceivedText, ReturnedLetter
from lg_notify.callbacks._kept import Event, Kind, event_of, kind_of
from lg_notify.callbacks._reading import CallbackRefusedError
from lg_notify.errors import MessageNotFoundError
from lg_notify.message import Notification

if TYPE_CHECKING:
    from lg_core.store import Inbox, Job, Worker

__all__ = ["worker"]


def worker(
    inbox: "Inbox",
    *,
    read: Callable[[str], Notification],
    act: Callable[[Notification, DeliveryReceipt], object],
    gone: Callable[[DeliveryReceipt], object] | None = None,
    received_text: Callable[[ReceivedText], object] | None = None,
    returned_letter: Callable[[ReturnedLetter], object] | None = None,
    complaint: Callable[[Complaint], object] | None = None,
) -> "Worker":
    """Make the worker that acts on callbacks; one serves an inbox of all four kinds.

    For a receipt it gets the message and gives it to `act`, and the receipt with it. So neither
    order nor repeats matter: what is acted on is where the message stands now. A message that
    Notify has no longer (7 days as a rule, and your service may have set fewer) is given to
    `gone` as the receipt alone; where there is no `gone` it is set aside as `message_gone`. A
    message that cannot be read is set aside as `unreadable`, and one of a kind that you gave no
    function for as `no_function`: put it back with `inbox.queue.put_back` when you can act on it.

    Each function is done once for a callback, unless the process dies between its end and the
    note that it ended: then it is done again. `act` is done again too for the next receipt of the
    same message, and by a poller. So let it be harmless to repeat.

    Args:
        inbox: the inbox of the endpoints.
        read: gets a message by its id, such as `notify.get_notification`.
        act: does what is to be done.
        gone: does what is to be done where only the receipt is left.
        received_text: acts on a text that somebody sent.
        returned_letter: acts on a letter that came back.
        complaint: acts on a complaint.

    Returns:
        The worker: `run_once(limit=...)`, or `run(stop, poll=...)`.
    """
    from lg_core.store import SetAside, Worker  # noqa: PLC0415 -- loads SQLAlchemy

    def handle(job: "Job") -> None:
        kind = kind_of(job.payload)
        event = None if kind is None else _event(kind, job.payload)
        if isinstance(event, DeliveryReceipt):
            notification = _notification(read, event.id)
            if notification is not None:
                act(notification, event)
            elif gone is not None:
                gone(event)
            else:
                raise SetAside("message_gone")
        elif event is None:
            raise SetAside("unreadable")
        elif isinstance(event, ReceivedText) and received_text is not None:
            received_text(event)
        elif isinstance(event, ReturnedLetter) and returned_letter is not None:
            returned_letter(event)
        elif isinstance(event, Complaint) and complaint is not None:
            complaint(event)
        else:
            raise SetAside("no_function")

    return Worker(inbox.queue, handle)


def _event(kind: Kind, payload: Mapping[str, object]) -> Event | None:
    try:
        return event_of(kind, payload)
    except CallbackRefusedError:
        return None  # set aside by name


def _notification(read: Callable[[str], Notification], notification_id: str) -> Notification | None:
    try:
        return read(notification_id)
    except MessageNotFoundError:
        return None  # what is left is the receipt
