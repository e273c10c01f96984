# SPDX-License-Identifier: MIT
"""Read the shipped register once, when it is first asked, and answer from it.

The data file is written by tools/councils.py, and names its sources and their licences.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from functools import cache
from typing import Final, TypedDict

from lg_core.councils._model import Council, CouncilFault, Tier
from lg_core.councils._names import name_key, telling_words
from lg_core.errors import InvalidValueError
from lg_core.identifiers import GssCode, Nation

__all__ = ["all_councils", "councils_on", "resolve", "suggest"]

_FILE: Final = "_data.json"
_LIKENESS: Final = 0.8
# Comparing takes time that grows with the text; the longest name has about 60 letters.
_LONGEST: Final = 100
_SUGGESTED: Final = 3


class _Covers(TypedDict):
    first_day: str
    last_day: str


class _File(TypedDict):
    covers: _Covers
    councils: list[tuple[str, str, str, str, str, str, list[str]]]


@dataclass(frozen=True, slots=True)
class _Register:
    first_day: date
    last_day: date
    councils: tuple[Council, ...]
    codes: dict[str, Council]
    names: dict[str, Council]


def _text() -> str:
    from importlib.resources import files  # noqa: PLC0415  # takes longer than this whole package

    return files("lg_core.councils").joinpath(_FILE).read_text("utf-8")


@cache
def _register() -> _Register:
    file: _File = json.loads(_text())
    councils = tuple(
        Council(
            code=code,
            gss=GssCode(gss),
            nation=Nation(nation),
            tier=Tier(tier),
            name=name,
            slug=slug,
            other_names=tuple(others),
        )
        for code, gss, nation, tier, name, slug, others in file["councils"]
    )
    return _Register(
        first_day=date.fromisoformat(file["covers"]["first_day"]),
        last_day=date.fromisoformat(file["covers"]["last_day"]),
        councils=councils,
        codes={code: one for one in councils for code in (one.code, str(one.gss))},
        names={
            name_key(name): one
            for one in councils
            for name in (one.name, one.slug, *one.other_names)
        },
    )


def all_councils() -> tuple[Council, ...]:
    """Return every principal council of the register, sorted by code.

    The register is of today. For the number of councils on a day, ask `councils_on`.

    Returns:
        The councils.
    """
    return _register().councils


def councils_on(day: date) -> tuple[Council, ...]:
    """Return the principal councils that there are on a day, sorted by code.

    Reorganisation changes how many there are, so a count or a share needs its day. The register
    covers the days between two reorganisations, and refuses any other. GSS codes and names are
    those of today.

    Args:
        day: a day in Europe/London.

    Returns:
        The councils.

    Raises:
        InvalidValueError: the day is not covered (`code` is `not_covered`), or it is not a plain
            date (`wrong_type`).
    """
    asked = _plain_day(day)
    register = _register()
    if not register.first_day <= asked <= register.last_day:
        raise InvalidValueError(
            f"The register covers {register.first_day} to {register.last_day}, and the day is not "
            "among these. Councils were or will be reorganised: a later lg-core may know how.",
            code=CouncilFault.NOT_COVERED,
        )
    return register.councils


def resolve(text: str) -> Council:
    """Find the one council that a code or a name stands for.

    Takes the council's own code, the GSS code of its area today, its official name, its slug and
    the other names that the register holds. Case, signs, '&' for 'and', a leading 'The' and a
    last word 'Council' make no difference. Nothing is guessed: a name that is nearly right is
    refused, and the error says which councils have one like it.

    Args:
        text: a code or a name.

    Returns:
        The council.

    Raises:
        InvalidValueError: no council is known by it. `code` is a `CouncilFault`; the message
            gives names of the register, and never the text.
    """
    words = _words(text)
    found = _find(words)
    if found is None:
        raise InvalidValueError(_unknown(suggest(words)), code=CouncilFault.UNKNOWN)
    return found


def suggest(text: str) -> tuple[Council, ...]:
    """Return the councils that may have been meant, to ask the person about.

    Never use one without asking: Newcastle upon Tyne and Newcastle-under-Lyme are far apart.

    Args:
        text: the name as it was typed.

    Returns:
        At most three councils, the likeliest first; none where no name is like it.
    """
    exact = _find(text)
    if exact is not None:
        return (exact,)
    key = name_key(text)
    if len(key) > _LONGEST:
        return ()
    names = _register().names
    # A council has several names, so more names than councils are asked for.
    alike = get_close_matches(key, names, n=_SUGGESTED * 3, cutoff=_LIKENESS)
    likely = [*_sharing_words(key, names), *alike]
    return tuple(dict.fromkeys(names[name] for name in likely))[:_SUGGESTED]


def _sharing_words(key: str, names: dict[str, Council]) -> list[str]:
    words = telling_words(key)
    if not words:
        return []
    telling = {name: telling_words(name) for name in names}
    # 'newcastle' is short of what was meant; 'fife cuoncil' holds it, and a word that is no name's.
    short_of = [name for name, theirs in telling.items() if words <= theirs]
    held = [name for name, theirs in telling.items() if theirs and theirs < words]
    return [
        *sorted(short_of, key=lambda name: (len(name.split()), name)),
        *sorted(held, key=lambda name: (-len(telling[name]), name)),
    ]


def _find(text: str) -> Council | None:
    register = _register()
    stripped = text.strip()
    # Some letters of other alphabets become an S or an I in upper case: codes are ASCII.
    by_code = register.codes.get(stripped.upper()) if stripped.isascii() else None
    return by_code or register.names.get(name_key(text))


def _unknown(close: tuple[Council, ...]) -> str:
    start = "No council of the register has this code, this GSS code or this name."
    if close:
        names = "; ".join(council.name for council in close)
        return f"{start} Councils with a name like it: {names}."
    return (
        f"{start} It may be a former council, a former GSS code or another kind of body. "
        "all_councils() gives those there are."
    )


def _plain_day(value: object) -> date:
    # A datetime is a date too, but its day depends on the time zone.
    if not isinstance(value, date) or isinstance(value, datetime):
        raise InvalidValueError(
            f"A day is a datetime.date, not a {type(value).__name__}. "
            "Of an instant, take the day in Europe/London.",
            code=CouncilFault.WRONG_TYPE,
        )
    return value


def _words(value: object) -> str:
    if not isinstance(value, str):
        raise InvalidValueError(
            f"A council is found by text, not by a {type(value).__name__}.",
            code=CouncilFault.WRONG_TYPE,
        )
    if not name_key(value):
        raise InvalidValueError(
            "The name or code of the council is empty. Give its code, its GSS code or its name.",
            code=CouncilFault.EMPTY,
        )
    return value
