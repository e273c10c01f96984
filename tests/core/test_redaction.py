"""lg_core.redaction: what may be printed, and what is taken out."""

import enum
import re
import string
import time
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core.redaction import REDACTED, REMOVED, SAFE_FIELDS, leaves, redact_fields, without

WORDS = st.text(string.ascii_letters + string.digits + "âêîôûŵŷ'@.-", min_size=1, max_size=12)
PROSE = st.lists(WORDS, max_size=8).map(" ".join)


class Reason(enum.StrEnum):
    """A closed vocabulary."""

    TIMEOUT = "timeout"


class Text(str):
    """A str of somebody else's, such as a postcode."""

    __slots__ = ()


# ---------------------------------------------------------------- redact_fields


@pytest.mark.parametrize(
    "value", ["timeout", "", 3, 0.25, True, None, "publicapi.payments.service.gov.uk", "P0102"]
)
def test_a_plain_value_of_a_safe_name_stays(value: object) -> None:
    """Numbers, booleans, None and short text are printed under a name of the list."""
    assert {"reason": value} == redact_fields({"reason": value})


@pytest.mark.parametrize(
    "value",
    [
        "a" * 201,
        "two\nlines",
        "\x1b[2J",
        "sent to bob@example.com",
        "flat 2, SW1A 1AA",
        "api_live_abcdef",
        Text("SW1A"),
        ["timeout"],
        {"reason": "timeout"},
        b"timeout",
        ValueError("timeout"),
    ],
    ids=str,
)
def test_a_value_that_may_hold_more_is_replaced_even_under_a_safe_name(value: object) -> None:
    """A safe name does not make a long text, a container or an object safe."""
    assert redact_fields({"reason": value}) == {"reason": REDACTED}


def test_an_enum_member_becomes_its_value() -> None:
    """A JSON formatter gets plain text."""
    fields = redact_fields({"reason": Reason.TIMEOUT})

    assert fields == {"reason": "timeout"}
    assert str is type(fields["reason"])


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_only_values_of_safe_names_are_ever_printed(fields: Mapping[str, object]) -> None:
    """Whatever is logged, a value comes through only under a name of the list."""
    printed = redact_fields(fields)

    assert all(value == REDACTED for name, value in printed.items() if name not in SAFE_FIELDS)


@given(st.from_regex(r"[a-z_]{1,20}", fullmatch=True).filter(lambda name: name not in SAFE_FIELDS))
def test_a_name_outside_the_list_keeps_its_name_only(name: str) -> None:
    """A developer sees that there was a field, and not what it held."""
    assert {name: REDACTED} == redact_fields({name: 1})


def test_a_name_that_is_no_name_is_replaced() -> None:
    """Somebody who logs a dict with people's addresses as its keys prints none of them."""
    assert redact_fields({"bob@example.com": 1}) == {REDACTED: REDACTED}


@pytest.mark.parametrize(
    "name",
    [
        "amount",
        "api_key",
        "body",
        "description",
        "email",
        "message",
        "name",
        "params",
        "payload",
        "payment_id",
        "phone",
        "postcode",
        "query",
        "reference",
        "return_url",
        "uprn",
        "url",
        "user",
    ],
)
def test_no_name_that_could_hold_personal_data_is_safe(name: str) -> None:
    """A new name in the list needs a reason; these may never be in it."""
    assert name not in SAFE_FIELDS


# ---------------------------------------------------------------- leaves


def test_leaves_are_the_texts_and_numbers_in_their_order() -> None:
    """Names of members, booleans and None were not typed by a person."""
    body = {"name": "Bob", "lines": ["1 High Street", ("x", 4650)], "ok": True, "none": None}

    assert [*leaves(body)] == ["Bob", "1 High Street", "x", "4650"]


def test_leaves_take_other_values_as_they_print() -> None:
    """A float, a set, an enum and a type of somebody's own are not forgotten."""
    assert [*leaves([1.5, {"a"}, Reason.TIMEOUT, Text("Bob")])] == ["1.5", "a", "timeout", "Bob"]


def test_a_number_with_its_own_print_is_taken_as_digits() -> None:
    """An amount that prints as pounds was sent as pence."""

    class Money(int):
        def __str__(self) -> str:
            return "pounds"

    assert [*leaves(Money(4650))] == ["4650"]


def test_leaves_do_not_care_how_deep_a_value_is() -> None:
    """A deep value does not end the recursion limit."""
    deep: object = "x"
    for _ in range(5_000):
        deep = [deep]

    assert [*leaves(deep)] == ["x"]


# ---------------------------------------------------------------- without: what was sent


@given(text=PROSE, values=st.lists(WORDS | PROSE, max_size=4))
def test_no_sent_value_of_three_characters_remains_as_a_word(text: str, values: list[str]) -> None:
    """Whatever a platform repeats, a whole word that was sent to it does not come back out."""
    cleaned = without(f"{text} {' '.join(values)}", values)

    for value in values:
        if len(value.strip()) < 3:
            continue
        before = r"(?<!\w)" if re.match(r"\w", value) else ""
        after = r"(?!\w)" if re.search(r"\w\Z", value) else ""
        found = re.compile(f"{before}{re.escape(value.strip())}{after}", re.IGNORECASE)
        assert not [piece for piece in cleaned.split(REMOVED) if found.search(piece)]


@pytest.mark.parametrize(
    ("text", "sent", "expected"),
    [
        ("Jones is not valid", ["jones"], "[removed] is not valid"),
        ("Jonestown is not valid", ["Jones"], "Jonestown is not valid"),
        ("amount must be 100", ["100"], "amount must be [removed]"),
        ("no is not valid", ["no"], "no is not valid"),
        ("'Bob Jones' and 'Bob'", ["Bob", "Bob Jones"], "'[removed]' and '[removed]'"),
        ("a Bob Jones Ltd b", ["Bob Jones", "Jones Ltd"], "a [removed] b"),
        (r"got '1 High St\nLeeds'", ["1 High St\nLeeds"], "got '[removed]'"),
        ("got 'Leeds'", ["1 High St\nLeeds"], "got '[removed]'"),
        ("got 1 High  St,\n Leeds", ["1 High St, Leeds"], "got [removed]"),
        ("Sia\u0302n is unknown", ["Siân"], "[removed] is unknown"),
        ("Si\u200bân is unknown", ["Siân"], "[removed] is unknown"),
        ("x+447x", ["+447"], "x+447x"),
        ("x+447", ["+447"], "x[removed]"),
        ("STRASSE, Straße", ["straße"], "STRASSE, [removed]"),
        ("fine", ["", "  ", "\n"], "fine"),
    ],
)
def test_what_was_sent_is_taken_out(text: str, sent: list[str], expected: str) -> None:
    """Whole words, whatever the case, the line breaks and the way an accent is written."""
    assert expected == without(text, sent)


def test_the_result_is_one_line() -> None:
    """A platform's text cannot start a line of its own in a log, nor steer a terminal."""
    assert without("a\r\nb\x1b[2J\tc", ()) == "a b [2J c"


# ---------------------------------------------------------------- without: shapes

LETTERS = string.ascii_uppercase
POSTCODES = st.from_regex(
    r"\A[A-Z]{1,2}[0-9][A-Z0-9]?[ ]?[0-9][A-Z]{2}\Z", fullmatch=True
) | st.sampled_from(["GIR 0AA", "BFPO 57", "ASCN 1ZZ", "sw1a1aa"])
SEPARATORS = st.sampled_from(["", " ", "-", "."])


@given(before=PROSE, address=st.emails(), after=PROSE)
def test_no_email_address_remains(before: str, address: str, after: str) -> None:
    """An address is taken out wherever it stands, even if nobody sent it."""
    cleaned = without(f"{before} {address} {after}", ())

    assert address not in cleaned
    assert f"{address.partition('@')[0]}@" not in cleaned.split()


@given(before=PROSE, postcode=POSTCODES, after=PROSE)
def test_no_postcode_remains(before: str, postcode: str, after: str) -> None:
    """A postcode is taken out wherever it stands."""
    assume(postcode not in f"{before} {after}")

    assert postcode not in without(f"{before} {postcode} {after}", ())


@given(
    around=st.tuples(PROSE, PROSE),
    digits=st.text(string.digits, min_size=12, max_size=19),
    separator=SEPARATORS,
)
def test_no_card_number_remains(around: tuple[str, str], digits: str, separator: str) -> None:
    """12 digits or more are taken out, in a row or in groups of four."""
    number = separator.join(digits[at : at + 4] for at in range(0, len(digits), 4))

    cleaned = without(f"{around[0]} {number} {around[1]}", ())

    assert number not in cleaned
    assert not re.search(r"\d{9}", cleaned)


@pytest.mark.parametrize(
    "personal",
    [
        "bob@example.com",
        "bob%40example.com",
        '"Bob Jones"@example.com',
        "o'neil+x@[192.0.2.1]",
        "07700 900123",
        "07700900123",
        "+447700900123",
        "+44 (0) 7700 900 123",
        "(020) 7946 0000",
        "020-7946-0000",
        "020\u20117946\u20110000",
        "020\u00a07946\u00a00000",
        "0770090",
        "900123456",
        "4242424242424242",
        "x4242-4242-4242-4242",
        "200012345678",
        "SW1A%201AA",
        "SW1A+1AA",
        "sw1a1aa",
        "api_test_k3j4h5",
        "api_live_k3j4h5k3j4h5k3j4h5k3j4h5k3j4h5k3j4h5",
        "Bearer AbCdEfGhIjKlMnOp",
        "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln",
        "3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "mysecretkeywithoutanydigitsinside",
        "Zm9v/YmFyYmF6+cXV4cXV1eGNvcmdlZ3JhdWx0Z2FycGx5",
    ],
)
def test_what_looks_personal_or_secret_is_taken_out(personal: str) -> None:
    """Each shape of the module's table goes, whether or not it was sent."""
    cleaned = without(f"the value '{personal}' is refused", ())

    assert "[removed]" in cleaned
    tail = personal.removeprefix("Bearer ").removeprefix("x")
    assert tail not in cleaned
    assert cleaned.startswith("the value '")
    assert cleaned.endswith("' is refused")


def test_a_card_number_goes_whole_even_behind_a_letter() -> None:
    """13 digits are a card's fewest, and none of its groups may stay."""
    expected = "card[removed]"
    assert expected == without("card4242-4242-4242-4", ())


@pytest.mark.parametrize(
    "text",
    [
        "Must be less than or equal to 10000000",
        "P0102 amount: 10000000. 15 pairs at most",
        "422 P0102",
        "Must be a date such as 2026-11-22",
        "from 2015-08-14T12:35:00Z to 2015-08-14 12:35:00.123",
        "Invalid attribute value: corporate_prepaid_debit_card_surcharge_amount",
        "Cannot find hu20sqlact5260q2nanm0q8u93",
        "See docs.payments.service.gov.uk/api_reference/create_a_payment_reference",
        "Must be between 1 and 255 characters",
        "Bearer token missing",
        "It costs 1,234,567.00",
    ],
)
def test_what_explains_a_refusal_stays(text: str) -> None:
    """Limits, codes, dates, names of fields and addresses of documentation are what helps."""
    assert text == without(text, ())


@given(st.text(max_size=300))
def test_any_text_is_cleaned_into_one_printable_line(text: str) -> None:
    """No text of a platform makes the cleaning fail."""
    cleaned = without(text, ())

    assert len(cleaned.splitlines()) <= 1
    assert cleaned == cleaned.strip()


@pytest.mark.parametrize(
    "piece", ["a", "a.", "1 ", "1-", '"a', "(", "eyJ", "eyJ-", "api_", "%40", "a'", "a@", "A1 1"]
)
def test_a_long_hostile_text_costs_time_in_proportion_to_its_length(piece: str) -> None:
    """A text made to slow down a pattern does not hold up the caller."""
    started = time.process_time()
    without(piece * 20_000, ["aaa"])

    # Each takes about a tenth of a second; a pattern that looks back takes twenty.
    assert time.process_time() - started < 5
