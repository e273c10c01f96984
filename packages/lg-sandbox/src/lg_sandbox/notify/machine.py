# SPDX-License-Identifier: MIT
"""How a message moves: created, sending, then delivered, sent or failed, as the clock says."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import ENDS, Account, Channel, Message, Status

__all__ = ["SUPPLIER_TRIES", "Course", "at", "course_of", "end", "is_smoke_test", "outcome_of"]

SUPPLIER_TRIES = timedelta(hours=72)
"""How long a provider tries; then a message has failed (technical documentation, 'temporary')."""

# technical documentation, 'Smoke tests': these are checked and answered, and nothing is kept.
_SMOKE_TESTS = frozenset(
    {
        "447700900000",
        "447700900111",
        "447700900222",
        "simulate-delivered@notifications.service.gov.uk",
        "simulate-delivered-2@notifications.service.gov.uk",
        "simulate-delivered-3@notifications.service.gov.uk",
    }
)

# technical documentation, 'Test key'; recorded callbacks.
_FAILING = {
    "447700900002": Status.PERMANENT_FAILURE,
    "447700900003": Status.TEMPORARY_FAILURE,
    "perm-fail@simulator.notify": Status.PERMANENT_FAILURE,
    "temp-fail@simulator.notify": Status.TEMPORARY_FAILURE,
}
_AT_THE_CHECK = frozenset({Status.VIRUS_SCAN_FAILED, Status.VALIDATION_FAILED})


@dataclass(frozen=True, slots=True)
class Course:
    """How a message will go.

    Args:
        outcome: the state it ends in.
        sending_after: how long it stays created.
        done_after: how long it takes until its end.
        silent: whether no callback tells of the end.
    """

    outcome: Status
    sending_after: timedelta
    done_after: timedelta
    silent: bool = False


def is_smoke_test(recipient: str) -> bool:
    """Say whether a message to a recipient is checked and answered, and never kept.

    Args:
        recipient: the normalised phone number or email address.

    Returns:
        True for Notify's six recipients of smoke tests.
    """
    return recipient in _SMOKE_TESTS


def outcome_of(recipient: str, *, channel: Channel, key: KeyKind, international: bool) -> Status:
    """Say how a message will end.

    Args:
        recipient: the normalised phone number or email address.
        channel: how it is sent.
        key: the kind of key.
        international: whether the number is abroad.

    Returns:
        Delivered, unless a test key sends to one of the recipients that fail. A text abroad ends
        as sent: no network there reports back.
    """
    if key is KeyKind.TEST and recipient in _FAILING:
        return _FAILING[recipient]
    if channel is Channel.SMS and international:
        return Status.SENT
    return Status.DELIVERED


def course_of(outcome: Status, *, account: Account) -> Course:
    """Say how a text or an email goes that ends in a state.

    Args:
        outcome: the state; `SENDING` for one of which its provider never reports.
        account: the service, which says how long things take.

    Returns:
        The course. What Notify itself gives up on stays created for hours, and no callback tells
        of it: receipts come from providers, and from the sweep after 72 hours alone
        (notifications-api, `process_notification_status` and `timeout_notifications`).
    """
    sending = account.sending_after
    match outcome:
        case Status.TECHNICAL_FAILURE:
            wait = account.gives_up_after
            return Course(outcome, sending_after=wait, done_after=wait, silent=True)
        case Status.SENDING:
            done = max(sending, SUPPLIER_TRIES)
            return Course(Status.TEMPORARY_FAILURE, sending_after=sending, done_after=done)
        case Status.SENT:
            return Course(outcome, sending_after=sending, done_after=sending, silent=True)
        case _:
            return Course(outcome, sending, max(sending, account.done_after))


def at(message: Message, now: datetime) -> Message:
    """Return a message as it is at an instant.

    Args:
        message: the message.
        now: the instant.

    Returns:
        The message with the state it has reached.
    """
    if message.ended_at is not None:
        return message
    age = now - message.created_at
    # There is nothing to wait for abroad: sent is the end, at once.
    if message.outcome is Status.SENT and age >= message.sending_after:
        return replace(message, status=Status.SENT, done_after=message.sending_after)
    return replace(message, status=_status_at(message, age))


def _status_at(message: Message, age: timedelta) -> Status:
    if age < message.checked_after:
        return Status.PENDING_VIRUS_CHECK
    if message.outcome in _AT_THE_CHECK:
        return message.outcome
    if age < message.sending_after:
        return Status.CREATED
    return Status.SENDING if age < message.done_after else message.outcome


def end(message: Message, status: Status, *, now: datetime) -> Message:
    """End a message now. Also one that had ended: a network may change its word.

    Args:
        message: the message.
        status: how it ends.
        now: the instant.

    Returns:
        The message.

    Raises:
        ValueError: when such messages do not end so.
    """
    ends = ENDS[message.channel]
    if status not in ends:
        raise ValueError(f"A message does not end so. Use one of: {', '.join(sorted(ends))}.")
    return replace(
        message,
        status=status,
        outcome=status,
        ended_at=now,
        silent=status in {Status.TECHNICAL_FAILURE, Status.SENT},
    )
