# SPDX-License-Identifier: MIT
"""Write the capitals of an address register as people write names. Pure.

OS Places sends `STRATFORD-UPON-AVON` and `ST MARY'S COURT`. Only capitals change: the result in
capitals is the text that came in. Text that has small letters already is left alone.
"""

import re
from typing import Final

__all__ = ["title_case"]

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_ORDINAL: Final = re.compile(r"[0-9]*(?:1ST|2ND|3RD|[0-9]TH)")
_SMALL: Final = frozenset(["AND", "BY", "IN", "LE", "OF", "ON", "THE", "UNDER", "UPON"])
_SMALL_BETWEEN_HYPHENS: Final = _SMALL | frozenset(
    ["CUM", "EN", "JUXTA", "LA", "LES", "NEXT", "SUB", "SUPER", "TO", "WITH"]
)
# Abbreviations that stand in addresses, and the Roman numbers from II to XX.
_ABBREVIATIONS: Final = (
    "BBC BFPO BP BT CIC CIO GP HM HMP HQ HSBC KFC LLP MOD MOT NHS PLC PO RAF RSPCA TSB TV UK "
    "YMCA YWCA II III IV VI VII VIII IX XI XII XIII XIV XV XVI XVII XVIII XIX XX"
)
_CAPITALS: Final = frozenset(_ABBREVIATIONS.split())
# Macclesfield and Macaulay are not written so: the names are listed.
_MAC_NAMES: Final = (
    "MACALISTER MACALLISTER MACARTHUR MACDONALD MACDOUGALL MACDUFF MACFARLANE MACGREGOR MACINTOSH "
    "MACINTYRE MACKAY MACKENZIE MACKINNON MACLAREN MACLEAN MACLEOD MACMILLAN MACNEIL MACPHERSON "
    "MACRAE"
)
_MAC: Final = frozenset(_MAC_NAMES.split())
_SHORTEST_MC: Final = 4


def title_case(text: str) -> str:
    """Write a part of an address as people do.

    Args:
        text: a part, such as a street or a town, in capitals.

    Returns:
        The same letters, with capitals where names have them.
    """
    if text != text.upper():
        return text
    return _WORD.sub(lambda found: _cased(found.group(), found.start(), text), text)


def _cased(word: str, at: int, text: str) -> str:
    after_hyphen = at > 0 and text[at - 1] == "-"
    small = _SMALL_BETWEEN_HYPHENS if after_hyphen else _SMALL
    # The first word of a part is never small, nor is the last after a hyphen (Stow-on-the-Wold).
    if word in small and at > 0 and at + len(word) < len(text):
        return _lowered(word)
    if word in _CAPITALS:
        return word
    if any(character.isdigit() for character in word):
        return _lowered(word) if _ORDINAL.fullmatch(word) else word
    return _name(word)


def _name(word: str) -> str:
    head, mark, tail = word.partition("'" if "'" in word else "\u2019")
    if mark and len(head) == 1:  # O'Connor, D'Arcy
        return head + mark + _name(tail)
    if word.startswith("MC") and len(word) >= _SHORTEST_MC:
        return "Mc" + word[2] + _lowered(word[3:])
    if word in _MAC:
        return "Mac" + word[3] + _lowered(word[4:])
    return word[0] + _lowered(word[1:])


def _lowered(text: str) -> str:
    """Lower each letter whose capital is itself again: a few of other alphabets are not."""
    return "".join(
        character.lower() if character.lower().upper() == character else character
        for character in text
    )
