# SPDX-License-Identifier: MIT
"""Fill in a template's placeholders as GOV.UK Notify does.

Source: technical documentation, 'Personalisation', and the outputs recorded from
notifications-utils 127.0.0. A placeholder is two brackets, a text without brackets, and two
brackets. `((flag??text))` shows the text when the flag is true.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import cast

__all__ = [
    "ListStyle",
    "as_bullets",
    "as_sentence",
    "fill_in",
    "missing_from",
    "names_in",
    "plain_name",
]

ListStyle = Callable[[list[str]], str]
"""How a list is written in a text."""

_PLACEHOLDER = re.compile(r"\(\(([^()]+)\)\)")
_IGNORED = str.maketrans("", "", " _-")
_TRUE = frozenset({"yes", "y", "true", "t", "1", "include", "show"})


def as_sentence(items: list[str]) -> str:
    """Write a list as in texts and subjects: a, b and c.

    Args:
        items: what is listed.

    Returns:
        The text.
    """
    if len(items) < 2:  # noqa: PLR2004 -- one thing needs no "and"
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def as_bullets(items: list[str]) -> str:
    """Write a list as in the body of an email: one bullet a line.

    Args:
        items: what is listed.

    Returns:
        The text.
    """
    return "\n\n" + "\n".join(f"* {item}" for item in items) if items else ""


def names_in(*texts: str) -> list[str]:
    """List the placeholders of a template, each once, as they are first written.

    Args:
        texts: the template's parts, in order.

    Returns:
        The names.
    """
    found: dict[str, str] = {}
    for text in texts:
        for match in _PLACEHOLDER.finditer(text):
            name = match[1].partition("??")[0]
            found.setdefault(plain_name(name), name)
    return list(found.values())


def missing_from(personalisation: Mapping[str, object], *, names: Iterable[str]) -> list[str]:
    """List the placeholders without a value. A null is no value; an empty text is one.

    Args:
        personalisation: the values.
        names: the template's placeholders.

    Returns:
        The names without a value, in the order given.
    """
    values = _by_plain_name(personalisation)
    return [name for name in names if values.get(plain_name(name)) is None]


def fill_in(text: str, personalisation: Mapping[str, object], *, listing: ListStyle) -> str:
    """Fill in a text. A placeholder without a value stays as it is written.

    Args:
        text: the template's text.
        personalisation: the values; names compare without case, spaces, `_` and `-`.
        listing: how a list is written.

    Returns:
        The text with its values.
    """
    values = _by_plain_name(personalisation)

    def value_of(match: re.Match[str]) -> str:
        name, conditional, shown = match[1].partition("??")
        value = values.get(plain_name(name))
        if value is None:
            return match[0]
        if conditional:
            return shown if str(value).lower() in _TRUE else ""
        if isinstance(value, list):
            items = cast("list[object]", value)
            # Notify drops what has nothing to show.
            return listing([str(item) for item in items if item is not None and str(item).strip()])
        return str(value)

    return _PLACEHOLDER.sub(value_of, text)


def plain_name(name: str) -> str:
    """Write a name so that those compare alike which Notify takes for one.

    Args:
        name: the name of a placeholder or a value.

    Returns:
        The name without case, spaces, `_` and `-`.
    """
    return name.translate(_IGNORED).lower()


def _by_plain_name(personalisation: Mapping[str, object]) -> dict[str, object]:
    return {plain_name(name): value for name, value in personalisation.items()}
