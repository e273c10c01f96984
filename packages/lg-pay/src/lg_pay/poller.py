# SPDX-License-Identifier: MIT
"""Learn by asking what a webhook would have said, where GOV.UK Pay will not call your domain.

GOV.UK Pay delivers live webhooks to addresses under gov.uk alone. A supplier with a domain of its
own searches instead: a `Poller` puts the same kind of event into the same inbox.

What it knows is one record: until when it has searched, and which payments and refunds may still
change. Events are put into the inbox before the record is written, and their names are made from
what they say; so a poller that dies begins again where it was, and tells nothing twice.
"""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Protocol

from lg_core.errors import InvalidValueError, NotFoundError, ResponseShapeError
from lg_core.records import Records
from lg_pay.payment import Payment, PaymentStatus
from lg_pay.refund import Refund, RefundStatus
from lg_pay.webhooks._endpoint import EventInbox, deliver
from lg_pay.webhooks._event import PaymentEvent, PaymentEventType

__all__ = ["Polled", "Poller", "SearchesPayments"]

_KIND: Final = "lg-pay.poller"
_KEPT: Final = timedelta(days=3650)
_RARER: Final = 6
"""Something is looked at again when its age has grown by a sixth: often at first, then rarely."""


class SearchesPayments(Protocol):
    """Finds payments and refunds. `PayClient` is one."""

    def search_payments(self, *, created: tuple[datetime, datetime]) -> Iterable[Payment]:
        """Yield the payments that were created in a time, its end left out."""
        ...

    def search_refunds(self, *, created: tuple[datetime, datetime]) -> Iterable[Refund]:
        """Yield the refunds that were created in a time, its end left out."""
        ...

    def get_payment(self, payment_id: str) -> Payment:
        """Get a payment as it is now."""
        ...

    def get_refund(self, payment_id: str, refund_id: str) -> Refund:
        """Get a refund as it is now."""
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """What one look found.

    Attributes:
        looked: how many payments and refunds were looked at.
        told: how many events were new to the inbox.
        watched: how many payments and refunds may still change.
        given_up: payments, and refunds as `payment/refund`, that did not end while they were
            watched. Look into them: nothing more will be told.
    """

    looked: int
    told: int
    watched: int
    given_up: tuple[str, ...] = ()


class Poller:
    """Searches again and again, and puts what changed into an inbox.

    Run one for each account. Two that share a record at the same time do no harm: one of them
    fails with `RecordChangedError`, and all that it told is told once.

    Args:
        client: searches, such as a `PayClient`.
        inbox: the inbox that a worker of `lg_pay.webhooks` empties.
        records: keeps what the poller knows, such as `lg_core.store.StoredRecords`.
        account: a name for the account, the record's key.
        since: where to begin, when there is no record yet: payments created before are not told.
        every: the time between two looks.
        overlap: how far each search goes back behind the end of the one before. GOV.UK Pay's
            search lags behind (API reference, 'eventually consistent'): a payment that takes
            longer than this to be found is missed.
        watch: how long a payment may take to end and be captured.
        now: tells the time, in UTC.

    Raises:
        InvalidValueError: a time is not above 0, or `since` has no time zone.
    """

    def __init__(
        self,
        client: SearchesPayments,
        inbox: EventInbox,
        *,
        records: Records,
        account: str,
        since: datetime,
        every: timedelta = timedelta(minutes=5),
        overlap: timedelta = timedelta(hours=1),
        watch: timedelta = timedelta(days=10),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if since.tzinfo is None:
            raise InvalidValueError(
                "since must have a time zone: use datetime.now(UTC).", field="since"
            )
        for name, span in (("every", every), ("overlap", overlap), ("watch", watch)):
            if span <= timedelta(0):
                raise InvalidValueError(f"{name} must be above 0.", field=name)
        self._client = client
        self._inbox = inbox
        self._records = records
        self._account = account
        self._since = since.astimezone(UTC)
        self._every = every
        self._overlap = overlap
        self._watch = watch
        self._now = now

    def poll_once(self) -> Polled:
        """Look once: at what was created since, and at what may have changed.

        Returns:
            What was found.

        Raises:
            LgError: GOV.UK Pay could not be asked, or a refund names no payment. What was told is
                told; the next look begins where this one began.
            RecordChangedError: another poller of this account was quicker.
        """
        now = self._now()
        record = self._records.load(_KIND, self._account)
        data: Mapping[str, Any] = record.data if record else {}
        until = datetime.fromisoformat(data["until"]) if data else self._since
        watched = _Watched(data.get("watched", {}))
        window = (max(min(until, now) - self._overlap, self._since), now)
        looked = told = 0
        given_up: list[str] = []
        for look in self._looks(watched, window=window, now=now):
            looked += 1
            told += sum(deliver(self._inbox, event) for event in look.events)
            age = now - look.created
            if look.ended or age > self._watch:
                watched.forget(look.name)
                given_up += [] if look.ended else [look.name]
            else:
                watched.keep(look, due=now + max(self._every, age / _RARER))
        self._records.save(
            _KIND,
            self._account,
            data={"until": max(until, now).isoformat(), "watched": watched.kept},
            expected=record.revision if record else None,
            expires_at=now + _KEPT,
        )
        return Polled(looked, told, len(watched.kept), tuple(given_up))

    def run(self, stop: threading.Event) -> None:
        """Look again and again, until told to stop.

        Args:
            stop: set it, and no further look begins.

        Raises:
            LgError: GOV.UK Pay could not be asked: decide when to begin again.
        """
        while not stop.is_set():
            self.poll_once()
            stop.wait(self._every.total_seconds())

    def _looks(
        self, watched: "_Watched", *, window: tuple[datetime, datetime], now: datetime
    ) -> Iterator["_Look"]:
        if window[0] < window[1]:
            for payment in self._client.search_payments(created=window):
                yield _payment_look(payment, now=now)
            for refund in self._client.search_refunds(created=window):
                yield _refund_look(refund, payment_id=_payment_of(refund), now=now)
        # What the searches have shown is not due again by now: it was forgotten, or put off.
        for name, created in watched.due_by(now):
            yield self._again(name, created=created, now=now)

    def _again(self, name: str, *, created: datetime, now: datetime) -> "_Look":
        payment_id, _, refund_id = name.partition("/")
        try:
            if refund_id:
                refund = self._client.get_refund(payment_id, refund_id)
                return _refund_look(refund, payment_id=payment_id, now=now)
            return _payment_look(self._client.get_payment(payment_id), now=now)
        except NotFoundError:
            # The search knew it. It is looked for until the watch ends, and then given up by name.
            return _Look(name, created, ended=False, events=())


@dataclass(frozen=True, slots=True)
class _Look:
    """A payment, or a refund as `payment/refund`: whether it may still change, and its news."""

    name: str
    created: datetime
    ended: bool
    events: tuple[PaymentEvent, ...]


class _Watched:
    """What may still change: when it was created, and when it is to be looked at again."""

    def __init__(self, kept: Mapping[str, Sequence[str]]) -> None:
        self.kept = {name: list(times) for name, times in kept.items()}

    def forget(self, name: str) -> None:
        self.kept.pop(name, None)

    def keep(self, look: _Look, *, due: datetime) -> None:
        self.kept[look.name] = [look.created.isoformat(), due.isoformat()]

    def due_by(self, now: datetime) -> Iterator[tuple[str, datetime]]:
        for name, (created, due) in list(self.kept.items()):
            if datetime.fromisoformat(due) <= now:
                yield name, datetime.fromisoformat(created)


def _payment_look(payment: Payment, *, now: datetime) -> _Look:
    settled = payment.settlement_summary
    captured = settled is not None and settled.captured_date is not None
    status = payment.state.status
    types = [PaymentEventType.SUCCEEDED] if status == PaymentStatus.SUCCESS or captured else []
    if captured:
        types.append(PaymentEventType.CAPTURED)
    if status in _UNPAID or (payment.state.finished and status != PaymentStatus.SUCCESS):
        expired = payment.state.code == "P0020"
        types.append(PaymentEventType.EXPIRED if expired else PaymentEventType.FAILED)
    events = tuple(
        PaymentEvent(f"poll-{payment.payment_id}-{type_}", type_, payment.payment_id, now)
        for type_ in types
    )
    ended = payment.state.finished and (captured or status != PaymentStatus.SUCCESS)
    return _Look(payment.payment_id, payment.created_date, ended, events)


def _payment_of(refund: Refund) -> str:
    if refund.payment_id is None:
        raise ResponseShapeError(
            "A refund that was searched for does not name its payment, so nobody can be told of "
            "it. Update lg-pay, or report it.",
            problems=("payment_id: missing",),
        )
    return refund.payment_id


def _refund_look(refund: Refund, *, payment_id: str, now: datetime) -> _Look:
    type_ = PaymentEventType.REFUNDED
    name = f"poll-{payment_id}-{type_}-{refund.refund_id}"
    done = refund.status == RefundStatus.SUCCESS
    events = (PaymentEvent(name, type_, payment_id, now),) if done else ()
    ended = done or refund.status == RefundStatus.ERROR
    return _Look(f"{payment_id}/{refund.refund_id}", refund.created_date, ended, events)


_UNPAID: Final = frozenset({PaymentStatus.FAILED, PaymentStatus.CANCELLED, PaymentStatus.ERROR})
