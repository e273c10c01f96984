# SPDX-License-Identifier: MIT
"""What the stand-in for OS Places knows: custodians, properties, and the project that asks."""

from dataclasses import dataclass, field
from enum import Enum, StrEnum

__all__ = ["Custodian", "Kind", "Premises", "Project", "Side"]


class Side(StrEnum):
    """Whose a property is, in the invented town."""

    HOME = "home"
    """The council of most of the town."""
    NEIGHBOUR = "neighbour"
    """The council beyond the river: it has a part of one split postcode."""
    WALES = "wales"
    """The council of the Welsh quarter, whose records stand in English and in Welsh."""
    NORTHERN_IRELAND = "northern_ireland"
    """Ordnance Survey itself: records of Northern Ireland have no UPRN in OS Places."""


@dataclass(frozen=True, slots=True)
class Custodian:
    """Who keeps a record.

    Args:
        code: the local custodian code, a whole number.
        name: the name, in capitals.
        country: the letter of the country: E, N, S or W.
    """

    code: int
    name: str
    country: str = "E"


class Kind(Enum):
    """What a property is: the classification code of AddressBase, and its description."""

    DETACHED = ("RD02", "Detached")
    SEMI_DETACHED = ("RD03", "Semi-Detached")
    TERRACED = ("RD04", "Terraced")
    FLAT = ("RD06", "Self Contained Flat (Includes Maisonette / Apartment)")
    OFFICE = ("CO01", "Office / Work Studio")
    SHOP = ("CR08", "Shop / Showroom")
    SCHOOL = ("CE03", "Primary, Junior, Infants Or Middle School")
    LIBRARY = ("CC09", "Public / Village Hall / Other Community Facility")
    SHELL = ("PP", "Property Shell")
    CHURCH = ("ZW99CH", "Church")
    STREET = ("PS", "Street Record")
    PLOT = ("RD", "Dwelling")

    @property
    def code(self) -> str:
        """The classification code."""
        return self.value[0]

    @property
    def description(self) -> str:
        """Its description."""
        return self.value[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """One property of the invented town. Nobody lives there.

    Args:
        uprn: 12 digits; empty in Northern Ireland.
        serial: its place in the town, from 1.
        side: whose it is.
        postcode: with its space; empty where nothing is delivered.
        street: the street, in capitals.
        street_cy: the street in Welsh, where it has one.
        usrn: the street's own number, 8 digits.
        kind: what it is.
        organisation: who works there.
        department: a part of the organisation.
        sub_building: a flat or unit.
        building: the name of the building, or a number with a letter.
        number: the number in the street, digits only.
        dependent_street: a street off the street.
        locality: a part of the town.
        parent: the UPRN of what it stands in.
        delivered: whether Royal Mail delivers: only then there is a DPA record.
        status: the logical status of its records: 1 approved, 6 provisional or 8 historic.
        state: the state of the building: 1 under construction, 2 in use, 4 gone.
    """

    uprn: str
    serial: int
    side: Side
    postcode: str
    street: str
    street_cy: str = ""
    usrn: str
    kind: Kind
    organisation: str = ""
    department: str = ""
    sub_building: str = ""
    building: str = ""
    number: str = ""
    dependent_street: str = ""
    locality: str = ""
    parent: str = ""
    delivered: bool = True
    status: int = 1
    state: int = 2


@dataclass(slots=True)
class Project:
    """The project on the OS Data Hub that the key belongs to.

    Args:
        name: its name.
        per_minute: how many transactions a minute it may make: 600 in live mode, 50 in
            development mode (OS Places technical specification, 'throttling').
        rate_limited: whether more than that are refused.
        custodians: who keeps the records of each side of the town. The codes and names of the
            defaults are real, so that they lead to councils; the addresses are not.
    """

    name: str = "sandbox"
    per_minute: int = 600
    rate_limited: bool = True
    custodians: dict[Side, Custodian] = field(
        default_factory=lambda: {
            Side.HOME: Custodian(3935, "SWINDON"),
            Side.NEIGHBOUR: Custodian(3940, "WILTSHIRE"),
            Side.WALES: Custodian(6825, "CARMARTHENSHIRE", "W"),
            Side.NORTHERN_IRELAND: Custodian(7655, "ORDNANCE SURVEY", "N"),
        }
    )
