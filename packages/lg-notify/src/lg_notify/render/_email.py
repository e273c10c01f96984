# SPDX-License-Identifier: MIT
"""An e-mail as GOV.UK Notify sends it: its subject, its text and its HTML. Pure."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lg_notify.render._escaping import escaped, marked
from lg_notify.render._fields import Mark, Template, Values, filled, parsed, values_of
from lg_notify.render._typography import govuk_unlinked, one_line, typeset, without_unsupported
from lg_notify.render._writers import EmailHtml, EmailText, OneLine, Writer, written

__all__ = ["EmailPreview", "email", "names_of"]

_LARGEST = 2_000_000
_PREHEADER = 256


@dataclass(frozen=True, slots=True)
class EmailPreview:
    """What an e-mail becomes. Its `repr` shows its size alone.

    Attributes:
        subject: the subject, one line.
        body: the Markdown with its values, which Notify keeps and gives back.
        plain_text: the text for programs that show no HTML.
        html: the body in HTML; `email_page` makes a page of it. A placeholder without a value is
            marked in it.
        preheader: what programs show beside the subject, escaped for HTML, 256 characters at most.
        size: the bytes of `body`.
        too_long: whether Notify would refuse it: more than 2,000,000 bytes.
        placeholders: the names of the placeholders, of the subject first.
        missing: those of them that have no value, for which Notify would refuse it.
    """

    subject: str = field(repr=False)
    body: str = field(repr=False)
    plain_text: str = field(repr=False)
    html: str = field(repr=False)
    preheader: str = field(repr=False)
    size: int
    too_long: bool
    placeholders: tuple[str, ...] = field(repr=False)
    missing: tuple[str, ...] = field(repr=False)


def email(
    subject: str, body: str, personalisation: Mapping[str, object] | None = None
) -> EmailPreview:
    """Render an e-mail without asking GOV.UK Notify.

    Args:
        subject: the template's subject.
        body: the template's body, Markdown of Notify's (docs, 'Formatting').
        personalisation: the values, by name: text, numbers, True or False, or lists of them. A
            file shows as an address that stands for its link.

    Returns:
        What would be sent, and what Notify would refuse.
    """
    values = values_of(personalisation)
    heading, content = parsed(subject), parsed(body)
    source = filled(content, values, bullets=True).strip()
    size = len(source.encode("utf-8", "replace"))
    names = names_of(heading, content)
    preheader = _written(content, values, OneLine(), escape=escaped)
    text = html.unescape(_written(content, values, EmailText()))
    return EmailPreview(
        subject=one_line(typeset(filled(heading, values))),
        body=source,
        plain_text=text.lstrip() + "\n",
        html=_written(content, values, EmailHtml(), escape=escaped, unfilled=marked),
        preheader=" ".join(preheader.split())[:_PREHEADER].strip(),
        size=size,
        too_long=size > _LARGEST,
        placeholders=names.names,
        missing=names.missing(values),
    )


def names_of(*templates: Template) -> Template:
    """Join the placeholders of several parts of a message.

    Args:
        *templates: the parts, in the order in which Notify names theirs.

    Returns:
        A template without text, that has all names once.
    """
    names: dict[str, str] = {}
    for template in templates:
        for key, name in zip(template.keys, template.names, strict=True):
            names.setdefault(key, name)
    return Template((), tuple(names.values()), tuple(names))


def _written(
    template: Template,
    values: Values,
    writer: Writer,
    *,
    escape: Callable[[str], str] | None = None,
    unfilled: Callable[[Mark], str] | None = None,
) -> str:
    source = filled(template, values, bullets=True, escape=escape or str, unfilled=unfilled)
    source = without_unsupported(govuk_unlinked(source))
    return typeset(written(source, writer, tags=escape is None))
