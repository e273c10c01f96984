# SPDX-License-Identifier: MIT
"""Every message of a chain once, in turn and within the limit, whatever dies when: random stories.

`HYPOTHESIS_PROFILE=long` (or `LG_LONG=1`) goes on until more than 1,000 chains began.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import hypothesis
import pytest
import stamina  # noqa: TID253 -- a test may load it
from databases import DIALECTS
from examples import LONG, examples
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test
from notify.chain_desks import a_letter, an_email
from notify.chain_world import ChainWorld
from notify.outboxes import a_text
from notify.whole.world import Stop

from lg_core.testing import Trouble
from lg_notify import Notification
from lg_notify.chains import Chain, Way
from lg_notify.chains import _moving as moving
from lg_notify.chains._states import Plan, decide
from lg_notify.outbox import OutboxMessage
from lg_sandbox.notify import Channel, Status
from lg_sandbox.notify.model import ENDS as ENDS_OF

GOAL = 1_000
STORIES = {"sqlite": 12, "postgresql": 4}
CASES = st.sampled_from([f"case-{number}" for number in range(12)])
STOPS = st.one_of(st.none(), st.none(), st.builds(Stop, st.integers(0, 12), st.booleans()))
TROUBLES = st.sampled_from(
    [
        Trouble.REFUSED, Trouble.LOST_REQUEST, Trouble.LOST_ANSWER, Trouble.RESET_AFTER,
        Trouble.STOPPED_BEFORE, Trouble.STOPPED_AFTER, Trouble.TRUNCATED,
    ]
)  # fmt: skip
WAYS = st.lists(
    st.tuples(st.sampled_from(["email", "sms", "letter"]), st.sampled_from([600, 90_000])),
    min_size=1,
    max_size=4,
)
CAPS = st.sampled_from([None, "0", "0.024", "0.05", "0.73", "0.754", "5"]).map(
    lambda text: None if text is None else Decimal(text)
)
ENDS = st.sampled_from(
    [
        Status.DELIVERED,
        Status.PERMANENT_FAILURE,
        Status.TEMPORARY_FAILURE,
        Status.TECHNICAL_FAILURE,
        Status.TECHNICAL_FAILURE,
    ]
)
MESSAGES = {"email": an_email, "sms": a_text, "letter": a_letter}


class Stories(ChainWorld):
    """What can happen, in any order."""

    @initialize()
    def begin(self) -> None:
        """Build the world."""
        self.build()

    # ------------------------------------------------------------------ the council

    @rule(case=CASES, ways=WAYS, cap=CAPS, desk=st.integers(0, 1), stop=STOPS)
    def start(  # noqa: PLR0917 -- hypothesis passes them by name
        self,
        case: str,
        ways: list[tuple[str, int]],
        cap: Decimal | None,
        desk: int,
        stop: Stop | None,
    ) -> None:
        """Start a chain, also one that has begun."""
        given = [
            Way(MESSAGES[channel](), patience=timedelta(seconds=patience))
            for channel, patience in ways
        ]
        self.desks[desk].do(lambda mine: mine.chains.start(case, given, cost_cap=cap), stop)
        if self.chains.get(case) is not None:
            self.begun.setdefault(case, cap)

    @rule(case=CASES)
    def stop(self, case: str) -> None:
        """Stop a chain."""
        if self.chains.stop(case):
            self.stopped.add(case)

    @rule(desk=st.integers(0, 1), limit=st.sampled_from([1, 100]), stop=STOPS)
    def dispatch(self, desk: int, limit: int, stop: Stop | None) -> None:
        """Send what is due."""
        self.desks[desk].do(lambda mine: mine.dispatcher.run_once(limit=limit), stop)

    @rule(desk=st.integers(0, 1), stop=STOPS)
    def advance(self, desk: int, stop: Stop | None) -> None:
        """Move what is due."""
        self.desks[desk].do(lambda mine: mine.chains.advance(), stop)

    @rule(desk=st.integers(0, 1), stop=STOPS)
    def poll(self, desk: int, stop: Stop | None) -> None:
        """Ask Notify about what has not ended."""
        planned = list(self.wire.planned)
        self.wire.planned.clear()
        self.desks[desk].do(lambda mine: mine.poll(), stop)
        self.wire.planned.extend(planned)

    # ------------------------------------------------------------------ the world

    @rule(troubles=st.lists(TROUBLES, min_size=1, max_size=3))
    def trouble(self, troubles: list[Trouble]) -> None:
        """Plan what the next requests meet."""
        self.wire.planned.extend(troubles)

    @rule(seconds=st.sampled_from([1.0, 31.0, 130.0, 700.0, 7200.0, 86_400.0]))
    def time_passes(self, seconds: float) -> None:
        """Let time pass."""
        self.tick(seconds)

    @rule(status=ENDS, channel=st.sampled_from([Channel.EMAIL, Channel.SMS]))
    def plan_an_end(self, status: Status, channel: Channel) -> None:
        """Say how the next message of a channel will end; Notify may be silent about it."""
        self.sandbox.notify.plan_end(status, channel=channel)

    @rule(status=st.sampled_from([Status.TECHNICAL_FAILURE, Status.PERMANENT_FAILURE]))
    def plan_a_lost_letter(self, status: Status) -> None:
        """Let the next letter not be printed, as far as anybody knows."""
        self.sandbox.notify.plan_end(status, channel=Channel.LETTER)

    @rule(channel=st.sampled_from([Channel.EMAIL, Channel.SMS]))
    def plan_no_news(self, channel: Channel) -> None:
        """Let the provider of the next message never report."""
        self.sandbox.notify.plan_end(Status.SENDING, channel=channel)

    @rule(which=st.integers(0, 50), status=ENDS)
    def end(self, which: int, status: Status) -> None:
        """Let a network say how a message ended that has not, also long after it was sent."""
        left = [each for each in self.sandbox.notify.messages if not each.finished]
        if left:
            message = left[which % len(left)]
            known = status in ENDS_OF[message.channel]
            self.sandbox.notify.end(message.id, status=status if known else Status.DELIVERED)

    @rule(channel=st.sampled_from(["email", "sms", "letter"]), wanted=st.booleans())
    def unsubscribe(self, channel: str, wanted: bool) -> None:  # noqa: FBT001 -- hypothesis passes it by name
        """Let people not want one way, or want it again."""
        (self.unwanted.discard if wanted else self.unwanted.add)(channel)

    # ------------------------------------------------------------------ receipts

    @rule()
    def receipts_are_written(self) -> None:
        """See all messages as Notify has them now; who is told comes later, or never."""
        planned = list(self.wire.planned)
        self.wire.planned.clear()
        self.seen += self.desks[0].client.list_notifications()
        self.wire.planned.extend(planned)

    @rule(which=st.lists(st.integers(0, 200), max_size=6), desk=st.integers(0, 1), stop=STOPS)
    def receipts_come(self, which: list[int], desk: int, stop: Stop | None) -> None:
        """Let receipts come late, twice and in any order, to a process that may die of them."""
        for told in self._told(which):
            self.desks[desk].do(lambda mine, told=told: mine.chains.note(told), stop)

    @rule(which=st.lists(st.integers(0, 200), max_size=6), acts=st.booleans())
    def receipts_are_noted(self, which: list[int], acts: bool) -> None:  # noqa: FBT001 -- as above
        """Note receipts, and act on them in a transaction of its own, or die before that."""
        for told in self._told(which):
            change = self.outbox.note(told)
            if change is not None and acts:
                self.chains.act(change)

    def _told(self, which: list[int]) -> list[Notification]:
        return [self.seen[number % len(self.seen)] for number in which if self.seen]

    @invariant()
    def holds(self) -> None:
        """See that no rule is broken."""
        if hasattr(self, "begun"):
            self.check_now()


def run(machine: type[ChainWorld], *, stories: int, steps: int) -> None:
    """Tell some stories."""
    with stamina.set_testing(True, attempts=3, cap=True):
        run_state_machine_as_test(
            machine,
            settings=settings(
                hypothesis.settings(),
                max_examples=stories,
                stateful_step_count=steps,
                deadline=None,
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
def test_each_person_gets_each_way_once_and_the_chain_ends(
    dialect: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One way at a time, each step once, never past the limit, until somebody was reached."""
    machine = type("Stories", (Stories,), {"dialect": dialect, "made": 0})
    run(machine, stories=examples(STORIES[dialect]), steps=40)
    while LONG and machine.made <= GOAL:
        run(machine, stories=50, steps=80)

    if LONG:
        with capsys.disabled():
            print(f"\n{dialect}: {machine.made:,} chains")  # noqa: T201 -- asked for
        assert machine.made > GOAL


# ------------------------------------------------------------------ would the stories find it?


def _without_limit(chain: Chain, messages: Mapping[str, OutboxMessage], *, now: datetime) -> Plan:
    """The limit is not looked at."""
    return decide(replace(chain, cost_cap=None), messages, now=now)


def _leaves_what_waits(
    chain: Chain, messages: Mapping[str, OutboxMessage], *, now: datetime
) -> Plan:
    """The next way is taken, and what still waits is not taken back."""
    return replace(decide(chain, messages, now=now), take_back=())


def _deaf(chain: Chain, messages: Mapping[str, OutboxMessage], *, now: datetime) -> Plan:
    """Only the step whose turn it is is listened to."""
    mine = {each.reference for each in chain.steps[chain.step - 1].attempts}
    heard = {reference: each for reference, each in messages.items() if reference in mine}
    return decide(chain, heard, now=now)


def _too_dear(story: Stories) -> None:
    story.start("case-1", [("sms", 600), ("letter", 600)], Decimal("0.05"), 0, None)
    story.dispatch(0, 100, None)
    story.tick(700)
    story.advance(0, None)
    story.dispatch(0, 100, None)


def _impatient(story: Stories) -> None:
    story.start("case-1", [("email", 600), ("sms", 600)], None, 0, None)
    story.tick(700)
    story.advance(0, None)


def _late_news(story: Stories) -> None:
    story.plan_no_news(Channel.EMAIL)
    story.start("case-1", [("email", 600), ("letter", 90_000)], None, 0, None)
    story.dispatch(0, 100, None)
    story.tick(700)
    story.advance(0, None)
    story.dispatch(0, 100, None)
    story.end(0, Status.DELIVERED)
    story.receipts_are_written()
    story.receipts_come([0, 1], 0, None)


@pytest.mark.parametrize(
    ("broken", "tell", "found"),
    [
        (_without_limit, _too_dear, "the cap was passed"),
        (_leaves_what_waits, _impatient, "two ways are open"),
        (_deaf, _late_news, "a chain does not end"),
    ],
)
def test_a_story_finds_what_is_broken(
    broken: Callable[..., Plan],
    tell: Callable[[Stories], None],
    found: str,
) -> None:
    """Chains that break one rule do not pass, and those that keep it do."""
    for decides in (decide, broken):
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(moving, "decide", decides)
            story = Stories()
            story.begin()
            tell(story)
            if decides is decide:
                story.holds()
                story.teardown()
            else:
                with pytest.raises(AssertionError, match=found):
                    _to_the_end(story)


def _to_the_end(story: Stories) -> None:
    try:
        story.holds()
    finally:
        story.teardown()
