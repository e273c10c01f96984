# SPDX-License-Identifier: MIT
"""The one form in which recipients are compared, however they were typed. Pure.

Digests are made of it and kept, so these rules never change: a digest that was kept could not be
made again under others. Whether GOV.UK Notify takes a recipient is another matter: see
`lg_notify.recipients`.
"""

import re
from typing import Final

__all__ = ["is_smoke_test", "one_form"]

# notifications-utils drops white space, also the kinds without width.
_SPACE: Final = re.compile(r"[\s\u180e\u200b-\u200d\u2060\ufeff]+")
_NOT_A_DIGIT: Final = re.compile(r"[^0-9]+")
_UK: Final = "44"
_UK_WITHOUT_ZERO: Final = re.compile(r"7[0-9]{9}")
# docs, 'Smoke testing': these are checked and answered, and nothing is kept of them.
_SMOKE_TESTS: Final = frozenset(
    {
        ("sms", "447700900000"),
        ("sms", "447700900111"),
        ("sms", "447700900222"),
        ("email", "simulate-delivered@notifications.service.gov.uk"),
        ("email", "simulate-delivered-2@notifications.service.gov.uk"),
        ("email", "simulate-delivered-3@notifications.service.gov.uk"),
    }
)


def one_form(channel: str, recipient: str) -> str:
    """Bring a recipient into one form.

    An e-mail address as Notify compares them: without white space around it, in small letters. A
    number as its digits, with 44 for a number of the UK. A postal address as its letters and
    digits.

    Args:
        channel: `sms`, `email` or `letter`.
        recipient: as it was typed, or as Notify gives it.

    Returns:
        The form; empty where nothing of the text counts.
    """
    if channel == "sms":
        return _number(recipient)
    if channel == "email":
        return _SPACE.sub(" ", recipient).strip().lower()
    return "".join(letter for letter in recipient.casefold() if letter.isalnum())


def _number(recipient: str) -> str:
    # "(0)" is written after the code of a country, and is not dialled.
    text = _SPACE.sub("", recipient).replace("(0)", "" if "+" in recipient else "0")
    digits = _NOT_A_DIGIT.sub("", text)
    if digits.startswith("00"):
        digits = digits.lstrip("0")
    elif digits.startswith("0") or (
        not text.startswith("+") and _UK_WITHOUT_ZERO.fullmatch(digits)
    ):
        digits = f"{_UK}{digits}"
    if digits.startswith(_UK):  # the zero before a number of the UK is not dialled after the code
        digits = f"{_UK}{digits[len(_UK) :].lstrip('0')}"
    return digits


def is_smoke_test(channel: str, recipient: str) -> bool:
    """Say whether a recipient is one of Notify's for smoke tests, of whose messages it keeps none.

    Args:
        channel: `sms`, `email` or `letter`.
        recipient: as it was given.
    """
    return (channel, one_form(channel, recipient)) in _SMOKE_TESTS
