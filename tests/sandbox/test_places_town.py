# SPDX-License-Identifier: MIT
"""lg_sandbox.places.town, .records and .grid: an invented town, and its records."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.places import EMPTY_POSTCODE, SPLIT_POSTCODE, Kind, Premises, Side
from lg_sandbox.places.grid import to_wgs84
from lg_sandbox.places.model import Project
from lg_sandbox.places.records import records_of
from lg_sandbox.places.town import build_town

TOWN = build_town()
# The longest values (technical specification, 'response data').
SIZES = {
    "UPRN": 12,
    "UDPRN": 8,
    "ORGANISATION_NAME": 60,
    "DEPARTMENT_NAME": 60,
    "SUB_BUILDING_NAME": 30,
    "BUILDING_NAME": 50,
    "BUILDING_NUMBER": 4,
    "THOROUGHFARE_NAME": 80,
    "DEPENDENT_LOCALITY": 35,
    "POST_TOWN": 30,
    "POSTCODE": 8,
    "USRN": 8,
    "LPI_KEY": 14,
    "PAO_START_NUMBER": 4,
    "PAO_START_SUFFIX": 2,
    "POSTCODE_LOCATOR": 8,
    "DELIVERY_POINT_SUFFIX": 2,
}


def test_the_town_is_large_enough_and_always_the_same() -> None:
    """Some 250 properties on at least 12 streets, with at least 15 postcodes."""
    postcodes = {each.postcode for each in TOWN}

    assert 240 <= len(TOWN) <= 260
    assert len({each.street for each in TOWN}) >= 12
    assert len(postcodes) >= 15
    assert TOWN == build_town.__wrapped__()
    assert EMPTY_POSTCODE not in postcodes


def test_nothing_in_it_is_anybodys() -> None:
    """Postcodes of an area that does not exist, and numbers that are given to nobody."""
    assert all(each.postcode.startswith("ZZ") for each in TOWN)
    assert not any(each.postcode.startswith("ZZ99") for each in TOWN)
    assert all(each.uprn.startswith("9900") or not each.uprn for each in TOWN)


def test_numbers_are_given_once() -> None:
    """No UPRN twice; only Northern Ireland has none; each flat stands in a shell."""
    given_out = Counter(each.uprn for each in TOWN if each.uprn)
    shells = {each.uprn for each in TOWN if each.kind is Kind.SHELL}

    assert {1} == set(given_out.values())
    assert {Side.NORTHERN_IRELAND} == {each.side for each in TOWN if not each.uprn}
    assert shells == {each.parent for each in TOWN if each.kind is Kind.FLAT}


def test_one_postcode_is_shared() -> None:
    """The river divides exactly one postcode."""
    sides = {
        postcode: {each.side for each in TOWN if each.postcode == postcode}
        for postcode in {each.postcode for each in TOWN}
    }

    assert [SPLIT_POSTCODE] == [postcode for postcode, held in sides.items() if len(held) > 1]


@pytest.mark.parametrize("premises", TOWN, ids=lambda each: str(each.serial))
def test_records_fit_their_fields(premises: Premises) -> None:
    """No value is longer than its field, none is empty but a UPRN, and the address ends right."""
    custodian = Project().custodians[premises.side]

    for record in records_of(premises, custodian=custodian, globe=True):
        assert [] == [
            name
            for name, value in record.fields.items()
            if (value == "" and name != "UPRN") or len(str(value)) > SIZES.get(name, 504)
        ]
        assert record.fields["ADDRESS"].endswith(premises.postcode)
        assert premises.uprn == record.fields["UPRN"]


def test_no_two_delivery_points_read_the_same() -> None:
    """Each line leads to one property."""
    custodians = Project().custodians
    lines = Counter(
        record.fields["ADDRESS"]
        for each in TOWN
        for record in records_of(each, custodian=custodians[each.side], globe=False)
        if record.dataset == "DPA"
    )

    assert {1} == set(lines.values())


def test_a_grid_reference_is_found_on_the_globe() -> None:
    """Within 5 metres of a recorded answer of OS Places."""
    lng, lat = to_wgs84(533813.0, 181262.0)

    assert abs(lng - -0.0729933) < 0.00007
    assert abs(lat - 51.5144547) < 0.000045


@given(
    easting=st.floats(100_000, 650_000),
    northing=st.floats(10_000, 1_200_000),
)
def test_a_step_to_the_north_is_a_step_to_the_north(easting: float, northing: float) -> None:
    """A kilometre is about a hundred-and-eleventh of a degree of latitude, everywhere."""
    _, south = to_wgs84(easting, northing)
    _, north = to_wgs84(easting, northing + 1000)

    assert 0.0088 < north - south < 0.0092
