# SPDX-License-Identifier: MIT
"""Show what a run came to: a page for finance, and a short table for the terminal.

The page is one file: no script, no picture, no address of any other machine. It names no person
and no e-mail address. References stand in the list of lines in suspense alone, where somebody
has to find them.
"""

import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from lg_core.days import format_day
from lg_core.errors import ConfigError
from lg_core.money import Pence, format_pounds
from lg_pay._basket_fields import personal_shape
from lg_pay.reconcile._charts import across, upright
from lg_pay.reconcile._report_page import page, section, table_of
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment, Posting

if TYPE_CHECKING:
    from lg_pay.reconcile.posting_book import PostingBook
    from lg_pay.reconcile.run import Outcome

__all__ = ["report_html", "summary", "write_report"]

_LONDON: Final = ZoneInfo("Europe/London")
_DAYS: Final = 30
_LISTED: Final = 500
_LONGEST: Final = 60
_KINDS: Final[Mapping[Kind, str]] = {
    Kind.PAYMENT: "Payments",
    Kind.REFUND: "Refunds",
    Kind.DISPUTE: "Lost disputes",
    Kind.FEE: "Fees of payments",
    Kind.DISPUTE_FEE: "Fees of disputes",
}
_ADJUSTMENTS: Final[Mapping[Adjustment, str]] = {
    Adjustment.LATE: "Became known late",
    Adjustment.REVERSAL: "Taken back",
    Adjustment.FEE_CHANGED: "Fee changed",
    Adjustment.DISPUTE_WON: "Dispute won",
}


@dataclass(slots=True)
class _Seen:
    """What one reading of the lines gives. The lists stop at a length, and the counts do not."""

    counts: dict[Kind, int] = field(default_factory=dict[Kind, int])
    sums: dict[Kind, Pence] = field(default_factory=dict[Kind, Pence])
    suspense: list[Posting] = field(default_factory=list[Posting])
    adjusted: list[Posting] = field(default_factory=list[Posting])
    suspense_count: int = 0
    adjusted_count: int = 0

    def read(self, lines: Iterable[Posting]) -> None:
        for one in lines:
            self.counts[one.kind] = self.counts.get(one.kind, 0) + 1
            self.sums[one.kind] = self.sums.get(one.kind, Pence(0)) + one.gross
            if one.in_suspense:
                self.suspense_count += 1
                if len(self.suspense) < _LISTED:
                    self.suspense.append(one)
            if one.adjustment is not Adjustment.NONE:
                self.adjusted_count += 1
                if len(self.adjusted) < _LISTED:
                    self.adjusted.append(one)


def report_html(
    outcome: "Outcome", *, book: "PostingBook", fund_names: Mapping[str, str] | None = None
) -> str:
    """Make the page of a batch.

    Args:
        outcome: what the run came to.
        book: what has been posted.
        fund_names: the name of each fund by its code, to show beside the code.

    Returns:
        A whole HTML document.
    """
    batch = outcome.batch
    seen = _Seen()
    seen.read(book.lines(batch))
    names = fund_names or {}
    recent = [one for one in book.batches(batch.ledger) if one.day <= batch.day]
    parts = [
        _at_a_glance(outcome),
        _by_fund(batch, names),
        _by_kind(seen),
        _last_days(batch, recent),
        _suspense(seen),
        _adjustments(seen),
        _not_captured(outcome),
        _notes(outcome),
    ]
    return page(
        title=f"Posting report for {format_day(batch.day)}",
        lead=f"Batch {batch.number} of the ledger {batch.ledger}",
        parts=parts,
    )


def write_report(
    path: str | Path,
    *,
    outcome: "Outcome",
    book: "PostingBook",
    fund_names: Mapping[str, str] | None = None,
) -> Path:
    """Write the page to a file, whole or not at all. An earlier page there is replaced.

    Args:
        path: the file.
        outcome: what the run came to.
        book: what has been posted.
        fund_names: the name of each fund by its code.

    Returns:
        The path.

    Raises:
        ConfigError: the file cannot be written.
    """
    target = Path(path)
    text = report_html(outcome, book=book, fund_names=fund_names)
    part = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise ConfigError(
            f"The report cannot be written ({type(error).__name__}). Check its path and who may "
            "write there.",
            setting="path",
        ) from error
    return target


def summary(outcome: "Outcome") -> str:
    """Lay out what a run came to, for a terminal.

    Args:
        outcome: what the run came to.

    Returns:
        Lines of text. No reference stands in them.
    """
    from lg_core.cli import table  # noqa: PLC0415 -- for a terminal alone

    batch, totals = outcome.batch, outcome.batch.totals
    made = "was made before; nothing was posted now" if outcome.repeated else "was made"
    blocks = [
        f"Batch {batch.name} {made}.",
        table([(name, format_pounds(pence)) for name, pence in _sums(batch)],
              columns=("", "Amount")),
        table(
            [
                (one.fund, one.vat_code, one.lines, format_pounds(one.gross),
                 format_pounds(one.net), format_pounds(one.vat))
                for one in totals.funds
            ],
            columns=("Fund", "VAT code", "Lines", "Gross", "Net of VAT", "VAT"),
        ),
        "\n".join(f"{name}: {text}" for name, text in _facts(outcome)),
        *outcome.notes,
    ]  # fmt: skip
    return "\n\n".join(blocks)


def _sums(batch: Batch) -> tuple[tuple[str, Pence], ...]:
    totals = batch.totals
    return (
        ("Payments", totals.payments),
        ("Refunds", totals.refunds),
        ("Lost disputes", totals.disputes),
        ("Income before fees", totals.gross),
        ("Fees", totals.fees),
        ("Income after fees", totals.net),
        ("Adjustments within these", totals.adjustments),
        *((f"Of these: {_ADJUSTMENTS[one.adjustment]}", one.gross) for one in totals.adjusted),
    )


def _facts(outcome: "Outcome") -> Iterator[tuple[str, str]]:
    totals = outcome.batch.totals
    yield "Lines", f"{totals.lines:,}"
    yield "Lines in suspense", f"{totals.suspense:,}"
    yield (
        "Payments not yet captured",
        "not looked at: the batch was made before"
        if outcome.repeated
        else f"{len(outcome.not_captured):,}",
    )
    if outcome.earlier:
        yield "Movements before the first batch, left out", f"{outcome.earlier:,}"
    yield "Digest", outcome.batch.digest


def _at_a_glance(outcome: "Outcome") -> str:
    facts = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>"
        for name, text in (
            ("Day", format_day(outcome.batch.day)),
            ("Batch", outcome.batch.name),
            *_facts(outcome),
        )
    )
    sums = table_of(
        "Control totals",
        columns=("What", "Amount"),
        rows=[(escape(name), _money(pence)) for name, pence in _sums(outcome.batch)],
        numbers={1},
    )
    return section("The batch", f"<dl>{facts}</dl>{sums}")


def _by_fund(batch: Batch, names: Mapping[str, str]) -> str:
    funds = batch.totals.funds
    if not funds:
        return section("By fund", "<p>Nothing was posted.</p>")
    largest = max(abs(int(one.gross)) for one in funds)
    rows = [
        (
            escape(f"{one.fund} {names.get(one.fund, '')}".strip()),
            escape(one.vat_code),
            f"{one.lines:,}",
            _money(one.gross),
            across(int(one.gross), largest=largest),
            _money(one.net),
            _money(one.vat),
        )
        for one in funds
    ]
    columns = ("Fund", "VAT code", "Lines", "Gross", "Chart of gross", "Net of VAT", "VAT")
    made = table_of("Amounts by fund and VAT code", columns=columns, rows=rows,
                    numbers={2, 3, 5, 6})  # fmt: skip
    return section("By fund", made)


def _by_kind(seen: _Seen) -> str:
    rows = [
        (name, f"{seen.counts.get(kind, 0):,}", _money(seen.sums.get(kind, Pence(0))),
         across(int(seen.sums.get(kind, 0)), largest=_largest(seen)))
        for kind, name in _KINDS.items()
    ]  # fmt: skip
    made = table_of("Amounts by kind of movement",
                    columns=("Kind", "Lines", "Amount", "Chart of amount"),
                    rows=rows, numbers={1, 2})  # fmt: skip
    return section("By kind", made)


def _largest(seen: _Seen) -> int:
    return max((abs(int(pence)) for pence in seen.sums.values()), default=0)


def _last_days(batch: Batch, recent: Sequence[Batch]) -> str:
    first = batch.day - timedelta(days=_DAYS - 1)
    by_day = {one.day: one for one in (*recent, batch) if one.day >= first}
    days = [first + timedelta(days=at) for at in range(_DAYS)]
    sums = [by_day[day].totals.gross if day in by_day else None for day in days]
    known = [pence for pence in sums if pence is not None]
    best = max(known)
    said = (
        f"{len(known)} of {_DAYS} days have a batch. The most was {format_pounds(best)}, the "
        f"least {format_pounds(min(known))}. The table below has each day."
    )
    chart = upright(
        [None if pence is None else int(pence) for pence in sums],
        title=f"Income before fees of the last {_DAYS} days",
        description=said,
        name="days",
    )
    rows = [
        (format_day(day), f"{found.number}", f"{found.totals.lines:,}",
         _money(found.totals.gross), _money(found.totals.fees))
        for day in reversed(days)
        if (found := by_day.get(day)) is not None
    ]  # fmt: skip
    made = table_of("Batches of the last 30 days",
                    columns=("Day", "Batch", "Lines", "Income before fees", "Fees"),
                    rows=rows, numbers={1, 2, 3, 4})  # fmt: skip
    figure = (
        f'<figure>{chart}<div class="ends"><span>{format_day(days[0])}</span>'
        f"<span>{format_day(days[-1])}</span></div><figcaption>{escape(said)}</figcaption></figure>"
    )
    return section("The last 30 days", f"{figure}{made}")


def _suspense(seen: _Seen) -> str:
    if not seen.suspense:
        return section("In suspense", "<p>Every line found its fund.</p>")
    rows = [
        (escape(one.payment_id), _KINDS[one.kind], _money(one.gross), escape(one.rule),
         escape(_reference(one.origin.reference)))
        for one in seen.suspense
    ]  # fmt: skip
    made = table_of("Lines that nothing decided",
                    columns=("Payment", "Kind", "Amount", "Reason", "Reference"),
                    rows=rows, numbers={2})  # fmt: skip
    text = "<p>Find out what each was for, and move it in the ledger. Add a rule for its like.</p>"
    return section("In suspense", f"{text}{made}{_more(seen.suspense_count)}")


def _reference(text: str) -> str:
    """Show a reference, unless a payer typed something personal there, or an essay."""
    shape = personal_shape(text)
    if shape or "@" in text:
        return f"(looks like {shape or 'an e-mail address'}: see GOV.UK Pay)"
    return text if len(text) <= _LONGEST else "(long: see GOV.UK Pay)"


def _adjustments(seen: _Seen) -> str:
    if not seen.adjusted:
        return section("Adjustments", "<p>Every line belongs to this day.</p>")
    rows = [
        (escape(one.id), _KINDS[one.kind], _ADJUSTMENTS[one.adjustment], format_day(one.day),
         escape(one.fund), _money(one.gross))
        for one in seen.adjusted
    ]  # fmt: skip
    made = table_of("Lines that belong to another day",
                    columns=("Movement", "Kind", "Why", "Its own day", "Fund", "Amount"),
                    rows=rows, numbers={5})  # fmt: skip
    return section("Adjustments", f"{made}{_more(seen.adjusted_count)}")


def _not_captured(outcome: "Outcome") -> str:
    if outcome.repeated:
        text = "<p>The batch was made before, so this was not looked at again.</p>"
        return section("Not yet captured", text)
    if not outcome.not_captured:
        return section("Not yet captured", "<p>No payment waits for its money.</p>")
    rows = [
        (escape(payment_id), f"{format_day(local.date())}, {local:%H:%M}")
        for payment_id, created in outcome.not_captured[:_LISTED]
        for local in (created.astimezone(_LONDON),)
    ]
    made = table_of("Payments whose money may still come",
                    columns=("Payment", "Created"), rows=rows, numbers=set())  # fmt: skip
    return section("Not yet captured", f"{made}{_more(len(outcome.not_captured))}")


def _notes(outcome: "Outcome") -> str:
    if not outcome.notes:
        return section("Notes", "<p>GOV.UK Pay’s records told everything.</p>")
    items = "".join(f"<li>{escape(note)}</li>" for note in outcome.notes)
    return section("Notes", f"<ul>{items}</ul>")


def _more(count: int) -> str:
    left = count - _LISTED
    return f"<p>And {left:,} more.</p>" if left > 0 else ""


def _money(amount: Pence) -> str:
    return escape(format_pounds(amount))
