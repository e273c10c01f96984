# SPDX-License-Identifier: MIT
"""Postal addresses of letters, checked as GOV.UK Notify checks them.

Source: technical documentation, 'Send a letter', and the outputs recorded from notifications-utils
127.0.0, 'postal'. The order of the checks is that of `PostalAddress` there: only the first that
fails is told.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lg_sandbox.notify.countries import Zone, country_of

__all__ = ["LINES", "PostalAddress", "lines_from", "read_address"]

LINES = tuple(f"address_line_{number}" for number in range(1, 8))
"""The names under which a letter's personalisation holds its address."""

_FEWEST = 3
_MOST = 7
_BFPO = re.compile(r"\s*b\s*f\s*p\s*o\s*(?:c\s*/\s*o\s*)?([0-9]{1,4})\s*", re.IGNORECASE)
_NO_ABODE = re.compile(r"nfa|no\s+fixed\s+(?:abode|address)", re.IGNORECASE)
_STARTS = tuple('@()=[]"\u201c\u201d\\/,<>~')
_POSTCODE = re.compile(r"([a-z]{1,2})([0-9][0-9a-z]?)([0-9][abd-hjlnp-uw-z]{2})", re.IGNORECASE)
# Royal Mail, 'Postcode areas', with those of the islands and of the forces.
_AREA_NAMES = """
AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY
E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN
LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP
SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
_AREAS = frozenset(_AREA_NAMES.split())
_BAD_START = (
    "Address lines must not start with any of the following characters: "
    "@ ( ) = [ ] \u201d \\ / , < >"
)


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address that was read, good or not.

    Args:
        lines: what is printed, without blank lines, trailing commas and the United Kingdom's name.
        zone: where it lies.
        postcode: the UK postcode, as it is printed; None where there is none.
        fault: what is wrong, in Notify's words; None where nothing is.
    """

    lines: tuple[str, ...] = field(repr=False)
    zone: Zone
    postcode: str | None = field(repr=False)
    fault: str | None

    @property
    def international(self) -> bool:
        """Whether it lies outside the United Kingdom."""
        return self.zone is not Zone.UK


def lines_from(personalisation: Mapping[str, object]) -> list[str]:
    """Take the lines of an address out of a letter's values.

    Args:
        personalisation: the values; the names are written exactly so, other than placeholders.

    Returns:
        Seven texts. The seventh line is `address_line_7`, or `postcode` where there is none: with
        both, the postcode is lost (recorded answer 'letter 8 lines').
    """
    names = list(LINES)
    if not personalisation.get(LINES[-1]):
        names[-1] = "postcode"
    values = (personalisation.get(name) for name in names)
    return ["" if value is None else str(value) for value in values]


def read_address(lines: Iterable[str], *, international: bool) -> PostalAddress:
    """Read an address.

    Args:
        lines: its lines, as given.
        international: whether the service may send letters abroad.

    Returns:
        The address, with the first thing that is wrong with it.
    """
    kept = [clean for clean in map(_tidy, lines) if clean]
    zone = Zone.UK
    if kept:
        country = country_of(kept[-1])
        if country is not None:
            name, zone = country
            kept[-1:] = [] if name is None else [name]
    force, kept = _forces_line(kept)
    postcode = None
    if kept and zone is Zone.UK:
        postcode = _postcode(kept[-1])
        if postcode is not None:
            kept[-1] = postcode
    if force is not None:
        # The number of a forces post office is printed last, after its postcode.
        kept.insert(len(kept) - 1 if zone is not Zone.UK else len(kept), force)
    fault = _fault(
        kept, zone=zone, postcode=postcode, forces=force is not None, international=international
    )
    return PostalAddress(tuple(kept), zone, postcode, fault)


def _fault(  # noqa: PLR0911 -- one for each rule, in their order
    lines: list[str], *, zone: Zone, postcode: str | None, forces: bool, international: bool
) -> str | None:
    if len(lines) < _FEWEST:
        return "Address must be at least 3 lines"
    if len(lines) > _MOST:
        return "Address must be no more than 7 lines"
    if not all(re.search(r"[^\W_]", line) for line in lines[:2]):
        return (
            "The first 2 lines of the address must both include at least one alphanumeric character"
        )
    abroad = zone is not Zone.UK
    if forces and abroad:
        return "The last line of a BFPO address must not be a country"
    if not (postcode or forces or (abroad and international)):
        where = " or another country" if international else ""
        return f"Last line of address must be a real UK postcode{where}"
    if any(line.startswith(_STARTS) for line in lines):
        return _BAD_START
    if any(_NO_ABODE.fullmatch(line) for line in lines):
        return "Must be a real address"
    return None


def _tidy(line: str) -> str:
    return " ".join(line.split()).rstrip(" ,")


def _forces_line(lines: list[str]) -> tuple[str | None, list[str]]:
    """Take the line with the number of a forces post office out of an address."""
    for line in lines:
        match = _BFPO.fullmatch(line)
        if match is not None:
            return f"BFPO {match[1]}", [each for each in lines if each is not line]
    return None, lines


def _postcode(line: str) -> str | None:
    match = _POSTCODE.fullmatch(line.replace(" ", ""))
    if match is None or match[1].upper() not in _AREAS:
        return None
    return f"{match[1]}{match[2]} {match[3]}".upper()
