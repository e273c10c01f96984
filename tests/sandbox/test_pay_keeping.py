"""lg_sandbox.pay.keeping and .kept_values: the state in a file outlives the process."""

import json
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from children import Child
from hypothesis import given
from hypothesis import strategies as st
from sandbox.serve_child import serve
from starlette.testclient import TestClient
from typer.testing import CliRunner  # noqa: TID253 -- this tests what Typer built

from lg_sandbox import Clock, Sandbox
from lg_sandbox._commands import build
from lg_sandbox.pay import Account, State
from lg_sandbox.pay.keeping import FileInUseError
from lg_sandbox.pay.kept_values import NotKeptError, UnreadableError, from_text, to_text
from lg_sandbox.pay.model import CardDetails, Event
from lg_sandbox.pay.webhook_queue import DeliveryStatus

NEW = {
    "amount": 1200,
    "reference": "GW-1",
    "description": "Garden waste",
    "return_url": "https://council.example/done",
}


def http_of(sandbox: Sandbox) -> TestClient:
    """Return a client with the test key."""
    key = {"Authorization": f"Bearer {sandbox.pay.api_key}"}
    return TestClient(sandbox.pay.app, base_url="http://pay", headers=key)


def create(sandbox: Sandbox, **changes: Any) -> str:
    """Create a payment, and return its id."""
    answer = http_of(sandbox).post("/v1/payments", json=NEW | changes)
    assert 201 == answer.status_code
    return answer.json()["payment_id"]


def lived(sandbox: Sandbox) -> None:
    """Let something of every kind happen."""
    pay = sandbox.pay
    pay.account.refunds_settle_later = True
    pay.account.moto_enabled = True
    pay.new_api_key(account=Account("other", live=True))
    pay.add_webhook("http://127.0.0.1:9/hook", secret="s")
    http = http_of(sandbox)
    agreement = http.post("/v1/agreements", json={"reference": "R", "description": "D"}).json()
    first = create(sandbox, metadata={"fund": "GW", "n": 1}, email="a@example.org")
    pay.pay(first)
    refund = pay.staff_refund(first, 200)
    pay.complete_refund(refund.id)
    pay.staff_refund(first, 100)
    pay.pay(create(sandbox, set_up_agreement=agreement["agreement_id"]))
    under = {"authorisation_mode": "agreement", "agreement_id": agreement["agreement_id"]}
    body = {name: value for name, value in NEW.items() if name != "return_url"} | under
    http.post("/v1/payments", json=body, headers={"Idempotency-Key": "k-1"})
    third = create(sandbox)
    pay.pay(third)
    pay.lose(pay.dispute(third).id)
    pay.settle(pay.account)
    create(sandbox, delayed_capture=True)
    pay.deliver_webhooks()


def seen(sandbox: Sandbox) -> dict[str, object]:
    """Return everything that a test can see."""
    pay = sandbox.pay
    return {
        "keys": (pay.api_key, pay.live_api_key),
        "account": pay.account,
        "payments": pay.payments,
        "charges": pay.charges,
        "refunds": pay.refunds,
        "disputes": pay.disputes,
        "ledger": pay.ledger,
        "payouts": pay.payouts,
        "agreements": pay.agreements,
        "webhooks": pay.webhooks,
        "messages": pay.webhook_messages,
        "export": pay.export_csv(),
        "search": http_of(sandbox).get("/v1/payments").json(),
    }


def test_everything_is_there_again(tmp_path: Path) -> None:
    """Accounts, options, keys, payments, money, agreements and webhooks, in their order."""
    sandbox = Sandbox(keep=tmp_path / "pay.sandbox")
    sandbox.clock.freeze()
    lived(sandbox)
    before, now = seen(sandbox), sandbox.clock.now()
    sandbox.stop()

    again = Sandbox(keep=tmp_path / "pay.sandbox", clock=Clock(start=now - timedelta(days=1)))

    assert now <= again.clock.now()
    assert before == seen(again)
    assert again.pay.account.refunds_settle_later
    again.stop()


def test_life_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Links open, keys replay, refunds end, webhooks are tried again, and money settles once."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    lived(sandbox)
    link = http_of(sandbox).post("/v1/payments", json=NEW).json()["_links"]["next_url"]["href"]
    (open_refund,) = [each for each in sandbox.pay.refunds if each.status == "submitted"]
    (agreement,) = sandbox.pay.agreements
    taken = sum(each.amount for each in sandbox.pay.ledger)
    sandbox.stop()

    again = Sandbox(keep=path)
    again.pay.complete_refund(open_refund.id)
    again.clock.advance(seconds=60)
    attempts = again.pay.deliver_webhooks()
    payout = again.pay.settle(again.pay.account)
    under = {"authorisation_mode": "agreement", "agreement_id": agreement.id}
    body = {name: value for name, value in NEW.items() if name != "return_url"} | under
    http = http_of(again)
    replay = http.post("/v1/payments", json=body, headers={"Idempotency-Key": "k-1"})

    assert -100 == payout.amount
    assert taken - 100 == sum(each.amount for each in again.pay.ledger)
    assert {DeliveryStatus.PENDING} == {each.status for each in again.pay.webhook_messages}
    assert len(again.pay.webhook_messages) == len(attempts)
    assert (200, 200) == (replay.status_code, http.get(link).status_code)
    again.stop()


def test_what_is_deleted_is_gone_from_the_file(tmp_path: Path) -> None:
    """A message that Pay has forgotten does not come back."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    sandbox.pay.add_webhook("http://127.0.0.1:9/")
    sandbox.pay.pay(create(sandbox))
    there = len(sandbox.pay.webhook_messages)
    sandbox.clock.advance(timedelta(days=8))
    now = sandbox.pay.webhook_messages
    sandbox.stop()

    again = Sandbox(keep=path)

    assert (2, (), ()) == (there, now, again.pay.webhook_messages)
    again.stop()


def test_a_receiver_in_process_is_not_kept(tmp_path: Path) -> None:
    """Its messages are tried, and nobody answers."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    sandbox.pay.add_webhook(send=lambda _headers, _body: 200, events=["card_payment_captured"])
    sandbox.pay.pay(create(sandbox))
    sandbox.stop()

    again = Sandbox(keep=path)

    assert [None] == [each.status for each in again.pay.deliver_webhooks()]
    again.stop()


def test_work_after_a_stop_is_kept_too(tmp_path: Path) -> None:
    """The file is taken again by the next change."""
    path = tmp_path / "pay.sandbox"
    with Sandbox(keep=path) as sandbox:
        first = create(sandbox)
    second = create(sandbox)
    sandbox.stop()

    again = Sandbox(keep=path)

    assert [first, second] == [each.id for each in again.pay.payments]
    again.stop()


def test_one_file_serves_one_sandbox(tmp_path: Path) -> None:
    """The second is refused and told what to do; so is a file that is something else."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    create(sandbox)
    with pytest.raises(FileInUseError, match="Stop the other one"):
        Sandbox(keep=path)
    sandbox.stop()
    path.write_text("not a database, but long enough to look at" * 100, "utf-8")
    with pytest.raises(FileInUseError):
        Sandbox(keep=path)
    with pytest.raises(FileNotFoundError, match="folder"):
        Sandbox(keep=tmp_path / "none" / "pay.sandbox")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE kept SET value = '2' WHERE place = 'format'",
        "UPDATE kept SET value = '{' WHERE place = 'book.shelf'",
        "UPDATE kept SET value = replace(value, 'model:Payment', 'model:Payments')",
        "UPDATE kept SET value = replace(value, '\"reference\"', '\"unknown\"')",
    ],
)
def test_a_file_of_another_version_is_refused(tmp_path: Path, change: str) -> None:
    """Nothing is guessed, and the error says what to do."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    create(sandbox)
    sandbox.stop()
    file = sqlite3.connect(path)
    with file:
        file.execute(change)
    file.close()

    with pytest.raises(UnreadableError, match="delete it"):
        Sandbox(keep=path)


def test_what_an_older_version_does_not_know_is_left_alone(tmp_path: Path) -> None:
    """A place that is no longer there is passed over."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)
    payment_id = create(sandbox)
    sandbox.stop()
    file = sqlite3.connect(path)
    with file:
        file.execute("INSERT INTO kept VALUES ('gone.place', '', '1')")
    file.close()

    again = Sandbox(keep=path)

    assert payment_id == again.pay.payments[0].id
    again.stop()


def test_killed_at_any_time_everything_answered_is_there(tmp_path: Path) -> None:
    """kill -9 while payments are created: each one that was answered is in the file, once."""
    path = tmp_path / "pay.sandbox"
    answered: list[str] = []
    for round_ in range(3):
        child = Child(partial(serve, keep=path))
        child.wait_begun()
        pay = json.loads(child.told[0])["pay"]
        http = httpx.Client(
            base_url=pay["url"],
            headers={"Authorization": f"Bearer {pay['api_key']}"},
            trust_env=False,
        )
        killer = threading.Timer(0.2 + 0.1 * round_, child.kill)
        killer.start()
        try:
            while True:
                answer = http.post("/v1/payments", json=NEW)
                if answer.status_code == 201:
                    answered.append(answer.json()["payment_id"])
        except httpx.TransportError:
            http.close()
        killer.join()
        assert -9 == child.ended()

    sandbox = Sandbox(keep=path)
    kept = [each.id for each in sandbox.pay.payments]
    sandbox.stop()

    assert answered
    assert set(answered) <= set(kept)
    # One more a round may have been written without its answer.
    assert len(kept) <= len(answered) + 3


def test_a_file_in_use_is_a_mistake_in_the_settings(tmp_path: Path) -> None:
    """Exit 3, and what to do."""
    path = tmp_path / "pay.sandbox"
    sandbox = Sandbox(keep=path)

    result = CliRunner().invoke(build(), ["serve", "--keep", str(path)])

    assert (3, True) == (result.exit_code, "Another sandbox" in result.stderr)
    sandbox.stop()


class Colour(Enum):
    """An enum of somebody else."""

    RED = 1


@dataclass
class Thing:
    """A dataclass of somebody else."""


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.sampled_from(State)
    | st.builds(CardDetails, cardholder_name=st.none() | st.just("N"))
    | st.builds(Event, state=st.sampled_from(State), at=st.just(datetime(2026, 3, 1, tzinfo=UTC))),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])) | st.dates(), inner)
        | st.frozensets(st.integers() | st.text(st.characters(exclude_categories=["Cs"])))
        | st.sets(st.integers())
    ),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_comes_back_as_it_was(value: object) -> None:
    """With its type."""
    back = from_text(to_text(value))

    assert (value, type(value)) == (back, type(back))


@pytest.mark.parametrize("value", [object(), Colour.RED, Thing(), {"a": print}, timedelta])
def test_values_of_others_are_not_written(value: object) -> None:
    """Only plain values and the stand-in's own."""
    with pytest.raises(NotKeptError):
        to_text(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"of": "os:system", "with": {}}',
        '{"of": "lg_sandbox.pay.keeping:Keeper", "with": {}}',
        '{"of": "lg_sandbox.pay.nothing:Here", "with": {}}',
        '{"of": "lg_sandbox.pay.model:Payment", "with": {}}',
        '{"enum": ["lg_sandbox.pay.model:State", "NONE"]}',
        '{"unknown": 1}',
        '{"a": 1, "b": 2}',
    ],
)
def test_a_text_that_was_not_written_here_makes_nothing(text: str) -> None:
    """No class of others, none that holds no value, none that is not there."""
    with pytest.raises(UnreadableError):
        from_text(text)


def test_a_function_in_a_value_gets_its_default_back() -> None:
    """An account's own fee plan is not kept."""
    account = Account("a", fee_plan=lambda _amount: 1)

    back = from_text(to_text(account))

    assert (Account("a").fee_plan, date.min) == (back.fee_plan, from_text(to_text(date.min)))
