# SPDX-License-Identifier: MIT
"""Phone numbers and email addresses, checked as GOV.UK Notify checks them.

Notify reads numbers with the library phonenumbers, which knows every country's numbering, and adds
rules of its own: which characters, how many digits, a second try, and numbers kept for drama. So
does this module. Source: recorded outputs, 'phone' and 'email_address'.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import cast

import phonenumbers

__all__ = ["BadRecipientError", "PhoneNumber", "read_email", "read_phone"]

_PHONE_CHARACTERS = re.compile(r"[0-9\s()+\-]*")
_SHORTEST = 8
_NOT_VALID = "Number is not valid – double check the phone number you entered"  # noqa: RUF001 -- Notify's text
_TOO_LONG = "Too many digits"
_UNREADABLE = {
    phonenumbers.NumberParseException.INVALID_COUNTRY_CODE: "Not a valid country prefix",
    phonenumbers.NumberParseException.TOO_LONG: _TOO_LONG,
}
_UK = 44
# Ofcom keeps these numbers for drama: nobody has them, and Notify takes them as good.
_DRAMA = re.compile(r"7700900[0-9]{3}")
_ISLANDS = frozenset({"GG", "IM", "JE"})
# Ofcom, 'National telephone numbering plan': ranges that the islands share with others.
_PERHAPS_ISLANDS = (
    *("7509", "7524", "7624", "7700", "7781", "7797", "7829", "7839", "7911", "7924", "7937"),
    *("1481", "1534", "1624"),
)
_UK_KINDS = frozenset(
    {
        phonenumbers.PhoneNumberType.MOBILE,
        phonenumbers.PhoneNumberType.FIXED_LINE,
        phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
        phonenumbers.PhoneNumberType.PERSONAL_NUMBER,
        phonenumbers.PhoneNumberType.PAGER,
    }
)

_ZERO_WIDTH = re.compile("[\u180e\u200b\u200c\u200d\u2060\ufeff]")
_LONGEST_EMAIL = 320
_LONGEST_HOST = 253
_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_TOP = re.compile(r"[A-Za-z]{2,63}|xn--[A-Za-z0-9-]+", re.IGNORECASE)


class BadRecipientError(ValueError):
    """The recipient cannot be one. The message is Notify's."""


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that was read.

    Args:
        normalised: digits only, the country's code first.
        mobile: False for a UK landline.
        international: whether it needs the permission to send abroad. The numbers of Jersey,
            Guernsey and the Isle of Man do not.
        multiplier: what a text to it counts, where the recorded outputs say; 1 for the others.
    """

    normalised: str = field(repr=False)
    mobile: bool
    international: bool
    multiplier: int


def read_phone(text: str) -> PhoneNumber:
    """Read a phone number.

    Args:
        text: the number, as typed.

    Returns:
        The number.

    Raises:
        BadRecipientError: when Notify's schema refuses it. Source: recorded outputs, 'phone'.
    """
    if not text.isascii() or not _PHONE_CHARACTERS.fullmatch(text.strip()):
        raise BadRecipientError("Must not contain letters or symbols")
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) < _SHORTEST:
        raise BadRecipientError("Not enough digits")
    significant = digits.lstrip("0")
    # The second and third try forgive a stray plus, zeros and (0). They are how 079009001234, a
    # UK mobile with one digit too many, becomes a Russian number.
    for attempt in (text, significant, f"+{significant}"):
        number = _known(attempt)
        if number is not None:
            return number
    raise BadRecipientError(_fault(text))


@lru_cache(maxsize=256)  # a number is read by the schema and by the checks after it
def _known(text: str) -> PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return None
    national = str(parsed.national_number)
    code = cast("int", parsed.country_code)
    if code == _UK and _DRAMA.fullmatch(national):
        return PhoneNumber(f"{_UK}{national}", mobile=True, international=False, multiplier=1)
    # A number without a kind is not valid: asking for the kind is asking both.
    kind = phonenumbers.number_type(parsed)
    if code == _UK:
        return _read_uk(parsed) if kind in _UK_KINDS else None
    invalid = kind == phonenumbers.PhoneNumberType.UNKNOWN
    return None if invalid else _read_foreign(parsed)


def _read_uk(parsed: phonenumbers.PhoneNumber) -> PhoneNumber:
    national = str(parsed.national_number)
    island = national.startswith(_PERHAPS_ISLANDS) and (
        phonenumbers.region_code_for_number(parsed) in _ISLANDS
    )
    return PhoneNumber(
        f"{_UK}{national}",
        mobile=national.startswith("7"),
        international=False,
        multiplier=2 if island else 1,
    )


def _read_foreign(parsed: phonenumbers.PhoneNumber) -> PhoneNumber:
    normalised = f"{parsed.country_code}{parsed.national_number}"
    return PhoneNumber(
        normalised, mobile=True, international=True, multiplier=_multiplier(normalised)
    )


def _fault(text: str) -> str:
    """Say in Notify's words why a number is none."""
    try:
        parsed = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException as error:
        return _UNREADABLE.get(error.error_type, _NOT_VALID)
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    too_long = reason == phonenumbers.ValidationResult.TOO_LONG
    return _TOO_LONG if too_long else _NOT_VALID


def _multiplier(normalised: str) -> int:
    recorded = {"7": 10, "33": 2, "353": 2, "61": 2}
    return next((times for code, times in recorded.items() if normalised.startswith(code)), 1)


def read_email(text: str) -> str:
    """Read an email address.

    Args:
        text: the address, as typed.

    Returns:
        The address in lower case, without white space around it.

    Raises:
        BadRecipientError: when Notify refuses it. Source: recorded outputs, 'email_address'.
    """
    address = _ZERO_WIDTH.sub("", text).strip()
    local, _, host = address.rpartition("@")
    if (
        len(address) > _LONGEST_EMAIL
        or ".." in address
        or not _LOCAL.fullmatch(local)
        or not _is_host(host)
    ):
        raise BadRecipientError("Not a valid email address")
    return address.lower()


def _is_host(host: str) -> bool:
    try:
        labels = host.encode("idna").decode("ascii").split(".")
    except UnicodeError:
        return False
    return (
        len(labels) > 1
        and sum(map(len, labels)) + len(labels) - 1 <= _LONGEST_HOST
        and all(_LABEL.fullmatch(label) for label in labels)
        and bool(_TOP.fullmatch(labels[-1]))
    )
