# SPDX-License-Identifier: MIT
"""Find the columns of a file: the recipient's, one for each placeholder, and the row's own key.

Headings are compared as Notify compares names (capitals, spaces, _ and - do not count), so a file
that was made for Notify's own pages can be used as it is. Pure.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lg_core.errors import InvalidValueError
from lg_notify._personalisation import same_name
from lg_notify.bulk._template import ADDRESS_LINES, BulkTemplate
from lg_notify.message import TemplateType

__all__ = ["Columns", "match_columns"]

_TO: Final = {TemplateType.SMS: "phone number", TemplateType.EMAIL: "email address"}
_POSTCODE: Final = "postcode"
_KEY: Final = "key"
_ROW_KEY: Final = "row key"
_FEWEST_LINES: Final = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column of a file holds what.

    Attributes:
        recipient: what each column of the recipient is called in a message to a person, and its
            heading; of a letter, one a line.
        values: the placeholders, and the heading of each.
        key: the heading of the column that names each row; None where there is none.
        others: how many columns are not used.
    """

    recipient: tuple[tuple[str, str], ...] = field(repr=False)
    values: tuple[tuple[str, str], ...] = field(repr=False)
    key: str | None = field(repr=False)
    others: int


class _Search:
    """Looks for columns, and notes every fault, so that a person puts all right at once."""

    def __init__(self, header: Sequence[str], named: Mapping[str, str]) -> None:
        self._header = [heading for heading in header if heading]
        self._by_key: dict[str, list[str]] = {}
        for heading in self._header:
            self._by_key.setdefault(same_name(heading), []).append(heading)
        self._named = {same_name(name): heading.strip() for name, heading in named.items()}
        self._asked: set[str] = set()
        self.faults: list[str] = []

    def find(self, name: str, *also: str, needed: bool = True) -> str | None:
        """Return the heading of a column; `also` are other names for it."""
        names = [same_name(each) for each in (name, *also)]
        self._asked.update(names)
        given = next((self._named[each] for each in names if each in self._named), None)
        if given is not None:
            if given in self._header:
                return given
            self.faults.append(
                f"The file has no column with the heading that was given for {name}."
            )
            return None
        found = [heading for each in names for heading in self._by_key.get(each, ())]
        if len(found) > 1:
            self.faults.append(
                f"Two columns could be {name}. Say which it is, with --column {name}=HEADING."
            )
        elif not found and needed:
            self.faults.append(
                f"No column is called {name}. Name it so, or say which it is, with "
                f"--column {name}=HEADING."
            )
        return found[0] if found else None

    def unknown(self, *, known: Iterable[str]) -> None:
        """Note what was named and is nothing that a row could have."""
        if self._named.keys() - self._asked:
            self.faults.append(
                "A column was given for something that the template does not have. It has "
                f"{', '.join(known)}."
            )


def match_columns(
    header: Sequence[str], *, template: BulkTemplate, named: Mapping[str, str]
) -> Columns:
    """Find the columns that a template needs.

    Args:
        header: the headings of the file.
        template: the template.
        named: headings of the file that are called otherwise than Notify calls them: by `to` for
            the recipient, `key` for the row's own key, the name of a placeholder, or
            `address line 1` and so on.

    Returns:
        Where everything stands.

    Raises:
        InvalidValueError: columns are missing, stand twice, or were named and are not there. The
            text names what is needed, and never a heading of the file: a file without a header
            begins with somebody's number.
    """
    search = _Search(header, named)
    values: list[tuple[str, str]] = []
    for name in template.placeholders:
        heading = search.find(name)
        if heading is not None:
            values.append((name, heading))
    recipient = _recipient(search, template.channel)
    # Where the template itself has a placeholder `key`, its values need not tell rows apart.
    is_taken = same_name(_KEY) in map(same_name, template.placeholders)
    names = (_ROW_KEY,) if is_taken else (_KEY, _ROW_KEY)
    key = search.find(*names, needed=False)
    needed = _TO.get(template.channel, "address line 1 to 7")
    search.unknown(known=("to", needed, *template.placeholders, names[0]))
    if search.faults:
        faults = "\n".join(search.faults)
        raise InvalidValueError(
            f"The columns of the file do not fit the template:\n{faults}",
            field="columns",
            code="columns",
        )
    used = {key, *(heading for _, heading in (*recipient, *values))}
    return Columns(recipient, tuple(values), key, sum(each not in used for each in header if each))


def _recipient(search: _Search, channel: TemplateType) -> tuple[tuple[str, str], ...]:
    if channel is not TemplateType.LETTER:
        name = _TO[channel]
        heading = search.find(name, "to")
        return () if heading is None else ((name, heading),)
    lines = [
        (name, heading)
        for name in (*ADDRESS_LINES, _POSTCODE)
        if (heading := search.find(name, needed=False)) is not None
    ]
    if len(lines) < _FEWEST_LINES:
        search.faults.append(
            "A letter needs three columns or more called address line 1 to address line 7, the "
            "last of which may be called postcode."
        )
    return tuple(lines)
