# SPDX-License-Identifier: MIT
"""Phone numbers and email addresses, checked as GOV.UK Notify does, as far as is known.

Notify reads numbers with a library that knows every country's numbering. This stand-in knows the
shape of UK numbers, which country codes are assigned, and how long a number may be. So it accepts
some foreign numbers that Notify refuses.
"""

import re
from dataclasses import dataclass, field

__all__ = ["BadRecipientError", "PhoneNumber", "read_email", "read_phone"]

_PHONE_CHARACTERS = re.compile(r"[0-9\s()+\-]*")
_SHORTEST = 8
_LONGEST = 15
_NOT_VALID = "Number is not valid – double check the phone number you entered"  # noqa: RUF001 -- Notify's text
_UK = "44"
_UK_MOBILE = re.compile(r"7[0-9]{9}")
_UK_LANDLINE = re.compile(r"(?:1[0-9]{8,9}|[23][0-9]{9})")
# Ofcom, 'National telephone numbering plan': Jersey, Guernsey, Isle of Man.
_CROWN = re.compile(
    r"7(?:509|700|797|829|937|781|839|911|524|624|924)[0-9]{6}|1(?:534|481|624)[0-9]+"
)
# Ranges within those that are not of the islands: the numbers kept for drama.
_DRAMA = re.compile(r"7700900[0-9]{3}")
# ITU-T E.164, 'List of assigned country codes': what no country has, and what is not a country.
_NO_COUNTRY = re.compile(
    r"21[0-79]|259|28|29[2-6]|38[48]|42[24-9]|69[3-9]|80[1-79]|83|85[1478-9]|87[1-9]|88[4579]"
    r"|89|97[8]|99[0179]"
)
_GLOBAL = re.compile(r"80[08]|87[08]|88[1238]|979")
# The two codes whose numbers have one length.
_FIXED_LENGTH = {"1": 11, "7": 11}

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
        international: whether it lies outside the United Kingdom.
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
    if not _PHONE_CHARACTERS.fullmatch(text.strip()) or not text.isascii():
        raise BadRecipientError("Must not contain letters or symbols")
    digits = re.sub(r"[^0-9]", "", text)
    significant = digits.lstrip("0")
    if len(digits) < _SHORTEST:
        raise BadRecipientError("Not enough digits")
    national = (significant[2:] if significant.startswith(_UK) else significant).lstrip("0")
    if significant.startswith(_UK) or _uk(national):
        return _read_uk(national)
    if len(significant) > _LONGEST:
        raise BadRecipientError("Too many digits")
    return _read_foreign(significant, typed_so="+" in text or digits.startswith("00"))


def _uk(national: str) -> bool:
    return bool(_UK_MOBILE.fullmatch(national) or _UK_LANDLINE.fullmatch(national))


def _read_uk(national: str) -> PhoneNumber:
    if not _uk(national):
        raise BadRecipientError("Too many digits" if len(_UK + national) > _LONGEST else _NOT_VALID)
    crown = bool(_CROWN.fullmatch(national)) and not _DRAMA.fullmatch(national)
    mobile = bool(_UK_MOBILE.fullmatch(national))
    # Notify counts the islands' numbers double, and does not ask for the international permission.
    return PhoneNumber(_UK + national, mobile, international=False, multiplier=2 if crown else 1)


def _read_foreign(significant: str, *, typed_so: bool) -> PhoneNumber:
    """Read a number as a foreign one, also without a plus: Notify tries that second.

    That is how 079009001234, a UK mobile with one digit too many, becomes a Russian number.
    """
    if _NO_COUNTRY.match(significant):
        raise BadRecipientError("Not a valid country prefix" if typed_so else _NOT_VALID)
    length = _FIXED_LENGTH.get(significant[:1])
    fits = len(significant) == length if length else typed_so and len(significant) >= _SHORTEST
    if not fits or _GLOBAL.match(significant):
        raise BadRecipientError(_NOT_VALID)
    return PhoneNumber(
        significant, mobile=True, international=True, multiplier=_multiplier(significant)
    )


def _multiplier(significant: str) -> int:
    recorded = {"7": 10, "33": 2, "353": 2, "61": 2}
    return next((times for code, times in recorded.items() if significant.startswith(code)), 1)


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
