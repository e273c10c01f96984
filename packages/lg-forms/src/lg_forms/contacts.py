# SPDX-License-Identifier: MIT
"""Kinds of answer by which a person can be reached: e-mail addresses and telephone numbers."""

import re
from dataclasses import dataclass, field
from typing import Annotated, Final

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator

from lg_forms._cleaning import tidy
from lg_forms.answers import Look
from lg_forms.faults import Fault, FaultyAnswerError

__all__ = ["EmailAddress", "EmailText", "PhoneNumber", "PhoneText"]

_UK: Final = 44
_UK_FIRST_DIGITS: Final = "1235789"
"""Geographic, non-geographic, corporate, mobile, special rate (Ofcom, National Telephone
Numbering Plan); 4 and 6 are not in use, and 0 begins none."""
_PHONE: Final = re.compile(
    r"[0-9 ()+.\-\u2010-\u2015/]+(?:(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE
)
_MIN_DIGITS: Final = 8
_MOBILE_DIGITS: Final = 10
_MAX_DIGITS: Final = 15


@dataclass(frozen=True, slots=True)
class EmailAddress:
    """An e-mail address (Design System, 'Email addresses').

    No letter outside ASCII is taken before the @: GOV.UK Notify sends to none that has one.
    """

    missing: str | None = field(default="email_missing", init=False, repr=False)
    look: Look = field(
        default=Look(type="email", autocomplete="email", spellcheck=False), init=False, repr=False
    )

    def read(self, typed: str) -> str:
        """Return the address, its domain in small letters.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it is no e-mail address.
        """
        address = _normalised("".join(tidy(typed).split()))
        if address is None:  # raised here: the library's own error holds what was typed
            raise FaultyAnswerError(Fault("email_format"))
        return address


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A telephone number, kept as it was typed (Design System, 'Telephone numbers').

    A number passes that could be one: from 8 to 15 digits (GOV.UK Forms), and as many as its
    country has. It need not be in use, so the numbers that Ofcom keeps for drama pass as well.

    Args:
        international: whether numbers of other countries are taken, with their country code.
        mobile: whether only a UK mobile number is taken, one that can get a text message.
    """

    international: bool = True
    mobile: bool = False
    look: Look = field(
        default=Look(type="tel", autocomplete="tel", classes="govuk-input--width-20"),
        init=False,
        repr=False,
    )

    @property
    def missing(self) -> str | None:
        """Asks for a phone number, or for a UK phone number."""
        return "phone_missing" if self.international and not self.mobile else "phone_missing_uk"

    def read(self, typed: str) -> str:
        """Return the number as it was typed, without invisible characters and outer spaces.

        Args:
            typed: what was typed.

        Raises:
            FaultyAnswerError: it cannot be a telephone number, or not one of those asked for.
        """
        text = tidy(typed)
        number = _parsed(text)
        uk = number is not None and number.country_code == _UK
        if self.mobile:
            if number is None or not uk or not str(number.national_number).startswith("7"):
                raise FaultyAnswerError(Fault("phone_mobile"))
        elif number is None or not (uk or self.international):
            raise FaultyAnswerError(Fault("phone_format"))
        return text


def _normalised(text: str) -> str | None:
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError:
        return None
    return found.normalized


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    digits = sum(map(str.isdigit, re.split("[xe]", text, maxsplit=1, flags=re.IGNORECASE)[0]))
    if not _PHONE.fullmatch(text) or not _MIN_DIGITS <= digits <= _MAX_DIGITS:
        return None
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    return number if number.country_code != _UK or _has_uk_form(number) else None


def _has_uk_form(number: phonenumbers.PhoneNumber) -> bool:
    """Say whether a UK number begins as one, and is as long as a mobile number where it is one."""
    national = str(number.national_number)
    if national.startswith("7"):
        return len(national) == _MOBILE_DIGITS
    return national[0] in _UK_FIRST_DIGITS


EmailText = Annotated[str, AfterValidator(EmailAddress().read)]
"""For models: an e-mail address."""
PhoneText = Annotated[str, AfterValidator(PhoneNumber().read)]
"""For models: a telephone number as it was typed."""
