# SPDX-License-Identifier: MIT
"""Read masks: the pattern of a reference, one character for each of its own.

| in the mask | stands for |
|---|---|
| `#` | a digit |
| `?` | a letter |
| `*` | a letter, a digit, a space, `/` or `-` |
| `@` | the check digit |
| a capital letter, a digit, a space, `/`, `-`, `.` | itself |
"""

import string
from dataclasses import dataclass
from typing import Final

from lg_core.errors import InvalidValueError

__all__ = ["ANY", "DIGIT", "Mask"]

DIGIT: Final = "#"
_CHECK: Final = "@"
ANY: Final = "*"
_KINDS: Final = {
    DIGIT: frozenset(string.digits),
    "?": frozenset(string.ascii_uppercase),
    ANY: frozenset(string.digits + string.ascii_uppercase + " /-"),
    _CHECK: frozenset(string.digits + string.ascii_uppercase),
}
_LITERAL: Final = frozenset(string.digits + string.ascii_uppercase + " /-.")


@dataclass(frozen=True, slots=True)
class Mask:
    """Hold the pattern of a reference.

    Args:
        text: the mask.

    Raises:
        InvalidValueError: it is empty, holds a character that no mask has, or more than one `@`.
    """

    text: str

    def __post_init__(self) -> None:
        if not self.text or not set(self.text) <= _LITERAL | _KINDS.keys():
            raise _wrong("may hold # ? * @, capital letters, digits, spaces, / - and full stops")
        if self.text.count(_CHECK) > 1:
            raise _wrong("may hold one @, the check digit")

    def __len__(self) -> int:
        return len(self.text)

    @property
    def check(self) -> int | None:
        """The place of the check digit, from 0; None where it has none."""
        return self.text.index(_CHECK) if _CHECK in self.text else None

    def without_check(self) -> "Mask":
        """Return the mask of what comes before a check digit is put in."""
        return Mask(self.text.replace(_CHECK, ""))

    def fits(self, text: str) -> bool:
        """Say whether each character is what the mask has in its place, as far as the text goes."""
        return len(text) <= len(self.text) and all(
            character in self.may_hold(place) for place, character in enumerate(text)
        )

    def may_hold(self, place: int) -> frozenset[str]:
        """Return what may stand in a place."""
        kind = self.text[place]
        return _KINDS.get(kind) or frozenset(kind)


def _wrong(what: str) -> InvalidValueError:
    return InvalidValueError(f"A mask {what}.", field="masks", code="pattern")
