# SPDX-License-Identifier: MIT
"""Read any telephone number with the library that GOV.UK Notify reads it with.

The library knows every country's numbering, and its data moves with its releases: so this says
what Notify says as far as both have data of about the same day.
"""

import re
import string
from dataclasses import dataclass, field
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType, ValidationResult

from lg_notify.recipients._found import ProblemCode
from lg_notify.recipients._multipliers import Multipliers

__all__ = ["Number", "read"]

_UK: Final = 44
_SHARED: Final = 1
_NO_REGION: Final = "001"
# notifications-utils, 'formatters': what it counts as white space, the kinds without width too.
_TAKEN: Final = frozenset(
    string.digits
    + "()+-"
    + string.whitespace
    + "\u00a0\u180e\u200b\u200c\u200d\u2028\u2029\u202f\u2060\ufeff"
)
_LANDLINES: Final = frozenset(
    {PhoneNumberType.FIXED_LINE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UAN}
)
_TAKES_TEXTS: Final = _LANDLINES | {PhoneNumberType.MOBILE, PhoneNumberType.PERSONAL_NUMBER}
# Notify means the numbers kept for drama, 07700 900000 to 900999. Its pattern is a set of
# characters by mistake, and so lets through whatever begins with 7700 and a digit.
_DRAMA: Final = re.compile(r"7700[0-9]")
_REASONS: Final = {
    ValidationResult.TOO_LONG: ProblemCode.TOO_LONG,
    ValidationResult.TOO_SHORT: ProblemCode.TOO_SHORT,
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: ProblemCode.TOO_SHORT,
    ValidationResult.INVALID_COUNTRY_CODE: ProblemCode.UNSUPPORTED_COUNTRY_CODE,
}
# notifications-utils, 'phone_number': these have the bare prefix 1, others one with the area code.
_BARE_ONE: Final = frozenset({"US", "CA", "DO"})


@dataclass(frozen=True, slots=True)
class Number:
    """A number that could be read.

    Attributes:
        normalised: digits, the country's code first.
        code: the country's code.
        region: the country, as two letters; None for a number kept for drama.
        international: whether it lies outside the United Kingdom.
        landline: whether it is no mobile number for certain.
    """

    normalised: str = field(repr=False)
    code: str
    region: str | None
    international: bool
    landline: bool

    @property
    def crown_dependency(self) -> bool:
        """Whether it is of Jersey, Guernsey or the Isle of Man."""
        return self.code == str(_UK) and self.international

    def prefix(self, table: Multipliers) -> str:
        """Return the country's prefix, which of places that share +1 has the area code."""
        area = self.normalised[:4]
        if self.code != str(_SHARED):
            return self.code
        own = self.region not in _BARE_ONE and not table.names_area_codes
        return area if own or table.of(area) is not None else self.code

    def refusal(self, *, international: bool, landline: bool) -> ProblemCode | None:
        """Return why a service may not send to it, in the order in which Notify asks."""
        home = self.code == str(_UK)
        if (not home and not international) or (home and self.landline and not landline):
            return ProblemCode.NOT_A_UK_MOBILE
        return ProblemCode.UNSUPPORTED_COUNTRY_CODE if self.region == _NO_REGION else None


def read(text: str) -> Number | ProblemCode:
    """Read a number: as it stands, and then without the + and the noughts in front."""
    found = _parsed(text)
    if isinstance(found, ProblemCode):
        found = _parsed(text.replace("+", "").lstrip("0"))
    if isinstance(found, ProblemCode):
        return found
    region = phonenumbers.region_code_for_number(found)
    return Number(
        phonenumbers.format_number(found, PhoneNumberFormat.E164)[1:],
        str(found.country_code),
        region,
        international=region != "GB" and not _is_drama(found),
        landline=phonenumbers.number_type(found) in _LANDLINES,
    )


def _parsed(text: str) -> phonenumbers.PhoneNumber | ProblemCode:
    if not _TAKEN.issuperset(text):
        return ProblemCode.UNKNOWN_CHARACTER
    if not text:
        return ProblemCode.TOO_SHORT
    try:
        number = phonenumbers.parse(text, "GB")
    except NumberParseException:
        return ProblemCode.INVALID_NUMBER
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason != ValidationResult.IS_POSSIBLE:
        abroad = _read_abroad(text)
        if abroad is None:
            return _REASONS.get(reason, ProblemCode.INVALID_NUMBER)
        number = abroad
    takes_texts = phonenumbers.number_type(number) in _TAKES_TEXTS
    if (phonenumbers.is_valid_number(number) and takes_texts) or _is_drama(number):
        return number
    return ProblemCode.INVALID_NUMBER


def _read_abroad(text: str) -> phonenumbers.PhoneNumber | None:
    """Read what does not fit the UK as if it had a +, which spreadsheets take away."""
    try:
        number = phonenumbers.parse(f"+{text}")
    except NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def _is_drama(number: phonenumbers.PhoneNumber) -> bool:
    return bool(_DRAMA.match(str(number.national_number)))
