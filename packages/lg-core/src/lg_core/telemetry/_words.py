# SPDX-License-Identifier: MIT
"""The closed vocabularies of counting, and the forms of the names that may reach a report."""

from enum import StrEnum
from typing import Final

__all__ = [
    "CAPABILITY",
    "COMPONENT",
    "COUNCIL",
    "OTHER",
    "SLUG",
    "VERSION",
    "Band",
    "Environment",
    "Mode",
    "Outcome",
    "band_of",
]


class Mode(StrEnum):
    """Whether use is counted."""

    OFF = "off"
    """Nothing is counted and nothing is written."""
    LOCAL = "local"
    """Counted, to look at. Nothing may be sent."""
    ON = "on"
    """Counted, to be reported."""


class Outcome(StrEnum):
    """How what is counted ended, from a closed list."""

    OK = "ok"
    REFUSED = "refused"
    """The platform, or the rule, said no."""
    NOT_SENT = "not_sent"
    """Nothing left this machine."""
    UNKNOWN = "unknown"
    """It was sent, and no verdict came back."""
    UNREADABLE = "unreadable"
    """An answer came that could not be read."""
    CANCELLED = "cancelled"
    """The caller stopped waiting."""


class Environment(StrEnum):
    """What an installation is for. Only production stands for use by residents and staff."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"
    TEST = "test"


class Band(StrEnum):
    """How often, to the nearest power of ten below: a small council's volume is not shown."""

    NONE = "0"
    UNITS = "1-9"
    TENS = "10-99"
    HUNDREDS = "100-999"
    THOUSANDS = "1000-9999"
    TEN_THOUSANDS = "10000-99999"
    HUNDRED_THOUSANDS = "100000-999999"
    MILLIONS = "1000000+"


_BANDS: Final = tuple(Band)


def band_of(count: int) -> Band:
    """Return the band that a count lies in.

    Args:
        count: how often, 0 or more.
    """
    return _BANDS[min(len(str(count)), len(_BANDS) - 1)] if count else Band.NONE


OTHER: Final = "__other__"
"""Stands for capabilities that are not of a component's list, and for what is over the cap."""

COMPONENT: Final = r"[a-z][a-z0-9]*(-[a-z0-9]+){0,4}"
CAPABILITY: Final = rf"{COMPONENT}(\.[a-z][a-z0-9_]{{0,39}}){{1,3}}"
VERSION: Final = r"[0-9]{1,6}(\.[0-9]{1,8}){0,3}((a|b|rc|\.post|\.dev)[0-9]{1,6}){0,3}"
"""A version without its local part, which could be any text (PyPA, 'Version specifiers')."""
COUNCIL: Final = r"[ENSW][0-9]{8}|x-[a-z0-9]+(-[a-z0-9]+)*"
"""A GSS code, or an identifier that the settings declare for a body without one."""
SLUG: Final = r"[a-z0-9]+(-[a-z0-9]+)*"
