# SPDX-License-Identifier: MIT
"""Check a telephone number as GOV.UK Notify does before it takes a text.

Notify reads a number with the library phonenumbers, which knows the numbering of every country
and takes about a tenth of a millisecond. Nearly every number in a council's file is a UK mobile
number in one of a few spellings, so these are recognised here first, in a microsecond and without
the library. A property test holds the two ways against each other.
"""

import re
from dataclasses import dataclass, field
from typing import Final

from lg_notify.recipients._found import (
    Caution,
    CautionCode,
    Problem,
    ProblemCode,
    caution,
    problem,
    text_only,
)
from lg_notify.recipients._multipliers import CROWN_DEPENDENCY, Multipliers

__all__ = ["PhoneCheck", "check_phone"]

_SEPARATORS: Final = str.maketrans("", "", " -")
_LONGEST_USUAL: Final = 40
# Ofcom, 'National Telephone Numbering Plan': what is in use for mobiles, without the blocks of
# Jersey, Guernsey and the Isle of Man, radio-pagers (76), personal numbers (70), and the blocks
# that have numbers of both kinds (7457, 7700, 7911), which are left to the library. The numbers
# kept for drama stand at the end; the library knows none of them, and Notify takes them.
_USUAL: Final = re.compile(
    r"(?:\+44(?:\(0\)|0)?|0044|44|0)?"
    r"(7(?:[1-3][0-9][0-9]|4(?:[0-46-9][0-9]|5[0-689])|5(?:0[0-8]|[13-9][0-9]|2[0-35-9])"
    r"|7(?:0[1-9]|[1-7][0-9]|8[02-9]|9[0-689])|8(?:[014-9][0-9]|[23][0-8])"
    r"|9(?:[024-9][0-9]|1[02-9]|3[0-689]))[0-9]{6}|7700900[0-9]{3})"
)
_DRAMA: Final = "447700900"
_UK_PREFIX: Final = "44"
_TYPED_ABROAD: Final = re.compile(r"(?:\+|00)[1-9]")
_MOBILE_WITH_MORE: Final = re.compile(r"\+?0*7[1-9][0-9]{9}")
_KNOWN: Final = Multipliers()
_DRAMA_CAUTION: Final = (caution(CautionCode.DRAMA),)


@dataclass(frozen=True, slots=True)
class PhoneCheck:
    """Hold what the check of a telephone number found. Its `repr` does not show the number.

    Attributes:
        normalised: the number as Notify keeps it: digits, the country's code first. None where
            Notify refuses it. To check it again, put a + in front.
        problems: why Notify refuses it; empty where it does not.
        warnings: what Notify accepts, and you may not want.
        international: whether it lies outside the United Kingdom. Known as soon as the number
            could be read, also where the service may not send to it.
        crown_dependency: whether it is of Jersey, Guernsey or the Isle of Man.
        country_prefix: the country's code, such as `44`; with the area code for places that share
            +1. None where the number could not be read.
        rate_multiplier: how many times the rate a text to it costs; None where it is not known.
    """

    normalised: str | None = field(repr=False)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Caution, ...] = ()
    international: bool = False
    crown_dependency: bool = False
    country_prefix: str | None = None
    rate_multiplier: int | None = None

    @property
    def ok(self) -> bool:
        """Whether Notify takes the number."""
        return not self.problems


def check_phone(
    text: str,
    *,
    international: bool = False,
    landline: bool = False,
    multipliers: Multipliers | None = None,
) -> PhoneCheck:
    """Check a telephone number as Notify does.

    The rules are those of Notify's own library: read as a number of the United Kingdom; if that
    fails, read again without the + and the noughts in front; digits, white space and + - ( )
    only; the numbers that Ofcom keeps for drama are taken. Numbers of Jersey, Guernsey and the
    Isle of Man need no permission for numbers abroad.

    Args:
        text: the number as it was typed.
        international: whether the service may send to other countries (Notify's settings).
        landline: whether the service may send to UK landlines.
        multipliers: what a text costs by country, laid over what is known.

    Returns:
        What was found. No text makes it raise.

    Raises:
        InvalidValueError: `text` is no text, such as a number that a spreadsheet made.
    """
    typed = text_only(text, field="text")
    table = multipliers or _KNOWN
    usual = _usual(typed)
    if usual is None:
        return _thorough(typed, international=international, landline=landline, table=table)
    return PhoneCheck(
        usual,
        warnings=_DRAMA_CAUTION if usual.startswith(_DRAMA) else (),
        country_prefix=_UK_PREFIX,
        rate_multiplier=table.table[_UK_PREFIX],
    )


def _usual(text: str) -> str | None:
    """Read a UK mobile number in one of the usual spellings, or return None."""
    if len(text) > _LONGEST_USUAL:
        return None
    match = _USUAL.fullmatch(text.translate(_SEPARATORS))
    return f"{_UK_PREFIX}{match[1]}" if match else None


def _thorough(text: str, *, international: bool, landline: bool, table: Multipliers) -> PhoneCheck:
    """Read any number, with the library."""
    from lg_notify.recipients import _numbering  # noqa: PLC0415 -- the library takes long to load

    number = _numbering.read(text)
    if isinstance(number, ProblemCode):
        return PhoneCheck(None, (problem(number),))
    prefix = number.prefix(table)
    # The islands share the UK's prefix.
    multiplier = CROWN_DEPENDENCY if number.crown_dependency else table.of(prefix)
    refused = number.refusal(international=international, landline=landline)
    return PhoneCheck(
        number.normalised if refused is None else None,
        () if refused is None else (problem(refused),),
        _warnings(
            text,
            abroad=number.code != _UK_PREFIX,
            normalised=number.normalised,
            crown=number.crown_dependency,
            multiplier=multiplier,
        ),
        international=number.international,
        crown_dependency=number.crown_dependency,
        country_prefix=prefix,
        rate_multiplier=multiplier,
    )


def _warnings(
    text: str, *, abroad: bool, normalised: str, crown: bool, multiplier: int | None
) -> tuple[Caution, ...]:
    found: list[Caution] = []
    if abroad:
        compact = "".join(each for each in text if each in "+0123456789")
        if not _TYPED_ABROAD.match(compact):
            mobile = _MOBILE_WITH_MORE.fullmatch(compact)
            found.append(caution(CautionCode.EXTRA_DIGIT if mobile else CautionCode.NO_PLUS))
    if crown:
        found.append(caution(CautionCode.CROWN_DEPENDENCY))
    elif multiplier is None:
        found.append(caution(CautionCode.COST_UNKNOWN))
    elif multiplier > 1:
        found.append(
            caution(
                CautionCode.COSTS_MORE,
                f"A text to this country costs {multiplier} times as much as one in the UK.",
            )
        )
    if normalised.startswith(_DRAMA):
        found.append(caution(CautionCode.DRAMA))
    return tuple(found)
