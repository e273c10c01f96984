# SPDX-License-Identifier: MIT
"""Telephone numbers: what Notify takes, how it keeps them, and what a council should know."""

import json
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_notify.recipients import (
    CautionCode,
    Multipliers,
    PhoneCheck,
    ProblemCode,
    check_phone,
)
from lg_notify.recipients import _phone as phone

NUMBERISH = st.text(alphabet="0123456789+-() \u200b\u00a0\t0407", max_size=24)
CODES = ("7", "1", "33", "353", "34", "49", "91", "234", "1664", "881", "999", "44")
ABROAD = st.builds(
    "+{}{}".format, st.sampled_from(CODES), st.text(alphabet="0123456789", min_size=4, max_size=11)
)
SEPARATORS = st.sampled_from(["", "", "", "", " ", "-", "  ", " - ", "--"])
PREFIXES = ["", "0", "44", "+44", "0044", "+44(0)", "+440", "440", "00440", "+", "00"]


def slowly(text: str, *, international: bool = False, landline: bool = False) -> PhoneCheck:
    """Check a number with the library, whatever it looks like."""
    return phone._thorough(
        text, international=international, landline=landline, table=Multipliers()
    )


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    """Spell something that looks like a UK mobile number."""
    digits = draw(st.sampled_from(["7", "7", "77009", "74", "76", "70", "79"]))
    digits += "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=9, max_size=9)))
    spelt = draw(st.sampled_from(PREFIXES)) + digits[: draw(st.sampled_from([10, 10, 10, 9, 11]))]
    gaps = draw(st.lists(SEPARATORS, min_size=len(spelt) + 1, max_size=len(spelt) + 1))
    return gaps[0] + "".join(each + gap for each, gap in zip(spelt, gaps[1:], strict=True))


@given(mobiles(), st.booleans(), st.booleans())
def test_the_fast_way_says_what_the_library_says(
    text: str,
    international: bool,  # noqa: FBT001 -- given by hypothesis
    landline: bool,  # noqa: FBT001 -- as above
) -> None:
    """A spelling that is recognised without the library gives what the library gives."""
    assert slowly(text, international=international, landline=landline) == check_phone(
        text, international=international, landline=landline
    )


def test_every_block_of_mobile_numbers_says_what_the_library_says() -> None:
    """Of each block of 100,000 numbers that the fast way takes, the library takes one too."""
    taken = 0
    for block in range(10_000):
        number = f"07{block:04}5{block:04}"
        if phone._usual(number):
            taken += 1
            assert slowly(number) == check_phone(number)

    assert taken > 7_500


@given(st.one_of(st.text(max_size=30), NUMBERISH, ABROAD, mobiles()), st.booleans(), st.booleans())
@example("9" * 300, True, True)
@example("\u0967" * 11, True, False)
@example("++--(((", False, False)
def test_no_text_makes_it_raise(
    text: str,
    international: bool,  # noqa: FBT001 -- given by hypothesis
    landline: bool,  # noqa: FBT001 -- as above
) -> None:
    """It is either right and has its normal form, or wrong and says why."""
    checked = check_phone(text, international=international, landline=landline)

    assert checked.ok == (not checked.problems) == (checked.normalised is not None)
    assert (checked.country_prefix is None) <= (not checked.ok)
    if checked.normalised is not None:
        assert checked.normalised.isascii()
        assert checked.normalised.isdigit()


@given(st.one_of(NUMBERISH, ABROAD, mobiles()))
@example("+390612345678")
@example("+7700 1234567")
@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most texts are no number
def test_the_normal_form_is_read_as_itself(text: str) -> None:
    """With its + in front, what Notify keeps gives itself again."""
    first = check_phone(text, international=True, landline=True)
    assume(first.ok)
    again = check_phone(f"+{first.normalised}", international=True, landline=True)

    assert first.normalised == again.normalised
    assert (first.international, first.crown_dependency, first.country_prefix) == (
        again.international,
        again.crown_dependency,
        again.country_prefix,
    )


def test_a_permission_is_asked_for_after_the_number_is_read() -> None:
    """A number that the service may not send to still says where it is."""
    checked = check_phone("+33 6 12 34 56 78")

    assert [ProblemCode.NOT_A_UK_MOBILE] == [each.code for each in checked.problems]
    assert checked.problems[0].notify_text == "Not a UK mobile number"
    assert (None, True, "33", 2) == (
        checked.normalised,
        checked.international,
        checked.country_prefix,
        checked.rate_multiplier,
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("07900 900 123", []),
        ("07700 900 123", [CautionCode.DRAMA]),
        ("0+44 7700 900 123", [CautionCode.DRAMA]),
        ("+44 7797 123456", [CautionCode.CROWN_DEPENDENCY]),
        ("+44 1534 440000", [CautionCode.CROWN_DEPENDENCY]),
        # One digit too many: Notify takes it for a number of Russia, and charges ten times.
        ("079009001234", [CautionCode.EXTRA_DIGIT, CautionCode.COSTS_MORE]),
        ("79009001234", [CautionCode.EXTRA_DIGIT, CautionCode.COSTS_MORE]),
        ("+079009001234", [CautionCode.EXTRA_DIGIT, CautionCode.COSTS_MORE]),
        ("+7 900 900 1234", [CautionCode.COSTS_MORE]),
        ("0033 6 12 34 56 78", [CautionCode.COSTS_MORE]),
        ("33612345678", [CautionCode.NO_PLUS, CautionCode.COSTS_MORE]),
        ("+34 612 34 56 78", [CautionCode.COST_UNKNOWN]),
        ("+1 202 555 0100", []),
        ("+1 876 555 0123", [CautionCode.COST_UNKNOWN]),
    ],
)
def test_what_notify_takes_and_a_council_may_not_want(text: str, codes: list[CautionCode]) -> None:
    """Each trap is named, and nothing else is."""
    checked = check_phone(text, international=True, landline=True)

    assert checked.ok
    assert codes == [each.code for each in checked.warnings]


def test_a_price_that_is_known_is_said() -> None:
    """The warning says how many times as much it costs."""
    (more,) = check_phone("+79009001234", international=True).warnings

    assert more.text == "A text to this country costs 10 times as much as one in the UK."


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("0790 090 012", ProblemCode.INVALID_NUMBER, "Number is not valid"),
        ("0790 090", ProblemCode.TOO_SHORT, "Not enough digits"),
        ("0790090012345678901", ProblemCode.INVALID_NUMBER, "Number is not valid"),
        ("0790090012345", ProblemCode.TOO_LONG, "Too many digits"),
        ("07900 900 one", ProblemCode.UNKNOWN_CHARACTER, "Must not contain letters"),
        ("07900/900123", ProblemCode.UNKNOWN_CHARACTER, "Must not contain letters"),
        ("+", ProblemCode.TOO_SHORT, "Not enough digits"),
        ("+881612345678", ProblemCode.UNSUPPORTED_COUNTRY_CODE, "Not a valid country prefix"),
    ],
)
def test_why_notify_refuses(text: str, code: ProblemCode, sentence: str) -> None:
    """Each refusal has Notify's code and sentence."""
    (problem,) = check_phone(text, international=True).problems

    assert code == problem.code
    assert problem.notify_text.startswith(sentence)


def test_a_number_that_a_spreadsheet_made_is_refused_by_its_type() -> None:
    """A number has lost its leading nought."""
    with pytest.raises(InvalidValueError, match="must be text, not a int") as caught:
        check_phone(7900900123)  # pyright: ignore[reportArgumentType] -- the point of the test

    assert caught.value.code == "wrong_type"


def test_a_council_lays_its_own_table_over_what_is_known(tmp_path: Path) -> None:
    """A file adds prefixes, also of places that share +1, and replaces those that are known."""
    path = tmp_path / "multipliers.csv"
    path.write_text("prefix,multiplier\n+34,2\n1876,4\n44,1\n7,9\n", "utf-8")
    table = Multipliers.read(path)

    assert (2, 9, 4, 2) == tuple(map(table.of, ("34", "7", "1876", "33")))
    spain = check_phone("+34612345678", international=True, multipliers=table)
    assert (2, [CautionCode.COSTS_MORE]) == (
        spain.rate_multiplier,
        [each.code for each in spain.warnings],
    )
    jamaica = check_phone("+18765550123", international=True, multipliers=table)
    assert ("1876", 4) == (jamaica.country_prefix, jamaica.rate_multiplier)
    # Once a table names places of +1, those that it does not name have the prefix 1, as Notify has.
    bahamas = check_phone("+12423591234", international=True, multipliers=table)
    assert ("1", 1) == (bahamas.country_prefix, bahamas.rate_multiplier)
    unknown = check_phone("+12423591234", international=True)
    assert ("1242", None) == (unknown.country_prefix, unknown.rate_multiplier)


def test_a_table_goes_to_another_process() -> None:
    """It pickles, so that a pool of workers can check a file."""
    table = Multipliers({"34": 2})

    assert table == pickle.loads(pickle.dumps(table))


def test_every_wrong_line_of_a_table_is_named(tmp_path: Path) -> None:
    """All faults come at once, by line, without what the line says."""
    path = tmp_path / "multipliers.csv"
    path.write_text("prefix,multiplier\n34,two\nES,2\n049,2\n49,0\n\n34,2,2\n48,2\n48,3\n", "utf-8")

    with pytest.raises(ConfigError) as caught:
        Multipliers.read(path)

    lines = caught.value.message.splitlines()[1:]
    assert [2, 3, 4, 5, 7, 9] == [int(line.split(":")[0].removeprefix("Line ")) for line in lines]
    assert "two" not in caught.value.message
    assert "ES" not in caught.value.message


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"code,times\n34,2\n", "columns must be prefix, multiplier"),
        (b"", "no header"),
        (b"prefix,multiplier\n\xff,2\n", "not utf-8 in or after line"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, data: bytes, sentence: str) -> None:
    """The error says what the file needs."""
    path = tmp_path / "multipliers.csv"
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=sentence):
        Multipliers.read(path)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The error does not repeat the path."""
    with pytest.raises(ConfigError, match="could not be read") as caught:
        Multipliers.read(tmp_path / "zebu.csv")

    assert "zebu" not in caught.value.message


@pytest.mark.parametrize("table", [{"034": 2}, {"": 2}, {"34": 0}, {"34": True}, {"34567": 2}])
def test_a_multiplier_that_cannot_be_is_refused(table: dict[str, int]) -> None:
    """A prefix is digits, and a multiplier a whole number from 1."""
    with pytest.raises(InvalidValueError):
        Multipliers(table)


def test_checking_uk_mobile_numbers_never_loads_the_library() -> None:
    """Importing the checks, and the usual number, cost next to nothing."""
    program = (
        "import json, sys\n"
        "from lg_notify.recipients import check_email, check_phone, check_postal\n"
        "assert check_phone('07900 900123').ok\n"
        "assert check_email('a@example.gov.uk').ok\n"
        "assert check_postal(['Ann', '1 High St', 'SW1A 1AA']).ok\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    done = subprocess.run(  # noqa: S603 -- this interpreter, and the program above
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )
    loaded: list[str] = json.loads(done.stdout)

    assert not {"phonenumbers", "pydantic", "asyncio", "encodings.idna"} & set(loaded)


def test_nothing_of_the_number_stands_in_a_repr() -> None:
    """A check can be logged."""
    assert "900123" not in repr(check_phone("07900900123"))
