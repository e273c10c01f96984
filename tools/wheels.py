# SPDX-License-Identifier: MIT
"""Install each built wheel alone, with plain pip, outside the workspace, and see that it works.

    python -m tools.wheels DIST                                with the interpreter that runs this
    python -m tools.wheels DIST --python python3.13            with another one
    python -m tools.wheels DIST --python python3.13 --with uv  as uv installs

For every package: an empty environment in a temporary folder, `pip install`, `pip check`, an
import, and a comparison of what pip brought with the reviewed list in
tests/repository/plain_install.json. A package with a `try` command is then installed with the
extra that the command needs, and the command is run. uv takes a tenth of pip's time: it does for
the second and third interpreter, where what is new is the interpreter.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Protocol, cast

from tools.pins import uv

__all__ = [
    "Installer",
    "Wheel",
    "WheelError",
    "alone",
    "contents",
    "main",
    "run",
    "uv_installer",
    "wheels",
    "with_pip",
]

ROOT = Path(__file__).resolve().parent.parent
REVIEWED = ROOT / "tests" / "repository" / "plain_install.json"
TRY = {
    "lg-notify": ("sandbox", ("lg-notify", "try")),
    "lg-patterns": ("demo", ("lg-patterns", "demo", "--walk")),
    "lg-pay": ("sandbox", ("lg-pay", "try")),
}
"""Packages with a command that shows them: the extra that it needs, and the command."""


METADATA = """
import hashlib, json, sys
from importlib.metadata import distributions
digests = {}
for one in distributions():
    name = one.metadata["Name"]
    if name in sys.argv[1:]:
        text = one.read_text("METADATA").encode()
        digests[name] = hashlib.sha256(text).hexdigest()
print(json.dumps(digests))
"""
"""A program that prints the digest of each named package's metadata, as it was installed."""


class WheelError(Exception):
    """A wheel does not do what it should alone. The message says which, and what was seen."""


@dataclass(frozen=True, slots=True)
class Wheel:
    """One built distribution.

    Attributes:
        name: the name of the package, such as `lg-pay`.
        version: its version.
        file: where the wheel lies.
    """

    name: str
    version: str
    file: Path

    def metadata(self) -> str:
        """Return the digest of what the wheel says of itself."""
        with zipfile.ZipFile(self.file) as archive:
            text = archive.read(f"{self.module}-{self.version}.dist-info/METADATA")
        return hashlib.sha256(text).hexdigest()

    @property
    def module(self) -> str:
        """The name to import."""
        return self.name.replace("-", "_")


def wheels(dist: Path) -> list[Wheel]:
    """Find the wheels in a folder.

    Args:
        dist: the folder into which they were built.

    Returns:
        The wheels, by name.

    Raises:
        WheelError: there is none, or one lacks a file or holds one that is not of its package.
    """
    found = [
        Wheel(name.replace("_", "-"), version, file.resolve())
        for file in sorted(dist.glob("*.whl"))
        for name, version in [file.name.split("-")[:2]]
    ]
    if not found:
        raise WheelError(f"{dist} holds no wheel. Run: uv build --all-packages --out-dir {dist}")
    faults = [fault for wheel in found for fault in contents(wheel)]
    if faults:
        raise WheelError("\n".join(faults))
    return found


def contents(wheel: Wheel) -> list[str]:
    """Say what a wheel lacks, or holds and should not.

    Args:
        wheel: the wheel to open.

    Returns:
        One sentence a fault.
    """
    with zipfile.ZipFile(wheel.file) as archive:
        names = archive.namelist()
    info = f"{wheel.module}-{wheel.version}.dist-info/"
    wanted = (f"{wheel.module}/py.typed", f"{info}licenses/LICENSE", f"{info}METADATA")
    faults = [f"{wheel.name}: the wheel lacks {name}" for name in wanted if name not in names]
    faults += [
        f"{wheel.name}: the wheel holds {name}, which is not of the package"
        for name in names
        if not name.startswith((f"{wheel.module}/", info))
    ]
    return faults


def run(*words: str | Path, cwd: Path) -> str:
    """Run a command outside the workspace's own environment.

    Args:
        words: the command and its arguments.
        cwd: the folder to run it in.

    Returns:
        What it printed.

    Raises:
        WheelError: it failed; the message holds what it printed.
    """
    hidden = {"PYTEST_ADDOPTS", "PYTHONHOME", "PYTHONPATH", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    # Files, not pipes: whoever the command leaves behind would hold a pipe open, and us with it.
    with TemporaryFile("w+", encoding="utf-8") as out, TemporaryFile("w+", encoding="utf-8") as err:
        command = [str(word) for word in words]
        done = subprocess.run(
            command, cwd=cwd, env=environment, stdout=out, stderr=err, check=False
        )
        out.seek(0)
        err.seek(0)
        said, wrong = out.read(), err.read()
    if done.returncode:
        named = " ".join(Path(word).name for word in command)
        raise WheelError(f"{named} ended with {done.returncode}:\n{said}{wrong}")
    return said


_SCRIPTS = "Scripts" if os.name == "nt" else "bin"
_PYTHON = "python.exe" if os.name == "nt" else "python"


class Installer(Protocol):
    """Gives the words of a command that installs into another environment."""

    def __call__(self, command: str, python: Path) -> tuple[str | Path, ...]:
        """Return the words that stand before the command's own arguments.

        Args:
            command: `install`, `check` or `list`.
            python: the interpreter of the environment.
        """
        ...


@dataclass(frozen=True, slots=True)
class _Place:
    """An empty environment in a folder of its own, and what installs into it."""

    folder: Path
    scripts: Path
    python: Path
    installer: Installer

    @classmethod
    def make(cls, python: str, folder: Path, installer: Installer) -> "_Place":
        # A pip of its own in each would take longer than what it installs.
        run(python, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
        scripts = folder / "venv" / _SCRIPTS
        return cls(folder, scripts, scripts / _PYTHON, installer)

    def run_pip(self, command: str, *words: str | Path) -> str:
        return run(*self.installer(command, self.python), *words, cwd=self.folder)

    def run(self, *words: str | Path) -> str:
        return run(self.python, *words, cwd=self.folder)

    def install(self, wheel: Wheel, others: Sequence[Wheel], *, extra: str = "") -> None:
        held = self.folder / "held.txt"
        held.write_text("".join(f"{one.name}=={one.version}\n" for one in others), "utf-8")
        wanted = f"{wheel.name}[{extra}]" if extra else wheel.name
        self.run_pip(
            *("install", "--quiet", "--find-links", wheel.file.parent),
            *("--constraint", held, f"{wanted} @ {wheel.file.as_uri()}"),
        )
        self._check_origin(others)
        self.run_pip("check")
        self.run("-I", "-c", f"import {wheel.module}")

    def _check_origin(self, wheels: Sequence[Wheel]) -> None:
        # A stranger's package of the same name and version on an index must not take our place.
        names = [wheel.name for wheel in wheels]
        found = cast("dict[str, str]", json.loads(self.run("-I", "-c", METADATA, *names)))
        for wheel in wheels:
            if wheel.name in found and found[wheel.name] != wheel.metadata():
                raise WheelError(f"pip took another {wheel.name} than the one in {wheel.file}")

    def installed(self) -> set[str]:
        text = self.run_pip("list", "--format=json")
        names = {
            re.sub(r"[-_.]+", "-", entry["name"]).lower()
            for entry in cast("list[dict[str, str]]", json.loads(text))
        }
        return names - {"pip", "setuptools", "wheel"}


def with_pip(python: str, folder: Path) -> Installer:
    """Make an environment that has pip, for `alone`.

    Args:
        python: the interpreter.
        folder: where the environment may stand.

    Returns:
        What installs with that pip into other environments.
    """
    run(python, "-m", "venv", folder / "pip", cwd=folder)
    pip = folder / "pip" / _SCRIPTS / _PYTHON

    def words(command: str, python: Path) -> tuple[str | Path, ...]:
        said = (pip, "-m", "pip", "--python", python, "--disable-pip-version-check", command)
        return (*said, "--no-compile") if command == "install" else said

    return words


def uv_installer() -> Installer:
    """Install with uv, without the pins of the workspace."""
    found = uv()
    return lambda command, python: (found, "--no-config", "pip", command, "--python", python)


def _compare(name: str, brought: set[str], reviewed: Mapping[str, object]) -> None:
    packages = cast("Mapping[str, Sequence[str]]", reviewed["packages"])
    allowed = set(packages.get(name, ()))
    if brought != allowed:
        more = ", ".join(sorted(brought - allowed)) or "nothing"
        less = ", ".join(sorted(allowed - brought)) or "nothing"
        raise WheelError(
            f"A plain install of {name} brings, beyond the reviewed list: {more}; "
            f"and does not bring: {less}. Review it, then change {REVIEWED.relative_to(ROOT)}."
        )


def alone(wheel: Wheel, others: Sequence[Wheel], *, python: str, installer: Installer) -> str:
    """Install a wheel alone, and see that it works.

    Args:
        wheel: the wheel.
        others: every wheel of the workspace, for what it needs of them.
        python: the interpreter to install into.
        installer: what installs it.

    Returns:
        One line that says what worked.

    Raises:
        WheelError: it does not; the message says what was seen.
    """
    reviewed = cast("dict[str, object]", json.loads(REVIEWED.read_text("utf-8")))
    with TemporaryDirectory() as folder:
        place = _Place.make(python, Path(folder), installer)
        place.install(wheel, others)
        version = place.run("-c", "import sys; print('%d.%d' % sys.version_info[:2], sys.platform)")
        if version.split() == [reviewed["python"], reviewed["platform"]]:
            _compare(wheel.name, place.installed(), reviewed)
        if wheel.name in TRY:
            extra, (script, *words) = TRY[wheel.name]
            place.install(wheel, others, extra=extra)
            run(place.scripts / script, *words, cwd=place.folder)
    return f"{wheel.name} {wheel.version} on Python {version.strip()}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when every wheel works alone, 1 when one does not.
    """
    parser = argparse.ArgumentParser(description="Install each wheel alone and see that it works.")
    parser.add_argument("dist", type=Path, help="the folder with the wheels")
    parser.add_argument("--python", default=sys.executable, help="the interpreter to install into")
    parser.add_argument("--with", dest="tool", choices=("pip", "uv"), default="pip")
    options = parser.parse_args(arguments)
    try:
        found = wheels(options.dist)
        # pip waits for the network and the disk as much as it works.
        with (
            TemporaryDirectory() as folder,
            ThreadPoolExecutor(1 + (os.cpu_count() or 1)) as pool,
        ):
            uses_uv = options.tool == "uv"
            installer = uv_installer() if uses_uv else with_pip(options.python, Path(folder))
            checks = [
                pool.submit(alone, wheel, found, python=options.python, installer=installer)
                for wheel in found
            ]
            for check in checks:
                print(check.result())
    except WheelError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
