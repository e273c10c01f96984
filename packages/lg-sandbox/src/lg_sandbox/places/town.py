# SPDX-License-Identifier: MIT
"""The invented town of Sandborough: its streets and properties, always the same.

Postcodes begin with ZZ, an area that Royal Mail does not have. UPRNs begin with 9900, USRNs with
999 and UDPRNs with 99: no such numbers are known to be given out. The coordinates lie in the
sea, west of Cornwall.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from lg_sandbox.places.model import Kind, Premises, Side

__all__ = ["EMPTY_POSTCODE", "SPLIT_POSTCODE", "TOWN", "TOWN_CY", "build_town"]

TOWN = "SANDBOROUGH"
"""The post town, as records write it."""
TOWN_CY = "TYWODFAN"
"""The post town in Welsh."""
SPLIT_POSTCODE = "ZZ3 4QB"
"""A postcode whose properties two councils share."""
EMPTY_POSTCODE = "ZZ1 1ZZ"
"""A postcode that exists and has no properties."""

_UPRN = 990_000_000_000
_USRN = 99_900_000


@dataclass(frozen=True, slots=True)
class _Street:
    name: str
    number: int
    locality: str = ""
    name_cy: str = ""


_MARKET = _Street("MARKET STREET", 1)
_HARBOUR = _Street("HARBOUR ROAD", 2)
_CHAPEL = _Street("CHAPEL LANE", 3)
_MILL = _Street("MILL RISE", 4)
_DUNE = _Street("DUNE AVENUE", 5, "UPPER SANDBOROUGH")
_TERN = _Street("TERN CLOSE", 6, "UPPER SANDBOROUGH")
_BRIDGE = _Street("BRIDGE STREET", 7)
_WHARF = _Street("WHARF ROAD", 8)
_CIVIC = _Street("CIVIC SQUARE", 9)
_GREEN = _Street("THE GREEN", 10, "SAND PARVA")
_ORCHARD = _Street("ORCHARD WAY", 11, "SAND PARVA")
_PARK = _Street("PARK ROAD", 12)
_STATION = _Street("STATION ROAD", 13, name_cy="FFORDD YR ORSAF")
_LOUGH = _Street("LOUGH ROAD", 14)
_PLOTS = _Street("SALTMARSH DRIVE", 15, "UPPER SANDBOROUGH")


@cache
def build_town() -> tuple[Premises, ...]:
    """Build the town.

    Returns:
        Its properties, the same each time, in the order of their serial numbers.
    """
    return tuple(_numbered(_all()))


def _numbered(drafts: Iterator[Premises]) -> Iterator[Premises]:
    """Give each its numbers; a flat stands in the last shell before it."""
    shell = ""
    for serial, draft in enumerate(drafts, start=1):
        outside = draft.side is Side.NORTHERN_IRELAND
        uprn = "" if outside else str(_UPRN + serial * 37)
        if draft.kind is Kind.SHELL:
            shell = uprn
        parent = shell if draft.kind is Kind.FLAT else ""
        yield replace(draft, uprn=uprn, serial=serial, parent=parent)


def _draft(street: _Street, postcode: str, kind: Kind, *, side: Side = Side.HOME) -> Premises:
    return Premises(
        uprn="",
        serial=0,
        side=side,
        postcode=postcode,
        street=street.name,
        street_cy=street.name_cy,
        usrn=str(_USRN + street.number),
        locality=street.locality,
        kind=kind,
    )


def _row(house: Premises, numbers: range) -> Iterator[Premises]:
    """Houses with plain numbers, one after the other."""
    for number in numbers:
        yield replace(house, number=str(number))


def _block(house: Premises, flats: range, *, letters: bool = False) -> Iterator[Premises]:
    """A block of flats: the shell, to which nothing is delivered, and what is in it."""
    yield replace(house, kind=Kind.SHELL, delivered=False)
    for flat in flats:
        label = chr(ord("A") + flat - 1) if letters else str(flat)
        yield replace(house, kind=Kind.FLAT, sub_building=f"FLAT {label}")


def _all() -> Iterator[Premises]:
    yield from _centre()
    yield from _suburbs()
    yield from _villages()
    yield from _edges()


def _centre() -> Iterator[Premises]:
    shop = _draft(_MARKET, "ZZ1 1AA", Kind.SHOP)
    yield from _row(shop, range(1, 20, 2))
    yield replace(shop, number="21", organisation="SANDBOROUGH BAKERY")
    yield replace(shop, number="23", organisation="TIDELINE BOOKS")
    yield from _block(replace(shop, building="SANDPIPER HOUSE", number="25"), range(1, 13))
    yield from _row(_draft(_MARKET, "ZZ1 1AB", Kind.TERRACED), range(2, 31, 2))
    # Royal Mail writes a number with a letter as the name of a building (PAF rules).
    yield replace(_draft(_MARKET, "ZZ1 1AB", Kind.TERRACED), building="12A")
    hall = replace(_draft(_CIVIC, "ZZ1 1AD", Kind.OFFICE), building="CIVIC OFFICES")
    yield replace(hall, organisation="SANDBOROUGH COUNCIL")
    yield replace(hall, organisation="SANDBOROUGH COUNCIL", department="REVENUES AND BENEFITS")
    yield replace(
        _draft(_CIVIC, "ZZ1 1AD", Kind.LIBRARY), organisation="SANDBOROUGH LIBRARY", number="2"
    )
    yield from _row(_draft(_HARBOUR, "ZZ1 2BA", Kind.SEMI_DETACHED), range(1, 30, 2))
    yield from _row(_draft(_HARBOUR, "ZZ1 2BB", Kind.SEMI_DETACHED), range(2, 31, 2))
    yield from _block(
        replace(_draft(_HARBOUR, "ZZ1 2BB", Kind.FLAT), number="32"), range(1, 5), letters=True
    )


def _suburbs() -> Iterator[Premises]:
    yield from _row(_draft(_CHAPEL, "ZZ1 3GA", Kind.TERRACED), range(1, 13))
    yield replace(
        _draft(_CHAPEL, "ZZ1 3GA", Kind.CHURCH), building="ST BRIDE'S CHURCH", delivered=False
    )
    yield from _row(_draft(_MILL, "ZZ1 3GB", Kind.DETACHED), range(1, 16))
    tower = replace(_draft(_MILL, "ZZ1 3GD", Kind.FLAT), building="HERON COURT", number="20")
    yield from _block(tower, range(1, 25))
    yield from _row(_draft(_DUNE, "ZZ2 1DA", Kind.DETACHED), range(1, 22, 2))
    yield from _row(_draft(_DUNE, "ZZ2 1DB", Kind.DETACHED), range(2, 23, 2))
    school = _draft(_DUNE, "ZZ2 1DB", Kind.SCHOOL)
    yield replace(school, organisation="DUNE AVENUE PRIMARY SCHOOL")
    yield from _row(_draft(_TERN, "ZZ2 1DE", Kind.SEMI_DETACHED), range(1, 11))
    yield from _row(_draft(_PARK, "ZZ2 2EA", Kind.TERRACED), range(1, 26, 2))
    cottage = replace(_draft(_PARK, "ZZ2 2EA", Kind.TERRACED), dependent_street="PARK MEWS")
    yield from _row(cottage, range(1, 5))


def _villages() -> Iterator[Premises]:
    named = ("ROSE COTTAGE", "THE OLD FORGE", "IVY BANK", "GLEBE FARM", "THE RECTORY", "WELL END")
    for name in named:
        yield replace(_draft(_GREEN, "ZZ2 3FA", Kind.DETACHED), building=name)
    yield replace(_draft(_GREEN, "ZZ2 3FA", Kind.DETACHED), building="THE COTTAGE", number="1")
    yield from _row(_draft(_ORCHARD, "ZZ2 3FB", Kind.DETACHED), range(1, 13))
    # The river runs along Wharf Road: one postcode, two councils.
    yield from _row(_draft(_BRIDGE, "ZZ3 4QA", Kind.TERRACED), range(1, 11))
    yield from _row(_draft(_WHARF, SPLIT_POSTCODE, Kind.TERRACED), range(1, 8))
    yield from _row(
        _draft(_WHARF, SPLIT_POSTCODE, Kind.TERRACED, side=Side.NEIGHBOUR), range(8, 13)
    )
    yield from _row(_draft(_WHARF, "ZZ3 4QD", Kind.TERRACED, side=Side.NEIGHBOUR), range(14, 25, 2))


def _edges() -> Iterator[Premises]:
    yield from _row(_draft(_STATION, "ZZ7 1WA", Kind.TERRACED, side=Side.WALES), range(1, 9))
    yield from _row(
        _draft(_LOUGH, "ZZ8 1NA", Kind.SEMI_DETACHED, side=Side.NORTHERN_IRELAND), range(1, 7)
    )
    plot = replace(_draft(_PLOTS, "ZZ2 1DF", Kind.PLOT), delivered=False, state=1, status=6)
    for number in range(1, 5):
        yield replace(plot, building=f"PLOT {number}")
    gone = replace(_draft(_TERN, "ZZ2 1DE", Kind.DETACHED), delivered=False, state=4, status=8)
    yield replace(gone, building="TERN LODGE")
    yield replace(_draft(_TERN, "ZZ2 1DE", Kind.STREET), delivered=False)
