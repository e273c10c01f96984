"""Kinds of answer, on their own and as types of a model."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from lg_core.errors import ConfigError
from lg_core.texts import Catalogue, Language, Text
from lg_forms import (
    Code,
    EmailAddress,
    EmailText,
    FaultyAnswerError,
    FreeText,
    FullName,
    FullPostcode,
    NationalInsuranceNumber,
    NinoText,
    PhoneNumber,
    WholeNumber,
)
from lg_forms.answers import AnswerKind
from lg_forms.faults import Fault, Words

KINDS: list[AnswerKind] = [
    FreeText(),
    FreeText(rows=3),
    FullName(),
    FullPostcode(),
    NationalInsuranceNumber(),
    WholeNumber(),
    WholeNumber(least=-5, most=5),
    Code("[A-Z]{2}[0-9]{8}", "AB12345678"),
    EmailAddress(),
    PhoneNumber(),
    PhoneNumber(mobile=True),
]
CATALOGUE = Catalogue.of_package("lg_forms")


def _refused(kind: AnswerKind, typed: str) -> str:
    with pytest.raises(FaultyAnswerError) as caught:
        kind.read(typed)
    return Words(CATALOGUE).fault(caught.value.fault, label=Text("Number"))


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (FreeText(), " two\u00a0 words\u200b ", "two words"),
        (FreeText(rows=3), "one \r\ntwo\rthree\n", "one\ntwo\nthree"),
        (FullName(), "Ada  Lovelace 3rd", "Ada Lovelace 3rd"),
        (FullPostcode(), " sw1a-1aa. ", "SW1A 1AA"),
        (NationalInsuranceNumber(), "ab 12-34-56 c", "AB 12 34 56 C"),
        (NationalInsuranceNumber(example=True), "QQ123456C", "QQ 12 34 56 C"),
        (WholeNumber(), " 1,000 ", 1000),
        (WholeNumber(), "0", 0),
        (WholeNumber(least=-5), "\u22123", -3),
        (Code("[A-Z]{2}[0-9]{8}", "AB12345678"), "ab 1234-5678", "AB12345678"),
        (EmailAddress(), "\u200bAda@EXAMPLE.org ", "Ada@example.org"),
        (PhoneNumber(), " 07700 900 982", "07700 900 982"),
        (PhoneNumber(), "01632 960 001", "01632 960 001"),
        (PhoneNumber(), "+44 808 157 0192", "+44 808 157 0192"),
        (PhoneNumber(), "(0117) 496 0123 ext 3", "(0117) 496 0123 ext 3"),
        (PhoneNumber(), "+33 1 70 18 99 00", "+33 1 70 18 99 00"),
        (PhoneNumber(mobile=True), "+44 (0)7700 900982", "+44 (0)7700 900982"),
    ],
)
def test_what_is_read(kind: AnswerKind, typed: str, kept: object) -> None:
    """An answer is cleaned up and kept in its form; a telephone number as it was typed."""
    assert kept == kind.read(typed)


EMAIL = "Enter an email address in the correct format, like name@example.com"
PHONE = "Enter a phone number, like 01632 960 001, 07700 900 982 or +44 808 157 0192"
NINO = (
    "Enter a National Insurance number that is 2 letters, 6 numbers, then A, B, C or D, "
    "like QQ 12 34 56 C"
)


@pytest.mark.parametrize(
    ("kind", "typed", "says"),
    [
        (FreeText(most=3), "four", "Number must be 3 characters or less"),
        (FreeText(least=3), "no", "Number must be 3 characters or more"),
        (FullPostcode(), "SW1A", "Enter a full UK postcode"),
        (NationalInsuranceNumber(), "QQ123456C", NINO),
        (NationalInsuranceNumber(), "BG123456A", NINO),
        (WholeNumber(), "3.0", "Number must be a whole number, like 30"),
        (WholeNumber(), "1_000", "Number must be a whole number, like 30"),
        (WholeNumber(), "\u0663", "Number must be a whole number, like 30"),
        (WholeNumber(), "-1", "Number must be 0 or more"),
        (WholeNumber(most=9), "10", "Number must be 9 or fewer"),
        (WholeNumber(least=2, most=9), "1", "Number must be between 2 and 9"),
        (Code("[0-9]{8}", "12345678"), "1234", "Number must be like 12345678"),
        (EmailAddress(), "Ada <ada@example.com>", EMAIL),
        (EmailAddress(), "ada@localhost", EMAIL),
        (EmailAddress(), '"a b"@example.com', EMAIL),
        (PhoneNumber(), "1234567", PHONE),
        (PhoneNumber(), "0" * 16, PHONE),
        (PhoneNumber(), "07700 900 98", PHONE),
        (PhoneNumber(), "call 07700900982", PHONE),
        (PhoneNumber(), "0\u0667700 900982", PHONE),
        (PhoneNumber(), "0611 496 0123", PHONE),
        (PhoneNumber(), "+999 1234 5678", PHONE),
        (PhoneNumber(), "0117 496 01234", PHONE),
        (PhoneNumber(international=False), "+33 1 70 18 99 00", PHONE),
        (
            PhoneNumber(mobile=True),
            "01632 960 001",
            "Enter a UK mobile phone number, like 07700 900 982",
        ),
    ],
)
def test_what_is_refused(kind: AnswerKind, typed: str, says: str) -> None:
    """A wrong answer gets the Design System's wording."""
    assert says == _refused(kind, typed)


@given(st.sampled_from(KINDS), st.text())
def test_a_kind_reads_or_says_why(kind: AnswerKind, typed: str) -> None:
    """Any text is read or refused with a text of the catalogue, and what was read reads again."""
    fault: Fault | None = None
    kept: object = None
    try:
        kept = kind.read(typed)
    except FaultyAnswerError as error:
        fault = error.fault
    if fault is None:
        assert kept == kind.read(str(kept))
    else:
        assert fault.code in CATALOGUE
        assert Words(CATALOGUE, Language.WELSH).fault(fault, label=Text("x"))


@given(st.integers(-(10**17), 10**17))
def test_every_whole_number_is_read_back(number: int) -> None:
    """A number in range is read as it is printed, with and without commas."""
    kind = WholeNumber(least=-(10**17), most=10**17)

    assert [number, number] == [kind.read(str(number)), kind.read(f"{number:,}")]


@pytest.mark.parametrize(
    "make",
    [
        lambda: FreeText(most=1, least=2),
        lambda: WholeNumber(least=2, most=1),
        lambda: Code("[0-9]+", "ABC"),
    ],
    ids=["text", "number", "code"],
)
def test_a_kind_that_takes_nothing_is_refused(make: type[FreeText]) -> None:
    """A kind whose limits or example contradict each other stops the start of the program."""
    with pytest.raises(ConfigError):
        make()


def test_a_model_checks_the_same() -> None:
    """The annotated types read as the kinds do, and their errors carry the fault."""

    class Person(BaseModel):
        email: EmailText
        nino: NinoText

    read = Person.model_validate({"email": "ada@EXAMPLE.org", "nino": "ab123456c"})
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"email": "ada", "nino": "ab123456c"})

    assert ("ada@example.org", "AB 12 34 56 C") == (read.email, read.nino)
    assert "email_format" in str(caught.value)


def test_how_inputs_are_drawn() -> None:
    """Numbers bring up digits, unless they may be negative; no input is of the type number."""
    assert ["numeric", None] == [WholeNumber().look.inputmode, WholeNumber(-1).look.inputmode]
    assert "number" not in {kind.look.type for kind in KINDS}
    assert ["phone_missing", "phone_missing_uk"] == [
        PhoneNumber().missing,
        PhoneNumber(international=False).missing,
    ]


def test_a_fault_of_the_forms_own() -> None:
    """A fault may carry a text of the form's own."""
    fault = Fault(Text("Too big: {n}", "Rhy fawr: {n}"), {"n": 3})

    assert "Rhy fawr: 3" == Words(CATALOGUE, Language.WELSH).fault(fault)
    assert "own_text" == fault.code


def test_every_text_has_a_welsh_draft() -> None:
    """No text is without Welsh, and none pretends that a translator has read it."""
    assert sorted(CATALOGUE) == list(CATALOGUE.drafts())
    without = [name for name, each in CATALOGUE.items() if not each.cy]
    assert [] == without
    assert all(re.fullmatch("[a-z0-9_]+", name) for name in CATALOGUE)
