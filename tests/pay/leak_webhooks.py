# SPDX-License-Identifier: MIT
"""Probes of webhooks, the poller, settlement, disputes, the admin tool's file and CSV files."""

import io
import json
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from pay.payments import full_answer

from lg_core.csv_files import MACHINES, PEOPLE, CsvProfile, Quoting, write_rows
from lg_core.csv_reading import CsvTable, read_table
from lg_core.endpoints import Request
from lg_core.identifiers import Nation
from lg_core.records import MemoryRecords
from lg_core.signatures import hmac_sha256_hex
from lg_core.store import Inbox, Store
from lg_core.working_days import WorkingDays
from lg_pay import Payment
from lg_pay.admin_export import read_export
from lg_pay.dispute import Dispute
from lg_pay.disputes import DisputeWatch
from lg_pay.errors import PaymentNotFoundError
from lg_pay.poller import Poller
from lg_pay.refund import Refund
from lg_pay.settlement import BankProfile, SettlementTally, match, read_statement
from lg_pay.webhooks import endpoint, verify, worker

SECRET = PLANTED["signing secret"]
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
DAY = "2026-11-16"
ALL = " ".join(PLANTED.values())
COLUMNS = (
    "Reference|Description|Email|Amount|Card Brand|Cardholder Name|Card Expiry Date|Card Number|"
    "State|Finished|Error Code|Error Message|Provider ID|GOV.UK Payment ID|Issued By|Date Created|"
    "Time Created|Corporate Card Surcharge|Total Amount|Wallet Type|ward (metadata)"
)


def _payment(**changes: Any) -> Payment:
    planted = {
        "reference": PLANTED["reference"],
        "description": PLANTED["description"],
        "email": PLANTED["e-mail"],
        "metadata": {PLANTED["metadata key"]: PLANTED["metadata value"]},
        "state": {"status": "success", "finished": True},
        "created_date": NOW.isoformat(),
    }
    return Payment.model_validate(full_answer(**{**planted, **changes}))


def _refund() -> Refund:
    return Refund.model_validate(
        {
            "refund_id": "r1",
            "payment_id": "p" * 26,
            "amount": 100,
            "created_date": NOW.isoformat(),
            "status": "submitted",
            "settlement_summary": {"settled_date": DAY},
        }
    )


def _dispute() -> Dispute:
    return Dispute.model_validate(
        {
            "dispute_id": "d1",
            "payment_id": "p" * 26,
            "amount": 100,
            "created_date": NOW.isoformat(),
            "evidence_due_date": NOW.isoformat(),
            "status": "needs_response",
            "reason": "other",
        }
    )


def _request(body: bytes, signature: str | None) -> Request:
    headers = {} if signature is None else {"pay-signature": signature}
    return Request("POST", "/", headers=headers, body=body)


@probe
def webhooks_of_pay(saw: Saw) -> None:
    """A message full of personal data is verified, kept and worked on; others are refused."""
    resource = _payment(payment_id="p" * 26).model_dump(mode="json")
    good = {
        "webhook_message_id": "m" * 26,
        "created_date": NOW.isoformat(),
        "resource_id": "p" * 26,
        "resource_type": "PAYMENT",
        "event_type": "card_payment_failed",
        "resource": {**resource, "card_details": {"cardholder_name": PLANTED["name"]}},
    }
    wrong: list[object] = [
        [ALL],
        good | {"webhook_message_id": ALL},
        good | {"resource_id": ALL, "created_date": ALL},
        good | {"resource_type": ALL},
        good | {"resource_id": PLANTED["reference"]},
        good | {"resource": {"payment_id": ALL, "state": ALL}},
    ]
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "events.db") as store:
        inbox = Inbox(store, name="lg-pay.webhooks")
        answer = endpoint(inbox, secrets=[SECRET])
        saw(answer)
        saw.attempt(endpoint, inbox, secrets=[f" {SECRET}"])
        for wire in (good, *wrong, ALL):
            body = json.dumps(wire).encode()
            signature = hmac_sha256_hex(body, SECRET)
            event = saw.attempt(verify, body, signature, secrets=[SECRET])
            saw(getattr(event, "snapshot", None))
            for each in (signature, None, ALL, "0" * 64):
                saw.attempt(verify, body, each, secrets=[SECRET])
                saw.attempt(answer.handle, _request(body, each))

        def read(payment_id: str) -> Payment:
            if payment_id != "p" * 26:
                raise PaymentNotFoundError("No such payment.", status=404)
            return _payment(payment_id=payment_id)

        def act(_payment: Payment, _event: object) -> None:
            raise ValueError(ALL)

        inbox.receive("x", {"payment_id": ALL})
        work = worker(inbox, read=read, act=act)
        saw(work)
        saw.attempt(work.run_once)
        saw(inbox)
        for each in inbox.queue.aside():
            saw(each)


class _Platform:
    def search_payments(self, *, created: tuple[datetime, datetime]) -> Iterator[Payment]:
        assert created[0] < created[1]
        yield _payment(payment_id="p" * 26)

    def search_refunds(self, *, created: tuple[datetime, datetime]) -> Iterator[Refund]:
        assert created[0] < created[1]
        yield _refund()

    def get_payment(self, payment_id: str) -> Payment:
        return _payment(payment_id=payment_id)

    def get_refund(self, payment_id: str, refund_id: str) -> Refund:
        assert payment_id != refund_id
        return _refund()


class _Stops:
    """An inbox that stops the poller with the first event."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop

    def receive(self, _key: str, _body: object, /) -> bool:
        self._stop.set()
        return True


@probe
def the_poller_of_pay(saw: Saw) -> None:
    """It sees payments full of personal data, and keeps nothing of it."""
    stop = threading.Event()
    records = MemoryRecords(now=lambda: NOW)
    options: dict[str, Any] = {"records": records, "account": PLANTED["town"], "now": lambda: NOW}
    since = NOW - timedelta(hours=1)
    poller = Poller(_Platform(), _Stops(stop), since=since, every=timedelta(1e-6), **options)
    saw(poller)
    saw.attempt(poller.poll_once)
    saw.attempt(poller.run, stop)
    stop.clear()
    saw.attempt(poller.run, stop)
    saw.attempt(Poller, _Platform(), _Stops(stop), since=NOW, every=timedelta(0), **options)
    kept = records.load("lg-pay.poller", PLANTED["town"])
    assert kept is not None
    saw(kept)
    saw.text("the poller's record", json.dumps(kept.data))


@probe
def settlement_of_pay(saw: Saw) -> None:
    """A statement full of names, profiles that are wrong, and what comes of them."""
    profile: dict[str, Any] = {
        "date": "Date",
        "date_format": "%Y-%m-%d",
        "narrative": ["Details"],
        "amount": "Amount",
        "accounts": {"garden": [PLANTED["description"]]},
    }
    saw(BankProfile(**profile))
    for changes in ({"date_format": ALL}, {"accounts": {ALL: [""]}}, {"amount": None}):
        saw.attempt(BankProfile, **{**profile, **changes})
    with tempfile.TemporaryDirectory() as folder:
        for text in (ALL, f"bank = '{ALL}'", f"[bank]\ndate = '{ALL}'\n"):
            path = Path(folder) / "bank.toml"
            path.write_text(text, "utf-8")
            saw.attempt(BankProfile.from_toml, path)
        saw.attempt(BankProfile.from_toml, Path(folder) / PLANTED["reference"])
    rows = (f"{DAY},{ALL},1.00", f"{ALL},{ALL},1.00", f"{DAY},{ALL},{ALL}", f"{DAY},{ALL},1,{ALL}")
    statement = None
    for row in rows:
        data = f"Date,Details,Amount\n{row}\n".encode()
        found = saw.attempt(read_statement, io.BytesIO(data), profile=BankProfile(**profile))
        statement = statement or found
    saw.attempt(read_statement, io.BytesIO(b"a,b\n"), profile=BankProfile(**profile))
    tally = SettlementTally("garden")
    tally.payment(_payment(settlement_summary={"settled_date": DAY}, net_amount=90))
    tally.payment(_payment(settlement_summary={"settled_date": DAY}, net_amount=None))
    tally.payment(_payment(settlement_summary={}))
    tally.refund(_refund())
    tally.dispute(_dispute())
    saw([tally, tally.expected, tally.not_settled, tally.problems])
    report = match([tally], statement)  # pyright: ignore[reportArgumentType] -- what was read above
    saw(report)
    saw.text("rows of a settlement", repr(report.rows()))
    saw.attempt(match, [tally, tally], statement)


@probe
def disputes_of_pay(saw: Saw) -> None:
    """Deadlines, days and errors show nothing but ids."""
    calendar = WorkingDays(Nation.ENGLAND)
    watch = DisputeWatch(calendar)
    saw([calendar, watch])
    saw(watch.look([_dispute()], now=NOW))
    saw(watch.look([_dispute().model_copy(update={"status": "lost"})], now=NOW))
    saw.attempt(WorkingDays, PLANTED["town"])
    saw.attempt(DisputeWatch, calendar, alarms=[-1])
    for day in (date(2200, 1, 1), date(2026, 11, 20)):
        saw.attempt(calendar.is_working_day, day)
        saw.attempt(calendar.add, day, 1)
    saw.attempt(calendar.between, date(2026, 11, 20), date(2200, 1, 1))


@probe
def the_admin_tools_file(saw: Saw) -> None:
    """Rows and faults show where, and never what."""
    names = [name for name in COLUMNS.split("|") if name]
    good = {
        **dict.fromkeys(names, ALL),
        "Amount": "1.00",
        "State": "Success",
        "Finished": "true",
        "Error Code": "",
        "GOV.UK Payment ID": "p" * 26,
        "Date Created": "12 Mar 2026",
        "Time Created": "10:00:00",
        "Corporate Card Surcharge": "",
        "Total Amount": "",
    }
    changed = [good, *({**good, name: ALL} for name in names)]
    file = io.BytesIO()
    write_rows(file, names, [[row[name] for name in names] for row in changed], profile=MACHINES)
    file.seek(0)
    export = read_export(file)
    saw(export)
    for row in export.rows:
        saw(row)
    saw.attempt(read_export, io.BytesIO(f"Reference\n{ALL}\n".encode()))


@probe
def csv_files(saw: Saw) -> None:
    """What cannot be written or read is named by its place."""
    rows: tuple[list[Any], ...] = ([f"={ALL}", "x"], [ALL], [ALL, 1.5], [f"{ALL}\N{SNOWMAN}", "x"])
    profiles = (PEOPLE, MACHINES, CsvProfile(encoding="cp1252", quoting=Quoting.NONE))
    saw(list(profiles))
    for profile in profiles:
        for row in rows:
            saw.attempt(write_rows, io.BytesIO(), ["a", "b"], [row], profile=profile)
    saw.attempt(write_rows, io.BytesIO(), [], [[f"{ALL},"]], profile=profiles[2])
    wrong: tuple[dict[str, Any], ...] = ({"encoding": ALL}, {"delimiter": ALL}, {"line_end": ALL})
    for settings in wrong:
        saw.attempt(CsvProfile, **settings)
    for data in (f"a,b\n{ALL},x\n", f'a,b\n"{ALL}"x,y\n', f"{ALL},{ALL}\n", ""):
        _read_all(saw, data.encode())
    _read_all(saw, b"a,b\n" + ALL.encode() + b"\xff,x\n")


def _read_all(saw: Saw, data: bytes) -> None:
    table = saw.attempt(read_table, io.BytesIO(data))
    if isinstance(table, CsvTable):
        saw.attempt(list, table.rows)
