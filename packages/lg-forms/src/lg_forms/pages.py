# SPDX-License-Identifier: MIT
"""What a page of a journey is, and what it may answer: plain values, no HTTP.

A page looks at what is known (`Asking`) and returns what is to happen: show a screen (`Shown`), go
to another screen of the same page (`MoveTo`), or keep answers (`Given`). The journey does it. Most
pages have one screen, named by an empty string; an address page has three.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import JsonValue

from lg_core.endpoints import Fields
from lg_core.texts import Text
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Words

__all__ = ["Asking", "Given", "MoveTo", "Outcome", "Page", "Problem", "Row", "Shown"]


@dataclass(frozen=True, slots=True)
class Problem:
    """A line of the error summary.

    Args:
        target: the id of the input that the line leads to.
        message: the sentence, the same as beside the input.
    """

    target: str
    message: str


@dataclass(frozen=True, slots=True)
class Asking:
    """What a page knows when it is asked for.

    Args:
        words: says texts in the page's language.
        screen: which of the page's screens.
        values: the page's own saved answers, or what was filled in before.
        memory: what the page kept for itself, such as a list of addresses.
        form: what was typed, where a form was sent.
    """

    words: Words
    screen: str = ""
    values: Answers = dataclasses.field(default_factory=dict[str, JsonValue], repr=False)
    memory: Mapping[str, JsonValue] = dataclasses.field(
        default_factory=dict[str, JsonValue], repr=False
    )
    form: Fields = dataclasses.field(default_factory=Fields, repr=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """Show a screen.

    Args:
        template: its template, such as `lg_forms/choice.html`.
        heading: the heading, in the page's language.
        context: values for the template.
        problems: what is wrong with what was typed, in the order of the page.
        back: the screen of the same page that the back link leads to; None for the page before.
    """

    template: str
    heading: str
    context: Mapping[str, object] = dataclasses.field(default_factory=dict[str, object], repr=False)
    problems: tuple[Problem, ...] = dataclasses.field(default=(), repr=False)
    back: str | None = None


@dataclass(frozen=True, slots=True)
class MoveTo:
    """Go to another screen of the same page.

    Args:
        screen: its name.
        memory: what the page keeps for itself from now on; None leaves it as it is.
    """

    screen: str
    memory: Mapping[str, JsonValue] | None = dataclasses.field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Given:
    """Keep these answers, and go on.

    Args:
        answers: a value for each of the page's fields.
    """

    answers: Answers = dataclasses.field(repr=False)


Outcome = Shown | MoveTo | Given
"""What a page wants to happen."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page on which the answers are checked.

    Args:
        label: what the answer is to.
        lines: the answer; none where it was left empty.
        field: the field that it answers, for the link 'Change'; empty where there is none.
    """

    label: Text
    lines: tuple[str, ...] = dataclasses.field(default=(), repr=False)
    field: str = ""


class Page(Protocol):
    """A page of a journey. Write your own by giving these members."""

    @property
    def name(self) -> str:
        """The last part of its path, unique in its journey, such as `contact`."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that it asks for."""
        ...

    @property
    def optional(self) -> frozenset[str]:
        """Those of them that may be left empty."""
        ...

    @property
    def screens(self) -> tuple[str, ...]:
        """The names of its screens; the first is an empty string."""
        ...

    @property
    def when(self) -> Condition | None:
        """When it applies; None for always."""
        ...

    def show(self, asking: Asking) -> Shown | MoveTo:
        """Say what to show to somebody who opens a screen.

        Args:
            asking: what is known.
        """
        ...

    def take(self, asking: Asking) -> Outcome:
        """Say what to do with a form that was sent.

        Args:
            asking: what is known, with what was typed.
        """
        ...

    def refuse(self, asking: Asking, field: str, message: str) -> Shown:
        """Show a form again whose answer the journey's model refused.

        Args:
            asking: what is known, with what was typed.
            field: the field that was refused.
            message: what is wrong, in the page's language.
        """
        ...

    def rows(self, answers: Answers, words: Words) -> tuple[Row, ...]:
        """Return the lines for the page on which the answers are checked.

        Args:
            answers: the answers of the route.
            words: says texts in the page's language.
        """
        ...
