# SPDX-License-Identifier: MIT
"""A page that asks for a date (GOV.UK Design System, 'Date input')."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from lg_core.texts import Language, Text
from lg_forms._options import error_message, hint, legend
from lg_forms.days import PARTS, DateRule, read_date, today
from lg_forms.engine import Answers, Condition
from lg_forms.faults import Fault, FaultyAnswerError, Words
from lg_forms.pages import Asking, Given, Problem, Row, Shown

__all__ = ["DatePage"]

_WIDTHS: Final = {"day": 2, "month": 2, "year": 4}
_MONTHS: Final = {
    Language.ENGLISH: "January February March April May June July August September October "
    "November December",
    Language.WELSH: "Ionawr Chwefror Mawrth Ebrill Mai Mehefin Gorffennaf Awst Medi Hydref "
    "Tachwedd Rhagfyr",
}


@dataclass(frozen=True, slots=True)
class DatePage:
    """A page that asks for one date; it is kept as `2027-03-27`.

    Args:
        name: the last part of its path.
        heading: the question; it is the legend of the three inputs.
        field: the field of the journey's model that it fills.
        label: what the date is called in errors and when it is checked, such as 'Date of birth'.
        missing: the error for an empty date, such as 'Enter your date of birth'.
        hint: help below the question, such as 'For example, 27 3 2007'.
        rule: where the date must lie; None for anywhere.
        birthday: whether it is the person's own date of birth, which a browser may fill in.
        when: when the page applies; None for always.
        today: tells today's date.
    """

    name: str
    heading: Text
    field: str
    label: Text
    missing: Text
    hint: Text | None = None
    rule: DateRule | None = None
    birthday: bool = False
    when: Condition | None = None
    today: Callable[[], date] = today
    screens: tuple[str, ...] = dataclasses.field(default=("",), init=False, repr=False)
    optional: frozenset[str] = dataclasses.field(default=frozenset(), init=False, repr=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """The name of the field that it asks for."""
        return (self.field,)

    def show(self, asking: Asking) -> Shown:
        """Show the three inputs, with the date that was answered before."""
        kept = asking.values.get(self.field)
        day = date.fromisoformat(str(kept)) if kept is not None else None
        typed = {part: str(getattr(day, part)) if day else "" for part in PARTS}
        return self._screen(asking, typed)

    def take(self, asking: Asking) -> Shown | Given:
        """Read the date."""
        typed = self._typed(asking)
        try:
            day = read_date(typed, missing=self.missing, rule=self.rule, on=self.today())
        except FaultyAnswerError as error:
            message = asking.words.fault(error.fault, label=self.label)
            return self._screen(asking, typed, fault=error.fault, message=message)
        return Given({self.field: day.isoformat()})

    def refuse(self, asking: Asking, field: str, message: str) -> Shown:
        """Show the inputs again, with a date that the journey's model refused."""
        fault = Fault(field, part="day", parts=PARTS)
        return self._screen(asking, self._typed(asking), fault=fault, message=message)

    def rows(self, answers: Answers, words: Words) -> tuple[Row, ...]:
        """Return one line: the date in words, such as '27 March 2007'."""
        kept = answers.get(self.field)
        lines = () if kept is None else (_in_words(date.fromisoformat(str(kept)), words.language),)
        return (Row(self.label, lines, self.field),)

    def _typed(self, asking: Asking) -> dict[str, str]:
        return {part: asking.form.get(f"{self.field}-{part}", "") for part in PARTS}

    def _screen(
        self,
        asking: Asking,
        typed: Mapping[str, str],
        *,
        fault: Fault | None = None,
        message: str | None = None,
    ) -> Shown:
        words = asking.words
        heading = words.of(self.heading)
        wrong = fault.parts if fault else ()
        items = [
            {
                "name": part,
                "label": words.say(part),
                "classes": f"govuk-input--width-{_WIDTHS[part]}"
                + (" govuk-input--error" if part in wrong else ""),
                "value": typed[part],
                "autocomplete": f"bday-{part}" if self.birthday else None,
            }
            for part in PARTS
        ]
        options = {
            "id": self.field,
            "namePrefix": self.field,
            "fieldset": legend(heading),
            "hint": hint(words, self.hint),
            "errorMessage": error_message(words, message),
            "items": items,
        }
        problems = (Problem(f"{self.field}-{fault.part}", message),) if fault and message else ()
        return Shown("lg_forms/date.html", heading, {"options": options}, problems)


def _in_words(day: date, language: Language) -> str:
    return f"{day.day} {_MONTHS[language].split()[day.month - 1]} {day.year}"
