"""lg_core.councils and the tool that makes its data, held against published registers."""

import csv
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from lg_core.councils import Tier, all_councils, resolve
from lg_core.errors import InvalidValueError

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("LG_CONTRACT_DATA") or ROOT.parent / "shared" / "data")
REGISTER, GOVUK = "council_register.csv", "local_links_local_authorities.csv"
PLANNED = "lgr_planned_surrey.csv"

pytestmark = pytest.mark.skipif(
    not (DATA / "sector").is_dir(),
    reason="The registers of councils are not here: set LG_CONTRACT_DATA.",
)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Give the rows of a register."""
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Copy the sources, to be changed."""
    (tmp_path / "sector").mkdir()
    for name in (REGISTER, GOVUK, PLANNED):
        # Contents only: the originals may be read-only.
        shutil.copyfile(DATA / "sector" / name, tmp_path / "sector" / name)
    return tmp_path


def replace(folder: Path, change: tuple[str, str, str]) -> None:
    """Change a source in one place."""
    name, old, new = change
    file = folder / "sector" / name
    text = file.read_text("utf-8")
    assert 1 == text.count(old)
    file.write_text(text.replace(old, new), "utf-8")


def run_tool(*words: str | Path) -> tuple[int, str]:
    """Run the tool, and return its exit code and what it said."""
    done = subprocess.run(  # noqa: S603 -- this interpreter, and a tool of this workspace
        [sys.executable, ROOT / "tools" / "councils.py", *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def shipped() -> bytes:
    """Return the data file that lg-core ships."""
    return files("lg_core.councils").joinpath("_data.json").read_bytes()


# ------------------------------------------------------------------------------ the register


def test_every_council_of_gov_uk_is_found_by_its_slug() -> None:
    """The 382 councils of GOV.UK are those of the register, of the same nation and rough tier."""
    tiers = {"1": {Tier.COUNTY}, "2": {Tier.DISTRICT}}
    tiers["3"] = set(Tier) - tiers["1"] - tiers["2"]
    listed = list(rows(f"sector/{GOVUK}"))
    found = [resolve(row["slug"]) for row in listed]

    assert set(all_councils()) == set(found)
    assert 382 == len(listed)
    for row, council in zip(listed, found, strict=True):
        assert council.tier in tiers[row["tier_id"]]
        assert row["country_name"].lower().replace(" ", "-") == council.nation


def test_every_name_of_gov_uk_is_found_but_those_of_former_councils() -> None:
    """GOV.UK's own name finds the same council, unless it names the one before it."""
    refused: set[str] = set()
    for row in rows(f"sector/{GOVUK}"):
        try:
            assert row["slug"] == resolve(row["name"]).slug
        except InvalidValueError:
            refused.add(row["name"])

    assert {"North Yorkshire County Council", "Somerset County Council"} == refused


def test_every_principal_council_of_the_register_is_found() -> None:
    """Code, official name and short name of mySociety's register find the same council."""
    current = [row for row in rows(f"sector/{REGISTER}") if row["tier"]]

    assert 382 == len(current)
    for row in current:
        for text in (row["code"], row["official_name"], row["short_name"]):
            assert row["code"] == resolve(text).code


def test_no_former_council_is_found_by_its_code() -> None:
    """A code that has ended is no council of today."""
    for row in rows(f"sector/{REGISTER}"):
        if not row["tier"]:
            with pytest.raises(InvalidValueError):
                resolve(row["code"])


def test_every_council_of_the_postcode_directory_has_its_code() -> None:
    """Each code of November 2025 that is no island's is a council, and each council is there.

    Counties keep no postcodes, and the sample leaves Northern Ireland out.
    """
    codes = {row["laua"] for row in rows("address/onspd_sample.csv")}
    there = {code for code in codes if code[:1] in {"E", "S", "W"}}
    expected = {str(c.gss) for c in all_councils() if c.gss.entity not in {"E10", "N09"}}

    assert expected == there


# ------------------------------------------------------------------------------ the tool


def test_the_data_file_is_what_its_sources_give() -> None:
    """The shipped file is the tool's, byte for byte, and says whose data it is."""
    said = " ".join(json.loads(shipped())["sources"])

    assert (0, "") == run_tool("--check", "--from", DATA)
    assert all(word in said for word in ("mySociety", "CC BY 4.0", "Crown copyright", "Changed:"))


def test_the_order_of_the_sources_makes_no_difference(sources: Path) -> None:
    """Rows in another order give the same file."""
    for name in (REGISTER, GOVUK, PLANNED):
        file = sources / "sector" / name
        head, *lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text(head + "".join(reversed(lines)), "utf-8")

    assert (0, "") == run_tool("--check", "--from", sources)


def test_it_writes_what_differs_and_check_does_not(tmp_path: Path) -> None:
    """`--check` ends with 1 and writes nothing; without it the file is written."""
    file = tmp_path / "data.json"
    code, said = run_tool("--check", "--from", DATA, "--to", file)

    assert 1 == code
    assert "Run: uv run python tools/councils.py" in said
    assert not file.exists()
    assert (0, "") == run_tool("--from", DATA, "--to", file)
    assert shipped() == file.read_bytes()


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    """Without its sources the tool says what to give it."""
    code, said = run_tool("--from", tmp_path)

    assert 1 == code
    assert f"sector/{REGISTER} is not in the folder" in said


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((REGISTER, "E08000016", "E08000038"), "gss of BNS in council_register.csv is no longer"),
        ((REGISTER, "\nCOL,", "\nCLC,"), "corrected, and are no council: COL"),
        ((REGISTER, ",City corporation,", ",Guild,"), "LND is of a type"),
        ((REGISTER, "ABE,S12000033", "ABE,E06000099"), "nation of ABE do not agree"),
        ((REGISTER, "Aberdeen City Council", "Aberdeenshire"), "two councils: aberdeenshire"),
        ((REGISTER, "\nABE,S12000033", "\nABE,S12000034"), "two councils: S12000034"),
        ((GOVUK, ",9051,", ",9999,"), "ABE is not in"),
        ((GOVUK, "\n1,", "\n0,,,9999,3,,nowhere,Scotland,,Nowhere\n1,"), "same number"),
    ],
)
def test_sources_that_do_not_fit_are_refused(
    sources: Path, change: tuple[str, str, str], message: str
) -> None:
    """A fault in a source stops the tool before it writes, and the message says where it is."""
    replace(sources, change)
    file = sources / "data.json"
    code, said = run_tool("--from", sources, "--to", file)

    assert 1 == code
    assert message in said
    assert "Traceback" not in said
    assert not file.exists()


def test_the_register_ends_before_the_first_vesting_day(sources: Path, tmp_path: Path) -> None:
    """An earlier reorganisation shortens what is covered."""
    replace(sources, (PLANNED, "2027-04-01,E07000207", "2027-02-01,E07000207"))
    file = tmp_path / "data.json"

    assert (0, "") == run_tool("--from", sources, "--to", file)
    assert "2027-01-31" == json.loads(file.read_text("utf-8"))["covers"]["last_day"]
