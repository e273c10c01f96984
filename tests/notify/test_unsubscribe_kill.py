# SPDX-License-Identifier: MIT
"""The suppression list under kill -9: who was told that the messages stop is on the list.

Child processes follow links, put people on the list, take some off and import files. They say what
they did when it is done, and are killed after a random number of steps, wherever they are.
"""

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from databases import DIALECTS, database_url
from hypothesis import settings

from lg_core.store import Store
from lg_notify.unsubscribe import SuppressionList

SECRET = "zebra-crossing-secret-of-32-characters"
PATIENCE = 60.0

WORK = """
import io, itertools, sys
from lg_core.endpoints import Request
from lg_core.store import Store
from lg_notify.unsubscribe import Links, SuppressionList, endpoints

url, secret, name = sys.argv[1:]
suppressions = SuppressionList(Store(url), secrets=[secret])
links = Links([secret], base_url="https://www.example.gov.uk/unsubscribe")
_, stop = endpoints(suppressions, links)

def tell(word, *people):
    print(word, *people, flush=True)

for number in itertools.count():
    person = f"{name}-{number}@example.org"
    token = links.link_for("email", person).rpartition("/")[2]
    assert stop.handle(Request("POST", "/", params={"token": token})).status == 200
    tell("on", person)
    back = f"back-{person}"
    suppressions.suppress("email", back)
    suppressions.allow_again("email", back)
    tell("off", back)
    file = [f"{name}-{number}-{each}@example.org" for each in range(40)]
    rows = "\\n".join(["email", *file])
    suppressions.import_csv(io.BytesIO(rows.encode()), channel="email", column="email")
    tell("on", *file)
"""


class Child:
    """A process that tells each step, and is killed after some."""

    def __init__(self, url: str, name: str, *, steps: int) -> None:
        self.told: list[list[str]] = []
        self._steps = steps
        self._process = subprocess.Popen(  # noqa: S603 -- our own Python
            [sys.executable, "-c", WORK, url, SECRET, name],
            stdout=subprocess.PIPE,
            text=True,
        )
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                if line.endswith("\n"):  # the last one may be cut by the kill
                    self.told.append(line.split())
                self._steps -= 1
                if self._steps == 0:
                    self._process.kill()
        self._process.wait(PATIENCE)

    def ended(self) -> int:
        """Wait until it was killed, and return how it ended."""
        self._thread.join(PATIENCE)
        self._process.kill()
        self._thread.join(PATIENCE)
        return self._process.returncode


def rounds() -> int:
    """Say how often all are killed: more in the long profile."""
    return max(2, settings().max_examples // 50)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_nobody_is_forgotten(dialect: str, tmp_path: Path) -> None:
    """Whenever a process dies, who was told is on the list or off it, and the list opens again."""
    url = database_url(dialect, tmp_path)
    chance = random.Random(20261122)  # noqa: S311 -- when to kill, not what to keep secret
    told: list[list[str]] = []
    for turn in range(rounds()):
        with Store(url) as store:
            SuppressionList(store, secrets=[SECRET])
        children = [Child(url, f"{turn}-{each}", steps=chance.randint(2, 12)) for each in range(2)]
        for child in children:
            assert -9 == child.ended()
            told += child.told

    with Store(url) as store:
        suppressions = SuppressionList(store, secrets=[SECRET])
        wrong = [
            person
            for word, *people in told
            for person in people
            if suppressions.is_suppressed("email", person) is not (word == "on")
        ]
        counts = {each.reason: each.count for each in suppressions.counts()}

    assert not wrong
    stopped = sum(len(line) == 2 and line[0] == "on" for line in told)
    # One step of each child may have been done and not told.
    assert stopped <= counts["unsubscribed"] <= stopped + 2 * rounds()
