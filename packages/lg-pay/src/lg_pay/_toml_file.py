# SPDX-License-Identifier: MIT
"""Read a TOML file that a person edits, and note every fault with its line."""

import difflib
import re
import tomllib
from collections.abc import Mapping
from typing import Final, cast

from lg_pay._toml_lines import TomlPath, fault_line, key_lines

__all__ = ["TomlFault", "TomlFile"]

TomlFault = tuple[int, str, str]
"""The line, the table and the key, and what is wrong and what to do."""

_SHOWN: Final = re.compile(r"[A-Za-z0-9_-]{1,30}")


class TomlFile:
    """Holds a file's data, and the faults that were found in it so far.

    Args:
        text: the text of the file. Where it is no TOML, that is its one fault and it has no data.
    """

    def __init__(self, text: str) -> None:
        self.data: Mapping[str, object] = {}
        self.lines: Mapping[TomlPath, int] = {}
        self._faults: list[TomlFault] = []
        try:
            self.data = cast("dict[str, object]", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            what = "is no TOML. Look for a quotation mark, a bracket or = that is missing, or a"
            self._faults.append((fault_line(error, text), "", f"{what} name that stands twice."))
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
        where = ".".join(str(key) if _SHOWN.fullmatch(str(key)) else "(key)" for key in path)
        self._faults.append((line, where, what))

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
