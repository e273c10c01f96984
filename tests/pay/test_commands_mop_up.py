# SPDX-License-Identifier: MIT
"""`lg-pay mop-up` with a payment named: what a person did is noted in the book."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pay.commanding import Council, a_council

from lg_core.errors import InvalidValueError, LgError, RequestNotSentError
from lg_core.money import Pence
from lg_pay import NewPayment, PaymentBook
from lg_pay.book import CannotGiveUpError, News, NotInBookError
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account

pytestmark = pytest.mark.usefixtures("own_process")
HOUR = timedelta(hours=1)


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council with one account."""
    made = a_council(tmp_path, sandbox, monkeypatch)
    yield made
    made.pay.close()


@pytest.fixture
def gone(council: Council, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give an open payment of an account whose key the council has no more."""
    payment_id = begun(council)
    other = council.sandbox.pay.new_api_key(account=Account("other"))
    monkeypatch.setenv("COUNCIL_PAY_KEY", other)
    return payment_id


def begun(council: Council) -> str:
    """Open a payment through the book, an hour ago, and return its id."""
    new = NewPayment(
        amount=Pence(4650),
        reference="GW-0001-SECRET",
        description="Garden waste",
        return_url="https://www.example.gov.uk/return",
    )
    with PaymentBook(council.folder / "pay.db", now=lambda: datetime.now(UTC) - HOUR) as book:
        return book.begin(council.pay, new, service="garden", case="c1").entry.payment_id or ""


def test_a_payment_of_a_key_that_is_gone_is_given_up(council: Council, gone: str) -> None:
    """The book keeps why, and mop-up reports the payment no more."""
    before = council.run("mop-up")
    done = council.run("mop-up", "--give-up", gone, "--reason", "account_closed", "--yes")
    after = council.run("mop-up")
    with PaymentBook(council.folder / "pay.db") as book:
        entry = book.find(gone)

    assert (1, 0, 0) == (before.exit_code, done.exit_code, after.exit_code)
    assert "PaymentNotFoundError" in done.stderr
    assert f"{gone}: noted; it is given_up." in done.stdout
    assert "SECRET" not in done.output
    assert entry is not None
    assert "account_closed" == entry.given_up_reason


def test_who_says_no_gives_up_nothing(council: Council, gone: str) -> None:
    """The command asks first, and says what to look at."""
    done = council.run("mop-up", "--give-up", gone, "--reason", "key_lost", given="n\n")
    with PaymentBook(council.folder / "pay.db") as book:
        entry = book.find(gone)

    assert 0 != done.exit_code
    assert "whether it was paid" in done.stderr
    assert entry is not None
    assert not entry.ended


def test_what_gov_uk_pay_still_tells_of_is_not_given_up(council: Council) -> None:
    """An open payment is to be cancelled; one that turns out to be paid is refused, and noted."""
    payment_id = begun(council)
    words = ("mop-up", "--give-up", payment_id, "--reason", "x", "--yes")
    still_open = council.run(*words)
    council.sandbox.pay.pay(payment_id)
    paid = council.run(*words)
    again = council.run(*words)
    with PaymentBook(council.folder / "pay.db") as book:
        waiting = [entry.payment_id for entry in book.unsubmitted()]

    assert isinstance(still_open.exception, InvalidValueError)
    assert "lg-pay cancel" in still_open.exception.message
    assert isinstance(paid.exception, CannotGiveUpError)
    assert isinstance(again.exception, CannotGiveUpError)
    assert [payment_id] == waiting


def test_a_platform_that_is_away_is_no_reason(council: Council) -> None:
    """Whether it was paid cannot be known now, so nothing is given up."""
    payment_id = begun(council)
    for _ in range(20):
        council.sandbox.pay.faults.add(Fault.ERROR_BEFORE, operation="get_payment")
    done = council.run("mop-up", "--give-up", payment_id, "--reason", "x", "--yes")
    with PaymentBook(council.folder / "pay.db") as book:
        entry = book.find(payment_id)

    assert isinstance(done.exception, LgError)
    assert not isinstance(done.exception, RequestNotSentError)
    assert entry is not None
    assert not entry.ended


def test_a_service_without_an_account_can_be_given_up(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several accounts, one that is not among them cannot be asked."""
    other = f'[accounts.rent]\nkey_env = "COUNCIL_PAY_KEY"\nbase_url = "{sandbox.pay.url}"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=other)
    payment_id = begun(council)
    done = council.json("mop-up", "--give-up", payment_id, "--reason", "no_account", "--yes")
    council.pay.close()

    assert {
        "payment_id": payment_id,
        "state": "given_up",
        "done": True,
        "reason": "no_account",
    } == done


def test_what_a_person_did_is_noted(council: Council) -> None:
    """Acted on, and undone: mop-up reports the payment no more. A second time there is nothing."""
    council.sandbox.pay.account.captures_at_once = False
    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)
    council.run("mop-up")
    codes = [council.run("mop-up", "--submitted", payment_id).exit_code for _ in range(2)]
    assert [0, 1] == codes
    council.sandbox.pay.fail_capture(payment_id)
    with PaymentBook(council.folder / "pay.db") as book:
        assert News.REVERSED is book.refresh(council.pay, payment_id).news

    reported = council.run("mop-up")
    undone = [council.run("mop-up", "--undone", payment_id) for _ in range(2)]
    after = council.run("mop-up")

    assert 1 == reported.exit_code
    assert "the money could not be taken; nothing undone" in reported.stdout
    assert [0, 1] == [done.exit_code for done in undone]
    assert "nothing to note" in undone[1].stdout
    assert 0 == after.exit_code


@pytest.mark.parametrize(
    "words",
    [
        ("--give-up", "p1"),
        ("--reason", "x"),
        ("--submitted", "p1", "--reason", "x"),
        ("--submitted", "p1", "--undone", "p1"),
        ("--undone", "p1", "--give-up", "p1", "--reason", "x"),
    ],
)
def test_one_thing_is_noted_at_a_time(council: Council, words: tuple[str, ...]) -> None:
    """The error names what may be given."""
    done = council.run("mop-up", *words)

    assert isinstance(done.exception, InvalidValueError)
    assert "--give-up alone" in done.exception.message


@pytest.mark.parametrize("option", ["--submitted", "--undone", "--give-up"])
def test_a_payment_that_the_book_does_not_hold_is_said(council: Council, option: str) -> None:
    """Nothing is asked and nothing is noted."""
    more = ("--reason", "x") if option == "--give-up" else ()
    done = council.run("mop-up", option, "0" * 26, *more)

    assert isinstance(done.exception, NotInBookError)
