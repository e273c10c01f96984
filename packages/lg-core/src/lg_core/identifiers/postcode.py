# SPDX-License-Identifier: MIT
"""Read postcodes as people type them, and take them apart.

The form is checked here, not whether the postcode exists: that needs data. The form was measured
on all 2,720,556 postcodes, live and ended, of the Postcode Directory that the Office for National
Statistics published in November 2025, and refuses none of them. The lists of letters by position
that are often copied refuse thousands that old records still hold.
"""

import re
from enum import StrEnum
from itertools import takewhile
from typing import Final

from lg_core.errors import InvalidValueError
from lg_core.identifiers._reading import Identifier, refused
from lg_core.identifiers.faults import IdentifierFault

__all__ = ["Postcode", "PostcodeKind"]

# What people put between and around: white space, the invisible characters that come with
# pasted text, hyphens and dashes, brackets, full stops and commas.
_DROPPED: Final = re.compile(r"[\s\u200b-\u200d\u2060\ufeff\-\u2010-\u2015\u2212()\[\]{}.,]+")

_OUTWARD: Final = r"[A-Z]{1,2}(?:[0-9]|[1-9][0-9]|[0-9][A-Z])"
_INWARD: Final = r"[0-9][ABD-HJLNP-UW-Z]{2}"
# One postcode each, and all of them end in 1ZZ. Gibraltar's has the usual form.
_TERRITORIES: Final = "ASCN BBND BIQQ FIQQ PCRN SIQQ STHL TDCU TKCA"
# NPT was Newport's area until it became NP: old records hold it, and one of them ends in VA.
_WHOLE: Final = re.compile(
    rf"(?!ZZ99){_OUTWARD}{_INWARD}|NPT[0-9][A-Z]{{2}}|GIR0AA"
    rf"|(?:{_TERRITORIES.replace(' ', '|')})1ZZ"
)

# The first form that refused text has names the fault.
_FAULTY_FORMS: Final = (
    (
        re.compile(r""),
        IdentifierFault.EMPTY,
        "The postcode is empty. Where there is none, keep None and the reason.",
    ),
    (
        re.compile(r"BFPO[0-9]{1,4}"),
        IdentifierFault.BFPO_NUMBER,
        "This is a BFPO number, which is a line of the address. The postcode begins with BF1.",
    ),
    (
        re.compile(r"ZZ99[0-9][A-Z]{2}"),
        IdentifierFault.PLACEHOLDER,
        "ZZ99 stands for 'no fixed abode' or 'not known' in health data. Keep None and the reason.",
    ),
    (
        re.compile(_OUTWARD),
        IdentifierFault.OUTWARD_ONLY,
        "Only the first half of a postcode was given. Ask for all of it, such as SW1A 1AA.",
    ),
    (
        re.compile(rf"{_OUTWARD}[0-9][A-Z]?"),
        IdentifierFault.INCOMPLETE,
        "The end of the postcode is missing. Ask for all of it, such as SW1A 1AA.",
    ),
    (
        re.compile(_INWARD),
        IdentifierFault.INWARD_ONLY,
        "Only the second half of a postcode was given. Ask for all of it, such as SW1A 1AA.",
    ),
)
_FORBIDDEN: Final = re.compile(rf"{_OUTWARD}[0-9][A-Z]{{2}}")
_MAX: Final = 7

# For suggestions only, since a new area or district may come: the 124 areas of the Directory and
# BF, and the last letters of its outward halves.
_AREAS: Final = (
    "AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN "
    "DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L "
    "LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA "
    "SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS "
    "WV YO ZE"
)
_ENDINGS: Final = {"A9A": frozenset("ABCDEFGHJKMNPRSTUVWXY"), "AA9A": frozenset("ABEHMNPRVWXY")}
_SHAPES: Final = ("A9", "A99", "A9A", "AA9", "AA99", "AA9A")
_AS_DIGIT: Final = str.maketrans("OISZB", "01528")
_AS_LETTER: Final = str.maketrans("01528", "OISZB")
_MOST_CHANGES: Final = 2


class PostcodeKind(StrEnum):
    """What a postcode can stand for."""

    CROWN_DEPENDENCY = "crown_dependency"
    """Guernsey, Jersey or the Isle of Man: not in the United Kingdom, and no council of it."""
    FORCES = "forces"
    """A British Forces post office (BF1): no council, and no UPRN."""
    GEOGRAPHIC = "geographic"
    """A place in the United Kingdom. Which council answers for it needs data."""
    NON_GEOGRAPHIC = "non_geographic"
    """A bulk address that is no place: GIR 0AA, XM4 5HQ and the area BX."""
    OVERSEAS_TERRITORY = "overseas_territory"
    """A British territory overseas, such as the Falkland Islands or Gibraltar."""


_KINDS: Final = {
    "BF": PostcodeKind.FORCES,
    "BX": PostcodeKind.NON_GEOGRAPHIC,
    "GIR": PostcodeKind.NON_GEOGRAPHIC,
    "GX": PostcodeKind.OVERSEAS_TERRITORY,
    "GY": PostcodeKind.CROWN_DEPENDENCY,
    "IM": PostcodeKind.CROWN_DEPENDENCY,
    "JE": PostcodeKind.CROWN_DEPENDENCY,
    "XM": PostcodeKind.NON_GEOGRAPHIC,
    **dict.fromkeys(_TERRITORIES.split(), PostcodeKind.OVERSEAS_TERRITORY),
}


class Postcode(Identifier):
    """Hold a postcode of the right form, printed as `SW1A 1AA`.

    Any case is read, and spaces, hyphens, dashes, brackets, full stops and commas are dropped
    (GOV.UK Design System, 'Addresses'). A letter O in a digit's place is not put right silently:
    `suggest` gives the likely postcode, and the person decides. A postcode of a few homes can
    point to a person: `repr` does not show it, `str` does.

    Args:
        text: the postcode as it was typed.

    Raises:
        InvalidValueError: it is no whole postcode. `code` is an `IdentifierFault`, and tells
            half a postcode (`outward_only`) from a mistyped one (`lookalike`, `pattern`).
    """

    __slots__ = ()

    _name = "postcode"
    _example = "SW1A 1AA"

    @classmethod
    def _canonical(cls, value: object) -> str:
        compact = _compact(super()._canonical(value))
        if not _WHOLE.fullmatch(compact):
            raise _refusal(compact)
        return f"{compact[:-3]} {compact[-3:]}"

    @classmethod
    def suggest(cls, text: str) -> "Postcode | None":
        """Return the postcode that was probably meant, to ask the person about.

        Swaps characters that look alike where the form asks for the other kind: O and 0, I and
        1, S and 5, Z and 2, B and 8. Never use it without asking.

        Args:
            text: the postcode as it was typed.

        Returns:
            The postcode, where one reading is likelier than all others, else None.
        """
        compact = _compact(text)
        likely = compact if _WHOLE.fullmatch(compact) else _likely(compact)
        return None if likely is None else Postcode(likely)

    def __repr__(self) -> str:
        return "Postcode(...)"

    @property
    def outward(self) -> str:
        """The first half, such as `SW1A`."""
        return self[:-4]

    @property
    def inward(self) -> str:
        """The second half, such as `1AA`."""
        return self[-3:]

    @property
    def area(self) -> str:
        """The letters at the beginning, such as `SW`."""
        return "".join(takewhile(str.isalpha, self))

    @property
    def district(self) -> str:
        """The district, such as `SW1A`: another name of the first half."""
        return self.outward

    @property
    def sector(self) -> str:
        """The district and the digit after it, such as `SW1A 1`. It can lie in two councils."""
        return self[:-2]

    @property
    def kind(self) -> PostcodeKind:
        """What it can stand for, such as a place in the UK or a forces' post office."""
        return _KINDS.get(self.area, PostcodeKind.GEOGRAPHIC)


def _compact(text: str) -> str:
    kept = _DROPPED.sub("", text)
    # Some letters of other alphabets become an S or an I in upper case: leave those as they are.
    return kept.upper() if kept.isascii() else kept


def _refusal(compact: str) -> InvalidValueError:
    for form, fault, message in _FAULTY_FORMS:
        if form.fullmatch(compact):
            return refused(fault, message)
    if not compact.isascii():
        return refused(
            IdentifierFault.NOT_ASCII, "A postcode is written with A to Z and 0 to 9 only."
        )
    if _likely(compact) is not None:
        return refused(
            IdentifierFault.LOOKALIKE,
            "A letter stands for a digit in the postcode, or a digit for a letter, such as O for "
            "0. Ask whether what Postcode.suggest gives was meant.",
        )
    if _FORBIDDEN.fullmatch(compact):
        return refused(
            IdentifierFault.FORBIDDEN_LETTER,
            "The last two letters of a postcode are never C, I, K, M, O or V. Ask for it again.",
        )
    if len(compact) > _MAX:
        return refused(
            IdentifierFault.TOO_LONG,
            "A postcode has at most 7 letters and digits. Keep the rest of the address apart.",
        )
    return refused(
        IdentifierFault.PATTERN, "This is not a UK postcode. Ask for one such as SW1A 1AA."
    )


def _likely(compact: str) -> str | None:
    # Half a postcode is not stretched into a whole one.
    if any(form.fullmatch(compact) for form, _, _ in _FAULTY_FORMS):
        return None
    readings = {
        reading: sum(old != new for old, new in zip(compact, reading, strict=True))
        for shape in _SHAPES
        if len(shape) + 3 == len(compact) and (reading := _read_as(shape, compact))
    }
    fewest = min(readings.values(), default=_MOST_CHANGES + 1)
    likeliest = [reading for reading, changes in readings.items() if changes == fewest]
    return likeliest[0] if len(likeliest) == 1 and fewest <= _MOST_CHANGES else None


def _read_as(shape: str, compact: str) -> str | None:
    reading = "".join(
        character.translate(_AS_DIGIT if kind == "9" else _AS_LETTER)
        for kind, character in zip(f"{shape}9AA", compact, strict=True)
    )
    area = reading[: shape.index("9")]
    fits = _WHOLE.fullmatch(reading) and area in _AREAS.split()
    ends = shape not in _ENDINGS or reading[len(shape) - 1] in _ENDINGS[shape]
    return reading if fits and ends else None
