# SPDX-License-Identifier: MIT
"""One process serves three councils: what is counted for each is its own, to the last call."""

import asyncio  # noqa: TID253 -- a test may load it
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from core.telemetry_settings import as_new
from patterns.councils import Council, serving
from patterns.resident import EMAIL, answer, pay

from lg_address import AsyncPlacesClient
from lg_core import ConfigError, Pence
from lg_core.observers import CallFinished
from lg_core.telemetry import (
    Band,
    Environment,
    Mode,
    Outcome,
    Report,
    TelemetrySettings,
    acting_for,
    configure,
    reports,
)
from lg_core.telemetry._counting import current
from lg_core.testing import Browser, asgi
from lg_notify import AsyncNotifyClient
from lg_patterns.demo.anytown import Anytown
from lg_patterns.garden_waste import LGIL, LGSL
from lg_pay import AsyncPayClient, NewPayment, PaymentNotFoundError
from lg_sandbox import Sandbox
from lg_sandbox.notify import PAYMENT_RECEIVED

NORTH, SOUTH, BRISTOL = "x-north-town", "x-south-town", "E06000023"
CODES = (NORTH, SOUTH, BRISTOL)

Uses = Counter[tuple[str, Outcome]]


@pytest.fixture(autouse=True)
def hosted() -> Iterator[None]:
    """Count for three councils, in the process of a fourth body that hosts them."""
    with as_new():
        configure(
            TelemetrySettings(
                mode=Mode.LOCAL,
                council="x-the-host",
                councils=CODES,
                supplier="the-host",
                product="garden-waste",
                environment=Environment.DEVELOPMENT,
            )
        )
        yield


def _counted(day: date) -> dict[str, Uses]:
    """Return the exact counts before they become bands, by council."""
    counter = current()
    assert counter is not None
    found: dict[str, Uses] = {}
    for tally in counter.counts_of(day, today=day).values():
        for row, times in tally.items():
            council, lgsl, lgil, _component, _version, capability, outcome, environment = row
            assert (LGSL, LGIL, Environment.TEST) == (lgsl, lgil, environment)
            found.setdefault(council, Counter())[capability, Outcome(outcome)] += times
    return found


def _band(times: int) -> Band:
    return Band("1-9" if times < 10 else "10-99" if times < 100 else "100-999")


def _reported(one: Report) -> dict[tuple[str, Outcome], Band]:
    return {(use.capability, use.outcome): use.band for use in one.uses}


def _check_reports(expected: Mapping[str, Uses]) -> None:
    """Say that there is a report for each council, of its own uses and of nothing else."""
    made = reports()

    assert sorted(expected) == sorted(one.council for one in made)
    for one in made:
        assert ("the-host", "garden-waste", Environment.TEST) == (
            one.supplier,
            one.product,
            one.environment,
        )
        assert {(530, 0)} == {(use.lgsl, use.lgil) for use in one.uses}
        assert {use: _band(times) for use, times in expected[one.council].items()} == _reported(one)


def _today() -> date:
    return datetime.now(UTC).date()


def _called(council: Council) -> Uses:
    """Return what the council's own clients said that they did."""
    return Counter(
        (event.capability, Outcome(event.outcome.value))
        for event in council.watch.events
        if isinstance(event, CallFinished)
    )


# ------------------------------------------------------------------ residents over HTTP

RESIDENTS: Mapping[str, tuple[bool, ...]] = {
    NORTH: (True,),
    SOUTH: (True, False),
    BRISTOL: (True, True, True),
}
"""For each council its residents, and whether each of them pays in the end."""


def _subscribe(council: Council, *, pays: bool, together: threading.Barrier) -> str:
    browser = Browser()
    together.wait()
    page = browser.press(browser.open(council.url), "Sign in to fill in your details")
    ((name, offered),) = page.forms[0].choices.items()
    browser.press(page, "Continue", **{name: next(iter(offered))})
    page = answer(council, browser, bins="2")
    together.wait()
    page = browser.press(page, "Continue to payment")
    together.wait()
    return (pay(browser, page) if pays else page).heading


def test_residents_of_three_councils_at_once_are_counted_for_their_own(tmp_path: Path) -> None:
    """Six residents, six threads: calls, applications, payments and money stay with the council."""
    everybody = [(code, pays) for code, each in RESIDENTS.items() for pays in each]
    together = threading.Barrier(len(everybody))
    with serving(CODES, folder=tmp_path) as councils:
        by_code = {council.code: council for council in councils}

        def walk(one: tuple[str, bool]) -> str:
            return _subscribe(by_code[one[0]], pays=one[1], together=together)

        with ThreadPoolExecutor(len(everybody)) as threads:
            headings = list(threads.map(walk, everybody))
        sandbox = councils[0].sandbox
        accounts = Counter(payment.account for payment in sandbox.pay.payments)
        day = _today()
        counted = _counted(day)

    ends = {True: "Payment received", False: "Enter card details"}
    assert [ends[pays] for _, pays in everybody] == headings
    expected = {council.code: _called(council) for council in councils}
    for code, each in RESIDENTS.items():
        expected[code]["lg-patterns.garden_waste.applied", Outcome.OK] = len(each)
        expected[code]["lg-patterns.garden_waste.paid", Outcome.OK] = sum(each)
        expected[code]["lg-notify.outbox.enqueued", Outcome.OK] = sum(each)
        ledger = by_code[code].ledger
        assert [(code, 7650)] * sum(each) == [(x.cost_centre, x.gross) for x in ledger.lines]
        assert len(each) == accounts[code]
        assert len(each) == expected[code]["lg-pay.create_payment", Outcome.OK]
        assert len(each) == expected[code]["lg-identity.sign_in", Outcome.OK]
        assert len(each) == expected[code]["lg-address.find_by_postcode", Outcome.OK]
        assert sum(each) == expected[code]["lg-notify.send_email", Outcome.OK]
    assert expected == counted
    _check_reports(expected)


# ------------------------------------------------------------------ tasks over shared clients

TASKS: Mapping[str, int] = {NORTH: 2, SOUTH: 5, BRISTOL: 11}


class _Shared:
    """One set of clients, which every council's tasks use at the same time."""

    def __init__(self, sandbox: Sandbox, together: asyncio.Barrier) -> None:
        self.sandbox = sandbox
        self.together = together
        self.pay = AsyncPayClient(
            sandbox.pay.api_key, base_url="http://localhost", transport=asgi(sandbox.pay.app)
        )
        self.notify = AsyncNotifyClient(
            sandbox.notify.api_key, base_url="http://localhost", transport=asgi(sandbox.notify.app)
        )
        self.places = AsyncPlacesClient(
            sandbox.places.api_key, base_url="http://localhost", transport=asgi(sandbox.places.app)
        )

    async def serve(self, code: str) -> None:
        """Do for one resident what the service does, and let another task in after each step."""
        with acting_for(code, lgsl=LGSL, lgil=LGIL):
            await self.together.wait()
            await self.places.postal_addresses("ZZ1 1AA")
            await self.together.wait()
            # Two tasks that begin in here act for the same council.
            made, _ = await asyncio.gather(self._pay(), self._notify())
            await self.together.wait()
            self.sandbox.pay.pay(made)
            await self.pay.get_payment(made)
            if code == SOUTH:
                with pytest.raises(PaymentNotFoundError):
                    await self.pay.get_payment("nosuchpayment")

    async def _pay(self) -> str:
        new = NewPayment(
            amount=Pence(4650),
            reference="GW-1",
            description="Garden waste collection",
            return_url="https://council.example/case",
        )
        return (await self.pay.create_payment(new)).payment_id

    async def _notify(self) -> None:
        values = {"name": "A", "amount": "£1", "items": ["x"], "reference": "GW-1"}
        await self.notify.send_email(EMAIL, template_id=PAYMENT_RECEIVED.id, personalisation=values)


async def _all_tasks() -> None:
    order = [
        code for turn in range(max(TASKS.values())) for code in CODES if turn < TASKS[code]
    ]  # one of each council in turn
    shared = _Shared(Sandbox(), asyncio.Barrier(len(order)))
    async with shared.pay, shared.notify, shared.places:
        await asyncio.gather(*(shared.serve(code) for code in order))


def test_tasks_that_share_their_clients_are_counted_for_whom_they_act() -> None:
    """Eighteen tasks of three councils take turns at every step, and no call is another's."""
    asyncio.run(_all_tasks())
    day = _today()

    expected = {
        code: Counter(
            dict.fromkeys(
                (
                    ("lg-address.find_by_postcode", Outcome.OK),
                    ("lg-pay.create_payment", Outcome.OK),
                    ("lg-pay.get_payment", Outcome.OK),
                    ("lg-notify.send_email", Outcome.OK),
                ),
                times,
            )
        )
        for code, times in TASKS.items()
    }
    expected[SOUTH]["lg-pay.get_payment", Outcome.REFUSED] = TASKS[SOUTH]
    assert expected == _counted(day)
    _check_reports(expected)


def test_a_council_that_is_not_counted_is_said_before_anybody_comes(town: Anytown) -> None:
    """Where use is counted for others alone the service does not start: no resident meets it."""
    configure(TelemetrySettings(mode=Mode.LOCAL, council="x-elsewhere", product="bins"))

    with pytest.raises(ConfigError, match="LG_TELEMETRY_COUNCILS"):
        town.service.endpoints()
