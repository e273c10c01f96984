# SPDX-License-Identifier: MIT
"""How accounts are described: in code and in a file."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_pay import PayAccount, PayAccounts
from lg_pay.accounts import read_accounts

KEY = "api_test_zqsecret" + "k7" * 16


def written(folder: Path, text: str) -> Path:
    """Write an accounts file."""
    file = folder / "accounts.toml"
    file.write_text(text, "utf-8")
    return file


def test_a_file_is_read(tmp_path: Path) -> None:
    """Each table is an account."""
    file = written(
        tmp_path,
        '[garden-waste]\nkey_env = "A"\ncouncil = "Leeds"\nfunds = ["GW", "GX"]\n'
        'provider = "stripe"\n[rent]\nkey_env = "B"\nbase_url = "http://localhost:1"\n',
    )

    assert {
        "garden-waste": PayAccount(
            key_env="A", council="Leeds", funds=("GW", "GX"), provider="stripe"
        ),
        "rent": PayAccount(key_env="B", base_url="http://localhost:1"),
    } == read_accounts(file)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[garden\n", "line 1"),
        ("garden = 1\n", "garden must be a table"),
        (f'[garden]\napi_key = "{KEY}"\n', "garden holds a key"),
        ('[garden]\nkey_env = "A"\nfond = "GW"\n', "garden has a setting that is not known"),
        ('[garden]\nkey_env = "A"\nfunds = "GW"\n', "garden needs funds as a list"),
        ('[garden]\nkey_env = "A"\nfunds = [1]\n', "garden needs funds as a list"),
        ('[garden]\nkey_env = "A"\ncouncil = 1\n', "garden has a setting that is not text"),
        ('[garden]\ncouncil = "Leeds"\n', "garden needs key_env"),
        (f'[garden]\nkey_env = "{KEY} "\n', "key_env must be the name"),
        (f'["{KEY} "]\nfunds = 1\n', "an account needs funds"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, text: str, said: str) -> None:
    """The account and the setting are named, and nothing that could be a key is repeated."""
    with pytest.raises(ConfigError, match=said) as wrong:
        read_accounts(written(tmp_path, text))

    assert KEY not in wrong.value.message


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A path that is wrong is the usual case."""
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        read_accounts(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b'[g]\nkey_env = "\xe9"')
    with pytest.raises(ConfigError, match="UnicodeDecodeError"):
        read_accounts(tmp_path / "latin.toml")


@pytest.mark.parametrize(
    "given_", [{}, {"api_key": KEY, "key_env": "A"}, {"api_key": KEY, "key": lambda: KEY}]
)
def test_a_key_is_given_in_one_way(given_: dict[str, object]) -> None:
    """Not in none, and not in two."""
    with pytest.raises(ConfigError, match="one way"):
        PayAccount(**given_)  # pyright: ignore[reportArgumentType]  # wrong values are the point


def test_one_fund_is_a_list_of_one() -> None:
    """A text would be taken for its letters."""
    with pytest.raises(ConfigError, match="list of codes"):
        PayAccount(api_key=KEY, funds="GW")


def test_a_key_is_not_printed() -> None:
    """An account's repr leaves it out."""
    assert KEY not in repr(PayAccount(api_key=KEY))


def test_no_accounts_are_a_mistake() -> None:
    """There is one at least."""
    with pytest.raises(ConfigError, match="no accounts"):
        PayAccounts({})


@given(st.text(max_size=70))
def test_a_name_can_stand_in_an_error(name: str) -> None:
    """Small letters, digits and hyphens; any other name is refused without being repeated."""
    good = 1 <= len(name) <= 64 and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in name)

    if good and not name.startswith("-"):
        assert (name,) == PayAccounts({name: PayAccount(api_key=KEY)}).names
    else:
        with pytest.raises(ConfigError, match="must be 1 to 64"):
            PayAccounts({name: PayAccount(api_key=KEY)})
