"""lg_sandbox.pay.validation: what Pay refuses, with which code, and what first."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.pay.errors import PayError, Refusal
from lg_sandbox.pay.model import Account, AuthorisationMode, Provider
from lg_sandbox.pay.validation import NewPayment, read_new_payment

GOOD: dict[str, Any] = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


def read(
    changes: dict[str, Any] | None = None,
    *,
    without: tuple[str, ...] = (),
    account: Account | None = None,
    key: str | None = None,
) -> NewPayment:
    """Read a good request with some changes."""
    body = {name: value for name, value in (GOOD | (changes or {})).items() if name not in without}
    return read_new_payment(
        json.dumps(body).encode(), idempotency_key=key, account=account or Account("a")
    )


def refused(changes: dict[str, Any] | None = None, **options: Any) -> PayError:
    """Return the error that a request is refused with."""
    with pytest.raises(Refusal) as caught:
        read(changes, **options)
    return caught.value.error


def test_a_small_request_is_read() -> None:
    """What is left out has Pay's defaults."""
    new = read()

    assert (1200, "GW-1", "en", False, False) == (
        new.amount,
        new.reference,
        new.language,
        new.delayed_capture,
        new.moto,
    )
    assert AuthorisationMode.WEB is new.authorisation_mode
    assert () == new.metadata
    assert new.card is None


def test_a_full_request_is_read() -> None:
    """Every attribute of a web payment arrives."""
    new = read(
        {
            "language": "cy",
            "delayed_capture": True,
            "email": "a@example.org",
            "metadata": {"ledger": "12", "n": 3, "yes": True},
            "authorisation_mode": "web",
            "prefilled_cardholder_details": {
                "cardholder_name": "J Bloggs",
                "billing_address": {"line1": "1 High St", "postcode": "AB1 2CD", "country": "GB"},
            },
            "unheard_of": {"ignored": True},
        }
    )

    assert ("cy", True, "a@example.org") == (new.language, new.delayed_capture, new.email)
    assert (("ledger", "12"), ("n", 3), ("yes", True)) == new.metadata
    assert new.card is not None
    assert new.card.billing_address is not None
    assert ("J Bloggs", "AB1 2CD") == (
        new.card.cardholder_name,
        new.card.billing_address.postcode,
    )


Case = tuple[dict[str, Any], int, str, str | None]
TYPES: list[Case] = [
    ({"amount": None}, 400, "P0101", "amount"),
    ({"amount": "1200"}, 400, "P0102", "amount"),
    ({"amount": 12.5}, 400, "P0102", "amount"),
    ({"amount": True}, 400, "P0102", "amount"),
    ({"amount": 2**31}, 400, "P0102", "amount"),
    ({"reference": None}, 400, "P0101", "reference"),
    ({"reference": "  "}, 400, "P0101", "reference"),
    ({"reference": 5}, 400, "P0102", "reference"),
    ({"reference": "a<b"}, 400, "P0102", "reference"),
    ({"description": "a|b"}, 400, "P0102", "description"),
    ({"return_url": 5}, 400, "P0102", "return_url"),
    ({"moto": None}, 400, "P0102", "moto"),
    ({"moto": "yes"}, 400, "P0102", "moto"),
    ({"delayed_capture": 1}, 400, "P0102", "delayed_capture"),
    ({"language": None}, 400, "P0102", "language"),
    ({"language": 5}, 400, "P0102", "language"),
    ({"email": 5}, 400, "P0102", "email"),
    ({"authorisation_mode": ""}, 400, "P0102", "authorisation_mode"),
    ({"agreement_id": "a" * 26}, 400, "P0104", None),
    ({"agreement_payment_type": "recurring"}, 400, "P0104", None),
    ({"prefilled_cardholder_details": {"cardholder_name": 1}}, 400, "P0102", "cardholder_name"),
    (
        {"prefilled_cardholder_details": {"billing_address": {"line1": []}}},
        400,
        "P0102",
        "line1",
    ),
]
SIZES: list[Case] = [
    ({"language": "fr"}, 422, "P0102", "language"),
    ({"authorisation_mode": "telephone"}, 422, "P0102", "authorisation_mode"),
    (
        {"set_up_agreement": "a" * 26, "agreement_payment_type": "often"},
        422,
        "P0102",
        "agreement_payment_type",
    ),
    ({"amount": -1}, 422, "P0102", "amount"),
    ({"amount": 10_000_001}, 422, "P0102", "amount"),
    ({"reference": "r" * 256}, 422, "P0102", "reference"),
    ({"description": "d" * 256}, 422, "P0102", "description"),
    ({"email": "e" * 255}, 422, "P0102", "email"),
    ({"return_url": "https://x.example/" + "u" * 2000}, 422, "P0102", "return_url"),
    ({"set_up_agreement": "short"}, 422, "P0102", "set_up_agreement"),
    (
        {"prefilled_cardholder_details": {"billing_address": {"postcode": "p" * 26}}},
        422,
        "P0102",
        "postcode",
    ),
]
ACCOUNT: list[Case] = [
    ({"amount": 0}, 422, "P0102", "amount"),
    ({"moto": True}, 422, "P0196", None),
    ({"authorisation_mode": "moto_api"}, 422, "P0195", None),
    ({"return_url": None}, 400, "P0101", None),
    ({"return_url": ""}, 422, "P0102", None),
    ({"return_url": "ftp://x.example/"}, 422, "P0102", None),
    ({"return_url": "https://"}, 422, "P0102", None),
    ({"return_url": "https://x:port/"}, 422, "P0102", None),
    ({"return_url": "https://x.example/a b"}, 422, "P0102", None),
    ({"authorisation_mode": "agreement"}, 400, "P0101", None),
    (
        {"authorisation_mode": "agreement", "agreement_id": "a" * 26},
        400,
        "P0104",
        None,
    ),
    ({"authorisation_mode": "moto_api", "set_up_agreement": "a" * 26}, 400, "P0104", None),
]


@pytest.mark.parametrize(("changes", "status", "code", "field"), TYPES + SIZES + ACCOUNT)
def test_a_fault_is_refused_with_pays_status_code_and_field(
    *, changes: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    """One wrong attribute, one answer."""
    error = refused(changes)

    assert (status, code, field) == (error.code.status, error.code.code, error.field)


@pytest.mark.parametrize("name", ["amount", "reference", "description", "return_url"])
def test_a_missing_attribute_is_named(name: str) -> None:
    """The description says which."""
    error = refused(without=(name,))

    assert f"Missing mandatory attribute: {name}" == error.description
    assert 400 == error.code.status


def test_the_texts_are_pays() -> None:
    """A developer sees the same words as from Pay."""
    assert {
        "field": "amount",
        "code": "P0102",
        "description": "Invalid attribute value: amount. Must be less than or equal to 10000000",
    } == refused({"amount": 10_000_001}).body


@given(first=st.sampled_from(TYPES), later=st.sampled_from(SIZES[3:8] + ACCOUNT[:3]))
def test_a_wrong_type_comes_before_a_wrong_size(
    first: Case,
    later: Case,
) -> None:
    """Types are read before sizes are looked at, and sizes before the account's rules."""
    error = refused(later[0] | first[0])

    assert 400 == error.code.status


@pytest.mark.parametrize(("sent", "code"), [(b"", "P0920"), (b"{", "P0197"), (b"\xff", "P0197")])
def test_what_is_not_json_is_refused(sent: bytes, code: str) -> None:
    """A firewall stops an empty body, the parser what it cannot read."""
    with pytest.raises(Refusal) as caught:
        read_new_payment(sent, idempotency_key=None, account=Account("a"))
    assert code == caught.value.error.code.code


@given(value=st.one_of(st.none(), st.integers(), st.text(), st.lists(st.integers())))
def test_json_that_is_no_object_has_no_attributes(value: object) -> None:
    """Pay's parser finds the first attribute missing."""
    with pytest.raises(Refusal) as caught:
        read_new_payment(json.dumps(value).encode(), idempotency_key=None, account=Account("a"))
    assert "Missing mandatory attribute: amount" == caught.value.error.description


@given(body=st.binary())
def test_no_body_breaks_the_reader(body: bytes) -> None:
    """Whatever arrives is refused with a code."""
    with pytest.raises(Refusal):
        read_new_payment(body, idempotency_key=None, account=Account("a"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(name=st.sampled_from([*GOOD, "metadata", "language", "email", "moto"]), value=JSON)
def test_any_json_in_any_attribute_is_read_or_refused(name: str, value: object) -> None:
    """The reader never breaks, and what it reads is in range."""
    status, new = 0, None
    try:
        new = read({name: value})
    except Refusal as refusal:
        status = refusal.error.code.status

    assert new is None or (1 <= new.amount <= 10_000_000 and new.reference.strip())
    assert (status in {400, 422}) == (new is None)


METADATA = [
    (None, "Value must not be null"),
    ("text", "Must be an object of JSON key-value pairs"),
    ([1], "Must be an object of JSON key-value pairs"),
    ({str(n): n for n in range(16)}, "Cannot have more than 15 key-value pairs"),
    ({"": 1}, "Keys must be between 1 and 30 characters long"),
    ({"k" * 31: 1}, "Keys must be between 1 and 30 characters long"),
    ({"key": 1, "KEY": 2}, "Keys must be unique, whatever their case"),
    ({"k": None}, "Must not have null values"),
    ({"k": {"deep": 1}}, "Values must be of type String, Boolean or Number"),
    ({"k": "v" * 101}, "Values must be no greater than 100 characters long"),
    (
        {"": None},
        "Keys must be between 1 and 30 characters long. Must not have null values",
    ),
]


@pytest.mark.parametrize(("metadata", "text"), METADATA)
def test_metadata_at_fault_is_refused_with_all_its_faults(metadata: object, text: str) -> None:
    """Several messages come joined, as Pay joins them."""
    error = refused({"metadata": metadata})

    assert (422, "metadata") == (error.code.status, error.field)
    assert f"Invalid attribute value: metadata. {text}" == error.description


def test_metadata_at_its_limits_is_accepted() -> None:
    """15 pairs, 30 and 100 characters."""
    metadata = {f"{n:030}": "v" * 100 for n in range(15)}

    assert metadata == dict(read({"metadata": metadata}).metadata)


def test_empty_metadata_is_dropped() -> None:
    """An empty object is no metadata."""
    assert () == read({"metadata": {}}).metadata


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("", "Header [Idempotency-Key] can have a size between 1 and 255"),
        ("k" * 256, "Header [Idempotency-Key] can have a size between 1 and 255"),
        (
            "a_b",
            "Header [Idempotency-Key] can only contain alphanumeric characters and hyphens",
        ),
    ],
)
def test_a_wrong_idempotency_key_is_refused_by_header(key: str, text: str) -> None:
    """The error names the header, not a field."""
    assert {"header": "Idempotency-Key", "code": "P0102", "description": text} == refused(
        key=key
    ).body


def test_an_idempotency_key_is_accepted_and_ignored_in_web_mode() -> None:
    """Pay takes it, and it changes nothing."""
    assert read() == read(key="a-key-1")


@pytest.mark.parametrize(
    ("account", "amount", "text"),
    [
        (Account("a", provider=Provider.STRIPE), 29, "Must be greater than or equal to 30"),
        (Account("a", provider=Provider.WORLDPAY), 500_001, "Must be less than or equal to 500000"),
        (Account("a"), 0, "Must be greater than or equal to 1"),
    ],
)
def test_each_provider_has_its_own_range(account: Account, amount: int, text: str) -> None:
    """The nearest amount inside is accepted."""
    error = refused({"amount": amount}, account=account)

    assert f"Invalid attribute value: amount. {text}" == error.description
    inside = amount - 1 if amount > 1000 else amount + 1
    assert inside == read({"amount": inside}, account=account).amount


def test_an_account_may_be_allowed_more() -> None:
    """Zero amounts, mail orders and card details by API can be switched on."""
    account = Account("a", zero_amount_allowed=True, moto_enabled=True, moto_api_enabled=True)

    new = read(
        {"amount": 0, "moto": True, "authorisation_mode": "moto_api"},
        without=("return_url",),
        account=account,
    )

    assert (0, True, None) == (new.amount, new.moto, new.return_url)
    error = refused({"authorisation_mode": "moto_api"}, account=account)
    assert "Unexpected attribute: return_url" == error.description


@pytest.mark.parametrize("language", ["en", "cy"])
@pytest.mark.parametrize("url", ["http://localhost:8000/", "HTTPS://x.example/?a=1;b#c"])
def test_a_test_account_may_return_anywhere_on_the_web(url: str, language: str) -> None:
    """http is allowed on test accounts."""
    assert url == read({"return_url": url, "language": language}).return_url


def test_a_live_account_must_return_to_https() -> None:
    """http is blocked, https is not."""
    live = Account("a", live=True)
    error = refused({"return_url": "http://x.example/"}, account=live)

    assert (422, "P0920", "return_url") == (error.code.status, error.code.code, error.field)
    assert "https://council.example/done" == read(account=live).return_url


def test_a_disabled_account_creates_nothing() -> None:
    """403 P0941."""
    error = refused(account=Account("a", disabled=True))

    assert (403, "P0941") == (error.code.status, error.code.code)


@pytest.mark.parametrize(
    "changes", [{"set_up_agreement": "a" * 26}, {"authorisation_mode": "agreement"}]
)
def test_an_account_without_recurring_payments_refuses_agreements(changes: dict[str, str]) -> None:
    """422 P0942."""
    error = refused(changes, account=Account("a", recurring_enabled=False))

    assert (422, "P0942") == (error.code.status, error.code.code)
