# SPDX-License-Identifier: MIT
"""The command is killed again and again, and given again: each row is sent once."""

import csv
import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from children import Child
from databases import DIALECTS, database_url
from examples import LONG
from hypothesis import settings
from notify.bulk_child import send
from notify.bulk_files import SMS, lines_of

from lg_sandbox import Sandbox

ROWS = 520  # more than are enqueued in one transaction
STEPS = 3000  # about as many steps as a start that is not killed tells
LONGEST = 200.0
"""How many seconds a start that is not killed may take."""
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

    def __init__(self, folder: Path, *, dialect: str, sandbox: Sandbox, count: int = ROWS) -> None:
        self.count = count
        self._sandbox = sandbox
        self._url = database_url(dialect, folder)
        self._rows = folder / "rows.csv"
        self._rows.write_text("".join(f"{line}\n" for line in lines_of(count)))
        self.results = folder / "results.csv"
        self._ahead = timedelta()

    def start_installed(self, *, seconds: float, sent: int | None = None) -> int:
        """Run `lg-notify send` as it is installed, kill it after a while, and return its number.

        Args:
            seconds: after how long.
            sent: or as soon as Notify has so many messages.
        """
        settings_file = self._rows.with_name("lg-notify.toml")
        settings_file.write_text(SETTINGS.format(store=self._url, url=self._sandbox.notify.url))
        command = [
            sys.executable, "-m", "lg_notify", "send", str(self._rows), "--template", SMS.id,
            "--name", "killed", "--yes", "--results", str(self.results),
        ]  # fmt: skip
        key = self._sandbox.notify.api_key
        environment = {**os.environ, "LG_NOTIFY_FILE": str(settings_file), "KILLED_KEY": key}
        tick, end = threading.Event(), time.monotonic() + seconds
        with subprocess.Popen(  # noqa: S603 -- our own command
            command, stdout=subprocess.DEVNULL, env=environment
        ) as child:
            while child.poll() is None and time.monotonic() < end:
                if len(self._sandbox.notify.messages) >= (sent or self.count):
                    break
                tick.wait(0.01)
            child.kill()
        return child.returncode

    def start(self, *, steps: int | None = None) -> int:
        """Run the command, kill it after so many steps, and return its number."""
        self._ahead += AHEAD
        notify = self._sandbox.notify
        sending = partial(
            send,
            store=self._url,
            url=notify.url,
            key=notify.api_key,
            rows=self._rows,
            ahead=self._ahead,
            results=self.results,
        )
        child = Child(sending, steps=steps)
        number = child.ended(within=LONGEST)
        assert child.told
        return number

    def finish(self) -> None:
        """Start it until it says that all is sent, and once more: then it has nothing to do."""
        for _ in range(3):
            if self.start() == 0:
                break
        assert 0 == self.start()


def check_sandbox_and_results(sandbox: Sandbox, starts: Starts) -> None:
    """By the sandbox's own record each row was sent once, and the results name its message."""
    messages = sandbox.notify.messages
    assert {1} == set(Counter(message.to for message in messages).values())
    assert {1} == set(Counter(message.reference for message in messages).values())
    assert starts.count == len(messages)
    with starts.results.open(encoding="utf-8-sig", newline="") as file:
        results = {int(row["line"]): row for row in csv.DictReader(file)}
    assert list(range(2, starts.count + 2)) == sorted(results)
    by_reference = {message.reference: message for message in messages}
    for line, row in results.items():
        assert f"Person {line - 2}," in by_reference[row["reference"]].body
        assert by_reference[row["reference"]].id == row["notification id"]


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.enable_socket
def test_the_installed_command_can_be_killed(tmp_path: Path) -> None:
    """While it loads, checks or enqueues, and while it sends: the next start goes on."""
    chance = random.Random(20261129)  # noqa: S311 -- when to kill
    with Sandbox() as sandbox:
        sandbox.notify.account.rate_limited = False
        starts = Starts(tmp_path, dialect="sqlite", sandbox=sandbox, count=ROWS if LONG else 160)
        killed: list[int] = []
        for _ in range(max(1, settings().max_examples // 200)):
            killed.append(starts.start_installed(seconds=chance.uniform(0.5, 3)))
            some = len(sandbox.notify.messages) + chance.randint(1, 20)  # others may be leased
            killed.append(starts.start_installed(seconds=20, sent=some))
        starts.finish()

        assert -9 in killed
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
        killed: list[int] = []
        sent: list[int] = []
        for _ in range(kills):
            killed.append(starts.start(steps=chance.randint(1, STEPS // 2)))
            sent.append(len(sandbox.notify.messages))
        starts.finish()

        assert -9 in killed
        assert any(0 < number < ROWS for number in sent)
        check_sandbox_and_results(sandbox, starts)
