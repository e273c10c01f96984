# SPDX-License-Identifier: MIT
"""The commands in process: what they print, how they end, and what they find."""

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.canned import KEY, Canned
from notify.council import Council, a_council, a_text
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core.errors import ConfigError, InvalidValueError, LgError
from lg_core.transport import WireAnswer, WireRequest
from lg_notify import NotifyClient, Outbox, _commands
from lg_notify._check import Finding, check_account, kind_of_key, service_of
from lg_notify._files import CouncilFile, KeyKind, read_council_file
from lg_notify._try import stories
from lg_notify.outbox import MessageState
from lg_sandbox import Sandbox
from lg_sandbox.notify import Status

RUNNER = CliRunner()
SERVICE = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
pytestmark = pytest.mark.usefixtures("own_process")


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Council:
    """Give a council with one account."""
    return a_council(tmp_path, sandbox, monkeypatch)


# ------------------------------------------------------------------ try


@pytest.mark.parametrize("flags", [[], ["--lose-answer"]], ids=" ".join)
def test_a_story_ends_well(flags: list[str]) -> None:
    """Each story is printed as it happens and ends with 0."""
    done = RUNNER.invoke(_commands.app, ["try", *flags])

    assert 0 == done.exit_code
    assert "each sent once." in done.output


def test_a_story_as_json() -> None:
    """A program gets the whole story at its end."""
    done = RUNNER.invoke(_commands.app, ["try", "--json"])

    assert 0 == done.exit_code
    story = json.loads(done.output)
    assert story["as_it_should_be"]
    assert {"sms": "delivered", "email": "delivered", "letter": "received"} == story["statuses"]


def test_two_stories_at_once_are_refused() -> None:
    """One flag at a time."""
    assert 2 == RUNNER.invoke(_commands.app, ["try", "--lose-answer", "--serve"]).exit_code


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_a_story_that_ends_badly_is_found(
    flags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A number that does not exist ends the command with 1."""
    monkeypatch.setattr(stories, "NUMBER", "07700900002")

    done = RUNNER.invoke(_commands.app, ["try", *flags])

    assert 1 == done.exit_code
    assert "did not end as they should" in done.output
    assert "permanent-failure" in done.output


def test_a_message_that_is_sent_twice_is_told() -> None:
    """The summary never says once where it was not once."""
    story = stories.Story(statuses={"sms": "delivered"}, sent=2, wanted=1)

    assert "Final states: sms delivered; 2 messages were sent." == story.summary


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_serving_says_how_to_use_it_and_stops(
    as_json: bool,  # noqa: FBT001 -- pytest gives it by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The settings are printed, and a signal ends it."""
    timers: list[threading.Timer] = []

    def register(number: int, handler: Callable[[int, None], None]) -> signal.Handlers:
        if handler is not signal.SIG_DFL:  # that is what is put back at the end
            timers.append(threading.Timer(0.05, handler, (number, None)))
            timers[-1].start()
        return signal.SIG_DFL

    monkeypatch.setattr(signal, "signal", register)
    done = RUNNER.invoke(_commands.app, ["try", "--serve", *["--json"] * as_json])
    for timer in timers:
        timer.join()

    assert 0 == done.exit_code
    assert "LG_NOTIFY_BASE_URL" in done.output
    assert "LG_NOTIFY_API_KEY" in done.output
    assert as_json == done.output.startswith("{")


@pytest.mark.parametrize(("missing", "is_ours"), [("lg_sandbox", True), ("lg_core.cli", False)])
def test_without_the_sandbox_the_command_says_what_to_install(
    missing: str,
    is_ours: bool,  # noqa: FBT001 -- pytest gives it by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sandbox comes with an extra; where something else is missing, the error stays."""
    monkeypatch.delitem(sys.modules, "lg_notify._try.stories")
    monkeypatch.delattr("lg_notify._try.stories")
    monkeypatch.setitem(sys.modules, missing, None)

    done = RUNNER.invoke(_commands.app, ["try"])

    assert isinstance(done.exception, ConfigError if is_ours else ModuleNotFoundError)
    assert is_ours == ('pip install "lg-notify[sandbox]"' in str(done.exception))


# ------------------------------------------------------------------ check


def test_check_from_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings are those that the service itself would read."""
    monkeypatch.setenv("LG_NOTIFY_API_KEY", sandbox.notify.api_key)
    monkeypatch.setenv("LG_NOTIFY_BASE_URL", sandbox.notify.url)

    done = RUNNER.invoke(_commands.app, ["check"])

    assert 0 == done.exit_code
    assert sandbox.notify.url in done.output
    assert sandbox.notify.api_key[-36:] not in done.output


def test_check_finds_the_key_the_templates_and_the_clock(sandbox: Sandbox) -> None:
    """Where the client goes, what its key is called, that it is taken, and the time."""
    with NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as notify:
        findings = check_account(notify, key=sandbox.notify.api_key)

    assert [
        Finding("Address", f"{sandbox.notify.url} (a sandbox)"),
        Finding("Kind of key", "test, by its name"),
        Finding("Answer", "the key is accepted"),
        Finding("Templates", "1 email, 1 letter, 2 sms"),
    ] == findings[:4]
    assert findings[4].good


class _Dated(Canned):
    """Says what time Notify has it."""

    def __init__(self, date: str) -> None:
        super().__init__((200, {"templates": []}))
        self._date = date

    def send(self, request: WireRequest) -> WireAnswer:
        """Answer with the time."""
        answer = super().send(request)
        return WireAnswer(answer.status, {**answer.headers, "date": self._date}, answer.body)


@pytest.mark.parametrize(
    ("date", "good", "said"),
    [
        ("Mon, 05 Jan 2026 12:00:04 GMT", True, "within 5 seconds"),
        ("Mon, 05 Jan 2026 12:00:20 GMT", False, "Set this machine's clock"),
        ("Mon, 05 Jan 2026 11:59:40 GMT", False, "Set this machine's clock"),
        ("yesterday", True, "took the token"),
    ],
)
def test_a_clock_that_is_off_is_found(date: str, said: str, *, good: bool) -> None:
    """Before it is so far off that Notify refuses every token."""
    noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    with NotifyClient(KEY, transport=_Dated(date)) as notify:
        findings = check_account(notify, now=lambda: noon)

    assert Finding("Templates", "none") in findings
    assert good == findings[-1].good
    assert said in findings[-1].value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("live-key", "live, by its name"),
        ("Bins Team", "team, by its name"),
        ("test", "test, by its name"),
        ("test-live", "not known: its name does not tell. See API integration in GOV.UK Notify"),
        ("latest", "not known: its name does not tell. See API integration in GOV.UK Notify"),
        ("", "not known: its name does not tell. See API integration in GOV.UK Notify"),
    ],
)
def test_the_kind_of_a_key_is_what_its_name_says(name: str, kind: str) -> None:
    """Notify does not say, and a word in a longer word says nothing."""
    assert kind == kind_of_key(f"{name}-{SERVICE}-{SECRET}")
    assert SERVICE == service_of(f"{name}-{SERVICE}-{SECRET}")


def test_check_reads_every_file(council: Council) -> None:
    """The hours, the rates, the manifest, the functions and the store are looked at too."""
    assert (
        0
        == council.run("templates", "pull", "--manifest", str(council.folder / "t.json")).exit_code
    )
    (council.folder / "rates.csv").write_text(
        "rate,kind,sheets,since,value\nsms,,,2026-04-01,0.02\n"
    )
    with council.file.open("a") as file:
        file.write(
            '[hours.sms]\nfrom = "08:00"\nto = "20:00"\n[templates]\nmanifest = "t.json"\n'
            '[costs]\nrates = "rates.csv"\n'
            f'[work]\ntell = "{__name__}:told"\nsuppression = "{__name__}:NOBODY"\n'
        )
    found = {each["what"]: each["value"] for each in council.json("check")}

    assert "4 templates" == found["Manifest"]
    assert "read" == found["Hours of sms"] == found["Rates"]
    words = ("--set", "name=S", "--set", "day=d", "--set", "garden=no")
    assert "0.02" == council.json("preview", "Bin day", *words)["pounds"]
    assert "found" == found["Function that is told"] == found["Who wants no messages"]
    assert "not there yet: they are made at the first use" == found["Tables of lg-notify.outbox"]
    assert 0 == council.run("check").exit_code


def test_several_accounts_are_each_checked(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each line says which account it is of."""
    monkeypatch.setenv("OTHER_KEY", council.sandbox.notify.api_key)
    with council.file.open("a") as file:
        file.write(
            f'[accounts.other]\nkey_env = "OTHER_KEY"\nbase_url = "{council.sandbox.notify.url}"'
        )

    assert {"main: Answer", "other: Answer"} <= {each["what"] for each in council.json("check")}


def told(_message: object) -> None:
    """Take what is told."""


def dispatch(council: Council) -> None:
    """Send what is due."""
    assert 0 == council.run("work", "--once").exit_code


class Nobody:
    """Nobody left a list."""

    def is_suppressed(self, _channel: str, _recipient: str, /) -> bool:
        """Say no."""
        return False


NOBODY = Nobody()


# ------------------------------------------------------------------ the settings file


def test_the_file_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each table of it, with paths that are relative to it."""
    monkeypatch.setenv("STORE", "postgresql://db/notify")
    path = tmp_path / "lg-notify.toml"
    path.write_text(
        '[store]\nurl_env = "STORE"\n[accounts.a]\nkey_env = "K"\n[costs]\nrates = "r.csv"\n'
        '[work]\nkey_kind = "test"\nthreads = 2\nper_minute = 100\n[hours.sms]\nfrom = "09:00"\n'
        'to = "17:00"\n[templates]\nmanifest = "m.json"\n'
    )
    council = read_council_file(path)

    assert "postgresql://db/notify" == council.store
    assert ["a"] == list(council.accounts)
    assert (tmp_path / "r.csv", tmp_path / "m.json") == (council.rates, council.manifest)
    assert (KeyKind.TEST, 2, 100) == (
        council.work.key_kind, council.work.threads, council.work.per_minute,
    )  # fmt: skip
    assert ["sms"] == list(council.hours)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[other]\n", "line 1: other is not known here"),
        ("x", "no TOML"),
        ('[store]\nurl = "a"\nurl_env = "B"\n', "line 3: store.url_env stands beside url"),
        ('[store]\nurl_env = "not set"\n', "must be the name of a variable"),
        ('[store]\nurl_env = "NOT_SET"\n', "names a variable that is not set"),
        ("[accounts.a]\n", "accounts.a cannot be used"),
        ('[work]\nkey_kind = "secret-word"\n', "must be one of live, team, test"),
        ("[work]\nthreads = 0\n", "must be 1 or more"),
        ('[work]\nthreads = "8"\n', "must be a whole number"),
        ("[hours.sms]\nfrom = 8\n", "hours cannot be used"),
        ("[costs]\nrates = 1\n", "must be text"),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    """A person puts it right, and no value is repeated."""
    path = tmp_path / "lg-notify.toml"
    path.write_text(text)

    with pytest.raises(ConfigError) as caught:
        read_council_file(path)

    assert said in caught.value.message
    assert "secret-word" not in caught.value.message


def test_without_a_file_the_environment_has_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty variable is none."""
    monkeypatch.setenv("LG_NOTIFY_STORE", "notify.db")
    assert CouncilFile(store="notify.db") == read_council_file(None)
    monkeypatch.setenv("LG_NOTIFY_STORE", "")
    assert CouncilFile() == read_council_file(None)


@given(st.text(max_size=80))
def test_no_file_does_worse_than_a_setting_that_is_wrong(text: str) -> None:
    """Whatever stands in the file, it is read or refused with a ConfigError."""
    import tempfile  # noqa: PLC0415 -- hypothesis runs it many times in one tmp_path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lg-notify.toml"
        path.write_text(text, "utf-8", errors="surrogatepass")
        try:
            assert isinstance(read_council_file(path), CouncilFile)
        except ConfigError:
            return


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["outbox", "status"], "No store is named"),
        (["templates", "pull", "--account", "other"], "No account is for this service"),
    ],
)
def test_what_the_file_lacks_is_said(council: Council, words: list[str], said: str) -> None:
    """A command says which key it misses."""
    council.file.write_text(council.file.read_text().replace('[store]\nurl = "notify.db"', ""))
    done = council.run(*words)

    assert isinstance(done.exception, ConfigError)
    assert said in done.exception.message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('tell = "nothing.here:x"', "tell under [work] names nothing"),
        (f'tell = "{__name__}:SECRET"', "names no function"),
        (f'suppression = "{__name__}:told"', "has is_suppressed"),
    ],
)
def test_a_function_that_is_not_there_is_a_setting_that_is_wrong(
    council: Council, line: str, said: str
) -> None:
    """Before anything is sent."""
    council.file.write_text(f"{council.file.read_text()}[work]\n{line}\n")
    done = council.run("work", "--once")

    assert isinstance(done.exception, ConfigError)
    assert said in done.exception.message


# ------------------------------------------------------------------ outbox, find, store


def test_the_outbox_is_counted_and_taken_back(council: Council) -> None:
    """What waits is counted, one message is taken back, and then a case."""
    first, *_ = council.enqueue(a_text(), a_text(), a_text())

    assert 3 == council.json("outbox", "status")["waiting"]
    assert 0 == council.run("outbox", "status").exit_code
    assert 0 == council.run("outbox", "cancel", first, "--yes").exit_code
    assert 1 == council.run("outbox", "cancel", first, "--yes").exit_code
    assert {"cancelled": 2} == council.json("outbox", "cancel", "--case", "case-1", "--yes")
    assert 2 == council.run("outbox", "cancel").exit_code
    assert 3 == council.json("outbox", "status")["cancelled"]


def test_a_message_that_is_set_aside_is_listed_and_put_back(council: Council) -> None:
    """A person sees the reason, and neither the words nor the recipient."""
    (reference,) = council.enqueue(a_text(personalisation={"name": "Sam"}))
    council.run("work", "--once")

    listed = council.run("outbox", "aside")
    assert 1 == listed.exit_code
    assert reference in listed.output
    assert "900123" not in listed.output
    assert "aside" == council.json("outbox", "aside")[0]["state"]
    assert 1 == council.run("outbox", "status").exit_code
    assert 1 == council.run("store", "status").exit_code
    assert 1 == council.run("outbox", "put-back", reference, given="n\n").exit_code
    assert 0 == council.run("outbox", "put-back", reference, given="y\n").exit_code
    assert 1 == council.json("outbox", "status")["waiting"]
    again = council.run("outbox", "put-back", reference, "--yes")
    assert isinstance(again.exception, InvalidValueError)
    assert "Nothing is set aside." in council.run("outbox", "aside").output


def test_a_message_is_found_in_both_places(council: Council) -> None:
    """By the outbox's reference, and by the case; nothing personal is printed."""
    (reference,) = council.enqueue(a_text())
    dispatch(council)
    by_reference = council.json("find", reference)

    assert "sent" == by_reference["outbox"][0]["state"]
    assert reference == by_reference["outbox"][0]["reference"]
    assert ["main"] == [each["account"] for each in by_reference["notify"]]
    assert by_reference["notify"][0]["id"] == council.json("find", "case-1")["notify"][0]["id"]
    assert [] == council.json("find", reference, "--offline")["notify"]
    said = council.run("find", reference, "--account", "main")
    assert 0 == said.exit_code
    assert "900123" not in said.output
    council.file.write_text(council.file.read_text().replace('[store]\nurl = "notify.db"', ""))
    assert [] == council.json("find", reference)["outbox"]
    nothing = council.run("find", "nowhere")
    assert (1, "Nothing was found.\n") == (nothing.exit_code, nothing.stdout)


def test_the_store_is_made_and_looked_at(council: Council) -> None:
    """Upgrade makes the tables; the statements can be read before."""
    assert "CREATE TABLE" in council.run("store", "upgrade", "--sql").stdout
    assert "not there yet" in council.run("store", "status").stdout
    assert 0 == council.run("store", "upgrade").exit_code
    assert "Nothing to do." in council.run("store", "upgrade").stdout
    status = council.json("store", "status")
    assert {"of this version"} == set(status["tables"].values())
    assert 0 == status["numbers"]["messages waiting"]


def test_what_ended_is_purged_and_a_person_is_forgotten(council: Council) -> None:
    """Purge keeps what waits; erase removes all of one person, typed anyhow."""
    council.enqueue(a_text(), a_text(phone_number="07700 900124"))
    day = (datetime.now(UTC) - timedelta(days=3)).date()

    assert {"chains": 0, "messages": 0, "callbacks": 0} == council.json(
        "store", "purge", "--before", day.isoformat(), "--yes"
    )
    assert {"chains": 0, "messages": 1} == council.json(
        "store", "erase", "--recipient", "+447700900123", "--yes"
    )
    asked = council.run("store", "erase", given="07700900124\ny\n")
    assert 0 == asked.exit_code
    assert 0 == council.json("outbox", "status")["waiting"]
    assert 2 == council.run("store", "erase", "--recipient", "1", "--reference", "2").exit_code


@pytest.mark.parametrize("day", ["tomorrow", "2999-01-01"])
def test_a_day_that_cannot_be_is_refused(council: Council, day: str) -> None:
    """Nothing is removed by a slip of the pen."""
    done = council.run("store", "purge", "--before", day, "--yes")

    assert isinstance(done.exception, InvalidValueError)


# ------------------------------------------------------------------ as a program


def test_it_runs_as_a_module() -> None:
    """`python -m lg_notify` is the command."""
    done = subprocess.run(
        [sys.executable, "-m", "lg_notify", "--version"], capture_output=True, text=True, check=True
    )

    assert "lg-notify" in done.stdout


def test_an_error_of_the_platform_is_no_fault(council: Council) -> None:
    """A key that was revoked is an LgError, which the tool shows in plain words."""
    council.sandbox.notify.revoke(council.sandbox.notify.api_key)

    assert isinstance(council.run("check").exception, LgError)


def test_the_states_are_those_of_the_outbox(council: Council) -> None:
    """The delivered end of a message is in the outbox after its poll."""
    council.sandbox.notify.account.done_after = timedelta(0)
    (reference,) = council.enqueue(a_text())
    dispatch(council)
    with Outbox(council.store) as outbox:
        message = outbox.get(reference)
        assert message is not None
        outbox.note(_Told(message.notification_id or "", reference, Status.DELIVERED.value))
        after = outbox.get(reference)
    assert after is not None
    assert MessageState.DELIVERED is after.state
    assert "delivered" == council.json("find", reference)["outbox"][0]["state"]


class _Told:
    def __init__(self, notification_id: str, reference: str, status: str) -> None:
        self.id = notification_id
        self.reference = reference
        self.status = status
        self.completed_at = datetime.now(UTC)
