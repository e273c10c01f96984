# SPDX-License-Identifier: MIT
"""The names at the top of lg_pay: the same for a program, for a type checker and for a reader."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import lg_pay

SOURCE = Path(lg_pay.__file__)
TYPING_CONTRACT = Path(__file__).with_name("typing_api.py")
HOMES: dict[str, str] = vars(lg_pay)["_HOMES"]


def _seen_by_type_checkers() -> dict[str, str]:
    tree = ast.parse(SOURCE.read_text("utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )
    return {
        alias.asname or alias.name: node.module or ""
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_all_three_lists_are_one() -> None:
    """What is listed, what type checkers see, and what is loaded are the same, from one place."""
    assert set(lg_pay.__all__) == HOMES.keys()
    assert _seen_by_type_checkers() == HOMES


def test_the_list_is_sorted_and_has_no_doubles() -> None:
    """A reader finds a name where the alphabet has it."""
    # As ruff sorts it (RUF022): constants, then classes, then the rest; here all are classes.
    assert sorted(set(lg_pay.__all__), key=_natural) == list(lg_pay.__all__)


def _natural(name: str) -> str:
    return name


@pytest.mark.parametrize("name", lg_pay.__all__)
def test_each_name_is_that_of_its_home(name: str) -> None:
    """A name at the top is the very thing of its module, and public there too."""
    home = importlib.import_module(HOMES[name])

    assert getattr(lg_pay, name) is getattr(home, name)
    assert name in home.__all__


def test_a_name_that_is_not_there_is_said() -> None:
    """A slip of the pen is an AttributeError, as for any module."""
    with pytest.raises(AttributeError, match="PayCleint"):
        getattr(lg_pay, "PayCleint")  # noqa: B009 -- what is tested


def test_nothing_is_loaded_before_it_is_used() -> None:
    """Importing the package loads no part of it, and a model loads no client."""
    code = (
        "import sys, lg_pay\n"
        "assert not [m for m in sys.modules if m.startswith('lg_pay.')], sys.modules\n"
        "lg_pay.NewPayment\n"
        "heavy = {'httpx', 'httpx2', 'structlog', 'stamina', 'asyncio', 'anyio', 'typer',"
        " 'pydantic_settings', 'truststore', 'lg_pay._sync.client'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)  # noqa: S603 -- our own lines

    assert (0, "") == (done.returncode, done.stderr)


def test_the_typing_contract_names_every_name() -> None:
    """The file that type checkers read leaves no public name out."""
    used = {
        node.id
        for node in ast.walk(ast.parse(TYPING_CONTRACT.read_text("utf-8")))
        if isinstance(node, ast.Name)
    }

    assert [] == sorted(set(lg_pay.__all__) - used)
