# SPDX-License-Identifier: MIT
"""The command is killed again and again, and given again: each row is sent once."""

import csv
import os
import random
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from databases import DIALECTS, database_url
from hypothesis import settings
from notify.bulk_files import SMS, lines_of

from lg_sandbox import Sandbox

CHILD = Path(__file__).with_name("bulk_child.py")
TESTS = Path(__file__).parents[1]
ROWS = 520  # more than are enqueued in one transaction
STEPS = 3000  # about as many steps as a start that is not killed tells
SETTINGS = """
[store]
url = "{store}"
[accounts.main]
key_env = "KILLED_KEY"
base_url = "{url}"
[work]
key_kind = "test"
"""
AHEAD = timedelta(minutes=10)
"""How much later the next start is: leases have run out, and Notify's list tells the truth."""


class Starts:
    """The command, given again and again for one file."""

    def __init__(self, folder: Path, *, dialect: str, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._url = database_url(dialect, folder)
        self._rows = folder / "rows.csv"
        self._rows.write_text("".join(f"{line}\n" for line in lines_of(ROWS)))
        self.results = folder / "results.csv"
        self._ahead = timedelta()

    def start_installed(self, *, seconds: float) -> int:
        """Run `lg-notify send` as it is installed, kill it after a while, and return its number."""
        settings_file = self._rows.with_name("lg-notify.toml")
        settings_file.write_text(SETTINGS.format(store=self._url, url=self._sandbox.notify.url))
        command = [
            sys.executable, "-m", "lg_notify", "send", str(self._rows), "--template", SMS.id,
            "--name", "killed", "--yes", "--results", str(self.results),
        ]  # fmt: skip
        key = self._sandbox.notify.api_key
        environment = {**os.environ, "LG_NOTIFY_FILE": str(settings_file), "KILLED_KEY": key}
        with subprocess.Popen(  # noqa: S603 -- our own command
            command, stdout=subprocess.DEVNULL, env=environment
        ) as child:
            try:
                return child.wait(seconds)
            except subprocess.TimeoutExpired:
                child.kill()
        return child.returncode

    def start(self, *, steps: int | None = None) -> int | None:
        """Run the command, kill it after so many steps, and return its number."""
        self._ahead += AHEAD
        notify = self._sandbox.notify
        command = [
            sys.executable, str(CHILD), self._url, notify.url, notify.api_key, str(self._rows),
            str(self._ahead.total_seconds()), str(self.results),
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(TESTS)}
        told = 0
        with subprocess.Popen(  # noqa: S603 -- our own Python
            command, stdout=subprocess.PIPE, text=True, env=environment
        ) as child:
            assert child.stdout is not None
            for told, _ in enumerate(child.stdout, start=1):
                if told == steps:
                    child.kill()
        assert told > 0
        return child.returncode


def check_sandbox_and_results(sandbox: Sandbox, starts: Starts) -> None:
    """By the sandbox's own record each row was sent once, and the results name its message."""
    messages = sandbox.notify.messages
    assert {1} == set(Counter(message.to for message in messages).values())
    assert {1} == set(Counter(message.reference for message in messages).values())
    assert ROWS == len(messages)
    with starts.results.open(encoding="utf-8-sig", newline="") as file:
        results = {int(row["line"]): row for row in csv.DictReader(file)}
    assert list(range(2, ROWS + 2)) == sorted(results)
    by_reference = {message.reference: message for message in messages}
    for line, row in results.items():
        assert f"Person {line - 2}," in by_reference[row["reference"]].body
        assert by_reference[row["reference"]].id == row["notification id"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.enable_socket
def test_the_installed_command_can_be_killed(tmp_path: Path) -> None:
    """Wherever it was, the next start goes on: while it loads, checks, enqueues, sends, waits."""
    chance = random.Random(20261129)  # noqa: S311 -- when to kill
    with Sandbox() as sandbox:
        sandbox.notify.account.rate_limited = False
        starts = Starts(tmp_path, dialect="sqlite", sandbox=sandbox)
        killed = [starts.start_installed(seconds=chance.uniform(1, 5)) for _ in range(4)]
        ends = [starts.start() for _ in range(3)]

        assert -9 in killed
        assert 0 == ends[-1]
        check_sandbox_and_results(sandbox, starts)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.enable_socket
@pytest.mark.parametrize("dialect", DIALECTS)
def test_each_row_is_sent_once_wherever_it_is_killed(dialect: str, tmp_path: Path) -> None:
    """By the sandbox's own record, and the results name the message of each line."""
    chance = random.Random(20261128)  # noqa: S311 -- when to kill
    kills = max(4, settings().max_examples // 50)
    with Sandbox() as sandbox:
        sandbox.notify.account.rate_limited = False
        starts = Starts(tmp_path, dialect=dialect, sandbox=sandbox)
        killed: list[int | None] = []
        sent: list[int] = []
        for _ in range(kills):
            killed.append(starts.start(steps=chance.randint(1, STEPS // 2)))
            sent.append(len(sandbox.notify.messages))
        ends = [starts.start() for _ in range(3)]

        assert -9 in killed
        assert any(0 < number < ROWS for number in sent)
        assert 0 == ends[-1]
        check_sandbox_and_results(sandbox, starts)
