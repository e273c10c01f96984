# SPDX-License-Identifier: MIT
"""Tell the number of a payment card from a reference.

GOV.UK Pay refuses a reference of a payment link that is 12 to 19 digits, right by Luhn's formula,
and begins as cards do (API reference, error P0105). A payer who types a card number into the
field for a reference would otherwise put it into every record of the payment.
"""

import re
import unicodedata
from typing import Final

__all__ = ["looks_like_card_number"]

# One digit in ten of any number is right by Luhn's formula. So a prefix counts only with the
# lengths that cards with it have: else councils' own numbers that begin with 4 or 6 would fall.
_SCHEMES: Final[tuple[tuple[str, frozenset[int]], ...]] = (
    (r"4", frozenset({13, 16, 18, 19})),  # Visa
    (r"5[1-5]", frozenset({16})),  # Mastercard
    # Mastercard; GOV.UK Pay's documentation gives a test card of this range with 15 digits.
    (r"2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)", frozenset({15, 16})),
    (r"3[47]", frozenset({15})),  # American Express
    (r"3(?:0[0-5]|[689])", frozenset({14, 16, 19})),  # Diners Club
    (r"35(?:2[89]|[3-8])", frozenset({16, 17, 18, 19})),  # JCB
    (r"6(?:011|4[4-9]|5)", frozenset({16, 17, 18, 19})),  # Discover
    (r"62", frozenset({16, 17, 18, 19})),  # UnionPay
    (r"(?:5018|5020|5038|5893|6304|6759|676[1-3]|6767)", frozenset(range(12, 20))),  # Maestro
)
_PREFIXES: Final = tuple((re.compile(pattern), lengths) for pattern, lengths in _SCHEMES)
_RUN: Final = re.compile(r"[0-9]{12,}|[0-9](?:[ ./-]{0,2}[0-9]){11,}")


def looks_like_card_number(text: str) -> bool:
    """Say whether a text is or holds the number of a payment card.

    A number counts that has 12 to 19 digits, is right by Luhn's formula, and begins as the cards
    of a scheme with that length do (GOV.UK Pay, error P0105). Spaces, hyphens, full stops and
    slashes between the digits are passed over.

    Args:
        text: what was typed. It is not kept.

    Returns:
        True where it is a card number, or holds one among other characters.
    """
    plain = "".join(
        "-" if unicodedata.category(c) == "Pd" else " " if c.isspace() else c
        for c in unicodedata.normalize("NFKC", text)
    )
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    return any(
        _is_card("".join(c for c in run if c.isdigit()))
        for found in _RUN.finditer(plain)
        for run in (found[0], *re.findall(r"[0-9]+", found[0]))
    )


def _is_card(digits: str) -> bool:
    return any(
        len(digits) in lengths and prefix.match(digits) for prefix, lengths in _PREFIXES
    ) and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = (int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return sum(number - 9 if number > 9 else number for number in doubled) % 10 == 0  # noqa: PLR2004 -- nine is the largest digit
