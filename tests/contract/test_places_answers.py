# SPDX-License-Identifier: MIT
"""What OS Places was recorded to answer is what lg-address reads."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lg_address._reading import addresses_of
from lg_address._records import PlacesPage
from lg_core.identifiers import Postcode

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)


def published(folder: str, name: str) -> Any:
    """Read a published file."""
    path = DATA / folder / name
    if not path.is_file():
        pytest.skip("The platform's published files are not here: set LG_CONTRACT_DATA.")
    return json.loads(path.read_text("utf-8"))


def test_the_recorded_answer_is_read() -> None:
    """Both kinds of record, one of them twice, are three addresses in order."""
    body = published("address", "os_places_postcode_sample.json")
    page = PlacesPage.model_validate_json(json.dumps(body))
    found = addresses_of(page.results or (), postcode=Postcode("E1 8QS"))

    assert [f"{number} Whitechapel High Street, London, E1 8QS" for number in (1, 2, 10)] == [
        address.one_line() for address in found
    ]
    assert ["6714278", "6714279", "10091989923"] == [str(address.uprn) for address in found]


@pytest.mark.parametrize("results", [{}, {"results": None}, {"results": []}])
def test_known_but_empty_has_three_forms(results: dict[str, Any]) -> None:
    """No results is absent, null or an empty list."""
    page = PlacesPage.model_validate_json(json.dumps({"header": {"totalresults": 0}} | results))

    assert () == addresses_of(page.results or (), postcode=Postcode("E1 8QS"))
