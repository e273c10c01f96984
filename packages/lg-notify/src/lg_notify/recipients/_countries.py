# SPDX-License-Identifier: MIT
"""Know a country by its name in the last line of an address, in English or in Welsh.

Spelling is taken as Notify takes it: capitals, spaces, hyphens, apostrophes, full stops, commas,
brackets and accents do not count, `&` is `and`, and `the` may be missing. The names are in
`countries.csv`: what Notify prints, the postage zone, the Welsh name, and other names.
"""

import csv
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final

__all__ = ["UK", "Country", "PostageZone", "countries", "country_named"]

UK: Final = "United Kingdom"
_FILE: Final = "countries.csv"
_AND: Final = str.maketrans({"&": "and", "+": "and"})
_DROPPED: Final = str.maketrans("", "", " _-'\u2019,.()")
_ARTICLES: Final = ("", "the", "yr", "y")


class PostageZone(StrEnum):
    """Where a letter goes, as Notify charges for it."""

    UNITED_KINGDOM = "united-kingdom"
    EUROPE = "europe"
    REST_OF_WORLD = "rest-of-world"


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory.

    Attributes:
        name: the name that Notify prints.
        zone: the postage.
        welsh: whether it was found by a name that is Welsh alone.
    """

    name: str
    zone: PostageZone
    welsh: bool = False


def country_named(text: str) -> Country | None:
    """Find the country of a name.

    Args:
        text: a line of an address.

    Returns:
        The country; None where the line is none's name.
    """
    # A line with a digit is never one (Notify stops there too), and it is nearly every line.
    return None if any(map(str.isdigit, text)) else _found(text)


@lru_cache(maxsize=2048)
def _found(text: str) -> Country | None:
    known, key = countries(), _key(text)
    return next((known[each + key] for each in _ARTICLES if each + key in known), None)


@cache
def countries() -> dict[str, Country]:
    """Return the countries, by each of their names as it is compared."""
    from importlib.resources import files  # noqa: PLC0415  # takes longer than the rest of this

    text = files("lg_notify.recipients").joinpath(_FILE).read_text("utf-8")
    known: dict[str, Country] = {}
    welsh: dict[str, Country] = {}
    for row in csv.DictReader(text.splitlines()):
        country = Country(row["name"], PostageZone(row["zone"]))
        for name in (row["name"], *_split(row["also"])):
            known[_key(name)] = country
        for name in _split(row["welsh"]):
            welsh[_key(name)] = Country(country.name, country.zone, welsh=True)
    # An English name wins: many are the same in both languages.
    return welsh | known


def _split(cell: str) -> list[str]:
    return [name for name in cell.split("|") if name]


def _key(text: str) -> str:
    plain = text.translate(_AND).translate(_DROPPED).lower()
    if plain.isascii():
        return plain
    bare = "".join(
        each for each in unicodedata.normalize("NFD", plain) if not unicodedata.combining(each)
    )
    return bare if bare.isascii() else plain
