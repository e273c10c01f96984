# SPDX-License-Identifier: MIT
"""Name what can be wrong with a reference, and hold what a check found."""

from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["Checked", "ReferenceFault", "ReferenceProblem"]


class ReferenceFault(StrEnum):
    """What was wrong with a reference: the `code` of a problem or of an error."""

    CARD_NUMBER = "card_number"
    """The number of a payment card, which is never a reference."""
    CHECK_DIGIT = "check_digit"
    """The check digit does not belong to the rest: one of the characters is wrong."""
    EMPTY = "empty"
    """Nothing, or nothing but white space."""
    NO_CHECK_DIGIT = "no_check_digit"
    """The rule gives these characters no check digit, so no such reference is issued."""
    NOT_ASCII = "not_ascii"
    """A letter or digit that is not A to Z or 0 to 9."""
    PATTERN = "pattern"
    """The length is right, and a letter stands in the place of a digit or the reverse."""
    PREFIX = "prefix"
    """It does not begin as references of this kind do."""
    TOO_LONG = "too_long"
    """More characters than such a reference has."""
    TOO_SHORT = "too_short"
    """Fewer characters than such a reference has."""
    WRONG_TYPE = "wrong_type"
    """No text."""


@dataclass(frozen=True, slots=True)
class ReferenceProblem:
    """Say one thing that is wrong with a reference. The reference is not repeated.

    Attributes:
        code: the fault. A form keys its own words on it, in English and in Welsh.
        message: what is wrong and what would be right, for a developer.
    """

    code: ReferenceFault
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """Hold what a check of a reference found. Its `repr` does not show the reference.

    Attributes:
        normalised: the reference in capitals, without the spaces and hyphens that people put in.
            It is the form to keep and to send. Empty where a card number was given.
        problems: what is wrong; empty where the reference is right.
    """

    normalised: str = field(repr=False)
    problems: tuple[ReferenceProblem, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the reference is right."""
        return not self.problems
