# SPDX-License-Identifier: MIT
"""One sandbox, one database, and the processes of a council that share it and die.

A process is a store, an outbox and a dispatcher of its own. It can be killed, or stopped for a
while, before or after any of its transactions, and in the middle of a call. Requests can be lost,
answered late, or acted on after their sender gave up. All on the sandbox's clock, which stands.
"""

import json
from collections import Counter, deque
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum, auto

import sqlalchemy
from hypothesis.stateful import RuleBasedStateMachine
from notify.lent_databases import lent

from lg_core.limits import Limiter
from lg_core.store import HostConnection, Store
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_core.transport import FailureReason, TransportFailure, WireAnswer, WireRequest
from lg_notify import MessageNotFoundError, Notification, NotifyClient
from lg_notify.outbox import Dispatched, Dispatcher, MessageState, Outbox, OutboxMessage, ToSend
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock

__all__ = ["Killed", "Late", "Process", "Refused", "Stop", "World"]

START = datetime(2026, 11, 27, 23, 30, tzinfo=UTC)
_ON_THE_WAY = {MessageState.WAITING, MessageState.SENDING}
_ACCEPTED = {MessageState.SENT, MessageState.DELIVERED, MessageState.FAILED}
SMOKE_TEST = "07700 900111"


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


@dataclass(frozen=True)
class Late:
    """Notify acts on a request a while after it came, and its sender has given up or died."""

    waits: float
    acts_after: float
    killed: bool


class Refused(Enum):
    """Notify says no."""

    MESSAGE = auto()
    RECIPIENT = auto()
    NOT_ALLOWED = auto()
    KEY = auto()
    RATE = auto()
    DAY = auto()


_ENVELOPES = {
    Refused.MESSAGE: (400, "BadRequestError", "Missing personalisation: name"),
    Refused.RECIPIENT: (400, "InvalidPhoneError", "Not a UK mobile number"),
    Refused.NOT_ALLOWED: (403, "BadRequestError", "Cannot send letters with a team api key"),
    Refused.KEY: (403, "AuthError", "Invalid token: API key revoked"),
    Refused.RATE: (429, "RateLimitError", "Exceeded rate limit for key type TEST of 3000 requests"),
    Refused.DAY: (429, "TooManyRequestsError", "Exceeded send limits (250000) for today"),
}


@dataclass(frozen=True)
class Pause:
    """The process is stopped with its request in hand, for less time than it may take."""

    seconds: float


class Wire:
    """Carries requests. Each that sends meets what was planned."""

    def __init__(self, world: "World", beneath: AsgiTransport) -> None:
        self._world = world
        self._beneath = beneath
        self.planned: deque[Trouble | Late | Refused | Pause] = deque()
        self.late: list[tuple[datetime, WireRequest]] = []

    def send(self, request: WireRequest) -> WireAnswer:
        """Send one request, or fail as planned."""
        planned = self.planned.popleft() if self.planned else Trouble.NONE
        if isinstance(planned, Refused):
            if request.method != "POST":
                return self._beneath.send(request)
            status, name, text = _ENVELOPES[planned]
            body = json.dumps({"status_code": status, "errors": [{"error": name, "message": text}]})
            return WireAnswer(status, {"content-type": "application/json"}, body.encode())
        if isinstance(planned, Pause):
            self._world.tick(min(planned.seconds, request.total - 1))
            self._world.others_run()
            return self._beneath.send(request)
        if isinstance(planned, Late):
            return self._late(planned, request)
        if planned in {Trouble.STOPPED_BEFORE, Trouble.STOPPED_AFTER}:
            if planned is Trouble.STOPPED_AFTER:
                self._beneath.send(request)
            raise Killed
        return unreliable(self._beneath, [planned]).send(request)

    def _late(self, planned: Late, request: WireRequest) -> WireAnswer:
        now = self._world.clock.now()
        waits = min(planned.waits, request.total)
        # Notify stops working on a request 30 seconds after it came.
        self.late.append((now + timedelta(seconds=waits + planned.acts_after), request))
        if planned.killed:
            raise Killed
        self._world.tick(waits)
        raise TransportFailure(FailureReason.TIMEOUT, left=True)

    def arrive(self, *, until: datetime) -> None:
        """Let what is late arrive, each at its instant."""
        for at, request in sorted(self.late, key=lambda each: each[0]):
            if at <= until:
                self.late.remove((at, request))
                self._world.clock.advance(max(at - self._world.clock.now(), timedelta()))
                self._beneath.send(request)

    def close(self) -> None:
        """Stop the loop beneath."""
        self._beneath.close()


@dataclass
class Stop:
    """What happens to a process at one of its transactions.

    Attributes:
        number: which one from now, from 0.
        after: whether it is committed first.
        pause: how long the process is stopped, in seconds; None where it is killed.
    """

    number: int
    after: bool
    pause: float | None = None


class MortalStore(Store):
    """A store whose process dies or stops at a transaction of choice."""

    stop: Stop | None = None
    dead = False
    paused: Callable[[float], None]

    def begin(
        self, connection: HostConnection | None = None
    ) -> AbstractContextManager[sqlalchemy.Connection]:
        """Open a write transaction, or die."""
        return super().begin(connection) if connection is not None else self._mortal()

    def read(self) -> AbstractContextManager[sqlalchemy.Connection]:
        """Open a transaction that reads; the dead do not."""
        if self.dead:
            raise Killed
        return super().read()

    @contextmanager
    def _mortal(self) -> Generator[sqlalchemy.Connection]:
        if self.dead:
            raise Killed
        mine, stop = False, self.stop
        if stop is not None:
            mine = stop.number == 0
            self.stop = None if mine else Stop(stop.number - 1, stop.after, stop.pause)
        if mine and stop is not None and not stop.after:
            self._happen(stop)
        with super().begin() as connection:
            yield connection
        if mine and stop is not None and stop.after:
            self._happen(stop)

    def _happen(self, stop: Stop) -> None:
        if stop.pause is None:
            self.dead = True
            raise Killed
        self.paused(stop.pause)


@dataclass
class Process:
    """A program of the council, alive."""

    world: "World"
    store: MortalStore = field(init=False)
    outbox: Outbox = field(init=False)
    dispatcher: Dispatcher = field(init=False)
    client: NotifyClient = field(init=False)
    busy: bool = False

    def __post_init__(self) -> None:
        world = self.world
        self.store = MortalStore(world.url, now=world.clock.now)
        self.store.paused = self._paused
        self.outbox = Outbox(self.store)
        self.client = NotifyClient(
            world.sandbox.notify.api_key,
            base_url="http://localhost",
            transport=world.wire,
            limiter=Limiter({}),
        )
        self.dispatcher = world.dispatcher_of(self)

    def run(self, *, limit: int = 20, stop: Stop | None = None) -> Dispatched | None:
        """Send what is due, and die or stop where it is planned."""
        self.busy, self.store.stop = True, stop
        try:
            return self.dispatcher.run_once(limit=limit)
        except Killed:
            self.store.dead = True
            self.world.bury(self)
            return None
        finally:
            self.busy, self.store.stop = False, None

    def _paused(self, seconds: float) -> None:
        self.world.tick(seconds)
        self.world.others_run()


class World(RuleBasedStateMachine):
    """A world without rules. `dialect` says which database the council has."""

    dialect = "sqlite"
    made = 0
    """How many messages all examples sent."""

    def build(self) -> None:
        """Build the sandbox, the database and two processes."""
        self.clock = Clock(start=START - timedelta(seconds=1))
        self.clock.freeze(START)
        self.sandbox = Sandbox(clock=self.clock)
        self._lent = ExitStack()
        self.url = self._lent.enter_context(lent(self.dialect))
        self.wire = Wire(self, asgi(self.sandbox.notify.app))
        self.processes = [Process(self), Process(self)]
        self.eye = Store(self.url, now=self.clock.now)
        self.outbox = Outbox(self.eye)
        url = self.eye._place.url
        self.engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool)
        self.given: dict[str, ToSend] = {}
        self.seen: list[Notification] = []
        self.ever_in_doubt: set[str] = set()
        self.changes: Counter[tuple[str, str]] = Counter()

    def dispatcher_of(self, process: Process) -> Dispatcher:
        """Build the dispatcher of a process."""
        return Dispatcher(process.outbox, process.client, threads=1, sleep=self.tick)

    def bury(self, process: Process) -> None:
        """Replace a process that died."""
        process.store.close()
        self.processes[self.processes.index(process)] = Process(self)

    def tick(self, seconds: float) -> None:
        """Let time pass, and what is late arrive."""
        until = self.clock.now() + timedelta(seconds=seconds)
        self.wire.arrive(until=until)
        self.clock.advance(max(until - self.clock.now(), timedelta()))

    def others_run(self) -> None:
        """Let the processes that are not stopped do what is due."""
        for process in list(self.processes):
            if not process.busy:
                process.run(limit=3)

    def look(self) -> dict[str, OutboxMessage]:
        """Return all messages."""
        return {message.reference: message for message in self.outbox._read()}

    def record(self) -> Counter[str]:
        """Count what Notify accepted, by reference: the sandbox's own record."""
        return Counter(each.reference or "" for each in self.sandbox.notify.messages)

    def check_now(self) -> None:
        """Hold what must hold at each moment."""
        record, messages = self.record(), self.look()
        assert record.keys() <= messages.keys(), "Notify has what was never committed"
        assert all(count == 1 for count in record.values()), "a message was sent twice"
        assert messages.keys() == self.given.keys(), "a message is lost"
        with self.eye.read() as connection:
            rows = connection.execute(sqlalchemy.text("SELECT key, state FROM lg_work"))
            jobs = {row.key: row.state for row in rows}
        waiting = {each.reference for each in messages.values() if each.state in _ON_THE_WAY}
        assert waiting <= jobs.keys(), "a message has no job, and would never be sent"
        # Whoever held it when the message ended, or the next one, removes it.
        assert all(jobs[key] == "leased" for key in jobs.keys() - waiting), "a job has no message"
        for reference, message in messages.items():
            if message.state is MessageState.IN_DOUBT:
                self.ever_in_doubt.add(reference)
            if message.state in _ACCEPTED and message.reason != "smoke_test":
                assert record[reference] == 1, "told as sent, and Notify does not have it"
            known_unsent = {MessageState.CANCELLED, MessageState.EXPIRED, MessageState.ASIDE}
            if message.state in known_unsent and reference not in self.ever_in_doubt:
                assert record[reference] == 0, "told as not sent, and Notify has it"

    def teardown(self) -> None:
        """Let everything run out, and hold the outbox against the sandbox's record."""
        if not hasattr(self, "given"):
            return
        try:
            self._run_out()
            type(self).made += len(self.sandbox.notify.messages)
        finally:
            for process in self.processes:
                process.store.close()
            self.eye.close()
            self.wire.close()
            self._lent.close()

    def _run_out(self) -> None:
        self.wire.planned.clear()
        self.sandbox.notify.account.daily_limit = None
        for _ in range(60):
            self.check_now()
            if not any(each.state in _ON_THE_WAY for each in self.look().values()):
                break
            self.tick(1900)
            for process in list(self.processes):
                process.run(limit=1000)
        else:
            raise AssertionError("a message does not end")
        forgotten = self._ask_for_the_rest()
        self.check_now()
        record = self.record()
        for reference, message in self.look().items():
            told = self.changes
            assert all(told[reference, state] <= 1 for state in MessageState), "told twice"
            if message.state is MessageState.SENT:
                assert message.reason == "smoke_test" or reference in forgotten
            if message.state not in {*_ACCEPTED, MessageState.IN_DOUBT}:
                assert message.reason, "a message was not sent, and nobody says why"
            if record[reference]:
                assert message.state in {*_ACCEPTED, MessageState.IN_DOUBT, MessageState.CANCELLED}

    def _ask_for_the_rest(self) -> set[str]:
        """Ask Notify for what no receipt told; return what it has forgotten by now."""
        self.tick(100)
        forgotten: set[str] = set()  # Notify keeps a message for 7 days
        for message in self.outbox.unended(limit=100_000):
            try:
                told = self.processes[0].client.get_notification(message.notification_id or "")
            except MessageNotFoundError:
                forgotten.add(message.reference)
            else:
                self.outbox.note(told)
        return forgotten
