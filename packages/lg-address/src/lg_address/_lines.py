# SPDX-License-Identifier: MIT
"""From the parts of a record to the lines of an address, and to its place in a list. Pure.

Royal Mail's file (DPA): its Programmers' Guide sets out how sub-building, building name and
number are put together. A name that is a number in disguise ("12A", "1-3", "A") joins the line
after it; any other stands alone. Councils' gazetteers (LPI): BS 7666, in the order of OS's own
single-line address.
"""

import re
from dataclasses import dataclass
from typing import Final

from lg_address._records import DpaRecord, LpiRecord
from lg_address.titles import title_case

__all__ = ["Laid", "Place", "lay_out_dpa", "lay_out_lpi", "natural"]

Chunk = tuple[int, int, str]
Place = tuple[tuple[Chunk, ...], ...]
"""Where an address stands in a list: street, number, building, part of it, organisation."""

# Programmers' Guide, exceptions i to iii: digits at both ends, or a digit and then one letter at
# the end, or a single character.
_NUMBER_IN_DISGUISE: Final = re.compile(r"[0-9](?:.*[0-9])?[A-Za-z]?|[A-Za-z]")
_NUMBER_AT_END: Final = re.compile(r"(?P<name>.*[^\s0-9]) (?P<number>[0-9]+(?:-[0-9]+)?[A-Za-z]?)")
# After these words the number is part of the name: Block 3, Unit 12A.
_NUMBERED: Final = (
    "BLOCK BLOCKS BUILDING BUILDINGS CHALET FLAT FLOOR HOUSE LEVEL LODGE MAISONETTE OFFICE PHASE "
    "PLOT ROOM STUDIO SUITE UNIT UNITS"
)
_OWN_NUMBER: Final = frozenset(_NUMBERED.split())
_DIGITS: Final = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class Laid:
    """A record laid out.

    Attributes:
        lines: what stands above the town.
        town: the town.
        organisation: who is there.
        place: where it stands in a list.
        level: the floor, to tell apart what would read alike.
    """

    lines: tuple[str, ...]
    town: str | None
    organisation: str | None
    place: Place
    level: str | None = None


def natural(text: str | None) -> tuple[Chunk, ...]:
    """Return a key that sorts numbers as numbers: 1, 2, 2A, 10.

    Args:
        text: what is sorted by; nothing sorts first.
    """
    return tuple(
        (0, int(chunk), "") if chunk.isdigit() else (1, 0, chunk.strip().casefold())
        for chunk in _DIGITS.split(text or "")
        if chunk.strip()
    )


def lay_out_dpa(record: DpaRecord) -> Laid:
    """Lay out a record of Royal Mail's file.

    Args:
        record: the record.
    """
    name, number = _name_and_number(record.building_name, record.building_number)
    box = record.po_box_number
    before: list[str] = []
    if box is not None:
        before, lead = [f"PO Box {box}"], ""  # stands in place of a building
    else:
        before, lead = _premises(record.sub_building_name, name, number)
    roads = _present(record.dependent_thoroughfare_name, record.thoroughfare_name)
    places = _present(record.double_dependent_locality, record.dependent_locality)
    after = [*roads, *places]
    # Without a street the number stands before the first locality; without either, alone.
    after = [*_join(lead, after[0]), *after[1:]] if after else _present(lead)
    lines = (*_present(record.organisation_name, record.department_name), *before, *after)
    return Laid(
        lines=lines,
        town=_title(record.post_town),
        organisation=_title(record.organisation_name),
        place=(
            natural(" ".join([*roads, *places])),
            _numbered(number or _leading_number(name)),
            natural(name),
            natural(record.sub_building_name),
            natural(record.organisation_name),
        ),
    )


def lay_out_lpi(record: LpiRecord) -> Laid:
    """Lay out a record of a council's gazetteer.

    Args:
        record: the record.
    """
    secondary = _range(
        record.sao_start_number,
        record.sao_start_suffix,
        end=record.sao_end_number,
        end_suffix=record.sao_end_suffix,
    )
    primary = _range(
        record.pao_start_number,
        record.pao_start_suffix,
        end=record.pao_end_number,
        end_suffix=record.pao_end_suffix,
    )
    street = _join(primary, record.street_description or "")
    building = _present(record.pao_text)
    if secondary:
        following = [*building, *street]
        joined = _join(secondary, following[0]) if following else [secondary]
        inside = [*joined, *following[1:]]
    else:
        inside = [*building, *street]
    locality = record.locality_name if record.locality_name != record.town_name else None
    lines = (*_present(record.organisation, record.sao_text), *inside, *_present(locality))
    return Laid(
        lines=lines,
        town=_title(record.town_name),
        organisation=_title(record.organisation),
        place=(
            natural(" ".join(_present(record.street_description, locality))),
            _numbered(primary),
            natural(record.pao_text),
            natural(" ".join(_present(record.sao_text, secondary))),
            natural(record.organisation),
        ),
        level=_title(record.level),
    )


def _premises(sub: str | None, name: str | None, number: str | None) -> tuple[list[str], str]:
    """Return the lines before the street, and what stands before the street's name."""
    before: list[str] = []
    lead = number or ""
    if name is not None and number is None and _NUMBER_IN_DISGUISE.fullmatch(name):
        name, lead = None, name
    if sub is not None and _NUMBER_IN_DISGUISE.fullmatch(sub):
        if name is not None:
            before += _join(sub, name)
        else:
            lead = ", ".join(_present(sub, lead))
        return before, lead
    return _present(sub, name), lead


def _name_and_number(name: str | None, number: str | None) -> tuple[str | None, str | None]:
    """Take the number off the end of a name, such as Rose Cottages 1-3, where there is no other."""
    found = _NUMBER_AT_END.fullmatch(name) if name is not None and number is None else None
    if found is None or found["name"].split()[-1].upper() in _OWN_NUMBER:
        return name, number
    return found["name"], found["number"]


def _leading_number(name: str | None) -> str:
    return name if name is not None and _NUMBER_IN_DISGUISE.fullmatch(name) else ""


def _numbered(number: str) -> tuple[Chunk, ...]:
    """Sort what has a number before what has a name."""
    return natural(number) or ((2, 0, ""),)


def _range(
    start: str | None, suffix: str | None, *, end: str | None, end_suffix: str | None
) -> str:
    """Write a number of BS 7666: 1, 1A, 1-3 or 1A-3B."""
    first, last = (start or "") + (suffix or ""), (end or "") + (end_suffix or "")
    return f"{first}-{last}" if last else first


def _join(lead: str, text: str) -> list[str]:
    """Put a number before a name without a comma, and before another number with one."""
    between = ", " if lead and text[:1].isdigit() else " "
    return _present(between.join(_present(lead, text)))


def _present(*parts: str | None) -> list[str]:
    """Write each part in title case before it is joined: THE is the first word of The Street."""
    return [title_case(part) for part in parts if part]


def _title(text: str | None) -> str | None:
    return None if text is None else title_case(text)
