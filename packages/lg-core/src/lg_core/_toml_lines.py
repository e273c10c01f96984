# SPDX-License-Identifier: MIT
"""Find the line on which each key of a TOML file stands, for errors that say where.

`tomllib` reads values and forgets where they stood. This scanner knows the outline of TOML 1.0
(keys, headers, strings, arrays, inline tables) and nothing of what values mean. Give it only text
that `tomllib` has read: what is wrong in TOML is `tomllib`'s to find.
"""

import re
import tomllib
from typing import Final

__all__ = ["TomlPath", "fault_line", "key_lines"]

TomlPath = tuple[str | int, ...]
"""The keys that lead to a value. A number is a place in an array, from 0."""

_STRING: Final = (
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"{3,5}'
    r"|'''(?:[^']|'{1,2}(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]|\\.)*+"'
    r"|'[^'\n]*+'"
)
_KEY_PART: Final = re.compile(rf"[A-Za-z0-9_\-]++|{_STRING}", re.DOTALL)
_SCALAR: Final = re.compile(rf"{_STRING}|[^,\]}}#\n]++", re.DOTALL)
_BLANKS: Final = re.compile(r"[ \t]*+")
_GAPS: Final = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_AT_LINE: Final = re.compile(r"\(at line ([0-9]+), column [0-9]+\)")


def key_lines(text: str) -> dict[TomlPath, int]:
    """Return the line of every key, table and element of an array, the first line being 1.

    A table that is only named inside longer names stands where it is named first.

    Args:
        text: TOML that `tomllib.loads` has read.
    """
    scanner = _Scanner(text.replace("\r\n", "\n"))
    scanner.document()
    return scanner.lines


def fault_line(error: tomllib.TOMLDecodeError, text: str) -> int:
    """Return the line at which `tomllib` gave up, the last one where it came to the end.

    Args:
        error: what `tomllib` raised.
        text: what it was given.
    """
    found = _AT_LINE.search(str(error))
    return int(found[1]) if found else max(1, len(text.splitlines()))


class _Scanner:
    """Walks over the text once, from the beginning to the end."""

    def __init__(self, text: str) -> None:
        self.lines: dict[TomlPath, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._counted = 0
        self._tables: dict[TomlPath, int] = {}

    def document(self) -> None:
        inside: TomlPath = ()
        self._take(_GAPS)
        while self._at < len(self._text):
            if self._next("[["):
                inside = self._array_header(self._keys())
                self._at += len("]]")
            elif self._next("["):
                inside = self._header(self._keys())
                self._at += len("]")
            else:
                self._pair(inside)
            self._take(_GAPS)

    def _header(self, keys: list[str]) -> TomlPath:
        line = self._line_here()
        path: TomlPath = ()
        for key in keys:
            path = (*path, key)
            self.lines.setdefault(path, line)
            path = self._newest(path)
        # The header itself is a better place than an earlier mention in a longer name.
        self.lines[path] = line
        return path

    def _array_header(self, keys: list[str]) -> TomlPath:
        line = self._line_here()
        *before, last = keys
        path: TomlPath = ()
        for key in before:
            path = (*path, key)
            self.lines.setdefault(path, line)
            path = self._newest(path)
        path = (*path, last)
        self._tables[path] = self._tables.get(path, -1) + 1
        self.lines.setdefault(path, line)
        element = self._newest(path)
        self.lines[element] = line
        return element

    def _newest(self, path: TomlPath) -> TomlPath:
        """Step into the newest element, where the path leads to an array of tables."""
        return (*path, self._tables[path]) if path in self._tables else path

    def _pair(self, inside: TomlPath) -> None:
        line = self._line_here()
        path = inside
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._at += len("=")
        self._take(_BLANKS)
        self._value(path)

    def _value(self, path: TomlPath) -> None:
        if self._next("["):
            self._array(path)
        elif self._next("{"):
            self._inline_table(path)
        else:
            self._take(_SCALAR)

    def _array(self, path: TomlPath) -> None:
        place = 0
        self._take(_GAPS)
        while not self._next("]"):
            element = (*path, place)
            self.lines[element] = self._line_here()
            self._value(element)
            self._take(_GAPS)
            self._next(",")
            self._take(_GAPS)
            place += 1

    def _inline_table(self, path: TomlPath) -> None:
        self._take(_GAPS)
        while not self._next("}"):
            self._pair(path)
            self._take(_GAPS)
            self._next(",")
            self._take(_GAPS)

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while not keys or self._next("."):
            self._take(_BLANKS)
            keys.append(_plain(self._take(_KEY_PART)))
            self._take(_BLANKS)
        return keys

    def _next(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        if found:
            self._at += len(sign)
        return found

    def _take(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._at)
        if found is None:
            raise AssertionError("tomllib has read what this scanner cannot")
        self._at = found.end()
        return found.group()

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def _plain(key: str) -> str:
    if key[0] not in "\"'":
        return key
    return next(iter(tomllib.loads(f"{key} = 0")))
