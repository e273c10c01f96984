# SPDX-License-Identifier: MIT
"""Chains on one sandbox and one database, and the processes of a council that move them and die.

A process is a store, an outbox, chains, a dispatcher and a poller of its own. It can be killed
before or after any of its transactions, and in the middle of a call. Receipts come late, twice or
never. All on the sandbox's clock, which stands.
"""

from collections import Counter, deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis.stateful import RuleBasedStateMachine
from notify.chain_desks import PRICES, TEXT
from notify.lent_databases import lent
from notify.whole.world import Killed, MortalStore, Stop

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_core.transport import WireAnswer, WireRequest
from lg_notify import Notification, NotifyClient
from lg_notify.chains import Chain, Chains, ChainState, Prices
from lg_notify.outbox import Dispatcher, MessageState, Outbox, OutboxMessage
from lg_notify.poller import ReceiptPoller, Unended
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.notify import Channel, Message, Status

__all__ = ["ChainWorld", "Desk", "Wire"]

START = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
_LETTER = Decimal("0.73")
_FREE = {Status.TECHNICAL_FAILURE}
_ON_THE_WAY = {MessageState.WAITING, MessageState.SENDING}


class Wire:
    """Carries requests. Each meets what was planned."""

    def __init__(self, beneath: AsgiTransport) -> None:
        self._beneath = beneath
        self.planned: deque[Trouble] = deque()

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request, or fail as planned."""
        planned = self.planned.popleft() if self.planned else Trouble.NONE
        return unreliable(self._beneath, [planned]).send(request)

    def close(self) -> None:
        """Stop the loop beneath."""
        self._beneath.close()


@dataclass
class Desk:
    """A program of the council, alive."""

    world: "ChainWorld"
    store: MortalStore = field(init=False)
    outbox: Outbox = field(init=False)
    chains: Chains = field(init=False)
    client: NotifyClient = field(init=False)

    def __post_init__(self) -> None:
        world = self.world
        self.store = MortalStore(world.url, now=world.clock.now)
        self.outbox = Outbox(self.store)
        self.chains = world.chains_of(self.outbox, PRICES)
        self.client = NotifyClient(
            world.sandbox.notify.api_key,
            base_url="http://localhost",
            transport=world.wire,
            limiter=Limiter({}),
        )
        self.dispatcher = Dispatcher(
            self.outbox, self.client, threads=1, sleep=world.tick, suppression=world
        )

    def do(self, work: Callable[["Desk"], object], stop: Stop | None = None) -> None:
        """Do something, and die where it is planned."""
        self.store.stop = stop
        try:
            work(self)
        except (Killed, KeyboardInterrupt):
            self.store.dead = True
            self.store.close()
            self.world.desks[self.world.desks.index(self)] = Desk(self.world)
        finally:
            self.store.stop = None

    def poll(self) -> None:
        """Ask Notify about what has not ended."""
        poller = ReceiptPoller(
            self.client,
            unended=self._unended,
            act=self.chains.note,
            every=timedelta(minutes=1),
            after=timedelta(seconds=1),
            now=self.world.clock.now,
        )
        poller.poll_once()

    def _unended(self) -> list[Unended]:
        return [
            (each.notification_id, each.channel, each.sent_at)
            for each in self.outbox.unended()
            if each.notification_id is not None and each.sent_at is not None
        ]


class ChainWorld(RuleBasedStateMachine):
    """A world without rules. `dialect` says which database the council has."""

    dialect = "sqlite"
    made = 0
    """How many chains all examples began."""

    def build(self) -> None:
        """Build the sandbox, the database and two processes."""
        self.clock = Clock(start=START - timedelta(seconds=1))
        self.clock.freeze(START)
        self.sandbox = Sandbox(clock=self.clock)
        self._lent = ExitStack()
        self.url = self._lent.enter_context(lent(self.dialect))
        self.wire = Wire(asgi(self.sandbox.notify.app))
        self.unwanted: set[str] = set()
        self.desks = [Desk(self), Desk(self)]
        self.eye = Store(self.url, now=self.clock.now)
        self.outbox = Outbox(self.eye)
        self.chains = Chains(self.outbox, prices=PRICES)
        self.seen: list[Notification] = []
        self.begun: dict[str, Decimal | None] = {}
        self.stopped: set[str] = set()

    def chains_of(self, outbox: Outbox, prices: Prices) -> Chains:
        """Build the chains of a process."""
        return Chains(outbox, prices=prices)

    def tick(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(timedelta(seconds=seconds))

    def is_suppressed(self, channel: str, recipient: str) -> bool:
        """Say who does not want messages of a channel."""
        return bool(recipient) and channel in self.unwanted

    # ------------------------------------------------------------------ what must hold

    def charged(self, message: Message) -> Decimal:
        """Return what Notify charges for a message, as its documentation says."""
        if message.channel is Channel.EMAIL:
            return Decimal(0)
        if message.channel is Channel.LETTER:
            return _LETTER
        free = message.status in _FREE
        return Decimal(0) if free else TEXT * message.fragments * message.multiplier

    def look(self) -> dict[str, Chain]:
        """Return all chains that began."""
        return {case: chain for case in self.begun for chain in self.chains.for_case(case)}

    def check_now(self) -> None:
        """Hold what must hold at each moment."""
        record = {each.reference or "": each for each in self.sandbox.notify.messages}
        assert len(record) == len(self.sandbox.notify.messages), "a message was sent twice"
        known: set[str] = set()
        chains = self.look()
        assert chains.keys() == self.begun.keys(), "a chain is lost, or began unasked"
        for case, chain in chains.items():
            messages = {each.reference: each for each in self.outbox.for_case(case)}
            known |= messages.keys()
            self._check_steps(chain, messages, record)
            assert self.begun[case] == chain.cost_cap
            # What Notify has not told of yet is charged for as if it arrived.
            sent = [self.charged(record[each]) for each in messages if each in record]
            passed = chain.cost_cap is not None and sum(sent, Decimal(0)) > chain.cost_cap
            assert not passed, "the cap was passed"
        assert record.keys() <= known, "a message of no chain was sent"

    def _check_steps(
        self, chain: Chain, messages: dict[str, OutboxMessage], record: dict[str, Message]
    ) -> None:
        attempts = [each.reference for each in chain.attempts]
        assert set(attempts) == messages.keys(), "the outbox has what the chain did not give it"
        for step in chain.steps:
            assert len(step.attempts) <= 2, "a step was tried a third time"
            if len(step.attempts) == 2:
                first = messages[step.attempts[0].reference]
                assert step.channel != "letter", "a letter was sent again"
                assert first.status == "technical-failure", "a step was sent twice"
        waiting = [each for each in messages.values() if each.state in _ON_THE_WAY]
        assert len(waiting) <= 1, "two ways are open at once"
        letters = [each for each in attempts if each in record and record[each].letter]
        technical = [each for each in letters if messages[each].status == "technical-failure"]
        assert not technical or letters[-1] == technical[-1], "a letter followed a lost one"

    # ------------------------------------------------------------------ the end

    def teardown(self) -> None:
        """Let everything run out, and hold the chains against the sandbox's record."""
        if not hasattr(self, "begun"):
            return
        try:
            self._run_out()
            type(self).made += len(self.begun)
        finally:
            for desk in self.desks:
                desk.store.close()
            self.eye.close()
            self.wire.close()
            self._lent.close()

    def _run_out(self) -> None:
        self.wire.planned.clear()
        for _ in range(200):
            self.check_now()
            if not self._goes_on():
                break
            self.tick(7200)
            for desk in list(self.desks):
                desk.do(lambda mine: mine.dispatcher.run_once(limit=1000))
                desk.do(lambda mine: mine.poll())
                desk.do(lambda mine: mine.chains.advance())
        else:
            raise AssertionError("a chain does not end")
        listed = {each.case for each in self.chains.for_a_person()}
        assert not self.outbox.aside(), "a message of a chain that ended waits for a person"
        for case, chain in self.look().items():
            states = Counter(each.state for each in self.outbox.for_case(case))
            arrived = states[MessageState.DELIVERED] > 0
            assert (chain.state is ChainState.STOPPED) == (case in self.stopped)
            if case not in self.stopped:
                assert arrived == (chain.state is ChainState.DELIVERED), "it arrived"
                assert (case in listed) == chain.state.needs_a_person
        acted = [each for each in self.outbox.unacted() if each.ended]
        assert not acted, "news that nobody acted on"

    def _goes_on(self) -> bool:
        if any(each.state is ChainState.RUNNING for each in self.look().values()):
            return True
        counts = self.outbox.counts()
        return bool(
            counts.waiting + counts.sending + counts.in_doubt + counts.aside
            or [each for each in self.outbox.unacted() if each.ended]
        )
