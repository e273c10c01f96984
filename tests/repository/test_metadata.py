# SPDX-License-Identifier: MIT
import email.parser
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = sorted(path.parent for path in ROOT.glob("packages/*/pyproject.toml"))
NAMES = [folder.name for folder in FOLDERS]
KINDS = {"feature", "bugfix", "doc", "removal", "misc"}
LIBRARIES_OF_HOSTS = {
    "click", "django", "flask", "litestar", "rich", "sqlalchemy", "starlette", "typer", "uvicorn",
}  # fmt: skip


def _project(name: str) -> dict[str, Any]:
    text = (ROOT / "packages" / name / "pyproject.toml").read_text("utf-8")
    return tomllib.loads(text)["project"]


def _requirements(name: str) -> list[Requirement]:
    project = _project(name)
    extras = project.get("optional-dependencies", {}).values()
    texts = [*project["dependencies"], *(text for extra in extras for text in extra)]
    return [Requirement(text) for text in texts]


@pytest.mark.parametrize("name", NAMES)
def test_the_pyproject_file_is_valid(name: str) -> None:
    """Every pyproject.toml follows the standards that build tools read it by."""
    done = subprocess.run(  # noqa: S603 -- a development tool of this workspace
        [sys.executable, "-m", "validate_pyproject", f"packages/{name}/pyproject.toml"],
        cwd=ROOT,
        env={**os.environ, "VALIDATE_PYPROJECT_NO_NETWORK": "1", "NO_NETWORK": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert not done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_what_an_index_shows_is_there(name: str) -> None:
    """A package says its licence, its readme, its Pythons and that it is typed."""
    project = _project(name)
    folder = ROOT / "packages" / name
    pythons = [f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 16)]

    assert name == project["name"]
    assert (project["license"].split(" AND ")[0], project["license-files"]) == ("MIT", ["LICENSE"])
    assert (folder / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    assert (folder / project["readme"]).read_text("utf-8").startswith(f"# {name}\n")
    assert project["requires-python"] == ">=3.11"
    assert {*pythons, "Typing :: Typed"} <= set(project["classifiers"])
    assert (folder / "src" / name.replace("-", "_") / "py.typed").is_file()


@pytest.mark.parametrize("name", NAMES)
def test_every_dependency_has_a_floor(name: str) -> None:
    """Each requirement names the oldest version that it allows, and pins none."""
    for requirement in _requirements(name):
        operators = {one.operator for one in requirement.specifier}
        assert ">=" in operators, str(requirement)
        assert "==" not in operators, str(requirement)


@pytest.mark.parametrize("name", NAMES)
def test_members_ask_for_one_breaking_step_of_each_other(name: str) -> None:
    """Before 1.0 a minor breaks, after it a major: the range ends there, and holds today's."""
    for requirement in _requirements(name):
        if not requirement.name.startswith("lg-"):
            continue
        present = Version(_project(requirement.name)["version"])
        floor = Version(next(one.version for one in requirement.specifier if one.operator == ">="))
        ceiling = f"0.{floor.minor + 1}" if floor.major == 0 else str(floor.major + 1)
        uppers = [one.version for one in requirement.specifier if one.operator == "<"]
        assert uppers == [ceiling], str(requirement)
        assert requirement.specifier.contains(present, prereleases=True), str(requirement)


@pytest.mark.parametrize("name", NAMES)
def test_the_changelog_is_ready_for_the_release_tool(name: str) -> None:
    """Fragments have a kind, and the changelog has the line below which releases are put."""
    folder = ROOT / "packages" / name
    settings = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
    lines = (folder / "CHANGELOG.md").read_text("utf-8").splitlines()
    fragments = [file.name for file in (folder / "changes").iterdir() if file.name != ".gitkeep"]

    assert settings["start_string"].strip() in lines
    assert settings["name"] == name
    for fragment in fragments:
        found = re.fullmatch(r"(\d+|\+[\w-]+)\.([a-z]+)(\.\d+)?\.md", fragment)
        assert found, fragment
        assert found[2] in KINDS, fragment


@pytest.mark.parametrize("name", NAMES)
def test_what_was_installed_is_this_version(name: str) -> None:
    """The environment holds the version that stands in pyproject.toml."""
    text = metadata.distribution(name).read_text("METADATA") or ""
    installed = email.parser.HeaderParser().parsestr(text)

    assert _project(name)["version"] == installed["Version"]


def _closure(name: str) -> set[str]:
    seen: set[str] = set()
    waiting = [(name, "")]
    done: set[tuple[str, str]] = set()
    while waiting:
        current, extra = waiting.pop()
        if (current, extra) in done:
            continue
        done.add((current, extra))
        seen.add(current)
        project = _project(current) if current in NAMES else {}
        texts = (
            # An extra of one of ours is asked for by another of ours, such as lg-pay[book].
            project.get("optional-dependencies", {}).get(extra, project["dependencies"])
            if project
            else metadata.requires(current)
        )
        for text in texts or ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                wanted = canonicalize_name(one.name)
                waiting += [(wanted, inner) for inner in ("", *sorted(one.extras))]
    return seen


def _reviewed() -> dict[str, Any]:
    file = ROOT / "tests" / "repository" / "plain_install.json"
    return json.loads(file.read_text("utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_a_plain_install_brings_what_was_reviewed(name: str) -> None:
    """A new dependency of a dependency is seen by a person before a council gets it."""
    reviewed = _reviewed()
    allowed = set(reviewed["packages"][name])
    here = (f"{sys.version_info.major}.{sys.version_info.minor}", sys.platform)
    brought = _closure(name)
    if here == (reviewed["python"], reviewed["platform"]):
        assert allowed == brought
    else:  # other machines need a few more or fewer
        assert {"pydantic"} & allowed <= brought


def test_a_plain_install_of_a_component_stays_short() -> None:
    """No component brings a web framework, an SQL library or a command-line library."""
    packages = _reviewed()["packages"]

    assert sorted(packages) == NAMES
    for name in set(NAMES) - {"lg-sandbox"}:
        # lg-patterns is an application: it keeps cases and payments, and so needs a database.
        kept = {"sqlalchemy"} if name == "lg-patterns" else set[str]()
        assert not set(packages[name]) & (LIBRARIES_OF_HOSTS - kept), name
