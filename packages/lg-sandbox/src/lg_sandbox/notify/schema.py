# SPDX-License-Identifier: MIT
"""Hold bodies against Notify's schemas, with the texts of its errors.

Source: notifications-api, the schemas `post_sms_request`, `post_email_request`,
`post_letter_request`, `post_precompiled_letter_request` and `post_template_preview_request`, and
`app/schema_validation` for the texts. All that is wrong is told at
once: first each attribute in the order of the schema, then what is missing, then what is unknown.
"""

import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from lg_sandbox.notify.errors import bad_request, invalid
from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone

__all__ = [
    "NewMessage",
    "NewPrecompiled",
    "is_uuid",
    "read_body",
    "read_message",
    "read_precompiled",
    "read_preview",
    "unknown_in",
    "without_quotes",
]

_LONGEST_REFERENCE = 1000
_DEFAULT_POSTAGE = "second"
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A request to send, whose shape is right.

    Args:
        channel: how.
        to: the phone number or email address, as given; empty for a letter.
        template_id: the template, in the usual form of a UUID.
        personalisation: the values.
        reference: the sender's own reference.
        sender_id: which sender of texts, or address for replies.
        unsubscribe_url: where one click unsubscribes.
        sanitise: the names of the values to sanitise.
    """

    channel: Channel
    to: str = field(repr=False)
    template_id: str
    personalisation: Mapping[str, object] = field(repr=False)
    reference: str | None = field(repr=False)
    sender_id: str | None
    unsubscribe_url: str | None = field(repr=False)
    sanitise: Sequence[object] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewPrecompiled:
    """A request to send a letter whose PDF the service made.

    Args:
        reference: the sender's own reference, of any length.
        content: the PDF in base64.
        postage: how it is sent.
    """

    reference: str = field(repr=False)
    content: str = field(repr=False)
    postage: str


_Check = Callable[[object, datetime], str | None]


def read_body(body: bytes) -> dict[str, Any]:
    """Read a body as a JSON object, whatever its Content-Type says.

    Args:
        body: the body as it came.

    Returns:
        The object.

    Raises:
        Refusal: 400 `BadRequestError` when it is no JSON, `ValidationError` when it is no object.
    """
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise bad_request("Invalid JSON supplied in POST data") from None
    if not isinstance(value, dict):
        raise invalid([_wrong_type(value, "object")])
    return cast("dict[str, Any]", value)


def read_message(fields: Mapping[str, Any], *, channel: Channel, now: datetime) -> NewMessage:
    """Read a request to send with a template.

    Args:
        fields: its body.
        channel: how to send.
        now: the instant on the virtual clock.

    Returns:
        The request.

    Raises:
        Refusal: 400 `ValidationError` when it does not fit.
    """
    checks, required, recipient, sender = _SCHEMAS[channel]
    faults = list(_faults(fields, checks, required=required, now=now))
    if faults:
        raise invalid(faults)
    return NewMessage(
        channel,
        to=fields.get(recipient, ""),
        template_id=str(uuid.UUID(fields["template_id"])),
        personalisation=fields.get("personalisation", {}),
        reference=fields.get("reference"),
        sender_id=fields.get(sender),
        unsubscribe_url=fields.get("one_click_unsubscribe_url"),
        sanitise=fields.get("sanitise_content_for") or (),
    )


def read_precompiled(fields: Mapping[str, Any], *, now: datetime) -> NewPrecompiled:
    """Read a request to send a letter whose PDF the service made.

    Args:
        fields: its body.
        now: the instant on the virtual clock.

    Returns:
        The request.

    Raises:
        Refusal: 400 `ValidationError` when it does not fit.
    """
    checks: dict[str, _Check] = {"reference": _text, "content": _text, "postage": _postage}
    faults = list(_faults(fields, checks, required=("reference", "content"), now=now))
    if faults:
        raise invalid(faults)
    return NewPrecompiled(
        fields["reference"], fields["content"], fields.get("postage", _DEFAULT_POSTAGE)
    )


def read_preview(body: bytes, *, now: datetime) -> Mapping[str, object]:
    """Read a request to preview a template. An empty body, and unknown attributes, are allowed.

    Args:
        body: the body as it came.
        now: the instant on the virtual clock.

    Returns:
        The values.

    Raises:
        Refusal: 400 `BadRequestError` when it is no JSON, `ValidationError` when it does not fit.
    """
    fields = read_body(body) if body else {}
    values: dict[str, object] = fields.get("personalisation", {})
    fault = _personalisation(values, now)
    if fault is not None:
        raise invalid([f"personalisation {fault}"])
    return values


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
    yield from unknown_in(fields, checks.keys())


def unknown_in(given: Mapping[str, object], known: AbstractSet[str]) -> list[str]:
    """Say which attributes or parameters the schema does not have, in its library's words.

    Args:
        given: what came.
        known: what the schema has.

    Returns:
        One text, or none.
    """
    unknown = [without_quotes(name) for name in given if name not in known]
    if not unknown:
        return []
    verb = "was" if len(unknown) == 1 else "were"
    listed = ", ".join(unknown)
    return [f"Additional properties are not allowed ({listed} {verb} unexpected)"]


def without_quotes(text: object) -> str:
    """Write a value as Notify does: it takes the quotes out of what its schema library says.

    Args:
        text: the value.

    Returns:
        The text of the value.
    """
    return str(text).replace("'", "")


def _wrong_type(value: object, *wanted: str) -> str:
    return f"{repr(value).replace(chr(39), '')} is not of type {', '.join(wanted)}"


def is_uuid(value: object) -> bool:
    """Say whether a value is a UUID, as Notify reads one.

    Args:
        value: the value.

    Returns:
        Whether it is one.
    """
    try:
        uuid.UUID(cast("str", value))
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _uuid(value: object, _now: datetime) -> str | None:
    return None if is_uuid(value) else "is not a valid UUID"


def _text(value: object, _now: datetime) -> str | None:
    return None if isinstance(value, str) else _wrong_type(value, "string")


def _postage(value: object, _now: datetime) -> str | None:
    if not isinstance(value, str):
        return _wrong_type(value, "string")
    fits = value in {"first", "second", "economy"}
    return None if fits else "invalid. It must be either first, second or economy."


def _reference(value: object, _now: datetime) -> str | None:
    if not isinstance(value, str):
        return _wrong_type(value, "string")
    return f"{without_quotes(value)} is too long" if len(value) > _LONGEST_REFERENCE else None


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
# For each channel: the attributes, those required, and the names of recipient and sender.
_SCHEMAS: dict[Channel, tuple[Mapping[str, _Check], tuple[str, ...], str, str]] = {
    Channel.SMS: (
        {"reference": _reference, "phone_number": _recipient(read_phone)}
        | _COMMON
        | {"sms_sender_id": _uuid},
        ("phone_number", "template_id"),
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
        ("email_address", "template_id"),
        "email_address",
        "email_reply_to_id",
    ),
    Channel.LETTER: (
        {"reference": _reference, "template_id": _uuid, "personalisation": _personalisation},
        ("template_id", "personalisation"),
        "",
        "",
    ),
}
