# SPDX-License-Identifier: MIT
from dataclasses import dataclass
from typing import ClassVar

import pytest

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Language
from lg_notify.templates import About, Pair, with_postcode, yes_or_no


@dataclass(frozen=True)
class English:
    """A class as it is made."""

    about: ClassVar[About] = About(
        id="a", name="Bin day", type="sms", version=1, placeholders=["name", "bin day"]
    )


@dataclass(frozen=True)
class Welsh:
    """Its Welsh."""

    about: ClassVar[About] = About(
        id="b", name="Diwrnod bin", type="sms", version=1, placeholders=["Bin_Day", "name"]
    )


@dataclass(frozen=True)
class Other:
    """One that asks for less."""

    about: ClassVar[About] = About(id="c", name="x", type="sms", version=1, placeholders=["name"])


@dataclass(frozen=True)
class Post:
    """One of another type."""

    about: ClassVar[About] = About(
        id="d", name="x", type="letter", version=1, placeholders=["name", "bin day"]
    )


def test_the_resident_chooses() -> None:
    """Welsh where they chose it, and English for any other word."""
    pair = Pair(en=English, cy=Welsh)

    assert Welsh is pair.choose(Language.WELSH) is pair.choose("cy")
    assert English is pair.choose(Language.ENGLISH) is pair.choose("fr")


@pytest.mark.parametrize(("other", "said"), [(Other, "same placeholders"), (Post, "of one type")])
def test_a_pair_that_does_not_fit_is_refused(other: type[Other] | type[Post], said: str) -> None:
    """Both ask for the same placeholders, and are sent in the same way."""
    with pytest.raises(ConfigError, match=said):
        Pair(en=English, cy=other)


def test_flags_are_said_as_notify_reads_them() -> None:
    """Yes and no, and nothing that counts as false without a word."""
    assert ("yes", "no") == (yes_or_no(True), yes_or_no(False))
    for flag in ("on", "yes", 1, 0, None):
        with pytest.raises(InvalidValueError, match="True or False"):
            yes_or_no(flag)


def test_the_last_line_is_the_postcode() -> None:
    """A letter that shows the postcode gets it under its name."""
    lines = ["A Resident", " ", "1 Test Street", "SW1A 1AA"]

    assert {
        "address_line_1": "A Resident",
        "address_line_2": "1 Test Street",
        "postcode": "SW1A 1AA",
    } == with_postcode(lines)
    for wrong in (lines[2:], ["x"] * 8):
        with pytest.raises(InvalidValueError, match="3 to 7 lines"):
            with_postcode(wrong)
