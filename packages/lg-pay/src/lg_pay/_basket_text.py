# SPDX-License-Identifier: MIT
"""How the lines of a basket are written as text, and read back (docs, 'The basket format')."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

__all__ = [
    "FIELD_END",
    "LINE_END",
    "LONGEST_PIECE",
    "PAIRS",
    "RESERVED",
    "checksum",
    "join_fields",
    "pack",
    "split_line",
]

PAIRS: Final = 15
"""The most pairs of metadata that a payment may have (API reference, 'Add metadata')."""

LONGEST_PIECE: Final = 100
"""The most characters of a value of metadata (API reference, 'Add metadata')."""

RESERVED: Final = re.compile(r"lg_basket(?:_([0-9]{1,20}))?", re.ASCII | re.IGNORECASE)
"""The keys that belong to a basket. GOV.UK Pay takes keys that differ in capitals for one."""

FIELD_END: Final = ";"
LINE_END: Final = "!"
_ESCAPE: Final = "^"

# The signs of the format itself, and those that GOV.UK Pay's firewall refuses.
_ESCAPES: Final = {
    _ESCAPE: "^0",
    FIELD_END: "^1",
    LINE_END: "^2",
    "<": "^3",
    ">": "^4",
    "|": "^5",
    '"': "^6",
    "\\": "^7",
}
_ESCAPED: Final = {code: sign for sign, code in _ESCAPES.items()}
_CODE: Final = re.compile(r"\^[0-7]")
_TABLE: Final = str.maketrans(_ESCAPES)
_SHORT_CHECKSUM: Final = 16


def join_fields(fields: Sequence[str]) -> str:
    """Write one line: its fields escaped, those at the end left out that are empty."""
    last = max((place for place, field in enumerate(fields, start=1) if field), default=0)
    return FIELD_END.join(field.translate(_TABLE) for field in fields[:last])


def split_line(text: str, *, width: int) -> list[str]:
    """Read one line: its fields as they were, empty ones added up to `width`.

    An escape that does not exist is left as it stands: written again, the line differs, which is
    how the reader learns of it.
    """
    fields = text.split(FIELD_END)
    if _ESCAPE in text:
        fields = [_CODE.sub(lambda found: _ESCAPED[found.group()], field) for field in fields]
    return fields + [""] * (width - len(fields))


def pack(lines: Iterable[str]) -> list[str]:
    """Put the lines into pieces of at most 100 characters, in order, as many as fit in each."""
    pieces: list[str] = []
    for line in lines:
        if pieces and len(pieces[-1]) + len(LINE_END) + len(line) <= LONGEST_PIECE:
            pieces[-1] += LINE_END + line
        else:
            pieces.append(line)
    return pieces


def checksum(head: str, pieces: Iterable[str]) -> str:
    """Sum up what the header says and every piece: 16 hexadecimal digits of a SHA-256.

    It finds what was changed by accident. It is no signature: whoever may create a payment may
    write any basket.
    """
    digest = hashlib.sha256("\n".join((head, *pieces)).encode())
    return digest.hexdigest()[:_SHORT_CHECKSUM]
