# SPDX-License-Identifier: MIT
"""What can be wrong with an answer, and how it is said to the resident.

A fault names a text of the catalogue, or carries a text of the form's own. It never holds what was
typed, so it can go into an error or a log.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lg_core.errors import InvalidValueError
from lg_core.texts import Catalogue, Language, Text

__all__ = ["Fault", "FaultyAnswerError", "Words"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an answer.

    Args:
        text: the name of a text in the catalogue, or a text of the form's own.
        slots: values of the text's slots; a `Text` among them is said in the page's language.
        part: the part of the answer that is wrong, where it has several, such as `month`.
        parts: every part that is to be marked; `part` alone where there are no more.
    """

    text: str | Text
    slots: Mapping[str, object] = field(default_factory=dict[str, object])
    part: str = ""
    parts: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """A stable name of the fault: the name of its text."""
        return self.text if isinstance(self.text, str) else "own_text"


class FaultyAnswerError(InvalidValueError):
    """What was typed cannot be the answer. Nothing was saved.

    Args:
        fault: what is wrong, to be said to the resident.
    """

    def __init__(self, fault: Fault) -> None:
        super().__init__(
            f"The answer was refused ({fault.code}). Show the fault to the person who typed it.",
            code=fault.code,
        )
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Words:
    """Says texts in one language.

    Args:
        catalogue: the texts of lg-forms, with a council's own in place of some.
        language: the language of the page.
    """

    catalogue: Catalogue = field(repr=False)
    language: Language = Language.ENGLISH

    def say(self, name: str, **slots: object) -> str:
        """Return a text of the catalogue.

        Args:
            name: the text's name.
            slots: the slots' values; a `Text` among them is said in the same language.
        """
        said = {slot: self._said(value) for slot, value in slots.items()}
        return self.catalogue.say(name, self.language, **said)

    def of(self, text: Text, **slots: object) -> str:
        """Return a text of the form's own.

        Args:
            text: the text.
            slots: the slots' values.
        """
        return text.text(
            self.language, **{slot: self._said(value) for slot, value in slots.items()}
        )

    def fault(self, fault: Fault, *, label: Text | None = None) -> str:
        """Return the sentence of a fault.

        Args:
            fault: what is wrong.
            label: what the field is called, for texts that name it.
        """
        slots: dict[str, object] = {"label": label or "", **fault.slots}
        if isinstance(fault.text, Text):
            return self.of(fault.text, **slots)
        return self.say(fault.text, **slots)

    def _said(self, value: object) -> object:
        return value.text(self.language) if isinstance(value, Text) else value
