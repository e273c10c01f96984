# SPDX-License-Identifier: MIT
r"""What may be printed, and what is taken out before anything is.

Two rules, both pure:

- `redact_fields` is an allow-list for log fields. A value is printed when its name is in
  `SAFE_FIELDS` and it is a plain, short value. Everything else is replaced.
- `without` cleans text that a platform wrote. Platforms repeat what they were sent (GOV.UK
  Notify does so in most of its 400 answers), so what the caller sent is taken out first, then
  whatever has the shape of personal data or of a secret.

The shapes that `without` takes out:

| shape | rule |
|---|---|
| e-mail address | a local part, `@` (or `%40`), a domain |
| postcode | outward and inward part, with or without a space; `GIR 0AA`, `BFPO 1`, `ASCN 1ZZ` |
| telephone number | 7 digits or more with separators, or with a leading `+` or `0` |
| long number | 9 digits or more in a row, or 13 or more with separators (cards, UPRNs) |
| key | `api_test_…`, `api_live_…`, `Bearer …`, a JSON web token |
| token | 30 characters or more of letters, digits, `_` and `-`, such as a UUID |

What stays: a plain integer of up to 8 digits that does not begin with 0 (platforms write limits
such as 10000000), a date as `2026-11-22` with or without a time, and a long name in small
letters such as `corporate_prepaid_debit_card_surcharge_amount`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import Enum
from typing import Final, cast

__all__ = ["REDACTED", "REMOVED", "SAFE_FIELDS", "leaves", "redact_fields", "without"]

REDACTED: Final = "[redacted]"
"""Stands for a log value that may not be printed."""

REMOVED: Final = "[removed]"
"""Stands for a piece of a platform's text that may not be printed."""

SAFE_FIELDS: Final[frozenset[str]] = frozenset(
    {
        "attempt",
        "attempts",
        "bucket",
        "bytes",
        "capability",
        "code",
        "component",
        "council",
        "count",
        "elapsed",
        "event",
        "exc_type",
        "field",
        "host",
        "level",
        "limit",
        "logger",
        "method",
        "mode",
        "operation",
        "outcome",
        "page",
        "platform",
        "port",
        "reason",
        "request_id",
        "retry_num",
        "retryable",
        "setting",
        "status",
        "timestamp",
        "version",
        "wait",
        "wait_for",
        "waited_so_far",
    }
)
"""The names whose values may be printed: numbers, closed vocabularies and platforms' own names."""

_LONGEST_VALUE = 200
_SHORTEST_SENT = 3
_LONGEST_PLAIN_INTEGER = 8
_SHORTEST_TOKEN = 30
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,63}")

_LOCAL = r"[\w.!#$%&'*+/=?^`{|}~\-]"
_EMAIL = re.compile(
    rf"""(?:(?<!{_LOCAL}){_LOCAL}++|"[^"\s][^"]{{0,62}}")@(?:[\w.\-]++|\[[^\]]{{1,60}}\])"""
    r"|(?<![\w.+\-])[\w.+\-]++%40[\w.\-]++"
)
_POSTCODE = re.compile(
    r"(?<![A-Za-z0-9])"
    r"(?:[A-Z]{1,2}[0-9][A-Z0-9]?(?:[ +_\-]|%20)?[0-9][A-Z]{2}"
    r"|GIR(?:[ +_\-]|%20)?0AA|[A-Z]{4}(?:[ +_\-]|%20)?1ZZ|BFPO(?:[ +_\-]|%20)?[0-9]{1,4})"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_KEY = re.compile(
    r"api_(?:test|live)_\w*|(?<=\bbearer )[\w.~+/=\-]{16,}"
    r"|(?<![\w\-])eyJ[\w\-]++(?:\.[\w\-]*+){1,4}",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[A-Za-z0-9+/=_\-]{30,}")
_TOKEN_BREAK = re.compile(r"[+/=]")
_NAME_IN_SMALL_LETTERS = re.compile(r"[a-z]+(?:_[a-z]+)+")

# One separator, not a full stop and a space: that is where a sentence ends.
_GAP = r"(?:\)? ?\(|\)[ \-]?| [\-\u2010-\u2015] |[ ./\-\u2010-\u2015])?"
_NUMBER = re.compile(
    # A date comes first, so that its digits are not taken for a telephone number.
    r"(?P<date>(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?(?!-?\d))"
    rf"|(?P<card>\d(?:{_GAP}\d){{12,}})"
    rf"|(?P<phone>(?<![^\W_])[+(]{{0,2}}\d(?:{_GAP}\d){{6,}})"
    r"|(?P<run>\d{9,})"
)

_Span = tuple[int, int]


def redact_fields(fields: Mapping[str, object]) -> dict[str, object]:
    """Replace every value that is not known to be safe to print.

    A value stays when its name is in `SAFE_FIELDS` and it is a number, a boolean, None, or text
    of up to 200 characters without control characters, e-mail addresses, postcodes and keys. An
    enum member becomes its value. Subclasses of str and int are replaced (a postcode is one).
    A container is replaced whole. A name that is not a plain name is replaced too.

    Args:
        fields: names and values, such as a log event's.

    Returns:
        A new dict with the names in their order.
    """
    return {
        name if _PLAIN_NAME.fullmatch(name) else REDACTED: (
            _safe_value(value) if name in SAFE_FIELDS else REDACTED
        )
        for name, value in fields.items()
    }


def _safe_value(value: object) -> object:
    plain: object = value.value if isinstance(value, Enum) else value
    if plain is None or type(plain) in {bool, int, float}:
        return plain
    if type(plain) is not str or len(plain) > _LONGEST_VALUE or not plain.isprintable():
        return REDACTED
    if _EMAIL.search(plain) or _POSTCODE.search(plain) or _KEY.search(plain):
        return REDACTED
    return plain


def leaves(value: object) -> Iterator[str]:
    """Yield the leaf values of a JSON-like value as text, for `without`.

    Args:
        value: mappings, lists, tuples and sets of strings and numbers, to any depth.

    Yields:
        Each string, and each number as its digits, in the order they stand. Names of members
        are not yielded, nor are True, False and None. Any other leaf is yielded as its `str()`.
    """
    waiting: list[object] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Enum):
            waiting.append(item.value)
        elif isinstance(item, str):
            yield str(item)
        elif isinstance(item, Mapping):
            waiting.extend(reversed([*cast("Mapping[object, object]", item).values()]))
        elif isinstance(item, list | tuple | AbstractSet):
            waiting.extend(reversed([*cast("Iterable[object]", item)]))
        elif item is not None and not isinstance(item, bool):
            # An int of ours may print itself in another way: its digits are what was sent.
            yield int.__repr__(item) if isinstance(item, int) else str(item)


def without(text: str, values: Iterable[str]) -> str:
    r"""Take out of a platform's text what was sent to it, and what looks personal or secret.

    Every value of 3 or more characters (white space around it not counted) is taken out where it
    stands as a whole word, whatever its case. A value of several lines is also looked for line by
    line. Then come the shapes that this module's description lists. White space, control
    characters and the escapes `\n`, `\r` and `\t` become one space, so the result is one line.

    Args:
        text: what the platform wrote.
        values: what the caller had sent, such as `leaves(body)`.

    Returns:
        The text on one line, with `[removed]` for each piece taken out.
    """
    line = _one_line(text)
    spans = [*_sent(line, values), *_shapes(line)]
    return _cut(line, spans)


def _one_line(text: str) -> str:
    composed = unicodedata.normalize("NFC", re.sub(r"\\[nrt]", " ", text))
    # Zero-width characters go: one in the middle of a value would hide it.
    kept = (
        " " if category == "Cc" else character
        for character in composed
        if (category := unicodedata.category(character)) != "Cf"
    )
    return " ".join("".join(kept).split())


def _folded(text: str) -> str:
    """Fold case without changing the length, so that positions stay the same."""
    return "".join(
        next((c for c in (character.casefold(), character.lower()) if len(c) == 1), character)
        for character in text
    )


def _sent(line: str, values: Iterable[str]) -> Iterator[_Span]:
    """Find every value that was sent. No pattern is compiled: compiled patterns are cached."""
    folded = _folded(line)
    for needle in {
        _folded(_one_line(piece)) for value in values for piece in (value, *value.splitlines())
    }:
        if len(needle) < _SHORTEST_SENT:
            continue
        start = folded.find(needle)
        while start >= 0:
            end = start + len(needle)
            if _whole_word(folded, start, end):
                yield start, end
            start = folded.find(needle, start + 1)


def _whole_word(text: str, start: int, end: int) -> bool:
    glued_before = start > 0 and _is_word(text[start - 1]) and _is_word(text[start])
    glued_after = end < len(text) and _is_word(text[end]) and _is_word(text[end - 1])
    return not glued_before and not glued_after


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _shapes(line: str) -> Iterator[_Span]:
    for found in _EMAIL.finditer(line):
        # An apostrophe may stand in an address; one in front of it is a quotation mark.
        yield found.end() - len(found.group().lstrip("'")), found.end()
    for pattern in (_POSTCODE, _KEY):
        yield from (match.span() for match in pattern.finditer(line))
    yield from (match.span() for match in _NUMBER.finditer(line) if _is_personal_number(match))
    yield from (match.span() for match in _TOKEN.finditer(line) if _is_token(match.group()))


def _is_personal_number(match: re.Match[str]) -> bool:
    if match.lastgroup != "phone":
        return match.lastgroup != "date"
    found = match.group()
    plain_integer = found.isdigit() and not found.startswith("0")
    return not plain_integer or len(found) > _LONGEST_PLAIN_INTEGER


def _is_token(run: str) -> bool:
    mixed = any(map(str.isupper, run)) and any(map(str.islower, run)) and any(map(str.isdigit, run))
    return mixed or any(
        len(piece) >= _SHORTEST_TOKEN and not _NAME_IN_SMALL_LETTERS.fullmatch(piece)
        for piece in _TOKEN_BREAK.split(run)
    )


def _cut(line: str, spans: list[_Span]) -> str:
    pieces: list[str] = []
    end_of_last = 0
    for start, end in sorted(spans):
        if start >= end_of_last:
            pieces += (line[end_of_last:start], REMOVED)
        end_of_last = max(end_of_last, end)
    return "".join((*pieces, line[end_of_last:]))
