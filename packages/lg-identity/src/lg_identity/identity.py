# SPDX-License-Identifier: MIT
"""Who a person was proved to be: names and dates of birth, as One Login states them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

__all__ = ["CoreIdentity", "Name", "NamePart", "NamePartType"]


class NamePartType(StrEnum):
    """What a part of a name is."""

    GIVEN = "GivenName"
    FAMILY = "FamilyName"


@dataclass(frozen=True, slots=True)
class NamePart:
    """One part of a name. Its `repr` shows nothing of it.

    Attributes:
        type: given or family name; another word of One Login's as it came.
        value: the part, of any length and with any characters.
    """

    type: NamePartType | str
    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and when it was borne. Its `repr` shows nothing of it.

    A person may have one name part only, and a family name may come first: do not ask for a first
    and a last name.

    Attributes:
        parts: the parts in the order in which the person bears them.
        valid_from: since when, where it is known.
        valid_until: until when; None for a current name.
    """

    parts: tuple[NamePart, ...]
    valid_from: date | None = field(default=None, repr=False)
    valid_until: date | None = field(default=None, repr=False)

    @property
    def full(self) -> str:
        """The whole name, parts in their order."""
        return " ".join(part.value for part in self.parts)

    @property
    def given(self) -> tuple[str, ...]:
        """The given names, in order."""
        return self._of(NamePartType.GIVEN)

    @property
    def family(self) -> tuple[str, ...]:
        """The family names, in order."""
        return self._of(NamePartType.FAMILY)

    def _of(self, kind: NamePartType) -> tuple[str, ...]:
        return tuple(part.value for part in self.parts if part.type == kind)


@dataclass(frozen=True, slots=True)
class CoreIdentity:
    """Who a person was proved to be. Keep what you need of it, and never the token.

    It says nothing of what the person is entitled to, nor of whom they may act for.

    Attributes:
        names: present and past names.
        birth_dates: dates of birth, the most trusted first.
    """

    names: tuple[Name, ...]
    birth_dates: tuple[date, ...] = field(repr=False)

    @property
    def current_name(self) -> Name | None:
        """The name without an end, or None where One Login states none."""
        return next((name for name in self.names if name.valid_until is None), None)

    @property
    def birth_date(self) -> date | None:
        """The most trusted date of birth, or None where One Login states none."""
        return next(iter(self.birth_dates), None)
