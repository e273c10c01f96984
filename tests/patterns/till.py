# SPDX-License-Identifier: MIT
"""A till of a garden waste service in this process: no sockets, and a clock that stands."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lg_core import Pence
from lg_core.limits import Limiter
from lg_core.store import Store
from lg_core.testing import AsgiTransport, asgi
from lg_core.texts import Language
from lg_core.transport import WireAnswer, WireRequest
from lg_notify import NotifyClient
from lg_patterns.demo.messages import ENGLISH, WELSH
from lg_patterns.garden_waste import GardenWasteSettings, MemoryLedger
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.cases import new_case
from lg_patterns.garden_waste.completion import Completion
from lg_patterns.garden_waste.mop_up import GardenWasteMopUp, run
from lg_patterns.garden_waste.prices import Kind, Quote
from lg_patterns.garden_waste.till import Till
from lg_pay import PayClient
from lg_sandbox import Sandbox

__all__ = ["ANSWERS", "BINS", "EXAMPLE", "Meanwhile", "World"]

EXAMPLE = files("lg_patterns.demo").joinpath("garden-waste.toml").read_text("utf-8")
ANSWERS: dict[str, Any] = {
    "full_name": "Gwenllian Quillfeather",
    "email": "gwenllian.quillfeather@example.org",
    "subscription": "new",
    "bins": 1,
    "address": {
        "lines": ["1 Market Street"],
        "town": "Sandborough",
        "postcode": "ZZ1 1AA",
        "uprn": "990000000011",
    },
}
BINS = {
    number: Quote(
        Kind.NEW, number, date(2026, 11, 22), date(2027, 3, 31), Pence(amount), date(2026, 4, 1)
    )
    for number, amount in ((1, 4650), (2, 7650), (3, 10650))
}


class Meanwhile:
    """Passes requests on, and does something else just before or just after one of them."""

    def __init__(self, way: AsgiTransport) -> None:
        self._way = way
        self._plans: list[tuple[str, bool, Callable[[], object]]] = []

    def before(self, request: str, do: Callable[[], object]) -> None:
        """Do something just before the next request whose method and path match."""
        self._plans.append((request, False, do))

    def after(self, request: str, do: Callable[[], object]) -> None:
        """Do something once the next such request is done, and before its answer is read."""
        self._plans.append((request, True, do))

    def send(self, request: WireRequest) -> WireAnswer:
        """Pass a request on."""
        self._do(request, after=False)
        answer = self._way.send(request)
        self._do(request, after=True)
        return answer

    def close(self) -> None:
        """Close nothing: the way is somebody else's."""

    def _do(self, request: WireRequest, *, after: bool) -> None:
        told = f"{request.method} {request.url}"
        for plan in list(self._plans):
            if plan[1] is after and re.search(plan[0], told):
                self._plans.remove(plan)
                plan[2]()


class World:
    """The sandbox, a store and a till on it."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = Sandbox()
        self.sandbox.clock.freeze()
        self.sandbox.pay.account.rate_limited = False
        self.settings = GardenWasteSettings.from_toml(EXAMPLE)
        self.ledger = MemoryLedger()
        self._folder = folder
        self._open = ExitStack()

    def __enter__(self) -> Self:
        opened, sandbox = self._open, self.sandbox
        pay_way, notify_way = asgi(sandbox.pay.app), asgi(sandbox.notify.app)
        opened.callback(pay_way.close)
        opened.callback(notify_way.close)
        self.meanwhile = Meanwhile(pay_way)
        self.pay = PayClient(
            sandbox.pay.api_key,
            base_url="http://localhost",
            transport=self.meanwhile,
            limiter=Limiter({}),
            attempts=1,
        )
        self.notify = NotifyClient(
            sandbox.notify.api_key, base_url="http://localhost", transport=notify_way
        )
        for template_id, (subject, body) in (
            (self.settings.messages.confirmation, ENGLISH),
            (self.settings.messages.confirmation_cy, WELSH),
        ):
            sandbox.notify.templates.add(
                body, name="Garden waste", subject=subject, template_id=template_id
            )
        self.store = opened.enter_context(Store(self._folder / "till.db", now=sandbox.clock.now))
        self.till = Till.of(
            self.settings,
            store=self.store,
            ledger=self.ledger,
            pay=self.pay,
            notify=self.notify,
            now=sandbox.clock.now,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    def completion(self, ledger: MemoryLedger) -> Completion:
        """Return what follows a payment, with another ledger."""
        return Completion(
            self.settings,
            outbox=self.till.outbox,
            dispatcher=self.till.dispatcher,
            ledger=ledger,
            cases=self.till.cases,
            payments=self.till.payments,
            live=False,
        )

    def a_case(self, bins: int = 1) -> StoredCase:
        """Keep a new case."""
        return self.till.cases.open(
            f"sent {self.sandbox.clock.now()}",
            lambda name: new_case(
                name, quote=BINS[bins], answers=ANSWERS, language=Language.ENGLISH
            ),
        )

    def again(self, stored: StoredCase) -> StoredCase:
        """Return a case as it is now."""
        found = self.till.cases.load(stored.case.id)
        assert found is not None
        return found

    def mop_up(self) -> GardenWasteMopUp:
        """Run mop-up."""
        return run(self.till, settings=self.settings, pay=self.pay)
