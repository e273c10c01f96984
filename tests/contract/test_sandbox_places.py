# SPDX-License-Identifier: MIT
"""The stand-in's records, held against a recorded answer of OS Places."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from lg_sandbox import Sandbox

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
# Recorded answers that are younger have these too (see the facts on addresses).
YOUNGER = {"matchprecision", "lastupdate"}


@pytest.fixture
def recorded() -> dict[str, Any]:
    """Give a recorded answer with both datasets, longitude and latitude."""
    path = DATA / "address" / "os_places_postcode_sample.json"
    if not path.is_file():
        pytest.skip("The recorded answer of OS Places is not here: set LG_CONTRACT_DATA.")
    return json.loads(path.read_text("utf-8"))


@pytest.fixture
def ours() -> dict[str, Any]:
    """Give the stand-in's answer to the same question."""
    places = Sandbox().places
    query = {"postcode": "ZZ12BA", "output_srs": "WGS84", "dataset": "DPA,LPI"}
    with TestClient(places.app, headers={"key": places.api_key}) as http:
        return http.get("/search/places/v1/postcode", params=query).json()


def first(answer: dict[str, Any], dataset: str) -> dict[str, Any]:
    """Return the first record of a dataset."""
    return next(each[dataset] for each in answer["results"] if dataset in each)


def order(names: Iterable[str], *, among: Iterable[str]) -> list[str]:
    """Return the names that both have, in the order of the first."""
    known = set(among)
    return [name for name in names if name in known]


def test_the_header_is_the_recorded_one(recorded: dict[str, Any], ours: dict[str, Any]) -> None:
    """The same members of the same types, and the younger ones besides."""
    expected, got = recorded["header"], ours["header"]

    assert expected.keys() == got.keys() - YOUNGER
    assert {name: type(value) for name, value in expected.items()} == {
        name: type(got[name]) for name in expected
    }
    assert [expected[name] for name in ("dataset", "lr", "output_srs", "maxresults", "offset")] == [
        got[name] for name in ("dataset", "lr", "output_srs", "maxresults", "offset")
    ]


@pytest.mark.parametrize("dataset", ["DPA", "LPI"])
def test_a_record_has_the_recorded_fields(
    recorded: dict[str, Any], ours: dict[str, Any], dataset: str
) -> None:
    """Every recorded field is there, of its type, and in its place."""
    expected, got = first(recorded, dataset), first(ours, dataset)

    assert set() == expected.keys() - got.keys()
    assert {name: type(value) for name, value in expected.items()} == {
        name: type(got[name]) for name in expected
    }
    assert order(expected, among=got) == order(got, among=expected)


@pytest.mark.parametrize(
    "name", ["MATCH", "MATCH_DESCRIPTION", "STATUS", "LOGICAL_STATUS_CODE", "LANGUAGE"]
)
def test_what_is_the_same_for_all_is_the_recorded_value(
    recorded: dict[str, Any], ours: dict[str, Any], name: str
) -> None:
    """Words that stand in every good answer are written as OS Places writes them."""
    assert first(recorded, "DPA")[name] == first(ours, "DPA")[name]


def test_each_result_has_one_dataset(recorded: dict[str, Any], ours: dict[str, Any]) -> None:
    """One key a result, in both."""
    assert {1} == {len(each) for each in recorded["results"] + ours["results"]}
