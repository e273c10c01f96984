# SPDX-License-Identifier: MIT
"""Every message once, whatever dies when: random stories against the sandbox's own record.

`HYPOTHESIS_PROFILE=long` (or `LG_LONG=1`) goes on until more than 10,000 messages were sent.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import hypothesis
import pytest
import stamina  # noqa: TID253 -- a test may load it
from databases import DIALECTS
from examples import LONG, examples
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from notify.whole.machine import Whole
from notify.whole.world import Process

from lg_core.testing import Trouble
from lg_notify.outbox import Dispatcher
from lg_notify.outbox._plan import Act, Verdict
from lg_notify.outbox._turns import Turn, Turns

GOAL = 10_000
STORIES = {"sqlite": 12, "postgresql": 5}


def run(
    machine: type[Whole], *, stories: int, steps: int, phases: Sequence[Phase] = tuple(Phase)
) -> None:
    """Tell some stories."""
    with stamina.set_testing(True, attempts=3, cap=True):
        run_state_machine_as_test(
            machine,
            settings=settings(
                hypothesis.settings(),
                max_examples=stories,
                stateful_step_count=steps,
                deadline=None,
                phases=phases,
                report_multiple_bugs=False,
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
def test_each_message_is_sent_once_or_ends_with_a_reason(
    dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Notify has each message that was committed exactly once, or the outbox says why not."""
    machine = type("Whole", (Whole,), {"dialect": dialect, "made": 0})
    run(machine, stories=examples(STORIES[dialect]), steps=40)
    while LONG and machine.made <= GOAL:
        run(machine, stories=50, steps=80)

    if LONG:
        with capsys.disabled():
            print(f"\n{dialect}: {machine.made:,} messages, each sent once")  # noqa: T201 -- asked for
        assert machine.made > GOAL


# ------------------------------------------------------------------ would the stories find it?


class _ResendsInDoubt(Turns):
    """A call without an answer is made again."""

    def not_sent(self, turn: Turn, why: Verdict) -> None:
        super().not_sent(turn, Verdict("again", at=self.now()) if why.doubt else why)


class _NoIntent(Turns):
    """The call is made, and nothing is written before it."""

    def intend(self, turn: Turn, *, timeout: timedelta) -> Turn:
        kept, now = turn.kept, self.now()
        assert kept is not None
        message = replace(kept.message, intended_at=now, give_up_at=now + timeout)
        return replace(turn, kept=replace(kept, message=message))


class _DoneBeforeSend(Turns):
    """The message is told as sent, and then the call is made."""

    def intend(self, turn: Turn, *, timeout: timedelta) -> Turn:
        intent = super().intend(turn, timeout=timeout)
        if intent.plan.act is Act.SEND:
            self.sent(intent, "11111111-2222-4333-8444-555555555555", smoke_test=False)
        return intent


class Told(Whole):
    """A story whose dispatchers are of a kind."""

    turns: type[Turns] = Turns

    def dispatcher_of(self, process: Process) -> Dispatcher:
        """Build a dispatcher of that kind."""
        dispatcher = super().dispatcher_of(process)
        dispatcher._turns = self.turns(process.outbox, dispatcher._policy)
        return dispatcher


def _told(turns: type[Turns], trouble: Trouble) -> None:
    """Tell of one message whose first request meets a trouble, and hold what must hold."""
    story = Told()
    story.turns = turns
    story.begin()
    story.enqueue(["case-1"], "", "sms", 0, None, None, commits=True)
    story.trouble([trouble])
    try:
        story.dispatch(0, 100, None)
        story.holds()
        for process in (1, 0):
            story.time_passes(7200.0)
            story.dispatch(process, 100, None)
            story.holds()
    finally:
        story.teardown()


@pytest.mark.slow
@pytest.mark.timeout(900 if LONG else 300)
@pytest.mark.parametrize(
    ("broken", "trouble"),
    [
        (_ResendsInDoubt, Trouble.RESET_AFTER),
        (_NoIntent, Trouble.STOPPED_AFTER),
        (_DoneBeforeSend, Trouble.STOPPED_BEFORE),
    ],
)
def test_the_stories_find_what_is_broken(broken: type[Turns], trouble: Trouble) -> None:
    """An outbox that resends in doubt, writes no intent or is done too soon does not pass.

    The long profile also looks for a story by itself.
    """
    found = pytest.raises(AssertionError, match=r"sent twice|does not have it|has it")
    with stamina.set_testing(True, attempts=3, cap=True):
        _told(Turns, trouble)
        with found:
            _told(broken, trouble)
    if LONG:
        machine = type("Broken", (Told,), {"turns": broken})
        with found:
            run(machine, stories=300, steps=40, phases=[Phase.generate])
