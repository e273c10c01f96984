# SPDX-License-Identifier: MIT
"""A process of a garden waste service that mops up until it is killed."""

import itertools
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from children import PATIENCE, Tell
from patterns.till import EXAMPLE
from sqlalchemy import Connection, Engine, event

from lg_core.limits import Limiter
from lg_core.observers import CallFinished, CallRetried, CallStarted
from lg_core.store import Store, utc_now
from lg_notify import NotifyClient
from lg_patterns.garden_waste import GardenWasteSettings, LedgerLine
from lg_patterns.garden_waste.mop_up import GardenWasteMopUp, run
from lg_patterns.garden_waste.till import Till
from lg_pay import PayClient

__all__ = ["LineFile", "Opened", "Place", "mop_up"]


class LineFile:
    """A council's ledger: a file with the key of each line, once."""

    def __init__(self, path: Path, tell: Callable[[str], object] = str) -> None:
        self._path = path
        self._tell = tell

    @property
    def keys(self) -> list[str]:
        """The keys of the lines."""
        return self._path.read_text("utf-8").split() if self._path.exists() else []

    def post(self, line: LedgerLine) -> None:
        """Take a line. A second one of the same key changes nothing."""
        if line.key not in self.keys:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line.key}\n")
                file.flush()
                os.fsync(file.fileno())
        self._tell("posted")


class _Watch:
    """Tells when a call begins, and when its answer is there and nobody has noted it."""

    def __init__(self, tell: Callable[[str], object]) -> None:
        self._tell = tell

    def started(self, event: CallStarted) -> None:
        self._tell(f"asked {event.capability}")

    def retried(self, event: CallRetried) -> None:
        self._tell(f"asked again {event.capability}")

    def finished(self, event: CallFinished) -> None:
        self._tell(f"answered {event.capability}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a service stands: what its processes need to know.

    Attributes:
        store: the address of the store.
        lines: the ledger's file.
        pay_url: the address of GOV.UK Pay.
        pay_key: the key for it.
        notify_url: the address of GOV.UK Notify.
        notify_key: the key for it.
    """

    store: str
    lines: Path
    pay_url: str
    pay_key: str
    notify_url: str
    notify_key: str

    @contextmanager
    def opened(
        self, *, now: Callable[[], datetime] = utc_now, tell: Callable[[str], object] = str
    ) -> Generator["Opened"]:
        """Put a till together, as a program of the council's does when it starts."""
        settings = GardenWasteSettings.from_toml(EXAMPLE)
        watch = [_Watch(tell)]
        with (
            Store(self.store, now=now) as store,
            PayClient(
                self.pay_key, base_url=self.pay_url, limiter=Limiter({}), observers=watch
            ) as pay,
            NotifyClient(self.notify_key, base_url=self.notify_url, observers=watch) as notify,
        ):
            ledger = LineFile(self.lines, tell)
            till = Till.of(settings, store=store, ledger=ledger, pay=pay, notify=notify, now=now)
            yield Opened(till, pay, settings)


@dataclass(frozen=True, slots=True)
class Opened:
    """A till, and what mop-up needs beside it."""

    till: Till
    pay: PayClient
    settings: GardenWasteSettings

    def mop_up(self) -> GardenWasteMopUp:
        """Run mop-up once."""
        return run(self.till, settings=self.settings, pay=self.pay)


def mop_up(tell: Tell, *, place: Place, now: Callable[[], datetime], steps: int) -> None:
    """Mop up once, and tell each call, each answer, each line, and each commit before it.

    Args:
        tell: told each step.
        place: where the service stands.
        now: tells the time, in UTC.
        steps: at this step it waits to be killed, so that nothing more is done.
    """
    left = itertools.count(steps - 1, -1)

    def step(word: str) -> None:
        tell(word)
        if not next(left):
            threading.Event().wait(PATIENCE)

    def committing(_connection: Connection) -> None:
        step("committing")

    event.listen(Engine, "commit", committing)
    with place.opened(now=now, tell=step) as service:
        service.mop_up()
