# SPDX-License-Identifier: MIT
"""Every penny from the payer to the ledger line, whatever happens in between, in any order.

`HYPOTHESIS_PROFILE=long` (or `LG_LONG=1`) goes on until more than 10,000 payments were made.
"""

import hypothesis
import pytest
import stamina  # noqa: TID253 -- a test may load it
from databases import DIALECTS
from examples import LONG, examples
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from pay.whole.machine import Whole

GOAL = 10_000


def _run(machine: type[Whole], *, stories: int, steps: int) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            hypothesis.settings(),
            max_examples=stories,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
            ],
        ),
    )


@pytest.mark.slow
@pytest.mark.timeout(7_200 if LONG else 300)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_penny_is_lost_doubled_or_posted_wrong(
    dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The books equal the sandbox's own ledger after any story, and each case is told once."""
    machine = type("Whole", (Whole,), {"dialect": dialect, "made": 0})
    with stamina.set_testing(True, attempts=3, cap=True):
        _run(machine, stories=examples(6 if dialect == "sqlite" else 3), steps=40)
        while LONG and machine.made <= GOAL:
            _run(machine, stories=20, steps=80)

    if LONG:
        with capsys.disabled():
            print(f"\n{dialect}: {machine.made:,} payments, no penny lost")  # noqa: T201 -- asked for
        assert machine.made > GOAL
