# SPDX-License-Identifier: MIT
"""What a tool prints: results on stdout, notes, errors and progress on stderr.

Everything survives a console that cannot show a character: the character is then written as an
escape. JSON is written in ASCII, so that it stays JSON whatever the console's encoding.
"""

import json as json_module
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TextIO, TypeVar, cast

from pydantic_core import to_jsonable_python

from lg_core.cli._exits import heading_for
from lg_core.errors import ApiError, LgError

__all__ = ["emit", "note", "printable", "progress", "show_error", "survive_any_console", "table"]

T = TypeVar("T")

_BESIDE: Final = "  "
_TOLERANT: Final = frozenset({"backslashreplace", "ignore", "namereplace", "replace"})
_DETAILS: Final = (
    ("field", "field"),
    ("status", "HTTP status"),
    ("code", "code"),
    ("request_id", "request id"),
    ("find_out", "to find out"),
    ("doc_url", "see"),
)


def emit(data: T, *, json: bool, human: Callable[[T], str]) -> None:
    """Print a command's result on stdout, for a program or for a person.

    Args:
        data: the result: plain values, dataclasses, pydantic models, dates, enums, or lists and
            dicts of them. Secrets (`SecretStr`) come out as asterisks.
        json: whether to print JSON, as the option `--json` says.
        human: makes the text for a person. It is not called for JSON.

    Raises:
        ValueError: a number in the data is infinite or not a number, which JSON cannot say.
    """
    text = _as_json(data) if json else printable(human(data))
    sys.stdout.write(f"{text}\n" if text else "")
    sys.stdout.flush()


def _as_json(data: object) -> str:
    plain = to_jsonable_python(data, inf_nan_mode="constants", fallback=str)
    return json_module.dumps(plain, indent=2, ensure_ascii=True, allow_nan=False)


def note(text: str) -> None:
    """Print a line for the person who watches, on stderr, so that stdout holds results only.

    Args:
        text: what to say, in a sentence.
    """
    sys.stderr.write(f"{printable(text)}\n")


def table(rows: Iterable[Sequence[object]], *, columns: Sequence[str]) -> str:
    """Lay out rows under headings, as plain text that is never cut off.

    Args:
        rows: one sequence of values a row, as long as `columns`. None is left blank.
        columns: the headings.

    Returns:
        Lines of text without a new line at the end. A column of numbers stands to the right.

    Raises:
        ValueError: a row has more or fewer values than there are columns.
    """
    kept = [tuple(row) for row in rows]
    if any(len(row) != len(columns) for row in kept):
        raise ValueError(f"A row does not have {len(columns)} values: give one for each column.")
    to_the_right = [
        bool(kept) and all(isinstance(row[at], int | float) for row in kept)
        for at in range(len(columns))
    ]
    lines = [[_cell(column) for column in columns]]
    lines += ([_cell(value) for value in row] for row in kept)
    widths = [max(_width(line[at]) for line in lines) for at in range(len(columns))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        _BESIDE.join(
            _padded(cell, width=width, right=right)
            for cell, width, right in zip(line, widths, to_the_right, strict=True)
        ).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    return "" if value is None else " ".join(printable(str(value)).split())


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "FW" else 1
        for c in text
    )


def _padded(text: str, *, width: int, right: bool) -> str:
    space = " " * (width - _width(text))
    return f"{space}{text}" if right else f"{text}{space}"


def printable(text: str) -> str:
    """Replace control characters: one that a platform sent could steer the terminal."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) != "Cc" else "?"
        for c in text.replace("\r\n", "\n")
    )


def progress(items: Iterable[T], *, label: str, total: int | None = None) -> Iterator[T]:
    """Yield items, and show on stderr how far the work has come if a person is watching.

    Args:
        items: what is worked through.
        label: what is being done, such as `Reading payments`.
        total: how many items there are, if `items` cannot say.

    Yields:
        Each item. Without a terminal nothing is printed, and Rich is not imported.
    """
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import track

    console = Console(stderr=True)
    yield from track(items, description=escape(label), total=total, console=console, transient=True)


def show_error(error: LgError, *, name: str) -> None:
    """Print an error on stderr: what was wrong, and what a person needs to look into it.

    Args:
        error: what stopped the command.
        name: the command, such as `lg-pay`.
    """
    heading = f"{name}: {heading_for(error)}"
    body = printable("\n".join((error.message, *_details(error))))
    if not sys.stderr.isatty():
        sys.stderr.write(f"{heading}\n{body}\n")
        return
    from rich.console import Console
    from rich.panel import Panel
    from rich.text import Text

    # Text, not markup: an error may hold square brackets.
    panel = Panel(Text(body), title=Text(heading), title_align="left", border_style="red")
    Console(stderr=True).print(panel)


def _details(error: LgError) -> Iterator[str]:
    for attribute, label in _DETAILS:
        if attribute == "code" and not isinstance(error, ApiError):
            continue  # a fault's name of ours is for programs
        value = getattr(error, attribute, None)
        if value and str(value) not in error.message:
            yield f"{label}: {value}"
    yield from cast("tuple[str, ...]", getattr(error, "problems", ()))
    if getattr(error, "attempts", 1) > 1:
        yield f"tried {getattr(error, 'attempts', 1)} times"


def survive_any_console(*streams: TextIO) -> None:
    """Make text streams write what they cannot encode as an escape, instead of failing.

    A Windows console or a pipe may use cp437 or cp1252, which have no `ŵ`.

    Args:
        streams: such as stdout and stderr. One that cannot be changed is left as it is.
    """
    for stream in streams:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None and getattr(stream, "errors", None) not in _TOLERANT:
            reconfigure(errors="backslashreplace")
