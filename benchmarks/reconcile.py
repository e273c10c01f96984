# SPDX-License-Identifier: MIT
"""A day of 100,000 payments, from recorded pages to a balanced batch in SQLite.

Against it stands what somebody would write in an afternoon: read each page with json, add up by
fund in a dict. That script keeps nothing, checks nothing and knows no refund of another day.

`python benchmarks/reconcile.py` makes the pages, measures both in child processes, and ends with 1
where the goals of 15 seconds and 150 MB are missed. Seconds are those of a machine without other
work, so the seconds of the processor stand beside them: the first grow with what else runs, the
second hardly do. A number as argument measures another number of payments.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from lg_core.money import Pence
from lg_pay.basket import encode
from lg_pay.funds import Funds
from lg_pay.reconcile import Coding, CodingRules, Pages, Plan, PostingBook, Recording, reconcile

__all__ = ["one_day"]

DAY = date(2026, 6, 1)
PAYMENTS, PAGE, REFUND_EVERY = 100_000, 500, 20
SECONDS, MEGABYTES = 15.0, 150.0

FUNDS = Funds.from_toml("""
[funds.GW]
name = "Garden waste"
vat_code = "SR"
[funds.CT]
name = "Council tax"
[funds.SUSP]
name = "Suspense"
[funds.FEES]
name = "Card fees"
[vat.SR]
rate = "20%"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
""")
RULES = '[[rules]]\nname = "links"\ndescription = "Link*"\nfund = "CT"\n'


Measured = tuple[float, float, float]
"""Seconds by the clock, seconds of the processor, peak megabytes."""


def one_day(payments: int = PAYMENTS) -> tuple[Measured, Measured]:
    """Return what ours takes, and what the plain script takes."""
    with tempfile.TemporaryDirectory() as folder:
        make_pages(Path(folder, "pages"), payments)
        return _in_a_child("ours", folder), _in_a_child("plain", folder)


def _in_a_child(which: str, folder: str) -> Measured:
    command = [sys.executable, __file__, which, folder]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()  # noqa: S603 -- this file
    return float(said[0]), float(said[1]), float(said[2])


def make_pages(folder: Path, payments: int) -> None:
    """Write the pages of a day: baskets, payment links, fees, and a refund of every twentieth."""
    recording = Recording(folder)
    lines = [
        FUNDS.line("GW", amount=Pence(4000), account="GW-0001"),
        FUNDS.line("CT", amount=Pence(650), account="CT-0001"),
    ]
    basket = encode(lines)
    for start in range(0, payments, PAGE):
        rows = [_payment(n, payments, basket) for n in range(start, min(start + PAGE, payments))]
        recording.add(_page(rows), kind=Pages.PAYMENTS, account="main")
    refunds = [_refund(n, payments) for n in range(0, payments, REFUND_EVERY)]
    for start in range(0, len(refunds) or 1, PAGE):
        recording.add(_page(refunds[start : start + PAGE]), kind=Pages.REFUNDS, account="main")
    recording.add(_page([]), kind=Pages.DISPUTES, account="main")
    recording.finish()


def _page(rows: list[dict[str, Any]]) -> bytes:
    body: dict[str, Any] = {
        "total": len(rows),
        "count": len(rows),
        "page": 1,
        "results": rows,
        "_links": {},
    }
    return json.dumps(body).encode()


def _instant(number: int, payments: int) -> str:
    at = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(seconds=number * 80_000 / payments)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _payment(number: int, payments: int, basket: dict[str, str]) -> dict[str, Any]:
    at = _instant(number, payments)
    link = number % 2 == 0
    return {
        "payment_id": f"p{number:025}",
        "amount": 4650,
        "description": "Link to pay" if link else "Garden waste",
        "reference": f"GW-{number}",
        "language": "en",
        "email": "payer@example.org",
        "metadata": None if link else basket,
        "state": {"status": "success", "finished": True},
        "payment_provider": "stripe",
        "provider_id": "pi_123",
        "created_date": at,
        "return_url": "https://www.example.gov.uk/return",
        "authorisation_mode": "web",
        "delayed_capture": False,
        "moto": False,
        "refund_summary": {"status": "available", "amount_available": 4650, "amount_submitted": 0},
        "settlement_summary": {"capture_submit_time": at, "captured_date": at[:10]},
        "card_details": {
            "card_brand": "Visa",
            "card_type": "debit",
            "last_digits_card_number": "1234",
            "first_digits_card_number": "123456",
            "expiry_date": "04/31",
            "cardholder_name": "A Payer",
            "billing_address": {"line1": "1 Test Street", "postcode": "ZZ1 1ZZ", "country": "GB"},
        },
        "fee": 93,
        "net_amount": 4557,
        "_links": {"self": {"href": "https://publicapi.example/v1/payments/x", "method": "GET"}},
    }


def _refund(number: int, payments: int) -> dict[str, Any]:
    return {
        "refund_id": f"r{number:025}",
        "payment_id": f"p{number:025}",
        "amount": 4650,
        "created_date": _instant(number, payments),
        "status": "success",
    }


def ours(folder: Path) -> int:
    """Make the batch."""
    plan = Plan(Coding(FUNDS, CodingRules.from_toml(RULES, funds=FUNDS)))
    outcome = reconcile(
        DAY,
        recording=Recording(folder / "pages"),
        book=PostingBook(folder / "ledger.db"),
        plan=plan,
        now=datetime(2026, 6, 3, tzinfo=UTC),
    )
    return int(outcome.batch.totals.net)


def plain(folder: Path) -> int:
    """Add up by fund, as a script of an afternoon does."""
    funds: dict[str, int] = defaultdict(int)
    for row in _rows(folder / "pages"):
        if "refund_id" in row:
            funds["refunds"] -= row["amount"]
        elif row["settlement_summary"]:
            funds["CT" if row["description"].startswith("Link") else "GW"] += row["amount"]
            funds["FEES"] -= row.get("fee") or 0
    return sum(funds.values())


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob("[0-9]*.json")):
        yield from json.loads(path.read_bytes())["results"]


def main() -> int:
    """Measure, and print; or be the child that is measured."""
    if sys.argv[1:2] in (["ours"], ["plain"]):
        work = {"ours": ours, "plain": plain}[sys.argv[1]]
        start, used = time.perf_counter(), time.process_time()
        work(Path(sys.argv[2]))
        seconds, used = time.perf_counter() - start, time.process_time() - used
        print(seconds, used, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return 0
    payments = int(sys.argv[1]) if sys.argv[1:] else PAYMENTS
    (seconds, used, peak), (other, other_used, other_peak) = one_day(payments)
    print(f"{payments:,} payments: {seconds:.1f} s ({used:.1f} s CPU), {peak:.0f} MB at most.")
    print(
        f"A plain script: {other:.1f} s ({other_used:.1f} s CPU), {other_peak:.0f} MB. "
        f"Ratio {used / other_used:.1f}."
    )
    return int(seconds > SECONDS or peak > MEGABYTES)


if __name__ == "__main__":
    sys.exit(main())
