# SPDX-License-Identifier: MIT
"""Write the exact version of every dependency into the root pyproject.toml.

    python tools/pins.py              pin what is new, forget what is gone, keep the rest
    python tools/pins.py --upgrade    take the newest versions that the ranges allow
    python tools/pins.py --check      write nothing; end with 1 where the pins are not those

The pins stand in `constraint-dependencies` of `[tool.uv]`: names, versions and markers, no address
and no hash (docs/decisions/0003). The packages' own ranges are not touched: a pin says what we
develop and test with, a range says what a user may have.

The versions are worked out on a copy of the pyproject files, so a lock file in the tree neither
steers the answer nor changes.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

__all__ = ["PinsError", "export", "main", "pinned", "replace", "uv"]

ROOT = Path(__file__).resolve().parent.parent
_BLOCK = re.compile(r"^constraint-dependencies = \[(?:\]|\n.*?^\])\n", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"^\[tool\.uv\]\n", re.MULTILINE)
_PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+(?: ; .+)?$")
_EXPORT = (
    "export",
    "--quiet",
    "--no-hashes",
    "--no-header",
    "--no-emit-workspace",
    "--no-annotate",
    "--all-groups",
    "--all-extras",
)


class PinsError(Exception):
    """The pins cannot be worked out. The message says why."""


def pinned(exported: str) -> list[str]:
    """Read what uv exported.

    Args:
        exported: the text that `uv export` printed.

    Returns:
        One requirement a line of the text, sorted.

    Raises:
        PinsError: a line is not an exact version.
    """
    lines = [line.strip() for line in exported.splitlines()]
    pins = sorted({line for line in lines if line and not line.startswith("#")})
    for pin in pins:
        if not _PIN.match(pin):
            raise PinsError(f"uv exported a line that is no exact version: {pin}")
    return pins


def replace(text: str, pins: Sequence[str]) -> str:
    """Put pins into the text of a pyproject.toml.

    Args:
        text: the file as it is.
        pins: the requirements, in the order in which they are to stand.

    Returns:
        The file as it should be.

    Raises:
        PinsError: the file has no `[tool.uv]`.
    """
    quoted = "".join(f'  "{pin}",\n' for pin in pins)
    block = (
        f"constraint-dependencies = [\n{quoted}]\n" if pins else "constraint-dependencies = []\n"
    )
    if _BLOCK.search(text):
        return _BLOCK.sub(lambda _: block, text, count=1)
    if not _TABLE.search(text):
        raise PinsError("The root pyproject.toml has no [tool.uv] to put the pins into.")
    return _TABLE.sub(lambda found: found.group() + block, text, count=1)


def _copy(root: Path, to: Path, *, keep: bool) -> None:
    text = (root / "pyproject.toml").read_text("utf-8")
    (to / "pyproject.toml").write_text(text if keep else replace(text, ()), "utf-8")
    for member in root.glob("packages/*/pyproject.toml"):
        folder = to / member.parent.relative_to(root)
        folder.mkdir(parents=True)
        shutil.copy(member, folder)


def uv() -> str:
    """Find the uv to run: `UV`, then the one in `.uv`, then the one on the PATH.

    Returns:
        Where it lies.

    Raises:
        PinsError: there is none.
    """
    local = ROOT / ".uv" / ("Scripts" if os.name == "nt" else "bin") / "uv"
    found = os.environ.get("UV") or shutil.which(str(local)) or shutil.which("uv")
    if found is None:
        raise PinsError("uv was found neither in .uv nor on the PATH: see README.md.")
    return found


def export(root: Path, *, upgrade: bool) -> list[str]:
    """Work out the version of every dependency of the workspace.

    Args:
        root: the folder of the workspace.
        upgrade: forget the pins that are there.

    Returns:
        The requirements, sorted.

    Raises:
        PinsError: uv finds no set of versions that fits.
    """
    with tempfile.TemporaryDirectory() as folder:
        _copy(root, Path(folder), keep=not upgrade)
        done = subprocess.run(
            [uv(), *_EXPORT],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        raise PinsError(f"uv found no versions that fit the pins and the ranges:\n{done.stderr}")
    return pinned(done.stdout)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when the pins are as they should be, 1 when not.
    """
    parser = argparse.ArgumentParser(description="Pin every dependency in pyproject.toml.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    parser.add_argument("--upgrade", action="store_true", help="take the newest versions")
    options = parser.parse_args(arguments)
    file = ROOT / "pyproject.toml"
    present = file.read_text("utf-8")
    try:
        wanted = replace(present, export(ROOT, upgrade=options.upgrade))
    except PinsError as error:
        print(error, file=sys.stderr)
        return 1
    if wanted == present:
        return 0
    if options.check:
        print("The pins do not fit the ranges. Run: uv run python tools/pins.py", file=sys.stderr)
        return 1
    file.write_text(wanted, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
