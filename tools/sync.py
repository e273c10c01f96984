# SPDX-License-Identifier: MIT
"""Make each `_sync/` folder from the `_async/` folder beside it.

    python tools/sync.py            write every file
    python tools/sync.py --check    write nothing; print what differs, and end with 1

A source is read as text and each pair of `TABLE` is replaced in it, docstrings included. Then ruff
sorts the imports and formats. A pair that replaces nothing in any source is an error, so that the
table stays as short as the code needs: delete the pair, or look for what it should have found.
"""

import argparse
import difflib
import io
import re
import subprocess
import sys
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["TABLE", "Pair", "Replacement", "SyncError", "main", "pairs", "run", "translate"]

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("packages/*/src/*/_async", "tests/**/_async")
MARK = "# Made by tools/sync.py from "


@dataclass(frozen=True, slots=True)
class Replacement:
    r"""One pair of the table.

    Attributes:
        find: a regular expression; write `\b` where a word begins or ends.
        put: what stands there instead, with `\1` for the first group.
    """

    find: str
    put: str


TABLE = (
    # The language.
    Replacement(r"\basync (def|with|for)\b", r"\1"),
    Replacement(r"\bawait +", ""),
    Replacement(r"\b__a(enter|exit)__\b", r"__\1__"),
    Replacement(r"\b__a(iter|next)__\b", r"__\1__"),
    Replacement(r"\bStopAsyncIteration\b", "StopIteration"),
    # A module of the same folder.
    Replacement(r"\b(lg_\w+)\._async\.", r"\1._sync."),
    # Names: AsyncPayClient, AsyncIterator and their like; aclose, asend, asleep, astep.
    Replacement(r"\bAsync([A-Z]\w*)", r"\1"),
    Replacement(r"\b(_?)a(close|gather|send|sleep|step)\b", r"\1\2"),
)
"""What is replaced, in this order, on whole words. Add a pair when a source needs one."""


class SyncError(Exception):
    """The files cannot be made. The message says which file or pair, and what to do."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A source and the file that is made from it.

    Attributes:
        source: the file under `_async/`.
        target: the file under `_sync/`.
    """

    source: Path
    target: Path


def translate(
    text: str, *, table: Sequence[Replacement] = TABLE, used: set[Replacement] | None = None
) -> str:
    """Replace every pair of the table in a text.

    Args:
        text: the source.
        table: what to replace, in order.
        used: a set to which each pair that replaced something is added.

    Returns:
        The text of the synchronous twin, not yet formatted.
    """
    for replacement in table:
        text, count = re.subn(replacement.find, replacement.put, text, flags=re.MULTILINE)
        if count and used is not None:
            used.add(replacement)
    return text


def pairs(root: Path) -> list[Pair]:
    """Find every source below a folder, with the file that is made from it.

    Args:
        root: the folder of the workspace.

    Returns:
        The pairs, in the order of their paths.
    """
    found = {
        source: folder.with_name("_sync") / source.relative_to(folder)
        for pattern in FOLDERS
        for folder in root.glob(pattern)
        for source in folder.rglob("*.py")
    }
    return [Pair(source, target) for source, target in sorted(found.items())]


def _orphans(root: Path, made: Sequence[Pair]) -> list[Path]:
    targets = {pair.target for pair in made}
    files = (
        file
        for pattern in FOLDERS
        for folder in root.glob(pattern.replace("_async", "_sync"))
        for file in folder.rglob("*.py")
    )
    return sorted(set(files) - targets)


def _with_header(text: str, source: str) -> str:
    header = f"{MARK}{source}: change that one.\n"
    first, end, rest = text.partition("\n")
    if first.startswith("# SPDX"):
        return first + end + header + rest
    return header + text


def _left_over(text: str) -> Iterator[int]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME and token.string in {"async", "await"}:
            yield token.start[0]


def _ruff(text: str, name: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, "--quiet", "--stdin-filename", str(name), "-"],
        input=text,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise SyncError(f"ruff cannot read what {name} would become:\n{done.stderr}")
    return done.stdout


def _make(pair: Pair, root: Path, *, table: Sequence[Replacement], used: set[Replacement]) -> str:
    source = pair.source.relative_to(root).as_posix()
    text = translate(pair.source.read_text("utf-8"), table=table, used=used)
    text = _with_header(text, source)
    text = _ruff(text, pair.target, "check", "--select=I,RUF022", "--fix")
    text = _ruff(text, pair.target, "format")
    lines = [str(line) for line in _left_over(text)]
    if lines:
        raise SyncError(
            f"{source}: async or await is left on line {', '.join(lines)} of the result. "
            "Write it so that a pair of TABLE in tools/sync.py finds it, or add a pair."
        )
    return text


def _difference(pair: Pair, root: Path, wanted: str) -> str:
    name = pair.target.relative_to(root).as_posix()
    present = pair.target.read_text("utf-8") if pair.target.exists() else ""
    return "".join(
        difflib.unified_diff(
            present.splitlines(keepends=True),
            wanted.splitlines(keepends=True),
            f"{name} (as it is)",
            f"{name} (as it should be)",
        )
    )


def _write(pair: Pair, text: str) -> None:
    pair.target.parent.mkdir(parents=True, exist_ok=True)
    pair.target.write_text(text, "utf-8", newline="\n")


def run(root: Path, *, check: bool, table: Sequence[Replacement] = TABLE) -> list[str]:
    """Make every file, or say what differs.

    Args:
        root: the folder of the workspace.
        check: write nothing.
        table: what to replace, in order.

    Returns:
        What is wrong, one text a fault: differences, files without a source, unused pairs.

    Raises:
        SyncError: a source cannot be translated.
    """
    made = pairs(root)
    used: set[Replacement] = set()
    faults: list[str] = []
    for pair in made:
        text = _make(pair, root, table=table, used=used)
        difference = _difference(pair, root, text)
        if difference and check:
            faults.append(difference)
        elif difference:
            _write(pair, text)
    for orphan in _orphans(root, made):
        name = orphan.relative_to(root).as_posix()
        if not check and MARK in orphan.read_text("utf-8"):
            orphan.unlink()
        else:
            faults.append(f"{name}: no file under _async/ makes this one. Delete it.")
    if made:
        faults.extend(
            f"TABLE in tools/sync.py: {replacement.find!r} was found nowhere. Delete the pair."
            for replacement in table
            if replacement not in used
        )
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the tool.

    Args:
        arguments: the words of the command line; those of the process where None.

    Returns:
        The exit code: 0 when all is as it should be, 1 when something is wrong.
    """
    parser = argparse.ArgumentParser(description="Make each _sync folder from its _async folder.")
    parser.add_argument("--check", action="store_true", help="write nothing, say what differs")
    options = parser.parse_args(arguments)
    try:
        faults = run(ROOT, check=options.check)
    except SyncError as error:
        faults = [str(error)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults and options.check:
        print("Run: uv run python tools/sync.py", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
