"""lg_core.identifiers: types that parse, print and refuse."""

import copy
import json
import pickle
import string
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

import lg_core
from lg_core import identifiers
from lg_core.errors import InvalidValueError
from lg_core.identifiers import (
    CustodianCode,
    GssCode,
    IdentifierFault,
    Lgsl,
    Nation,
    Postcode,
    PostcodeKind,
    Uprn,
    Usrn,
)
from lg_core.money import Pence

Fault = IdentifierFault
Identifier = CustodianCode | GssCode | Lgsl | Postcode | Uprn | Usrn
Read = Callable[[Any], Identifier]

Example = tuple[Read, str, str, str | int]

# One of each: the type, what is read, what is printed, and what stands in JSON.
EXAMPLES: list[Example] = [
    (Postcode, "sw1a1aa", "SW1A 1AA", "SW1A 1AA"),
    (Uprn, "000012345", "12345", "12345"),
    (Usrn, "00900161", "900161", "900161"),
    (GssCode, "e06000066", "E06000066", "E06000066"),
    (CustodianCode, "114", "0114", "0114"),
    (Lgsl, "58", "58", 58),
]

each = pytest.mark.parametrize("example", EXAMPLES, ids=[e[0].__name__ for e in EXAMPLES])

# The areas and the last letters that live postcodes have, so that a suggestion can be checked.
TERRITORIES = "ASCN BBND BIQQ FIQQ PCRN SIQQ STHL TDCU TKCA"
AREAS = "B E M S W LS SW SE EC NW YO DN IV ZE HA CR GL OX"
areas = st.sampled_from(AREAS.split())
inward_letters = st.text(st.sampled_from("ABDEFGHJLNPQRSTUWXYZ"), min_size=2, max_size=2)
districts = (
    st.integers(0, 9).map(str)
    | st.integers(10, 99).map(str)
    | st.builds(str.__add__, st.integers(0, 9).map(str), st.sampled_from("ABEHMNPRVWXY"))
)
outwards = st.builds(str.__add__, areas, districts)
inwards = st.builds(str.__add__, st.integers(0, 9).map(str), inward_letters)
canonical = st.builds("{} {}".format, outwards, inwards)
clutter = st.text(st.sampled_from(" -.,()[]{}\t\N{NO-BREAK SPACE}\N{EN DASH}\u200b"), max_size=3)


def untyped(value: object) -> Any:
    """Hide a value's type, to give a function what a type checker would refuse."""
    return value


def fault_of(read: Read, value: object) -> str:
    """Return the code of the refusal."""
    with pytest.raises(InvalidValueError) as caught:
        read(untyped(value))
    return caught.value.code


class Address(BaseModel):
    """A model with one of each, as an address service's answer has."""

    postcode: Postcode
    uprn: Uprn
    usrn: Usrn
    gss: GssCode
    custodian: CustodianCode
    lgsl: Lgsl


# ------------------------------------------------------------------------------ all of them


@each
def test_it_parses_and_prints(example: Example) -> None:
    """Text of any accepted form prints in one canonical form, with white space or without."""
    read, text, printed, _ = example

    assert printed == str(read(text)) == f"{read(f'  {text} ')}"
    assert read(text) == untyped(read).parse(text)


@each
def test_reading_what_was_printed_changes_nothing(
    example: Example,
) -> None:
    """An identifier reads its own print, and itself."""
    read, text, _, _ = example
    value = read(text)

    assert value == read(str(value)) == read(value)
    assert hash(value) == hash(read(str(value)))
    assert type(value) is read


@each
def test_it_survives_pickle_copy_and_json(example: Example) -> None:
    """A queue, a copy and a JSON library all bring the same identifier back."""
    read, text, _, plain = example
    value = read(text)
    copies = [pickle.loads(pickle.dumps(value, protocol=p)) for p in range(6)]
    copies += [copy.copy(value), copy.deepcopy(value)]

    assert [value] * 8 == copies
    assert {read} == {type(one) for one in copies}
    assert json.dumps(plain) == json.dumps(value)


@each
def test_it_cannot_be_changed(example: Example) -> None:
    """There is nowhere to put an attribute."""
    with pytest.raises(AttributeError):
        untyped(example[0](example[1])).note = "x"


@each
@pytest.mark.parametrize("value", [1.0, True, None, b"1", Decimal(1), Pence(114)], ids=repr)
def test_another_type_is_refused(example: Example, value: object) -> None:
    """A float, a bool, bytes or an amount of money is no identifier."""
    assert fault_of(example[0], value) == Fault.WRONG_TYPE


@each
@pytest.mark.parametrize("text", ["", " ", "\t\n"], ids=repr)
def test_nothing_is_refused_as_nothing(example: Example, text: str) -> None:
    """An empty text is not an identifier that stands for none."""
    assert fault_of(example[0], text) == Fault.EMPTY


@pytest.mark.parametrize(
    ("read", "other"),
    [
        (Uprn, Usrn("20900161")),
        (Usrn, Uprn("20900161")),
        (CustodianCode, Usrn("5360")),
        (Uprn, Lgsl(58)),
        (Lgsl, CustodianCode("0114")),
        (Postcode, GssCode("E06000066")),
        (GssCode, Postcode("SW1A 1AA")),
    ],
    ids=repr,
)
def test_one_identifier_does_not_pass_for_another(read: Read, other: object) -> None:
    """A street's number is all digits too, and is still no property's."""
    assert fault_of(read, other) == Fault.WRONG_TYPE


SEEN: dict[tuple[str, str], str] = {}


@each
@given(
    text=st.text(max_size=30)
    | st.text(st.sampled_from(string.ascii_letters + string.digits + " .-£é٣"), max_size=16)
)
def test_any_text_is_read_or_refused_without_being_repeated(example: Example, text: str) -> None:
    """No text makes it fail in another way, and what the error says does not depend on it."""
    read = example[0]
    try:
        outcome: object = read(text)
    except InvalidValueError as error:
        outcome = IdentifierFault(error.code)
        key = (example[2], outcome.value)
        assert SEEN.setdefault(key, error.message) == error.message  # noqa: PT017  # one check of two

    assert isinstance(outcome, IdentifierFault | str | int)


def test_the_module_imports_without_pydantic() -> None:
    """Whoever reads postcodes without models does not pay for loading pydantic."""
    code = (
        "import sys, types\n"
        "package = types.ModuleType('lg_core')\n"
        f"package.__path__ = {list(lg_core.__path__)!r}\n"
        "sys.modules['lg_core'] = package\n"
        "import lg_core.identifiers\n"
        "sys.exit('pydantic' in sys.modules or 'pydantic_core' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], check=False, cwd=Path(__file__).parent)  # noqa: S603  # our own lines

    assert done.returncode == 0


def test_every_public_name_is_there() -> None:
    """What the package lists can be imported from it."""
    assert identifiers.__all__ == sorted(n for n in identifiers.__all__ if hasattr(identifiers, n))


# ------------------------------------------------------------------------------ pydantic

RAW: dict[str, object] = {
    "postcode": "sw1a1aa",
    "uprn": 12345,
    "usrn": "20900161",
    "gss": "E06000066",
    "custodian": 114,
    "lgsl": "58",
}


def test_a_model_reads_and_writes_them() -> None:
    """A model takes text, and numbers where platforms send them, and gives canonical values."""
    address = Address.model_validate(RAW)
    written = address.model_dump(mode="json")

    assert written == {
        "postcode": "SW1A 1AA",
        "uprn": "12345",
        "usrn": "20900161",
        "gss": "E06000066",
        "custodian": "0114",
        "lgsl": 58,
    }
    assert {str, int} == {type(value) for value in written.values()}
    assert address == Address.model_validate_json(address.model_dump_json())
    assert [Postcode, Uprn, Usrn, GssCode, CustodianCode, Lgsl] == [
        type(value) for value in address.model_dump().values()
    ]


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("postcode", "YO31", Fault.OUTWARD_ONLY),
        ("postcode", 5, Fault.WRONG_TYPE),
        ("uprn", 12345.0, Fault.WRONG_TYPE),
        ("uprn", "100012345678.0", Fault.SPREADSHEET),
        ("usrn", True, Fault.WRONG_TYPE),
        ("gss", "K02000001", Fault.NATION),
        ("custodian", "53600", Fault.TOO_LONG),
        ("lgsl", 0, Fault.ZERO),
    ],
)
def test_a_model_names_the_fault(field: str, value: object, fault: Fault) -> None:
    """The type of pydantic's error is our code, and its text is ours."""
    with pytest.raises(ValidationError) as caught:
        Address.model_validate({**RAW, field: value})

    (error,) = caught.value.errors(include_url=False, include_input=False)
    assert error["type"] == fault
    assert error["loc"] == (field,)
    assert str(value) not in error["msg"]


def test_the_json_schema_shows_text_and_a_number() -> None:
    """A published schema says what stands in JSON, with an example."""
    shown = Address.model_json_schema()["properties"]

    assert shown["postcode"] == {"type": "string", "examples": ["SW1A 1AA"], "title": "Postcode"}
    assert shown["lgsl"] == {"type": "integer", "minimum": 1, "title": "Lgsl"}
    assert [shown[name]["type"] for name in list(RAW)[:5]] == ["string"] * 5


@each
def test_the_example_of_the_schema_is_one(example: Example) -> None:
    """The example in the schema is itself a canonical value."""
    shown = getattr(example[0], "_example", "58")

    assert shown == str(example[0](shown))


# ------------------------------------------------------------------------------ postcode


@given(canonical, st.lists(clutter, min_size=8, max_size=8))
def test_a_postcode_is_read_however_it_is_typed(postcode: str, between: list[str]) -> None:
    """Case, spaces, dashes, brackets and full stops anywhere do not matter."""
    letters = postcode.replace(" ", "")
    typed = "".join(b + c for b, c in zip(between, letters.lower(), strict=False)) + between[-1]

    assert postcode == Postcode(typed) == Postcode(letters)


@given(canonical)
def test_a_postcode_comes_apart_into_what_it_was_made_of(postcode: str) -> None:
    """Both halves together are the postcode, and each part is the beginning of the next."""
    read = Postcode(postcode)

    assert postcode == f"{read.outward} {read.inward}"
    assert read.outward == read.district
    assert read.outward.startswith(read.area)
    assert read.area.isalpha()
    assert read.outward[len(read.area)].isdigit()
    assert f"{read.outward} {read.inward[0]}" == read.sector


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("SW1A 1AA", ("SW1A", "1AA", "SW", "SW1A 1")),
        ("M1 1AE", ("M1", "1AE", "M", "M1 1")),
        ("B33 8TH", ("B33", "8TH", "B", "B33 8")),
        ("CR2 6XH", ("CR2", "6XH", "CR", "CR2 6")),
        ("DN55 1PT", ("DN55", "1PT", "DN", "DN55 1")),
        ("W1A 0AX", ("W1A", "0AX", "W", "W1A 0")),
        ("GIR 0AA", ("GIR", "0AA", "GIR", "GIR 0")),
        ("ASCN 1ZZ", ("ASCN", "1ZZ", "ASCN", "ASCN 1")),
        ("NPT 0VA", ("NPT", "0VA", "NPT", "NPT 0")),
    ],
)
def test_each_form_of_postcode_has_its_parts(text: str, parts: tuple[str, ...]) -> None:
    """All six forms, and the few that have none of them, come apart."""
    read = Postcode(text.replace(" ", ""))

    assert text == read
    assert parts == (read.outward, read.inward, read.area, read.sector)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SW1A 1AA", PostcodeKind.GEOGRAPHIC),
        ("BT1 5GS", PostcodeKind.GEOGRAPHIC),
        ("W1M 4AB", PostcodeKind.GEOGRAPHIC),
        ("NPT 0AD", PostcodeKind.GEOGRAPHIC),
        ("GY1 1AA", PostcodeKind.CROWN_DEPENDENCY),
        ("JE2 3AB", PostcodeKind.CROWN_DEPENDENCY),
        ("IM1 1AD", PostcodeKind.CROWN_DEPENDENCY),
        ("BF1 3AA", PostcodeKind.FORCES),
        ("GIR 0AA", PostcodeKind.NON_GEOGRAPHIC),
        ("XM4 5HQ", PostcodeKind.NON_GEOGRAPHIC),
        ("BX9 1AS", PostcodeKind.NON_GEOGRAPHIC),
        ("GX11 1AA", PostcodeKind.OVERSEAS_TERRITORY),
        *[(f"{name} 1ZZ", PostcodeKind.OVERSEAS_TERRITORY) for name in TERRITORIES.split()],
    ],
)
def test_a_postcode_says_what_it_can_stand_for(text: str, kind: PostcodeKind) -> None:
    """Only a geographic postcode can have a council of the United Kingdom."""
    assert kind == Postcode(text).kind


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("( - )", Fault.EMPTY),
        ("SW1A", Fault.OUTWARD_ONLY),
        ("m1", Fault.OUTWARD_ONLY),
        ("B33", Fault.OUTWARD_ONLY),
        ("SW1A 1", Fault.INCOMPLETE),
        ("SW1A 1A", Fault.INCOMPLETE),
        ("1AA", Fault.INWARD_ONLY),
        ("BFPO 57", Fault.BFPO_NUMBER),
        ("bfpo1", Fault.BFPO_NUMBER),
        ("ZZ99 3VZ", Fault.PLACEHOLDER),
        ("ZZ99 3AA", Fault.PLACEHOLDER),
        ("SWIA 1AA", Fault.LOOKALIKE),
        ("S015 1AA", Fault.LOOKALIKE),
        ("SW1A IAA", Fault.LOOKALIKE),
        ("E1 1AI", Fault.FORBIDDEN_LETTER),
        ("SW1A 1CA", Fault.FORBIDDEN_LETTER),
        ("SW1A 1AA London", Fault.TOO_LONG),
        ("10 Downing Street, SW1A 2AA", Fault.TOO_LONG),
        ("ASCN 1ZA", Fault.PATTERN),
        ("GIR 0AB", Fault.LOOKALIKE),
        ("D02 X285", Fault.PATTERN),
        ("S01", Fault.INCOMPLETE),
        ("Q Q", Fault.PATTERN),
        ("SW1A+1AA", Fault.TOO_LONG),
        ("\u017fw1a 1aa", Fault.NOT_ASCII),
        ("SW\uff11A 1AA", Fault.NOT_ASCII),
        ("M1 1A\u0661", Fault.NOT_ASCII),
        ("AI-2640", Fault.PATTERN),
    ],
)
def test_what_is_no_postcode_is_refused_by_name(text: str, fault: Fault) -> None:
    """A form can say 'the second half is missing' rather than 'wrong'."""
    assert fault_of(Postcode, text) == fault


def test_half_a_postcode_is_told_as_half() -> None:
    """The text tells the developer which half came, and what to ask for."""
    with pytest.raises(InvalidValueError, match="Only the first half"):
        Postcode("SW1A")


@given(outwards)
def test_the_first_half_alone_is_always_outward_only(outward: str) -> None:
    """Every first half is known as one."""
    assert fault_of(Postcode, outward) == Fault.OUTWARD_ONLY


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SWIA 1AA", "SW1A 1AA"),
        ("sw1a iaa", "SW1A 1AA"),
        ("S015 1AA", "SO15 1AA"),
        ("LSI 4AP", "LS1 4AP"),
        ("MI IAE", "M1 1AE"),
        ("M1 1A8", "M1 1AB"),
        ("0X1 2JD", "OX1 2JD"),
        ("sw1a1aa", "SW1A 1AA"),
    ],
)
def test_a_likely_postcode_is_suggested(typed: str, meant: str) -> None:
    """What was probably meant can be asked about; what is right already is given back."""
    assert meant == Postcode.suggest(typed)


@pytest.mark.parametrize(
    "typed", ["", "SW1A", "E1 1AI", "QQIA 1AA", "HELLO", "OOOOOOO", "\u017f1 1AA"]
)
def test_no_suggestion_is_made_out_of_nothing(typed: str) -> None:
    """Where no reading is likelier than all others, none is offered."""
    assert Postcode.suggest(typed) is None


@given(canonical, st.data())
def test_one_mistaken_digit_never_leads_to_another_postcode(
    postcode: str, data: st.DataObject
) -> None:
    """With one letter typed for a digit, the suggestion is what was meant, or there is none."""
    places = [i for i, c in enumerate(postcode) if c in "01528"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    swap = dict(zip("01528", "OISZB", strict=True))
    typed = postcode[:place] + swap[postcode[place]] + postcode[place + 1 :]

    assert Postcode.suggest(typed) in {Postcode(postcode), None, typed}


@given(st.text(st.sampled_from(string.ascii_uppercase + string.digits), max_size=9))
def test_what_is_called_a_lookalike_has_a_suggestion(text: str) -> None:
    """The error that points to `suggest` is raised where, and only where, it has an answer."""
    try:
        expected = Postcode(text)
    except InvalidValueError as error:
        found = Postcode.suggest(text) is not None
        assert found == (error.code == Fault.LOOKALIKE)  # noqa: PT017  # the other branch returns a value
    else:
        assert expected == Postcode.suggest(text)


def test_a_postcode_hides_in_logs_and_prints_where_it_is_asked_to() -> None:
    """`repr` may reach a log; `str` is asked for by name."""
    postcode = Postcode("SW1A 1AA")

    assert f"{postcode!r} {[postcode]}" == "Postcode(...) [Postcode(...)]"
    assert f"{postcode}" == "SW1A 1AA"


# ------------------------------------------------------------------------------ UPRN, USRN


@given(st.integers(1, 10**12 - 1), st.integers(0, 12))
def test_a_uprn_is_its_value(number: int, width: int) -> None:
    """Padded or not, as text or as an int, it is the same UPRN."""
    padded = str(number).zfill(width)

    assert str(number) == Uprn(padded) == Uprn(number)
    assert str(number).zfill(12) == Uprn(padded).padded()
    assert number == int(Uprn(padded))


@given(st.lists(st.integers(1, 10**8 - 1), max_size=20))
def test_numbers_are_sorted_by_size(numbers: list[int]) -> None:
    """9 comes before 10, which text alone would turn round."""
    expected = [str(number) for number in sorted(numbers)]

    assert expected == sorted(Uprn(number) for number in numbers)
    assert expected == sorted(Usrn(number) for number in numbers)


@given(st.integers(1, 10**12 - 1), st.integers(1, 10**12 - 1))
def test_comparisons_are_those_of_the_numbers(one: int, other: int) -> None:
    """All four comparisons agree with the numbers, equal ones too."""
    left, right = Uprn(one), Uprn(other)

    assert [one < other, one <= other, one > other, one >= other] == [
        left < right,
        left <= right,
        left > right,
        left >= right,
    ]
    assert Uprn(one) <= left <= Uprn(one)


@pytest.mark.parametrize(
    ("read", "value", "fault"),
    [
        (Uprn, "1000123456789", Fault.TOO_LONG),
        (Uprn, "0000000000001", Fault.TOO_LONG),
        (Uprn, 10**12, Fault.TOO_LONG),
        (Uprn, "0", Fault.ZERO),
        (Uprn, "000000000000", Fault.ZERO),
        (Uprn, -5, Fault.NOT_DIGITS),
        (Uprn, "+5", Fault.NOT_DIGITS),
        (Uprn, "100 200", Fault.NOT_DIGITS),
        (Uprn, "1,000", Fault.NOT_DIGITS),
        (Uprn, "12345A", Fault.NOT_DIGITS),
        (Uprn, "missing", Fault.NOT_DIGITS),
        (Uprn, "\u0661\u0662", Fault.NOT_DIGITS),
        (Uprn, "\N{SUPERSCRIPT TWO}", Fault.NOT_DIGITS),
        (Uprn, "100012345678.0", Fault.SPREADSHEET),
        (Uprn, "1.00E+11", Fault.SPREADSHEET),
        (Uprn, "1e11", Fault.SPREADSHEET),
        (Usrn, "123456789", Fault.TOO_LONG),
        (Usrn, "20900161.0", Fault.SPREADSHEET),
        (CustodianCode, "53600", Fault.TOO_LONG),
        (CustodianCode, "0000", Fault.ZERO),
        (CustodianCode, "53-60", Fault.NOT_DIGITS),
        (Lgsl, 0, Fault.ZERO),
        (Lgsl, -1, Fault.NOT_DIGITS),
        (Lgsl, "x-1", Fault.NOT_DIGITS),
        (Lgsl, "100000", Fault.TOO_LONG),
    ],
)
def test_what_is_no_number_of_its_kind_is_refused_by_name(
    read: Read, value: object, fault: Fault
) -> None:
    """A spreadsheet's damage, nought and a number too long are told apart."""
    assert fault_of(read, value) == fault


def test_a_uprn_hides_in_logs_and_a_usrn_does_not() -> None:
    """A property's number points to a home, a street's does not."""
    assert repr(Uprn("100023336956")) == "Uprn(...)"
    assert repr(Usrn("20900161")) == "Usrn('20900161')"


# ------------------------------------------------------------------------------ codes


@pytest.mark.parametrize(
    ("text", "nation", "entity"),
    [
        ("E06000066", Nation.ENGLAND, "E06"),
        ("n09000002", Nation.NORTHERN_IRELAND, "N09"),
        (" S12000047 ", Nation.SCOTLAND, "S12"),
        ("W06000022", Nation.WALES, "W06"),
    ],
)
def test_a_gss_code_knows_its_nation_and_entity(text: str, nation: Nation, entity: str) -> None:
    """The first letter names the nation, and the first three characters the kind of area."""
    code = GssCode(text)

    assert (nation, entity) == (code.nation, code.entity)
    assert (False, text.strip().upper()) == (code.is_placeholder, code)


@pytest.mark.parametrize("text", ["E99999999", "S99999999"])
def test_a_gss_code_may_stand_for_none(text: str) -> None:
    """postcodes.io writes such a code where an area has no parish."""
    assert GssCode(text).is_placeholder


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("K02000001", Fault.NATION),
        ("L93000001", Fault.NATION),
        ("E0600006", Fault.PATTERN),
        ("E060000666", Fault.PATTERN),
        ("06000066E", Fault.PATTERN),
        ("E06 000066", Fault.PATTERN),
        ("00HN", Fault.PATTERN),
        ("\u017f12000047", Fault.NOT_ASCII),
        ("E0600006\u0666", Fault.NOT_ASCII),
    ],
)
def test_what_is_no_gss_code_is_refused_by_name(text: str, fault: Fault) -> None:
    """A code of another scheme, or of no nation with councils, is told apart."""
    assert fault_of(GssCode, text) == fault


@given(st.sampled_from("ENSWensw"), st.integers(0, 99_999_999))
def test_every_code_of_the_form_is_read(letter: str, number: int) -> None:
    """A letter of a nation and 8 digits are a GSS code in either case."""
    text = f"{letter}{number:08}"

    assert text.upper() == GssCode(text)


@given(st.integers(1, 9999), st.integers(0, 4))
def test_a_custodian_code_has_four_digits(number: int, width: int) -> None:
    """Padded or not, as text or as an int, it prints four digits and counts as its number."""
    code = CustodianCode(str(number).zfill(width))

    assert f"{number:04}" == code == CustodianCode(number)
    assert number == int(code)


def test_codes_of_councils_are_shown() -> None:
    """A council's code points to nobody, and may stand in a log."""
    assert repr(GssCode("E06000066")) == "GssCode('E06000066')"
    assert repr(CustodianCode("114")) == "CustodianCode('0114')"
    assert repr(Lgsl(58)) == "Lgsl(58)"


def test_identifiers_are_found_among_plain_keys() -> None:
    """A table that came from JSON is asked with the identifier itself."""
    assert {"E06000066": "Somerset"}[GssCode("e06000066")] == "Somerset"
    assert {58: "bins"}[Lgsl("58")] == "bins"


@given(st.integers(1, 99_999))
def test_a_service_number_is_an_int(number: int) -> None:
    """As text or as an int it is the same service, and prints its digits."""
    assert number == Lgsl(number) == Lgsl(str(number)) == Lgsl(Lgsl(number))
    assert f"{number} {number}" == f"{Lgsl(number)} {Lgsl(number)!s}"
