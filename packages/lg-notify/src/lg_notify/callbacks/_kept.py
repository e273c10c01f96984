# SPDX-License-Identifier: MIT
"""What an inbox keeps of each kind of callback, and how a worker reads it again.

A message that can be read is kept as its fields; one that cannot, as it came, so that a later
release can read it. Of a receipt or a complaint that cannot be read only the fields that are known
and hold nothing personal are kept: who it went to would be among the rest.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from lg_notify.callbacks._events import Complaint, DeliveryReceipt, ReceivedText, ReturnedLetter
from lg_notify.callbacks._reading import (
    parse_complaint,
    parse_receipt,
    parse_received_text,
    parse_returned_letter,
)

if TYPE_CHECKING:
    from pydantic import JsonValue

__all__ = ["KINDS", "Event", "Kind", "event_of", "kept_event", "kept_raw", "kind_of"]

Event: TypeAlias = DeliveryReceipt | ReceivedText | ReturnedLetter | Complaint


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of callback.

    Attributes:
        name: what it is called in the inbox and in logs.
        event: what it is read into.
        parse: reads a body.
        named_by: what tells one message of the kind from another.
        whole: whether one that cannot be read is kept as it came.
    """

    name: str
    event: type[Event]
    parse: Callable[[bytes | str], Event]
    named_by: Callable[[Any], tuple[object, ...]]
    whole: bool


def _receipt(event: DeliveryReceipt) -> tuple[object, ...]:
    return event.id, event.status, event.sent_at, event.completed_at


KINDS: Final[Mapping[type[Event], Kind]] = {
    DeliveryReceipt: Kind("receipt", DeliveryReceipt, parse_receipt, _receipt, whole=False),
    ReceivedText: Kind(
        "received-text",
        ReceivedText,
        parse_received_text,
        lambda event: (event.id,),
        whole=True,
    ),
    ReturnedLetter: Kind(
        "returned-letter",
        ReturnedLetter,
        parse_returned_letter,
        lambda event: (event.notification_id, event.date_sent),
        whole=True,
    ),
    Complaint: Kind(
        "complaint",
        Complaint,
        parse_complaint,
        lambda event: (event.notification_id, event.complaint_id, event.complaint_date),
        whole=False,
    ),
}
_BY_NAME: Final = {kind.name: kind for kind in KINDS.values()}


def kept_event(kind: Kind, event: Event) -> Mapping[str, "JsonValue"]:
    """Return what the inbox keeps of a message that was read.

    Args:
        kind: its kind.
        event: the message.
    """
    values = {each.name: getattr(event, each.name) for each in fields(event)}
    return {"kind": kind.name} | {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def kept_raw(kind: Kind, body: bytes) -> Mapping[str, "JsonValue"]:
    """Return what the inbox keeps of a message that cannot be read.

    Args:
        kind: its kind.
        body: the body as it came.
    """
    if kind.whole:
        return {"kind": kind.name, "unread": body.decode("utf-8", "surrogateescape")}
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        found = None  # nothing of it is known to be fit to keep
    known = cast("dict[str, object]", found) if isinstance(found, dict) else dict[str, object]()
    names = {each.name for each in fields(kind.event)}
    safe: dict[str, JsonValue] = {
        name: value
        for name, value in known.items()
        if name in names and isinstance(value, str | int | None)
    }
    return {"kind": kind.name, "unread": json.dumps(safe)}


def kind_of(payload: Mapping[str, object]) -> Kind | None:
    """Return the kind of a message that the inbox kept, or None where it is none of ours.

    Args:
        payload: what was kept.
    """
    name = payload.get("kind")
    return _BY_NAME.get(name) if isinstance(name, str) else None


def event_of(kind: Kind, payload: Mapping[str, object]) -> Event:
    """Read a message that the inbox kept; also one that an earlier release could not read.

    Args:
        kind: its kind.
        payload: what was kept.

    Raises:
        CallbackRefusedError: it still cannot be read.
    """
    unread = payload.get("unread")
    if isinstance(unread, str):
        return kind.parse(unread.encode("utf-8", "surrogateescape"))
    return kind.parse(json.dumps(dict(payload)))
