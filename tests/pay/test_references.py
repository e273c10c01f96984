# SPDX-License-Identifier: MIT
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.references import ReferenceFault, looks_like_card_number
from lg_pay import _commands_references as commands
from lg_pay.references import example_references

EXAMPLES = example_references()
NAMES = (
    "council-tax",
    "business-rates",
    "parking-fine",
    "fixed-penalty",
    "housing-rent",
    "library-card",
)


def test_the_shipped_profiles() -> None:
    """Six kinds are shipped, and each says whose example it is."""
    assert list(NAMES) == list(EXAMPLES)
    assert all(profile.example_of and profile.title for profile in EXAMPLES.values())


@pytest.mark.parametrize(
    ("name", "body", "digit"),
    [
        # 2x3 + 4x7 + 6x1 + 8x3 + 1x7 + 3x1 + 5x3 + 7x7 = 138, and 10 - 8 = 2.
        ("council-tax", "24681357", "2"),
        ("business-rates", "24681357", "2"),
        # 05 2468135: 40+14+24+30+32+3+6+5 = 154 = 14 x 11.
        ("parking-fine", "BJ2468135", "0"),
        # 12 2468135: 9+16+14+24+30+32+3+6+5 = 139 = 12 x 11 + 7.
        ("fixed-penalty", "FP2468135", "7"),
        # 1x9 + 2x7 + 3x1 + 4x4 + 5x6 + 6x3 + 7x2 + 8x8 = 168, and 10 - 8 = 2.
        ("housing-rent", "0012345678", "2"),
        # Every other digit doubled, from the first: 4+9+1+6+5+8+9+0+2+2+6+4+1 = 57.
        ("library-card", "2956789012345", "3"),
    ],
)
def test_a_check_digit_worked_by_hand(name: str, body: str, digit: str) -> None:
    """The shipped schemes give the check digits that were worked out on paper."""
    assert f"{body}{digit}" == EXAMPLES.profile(name).make(body)


@pytest.mark.parametrize(
    ("name", "wrong_digit", "swapped"),
    [
        ("council-tax", True, False),
        ("business-rates", True, False),
        ("parking-fine", True, True),
        ("fixed-penalty", True, True),
        ("housing-rent", False, False),
        ("library-card", True, False),
    ],
)
def test_what_the_shipped_schemes_promise(*, name: str, wrong_digit: bool, swapped: bool) -> None:
    """Both schemes of modulus 11 find swapped neighbours; the rent scheme misses some slips."""
    promises = EXAMPLES.profile(name).promises

    assert (wrong_digit, swapped) == (promises.wrong_digit, promises.swapped_digits)


@given(name=st.sampled_from(NAMES), number=st.integers(0, 10**13 - 1), at=st.integers(0, 12))
def test_a_slip_in_a_shipped_reference_is_found(name: str, number: int, at: int) -> None:
    """What is made is right, and one digit that goes up by one is found where it is promised."""
    profile = EXAMPLES.profile(name)
    mask = profile.masks[0]
    digits = iter(f"{number:013}")
    body = "".join(next(digits) if sign == "#" else sign for sign in mask if sign != "@")
    assume(not any(looks_like_card_number(f"{body}{last}") for last in range(10)))

    reference = profile.make(body)

    place = [index for index, sign in enumerate(mask) if sign == "#"][at % mask.count("#")]
    slip = f"{reference[:place]}{(int(reference[place]) + 1) % 10}{reference[place + 1 :]}"
    assert profile.matches(reference)
    assert not (profile.promises.wrong_digit and profile.matches(slip))


# ------------------------------------------------------------------ the commands


def test_the_list_says_that_they_are_examples() -> None:
    """A person sees each profile with its mask, and that it is one council's."""
    shown = commands.kinds_in_words(commands.list_kinds(commands.references_of(None)))

    assert all(name in shown for name in NAMES)
    assert "BJ#######@" in shown
    assert "examples of one council" in shown


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    """A council's own file takes the place of the examples."""
    path = tmp_path / "own.toml"
    path.write_text('[references.invoice]\nmasks = ["########"]\n', "utf-8")

    kinds = commands.list_kinds(commands.references_of(path))

    assert ["invoice"] == [kind.name for kind in kinds]
    assert [False] == [kind.has_check_digit for kind in kinds]
    assert "examples" not in commands.kinds_in_words(kinds)


def test_a_reference_that_is_right() -> None:
    """The verdict repeats the reference in the form to keep."""
    answer = commands.check_reference("bj 2468 1350", profile="parking-fine", references=EXAMPLES)

    assert answer.ok
    assert "BJ24681350 is right." == commands.answer_in_words(answer)
    assert "2468" not in repr(answer)


def test_a_reference_that_is_wrong() -> None:
    """The verdict says what is wrong, in words and as a code."""
    answer = commands.check_reference("246813573", profile="council-tax", references=EXAMPLES)

    assert not answer.ok
    assert (str(ReferenceFault.CHECK_DIGIT),) == answer.codes
    assert commands.answer_in_words(answer).startswith("The reference is not right.\nThe check")


def test_a_card_number_is_not_repeated() -> None:
    """A card number that somebody typed is refused, and stands in no answer."""
    answer = commands.check_reference(
        "4444 3333 2222 1111", profile="council-tax", references=EXAMPLES
    )

    assert (str(ReferenceFault.CARD_NUMBER),) == answer.codes
    assert "4444" not in commands.answer_in_words(answer)
    assert not answer.reference


def test_a_reference_is_made_and_explained() -> None:
    """What is made is explained step by step, down to its check digit."""
    made = commands.make_reference("24681357", profile="council-tax", references=EXAMPLES)
    explained = commands.explain_reference(
        made.reference, profile="council-tax", references=EXAMPLES
    )

    lines = commands.answer_in_words(explained).splitlines()
    assert made.ok
    assert explained.ok
    assert ["The check digit is 2", "246813572 is right."] == lines[-2:]


def test_what_a_command_refuses() -> None:
    """A profile that is not there and a body that does not fit stop the command."""
    with pytest.raises(ConfigError, match="council-tax"):
        commands.check_reference("1", profile="zq", references=EXAMPLES)
    with pytest.raises(InvalidValueError):
        commands.make_reference("1", profile="council-tax", references=EXAMPLES)
