# SPDX-License-Identifier: MIT
"""Mop-up under kill -9: wherever it dies, a paid case gets one line and one e-mail."""

from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from children import Child
from databases import DIALECTS, database_url
from examples import LONG
from patterns.mop_up_child import LineFile, Place, mop_up
from patterns.till import ANSWERS, BINS

from lg_core.store import utc_now
from lg_core.texts import Language
from lg_patterns.demo.messages import ENGLISH
from lg_patterns.garden_waste.cases import Case, new_case
from lg_sandbox import Sandbox

TURNS = 100
"""More than a run has steps: the last turn is not killed."""


def soon() -> datetime:
    """Tell a time at which mop-up asks for a payment that is made now."""
    return utc_now() + timedelta(minutes=20)


def _paid(place: Place, sandbox: Sandbox) -> str:
    """Let a resident pay and never come back; return the case's id."""
    subject, body = ENGLISH
    with place.opened() as service:
        template = service.settings.messages.confirmation
        sandbox.notify.templates.add(body, name="Done", subject=subject, template_id=template)
        stored = service.till.cases.open(
            "sent",
            lambda name: new_case(name, quote=BINS[1], answers=ANSWERS, language=Language.ENGLISH),
        )
        service.till.checkout.begin(stored)
    sandbox.pay.pay(sandbox.pay.payments[-1].id)
    return stored.case.id


def _finished(place: Place, case_id: str) -> Case:
    """Run mop-up until nothing is left, hours later; return the case."""
    for hours in range(2, 8):
        later = timedelta(hours=hours)
        with place.opened(now=lambda later=later: utc_now() + later) as service:
            found = service.mop_up()
            counts = service.till.outbox.counts()
            stored = service.till.cases.load(case_id)
            assert stored is not None
            if stored.case.done and not counts.waiting + counts.sending:
                assert found.clean
                return stored.case
    raise AssertionError("something is left to do")


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_wherever_it_is_killed_a_resident_is_served_once(dialect: str, tmp_path: Path) -> None:
    """Killed after its first step, after a later one, and so on until it ends by itself.

    At each step on SQLite, and in the long profile on PostgreSQL; else there at each fourth.
    """
    told: set[str] = set()
    every = 1 if dialect == "sqlite" or LONG else 4
    for turn in range(1, TURNS, every):
        with Sandbox() as sandbox:
            place = Place(
                store=database_url(dialect, tmp_path),
                lines=tmp_path / f"{turn}.txt",
                pay_url=sandbox.pay.url,
                pay_key=sandbox.pay.api_key,
                notify_url=sandbox.notify.url,
                notify_key=sandbox.notify.api_key,
            )
            case_id = _paid(place, sandbox)
            child = Child(partial(mop_up, place=place, now=soon, steps=turn), steps=turn)
            ended = child.ended()
            told.update(child.told)
            case = _finished(place, case_id)

            assert [sandbox.pay.payments[-1].id] == LineFile(place.lines).keys, turn
            assert [case.confirmation] == [each.reference for each in sandbox.notify.messages], turn
        if ended == 0:
            break
    else:
        raise AssertionError("it never ended by itself")

    assert {"posted", "asked lg-notify.send_email", "answered lg-notify.send_email"} <= told
    assert "asked lg-pay.get_payment" in told
