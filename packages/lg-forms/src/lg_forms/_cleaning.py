# SPDX-License-Identifier: MIT
"""What is dropped from typed text before anything is checked (GOV.UK Design System, 'Validation').

People paste text with invisible characters and put spaces and dashes into codes. Neither is a
mistake of theirs.
"""

import re
import unicodedata
from typing import Final

__all__ = ["compact", "tidy", "tidy_lines"]

# Soft hyphen, zero-width characters, marks of writing direction, byte order mark.
_INVISIBLE: Final = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BETWEEN: Final = re.compile(r"[\s\-\u2010-\u2015\u2212()\[\]{}.]+")


def tidy(text: str) -> str:
    """Return one line of text without invisible characters and outer or doubled white space."""
    return " ".join(_visible(text).split())


def tidy_lines(text: str) -> str:
    """Return text of several lines in the same way, with its line breaks as line feeds."""
    lines = _visible(text.replace("\r\n", "\n").replace("\r", "\n"), keep="\n").split("\n")
    return "\n".join(" ".join(line.split()) for line in lines).strip()


def compact(text: str) -> str:
    """Return a code in capitals without spaces, hyphens, dashes, brackets and full stops."""
    kept = _BETWEEN.sub("", _visible(text))
    # Some letters of other alphabets become a Latin one in upper case: leave those as they are.
    return kept.upper() if kept.isascii() else kept


def _visible(text: str, *, keep: str = "") -> str:
    composed = unicodedata.normalize("NFC", text)
    spaced = composed if keep else composed.replace("\n", " ")
    spaced = spaced.replace("\t", " ").replace("\r", " ")
    return _CONTROL.sub("", _INVISIBLE.sub("", spaced))
