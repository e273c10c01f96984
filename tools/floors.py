# SPDX-License-Identifier: MIT
"""Run each package's tests with the oldest version of every direct dependency that it allows.

    python -m tools.floors DIST      DIST holds the built wheels

The pins of the workspace would hide the floors, so each package is resolved without them
(`uv --no-config`), installed from its wheel into an environment of its own, and its folder of
tests is run there. That one direct dependency really stands at its floor is checked first: a
resolution that took the newest of everything would prove nothing.
"""

import argparse
import os
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version
from tools.pins import uv
from tools.wheels import Wheel, WheelError, run, wheels

__all__ = ["at_floor", "direct", "floors", "main"]

ROOT = Path(__file__).resolve().parent.parent
PYTEST = (
    *("-q", "-n", "0", "-m", "not slow", "-p", "no:cacheprovider"),
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


def _check(wheel: Wheel, others: Sequence[Wheel], test_group: Sequence[str]) -> str:
    file = ROOT / "packages" / wheel.name / "pyproject.toml"
    requirements = direct(tomllib.loads(file.read_text("utf-8"))["project"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        held = folder / "held.txt"
        held.write_text("".join(f"{one.name} @ {one.file.as_uri()}\n" for one in others), "utf-8")
        resolved = folder / "floors.txt"
        run(
            *(uv(), "--no-config", "pip", "compile", "--quiet", "--no-header", "--no-annotate"),
            *("--no-sources", "--all-extras", "--resolution", "lowest-direct"),
            *("--python", sys.executable, "--constraint", held, "--output-file", resolved, file),
            cwd=folder,
        )
        standing = at_floor(requirements, resolved.read_text("utf-8"))
        if not standing:
            raise WheelError("No direct dependency stands at its floor.")
        run(uv(), "--no-config", "venv", "--quiet", "-p", sys.executable, "venv", cwd=folder)
        python = folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        sandbox = [one.file for one in others if one.name == "lg-sandbox"]
        run(
            *(uv(), "--no-config", "pip", "install", "--quiet", "-p", python),
            *("--constraint", held, "-r", resolved, wheel.file, *sandbox, *test_group),
            cwd=folder,
        )
        tests = f"tests/{wheel.name.removeprefix('lg-')}"
        said = run(python, "-m", "pytest", *PYTEST, tests, cwd=ROOT)
    at = f"{wheel.name} {wheel.version} at its floors: {', '.join(standing)}"
    return f"{at}\n{said.splitlines()[-1]}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when every package works at its floors, 1 when one does not.
    """
    parser = argparse.ArgumentParser(description="Run each package's tests at its floors.")
    parser.add_argument("dist", type=Path, help="the folder with the wheels")
    options = parser.parse_args(arguments)
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["dependency-groups"]
    faults: list[str] = []
    try:
        found = wheels(options.dist)
    except WheelError as error:
        found = []
        faults.append(str(error))
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        checks = {wheel.name: pool.submit(_check, wheel, found, groups["test"]) for wheel in found}
        for name, check in checks.items():
            try:
                print(check.result(), flush=True)
            except WheelError as error:
                faults.append(f"{name}: {error}")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
