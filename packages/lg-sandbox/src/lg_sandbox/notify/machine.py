# SPDX-License-Identifier: MIT
"""How a message moves: created, sending, then delivered, sent or failed, as the clock says."""

from dataclasses import replace
from datetime import datetime

from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import FINAL, Channel, Message, Status

__all__ = ["at", "end", "is_smoke_test", "outcome_of"]

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
    if age < message.sending_after:
        return replace(message, status=Status.CREATED)
    # There is nothing to wait for abroad: sent is the end, at once.
    if message.outcome is Status.SENT:
        return replace(message, status=Status.SENT, done_after=message.sending_after)
    if age < message.done_after:
        return replace(message, status=Status.SENDING)
    return replace(message, status=message.outcome)


def end(message: Message, status: Status, *, now: datetime) -> Message:
    """End a message now. Also one that had ended: a network may change its word.

    Args:
        message: the message.
        status: how it ends.
        now: the instant.

    Returns:
        The message.

    Raises:
        ValueError: when messages do not end so.
    """
    if status not in FINAL:
        raise ValueError(f"A message does not end so. Use one of: {', '.join(sorted(FINAL))}.")
    return replace(message, status=status, outcome=status, ended_at=now)
