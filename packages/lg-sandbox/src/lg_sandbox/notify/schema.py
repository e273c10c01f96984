# SPDX-License-Identifier: MIT
"""Hold bodies and queries against Notify's schemas, with the texts of its errors.

Source: notifications-api, the schemas `post_sms_request`, `post_email_request` and
`get_notifications_request`, and `app/schema_validation` for the texts. All that is wrong is told at
once: first each attribute in the order of the schema, then what is missing, then what is unknown.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from lg_sandbox.notify.errors import bad_request, invalid
from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone

__all__ = ["LIST_STATUSES", "Listing", "NewMessage", "read_listing", "read_message"]

_LONGEST_REFERENCE = 1000
_DAY = timedelta(hours=24)

LIST_STATUSES = (
    "cancelled",
    "created",
    "sending",
    "sent",
    "delivered",
    "pending",
    "failed",
    "technical-failure",
    "temporary-failure",
    "permanent-failure",
    "pending-virus-check",
    "validation-failed",
    "virus-scan-failed",
    "returned-letter",
    "accepted",
    "received",
)
"""What the query `status` may ask for (schema `get_notifications_request`)."""

_LIST_TYPES = ("sms", "email", "letter")
_ONCE = ("reference", "include_jobs", "older_than")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A request to send, whose shape is right.

    Args:
        channel: how.
        to: the phone number or email address, as given.
        template_id: the template, in the usual form of a UUID.
        personalisation: the values.
        reference: the sender's own reference.
        sender_id: which sender of texts, or address for replies.
        unsubscribe_url: where one click unsubscribes.
        sanitise: whether the request names values to sanitise.
    """

    channel: Channel
    to: str = field(repr=False)
    template_id: str
    personalisation: Mapping[str, object] = field(repr=False)
    reference: str | None = field(repr=False)
    sender_id: str | None
    unsubscribe_url: str | None = field(repr=False)
    sanitise: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list of messages is asked for.

    Args:
        statuses: only these, where any are given; as the query names them.
        channels: only these, where any are given.
        reference: only this, where given.
        older_than: only messages before this one, where given.
    """

    statuses: tuple[str, ...]
    channels: tuple[str, ...]
    reference: str | None = field(repr=False)
    older_than: str | None


_Check = Callable[[object, datetime], str | None]


def read_message(body: bytes, *, channel: Channel, now: datetime) -> NewMessage:
    """Read the body of a request to send.

    Args:
        body: the body as it came.
        channel: how to send.
        now: the instant on the virtual clock.

    Returns:
        The request.

    Raises:
        Refusal: 400 `BadRequestError` when it is no JSON, `ValidationError` when it does not fit.
    """
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("Invalid JSON supplied in POST data") from None
    if not isinstance(value, dict):
        raise invalid([_wrong_type(value, "object")])
    fields = cast("dict[str, Any]", value)
    checks, recipient, sender = _SCHEMAS[channel]
    faults = list(_faults(fields, checks, required=(recipient, "template_id"), now=now))
    if faults:
        raise invalid(faults)
    return NewMessage(
        channel,
        to=fields[recipient],
        template_id=str(uuid.UUID(fields["template_id"])),
        personalisation=fields.get("personalisation", {}),
        reference=fields.get("reference"),
        sender_id=fields.get(sender),
        unsubscribe_url=fields.get("one_click_unsubscribe_url"),
        sanitise=bool(fields.get("sanitise_content_for")),
    )


def read_listing(query: Sequence[tuple[str, str]]) -> Listing:
    """Read the query of a request to list.

    Args:
        query: its parts, in order.

    Returns:
        What is asked for.

    Raises:
        Refusal: 400 `ValidationError`.
    """
    given: dict[str, list[str]] = {}
    for name, value in query:
        given.setdefault(name, []).append(value)
    faults: list[str] = []
    faults += _outside("status", given.get("status", []), LIST_STATUSES)
    faults += _outside("template_type", given.get("template_type", []), _LIST_TYPES)
    faults += _outside("include_jobs", given.get("include_jobs", [])[:1], ("true", "True"))
    older_than = given.get("older_than", [None])[0]
    if older_than is not None and not _is_uuid(older_than):
        faults.append("older_than is not a valid UUID")
    faults += _unknown(given, {"status", "template_type", *_ONCE})
    if faults:
        raise invalid(faults)
    return Listing(
        tuple(given.get("status", ())),
        tuple(given.get("template_type", ())),
        given.get("reference", [None])[0],
        None if older_than is None else str(uuid.UUID(older_than)),
    )


def _outside(name: str, values: Sequence[str], allowed: Sequence[str]) -> list[str]:
    listed = ", ".join(allowed)
    return [
        f"{name} {_plain(value)} is not one of [{listed}]"
        for value in values
        if value not in allowed
    ]


def _faults(
    fields: Mapping[str, object],
    checks: Mapping[str, _Check],
    *,
    required: Sequence[str],
    now: datetime,
) -> Iterator[str]:
    for name, check in checks.items():
        fault = check(fields[name], now) if name in fields else None
        if fault is not None:
            yield f"{name} {fault}"
    yield from (f"{name} is a required property" for name in required if name not in fields)
    yield from _unknown(fields, checks)


def _unknown(given: Mapping[str, object], known: "Mapping[str, object] | set[str]") -> list[str]:
    unknown = [_plain(name) for name in given if name not in known]
    if not unknown:
        return []
    verb = "was" if len(unknown) == 1 else "were"
    listed = ", ".join(unknown)
    return [f"Additional properties are not allowed ({listed} {verb} unexpected)"]


def _plain(text: object) -> str:
    # Notify takes the quotes out of what its schema library says.
    return str(text).replace("'", "")


def _wrong_type(value: object, *wanted: str) -> str:
    return f"{repr(value).replace(chr(39), '')} is not of type {', '.join(wanted)}"


def _is_uuid(value: object) -> bool:
    try:
        uuid.UUID(cast("str", value))
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _uuid(value: object, _now: datetime) -> str | None:
    return None if _is_uuid(value) else "is not a valid UUID"


def _reference(value: object, _now: datetime) -> str | None:
    if not isinstance(value, str):
        return _wrong_type(value, "string")
    return f"{_plain(value)} is too long" if len(value) > _LONGEST_REFERENCE else None


def _personalisation(value: object, _now: datetime) -> str | None:
    return None if isinstance(value, dict) else _wrong_type(value, "object")


def _recipient(read: Callable[[str], object]) -> _Check:
    def check(value: object, _now: datetime) -> str | None:
        if not isinstance(value, str):
            return _wrong_type(value, "string")
        try:
            read(value)
        except BadRecipientError as error:
            return str(error)
        return None

    return check


def _scheduled_for(value: object, now: datetime) -> str | None:
    """Notify checks this and then sends at once (recorded answer 'scheduled_for in 1h')."""
    if value is None:
        return None
    if not isinstance(value, str):
        return _wrong_type(value, "string", "null")
    try:
        # The offset is thrown away, not applied.
        when = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except ValueError:
        return (
            "datetime format is invalid. It must be a valid ISO8601 date time format, "
            "https://en.wikipedia.org/wiki/ISO_8601"
        )
    if when < now:
        return "datetime can not be in the past"
    return "datetime can only be 24 hours in the future" if when > now + _DAY else None


def _unsubscribe(value: object, _now: datetime) -> str | None:
    fits = isinstance(value, str) and value.startswith("https://") and not set(value) & set(" <>")
    return None if fits else "is not a valid https url"


def _sanitise(value: object, _now: datetime) -> str | None:
    return None if value is None or isinstance(value, list) else _wrong_type(value, "array", "null")


_COMMON: dict[str, _Check] = {
    "template_id": _uuid,
    "personalisation": _personalisation,
    "scheduled_for": _scheduled_for,
}
_SCHEMAS: dict[Channel, tuple[Mapping[str, _Check], str, str]] = {
    Channel.SMS: (
        {"reference": _reference, "phone_number": _recipient(read_phone)}
        | _COMMON
        | {"sms_sender_id": _uuid},
        "phone_number",
        "sms_sender_id",
    ),
    Channel.EMAIL: (
        {"reference": _reference, "email_address": _recipient(read_email)}
        | _COMMON
        | {
            "email_reply_to_id": _uuid,
            "one_click_unsubscribe_url": _unsubscribe,
            "sanitise_content_for": _sanitise,
        },
        "email_address",
        "email_reply_to_id",
    ),
}
