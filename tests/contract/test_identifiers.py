"""lg_core.identifiers, held against registers and recorded answers."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lg_core.identifiers import CustodianCode, GssCode, Postcode, PostcodeKind, Uprn, Usrn

DATA = (
    Path(
        os.environ.get("LG_CONTRACT_DATA")
        or Path(__file__).resolve().parents[2].parent / "shared" / "data"
    )
    / "address"
)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="The registers of addresses are not here: set LG_CONTRACT_DATA."
)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Give the rows of a register."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def test_postcodes_of_every_council_are_read_and_printed_as_the_directory_prints_them() -> None:
    """Ten postcodes a council, with and without their space, print as they stand there."""
    published = [row["postcode"] for row in rows("onspd_sample.csv")]

    assert len(published) > 3000
    assert published == [str(Postcode(text)) for text in published]
    assert published == [str(Postcode(text.replace(" ", "").lower())) for text in published]


def test_kinds_agree_with_the_nation_that_the_directory_gives() -> None:
    """Postcodes with a council of the United Kingdom are geographic; the islands' are not."""
    for row in rows("onspd_sample.csv"):
        islands = row["laua"][:1] in {"L", "M"}
        kind = PostcodeKind.CROWN_DEPENDENCY if islands else PostcodeKind.GEOGRAPHIC

        assert kind == Postcode(row["postcode"]).kind


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("dc_onspd_aug2024_onspd_test.csv", ("pcd", "pcd2", "pcds")),
        ("dc_onspd_nov2025_onspd_test.csv", ("pcd7", "pcd8", "pcds")),
        ("locations_api_ONSPD_JUN_2023_UK_AB.csv", ("pcd", "pcd2", "pcds")),
    ],
)
def test_all_three_spellings_of_the_directory_are_one_postcode(
    name: str, columns: tuple[str, ...]
) -> None:
    """Padded to 7, to 8 and with one space, a postcode is the same."""
    for row in rows(name):
        assert {row["pcds"]} == {str(Postcode(row[column])) for column in columns}


def test_every_council_of_gov_uk_has_codes_that_are_read() -> None:
    """All codes are read, and custodian codes stay distinct and keep their value."""
    councils = list(rows("govuk_local_authorities_custodian_gss.csv"))
    nations = {row["country_name"]: GssCode(row["gss"]).nation for row in councils}
    codes = [CustodianCode(row["local_custodian_code"]) for row in councils]

    assert len(councils) == 382
    assert len(councils) == len(set(codes))
    assert [int(row["local_custodian_code"]) for row in councils] == [int(code) for code in codes]
    assert len(nations) == len(set(nations.values())) == 4


def test_every_former_gss_code_is_read() -> None:
    """A code that has ended still names the area that it named."""
    # Authorities without an area of their own have no code there.
    column = [row["gss-code"] for row in rows("mysociety_lookup_gss_to_registry.csv")]
    published = [code for code in column if code]

    assert len(published) > 400
    assert published == [str(GssCode(text)) for text in published]


def test_uprns_of_the_directory_are_read() -> None:
    """UPRNs without padding print as they stand."""
    published = [row["uprn"] for row in rows("dc_onsud_onsud_test.csv")]

    assert published == [str(Uprn(text)) for text in published]


def test_streets_of_a_gazetteer_are_read() -> None:
    """USRNs of a DTF 7.3 file print as they stand."""
    with (DATA / "lambeth_dtf73_insert.csv").open(encoding="utf-8-sig", newline="") as file:
        published = [line[3] for line in csv.reader(file)]

    assert published == [str(Usrn(text)) for text in published]


def test_a_recorded_answer_of_os_places_is_read() -> None:
    """UPRN as text, custodian code as a number, and the postcode of each result are read."""
    text = (DATA / "os_places_postcode_sample.json").read_text("utf-8")
    answer: dict[str, Any] = json.loads(text)
    results = [found for result in answer["results"] for found in result.values()]

    assert results
    for found in results:
        assert str(found["UPRN"]).lstrip("0") == Uprn(found["UPRN"])
        assert found["LOCAL_CUSTODIAN_CODE"] == int(CustodianCode(found["LOCAL_CUSTODIAN_CODE"]))
        postcode = found.get("POSTCODE") or found["POSTCODE_LOCATOR"]
        assert postcode == Postcode(postcode)
