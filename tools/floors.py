# SPDX-License-Identifier: MIT
"""Run each package's tests with the oldest version of every direct dependency that it allows.

    python -m tools.floors DIST                      DIST holds the built wheels
    python -m tools.floors DIST --python python3.11  with another interpreter

The pins of the workspace would hide the floors, so packages are resolved without them
(`uv --no-config`) and installed from their wheels. Packages whose floors agree share one
environment: each dependency stands there where it would stand for any of them alone. That every
package has a direct dependency at its floor is checked first: a resolution that took the newest of
everything would prove nothing.
"""

import argparse
import os
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from tools.pins import uv
from tools.wheels import Wheel, WheelError, run, wheels

__all__ = ["at_floor", "direct", "floors", "main", "together"]

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (
    *("-q", "-m", "not slow", "-p", "no:cacheprovider"),
    *("-o", "filterwarnings=default"),
)
"""How pytest is run: an old version may warn of what its successor has mended."""


def direct(project: dict[str, Any]) -> list[Requirement]:
    """List the requirements of a package that are not of this workspace, extras included.

    Args:
        project: the `[project]` table of its pyproject.toml.

    Returns:
        The requirements that hold on this machine.
    """
    texts = [*project.get("dependencies", [])]
    for extra in project.get("optional-dependencies", {}).values():
        texts += extra
    found = [Requirement(text) for text in texts]
    return [
        one
        for one in found
        if not one.name.startswith("lg-") and (one.marker is None or one.marker.evaluate())
    ]


def floors(requirement: Requirement) -> Version | None:
    """Return the oldest version that a requirement allows, or None where it names none.

    Args:
        requirement: one requirement of a package.
    """
    lowest = [Version(one.version) for one in requirement.specifier if one.operator == ">="]
    return max(lowest, default=None)


def at_floor(requirements: Sequence[Requirement], resolved: str) -> list[str]:
    """List the requirements whose resolved version is the oldest that they allow.

    Args:
        requirements: the direct requirements.
        resolved: the lines `name==version` that the resolver wrote.

    Returns:
        Their names, sorted.
    """
    lines = [Requirement(line) for line in resolved.splitlines() if "==" in line]
    chosen = {
        canonicalize_name(line.name): Version(next(iter(line.specifier)).version) for line in lines
    }
    return sorted(
        {
            one.name
            for one in requirements
            if floors(one) is not None and chosen.get(canonicalize_name(one.name)) == floors(one)
        }
    )


def together(packages: Mapping[str, Sequence[Requirement]]) -> list[list[str]]:
    """Put packages together that can stand at their floors in one environment.

    Args:
        packages: the direct requirements of each package, by its name.

    Returns:
        Groups of names. In a group no two packages have another floor for the same dependency.
    """
    groups: list[tuple[list[str], dict[str, Version | None]]] = []
    for name, requirements in packages.items():
        own = {str(canonicalize_name(one.name)): floors(one) for one in requirements}
        for names, lowest in groups:
            if all(lowest.get(other, version) == version for other, version in own.items()):
                names.append(name)
                lowest.update(own)
                break
        else:
            groups.append(([name], own))
    return [names for names, _ in groups]


def _file(wheel: Wheel) -> Path:
    return ROOT / "packages" / wheel.name / "pyproject.toml"


def _requirements(wheel: Wheel) -> list[Requirement]:
    return direct(tomllib.loads(_file(wheel).read_text("utf-8"))["project"])


def _check(
    chosen: Sequence[Wheel], every: Sequence[Wheel], *, test_group: Sequence[str], python: str
) -> str:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = folder / "held.txt"
        held.write_text("".join(f"{one.name} @ {one.file.as_uri()}\n" for one in every), "utf-8")
        resolved = folder / "floors.txt"
        run(
            *(uv(), "--no-config", "pip", "compile", "--quiet", "--no-header", "--no-annotate"),
            *("--no-sources", "--all-extras", "--resolution", "lowest-direct"),
            *("--python", python, "--constraint", held, "--output-file", resolved),
            *(_file(wheel) for wheel in chosen),
            cwd=folder,
        )
        lines: list[str] = []
        for wheel in chosen:
            standing = at_floor(_requirements(wheel), resolved.read_text("utf-8"))
            if not standing:
                raise WheelError(f"{wheel.name}: no direct dependency stands at its floor.")
            lines.append(f"{wheel.name} {wheel.version} at its floors: {', '.join(standing)}")
        run(uv(), "--no-config", "venv", "--quiet", "-p", python, "venv", cwd=folder)
        inside = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        sandbox = [one.file for one in every if one.name == "lg-sandbox"]
        run(
            *(uv(), "--no-config", "pip", "install", "--quiet", "-p", inside, "--compile-bytecode"),
            *("--constraint", held, "-r", resolved),
            *(wheel.file for wheel in chosen),
            *sandbox,
            *test_group,
            cwd=folder,
        )
        tests = [f"tests/{wheel.name.removeprefix('lg-')}" for wheel in chosen]
        said = run(inside, "-m", "pytest", *PYTEST, *tests, cwd=ROOT)
    return "\n".join([*lines, said.splitlines()[-1]])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when every package works at its floors, 1 when one does not.
    """
    parser = argparse.ArgumentParser(description="Run each package's tests at its floors.")
    parser.add_argument("dist", type=Path, help="the folder with the wheels")
    parser.add_argument("--python", default=sys.executable, help="the interpreter to test with")
    options = parser.parse_args(arguments)
    root = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    test_group: list[str] = root["dependency-groups"]["test"]
    try:
        found = {wheel.name: wheel for wheel in wheels(options.dist)}
        groups = together({name: _requirements(wheel) for name, wheel in found.items()})
    except WheelError as error:
        print(error, file=sys.stderr)
        return 1
    status = 0
    for names in groups:
        try:
            chosen = [found[name] for name in names]
            said = _check(chosen, [*found.values()], test_group=test_group, python=options.python)
            print(said, flush=True)
        except WheelError as error:
            print(f"{', '.join(names)}: {error}", file=sys.stderr)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
