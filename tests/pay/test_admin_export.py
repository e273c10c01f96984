# SPDX-License-Identifier: MIT
import csv
import io
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.payments import a_payment

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, format_pounds
from lg_core.testing import asgi
from lg_pay import PayClient
from lg_pay.admin_export import (
    CANNOT_SHOW,
    BadRow,
    ExportFault,
    ExportKind,
    ExportRow,
    ExportState,
    read_export,
)
from lg_sandbox import Sandbox

ROW = {
    "Reference": "GW-1",
    "Description": "Garden waste",
    "Email": "zq@example.org",
    "Amount": "46.50",
    "Card Brand": "Visa",
    "Cardholder Name": "Z Q",
    "Card Expiry Date": "11/29",
    "Card Number": "1111",
    "State": "Success",
    "Finished": "true",
    "Error Code": "",
    "Error Message": "",
    "Provider ID": "ch_1",
    "GOV.UK Payment ID": "p" * 26,
    "Issued By": "",
    "Date Created": "12 Mar 2026",
    "Time Created": "23:30:01",
    "Corporate Card Surcharge": "0.00",
    "Total Amount": "46.50",
    "Wallet Type": "",
    "Fee": "1.50",
    "Net": "45.00",
    "Fee (transaction)": "1.40",
    "Fee (3DS)": "0.05",
    "Fee (fraud protection)": "0.05",
    "Card Type": "debit",
    "MOTO": "false",
    "Payment Provider": "stripe",
    "3-D Secure Required": "true",
    "l1 (metadata)": "GW|A1|4650",
    "ward (metadata)": "",
}
OUT = (
    ExportState.DISPUTE_NEEDS_RESPONSE,
    ExportState.DISPUTE_UNDER_REVIEW,
    ExportState.DISPUTE_LOST,
)


def file_of(*rows: dict[str, str]) -> io.BytesIO:
    """Return a file of the admin tool."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return io.BytesIO(text.getvalue().encode())


def one(**changes: str) -> ExportRow | BadRow:
    """Read a file with one row."""
    (row,) = read_export(file_of({**ROW, **changes})).rows
    return row


def test_a_payment_is_read() -> None:
    """Amounts in pence, times in UTC, metadata by key; nothing typed is printed."""
    export = read_export(file_of({**ROW, "Amount": "1,234.50", "New": "x"}))
    (row,) = export.rows

    assert isinstance(row, ExportRow)
    assert (2, ExportKind.PAYMENT, ExportState.SUCCESS, True) == (
        row.line,
        row.kind,
        row.state,
        row.finished,
    )
    assert (123450, 4650, 0, 150, 4500) == (
        row.amount,
        row.total_amount,
        row.surcharge,
        row.fee,
        row.net,
    )
    assert datetime(2026, 3, 12, 23, 30, 1, tzinfo=UTC) == row.created
    assert ({"l1": "GW|A1|4650"}, False) == (dict(row.metadata), row.moto)
    assert (("l1", "ward"), ("New",), True) == (
        export.metadata_keys,
        export.unknown_columns,
        export.has_fees,
    )
    assert not any(text in repr(row) for text in ("GW-1", "zq@", "Z Q", "1111", "A1"))


def test_a_file_without_fees_and_moto_is_read() -> None:
    """Those columns are there for some services only."""
    plain = dict(list(ROW.items())[:20])
    export = read_export(file_of({**plain, "Total Amount": ""}))
    (row,) = export.rows

    assert isinstance(row, ExportRow)
    assert (None, None, None, None, False) == (
        row.fee,
        row.net,
        row.moto,
        row.total_amount,
        export.has_fees,
    )


@pytest.mark.parametrize("state", list(ExportState))
def test_the_state_says_what_a_row_is(state: ExportState) -> None:
    """Refunds, and disputes that are not won, go out; the rest comes in."""
    kind = "refund" if "Refund" in state else "dispute" if "Dispute" in state else "payment"
    out = kind == "refund" or state in OUT
    row = one(State=state.value, Amount="-46.50" if out else "46.50")
    wrong = one(State=state.value, Amount="46.50" if out else "-46.50")

    assert isinstance(row, ExportRow)
    assert (kind, state) == (row.kind, row.state)
    assert BadRow(2, "Amount", ExportFault.SIGN) == wrong


@pytest.mark.parametrize(
    ("changes", "column", "fault"),
    [
        ({"Amount": ""}, "Amount", ExportFault.MISSING),
        ({"Amount": "zq"}, "Amount", ExportFault.AMOUNT),
        ({"Net": "1.234,50"}, "Net", ExportFault.AMOUNT),
        ({"State": "Brand new"}, "State", ExportFault.STATE),
        ({"State": ""}, "State", ExportFault.MISSING),
        ({"Finished": "yes"}, "Finished", ExportFault.YES_OR_NO),
        ({"MOTO": "x"}, "MOTO", ExportFault.YES_OR_NO),
        ({"GOV.UK Payment ID": ""}, "GOV.UK Payment ID", ExportFault.MISSING),
        ({"GOV.UK Payment ID": "Z Q"}, "GOV.UK Payment ID", ExportFault.ID),
        ({"Date Created": "12/03/2026"}, "Date Created", ExportFault.TIME),
        ({"Date Created": "12 Mrz 2026"}, "Date Created", ExportFault.TIME),
        ({"Date Created": "31 Feb 2026"}, "Date Created", ExportFault.TIME),
        ({"Time Created": "9:00"}, "Time Created", ExportFault.TIME),
    ],
)
def test_a_row_that_cannot_be_read_is_named(
    changes: dict[str, str], column: str, fault: ExportFault
) -> None:
    """Its line, its column and what is wrong; the rows around it are read."""
    first, wrong, last = read_export(file_of(ROW, {**ROW, **changes}, ROW)).rows

    assert BadRow(3, column, fault) == wrong
    assert (2, 4) == (first.line, last.line)


def test_a_row_of_another_width_is_named() -> None:
    """A cell too many moves amounts into other columns."""
    file = io.BytesIO(file_of(ROW).getvalue().rstrip(b"\n") + b",x\n")

    assert [BadRow(2, "", ExportFault.CELLS)] == list(read_export(file).rows)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])), st.integers(0, 10**9))
def test_what_the_admin_tool_writes_is_read_again(text: str, pence: int) -> None:
    """Text with the apostrophe that it puts before a formula, and amounts with commas."""
    shielded = f"'{text}" if text[:1] in {"=", "+", "-", "@"} and text.strip() else text
    amount = format_pounds(Pence(pence), symbol=False)
    row = one(Reference=shielded, Amount=amount, **{"ward (metadata)": text})

    assert isinstance(row, ExportRow)
    if text[:1] != "'":
        assert text == row.reference
    assert pence == row.amount
    assert (text or None) == row.metadata.get("ward")


def test_a_name_may_begin_with_an_apostrophe() -> None:
    """Only one before a formula's sign is the admin tool's."""
    row = one(**{"Cardholder Name": "'t Hooft"})

    assert isinstance(row, ExportRow)
    assert "'t Hooft" == row.cardholder_name


@pytest.mark.parametrize("month", ["Jan", "Jun", "Sep", "Sept", "Dec"])
def test_months_are_read_in_any_locale(month: str) -> None:
    """Newer Java writes Sept; ours does not ask the locale."""
    assert isinstance(one(**{"Date Created": f"01 {month} 2026"}), ExportRow)


def test_another_file_is_refused() -> None:
    """The columns that it lacks are named."""
    lacking = {name: text for name, text in ROW.items() if name != "State"}
    with pytest.raises(InvalidValueError, match="no column State") as caught:
        read_export(file_of(lacking))

    assert "columns" == caught.value.code


def test_what_it_cannot_show_is_said() -> None:
    """Settlement dates and refund ids, first of all."""
    said = " ".join(CANNOT_SHOW)

    assert all(each in said for each in ("settled date", "refund ids"))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """Rows stream: ten times as many need no more memory."""
    header, row, _ = file_of(ROW).getvalue().split(b"\n")

    def peak(rows: int) -> int:
        path = tmp_path / f"{rows}.csv"
        path.write_bytes(header + b"\n" + (row + b"\n") * rows)
        with path.open("rb") as file:
            tracemalloc.start()
            try:
                count = sum(1 for _ in read_export(file).rows)
                most = tracemalloc.get_traced_memory()[1]
            finally:
                tracemalloc.stop()
        assert rows == count
        return most

    assert peak(3000) < peak(300) + 100_000


def test_the_sandboxs_own_export_is_read() -> None:
    """A payment and its refund, as the admin tool of the stand-in exports them."""
    sandbox = Sandbox()
    with PayClient(
        sandbox.pay.api_key, base_url="http://localhost", transport=asgi(sandbox.pay.app)
    ) as pay:
        paid = pay.create_payment(a_payment(reference="=GW-1")).payment_id
        pay.create_payment(a_payment())
        sandbox.pay.pay(paid)
        rows = list(read_export(io.BytesIO(sandbox.pay.export_csv().encode())).rows)

    found = {row.state: row for row in rows if isinstance(row, ExportRow)}
    assert {ExportState.SUCCESS, ExportState.IN_PROGRESS} == set(found)
    assert 2 == len(rows)
    assert (paid, "=GW-1") == (
        found[ExportState.SUCCESS].payment_id,
        found[ExportState.SUCCESS].reference,
    )
