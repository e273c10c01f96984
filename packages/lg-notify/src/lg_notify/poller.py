# SPDX-License-Identifier: MIT
"""Ask GOV.UK Notify what no callback says: a poller that backs up the delivery receipts.

Notify sends no receipt for a message that it gives up on itself (`technical-failure`, after up to
4 hours in `created`), none for a letter, and drops one for good where your service answered 4xx
or was away for half an hour. After 7 days, as a rule, Notify forgets the message. So what has not
ended is asked about: often at first, then rarely, and once more before it is forgotten.

A letter that comes back is told by callback alone, weeks later: see `callbacks.returned_letters`.

The poller keeps nothing on disk. One that dies asks about everything once more, and acts on
nothing that your own record says has ended.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from lg_core.errors import InvalidValueError, RateLimitedError, RequestNotSentError, ServerError
from lg_core.logs import get_logger
from lg_notify.callbacks import DeliveryReceipt, receipt_of
from lg_notify.errors import MessageNotFoundError
from lg_notify.message import Notification, TemplateType

__all__ = ["Polled", "ReadsNotifications", "ReceiptPoller", "Unended"]

Unended = tuple[str, str, datetime]
"""A message that has not ended: its id at Notify, its way (`sms`, `email`, `letter`), and when
Notify accepted it."""

_log: Final = get_logger("lg_notify")
_RARER: Final = 6
"""A message is asked about again when its age has grown by a sixth: often at first, then rarely."""
_PAGE: Final = 250
"""Messages on a page of Notify's list (docs, 'Get the status of multiple messages')."""
_LIST_FROM: Final = 10
"""From so many messages of one way on, the list is read; below it, each by itself."""
_PAGES_IN_VAIN: Final = 4
"""How many more pages than messages found are read before the rest is asked for by itself."""
_SKEW: Final = timedelta(hours=1)
"""How much earlier Notify may have accepted a message than your own record says."""
_NEVER_AGAIN: Final = datetime.max.replace(tzinfo=UTC)
_WAYS: Final = frozenset(map(str, TemplateType))


class ReadsNotifications(Protocol):
    """Reads messages, one or a list. `NotifyClient` is one."""

    def get_notification(self, notification_id: str) -> Notification:
        """Get a message as it is now."""
        ...

    def list_notifications(self, *, template_type: str, older_than: str) -> Iterable[Notification]:
        """Yield the messages of one way that are older than another, newest first."""
        ...


@dataclass(frozen=True, slots=True)
class Polled:
    """What one look found.

    Attributes:
        looked: how many messages were asked about.
        requests: how many requests that took, at the least.
        ended: how many of them had ended, and were acted on.
        failed: how many of them could not be acted on; they are asked about again with the next
            look.
        gone: messages that Notify has no longer, or that did not end before it forgets them.
            Nothing more can be learnt about them here: look into them, and end them in your own
            record. Each is named once.
    """

    looked: int
    requests: int
    ended: int
    failed: int
    gone: tuple[str, ...] = ()


@dataclass(slots=True)
class _Looking:
    """What is found while a look goes on."""

    looked: int = 0
    requests: int = 0
    ended: int = 0
    failed: int = 0
    gone: list[str] = field(default_factory=list[str])


class ReceiptPoller:
    """Asks again and again about the messages that have not ended.

    Run one for each API key. Two at once ask twice, and do no other harm.

    Args:
        client: reads messages, such as a `NotifyClient`. Its key need not be the one that sent:
            a message that the list does not show is asked for by itself.
        unended: gives what your own record says has not ended, such as an outbox's.
        act: is given a message that has ended, and what a receipt would have said: the same
            function as a worker of `lg_notify.callbacks` takes. It is called again for a message
            that `unended` still gives, so let it be harmless to repeat.
        every: the time between two looks.
        after: how old a message must be to be asked about: most receipts come within minutes.
        keep: how long Notify keeps messages (Settings, Data retention; 7 days as a rule).
        now: tells the time, in UTC.

    Raises:
        InvalidValueError: a time is not above 0, or `keep` is not longer than `every` and `after`.
    """

    def __init__(
        self,
        client: ReadsNotifications,
        *,
        unended: Callable[[], Iterable[Unended]],
        act: Callable[[Notification, DeliveryReceipt], object],
        every: timedelta = timedelta(minutes=5),
        after: timedelta = timedelta(minutes=15),
        keep: timedelta = timedelta(days=7),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        for name, span in (("every", every), ("after", after), ("keep", keep)):
            if span <= timedelta(0):
                raise InvalidValueError(f"{name} must be above 0.", field=name)
        if keep <= after + 2 * every:
            raise InvalidValueError(
                "keep must be longer than after and two times every, or Notify forgets messages "
                "before they are asked about.",
                field="keep",
            )
        self._client = client
        self._unended = unended
        self._act = act
        self._every = every
        self._after = after
        self._keep = keep
        # Twice `every`, so that one look that fails or comes late does not lose it.
        self._last_call = keep - 2 * every
        self._now = now
        self._looked: dict[str, datetime] = {}

    def poll_once(self) -> Polled:
        """Look once, at what is due.

        Returns:
            What was found.

        Raises:
            LgError: Notify could not be asked. What was acted on is done; the rest is asked about
                with the next look.
            InvalidValueError: `unended` gave an instant without a time zone.
        """
        now = self._now()
        found = _Looking()
        known: dict[str, datetime] = {}
        by_way: dict[str, dict[str, datetime]] = {}
        for notification_id, way, sent_at in self._unended():
            last = self._looked.get(notification_id)
            if last is not None:
                known[notification_id] = last
            if self._is_due(_aware(sent_at), last=last, now=now):
                by_way.setdefault(way, {})[notification_id] = sent_at
        self._looked = known  # what has ended since is forgotten here too
        for way, due in by_way.items():
            for notification_id, notification in self._read(way, due, found):
                found.looked += 1
                past = now - due[notification_id] > self._keep
                if notification is not None and notification.is_final:
                    self._told(notification, now=now, found=found)
                elif notification is None or past:
                    found.gone.append(notification_id)
                    self._looked[notification_id] = _NEVER_AGAIN
                else:
                    self._looked[notification_id] = now
        return Polled(found.looked, found.requests, found.ended, found.failed, tuple(found.gone))

    def run(self, stop: threading.Event) -> None:
        """Look again and again, until told to stop.

        Notify being away, or slow, is waited for.

        Args:
            stop: set it, and no further look begins.

        Raises:
            LgError: Notify could not be asked, and waiting does not help, such as with a key that
                was revoked.
        """
        while not stop.is_set():
            try:
                self.poll_once()
            except (RateLimitedError, RequestNotSentError, ServerError) as error:
                _log.warning("lg-notify.poller_waits", reason=type(error).__name__)
            stop.wait(self._every.total_seconds())

    def _is_due(self, sent_at: datetime, *, last: datetime | None, now: datetime) -> bool:
        if now - sent_at < self._after:
            return False
        if last is None or last is _NEVER_AGAIN:
            return last is None
        due = last + max(self._every, (last - sent_at) / _RARER)
        last_call = sent_at + self._last_call
        return now >= (min(due, last_call) if last < last_call else due)

    def _told(self, notification: Notification, *, now: datetime, found: _Looking) -> None:
        try:
            self._act(notification, receipt_of(notification))
        except Exception as error:  # noqa: BLE001 -- the others go on; it is logged and asked again
            _log.warning("lg-notify.poller_act_failed", reason=type(error).__name__)
            found.failed += 1
        else:
            found.ended += 1
            self._looked[notification.id] = now

    def _read(
        self, way: str, due: dict[str, datetime], found: _Looking
    ) -> Iterator[tuple[str, Notification | None]]:
        """Read messages, by the list where many are due, and each by itself where few are."""
        left = dict(sorted(due.items(), key=lambda each: each[1], reverse=True))
        while way in _WAYS and len(left) >= _LIST_FROM:
            # Read first by itself: the list begins behind it, however many were sent since.
            newest = next(iter(left))
            del left[newest]
            notification = self._one(newest, found)
            yield newest, notification
            if notification is None:
                continue
            before = len(left)
            yield from self._listed(way, left, older_than=newest, found=found)
            if before - len(left) < _LIST_FROM:
                break
        for notification_id in left:
            yield notification_id, self._one(notification_id, found)

    def _listed(
        self, way: str, left: dict[str, datetime], *, older_than: str, found: _Looking
    ) -> Iterator[tuple[str, Notification]]:
        """Read the list until it has shown all, is past all, or shows too little of what is due."""
        oldest = min(left.values()) - _SKEW
        hits = 0
        listed = self._client.list_notifications(template_type=way, older_than=older_than)
        for shown, notification in enumerate(listed, start=1):
            found.requests += shown % _PAGE == 1
            if left.pop(notification.id, None) is not None:
                hits += 1
                yield notification.id, notification
            in_vain = shown == _PAGE * (hits + _PAGES_IN_VAIN)
            if not left or in_vain or notification.created_at < oldest:
                return

    def _one(self, notification_id: str, found: _Looking) -> Notification | None:
        found.requests += 1
        try:
            return self._client.get_notification(notification_id)
        except MessageNotFoundError:
            return None  # named in `gone`


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise InvalidValueError(
            "unended gave an instant without a time zone: keep it as datetime.now(UTC) gives it.",
            field="unended",
            code="naive",
        )
    return instant
