# SPDX-License-Identifier: MIT
"""How many times the rate a text to a country costs: what is known, and a council's own table.

Notify has a multiplier for each of 224 prefixes, 1 to 10 and 12. Seven of them are known here.
The others are not guessed: a table adds them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from lg_core.errors import InvalidValueError

if TYPE_CHECKING:
    from pathlib import Path

    from lg_notify.recipients._rows import Row

__all__ = ["CROWN_DEPENDENCY", "HIGHEST", "Multipliers"]

CROWN_DEPENDENCY: Final = 2
"""Jersey, Guernsey and the Isle of Man, whose prefix is the UK's."""
HIGHEST: Final = 12
"""The highest multiplier that Notify has."""
# Outputs of notifications-utils 127.0.0, recorded for numbers of these countries.
_KNOWN: Final[Mapping[str, int]] = MappingProxyType(
    {"1": 1, "7": 10, "33": 2, "44": 1, "61": 2, "86": 1, "353": 2}
)
_COLUMNS: Final = ("prefix", "multiplier")
_LONGEST: Final = 4


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Hold how many times the rate a text costs, by the prefix of the country.

    Without an argument it holds what is known: 1, 7, 33, 44, 61, 86 and 353.

    Args:
        table: the multiplier by prefix, such as `{"34": 2}`; a prefix is digits without a +.
            Places that share +1 have a prefix of their own with the area code, such as `1664`.
            The table is laid over what is known.

    Raises:
        InvalidValueError: a prefix is not 1 to 4 digits, or a multiplier no whole number from 1.
    """

    table: Mapping[str, int] = field(default_factory=dict[str, int])

    def __post_init__(self) -> None:
        for prefix, multiplier in self.table.items():
            fault = _fault(prefix, multiplier)
            if fault:
                raise InvalidValueError(fault, field="table", code="multiplier")
        whole = MappingProxyType({**_KNOWN, **self.table})
        object.__setattr__(self, "table", whole)

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, int]]]:
        return type(self), (dict(self.table),)

    @classmethod
    def read(cls, path: "str | Path") -> Self:
        """Read a table from a CSV file with the columns `prefix` and `multiplier`.

        Args:
            path: the file, in UTF-8.

        Returns:
            The table, laid over what is known.

        Raises:
            ConfigError: the file cannot be read, or lines of it are wrong; the text names each.
        """
        from lg_notify.recipients._rows import read_rows  # noqa: PLC0415 -- few give a table

        table: dict[str, int] = {}
        read_rows(path, columns=_COLUMNS, take=lambda row: _take(row, table))
        return cls(table)

    def of(self, prefix: str) -> int | None:
        """Return the multiplier of a prefix.

        Args:
            prefix: digits, such as `33`.

        Returns:
            How many times the rate; None where it is not known.
        """
        return self.table.get(prefix)

    @property
    def names_area_codes(self) -> bool:
        """Whether any place that shares +1 stands in the table: then all are taken to."""
        return any(len(prefix) == _LONGEST and prefix[0] == "1" for prefix in self.table)


def _take(row: "Row", table: dict[str, int]) -> None:
    prefix = row["prefix"].removeprefix("+")
    typed = row["multiplier"]
    fault = _fault(prefix, int(typed) if _is_digits(typed, longest=2) else 0)
    if fault:
        row.refuse(fault)
    elif prefix in table:
        row.refuse("the prefix stands in the file twice.")
    else:
        table[prefix] = int(typed)


def _fault(prefix: object, multiplier: object) -> str:
    if not isinstance(prefix, str) or not _is_digits(prefix, longest=_LONGEST) or prefix[0] == "0":
        return "prefix must be 1 to 4 digits, the first not 0."
    if type(multiplier) is not int or multiplier < 1:
        return "multiplier must be a whole number, 1 or more."
    return ""


def _is_digits(text: str, *, longest: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= longest
