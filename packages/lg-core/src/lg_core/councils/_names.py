# SPDX-License-Identifier: MIT
"""Reduce a council's name to a key, so that one name written in several ways is one key."""

import re
import unicodedata
from typing import Final

__all__ = ["name_key", "telling_words"]

_DROPPED: Final = re.compile(r"['\N{RIGHT SINGLE QUOTATION MARK}.]")
_BETWEEN: Final = re.compile(r"[\W_]+")
_ARTICLE: Final = "the "
_COUNCIL: Final = " council"
_STYLES: Final = frozenset(
    (
        "and", "borough", "city", "corporation", "council", "county", "district", "london",
        "metropolitan", "of", "royal",
    )
)  # fmt: skip


def name_key(text: str) -> str:
    """Reduce a name to what tells it from others.

    Case, signs, '&' for 'and', a leading 'The' and a last word 'Council' make
    no difference. Words such as 'City', 'County' and 'Borough' do: Leicester City Council is one
    council, and Leicestershire County Council another.

    Args:
        text: a name, or a slug.

    Returns:
        Small letters and digits with single spaces; empty where there are none.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("&", " and ")
    words = _BETWEEN.sub(" ", _DROPPED.sub("", plain)).strip()
    return words.removeprefix(_ARTICLE).removesuffix(_COUNCIL)


def telling_words(key: str) -> frozenset[str]:
    """Take the words of a key that say where a council is, without those that say what it is.

    Args:
        key: what `name_key` gave.

    Returns:
        The words, such as `leicester` of `leicester city`.
    """
    return frozenset(key.split()) - _STYLES
