"""lg_sandbox.__main__ and ._commands: `lg-sandbox serve`."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from typer.testing import CliRunner  # noqa: TID253 -- this tests what Typer built

import lg_sandbox
from lg_sandbox import Sandbox
from lg_sandbox._commands import as_json_line, as_text, build, wait

COMMAND = [sys.executable, "-m", "lg_sandbox"]


def run(*arguments: str, until: Callable[[str], None]) -> tuple[int, str]:
    """Serve until a line was looked at, then press Ctrl-C; return exit code and stderr."""
    with subprocess.Popen(  # noqa: S603 -- our own command
        [*COMMAND, "serve", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            until(process.stdout.readline())
        finally:
            process.send_signal(signal.SIGINT)
            code = process.wait(10)
        return code, process.stderr.read()


def test_serve_as_json_gives_what_a_program_needs() -> None:
    """One line with address, keys and start page; the key works; Ctrl-C ends it with 0."""

    def look(line: str) -> None:
        pay: dict[str, Any] = json.loads(line)["pay"]
        assert 200 == httpx.get(pay["start_page"], trust_env=False).status_code
        answer = httpx.get(
            f"{pay['url']}/v1/payments/none",
            headers={"Authorization": f"Bearer {pay['api_key']}"},
            trust_env=False,
        )
        assert "P0200" == answer.json()["code"]
        assert pay["live_api_key"].startswith("api_live_")

    assert (0, "") == run("--json", until=look)


def test_serve_says_to_people_that_nothing_is_real() -> None:
    """The first line is the warning."""
    lines: list[str] = []

    code, _ = run(until=lines.append)

    assert (0, ["Stand-in for GOV.UK Pay. Nothing is real, and no money moves.\n"]) == (code, lines)


def test_every_stand_in_is_printed(sandbox: Sandbox) -> None:
    """A program gets one member a stand-in, a person one block, and the keys of both work."""
    shown: dict[str, Any] = json.loads(as_json_line(sandbox))
    said = as_text(sandbox)

    assert ["pay", "notify", "places"] == list(shown)[:3]
    assert {
        "url": sandbox.places.url,
        "api_key": sandbox.places.api_key,
        "start_page": f"{sandbox.places.url}/",
    } == shown["places"]
    assert 200 == httpx.get(shown["places"]["start_page"], trust_env=False).status_code
    assert all(each["url"] in said for each in shown.values())
    assert sandbox.places.api_key in said


@pytest.mark.parametrize("name", ["pay", "notify", "places"])
def test_each_stand_in_has_a_port_of_its_own(name: str) -> None:
    """The option of each is honoured: a taken port names all of them."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(build(), ["serve", f"--{name}-port", port])

    assert 3 == result.exit_code
    assert f"--{name}-port" in result.stderr


def test_a_taken_port_is_a_mistake_in_the_settings() -> None:
    """Exit 3, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(  # noqa: S603 -- our own command
            [*COMMAND, "serve", "--pay-port", port], capture_output=True, text=True, check=False
        )

    assert 3 == done.returncode
    assert "--pay-port" in done.stderr


def test_a_taken_port_is_told_before_anything_else_happens() -> None:
    """The same in process: no handler of signals is changed."""
    before = signal.getsignal(signal.SIGINT)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = CliRunner().invoke(build(), ["serve", "--pay-port", port])

    assert 3 == result.exit_code
    assert before is signal.getsignal(signal.SIGINT)


def test_waiting_ends_with_a_stopped_sandbox(sandbox: Sandbox) -> None:
    """Whoever asks to stop gets the port back; what was printed is the key of that sandbox."""
    stopping = threading.Event()
    waiting = threading.Thread(target=wait, args=(sandbox, stopping))
    said = as_text(sandbox) + as_json_line(sandbox)
    waiting.start()

    stopping.set()
    waiting.join(5)

    assert 2 == said.count(sandbox.pay.api_key)
    with pytest.raises(lg_sandbox.NotRunningError):
        _ = sandbox.pay.url


def test_help_names_the_command() -> None:
    """A command without arguments explains itself."""
    done = subprocess.run(  # noqa: S603 -- our own command
        [*COMMAND, "--help"], capture_output=True, text=True, check=True
    )

    assert "serve" in done.stdout
    assert build().info.help


def test_names_load_when_they_are_used() -> None:
    """Importing the package loads no web server; a misspelt name is an AttributeError."""
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys, lg_sandbox; print('uvicorn' in sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "False" == loaded.strip()
    assert Sandbox is getattr(lg_sandbox, "Sandbox")  # noqa: B009 -- what is tested
    with pytest.raises(AttributeError, match="Sandbags"):
        getattr(lg_sandbox, "Sandbags")  # noqa: B009 -- what is tested
