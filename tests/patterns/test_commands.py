# SPDX-License-Identifier: MIT
"""`lg-patterns demo` and `check` as a developer runs them, from what is typed to every byte.

One of each kind runs in a process of its own, the others in this one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from commands_here import run_here
from patterns.resident import answer, pay
from patterns.towns import anytown
from typer.testing import CliRunner  # noqa: TID253 -- a test may load it

from lg_core.errors import ConfigError
from lg_core.testing import Browser
from lg_patterns import _commands
from lg_patterns.__main__ import main
from lg_patterns.demo import walk
from lg_patterns.demo.serving import Framework, loopback_socket

SECONDS = 60
READY_SECONDS = 20
"""How long the demonstration may take to be ready here; see docs for what it takes when warm."""
LAST_LINES = {
    "walk": "Final state: success, £46.50; charged once, written to once, 1 ledger line.",
    "decline": "Final state: success, £46.50; charged once, written to once, 1 ledger line.",
    "vanish": "Final state: success, £46.50; charged once, written to once, 1 ledger line.",
    "abandon": "Final state: started, £46.50; charged 0 times, written to 0 times, 0 ledger lines.",
}
EXAMPLE = files("lg_patterns.demo").joinpath("garden-waste.toml").read_text("utf-8")
RUNNER = CliRunner()

pytestmark = pytest.mark.usefixtures("own_process")


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LG_")}
    # A proxy that is not there must not disturb what stays on this machine.
    dead = "http://127.0.0.1:9"
    return {**kept, "HTTP_PROXY": dead, "http_proxy": dead, "HTTPS_PROXY": dead, "NO_PROXY": ""}


def _run_here(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return run_here(main, *arguments, environment=_environment())


def _run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "lg_patterns", *arguments],
        env=_environment(),
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )


# ------------------------------------------------------------------ walks


@pytest.mark.parametrize(
    ("story", "framework"),
    [
        ("walk", "flask"),
        ("decline", "django"),
        ("abandon", "starlette"),
        ("vanish", "starlette"),
    ],
)
def test_a_walk_is_told_step_by_step(story: str, framework: str) -> None:
    """Each walk ends as it should under each framework, says so, and logs nothing."""
    run = _run if framework == "django" else _run_here  # Django is set up once in a process

    done = run("demo", f"--{story}", "--framework", framework)
    lines = done.stdout.decode().splitlines()

    assert (0, b"") == (done.returncode, done.stderr)
    assert LAST_LINES[story] == lines[-1]
    assert " 1. The resident opens the service." == lines[0]


def test_a_walk_is_told_to_a_program() -> None:
    """`--json` prints one value with every step, and nothing else."""
    done = _run_here("demo", "--decline", "--json")
    told = json.loads(done.stdout)

    assert (0, b"") == (done.returncode, done.stderr)
    assert ("success", 4650, 1, 1, 1, True) == tuple(
        told[name]
        for name in (
            "final_state", "amount", "charges", "emails", "ledger_lines", "as_it_should_be",
        )
    )  # fmt: skip
    assert [*range(1, len(told["steps"]) + 1)] == [step["number"] for step in told["steps"]]
    made = {step["details"].get("payment id") for step in told["steps"]} - {None}
    assert 2 == len(made)


@pytest.mark.parametrize(
    "flags", [["--walk", "--abandon"], ["--vanish", "--decline"], ["--abandon", "--decline"]]
)
def test_two_walks_at_once_are_a_wrong_use(flags: list[str]) -> None:
    """The command ends with 2 and starts nothing."""
    done = RUNNER.invoke(_commands.app, ["demo", *flags])

    assert 2 == done.exit_code
    assert "Give one of" in done.stderr


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_a_walk_that_ends_badly_is_found(flags: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A resident whose every card is declined ends the command with 1, and both say why."""
    monkeypatch.setattr(walk, "GOOD_CARD", walk.DECLINED_CARD)

    done = RUNNER.invoke(_commands.app, ["demo", "--walk", *flags])

    assert 1 == done.exit_code
    assert "did not end as it should" in done.stderr
    assert "failed" in done.stdout


def test_a_resident_who_vanishes_is_told_with_what_mop_up_found() -> None:
    """`--walk --vanish` walks for who never comes back: one run serves, the next has rest."""
    done = RUNNER.invoke(_commands.app, ["demo", "--walk", "--vanish", "--json"])
    steps = json.loads(done.stdout)["steps"]
    runs = [step for step in steps if step["what"].startswith("Mop-up runs")]

    assert 0 == done.exit_code
    assert [("1", "1"), ("0", "0")] == [
        (str(run["details"]["looked"]), str(run["details"]["paid"])) for run in runs
    ]


# ------------------------------------------------------------------ serving


@contextmanager
def _serving(*flags: str) -> Generator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run `demo --json`, and yield the process and what it printed."""
    with subprocess.Popen(  # noqa: S603 -- our own program
        [sys.executable, "-m", "lg_patterns", "demo", "--json", *flags],
        env=_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            text = b""
            while not text.rstrip().endswith(b"}"):
                line = process.stdout.readline()
                assert line, "the command ended before it said where it serves"
                text += line
            yield process, json.loads(text)
        finally:
            if process.poll() is None:
                process.kill()


def _port(url: str) -> int:
    return urlsplit(url).port or 0


def _answers(url: str) -> bool:
    with socket.socket() as probe:
        return not probe.connect_ex(("127.0.0.1", _port(url)))


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_the_demonstration_is_up_until_it_is_stopped(name: str) -> None:
    """It is soon ready at the port that was asked for, takes a request at once, and ends with 0."""
    with loopback_socket() as free:
        port = free.getsockname()[1]
    began = time.monotonic()
    with _serving("--port", str(port)) as (process, place):
        ready = time.monotonic() - began
        page = Browser().open(place["service"])
        process.send_signal(getattr(signal, name))
        code = process.wait(SECONDS)
        assert process.stderr is not None
        said = process.stderr.read()

    assert ready < READY_SECONDS
    assert f"http://127.0.0.1:{port}/garden-waste" == place["service"]
    assert "Garden waste collection" == page.heading
    assert (0, b"") == (code, said)
    assert not any(
        _answers(place[each]) for each in ("service", "pay", "inbox", "places", "one_login")
    )


def test_a_person_is_told_where_everything_is() -> None:
    """Without `--json` the addresses, a postcode and the cards stand in a text."""
    with anytown() as town:
        text = _commands._how_to_use(_commands._places(town))

        for said in (town.url, "ZZ1", walk.GOOD_CARD, walk.DECLINED_CARD, town.sandbox.pay.url):
            assert said in text


def test_a_port_that_is_taken_is_said() -> None:
    """The command ends with 3, names the option, and leaves nothing running."""
    with loopback_socket() as taken:
        port = taken.getsockname()[1]
        taken.listen()
        done = _run_here("demo", "--port", str(port))

    assert (3, b"") == (done.returncode, done.stdout)
    assert f"Port {port} is taken. Choose another with --port." in done.stderr.decode()


@pytest.mark.parametrize("framework", Framework)
def test_a_port_serves_again_after_it_was_left(framework: Framework) -> None:
    """What is left gives its port back under each framework, and a second time does as well."""
    with anytown(framework=framework) as first:
        port = _port(first.url)
        assert "Garden waste collection" == Browser().open(first.url).heading
    with anytown(framework=framework, port=port) as again:
        browser = Browser()
        page = pay(browser, browser.press(answer(again, browser), "Continue to payment"))

    assert port == _port(again.url)
    assert "Payment received" == page.heading
    assert 1 == len(again.sandbox.pay.charges)


# ------------------------------------------------------------------ check


def test_settings_that_are_right_are_shown(tmp_path: Path) -> None:
    """A process of its own says what the file says, and ends with 0."""
    file = tmp_path / "garden-waste.toml"
    file.write_text(EXAMPLE, "utf-8")

    done = _run("check", str(file))

    assert (0, b"") == (done.returncode, done.stderr)
    for said in ("Anytown Council (x-anytown)", "£46.50, each other bin £30.00", "GF WS210 42310"):
        assert said in done.stdout.decode()


def test_settings_are_shown_to_a_program(tmp_path: Path) -> None:
    """`--json` prints one value."""
    file = tmp_path / "garden-waste.toml"
    file.write_text(EXAMPLE.replace("welsh = true", "welsh = false"), "utf-8")

    done = RUNNER.invoke(_commands.app, ["check", "--json", str(file)])

    assert 0 == done.exit_code
    assert "English" == json.loads(done.stdout)["languages"]


def test_settings_without_a_store_are_warned_of(tmp_path: Path) -> None:
    """They can be used by a program that gives a store; the command says what to add."""
    file = tmp_path / "garden-waste.toml"
    file.write_text(EXAMPLE.replace('[store]\nurl = "garden-waste.db"\n', ""), "utf-8")

    done = RUNNER.invoke(_commands.app, ["check", str(file)])

    assert 0 == done.exit_code
    assert "[store] is missing" in done.stderr
    assert "missing" in done.stdout


WRONG = {
    "a missing table": (EXAMPLE.replace("[ledger]", "[leger]"), "ledger is missing"),
    "a bare number": (EXAMPLE.replace('"46.50"', "46.50", 1), "must be pounds in quotes"),
    "no TOML": ("council = ", "not valid TOML"),
    "an unknown council": (EXAMPLE.replace("x-anytown", "Atlantis"), "council.code"),
}


@pytest.mark.parametrize("name", WRONG)
def test_settings_that_are_wrong_are_said(name: str, tmp_path: Path) -> None:
    """The error names the setting and says what to do."""
    file = tmp_path / "garden-waste.toml"
    file.write_text(WRONG[name][0], "utf-8")

    done = RUNNER.invoke(_commands.app, ["check", str(file)])

    assert isinstance(done.exception, ConfigError)
    assert WRONG[name][1] in str(done.exception)


def test_settings_that_are_not_there_end_with_3(tmp_path: Path) -> None:
    """The command says that the file cannot be read, and ends with 3."""
    done = _run_here("check", str(tmp_path / "none.toml"))

    assert (3, b"") == (done.returncode, done.stdout)
    assert "could not be read" in done.stderr.decode()
