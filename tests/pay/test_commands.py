# SPDX-License-Identifier: MIT
"""The commands in process: what they print, how they end, and what they find."""

import json
import runpy
import signal
import sys
import threading
from collections.abc import Callable

import pytest
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core.errors import ConfigError, LgError
from lg_pay import PayClient, _commands
from lg_pay._check import Finding, check_account
from lg_pay._try import stories
from lg_sandbox import Sandbox

RUNNER = CliRunner()
pytestmark = pytest.mark.usefixtures("own_process")


@pytest.mark.parametrize("flags", [[], ["--decline"], ["--lose-answer"]], ids=" ".join)
def test_a_story_ends_well(flags: list[str]) -> None:
    """Each story is printed as it happens and ends with 0."""
    done = RUNNER.invoke(_commands.app, ["try", *flags])

    assert 0 == done.exit_code
    assert "charged once." in done.output


def test_a_story_as_json() -> None:
    """A program gets the whole story at its end."""
    done = RUNNER.invoke(_commands.app, ["try", "--json"])

    assert 0 == done.exit_code
    assert json.loads(done.output)["as_it_should_be"]


def test_two_stories_at_once_are_refused() -> None:
    """One flag at a time."""
    assert 2 == RUNNER.invoke(_commands.app, ["try", "--decline", "--serve"]).exit_code


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_a_story_that_ends_badly_is_found(
    flags: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payer whose only card is declined ends the command with 1."""
    monkeypatch.setattr(stories, "GOOD_CARD", stories.DECLINED_CARD)

    done = RUNNER.invoke(_commands.app, ["try", *flags])

    assert 1 == done.exit_code
    assert "did not end as it should" in done.output
    assert "failed" in done.output


def test_money_that_moves_twice_is_told() -> None:
    """The summary never says once where it was not once."""
    story = stories.Story(final_status="success", amount=4650, charges=2)

    assert "Final state: success, £46.50, charged 2 times." == story.summary


@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_serving_says_how_to_use_it_and_stops(
    as_json: bool,  # noqa: FBT001 -- pytest gives it by name
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The settings are printed, and a signal ends it."""
    timers: list[threading.Timer] = []
    registered: list[int] = []

    def register(number: int, handler: Callable[[int, None], None]) -> signal.Handlers:
        if handler is not signal.SIG_DFL:  # that is what is put back at the end
            registered.append(number)
            timers.append(threading.Timer(0.05, handler, (number, None)))
            timers[-1].start()
        return signal.SIG_DFL

    monkeypatch.setattr(signal, "signal", register)
    done = RUNNER.invoke(_commands.app, ["try", "--serve", *["--json"] * as_json])
    for timer in timers:
        timer.join()

    assert {"SIGINT", "SIGTERM"} == {signal.Signals(number).name for number in registered}
    said = done.output
    assert 0 == done.exit_code
    assert "LG_PAY_BASE_URL" in said
    assert "LG_PAY_API_KEY" in said
    assert as_json == said.startswith("{")


def test_without_the_sandbox_the_command_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The sandbox comes with an extra; its name is in the error, in a form that can be pasted."""
    monkeypatch.delitem(sys.modules, "lg_pay._try.stories")
    monkeypatch.delattr("lg_pay._try.stories")
    monkeypatch.setitem(sys.modules, "lg_sandbox", None)

    done = RUNNER.invoke(_commands.app, ["try"])

    assert isinstance(done.exception, ConfigError)
    assert 'pip install "lg-pay[sandbox]"' in done.exception.message


def test_another_part_that_is_missing_is_no_advice_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where something else is missing, the error stays what it is."""
    monkeypatch.delitem(sys.modules, "lg_pay._try.stories")
    monkeypatch.delattr("lg_pay._try.stories")
    monkeypatch.setitem(sys.modules, "lg_core.testing", None)

    done = RUNNER.invoke(_commands.app, ["try"])

    assert isinstance(done.exception, ModuleNotFoundError)


def test_check_from_the_environment(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings are those that the service itself would read."""
    monkeypatch.setenv("LG_PAY_API_KEY", sandbox.pay.api_key)
    monkeypatch.setenv("LG_PAY_BASE_URL", sandbox.pay.url)

    done = RUNNER.invoke(_commands.app, ["check"])

    assert 0 == done.exit_code
    assert sandbox.pay.url in done.output
    assert sandbox.pay.api_key not in done.output


def test_check_finds_three_things(sandbox: Sandbox) -> None:
    """Where the client goes, what kind of key it has, and that the key is taken."""
    with PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url) as pay:
        findings = check_account(pay)

    assert [
        Finding("Address", sandbox.pay.url),
        Finding("Key", "a test key"),
        Finding("Answer", "the key is accepted (code P0200)"),
    ] == findings


def test_check_passes_a_refusal_on(sandbox: Sandbox) -> None:
    """A key that is not known is the caller's error to show."""
    with (
        PayClient(Sandbox().pay.api_key, base_url=sandbox.pay.url) as pay,
        pytest.raises(LgError),
    ):
        check_account(pay)


def test_the_module_runs_as_a_program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`python -m lg_pay` is the command."""
    monkeypatch.setattr(sys, "argv", ["lg-pay", "--version"])
    monkeypatch.delitem(sys.modules, "lg_pay.__main__", raising=False)  # as in a process of its own
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("lg_pay", run_name="__main__")

    assert 0 == ended.value.code
    assert capsys.readouterr().out.startswith("lg-pay 0.")
