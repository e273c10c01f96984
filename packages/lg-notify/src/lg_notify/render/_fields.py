# SPDX-License-Identifier: MIT
"""Fill a template as GOV.UK Notify does: placeholders, conditions and lists. Pure.

    ((name))             a placeholder
    ((flag??text))       text that shows where the flag is true
    ((a??see ((b))))     only the inner one is a placeholder: the outer marks stay as they are

Rules: technical documentation, 'Personalisation' and 'Optional content'; outputs of
notifications-utils 127.0.0. A template is taken apart once and kept, because a run of texts fills
the same one thousands of times.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

__all__ = ["Mark", "Template", "Values", "fill", "filled", "parsed", "placeholders", "values_of"]

Values = Mapping[str, object]
"""Values by the key of their name, as `values_of` makes them."""

_MARK = re.compile(r"\(\(([^()]+)\)\)")
_WORDLESS = str.maketrans("", "", " _-")
_TRUE = frozenset({"yes", "y", "true", "t", "1", "include", "show"})
# White space that an item of a list loses: what has no width, and what does not break.
_UNSEEN = str.maketrans("", "", "\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029\u00a0\u202f")
_SPACE = " \t\n\r\x0b\x0c"
_FILE = "https://documents.service.gov.uk/d/the-file"
"""What stands for the link of a file: Notify makes the real one when it sends."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A pair of double brackets in a template.

    Attributes:
        name: the name, as the template writes it.
        key: the name without what Notify does not look at: capitals, spaces, _ and -.
        text: what shows where the value is true; None where the value itself shows.
    """

    name: str
    key: str
    text: str | None

    @property
    def source(self) -> str:
        """How the template writes it."""
        return f"(({self.name}))" if self.text is None else f"(({self.name}??{self.text}))"


@dataclass(frozen=True, slots=True)
class Template:
    """A template, taken apart.

    Attributes:
        pieces: its text and its marks, in order.
        names: the names of the placeholders, each once, as written first.
        keys: their keys.
    """

    pieces: tuple[str | Mark, ...]
    names: tuple[str, ...]
    keys: tuple[str, ...]

    def missing(self, values: Values) -> tuple[str, ...]:
        """Name the placeholders that have no value, or None.

        Args:
            values: the values, by key.

        Returns:
            The names, in the order of the template.
        """
        return tuple(
            name for name, key in zip(self.names, self.keys, strict=True) if values.get(key) is None
        )


@lru_cache(maxsize=4096)
def key_of(name: str) -> str:
    """Return what Notify compares of a name: it drops spaces, _ and -, and takes small letters."""
    return name.translate(_WORDLESS).lower()


@lru_cache(maxsize=1024)
def parsed(text: str) -> Template:
    """Take a template apart.

    Args:
        text: the template, as its page in Notify shows it.

    Returns:
        Its pieces.
    """
    pieces: list[str | Mark] = []
    names: dict[str, str] = {}
    done = 0
    for match in _MARK.finditer(text):
        if done < match.start():
            pieces.append(text[done : match.start()])
        # The condition's text may hold "??" itself.
        name, asks, shown = match[1].partition("??")
        mark = Mark(name, key_of(name), shown if asks else None)
        names.setdefault(mark.key, name)
        pieces.append(mark)
        done = match.end()
    if done < len(text):
        pieces.append(text[done:])
    return Template(tuple(pieces), tuple(names.values()), tuple(names))


def values_of(personalisation: Mapping[str, object] | None) -> Values:
    """Arrange values by the key of their names.

    Args:
        personalisation: the values, by name.

    Returns:
        The values, by key. Of two names that Notify takes for one, the later counts.
    """
    return {key_of(name): value for name, value in (personalisation or {}).items()}


def filled(
    template: Template,
    values: Values,
    *,
    bullets: bool = False,
    escape: Callable[[str], str] = str,
    unfilled: Callable[[Mark], str] | None = None,
) -> str:
    """Fill a template.

    Args:
        template: the template, taken apart.
        values: the values, by key.
        bullets: whether a list becomes bullets (the body of an e-mail or a letter) or a sentence
            ("a, b and c": a text, and every subject).
        escape: what makes text safe where it goes: the template's and the values'.
        unfilled: how a mark without a value shows; as the template writes it where left out.

    Returns:
        The text. No value is looked at for marks.
    """
    parts: list[str] = []
    for piece in template.pieces:
        if isinstance(piece, str):
            parts.append(escape(piece))
            continue
        value = values.get(piece.key)
        if value is None:
            parts.append(unfilled(piece) if unfilled else escape(piece.source))
            continue
        text = _as_text(value, bullets=bullets)
        if piece.text is None:
            parts.append(escape(text))
        elif text.lower() in _TRUE:
            parts.append(escape(piece.text))
    return "".join(parts)


def _as_text(value: object, *, bullets: bool) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return _listed(cast("list[object] | tuple[object, ...]", value), bullets=bullets)
    if isinstance(value, Mapping) and "file" in cast("Mapping[object, object]", value):
        return _FILE
    return str(cast("object", value))


def _listed(value: list[object] | tuple[object, ...], *, bullets: bool) -> str:
    items = [
        item
        for each in value
        if each is not None and (item := str(each).translate(_UNSEEN).strip(_SPACE))
    ]
    if not items:
        return ""
    if bullets:
        return "\n\n" + "\n".join(f"* {item}" for item in items)
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def fill(
    text: str, personalisation: Mapping[str, object] | None = None, *, bullets: bool = False
) -> str:
    """Fill a text of a template with values, as Notify does.

    Names are compared without capitals, spaces, _ and -. A condition is true for yes, y, true, t,
    1, include and show alone: "on" is false. A mark without a value stays.

    Args:
        text: the template's text.
        personalisation: the values, by name: text, numbers, True or False, or lists of them.
        bullets: whether a list becomes bullets, as in the body of an e-mail or a letter, or a
            sentence ("a, b and c"), as in a text and in a subject.

    Returns:
        The text with its values.
    """
    return filled(parsed(text), values_of(personalisation), bullets=bullets)


def placeholders(text: str) -> tuple[str, ...]:
    """Name the placeholders of a text, those of conditions too.

    Args:
        text: the template's text.

    Returns:
        The names as the template writes them first, in its order, each once.
    """
    return parsed(text).names
