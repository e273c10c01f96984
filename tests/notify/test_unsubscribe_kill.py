# SPDX-License-Identifier: MIT
"""The suppression list under kill -9: who was told that the messages stop is on the list.

Child processes follow links, put people on the list, take some off and import files. They say what
they did when it is done, and are killed after a random number of steps, wherever they are.
"""

import random
from functools import partial
from pathlib import Path

import pytest
from children import Child
from databases import DIALECTS, database_url
from hypothesis import settings
from notify.unsubscribe_child import SECRET, keep_list

from lg_core.store import Store
from lg_notify.unsubscribe import SuppressionList


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
        children = [
            Child(partial(keep_list, store=url, name=f"{turn}-{each}"), steps=chance.randint(2, 12))
            for each in range(2)
        ]
        for child in children:
            assert -9 == child.ended()
            told += [line.split() for line in child.told]

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
