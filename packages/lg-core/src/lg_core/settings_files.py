# SPDX-License-Identifier: MIT
"""Read the settings file of a tool: the store, the accounts, files beside it, words from a list.

    class _PayFile(SettingsFile):
        def council(self, path: Path) -> CouncilFile:
            self.known((), self.data, ("store", "accounts"))
            return CouncilFile(store=self.store(), accounts=self.accounts(accounts_in))

Paths in the file are relative to it. Every fault is noted with its line, and told at the end.
"""

import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Final, TypeVar

from lg_core.errors import ConfigError
from lg_core.toml_files import TomlFile, TomlPath

__all__ = ["SettingsFile"]

A = TypeVar("A")
E = TypeVar("E", bound=StrEnum)

_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SQLITE: Final = "sqlite:///"


class SettingsFile(TomlFile):
    """A settings file and the faults that were found in it so far.

    Args:
        text: the text of the file.
        folder: where it lies.
    """

    def __init__(self, text: str, *, folder: Path) -> None:
        super().__init__(text)
        self.folder = folder

    def section(self, name: str, keys: tuple[str, ...]) -> Mapping[str, object]:
        """Return a table of the file, and note each key of it that is none of `keys`.

        Args:
            name: the table.
            keys: the keys that it may have.

        Returns:
            The table; an empty one where there is none.
        """
        table = self.table((name,), self.data.get(name, {}))
        self.known((name,), table, keys)
        return table

    def store(self) -> str | None:
        """Return the address of the database: `url` under `[store]`, or the variable `url_env`."""
        table = self.section("store", ("url", "url_env"))
        url = self.text(("store",), table, "url")
        variable = self.text(("store",), table, "url_env")
        if url is not None and variable is not None:
            self.fault(("store", "url_env"), "stands beside url. Give one of the two.")
        if variable is not None:
            if not _VARIABLE.fullmatch(variable):
                self.fault(("store", "url_env"), "must be the name of a variable.")
            elif not os.environ.get(variable):
                self.fault(("store", "url_env"), "names a variable that is not set. Set it.")
            url = os.environ.get(variable)
        return None if url is None else self._address(url)

    def _address(self, url: str) -> str:
        """Make the path of a SQLite file one of the settings file's folder."""
        file = url.removeprefix(_SQLITE)
        if "://" in file or not file:
            return url
        return str(self.folder / Path(file).expanduser())

    def accounts(self, read: Callable[[Mapping[str, object]], Mapping[str, A]]) -> Mapping[str, A]:
        """Return the accounts: one table each under `[accounts]`.

        Args:
            read: reads tables into accounts, such as `lg_pay.accounts.accounts_in`.

        Returns:
            The accounts that can be used, by name.
        """
        table = self.table(("accounts",), self.data.get("accounts", {}))
        found: dict[str, A] = {}
        for name, settings in table.items():
            try:
                found.update(read({name: settings}))
            except ConfigError as error:
                self.fault(("accounts", name), f"cannot be used. {error.message}")
        return found

    def path(self, where: str, table: Mapping[str, object], key: str) -> Path | None:
        """Return a file that a key names.

        Args:
            where: the table's name.
            table: the table.
            key: the key.
        """
        text = self.text((where,), table, key)
        return None if text is None else self.folder / Path(text).expanduser()

    def number(self, path: TomlPath, value: object) -> int:
        """Return a whole number, or note that it is none.

        Args:
            path: the key.
            value: its value.
        """
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.fault(path, "must be a whole number, without quotation marks.")
        return 0

    def one_of(
        self, kind: type[E], where: str, table: Mapping[str, object], *, key: str
    ) -> E | None:
        """Return one of a list of words, or note that it is none.

        Args:
            kind: the words.
            where: the table's name.
            table: the table.
            key: the key.
        """
        text = self.text((where,), table, key)
        found = next((each for each in kind if each == text), None)
        if text is not None and found is None:
            self.fault((where, key), f"must be one of {', '.join(kind)}.")
        return found
