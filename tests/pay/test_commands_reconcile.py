# SPDX-License-Identifier: MIT
"""`lg-pay reconcile` and `lg-pay settlement`: from pages, files and the API to posting files."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pay.commanding import Council, a_council, a_line, paid
from pay.payments import a_payment
from pay.reconciling import DAY, a_payment_row, a_refund, at_noon, basket_row, record

from lg_core.days import london_day
from lg_core.errors import ConfigError, InvalidValueError
from lg_pay.reconcile import DayError
from lg_pay.reconcile.writers import PostingFileError
from lg_sandbox import Clock, Sandbox
from lg_sandbox.pay import Provider

pytestmark = pytest.mark.usefixtures("own_process")
Row = Mapping[str, Any]
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council with one account."""
    made = a_council(tmp_path, sandbox, monkeypatch)
    yield made
    made.pay.close()


@pytest.fixture
def past(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council whose sandbox lives four days ago."""
    clock = Clock(start=datetime.now(UTC) - timedelta(days=4))
    with Sandbox(clock=clock) as sandbox:
        sandbox.pay.account.provider = Provider.STRIPE
        sandbox.pay.account.fees_on_test = True
        made = a_council(tmp_path, sandbox, monkeypatch)
        yield made
        made.pay.close()


def pages(council: Council, more: Sequence[Row] = (), *, refunds: Sequence[Row] = ()) -> str:
    """Record pages of a basket, and of what else is given."""
    folder = council.folder / "pages"
    basket = basket_row("p1", [a_line(4000), a_line(650, fund="CT")])
    record(folder, [basket, *more], refunds=refunds)
    return str(folder)


# ------------------------------------------------------------------ from pages


def test_a_day_is_made_and_made_again(council: Council) -> None:
    """The second run writes nothing new, and the files are the same bytes."""
    words = ("reconcile", "--day", str(DAY), "--from-pages", pages(council))

    first = council.run(*words, "--format", "csv,json")
    files = {path.name: path.read_bytes() for path in (council.folder / "posted").iterdir()}
    second = council.json(*words, "--format", "csv,json")

    assert 0 == first.exit_code
    assert "£46.50" in first.stdout
    assert 3 == len(files)
    assert files == {path.name: path.read_bytes() for path in (council.folder / "posted").iterdir()}
    (batch,) = second["batches"]
    assert (True, 0, 4650) == (batch["repeated"], batch["suspense"], batch["totals"]["payments"])


def test_suspense_ends_with_1(council: Council) -> None:
    """A payment that nothing decides is posted to suspense, and the scheduler hears of it."""
    lost = a_payment_row("p2", description="Nobody knows")

    done = council.run("reconcile", "--day", str(DAY), "--from-pages", pages(council, more=[lost]))
    again = council.run("reconcile", "--day", str(DAY))

    assert (1, 1) == (done.exit_code, again.exit_code)
    assert "SECRET" not in done.output


def test_what_does_not_balance_is_named_and_ends_with_1(council: Council) -> None:
    """A surcharge that the two readings see differently stops the batch: nothing is posted."""
    odd = a_payment_row("p2", corporate_card_surcharge=250, total_amount=9999)
    folder = pages(council, more=[odd])

    done = council.run("reconcile", "--day", str(DAY), "--from-pages", folder)
    shown = council.json("reconcile", "--day", str(DAY), "--from-pages", folder)

    assert 1 == done.exit_code
    assert "payment:p2" in done.stderr
    assert ["payment:p2"] == [each["name"] for each in shown["differences"]]
    assert [] == shown["batches"]
    assert not (council.folder / "posted").exists()


def test_missing_days_are_made_in_order(council: Council) -> None:
    """`--through` begins after the last batch, and writes a report for each day."""
    folder = pages(council, more=[a_payment_row("p2", at=at_noon(NEXT))])
    words = ("reconcile", "--from-pages", folder, "--through")

    without_first = council.run(*words, str(NEXT))
    page = council.folder / "report.html"
    first = council.json(*words, str(DAY), "--day", str(DAY), "--html", str(page))
    rest = council.json(*words, str(NEXT + timedelta(days=1)), "--html", str(page))
    nothing = council.run(*words, str(NEXT))
    backwards = council.run(*words, str(DAY), "--day", str(NEXT))

    assert isinstance(without_first.exception, InvalidValueError)
    assert [str(DAY)] == [each["day"] for each in first["batches"]]
    assert [2, 3] == [each["number"] for each in rest["batches"]]
    assert {"report.html", f"report-{NEXT}.html"} <= {
        path.name for path in council.folder.iterdir()
    }
    assert "every day up to --through has its batch" in nothing.stderr
    assert isinstance(backwards.exception, InvalidValueError)


def test_yesterday_is_the_usual_day(council: Council) -> None:
    """Without `--day` it is yesterday in London."""
    record(council.folder / "none", [])

    shown = council.json("reconcile", "--from-pages", str(council.folder / "none"))

    yesterday = london_day(datetime.now(UTC)) - timedelta(days=1)
    assert [str(yesterday)] == [each["day"] for each in shown["batches"]]


def test_what_was_made_is_told_before_the_error(council: Council) -> None:
    """Where a later day fails, the JSON of the earlier ones is still printed."""
    today = london_day(datetime.now(UTC))
    yesterday = today - timedelta(days=1)
    record(council.folder / "none", [])

    done = council.run(
        "reconcile", "--from-pages", str(council.folder / "none"), "--json",
        "--day", str(yesterday), "--through", str(today),
    )  # fmt: skip

    assert isinstance(done.exception, DayError)
    assert 1 == len(json.loads(done.stdout)["batches"])


def test_a_payment_is_explained(council: Council) -> None:
    """The rule that decided is named, and nothing is posted."""
    link = a_payment_row("p2")
    words = ("reconcile", "--from-pages", pages(council, more=[link]), "--explain")

    basket, rule = council.run(*words, "p1"), council.run(*words, "p2")
    missing = council.run(*words, "p3")

    assert "basket" in basket.stdout
    assert "links" in rule.stdout
    assert isinstance(missing.exception, InvalidValueError)
    assert not (council.folder / "pay.db").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("--from-pages", "a", "--keep-pages", "b"),
        ("--from-export", "a", "--statement", "b"),
        ("--from-export", "a", "--from-pages", "b"),
    ],
    ids=" ".join,
)
def test_ways_that_do_not_go_together_are_refused(council: Council, words: tuple[str, ...]) -> None:
    """The command ends as wrongly used, before anything is opened."""
    assert 2 == council.run("reconcile", *words).exit_code


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--from-pages", "not-there"), "--from-pages"),
        (("--format", "pdf"), "format"),
        (("--format", "columns"), "file"),
        (("--day", "today"), "--day"),
    ],
    ids=["no folder", "no format", "no layout", "no day"],
)
def test_what_cannot_be_right_is_said(council: Council, words: tuple[str, ...], said: str) -> None:
    """Nothing is posted where an option is wrong."""
    done = council.run("reconcile", *words)

    assert isinstance(done.exception, ConfigError | InvalidValueError)
    assert said in done.exception.message


def test_an_erased_reference_is_said_to_be(council: Council) -> None:
    """After an erasure the lines no longer match the digest, and files are written where told."""
    words = ("reconcile", "--day", str(DAY), "--from-pages", pages(council))
    council.run(*words)
    council.run("store", "erase", "--reference", "A1", "--yes")

    refused = council.run(*words, "--out", str(council.folder / "again"))
    written = council.run(*words, "--out", str(council.folder / "again"), "--erased")

    assert isinstance(refused.exception, PostingFileError)
    assert 0 == written.exit_code


def test_batches_are_purged_but_for_the_days_that_are_looked_at(council: Council) -> None:
    """The last batch stays, and so does what a run looks back at."""
    folder = pages(council)
    last = DAY + timedelta(days=20)
    council.run("reconcile", "--from-pages", folder, "--day", str(DAY), "--through", str(last))

    near = council.run("store", "purge", "--yes", "--postings", "--before", str(last))
    far = council.json("store", "purge", "--yes", "--postings", "--before", str(NEXT))

    assert isinstance(near.exception, InvalidValueError)
    assert 1 == far["batches"]


# ------------------------------------------------------------------ from the API


def test_a_day_from_the_api(past: Council) -> None:
    """Payments, a refund with its lines, and fees are posted; the pages can be kept and read."""
    payment_id = paid(past, a_line(4000), a_line(650, fund="CT"))
    done = past.run(
        "refund", payment_id, "--amount", "6.50", "--line", "CT=6.50", "--yes",
        "--available", "46.50",
    )  # fmt: skip
    day = str(london_day(past.sandbox.clock.now()))
    kept = past.folder / "kept"

    made = past.json("reconcile", "--day", day, "--keep-pages", str(kept))
    again = past.json("reconcile", "--day", day, "--keep-pages", str(kept))

    assert 0 == done.exit_code
    (batch,) = made["batches"]
    assert (4650, -650) == (batch["totals"]["payments"], batch["totals"]["refunds"])
    assert 0 == batch["suspense"]
    assert again["batches"][0]["digest"] == batch["digest"]
    assert 5 == len(list((kept / day).iterdir()))
    assert "basket" in past.run("reconcile", "--explain", payment_id).stdout


def test_pages_of_a_run_that_broke_off_are_not_mixed_in(past: Council) -> None:
    """A folder that is there already is left as it is."""
    day = str(london_day(past.sandbox.clock.now()))
    kept = past.folder / "kept"
    (kept / day).mkdir(parents=True)

    past.run("reconcile", "--day", day, "--keep-pages", str(kept))

    assert {day, f"{day}-2"} == {path.name for path in kept.iterdir()}


# ------------------------------------------------------------------ from the admin tool's file


def test_a_day_from_the_admin_tools_file(past: Council) -> None:
    """The file's ledger is one of its own, balances, and says what it cannot show."""
    payment_id = paid(past, a_line(4000), a_line(650, fund="CT"))
    past.sandbox.pay.staff_refund(payment_id, 4650)
    lost = past.sandbox.pay.dispute(paid(past, a_line(100)))
    past.sandbox.pay.lose(lost.id)
    past.sandbox.pay.decline(past.pay.create_payment(a_payment()).payment_id)
    past.pay.create_payment(a_payment())
    export = past.folder / "export.csv"
    export.write_text(past.sandbox.pay.export_csv())
    day = str(london_day(past.sandbox.clock.now()))

    done = past.json("reconcile", "--day", day, "--from-export", str(export))
    again = past.json("reconcile", "--day", day, "--from-export", str(export))
    from_api = past.run("reconcile", "--day", day)

    (batch,) = done["batches"]
    assert "income-export" == batch["ledger"]
    assert (4750, -4650) == (batch["totals"]["payments"], batch["totals"]["refunds"])
    assert any("settled" in note for note in batch["notes"])
    assert again["batches"][0]["digest"] == batch["digest"]
    assert isinstance(from_api.exception, DayError)


def test_a_day_of_the_api_is_not_posted_from_a_file(council: Council) -> None:
    """The other way round is refused as well."""
    council.run("reconcile", "--day", str(DAY), "--from-pages", pages(council))
    export = council.folder / "export.csv"
    export.write_text(council.sandbox.pay.export_csv())

    done = council.run("reconcile", "--day", str(DAY), "--from-export", str(export))

    assert isinstance(done.exception, DayError)


def test_a_file_with_bad_rows_posts_nothing(past: Council) -> None:
    """Each bad row is named by its line; so is a file that is not there."""
    paid(past, a_line(4650))
    export = past.folder / "export.csv"
    export.write_text(past.sandbox.pay.export_csv().replace("Success", "Finito"))
    day = str(london_day(past.sandbox.clock.now()))

    bad = past.run("reconcile", "--day", day, "--from-export", str(export))
    missing = past.run("reconcile", "--day", day, "--from-export", "not-there.csv")

    assert isinstance(bad.exception, InvalidValueError)
    assert "line 2: State" in bad.exception.message
    assert isinstance(missing.exception, InvalidValueError)


def test_a_long_file_is_read_page_by_page(past: Council) -> None:
    """Every row of a file of more than one page is posted."""
    payment_id = paid(past, a_line(4650))
    export = past.folder / "export.csv"
    header, row = past.sandbox.pay.export_csv().splitlines()[:2]
    rows = [row.replace(payment_id, f"{number:026}") for number in range(501)]
    export.write_text("\n".join([header, *rows]) + "\n")
    day = str(london_day(past.sandbox.clock.now()))

    (batch,) = past.json("reconcile", "--day", day, "--from-export", str(export))["batches"]

    assert 501 * 4650 == batch["totals"]["payments"]


def test_of_several_accounts_the_files_must_be_named(
    tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rules may ask for the account, so it is not guessed."""
    more = '[accounts.other]\nkey_env = "COUNCIL_PAY_KEY"\n'
    council = a_council(tmp_path, sandbox, monkeypatch, more=more)
    export = council.folder / "export.csv"
    export.write_text(sandbox.pay.export_csv())
    words = ("reconcile", "--day", str(DAY), "--from-export", str(export))

    unnamed, wrong = council.run(*words), council.run(*words, "--account", "nobody")
    named = council.run(*words, "--account", "other")
    council.pay.close()

    assert isinstance(unnamed.exception, ConfigError)
    assert isinstance(wrong.exception, ConfigError)
    assert 0 == named.exit_code


# ------------------------------------------------------------------ settlement

BANK = """
[bank]
date = "Date"
date_format = "%Y-%m-%d"
narrative = "Details"
amount = "Amount"
[bank.accounts]
{account} = ["GARDEN"]
"""


def statement(council: Council, *rows: tuple[date, str], account: str = "main") -> str:
    """Write a bank profile and a statement."""
    (council.folder / "bank.toml").write_text(BANK.format(account=account))
    text = council.file.read_text().replace(
        "[reconcile]", '[settlement]\nbank = "bank.toml"\n[reconcile]'
    )
    council.file.write_text(text)
    lines = [f"{day},GOVUK PAY GARDEN,{amount}" for day, amount in rows]
    path = council.folder / "statement.csv"
    path.write_text("\n".join(["Date,Details,Amount", *lines]) + "\n")
    return str(path)


def test_a_payout_is_matched_with_the_statement(past: Council) -> None:
    """What Stripe paid out is the day's money less fees; anything else ends with 1."""
    whole, other = paid(past, a_line(4650)), paid(past, a_line(1000))
    past.sandbox.pay.staff_refund(whole, 4650)
    past.sandbox.pay.lose(past.sandbox.pay.dispute(other).id)
    paid(past, a_line(9000))
    payout = past.sandbox.pay.settle()
    day = payout.day
    right = statement(past, (day, f"{payout.amount / 100:.2f}"))

    matched = past.run("settlement", right)
    shown = past.json("settlement", right, "--from", str(day), "--to", str(day))
    beside = past.json(
        "reconcile", "--day", str(london_day(past.sandbox.clock.now())), "--statement", right
    )
    (past.folder / "statement.csv").write_text(
        f"Date,Details,Amount\n{day},GOVUK PAY GARDEN,1.00\n"
    )
    wrong = past.run("settlement", right)

    assert (0, 1) == (matched.exit_code, wrong.exit_code)
    assert "matched" == shown["matches"][0]["outcome"]
    assert beside["settlement"]["matches"]
    assert "residual" in wrong.stdout


def test_statements_that_cannot_be_matched_are_refused(council: Council) -> None:
    """No profile, no file, no payout, a stranger, or days in the wrong order."""
    no_profile = council.run("settlement", "statement.csv")
    empty = statement(council)
    no_payout = council.run("settlement", empty)
    no_file = council.run("settlement", "not-there.csv")
    backwards = council.run("settlement", empty, "--from", "2026-06-02", "--to", "2026-06-01")
    Path(empty).write_text(f"Date,Details,Amount\n{DAY},GARDEN,1.00\n")
    (council.folder / "bank.toml").write_text(BANK.format(account="stranger"))
    stranger = council.run("settlement", empty)

    assert isinstance(no_profile.exception, ConfigError)
    assert isinstance(no_payout.exception, InvalidValueError)
    assert isinstance(no_file.exception, InvalidValueError)
    assert isinstance(backwards.exception, InvalidValueError)
    assert isinstance(stranger.exception, ConfigError)
    assert "stranger" in stranger.exception.message


def test_refunds_are_read_from_pages_too(council: Council) -> None:
    """A refund in full takes back every line."""
    folder = pages(council, refunds=[a_refund("r1", 4650)])

    shown = council.json("reconcile", "--day", str(DAY), "--from-pages", folder)

    assert -4650 == shown["batches"][0]["totals"]["refunds"]
