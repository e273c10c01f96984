# SPDX-License-Identifier: MIT
"""The text of a text message: which characters survive, and how many fragments it takes.

Source: the outputs recorded from notifications-utils 127.0.0; 3GPP TS 23.038 section 6.2.1 for
the alphabet.
"""

import math
import re
import unicodedata

__all__ = ["LONGEST", "clean", "fragments"]

LONGEST = 918
"""The most characters of a text message, without the service's name before it."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
_WELSH_BEYOND = frozenset("ÂÊÎÔÛŴŶâêîôûŵŷÁÍÓÚẂÝáíóúẃýËÏẄŸëïẅÿÀÈÌÒẀÙỲẁỳ")
_KEPT = _BASIC | _EXTENDED | _WELSH_BEYOND
_REPLACED = str.maketrans(
    {
        "–": "-",  # noqa: RUF001 -- what people paste
        "—": "-",
        "‘": "'",  # noqa: RUF001 -- what people paste
        "’": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "\u00a0": " ",
        "\t": " ",
        "ł": "l",
        "Ł": "L",
        "\u180e": "",
        "\u200b": "",
        "\u200c": "",
        "\u200d": "",
        "\u2060": "",
        "\ufeff": "",
    }
)
_SPACES = re.compile(r"[ \f\v]+")
_BEFORE_PUNCTUATION = re.compile(r"[ \t]+([,.])")
_BLANK_LINES = re.compile(r"\n{3,}")


def clean(text: str) -> str:
    """Turn a text into what a phone receives.

    Args:
        text: the text with its values.

    Returns:
        The text: Welsh letters as they were, other accents dropped, what no phone shows as `?`.
    """
    # First, so that an ellipsis keeps the space before it.
    tight = _BEFORE_PUNCTUATION.sub(r"\1", text)
    sent = "".join(map(_sent, tight.translate(_REPLACED)))
    lines = (_SPACES.sub(" ", line).strip(" ") for line in sent.splitlines())
    return _BLANK_LINES.sub("\n\n", "\n".join(lines)).strip()


def fragments(text: str) -> int:
    """Count the messages that a text is charged as.

    Args:
        text: the cleaned text, with the service's name before it where there is one.

    Returns:
        How many. A Welsh letter outside the basic alphabet makes every character cost more.
    """
    if _WELSH_BEYOND.intersection(text) - _BASIC:
        size, single, part = len(text), 70, 67
    else:
        size, single, part = len(text) + sum(char in _EXTENDED for char in text), 160, 153
    return 1 if size <= single else math.ceil(size / part)


def _sent(char: str) -> str:
    if char in _KEPT:
        return char
    base = unicodedata.normalize("NFD", char)[0]
    return base if base in _KEPT else "?"
