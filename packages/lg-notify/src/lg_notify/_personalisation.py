# SPDX-License-Identifier: MIT
"""The values that fill a template, as GOV.UK Notify must be given them. Pure.

Notify turns a value into text as Python does, so a dictionary or a set comes out as nobody meant
it, or not at all. What people read in one way only is written here: money, days, decimal numbers.
Each other value is refused with what to give instead; no message repeats a value or a name.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import cast
from uuid import UUID

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, format_pounds
from lg_core.texts import Language
from lg_notify._dates import written_day
from lg_notify.files import File, FilePart, checked_parts

__all__ = ["Scalar", "Value", "checked_values", "same_name", "sanitised", "without_files"]

Scalar = str | bool | int | float | Decimal | date | UUID
"""One value: text, or what is written as text in one way."""

Value = Scalar | Sequence[Scalar] | File | Mapping[str, FilePart]
"""A value, a list of them (bullets in an e-mail, "a, b and c" in a text), or a file."""

WireScalar = str | bool | int | float
WireValue = WireScalar | list[WireScalar] | dict[str, FilePart]

_SEPARATORS = re.compile(r"[\s_-]+")
_INSTEAD: tuple[tuple[type | tuple[type, ...], str, str], ...] = (
    (
        (datetime, time),
        "datetime",
        (
            "has a time of day, which could be London's or UTC's, and is written in many ways: "
            "write it as people read it, 5:30pm, and give value.date() for the day"
        ),
    ),
    ((bytes, bytearray), "bytes", "is bytes: give text, value.decode(), or a File"),
    (AbstractSet, "set", "is a set, which has no order: give a list"),
)


def same_name(name: str) -> str:
    """Return a placeholder's name as Notify compares it: no spaces, _ or -, small letters."""
    return _SEPARATORS.sub("", name).lower()


def checked_values(given: object, language: str = Language.ENGLISH) -> dict[str, WireValue]:
    """Hold Notify's rules for personalisation (docs, 'Send a text message', 'personalisation').

    Args:
        given: names of the template's placeholders, and their values.
        language: the language of the message, in which days are written.

    Returns:
        What is sent: text, numbers, True, False, lists of those, and files.

    Raises:
        InvalidValueError: a name or a value is one that Notify refuses or would print wrongly.
    """
    if not isinstance(given, Mapping):
        raise InvalidValueError("must be a dictionary", code="not_a_mapping")
    pairs = cast("Mapping[object, object]", given)
    checked: dict[str, WireValue] = {}
    for number, (name, value) in enumerate(pairs.items(), start=1):
        if not isinstance(name, str) or not name.strip():
            raise InvalidValueError(f"value {number} has no name that is text", code="name_type")
        if type(value) is str:  # what nearly every value is
            checked[str(name)] = value
        else:
            checked[str(name)] = _value(value, f"value {number}", language)
    if len({same_name(name) for name in checked}) < len(checked):
        raise InvalidValueError(
            "has two names that differ only in capitals, spaces, _ or -: Notify takes them for one",
            code="same_name",
        )
    return checked


def without_files(given: object, language: str = Language.ENGLISH) -> dict[str, WireValue]:
    """Hold the same rules for a text message or a letter, which carries no file.

    Args:
        given: names of the template's placeholders, and their values.
        language: the language of the message.

    Raises:
        InvalidValueError: as above, or a value is a file.
    """
    checked = checked_values(given, language)
    if any(isinstance(value, dict) for value in checked.values()):
        raise InvalidValueError(
            "holds a file, which only an e-mail can carry: take it out", code="file"
        )
    return checked


def sanitised(
    values: Mapping[str, WireValue], names: Iterable[str], sanitise: Callable[[str], str]
) -> dict[str, WireValue]:
    """Take links and marks out of what strangers typed, value by value and item by item.

    Notify would do it itself (`sanitise_content_for`), and answers 500 where a value is a list.

    Args:
        values: what is sent.
        names: the placeholders whose values a stranger typed.
        sanitise: does it to one text.

    Returns:
        The values, with those of the names cleaned.

    Raises:
        InvalidValueError: a name has no value, or a file.
    """
    wanted = {same_name(name) for name in names}
    cleaned: dict[str, WireValue] = {}
    for name, value in values.items():
        if same_name(name) not in wanted:
            cleaned[name] = value
            continue
        wanted.discard(same_name(name))
        if isinstance(value, dict):
            raise InvalidValueError("names a file, which has no text to clean", code="file")
        if isinstance(value, list):
            cleaned[name] = [sanitise(item) if isinstance(item, str) else item for item in value]
        else:
            cleaned[name] = sanitise(value) if isinstance(value, str) else value
    if wanted:
        raise InvalidValueError(
            "has a name that the personalisation has not: look for a slip of the pen",
            code="no_value",
        )
    return cleaned


def _value(value: object, which: str, language: str) -> WireValue:
    if isinstance(value, File):
        return value.parts()
    if isinstance(value, Mapping):
        return _file(cast("Mapping[object, object]", value), which)
    if isinstance(value, list | tuple):
        items = cast("Sequence[object]", value)
        return [
            _scalar(item, f"item {at} of {which}", language)
            for at, item in enumerate(items, start=1)
        ]
    return _scalar(value, which, language)


def _scalar(value: object, which: str, language: str) -> WireScalar:
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
    if isinstance(value, Pence):
        return format_pounds(value)
    if type(value) is float or isinstance(value, Decimal):
        return _number(value, which)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return written_day(value, language)
    for kinds, code, instead in _INSTEAD:
        if isinstance(value, kinds):
            raise InvalidValueError(f"{which} {instead}", code=code)
    raise InvalidValueError(
        f"{which} is neither text, a number, money, a day, True or False, nor a list of them: "
        "write it as text",
        code="value_type",
    )


def _number(value: float | Decimal, which: str) -> WireScalar:
    if not math.isfinite(value):
        raise InvalidValueError(f"{which} is a number that JSON has not", code="nan")
    if isinstance(value, Decimal):
        return format(value, "f")  # as it was written, 46.50, and never 4.65E+1
    # Notify prints a float as Python does: 1e+16, which nobody reads.
    return format(Decimal(repr(value)), "f") if "e" in repr(value) else value


def _file(value: Mapping[object, object], which: str) -> dict[str, FilePart]:
    if "file" not in value:
        raise InvalidValueError(
            f"{which} is a dictionary, which Notify would print as Python writes it: give each of "
            "its values a name of its own",
            code="mapping",
        )
    try:
        return checked_parts(value)
    except InvalidValueError as error:
        wrong = error
    raise InvalidValueError(
        f"{which} is a file that cannot be sent: {wrong.message}", code=wrong.code
    )
