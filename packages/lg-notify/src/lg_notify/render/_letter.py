# SPDX-License-Identifier: MIT
"""A letter as GOV.UK Notify prints it, as far as that can be known without printing it. Pure.

How many pages a letter has depends on fonts and on Notify's layout, and is not known here: ask
`NotifyClient` for the PDF of a letter that was sent with a test key.
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lg_notify.render._email import names_of
from lg_notify.render._escaping import escaped, marked
from lg_notify.render._fields import Values, filled, key_of, parsed, values_of
from lg_notify.render._typography import one_line, typeset
from lg_notify.render._writers import LetterHtml, LetterText, written

__all__ = ["LetterPreview", "QrCode", "letter"]

_LONGEST_CODE = 504
_LINES = tuple(key_of(f"address_line_{number}") for number in range(1, 8))
_LAST = _LINES[-1]
_TEXT_OR_TAG = re.compile(r"<[^>]*>|-")
_SPACE_AND_COMMAS = re.compile(r"[\s,]+$")


@dataclass(frozen=True, slots=True)
class QrCode:
    """A QR code of a letter.

    Attributes:
        text: what the code says.
        bytes: how long that is, in UTF-8.
        too_long: whether Notify would refuse it: more than 504 bytes.
    """

    text: str = field(repr=False)
    bytes: int
    too_long: bool


@dataclass(frozen=True, slots=True)
class LetterPreview:
    """What a letter becomes. Its `repr` shows nothing of what it says.

    Attributes:
        subject: the heading of the letter, one line.
        lines: the body in lines of text.
        html: the body in HTML. A QR code shows as what it says; a placeholder without a value is
            marked.
        contact_block: the sender's address, in lines.
        address: the address, in lines, without empty ones and commas at their ends. Whether
            Notify takes it, `lg_notify.recipients` says.
        placeholders: the names of the placeholders, of the contact block first, then the subject.
        missing: those of them that have no value, for which Notify would refuse it.
        qr_codes: what each QR code says, and whether it is too long.
    """

    subject: str = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    html: str = field(repr=False)
    contact_block: tuple[str, ...] = field(repr=False)
    address: tuple[str, ...] = field(repr=False)
    placeholders: tuple[str, ...] = field(repr=False)
    missing: tuple[str, ...] = field(repr=False)
    qr_codes: tuple[QrCode, ...]


def letter(
    subject: str,
    body: str,
    personalisation: Mapping[str, object] | None = None,
    *,
    contact_block: str | None = None,
    address: Iterable[str] | None = None,
) -> LetterPreview:
    """Render a letter without asking GOV.UK Notify. Its pages cannot be counted here.

    Args:
        subject: the template's heading.
        body: the template's body, Markdown of Notify's (docs, 'Formatting').
        personalisation: the values, by name, address_line_1 to address_line_7 and postcode among
            them.
        contact_block: the sender's address, where the template has one.
        address: the lines of the address; where left out, those of the values.

    Returns:
        What would be printed, and what Notify would refuse.
    """
    values = values_of(personalisation)
    heading, content, contact = parsed(subject), parsed(body), parsed((contact_block or "").strip())
    names = names_of(contact, heading, content)
    source = filled(content, values, bullets=True, escape=escaped, unfilled=marked)
    text = LetterText()
    plain = typeset(written(filled(content, values, bullets=True), text, tags=True))
    block = filled(contact, values)
    return LetterPreview(
        subject=one_line(typeset(filled(heading, values))),
        lines=tuple(html.unescape(plain).strip().splitlines()),
        html=_unbroken(typeset(written(source, LetterHtml(), tags=False))),
        contact_block=tuple(line.strip() for line in block.splitlines()),
        address=_address(values) if address is None else _tidied(address),
        placeholders=names.names,
        missing=names.missing(values),
        qr_codes=tuple(map(_code, text.codes)),
    )


def _code(text: str) -> QrCode:
    size = len(text.encode("utf-8", "replace"))
    return QrCode(text=text, bytes=size, too_long=size > _LONGEST_CODE)


def _unbroken(text: str) -> str:
    """Make hyphens of the text, not of tags, such as do not break a line."""
    return _TEXT_OR_TAG.sub(lambda match: "\u2011" if match[0] == "-" else match[0], text)


def _address(values: Values) -> tuple[str, ...]:
    """Take the address from the values: its last line is the seventh, or else the postcode."""
    last = _LAST if values.get(_LAST) is not None else key_of("postcode")
    given = (values.get(key) for key in (*_LINES[:-1], last))
    return _tidied("" if line is None else str(line) for line in given)


def _tidied(lines: Iterable[str]) -> tuple[str, ...]:
    tidy = (_SPACE_AND_COMMAS.sub("", one_line(line)) for line in lines)
    return tuple(line for line in tidy if line)
