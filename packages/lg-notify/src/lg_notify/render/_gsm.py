# SPDX-License-Identifier: MIT
"""The characters that a text message can carry, and what becomes of the others. Pure.

Source: 3GPP TS 23.038, section 6.2.1, for the alphabet; GOV.UK Notify's guidance 'Text message
pricing', 'Symbols and characters', and outputs of notifications-utils 127.0.0.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

__all__ = ["LONGEST", "Carried", "carried", "fragments_of"]

LONGEST = 918
"""The most characters of a text message: six fragments, without the service's name."""

_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = "^{}\\[~]|€"
"""These take the room of two."""

_WELSH = (
    "àèìòùẁỳÀÈÌÒÙẀỲ"  # grave
    "áéíóúẃýÁÉÍÓÚẂÝ"  # acute
    "äëïöüẅÿÄËÏÖÜẄŸ"  # diaeresis
    "âêîôûŵŷÂÊÎÔÛŴŶ"  # circumflex
)
_GSM = frozenset(_BASIC + _EXTENDED)
_BEYOND = frozenset(_WELSH) - _GSM
_KEPT = _GSM | _BEYOND

_NOT_GSM = re.compile(f"[^{re.escape(_BASIC + _EXTENDED)}]")
_TAKES_TWO = re.compile(f"[{re.escape(_EXTENDED)}]")
_INSTEAD = {
    "\u2013": "-",
    "\u2014": "-",
    "\u2026": "...",
    "\u2018": "'",
    "\u2019": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u180e": "",
    "\u200b": "",
    "\u200c": "",
    "\u200d": "",
    "\u2060": "",
    "\ufeff": "",
    "\u2028": "",
    "\u2029": "",
    "\u00a0": " ",
    "\u202f": " ",
    "\t": " ",
    "Ł": "L",
    "ł": "l",
}
_ONE_GSM, _MORE_GSM = 160, 153
_ONE_UCS2, _MORE_UCS2 = 70, 67


@dataclass(frozen=True, slots=True)
class Carried:
    """What a text message carries of a text.

    Attributes:
        text: the text, of GSM characters and Welsh letters alone.
        replaced: each character that it cannot carry, and what stands for it, as they come.
        beyond: the Welsh letters for which all of it goes in UCS-2, each once, sorted.
    """

    text: str
    replaced: tuple[tuple[str, str], ...] = ()
    beyond: tuple[str, ...] = ()


def carried(text: str) -> Carried:
    """Replace what a text message cannot carry.

    Welsh letters stay as they are. Another letter with an accent loses it; dashes, curly quotes
    and the ellipsis become plain ones; the rest becomes `?`.

    Args:
        text: the text.

    Returns:
        The text, and what became of it.
    """
    if _NOT_GSM.search(text) is None:
        return Carried(text)
    replaced = tuple((each, _instead_of(each)) for each in dict.fromkeys(text) if each not in _KEPT)
    if replaced:
        text = "".join(map(_instead_of, text))
    return Carried(text, replaced, tuple(sorted(_BEYOND.intersection(text))))


@lru_cache(maxsize=4096)
def _instead_of(character: str) -> str:
    if character in _KEPT:
        return character
    # "0061 0301" for a letter and its accent; "<noBreak> 0020" says how else it is drawn.
    parts = unicodedata.decomposition(character)
    if parts and "<" not in parts:
        first = chr(int(parts.split()[0], 16))
        return first if first in _KEPT else "?"
    return _INSTEAD.get(character, "?")


def fragments_of(text: str, *, unicode: bool) -> int:
    """Count the fragments that a message is sent, and charged, as.

    Args:
        text: the text, as it is carried.
        unicode: whether it goes in UCS-2.

    Returns:
        1 or more.
    """
    if unicode:
        return 1 if len(text) <= _ONE_UCS2 else ceil(len(text) / _MORE_UCS2)
    room = len(text)
    if _TAKES_TWO.search(text):
        room += sum(map(text.count, _EXTENDED))
    return 1 if room <= _ONE_GSM else ceil(room / _MORE_GSM)
