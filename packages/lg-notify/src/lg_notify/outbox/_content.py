# SPDX-License-Identifier: MIT
"""What the outbox must know of a message: how it is kept, who it goes to, and what makes it one.

Pure. A person is kept as a digest, so that all that goes to one person can be found and erased
without their number or address standing in the table when the message has ended.

The digest is plain SHA-256, without a key. All UK numbers can be tried against it, so it is
personal data still, and is erased and purged like it. A key in the same database would protect
nothing; a key outside, once lost or changed, would let messages be sent twice, since the same
digest says what is the same message, and would leave people who cannot be erased.
"""

import hashlib
import json
from typing import TYPE_CHECKING, Final, cast

from lg_core.errors import InvalidValueError
from lg_notify._one_form import one_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from lg_notify.new_message import Message

__all__ = [
    "channel_of",
    "dump",
    "load",
    "message_digest",
    "recipient_digest",
    "recipient_of",
]

_CHANNELS: Final = {
    "Sms": "sms",
    "Email": "email",
    "Letter": "letter",
    "PrecompiledLetter": "letter",
}


def channel_of(kind: str) -> str:
    """Return the channel of a kind of message.

    Args:
        kind: the name of the message's class.

    Raises:
        InvalidValueError: it is no message that Notify sends.
    """
    channel = _CHANNELS.get(kind)
    if channel is None:
        raise InvalidValueError(
            f"message must be one of {', '.join(_CHANNELS)}, from lg_notify.",
            field="message",
            code="not_a_message",
        )
    return channel


def recipient_of(message: "Message") -> str:
    """Return who a message goes to, as it was given: a number, an address, or the lines of one.

    A letter that is a PDF names nobody that a program can read: the PDF itself stands for them.

    Args:
        message: the message.
    """
    for name in ("phone_number", "email_address"):
        given = getattr(message, name, None)
        if given is not None:
            return str(given)
    content = getattr(message, "content", None)
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    values: dict[str, object] = getattr(message, "personalisation", {})
    names = [*(f"address_line_{number}" for number in range(1, 8)), "postcode"]
    return "\n".join(str(values[name]) for name in names if values.get(name))


def recipient_digest(channel: str, recipient: str) -> str:
    """Return the digest by which all messages to one recipient are found.

    Args:
        channel: `sms`, `email` or `letter`.
        recipient: as it was given.
    """
    return _digest(channel, one_form(channel, recipient))


def message_digest(
    *, case: str, channel: str, template: str | None, recipient: str, period: str
) -> str:
    """Return the digest that two enqueued messages share where they are the same message.

    Args:
        case: the caller's id of what it is about.
        channel: `sms`, `email` or `letter`.
        template: the template's id.
        recipient: as it was given.
        period: what sets it apart from the next one.
    """
    return _digest(case, template, channel, one_form(channel, recipient), period)


def _digest(*parts: str | None) -> str:
    # JSON, so that no two lists of parts are written alike.
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def dump(message: "Message") -> str:
    """Write a message as it is kept until it has ended.

    Args:
        message: the message.
    """
    content = message.model_dump(mode="json", exclude_none=True)
    return json.dumps(content, allow_nan=False, separators=(",", ":"))


def load(kind: str, content: str, *, reference: str) -> "Message":
    """Read a message that was kept, under the outbox's reference.

    Args:
        kind: the name of its class.
        content: what `dump` wrote.
        reference: the outbox's name for it.

    Raises:
        InvalidValueError: this release of lg-notify cannot read it.
    """
    # pydantic's models are needed by who sends, and not by who only looks.
    from lg_notify import new_message  # noqa: PLC0415 -- as above

    channel_of(kind)
    # The models' signatures differ; each checks what it is given.
    model = cast("Callable[..., Message]", getattr(new_message, kind))
    return model(**{**json.loads(content), "reference": reference})
