# SPDX-License-Identifier: MIT
"""Read the query of a search, and refuse what OS Places refuses.

"Recorded" texts are OS Places' own; the others are ours, since no answer of theirs is known.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from lg_sandbox.answers import NotBuiltError
from lg_sandbox.places.errors import Refusal

__all__ = ["MAX_RESULTS", "Operation", "Search", "Srs", "read_search"]

MAX_RESULTS = 100
"""The most results of one answer (technical specification, 'maxresults')."""

# At least an area and a district, at most a full postcode. The inward letters never hold
# C I K M O V: HP11 1BC is refused (recorded).
_POSTCODE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?(?:[0-9](?:[ABD-HJLNP-UW-Z]{1,2})?)?")
_UPRN = re.compile(r"[0-9]{1,12}")
_DIGITS = re.compile(r"[0-9]{1,9}")
_MAX_OFFSET = 999_999_999
_FILTERS = frozenset(
    {"CLASSIFICATION_CODE", "LOGICAL_STATUS_CODE", "LPI_LOGICAL_STATUS_CODE", "COUNTRY_CODE"}
)
_COMMON = ("format", "dataset", "maxresults", "offset", "lr", "fq", "output_srs")


@dataclass(frozen=True, slots=True)
class _Known:
    """The values that a parameter may have, and those that it has when left out."""

    allowed: tuple[str, ...]
    usual: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Range:
    least: int
    most: int
    usual: int


_FORMAT = _Known(("JSON", "XML"), ("JSON",))
_DATASET = _Known(("DPA", "LPI"), ("DPA",))
_LANGUAGES = _Known(("EN", "CY"), ("EN", "CY"))


class Operation(StrEnum):
    """The operations that this stand-in has, as faults and records name them."""

    POSTCODE = "postcode"
    UPRN = "uprn"


class Srs(StrEnum):
    """The coordinate systems of `output_srs` that this stand-in has."""

    BNG = "BNG"
    NATIONAL_GRID = "EPSG:27700"
    WGS84 = "WGS84"
    LAT_LNG = "EPSG:4326"

    @property
    def globe(self) -> bool:
        """Whether records carry longitude and latitude as well."""
        return self in {Srs.WGS84, Srs.LAT_LNG}


_NOT_BUILT_SRS = frozenset({"EPSG:3857", "EPSG:4258"})


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for.

    Args:
        wanted: the postcode without spaces, or the beginning of one; or the UPRN.
        datasets: DPA, LPI or both, in the order asked for.
        most: how many results at most.
        offset: how many results are left out before.
        languages: EN, CY or both, in the order asked for.
        srs: the coordinate system of the answer.
        filters: fields with the patterns of which one must fit.
    """

    wanted: str = field(repr=False)
    datasets: tuple[str, ...] = ("DPA",)
    most: int = MAX_RESULTS
    offset: int = 0
    languages: tuple[str, ...] = ("EN", "CY")
    srs: Srs = Srs.NATIONAL_GRID
    filters: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)

    def keeps(self, fields: dict[str, Any]) -> bool:
        """Say whether a record is in the languages asked for, and fits every filter.

        Args:
            fields: the fields of the record.
        """
        return fields["LANGUAGE"] in self.languages and all(
            any(fnmatchcase(fields.get(name, ""), pattern) for pattern in patterns)
            for name, patterns in self.filters
        )


def read_search(operation: Operation, query: tuple[tuple[str, str], ...]) -> Search:
    """Read a query.

    Args:
        operation: what is asked for; its own parameter has the same name.
        query: the parts of the query in order, with or without the key.

    Returns:
        The search.

    Raises:
        Refusal: when OS Places refuses it.
        NotBuiltError: when it asks for what this stand-in does not have.
    """
    own = operation.value
    allowed = (own, *_COMMON)
    given: dict[str, str] = {}
    for name, value in query:
        if name == "key":
            continue
        if name not in allowed:
            # Recorded.
            raise Refusal(
                f"Parameter {name} is not a valid parameter for resource {own}. "
                f"Valid parameters for requested resource are {', '.join(allowed)}."
            )
        if not value.strip():
            raise Refusal(f"Parameter {name} cannot be empty.")  # recorded
        given.setdefault(name, value.strip())
    if own not in given:
        raise Refusal(f"No {own} parameter provided.")  # recorded
    if "XML" in _choice(given, "format", _FORMAT):
        raise NotBuiltError("answers in XML")
    return Search(
        wanted=_postcode(given[own]) if operation is Operation.POSTCODE else _uprn(given[own]),
        datasets=_choice(given, "dataset", _DATASET),
        most=_number(given, "maxresults", _Range(1, MAX_RESULTS, MAX_RESULTS)),
        offset=_number(given, "offset", _Range(0, _MAX_OFFSET, 0)),
        languages=_choice(given, "lr", _LANGUAGES),
        srs=_srs(given.get("output_srs")),
        filters=tuple(_filter(value) for name, value in query if name == "fq"),
    )


def _postcode(text: str) -> str:
    compact = "".join(text.upper().split())
    if not _POSTCODE.fullmatch(compact):
        # Recorded; it repeats what was sent.
        raise Refusal(
            "Requested postcode must contain a minimum of the sector plus 1 digit of the district "
            f"e.g. SO1. Requested postcode was {text}"
        )
    return compact


def _uprn(text: str) -> str:
    if not _UPRN.fullmatch(text):
        raise Refusal("Parameter uprn must be a whole number of up to 12 digits.")
    return text.lstrip("0")


def _choice(given: dict[str, str], name: str, known: _Known) -> tuple[str, ...]:
    if name not in given:
        return known.usual
    chosen = tuple(dict.fromkeys(part.strip().upper() for part in given[name].split(",")))
    if not set(chosen) <= set(known.allowed):
        raise Refusal(f"Parameter {name} must be one or more of {', '.join(known.allowed)}.")
    return chosen


def _number(given: dict[str, str], name: str, known: _Range) -> int:
    if name not in given:
        return known.usual
    text = given[name]
    if _DIGITS.fullmatch(text) and known.least <= int(text) <= known.most:
        return int(text)
    raise Refusal(f"Parameter {name} must be a whole number from {known.least} to {known.most}.")


def _srs(text: str | None) -> Srs:
    if text is None:
        return Srs.NATIONAL_GRID
    if text.upper() in _NOT_BUILT_SRS:
        raise NotBuiltError(f"output_srs={text.upper()}")
    for srs in Srs:
        if srs.value == text.upper():
            return srs
    known = ", ".join(sorted({*map(str, Srs), *_NOT_BUILT_SRS}))
    raise Refusal(f"Parameter output_srs must be one of {known}.")


def _filter(text: str) -> tuple[str, tuple[str, ...]]:
    name, colon, values = text.strip().partition(":")
    if not colon or name not in _FILTERS or not values.split():
        known = ", ".join(sorted(_FILTERS))
        raise Refusal(f"Parameter fq must be one of {known}, a colon and values.")
    return name, tuple(values.upper().split())
