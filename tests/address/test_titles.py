# SPDX-License-Identifier: MIT
"""The capitals of addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_address.titles import title_case

NAMES = [
    "Stratford-upon-Avon", "Weston-super-Mare", "Stow-on-the-Wold", "1st Floor", "McDonald's",
    "Macclesfield", "Angus MacDonald Court", "O'Connor Close", "D'Arcy Road", "King's Lynn",
    "St. Mary's", "Flat 12A", "House of Fraser PLC", "The Old Mill", "George V Avenue",
    "Edward VII Road", "A1 Service Area", "PO Box 12", "Burgh le Marsh", "Y Felinheli",
    "Yr Hen Ysgol", "RAF Valley", "Mc Court", "Flat A", "In the Lane", "22nd Street",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_are_written_as_people_write_them(name: str) -> None:
    """Each comes back from its capitals, and is left alone where it has small letters."""
    assert name == title_case(name.upper())
    assert name == title_case(name)


@given(text=st.text(st.sampled_from("ABCDEIMOPRSTUVXYZ019 '-./&()’ÂŴŶÉ"), max_size=40) | st.text())
def test_only_capitals_change(text: str) -> None:
    """The result in capitals is the text in capitals, letter by letter."""
    assert text.upper() == title_case(text.upper()).upper()
    assert title_case(text.upper()) == title_case(title_case(text.upper()))
