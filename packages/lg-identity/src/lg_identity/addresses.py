# SPDX-License-Identifier: MIT
"""The addresses that One Login checked, and what they are as postal addresses."""

from dataclasses import dataclass, field
from datetime import date

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode, Uprn
from lg_core.postal import NoUprn, PostalAddress

__all__ = ["OneLoginAddress"]

_UNITED_KINGDOM = "GB"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneLoginAddress:
    """An address as One Login states it ('address' claim). Its `repr` shows nothing of it.

    The parts have the meaning of the same names in Ordnance Survey's AddressBase. A part that is
    not known is an empty text.

    Attributes:
        uprn: the property; None where the person changed the address by hand, and abroad.
        organisation: an organisation's name.
        department: a department of it.
        sub_building: a flat or a unit.
        building_name: a building's name.
        building_number: a building's number.
        dependent_street: a street off the street.
        street: the street.
        double_dependent_locality: a place within the dependent locality.
        dependent_locality: a place within the locality.
        locality: the town.
        region: a region, abroad.
        postal_code: the postcode, as it came.
        country: two letters (ISO 3166-1).
        valid_from: since when; month and day may always be 1 January.
        valid_until: until when; None for a current address.
    """

    uprn: Uprn | None = field(default=None, repr=False)
    organisation: str = field(default="", repr=False)
    department: str = field(default="", repr=False)
    sub_building: str = field(default="", repr=False)
    building_name: str = field(default="", repr=False)
    building_number: str = field(default="", repr=False)
    dependent_street: str = field(default="", repr=False)
    street: str = field(default="", repr=False)
    double_dependent_locality: str = field(default="", repr=False)
    dependent_locality: str = field(default="", repr=False)
    locality: str = field(default="", repr=False)
    region: str = field(default="", repr=False)
    postal_code: str = field(default="", repr=False)
    country: str = ""
    valid_from: date | None = field(default=None, repr=False)
    valid_until: date | None = field(default=None, repr=False)

    @property
    def current(self) -> bool:
        """Whether the person lives there now: a current address has no end."""
        return self.valid_until is None

    def postal(self) -> PostalAddress | None:
        """Return it as a postal address.

        Returns:
            The address; None where it has no line, or has no postcode in the United Kingdom.
        """
        lines = self._lines()
        if self.country != _UNITED_KINGDOM:
            lines = tuple(line for line in (*lines, self.region, self.postal_code) if line)
            return PostalAddress(lines, no_uprn=NoUprn.ABROAD) if lines else None
        try:
            postcode = Postcode(self.postal_code)
        except InvalidValueError:
            return None
        if not lines:
            return None
        if self.uprn is None:
            # One Login takes the UPRN away where the person changes the address.
            return PostalAddress(lines, postcode, no_uprn=NoUprn.TYPED_IN)
        return PostalAddress(lines, postcode, uprn=self.uprn)

    def _lines(self) -> tuple[str, ...]:
        first, second = self.dependent_street, self.street
        if self.building_number and first:
            first = f"{self.building_number} {first}"
        elif self.building_number:
            second = f"{self.building_number} {second}".strip()
        parts = (
            self.organisation,
            self.department,
            self.sub_building,
            self.building_name,
            first,
            second,
            self.double_dependent_locality,
            self.dependent_locality,
            self.locality,
        )
        return tuple(part for part in parts if part)
