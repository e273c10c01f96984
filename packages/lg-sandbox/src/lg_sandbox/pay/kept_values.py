# SPDX-License-Identifier: MIT
"""Write the stand-in's values as JSON text and read them back.

Only plain values, dates, and the dataclasses and enums of `lg_sandbox.pay` are written and read, so
that a file can make nothing else. A field that the text lacks gets its default.
"""

import base64
import importlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, cast

__all__ = ["NotKeptError", "UnreadableError", "from_text", "to_text"]

_HOME = "lg_sandbox.pay."


class NotKeptError(TypeError):
    """A value cannot be written to a file, such as a function."""


class UnreadableError(ValueError):
    """The text was not written by this version of the stand-in."""

    def __init__(self) -> None:
        super().__init__(
            "This file was not written by this version of lg-sandbox. Give another file, or "
            "delete it to start empty."
        )


def to_text(value: object) -> str:
    """Write a value.

    Args:
        value: the value.

    Returns:
        JSON.

    Raises:
        NotKeptError: when it is of a kind that is not kept.
    """
    return json.dumps(_written(value), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Any:  # noqa: ANN401 -- it is what was written, of any kind
    """Read a value that `to_text` wrote.

    Args:
        text: the text.

    Returns:
        The value, with its type.

    Raises:
        UnreadableError: when this version did not write it.
    """
    # The error behind it is left behind: it may quote what the file holds.
    with suppress(ValueError, TypeError, LookupError, AttributeError, ImportError, RecursionError):
        return _read(json.loads(text))
    raise UnreadableError


def _written(value: object) -> object:
    if isinstance(value, Enum):  # an enum of text is text too, so enums come first
        return {"enum": [_name(type(value)), value.name]}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        # A function, such as an account's fee plan, is left out: its default comes back.
        told = {each.name: getattr(value, each.name) for each in fields(value)}
        kept = {
            name: _written(part)
            for name, part in told.items()
            if is_dataclass(part) or not callable(part)
        }
        return {"of": _name(type(value)), "with": kept}
    return _container(value)


def _container(value: object) -> object:
    match value:
        case bytes():
            told = {"bytes": base64.b64encode(value).decode()}
        case datetime():
            told = {"at": value.isoformat()}
        case date():
            told = {"day": value.isoformat()}
        case list():
            told = {"list": list(map(_written, cast("list[object]", value)))}
        case tuple():
            told = {"tuple": list(map(_written, cast("tuple[object, ...]", value)))}
        case set():
            told = {"set": sorted(map(_written, cast("set[object]", value)), key=repr)}
        case frozenset():
            told = {"frozenset": sorted(map(_written, cast("frozenset[object]", value)), key=repr)}
        case dict():
            pairs = cast("dict[object, object]", value)
            told = {"dict": [[_written(key), _written(each)] for key, each in pairs.items()]}
        case _:
            raise NotKeptError("A value of this kind is not kept in the file.")
    return told


def _name(kind: type) -> str:
    name = f"{kind.__module__}:{kind.__qualname__}"
    if not name.startswith(_HOME):
        raise NotKeptError("A value of this kind is not kept in the file.")
    return name


def _kind(name: str) -> Any:  # noqa: ANN401 -- a class, of any of two sorts
    module, _, label = name.partition(":")
    if not module.startswith(_HOME):
        raise UnreadableError
    kind = getattr(importlib.import_module(module), label)
    if not (isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, Enum))):
        raise UnreadableError
    return kind


def _all(items: list[Any]) -> list[Any]:
    return [_read(each) for each in items]


def _pairs(pairs: list[list[Any]]) -> dict[Any, Any]:
    return {_read(key): _read(value) for key, value in pairs}


def _member(named: list[str]) -> Any:  # noqa: ANN401 -- a member of any enum
    return _kind(named[0])[named[1]]


_MAKERS: dict[str, Callable[[Any], Any]] = {
    "bytes": base64.b64decode,
    "at": datetime.fromisoformat,
    "day": date.fromisoformat,
    "list": _all,
    "tuple": lambda items: tuple(_all(items)),
    "set": lambda items: set(_all(items)),
    "frozenset": lambda items: frozenset(_all(items)),
    "dict": _pairs,
    "enum": _member,
}


def _read(value: Any) -> Any:  # noqa: ANN401 -- JSON
    if not isinstance(value, dict):
        return value
    told = cast("dict[str, Any]", value)
    if "of" in told:
        return _made(_kind(told["of"]), told["with"])
    ((name, inner),) = told.items()
    return _MAKERS[name](inner)


def _made(kind: Any, told: dict[str, Any]) -> Any:  # noqa: ANN401 -- a dataclass
    if not told.keys() <= {each.name for each in fields(kind)}:
        raise UnreadableError  # a newer version knows more
    return kind(**{name: _read(value) for name, value in told.items()})
