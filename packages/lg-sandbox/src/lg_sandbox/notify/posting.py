# SPDX-License-Identifier: MIT
"""Accept a letter, or refuse it: with a template, or as a PDF that the service made.

The order of the checks is that of notifications-api, `post_notifications.py`
(`process_letter_notification`, `post_precompiled_letter_notification`).
"""

import base64
import binascii
import uuid
from datetime import datetime, timedelta

from lg_sandbox.notify.content import check_values, contact_block, write
from lg_sandbox.notify.errors import bad_request, invalid
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.letters import LONGEST, check_qr_codes, pages_of, written_lines
from lg_sandbox.notify.model import Account, Channel, Letter, Message, Status
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.post_days import delivery
from lg_sandbox.notify.postal import LINES, lines_from, read_address
from lg_sandbox.notify.schema import NewMessage, NewPrecompiled
from lg_sandbox.notify.sending import Accepted, Caller, check_permission, find_template

__all__ = ["PRECOMPILED", "post", "post_precompiled"]

PRECOMPILED = "ffffffff-0000-4000-8000-000000000000"
"""The id of the template that Notify notes for a precompiled letter; the service never sees it."""

# notifications-api: what stands for the address until somebody has read it from the PDF.
_PROVIDED = "Provided as PDF"


def post(new: NewMessage, *, office: Office, caller: Caller, now: datetime) -> Accepted:
    """Accept a letter with a template.

    Args:
        new: the request, whose shape is right.
        office: the state of the stand-in.
        caller: who sends.
        now: the instant on the virtual clock.

    Returns:
        The letter.

    Raises:
        Refusal: when a check fails.
    """
    account = caller.account
    check_permission(account, Channel.LETTER)
    template = find_template(caller.desk, new)
    values = new.personalisation
    check_values(template, values)
    content = write(template, values)
    if not content.body:
        raise bad_request("Your message is empty.")
    check_qr_codes(content.body)
    _check_key(caller)
    address = read_address(lines_from(values), international=account.international_letters)
    if address.fault is not None:
        raise invalid([address.fault])
    postage = address.zone.value if address.international else template.postage or "second"
    lines = written_lines(f"{content.subject or ''}\n\n{content.body}")
    pages = len(pages_of(lines))
    letter = Letter(
        postage=postage,
        address=address.lines,
        given={
            **{f"line_{at}": _text(values.get(name)) for at, name in enumerate(LINES[:6], 1)},
            "postcode": _text(values.get("postcode")),
        },
        contact_block=contact_block(template, values),
        pages=pages,
        content=None,
        estimated_delivery=delivery(now, postage=postage).latest,
    )
    # technical documentation, 'Letters': more than ten pages are not printed.
    outcome = Status.VALIDATION_FAILED if pages > LONGEST else Status.DELIVERED
    message = _message(
        letter,
        caller=caller,
        now=now,
        outcome=office.course(address.lines[0], channel=Channel.LETTER, outcome=outcome),
        template=(template.id, template.version),
        said=(content.subject, content.body),
        reference=new.reference,
    )
    return _kept(message, office=office, caller=caller, now=now)


def post_precompiled(
    new: NewPrecompiled, *, office: Office, caller: Caller, now: datetime
) -> Accepted:
    """Accept a letter whose PDF the service made. What the PDF holds is looked at later.

    Args:
        new: the request, whose shape is right.
        office: the state of the stand-in.
        caller: who sends.
        now: the instant on the virtual clock.

    Returns:
        The letter.

    Raises:
        Refusal: when a check fails.
    """
    check_permission(caller.account, Channel.LETTER)
    _check_key(caller)
    try:
        content = base64.b64decode(new.content)
    except (binascii.Error, ValueError):
        raise bad_request("Cannot decode letter content (invalid base64 encoding)") from None
    letter = Letter(
        postage=new.postage,
        address=(),
        given={"line_1": _PROVIDED},
        contact_block=None,
        pages=max(1, content.count(b"/Type /Page\n") + content.count(b"/Type /Page ")),
        content=content,
        estimated_delivery=delivery(now, postage=new.postage).latest,
    )
    is_pdf = content.startswith(b"%PDF-")
    outcome = Status.DELIVERED if is_pdf else Status.VALIDATION_FAILED
    message = _message(
        letter,
        caller=caller,
        now=now,
        outcome=office.course(_PROVIDED, channel=Channel.LETTER, outcome=outcome),
        template=(PRECOMPILED, 1),
        said=("Pre-compiled PDF", ""),
        reference=new.reference,
    )
    return _kept(message, office=office, caller=caller, now=now)


def _check_key(caller: Caller) -> None:
    if caller.key is KeyKind.TEAM:
        raise bad_request("Cannot send letters with a team api key", status=403)
    if caller.account.trial and caller.key is not KeyKind.TEST:
        raise bad_request(
            "Cannot send letters when service is in trial mode – see "  # noqa: RUF001 -- Notify's text
            "https://www.notifications.service.gov.uk/trial-mode",
            status=403,
        )


def _kept(message: Message, *, office: Office, caller: Caller, now: datetime) -> Accepted:
    office.keep(message)
    caller.desk.limits.count(Channel.LETTER, caller.key, now=now)
    return Accepted(message)


def _message(
    letter: Letter,
    *,
    caller: Caller,
    now: datetime,
    outcome: Status,
    template: tuple[str, int],
    said: tuple[str | None, str],
    reference: str | None,
) -> Message:
    account = caller.account
    checked = account.checked_after if letter.precompiled else timedelta()
    sending, done = _times(letter, account=account, key=caller.key, checked=checked, now=now)
    if outcome is Status.TECHNICAL_FAILURE:
        done = sending
    subject, body = said
    to = letter.address[0] if letter.address else _PROVIDED
    return Message(
        id=str(uuid.uuid4()),
        channel=Channel.LETTER,
        key=caller.key,
        template_id=template[0],
        template_version=template[1],
        created_at=now,
        to=to,
        body=body,
        delivered_text=body,
        subject=subject,
        reference=reference,
        unsubscribe_url=None,
        fragments=0,
        multiplier=0,
        outcome=outcome,
        sending_after=sending,
        done_after=done,
        account=account.id,
        recipient=to,
        letter=letter,
        checked_after=checked,
        sent_by=caller.sent_by,
        in_job=caller.in_job,
        silent=True,
    )


def _times(
    letter: Letter, *, account: Account, key: KeyKind, checked: timedelta, now: datetime
) -> tuple[timedelta, timedelta]:
    """Say when a letter goes to print, and when it is printed: at once with a test key."""
    if key is KeyKind.TEST:
        return checked + account.sending_after, checked + account.done_after
    printed = max(delivery(now, postage=letter.postage).printed_by - now, checked)
    return max(checked, min(account.sending_after, printed)), printed


def _text(value: object) -> str | None:
    return None if value is None else str(value)
