"""lg_core.councils: find a council, and say which there are."""

import copy
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.councils import (
    Council,
    CouncilFault,
    Tier,
    all_councils,
    councils_on,
    resolve,
    suggest,
)
from lg_core.councils._names import name_key, telling_words
from lg_core.errors import InvalidValueError
from lg_core.identifiers import GssCode, Nation

COUNCILS = all_councils()
FIRST_DAY, LAST_DAY = date(2023, 4, 1), date(2027, 3, 31)
UNKNOWN = "No council of the register has this code, this GSS code or this name."
PLAIN = (
    f"{UNKNOWN} It may be a former council, a former GSS code or another kind of body. "
    "all_councils() gives those there are."
)
CLOSE = f"{UNKNOWN} Councils with a name like it: "
EMPTY = "The name or code of the council is empty. Give its code, its GSS code or its name."

councils = st.sampled_from(COUNCILS)
edges = st.text(st.sampled_from(" .'\t\N{NO-BREAK SPACE}"), max_size=3)


def untyped(value: object) -> Any:
    """Hide a value's type, to give a function what a type checker would refuse."""
    return value


def refusal(text: object) -> InvalidValueError:
    """Return the error with which a council is not found."""
    with pytest.raises(InvalidValueError) as caught:
        resolve(untyped(text))
    return caught.value


@st.composite
def known_as(draw: st.DrawFn) -> tuple[Council, str]:
    """Choose a council and something that it is known by."""
    council = draw(councils)
    names = [council.code, str(council.gss), council.name, council.slug, *council.other_names]
    return council, draw(st.sampled_from(names))


@st.composite
def misspelt(draw: st.DrawFn) -> str:
    """Take one letter out of a name."""
    name = draw(councils).name
    gone = draw(st.sampled_from([at for at, letter in enumerate(name) if letter.isalpha()]))
    return name[:gone] + name[gone + 1 :]


# ------------------------------------------------------------------------------ the register


def test_there_are_382_principal_councils() -> None:
    """The register has as many of each tier as there are."""
    expected = {
        Tier.CITY_CORPORATION: 1,
        Tier.COUNCIL_AREA: 32,
        Tier.COUNTY: 21,
        Tier.DISTRICT: 164,
        Tier.LONDON_BOROUGH: 32,
        Tier.METROPOLITAN_DISTRICT: 36,
        Tier.NORTHERN_IRELAND_DISTRICT: 11,
        Tier.UNITARY: 63,
        Tier.WELSH_UNITARY: 22,
    }

    assert expected == Counter(council.tier for council in COUNCILS)
    assert 382 == len(COUNCILS)


def test_the_four_nations_are_there() -> None:
    """England has 317 councils, Wales 22, Scotland 32 and Northern Ireland 11."""
    expected = {
        Nation.ENGLAND: 317,
        Nation.NORTHERN_IRELAND: 11,
        Nation.SCOTLAND: 32,
        Nation.WALES: 22,
    }

    assert expected == Counter(council.nation for council in COUNCILS)


def test_codes_tiers_and_nations_agree() -> None:
    """The kind of area that a GSS code names is the council's tier, and its letter the nation."""
    kinds = {(council.gss.entity, council.tier) for council in COUNCILS}

    assert {
        ("E06", Tier.UNITARY),
        ("E07", Tier.DISTRICT),
        ("E08", Tier.METROPOLITAN_DISTRICT),
        ("E09", Tier.CITY_CORPORATION),
        ("E09", Tier.LONDON_BOROUGH),
        ("E10", Tier.COUNTY),
        ("N09", Tier.NORTHERN_IRELAND_DISTRICT),
        ("S12", Tier.COUNCIL_AREA),
        ("W06", Tier.WELSH_UNITARY),
    } == kinds
    assert all(council.gss.nation is council.nation for council in COUNCILS)
    assert all(type(council.gss) is GssCode for council in COUNCILS)


def test_codes_are_three_letters_in_order() -> None:
    """Each council has a code of its own, and the register is sorted by it."""
    codes = [council.code for council in COUNCILS]

    assert codes == sorted(set(codes))
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in codes)


def test_nothing_stands_for_two_councils() -> None:
    """No code, slug or name of a council is one of another."""
    known = [
        key
        for council in COUNCILS
        for key in {
            name_key(text)
            for text in (
                council.code,
                council.gss,
                council.name,
                council.slug,
                *council.other_names,
            )
        }
    ]

    assert not [key for key, times in Counter(known).items() if times > 1]
    assert all(known)


def test_names_are_clean() -> None:
    """No name has space at its ends or twice within it."""
    names = [name for council in COUNCILS for name in (council.name, *council.other_names)]

    assert [" ".join(name.split()) for name in names] == names


@pytest.mark.parametrize(
    ("code", "gss"),
    [
        ("BNS", "E08000038"),
        ("SHF", "E08000039"),
        ("FIF", "S12000047"),
        ("PKN", "S12000048"),
        ("GLG", "S12000049"),
        ("NLK", "S12000050"),
        ("NYE", "E06000065"),
        ("SMT", "E06000066"),
    ],
)
def test_gss_codes_are_those_of_today(code: str, gss: str) -> None:
    """Councils whose code has changed have the new one."""
    assert gss == resolve(code).gss
    assert code == resolve(gss).code


def test_a_council_is_a_value() -> None:
    """A council prints its name, cannot be changed, and survives pickle, copy and a set."""
    council = resolve("LDS")

    assert "Leeds City Council" == str(council)
    assert council == pickle.loads(pickle.dumps(council)) == copy.deepcopy(council)
    assert {council} == {council, resolve("Leeds")}
    with pytest.raises(FrozenInstanceError):
        untyped(council).name = "Another"
    with pytest.raises(TypeError):
        untyped(Council)("LDS")


def test_threads_read_the_same_register() -> None:
    """Many threads that ask at once get equal councils."""
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(resolve, ["Leeds"] * 64))

    assert {resolve("LDS")} == found


def test_importing_reads_nothing() -> None:
    """The data is read when the register is first asked, with what reading it needs."""
    program = (
        "import sys, lg_core.councils as councils\n"
        "before = 'importlib.resources' in sys.modules\n"
        "print(before, len(councils.all_councils()))"
    )
    done = subprocess.run(  # noqa: S603 -- this interpreter, and a program that stands above
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=True
    )

    assert "False 382" == done.stdout.strip()


# ------------------------------------------------------------------------------ resolve


@given(known_as(), edges, st.sampled_from([str, str.lower, str.upper, str.title]))
def test_a_council_is_found_by_all_that_it_is_known_by(
    known: tuple[Council, str], edge: str, case: Callable[[str], str]
) -> None:
    """Code, GSS code, slug and each name find their council, in any case and with space around."""
    council, text = known
    # Signs are dropped around a name, and only space around a code.
    around = " " if text in {council.code, council.gss} else edge

    assert council == resolve(f"{around}{case(text)}{around}")


@given(councils)
def test_the_word_council_makes_no_difference(council: Council) -> None:
    """A name is found with the last word 'Council' and without it, and after 'The'."""
    bare = council.name.removeprefix("The ").removesuffix(" Council")

    assert council == resolve(bare) == resolve(f"{bare} council") == resolve(f"The {bare}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bristol", "BST"),
        ("durham council", "DUR"),
        ("Hammersmith and Fulham", "HMF"),
        ("Highland", "HLD"),
        ("hull", "KHL"),
        ("kingston-upon-hull", "KHL"),
        ("Newcastle upon Tyne", "NET"),
        ("newcastle under lyme", "NEC"),
        ("Somerset", "SMT"),
        ("St. Helens", "SHN"),
        ("Telford & Wrekin", "TFW"),
        ("Western Isles", "ELS"),
        ("Westminster City Council", "WSM"),
        ("Colchester Borough Council", "COL"),
        ("Colchester City Council", "COL"),
        ("Milton Keynes Council", "MIK"),
        ("Southend-on-Sea City Council", "SOS"),
    ],
)
def test_names_in_common_use_are_found(text: str, code: str) -> None:
    """A council is found by what people call it, and by its name before it became a city."""
    assert code == resolve(text).code


@pytest.mark.parametrize(
    "text",
    [
        "Leicester County Council",
        "Cambridge County Council",
        "Dorset County Council",
        "Somerset County Council",
        "North Yorkshire County Council",
        "Cumbria County Council",
        "Newcastle",
        "E08000016",
        "E10000027",
        "LDS Council",
        "Greater London Authority",
    ],
)
def test_nothing_is_guessed(text: str) -> None:
    """A name that is no council's, a former council and a former code are refused."""
    assert CouncilFault.UNKNOWN == refusal(text).code


@given(st.text() | st.sampled_from(["council", "The Council", "county council", "of"]))
def test_any_text_is_found_or_refused_without_being_repeated(text: str) -> None:
    """What is not found gives one of our own sentences, with names of the register only."""
    found, code, message = None, "", ""
    try:
        found = resolve(text)
    except InvalidValueError as error:
        code, message, cause = error.code, error.message, error.__cause__ or error.__context__
    else:
        cause = None
    names = set(message.removeprefix(CLOSE).removesuffix(".").split("; "))
    faults = {EMPTY: CouncilFault.EMPTY, PLAIN: CouncilFault.UNKNOWN}

    assert cause is None
    if found is not None:
        assert found in COUNCILS
    elif message in faults:
        assert faults[message] == code
    else:
        assert CouncilFault.UNKNOWN == code
        assert names <= {council.name for council in COUNCILS}


@pytest.mark.parametrize("text", ["", " ", "\t\n", "...", "-"])
def test_an_empty_text_is_refused_as_empty(text: str) -> None:
    """Nothing, white space and signs are no name."""
    assert (CouncilFault.EMPTY, EMPTY) == (refusal(text).code, refusal(text).message)


@pytest.mark.parametrize(
    "value", [None, 5, b"Leeds", resolve("LDS")], ids=lambda v: type(v).__name__
)
def test_something_other_than_text_is_refused(value: object) -> None:
    """The error names the type, and not the value."""
    error = refusal(value)

    assert CouncilFault.WRONG_TYPE == error.code
    assert f"A council is found by text, not by a {type(value).__name__}." == error.message


def test_a_code_in_another_alphabet_is_no_code() -> None:
    """A letter that becomes an S in upper case does not make a code."""
    assert CouncilFault.UNKNOWN == refusal("SH\N{LATIN SMALL LETTER LONG S}F").code
    assert CouncilFault.UNKNOWN == refusal("ld\N{LATIN SMALL LETTER LONG S}").code


def test_the_error_names_the_councils_that_are_close() -> None:
    """A misspelt name gets the names of the register that are like it."""
    assert f"{CLOSE}Leeds City Council." == refusal("Leeds Cty Council").message
    assert (
        f"{CLOSE}Newcastle City Council; Newcastle-under-Lyme Borough Council."
        == refusal("Newcastle").message
    )
    assert PLAIN == refusal("Utopia").message


# ------------------------------------------------------------------------------ suggest


@given(misspelt())
def test_a_name_with_a_letter_lost_is_suggested(text: str) -> None:
    """Where one letter of a name is missing, some council is suggested, and three at most."""
    assert 1 <= len(suggest(text)) <= 3


@given(known_as())
def test_what_is_found_is_the_only_suggestion(known: tuple[Council, str]) -> None:
    """A right name suggests its own council and no other."""
    council, text = known

    assert (council,) == suggest(text)


@given(st.text())
def test_suggestions_are_few_and_differ(text: str) -> None:
    """Any text suggests three councils at most, each once."""
    found = suggest(text)

    assert len(found) == len(set(found)) <= 3
    assert set(found) <= set(COUNCILS)


@pytest.mark.parametrize("text", ["", "of", "Utopia", "E08000016", "Leeds " * 20])
def test_what_is_like_no_name_suggests_nothing(text: str) -> None:
    """No name, no place, a code that has ended and an overlong text suggest nothing."""
    assert () == suggest(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Somerset County Council", "SMT"),
        ("Leicester County Council", "LCE"),
        ("Camden LBC", "CMD"),
        ("Lambeth London Borough Council", "LBH"),
        ("Fife Cuoncil", "FIF"),
        ("Kent County Council Pensions", "KEN"),
        ("Glocestershire", "GLS"),
    ],
)
def test_the_likeliest_council_comes_first(text: str, code: str) -> None:
    """The place decides before the style of the council does, and spelling after both."""
    assert code == suggest(text)[0].code


# ------------------------------------------------------------------------------ names


@given(st.text())
def test_a_key_is_plain_words(text: str) -> None:
    """A key has single spaces, and none at its ends."""
    key = name_key(text)

    assert " ".join(key.split()) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Highland Council", "highland"),
        ("Council of the Isles of Scilly", "council of the isles of scilly"),
        ("St. Helen\N{RIGHT SINGLE QUOTATION MARK}s", "st helens"),
        ("Telford&Wrekin", "telford and wrekin"),
        ("stoke_on-trent", "stoke on trent"),
        ("Council", "council"),
    ],
)
def test_a_key_leaves_out_what_makes_no_difference(text: str, key: str) -> None:
    """Case, signs, a leading 'The' and a last 'Council' do not stand in a key."""
    assert key == name_key(text)


def test_telling_words_are_those_of_the_place() -> None:
    """Words for a kind of council tell nothing of where it is."""
    assert {"leicester"} == telling_words("leicester city")
    assert not telling_words("london borough of")


# ------------------------------------------------------------------------------ councils_on


@given(st.dates())
def test_a_day_is_covered_or_refused(day: date) -> None:
    """Between two reorganisations there are 382 councils; other days are refused."""
    if FIRST_DAY <= day <= LAST_DAY:
        assert COUNCILS == councils_on(day)
    else:
        with pytest.raises(InvalidValueError) as caught:
            councils_on(day)
        assert CouncilFault.NOT_COVERED == caught.value.code


@pytest.mark.parametrize("day", [FIRST_DAY, date(2026, 11, 22), LAST_DAY])
def test_the_first_and_the_last_day_are_covered(day: date) -> None:
    """The register covers both its ends and what lies between them."""
    assert COUNCILS == councils_on(day)


@pytest.mark.parametrize(
    "day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)], ids=str
)
def test_a_day_that_is_not_covered_says_which_are(day: date) -> None:
    """The error gives the first and the last day of the register."""
    with pytest.raises(InvalidValueError) as caught:
        councils_on(day)

    assert caught.value.message.startswith("The register covers 2023-04-01 to 2027-03-31,")


@pytest.mark.parametrize(
    "value", [datetime(2026, 11, 22, tzinfo=UTC), "2026-11-22", None, 2026], ids=repr
)
def test_something_other_than_a_plain_day_is_refused(value: object) -> None:
    """An instant has no day until it has a time zone, and text is no day."""
    with pytest.raises(InvalidValueError) as caught:
        councils_on(untyped(value))

    assert CouncilFault.WRONG_TYPE == caught.value.code
    assert type(value).__name__ in caught.value.message
