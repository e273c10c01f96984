# SPDX-License-Identifier: MIT
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.references import (
    CheckKind,
    CheckRule,
    ReferenceFault,
    ReferenceProfile,
    References,
    looks_like_card_number,
)

COUNCIL_TAX = ReferenceProfile(
    name="council-tax",
    masks=("########@",),
    check=CheckRule(
        modulus=10, weights=(3, 7, 1, 3, 7, 1, 3, 7, 0), subtract=True, results={10: "0"}
    ),
)
PARKING = ReferenceProfile(
    name="parking-fine",
    masks=("BJ#######@",),
    prefixes=("BJ",),
    check=CheckRule(
        modulus=11,
        weights=(9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
        results={10: "A"},
        replace={"BJ": "05"},
    ),
)
LIBRARY = ReferenceProfile(
    name="library-card",
    masks=("#############@",),
    check=CheckRule(
        modulus=10,
        weights=(2, 1) * 6 + (2, 0),
        kind=CheckKind.DOUBLED_DIGIT,
        subtract=True,
        results={10: "0"},
    ),
)
RENT = ReferenceProfile(
    name="housing-rent",
    masks=("##########@",),
    check=CheckRule(
        modulus=10, weights=(0, 0, 9, 7, 1, 4, 6, 3, 2, 8, 0), subtract=True, results={10: "0"}
    ),
)
INVOICE = ReferenceProfile(name="invoice", masks=("?##########", "########"))
BUILDING = ReferenceProfile(name="building", masks=("*" * 12,), shortest=6, prefixes=("BC",))
SCHEMES = {
    "council-tax": (COUNCIL_TAX, "", 8),
    "parking-fine": (PARKING, "BJ", 7),
    "library-card": (LIBRARY, "", 13),
    "housing-rent": (RENT, "", 10),
}


def made(name: str, number: int) -> tuple[ReferenceProfile, str]:
    """Return a profile and one of its references."""
    profile, letters, digits = SCHEMES[name]
    body = f"{letters}{number % 10**digits:0{digits}}"
    # A library card may pass for a card of a payment scheme: 14 digits that begin with 36.
    assume(not any(looks_like_card_number(f"{body}{last}") for last in range(10)))
    return profile, profile.make(body)


NAMES = st.sampled_from(sorted(SCHEMES))
NUMBERS = st.integers(0, 10**13 - 1)


# ------------------------------------------------------------------ worked by hand


@pytest.mark.parametrize(
    ("profile", "reference"),
    [
        # 3+14+3+12+35+6+21+56 = 150: nothing is left over, and 10 stands as 0.
        (COUNCIL_TAX, "123456780"),
        # 3+0+0+0+0+0+0+0 = 3, and 10 - 3 = 7.
        (COUNCIL_TAX, "100000007"),
        # 05 1234567: 40+7+12+15+16+15+12+7 = 124 = 11 x 11 + 3.
        (PARKING, "BJ12345673"),
        # 05 0000003: 40+3 = 43 = 3 x 11 + 10, and 10 stands as A.
        (PARKING, "BJ0000003A"),
        # 2 counts 4, 5 counts 1 (10 is 1 + 0): 4+1 = 5, and 10 - 5 = 5.
        (LIBRARY, "20500000000005"),
        (RENT, "00100000001"),
    ],
)
def test_a_reference_worked_by_hand(profile: ReferenceProfile, reference: str) -> None:
    """The sums are those of the scheme, worked out on paper."""
    checked = profile.validate(reference)

    assert checked.ok
    assert reference == checked.normalised
    assert reference == profile.make(reference[:-1])


@pytest.mark.parametrize(
    ("profile", "promised"),
    [
        (COUNCIL_TAX, (True, False)),
        (PARKING, (True, True)),
        (LIBRARY, (True, False)),
        (RENT, (False, False)),
        (INVOICE, (False, False)),
    ],
)
def test_what_a_rule_promises(profile: ReferenceProfile, promised: tuple[bool, bool]) -> None:
    """Modulus 11 finds every swap, modulus 10 with weights 3, 7, 1 every digit, rents neither."""
    assert promised == (profile.promises.wrong_digit, profile.promises.swapped_digits)


def test_two_remainders_with_one_check_digit_promise_nothing() -> None:
    """Where 10 and 0 both stand as 0, some wrong digits pass, so none is promised."""
    rule = CheckRule(modulus=11, weights=(2, 1, 0), results={10: "0"})
    profile = ReferenceProfile(name="x", masks=("##@",), check=rule)

    assert not profile.promises.wrong_digit


def test_a_place_for_anything_promises_nothing() -> None:
    """A digit in a place that is not added up may be wrong unseen."""
    rule = CheckRule(modulus=11, weights=(0, 1, 0))
    profile = ReferenceProfile(name="x", masks=("*#@",), check=rule)

    assert not profile.promises.wrong_digit


# ------------------------------------------------------------------ properties


@given(name=NAMES, number=NUMBERS)
def test_what_is_made_is_right(name: str, number: int) -> None:
    """Each reference that is made is taken, and only one check digit is."""
    profile, reference = made(name, number)

    right = [last for last in "0123456789A" if profile.validate(f"{reference[:-1]}{last}").ok]

    assert [reference[-1]] == right


@given(name=NAMES, number=NUMBERS, place=st.integers(0, 99), digit=st.sampled_from("0123456789"))
def test_a_wrong_digit_is_found(*, name: str, number: int, place: int, digit: str) -> None:
    """Where the rule promises it, no single wrong digit passes, wherever it stands."""
    profile, reference = made(name, number)
    assume(profile.promises.wrong_digit)
    places = [at for at, sign in enumerate(profile.masks[0]) if sign in "#@"]
    at = places[place % len(places)]
    assume(reference[at] != digit)

    wrong = f"{reference[:at]}{digit}{reference[at + 1 :]}"

    assert not profile.matches(wrong)


@given(number=NUMBERS, one=st.integers(2, 9), other=st.integers(2, 9))
def test_any_two_digits_swapped_are_found(number: int, one: int, other: int) -> None:
    """With modulus 11 and weights that all differ, any two digits that changed places are found."""
    profile, reference = made("parking-fine", number)
    signs = list(reference)
    signs[one], signs[other] = signs[other], signs[one]
    assume("".join(signs) != reference)

    assert PARKING.promises.swapped_digits
    assert not profile.matches("".join(signs))


@given(name=NAMES, number=NUMBERS, wrong=st.sampled_from("0123456789"))
def test_the_last_step_is_the_check_digit(name: str, number: int, wrong: str) -> None:
    """The explanation ends with the check digit that `make` puts in, also of a wrong reference."""
    profile, reference = made(name, number)

    steps = profile.explain(f"{reference[:-1]}{wrong}")

    assert steps[-1].endswith(f" {reference[-1]}")
    assert steps[0].startswith("The reference is ")


@given(
    modulus=st.integers(2, 36),
    weights=st.lists(st.integers(0, 12), min_size=1, max_size=8).filter(any),
    kind=st.sampled_from(CheckKind),
    subtract=st.booleans(),
    number=NUMBERS,
)
def test_any_rule_keeps_its_word(
    *, modulus: int, weights: list[int], kind: CheckKind, subtract: bool, number: int
) -> None:
    """Whatever the modulus and the weights: made is right, and a promise is kept for each digit."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0"
    results = {value: letters[value - 10] for value in range(10, modulus + 1)}
    rule = CheckRule(
        modulus=modulus, weights=(*weights, 0), kind=kind, subtract=subtract, results=results
    )
    profile = ReferenceProfile(name="any", masks=("#" * len(weights) + "@",), check=rule)
    body = f"{number % 10 ** len(weights):0{len(weights)}}"

    reference = profile.make(body)

    assert profile.matches(reference)
    if profile.promises.wrong_digit:
        for at, digit in enumerate(body):
            other = str((int(digit) + 1 + number % 9) % 10)
            assert not profile.matches(f"{body[:at]}{other}{reference[at + 1 :]}")


@given(name=NAMES, number=NUMBERS, spaces=st.lists(st.integers(0, 15), max_size=4))
def test_spaces_hyphens_and_small_letters_do_not_count(
    name: str, number: int, spaces: list[int]
) -> None:
    """What people put between the characters is taken out, and the form to keep is the same."""
    profile, reference = made(name, number)
    typed = reference.lower()
    for at in spaces:
        typed = typed[:at] + " -\u2013"[at % 3] + typed[at:]

    checked = profile.validate(f"\t{typed} ")

    assert checked.ok
    assert reference == checked.normalised


@given(text=st.text(max_size=30))
@example("ß")
@example("\uff14\uff15\uff13\uff19")
def test_any_text_is_answered(text: str) -> None:
    """No text fails in another way, and one that is taken is taken again as it was kept."""
    for profile in (COUNCIL_TAX, PARKING, LIBRARY, INVOICE, BUILDING):
        checked = profile.validate(text)

        assert checked.ok is not bool(checked.problems)
        assert not checked.ok or checked == profile.validate(checked.normalised)


# ------------------------------------------------------------------ what is wrong


@pytest.mark.parametrize(
    ("profile", "text", "fault"),
    [
        (COUNCIL_TAX, "", ReferenceFault.EMPTY),
        (COUNCIL_TAX, " \t", ReferenceFault.EMPTY),
        (COUNCIL_TAX, " - ", ReferenceFault.TOO_SHORT),
        (COUNCIL_TAX, "12345678", ReferenceFault.TOO_SHORT),
        (COUNCIL_TAX, "1234567800", ReferenceFault.TOO_LONG),
        (COUNCIL_TAX, "12345678O", ReferenceFault.CHECK_DIGIT),
        (COUNCIL_TAX, "1234S6780", ReferenceFault.PATTERN),
        (COUNCIL_TAX, "12345678\u0661", ReferenceFault.NOT_ASCII),
        (COUNCIL_TAX, "123456789", ReferenceFault.CHECK_DIGIT),
        (COUNCIL_TAX, "4539148803436467", ReferenceFault.CARD_NUMBER),
        (BUILDING, "BC1", ReferenceFault.TOO_SHORT),
        (BUILDING, "XX1234", ReferenceFault.PREFIX),
        (BUILDING, "BC/12/34567890", ReferenceFault.TOO_LONG),
    ],
)
def test_a_fault_has_a_name(profile: ReferenceProfile, text: str, fault: ReferenceFault) -> None:
    """Each kind of slip has a code for a form to key its words on, and the text is not repeated."""
    problems = profile.validate(text).problems

    assert [fault] == [problem.code for problem in problems]
    assert not text.strip(" \t-") or text not in problems[0].message
    assert not profile.matches(text)


def test_only_text_is_a_reference() -> None:
    """A number is refused: a leading nought would be lost already."""
    problems = COUNCIL_TAX.validate(123456780).problems  # pyright: ignore[reportArgumentType]  # on purpose

    assert [ReferenceFault.WRONG_TYPE] == [problem.code for problem in problems]


def test_a_reference_may_be_filled_in_part() -> None:
    """A mask with a shortest length takes what lies between, with the signs it may hold."""
    assert all(map(BUILDING.matches, ("BC1234", "bc/12-3456", "BC 12 34")))
    assert "BC/12-3456" == BUILDING.validate("bc/12-3456").normalised


def test_a_hyphen_of_the_mask_stays() -> None:
    """What a mask has as itself is not taken out with what people put in."""
    profile = ReferenceProfile(name="planning", masks=("DC/####-##",))

    assert "DC/1234-56" == profile.validate("dc / 1234-56").normalised
    assert profile.matches("dc / 1234-56")
    assert not profile.matches("DC/123456")


def test_several_masks() -> None:
    """A profile may have references of several forms."""
    assert all(map(INVOICE.matches, ("a1234567890", "12345678")))
    assert not INVOICE.matches("1234567890")


def test_a_number_without_a_check_digit_is_not_issued() -> None:
    """Where nothing stands for 10, such a body is refused, and so is any reference with it."""
    rule = CheckRule(modulus=11, weights=(1, 1, 0))
    profile = ReferenceProfile(name="x", masks=("##@",), check=rule)

    with pytest.raises(InvalidValueError) as refused:
        profile.make("91")

    assert ReferenceFault.NO_CHECK_DIGIT == refused.value.code
    assert [ReferenceFault.NO_CHECK_DIGIT] == [p.code for p in profile.validate("910").problems]
    assert "no check digit" in profile.explain("910")[-1]


@pytest.mark.parametrize(
    ("profile", "body", "fault"),
    [
        (COUNCIL_TAX, "1234567", ReferenceFault.PATTERN),
        (COUNCIL_TAX, "123456780", ReferenceFault.PATTERN),
        (PARKING, "XX1234567", ReferenceFault.PATTERN),
        (INVOICE, "123", ReferenceFault.TOO_SHORT),
        (LIBRARY, "3614890464735", ReferenceFault.CARD_NUMBER),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    profile: ReferenceProfile, body: str, fault: ReferenceFault
) -> None:
    """No check digit is put into what is not of the kind, nor into what makes a card number."""
    with pytest.raises(InvalidValueError) as refused:
        profile.make(body)

    assert fault == refused.value.code


def test_a_kind_without_a_check_digit() -> None:
    """Its references are made by tidying them, and explained by saying that there is none."""
    assert "12345678" == INVOICE.make("1234 5678")
    assert ("References of the kind invoice have no check digit.",) == INVOICE.explain("12345678")


def test_a_text_of_another_kind_is_not_explained() -> None:
    """The steps of a sum are shown for a reference of the kind, and for no card number."""
    for text in ("1234", "4539148803436467"):
        with pytest.raises(InvalidValueError):
            COUNCIL_TAX.explain(text)


def test_the_steps_show_every_part_of_the_sum() -> None:
    """Finance sees what was replaced, multiplied, counted, added, subtracted and mapped."""
    parking = PARKING.explain("BJ0000003A")
    library = LIBRARY.explain("20500000000004")

    assert "Letters are replaced by digits: 050000003A." in parking
    assert "10 stands as A. The reference has A, as it should be." in parking
    assert "Place 3: 5 x 2 = 10, which counts as 1." in library
    assert "10 - 5 = 5." in library
    assert "5 stands as 5. The reference has 4, and that is not right." in library


def test_nothing_shows_a_reference() -> None:
    """The repr of what a check found, and its pickle, keep the reference out of sight."""
    checked = COUNCIL_TAX.validate("123456780")

    assert "12345678" not in f"{checked!r} {checked}"
    assert checked == pickle.loads(pickle.dumps(checked))
    assert COUNCIL_TAX == pickle.loads(pickle.dumps(COUNCIL_TAX))


# ------------------------------------------------------------------ card numbers

CARDS = (
    "4444333322221111", "4242424242424242", "4000056655665556", "4988080000000000",
    "4131840000000003", "222100000000000", "5105105105105100", "5200828282828210",
    "371449635398431", "3566002020360505", "6011000990139424", "4000000000000002",
    "6759649826438453", "30569309025904", "2223003122003222", "6240008631401148",
)  # fmt: skip


@pytest.mark.parametrize("card", CARDS)
def test_the_number_of_a_card_is_known(card: str) -> None:
    """The published test cards of GOV.UK Pay and of the schemes are known, however typed."""
    spaced = " ".join(card[at : at + 4] for at in range(0, len(card), 4))
    forms = (
        card,
        spaced,
        spaced.replace(" ", "-"),
        f"my card {card}!",
        spaced.replace(" ", "\u2013"),
    )

    assert all(map(looks_like_card_number, forms))
    assert looks_like_card_number("".join(chr(ord(digit) + 0xFEE0) for digit in card))


@given(card=st.sampled_from(CARDS), place=st.integers(0, 18), digit=st.sampled_from("0123456789"))
def test_a_card_number_with_a_slip_is_none(card: str, place: int, digit: str) -> None:
    """Luhn's formula finds one wrong digit, so a number that differs in one is no card number."""
    at = place % len(card)
    assume(card[at] != digit)

    assert not looks_like_card_number(f"{card[:at]}{digit}{card[at + 1 :]}")


@pytest.mark.parametrize(
    "text", ["", "123456780", "21234567890124", "61234567890123", "4" * 11, "GW-0001", "4" * 40]
)
def test_a_reference_is_no_card_number(text: str) -> None:
    """Numbers of other lengths and beginnings pass, such as a library card that begins with 2."""
    assert not looks_like_card_number(text)


def test_a_card_number_comes_first() -> None:
    """A number that the profile itself would take is still refused, and is not kept."""
    profile = ReferenceProfile(name="any", masks=("#" * 16,))

    checked = profile.validate("4444 3333 2222 1111")

    assert [ReferenceFault.CARD_NUMBER] == [problem.code for problem in checked.problems]
    assert not checked.normalised


def test_a_card_number_in_disguise() -> None:
    """Characters that a profile ignores do not hide a card number."""
    profile = ReferenceProfile(name="any", masks=("#" * 16,), ignored="_")

    checked = profile.validate("4444_3333_2222_1111")

    assert [ReferenceFault.CARD_NUMBER] == [problem.code for problem in checked.problems]
    assert not checked.normalised


# ------------------------------------------------------------------ profiles that are wrong


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"masks": ()}, "masks"),
        ({"masks": ("",)}, "masks"),
        ({"masks": ("a###",)}, "masks"),
        ({"masks": ("@@",)}, "masks"),
        ({"masks": ("########@", "########")}, "masks"),
        ({"masks": ("########",)}, "masks"),
        ({"check": None}, "check"),
        ({"shortest": 3}, "shortest"),
        ({"prefixes": ("AB",)}, "prefixes"),
        ({"prefixes": ("",)}, "prefixes"),
        ({"masks": ("#######@",)}, "weights"),
        ({"masks": ("@########",)}, "weights"),
        ({"masks": ("?#######@",)}, "weights"),
    ],
)
def test_a_profile_that_cannot_be_right(changes: dict[str, object], field: str) -> None:
    """A profile whose parts do not fit together is refused when it is built, and not when used."""
    with pytest.raises(InvalidValueError) as refused:
        replace(COUNCIL_TAX, **changes)

    assert field == refused.value.field


def test_a_shortest_that_no_mask_has() -> None:
    """The shortest length lies within the mask."""
    for wrong in (0, 13):
        with pytest.raises(InvalidValueError, match="shortest"):
            replace(BUILDING, shortest=wrong)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"modulus": 1}, "modulus"),
        ({"modulus": 37}, "modulus"),
        ({"weights": ()}, "weights"),
        ({"weights": (1, -1)}, "weights"),
        ({"weights": (0, 0)}, "weights"),
        ({"results": {12: "A"}}, "results"),
        ({"results": {10: "AB"}}, "results"),
        ({"results": {10: "a"}}, "results"),
        ({"replace": {"BJ": "5"}}, "replace"),
        ({"replace": {"BJ": "XX"}}, "replace"),
        ({"replace": {"": ""}}, "replace"),
        ({"replace": {"ABCDEFGHIJK": "00000000000"}}, "replace"),
    ],
)
def test_a_rule_that_cannot_be_right(changes: dict[str, object], field: str) -> None:
    """A rule with a part out of range is refused, and the part is named."""
    rule = PARKING.check
    assert rule is not None

    with pytest.raises(InvalidValueError) as refused:
        replace(rule, **changes)

    assert field == refused.value.field


def test_a_rule_adds_up_only_what_it_has_weights_for() -> None:
    """A reference of another length, or with a letter in a place with a weight, is refused."""
    rule = PARKING.check
    assert rule is not None

    for wrong in ("BJ123", "XX12345670"):
        with pytest.raises(InvalidValueError):
            rule.add_up(wrong)


# ------------------------------------------------------------------ files

OWN = """
[references.permit]
title = "Parking permit"
masks = ["P/######"]
prefixes = ["P/1", "P/2"]

[references.notice]
masks = ["SM#######@"]
[references.notice.check]
modulus = 11
weights = [0, 0, 8, 7, 6, 5, 4, 3, 2, 0]
subtract = true
results = { 10 = "A", 11 = "0" }
"""


def test_a_council_writes_its_own_file(tmp_path: Path) -> None:
    """A file of a council's own is read, and its profiles are found by name and by reference."""
    path = tmp_path / "references.toml"
    path.write_text(OWN, "utf-8")
    references = References.read(path)

    notice = references.profile("notice").make("SM1234567")

    assert ["permit", "notice"] == list(references)
    assert 2 == len(references)
    assert references["notice"] is references.profile("notice")
    assert ["notice"] == [one.name for one in references.matching(notice)]
    assert ["permit"] == [one.name for one in references.matching("p/123456")]
    assert () == references.matching("P/312345")
    assert "References of 2 kinds" == repr(references)


def test_a_file_that_is_wrong_says_all_at_once() -> None:
    """Every wrong part is named with its place, and values are not repeated."""
    text = OWN.replace("modulus = 11", "modulus = 'zq'").replace('masks = ["P', 'mask = ["P')

    with pytest.raises(ConfigError) as refused:
        References.from_toml(text, name="own.toml")

    lines = refused.value.message.splitlines()
    assert "own.toml cannot be used. Correct and read it again:" == lines[0]
    what = {line.strip().partition(": ")[2] for line in lines[1:]}
    assert {
        "references.permit.masks is missing.",
        "references.permit.mask is not a field of this model: look for a slip of the pen.",
        "references.notice.check.modulus must be a whole number.",
    } == what
    assert all(line.startswith("  line ") for line in lines[1:])


WITHOUT_NUMBER = """
[references.x]
masks = ["#@"]
[references.x.check]
modulus = 11
weights = [1, 0]
subtract = false
results = { x = "A" }
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("references = 3", "references must be a table"),
        ("", "references is missing"),
        ("[references]", "references"),
        ("'a b' = 1\n[references.x]\nmasks=['#']", "(key) is not a field"),
        ("[references.X]\nmasks=['#']", "small letters"),
        ("[references.x]\nmasks='#'", "must be a list"),
        ("[references.x]\nmasks=['a']", "references.x cannot be used. A mask may hold"),
        ("[references.x]\nmasks=['#@']", "references.x cannot be used. check is missing"),
        (
            WITHOUT_NUMBER,
            "references.x cannot be used. results must name whole numbers",
        ),
        ("[references.x]\nself = 1", "has a key with the name self"),
        ("references = ", "is no TOML"),
    ],
)
def test_a_file_that_cannot_be_read(text: str, said: str) -> None:
    """Whatever is wrong with the file, the error says where and what to do."""
    with pytest.raises(ConfigError) as refused:
        References.from_toml(text)

    assert said in refused.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """A missing file, and one that is not UTF-8, are told without their path or content."""
    latin = tmp_path / "latin.toml"
    latin.write_bytes(b"\xe9")

    for path in (tmp_path / "none.toml", latin):
        with pytest.raises(ConfigError, match=r"cannot be (opened|used)") as refused:
            References.read(path)
        assert str(tmp_path) not in refused.value.message
        assert refused.value.__context__ is None


def test_a_name_that_is_not_there() -> None:
    """A profile that is not known is told with those that are."""
    with pytest.raises(ConfigError, match="permit, notice"):
        References.from_toml(OWN).profile("council-tax")


def test_two_profiles_of_one_name() -> None:
    """Each profile has a name of its own."""
    with pytest.raises(ConfigError, match="Two profiles"):
        References([INVOICE, INVOICE])
