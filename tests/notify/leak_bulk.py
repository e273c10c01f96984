# SPDX-License-Identifier: MIT
"""Probes of bulk sending: whatever stands in a file of rows, no report and no error repeats it."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from notify.bulk_files import EMAIL, LETTER, RULES, SMS
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_notify import Dispatcher, NotifyClient, Outbox, bulk
from lg_notify._commands._sending import Sending, Wishes, send_rows
from lg_notify.bulk._spending import BulkCost
from lg_sandbox import Sandbox

__all__: list[str] = []

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HEADERS = {
    SMS.id: "phone number,name,day,garden",
    EMAIL.id: "email address,name,amount,payment reference",
    LETTER.id: "address line 1,address line 2,postcode,name,amount,office",
}
GOOD = {
    SMS.id: f"{PLANTED['phone']},{PLANTED['name']},{PLANTED['town']},no",
    EMAIL.id: f"{PLANTED['e-mail']},{PLANTED['name']},1,{PLANTED['reference']}",
    LETTER.id: f"{PLANTED['name']},{PLANTED['address']},SW1A 1AA,{PLANTED['name']},1,Hall",
}


@probe
def files_of_rows(saw: Saw) -> None:
    """A report has lines, columns and what to do, and nothing that stood in a cell or a heading."""
    with TemporaryDirectory() as folder:
        for template, value in product((SMS, EMAIL, LETTER), PLANTED.values()):
            header, good = HEADERS[template.id], GOOD[template.id]
            width = header.count(",") + 1
            rows = (good, good, ",".join([value] * width), value, f"{value}{'x' * 1000},,,")
            for number, text in enumerate(
                (
                    "\n".join((header, *rows)),
                    "\n".join((f"{header},key", f"{good},{value}", f"{good},{value * 50}")),
                    f"{value}\n{good}",
                    f'{header}\n"{value}',
                )
            ):
                path = Path(folder, f"{number}.csv")
                path.write_text(text, "utf-8")
                named = {} if number else {"to": header.partition(",")[0]} if width > 6 else {}
                file = bulk.BulkFile(path, template=template, rules=RULES, columns=named)
                saw([file, file.template, file.rules])
                report = saw.attempt(file.check, now=NOW)
                if isinstance(report, bulk.BulkReport):
                    saw(report)
                with suppress(ValueError):  # looked at above
                    saw(list(file.rows()))
            wrong = bulk.BulkFile(
                Path(folder, "0.csv"), template=template, rules=RULES, columns={value: value}
            )
            saw.attempt(wrong.check, now=NOW)
            gone = bulk.BulkFile(
                Path(folder, value), template=template, rules=RULES, encoding=value
            )
            saw.attempt(gone.check, now=NOW)
            saw.attempt(bulk.write_results, Path(folder, value, value), [])


@probe
def numbers_of_a_run(saw: Saw) -> None:
    """What is out of range is not repeated."""
    for value in PLANTED.values():
        saw.attempt(bulk.schedule, 1, now=NOW, per_day=0, per_second=value)
    saw(bulk.schedule(3, now=NOW, per_day=1))
    saw.attempt(BulkCost.of, [], free_fragments=-1)
    saw(BulkCost.of([]))
    template = bulk.BulkTemplate(SMS, prefix=PLANTED["name"])
    saw(template.measured({"name": PLANTED["name"], "day": "ŵ", "garden": "no"}))
    saw.attempt(template.message, [PLANTED["name"]], {"name": PLANTED["name"]})
    saw.attempt(template.message, [PLANTED["phone"]], {"name": PLANTED["name"]})


@probe
def runs(saw: Saw) -> None:
    """A run, the command over it, and its results."""
    with TemporaryDirectory() as folder, Sandbox() as sandbox:
        rows = Path(folder, "rows.csv")
        lines = (HEADERS[SMS.id], GOOD[SMS.id], f"{PLANTED['card number']},,a,b")
        rows.write_text("\n".join(lines), "utf-8")
        with (
            NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as notify,
            Outbox(Path(folder, "outbox.db")) as outbox,
        ):
            file = bulk.BulkFile(rows, template=SMS, rules=RULES)

            def run_of(**given: Any) -> bulk.BulkRun:
                with bulk.BulkRun(outbox, **given) as run:
                    return run

            for name in (PLANTED["name"], f"{PLANTED['name']}/"):
                saw.attempt(run_of, name=name, budget=Decimal(1))
            saw.attempt(run_of, name="a", budget=PLANTED["name"])
            with bulk.BulkRun(outbox, name=PLANTED["name"]) as run:
                saw(run)
                saw.attempt(run.enqueue, file.rows())
                dispatcher = Dispatcher(outbox, notify)
                saw.attempt(run.dispatch, dispatcher, patience=timedelta())
                saw(run.standing())
                saw(list(run.results()))
            sending = Sending(
                file=file,
                outbox=lambda: outbox,
                dispatcher=lambda each: Dispatcher(each, notify),
                agree=lambda question: saw.text("question", question),
            )
            for dry_run in (True, False):
                wishes = Wishes(
                    name="run",
                    dry_run=dry_run,
                    skip_bad_rows=True,
                    json=dry_run,
                    results=Path(folder, "results.csv"),
                    patience=timedelta(),
                )
                saw.attempt(send_rows, sending, wishes)
                saw.text("results", Path(folder, "results.csv").read_text("utf-8"))
