# SPDX-License-Identifier: MIT
"""lg_core.accounts: how the accounts of a platform are described, found, and get another key."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from core.platform_app import platform
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lg_core.accounts import (
    Account,
    Accounts,
    KeyRing,
    account_for_council,
    account_for_service,
    account_settings,
    checked_accounts,
    only_account,
    read_tables,
)
from lg_core.clients import ApiClient
from lg_core.errors import ConfigError

HERE = "http://localhost:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mine(Account):
    """An account of an invented platform."""

    base_url: str = HERE


def no_check(_present: str, _new: str) -> None:
    """Let any key stand in for any other."""


def text_of(key: str | SecretStr) -> str:
    """Read a key."""
    return key.get_secret_value() if isinstance(key, SecretStr) else key


def test_a_source_is_what_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The key, the function, or a function that reads the variable each time."""
    made = _Mine(key_env="ZQ_KEY").source()
    monkeypatch.setenv("ZQ_KEY", "one")

    assert callable(made)
    assert "one" == made()
    monkeypatch.setenv("ZQ_KEY", "two")
    assert "two" == made()
    monkeypatch.delenv("ZQ_KEY")
    with pytest.raises(ConfigError, match="ZQ_KEY is not set") as missing:
        made()
    assert "ZQ_KEY" == missing.value.setting
    assert "k" == _Mine(api_key="k").source()


@pytest.mark.parametrize("key_env", ["a-b", "1a", "", "a b"])
def test_a_variable_has_a_name_that_one_can_have(key_env: str) -> None:
    """A key pasted in its place is refused, and not repeated."""
    with pytest.raises(ConfigError, match="name of an environment variable"):
        _Mine(key_env=key_env)


def test_a_key_is_asked_for_again_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first refusal asks and uses what came; a second within the minute does not ask."""
    now = [100.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    given_ = iter(["one", "two", "three"])
    ring = KeyRing(lambda: next(given_), read=text_of, check_successor=no_check)

    assert "one" == ring.key
    assert ring.replaced("one")
    assert "two" == ring.key
    assert ring.replaced("one")  # another thread was refused with the old one
    assert not ring.replaced("two")  # asked lately
    now[0] += 60
    assert ring.replaced("two")
    assert "three" == ring.key
    assert not KeyRing("one", read=text_of, check_successor=no_check).replaced("one")


def test_a_successor_that_is_refused_changes_nothing() -> None:
    """The present key stays."""

    def refuse(_present: str, _new: str) -> None:
        raise ConfigError("No.", setting="key")

    given_ = iter(["one", "two"])
    ring = KeyRing(lambda: next(given_), read=text_of, check_successor=refuse)
    with pytest.raises(ConfigError):
        ring.replaced("one")

    assert "one" == ring.key


def test_settings_are_texts_and_lists() -> None:
    """Those that are there are given; a list that is not there is empty."""
    table = {"key_env": "A", "funds": ["x"]}

    assert ({"key_env": "A"}, {"funds": ("x",), "others": ()}) == account_settings(
        "a", table, texts=("key_env", "council"), lists=("funds", "others")
    )


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["key_env", "x"]), inner),
    )
)
def test_any_table_is_read_or_refused(table: Any) -> None:
    """Whatever TOML can hold, the error is a ConfigError that names the account."""
    given_: object = table
    if table.__class__ is dict and [*table] == ["key_env"] and isinstance(table["key_env"], str):
        assert ({"key_env": table["key_env"]}, {}) == account_settings(
            "mine", given_, texts=("key_env",)
        )
        return
    with pytest.raises(ConfigError, match=r"^In the accounts file mine "):
        account_settings("mine", given_, texts=("key_env",))


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """With the line where it is no TOML, and without its path or its text."""
    (tmp_path / "zq.toml").write_text("[zqname\n", "utf-8")
    with pytest.raises(ConfigError, match="not TOML, at line 1") as wrong:
        read_tables(tmp_path / "zq.toml")
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        read_tables(tmp_path / "none.toml")

    assert "zq" not in wrong.value.message


def test_the_one_that_is_meant_is_found() -> None:
    """By name, and by any code or name of a council; a council nobody knows as it is written."""
    accounts = checked_accounts(
        {
            "a": _Mine(api_key="k", council="Leeds"),
            "b": _Mine(api_key="k", council="x-own"),
            "c": _Mine(api_key="k"),
        }
    )

    assert "c" == account_for_service(accounts, "c")
    assert "a" == account_for_council(accounts, "E08000035")
    assert "b" == account_for_council(accounts, "x-own")
    with pytest.raises(ConfigError, match=r"No account is for this fund\. There are: a, b, c"):
        only_account([], "fund", accounts)
    with pytest.raises(ConfigError, match="Several accounts are for this fund: a, c"):
        only_account(["c", "a"], "fund", accounts)


def test_a_client_is_built_once_and_its_faults_are_named() -> None:
    """Only when it is needed; an error of the builder is said with the account's name."""
    built: list[str] = []

    def build(account: _Mine) -> ApiClient:
        built.append(account.base_url)
        return ApiClient(platform(), base_url=account.base_url, authorise=dict)

    given_ = {"a": _Mine(api_key="k"), "b": _Mine(api_key="k", base_url="http://elsewhere.example")}
    with Accounts(given_, build=build) as accounts:
        assert [] == built
        assert accounts.for_service("a") is accounts.for_service("a")
        assert [HERE] == built
        with pytest.raises(ConfigError, match=r"^Account b: "):
            accounts.for_service("b")
    with pytest.raises(ConfigError, match="were closed"):
        accounts.for_service("a")
