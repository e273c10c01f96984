from datetime import date

from lg_core.money import Pence
from lg_pay.reconcile import Batch, ControlTotals
from lg_pay.reconcile.batches import add_up, digest_of


def test_an_empty_batch_has_totals_and_a_digest() -> None:
    """A day without money is a batch too, and its digest is that of no bytes."""
    totals, digest = add_up([])

    assert ControlTotals(0, *[Pence(0)] * 5, suspense=0) == totals
    assert digest_of([]) == digest
    assert digest.startswith("e3b0c44298fc1c14")


def test_the_digest_depends_on_the_order() -> None:
    """The lines of a batch have one order."""
    assert digest_of(["a", "b"]) != digest_of(["b", "a"])


def test_a_batch_has_a_name_for_people() -> None:
    """Ledger, day and number, so that files sort by day."""
    totals, digest = add_up([])

    assert "income-2026-04-01-000017" == Batch("income", 17, date(2026, 4, 1), totals, digest).name
