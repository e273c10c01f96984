# SPDX-License-Identifier: MIT
"""The values that fill a template: what GOV.UK Notify takes, and what it would print wrongly. Pure.

Notify turns a value into text as Python does, so a dictionary, a set or a Decimal in pence comes
out as nobody meant it, or not at all. Each such value is refused here with what to give instead;
no message repeats a value or a name.
"""

import math
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import cast
from uuid import UUID

from lg_core.errors import InvalidValueError
from lg_core.money import Pence

__all__ = ["FilePart", "Scalar", "Value", "checked_values", "without_files"]

Scalar = str | bool | int | float
"""One value: text, or what Notify prints as it is."""

FilePart = str | bool | None
"""A member of a file to send by e-mail."""

Value = Scalar | Sequence[Scalar] | Mapping[str, FilePart]
"""A value, a list of them (bullets in an e-mail, "a, b and c" in a text), or a file."""

_SEPARATORS = re.compile(r"[\s_-]+")
# Technical documentation, 'Send a file by email'.
_FILE_MEMBERS = frozenset(
    {"file", "filename", "confirm_email_before_download", "retention_period", "is_csv"}
)
_INSTEAD: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    (Pence, "money", "is an amount: write it as people read it, with lg_core.format_pounds"),
    (Decimal, "decimal", "is a Decimal: write it as people read it, such as f'{value:.2f}'"),
    ((date, time), "date", "is a date or a time: write it as people read it, 22 November 2026"),
    (UUID, "uuid", "is a UUID: give str(value)"),
    ((bytes, bytearray), "bytes", "is bytes: give text, value.decode()"),
    (AbstractSet, "set", "is a set, which has no order: give a list"),
)


def checked_values(given: object) -> dict[str, Value]:
    """Hold Notify's rules for personalisation (docs, 'Send a text message', 'personalisation').

    Args:
        given: names of the template's placeholders, and their values.

    Returns:
        The same, with subclasses of text as plain text.

    Raises:
        InvalidValueError: a name or a value is one that Notify refuses or would print wrongly.
    """
    if not isinstance(given, Mapping):
        raise InvalidValueError("must be a dictionary", code="not_a_mapping")
    pairs = cast("Mapping[object, object]", given)
    checked: dict[str, Value] = {}
    for number, (name, value) in enumerate(pairs.items(), start=1):
        if not isinstance(name, str) or not name.strip():
            raise InvalidValueError(f"value {number} has no name that is text", code="name_type")
        checked[str(name)] = _value(value, f"value {number}")
    if len({_SEPARATORS.sub("", name).lower() for name in checked}) < len(checked):
        raise InvalidValueError(
            "has two names that differ only in capitals, spaces, _ or -: Notify takes them for one",
            code="same_name",
        )
    return checked


def without_files(given: object) -> dict[str, Value]:
    """Hold the same rules for a text message, which carries no file.

    Args:
        given: names of the template's placeholders, and their values.

    Raises:
        InvalidValueError: as above, or a value is a file.
    """
    checked = checked_values(given)
    if any(isinstance(value, Mapping) for value in checked.values()):
        raise InvalidValueError(
            "holds a file, which only an e-mail can carry: take it out", code="file"
        )
    return checked


def _value(value: object, which: str) -> Value:
    if isinstance(value, Mapping):
        return _file(cast("Mapping[object, object]", value), which)
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [_scalar(item, f"item {at} of {which}") for at, item in enumerate(items, start=1)]
    return _scalar(value, which)


def _scalar(value: object, which: str) -> Scalar:
    if value is None:
        raise InvalidValueError(
            f"{which} is None, which Notify takes for missing: give '' for an empty text",
            code="none",
        )
    if isinstance(value, str):
        # A postcode, a UPRN and a member of a StrEnum are texts; JSON needs the plain one.
        return str.__str__(value) if not isinstance(value, Enum) else str(value.value)
    if type(value) is bool or type(value) is int:
        return value
    if type(value) is float:
        if math.isfinite(value):
            return value
        raise InvalidValueError(f"{which} is a number that JSON has not", code="nan")
    for kinds, code, instead in _INSTEAD:
        if isinstance(value, kinds):
            raise InvalidValueError(f"{which} {instead}", code=code)
    raise InvalidValueError(
        f"{which} is neither text, a number, True or False, nor a list of them: write it as text",
        code="value_type",
    )


def _file(value: Mapping[object, object], which: str) -> Mapping[str, FilePart]:
    if "file" not in value:
        raise InvalidValueError(
            f"{which} is a dictionary, which Notify would print as Python writes it: give each of "
            "its values a name of its own",
            code="mapping",
        )
    if not all(
        name in _FILE_MEMBERS and (part is None or isinstance(part, str | bool))
        for name, part in value.items()
    ):
        raise InvalidValueError(
            f"{which} is a file with a member that Notify does not know: a file has "
            f"{', '.join(sorted(_FILE_MEMBERS))}, each text, True, False or None",
            code="file_member",
        )
    if not isinstance(value["file"], str) or not value["file"]:
        raise InvalidValueError(
            f"{which} is a file without content: give its bytes in base64, as text", code="no_file"
        )
    return {str(name): cast("FilePart", part) for name, part in value.items()}
