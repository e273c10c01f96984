# SPDX-License-Identifier: MIT
"""Read the TOML files that say how posting files are written, and refuse one with its faults."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lg_core.errors import ConfigError
from lg_pay._toml_file import TomlFile

__all__ = ["SettingsFileError", "SettingsFileFault", "read_settings"]


class SettingsFileFault(NamedTuple):
    """Say one thing that is wrong in a file of settings.

    Attributes:
        line: the line in the file, the first being 1.
        where: the table and the key, such as `columns.0.width`; the first column is 0.
        what: what is wrong and what to do.
    """

    line: int
    where: str
    what: str


class SettingsFileError(ConfigError):
    """A layout or another file of settings that cannot be used. Every fault has its line.

    Args:
        name: the name of the file.
        faults: what is wrong, in the order of the lines.
    """

    def __init__(self, name: str, faults: Iterable[SettingsFileFault]) -> None:
        self.faults = tuple(faults)
        told = "\n".join(f"  line {line}: {where} {what}" for line, where, what in self.faults)
        super().__init__(f"{name} cannot be used. Correct and read it again:\n{told}", setting=name)

    @classmethod
    def of(cls, name: str, file: TomlFile) -> "SettingsFileError":
        """Make the error of a file in which faults were noted.

        Args:
            name: the name of the file.
            file: the file.
        """
        return cls(name, map(SettingsFileFault._make, file.faults))


def read_settings(path: str | Path) -> tuple[str, str]:
    """Return the name and the text of a file.

    Args:
        path: the file, in UTF-8, with or without a byte order mark.

    Raises:
        ConfigError: it cannot be opened, or is not UTF-8.
    """
    file, problem, text = Path(path), "", ""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problem = type(error).__name__
    if problem:  # raised outside the handler: the first error may hold the whole file
        raise ConfigError(
            f"The file could not be read ({problem}). Check its path, who may read it, and that "
            "it is saved as UTF-8.",
            setting="path",
        )
    return file.name, text
