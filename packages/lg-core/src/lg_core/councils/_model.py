# SPDX-License-Identifier: MIT
"""Say what a council is: an entry of the register, with its tier; and what a question can lack."""

from dataclasses import dataclass
from enum import StrEnum

from lg_core.identifiers import GssCode, Nation

__all__ = ["Council", "CouncilFault", "Tier"]


class Tier(StrEnum):
    """The kind of a principal council: what it is, and so what it answers for.

    A county and a district share one place and divide its services. Each of the others answers
    for all of them.
    """

    CITY_CORPORATION = "city-corporation"
    """The City of London Corporation, which is no London borough."""
    COUNCIL_AREA = "council-area"
    """One of the 32 councils of Scotland."""
    COUNTY = "county"
    """A county council in England, with districts below it."""
    DISTRICT = "district"
    """A district, borough or city council in England, with a county above it."""
    LONDON_BOROUGH = "london-borough"
    """One of the 32 London boroughs, the City of Westminster among them."""
    METROPOLITAN_DISTRICT = "metropolitan-district"
    """A metropolitan borough or city council in England, without a county council."""
    NORTHERN_IRELAND_DISTRICT = "northern-ireland-district"
    """One of the 11 councils of Northern Ireland."""
    UNITARY = "unitary"
    """A unitary authority in England, the Isles of Scilly among them."""
    WELSH_UNITARY = "welsh-unitary"
    """One of the 22 councils of Wales, which call themselves county or county borough."""


class CouncilFault(StrEnum):
    """What was wrong with a question to the register: the `code` of the error. Names are stable."""

    EMPTY = "empty"
    """Nothing, or nothing but white space and signs."""
    NOT_COVERED = "not_covered"
    """A day before or after those that the register covers."""
    UNKNOWN = "unknown"
    """No council of the register has this code, GSS code or name."""
    WRONG_TYPE = "wrong_type"
    """Something other than text, or other than a plain date."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Council:
    """One principal council of the register.

    Keep `code` as the key: a GSS code changes with the boundary, and a name with the council's
    wish. `str` gives the name.

    Args:
        code: three capital letters that stay the council's own, such as `LDS`.
        gss: the GSS code of its area today.
        name: its official name, such as `Leeds City Council`.
        nation: the nation that it lies in.
        tier: the kind of council.
        slug: GOV.UK's name for it in addresses of pages, such as `leeds`.
        other_names: other names that it is known by, without those that differ from `name` by
            the word 'Council' only.
    """

    code: str
    gss: GssCode
    name: str
    nation: Nation
    tier: Tier
    slug: str
    other_names: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name
