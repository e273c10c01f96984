# SPDX-License-Identifier: MIT
"""`lg-notify send`: a dry run first, then each row once, with a number that says how it went."""

import csv
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from children import Child
from notify import command_child
from notify.bulk_files import LETTER, RULES, SMS, a_file, lines_of
from typer.testing import CliRunner, Result  # noqa: TID253 -- a test may load it

from lg_core.cli import Exit
from lg_core.errors import ConfigError, InvalidValueError, LgError
from lg_core.store import Store
from lg_core.testing import asgi
from lg_notify import NotifyClient, _commands
from lg_notify._commands._bulk_text import pounds, report_text
from lg_notify._commands._sending import Sending, Wishes, send_rows
from lg_notify.bulk import BulkFile, BulkRules, schedule
from lg_notify.hours import SendingHours
from lg_notify.outbox import Dispatcher, Outbox
from lg_notify.recipients import Multipliers
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.notify import BIN_DAY

SETTINGS = """
[store]
url = "notify.db"
[accounts.main]
key_env = "COUNCIL_NOTIFY_KEY"
base_url = "{url}"
[work]
key_kind = "test"
threads = 2
"""
HOURS = """
[hours.sms]
from = "00:00"
to = "24:00"
"""


@dataclass(frozen=True, slots=True)
class Council:
    """A folder with a settings file, and a sandbox on this machine."""

    folder: Path
    sandbox: Sandbox

    def rows(self, *lines: str) -> str:
        """Write the file of rows."""
        path = self.folder / "bins.csv"
        path.write_text("".join(f"{line}\n" for line in lines))
        return str(path)

    def settings(self, more: str = "") -> None:
        """Write the settings file."""
        text = SETTINGS.format(url=self.sandbox.notify.url) + more
        (self.folder / "lg-notify.toml").write_text(text)

    def run(self, *words: str, given: str | None = None) -> Result:
        """Run the command."""
        options = {"LG_NOTIFY_FILE": str(self.folder / "lg-notify.toml")}
        return CliRunner().invoke(_commands.app, ["send", *words], env=options, input=given)

    def fails(self, *words: str) -> LgError:
        """Run the command, and return the error that stops it."""
        error = self.run(*words).exception
        assert isinstance(error, LgError)
        return error

    def results(self) -> list[dict[str, str]]:
        """Read the file of results."""
        with (self.folder / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            return list(csv.DictReader(file))

    def texts(self) -> Counter[str]:
        """Return how often each recipient was written to."""
        return Counter(message.to for message in self.sandbox.notify.messages)


@pytest.fixture
def council(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Council]:
    """A council with a sandbox."""
    with Sandbox() as sandbox:
        sandbox.notify.account.rate_limited = False
        monkeypatch.setenv("COUNCIL_NOTIFY_KEY", sandbox.notify.api_key)
        council = Council(tmp_path, sandbox)
        council.settings()
        yield council


def test_rows_are_sent_once_by_the_name_of_a_template(council: Council) -> None:
    """However often the command is given; the results name each line."""
    rows = council.rows(*lines_of(5))
    out = str(council.folder / "out.csv")

    first = council.run(rows, "--template", "bin day", "--yes", "--results", out)
    again = council.run(rows, "--template", BIN_DAY.id, "--yes", "--results", out)

    assert (0, 0) == (first.exit_code, again.exit_code)
    assert "enqueued now               5" in first.stdout
    assert "enqueued before            5" in again.stdout
    assert "has 5 messages already, 5 of them sent" in again.stderr
    assert ["sent"] * 5 == [row["state"] for row in council.results()]
    assert {1} == set(council.texts().values())
    assert 5 == len(council.texts())


def test_a_dry_run_sends_nothing_and_needs_no_database(council: Council) -> None:
    """It names problems with line and column, and ends with 1 where there are any."""
    rows = council.rows(*lines_of(1), "0790 SECRET,Ann,,no")
    (council.folder / "lg-notify.toml").write_text(
        SETTINGS.format(url=council.sandbox.notify.url).replace('[store]\nurl = "notify.db"', "")
    )
    out = str(council.folder / "out.csv")

    found = council.run(rows, "--template", BIN_DAY.id, "--dry-run", "--results", out)
    clean = council.run(council.rows(*lines_of(1)), "--template", BIN_DAY.id, "--dry-run")

    assert (1, 0) == (found.exit_code, clean.exit_code)
    assert "line 3, day: The cell is blank." in found.stdout
    assert "line 3, phone number: A telephone number has digits" in found.stdout
    assert "SECRET" not in found.output
    assert ["to send", "not sent"] == [row["state"] for row in council.results()]
    assert not council.sandbox.notify.messages


def test_problems_stop_the_sending_unless_they_are_skipped(council: Council) -> None:
    """And the number is 1 either way, since a row was not sent."""
    rows = council.rows(*lines_of(2), "0790,Ann,Monday,no")
    out = str(council.folder / "out.csv")

    stopped = council.run(rows, "--template", BIN_DAY.id, "--yes")
    assert (1, 0) == (stopped.exit_code, len(council.texts()))
    assert "give --skip-bad-rows" in stopped.stderr

    skipped = council.run(
        rows, "--template", BIN_DAY.id, "--yes", "--skip-bad-rows", "--results", out
    )
    assert (1, 2) == (skipped.exit_code, len(council.texts()))
    assert ["sent", "sent", "not sent"] == [row["state"] for row in council.results()]


def test_a_file_without_a_row_that_can_be_sent_sends_nothing(council: Council) -> None:
    """Skipping all rows is no success."""
    found = council.run(
        council.rows(*lines_of(0), "0790,A,B,no"), "--template", BIN_DAY.id, "--skip-bad-rows"
    )

    assert 1 == found.exit_code
    assert "no row can be sent" in found.stderr


def test_it_asks_before_it_sends(council: Council) -> None:
    """With the number of messages and what they cost at the most."""
    rows = council.rows(*lines_of(3))

    refused = council.run(rows, "--template", BIN_DAY.id, given="n\n")
    assert (1, 0) == (refused.exit_code, len(council.texts()))
    assert "Send 3 messages for £0.072 without VAT?" in refused.output

    agreed = council.run(rows, "--template", BIN_DAY.id, given="y\n")
    assert (0, 3) == (agreed.exit_code, len(council.texts()))


def test_a_budget_stops_it(council: Council) -> None:
    """The rest is named, and a larger budget goes on."""
    rows = council.rows(*lines_of(4))
    out = str(council.folder / "out.csv")
    words = (rows, "--template", BIN_DAY.id, "--yes", "--results", out)

    first = council.run(*words, "--budget", "£0.05")
    assert (1, 2) == (first.exit_code, len(council.texts()))
    assert "within £0.05" in first.stdout
    assert ["sent", "sent", "not sent", "not sent"] == [row["state"] for row in council.results()]

    then = council.run(*words, "--budget", "1,000.00")
    assert (0, 4) == (then.exit_code, len(council.texts()))


def test_without_dispatch_the_messages_wait(council: Council) -> None:
    """`lg-notify work` sends them."""
    found = council.run(
        council.rows(*lines_of(2)), "--template", BIN_DAY.id, "--yes", "--no-dispatch"
    )

    assert (0, 0) == (found.exit_code, len(council.texts()))
    assert "lg-notify work sends" in found.stdout
    with Store(council.folder / "notify.db") as store:
        assert 2 == Outbox(store).counts().waiting


def test_json_has_the_report_and_what_came_of_it(council: Council) -> None:
    """One document on stdout."""
    rows = council.rows(*lines_of(2))

    found = council.run(rows, "--template", BIN_DAY.id, "--yes", "--json", "--name", "april")
    document = json.loads(found.stdout)
    dry = json.loads(council.run(rows, "--template", BIN_DAY.id, "--dry-run", "--json").stdout)

    assert ("april", BIN_DAY.id) == (document["run"], document["template"])
    assert (2, {"1": 2}) == (document["report"]["sendable"], document["report"]["lengths"])
    assert 2 == document["enqueued"]["new"]
    assert {"sent": 2} == document["standing"]["counts"]
    assert dry["enqueued"] is None


def test_other_headings_and_runs(council: Council) -> None:
    """A column is said with --column; another name is another run."""
    rows = council.rows("Mobile;name;day;garden;Account", "07900900123;Ann;Monday;no;7")
    words = (rows, "--template", BIN_DAY.id, "--yes", "--delimiter", ";", "--column", "to=Mobile")

    runs = [
        council.run(*words, "--column", "key=Account", "--name", name) for name in ("a", "b", "b")
    ]

    assert [0, 0, 0] == [run.exit_code for run in runs]
    assert [2] == list(council.texts().values())


def test_letters_are_sent(council: Council) -> None:
    """With the address in columns, at the template's postage."""
    template = council.sandbox.notify.templates.add(
        "Dear ((name))", subject="Reminder", postage="economy", name="Letter"
    )
    rows = council.rows("address line 1,address line 2,postcode,name", "Ann,1 Road,SW1A 1AA,Ann")

    found = council.run(rows, "--template", template.id, "--yes", "--sheets", "2")

    assert 0 == found.exit_code
    assert "£0.684" in found.stdout
    (message,) = council.sandbox.notify.messages
    assert message.letter is not None
    assert ("Ann", "1 Road", "SW1A 1AA") == message.letter.address


def test_what_was_typed_wrong_is_told(council: Council) -> None:
    """Each error says which option, and not the value."""
    rows = council.rows(*lines_of(1))
    council.sandbox.notify.templates.add("Hello", name="Twice")
    council.sandbox.notify.templates.add("Hello", name="twice")

    unknown = council.fails(rows, "--template", "Gwenllian")
    twice = council.fails(rows, "--template", "TWICE")
    column = council.fails(rows, "--template", BIN_DAY.id, "--column", "Gwenllian")
    budget = council.fails(rows, "--template", BIN_DAY.id, "--budget", "Gwenllian")
    hours = council.fails(rows, "--template", BIN_DAY.id, "--hours")
    name = council.fails(rows, "--template", BIN_DAY.id, "--yes", "--name", "a/b")

    assert "--template: the service has no template of this name" in unknown.message
    assert "several templates have this name" in twice.message
    assert "--column must be NAME=HEADING" in column.message
    assert "--budget must be an amount in pounds" in budget.message
    assert isinstance(hours, ConfigError)
    assert "[hours.sms]" in hours.message
    assert "name of a run" in name.message
    for error in (unknown, twice, column, budget, name):
        assert isinstance(error, InvalidValueError)
        assert "Gwenllian" not in error.message


def test_hours_of_the_settings_file_can_be_insisted_on_or_left(council: Council) -> None:
    """They are always open here; a run with them and one without both send."""
    council.settings(HOURS)
    rows = council.rows(*lines_of(1))

    for number, words in enumerate(((), ("--hours",), ("--no-hours",)), start=1):
        found = council.run(rows, "--template", BIN_DAY.id, "--yes", "--name", f"r{number}", *words)
        assert (0, number) == (found.exit_code, council.texts().total())


def test_the_command_itself_ends_with_its_number(council: Council) -> None:
    """As a process: 0, 1 for a problem, 2 for columns that do not fit, 3 for a missing file."""
    options = {
        "LG_NOTIFY_FILE": str(council.folder / "lg-notify.toml"),
        "COUNCIL_NOTIFY_KEY": council.sandbox.notify.api_key,
    }

    def number(rows: str, *words: str) -> int:
        given = ("send", rows, "--template", BIN_DAY.id, *words)
        return Child(partial(command_child.command, words=given, environment=options)).ended()

    assert 0 == number(council.rows(*lines_of(2)), "--yes")
    assert 1 == number(council.rows(*lines_of(1), "0790,A,B,no"), "--dry-run")
    assert 2 == number(council.rows("name,day", "A,B"), "--dry-run")
    assert 2 == len(council.texts())
    gone = (str(council.folder / "gone.csv"), "--template", BIN_DAY.id, "--dry-run")
    installed = subprocess.run(  # noqa: S603 -- our own command
        [sys.executable, "-m", "lg_notify", "send", *gone],
        env=os.environ | options,
        capture_output=True,
        check=False,
    )
    assert 3 == installed.returncode


# ------------------------------------------------------------------ with a clock that stands

START = datetime(2026, 11, 27, 21, tzinfo=UTC)


class _Standing:
    """A council whose clock is the sandbox's, and stands."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox(clock=Clock(start=START))
        self.sandbox.clock.freeze()
        self.folder = folder
        self.notify = NotifyClient(
            self.sandbox.notify.api_key,
            base_url="http://localhost",
            transport=asgi(self.sandbox.notify.app),
        )
        self.stop_after: int | None = None
        self.asked: list[str] = []

    @contextmanager
    def outbox(self) -> Generator[Outbox]:
        with Store(self.folder / "outbox.db", now=self.sandbox.clock.now) as store:
            yield Outbox(store)

    def send(self, file: BulkFile, **wishes: Any) -> Exit:
        sending = Sending(
            file=file,
            outbox=self.outbox,
            dispatcher=lambda outbox: Dispatcher(outbox, self.notify, threads=1, rate=None),
            agree=self.asked.append,
            now=self.sandbox.clock.now,
        )
        given: dict[str, Any] = {"name": "run", "patience": timedelta()} | wishes
        return send_rows(sending, Wishes(**given))


def test_the_limit_of_a_day_is_gone_on_with(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says when the next may be sent, and the same command after midnight sends the rest."""
    council = _Standing(tmp_path)
    council.sandbox.notify.account.daily_limit = 3
    out = tmp_path / "out.csv"

    with council.notify:
        first = council.send(a_file(tmp_path, *lines_of(5)), results=out)
        told = capsys.readouterr().out
        waiting = out.read_text("utf-8-sig")
        council.sandbox.clock.advance(timedelta(hours=3))
        second = council.send(a_file(tmp_path, *lines_of(5)), results=out)

    assert (Exit.FOUND, Exit.DONE) == (first, second)
    assert "2 messages are still to be sent. The next may be sent on" in told
    assert "Saturday 28 November 2026, 00:00" in told
    assert "The service's limit of the day is reached." in told + waiting
    assert {1} == set(Counter(each.to for each in council.sandbox.notify.messages).values())
    assert 5 == len(council.sandbox.notify.messages)


def test_the_evening_is_waited_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report says when the hours begin, and nothing leaves before."""
    council = _Standing(tmp_path)
    hours = SendingHours(start=time(8), end=time(20))

    with council.notify:
        first = council.send(a_file(tmp_path, *lines_of(2)), hours=hours)
        told = capsys.readouterr().out
        council.sandbox.clock.advance(timedelta(hours=11))
        second = council.send(a_file(tmp_path, *lines_of(2)), hours=hours)

    assert (Exit.FOUND, Exit.DONE) == (first, second)
    assert "waits for the sending hours until  Saturday 28 November 2026, 08:00" in told
    assert "The next may be sent on Saturday 28 November 2026, 08:00" in told


def test_ctrl_c_ends_it_after_the_messages_at_hand(tmp_path: Path) -> None:
    """The results are written, and the rest waits for the same command."""
    council = _Standing(tmp_path)
    out = tmp_path / "out.csv"
    file = a_file(tmp_path, *lines_of(130))
    before = signal.getsignal(signal.SIGINT)
    once = threading.Event()

    class Interrupted(Dispatcher):
        """A person presses Ctrl-C while the first messages are sent."""

        def run_once(self, *, limit: int = 1000) -> Any:
            done = super().run_once(limit=limit)
            if not once.is_set():
                once.set()
                signal.raise_signal(signal.SIGINT)
            return done

    sending = Sending(
        file=file,
        outbox=council.outbox,
        dispatcher=lambda outbox: Interrupted(outbox, council.notify, threads=1, rate=None),
        agree=council.asked.append,
        now=council.sandbox.clock.now,
    )
    with council.notify:
        code = send_rows(sending, Wishes(name="run", results=out, patience=timedelta()))
        assert 100 == len(council.sandbox.notify.messages)
        again = council.send(a_file(tmp_path, *lines_of(130)))

    assert (Exit.FOUND, Exit.DONE) == (code, again)
    assert 131 == len(out.read_text("utf-8-sig").splitlines())
    assert 130 == len(council.sandbox.notify.messages)
    assert before is signal.getsignal(signal.SIGINT)


def test_an_error_on_the_way_still_tells_what_was_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the file changes after the question, JSON says that nothing was enqueued."""
    council = _Standing(tmp_path)
    file = a_file(tmp_path, *lines_of(2))

    def change(_question: str) -> None:
        a_file(tmp_path, *lines_of(3))

    sending = Sending(
        file=file,
        outbox=council.outbox,
        dispatcher=lambda outbox: Dispatcher(outbox, council.notify),
        agree=change,
    )
    with council.notify, pytest.raises(InvalidValueError, match="has changed"):
        send_rows(sending, Wishes(name="run", json=True))

    document = json.loads(capsys.readouterr().out)
    assert (None, {}) == (document["enqueued"], document["standing"]["counts"])


# ------------------------------------------------------------------ how it reads


def test_a_report_reads_as_this(tmp_path: Path) -> None:
    """Rows, lengths, cost, time, problems, and first of the warnings what costs money."""
    rules = BulkRules(on=date(2026, 11, 28), international=True, multipliers=Multipliers())
    file = a_file(
        tmp_path, *lines_of(2), "079009001234,Ann,Monday,no", "+39 312 345 6789,Eva,Monday,no",
        "07700900123,Ann,Monday,no", "0790,Ann,Monday,no", rules=rules,
    )  # fmt: skip

    text = report_text(file.check(now=START, free_fragments=2), template=file.template, budget=None)

    plain = " ".join(text.split())
    assert "template Bin day (text)" in plain
    assert "texts that are free 2" in plain
    assert "cost at the least, without VAT £0.288" in plain
    assert "cost at the most, without VAT £0.552" in plain
    assert "time at 50 a second 1 second" in plain
    assert "Problems (1):\n  line 7, phone number: The number has too few digits." in text
    assert text.index("Warnings that cost money (3):") < text.index("Other warnings (1):")


def test_many_problems_are_shown_by_kind(tmp_path: Path) -> None:
    """The first twenty in words, and the rest counted."""
    bad = [f"0790,Person {number},Monday,no" for number in range(30)]

    text = report_text(
        a_file(tmp_path, *lines_of(0), *bad).check(now=START),
        template=a_file(tmp_path, *lines_of(0)).template,
        budget=None,
    )

    assert 20 == text.count("The number has too few digits.")
    assert "and 10 more. By kind: too_short 30." in text


def test_the_sheets_of_letters_are_told(tmp_path: Path) -> None:
    """A report on letters has sheets and no fragments."""
    line = "Ann,1 Road,SW1A 1AA,Ann,£1,Hall"
    file = a_file(
        tmp_path, "address line 1,address line 2,postcode,name,amount,office", line,
        template=LETTER, rules=RULES,
    )  # fmt: skip

    text = report_text(file.check(now=START), template=file.template, budget=None)

    assert "sheets of paper          1" in text
    assert "fragments" not in text


@pytest.mark.parametrize(
    ("rows", "span"),
    [(100, "2 seconds"), (60_000, "20 minutes"), (500_000, "2.8 hours")],
)
def test_long_times_are_told_in_minutes_and_hours(tmp_path: Path, rows: int, span: str) -> None:
    """Nobody reads 10,000 seconds."""
    file = a_file(tmp_path, *lines_of(1))
    report = replace(file.check(now=START), schedule=schedule(rows, now=START, per_day=250_000))

    assert span in report_text(report, template=file.template, budget=None)


def test_a_long_file_tells_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each thousandth row moves the bar of a person who is watching."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    file = a_file(tmp_path, *lines_of(1001))

    council = _Standing(tmp_path)
    with council.notify:
        assert Exit.DONE is council.send(file, dry_run=True)

    assert "Checking rows" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("amount", "text"), [("0", "£0.00"), ("1234.5", "£1,234.50"), ("0.072", "£0.072")]
)
def test_pounds_show_tenths_of_a_penny_where_there_are_some(amount: str, text: str) -> None:
    """Money reads as money."""
    from decimal import Decimal  # noqa: PLC0415 -- for this alone

    assert text == pounds(Decimal(amount))


def test_the_template_of_the_tests_is_the_sandboxes() -> None:
    """The files of these tests are for a template that the sandbox has."""
    assert (BIN_DAY.id, BIN_DAY.body) == (SMS.id, SMS.body)
