# SPDX-License-Identifier: MIT
"""A page on which one option is chosen, or several (Design System, 'Radios', 'Checkboxes')."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from pydantic import JsonValue

from lg_core.errors import ConfigError
from lg_core.texts import Text
from lg_forms._options import hint, radios
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Words
from lg_forms.pages import Asking, Given, Problem, Row, Shown

__all__ = ["ChoicePage", "Option"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Args:
        value: what is kept when it is chosen.
        text: what the resident reads.
        hint: help below it.
    """

    value: str
    text: Text
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class ChoicePage:
    """A page of radios, or of checkboxes.

    Args:
        name: the last part of its path.
        heading: the question; it is the legend of the options.
        field: the field of the journey's model that it fills.
        options: the options, in order.
        missing: the error where none is chosen: 'Select yes if ...', 'Select if ...' or
            'Select ...' (Design System, 'Radios', 'Error messages').
        several: whether more than one may be chosen: checkboxes, and a list is kept.
        hint: help below the question.
        label: what the answer is called when it is checked; the heading where it is None.
        when: when the page applies; None for always.

    Raises:
        ConfigError: there are fewer than two options for radios, none for checkboxes, or two of
            the same value.
    """

    name: str
    heading: Text
    field: str
    options: Sequence[Option]
    missing: Text
    several: bool = False
    hint: Text | None = None
    label: Text | None = None
    when: Condition | None = None
    screens: tuple[str, ...] = dataclasses.field(default=("",), init=False, repr=False)
    optional: frozenset[str] = dataclasses.field(default=frozenset(), init=False, repr=False)

    def __post_init__(self) -> None:
        values = [option.value for option in self.options]
        if len(values) < (1 if self.several else 2) or len(set(values)) != len(values):
            raise ConfigError(
                f"The page {self.name!r} needs at least two options for radios, one for "
                "checkboxes, each with a value of its own.",
                setting="options",
            )

    @property
    def fields(self) -> tuple[str, ...]:
        """The name of the field that it asks for."""
        return (self.field,)

    def show(self, asking: Asking) -> Shown:
        """Show the options, with the one that was chosen before."""
        return self._screen(asking, _chosen(asking.values.get(self.field)), None)

    def take(self, asking: Asking) -> Shown | Given:
        """Keep what was chosen. A value that is no option counts as none."""
        sent = asking.form.all(self.field)
        chosen = [option.value for option in self.options if option.value in sent]
        if not chosen or (not self.several and len(chosen) > 1):
            return self._screen(asking, (), asking.words.of(self.missing))
        kept: JsonValue = cast("list[JsonValue]", chosen) if self.several else chosen[0]
        return Given({self.field: kept})

    def refuse(self, asking: Asking, field: str, message: str) -> Shown:
        """Show the options again, with an answer that the journey's model refused."""
        del field
        return self._screen(asking, asking.form.all(self.field), message)

    def rows(self, answers: Answers, words: Words) -> tuple[Row, ...]:
        """Return one line: the options that were chosen."""
        chosen = _chosen(answers.get(self.field))
        texts = tuple(words.of(each.text) for each in self.options if each.value in chosen)
        return (Row(self.label or self.heading, texts, self.field),)

    def _screen(self, asking: Asking, chosen: Sequence[str], message: str | None) -> Shown:
        words = asking.words
        heading = words.of(self.heading)
        items: list[dict[str, object]] = [
            {
                "value": option.value,
                "text": words.of(option.text),
                "hint": hint(words, option.hint),
                "checked": option.value in chosen,
            }
            for option in self.options
        ]
        options = radios(
            self.field, heading, items, words=words, hint_text=self.hint, message=message
        )
        return Shown(
            "lg_forms/choice.html",
            heading,
            {"options": options, "several": self.several},
            (Problem(self.field, message),) if message else (),
        )


def _chosen(value: JsonValue) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)
