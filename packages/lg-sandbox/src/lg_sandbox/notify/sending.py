# SPDX-License-Identifier: MIT
"""Accept a text or an email, or refuse it: Notify's checks after the schema, one after another.

The order is that of notifications-api, `app/v2/notifications/post_notifications.py`: only the
first check that fails is told.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from lg_sandbox.notify import machine
from lg_sandbox.notify.content import check_values, write
from lg_sandbox.notify.desk import Desk
from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal, bad_request, broken
from lg_sandbox.notify.files import file_keys, link_to, read_file, smoke_test_link
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Channel, Message
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.recipients import (
    BadRecipientError,
    PhoneNumber,
    read_email,
    read_phone,
)
from lg_sandbox.notify.sanitise import sanitise
from lg_sandbox.notify.schema import NewMessage
from lg_sandbox.notify.sms_text import LONGEST, clean, fragments
from lg_sandbox.notify.templates import Template

__all__ = [
    "Accepted",
    "Caller",
    "check_limits",
    "check_permission",
    "check_rate",
    "day_refusal",
    "find_template",
    "rate_refusal",
    "send",
]

_LONGEST_EMAIL = 2_000_000
_WORDS = {Channel.SMS: "text messages", Channel.EMAIL: "emails", Channel.LETTER: "letters"}
_SENDER_FIELD = {Channel.SMS: "sms_sender_id", Channel.EMAIL: "email_reply_to_id"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends.

    Args:
        desk: the service.
        key: the kind of key.
        base: the address under which pages and the API are served.
        sent_by: who sends on Notify's pages; None for the API.
        in_job: whether it is sent from a spreadsheet on Notify's pages.
    """

    desk: Desk
    key: KeyKind
    base: str
    sent_by: str | None = field(default=None, repr=False)
    in_job: bool = False

    @property
    def account(self) -> Account:
        """The service's settings."""
        return self.desk.account


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that was accepted.

    Args:
        message: the message. A smoke test's is not kept.
        sanitised: the values that were made harmless, as the answer tells them.
    """

    message: Message
    sanitised: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict[str, dict[str, str]], repr=False
    )


def check_rate(caller: Caller, *, now: datetime) -> None:
    """Refuse what comes too often in a minute. Nobody has looked at the body by then.

    Args:
        caller: who sends.
        now: the instant on the virtual clock.

    Raises:
        Refusal: 429 `RateLimitError`.
    """
    account, key = caller.account, caller.key
    limits = caller.desk.limits
    if account.rate_limited and not limits.take(key, rate=account.rate_limit, now=now):
        raise rate_refusal(account, key)


def check_limits(caller: Caller, *, channel: Channel, now: datetime) -> None:
    """Refuse what comes too often in a minute or in a day, before anybody looks at the body.

    Args:
        caller: who sends.
        channel: how the message would be sent.
        now: the instant on the virtual clock.

    Raises:
        Refusal: 429 `RateLimitError` in this minute, `TooManyRequestsError` for this day.
    """
    check_rate(caller, now=now)
    allowed = caller.account.messages_a_day(channel, key=caller.key)
    if caller.desk.limits.used(channel, caller.key, now=now) >= allowed:
        raise day_refusal(allowed)


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


def day_refusal(allowed: int) -> Refusal:
    """Say that a limit of the day is reached.

    Args:
        allowed: how many messages a day it is.

    Returns:
        The refusal, to be raised.
    """
    text = f"Exceeded send limits ({allowed}) for today"
    return Refusal(429, [NotifyError(ErrorName.TOO_MANY, text)])


def check_permission(account: Account, channel: Channel) -> None:
    """Refuse a channel that a service may not use.

    Args:
        account: the service.
        channel: how it would send.

    Raises:
        Refusal: 400 `BadRequestError`.
    """
    allowed = {
        Channel.SMS: account.sms_enabled,
        Channel.EMAIL: account.email_enabled,
        Channel.LETTER: account.letters_enabled,
    }
    if not allowed[channel]:
        raise bad_request(f"Service is not allowed to send {_WORDS[channel]}")


def find_template(desk: Desk, new: NewMessage) -> Template:
    """Find the template that a message is sent with.

    Args:
        desk: the service.
        new: the request.

    Returns:
        The template.

    Raises:
        Refusal: 400 `BadRequestError` where there is none, or it is of another kind, or deleted.
    """
    template = desk.templates.get(new.template_id)
    if template is None:
        raise bad_request("Template not found")
    if template.channel is not new.channel:
        raise bad_request(
            f"{template.channel} template is not suitable for {new.channel} notification"
        )
    if template.archived:
        raise bad_request("Template has been deleted")
    return template


def send(new: NewMessage, *, office: Office, caller: Caller, now: datetime) -> Accepted:
    """Accept a text or an email.

    Args:
        new: the request, whose shape is right.
        office: the state of the stand-in.
        caller: who sends.
        now: the instant on the virtual clock.

    Returns:
        The message.

    Raises:
        Refusal: when a check fails.
    """
    account = caller.account
    check_permission(account, new.channel)
    template = find_template(caller.desk, new)
    values, sanitised = _sanitised(new)
    check_values(template, values)
    content = write(template, values)
    if not content.body:
        raise bad_request("Your message is empty.")
    sender = _sender(account, new)
    recipient = _recipient(caller, new, now=now)
    smoke_test = machine.is_smoke_test(recipient.normalised)
    if file_keys(values):
        values = _with_links(values, new, office=office, caller=caller, to=recipient, now=now)
        content = write(template, values)
    _check_length(new.channel, content.body)
    sms = new.channel is Channel.SMS
    shown = f"{account.name}: {content.body}" if sms and account.prefix_sms else content.body
    delivered = clean(shown) if sms else shown
    outcome = machine.outcome_of(
        recipient.normalised,
        channel=new.channel,
        key=caller.key,
        international=recipient.international,
    )
    if not smoke_test:
        outcome = office.course(recipient.normalised, channel=new.channel, outcome=outcome)
    course = machine.course_of(outcome, account=account)
    message = Message(
        id=str(uuid.uuid4()),
        channel=new.channel,
        key=caller.key,
        template_id=template.id,
        template_version=template.version,
        created_at=now,
        to=new.to,
        body=content.body,
        delivered_text=delivered,
        subject=content.subject,
        reference=new.reference,
        unsubscribe_url=new.unsubscribe_url,
        fragments=fragments(delivered) if sms else 0,
        multiplier=recipient.multiplier,
        outcome=course.outcome,
        sending_after=course.sending_after,
        done_after=course.done_after,
        account=account.id,
        recipient=recipient.normalised,
        sender=sender,
        sent_by=caller.sent_by,
        in_job=caller.in_job,
        silent=course.silent,
    )
    if not smoke_test:
        office.keep(message)
        abroad = recipient.international
        caller.desk.limits.count(new.channel, caller.key, now=now, abroad=abroad)
    return Accepted(message, sanitised)


def _sanitised(
    new: NewMessage,
) -> tuple[Mapping[str, object], Mapping[str, Mapping[str, str]]]:
    if not new.sanitise:
        return new.personalisation, {}
    try:
        return sanitise(new.personalisation, names=new.sanitise)
    except TypeError:
        raise broken(ErrorName.TYPE) from None


def _sender(account: Account, new: NewMessage) -> str:
    sms = new.channel is Channel.SMS
    if new.sender_id is None:
        return account.sms_sender if sms else account.from_email
    known = account.sms_senders if sms else account.email_reply_to
    sender_id = str(uuid.UUID(new.sender_id))
    if sender_id not in known:
        raise bad_request(
            f"{_SENDER_FIELD[new.channel]} {new.sender_id} does not exist in database for "
            f"service id {account.id}"
        )
    # An address for replies does not change whom the email comes from.
    return known[sender_id] if sms else account.from_email


def _recipient(caller: Caller, new: NewMessage, *, now: datetime) -> PhoneNumber:
    """Read to whom a message goes; an email address takes the same form as a number."""
    account, key = caller.account, caller.key
    if new.channel is Channel.EMAIL:
        address = read_email(new.to)
        _check_allowed(account, address, key)
        return PhoneNumber(address, mobile=True, international=False, multiplier=0)
    number = read_phone(new.to)
    _check_allowed(account, number.normalised, key)
    if number.international and not account.international_sms:
        raise bad_request("Cannot send to international mobile numbers")
    if not number.mobile:
        raise bad_request("Not a UK mobile number", name=ErrorName.INVALID_PHONE)
    if number.international:
        used = caller.desk.limits.used(Channel.SMS, key, now=now, abroad=True)
        if used >= account.international_limit:
            raise day_refusal(account.international_limit)
    return number


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


def _with_links(
    values: Mapping[str, object],
    new: NewMessage,
    *,
    office: Office,
    caller: Caller,
    to: PhoneNumber,
    now: datetime,
) -> dict[str, object]:
    """Keep the files of a message, and put their links in their places."""
    account = caller.account
    if new.channel is not Channel.EMAIL:
        raise bad_request("Can only send a file by email")
    if account.contact_link is None:
        raise bad_request(
            "Send files by email has not been set up - add contact details for your service at "
            f"https://www.notifications.service.gov.uk/services/{account.id}/service-settings/"
            "send-files-by-email"
        )
    linked = dict(values)
    names = file_keys(values)
    if machine.is_smoke_test(to.normalised):
        fake = smoke_test_link(account.id, base=caller.base)
        return linked | dict.fromkeys(names, fake)
    files = {
        name: read_file(
            cast("dict[str, Any]", values[name]), account=account.id, to=to.normalised, now=now
        )
        for name in names
    }
    for name, file in files.items():
        office.files[file.id] = file
        linked[name] = link_to(file, base=caller.base)
    return linked


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
