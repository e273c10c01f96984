# SPDX-License-Identifier: MIT
"""Templates and files of rows for the tests of bulk sending."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from lg_notify.bulk import BulkFile, BulkRules
from lg_notify.template import Template

__all__ = ["EMAIL", "LETTER", "RULES", "SMS", "TODAY", "a_file", "a_template", "lines_of"]

TODAY = date(2026, 11, 28)
RULES = BulkRules(on=TODAY)


def a_template(body: str, **parts: Any) -> Template:
    """Return a template; a text where no type is given."""
    values: dict[str, Any] = {
        "id": "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02",
        "type": "sms",
        "name": "Bin day",
        "version": 1,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
        "body": body,
    }
    return Template(**(values | parts))


SMS = a_template(
    "Hello ((name)), your next bin day is ((day)). ((garden??Put your garden waste out too.))"
)
EMAIL = a_template(
    "Dear ((name))\n\nYou paid ((amount)).",
    type="email",
    subject="Your payment ((payment-reference))",
    id="0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e03",
)
LETTER = a_template(
    "Dear ((name))\n\nPlease pay ((amount)).",
    type="letter",
    subject="Your council tax, ((address line 1))",
    postage="economy",
    letter_contact_block="Council\n((office))",
    id="0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e04",
)


def a_file(folder: Path, *lines: str, template: Template = SMS, **options: Any) -> BulkFile:
    """Write a file of lines, and return it."""
    path = folder / "rows.csv"
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    given: dict[str, Any] = {"rules": RULES} | options
    return BulkFile(path, template=template, **given)


def lines_of(count: int, *, start: int = 0) -> list[str]:
    """Return a header and so many different rows that can be sent as texts."""
    rows = [
        f"07900 {900000 + start + number},Person {start + number},Monday,no"
        for number in range(count)
    ]
    return ["phone number,name,day,garden", *rows]
