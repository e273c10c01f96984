# SPDX-License-Identifier: MIT
"""NewPayment: every limit at its edges, what is sent, and what is never repeated."""

import json
import pickle
import traceback

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pay.payments import AGREEMENT_ID, a_payment, fields, payment_of

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_core.texts import Language
from lg_pay import (
    AgreementPaymentType,
    AuthorisationMode,
    BillingAddress,
    NewPayment,
    PrefilledCardholderDetails,
    calls,
)

MODES = [mode.value for mode in AuthorisationMode]
BLOCKED = '<>|"\\'
MARK = "zqMARKERzq"
URL = "https://www.example.gov.uk/"


def _refused(**changes: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as wrong:
        a_payment(**changes)
    return wrong.value


def _everywhere(error: BaseException) -> str:
    """All that a log, a debugger or another process would see of an error."""
    hanging = (error, error.__cause__, error.__context__)
    # Without frames: the path of an installation may hold two letters of what is looked for.
    return "".join(f"{each} {each!r} {vars(each) if each else ''}" for each in hanging) + "".join(
        (*traceback.format_exception(error, limit=0), pickle.dumps(error).decode("latin-1"))
    )


def _prefilled(**address: object) -> dict[str, object]:
    return {"prefilled_cardholder_details": {"billing_address": address}}


RIGHT: dict[str, dict[str, object]] = {
    "the least amount": {"amount": Pence(0)},
    "the greatest amount": {"amount": Pence(10_000_000)},
    "an amount as a plain int": {"amount": 1},
    "a reference of 1": {"reference": "x"},
    "a reference of 255": {"reference": "x" * 255},
    "a reference of 255 wide characters": {"reference": "🗑" * 255},
    "a description of 255": {"description": "x" * 255},
    "a return address of 2000": {"return_url": URL + "x" * (2000 - len(URL))},
    "a return address with http": {"return_url": "http://localhost:8000/back?id=1"},
    "an e-mail of 254": {"email": "x" * 242 + "@example.org"},
    "metadata of 15 pairs": {"metadata": {f"k{number}": number for number in range(15)}},
    "no metadata": {"metadata": {}},
    "a metadata key of 30": {"metadata": {"k" * 30: "v"}},
    "a metadata key of 1": {"metadata": {"k": "v"}},
    "a metadata text of 100": {"metadata": {"k": "v" * 100}},
    "a metadata text of 0": {"metadata": {"k": ""}},
    "metadata of every kind": {"metadata": {"a": "v", "b": 1, "c": 1.5, "d": True, "e": -1}},
    "a cardholder's name of 255": {"prefilled_cardholder_details": {"cardholder_name": "x" * 255}},
    "a line of 255": _prefilled(line1="x" * 255, line2="x" * 255, city="x" * 255),
    "a postcode of 25": _prefilled(postcode="x" * 25),
    "a country": _prefilled(country="GB"),
    "an agreement to set up": {"set_up_agreement": "a" * 26},
    "an agreement to set up, with its type": {
        "set_up_agreement": "a" * 26,
        "agreement_payment_type": "recurring",
    },
    "an agreement to charge": {
        "authorisation_mode": "agreement",
        "agreement_id": "a" * 26,
        "agreement_payment_type": AgreementPaymentType.UNSCHEDULED,
        "return_url": None,
    },
    "a telephone payment": {"authorisation_mode": "moto_api", "return_url": None},
}


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_just_within_a_limit_is_taken(name: str) -> None:
    """The last value that GOV.UK Pay documents as right is right here too."""
    assert isinstance(a_payment(**RIGHT[name]), NewPayment)


LONG = MARK + "x" * 255
WRONG: dict[str, tuple[dict[str, object], str, str]] = {
    "less than nothing": ({"amount": -1}, "amount", "greater_than_equal"),
    "one penny too many": ({"amount": 10_000_001}, "amount", "less_than_equal"),
    "a float": ({"amount": 46.5}, "amount", "int_type"),
    "a whole float": ({"amount": 4650.0}, "amount", "int_type"),
    "text": ({"amount": "4650"}, "amount", "int_type"),
    "a boolean": ({"amount": True}, "amount", "int_type"),
    "no amount": ({"amount": None}, "amount", "missing"),
    "a reference of 256": ({"reference": "x" * 256}, "reference", "string_too_long"),
    "an empty reference": ({"reference": ""}, "reference", "blank"),
    "a blank reference": ({"reference": " \t\n"}, "reference", "blank"),
    "no reference": ({"reference": None}, "reference", "missing"),
    "a number for a reference": ({"reference": 12}, "reference", "string_type"),
    "bytes for a reference": ({"reference": b"GW"}, "reference", "string_type"),
    "an address in a reference": ({"reference": "see www.x.uk"}, "reference", "web_address"),
    "another address in a reference": ({"reference": "HTTPS://x"}, "reference", "web_address"),
    "a description of 256": ({"description": "x" * 256}, "description", "string_too_long"),
    "a blank description": ({"description": "  "}, "description", "blank"),
    "an address in a description": (
        {"description": "pay at http://x.uk"},
        "description",
        "web_address",
    ),
    "a return address of 2001": (
        {"return_url": URL + "x" * (2001 - len(URL))},
        "return_url",
        "string_too_long",
    ),
    "half a return address": ({"return_url": "www.example.gov.uk"}, "return_url", "not_a_url"),
    "another scheme": ({"return_url": "javascript:alert(1)"}, "return_url", "not_a_url"),
    "no host": ({"return_url": "https:///x"}, "return_url", "not_a_url"),
    "half an IPv6 host": ({"return_url": "https://[::1/x"}, "return_url", "not_a_url"),
    "a port that is none": ({"return_url": "https://x.uk:port/"}, "return_url", "not_a_url"),
    "a space": ({"return_url": "https://x.uk/a b"}, "return_url", "not_a_url"),
    "a new line": ({"return_url": "https://x.uk/a\nb"}, "return_url", "not_a_url"),
    "a tab": ({"return_url": "https://x.uk/a\tb"}, "return_url", "not_a_url"),
    "no return address": ({"return_url": None}, "return_url", "missing"),
    "an e-mail of 255": ({"email": "x" * 243 + "@example.org"}, "email", "string_too_long"),
    "an e-mail without an at": ({"email": "nobody"}, "email", "not_an_email"),
    "an e-mail without a name": ({"email": "@example.org"}, "email", "not_an_email"),
    "an e-mail without a domain": ({"email": "x@example"}, "email", "not_an_email"),
    "an e-mail with a space": ({"email": "x y@example.org"}, "email", "not_an_email"),
    "another language": ({"language": "fr"}, "language", "enum"),
    "a word for a boolean": ({"delayed_capture": "yes"}, "delayed_capture", "bool_type"),
    "a number for a boolean": ({"moto": 1}, "moto", "bool_type"),
    "metadata of 16 pairs": (
        {"metadata": {f"k{number}": number for number in range(16)}},
        "metadata",
        "too_many",
    ),
    "a metadata key of 0": ({"metadata": {"": "v"}}, "metadata", "key_length"),
    "a metadata key of 31": ({"metadata": {"k" * 31: "v"}}, "metadata", "key_length"),
    "a metadata key that is a number": ({"metadata": {1: "v"}}, "metadata", "key_type"),
    "two metadata keys that are one": ({"metadata": {"a": 1, "A": 2}}, "metadata", "same_key"),
    "a metadata text of 101": ({"metadata": {"k": "v" * 101}}, "metadata", "too_long"),
    "a metadata value of None": ({"metadata": {"k": None}}, "metadata", "value_type"),
    "a nested metadata value": ({"metadata": {"k": {"n": 1}}}, "metadata", "value_type"),
    "a list in metadata": ({"metadata": {"k": ["v"]}}, "metadata", "value_type"),
    "not a number in metadata": ({"metadata": {"k": float("nan")}}, "metadata", "nan"),
    "infinity in metadata": ({"metadata": {"k": float("-inf")}}, "metadata", "nan"),
    "metadata that is a list": ({"metadata": [("k", "v")]}, "metadata", "not_a_mapping"),
    "an agreement of 25": ({"set_up_agreement": "a" * 25}, "set_up_agreement", "string_too_short"),
    "an agreement of 27": ({"set_up_agreement": "a" * 27}, "set_up_agreement", "string_too_long"),
    "another mode": ({"authorisation_mode": "external"}, "authorisation_mode", "enum"),
    "another type": (
        {"set_up_agreement": AGREEMENT_ID, "agreement_payment_type": "often"},
        "agreement_payment_type",
        "enum",
    ),
    "a slip of the pen": ({"refrence": "x"}, "refrence", "unknown"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_just_past_a_limit_is_refused(name: str) -> None:
    """The first value past each documented limit is refused, with its field and a stable code."""
    changes, field, code = WRONG[name]

    error = _refused(**changes)

    assert (field, code) == (error.field, error.code)
    assert error.message.startswith("NewPayment: ")
    assert field in error.message


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("line1", "x" * 256, "string_too_long"),
        ("line2", "x" * 256, "string_too_long"),
        ("city", "x" * 256, "string_too_long"),
        ("postcode", "x" * 26, "string_too_long"),
        ("country", "Wales", "not_a_country"),
        ("country", "gb", "not_a_country"),
        ("county", "Dyfed", "unknown"),
    ],
)
def test_an_address_past_a_limit_is_refused(field: str, value: str, code: str) -> None:
    """The limits of the card page's prefilled address, at their edges."""
    with pytest.raises(InvalidValueError) as wrong:
        BillingAddress(**{field: value})

    assert (field, code) == (wrong.value.field, wrong.value.code)
    assert value not in _everywhere(wrong.value)


def test_a_name_past_its_limit_is_refused() -> None:
    """The cardholder's name has at most 255 characters."""
    with pytest.raises(InvalidValueError) as wrong:
        PrefilledCardholderDetails(cardholder_name="x" * 256)

    assert ("cardholder_name", "string_too_long") == (wrong.value.field, wrong.value.code)


def test_a_field_within_a_field_is_named_by_its_path() -> None:
    """A wrong country in an address that came as JSON is named, not only what it stands in."""
    error = _refused(**_prefilled(country="Wales"))

    path = "prefilled_cardholder_details.billing_address.country"
    assert (path, "not_a_country") == (error.field, error.code)


@pytest.mark.parametrize("character", BLOCKED)
@pytest.mark.parametrize("field", ["reference", "description"])
def test_what_the_firewall_refuses_is_refused_here(field: str, character: str) -> None:
    """Each of five characters is refused wherever it stands, and is not printed with its text."""
    error = _refused(**{field: f"{MARK}{character}x"})

    assert (field, "blocked_character") == (error.field, error.code)
    assert MARK not in _everywhere(error)


@pytest.mark.parametrize(
    ("mode", "field", "value"),
    [
        ("web", "agreement_id", AGREEMENT_ID),
        ("web", "agreement_payment_type", "recurring"),
        ("agreement", "return_url", URL),
        ("agreement", "email", "x@example.org"),
        ("agreement", "prefilled_cardholder_details", {"cardholder_name": "x"}),
        ("agreement", "moto", True),
        ("agreement", "set_up_agreement", AGREEMENT_ID),
        ("agreement", "delayed_capture", True),
        ("moto_api", "return_url", URL),
        ("moto_api", "agreement_id", AGREEMENT_ID),
        ("moto_api", "agreement_payment_type", "recurring"),
        ("moto_api", "set_up_agreement", AGREEMENT_ID),
    ],
)
def test_what_does_not_go_with_the_mode_is_refused(mode: str, field: str, value: object) -> None:
    """GOV.UK Pay answers P0104 to these; here the field and the mode are named."""
    right: dict[str, object] = {"authorisation_mode": mode}
    if mode != "web":
        right["return_url"] = None
    if mode == "agreement":
        right["agreement_id"] = AGREEMENT_ID

    error = _refused(**{**right, field: value})

    assert (field, "unexpected") == (error.field, error.code)


def test_agreement_needs_its_agreement() -> None:
    """The mode agreement without an agreement is refused (P0101)."""
    error = _refused(authorisation_mode="agreement", return_url=None)

    assert ("agreement_id", "missing") == (error.field, error.code)


def test_every_wrong_field_is_named_at_once() -> None:
    """A developer sees all that is wrong, not one thing a try."""
    error = _refused(amount=-1, reference="", return_url="x", nonsense=1)

    assert "amount" == error.field
    assert all(name in error.message for name in ("amount", "reference", "return_url", "nonsense"))


TYPED = st.text(st.characters(exclude_categories=("Cs",)), max_size=60).map(
    lambda text: f"{text}{MARK}{text}"
)
FREE = (
    "amount",
    "return_url",
    "email",
    "language",
    "delayed_capture",
    "moto",
    "metadata",
    "prefilled_cardholder_details",
    "authorisation_mode",
    "set_up_agreement",
    "agreement_id",
    "agreement_payment_type",
)


@given(field=st.sampled_from(FREE), typed=TYPED)
def test_no_error_repeats_what_was_typed(field: str, typed: str) -> None:
    """Whatever text stands where another value belongs, no part of the error holds it."""
    assume(len(typed) != len(AGREEMENT_ID))  # which could be one

    error = _refused(**{field: typed})

    assert field == (error.field or "").partition(".")[0]
    assert MARK not in _everywhere(error)
    assert "MARKER" not in repr(pickle.loads(pickle.dumps(error)))


@given(field=st.sampled_from(["reference", "description"]), typed=TYPED)
def test_no_error_repeats_a_text_that_is_too_long(field: str, typed: str) -> None:
    """A text past its limit is counted, not shown."""
    error = _refused(**{field: typed + "x" * 256})

    assert "string_too_long" == error.code
    assert MARK not in _everywhere(error)


@given(
    key=st.text(st.characters(exclude_categories=("Cs",)), max_size=60).map(MARK.__add__),
    value=TYPED | st.none() | st.lists(TYPED, min_size=1) | st.just(float("inf")),
)
def test_no_error_repeats_metadata(key: str, value: object) -> None:
    """Neither a key nor a value of metadata stands in the error."""
    wrong = {key: value, "long": "x" * 101}

    assert MARK not in _everywhere(_refused(metadata=wrong))


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_what_is_right_is_sent_as_documented(mode: str, data: st.DataObject) -> None:
    """The body has the fields that were given, under their own names, with their own values."""
    given_fields = data.draw(fields(mode))
    new = payment_of(given_fields)

    sent = json.loads(new.model_dump_json(by_alias=True, exclude_none=True))

    assert mode == new.mode
    assert _plain(given_fields) == sent
    assert isinstance(sent["amount"], int)
    assert new == NewPayment.model_validate_json(new.model_dump_json())
    assert new is calls.create_payment(new).body


def _plain(value: object) -> object:
    return json.loads(json.dumps(value))


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_a_payment_prints_nothing_personal(mode: str, data: st.DataObject) -> None:
    """The repr shows the amount, the language and the mode, whatever else was given."""
    given_fields = data.draw(fields(mode))
    new = payment_of(given_fields)

    shown = (
        f"amount={new.amount!r}, language={new.language!r}, "
        f"authorisation_mode={new.authorisation_mode!r}"
    )
    assert [f"NewPayment({shown})"] * 3 == [repr(new), str(new), f"{new}"]


def test_an_address_prints_nothing() -> None:
    """Names and addresses have no field that may be printed."""
    details = PrefilledCardholderDetails(
        cardholder_name=MARK, billing_address=BillingAddress(line1=MARK)
    )

    assert ["PrefilledCardholderDetails()", "BillingAddress()"] == [
        repr(details),
        repr(details.billing_address),
    ]


def test_a_payment_does_not_change() -> None:
    """A payment that was checked stays as it was checked."""
    new = a_payment()
    with pytest.raises(ValueError, match="frozen"):
        new.reference = "other"


def test_the_mode_is_web_where_nothing_was_said() -> None:
    """GOV.UK Pay's own default."""
    assert AuthorisationMode.WEB is a_payment().mode
    assert (
        AuthorisationMode.MOTO_API is a_payment(authorisation_mode="moto_api", return_url=None).mode
    )
    assert {"en", "cy"} == set(Language)


def test_metadata_is_the_models_own() -> None:
    """What the caller does to the dictionary afterwards does not reach the payment."""
    pairs: dict[str, object] = {"ledger": "GW"}
    new = a_payment(metadata=pairs)
    pairs["card"] = None

    assert {"ledger": "GW"} == new.metadata
