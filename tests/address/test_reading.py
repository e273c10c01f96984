# SPDX-License-Identifier: MIT
"""From records of OS Places to addresses: lines, order, which records, each once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_address import Address
from lg_address._lines import natural
from lg_address._reading import addresses_of
from lg_address._records import PlacesResult
from lg_core.errors import InvalidValueError
from lg_core.identifiers import Postcode, Uprn
from lg_core.postal import NoUprn

POSTCODE = Postcode("LS1 4AP")


def dpa(**parts: object) -> dict[str, Any]:
    """Return a record of Royal Mail's file."""
    return {"DPA": {"ADDRESS": "WHOLE", "POST_TOWN": "LEEDS"} | parts}


def lpi(**parts: object) -> dict[str, Any]:
    """Return a record of a council's gazetteer."""
    base = {
        "ADDRESS": "WHOLE",
        "TOWN_NAME": "LEEDS",
        "LOGICAL_STATUS_CODE": "1",
        "LPI_LOGICAL_STATUS_CODE": "1",
    }
    return {"LPI": base | parts}


def read(*records: dict[str, Any], postcode: Postcode = POSTCODE) -> tuple[Address, ...]:
    """Read records as they come over the wire."""
    return addresses_of([PlacesResult.model_validate(each) for each in records], postcode=postcode)


ROAD = {"THOROUGHFARE_NAME": "THE STREET"}
DPA_CASES: list[tuple[dict[str, object], str]] = [
    ({"BUILDING_NUMBER": "1"}, "1 The Street"),
    ({"BUILDING_NAME": "THE MANOR"}, "The Manor, The Street"),
    ({"BUILDING_NAME": "12A"}, "12A The Street"),
    ({"BUILDING_NAME": "1-3"}, "1-3 The Street"),
    ({"BUILDING_NAME": "A"}, "A The Street"),
    ({"BUILDING_NAME": "ROSE COTTAGES 1-3"}, "Rose Cottages, 1-3 The Street"),
    ({"BUILDING_NAME": "UNIT 3"}, "Unit 3, The Street"),
    ({"BUILDING_NAME": "VICTORIA HOUSE", "BUILDING_NUMBER": "15"}, "Victoria House, 15 The Street"),
    ({"SUB_BUILDING_NAME": "FLAT 1", "BUILDING_NUMBER": "12"}, "Flat 1, 12 The Street"),
    ({"SUB_BUILDING_NAME": "A", "BUILDING_NUMBER": "12"}, "A, 12 The Street"),
    (
        {"SUB_BUILDING_NAME": "10B", "BUILDING_NAME": "JACKSON TOWER"},
        "10B Jackson Tower, The Street",
    ),
    (
        {"SUB_BUILDING_NAME": "CARETAKERS FLAT", "BUILDING_NAME": "110-114"},
        "Caretakers Flat, 110-114 The Street",
    ),
    (
        {"SUB_BUILDING_NAME": "2B", "BUILDING_NAME": "THE TOWER", "BUILDING_NUMBER": "27"},
        "2B The Tower, 27 The Street",
    ),
    (
        {
            "SUB_BUILDING_NAME": "BASEMENT FLAT",
            "BUILDING_NAME": "VICTORIA HOUSE",
            "BUILDING_NUMBER": "15",
        },
        "Basement Flat, Victoria House, 15 The Street",
    ),
    ({"ORGANISATION_NAME": "ACME LLP", "DEPARTMENT_NAME": "SALES"}, "Acme LLP, Sales, The Street"),
    ({"PO_BOX_NUMBER": "7", "BUILDING_NUMBER": "1"}, "PO Box 7, The Street"),
    ({"BUILDING_NUMBER": "3", "DEPENDENT_THOROUGHFARE_NAME": "THE MEWS"}, "3 The Mews, The Street"),
    (
        {
            "BUILDING_NUMBER": "1",
            "DOUBLE_DEPENDENT_LOCALITY": "UPPER",
            "DEPENDENT_LOCALITY": "LOWER",
        },
        "1 The Street, Upper, Lower",
    ),
]


@pytest.mark.parametrize(("parts", "line"), DPA_CASES)
def test_royal_mails_parts_are_put_together(parts: dict[str, object], line: str) -> None:
    """Each combination of sub-building, name and number has its own form."""
    (address,) = read(dpa(**ROAD, **parts))

    assert f"{line}, Leeds, LS1 4AP" == address.one_line()


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ({"BUILDING_NUMBER": "1", "DEPENDENT_LOCALITY": "HOLME"}, "1 Holme, Leeds, LS1 4AP"),
        ({"BUILDING_NUMBER": "1"}, "1, Leeds, LS1 4AP"),
        ({}, "Leeds, LS1 4AP"),
        ({"POST_TOWN": ""}, "Whole, LS1 4AP"),
    ],
)
def test_a_number_without_a_street(parts: dict[str, object], line: str) -> None:
    """It stands before the locality, or alone; with nothing else the whole address is taken."""
    (address,) = read(dpa(**parts))

    assert line == address.one_line()


STREET = {"STREET_DESCRIPTION": "BALMES ROAD"}
LPI_CASES: list[tuple[dict[str, object], str]] = [
    ({"PAO_START_NUMBER": "24"}, "24 Balmes Road"),
    (
        {
            "PAO_START_NUMBER": "1",
            "PAO_START_SUFFIX": "A",
            "PAO_END_NUMBER": "3",
            "PAO_END_SUFFIX": "B",
        },
        "1A-3B Balmes Road",
    ),
    ({"SAO_TEXT": "FLAT 2", "PAO_START_NUMBER": "24"}, "Flat 2, 24 Balmes Road"),
    ({"SAO_START_NUMBER": "2", "PAO_START_NUMBER": "24"}, "2, 24 Balmes Road"),
    ({"SAO_START_NUMBER": "2", "PAO_TEXT": "ROSE COURT"}, "2 Rose Court, Balmes Road"),
    ({"ORGANISATION": "ACME", "PAO_TEXT": "ROSE COURT"}, "Acme, Rose Court, Balmes Road"),
    ({"PAO_START_NUMBER": "1", "LOCALITY_NAME": "HOLME"}, "1 Balmes Road, Holme"),
    ({"PAO_START_NUMBER": "1", "LOCALITY_NAME": "LEEDS"}, "1 Balmes Road"),
    ({"SAO_START_NUMBER": "2", "STREET_DESCRIPTION": ""}, "2"),
]


@pytest.mark.parametrize(("parts", "line"), LPI_CASES)
def test_a_councils_parts_are_put_together(parts: dict[str, object], line: str) -> None:
    """Organisation, secondary object, primary object, street, locality, town."""
    (address,) = read(lpi(**(STREET | parts)))

    assert f"{line}, Leeds, LS1 4AP" == address.one_line()


@given(order=st.permutations(range(8)))
def test_a_picker_is_in_natural_order(order: list[int]) -> None:
    """Numbers as numbers, a letter after its number, flats under their building, names last."""
    parts = [
        {"BUILDING_NUMBER": "1"},
        {"BUILDING_NUMBER": "2"},
        {"BUILDING_NAME": "2A"},
        {"BUILDING_NUMBER": "10"},
        {"BUILDING_NUMBER": "10", "SUB_BUILDING_NAME": "FLAT 1"},
        {"BUILDING_NUMBER": "10", "SUB_BUILDING_NAME": "FLAT 2"},
        {"BUILDING_NUMBER": "10", "SUB_BUILDING_NAME": "FLAT 10"},
        {"BUILDING_NAME": "ROSE COTTAGE"},
    ]
    records = [dpa(UPRN=number + 1, **ROAD, **part) for number, part in enumerate(parts)]
    found = read(*(records[place] for place in order))

    assert [str(number) for number in range(1, 9)] == [str(each.uprn) for each in found]


def test_each_property_is_once() -> None:
    """Royal Mail's form before the council's, English before Welsh; no two UPRNs read alike."""
    welsh = lpi(UPRN="1", LANGUAGE="CY", PAO_TEXT="TY", **STREET)
    english = lpi(UPRN="1", LANGUAGE="EN", PAO_TEXT="HOUSE", **STREET)
    mail = dpa(UPRN=1, BUILDING_NAME="THE HOUSE", **ROAD)
    floors = [
        lpi(UPRN=number, LEVEL=level, **STREET) for number, level in ((2, "GROUND FLOOR"), (3, ""))
    ]

    assert ["House, Balmes Road"] == [", ".join(each.lines) for each in read(welsh, english)]
    assert ["The House, The Street"] == [
        ", ".join(each.lines) for each in read(welsh, mail, english)
    ]
    assert {("Ground Floor", "Balmes Road"), ("Balmes Road",)} == {
        each.lines for each in read(*floors)
    }


def test_what_is_no_address_is_left_out() -> None:
    """Provisional, historic and alternative records, and streets, are no address."""
    left_out = [
        dpa(UPRN="1", LOGICAL_STATUS_CODE="8"),
        lpi(UPRN="2", LOGICAL_STATUS_CODE="6"),
        lpi(UPRN="3", LPI_LOGICAL_STATUS_CODE="3"),
        lpi(UPRN="4", CLASSIFICATION_CODE="PS"),
    ]

    assert () == read(*left_out, {})


def test_no_uprn_has_a_reason() -> None:
    """An empty UPRN is none; a forces' postcode says so."""
    forces = read(dpa(UPRN=""), postcode=Postcode("BF1 2AT"))
    elsewhere = read(dpa(UPRN=" "))

    assert [NoUprn.FORCES, NoUprn.NOT_GIVEN] == [forces[0].no_uprn, elsewhere[0].no_uprn]
    assert 1 == len(read(dpa(UPRN="", **ROAD), dpa(UPRN="", **ROAD)))


def test_an_address_prints_nothing_of_a_home() -> None:
    """The repr holds neither lines nor UPRN, and an address needs a UPRN or a reason."""
    address = Address(lines=("1 Zq Road",), post_town="Zqtown", postcode=POSTCODE, uprn=Uprn("99"))

    assert not any(each in repr(address) for each in ("Zq", "99", "LS1"))
    with pytest.raises(InvalidValueError):
        Address(lines=("1 Zq Road",), post_town=None, postcode=POSTCODE)


@given(text=st.text())
def test_any_text_has_a_place_in_a_list(text: str) -> None:
    """Nothing that a register holds stops the sorting."""
    assert natural("") <= natural(text)
