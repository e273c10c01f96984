# SPDX-License-Identifier: MIT
"""The placeholders of a template, and what each is for as far as the text shows it. Pure.

| kind | where the text shows it |
|---|---|
| condition | each mark has a text to show: `((garden??Put it out))` |
| list | it stands alone on a line of an e-mail or a letter, below a line that ends with `:` |
| text | anything else |

Rules: technical documentation, 'Personalisation', 'Optional content' and 'Bullet points'.
"""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from lg_notify._personalisation import same_name
from lg_notify.message import TemplateType
from lg_notify.render._fields import Mark, parsed

__all__ = ["Kind", "is_address_line", "kinds_of", "parts_of"]

_ADDRESS: Final = re.compile(r"addressline[1-7]|postcode")


class Kind(StrEnum):
    """What a placeholder is for."""

    TEXT = "text"
    LIST = "list"
    CONDITION = "condition"


def parts_of(contact_block: str | None, subject: str | None, body: str) -> tuple[str, ...]:
    """Return the parts of a template that hold placeholders, in the order of what is printed.

    Args:
        contact_block: the sender's address on a letter.
        subject: the subject or the heading.
        body: the text.
    """
    return tuple(part for part in (contact_block, subject, body) if part)


def is_address_line(name: str) -> bool:
    """Say whether a name is one of the lines of a letter's address.

    Args:
        name: the name of a placeholder.
    """
    return _ADDRESS.fullmatch(same_name(name)) is not None


def kinds_of(channel: str, parts: Iterable[str]) -> dict[str, Kind]:
    """Name the placeholders of a template with what each is for.

    Args:
        channel: `sms`, `email` or `letter`.
        parts: the parts of the template that hold placeholders; the last is the body.

    Returns:
        The kind by the name, as the template writes it first, in the order of the parts.
    """
    names: dict[str, str] = {}
    marks: dict[str, list[Kind]] = {}
    given = tuple(parts)
    for at, part in enumerate(given):
        lists = channel != TemplateType.SMS and at == len(given) - 1
        for mark, kind in _marks(part, lists=lists):
            key = same_name(mark.name)
            names.setdefault(key, mark.name)
            marks.setdefault(key, []).append(kind)
    return {name: _together(marks[key]) for key, name in names.items()}


def _together(kinds: list[Kind]) -> Kind:
    shown = {kind for kind in kinds if kind is not Kind.CONDITION}
    if not shown:
        return Kind.CONDITION
    return Kind.LIST if shown == {Kind.LIST} else Kind.TEXT


def _marks(text: str, *, lists: bool) -> Iterable[tuple[Mark, Kind]]:
    pieces = parsed(text).pieces
    for at, piece in enumerate(pieces):
        if isinstance(piece, str):
            continue
        before = pieces[at - 1] if at else ""
        after = pieces[at + 1] if at + 1 < len(pieces) else ""
        if piece.text is not None:
            yield piece, Kind.CONDITION
        elif lists and _is_list(before, after):
            yield piece, Kind.LIST
        else:
            yield piece, Kind.TEXT


def _is_list(before: str | Mark, after: str | Mark) -> bool:
    if not isinstance(before, str) or not isinstance(after, str):
        return False
    lead, line, rest = before.rpartition("\n")
    stands_alone = bool(line) and not rest.strip() and not after.partition("\n")[0].strip()
    return stands_alone and lead.rstrip().endswith(":")
