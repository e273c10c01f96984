# SPDX-License-Identifier: MIT
"""The outbox: messages that are enqueued with your own work, sent once, and accounted for.

    with Outbox("sqlite:///messages.db") as outbox, NotifyClient.from_env() as notify:
        outbox.enqueue(Sms(...), case="GW-0001")
        Dispatcher(outbox, notify).run_once()

Needs the extra `lg-notify[outbox]`.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify.outbox._dispatched import Dispatched
    from lg_notify.outbox._dispatcher import Dispatcher, Suppression
    from lg_notify.outbox._entries import (
        Change,
        MessageState,
        OutboxCounts,
        OutboxMessage,
        Queued,
        ToSend,
    )
    from lg_notify.outbox._outbox import Outbox
    from lg_notify.outbox._rates import SendRate
    from lg_notify.outbox._schema import OUTBOX_SCHEMA
    from lg_notify.outbox._states import Told
    from lg_notify.outbox.errors import MessageInFlightError, NotInOutboxError

__all__ = [
    "OUTBOX_SCHEMA",
    "Change",
    "Dispatched",
    "Dispatcher",
    "MessageInFlightError",
    "MessageState",
    "NotInOutboxError",
    "Outbox",
    "OutboxCounts",
    "OutboxMessage",
    "Queued",
    "SendRate",
    "Suppression",
    "ToSend",
    "Told",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(
        __name__,
        {
            "Dispatched": "lg_notify.outbox._dispatched",
            **dict.fromkeys(("Dispatcher", "Suppression"), "lg_notify.outbox._dispatcher"),
            **dict.fromkeys(
                ("Change", "MessageState", "OutboxCounts", "OutboxMessage", "Queued", "ToSend"),
                "lg_notify.outbox._entries",
            ),
            "Outbox": "lg_notify.outbox._outbox",
            "SendRate": "lg_notify.outbox._rates",
            "OUTBOX_SCHEMA": "lg_notify.outbox._schema",
            "Told": "lg_notify.outbox._states",
            **dict.fromkeys(
                ("MessageInFlightError", "NotInOutboxError"), "lg_notify.outbox.errors"
            ),
        },
    )
