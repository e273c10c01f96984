# SPDX-License-Identifier: MIT
"""An address of a property, whichever source it came from."""

from dataclasses import dataclass, field

from lg_core.identifiers import CustodianCode, Postcode, Uprn
from lg_core.postal import NoUprn, PostalAddress

__all__ = ["Address"]


@dataclass(frozen=True, slots=True)
class Address:
    """An address of a property. Its `repr` shows nothing that leads to a home.

    Args:
        lines: what stands above the town.
        post_town: the town.
        postcode: the postcode.
        uprn: the property, where it is known.
        no_uprn: why it is not.
        organisation: who is there, where it is not a home. Also the first of `lines`.
        custodian_code: the council that keeps the property's record; 7655 where OS itself does.
        country: E England, W Wales, S Scotland, N Northern Ireland, L Channel Islands, M Isle of
            Man, J none.
        x: metres east on the British National Grid.
        y: metres north.
        classification: what it is, such as RD04, a terraced house (AddressBase classification).

    Raises:
        InvalidValueError: there is neither a line nor a town, or the address has neither a UPRN
            nor a reason, or both.
    """

    lines: tuple[str, ...] = field(repr=False)
    post_town: str | None = field(repr=False)
    postcode: Postcode = field(repr=False)
    uprn: Uprn | None = field(default=None, repr=False)
    no_uprn: NoUprn | None = None
    organisation: str | None = field(default=None, repr=False)
    custodian_code: CustodianCode | None = None
    country: str | None = None
    x: float | None = field(default=None, repr=False)
    y: float | None = field(default=None, repr=False)
    classification: str | None = None

    def __post_init__(self) -> None:
        self.postal()  # holds the rules

    def postal(self) -> PostalAddress:
        """Return the address as components hand it to each other."""
        return PostalAddress(
            lines=self.lines if self.post_town is None else (*self.lines, self.post_town),
            postcode=self.postcode,
            uprn=self.uprn,
            no_uprn=self.no_uprn,
        )

    def one_line(self) -> str:
        """Return the address in one line, parts divided by a comma, as a list shows it."""
        return self.postal().one_line()
