# SPDX-License-Identifier: MIT
"""A postal address as the components hand it to each other.

An address of a service at a property carries its UPRN (mandated by the Government's open standard
for property and street information). Where there is none, the address says why: a missing UPRN is
never 0 and never empty text.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode, Uprn

__all__ = ["NoUprn", "PostalAddress"]


class NoUprn(StrEnum):
    """Why an address has no UPRN."""

    TYPED_IN = "typed_in"
    """A person wrote it by hand: nobody has matched it yet."""
    NOT_GIVEN = "not_given"
    """The source has none for it, such as for an address in Northern Ireland."""
    FORCES = "forces"
    """A British Forces Post Office address."""
    ABROAD = "abroad"
    """Outside the United Kingdom."""
    NO_PROPERTY = "no_property"
    """No property: a boat, a caravan that moves, a new plot, no fixed abode."""


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address to write to or to visit. Its `repr` shows nothing of it.

    Args:
        lines: what stands above the postcode, the town last.
        postcode: the postcode; None for an address abroad.
        uprn: the property, where it is known.
        no_uprn: why it is not.

    Raises:
        InvalidValueError: there is no line, a line is empty, or the address has neither a UPRN
            nor a reason, or both.
    """

    lines: tuple[str, ...] = field(repr=False)
    postcode: Postcode | None = field(default=None, repr=False)
    uprn: Uprn | None = field(default=None, repr=False)
    no_uprn: NoUprn | None = None

    def __post_init__(self) -> None:
        if not self.lines or not all(line.strip() for line in self.lines):
            raise InvalidValueError(
                "A postal address needs at least one line, and no line may be empty.",
                field="lines",
                code="empty",
            )
        if (self.uprn is None) == (self.no_uprn is None):
            raise InvalidValueError(
                "A postal address needs either its UPRN or the reason why it has none (no_uprn).",
                field="uprn",
                code="uprn_or_reason",
            )

    def one_line(self) -> str:
        """Return the address in one line, parts divided by a comma."""
        return ", ".join((*self.lines, *((str(self.postcode),) if self.postcode else ())))

    def all_lines(self) -> tuple[str, ...]:
        """Return the lines and the postcode, as they stand on an envelope."""
        return (*self.lines, *((str(self.postcode),) if self.postcode else ()))
