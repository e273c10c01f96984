# SPDX-License-Identifier: MIT
"""An address as an answer, and what finds addresses by their postcode."""

from collections.abc import Sequence
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict

from lg_core.errors import LgError
from lg_core.identifiers import Postcode, Uprn
from lg_core.postal import NoUprn, PostalAddress

__all__ = ["AddressAnswer", "AddressLookup", "LookupUnavailableError"]


class LookupUnavailableError(LgError):
    """Addresses cannot be looked up at the moment. The resident types hers by hand."""


class AddressLookup(Protocol):
    """Finds addresses. A component's or a council's own; it is called from several threads."""

    def find(self, postcode: Postcode) -> Sequence[PostalAddress]:
        """Return the addresses of a postcode; none where it has none.

        Args:
            postcode: a full postcode.

        Raises:
            LookupUnavailableError: it cannot be told at the moment. Any other `LgError` is taken
                for the same.
        """
        ...


class AddressAnswer(BaseModel):
    """An address that a resident chose or typed. Use it as a field of the journey's model.

    Its `repr` shows nothing of it. For JSON: `model_dump(mode="json")`.

    Attributes:
        lines: what stands above the town.
        town: the town or city.
        county: the county, where one was typed.
        postcode: the postcode, such as `SW1A 1AA`; None for an address that has none.
        uprn: the property, where the address was chosen from a list that knows it.
        no_uprn: why there is none.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, extra="forbid")

    lines: tuple[str, ...]
    town: str
    county: str | None = None
    postcode: str | None = None
    uprn: str | None = None
    no_uprn: NoUprn | None = None

    @classmethod
    def of(cls, address: PostalAddress) -> Self:
        """Make an answer of an address that was looked up.

        Args:
            address: the address; its last line is the town.
        """
        *lines, town = address.lines
        return cls(
            lines=tuple(lines),
            town=town,
            postcode=str(address.postcode) if address.postcode else None,
            uprn=str(address.uprn) if address.uprn else None,
            no_uprn=address.no_uprn,
        )

    def postal(self) -> PostalAddress:
        """Return the address as the other components take it.

        Raises:
            InvalidValueError: the answer was made by hand with a postcode or a UPRN that is none.
        """
        return PostalAddress(
            tuple(each for each in (*self.lines, self.town, self.county) if each),
            Postcode(self.postcode) if self.postcode else None,
            Uprn(self.uprn) if self.uprn else None,
            self.no_uprn,
        )

    def shown(self) -> tuple[str, ...]:
        """Return the lines as they stand on an envelope."""
        every = (*self.lines, self.town, self.county, self.postcode)
        return tuple(each for each in every if each)

    def __repr__(self) -> str:
        return "AddressAnswer(...)"

    __str__ = __repr__
