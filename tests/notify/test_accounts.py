# SPDX-License-Identifier: MIT
"""How the services of a council are described: in code and in a file."""

from pathlib import Path

import pytest
from notify.canned import KEY

from lg_core.errors import ConfigError
from lg_notify import NotifyAccount
from lg_notify.accounts import accounts_in, read_accounts


def test_a_file_is_read(tmp_path: Path) -> None:
    """Each table is a service."""
    file = tmp_path / "accounts.toml"
    file.write_text(
        '[bin-days]\nkey_env = "A"\ncouncil = "Leeds"\n'
        '[council-tax]\nkey_env = "B"\nbase_url = "http://localhost:1"\n',
        "utf-8",
    )

    assert {
        "bin-days": NotifyAccount(key_env="A", council="Leeds"),
        "council-tax": NotifyAccount(key_env="B", base_url="http://localhost:1"),
    } == read_accounts(file)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"key_env": "A", "funds": ["GW"]}, "a setting that is not known"),
        ({"api_key": KEY}, "holds a key"),
        ({"key_env": KEY}, "must be the name of an environment variable"),
        ({"council": "Leeds"}, "needs key_env"),
    ],
)
def test_a_table_that_is_wrong_says_where(table: object, said: str) -> None:
    """Nothing that could be a key is repeated."""
    with pytest.raises(ConfigError, match=said) as wrong:
        accounts_in({"bin-days": table})

    assert KEY not in wrong.value.message
    assert KEY not in repr(NotifyAccount(api_key=KEY))
