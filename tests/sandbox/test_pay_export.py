"""lg_sandbox.pay.export and .transactions: the admin tool's CSV file."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from lg_sandbox import Clock, Sandbox
from lg_sandbox.pay import Account, Provider, State
from lg_sandbox.pay.export import Transaction, csv_text, pounds
from lg_sandbox.pay.model import CardDetails, Payment

AT = datetime(2026, 3, 12, 8, 5, 9, tzinfo=UTC)
COLUMNS = [
    *("Reference", "Description", "Email", "Amount", "Card Brand", "Cardholder Name"),
    *("Card Expiry Date", "Card Number", "State", "Finished", "Error Code", "Error Message"),
    *("Provider ID", "GOV.UK Payment ID", "Issued By", "Date Created", "Time Created"),
    *("Corporate Card Surcharge", "Total Amount", "Wallet Type"),
]
FEES = ["Fee", "Net", "Fee (transaction)", "Fee (3DS)", "Fee (fraud protection)"]
LAST = ["Payment Provider", "3-D Secure Required"]


@pytest.fixture
def sandbox() -> Sandbox:
    """Give a sandbox whose clock stands on a morning in March."""
    clock = Clock(start=AT)
    clock.freeze()
    return Sandbox(clock=clock)


def create(sandbox: Sandbox, *, key: str | None = None, **changes: Any) -> str:
    """Create a payment, and return its id."""
    body: dict[str, Any] = {
        "amount": 123450,
        "reference": "GW-1",
        "description": "Garden waste",
        "return_url": "https://council.example/done",
    }
    headers = {"Authorization": f"Bearer {key or sandbox.pay.api_key}"}
    answer = TestClient(sandbox.pay.app, base_url="http://pay").post(
        "/v1/payments", json=body | changes, headers=headers
    )
    assert 201 == answer.status_code
    return answer.json()["payment_id"]


def rows(text: str) -> list[dict[str, str]]:
    """Read the file."""
    return list(csv.DictReader(io.StringIO(text)))


def test_the_columns_stand_in_their_order(sandbox: Sandbox) -> None:
    """A service without fees and MOTO; then metadata, sorted."""
    create(sandbox, metadata={"ward": "7", "fund": "GW"})

    header = sandbox.pay.export_csv().splitlines()[0].split(",")

    assert [*COLUMNS, "Card Type", *LAST, "fund (metadata)", "ward (metadata)"] == header


def test_fees_and_moto_have_columns_where_they_can_be(sandbox: Sandbox) -> None:
    """Five for fees, one for MOTO."""
    account = Account("stripe", provider=Provider.STRIPE, moto_enabled=True)
    sandbox.pay.new_api_key(account=account)

    header = sandbox.pay.export_csv(account=account).splitlines()[0].split(",")

    assert [*COLUMNS, *FEES, "Card Type", "MOTO", *LAST] == header


def test_a_success_shows_what_was_taken(sandbox: Sandbox) -> None:
    """Pounds with commas, the date in words, the time in UTC."""
    payment_id = create(sandbox, metadata={"n": 1, "b": True})
    sandbox.pay.pay(payment_id)

    (row,) = rows(sandbox.pay.export_csv())

    expected = {
        "Reference": "GW-1",
        "Amount": "1,234.50",
        "Card Brand": "Visa",
        "Cardholder Name": "Test Payer",
        "Card Number": "1111",
        "State": "Success",
        "Finished": "true",
        "Error Code": "",
        "GOV.UK Payment ID": payment_id,
        "Issued By": "",
        "Date Created": "12 Mar 2026",
        "Time Created": "08:05:09",
        "Corporate Card Surcharge": "0.00",
        "Total Amount": "1,234.50",
        "Card Type": "credit",
        "Payment Provider": "sandbox",
        "n (metadata)": "1",
        "b (metadata)": "true",
    }
    assert expected == {name: row[name] for name in expected}


def test_unfinished_and_failed_payments_took_nothing(sandbox: Sandbox) -> None:
    """Total Amount is empty while unfinished and 0.00 for a failure."""
    create(sandbox)
    sandbox.pay.decline(create(sandbox))
    sandbox.pay.expire(create(sandbox))
    sandbox.pay.cancel(create(sandbox))

    told = [
        (row["State"], row["Finished"], row["Total Amount"], row["Error Code"])
        for row in reversed(rows(sandbox.pay.export_csv()))
    ]

    assert [
        ("In progress", "false", "", ""),
        ("Declined", "true", "0.00", "P0010"),
        ("Timed out", "true", "0.00", "P0020"),
        ("Cancelled", "true", "0.00", "P0030"),
    ] == told


def test_a_refund_is_negative_under_its_payments_id(sandbox: Sandbox) -> None:
    """Issued By is there for staff alone; an error has a code."""
    sandbox.pay.account.refunds_settle_later = True
    payment_id = create(sandbox)
    sandbox.pay.pay(payment_id)
    sandbox.clock.advance(seconds=1)
    refund = sandbox.pay.staff_refund(payment_id, 100000)
    submitted = rows(sandbox.pay.export_csv())[0]
    sandbox.pay.fail_refund(refund.id)

    failed, payment = rows(sandbox.pay.export_csv())

    assert ("-1,000.00", "-1,000.00", payment_id) == (
        submitted["Amount"],
        submitted["Total Amount"],
        submitted["GOV.UK Payment ID"],
    )
    assert ("Refund submitted", "false") == (submitted["State"], submitted["Finished"])
    assert ("Refund error", "P0050", True) == (
        failed["State"],
        failed["Error Code"],
        "@" in failed["Issued By"],
    )
    assert "Success" == payment["State"]


def test_disputes_say_how_they_ended(sandbox: Sandbox) -> None:
    """Negative unless won; a lost one has a fee and a net amount."""
    account = Account("stripe", provider=Provider.STRIPE, fees_on_test=True)
    key = sandbox.pay.new_api_key(account=account)
    for _ in range(2):
        sandbox.pay.pay(create(sandbox, key=key))
    first, second = (sandbox.pay.dispute(each.id) for each in sandbox.pay.payments)
    sandbox.pay.win(first.id)
    sandbox.pay.lose(second.id)

    told = {
        row["State"]: (row["Amount"], row["Fee"], row["Net"])
        for row in rows(sandbox.pay.export_csv(account=account))
        if row["State"].startswith("Dispute")
    }

    assert {
        "Dispute won in your favour": ("1,234.50", "", ""),
        "Dispute lost to customer": ("-1,234.50", "20.00", "-1,254.50"),
    } == told
    (paid, _) = [
        row for row in rows(sandbox.pay.export_csv(account=account)) if row["State"] == "Success"
    ]
    assert paid["Fee"] == paid["Fee (transaction)"] != ""


def test_another_accounts_transactions_are_not_in_it(sandbox: Sandbox) -> None:
    """Only the account's own, newest first."""
    create(sandbox, key=sandbox.pay.new_api_key(account=Account("other")))
    create(sandbox, reference="old")
    create(sandbox, reference="new")

    assert ["new", "old"] == [row["Reference"] for row in rows(sandbox.pay.export_csv())]


def payment_with(*, reference: str, description: str, email: str, name: str) -> Payment:
    """Make a payment with texts of its own."""
    return Payment(
        id="p" * 26,
        account="test",
        provider=Provider.SANDBOX,
        amount=1,
        return_url=None,
        created_at=AT,
        state=State.CREATED,
        history=(),
        touched_at=AT,
        reference=reference,
        description=description,
        email=email,
        card=CardDetails(cardholder_name=name),
    )


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).filter(
    lambda text: not text.startswith("'")
)


@given(reference=TEXT, description=TEXT, email=TEXT, name=TEXT)
def test_texts_come_back_without_their_apostrophe(**texts: str) -> None:
    """Reading the file and stripping the apostrophe of a formula gives what was written."""
    (row,) = rows(csv_text([Transaction(payment_with(**texts))], fees=False, moto=False))

    names = ("Reference", "Description", "Email", "Cardholder Name")
    cells = [row[name] for name in names]
    assert list(texts.values()) == [cell.removeprefix("'") for cell in cells]
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


@given(pence=st.integers(-(10**12), 10**12))
def test_pounds_come_back_as_pence(pence: int) -> None:
    """Commas between thousands, two decimals, one sign."""
    text = pounds(pence)

    whole, _, rest = text.replace(",", "").partition(".")
    assert 2 == len(rest)
    assert pence == int(whole + rest)
