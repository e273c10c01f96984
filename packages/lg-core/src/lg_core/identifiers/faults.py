# SPDX-License-Identifier: MIT
"""Name what can be wrong with an identifier, for tests, translations and error messages."""

from enum import StrEnum

__all__ = ["IdentifierFault"]


class IdentifierFault(StrEnum):
    """What was wrong with the text: the `code` of the error, and the type of pydantic's.

    A form keys its own words on these, in English and in Welsh. The names are stable.
    """

    BFPO_NUMBER = "bfpo_number"
    """A forces' post office number, which is a line of the address and no postcode."""
    EMPTY = "empty"
    """Nothing, or nothing but white space."""
    FORBIDDEN_LETTER = "forbidden_letter"
    """One of C I K M O V among the last two letters of a postcode, where none stands."""
    INCOMPLETE = "incomplete"
    """A postcode whose last one or two letters are missing."""
    INWARD_ONLY = "inward_only"
    """The second half of a postcode alone."""
    LOOKALIKE = "lookalike"
    """A letter for a digit or the reverse, such as O for 0. `Postcode.suggest` reads it."""
    NATION = "nation"
    """A GSS code of no nation with councils, such as K for the United Kingdom."""
    NOT_ASCII = "not_ascii"
    """A letter or digit that is not A to Z or 0 to 9."""
    NOT_DIGITS = "not_digits"
    """Something other than digits in a number."""
    OUTWARD_ONLY = "outward_only"
    """The first half of a postcode alone."""
    PATTERN = "pattern"
    """None of the above, and still not of the form."""
    PLACEHOLDER = "placeholder"
    """A code that stands for 'not known' or 'no fixed abode', such as ZZ99 in health data."""
    SPREADSHEET = "spreadsheet"
    """A number that a spreadsheet made a decimal or an exponent, so that digits may be lost."""
    TOO_LONG = "too_long"
    """More characters than there can be."""
    WRONG_TYPE = "wrong_type"
    """No text, or an identifier of another kind."""
    ZERO = "zero"
    """Nought, which names nothing."""
