# SPDX-License-Identifier: MIT
"""Probes of the outbox: messages to somebody, through all that can happen to them."""

import tempfile
import threading
from datetime import timedelta
from pathlib import Path

import sqlalchemy
from notify.leak_notify_client import a_text, an_email
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw, leaks_in

from lg_core.limits import Limiter
from lg_core.models import RequestModel
from lg_core.store import Store
from lg_core.testing import Trouble, asgi, unreliable
from lg_notify import NotifyClient
from lg_notify.hours import SendingHours, read_hours
from lg_notify.outbox import (
    OUTBOX_SCHEMA,
    Dispatched,
    Dispatcher,
    MessageInFlightError,
    NotInOutboxError,
    Outbox,
    OutboxCounts,
    SendRate,
    ToSend,
)
from lg_sandbox import Sandbox
from lg_sandbox.notify import Status

__all__: list[str] = []

CASE = PLANTED["metadata value"]
NAME = PLANTED["name"]


class _Refuses:
    def is_suppressed(self, channel: str, recipient: str, /) -> bool:
        raise LookupError(f"{channel} {recipient}")


class _Lists:
    def is_suppressed(self, channel: str, recipient: str, /) -> bool:
        return channel == "email" and bool(recipient)


@probe
def the_outbox(saw: Saw) -> None:
    """Whatever becomes of a message: no number, no value, no case, no reference of the caller."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    way = asgi(sandbox.notify.app)

    def client(*troubles: Trouble) -> NotifyClient:
        return NotifyClient(
            sandbox.notify.api_key,
            base_url="http://localhost",
            transport=unreliable(way, troubles),
            limiter=Limiter({}),
        )

    def doze(seconds: float) -> None:
        sandbox.clock.advance(timedelta(seconds=seconds))  # else nobody's turn would ever come

    with tempfile.TemporaryDirectory() as folder:
        with Store(Path(folder) / "o.db", now=sandbox.clock.now) as store, Outbox(store) as outbox:
            saw([outbox, OUTBOX_SCHEMA, outbox.queue, outbox.hours, outbox.keeps_content])
            _enqueue(saw, outbox)
            stop = threading.Event()
            for suppression in (_Refuses(), _Lists(), None):
                dispatcher = Dispatcher(
                    outbox, client(), threads=1, suppression=suppression, sleep=doze
                )
                saw(dispatcher)
                saw.attempt(dispatcher.run_once, limit=1)
                sandbox.clock.advance(timedelta(minutes=6))
            for trouble in (Trouble.RESET_AFTER, Trouble.REFUSED, Trouble.HTML, Trouble.LIMITED):
                saw.attempt(
                    Dispatcher(outbox, client(trouble), threads=2, sleep=doze).run_once, limit=2
                )
                sandbox.clock.advance(timedelta(minutes=6))
            saw.attempt(outbox.erase, recipient=PLANTED["phone"])
            saw.attempt(Dispatcher(outbox, client(), threads=1, sleep=doze).run_once)
            stop.set()
            saw.attempt(Dispatcher(outbox, client(), sleep=doze).run, stop, poll=0.01)
            _look(saw, outbox)
            sent = sandbox.notify.messages
            sandbox.notify.end(sent[0].id, status=Status.TECHNICAL_FAILURE)
            told = client().get_notification(sent[0].id)
            saw(saw.attempt(outbox.note, told))
            saw.attempt(outbox.note, told, connection=object())
            saw.attempt(outbox.acted, sent[0].reference or "")
            saw.attempt(outbox.acted, NAME)
            _look(saw, outbox)
            _columns(saw, store)
            saw.attempt(outbox.purge)
            for recipient in (PLANTED["phone"], PLANTED["e-mail"], NAME):
                saw.attempt(outbox.erase, recipient=recipient)
            saw.attempt(outbox.erase)
            saw.attempt(outbox.stop, case=CASE)
        saw.attempt(Outbox, folder)
        saw.attempt(Outbox, f"postgresql://a:{PLANTED['proxy password']}@localhost:1/x")
    way.close()
    saw([MessageInFlightError(1), NotInOutboxError("acted()"), Dispatched(), SendRate()])
    saw(Dispatched() + Dispatched())
    saw.attempt(SendRate, 0)


def _enqueue(saw: Saw, outbox: Outbox) -> None:
    queued = saw.attempt(outbox.enqueue, a_text(), case=CASE)
    saw(queued)
    saw.attempt(outbox.enqueue, a_text(), case=CASE * 99)
    saw.attempt(outbox.enqueue, a_text(), case=CASE, period=NAME * 99)
    saw.attempt(outbox.enqueue, RequestModel(), case=CASE)
    given = [ToSend(an_email(), case=CASE, period=str(number)) for number in range(3)]
    given += [ToSend(a_text(), case=CASE, period=str(number)) for number in range(9)]
    saw(given)
    saw.attempt(outbox.enqueue_many, given)
    first = outbox.for_case(CASE)[0]
    saw(first)
    saw.attempt(outbox.enqueue, a_text(), case=CASE, connection=object())
    last = outbox.for_case(CASE)[-1]
    saw.attempt(outbox.cancel, last.reference)
    saw.attempt(outbox.put_back, last.reference)


def _look(saw: Saw, outbox: Outbox) -> None:
    saw(saw.attempt(outbox.counts))
    saw([outbox.aside(), outbox.unended(), outbox.unacted(), outbox.expire()])
    counts = outbox.counts()
    assert isinstance(counts, OutboxCounts)
    for message in outbox.for_case(CASE):
        saw([message, message.ended, message.needs_a_person, outbox.get(message.reference)])


def _columns(saw: Saw, store: Store) -> None:
    """What a person who looks at the table sees: the case and the reference are the caller's."""
    with store.read() as connection:
        rows = connection.execute(sqlalchemy.text("SELECT * FROM lg_notify_message")).mappings()
        for row in rows:
            own = {"content", "case_id", "their_reference"}
            shown = {name: value for name, value in row.items() if name not in own}
            saw.text("columns", ", ".join(leaks_in(repr(shown))))
        jobs = connection.execute(sqlalchemy.text("SELECT * FROM lg_work")).all()
        saw.text("jobs", ", ".join(leaks_in(repr(jobs))))


@probe
def hours_of_sending(saw: Saw) -> None:
    """A file of hours with something in the wrong place."""
    for text in (
        f"[hours.{'x' + NAME.replace(' ', '')}]",
        f"[hours.sms]\nfrom = '{NAME}'",
        f"[hours.sms]\n{NAME.replace(' ', '')} = 1",
        f"[hours.sms]\ndays = ['{NAME}']",
        f"[hours {NAME}",
    ):
        saw.attempt(read_hours, text)
    saw.attempt(SendingHours.from_text, NAME)
    hours = SendingHours()
    saw([hours, hours.to_text(), SendingHours.from_text(hours.to_text())])
    now = Sandbox().clock.now()
    saw([hours.allows(now), hours.next_allowed(now)])
