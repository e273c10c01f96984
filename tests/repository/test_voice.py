# SPDX-License-Identifier: MIT
"""How the project speaks: plain words, no praise, nothing that only holds on one machine."""

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {".ci", ".github"}
NOT_OURS = {"site", "dist", "build", "node_modules", "__pycache__"}
TEXT = {"", ".css", ".html", ".json", ".md", ".py", ".toml", ".txt", ".yml", ".yaml"}
PRAISE = re.compile(
    r"\b(simply|just|easy|easily|obviously|powerful|robust|seamless(?:ly)?|effortless(?:ly)?|"
    r"blazing(?:ly)?|cutting-edge|leverage[sd]?|utili[sz]e[sd]?)\b",
    re.IGNORECASE,
)
INDEXES = re.compile(r"\b(?:pypi|pythonhosted)[.]org|\bregistry[.](?:npmjs|yarnpkg)|deb[.]debian")
MACHINES = re.compile(r"(?<![\w./<>-])/(?:home|root|work|Users)/\w|\b[A-Z]:\\+Users\\")


def _files() -> list[Path]:
    found: list[Path] = []
    for folder, inner, names in os.walk(ROOT):
        inner[:] = [
            name
            for name in inner
            if name in OURS or not (name in NOT_OURS or name.startswith(".") or "egg-info" in name)
        ]
        found += [
            Path(folder, name)
            for name in names
            if Path(name).suffix in TEXT and not name.startswith(".")
        ]
    return sorted(found)


FILES = _files()
PAGES = [file for file in FILES if file.suffix == ".md"]
MODULES = [file for file in FILES if file.suffix == ".py" and "tests" not in file.parts]


def _named(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def _docstrings(file: Path) -> str:
    tree = ast.parse(file.read_text("utf-8"))
    found = [
        ast.get_docstring(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return "\n".join(text for text in found if text)


def test_no_page_praises() -> None:
    """A page says what a thing does and leaves the judgement to the reader."""
    found = {_named(file): PRAISE.findall(file.read_text("utf-8")) for file in PAGES}

    assert found
    assert {} == {name: words for name, words in found.items() if words}


def test_no_docstring_praises() -> None:
    """A docstring says what a thing does and leaves the judgement to the reader."""
    found = {_named(file): PRAISE.findall(_docstrings(file)) for file in MODULES}

    assert found
    assert {} == {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("pattern", [INDEXES, MACHINES], ids=["index", "machine"])
def test_nothing_names_where_it_was_made(pattern: re.Pattern[str]) -> None:
    """No file names the host of a package index or a path of one person's machine."""
    found = [_named(file) for file in FILES if pattern.search(file.read_text("utf-8"))]

    assert not found


def test_the_spelling_is_right() -> None:
    """codespell finds nothing."""
    command = shutil.which("codespell", path=str(Path(sys.executable).parent))
    assert command is not None

    done = subprocess.run(  # noqa: S603 -- a development tool of this workspace
        [command, *(_named(file) for file in PAGES + MODULES)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert not done.returncode, done.stdout
