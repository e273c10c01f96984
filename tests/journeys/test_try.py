# SPDX-License-Identifier: MIT
"""`lg-pay try` and `lg-pay check` as a developer runs them, from what is typed to every byte.

One of each kind runs in a process of its own, the others in this one.
"""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from commands_here import run_here
from pay.payments import a_payment

from lg_core.testing import Browser
from lg_pay import PayClient, PaymentStatus
from lg_pay.__main__ import main
from lg_sandbox import Sandbox

SECONDS = 60
LOST = b"WARNING lg_pay: outcome_unknown capability=lg-pay.create_payment status=null\n"
STORIES: dict[str, tuple[list[str], int, bytes]] = {
    "a card that works": ([], 1, b""),
    "a card that is declined": (["--decline"], 2, b""),
    "an answer that is lost": (["--lose-answer"], 2, LOST),
}

pytestmark = pytest.mark.usefixtures("own_process")


def _closed_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _environment(**changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LG_")}
    dead = f"http://127.0.0.1:{_closed_port()}"
    # A proxy that is not there must not disturb what stays on this machine.
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy"), dead)
    return {**kept, **proxies, "NO_PROXY": "", "no_proxy": "", **changes}


def _run_here(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return run_here(main, *arguments, environment=_environment(**environment))


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-m", "lg_pay", *arguments],
        env=_environment(**environment),
        capture_output=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told(name: str) -> None:
    """Each story ends with a success, charged once, and says so step by step."""
    flags, _, logged = STORIES[name]
    run = _run if logged else _run_here

    done = run("try", *flags)

    assert (0, logged) == (done.returncode, done.stderr.replace(b"\r\n", b"\n"))
    lines = done.stdout.decode().splitlines()
    assert "Final state: success, £46.50, charged once." == lines[-1]
    assert lines[0].startswith(" 1. A sandbox of GOV.UK Pay starts")


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told_to_a_program(name: str) -> None:
    """`--json` prints one value with every step, and nothing else."""
    flags, created, logged = STORIES[name]

    done = _run_here("try", *flags, "--json")

    assert (0, logged) == (done.returncode, done.stderr.replace(b"\r\n", b"\n"))
    story = json.loads(done.stdout)
    assert ("success", 4650, 1, True) == tuple(
        story[key] for key in ("final_status", "amount", "charges", "as_it_should_be")
    )
    numbers = [step["number"] for step in story["steps"]]
    assert list(range(1, len(numbers) + 1)) == numbers
    made = {s["details"]["payment id"] for s in story["steps"] if "payment id" in s["details"]}
    assert created == len(made)


def test_a_lost_answer_is_shown_with_what_to_do() -> None:
    """The story shows the error's own words, the orphan, and that it expires by itself."""
    steps = json.loads(_run_here("try", "--lose-answer", "--json").stdout)["steps"]

    (told,) = (step["details"] for step in steps if "error" in step["details"])
    assert ("OutcomeUnknownError", "timeout", "1") == (
        told["error"],
        told["reason"],
        told["attempts"],
    )
    assert "make a new call for the same order" in told["message"]
    assert "P0020" in [step["details"].get("code") for step in steps]


@pytest.mark.parametrize(
    ("encoding", "flags"), [("cp437", []), ("cp1252", []), ("cp437", ["--json"])], ids=str
)
def test_the_output_survives_any_console(encoding: str, flags: list[str]) -> None:
    """A console that has no pound sign gets something else, and the command goes on."""
    run = _run if (encoding, flags) == ("cp437", []) else _run_here

    done = run("try", *flags, PYTHONIOENCODING=encoding)

    assert (0, b"") == (done.returncode, done.stderr)
    assert done.stdout.decode(encoding).strip()


@pytest.mark.parametrize(
    "flags",
    [
        ["--decline", "--lose-answer"],
        ["--decline", "--serve"],
        ["--lose-answer", "--serve", "--decline"],
    ],
    ids=" ".join,
)
def test_two_stories_at_once_are_a_wrong_use(flags: list[str]) -> None:
    """The command ends with 2 and starts nothing."""
    done = _run_here("try", *flags)

    assert (2, b"") == (done.returncode, done.stdout)
    assert b"--lose-answer" in done.stderr


@contextmanager
def _serving() -> Generator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """Run `try --serve --json`, and yield the process and what it printed."""
    with subprocess.Popen(
        [sys.executable, "-m", "lg_pay", "try", "--serve", "--json"],
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


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_sandbox_is_kept_up_until_it_is_stopped(name: str) -> None:
    """It prints settings that work, serves whole payments, ends cleanly, and frees the port."""
    with _serving() as (process, place):
        with PayClient(place["LG_PAY_API_KEY"], base_url=place["LG_PAY_BASE_URL"]) as pay:
            made = pay.create_payment(a_payment())
            payer = Browser()
            page = payer.open(made.next_url or "")
            page = payer.press(
                page,
                "Continue",
                cardNo="4444333322221111",
                expiryMonth="12",
                expiryYear="2031",
                cardholderName="A Tester",
                cvc="123",
                addressLine1="1 Test Street",
                addressCity="Testtown",
                addressPostcode="ZZ1 1ZZ",
                email="simulate-delivered@notifications.service.gov.uk",
            )
            page = payer.press(page, "Confirm")
            status = pay.get_payment(made.payment_id).state.status
        process.send_signal(getattr(signal, name))
        code = process.wait(SECONDS)
        assert process.stderr is not None
        said = process.stderr.read()

    assert (True, a_payment().return_url) == (page.left, page.url)
    assert PaymentStatus.SUCCESS == status
    assert (0, b"") == (code, said)
    parts = urlsplit(place["LG_PAY_BASE_URL"])
    with socket.socket() as probe:
        assert probe.connect_ex((parts.hostname or "", parts.port or 0))


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_check_says_that_the_settings_work(sandbox: Sandbox, flags: list[str]) -> None:
    """A good key and address end with 0; the key is not printed, nothing is created."""
    key = sandbox.pay.api_key
    run = _run_here if flags else _run

    done = run("check", *flags, LG_PAY_API_KEY=key, LG_PAY_BASE_URL=sandbox.pay.url)

    assert (0, b"") == (done.returncode, done.stderr)
    said = done.stdout.decode()
    assert sandbox.pay.url in said
    assert "a test key" in said
    assert "P0200" in said
    assert key not in said
    assert () == sandbox.pay.payments
    if flags:
        assert ["Address", "Key", "Answer"] == [line["what"] for line in json.loads(said)]


def test_check_tells_a_wrong_key(sandbox: Sandbox) -> None:
    """GOV.UK Pay refuses the key: 4."""
    key = Sandbox().pay.api_key

    done = _run_here("check", LG_PAY_API_KEY=key, LG_PAY_BASE_URL=sandbox.pay.url)

    assert (4, b"") == (done.returncode, done.stdout)
    assert b"the platform said no" in done.stderr
    assert key.encode() not in done.stderr


@pytest.mark.parametrize("key", ["", "api_test_cut"])
def test_check_tells_a_key_that_is_missing_or_cut(sandbox: Sandbox, key: str) -> None:
    """The setting is wrong, and nothing was sent: 3."""
    done = _run_here("check", LG_PAY_API_KEY=key, LG_PAY_BASE_URL=sandbox.pay.url)

    assert (3, b"") == (done.returncode, done.stdout)
    assert b"LG_PAY_API_KEY" in done.stderr
    assert () == sandbox.pay.requests


def test_check_tells_a_platform_that_is_not_there(sandbox: Sandbox) -> None:
    """Nothing listens: 6."""
    url = f"http://127.0.0.1:{_closed_port()}"

    done = _run_here(
        "check", LG_PAY_API_KEY=sandbox.pay.api_key, LG_PAY_BASE_URL=url, LG_PAY_ATTEMPTS="1"
    )

    assert (6, b"") == (done.returncode, done.stdout)
    assert b"nothing was sent" in done.stderr
