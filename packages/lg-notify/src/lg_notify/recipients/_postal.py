# SPDX-License-Identifier: MIT
"""Check a postal address as GOV.UK Notify does before it takes a letter.

The lines are cleaned first, as Notify prints them: blank lines and commas at the end of a line are
dropped, a BFPO number goes to the end, a country of the UK at the end is left out, a country
abroad gets its English name, and a postcode its space.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

from lg_core.errors import InvalidValueError
from lg_notify.recipients._countries import UK, Country, PostageZone, country_named
from lg_notify.recipients._found import (
    Caution,
    CautionCode,
    Problem,
    ProblemCode,
    caution,
    problem,
    text_only,
)

__all__ = ["PostageZone", "PostalCheck", "address_lines", "check_postal"]

_FEWEST: Final = 3
_MOST: Final = 7
_FIRST_TWO: Final = 2
_FIELDS: Final = tuple(f"address_line_{number}" for number in range(1, _MOST + 1))
# notifications-utils, 'formatters': the kinds of white space without width, and those with.
_NO_WIDTH: Final = str.maketrans("", "", "\u180e\u200b\u200c\u200d\u2028\u2029\u2060\ufeff")
_BEFORE_SIGN: Final = re.compile(r"[ \t]+([,.])")
_BFPO: Final = re.compile(r"\s*bfpo\s*(?:c/o)?(?:\s*(\d+))?\s*", re.IGNORECASE)
_LONGEST_BFPO: Final = 4000
"""Python makes no number of more digits than about this."""
_STARTS: Final = tuple('@()=[]"\\/,<>~')
_ALPHANUMERIC: Final = re.compile(r"[a-zA-Z0-9]")
_NO_ABODE: Final = re.compile(r"no fixed (?:abode|address)", re.IGNORECASE)
# Royal Mail's postcode areas. Gibraltar's GX is none of them: the country's name is needed.
_AREAS: Final = (
    "AB|AL|B|BA|BB|BD|BF|BH|BL|BN|BR|BS|BT|BX|CA|CB|CF|CH|CM|CO|CR|CT|CV|CW|DA|DD|DE|DG|DH|DL|DN|"
    "DT|DY|E|EC|EH|EN|EX|FK|FY|G|GIR|GL|GU|GY|HA|HD|HG|HP|HR|HS|HU|HX|IG|IM|IP|IV|JE|KA|KT|KW|KY|"
    "L|LA|LD|LE|LL|LN|LS|LU|M|ME|MK|ML|N|NE|NG|NN|NP|NR|NW|OL|OX|PA|PE|PH|PL|PO|PR|RG|RH|RM|S|SA|"
    "SE|SG|SK|SL|SM|SN|SO|SP|SR|SS|ST|SW|SY|TA|TD|TF|TN|TQ|TR|TS|TW|UB|W|WA|WC|WD|WF|WN|WR|WS|WV|"
    "YO|ZE"
)
_POSTCODE: Final = re.compile(rf"(?:{_AREAS})[0-9][0-9A-Z]?[0-9][A-BD-HJLNP-UW-Z]{{2}}")
_IN_POSTCODES: Final = str.maketrans(
    "", "", " \t\n\r\x0b\x0c\u00a0\u180e\u200b\u200c\u200d\u2028\u2029\u202f\u2060\ufeff"
)
_ISLANDS: Final = ("JE", "GY", "IM")


@dataclass(frozen=True, slots=True)
class PostalCheck:
    """Hold what the check of an address found. Its `repr` shows nothing of the address.

    Attributes:
        normalised: the lines as Notify prints them. None where Notify refuses the address.
        lines: the same lines, also of an address that is refused.
        problems: why Notify refuses it, in the order of Notify's checks. Notify names the first.
        warnings: what Notify accepts, and you may not want.
        postage_zone: where it goes.
        postcode: the UK postcode; None where the last line is none.
        international: whether it is outside the UK as Notify counts: the islands are inside.
        enough: whether there are three lines or more.
        too_many: whether there are over seven.
        last_line_ok: whether the last line is a UK postcode, or a country where that is allowed.
        bad_chars: whether a line begins with a sign that Notify refuses there.
        nfa: whether it says 'no fixed abode'.
        alnum: whether each of the first two lines has a letter or a digit.
        bfpo_country: whether a British Forces address ends in a country.
    """

    normalised: tuple[str, ...] | None = field(repr=False)
    lines: tuple[str, ...] = field(repr=False)
    problems: tuple[Problem, ...]
    warnings: tuple[Caution, ...]
    postage_zone: PostageZone
    postcode: str | None = field(repr=False)
    international: bool
    enough: bool
    too_many: bool
    last_line_ok: bool
    bad_chars: bool
    nfa: bool
    alnum: bool
    bfpo_country: bool

    @property
    def ok(self) -> bool:
        """Whether Notify takes the address."""
        return not self.problems


@dataclass(frozen=True, slots=True)
class _Parts:
    """An address, taken apart."""

    lines: tuple[str, ...] = field(repr=False)  # without the country and the BFPO number
    country: Country
    bfpo: str | None = field(default=None, repr=False)
    country_above: bool = False

    @property
    def international(self) -> bool:
        return self.country.zone is not PostageZone.UNITED_KINGDOM


def check_postal(lines: str | Sequence[str], *, international: bool = False) -> PostalCheck:
    """Check an address as Notify does.

    Args:
        lines: the lines from the top, the postcode or the country last; or one text with a line
            break between them. Blank lines do not count.
        international: whether the service may send letters to other countries.

    Returns:
        What was found. No text makes it raise.

    Raises:
        InvalidValueError: a line is no text.
    """
    text = lines if isinstance(lines, str) else "\n".join(_texts(lines))
    given = text.splitlines()
    parts = _take_apart(_cleaned(given))
    postcode = None if parts.international or not parts.lines else _postcode(parts.lines[-1])
    printed = _printed(parts, postcode)
    bfpo_country = parts.bfpo is not None and parts.international
    flags = {
        "enough": len(printed) >= _FEWEST,
        "too_many": len(printed) > _MOST,
        "alnum": len(printed) >= _FIRST_TWO
        and all(map(_ALPHANUMERIC.search, printed[:_FIRST_TWO])),
        "bfpo_country": bfpo_country,
        "last_line_ok": postcode is not None
        or (parts.bfpo is not None and not bfpo_country)
        or (international and parts.international and parts.bfpo is None),
        "bad_chars": any(line.startswith(_STARTS) for line in printed),
        "nfa": any(line.lower() == "nfa" for line in printed)
        or bool(_NO_ABODE.search("\n".join(printed))),
    }
    problems = _problems(flags, abroad=international)
    return PostalCheck(
        normalised=None if problems else printed,
        lines=printed,
        problems=problems,
        warnings=_warnings(parts, postcode, values=len(given)),
        postage_zone=parts.country.zone,
        postcode=postcode,
        international=parts.international,
        **flags,
    )


def address_lines(personalisation: Mapping[str, object]) -> tuple[str, ...]:
    """Pick the lines of an address out of a letter's personalisation, as Notify picks them.

    The keys are `address_line_1` to `address_line_7`, exactly so. Where `address_line_7` is
    there, even if it is empty, Notify does not look at `postcode`; otherwise that is the last
    line. So `address_line_1` to `7` and `postcode` together lose the postcode.

    Args:
        personalisation: the values of a letter.

    Returns:
        The seven values, as text; empty where there is none. Give them to `check_postal`.
    """
    keys = _FIELDS if _FIELDS[-1] in personalisation else (*_FIELDS[:-1], "postcode")
    return tuple(str(personalisation.get(key) or "") for key in keys)


def _texts(lines: object) -> list[str]:
    if not isinstance(lines, Sequence):
        raise InvalidValueError(
            f"lines must be a list of lines, not a {type(lines).__name__}.",
            field="lines",
            code="wrong_type",
        )
    return [text_only(line, field="lines") for line in cast("Sequence[object]", lines)]


def _cleaned(lines: Sequence[str]) -> list[str]:
    found: list[str] = []
    for line in lines:
        # split() knows the white space with width, no-break spaces among them.
        plain = " ".join(line.translate(_NO_WIDTH).split()).rstrip(" ,")
        if plain:
            found.append(_BEFORE_SIGN.sub(r"\1", plain))
    return found


def _take_apart(lines: list[str]) -> _Parts:
    bfpo, lines = _without_bfpo(lines)
    country = country_named(lines[-1]) if lines else None
    if country is None:
        return _Parts(tuple(lines), Country(UK, PostageZone.UNITED_KINGDOM), bfpo)
    # Notify counts the lines that name the UK or a part of it, up to a country abroad, and cuts
    # off as many from the end: also lines that name none, where one stands further up.
    cut = _lines_of_the_uk(lines) or 1
    kept, gone = lines[:-cut], lines[-cut:]
    dropped = any(country_named(line) is None for line in gone)
    above = dropped or (bool(kept) and country_named(kept[-1]) is not None)
    return _Parts(tuple(kept), country, bfpo, country_above=above)


def _lines_of_the_uk(lines: Sequence[str]) -> int:
    count = 0
    for line in reversed(lines):
        country = country_named(line)
        if country is not None and country.name != UK:
            break
        count += country is not None
    return count


def _without_bfpo(lines: list[str]) -> tuple[str | None, list[str]]:
    matches = [_BFPO.fullmatch(line) if len(line) < _LONGEST_BFPO else None for line in lines]
    number = next((match[1] for match in matches if match and match[1]), None)
    if number is None:
        return None, lines
    rest = [line for line, match in zip(lines, matches, strict=True) if not match]
    return str(int(number)), rest


def _postcode(line: str) -> str | None:
    compact = line.translate(_IN_POSTCODES).upper()
    return f"{compact[:-3]} {compact[-3:]}" if _POSTCODE.fullmatch(compact) else None


def _printed(parts: _Parts, postcode: str | None) -> tuple[str, ...]:
    lines = (*parts.lines[:-1], postcode) if postcode is not None else parts.lines
    bfpo = () if parts.bfpo is None else (f"BFPO {parts.bfpo}",)
    return (*lines, *bfpo, *((parts.country.name,) if parts.international else ()))


def _problems(flags: Mapping[str, bool], *, abroad: bool) -> tuple[Problem, ...]:
    wrong = (
        (not flags["enough"], ProblemCode.TOO_FEW_LINES),
        (flags["too_many"], ProblemCode.TOO_MANY_LINES),
        (not flags["alnum"], ProblemCode.NOT_ALPHANUMERIC),
        (flags["bfpo_country"], ProblemCode.BFPO_COUNTRY),
        (not flags["last_line_ok"], ProblemCode.LAST_LINE),
        (flags["bad_chars"], ProblemCode.BAD_CHARACTERS),
        (flags["nfa"], ProblemCode.NO_FIXED_ABODE),
    )
    return tuple(problem(code, abroad=abroad) for is_wrong, code in wrong if is_wrong)


def _warnings(parts: _Parts, postcode: str | None, *, values: int) -> tuple[Caution, ...]:
    found = (
        (values > _MOST, CautionCode.POSTCODE_LOST),
        (parts.country_above, CautionCode.COUNTRY_ABOVE),
        (parts.bfpo is not None, CautionCode.BFPO),
        (postcode is not None and postcode.startswith(_ISLANDS), CautionCode.ISLANDS),
        (parts.country.welsh, CautionCode.WELSH_COUNTRY),
    )
    return tuple(caution(code) for is_so, code in found if is_so)
