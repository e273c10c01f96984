# SPDX-License-Identifier: MIT
"""Accept a message, or refuse it: Notify's checks after the schema, one after another.

The order is that of notifications-api, `app/v2/notifications/post_notifications.py`: only the
first check that fails is told.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from lg_sandbox.answers import NotBuiltError
from lg_sandbox.notify import machine
from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal, bad_request
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Channel, Message
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.placeholders import (
    as_bullets,
    as_sentence,
    fill_in,
    missing_from,
    names_in,
)
from lg_sandbox.notify.recipients import BadRecipientError, read_email, read_phone
from lg_sandbox.notify.schema import NewMessage
from lg_sandbox.notify.sms_text import LONGEST, clean, fragments
from lg_sandbox.notify.templates import Template

__all__ = ["check_limits", "rate_refusal", "send"]

_LONGEST_EMAIL = 2_000_000
_WORDS = {Channel.SMS: "text messages", Channel.EMAIL: "emails"}
_SENDER_FIELD = {Channel.SMS: "sms_sender_id", Channel.EMAIL: "email_reply_to_id"}
# notifications-utils, the subject of an email: straight quotes become curly ones.
_OPENING = (" ", "(", "[", "\n")


def check_limits(office: Office, *, channel: Channel, key: KeyKind, now: datetime) -> None:
    """Refuse what comes too often. This comes before anybody looks at the body.

    Args:
        office: the state of the stand-in.
        channel: how the message would be sent.
        key: the kind of key.
        now: the instant on the virtual clock.

    Raises:
        Refusal: 429 `RateLimitError` in this minute, `TooManyRequestsError` for this day.
    """
    account = office.account
    if account.rate_limited and not office.limits.take(key, rate=account.rate_limit, now=now):
        raise rate_refusal(account, key)
    if office.limits.used(channel, key, now=now) >= account.messages_a_day:
        text = f"Exceeded send limits ({account.messages_a_day}) for today"
        raise Refusal(429, [NotifyError(ErrorName.TOO_MANY, text)])


def rate_refusal(account: Account, key: KeyKind) -> Refusal:
    """Say that too many requests came in this minute. No Retry-After comes with it.

    Args:
        account: the service.
        key: the kind of key.

    Returns:
        The refusal, to be raised.
    """
    text = (
        f"Exceeded rate limit for key type {key.label} of {account.rate_limit} requests "
        "per 60 seconds"
    )
    return Refusal(429, [NotifyError(ErrorName.RATE_LIMIT, text)])


def send(new: NewMessage, *, office: Office, key: KeyKind, now: datetime) -> tuple[Message, str]:
    """Accept a message.

    Args:
        new: the request, whose shape is right.
        office: the state of the stand-in.
        key: the kind of key.
        now: the instant on the virtual clock.

    Returns:
        The message, and whom it comes from. A smoke test's message is not kept.

    Raises:
        Refusal: when a check fails.
        NotBuiltError: when the request needs a part of Notify that is not here.
    """
    account = office.account
    if not (account.sms_enabled if new.channel is Channel.SMS else account.email_enabled):
        raise bad_request(f"Service is not allowed to send {_WORDS[new.channel]}")
    template = _template(office, new)
    missing = missing_from(new.personalisation, names=names_in(*template.parts))
    if missing:
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")
    _no_special_values(new)
    subject, body = _content(template, new.personalisation)
    if not body:
        raise bad_request("Your message is empty.")
    sender = _sender(account, new)
    recipient, international, multiplier = _recipient(account, new, key)
    _check_length(new.channel, body)
    shown = f"{account.name}: {body}" if account.prefix_sms else body
    sms = new.channel is Channel.SMS
    delivered = clean(shown) if sms else body
    smoke_test = machine.is_smoke_test(recipient)
    message = Message(
        id=str(uuid.uuid4()),
        channel=new.channel,
        key=key,
        template_id=template.id,
        template_version=template.version,
        created_at=now,
        to=new.to,
        body=body,
        delivered_text=delivered,
        subject=subject,
        reference=new.reference,
        unsubscribe_url=new.unsubscribe_url,
        fragments=fragments(delivered) if sms else 0,
        multiplier=multiplier,
        outcome=machine.outcome_of(
            recipient, channel=new.channel, key=key, international=international
        ),
        sending_after=account.sending_after,
        done_after=max(account.sending_after, account.done_after),
    )
    if not smoke_test:
        office.keep(message)
        office.limits.count(new.channel, key, now=now)
    return message, sender


def _template(office: Office, new: NewMessage) -> Template:
    template = office.templates.get(new.template_id)
    if template is None:
        raise bad_request("Template not found")
    if template.channel is not new.channel:
        raise bad_request(
            f"{template.channel} template is not suitable for {new.channel} notification"
        )
    if template.archived:
        raise bad_request("Template has been deleted")
    return template


def _no_special_values(new: NewMessage) -> None:
    files = any(
        isinstance(value, dict) and "file" in cast("dict[str, Any]", value)
        for value in new.personalisation.values()
    )
    if files:
        raise NotBuiltError("files in a message")
    if new.sanitise:
        raise NotBuiltError("sanitise_content_for")


def _content(template: Template, personalisation: Mapping[str, object]) -> tuple[str | None, str]:
    if template.subject is None:
        return None, clean(fill_in(template.body, personalisation, listing=as_sentence))
    subject = fill_in(template.subject, personalisation, listing=as_sentence)
    body = fill_in(template.body, personalisation, listing=as_bullets)
    return _typeset(" ".join(subject.split())), body.strip()


def _typeset(subject: str) -> str:
    """Set quotes and dashes of a subject as print sets them (recorded outputs, 'email')."""
    done = ""
    for char in subject:
        opens = not done or done.endswith(_OPENING)
        match char:
            case "'":
                done += "‘" if opens else "’"  # noqa: RUF001 -- what Notify sends
            case '"':
                done += "“" if opens else "”"
            case _:
                done += char
    return done.replace(" -- ", " – ").replace(" - ", " – ")  # noqa: RUF001 -- what Notify sends


def _sender(account: Account, new: NewMessage) -> str:
    sms = new.channel is Channel.SMS
    if new.sender_id is None:
        return account.sms_sender if sms else account.from_email
    known = account.sms_senders if sms else account.email_reply_to
    if new.sender_id not in known:
        raise bad_request(
            f"{_SENDER_FIELD[new.channel]} {new.sender_id} does not exist in database for "
            f"service id {account.id}"
        )
    # An address for replies does not change whom the email comes from.
    return known[new.sender_id] if sms else account.from_email


def _recipient(account: Account, new: NewMessage, key: KeyKind) -> tuple[str, bool, int]:
    if new.channel is Channel.EMAIL:
        address = read_email(new.to)
        _check_allowed(account, address, key)
        return address, False, 0
    number = read_phone(new.to)
    _check_allowed(account, number.normalised, key)
    if number.international and not account.international_sms:
        raise bad_request("Cannot send to international mobile numbers")
    if not number.mobile:
        raise bad_request("Not a UK mobile number", name=ErrorName.INVALID_PHONE)
    return number.normalised, number.international, number.multiplier


def _check_allowed(account: Account, recipient: str, key: KeyKind) -> None:
    if key is KeyKind.TEST or machine.is_smoke_test(recipient):
        return
    if key is KeyKind.NORMAL and not account.trial:
        return
    if recipient in {_normalised(each) for each in account.team | account.guest_list}:
        return
    if key is KeyKind.TEAM:
        raise bad_request("Can’t send to this recipient using a team-only API key")
    raise bad_request(
        "Can’t send to this recipient when service is in trial mode – see "  # noqa: RUF001 -- Notify's text
        "https://www.notifications.service.gov.uk/trial-mode"
    )


def _normalised(recipient: str) -> str:
    try:
        return read_email(recipient) if "@" in recipient else read_phone(recipient).normalised
    except BadRecipientError:
        return recipient


def _check_length(channel: Channel, body: str) -> None:
    if channel is Channel.SMS and len(body) > LONGEST:
        raise bad_request(
            f"Your message is too long. Text messages cannot be longer than {LONGEST} characters. "
            f"Your message is {len(body)} characters long."
        )
    size = len(body.encode())
    if size > _LONGEST_EMAIL:
        raise bad_request(
            f"Emails cannot be longer than {_LONGEST_EMAIL} bytes. Your message is {size} bytes"
        )
