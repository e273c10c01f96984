# SPDX-License-Identifier: MIT
"""From GOV.UK Pay's records to a balanced posting file, one batch a day.

    book = PostingBook("sqlite:///pay.db")
    plan = Plan(Coding(Funds.read("funds.toml")))
    recording = Recording(folder)
    download(window(day, plan), accounts={"main": pay.exchange}, recording=recording)
    outcome = reconcile(day, recording=recording, book=book, plan=plan, now=datetime.now(UTC))

It needs the extra `lg-pay[book]`.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_pay.reconcile.batches import AdjustmentTotal, Batch, ControlTotals, FundTotal
    from lg_pay.reconcile.coding import Coded, Coding, PartRefunds
    from lg_pay.reconcile.download import download
    from lg_pay.reconcile.happenings import DayBasis, Happening, Kind
    from lg_pay.reconcile.pages import Pages, Recording, UnfinishedPagesError, Window
    from lg_pay.reconcile.posting_book import (
        POSTING_SCHEMA,
        BatchOvertakenError,
        PostingBook,
        RecordedRefundError,
    )
    from lg_pay.reconcile.postings import Adjustment, Origin, Posting
    from lg_pay.reconcile.rules import CodingRule, CodingRules, RulesError
    from lg_pay.reconcile.run import (
        BalanceError,
        DayError,
        Outcome,
        Plan,
        due,
        reconcile,
        window,
    )

_HOMES = {
    **dict.fromkeys(
        ("AdjustmentTotal", "Batch", "ControlTotals", "FundTotal"), "lg_pay.reconcile.batches"
    ),
    **dict.fromkeys(("Coded", "Coding", "PartRefunds"), "lg_pay.reconcile.coding"),
    "download": "lg_pay.reconcile.download",
    **dict.fromkeys(("DayBasis", "Happening", "Kind"), "lg_pay.reconcile.happenings"),
    **dict.fromkeys(
        ("Pages", "Recording", "UnfinishedPagesError", "Window"), "lg_pay.reconcile.pages"
    ),
    **dict.fromkeys(
        ("POSTING_SCHEMA", "BatchOvertakenError", "PostingBook", "RecordedRefundError"),
        "lg_pay.reconcile.posting_book",
    ),
    **dict.fromkeys(("Adjustment", "Origin", "Posting"), "lg_pay.reconcile.postings"),
    **dict.fromkeys(("CodingRule", "CodingRules", "RulesError"), "lg_pay.reconcile.rules"),
    **dict.fromkeys(
        ("BalanceError", "DayError", "Outcome", "Plan", "due", "reconcile", "window"),
        "lg_pay.reconcile.run",
    ),
}

__all__ = [
    "POSTING_SCHEMA",
    "Adjustment",
    "AdjustmentTotal",
    "BalanceError",
    "Batch",
    "BatchOvertakenError",
    "Coded",
    "Coding",
    "CodingRule",
    "CodingRules",
    "ControlTotals",
    "DayBasis",
    "DayError",
    "FundTotal",
    "Happening",
    "Kind",
    "Origin",
    "Outcome",
    "Pages",
    "PartRefunds",
    "Plan",
    "Posting",
    "PostingBook",
    "RecordedRefundError",
    "Recording",
    "RulesError",
    "UnfinishedPagesError",
    "Window",
    "download",
    "due",
    "reconcile",
    "window",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
