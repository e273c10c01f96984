# SPDX-License-Identifier: MIT
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import pins

ROOT = Path(__file__).resolve().parents[2]
TABLE = '[project]\nname = "x"\n\n[tool.uv]\npackage = false\n\n[tool.other]\nlist = [1]\n'
EXPORTED = """\
rich==15.0.0
colorama==0.4.6 ; sys_platform == 'win32'

# a remark
anyio==4.16.0
"""

names = st.from_regex(r"[a-z][a-z0-9-]{0,8}[a-z0-9]", fullmatch=True)
versions = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){0,3}(rc1|\.post1)?", fullmatch=True)
markers = st.sampled_from(["", " ; sys_platform == 'win32'", " ; extra_names[0] == 'a]'"])
requirements = st.builds("{}=={}{}".format, names, versions, markers)


def test_what_uv_exports_is_sorted() -> None:
    """Remarks and empty lines go, markers stay."""
    expected = ["anyio==4.16.0", "colorama==0.4.6 ; sys_platform == 'win32'", "rich==15.0.0"]

    assert expected == pins.pinned(EXPORTED)


@pytest.mark.parametrize("line", ["anyio>=4", "-e packages/lg-core", "x @ https://host/x.whl"])
def test_only_exact_versions_are_pins(line: str) -> None:
    """A range, a folder or an address among the exported lines is an error."""
    with pytest.raises(pins.PinsError, match="no exact version"):
        pins.pinned(f"{EXPORTED}{line}\n")


@given(st.lists(requirements, unique=True), st.lists(requirements, unique=True))
def test_pins_are_replaced_whole(first: list[str], second: list[str]) -> None:
    """The last pins written are the ones there, and nothing else of the file changes."""
    once = pins.replace(TABLE, second)
    twice = pins.replace(pins.replace(TABLE, first), second)
    before, after = tomllib.loads(TABLE), tomllib.loads(twice)

    assert once == twice
    assert second == after["tool"]["uv"].pop("constraint-dependencies")
    assert before == after


def test_a_file_without_the_table_is_refused() -> None:
    """Pins are not written where uv would not read them."""
    with pytest.raises(pins.PinsError, match="root pyproject"):
        pins.replace('[project]\nname = "x"\n', [])


def test_this_repository_has_its_pins() -> None:
    """Every development dependency stands in the pins."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    present = settings["tool"]["uv"]["constraint-dependencies"]

    assert pins.pinned("\n".join(present)) == present
    assert {"pytest", "ruff", "pyright", "httpx"} <= {pin.partition("==")[0] for pin in present}
