# SPDX-License-Identifier: MIT
"""Decide about the confirmation e-mail: send it, look whether it went, wait, or leave it. Pure.

GOV.UK Notify has no idempotency key, and sends again what is asked for again. So before a message
is sent the case says `sending`. Where no answer came, or the process died, it is looked for by its
reference, which only this message carries. It is sent again only where Notify does not have it, a
while after the doubt began: by then a request that was still on its way has arrived or is lost.
"""

from datetime import datetime, timedelta
from enum import StrEnum

__all__ = ["DOUBT_LASTS", "MessageState", "MessageStep", "next_step"]

DOUBT_LASTS = timedelta(minutes=10)
"""How long after an unknown outcome a message may be sent again, if Notify does not have it."""


class MessageState(StrEnum):
    """How far the confirmation has come."""

    NONE = "none"
    """Nothing was sent."""
    SENDING = "sending"
    """It is being sent, or it is not known whether it went."""
    SENT = "sent"
    """Notify has it."""
    REFUSED = "refused"
    """Notify refused it: the template or the address is wrong. Sending again changes nothing."""


class MessageStep(StrEnum):
    """What to do now."""

    SEND = "send"
    LOOK = "look"
    WAIT = "wait"
    LEAVE = "leave"


_IN_FLIGHT = timedelta(minutes=2)


def next_step(
    state: MessageState, *, since: datetime | None, now: datetime, looked: bool = False
) -> MessageStep:
    """Say what to do about the confirmation.

    Args:
        state: how far it has come.
        since: when the state last changed.
        now: the instant.
        looked: whether Notify has been asked for the message and does not have it.

    Returns:
        The step. `WAIT` while a request may still be on its way.
    """
    if state is MessageState.NONE:
        return MessageStep.SEND
    if state is not MessageState.SENDING:
        return MessageStep.LEAVE
    age = timedelta.max if since is None else now - since
    if not looked:
        return MessageStep.LOOK if age >= _IN_FLIGHT else MessageStep.WAIT
    return MessageStep.SEND if age >= DOUBT_LASTS else MessageStep.WAIT
