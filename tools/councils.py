# SPDX-License-Identifier: MIT
"""Write the register of councils that lg-core ships, from published registers.

    python tools/councils.py --from FOLDER    read FOLDER/sector/*.csv and write the data file
    python tools/councils.py --check          write nothing; end with 1 where the file differs

Without `--from` the folder is LG_CONTRACT_DATA, else the one that the contract tests read. The
same files give the same bytes. What we know better than a source stands in CORRECTIONS, with the
value that it corrects: when the source changes, the tool stops until somebody has looked.
"""

import argparse
import csv
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from lg_core.councils import Tier
from lg_core.councils._names import name_key  # the keys that resolve() uses
from lg_core.identifiers import CustodianCode, GssCode, Nation

__all__ = ["CORRECTIONS", "FILE", "CouncilsError", "build", "main"]

Row = Mapping[str, str]

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "packages" / "lg-core" / "src" / "lg_core" / "councils" / "_data.json"
_REGISTER = "council_register.csv"
_GOVUK = "local_links_local_authorities.csv"
_PLANNED = "lgr_planned_surrey.csv"

_SOURCES = (
    (
        "UK local authority names and codes, by mySociety"
        " (mysociety/uk_local_authority_names_and_codes 1.7.3, 10 July 2025). Licence: Creative"
        " Commons Attribution 4.0 International (CC BY 4.0),"
        " https://creativecommons.org/licenses/by/4.0/. Changed: principal councils only, fewer"
        " columns, spaces, and the corrections that tools/councils.py lists."
    ),
    (
        "Local authorities on GOV.UK (alphagov/local-links-manager, data/local-authorities.csv,"
        " 12 November 2025): slugs and further names. Crown copyright (Government Digital"
        " Service), MIT licence, https://opensource.org/license/mit."
    ),
    (
        "GSS codes of Barnsley and Sheffield: ONS Postcode Directory, November 2025. Source:"
        " Office for National Statistics licensed under the Open Government Licence v3.0."
    ),
)
_COLUMNS = ("code", "gss", "nation", "tier", "name", "slug", "other_names")

_TIERS = {
    "City corporation": Tier.CITY_CORPORATION,
    "County": Tier.COUNTY,
    "London borough": Tier.LONDON_BOROUGH,
    "Metropolitan district": Tier.METROPOLITAN_DISTRICT,
    "NI district": Tier.NORTHERN_IRELAND_DISTRICT,
    "Non-metropolitan district": Tier.DISTRICT,
    "Scottish unitary authority": Tier.COUNCIL_AREA,
    "Unitary authority": Tier.UNITARY,
    "Welsh unitary authority": Tier.WELSH_UNITARY,
}
_NATIONS = {
    "England": Nation.ENGLAND,
    "Northern Ireland": Nation.NORTHERN_IRELAND,
    "Scotland": Nation.SCOTLAND,
    "Wales": Nation.WALES,
}

CORRECTIONS: Mapping[tuple[str, str], tuple[str, str]] = {
    # New codes since the boundary between the two moved: ONS Postcode Directory, November 2025.
    ("BNS", "gss"): ("E08000016", "E08000038"),
    ("SHF", "gss"): ("E08000019", "E08000039"),
    # Cities since 2022: GOV.UK's list has the new names.
    ("COL", "official_name"): ("Colchester Borough Council", "Colchester City Council"),
    ("MIK", "official_name"): ("Milton Keynes Council", "Milton Keynes City Council"),
    ("SOS", "official_name"): (
        "Southend-on-Sea Borough Council",
        "Southend-on-Sea City Council",
    ),
}
"""What is replaced, by code and column: the value that the source must have, and ours."""

# Names in common use that neither source gives as a name; most are alternative names of mySociety.
_ALSO = {
    "DUR": ("Durham",),
    "ELS": ("Western Isles Council",),
    "KHL": ("Hull", "Kingston upon Hull City Council"),
    "NET": ("Newcastle upon Tyne City Council",),
    "WSM": ("Westminster City Council",),
}


class CouncilsError(Exception):
    """The register cannot be made. The message says why."""


def build(folder: Path) -> str:
    """Make the text of the data file.

    Args:
        folder: the folder that holds `sector/` with the published registers.

    Returns:
        JSON, one council a line, sorted by code.

    Raises:
        CouncilsError: a file is missing, or the sources do not fit one another or CORRECTIONS.
    """
    rows = _rows(folder, _REGISTER)
    govuk = {CustodianCode(row["local_custodian_code"]): row for row in _rows(folder, _GOVUK)}
    planned = _rows(folder, _PLANNED)
    principal = [_corrected(row) for row in rows if row["current"] == "true" and row["tier"]]
    # The name of a former council is not a name of the one that followed.
    former = {name_key(row["official_name"]) for row in rows if row["current"] == "false"}
    unmet = {code for code, _ in CORRECTIONS}.union(_ALSO) - {row["code"] for row in principal}
    if unmet:
        raise CouncilsError(f"These are corrected, and are no council: {', '.join(sorted(unmet))}.")
    councils = sorted(_council(row, govuk, former) for row in principal)
    if len(councils) != len(govuk):
        raise CouncilsError(f"{_REGISTER} and {_GOVUK} do not have the same number of councils.")
    _check_unique(councils)
    first_day, last_day = _covers(rows, planned)
    return _written(councils, first_day=first_day, last_day=last_day)


def _rows(folder: Path, name: str) -> list[Row]:
    path = folder / "sector" / name
    if not path.is_file():
        raise CouncilsError(
            f"sector/{name} is not in the folder of published registers. Give the folder with "
            "--from, or set LG_CONTRACT_DATA."
        )
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _corrected(row: Row) -> Row:
    corrected = dict(row)
    for (code, column), (theirs, ours) in CORRECTIONS.items():
        if row["code"] == code:
            if row[column] != theirs:
                raise CouncilsError(
                    f"The {column} of {code} in {_REGISTER} is no longer what CORRECTIONS replaces."
                    " See whether the source has been put right."
                )
            corrected[column] = ours
    # A replaced name goes on being understood.
    corrected["replaced_name"] = row["official_name"]
    return corrected


_Council = tuple[str, str, Nation, Tier, str, str, list[str]]


def _council(row: Row, govuk: Mapping[CustodianCode, Row], former: set[str]) -> _Council:
    code = row["code"]
    listed = govuk.get(CustodianCode(row["local_custodian_code"]))
    if listed is None:
        raise CouncilsError(f"{code} is not in {_GOVUK}.")
    gss, nation, tier = GssCode(row["gss"]), _NATIONS.get(row["nation"]), _TIERS.get(row["type"])
    if tier is None:
        raise CouncilsError(f"{code} is of a type that _TIERS does not have.")
    if nation is not gss.nation:
        raise CouncilsError(f"The GSS code and the nation of {code} do not agree.")
    name, slug = _spaced(row["official_name"]), listed["slug"]
    taken = {name_key(name), name_key(slug)}
    others: list[str] = []
    for other in (
        _spaced(row["short_name"]),
        _spaced(row["replaced_name"]),
        _spaced(listed["name"]),
        *_ALSO.get(code, ()),
    ):
        key = name_key(other)
        if key not in taken and key not in former:
            taken.add(key)
            others.append(other)
    return code, str(gss), gss.nation, tier, name, slug, others


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _check_unique(councils: Sequence[_Council]) -> None:
    codes = [council[0] for council in councils] + [council[1] for council in councils]
    keys = [
        key
        for code, _, _, _, name, slug, others in councils
        for key in {name_key(one) for one in (name, slug, *others)} | {name_key(code)}
    ]
    twice = [text for text, times in Counter(codes + keys).items() if times > 1]
    if twice:
        raise CouncilsError(f"These would stand for two councils: {', '.join(sorted(twice))}.")


def _covers(rows: Sequence[Row], planned: Sequence[Row]) -> tuple[date, date]:
    # The set of councils has not changed since the last beginning or end of one, and will not
    # before the day on which the first that is decided takes over.
    principal = [row for row in rows if row["type"] in _TIERS]
    changes = [row[column] for row in principal for column in ("start_date", "end_date")]
    first_day = date.fromisoformat(max(changes))
    vesting_day = date.fromisoformat(min(row["vesting_date"] for row in planned))
    return first_day, vesting_day - timedelta(days=1)


def _written(councils: Sequence[_Council], *, first_day: date, last_day: date) -> str:
    def dumped(value: object) -> str:
        return json.dumps(value, ensure_ascii=False)

    sources = ",\n".join(f"    {dumped(source)}" for source in _SOURCES)
    lines = ",\n".join(f"    {dumped(council)}" for council in councils)
    covers = {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}
    return (
        "{\n"
        '  "made_by": "tools/councils.py",\n'
        f'  "sources": [\n{sources}\n  ],\n'
        f'  "covers": {dumped(covers)},\n'
        f'  "columns": {dumped(_COLUMNS)},\n'
        f'  "councils": [\n{lines}\n  ]\n'
        "}\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when the file is as it should be, 1 when not.
    """
    there = os.environ.get("LG_CONTRACT_DATA") or ROOT.parent / "shared" / "data"
    parser = argparse.ArgumentParser(description="Write the register of councils.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    parser.add_argument("--from", dest="folder", type=Path, default=Path(there), help="the sources")
    parser.add_argument("--to", type=Path, default=FILE, help="the data file")
    options = parser.parse_args(arguments)
    try:
        wanted = build(options.folder)
    except CouncilsError as error:
        print(error, file=sys.stderr)
        return 1
    if options.to.is_file() and options.to.read_text("utf-8") == wanted:
        return 0
    if options.check:
        print(
            "The register is not what its sources give. Run: uv run python tools/councils.py",
            file=sys.stderr,
        )
        return 1
    options.to.write_text(wanted, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
