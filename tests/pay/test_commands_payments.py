# SPDX-License-Identifier: MIT
"""The commands that look payments up and act on one: what they print, ask for and refuse."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pay.commanding import Council, a_council, a_line, paid
from pay.payments import a_payment

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store import StoreError
from lg_pay import PaymentNotFoundError, RefundMismatchError
from lg_pay.reconcile import PostingBook
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account

pytestmark = pytest.mark.usefixtures("own_process")


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council with one account."""
    made = a_council(tmp_path, sandbox, monkeypatch)
    yield made
    made.pay.close()


def refunds_of(council: Council, payment_id: str) -> list[int]:
    """Return what has gone back, in pence."""
    return [int(each.amount) for each in council.pay.get_refunds(payment_id).refunds]


# ------------------------------------------------------------------ looking up


def test_payments_are_listed_without_personal_data(council: Council) -> None:
    """The table has the id, the amount and the state, and no reference."""
    payment_id = paid(council, a_line(4650))

    done = council.run("payments")

    assert 0 == done.exit_code
    assert payment_id in done.stdout
    assert "£46.50" in done.stdout
    assert "1 payments." in done.stdout
    assert "SECRET" not in done.output
    assert "payments since" in done.stderr


def test_personal_data_is_shown_where_it_is_asked_for(council: Council) -> None:
    """`--personal` adds the reference, in text and in JSON."""
    paid(council, a_line(4650))

    assert "GW-0001-SECRET" in council.run("payments", "--personal").stdout
    (row,) = council.json("payments", "--personal")
    assert "GW-0001-SECRET" == row["personal"]["reference"]
    assert [None] == [row["personal"] for row in council.json("payments")]


def test_a_search_by_day_reference_and_state(council: Council) -> None:
    """Each filter leaves out what does not match."""
    payment_id = paid(council, a_line(4650))

    def found(*words: str) -> list[str]:
        return [row["payment_id"] for row in council.json("payments", *words)]

    assert [payment_id] == found("--reference", "GW-0001-SECRET")
    assert [payment_id] == found("--reference", "GW-0001-SECRET", "--account", "main")
    assert [] == found("--reference", "GW-0002")
    assert [] == found("--state", "failed")
    assert [] == found("--from", "2020-01-01", "--to", "2020-01-02")
    assert [payment_id] == found("--from", "2020-01-01", "--state", "success")


@pytest.mark.parametrize(
    "words",
    [
        ("--from", "yesterday"),
        ("--to", "2020-01-01"),
        ("--from", "2020-01-02", "--to", "2020-01-01"),
    ],
    ids=["no day", "an end alone", "backwards"],
)
def test_days_that_cannot_be_right_are_refused(council: Council, words: tuple[str, ...]) -> None:
    """The error names the option and not what was typed."""
    done = council.run("payments", *words)

    assert isinstance(done.exception, InvalidValueError)
    assert "yesterday" not in done.exception.message


def test_a_payment_is_shown_with_its_events(council: Council) -> None:
    """What happened to it stands below it, oldest first."""
    payment_id = paid(council, a_line(4650))

    shown = council.json("payment", payment_id)
    text = council.run("payment", payment_id).stdout
    personal = council.run("payment", payment_id, "--personal").stdout

    assert ["created", "success"] == [shown["events"][0]["state"], shown["events"][-1]["state"]]
    assert "Can be refunded  £46.50" in text
    assert "SECRET" not in text
    assert "SECRET" in personal


def test_of_several_accounts_one_must_be_named(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payment is looked for where it was said to be, and a search is in all of them."""
    more = f'[accounts.other]\nkey_env = "OTHER_KEY"\nbase_url = "{sandbox.pay.url}"\n'
    monkeypatch.setenv("OTHER_KEY", sandbox.pay.new_api_key(account=Account(id="other")))
    council = a_council(tmp_path, sandbox, monkeypatch, more=more)
    payment_id = paid(council, a_line(4650))

    unnamed = council.run("payment", payment_id)
    elsewhere = council.run("payment", payment_id, "--account", "other")
    named = council.run("payment", payment_id, "--account", "main")
    rows = council.json("payments")
    council.pay.close()

    assert isinstance(unnamed.exception, ConfigError)
    assert "main, other" in unnamed.exception.message
    assert isinstance(elsewhere.exception, PaymentNotFoundError)
    assert 0 == named.exit_code
    assert ["main"] == [row["account"] for row in rows]


def test_an_account_that_fails_does_not_hide_what_the_others_gave(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was found is printed, and then the command fails with the name of the account."""
    more = '[accounts.other]\nkey_env = "KEY_THAT_IS_NOT_SET"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=more)
    payment_id = paid(council, a_line(4650))

    done = council.run("payments")
    council.pay.close()

    assert payment_id in done.stdout
    assert "other" in str(done.exception)


# ------------------------------------------------------------------ refunds


def test_a_refund_asks_and_shows_what_is_available(council: Council) -> None:
    """The person sees what can be refunded before the question, and says yes."""
    payment_id = paid(council, a_line(4650))

    done = council.run("refund", payment_id, "--amount", "12.50", given="y\n")

    assert 0 == done.exit_code
    assert "Can be refunded  £46.50" in done.stderr
    assert "£12.50 paid back" in done.stdout
    assert [1250] == refunds_of(council, payment_id)


def test_no_means_no(council: Council) -> None:
    """Where the person says no, or nobody is there, nothing is refunded."""
    payment_id = paid(council, a_line(4650))

    for given in ("n\n", ""):
        assert 0 != council.run("refund", payment_id, "--amount", "1", given=given).exit_code

    assert [] == refunds_of(council, payment_id)


def test_a_script_that_runs_twice_refunds_once(council: Council) -> None:
    """`--yes` needs what was seen, so that GOV.UK Pay's lock refuses the second run."""
    payment_id = paid(council, a_line(4650))
    words = ("refund", payment_id, "--amount", "12.50", "--yes", "--available", "46.50")

    first, second = council.run(*words), council.run(*words)

    assert 0 == first.exit_code
    assert isinstance(second.exception, RefundMismatchError)
    assert [1250] == refunds_of(council, payment_id)


@pytest.mark.parametrize(
    "words",
    [
        ("--amount", "1", "--yes"),
        (),
        ("--made", "r1"),
        ("--made", "r1", "--line", "GW=1", "--amount", "1"),
    ],
    ids=["yes alone", "no amount", "made without lines", "made with an amount"],
)
def test_options_that_do_not_go_together_are_refused(
    council: Council, words: tuple[str, ...]
) -> None:
    """Nothing is sent, and the command ends as wrongly used."""
    assert 2 == council.run("refund", "p" * 26, *words).exit_code


def test_the_lines_of_a_refund_are_recorded(council: Council) -> None:
    """The payment's own line is recorded whole, so that the reconciliation finds it."""
    payment_id = paid(council, a_line(4000), a_line(650, fund="CT", account="C9"))

    done = council.json(
        "refund", payment_id, "--amount", "16.50", "--line", "GW=10.00", "--line", "CT=6.50",
        "--yes", "--available", "46.50",
    )  # fmt: skip

    book = PostingBook(council.folder / "pay.db")
    with book.new_batch("income", day=council.sandbox.clock.now().date()) as batch:
        recorded = batch.recorded_lines([done["refund_id"]])[done["refund_id"]]
    book.close()
    assert (a_line(1000), a_line(650, fund="CT", account="C9")) == recorded
    assert 2 == done["lines_recorded"]


def test_a_line_by_its_account(council: Council) -> None:
    """Where a fund has two accounts, the account says which line is meant."""
    payment_id = paid(council, a_line(4000), a_line(650, account="A2"))
    words = ("refund", payment_id, "--amount", "1", "--yes", "--available", "46.50", "--line")

    unclear = council.run(*words, "GW=1.00")
    clear = council.run(*words, "GW/A2=1.00")

    assert isinstance(unclear.exception, InvalidValueError)
    assert 0 == clear.exit_code
    assert [100] == refunds_of(council, payment_id)


@pytest.mark.parametrize(
    "lines",
    [("GW=9.00",), ("XX=10.00",), ("GW",), ("=10.00",), ("GW=5", "GW=5"), ("GW=x",), ("CT=10.00",)],
    ids=["sum", "fund", "no amount", "no fund", "twice", "no number", "more than paid"],
)
def test_lines_that_do_not_fit_refund_nothing(council: Council, lines: tuple[str, ...]) -> None:
    """Lines are checked before money moves."""
    payment_id = paid(council, a_line(4000), a_line(650, fund="CT"))
    options = [word for line in lines for word in ("--line", line)]

    done = council.run(
        "refund", payment_id, "--amount", "10", "--yes", "--available", "46.50", *options
    )

    assert isinstance(done.exception, InvalidValueError)
    assert [] == refunds_of(council, payment_id)


def test_a_line_in_suspense_is_said_to_be(council: Council) -> None:
    """A payment that no rule knows is in suspense, and its refund can name that fund."""
    payment = council.pay.create_payment(a_payment(description="Nobody knows"))
    council.sandbox.pay.pay(payment.payment_id)

    done = council.run(
        "refund", payment.payment_id, "--amount", "1", "--line", "SUSP=1", "--yes",
        "--available", "46.50",
    )  # fmt: skip

    assert 0 == done.exit_code
    assert "is in suspense" in done.stderr


def test_a_store_that_cannot_be_used_refunds_nothing(council: Council) -> None:
    """The store is opened before money moves."""
    payment_id = paid(council, a_line(4650))
    (council.folder / "pay.db").write_text("this is no database, and it is long enough" * 30)

    done = council.run(
        "refund", payment_id, "--amount", "1", "--line", "GW=1", "--yes", "--available", "46.50"
    )

    assert isinstance(done.exception, StoreError)
    assert [] == refunds_of(council, payment_id)


def test_lines_of_a_refund_that_was_made_already(council: Council) -> None:
    """`--made` records the lines of a refund of the admin tool, and refunds nothing."""
    payment_id = paid(council, a_line(4650))
    refund_id = council.sandbox.pay.staff_refund(payment_id, 1000).id

    right = council.run("refund", payment_id, "--made", refund_id, "--line", "GW=10.00")
    again = council.run("refund", payment_id, "--made", refund_id, "--line", "GW=10.00")
    wrong = council.run("refund", payment_id, "--made", refund_id, "--line", "GW=9.00")

    assert (0, 0) == (right.exit_code, again.exit_code)
    assert isinstance(wrong.exception, InvalidValueError)
    assert [1000] == refunds_of(council, payment_id)


def test_other_lines_for_the_same_refund_are_refused_and_said(council: Council) -> None:
    """What was recorded first stays, and the command says what to do."""
    payment_id = paid(council, a_line(650), a_line(4000, fund="CT"))
    refund_id = council.sandbox.pay.staff_refund(payment_id, 100).id
    council.run("refund", payment_id, "--made", refund_id, "--line", "GW=1")

    other = council.run("refund", payment_id, "--made", refund_id, "--line", "CT=1")

    assert "Do not refund again" in other.stderr
    assert other.exception is not None


def test_nothing_left_to_refund(council: Council) -> None:
    """A payment that was refunded whole is refused before anything is asked."""
    payment_id = paid(council, a_line(4650))
    council.sandbox.pay.staff_refund(payment_id, 4650)

    done = council.run("refund", payment_id, "--amount", "1", given="y\n")

    assert isinstance(done.exception, InvalidValueError)
    assert "full" in done.exception.message


# ------------------------------------------------------------------ capture, cancel, links


def test_capture_asks_and_takes_the_money(council: Council) -> None:
    """A payment that waits is captured once somebody has said yes."""
    payment_id = paid(council, a_line(4650), delayed_capture=True)

    refused = council.run("capture", payment_id, given="n\n")
    taken = council.run("capture", payment_id, "--yes")

    assert 0 != refused.exit_code
    assert 0 == taken.exit_code
    assert "was capturable, is success" in taken.stdout


def test_cancel_asks_and_lets_the_payment_go(council: Council) -> None:
    """A payment that waits is cancelled once somebody has said yes."""
    payment_id = paid(council, a_line(4650), delayed_capture=True)

    done = council.run("cancel", payment_id, given="y\n")

    assert 0 == done.exit_code
    assert "is cancelled" in done.stdout
    assert not council.sandbox.pay.charges


def test_a_cancellation_without_an_answer_says_so(council: Council) -> None:
    """An error of the platform reaches whoever runs the command."""
    payment_id = paid(council, a_line(4650), delayed_capture=True)
    for _ in range(20):
        council.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="cancel_payment")

    done = council.run("cancel", payment_id, "--yes")

    assert done.exception is not None
    assert "SECRET" not in done.output


def test_a_link_is_filled_in(council: Council) -> None:
    """The address is printed, and nothing is sent."""
    link = "https://www.gov.uk/payments/a-council/garden"

    done = council.run("link", link, "--reference", "GW 1", "--amount", "12.50")

    assert f"{link}?reference=GW_1&amount=1250\n" == done.stdout
    assert f"{link}\n" == council.run("link", link).stdout


# ------------------------------------------------------------------ references


def test_references_are_listed_checked_made_and_explained(council: Council) -> None:
    """What one command makes, the next finds right; a wrong digit ends with 1."""
    kinds = council.json("references", "list")
    profile = next(kind["name"] for kind in kinds if kind["finds_wrong_digit"])
    mask = next(kind["masks"][0] for kind in kinds if kind["name"] == profile)
    body = "".join("1" if sign == "#" else sign for sign in mask)

    made = council.run("references", "make", profile, body)
    if made.exit_code:
        body = body[:-1]
        made = council.run("references", "make", profile, body)
    reference = made.stdout.strip()
    wrong = f"{reference[:-1]}{'0' if reference[-1] != '0' else '1'}"

    assert 0 == council.run("references", "check", profile, reference).exit_code
    assert 0 == council.run("references", "explain", profile, reference).exit_code
    assert 1 == council.run("references", "check", profile, wrong).exit_code
    assert 1 == council.run("references", "explain", profile, wrong).exit_code
