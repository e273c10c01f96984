# SPDX-License-Identifier: MIT
"""Probes of fallback chains: messages to somebody, through all that can happen to them."""

import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy
from notify.leak_notify_client import a_text, an_email
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw, leaks_in

from lg_core.limits import Limiter
from lg_core.models import RequestModel
from lg_core.store import Store
from lg_core.testing import asgi
from lg_notify import Letter, NotifyClient
from lg_notify.chains import (
    CHAIN_SCHEMA,
    Advanced,
    Chains,
    ChainState,
    Prices,
    StopWhen,
    Way,
)
from lg_notify.hours import SendingHours
from lg_notify.outbox import Dispatcher, Outbox
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, REMINDER_LETTER, Status

__all__: list[str] = []

CASE = PLANTED["metadata value"]
NAME = PLANTED["name"]
WEEK = timedelta(days=7)


def _a_letter() -> Letter:
    return Letter(
        template_id=REMINDER_LETTER.id,
        address=[NAME, PLANTED["address"], PLANTED["town"], "SW1A 1AA"],
        personalisation={"name": NAME, "amount": "1", "date": PLANTED["description"]},
        reference=PLANTED["reference"],
    )


def _ways() -> list[Any]:
    return [
        Way(an_email(), patience=timedelta(hours=1)),
        Way(a_text(), cost=Decimal("0.05"), hours=SendingHours()),
        _a_letter(),
    ]


@probe
def chains_of_messages(saw: Saw) -> None:
    """Whatever becomes of a chain: no number, no address, no value, no case, no reference."""
    sandbox = Sandbox()
    sandbox.clock.freeze()
    way = asgi(sandbox.notify.app)
    client = NotifyClient(
        sandbox.notify.api_key,
        base_url="http://localhost",
        transport=way,
        limiter=Limiter({}),
    )
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder) / "o.db", now=sandbox.clock.now) as store,
        Outbox(store) as outbox,
    ):
        prices = Prices(
            texts={BIN_DAY.id: f"Hello ((name)), {NAME}"},
            letters={REMINDER_LETTER.id: (1, "second")},
        )
        chains = Chains(outbox, prices=prices)
        saw([chains, chains.outbox, CHAIN_SCHEMA, prices, Advanced()])
        saw.attempt(Chains, outbox, patience={PLANTED["town"]: timedelta(0)})
        saw(_ways())
        _refused(saw, chains)
        for period in ("", "2", "3"):
            saw.attempt(chains.start, CASE, _ways(), period=period, cost_cap=Decimal(1))
        saw.attempt(chains.start, CASE, _ways(), connection=object())

        def doze(seconds: float) -> None:
            sandbox.clock.advance(timedelta(seconds=seconds))

        for status in (Status.PERMANENT_FAILURE, Status.TECHNICAL_FAILURE, Status.DELIVERED):
            Dispatcher(outbox, client, threads=1, sleep=doze).run_once()
            for each in sandbox.notify.messages:
                if not each.finished:
                    sandbox.notify.end(each.id, status=status)
            for each in sandbox.notify.messages[::2]:
                told = client.get_notification(each.id)
                change = saw.attempt(outbox.note, told)
                if change is not None:
                    saw.attempt(chains.act, change)
                saw.attempt(chains.note, told)
            saw.attempt(chains.advance)
            _look(saw, chains, store)
            sandbox.clock.advance(timedelta(hours=2))
        saw.attempt(chains.stop, CASE, period="3")
        saw.attempt(chains.handled, CASE)
        with store.begin() as connection:
            text = sqlalchemy.text("UPDATE lg_notify_chain_step SET content = :it")
            connection.execute(text, {"it": f'{{"zq": "{NAME} {PLANTED["phone"]}"}}'})
        sandbox.clock.advance(WEEK)
        saw.attempt(chains.advance)
        _look(saw, chains, store)
        saw.attempt(chains.purge)
        saw.attempt(chains.purge, before=datetime(2026, 1, 1))  # noqa: DTZ001 -- as it is meant
        for recipient in (PLANTED["phone"], PLANTED["e-mail"], NAME):
            saw.attempt(chains.erase, recipient=recipient)
        saw.attempt(chains.erase, case=CASE)
        saw.attempt(chains.erase)
    client.close()
    way.close()


def _refused(saw: Saw, chains: Chains) -> None:
    wrong: tuple[tuple[str, list[Any], dict[str, Any]], ...] = (
        (CASE * 99, _ways(), {}),
        (CASE, _ways(), {"period": NAME * 9}),
        (CASE, _ways(), {"account": NAME * 9}),
        (CASE, _ways(), {"stop_when": NAME}),
        (CASE, _ways(), {"cost_cap": NAME}),
        (CASE, [RequestModel()], {}),
        (CASE, [Way(a_text(), go_on=frozenset({NAME}))], {}),
        (CASE, [], {"stop_when": StopWhen.DELIVERED}),
    )
    for case, ways, options in wrong:
        saw.attempt(chains.start, case, ways, **options)
    today = datetime.now(UTC).date()
    for message in (an_email(), a_text(), _a_letter(), RequestModel()):
        saw.attempt(Prices().of, message, on=today)
        saw.attempt(Prices(texts={BIN_DAY.id: NAME}).of, message, on=today)


def _look(saw: Saw, chains: Chains, store: Store) -> None:
    saw([chains.get(CASE), *chains.for_case(CASE), *chains.for_a_person(), *ChainState])
    for chain in chains.for_case(CASE):
        saw([chain.attempts, chain.steps, chain.needs_a_person, chain.state.needs_a_person])
    saw.text("counts", repr(chains.counts()))
    with store.read() as connection:
        for name in ("lg_notify_chain", "lg_notify_chain_step", "lg_notify_chain_message"):
            rows = connection.execute(sqlalchemy.text(f"SELECT * FROM {name}")).mappings()  # noqa: S608 -- our own words
            for row in rows:
                own = {"content", "case_id"}
                shown = {label: value for label, value in row.items() if label not in own}
                saw.text("columns", ", ".join(leaks_in(repr(shown))))
