# SPDX-License-Identifier: MIT
"""What may stand in a field of a basket, and the shapes of personal data that may not.

GOV.UK Pay keeps metadata for 7 years, shows it to everybody who may open the admin tool, and
puts it into every export. So a field holds codes, and text that looks personal is refused:

| shape | rule |
|---|---|
| e-mail address | `@` or `%40` with a character on both sides |
| telephone number | a UK number with its leading 0, `+44` or `0044`, or `+` and 7 to 15 digits |
| postcode | outward and inward part, with or without a blank or hyphen; GIR, BFPO, overseas |
| card number | 15 or 16 digits that begin as a payment card does, and whose check digit is right |

A number may have blanks, full stops, hyphens and brackets inside. A shape is only found where it
is a word of its own: `01632960001` is refused, and `HR01632960001` is not.
"""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["FieldFault", "field_fault", "personal_shape"]

FieldFault = tuple[str, str]
"""A stable name of the fault, and what is wrong and what to do, as the end of a sentence."""

# Printable ASCII, and the letters and signs up to Latin Extended-A: £, and Welsh ŵ and ŷ. Each is
# one character to every language, and its own composed form. The soft hyphen cannot be seen.
_ALPHABET: Final = re.compile(r"[\x20-\x7e\xa1-\xac\xae-\u017f]*")
_CODE_START: Final = re.compile(r"[A-Za-z0-9]")

_EMAIL: Final = re.compile(r"\S(?:@|%40)\S")
_WORD: Final = r"A-Za-z0-9\xc0-\u017f"
_POSTCODE: Final = re.compile(
    rf"(?<![{_WORD}])"
    r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?[ +_\-]{0,2}[0-9][ABD-HJLNP-UW-Z]{2}"
    r"|GIR[ +_\-]?0AA|(?:ASCN|BBND|BIQQ|FIQQ|PCRN|SIQQ|STHL|TDCU|TKCA)[ +_\-]?1ZZ"
    r"|BFPO[ +_\-]?[0-9]{1,4})"
    rf"(?![{_WORD}])",
    re.IGNORECASE | re.ASCII,
)
_GROUPS: Final = re.compile(
    rf"(?<![{_WORD}])(?:\+[ (]{{0,2}})?[0-9]+(?:[ .()\-]{{1,3}}\+?[0-9]+)*(?![{_WORD}])"
)
_GROUP: Final = re.compile(r"(\+?)[ (]{0,2}([0-9]+)")
# The shortest area codes are 020 and 023; the groups of a card have 4 digits or more.
_SHORTEST_FIRST_GROUP: Final = 3
# The National Telephone Numbering Plan: 10 digits after the 0, and 9 after some 01, 0500 and 0800.
_UK_NUMBER: Final = re.compile(r"0(?:[1235789][0-9]{9}|1[0-9]{8}|[58]00[0-9]{6})")
_UK_ABROAD: Final = re.compile(r"0044(?:0?[1235789][0-9]{8,9})")
_FEWEST_ABROAD: Final = 7
_MOST_ABROAD: Final = 15
_CARD: Final = re.compile(r"(?:4[0-9]{3}|5[1-5][0-9]{2}|2[2-7][0-9]{2})[0-9]{12}|3[47][0-9]{13}")


def field_fault(text: str, *, code: bool = False) -> FieldFault | None:
    """Say what is wrong with the text of a field, or None.

    Args:
        text: the text of the field.
        code: whether it must be there and begin with a letter or a digit, as a fund does. A
            spreadsheet takes other beginnings for a formula.
    """
    if code and not _CODE_START.match(text):
        return "no_code", "must begin with a letter A to Z or a digit"
    if text != text.strip(" "):
        return "blank_around", "begins or ends with a blank: take it out"
    if not _ALPHABET.fullmatch(text):
        return (
            "alphabet",
            "has a character that is no letter, digit or sign of English or Welsh: take it out",
        )
    shape = personal_shape(text)
    if shape:
        return (
            "personal",
            f"looks like {shape}, and GOV.UK Pay keeps metadata for 7 years: use a code",
        )
    return None


def personal_shape(text: str) -> str:
    """Name the shape of personal data that a text holds, or return an empty text.

    Args:
        text: what is looked at.

    Returns:
        Such as `an e-mail address`, for an error that must not repeat the text.
    """
    if _EMAIL.search(text):
        return "an e-mail address"
    if _POSTCODE.search(text):
        return "a postcode"
    for found in _GROUPS.finditer(text):
        for digits, plus in _numbers(found.group()):
            if _is_telephone(digits, plus=plus):
                return "a telephone number"
            if _CARD.fullmatch(digits) and _luhn(digits):
                return "a card number"
    return ""


def _numbers(text: str) -> Iterator[tuple[str, bool]]:
    """Yield every number that the groups of digits could make, and whether a plus stands before.

    In `3 01632 960001` the telephone number begins at the second group.
    """
    groups: list[tuple[str, str]] = _GROUP.findall(text)
    for start, (plus, first) in enumerate(groups):
        if not plus and len(first) < _SHORTEST_FIRST_GROUP:
            continue
        for end in range(start + 1, len(groups) + 1):
            yield "".join(digits for _, digits in groups[start:end]), bool(plus)


def _is_telephone(digits: str, *, plus: bool) -> bool:
    if plus:
        return _FEWEST_ABROAD <= len(digits) <= _MOST_ABROAD
    return bool(_UK_NUMBER.fullmatch(digits) or _UK_ABROAD.fullmatch(digits))


def _luhn(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
