# SPDX-License-Identifier: MIT
"""Make a release of one or more packages: rehearse it in a clone, or write it into this tree.

    python -m tools.release lg-core==0.1.0 lg-pay==0.1.0     rehearse in a clone
    python -m tools.release lg-core==0.1.0 --out DIST        rehearse, and keep the files
    python -m tools.release lg-core==0.1.0 --write           write version and changelog

A rehearsal clones the last commit into a temporary folder and does there what a release does: the
version, the changelog from its fragments, the sdist and the wheel, built twice so that the same
commit gives the same bytes, and each wheel installed alone with plain pip. It prints the changelog
and the digest of each file.

What it refuses: a version that is not above the last tag's, a breaking change in a step that
VERSIONING.md says does not break, no changelog fragment, another package of the workspace whose
range leaves the new version out, and a tree with changes that are not committed.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from packaging.requirements import Requirement
from packaging.version import InvalidVersion, Version
from tools.pins import uv
from tools.wheels import Wheel, WheelError, alone, run, wheels, with_pip

__all__ = [
    "Release",
    "ReleaseError",
    "kinds",
    "main",
    "ranges_without",
    "set_version",
    "step_fault",
]

ROOT = Path(__file__).resolve().parent.parent
_VERSION_LINE = re.compile(r'^version = "[^"]*"$', re.MULTILINE)
_FIRST_STABLE = 1
_BREAKING = "removal"


class ReleaseError(Exception):
    """The release cannot be made. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """A package and the version that it gets.

    Attributes:
        name: the name of the package, such as `lg-pay`.
        version: its new version.
    """

    name: str
    version: Version

    @classmethod
    def read(cls, word: str) -> "Release":
        """Read a word such as `lg-pay==0.2.0`.

        Args:
            word: the name and the version.

        Raises:
            ReleaseError: it is no such word, or there is no such package.
        """
        name, _, version = word.partition("==")
        if not (ROOT / "packages" / name / "pyproject.toml").is_file():
            raise ReleaseError(f"{name} is no package of this workspace. Write lg-pay==0.2.0.")
        try:
            return cls(name, Version(version))
        except InvalidVersion:
            raise ReleaseError(f"{name} needs a version: {name}==0.2.0.") from None

    @property
    def tag(self) -> str:
        """The tag of the release."""
        return f"{self.name}-v{self.version}"

    def folder(self, root: Path) -> Path:
        """Return the folder of the package.

        Args:
            root: the root of the workspace.
        """
        return root / "packages" / self.name


def kinds(folder: Path) -> dict[str, int]:
    """Count the changelog fragments of a package by their kind.

    Args:
        folder: the folder of the package.

    Returns:
        How many there are of each kind, such as `feature`.
    """
    found: dict[str, int] = {}
    for file in sorted((folder / "changes").glob("*.md")):
        kind = file.name.split(".")[1]
        found[kind] = found.get(kind, 0) + 1
    return found


def step_fault(last: Version | None, new: Version, *, breaks: bool) -> str | None:
    """Hold a version against the one before it (VERSIONING.md).

    Args:
        last: the version of the last tag; None before the first release.
        new: the version that is to be released.
        breaks: whether something was removed.

    Returns:
        What is wrong, or None.
    """
    if last is None:
        return None
    if new <= last:
        return f"{new} is not above {last}, the last release. Choose a higher version."
    if not breaks:
        return None
    stable = last.major >= _FIRST_STABLE
    stepped = new.major > last.major or (not stable and new.minor > last.minor)
    if stepped:
        return None
    step = "major" if stable else "minor"
    return f"Something was removed since {last}, so the {step} version must rise (VERSIONING.md)."


def ranges_without(release: Release, projects: Iterable[tuple[str, dict[str, Any]]]) -> list[str]:
    """List the packages whose range leaves a release out.

    Args:
        release: the release.
        projects: names of packages, and their `[project]` tables.

    Returns:
        One sentence a package.
    """
    faults: list[str] = []
    for name, project in projects:
        texts: list[str] = [*project.get("dependencies", ())]
        for extra in project.get("optional-dependencies", {}).values():
            texts += extra
        for requirement in map(Requirement, texts):
            ours = requirement.name == release.name
            if ours and not requirement.specifier.contains(release.version, prereleases=True):
                faults.append(
                    f"{name} asks for {requirement.specifier} of {release.name}: widen its range, "
                    "and release it too."
                )
                break
    return faults


def set_version(text: str, version: Version) -> str:
    """Put a version into the text of a pyproject.toml.

    Args:
        text: the file as it is.
        version: the version.

    Raises:
        ReleaseError: the file has no line with a version, or several.
    """
    changed, times = _VERSION_LINE.subn(f'version = "{version}"', text)
    if times != 1:
        raise ReleaseError("pyproject.toml must have one line that begins with version = .")
    return changed


def _git(*words: str, cwd: Path) -> str:
    return run("git", *words, cwd=cwd).strip()


def _last(release: Release) -> Version | None:
    tags = _git("tag", "--list", f"{release.name}-v*", cwd=ROOT).split()
    return max((Version(tag.removeprefix(f"{release.name}-v")) for tag in tags), default=None)


def _faults(releases: Sequence[Release]) -> list[str]:
    faults: list[str] = []
    if _git("status", "--porcelain", cwd=ROOT):
        faults.append("The tree has changes that are not committed. Commit them first.")
    projects = [
        (file.parent.name, tomllib.loads(file.read_text("utf-8"))["project"])
        for file in sorted((ROOT / "packages").glob("*/pyproject.toml"))
    ]
    for release in releases:
        changed = kinds(release.folder(ROOT))
        if not changed:
            faults.append(f"{release.name} has no changelog fragment: nothing is new.")
        fault = step_fault(_last(release), release.version, breaks=_BREAKING in changed)
        if fault is not None:
            faults.append(f"{release.name}: {fault}")
        faults += ranges_without(release, projects)
    return faults


def _write(release: Release, root: Path, *, day: str) -> None:
    """Put the version and the changelog into a tree."""
    folder = release.folder(root)
    file = folder / "pyproject.toml"
    file.write_text(set_version(file.read_text("utf-8"), release.version), "utf-8")
    run(
        *(sys.executable, "-m", "towncrier", "build", "--yes", "--version", str(release.version)),
        *("--date", day, "--dir", folder, "--config", file),
        cwd=root,
    )


def _entry(release: Release, root: Path) -> str:
    """Return the newest entry of the changelog."""
    text = (release.folder(root) / "CHANGELOG.md").read_text("utf-8")
    return text.split("<!-- towncrier release notes start -->", 1)[1].strip()


def _build(root: Path, out: Path, *, epoch: str) -> dict[str, str]:
    """Build every package, and return the digest of each file by its name."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    os.environ["SOURCE_DATE_EPOCH"] = epoch  # the time of the commit, in each archive
    try:
        run(uv(), "build", "--quiet", "--all-packages", "--no-sources", "--out-dir", out, cwd=root)
    finally:
        os.environ.pop("SOURCE_DATE_EPOCH")
        if before is not None:
            os.environ["SOURCE_DATE_EPOCH"] = before
    files = sorted([*out.glob("*.whl"), *out.glob("*.tar.gz")])
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def _rehearse(releases: Sequence[Release], *, day: str, out: Path) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name) / "tree"
        run("git", "clone", "--quiet", ROOT, root, cwd=ROOT)
        epoch = _git("log", "-1", "--format=%ct", cwd=root)
        for release in releases:
            _write(release, root, day=day)
        print("building twice", flush=True)
        built = _build(root, out, epoch=epoch)
        again = _build(root, Path(name) / "again", epoch=epoch)
        other = [file for file in built if built[file] != again.get(file)]
        ours = {f"{release.name.replace('-', '_')}-{release.version}" for release in releases}
        unlike = [file for file in other if file.startswith(tuple(ours))]
        if unlike:
            raise ReleaseError(f"A second build gave other bytes: {', '.join(unlike)}.")
        found = wheels(out)
        installer = with_pip(sys.executable, Path(name))
        for release in releases:
            print(f"installing {release.name} alone", flush=True)
            told = alone(_of(release, found), found, python=sys.executable, installer=installer)
            print(f"  {told}", flush=True)
        for release in releases:
            print(f"\n{release.tag}\n{_entry(release, root)}\n")
            stem = f"{release.name.replace('-', '_')}-{release.version}"
            for file, digest in built.items():
                if file.startswith(stem):
                    print(f"  {digest}  {(out / file).stat().st_size:>8}  {file}")


def _of(release: Release, found: Sequence[Wheel]) -> Wheel:
    for wheel in found:
        if (wheel.name, wheel.version) == (release.name, str(release.version)):
            return wheel
    raise ReleaseError(f"The build made no wheel of {release.name} {release.version}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when the release can be made, 1 when it cannot.
    """
    parser = argparse.ArgumentParser(description="Rehearse a release, or write it into the tree.")
    parser.add_argument("packages", nargs="+", help="names and versions, such as lg-pay==0.2.0")
    parser.add_argument("--date", help="the day in the changelog; today in London")
    parser.add_argument("--out", type=Path, help="keep the built files in this folder")
    parser.add_argument("--write", action="store_true", help="write version and changelog here")
    options = parser.parse_args(arguments)
    day = options.date or datetime.now(ZoneInfo("Europe/London")).date().isoformat()
    try:
        releases = [Release.read(word) for word in options.packages]
        faults = _faults(releases)
        if faults:
            raise ReleaseError("\n".join(faults))  # noqa: TRY301 -- told as every other fault is
        if options.write:
            for release in releases:
                _write(release, ROOT, day=day)
            tags = " ".join(release.tag for release in releases)
            print("Written. Read the changelogs, then commit and tag:")
            print(f"  git commit --all --message 'Release {tags}'")
            for release in releases:
                print(f"  git tag {release.tag}")
            return 0
        with tempfile.TemporaryDirectory() as name:
            _rehearse(releases, day=day, out=(options.out or Path(name)).resolve())
    except (ReleaseError, WheelError, subprocess.SubprocessError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\nNothing was published, and this tree is as it was.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
