# SPDX-License-Identifier: MIT
"""What can happen, in any order: what councils do, what networks do, and how processes die."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule
from notify.whole.world import SMOKE_TEST, Late, Pause, Refused, Stop, World

from lg_core.testing import Trouble
from lg_notify import Email, Sms
from lg_notify.outbox import MessageState, ToSend
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, Status

__all__ = ["Whole"]

CASES = st.sampled_from([f"case-{number}" for number in range(60)])
STOPS = st.one_of(
    st.none(),
    st.none(),
    st.builds(Stop, st.integers(0, 30), st.booleans()),
    st.builds(Stop, st.integers(0, 6), st.booleans(), st.sampled_from([1.0, 40.0, 130.0, 700.0])),
)
TROUBLES = st.one_of(
    st.sampled_from([each for each in Trouble if each is not Trouble.NONE]),
    st.builds(Late, st.floats(0, 30), st.floats(0, 30), st.booleans()),
    st.sampled_from(Refused),
    st.builds(Pause, st.floats(0, 29)),
)
SPANS = st.sampled_from([0.2, 4.0, 31.0, 91.0, 200.0, 2000.0, 7200.0])


def a_text(to: str = "07700 900123") -> Sms:
    """Return a text."""
    values = {"name": "S", "day": "Monday", "garden": "no"}
    return Sms(phone_number=to, template_id=BIN_DAY.id, personalisation=values)


def an_email() -> Email:
    """Return an e-mail."""
    values = {"name": "S", "amount": "1", "items": ["a", "b"], "reference": "r"}
    return Email(
        email_address="s@example.gov.uk", template_id=PAYMENT_RECEIVED.id, personalisation=values
    )


class Whole(World):
    """The story of an outbox."""

    @initialize()
    def begin(self) -> None:
        """Build the world."""
        self.build()

    # ------------------------------------------------------------------ the council

    @rule(
        cases=st.lists(CASES, min_size=1, max_size=20),
        period=st.sampled_from(["", "2", "3"]),
        kind=st.sampled_from(["sms", "sms", "email", "smoke"]),
        priority=st.integers(-1, 1),
        later=st.one_of(st.none(), st.sampled_from([5.0, 3600.0])),
        lasts=st.one_of(st.none(), st.none(), st.sampled_from([60.0, 5000.0])),
        commits=st.booleans() | st.just(value=True),
    )
    def enqueue(  # noqa: PLR0917 -- hypothesis passes them by name
        self,
        cases: list[str],
        period: str,
        kind: str,
        priority: int,
        later: float | None,
        lasts: float | None,
        commits: bool,  # noqa: FBT001 -- as above
    ) -> None:
        """Enqueue messages in a transaction, which is committed or not."""
        now = self.clock.now()
        message = {"sms": a_text(), "email": an_email(), "smoke": a_text(SMOKE_TEST)}[kind]
        given = [
            ToSend(
                message,
                case=case,
                period=period,
                priority=priority,
                send_at=None if later is None else now + timedelta(seconds=later),
                expires=None if lasts is None else now + timedelta(seconds=lasts),
            )
            for case in cases
        ]
        with self.engine.connect() as connection:
            queued = self.outbox.enqueue_many(given, connection=connection)
            (connection.commit if commits else connection.rollback)()
        if not commits:
            return
        for each, what in zip(queued, given, strict=True):
            assert each.is_new == (each.reference not in self.given)
            self.given.setdefault(each.reference, what)
        assert len({each.reference for each in queued}) == len(set(cases))

    @rule(which=st.integers(0, 50))
    def cancel(self, which: int) -> None:
        """Take a message back."""
        if self.given:
            reference = list(self.given)[which % len(self.given)]
            before = self.outbox.get(reference)
            cancelled = self.outbox.cancel(reference)
            stoppable = {MessageState.WAITING, MessageState.ASIDE, MessageState.IN_DOUBT}
            assert before is not None
            assert cancelled == (before.state in stoppable)

    @rule(case=CASES)
    def stop(self, case: str) -> None:
        """Take all of a case back."""
        self.outbox.stop(case=case)

    @rule(sure=st.booleans())
    def put_back(self, sure: bool) -> None:  # noqa: FBT001 -- hypothesis passes it by name
        """Let what a person looked at be sent after all; where it is in doubt, only as they say."""
        for message in self.outbox.aside():
            unsent = not self.record()[message.reference]
            self.outbox.put_back(message.reference, although_in_doubt=sure and unsent)

    @rule(process=st.integers(0, 1), limit=st.sampled_from([1, 5, 100]), stop=STOPS)
    def dispatch(self, process: int, limit: int, stop: Stop | None) -> None:
        """Let a process send, and die or stop in the middle of it."""
        self.processes[process].run(limit=limit, stop=stop)

    # ------------------------------------------------------------------ the world

    @rule(troubles=st.lists(TROUBLES, min_size=1, max_size=3))
    def trouble(self, troubles: list[Trouble | Late | Refused | Pause]) -> None:
        """Plan what the next requests meet."""
        self.wire.planned.extend(troubles)

    @rule(seconds=SPANS)
    def time_passes(self, seconds: float) -> None:
        """Let time pass."""
        self.tick(seconds)

    @rule(days=st.sampled_from([1, 8]))
    def days_pass(self, days: int) -> None:
        """Let days pass, perhaps more than Notify remembers."""
        self.tick(days * 86_400.0)

    @rule(limit=st.sampled_from([None, 1, 3]))
    def limit_the_day(self, limit: int | None) -> None:
        """Let Notify take few messages in a day."""
        self.sandbox.notify.account.daily_limit = limit

    # ------------------------------------------------------------------ receipts

    @rule(
        which=st.integers(0, 50),
        status=st.sampled_from(
            [
                Status.DELIVERED,
                Status.TEMPORARY_FAILURE,
                Status.PERMANENT_FAILURE,
                Status.TECHNICAL_FAILURE,
            ]
        ),
    )
    def end(self, which: int, status: Status) -> None:
        """Let a network say how a message ended, or change its word."""
        sent = self.sandbox.notify.messages
        if sent:
            self.sandbox.notify.end(sent[which % len(sent)].id, status=status)

    @rule()
    def receipts_are_written(self) -> None:
        """See all messages as Notify has them now; who is told comes later."""
        planned = list(self.wire.planned)
        self.wire.planned.clear()
        client = self.processes[0].client
        self.seen += client.list_notifications()
        self.wire.planned.extend(planned)

    @rule(which=st.lists(st.integers(0, 200), max_size=8))
    def receipts_come(self, which: list[int]) -> None:
        """Let receipts come late, twice and in any order."""
        for number in which:
            if not self.seen:
                return
            told = self.seen[number % len(self.seen)]
            change = self.outbox.note(told)
            assert self.outbox.note(told) is None, "told twice"
            if change is None:
                continue
            after = change.after
            if change.before.state is not after.state:
                self.changes[after.reference, after.state] += 1
            arrived = change.before.state is MessageState.DELIVERED
            assert not arrived or after.state is MessageState.DELIVERED

    @invariant()
    def holds(self) -> None:
        """See that nothing is lost or doubled."""
        if hasattr(self, "given"):
            self.check_now()
