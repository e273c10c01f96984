# SPDX-License-Identifier: MIT
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_core.settings_files import SettingsFile

FOLDER = Path("settings")


class Word(StrEnum):
    """Words of a list."""

    ONE = "one"
    TWO = "two"


def told(text: str, *, ask: str = "store") -> tuple[object, list[str]]:
    """Return what a file gives, and what is wrong in it."""
    file = SettingsFile(text, folder=FOLDER)
    got: object = None
    if ask == "store":
        got = file.store()
    elif ask == "accounts":
        got = file.accounts(read)
    return got, [f"{line} {where} {what}" for line, where, what in file.faults]


def read(tables: Mapping[str, object]) -> Mapping[str, str]:
    """Read accounts, as a component does."""
    ((name, table),) = tables.items()
    if not isinstance(table, dict):
        raise ConfigError("It is no table.")
    return {name: name.upper()}


@pytest.mark.parametrize(
    ("url", "store"),
    [
        ("pay.db", str(FOLDER / "pay.db")),
        ("sqlite:///pay.db", str(FOLDER / "pay.db")),
        ("/var/pay.db", str(Path("/var/pay.db"))),
        ("postgresql://db/pay", "postgresql://db/pay"),
        ("sqlite:///", "sqlite:///"),
    ],
)
def test_a_file_of_a_store_is_beside_the_settings(url: str, store: str) -> None:
    """The address of a server stays as it is."""
    assert (store, []) == told(f'[store]\nurl = "{url}"')


def test_a_variable_may_hold_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a password stands in no file."""
    monkeypatch.setenv("STORE", "postgresql://db/pay")

    assert ("postgresql://db/pay", []) == told('[store]\nurl_env = "STORE"')
    assert (None, []) == told("")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[store]\nurl = "a"\nurl_env = "HOME"', "3 store.url_env stands beside url"),
        ('[store]\nurl_env = "a b"', "2 store.url_env must be the name of a variable"),
        ('[store]\nurl_env = "NOT_SET_HERE"', "2 store.url_env names a variable that is not set"),
        ("store = 1", "1 store must be a table"),
        ("[store]\nurk = 1", "2 store.urk is not known here. Did you mean url?"),
    ],
)
def test_a_store_that_cannot_be_is_told_with_its_line(text: str, said: str) -> None:
    """A person puts it right."""
    _, faults = told(text)

    assert said in faults[0]


def test_each_account_is_read_by_itself() -> None:
    """One that is wrong hides none of the others."""
    got, faults = told('[accounts.a]\nkey_env = "K"\n', ask="accounts")
    assert ({"a": "A"}, []) == (got, faults)

    got, faults = told("[accounts]\na = {}\nb = 1\n", ask="accounts")
    assert {"a": "A"} == got
    assert ["3 accounts.b cannot be used. It is no table."] == faults


def test_numbers_words_and_paths() -> None:
    """Each is read, or is noted."""
    file = SettingsFile('[a]\nn = "1"\nw = "three"\np = "x.csv"\n', folder=FOLDER)
    table = file.section("a", ("n", "w", "p"))

    assert 7 == file.number(("a", "n"), 7)
    assert Word.TWO is file.one_of(Word, "a", {"w": "two"}, key="w")
    assert FOLDER / "x.csv" == file.path("a", table, "p")
    assert file.path("a", table, "q") is None
    assert [] == file.faults

    assert 0 == file.number(("a", "n"), table["n"])
    assert 0 == file.number(("a", "n"), True)
    assert file.one_of(Word, "a", table, key="w") is None
    assert ["must be a whole number", "must be a whole number", "must be one of one, two."] == [
        fault.what.partition(",")[0] if "number" in fault.what else fault.what
        for fault in file.faults
    ]


@given(st.text(max_size=60))
def test_no_text_does_worse_than_a_fault(text: str) -> None:
    """Whatever stands there, it is read or noted."""
    for ask in ("store", "accounts"):
        told(text, ask=ask)
