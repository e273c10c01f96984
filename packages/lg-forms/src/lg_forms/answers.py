# SPDX-License-Identifier: MIT
"""Kinds of answer that are typed as text: how each is read, checked, shown again and asked for.

What a person typed is a string until its kind has read it: it is cleaned up first, then checked,
and a fault has the Design System's wording. A kind also says how its input is drawn. To check the
same in the model of a whole journey, use the annotated types: `NameText`, `NinoText`,
`PostcodeText`, and `EmailText` and `PhoneText` of `lg_forms.contacts`.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Final, Protocol

from pydantic import AfterValidator, JsonValue

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.identifiers import Postcode
from lg_forms._cleaning import compact, tidy, tidy_lines
from lg_forms.faults import Fault, FaultyAnswerError

__all__ = [
    "AnswerKind",
    "Code",
    "FreeText",
    "FullName",
    "FullPostcode",
    "Look",
    "NameText",
    "NationalInsuranceNumber",
    "NinoText",
    "PostcodeText",
    "WholeNumber",
]

# HMRC, National Insurance Manual NIM39110: letters and pairs of letters that never begin one.
_NINO: Final = re.compile(
    r"(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]"
)
_NINO_EXAMPLE: Final = "QQ123456C"
_WHOLE: Final = re.compile(r"[+-]?(?:[0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})")
_MOST: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class Look:
    """How an input is drawn.

    Args:
        type: the input's type. Never `number` (Design System, 'Text input', 'Asking for numbers').
        inputmode: which keyboard a telephone shows, such as `numeric`.
        autocomplete: what the browser may fill in (WCAG 2.2, success criterion 1.3.5).
        spellcheck: False for names, codes and addresses; None leaves it to the browser.
        classes: classes of GOV.UK Frontend for its width.
        rows: lines of a text area; 0 for an input of one line.
    """

    type: str = "text"
    inputmode: str | None = None
    autocomplete: str | None = None
    spellcheck: bool | None = None
    classes: str = ""
    rows: int = 0


class AnswerKind(Protocol):
    """A kind of answer that is typed into one input."""

    @property
    def look(self) -> Look:
        """How its input is drawn."""
        ...

    @property
    def missing(self) -> str | None:
        """The name of the text for an empty answer; None where the field must bring one."""
        ...

    def read(self, typed: str) -> JsonValue:
        """Return the answer to save.

        Args:
            typed: what was typed, as it came; not empty.

        Raises:
            FaultyAnswerError: it cannot be the answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class FreeText:
    """Text in a person's own words.

    Args:
        most: the most characters after clean-up.
        least: the least.
        rows: lines of the text area; 0 for an input of one line.
    """

    most: int = 200
    least: int = 0
    rows: int = 0
    missing: str | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not 0 <= self.least <= self.most:
            raise ConfigError("FreeText needs least between 0 and most.", setting="least")

    @property
    def look(self) -> Look:
        """An input of one line, or a text area."""
        return Look(rows=self.rows)

    def read(self, typed: str) -> str:
        """Return the text without invisible characters and doubled spaces.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is too long or too short.
        """
        text = tidy_lines(typed) if self.rows else tidy(typed)
        if len(text) > self.most:
            raise FaultyAnswerError(Fault("too_long", {"n": self.most}))
        if len(text) < self.least:
            raise FaultyAnswerError(Fault("too_short", {"n": self.least}))
        return text


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name in one input (Design System, 'Names'). Numbers and symbols are allowed.

    Args:
        most: the most characters; GOV.UK Forms takes 499.
    """

    most: int = 499
    missing: str | None = field(default="name_missing", init=False, repr=False)
    look: Look = field(default=Look(autocomplete="name", spellcheck=False), init=False, repr=False)

    def read(self, typed: str) -> str:
        """Return the name without invisible characters and doubled spaces.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is too long.
        """
        return FreeText(self.most).read(typed)


@dataclass(frozen=True, slots=True)
class FullPostcode:
    """A full UK postcode (Design System, 'Addresses')."""

    missing: str | None = field(default="address_postcode_missing", init=False, repr=False)
    look: Look = field(
        default=Look(autocomplete="postal-code", spellcheck=False, classes="govuk-input--width-10"),
        init=False,
        repr=False,
    )

    def read(self, typed: str) -> str:
        """Return the postcode as it is printed, such as `SW1A 1AA`.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is no full UK postcode.
        """
        try:
            return str(Postcode(tidy(typed)))
        except InvalidValueError:
            raise FaultyAnswerError(Fault("postcode_format")) from None


@dataclass(frozen=True, slots=True)
class NationalInsuranceNumber:
    """A National Insurance number (Design System pattern; HMRC manual NIM39110).

    Args:
        example: whether the official example QQ 12 34 56 C, which nobody has, is taken: for
            demonstrations and tests.
    """

    example: bool = False
    missing: str | None = field(default="nino_missing", init=False, repr=False)
    look: Look = field(
        default=Look(
            spellcheck=False, classes="govuk-input--width-10 govuk-input--extra-letter-spacing"
        ),
        init=False,
        repr=False,
    )

    def read(self, typed: str) -> str:
        """Return the number in groups, such as `AB 12 34 56 C`.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is no National Insurance number.
        """
        code = compact(typed)
        if not _NINO.fullmatch(code) and not (self.example and code == _NINO_EXAMPLE):
            raise FaultyAnswerError(Fault("nino_format"))
        return " ".join(re.findall("..?", code))


@dataclass(frozen=True, slots=True)
class WholeNumber:
    """A whole number (Design System, 'Text input', 'Asking for whole numbers').

    Args:
        least: the lowest that is taken.
        most: the highest that is taken.
    """

    least: int = 0
    most: int = _MOST
    missing: str | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.least > self.most:
            raise ConfigError("WholeNumber needs least no higher than most.", setting="least")

    @property
    def look(self) -> Look:
        """A short input; with the keyboard of digits, which has no minus, from 0 up."""
        return Look(
            inputmode="numeric" if self.least >= 0 else None,
            spellcheck=False,
            classes="govuk-input--width-5",
        )

    def read(self, typed: str) -> int:
        """Return the number. Spaces, and commas between thousands, are dropped.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is no whole number, or out of the range.
        """
        text = "".join(tidy(typed).split()).replace("\u2212", "-")
        if not _WHOLE.fullmatch(text):
            raise FaultyAnswerError(Fault("number_not_whole"))
        number = int(text.replace(",", ""))
        if not self.least <= number <= self.most:
            raise FaultyAnswerError(self._out_of_range(number))
        return number

    def _out_of_range(self, number: int) -> Fault:
        ends = {"least": self.least, "most": self.most}
        if self.most != _MOST and self.least != 0:
            return Fault("number_range", ends)
        return Fault("number_low" if number < self.least else "number_high", ends)


@dataclass(frozen=True, slots=True)
class Code:
    """A reference of a known form, such as a council tax account number.

    Args:
        pattern: a regular expression for the whole code, in capitals and without the spaces,
            hyphens, brackets and full stops that are dropped first.
        example: a code of that form which is nobody's, for the error message.
        classes: classes of GOV.UK Frontend for the input's width.

    Raises:
        ConfigError: the example is not of the form.
    """

    pattern: str
    example: str
    classes: str = "govuk-input--width-10 govuk-input--extra-letter-spacing"
    missing: str | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if not re.fullmatch(self.pattern, compact(self.example)):
            raise ConfigError(
                "The example of a Code must have the form of its pattern: the error message "
                "shows it to residents.",
                setting="example",
            )

    @property
    def look(self) -> Look:
        """An input of the given width, with wide letter spacing."""
        return Look(spellcheck=False, classes=self.classes)

    def read(self, typed: str) -> str:
        """Return the code in capitals, without what is dropped.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is not of the form.
        """
        code = compact(typed)
        if not re.fullmatch(self.pattern, code):
            raise FaultyAnswerError(Fault("wrong_form", {"example": self.example}))
        return code


NameText = Annotated[str, AfterValidator(FullName().read)]
"""For models: a name, cleaned up."""
PostcodeText = Annotated[str, AfterValidator(FullPostcode().read)]
"""For models: a full UK postcode, such as `SW1A 1AA`."""
NinoText = Annotated[str, AfterValidator(NationalInsuranceNumber().read)]
"""For models: a National Insurance number, such as `AB 12 34 56 C`."""
