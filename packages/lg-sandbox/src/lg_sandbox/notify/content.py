# SPDX-License-Identifier: MIT
"""Write a message from its template and its values, as the API gives it back.

Source: the outputs recorded from notifications-utils 127.0.0; recorded answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lg_sandbox.notify.errors import bad_request
from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.placeholders import (
    as_bullets,
    as_sentence,
    fill_in,
    missing_from,
    names_in,
)
from lg_sandbox.notify.sms_text import clean
from lg_sandbox.notify.templates import Template

__all__ = ["Content", "check_values", "contact_block", "typeset", "write"]

# notifications-utils, the subject of an email: straight quotes become curly ones.
_OPENING = (" ", "(", "[", "\n")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message says.

    Args:
        subject: the subject of an email or the heading of a letter; None for a text.
        body: the text. An email's and a letter's are the template's Markdown with its values.
    """

    subject: str | None = field(repr=False)
    body: str = field(repr=False)


def check_values(template: Template, personalisation: Mapping[str, object]) -> None:
    """Refuse values that are not enough for a template.

    Args:
        template: the template.
        personalisation: the values.

    Raises:
        Refusal: 400 `BadRequestError` with the names, in the order of the template.
    """
    missing = missing_from(personalisation, names=names_in(*template.parts))
    if missing:
        raise bad_request(f"Missing personalisation: {', '.join(missing)}")


def write(template: Template, personalisation: Mapping[str, object]) -> Content:
    """Write a message.

    Args:
        template: the template.
        personalisation: the values.

    Returns:
        What it says, without the service's name before a text.
    """
    if template.channel is Channel.SMS:
        return Content(None, clean(fill_in(template.body, personalisation, listing=as_sentence)))
    subject = fill_in(template.subject or "", personalisation, listing=as_sentence)
    body = fill_in(template.body, personalisation, listing=as_bullets)
    return Content(typeset(" ".join(subject.split())), body.strip())


def contact_block(template: Template, personalisation: Mapping[str, object]) -> str | None:
    """Write the service's address at the top of a letter.

    Args:
        template: the template.
        personalisation: the values.

    Returns:
        The text; None where the template has none.
    """
    if template.contact_block is None:
        return None
    return fill_in(template.contact_block, personalisation, listing=as_sentence)


def typeset(subject: str) -> str:
    """Set quotes and dashes of a subject as print sets them (recorded outputs, 'email').

    Args:
        subject: the subject on one line.

    Returns:
        The subject as it is sent.
    """
    if "'" not in subject and '"' not in subject and " -" not in subject:
        return subject
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
