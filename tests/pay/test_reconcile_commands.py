# SPDX-License-Identifier: MIT
"""`lg-pay reconcile`: pages that are not whole, and what `--explain` shows of the ledger."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pay.commanding import Council, a_council
from pay.reconciling import ACCOUNT, DAY, a_payment_row, page, record

from lg_pay.reconcile import Pages, Recording, UnfinishedPagesError
from lg_sandbox import Sandbox

pytestmark = pytest.mark.usefixtures("own_process")


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    """Give a council with one account."""
    made = a_council(tmp_path, sandbox, monkeypatch)
    yield made
    made.pay.close()


def test_a_folder_of_pages_without_its_end_mark_is_refused(council: Council) -> None:
    """Nothing is posted, and the message says what to do; once it is marked, it is read."""
    folder = council.folder / "pages"
    Recording(folder).add(page([a_payment_row()]), kind=Pages.PAYMENTS, account=ACCOUNT)
    words = ("reconcile", "--day", str(DAY), "--from-pages", str(folder))

    refused = council.run(*words)
    Recording(folder).finish()
    made = council.json(*words)

    assert isinstance(refused.exception, UnfinishedPagesError)
    assert "Download the day again" in refused.exception.message
    assert 1 == made["batches"][0]["totals"]["lines"]


def test_an_explanation_shows_what_the_ledger_holds(council: Council) -> None:
    """Each line with its batch, the change of a fee by name; nothing where nothing was posted."""
    for after, fee in enumerate((93, 100)):
        folder = council.folder / f"pages-{after}"
        record(folder, [a_payment_row(fee=fee)])
        day = f"2026-06-0{after + 1}"
        council.run("reconcile", "--day", day, "--from-pages", str(folder))
    words = ("reconcile", "--from-pages", str(council.folder / "pages-1"), "--explain", "p1")

    told = council.run(*words).stdout
    shown = council.json(*words)

    assert "In the ledger:" in told
    assert "fee-changed" in told
    assert "-£0.07" in told
    assert ["fee:p1", "payment:p1", "fee:p1:changed"] == [
        line["key"] for _, line in shown["posted"]
    ]


def test_a_store_without_a_ledger_explains_as_ever(council: Council) -> None:
    """Looking makes no tables in it."""
    record(council.folder / "pages", [a_payment_row()])
    words = ("reconcile", "--from-pages", str(council.folder / "pages"), "--explain", "p1")
    (council.folder / "pay.db").touch()

    assert "In the ledger" not in council.run(*words).stdout
    assert [] == council.json(*words)["posted"]
    assert "not there yet" in council.run("store", "status").stdout
