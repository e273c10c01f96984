# SPDX-License-Identifier: MIT
"""Read a TOML file that a person edits, and note every fault with its line.

    name, text = read_text_file(path)
    file = TomlFile(text)
    file.known((), file.data, ("prices",))
    ...
    if file.faults:
        raise TomlFileError(name, file.faults)

So that a person puts right all that is wrong at once, nothing is raised while a file is read.
"""

import difflib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import ClassVar, Final, NamedTuple, cast

from lg_core._toml_lines import TomlPath, fault_line, key_lines
from lg_core.errors import ConfigError

__all__ = ["TomlFault", "TomlFile", "TomlFileError", "TomlPath", "read_text_file"]


# A key of a settings file, or a code such as a fund's. More digits may be a telephone number, or
# a card's, that somebody wrote in the wrong place.
_SHOWN: Final = re.compile(r"(?=(?:[^0-9]*[0-9]){0,8}[^0-9]*$)[A-Za-z0-9_-]{1,30}")


class TomlFault(NamedTuple):
    """One thing that is wrong in a file.

    Attributes:
        line: the line in the file, the first being 1.
        where: the tables and the key, such as `columns.2.width` in the second `[[columns]]`; empty
            where the file is no TOML.
        what: what is wrong and what to do.
    """

    line: int
    where: str
    what: str


class TomlFileError(ConfigError):
    """A file that cannot be used. Every fault is told with its line.

    Args:
        name: the name of the file.
        faults: what is wrong, in the order of the lines.
    """

    def __init__(self, name: str, faults: Iterable[TomlFault]) -> None:
        self.faults = tuple(faults)
        told = "\n".join(f"  line {line}: {where} {what}" for line, where, what in self.faults)
        super().__init__(f"{name} cannot be used. Correct and read it again:\n{told}", setting=name)


def read_text_file(
    path: str | os.PathLike[str],
    *,
    what: str = "file",
    setting: str = "path",
    error: type[TomlFileError] = TomlFileError,
) -> tuple[str, str]:
    """Return the name and the text of a file.

    Args:
        path: the file, in UTF-8, with or without a byte order mark.
        what: what the file is, for the error, such as `file of funds`.
        setting: the setting that names it, for the error.
        error: the class of the error for a file that is not UTF-8.

    Raises:
        TomlFileError: it is not UTF-8; the line is named.
        ConfigError: it cannot be opened.
    """
    file, problem, line, raw, text = Path(path), "", 0, b"", ""
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as fault:
        problem = type(fault).__name__
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
    # Raised outside the handlers: those errors hold the path or the whole file.
    if problem:
        raise ConfigError(
            f"The {what} cannot be opened ({problem}). Check {setting} and who may read it.",
            setting=setting,
        )
    if line:
        raise error(file.name, [TomlFault(line, "", "is not UTF-8. Save the file as UTF-8.")])
    return file.name, text


class TomlFile:
    """Holds a file's data, and the faults that were found in it so far.

    Args:
        text: the text of the file. Where it is no TOML, that is its one fault and it has no data.
    """

    said: ClassVar[frozenset[str] | None] = None
    """The keys that a fault may repeat, where others can be anything that somebody wrote."""

    def __init__(self, text: str) -> None:
        self.data: Mapping[str, object] = {}
        self.lines: Mapping[TomlPath, int] = {}
        self._faults: list[TomlFault] = []
        try:
            self.data = cast("dict[str, object]", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            what = "is no TOML. Look for a quotation mark, a bracket or = that is missing, or a"
            told = f"{what} name that stands twice."
            self._faults.append(TomlFault(fault_line(error, text), "", told))
        else:
            self.lines = key_lines(text)

    @property
    def faults(self) -> list[TomlFault]:
        """What was noted, in the order of the lines."""
        return sorted(self._faults, key=lambda fault: fault[0])

    def fault(self, path: TomlPath, what: str) -> None:
        """Note a fault. Where a key is missing, the line is that of its table."""
        ends = range(len(path), 0, -1)
        line = next((self.lines[path[:end]] for end in ends if path[:end] in self.lines), 1)
        self._faults.append(TomlFault(line, ".".join(map(self._step, path)), what))

    def known(self, path: TomlPath, table: Mapping[str, object], keys: tuple[str, ...]) -> None:
        """Note each key of a table that is none of `keys`."""
        for key in table:
            if key not in keys:
                near = difflib.get_close_matches(key, keys, n=1)
                advice = f"Did you mean {near[0]}?" if near else f"Known are {', '.join(keys)}."
                self.fault((*path, key), f"is not known here. {advice}")

    def table(self, path: TomlPath, value: object) -> Mapping[str, object]:
        """Return a value as a table, or note that it is none and return an empty one."""
        if isinstance(value, dict):
            return cast("dict[str, object]", value)
        header = ".".join(map(str, path)) if len(path) == 1 else f"{path[0]}.…"
        self.fault(path, f"must be a table. Write [{header}] on a line of its own above its keys.")
        return {}

    def text(
        self, path: TomlPath, table: Mapping[str, object], key: str, *, required: bool = False
    ) -> str | None:
        """Return the text of a key, or None where there is none that can be used."""
        value = table.get(key)
        if value is None:
            if required:
                self.fault((*path, key), f'is missing. Add {key} = "…".')
            return None
        if not isinstance(value, str):
            self.fault((*path, key), f'must be text in quotation marks: {key} = "…".')
            return None
        if not value.strip() or value != value.strip() or not value.isprintable():
            self.fault(
                (*path, key),
                "is blank, or has white space around it or a break inside. Correct it.",
            )
            return None
        return value

    def _step(self, step: str | int) -> str:
        if isinstance(step, int):
            return str(step + 1)  # people count from 1
        said = _SHOWN.fullmatch(step) and (self.said is None or step in self.said)
        return step if said else "(key)"
