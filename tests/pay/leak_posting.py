# SPDX-License-Identifier: MIT
"""Probes of posting files, the report and the explanation of a payment."""

import io
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from pay.payments import full_answer
from pay.posted import a_batch, a_posting, kept, some_postings

from lg_core.toml_files import TomlFault, TomlFileError, read_text_file
from lg_pay.funds import Funds
from lg_pay.payment import Payment
from lg_pay.reconcile.coding import Coding
from lg_pay.reconcile.explain import TriedRule, as_text, explain
from lg_pay.reconcile.postings import Origin, Posting
from lg_pay.reconcile.report import report_html, summary, write_report
from lg_pay.reconcile.rules import CodingRule, CodingRules
from lg_pay.reconcile.run import Outcome
from lg_pay.reconcile.writers import (
    ColumnsWriter,
    CsvWriter,
    FixedWidthWriter,
    Format,
    JsonWriter,
    LayoutField,
    LayoutKind,
    LayoutProfile,
    LocalGovIms,
    LocalGovImsWriter,
    PostingWriter,
    control,
    write_files,
    writer,
)
from lg_pay.reconcile.writers.layout_fields import is_amount, is_date
from lg_pay.reconcile.writers.neutral import rate_text

__all__: list[str] = []

FUNDS = Funds.from_toml('[funds.SUSP]\nname = "S"\n[suspense]\nfund = "SUSP"\n')
NOW = datetime(2026, 4, 1, tzinfo=UTC)


def _planted(value: str, *, rule: str = "basket") -> Posting:
    return a_posting(
        origin=Origin(value, "stripe", value), account_reference=value, narrative=value, rule=rule
    )


@probe
def posting_files(saw: Saw) -> None:
    """What does not fit is refused by its row and field, and no repr shows what is in a file."""
    ims = LocalGovIms("S", {"web": "90", "fee": "PF"}, PLANTED["reference"])
    short = LayoutField(name="Reference", source="reference", width=3)
    for kind in LayoutKind:
        profile = LayoutProfile.example(kind)
        saw(profile)
        narrow = replace(profile, columns=(short,))
        made: tuple[PostingWriter, ...] = (
            (ColumnsWriter(profile), ColumnsWriter(narrow), CsvWriter(), JsonWriter())
            if kind is LayoutKind.COLUMNS
            else (FixedWidthWriter(profile), FixedWidthWriter(narrow), LocalGovImsWriter(ims))
        )
        for value in PLANTED.values():
            for text in (value, f"{value}\n", f"{value}日本", value * 9):
                line = _planted(text)
                for one in made:
                    saw.attempt(one.write, a_batch([line]), [line], io.BytesIO())
        saw.attempt(ColumnsWriter, profile)
        saw.attempt(FixedWidthWriter, profile)
    saw([ims, short, a_batch([_planted(PLANTED["name"])])])
    saw.attempt(control, a_batch(some_postings()))
    saw([rate_text(2000), is_amount("gross"), is_date("day")])
    saw.attempt(short.shown, PLANTED["name"], where="Row 1", encoding="utf-8")


@probe
def files_of_settings(saw: Saw) -> None:
    """A layout that cannot be read is named by its line and its key alone."""
    for value in PLANTED.values():
        for text in (
            f"name = {value!r}",
            f"{value}",
            f'name = "x"\nkind = {value!r}\nencoding = {value!r}\ncolumns = {value!r}',
            f'name = "x"\nkind = "columns"\n[[columns]]\nname = "a"\nsource = {value!r}',
            f'name = "x"\nkind = "columns"\n[[columns]]\nname = {value!r}\nwidth = {value!r}',
            f'name = "x"\nkind = "columns"\n[[columns]]\nfill = {value!r}\ndate = {value!r}',
            f"office_code = {value!r}\nmop_codes = {value!r}",
        ):
            saw.attempt(LayoutProfile.from_toml, text)
            saw.attempt(LocalGovIms.from_toml, text)
        saw.attempt(LocalGovIms, value * 9, {value: value * 9})
        saw.attempt(LocalGovIms, "S", {"web": "90", "fee": value * 9}, value * 9)
        for name in (*Format, value):
            saw.attempt(writer, name)
            saw.attempt(writer, name, settings=value)
        saw.attempt(read_text_file, value)
    saw(TomlFileError("x.toml", [TomlFault(1, "name", "is missing.")]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.toml")
        path.write_bytes(PLANTED["name"].encode() + b"\xff")
        saw.attempt(LayoutProfile.read, path)
        saw.attempt(LocalGovIms.read, path)


@probe
def a_folder_of_files(saw: Saw) -> None:
    """A write that fails says so without what it wrote; the report has references in suspense."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [
            replace(_planted(value), key=f"payment:{at}")
            for at, value in enumerate(PLANTED.values())
        ]
        book, batch = kept(folder, lines)
        saw.attempt(write_files, batch, book, folder / "out")
        (folder / "out" / f"{batch.name}.csv").write_text(PLANTED["name"], "utf-8")
        saw.attempt(write_files, batch, book, folder / "out")
        saw.attempt(write_files, batch, book, folder / "out" / f"{batch.name}.csv")
        saw.attempt(write_files, batch, book, folder / "two", formats=(CsvWriter(), CsvWriter()))
        book.erase(reference=PLANTED["reference"])
        saw.attempt(write_files, batch, book, folder / "three")
        outcome = Outcome(batch, not_captured=(("w" * 26, NOW),))
        saw.text("report", report_html(outcome, book=book))
        saw.text("summary", summary(outcome))
        saw.attempt(write_report, folder / "report.html", outcome=outcome, book=book)
        saw.attempt(write_report, folder / "none" / "r.html", outcome=outcome, book=book)
        book.close()


@probe
def an_explanation(saw: Saw) -> None:
    """An explanation shows the payment's id and the rules, and its repr no reference."""
    payment = Payment.model_validate(
        full_answer(
            reference=PLANTED["reference"],
            description=PLANTED["description"],
            email=PLANTED["e-mail"],
            metadata={PLANTED["metadata key"]: PLANTED["metadata value"]},
        )
    )
    rules = CodingRules((CodingRule("Links", "SUSP", description="Garden*"),))
    one = explain(payment, account="main", coding=Coding(FUNDS, rules))
    saw([one, one.gross, one.vat, TriedRule("Links", None)])
    # Its work is to show the account reference; nothing else of the payment may stand in it.
    saw.text("explanation", as_text(one).replace(PLANTED["reference"], ""))
