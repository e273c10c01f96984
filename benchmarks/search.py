# SPDX-License-Identifier: MIT
"""A typed page of 500 payments, against the same page on a bare kept httpx client plus json."""

import gc
import json
import statistics
import time
from collections.abc import Callable

import httpx  # noqa: TID251 -- what lg-pay is compared with
from calls import ANSWER, KEY
from loopback import answering
from measure import Measured

from lg_core.limits import Limiter
from lg_pay import PayClient

__all__ = ["one_search"]

ROUNDS, PAGES, ROWS = 15, 8, 500
CARD = {
    "card_brand": "Visa",
    "card_type": "debit",
    "last_digits_card_number": "1234",
    "first_digits_card_number": "123456",
    "expiry_date": "04/31",
    "cardholder_name": "A Tester",
    "billing_address": {
        "line1": "1 Test Street",
        "postcode": "ZZ1 1ZZ",
        "city": "Testtown",
        "country": "GB",
    },
}
HEADERS = {"authorization": f"Bearer {KEY}", "accept": "application/json", "user-agent": "bench"}


def one_search() -> list[Measured]:
    """Measure one page of a search."""
    rows = [
        {
            **ANSWER,
            "payment_id": f"{number:026d}",
            "created_date": f"2026-11-22T10:{59 - number // 60 % 60:02d}:{number % 60:02d}.000Z",
            "card_details": CARD,
        }
        for number in range(ROWS)
    ]
    rows.sort(key=lambda row: str(row["created_date"]), reverse=True)
    body = json.dumps({"total": ROWS, "count": ROWS, "page": 1, "results": rows}).encode()
    with (
        answering(body) as url,
        httpx.Client() as bare,
        PayClient(KEY, base_url=url, limiter=Limiter({})) as pay,
    ):

        def by_hand() -> None:
            answer = bare.get(f"{url}/v1/payments?page=1&display_size=500", headers=HEADERS)
            answer.raise_for_status()
            assert len(json.loads(answer.content)["results"]) == ROWS

        def ours() -> None:
            assert sum(1 for _ in pay.search_payments()) == ROWS

        by_hand()
        ours()
        pairs = [(_time(ours), _time(by_hand)) for _ in range(ROUNDS)]
    return [
        Measured(
            what="search_payments, 500 results, sync",
            against="bare kept httpx client plus json",
            ours=statistics.median(one for one, _ in pairs),
            other=statistics.median(other for _, other in pairs),
            ratio=statistics.median(one / other for one, other in pairs),
            goal=1.6,
        )
    ]


def _time(work: Callable[[], None]) -> float:
    gc.collect()
    started = time.perf_counter()
    for _ in range(PAGES):
        work()
    return (time.perf_counter() - started) / PAGES
