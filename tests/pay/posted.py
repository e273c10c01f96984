# SPDX-License-Identifier: MIT
"""Lines and batches for the tests of what is written from them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from hypothesis import strategies as st

from lg_core.money import Pence, VatRate, split_vat
from lg_pay.reconcile.batches import Batch, add_up
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.posting_book import PostingBook
from lg_pay.reconcile.postings import Adjustment, Origin, Posting

__all__ = ["DAY", "ID", "a_batch", "a_posting", "batches", "kept", "numbered", "some_postings"]

DAY = date(2026, 4, 1)
ID = "hu20sqlact5260q2nanm0q8u93"


def a_posting(**changes: object) -> Posting:
    """Return a line of garden waste, paid at 00:30 British Summer Time, with changes."""
    values: dict[str, object] = {
        "key": f"payment:{ID}",
        "line": 1,
        "kind": Kind.PAYMENT,
        "id": ID,
        "payment_id": ID,
        "account": "main",
        "day": DAY,
        "at": datetime(2026, 3, 31, 23, 30, tzinfo=UTC),
        "origin": Origin("GW-0001", "stripe", "pi_123", "web"),
        "fund": "GW",
        "account_reference": "10012345",
        "cost_centre": "40010",
        "gl_code": "8210",
        "vat_code": "SR",
        "vat_rate": 2000,
        "gross": Pence(4650),
        "vat": Pence(775),
        "narrative": "BIN",
        "rule": "basket",
        "adjustment": Adjustment.NONE,
        **changes,
    }
    return Posting(**values)  # pyright: ignore[reportArgumentType]  # the fields of a posting


def some_postings() -> tuple[Posting, ...]:
    """Return a day of each kind: paid, refunded, disputed, fees, late, reversed, in suspense."""
    refund = "r" * 26
    return numbered(
        [
            a_posting(),
            a_posting(line=2, fund="CT", vat_code="OS", vat_rate=None, vat=Pence(0)),
            a_posting(kind=Kind.FEE, gross=Pence(-120), vat=Pence(0), fund="FEES", vat_rate=None,
                      account_reference="", rule="fee"),
            a_posting(kind=Kind.REFUND, id=refund, gross=Pence(-4650), vat=Pence(-775),
                      rule="full refund"),
            a_posting(kind=Kind.DISPUTE, id="d" * 26, gross=Pence(-100), vat=Pence(-17),
                      adjustment=Adjustment.LATE, rule="part dispute pro rata"),
            a_posting(kind=Kind.DISPUTE_FEE, id="d" * 26, gross=Pence(-2000), vat=Pence(0),
                      fund="FEES", vat_rate=None, account_reference="", rule="fee"),
            a_posting(id="e" * 26, payment_id="e" * 26, gross=Pence(-900), vat=Pence(-150),
                      adjustment=Adjustment.REVERSAL),
            a_posting(id="s" * 26, payment_id="s" * 26, fund="SUSP", vat_code="", vat_rate=None,
                      vat=Pence(0), rule="suspense: no rule", origin=Origin("what a payer typed"),
                      account_reference="what a payer typed"),
        ]
    )  # fmt: skip


def numbered(postings: Sequence[Posting]) -> tuple[Posting, ...]:
    """Give each line the name of its movement, and instants in their order."""
    return tuple(
        replace(
            one,
            key=f"{one.kind}:{one.id}"
            + (":reversed" if one.adjustment is Adjustment.REVERSAL else ""),
            at=one.at.replace(second=at % 60, microsecond=1000 * (at // 60)),
        )
        for at, one in enumerate(postings)
    )


def a_batch(postings: Sequence[Posting], *, day: date = DAY, ledger: str = "income") -> Batch:
    """Return the batch of lines."""
    totals, digest = add_up(postings)
    return Batch(ledger, 17, day, totals, digest)


def kept(folder: Path, postings: Sequence[Posting]) -> tuple[PostingBook, Batch]:
    """Return a book that holds a batch of these lines, and the batch."""
    book = PostingBook(f"sqlite:///{folder / 'pay.db'}")
    with book.new_batch("income", day=DAY) as new:
        new.add(postings)
        batch = new.seal()
    return book, batch


@st.composite
def batches(draw: st.DrawFn) -> tuple[Batch, tuple[Posting, ...]]:
    """Any lines, with the batch of them."""
    texts = st.text(
        st.characters(min_codepoint=32, max_codepoint=0x17F, exclude_categories=("Cc",)),
        max_size=12,
    )
    lines: list[Posting] = []
    for at in range(draw(st.integers(0, 6))):
        gross = Pence(draw(st.integers(-9_999_999, 9_999_999)))
        rate = draw(st.sampled_from([None, 0, 500, 2000]))
        vat = Pence(0) if rate is None else split_vat(gross, rate=VatRate(rate)).vat
        kind = draw(st.sampled_from(Kind))
        lines.append(
            a_posting(
                key=f"{kind}:{at:026}",
                kind=kind,
                id=f"{at:026}",
                payment_id=f"{at:026}",
                fund=draw(st.sampled_from(["GW", "CT", "SUSP"])),
                account_reference=draw(texts),
                narrative=draw(texts),
                vat_rate=rate,
                gross=gross,
                vat=vat,
                adjustment=draw(st.sampled_from(Adjustment)),
                rule=draw(st.sampled_from(["basket", "suspense: no rule"])),
                origin=Origin(draw(texts)),
            )
        )
    return a_batch(lines), tuple(lines)
