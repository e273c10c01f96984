# SPDX-License-Identifier: MIT
"""How a dry run and what became of a run read in a terminal."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from lg_core.cli import table
from lg_notify.bulk import BulkReport, BulkTemplate, LineFinding, Schedule
from lg_notify.message import TemplateType

__all__ = ["pounds", "report_text", "when"]

_LONDON: Final = ZoneInfo("Europe/London")
_SHOWN: Final = 20
_DAY_SECONDS: Final = 86_400
_COSTING: Final = (
    "extra_digit", "no_plus", "costs_more", "cost_unknown", "crown_dependency",
    "costs_as_unicode", "repeated",
)  # fmt: skip
"""Warnings of what costs money, the dearest first."""


def pounds(amount: Decimal) -> str:
    """Write an amount of pounds; tenths of a penny only where there are some."""
    exact = amount.normalize()
    places = max(2, -int(exact.as_tuple().exponent)) if exact else 2
    return f"£{amount:,.{places}f}"


def when(instant: datetime) -> str:
    """Write an instant as clocks in London show it."""
    return f"{instant.astimezone(_LONDON):%A %d %B %Y, %H:%M}"


def report_text(report: BulkReport, *, template: BulkTemplate, budget: Decimal | None) -> str:
    """Lay out what a dry run found."""
    bad = report.rows - report.sendable
    rows: list[tuple[str, str]] = [
        ("template", f"{template.name} ({_KINDS[template.channel]})"),
        ("rows", f"{report.rows:,}"),
        ("can be sent", f"{report.sendable:,}"),
        ("have problems", f"{bad:,}"),
        *_costs(report, template),
    ]
    if budget is not None:
        rows.append((f"within {pounds(budget)}", f"{report.within_budget:,}"))
    if report.schedule is not None and report.within_budget:
        rows += _times(report.schedule)
    parts = [table(rows, columns=("What", "Is"))]
    parts += _list("Problems", report.problems, report.problem_counts)
    costing = {code: report.warning_counts[code] for code in _COSTING if _has(report, code)}
    others = {code: n for code, n in report.warning_counts.items() if code not in costing}
    told = [each for each in report.warnings if each.code in costing]
    parts += _list("Warnings that cost money", told, costing)
    told = [each for each in report.warnings if each.code in others]
    parts += _list("Other warnings", told, others)
    return "\n\n".join(parts)


_KINDS: Final = {
    TemplateType.SMS: "text",
    TemplateType.EMAIL: "e-mail",
    TemplateType.LETTER: "letter",
}


def _has(report: BulkReport, code: str) -> bool:
    return code in report.warning_counts


def _costs(report: BulkReport, template: BulkTemplate) -> Iterable[tuple[str, str]]:
    cost = report.cost
    if template.channel is TemplateType.SMS:
        for length, count in report.lengths.items():
            yield f"as {length} text{'s' if length > 1 else ''} each", f"{count:,}"
        yield "texts charged for", f"{cost.units - cost.free_units:,}"
        yield "texts that are free", f"{cost.free_units:,}"
    if template.channel is TemplateType.LETTER:
        yield "sheets of paper", f"{cost.sheets:,}"
    if cost.unknown:
        yield "to countries at an unknown rate", f"{cost.unknown:,}"
        yield "cost at the least, without VAT", pounds(cost.pounds)
        yield "cost at the most, without VAT", pounds(cost.most_pounds)
    else:
        yield "cost, without VAT", pounds(cost.pounds)


def _times(schedule: Schedule) -> Iterable[tuple[str, str]]:
    yield "time at 50 a second", _span(schedule.seconds)
    yield "days by the daily limit", str(schedule.days)
    if schedule.waits_for_hours:
        yield "waits for the sending hours until", when(schedule.begins)
    yield "ends about", when(schedule.ends)


def _span(seconds: float) -> str:
    if seconds < 60:  # noqa: PLR2004 -- a minute
        whole = max(1, round(seconds))
        return f"{whole} second{'s' if whole > 1 else ''}"
    minutes = round(seconds / 60)
    if minutes < 120:  # noqa: PLR2004 -- two hours
        return f"{minutes} minutes"
    return f"{seconds / 3600:.1f} hours"


def _list(
    heading: str, findings: Iterable[LineFinding], counts: Mapping[str, int]
) -> Iterable[str]:
    total = sum(counts.values())
    if not total:
        return
    shown = list(findings)[:_SHOWN]
    lines = [f"{heading} ({total:,}):"]
    for each in shown:
        column = f", {each.column}" if each.column else ""
        lines.append(f"  line {each.line:,}{column}: {each.text}")
    if total > len(shown):
        kinds = ", ".join(f"{code} {number:,}" for code, number in counts.items())
        lines.append(f"  and {total - len(shown):,} more. By kind: {kinds}.")
        lines.append("  --results names the problems of every line.")
    yield "\n".join(lines)
