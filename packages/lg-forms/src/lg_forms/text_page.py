# SPDX-License-Identifier: MIT
"""A page with one or more inputs for text that belong together, such as a name and an e-mail."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import JsonValue

from lg_core.errors import ConfigError
from lg_core.texts import Text
from lg_forms._cleaning import tidy
from lg_forms._options import error_message, hint
from lg_forms.answers import AnswerKind, FreeText
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Fault, FaultyAnswerError, Words
from lg_forms.pages import Asking, Given, Problem, Row, Shown

__all__ = ["TextField", "TextPage"]


@dataclass(frozen=True, slots=True)
class TextField:
    """One input for text.

    Args:
        name: the field of the journey's model that it fills.
        label: what stands above the input, without '(optional)'.
        answer: what kind of answer is read.
        missing: the error for an empty input, a whole sentence such as 'Enter your reference';
            some kinds bring their own.
        hint: help below the label.
        optional: whether it may be left empty: the answer is then None.
        autocomplete: what the browser may fill in, in place of the kind's own.
        width: classes of GOV.UK Frontend for the input's width, in place of the kind's own.

    Raises:
        ConfigError: the field needs `missing`.
    """

    name: str
    label: Text
    answer: AnswerKind = dataclasses.field(default_factory=FreeText)
    missing: Text | None = None
    hint: Text | None = None
    optional: bool = False
    autocomplete: str | None = None
    width: str | None = None

    def __post_init__(self) -> None:
        if self.missing is None and self.answer.missing is None and not self.optional:
            raise ConfigError(
                f"The field {self.name!r} needs missing=: the sentence for an empty answer, such "
                "as 'Enter your reference'. This kind of answer has none of its own.",
                setting="missing",
            )

    def read(self, typed: str) -> JsonValue:
        """Return the answer to save; None where an optional field was left empty.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is missing, or cannot be the answer.
        """
        if tidy(typed):
            return self.answer.read(typed)
        if self.optional:
            return None
        raise FaultyAnswerError(Fault(self.missing or self.answer.missing or ""))


@dataclass(frozen=True, slots=True)
class TextPage:
    """A page with one or more inputs for text.

    Args:
        name: the last part of its path.
        heading: the page's heading. With one field whose label is the same text, the label is
            the heading, and is not said twice.
        inputs: the inputs, in order.
        hint: a paragraph below the heading.
        when: when the page applies; None for always.
    """

    name: str
    heading: Text
    inputs: Sequence[TextField]
    hint: Text | None = None
    when: Condition | None = None
    screens: tuple[str, ...] = dataclasses.field(default=("",), init=False, repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it asks for."""
        return tuple(each.name for each in self.inputs)

    @property
    def optional(self) -> frozenset[str]:
        """Those of them that may be left empty."""
        return frozenset(each.name for each in self.inputs if each.optional)

    def show(self, asking: Asking) -> Shown:
        """Show the inputs with what was answered before."""
        typed = {name: _shown(asking.values.get(name)) for name in self.fields}
        return self._screen(asking, typed, {})

    def take(self, asking: Asking) -> Shown | Given:
        """Read every input; show all faults at once."""
        typed = {name: asking.form.get(name, "") for name in self.fields}
        answers: dict[str, JsonValue] = {}
        wrong: dict[str, str] = {}
        for each in self.inputs:
            try:
                answers[each.name] = each.read(typed[each.name])
            except FaultyAnswerError as error:
                wrong[each.name] = asking.words.fault(error.fault, label=each.label)
        return self._screen(asking, typed, wrong) if wrong else Given(answers)

    def refuse(self, asking: Asking, field: str, message: str) -> Shown:
        """Show the form again with an answer that the journey's model refused."""
        typed = {name: asking.form.get(name, "") for name in self.fields}
        return self._screen(asking, typed, {field: message})

    def rows(self, answers: Answers, words: Words) -> tuple[Row, ...]:
        """Return a line for each input."""
        del words
        return tuple(
            Row(each.label, tuple(_shown(answers.get(each.name)).splitlines()), each.name)
            for each in self.inputs
        )

    def _screen(self, asking: Asking, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Shown:
        words = asking.words
        heading = words.of(self.heading)
        return Shown(
            "lg_forms/text.html",
            heading,
            {
                "hint": words.of(self.hint) if self.hint else None,
                "inputs": [
                    _input(each, words, typed=typed, wrong=wrong, heading=heading)
                    for each in self.inputs
                ],
                "label_is_heading": len(self.inputs) == 1
                and words.of(self.inputs[0].label) == heading,
            },
            tuple(Problem(name, wrong[name]) for name in self.fields if name in wrong),
        )


def _input(
    each: TextField,
    words: Words,
    *,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    heading: str,
) -> dict[str, object]:
    """Return the options of GOV.UK Frontend's input or textarea."""
    look = each.answer.look
    label = words.of(each.label)
    alone = label == heading
    shown = words.say("optional", label=label) if each.optional else label
    options: dict[str, object] = {
        "id": each.name,
        "name": each.name,
        "label": {
            "text": shown,
            "isPageHeading": alone,
            "classes": "govuk-label--l" if alone else "",
        },
        "hint": hint(words, each.hint),
        "value": typed[each.name],
        "autocomplete": each.autocomplete or look.autocomplete,
        "spellcheck": look.spellcheck,
        "classes": look.classes if each.width is None else each.width,
        "errorMessage": error_message(words, wrong.get(each.name)),
    }
    return {**options, "rows": look.rows, "type": look.type, "inputmode": look.inputmode}


def _shown(value: JsonValue) -> str:
    return "" if value is None else str(value)
