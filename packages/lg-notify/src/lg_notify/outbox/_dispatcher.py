# SPDX-License-Identifier: MIT
"""The dispatcher: sends what waits in an outbox, and finds out what others left in doubt.

For each message: the intent is committed, the call is made, and what became of it is committed with
the end of the job. Whoever dies in between leaves the intent, and whoever comes next does not send:
it asks Notify's list. See `_plan` for when that proves anything.
"""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol, cast

from lg_core.errors import ConfigError, InvalidValueError, LgError
from lg_core.logs import get_logger
from lg_core.store import LeaseLostError, StoreError
from lg_notify._one_form import is_smoke_test
from lg_notify.outbox import _content
from lg_notify.outbox._dispatched import Dispatched, counted
from lg_notify.outbox._outbox import Outbox
from lg_notify.outbox._plan import SETTLE, Act, Plan, Policy, Verdict, verdict
from lg_notify.outbox._rates import SendRate, SharedRate
from lg_notify.outbox._supply import Supply
from lg_notify.outbox._turns import Turn, Turns

if TYPE_CHECKING:
    from datetime import datetime

    from lg_notify._sync.client import NotifyClient
    from lg_notify.new_message import Message

__all__ = ["Dispatcher", "Suppression"]

_log: Final = get_logger("lg_notify")
_PATIENCE: Final = timedelta(seconds=10)
"""How long a thread waits for its turn to send, with a message in its hands."""
_SPARE: Final = timedelta(seconds=15)
"""How much longer than a call a message must be held."""
_LEAST: Final = timedelta(seconds=1)
"""With less than this left, a call is not begun."""
_UNKNOWN: Final = Verdict("in_doubt", doubt=True)
_NOT_NOW: Final = timedelta(minutes=1)
_NO_ACCOUNT: Final = timedelta(minutes=5)


class Suppression(Protocol):
    """Knows who does not want messages, such as `lg_notify.unsubscribe.SuppressionList`."""

    def is_suppressed(self, channel: str, recipient: str, /) -> bool:
        """Say whether a recipient does not want messages.

        Args:
            channel: `sms`, `email` or `letter`.
            recipient: a number, an address, or the lines of one, as the message has it.
        """
        ...


class Dispatcher:
    """Sends the messages of an outbox.

        dispatcher = Dispatcher(outbox, notify)
        dispatcher.run(stop)      # or run_once(), from a timer

    Run as many as you need, in processes and on machines: they share the database, and with it the
    rate limit.

    Args:
        outbox: whose messages.
        client: sends them: a `NotifyClient`; where there are several accounts, the client of each
            by its name, or a function that returns it, such as `accounts.for_service`.
        threads: how many messages are on the way at once.
        rate: Notify's rate limit for the service; None where something else keeps it.
        key_kind: which kind of key the clients have: `live`, `team` or `test`. Each has a bucket of
            its own, and lists what it sent alone.
        suppression: knows who does not want messages; asked right before each is sent.
        timeout: how long a call may take, in seconds.
        max_attempts: how often a message is tried before it is set aside.
        settle: how long after the end of an attempt Notify's list is believed; see `_plan`.
        retention: how long Notify keeps messages. What is in doubt for longer needs a person.
        sleep: waits so many seconds.

    Raises:
        ConfigError: a message would be held for less time than a call may take, or a number makes
            no sense.
    """

    def __init__(
        self,
        outbox: Outbox,
        client: "NotifyClient | Mapping[str, NotifyClient] | Callable[[str], NotifyClient]",
        *,
        threads: int = 8,
        rate: SendRate | None = SendRate(),  # noqa: B008 -- a frozen value
        key_kind: str = "live",
        suppression: Suppression | None = None,
        timeout: float = 30.0,
        max_attempts: int = 20,
        settle: timedelta = SETTLE,
        retention: timedelta = timedelta(days=7),
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if threads < 1 or max_attempts < 1 or timeout <= _LEAST.total_seconds():
            raise ConfigError(
                "threads and max_attempts must be 1 or more, and timeout more than 1 second."
            )
        self._timeout = timedelta(seconds=timeout)
        if outbox.queue.lease < self._timeout + _SPARE:
            raise ConfigError(
                "The outbox's lease must be 15 seconds longer than the dispatcher's timeout, so "
                "that a message is still held when its call ends. Give Outbox(lease=...) more, or "
                "the dispatcher a shorter timeout.",
                setting="lease",
            )
        self._outbox = outbox
        self._client_of = _clients(client)
        self._threads = threads
        self._suppression = suppression
        self._sleep = sleep
        self._key_kind = key_kind
        self._max_attempts = max_attempts
        self._settle = settle
        self._retention = retention
        self._turns = Turns(outbox, self._policy)
        self._rates = SharedRate(
            outbox.store, rate, key_kind=key_kind, block=threads, now=outbox.store.now
        )

    def __repr__(self) -> str:
        return f"Dispatcher({self._outbox!r}, threads={self._threads})"

    # ------------------------------------------------------------------ running

    def run_once(self, *, limit: int = 1000) -> Dispatched:
        """Do what is due now.

        Args:
            limit: how many messages at the most.

        Returns:
            What became of them.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        return self._work(limit, threading.Event())

    def run(self, stop: threading.Event, *, poll: float = 1.0) -> Dispatched:
        """Send messages as their turns come, until asked to stop.

        A database that is away for a while is waited for.

        Args:
            stop: set it to stop after the messages at hand.
            poll: how long to wait where nothing is due, in seconds.

        Returns:
            What became of all messages.

        Raises:
            StoreError: the database could not do what it was asked, and waiting does not help.
        """
        all_done = Dispatched()
        while not stop.is_set():
            try:
                done = self._work(1000, stop)
            except StoreError as error:
                if not error.retryable:
                    raise
                _log.warning("lg-notify.outbox.store_away", reason=error.fault.value)
                done = Dispatched()
            all_done += done
            if not done.taken:
                stop.wait(poll)
        return all_done

    def _work(self, limit: int, stop: threading.Event) -> Dispatched:
        ended = Dispatched(ended=self._outbox.expire())
        supply = Supply(self._turns, limit=limit, block=2 * self._threads, stop=stop)
        try:
            if self._threads == 1:
                return ended + self._drain(supply)
            with ThreadPoolExecutor(self._threads, thread_name_prefix="lg-notify") as pool:
                try:
                    works = [pool.submit(self._drain, supply) for _ in range(self._threads)]
                    return sum((work.result() for work in works), ended)
                except BaseException:
                    supply.close()  # before the pool waits for its threads
                    raise
        finally:
            supply.give_back()

    def _drain(self, supply: Supply) -> Dispatched:
        try:
            done = Dispatched()
            while (turn := supply.next()) is not None:
                done += self._one(turn, supply)
            return done + supply.settled()
        except BaseException:
            supply.close()
            raise

    def _one(self, turn: Turn, supply: Supply) -> Dispatched:
        if turn.plan.act is Act.LOOK_UP:
            return self._look_up(turn)
        try:
            return self._send(turn, supply)
        except LeaseLostError:
            _log.warning("lg-notify.outbox.lease_lost", attempts=turn.job.attempts)
            return Dispatched(lost=1)

    # ------------------------------------------------------------------ sending

    def _send(self, turn: Turn, supply: Supply) -> Dispatched:
        stopped = self._before_sending(turn)
        if stopped is not None:
            return self._settled(turn, stopped)
        account = turn.kept.message.account if turn.kept else ""
        taken, at = self._rates.take(account, patience=_PATIENCE)
        if not taken:
            return self._settled(turn, Plan(Act.POSTPONE, at, "rate"))
        if not self._wait_until(at, supply):
            self._rates.give_back(account, at)
            return self._settled(turn, Plan(Act.POSTPONE, self._turns.now(), "stopped"))
        try:
            intent = self._turns.intend(turn, timeout=self._timeout)
        except BaseException:
            self._rates.give_back(account, at)
            raise
        if intent.plan.act is not Act.SEND:
            self._rates.give_back(account, at)
            return self._settled(intent, intent.plan)
        return self._call(intent)

    def _before_sending(self, turn: Turn) -> Plan | None:
        """Say what keeps a message from being sent, before a token is taken for it."""
        if turn.kept is None:
            return Plan(Act.FORGET)
        message = turn.kept.message
        try:
            self._client_of(message.account)
            to_send = self._read(turn)
        except ConfigError:
            _log.warning("lg-notify.outbox.no_account", reason="no_account")
            return Plan(Act.POSTPONE, self._turns.now() + _NO_ACCOUNT, "no_account")
        except InvalidValueError:
            return Plan(Act.SET_ASIDE, reason="unreadable")
        if self._suppression is None:
            return None
        try:
            unwanted = self._suppression.is_suppressed(
                message.channel, _content.recipient_of(to_send)
            )
        except Exception as error:  # noqa: BLE001 -- whatever fails is tried again, and is logged
            _log.warning("lg-notify.outbox.suppression_failed", exc_type=type(error).__name__)
            return Plan(Act.POSTPONE, self._turns.now() + _NOT_NOW, "suppression_failed")
        return Plan(Act.SUPPRESS, reason="suppressed") if unwanted else None

    def _call(self, intent: Turn) -> Dispatched:
        """Make the call for an intent that is committed."""
        # Narrowed here once; an intent always has a message and what it says.
        kept = intent.kept
        if kept is None or kept.message.give_up_at is None:
            raise AssertionError
        message, give_up_at = kept.message, kept.message.give_up_at
        try:
            client = self._client_of(message.account)
            to_send = self._read(intent)
        except (ConfigError, InvalidValueError):  # it was there a moment ago
            return self._refused(intent, Verdict("not_sent", at=self._turns.now() + _NOT_NOW))
        client = client.with_options(attempts=1, council=message.council)
        # A process that was stopped in between does not send what may be another's by now, and
        # nothing leaves after the instant from which others count.
        left = give_up_at - self._turns.now()
        if left < _LEAST or left > self._timeout:
            why = Verdict("not_sent", at=self._turns.now(), counts=False)
            return self._refused(intent, why)
        try:
            answer = client.send(to_send, timeout=left.total_seconds())
        except LgError as error:
            return self._refused(
                intent,
                verdict(
                    error,
                    now=self._turns.now(),
                    pauses=self._turns.pauses_of(message.account),
                ),
            )
        except Exception as error:  # noqa: BLE001 -- a transport's own fault: Notify may have it
            _log.error("lg-notify.outbox.call_failed", exc_type=type(error).__name__)
            return self._refused(intent, _UNKNOWN)
        except BaseException:  # the program ends, and Notify may have it
            self._turns.not_sent(intent, _UNKNOWN)
            raise
        smoke_test = is_smoke_test(message.channel, _content.recipient_of(to_send))
        self._turns.sent(intent, answer.id, smoke_test=smoke_test)
        return Dispatched(sent=1)

    def _refused(self, intent: Turn, why: Verdict) -> Dispatched:
        account = intent.kept.message.account if intent.kept else ""
        if why.drain:
            self._rates.refused(account)
        self._turns.not_sent(intent, why)
        log = _log.warning if why.aside or why.doubt or why.pause is not None else _log.info
        log("lg-notify.outbox.not_sent", reason=why.reason)
        return Dispatched(aside=1) if why.aside else Dispatched(later=1)

    def _settled(self, turn: Turn, decided: Plan) -> Dispatched:
        self._turns.settle(turn, decided)
        return counted(decided)

    # ------------------------------------------------------------------ finding out

    def _look_up(self, turn: Turn) -> Dispatched:
        """Ask Notify's list whether it has a message that was left in doubt."""
        if turn.kept is None:
            raise AssertionError  # an erased message is not looked up
        message = turn.kept.message
        try:
            client = self._client_of(message.account)
            listed = [
                each
                for each in client.list_notifications(
                    reference=message.reference,
                    template_type=message.channel,
                    timeout=self._timeout.total_seconds(),
                )
                if each.reference == message.reference
            ]
        except LgError as error:
            why = verdict(
                error,
                now=self._turns.now(),
                pauses=self._turns.pauses_of(message.account),
            )
            _log.warning("lg-notify.outbox.not_seen", reason=why.reason)
            self._turns.not_seen(turn, why)
            return Dispatched(later=1)
        for each in reversed(listed):  # the oldest first
            self._turns.found(turn, each)
        if listed:
            return Dispatched(found=1)
        smoke_test = self._is_smoke_test(turn)
        self._turns.absent(turn, smoke_test=smoke_test)
        return Dispatched(found=1) if smoke_test else Dispatched(later=1)

    def _is_smoke_test(self, turn: Turn) -> bool:
        try:
            to_send = self._read(turn)
        except InvalidValueError:
            return False
        channel = turn.kept.message.channel if turn.kept else ""
        return is_smoke_test(channel, _content.recipient_of(to_send))

    # ------------------------------------------------------------------ at hand

    def _policy(self, account: str) -> Policy:
        try:
            address = self._client_of(account).base_url
        except ConfigError:
            address = "nowhere"
        return Policy(
            asked_of=f"{self._key_kind}@{address}",
            settle=self._settle,
            retention=self._retention,
            max_attempts=self._max_attempts,
        )

    def _read(self, turn: Turn) -> "Message":
        if turn.kept is None or turn.kept.content is None:
            raise InvalidValueError("What the message says was forgotten.", field="content")
        message = turn.kept.message
        return _content.load(message.kind, turn.kept.content, reference=message.reference)

    def _wait_until(self, at: "datetime", supply: Supply) -> bool:
        """Wait for a token; False where the dispatcher is to stop meanwhile."""
        while (left := (at - self._turns.now()).total_seconds()) > 0:
            if supply.stopping:
                return False
            self._sleep(min(left, 0.25))
        return True


def _clients(
    given: "NotifyClient | Mapping[str, NotifyClient] | Callable[[str], NotifyClient]",
) -> "Callable[[str], NotifyClient]":
    if isinstance(given, Mapping):
        by_name = cast("Mapping[str, NotifyClient]", given)

        def named(account: str) -> "NotifyClient":
            found = by_name.get(account)
            if found is None:
                raise ConfigError("The dispatcher has no client for an account of the outbox.")
            return found

        return named
    if hasattr(given, "send"):
        only = cast("NotifyClient", given)
        return lambda _account: only
    return cast("Callable[[str], NotifyClient]", given)
