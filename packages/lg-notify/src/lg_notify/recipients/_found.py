# SPDX-License-Identifier: MIT
"""Name what a check can find: a problem, for which Notify refuses, or a caution.

Each code has one text, which never repeats what was typed. Notify's own sentences are those of
its API's answers, so that a page can say what Notify would have said.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lg_core.errors import InvalidValueError

__all__ = ["Caution", "CautionCode", "Problem", "ProblemCode", "caution", "problem", "text_only"]


class ProblemCode(StrEnum):
    """Why Notify refuses a recipient. The codes of telephone numbers are Notify's own."""

    INVALID_NUMBER = "invalid_number"
    """The digits are no number that can be in use, or none that takes texts."""
    NOT_A_UK_MOBILE = "not_a_uk_mobile"
    """A number abroad or a landline, for which the service has no permission."""
    TOO_LONG = "too_long"
    """Too many digits."""
    TOO_SHORT = "too_short"
    """Too few digits, or none."""
    UNKNOWN_CHARACTER = "unknown_character"
    """A letter or a sign that a telephone number does not have."""
    UNSUPPORTED_COUNTRY_CODE = "unsupported_country_code"
    """A code that is no country's."""

    EMAIL_EMPTY = "email_empty"
    """Nothing was typed."""
    EMAIL_NO_AT = "email_no_at"
    """No @, or more than one."""
    EMAIL_TOO_LONG = "email_too_long"
    """Over 320 characters."""
    EMAIL_DOUBLE_DOT = "email_double_dot"
    """Two full stops in a row."""
    EMAIL_NAME = "email_name"
    """A character before the @ that Notify does not take."""
    EMAIL_HOST = "email_host"
    """What stands behind the @ is no name of a domain."""
    EMAIL_ENDING = "email_ending"
    """The end of the domain is no ending such as .uk."""

    TOO_FEW_LINES = "too_few_lines"
    """Under three lines."""
    TOO_MANY_LINES = "too_many_lines"
    """Over seven lines."""
    NOT_ALPHANUMERIC = "not_alphanumeric"
    """One of the first two lines has no letter and no digit."""
    BFPO_COUNTRY = "bfpo_country"
    """A British Forces address that ends in a country."""
    LAST_LINE = "last_line"
    """The last line is no UK postcode, and no country where letters abroad are allowed."""
    BAD_CHARACTERS = "bad_characters"
    """A line begins with a sign that Notify refuses there."""
    NO_FIXED_ABODE = "no_fixed_abode"
    """No fixed abode: nothing can be posted."""


class CautionCode(StrEnum):
    """What Notify accepts, and you may not want."""

    EXTRA_DIGIT = "extra_digit"
    """It looks like a UK mobile number with a digit too many, and reads as one abroad."""
    NO_PLUS = "no_plus"
    """It has no + and no 00, and still reads as a number abroad."""
    CROWN_DEPENDENCY = "crown_dependency"
    """Jersey, Guernsey or the Isle of Man: a text costs twice as much."""
    COSTS_MORE = "costs_more"
    """A text to this country costs several times as much, and how many is known."""
    COST_UNKNOWN = "cost_unknown"
    """A text to this country may cost several times as much, and how many is not known."""
    DRAMA = "drama"
    """A number that is kept for drama: nobody has it."""

    HOST_TYPO = "host_typo"
    """The domain looks like a known one, misspelt."""
    ROLE = "role"
    """An address of an office, which several people may read."""
    NO_REPLY = "no_reply"
    """An address that nobody reads."""

    POSTCODE_LOST = "postcode_lost"
    """Eight values or more: as address_line_1 to 7 and postcode, Notify drops the last."""
    COUNTRY_ABOVE = "country_above"
    """A country stands above the last line, for which Notify may leave out another line."""
    BFPO = "bfpo"
    """A British Forces address."""
    ISLANDS = "islands"
    """Jersey, Guernsey or the Isle of Man, which are not in the United Kingdom."""
    WELSH_COUNTRY = "welsh_country"
    """The Welsh name of a country, which Notify does not print."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Say one thing for which Notify refuses a recipient. What was typed is not repeated.

    Attributes:
        code: the fault. A form keys its own words on it, in English and in Welsh.
        text: what is wrong and what to do, in plain words.
        notify_text: the sentence with which Notify's API refuses.
    """

    code: ProblemCode
    text: str
    notify_text: str


@dataclass(frozen=True, slots=True)
class Caution:
    """Say one thing that Notify accepts and you may not want. What was typed is not repeated.

    Attributes:
        code: what it is.
        text: what it means and what to do, in plain words.
    """

    code: CautionCode
    text: str


_NOT_AN_EMAIL: Final = "Not a valid email address"
_P = ProblemCode
_PROBLEMS: Final[Mapping[ProblemCode, tuple[str, str]]] = {
    # Facts of GOV.UK Notify: 'SMS text rules', error texts by code of the second API.
    _P.INVALID_NUMBER: (
        "No telephone that takes texts can have this number. Check each digit.",
        "Number is not valid – double check the phone number you entered",  # noqa: RUF001 -- Notify's text
    ),
    _P.NOT_A_UK_MOBILE: (
        "This is not a UK mobile number, and the service may send to no other.",
        "Not a UK mobile number",
    ),
    _P.TOO_LONG: ("The number has too many digits.", "Too many digits"),
    _P.TOO_SHORT: ("The number has too few digits.", "Not enough digits"),
    _P.UNKNOWN_CHARACTER: (
        "A telephone number has digits, spaces, and the signs + - ( ) only.",
        "Must not contain letters or symbols",
    ),
    _P.UNSUPPORTED_COUNTRY_CODE: (
        "The number begins with a code that is no country's.",
        "Not a valid country prefix",
    ),
    _P.EMAIL_EMPTY: ("There is no e-mail address.", _NOT_AN_EMAIL),
    _P.EMAIL_NO_AT: ("An e-mail address has one @, with something on both sides.", _NOT_AN_EMAIL),
    _P.EMAIL_TOO_LONG: (
        "An e-mail address that Notify takes has 320 characters at the most.",
        _NOT_AN_EMAIL,
    ),
    _P.EMAIL_DOUBLE_DOT: ("Two full stops stand next to each other.", _NOT_AN_EMAIL),
    _P.EMAIL_NAME: (
        (
            "The part before the @ has a space, an accent, a curly apostrophe or another sign "
            "that Notify does not take."
        ),
        _NOT_AN_EMAIL,
    ),
    _P.EMAIL_HOST: (
        "The part after the @ is no name of a domain, such as example.gov.uk.",
        _NOT_AN_EMAIL,
    ),
    _P.EMAIL_ENDING: (
        "The part after the @ must end in a full stop and two letters or more, such as .uk.",
        _NOT_AN_EMAIL,
    ),
    # Facts of GOV.UK Notify: recorded answers to letters, in the order of Notify's checks.
    _P.TOO_FEW_LINES: (
        "The address needs three lines or more, the last of them the postcode or the country.",
        "Address must be at least 3 lines",
    ),
    _P.TOO_MANY_LINES: (
        "The address may have seven lines at the most, the postcode among them.",
        "Address must be no more than 7 lines",
    ),
    _P.NOT_ALPHANUMERIC: (
        "Each of the first two lines needs a letter or a digit.",
        "The first 2 lines of the address must both include at least one alphanumeric character",
    ),
    _P.BFPO_COUNTRY: (
        "A British Forces (BFPO) address ends without a country. Take the country out.",
        "The last line of a BFPO address must not be a country.",
    ),
    _P.LAST_LINE: (
        "The last line must be a UK postcode that can exist.",
        "Must be a real UK postcode",
    ),
    _P.BAD_CHARACTERS: (
        'No line may begin with @ ( ) = [ ] " \\ / , < > or ~.',
        (
            "Address lines must not start with any of the following characters: "
            "@ ( ) = [ ] ” \\ / , < >"
        ),
    ),
    _P.NO_FIXED_ABODE: (
        "No letter can be posted to somebody of no fixed abode. Use another way.",
        "Must be a real address",
    ),
}
_C = CautionCode
_CAUTIONS: Final[Mapping[CautionCode, str]] = {
    _C.EXTRA_DIGIT: (
        "This looks like a UK mobile number with a digit too many. Notify reads it as a number "
        "of another country, which costs several times as much. Ask for it again."
    ),
    _C.NO_PLUS: (
        "This has no + in front, and Notify reads it as a number of another country. "
        "Check that no digit is wrong."
    ),
    _C.CROWN_DEPENDENCY: (
        "This number is of Jersey, Guernsey or the Isle of Man. A text to it costs twice as much."
    ),
    _C.COST_UNKNOWN: (
        "A text to this country may cost up to 12 times as much as one in the UK. "
        "How many times is not known here: give a table of multipliers."
    ),
    _C.DRAMA: "This number is kept for drama on television. Nobody has it.",
    _C.ROLE: "This is the address of an office, and several people may read what is sent to it.",
    _C.NO_REPLY: "This looks like an address that nobody reads.",
    _C.POSTCODE_LOST: (
        "These are eight values or more. Sent as address_line_1 to 7 and postcode, Notify drops "
        "the postcode without a word. Send the cleaned lines, seven at the most."
    ),
    _C.COUNTRY_ABOVE: (
        "The name of a country stands on a line above the last. Notify may leave out another "
        "line for it, such as the postcode. Take the name out."
    ),
    _C.BFPO: (
        "This is a British Forces (BFPO) address. It goes at UK postage, wherever it is, and "
        "must not name a country or a place abroad."
    ),
    _C.ISLANDS: (
        "Jersey, Guernsey and the Isle of Man are not in the United Kingdom. Notify posts there "
        "at UK postage, and needs the postcode."
    ),
    _C.WELSH_COUNTRY: (
        "The country has its Welsh name. Notify prints the English one, and leaves out the "
        "countries of the UK."
    ),
}

_LAST_LINE_ABROAD: Final = Problem(
    _P.LAST_LINE,
    "The last line must be a UK postcode that can exist, or the name of a country.",
    "Last line of address must be a real UK postcode or another country",
)
_ALL_PROBLEMS: Final = {code: Problem(code, *texts) for code, texts in _PROBLEMS.items()}
_ALL_CAUTIONS: Final = {code: Caution(code, text) for code, text in _CAUTIONS.items()}


def problem(code: ProblemCode, *, abroad: bool = False) -> Problem:
    """Return the problem of a code; of a last line, in the words for letters abroad."""
    return _LAST_LINE_ABROAD if abroad and code is _P.LAST_LINE else _ALL_PROBLEMS[code]


def caution(code: CautionCode, text: str | None = None) -> Caution:
    """Return the caution of a code, with a text of its own where it depends on more."""
    return _ALL_CAUTIONS[code] if text is None else Caution(code, text)


def text_only(value: object, *, field: str) -> str:
    """Take text and nothing else: a number from a spreadsheet has lost its leading nought."""
    if isinstance(value, str):
        return value
    raise InvalidValueError(
        f"{field} must be text, not a {type(value).__name__}. Read the column of a file as text.",
        field=field,
        code="wrong_type",
    )
