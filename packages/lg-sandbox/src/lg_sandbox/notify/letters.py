# SPDX-License-Identifier: MIT
"""Letters: what they cost, how many pages they have, and what a QR code may hold.

Sources: technical documentation, 'Send a letter'; the rates that notifications-api is seeded with;
recorded answer 'letter qr too long'.
"""

import re
import textwrap
from collections.abc import Sequence

from lg_sandbox.notify.errors import ErrorName, NotifyError, Refusal

__all__ = ["LONGEST", "check_qr_codes", "pages_of", "rate_of", "written_lines"]

LONGEST = 10
"""How many pages a letter may have."""

_QR = re.compile(r"^\s*qr\s*:\s*(\S.*?)\s*$", re.IGNORECASE | re.MULTILINE)
_QR_BYTES = 504
_ACROSS = 76
_DOWN_FIRST = 34
_DOWN = 46
# In tenths of a penny, by the number of sheets (notifications-api, rates of 2026).
_RATES = {
    "first": (1560, 1610, 1660, 1710, 1760),
    "second": (730, 770, 820, 870, 910),
    "economy": (638, 684, 724, 779, 823),
    "europe": (1800, 1840, 1880, 1920, 1960),
    "rest-of-world": (1800, 1840, 1880, 1920, 1960),
}


def rate_of(postage: str, *, sheets: int) -> int:
    """Return what a letter costs, in tenths of a penny.

    Args:
        postage: how it is sent.
        sheets: how many sheets of paper it has; 0 costs nothing.
    """
    rates = _RATES[postage]
    return rates[min(sheets, len(rates)) - 1] if sheets else 0


def check_qr_codes(body: str) -> None:
    """Refuse a letter whose QR code would hold too much.

    Args:
        body: the text with its values.

    Raises:
        Refusal: 400 `ValidationError`, which repeats what the code would hold.
    """
    for match in _QR.finditer(body):
        size = len(match[1].encode())
        if size > _QR_BYTES:
            raise Refusal(
                400,
                [
                    NotifyError(
                        ErrorName.VALIDATION,
                        "Cannot create a usable QR code - the link is too long",
                        {"data": match[1], "max_bytes": _QR_BYTES, "num_bytes": size},
                    )
                ],
            )


def written_lines(body: str) -> list[str]:
    """Break a letter's text into the lines that are printed.

    Args:
        body: the text with its values.

    Returns:
        The lines, each as wide as the paper at most. A guess: Notify sets letters with fonts.
    """
    return [
        line
        for paragraph in body.splitlines()
        for line in (textwrap.wrap(paragraph, _ACROSS) or [""])
    ]


def pages_of(lines: Sequence[str]) -> list[Sequence[str]]:
    """Share lines out to pages: the first has less room, for the address.

    Args:
        lines: the lines.

    Returns:
        The lines of each page; at least one page.
    """
    first, rest = lines[:_DOWN_FIRST], lines[_DOWN_FIRST:]
    return [first, *(rest[at : at + _DOWN] for at in range(0, len(rest), _DOWN))]
