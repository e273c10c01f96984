# SPDX-License-Identifier: MIT
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from notify.callback_bodies import a_notification

from lg_core.errors import InvalidValueError
from lg_core.limits import Limiter
from lg_core.testing import asgi
from lg_notify import (
    InvalidKeyError,
    MessageNotFoundError,
    Notification,
    NotifyClient,
    NotifyUnavailableError,
    Sms,
)
from lg_notify.callbacks import DeliveryReceipt, receipt_of
from lg_notify.poller import Polled, ReceiptPoller, Unended
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
ENDS = {
    "sms": ("delivered", "permanent-failure", "temporary-failure", "technical-failure", "sent"),
    "email": ("delivered", "permanent-failure", "temporary-failure", "technical-failure"),
    "letter": ("received", "permanent-failure", "cancelled", "technical-failure"),
}


@dataclass(frozen=True)
class Story:
    """A message: its way, when it is sent, when it ends and how; minutes from the start."""

    way: str
    at: int
    ends_after: int
    end: str
    listed: bool = True


@dataclass
class Platform:
    """GOV.UK Notify as these rules need it, and the record of a service that sends through it."""

    stories: dict[str, Story]
    minute: int = 0
    fails_after: int | None = None
    asked: int = 0
    acted: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    receipts: list[DeliveryReceipt] = field(default_factory=list[DeliveryReceipt])

    def now(self) -> datetime:
        """Tell the time."""
        return START + self.minute * MINUTE

    def unended(self) -> Iterator[Unended]:
        """Give what has not ended in the record."""
        for name, story in self.stories.items():
            if story.at <= self.minute and name not in self.acted:
                yield name, story.way, START + story.at * MINUTE

    def act(self, notification: Notification, receipt: DeliveryReceipt) -> None:
        """Note an end."""
        assert receipt == receipt_of(notification)
        self.receipts.append(receipt)
        self.acted.setdefault(notification.id, []).append(str(notification.status))

    def get_notification(self, notification_id: str) -> Notification:
        """Return a message as it is, for 7 days."""
        self._ask()
        story = self.stories.get(notification_id)
        if story is None or self._age(story) > 7 * 24 * 60:
            raise MessageNotFoundError("No such message.", status=404)
        return self._read(notification_id)

    def list_notifications(self, *, template_type: str, older_than: str) -> Iterator[Notification]:
        """Yield messages of a way, newest first, behind one of them: 250 a page."""
        known = [
            name
            for name, story in self.stories.items()
            if story.way == template_type
            and story.listed
            and story.at < self.stories[older_than].at
            and self._age(story) <= 7 * 24 * 60
        ]
        known.sort(key=lambda name: self.stories[name].at, reverse=True)
        for number, name in enumerate(known):
            if number % 250 == 0:
                self._ask()
            yield self._read(name)

    def _ask(self) -> None:
        self.asked += 1
        if self.fails_after is not None and self.asked > self.fails_after:
            raise NotifyUnavailableError("It is down.", status=500)

    def _age(self, story: Story) -> int:
        return self.minute - story.at

    def _read(self, name: str) -> Notification:
        story = self.stories[name]
        ended = self._age(story) >= story.ends_after
        return a_notification(
            name,
            type=story.way,
            status=story.end if ended else "created",
            created_at=START + story.at * MINUTE,
        )


def poller_of(platform: Platform, **changes: Any) -> ReceiptPoller:
    """Return a poller of a platform."""
    options: dict[str, Any] = {
        "unended": platform.unended,
        "act": platform.act,
        "now": platform.now,
    }
    return ReceiptPoller(platform, **{**options, **changes})


def many(count: int, *, way: str = "sms", every: int = 1, **changes: Any) -> dict[str, Story]:
    """Return messages that were sent one after the other, and are delivered at once."""
    values: dict[str, Any] = {"ends_after": 1, "end": "delivered", **changes}
    return {f"{way}-{each}": Story(way, each * every, **values) for each in range(count)}


@st.composite
def stories(draw: st.DrawFn) -> dict[str, Story]:
    """Messages over two hours, enough of them for the list at times."""
    kept: dict[str, Story] = {}
    for number in range(draw(st.integers(1, 40))):
        way = draw(st.sampled_from([*ENDS]))
        kept[f"n{number}"] = Story(
            way,
            at=draw(st.integers(0, 120)),
            ends_after=draw(st.integers(0, 4 * 24 * 60)),
            end=draw(st.sampled_from(ENDS[way])),
            listed=draw(st.booleans()),
        )
    return kept


@given(
    stories(),
    st.lists(
        st.tuples(st.integers(5, 15), st.sampled_from([None, None, 0, 1, 12]), st.booleans()),
        min_size=1,
    ),
)
def test_every_end_is_told_once(
    told: dict[str, Story], looks: list[tuple[int, int | None, bool]]
) -> None:
    """Wherever a look breaks off, and however often the process begins again."""
    platform = Platform(told)
    poller = poller_of(platform)
    failed = 0
    for wait, fails_after, dies in cycle(looks):
        failing = fails_after if failed < 3 and platform.minute < 600 else None
        failed = 0 if failing is None else failed + 1
        platform.fails_after = None if failing is None else platform.asked + failing
        if dies and platform.minute < 600:
            poller = poller_of(platform)
        with suppress(NotifyUnavailableError):
            poller.poll_once()
        platform.minute += wait if platform.minute < 1000 else 480
        if platform.minute > 7 * 24 * 60:
            break

    assert {name: [story.end] for name, story in told.items()} == platform.acted


@given(st.integers(0, 600), st.integers(0, 1600), st.sampled_from([1, 3, 400]))
@settings(max_examples=examples(15))
def test_a_look_never_asks_much_more_than_a_request_a_message(
    due: int, others: int, spread: int
) -> None:
    """Whatever else the service sends between them and after them."""
    own = {name: Story("sms", s.at * spread, 1, "delivered") for name, s in many(due).items()}
    other = {f"o{each}": Story("sms", each, 1, "delivered") for each in range(others)}
    platform = Platform(own | other, minute=600 * spread + 20)
    window = {name for name in own if own[name].at > platform.minute - 7 * 24 * 60}
    platform.acted.update({name: [] for name in platform.stories.keys() - window})

    polled = poller_of(platform).poll_once()

    assert len(window) == polled.looked == polled.ended
    assert platform.asked == polled.requests <= len(window) + 4 * (len(window) // 10 + 1)


def test_many_are_read_by_the_list() -> None:
    """A thousand messages take a handful of requests, however many were sent after them."""
    later = {f"l{each}": Story("sms", 1100 + each, 1, "delivered") for each in range(5_000)}
    platform = Platform(many(1_000) | later, minute=1_100)

    polled = poller_of(platform).poll_once()

    assert Polled(looked=1_000, requests=5, ended=1_000, failed=0) == polled
    assert 5 == platform.asked


def test_few_are_asked_for_by_themselves() -> None:
    """A page of 250 for 3 messages would be a waste."""
    platform = Platform(many(3) | many(3, way="letter"), minute=60)
    platform.list_notifications = None  # pyright: ignore[reportAttributeAccessIssue] -- never used

    assert 6 == poller_of(platform).poll_once().ended
    assert 6 == platform.asked


def test_a_way_that_the_list_does_not_know_is_asked_for_by_itself() -> None:
    """Notify would refuse the word."""
    platform = Platform(many(20, way="pigeon"), minute=60)

    assert 20 == poller_of(platform).poll_once().requests


def test_it_is_asked_often_at_first_and_then_rarely() -> None:
    """A message that never ends costs some dozens of requests in a week, the last near its end."""
    platform = Platform({"n": Story("sms", 0, 10**9, "delivered")})
    poller = poller_of(platform)
    asked: list[int] = []
    while platform.minute <= 8 * 24 * 60:
        before = platform.asked
        poller.poll_once()
        asked += [platform.minute] * (platform.asked - before)
        platform.minute += 5

    assert [15, 20, 25, 30, 35] == asked[:5]
    assert len(asked) < 60
    assert 7 * 24 * 60 - 10 in asked  # once more before Notify forgets it


def test_one_that_notify_forgot_is_named_once() -> None:
    """A person can look into it; it is not asked for again."""
    platform = Platform({"n": Story("letter", 0, 10**9, "received")}, minute=8 * 24 * 60)
    poller = poller_of(platform)

    assert ("n",) == poller.poll_once().gone
    platform.minute += 10**5
    assert Polled(0, 0, 0, 0) == poller.poll_once()


def test_many_that_notify_forgot_are_named_once() -> None:
    """Each costs one request, and the list is not read behind what is not there."""
    platform = Platform(many(20), minute=8 * 24 * 60)
    poller = poller_of(platform)
    polled = poller.poll_once()

    assert (20, 20) == (len(polled.gone), polled.requests)
    assert Polled(0, 0, 0, 0) == poller.poll_once()


def test_one_that_does_not_end_in_time_is_named_too() -> None:
    """Where Notify keeps messages longer than you said."""
    platform = Platform({"n": Story("letter", 0, 10**9, "received")}, minute=4 * 24 * 60)

    assert ("n",) == poller_of(platform, keep=3 * DAY).poll_once().gone


def test_what_is_fresh_is_left_to_the_callbacks() -> None:
    """Most receipts come within minutes."""
    platform = Platform(many(20), minute=14)

    assert Polled(0, 0, 0, 0) == poller_of(platform).poll_once()


def test_one_that_cannot_be_acted_on_does_not_hold_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is counted and logged by its class, and comes again with the next look."""
    platform = Platform(many(3), minute=30)
    broken = True

    def act(notification: Notification, receipt: DeliveryReceipt) -> None:
        if broken and notification.id == "sms-1":
            raise ValueError(notification.body)
        platform.act(notification, receipt)

    poller = poller_of(platform, act=act)
    assert (2, 1) == ((first := poller.poll_once()).ended, first.failed)
    broken = False
    platform.minute += 1

    assert Polled(looked=1, requests=1, ended=1, failed=0) == poller.poll_once()
    assert "lg-notify.poller_act_failed reason=ValueError" in caplog.text
    assert "Monday" not in caplog.text


def test_what_has_ended_is_forgotten() -> None:
    """What is known does not grow with the years."""
    platform = Platform(many(50, ends_after=10**9), minute=90)
    poller = poller_of(platform)
    poller.poll_once()
    assert 50 == len(poller._looked)
    platform.acted.update({name: [] for name in platform.stories})
    poller.poll_once()

    assert not poller._looked


def test_it_waits_for_notify_and_runs_until_it_is_stopped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Notify being down ends nothing; a key that was revoked does."""
    stop = threading.Event()
    answers: list[Exception] = [
        NotifyUnavailableError("It is down.", status=500),
        InvalidKeyError("Revoked.", status=403),
    ]

    class Failing(Platform):
        def get_notification(self, notification_id: str) -> Notification:
            if answers:
                raise answers.pop(0)
            stop.set()
            return super().get_notification(notification_id)

    platform = Failing(many(1), minute=60)
    poller = poller_of(platform, every=timedelta(microseconds=1))
    with pytest.raises(InvalidKeyError):
        poller.run(stop)
    assert "lg-notify.poller_waits reason=NotifyUnavailableError" in caplog.text
    poller.run(stop)
    poller.run(stop)

    assert {"sms-0": ["delivered"]} == platform.acted


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("every", {"every": timedelta(0)}),
        ("after", {"after": -MINUTE}),
        ("keep", {"keep": timedelta(0)}),
        ("keep", {"keep": timedelta(minutes=25)}),
    ],
)
def test_a_setting_that_cannot_be_is_refused(name: str, wrong: dict[str, Any]) -> None:
    """The field is named."""
    with pytest.raises(InvalidValueError) as caught:
        poller_of(Platform({}), **wrong)

    assert name == caught.value.field


def test_an_instant_without_a_zone_is_refused() -> None:
    """It would be hours off for half of the year."""
    naive = ("n", "sms", datetime(2026, 1, 1))  # noqa: DTZ001 -- that is the point
    with pytest.raises(InvalidValueError) as caught:
        poller_of(Platform({}), unended=lambda: [naive]).poll_once()

    assert "unended" == caught.value.field


def test_it_tells_what_the_sandbox_did() -> None:
    """With the real list and its cursor: each message is told, once, as it ended."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    sent: dict[str, Unended] = {}
    told: dict[str, str] = {}
    with NotifyClient(
        sandbox.notify.api_key,
        base_url="http://localhost",
        transport=asgi(sandbox.notify.app),
        limiter=Limiter({}),
    ) as notify:
        values = {"name": "Siân", "day": "Monday", "garden": "no"}
        for number in range(40):
            text = Sms(
                phone_number="07700 900123" if number % 3 else "07700 900002",
                template_id=BIN_DAY.id,
                personalisation=values,
            )
            sent_id = notify.send(text).id
            sent[sent_id] = (sent_id, "sms", sandbox.clock.now())
            sandbox.clock.advance(timedelta(seconds=1))

        def act(notification: Notification, receipt: DeliveryReceipt) -> None:
            told[receipt.id] = str(notification.status)
            del sent[receipt.id]

        poller = ReceiptPoller(
            notify, unended=lambda: [*sent.values()], act=act, now=sandbox.clock.now
        )
        sandbox.clock.advance(timedelta(hours=5))
        polled = poller.poll_once()

    assert not sent
    assert 40 == polled.ended
    assert polled.requests < 10
    assert {each.id: str(each.status) for each in sandbox.notify.messages} == told
