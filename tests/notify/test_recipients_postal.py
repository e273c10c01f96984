# SPDX-License-Identifier: MIT
"""Postal addresses: what Notify takes, what it prints, and what it drops without a word."""

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError
from lg_notify.recipients import (
    CautionCode,
    PostageZone,
    ProblemCode,
    address_lines,
    check_postal,
)
from lg_notify.recipients._countries import UK, countries, country_named

LINES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                "Ann", "1 High Street", "Testham ,", "SW1A 1AA", "je23ab", "BFPO 12", "bfpo", "NFA",
                "Wales", "Cymru", "France", "Ffrainc", "the Gambia", "(Flat 1)", "-", "", " , ",
                "Jersey", "BF1 1AA", "No fixed abode", "a\nb", "Curacao", "BFPO c/o 7",
            ]
        ),
    ),
    max_size=9,
)  # fmt: skip
ENDS = st.sampled_from(
    [
        ["sw1a1aa"],
        ["JE2 3AB", "Jersey"],
        ["EH1 1AA", "Scotland", "UK"],
        ["Ffrainc"],
        ["y Bahamas"],
        ["BFPO 012", "bf1 1aa"],
        ["BFPO 7", "United Kingdom"],
    ]
)
ADDRESSES = st.tuples(
    st.just(["Ann", "1 High Street"]), LINES.map(lambda lines: lines[:3]), ENDS
).map(lambda parts: [line for part in parts for line in part])


@given(LINES, st.booleans())
@example(["BFPO " + "9" * 5000], False)
@example(["a", "b", "BFPO \u0663"], False)
def test_no_text_makes_it_raise(
    lines: list[str],
    international: bool,  # noqa: FBT001 -- given by hypothesis
) -> None:
    """It is either right and has its lines, or wrong and says why."""
    checked = check_postal(lines, international=international)

    assert checked.ok == (not checked.problems) == (checked.normalised is not None)
    assert checked.normalised in {None, checked.lines}
    assert all(line and line == line.strip() for line in checked.lines)


@given(ADDRESSES, st.booleans())
@example(["Ann", "1 High St", "Scotland", "SW1A 1AA", "UK", "BFPO 1"], False)
@example(["Ann", "1 High St", "France", "UK", "BFPO 1"], False)
def test_the_cleaned_lines_are_read_as_themselves(
    lines: list[str],
    international: bool,  # noqa: FBT001 -- given by hypothesis
) -> None:
    """What Notify prints gives itself again, unless a country stands further up."""
    first = check_postal(lines, international=international)
    assume(first.ok)
    assume(CautionCode.COUNTRY_ABOVE not in {each.code for each in first.warnings})
    again = check_postal(first.lines, international=international)

    assert first.normalised == again.normalised
    assert (first.postage_zone, first.postcode) == (again.postage_zone, again.postcode)


@given(LINES)
def test_a_service_that_may_send_abroad_takes_no_less(lines: list[str]) -> None:
    """The permission only adds addresses."""
    assert check_postal(lines).ok <= check_postal(lines, international=True).ok


@pytest.mark.parametrize("separator", ["\n", "\r\n"])
def test_one_text_is_read_by_its_lines(separator: str) -> None:
    """An address from a text box is the same as its lines."""
    lines = ["Ann", "1 High Street,", "", "sw1a1aa"]

    assert check_postal(lines).lines == check_postal(separator.join(lines)).lines
    assert check_postal(lines).normalised == ("Ann", "1 High Street", "SW1A 1AA")


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["Ann", "SW1A 1AA"], [ProblemCode.TOO_FEW_LINES]),
        ([*"ABCDEFG", "SW1A 1AA"], [ProblemCode.TOO_MANY_LINES]),
        (["Ann", "-", "SW1A 1AA"], [ProblemCode.NOT_ALPHANUMERIC]),
        (["Ann", "1", "BFPO 2", "France"], [ProblemCode.BFPO_COUNTRY, ProblemCode.LAST_LINE]),
        (["Ann", "1", "Testham"], [ProblemCode.LAST_LINE]),
        (["Ann", "1", "France"], [ProblemCode.LAST_LINE]),
        (["Ann", "~1", "SW1A 1AA"], [ProblemCode.BAD_CHARACTERS]),
        (["Ann", "nfa", "SW1A 1AA"], [ProblemCode.NO_FIXED_ABODE]),
        (["Ann", "c/o: No Fixed Address", "SW1A 1AA"], [ProblemCode.NO_FIXED_ABODE]),
        (
            [],
            [ProblemCode.TOO_FEW_LINES, ProblemCode.NOT_ALPHANUMERIC, ProblemCode.LAST_LINE],
        ),
    ],
)
def test_why_notify_refuses(lines: list[str], codes: list[ProblemCode]) -> None:
    """Every fault is named, in the order in which Notify looks for them."""
    checked = check_postal(lines)

    assert codes == [each.code for each in checked.problems]
    assert all(each.notify_text for each in checked.problems)


def test_the_last_line_has_the_sentence_of_the_permission() -> None:
    """Notify names countries only to a service that may send abroad."""
    lines = ["Ann", "1", "Testham"]
    (here,) = check_postal(lines).problems
    (abroad,) = check_postal(lines, international=True).problems

    assert here.notify_text == "Must be a real UK postcode"
    assert (
        abroad.notify_text == "Last line of address must be a real UK postcode or another country"
    )
    assert "country" in abroad.text


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        (["Ann", "1", "SW1A 1AA"], []),
        (["Ann", "1", "SW1A 1AA", "England"], []),
        (["Ann", "1", "CF10 1AA", "Cymru"], [CautionCode.WELSH_COUNTRY]),
        (["Ann", "1", "Paris", "Ffrainc"], [CautionCode.WELSH_COUNTRY]),
        (["Ann", "1", "Paris", "France"], []),
        (["Ann", "1", "JE2 3AB"], [CautionCode.ISLANDS]),
        (["Ann", "1", "JE2 3AB", "Jersey"], [CautionCode.ISLANDS]),
        (["Ann", "Sgt", "BFPO 12", "BF1 1AA"], [CautionCode.BFPO]),
        (["Ann", "1", "", "", "", "", "", "SW1A 1AA"], [CautionCode.POSTCODE_LOST]),
    ],
)
def test_what_a_council_should_know(lines: list[str], codes: list[CautionCode]) -> None:
    """Each trap is named, and nothing else is."""
    checked = check_postal(lines, international=True)

    assert checked.ok
    assert codes == [each.code for each in checked.warnings]


def test_a_uk_country_further_up_costs_a_line() -> None:
    """Notify cuts off as many lines as name the UK: here the postcode goes."""
    checked = check_postal(["Ann", "1 High Street", "Scotland", "EH1 1AA", "United Kingdom"])

    assert checked.lines == ("Ann", "1 High Street", "Scotland")
    assert [ProblemCode.LAST_LINE] == [each.code for each in checked.problems]
    assert CautionCode.COUNTRY_ABOVE in {each.code for each in checked.warnings}


def test_eight_values_lose_the_postcode() -> None:
    """With address_line_7, even an empty one, Notify does not look at the postcode."""
    values: dict[str, object] = {f"address_line_{n}": f"{n} High Street" for n in range(1, 7)}
    six = values | {"postcode": "SW1A 1AA"}
    eight = values | {"address_line_7": "", "postcode": "SW1A 1AA"}

    assert check_postal(address_lines(six)).ok
    assert "SW1A 1AA" not in address_lines(eight)
    assert not check_postal(address_lines(eight)).ok
    assert ("1", "", "", "", "", "", "SW1A 1AA") == address_lines(
        {"address_line_1": 1, "address_line_2": None, "postcode": "SW1A 1AA"}
    )


@pytest.mark.parametrize(
    ("text", "name", "zone"),
    [
        ("ffrainc", "France", PostageZone.EUROPE),
        ("Yr Almaen", "Germany", PostageZone.EUROPE),
        ("Almaen", "Germany", PostageZone.EUROPE),
        ("Y Swistir", "Switzerland", PostageZone.EUROPE),
        ("seland newydd", "New Zealand", PostageZone.REST_OF_WORLD),
        ("Gambia", "The Gambia", PostageZone.REST_OF_WORLD),
        ("THE NETHERLANDS", "Netherlands", PostageZone.EUROPE),
        ("U.S.A.", "United States", PostageZone.REST_OF_WORLD),
        ("Bosnia & Herzegovina", "Bosnia and Herzegovina", PostageZone.EUROPE),
        ("Côte d’Ivoire", "Ivory Coast", PostageZone.REST_OF_WORLD),
        ("Tenerife", "Canary Islands", PostageZone.EUROPE),
        ("Eire", "Ireland", PostageZone.EUROPE),
        ("Gibraltar", "Gibraltar", PostageZone.EUROPE),
        ("Isle of Man", UK, PostageZone.UNITED_KINGDOM),
        ("Yr Alban", UK, PostageZone.UNITED_KINGDOM),
        ("Great-Britain", UK, PostageZone.UNITED_KINGDOM),
    ],
)
def test_a_country_is_known_by_its_usual_names(text: str, name: str, zone: PostageZone) -> None:
    """English, Welsh and local names, however they are spelt."""
    country = country_named(text)

    assert country is not None
    assert (name, zone) == (country.name, country.zone)


@pytest.mark.parametrize("text", ["", "Testham", "SW1A 1AA", "Walles", "日本", "y", "the"])
def test_what_is_no_country(text: str) -> None:
    """A town, a postcode and an article alone name none."""
    assert country_named(text) is None


def test_every_name_that_is_printed_is_known() -> None:
    """What Notify prints as a country is read as that country."""
    known = {country.name for country in countries().values()}

    assert len(known) > 220
    for name in known:
        found = country_named(name)
        assert found is not None
        assert (name, False) == (found.name, found.welsh)


@pytest.mark.parametrize("lines", [7, None, [7], ["Ann", None]])
def test_what_is_no_text_is_refused_by_its_type(lines: list[str]) -> None:
    """A missing value is the caller's to see."""
    with pytest.raises(InvalidValueError, match="must be"):
        check_postal(lines)


def test_nothing_of_the_address_stands_in_a_repr() -> None:
    """A check can be logged."""
    assert "High" not in repr(check_postal(["Ann", "1 High Street", "SW1A 1AA"]))
    assert "SW1A" not in repr(check_postal(["Ann", "1 High Street", "SW1A 1AA"]))
