# SPDX-License-Identifier: MIT
"""The commands that run by themselves: the worker, mop-up, disputes, and those of the store."""

import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pay.commanding import Council, a_council, a_line, paid
from sqlalchemy import MetaData

from lg_core.cli import GOOD, state_of
from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence
from lg_core.store import Inbox, Schema, Step, Store
from lg_pay import NewPayment, PaymentBook
from lg_pay._commands._open import INBOX
from lg_pay._commands._schemas import SCHEMAS
from lg_pay._commands.mop_up import as_text
from lg_pay.book import Change, MoneyAtStakeError
from lg_pay.mop_up import mop_up
from lg_pay.webhooks import PaymentEvent
from lg_sandbox import Fault, Sandbox
from lg_sandbox.pay import Account

pytestmark = pytest.mark.usefixtures("own_process")
TOLD: list[str] = []
DAY = timedelta(days=1)


def tell(change: Change) -> None:
    """Note what was told, as a council's own function would act on it."""
    TOLD.append(f"{change.news}")


def refuse(_change: Change) -> None:
    """Fail, as a council's own function may."""
    raise RuntimeError


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council with one account, whose news is told to a function here."""
    TOLD.clear()
    more = f'[work]\ntell = "{__name__}:tell"\n'
    made = a_council(tmp_path, sandbox, monkeypatch, more=more)
    yield made
    made.pay.close()


def begun(council: Council, *, minutes_ago: float = 30, case: str = "c1") -> str:
    """Open a payment through the book, some time ago, and return its id."""
    then = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    new = NewPayment(
        amount=Pence(4650),
        reference="GW-0001-SECRET",
        description="Garden waste",
        return_url="https://www.example.gov.uk/return",
    )
    with PaymentBook(council.folder / "pay.db", now=lambda: then) as book:
        return book.begin(council.pay, new, service="garden", case=case).entry.payment_id or ""


def event(council: Council, payment_id: str, *, name: str = "m1") -> None:
    """Put an event into the inbox, as the endpoint does."""
    one = PaymentEvent(name, "card_payment_succeeded", payment_id, datetime.now(UTC))
    with Store(council.folder / "pay.db") as store:
        Inbox(store, name=INBOX).receive(name, {**one.record()})


# ------------------------------------------------------------------ the worker


def test_an_event_is_read_again_noted_and_told(council: Council) -> None:
    """The book knows of the payment afterwards, and the news is told once."""
    payment_id = begun(council, minutes_ago=1)
    council.sandbox.pay.pay(payment_id)
    event(council, payment_id)

    done = council.run("work", "--once", "--json", "--mop-up-minutes", "0")
    again = council.json("work", "--once", "--mop-up-minutes", "0")

    assert 0 == done.exit_code
    assert ["paid"] == TOLD
    assert 0 == again["done"]
    with PaymentBook(council.folder / "pay.db") as book:
        found = book.find(payment_id)
    assert found is not None
    assert found.paid


def test_the_worker_mops_up(council: Council) -> None:
    """A payment of which no event came is asked for, and reported until it is submitted."""
    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)

    done = council.run("work", "--once")

    assert ["paid"] == TOLD
    assert 0 == done.exit_code  # it was learnt just now: somebody may be acting on it
    assert "payments and refunds looked at" in done.stdout


def test_an_event_of_nobodys_payment_is_set_aside(council: Council) -> None:
    """The command ends with 1, and so does the status of the store."""
    event(council, "0" * 26)

    done = council.run("work", "--once")
    status = council.run("store", "status")

    assert 1 == done.exit_code
    assert 1 == status.exit_code
    assert "events set aside" in status.stdout


def test_an_event_is_looked_for_in_every_account(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An event does not say whose it is: the first account that knows the payment tells."""
    monkeypatch.setenv("OTHER_KEY", sandbox.pay.new_api_key(account=Account(id="other")))
    other = f'[accounts.another]\nkey_env = "OTHER_KEY"\nbase_url = "{sandbox.pay.url}"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=other)
    council.file.write_text(
        council.file.read_text()
        .replace("[accounts.main]", "[accounts.zz]")
        .replace("another", "aa")
    )
    payment_id = paid(council, a_line(4650))
    event(council, payment_id)

    worked = council.json("work", "--once")
    council.pay.close()

    assert (1, 0) == (worked["done"], worked["aside"])


def test_an_event_of_a_payment_in_no_account_is_set_aside(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each account is asked, and the last one's answer counts."""
    other = f'[accounts.another]\nkey_env = "COUNCIL_PAY_KEY"\nbase_url = "{sandbox.pay.url}"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=other)
    event(council, "0" * 26)

    worked = council.json("work", "--once", "--mop-up-minutes", "0")
    council.pay.close()

    assert 1 == worked["aside"]


def test_an_event_is_read_with_its_services_key(council: Council) -> None:
    """Where the book knows the service as an account, that account is asked alone."""
    text = council.file.read_text().replace("[accounts.main]", "[accounts.garden]")
    council.file.write_text(text)
    payment_id = begun(council, minutes_ago=1)
    council.sandbox.pay.pay(payment_id)
    event(council, payment_id)

    assert 1 == council.json("work", "--once", "--mop-up-minutes", "0")["done"]


def test_news_that_is_not_taken_is_set_aside_by_name(council: Council) -> None:
    """The book tells its news once, so a person must look where the function failed."""
    council.file.write_text(council.file.read_text().replace(":tell", ":refuse"))
    payment_id = begun(council, minutes_ago=1)
    council.sandbox.pay.pay(payment_id)
    event(council, payment_id)

    worked = council.json("work", "--once", "--mop-up-minutes", "0")

    assert 1 == worked["aside"]
    with Store(council.folder / "pay.db") as store:
        assert ["tell_failed.paid"] == [
            each.reason for each in Inbox(store, name=INBOX).queue.aside()
        ]


def test_an_end_that_is_not_taken_is_told_again(council: Council) -> None:
    """The next mop-up tells it, and once the function has taken it, nobody does."""
    text = council.file.read_text()
    council.file.write_text(text.replace(":tell", ":refuse"))
    payment_id = begun(council)
    council.sandbox.pay.decline(payment_id)
    council.run("mop-up", "--from-minutes", "0")
    council.file.write_text(text)
    for _ in range(2):
        council.run("mop-up", "--from-minutes", "0")

    assert ["ended_unpaid"] == TOLD


def test_an_end_that_an_event_told_is_heard(council: Council) -> None:
    """The worker's news is not told again by mop-up."""
    payment_id = begun(council, minutes_ago=1)
    council.sandbox.pay.decline(payment_id)
    event(council, payment_id)
    council.run("work", "--once", "--mop-up-minutes", "0")
    council.run("mop-up", "--from-minutes", "0")

    assert ["ended_unpaid"] == TOLD


def test_news_of_mop_up_that_is_not_taken_is_named(council: Council) -> None:
    """Mop-up and the worker's mop-up name the payment, and end with 1."""
    council.file.write_text(council.file.read_text().replace(":tell", ":refuse"))
    first = begun(council)
    council.sandbox.pay.pay(first)

    done = council.run("mop-up")
    second = begun(council, case="c2")
    council.sandbox.pay.decline(second)
    worked = council.run("work", "--once")

    assert (1, 1) == (done.exit_code, worked.exit_code)
    assert f"the news of {first} (paid) was not taken" in done.stderr
    assert "SECRET" not in done.output + worked.output


def test_a_poller_gives_the_same_events(council: Council) -> None:
    """Where no webhook comes, a search finds what was paid, and the worker acts on it."""
    payment_id = begun(council, minutes_ago=1)
    council.sandbox.pay.pay(payment_id)

    worked = council.json("work", "--once", "--poll-minutes", "5", "--mop-up-minutes", "0")

    assert ["paid"] == TOLD[:1]
    assert 1 <= worked["done"]


def test_a_round_that_fails_is_counted(council: Council) -> None:
    """A platform that is away does not end the work."""
    for _ in range(20):
        council.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="search_payments")

    done = council.run("work", "--once", "--poll-minutes", "5", "--mop-up-minutes", "0", "--json")

    assert 1 == done.exit_code


def test_the_worker_runs_until_it_is_stopped(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal ends it, and it says what it did."""
    timers: list[threading.Timer] = []

    def register(number: int, handler: Callable[[int, None], None]) -> signal.Handlers:
        if handler is not signal.SIG_DFL:  # that is what is put back at the end
            timers.append(threading.Timer(0.6, handler, (number, None)))
            timers[-1].start()
        return signal.SIG_DFL

    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)
    monkeypatch.setattr(signal, "signal", register)
    done = council.run("work")
    for timer in timers:
        timer.join()

    assert 0 == done.exit_code
    assert "Stop with Ctrl-C" in done.stderr
    assert ["paid"] == TOLD


def test_a_function_that_is_not_there_is_refused(council: Council) -> None:
    """Nothing is taken from the inbox before the settings are right."""
    for wrong in ("no_such_package:tell", f"{__name__}:nothing", "no colon"):
        text = council.file.read_text()
        council.file.write_text(text.replace(f"{__name__}:tell", wrong))

        done = council.run("work", "--once")
        council.file.write_text(text)

        assert isinstance(done.exception, ConfigError)
        assert "package.module:name" in done.exception.message


# ------------------------------------------------------------------ mop-up


def test_money_that_was_taken_for_nothing_ends_with_1(council: Council) -> None:
    """It is named on every run until somebody acts on it."""
    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)

    first = council.run("mop-up", "--from-minutes", "0")
    second = council.json("mop-up", "--from-minutes", "0")
    with PaymentBook(council.folder / "pay.db") as book:
        book.submitted(payment_id)
    third = council.run("mop-up")

    assert (1, 0) == (first.exit_code, third.exit_code)
    assert "money taken, nothing submitted" in first.stdout
    assert [payment_id] == [each["payment_id"] for each in second["needs_a_person"]]
    assert "SECRET" not in first.output


def test_mop_up_asks_by_the_services_account(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With several accounts the service's name is the account's; one that is none is told."""
    other = f'[accounts.garden]\nkey_env = "COUNCIL_PAY_KEY"\nbase_url = "{sandbox.pay.url}"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=other)
    begun(council)

    known = council.run("mop-up")
    council.file.write_text(council.file.read_text().replace("garden]", "gardens]"))
    begun(council, case="c2")
    unknown = council.run("mop-up")
    council.pay.close()

    assert (0, 1) == (known.exit_code, unknown.exit_code)
    assert "could not be asked for: ConfigError" in unknown.stdout


def test_mop_up_without_a_function_tells_nobody(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The news is in the book, and money that could not be taken is said."""
    sandbox.pay.account.captures_at_once = False
    council = a_council(tmp_path, sandbox, monkeypatch)
    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)
    first = council.json("mop-up")
    council.sandbox.pay.fail_capture(payment_id)
    with PaymentBook(tmp_path / "pay.db", now=lambda: datetime.now(UTC) + DAY) as book:
        found = mop_up(book, council.pay)
    council.pay.close()

    assert 1 == first["paid"]
    assert 1 == found.reversed
    assert "Undo what was done" in as_text(found)


# ------------------------------------------------------------------ disputes


def test_disputes_near_their_deadline_end_with_1(council: Council) -> None:
    """The deadline is in working days; one that is far off ends with 0."""
    payment_id = paid(council, a_line(4650))
    none = council.run("disputes", "--nation", "england")
    council.sandbox.pay.dispute(payment_id)

    near = council.run("disputes", "--days", "30", "--nation", "wales")
    far = council.run("disputes", "--days", "0")

    assert (0, 1, 0) == (none.exit_code, near.exit_code, far.exit_code)
    assert "No dispute waits" in none.stdout
    assert payment_id in near.stdout
    assert "England and Wales are counted" in far.stderr


def test_a_lost_dispute_is_shown_with_its_cost(council: Council) -> None:
    """It waits for nothing, so the command ends with 0."""
    dispute = council.sandbox.pay.dispute(paid(council, a_line(4650)))
    council.sandbox.pay.lose(dispute.id)

    done = council.run("disputes", "--account", "main")

    assert 0 == done.exit_code
    assert "1 lost" in done.stdout
    assert dispute.id in done.stdout


WHOSE = {
    '[disputes]\nnation = "scotland"\n': False,
    '[accounts.b]\nkey_env = "COUNCIL_PAY_KEY"\ncouncil = "Leeds"\n': False,
    '[accounts.b]\nkey_env = "COUNCIL_PAY_KEY"\ncouncil = "Nowhere at all"\n': True,
}


def test_whose_bank_holidays_count(council: Council) -> None:
    """They are those of the settings, else of the accounts' councils, else England's, and said."""
    text = council.file.read_text()
    for more, noted in WHOSE.items():
        council.file.write_text(text + more)

        done = council.run("disputes", "--account", "main")

        assert 0 == done.exit_code
        assert noted == ("England and Wales" in done.stderr)


# ------------------------------------------------------------------ the store


def test_tables_are_made_and_found_right(council: Council) -> None:
    """An upgrade of nothing makes the tables, and a second has nothing to do."""
    before = council.run("store", "status")
    script = council.run("store", "upgrade", "--sql")
    after_sql = council.json("store", "status")
    done = council.json("store", "upgrade")
    again = council.run("store", "upgrade")
    status = council.json("store", "status")

    assert 0 == before.exit_code
    assert "CREATE TABLE" in script.stdout
    assert "not there yet" in after_sql["tables"]["lg-pay.book"]
    assert len(SCHEMAS) == len(done)
    assert "Nothing to do.\n" == again.stdout
    assert status["good"]
    assert 0 == status["numbers"]["batches"]
    assert "last batch" in council.run("store", "status").stdout


def test_tables_of_another_version_are_told(council: Council) -> None:
    """Newer ones ask for a newer program, older ones for the upgrade."""
    first = Schema("test.tables", MetaData(), version=1)
    second = Schema("test.tables", MetaData(), version=2, steps=(Step(2, ("SELECT 1",)),))
    with Store(council.folder / "pay.db") as store:
        store.prepare(first)
        assert "old: run lg-pay store upgrade" == state_of(store, second, program="lg-pay")
        store.upgrade(second)
        assert "newer version" in state_of(store, first, program="lg-pay")
        assert GOOD == state_of(store, second, program="lg-pay")


def test_tables_of_a_newer_program_end_with_1(council: Council) -> None:
    """The status says so, and nothing is changed."""
    council.run("store", "upgrade")
    with Store(council.folder / "pay.db") as store, store.begin() as connection:
        connection.exec_driver_sql("UPDATE lg_schema SET version = 99")

    done = council.run("store", "status")

    assert 1 == done.exit_code
    assert "newer" in done.stdout


def test_a_purge_asks_and_keeps_what_is_open(council: Council) -> None:
    """What has not ended stays, and so does what is newer than the day."""
    begun(council)

    refused = council.run("store", "purge", "--before", "2020-01-01", given="n\n")
    done = council.json("store", "purge", "--before", "2020-01-01", "--yes", "--postings")
    future = council.run("store", "purge", "--before", "2999-01-01", "--yes")

    assert 0 != refused.exit_code
    assert {"payments": 0, "events": 0, "records": 0, "batches": 0} == done
    assert isinstance(future.exception, InvalidValueError)


def test_a_reference_is_erased_unless_money_is_at_stake(council: Council) -> None:
    """A payment that is paid and not acted on keeps its reference."""
    payment_id = begun(council)
    council.sandbox.pay.pay(payment_id)
    council.run("mop-up")
    words = ("store", "erase", "--reference", "GW-0001-SECRET", "--yes")

    refused = council.run(*words)
    with PaymentBook(council.folder / "pay.db") as book:
        book.submitted(payment_id)
    done = council.run(*words)
    asked = council.run("store", "erase", given="GW-0001-SECRET\ny\n")
    blank = council.run("store", "erase", "--reference", " ", "--yes")

    assert isinstance(refused.exception, MoneyAtStakeError)
    assert 0 == done.exit_code
    assert "SECRET" not in done.output
    assert 0 == asked.exit_code
    assert isinstance(blank.exception, InvalidValueError)


def test_without_a_store_the_commands_say_what_to_write(council: Council) -> None:
    """The error names the key of the settings file."""
    council.file.write_text(council.file.read_text().replace('url = "pay.db"', ""))

    for words in (("mop-up",), ("work", "--once"), ("store", "status")):
        done = council.run(*words)

        assert isinstance(done.exception, ConfigError)
        assert "[store]" in done.exception.message
