# SPDX-License-Identifier: MIT
"""What tests of the outbox share: a sandbox, a database and a clock that stands."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from notify.lent_databases import lent

from lg_core.limits import Limiter
from lg_core.store import Store
from lg_core.testing import AsgiTransport, Trouble, asgi, unreliable
from lg_core.transport import Transport
from lg_notify import NotifyClient, Sms
from lg_notify.outbox import Dispatched, Dispatcher, Outbox, OutboxMessage
from lg_sandbox import Sandbox
from lg_sandbox.clock import Clock
from lg_sandbox.notify import BIN_DAY

__all__ = ["PHONE", "START", "Desk", "a_text", "desk_on"]

START = datetime(2026, 11, 28, 12, tzinfo=UTC)
PHONE = "07700 900123"


def a_text(to: str = PHONE, **changes: Any) -> Sms:
    """Return a text."""
    values: dict[str, Any] = {
        "phone_number": to,
        "template_id": BIN_DAY.id,
        "personalisation": {"name": "S", "day": "Monday", "garden": "no"},
    }
    return Sms(**(values | changes))


@dataclass(frozen=True)
class Desk:
    """An outbox on a sandbox."""

    sandbox: Sandbox
    way: AsgiTransport
    store: Store
    outbox: Outbox

    def client(self, *troubles: Trouble, transport: Transport | None = None) -> NotifyClient:
        """Return a client whose attempts meet these troubles."""
        return NotifyClient(
            self.sandbox.notify.api_key,
            base_url="http://localhost",
            transport=transport or unreliable(self.way, troubles),
            limiter=Limiter({}),
        )

    def run(self, *troubles: Trouble, limit: int = 100, **options: Any) -> Dispatched:
        """Dispatch what is due."""
        return self.dispatcher(*troubles, **options).run_once(limit=limit)

    def dispatcher(self, *troubles: Trouble, **options: Any) -> Dispatcher:
        """Return a dispatcher of one thread that waits on the sandbox's clock."""
        options = {"threads": 1, "sleep": self.wait, **options}
        client = options.pop("client", None) or self.client(*troubles)
        return Dispatcher(self.outbox, client, **options)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.sandbox.clock.advance(timedelta(seconds=seconds))

    def now(self) -> datetime:
        """Return the present."""
        return self.sandbox.clock.now()

    def one(self) -> OutboxMessage:
        """Return the only message."""
        (message,) = self.outbox._read()
        return message

    def sent(self) -> int:
        """Return how many messages Notify has."""
        return len(self.sandbox.notify.messages)


@contextmanager
def desk_on(dialect: str, *, start: datetime = START, **options: Any) -> Generator[Desk]:
    """Build a desk, and close it."""
    clock = Clock(start=start - timedelta(seconds=1))
    clock.freeze(start)
    sandbox = Sandbox(clock=clock)
    way = asgi(sandbox.notify.app)
    with (
        lent(dialect) as url,
        Store(url, now=clock.now) as store,
        Outbox(store, **options) as outbox,
    ):
        yield Desk(sandbox, way, store, outbox)
    way.close()
