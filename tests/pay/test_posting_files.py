# SPDX-License-Identifier: MIT
"""Posting files: each format parses back to the same sums, and a folder has a whole set or none."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.posted import DAY, ID, a_batch, a_posting, batches, kept, numbered, some_postings

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, parse_pounds
from lg_core.toml_files import TomlFileError
from lg_pay.reconcile.batches import Batch
from lg_pay.reconcile.happenings import Kind
from lg_pay.reconcile.postings import Adjustment, Origin, Posting
from lg_pay.reconcile.writers import (
    WRITERS,
    ColumnsWriter,
    CsvWriter,
    FixedWidthWriter,
    Format,
    JsonWriter,
    LayoutKind,
    LayoutProfile,
    LocalGovIms,
    LocalGovImsWriter,
    PostingFileError,
    PostingWriter,
    control,
    write_files,
    writer,
)
from lg_pay.reconcile.writers.layout_fields import (
    BATCH_SOURCES,
    LINE_SOURCES,
    ROW,
    TRAILER_SOURCES,
)

IMS = LocalGovIms("S", {"web": "90", "moto": "92", "agreement": "91", "fee": "PF"}, "FEEACC")


def written(one: PostingWriter, postings: Iterable[Posting]) -> bytes:
    """Return the bytes that a writer makes of lines."""
    lines = tuple(postings)
    file = io.BytesIO()
    assert len(lines) == one.write(a_batch(lines), lines, file)
    return file.getvalue()


def rows_of(data: bytes, encoding: str = "utf-8", delimiter: str = ",") -> list[list[str]]:
    """Return the cells of a CSV file."""
    return list(csv.reader(io.StringIO(data.decode(encoding), newline=""), delimiter=delimiter))


def table_of(data: bytes) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names of the columns."""
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def layout(columns: str, *, kind: str = "columns", top: str = "") -> LayoutProfile:
    """Return a layout of these columns."""
    return LayoutProfile.from_toml(f'name = "mine"\nkind = "{kind}"\n{top}\n{columns}')


def one_cell(column: str, posting: Posting, *, kind: str = "columns", top: str = "") -> str:
    """Return what a layout of one column shows of a line."""
    profile = layout(f'[[columns]]\nname = "Cell"\n{column}', kind=kind, top=top)
    made = ColumnsWriter(profile) if kind == "columns" else FixedWidthWriter(profile)
    data = written(made, [posting]).decode(profile.csv.encoding)
    cell = data.removesuffix("\r\n")
    return "" if cell == '""' else cell  # so a row with nothing in it is told from a blank line


# ------------------------------------------------------------------ neutral


@given(batches())
def test_the_neutral_csv_parses_back_to_the_same_sums(
    made: tuple[Batch, tuple[Posting, ...]],
) -> None:
    """Gross, net and VAT of every row are those of its line, whatever stands in the texts."""
    _, lines = made

    rows = table_of(written(CsvWriter(), lines))

    assert [(one.gross, one.net, one.vat) for one in lines] == [
        tuple(parse_pounds(row[name]) for name in ("gross", "net", "vat")) for row in rows
    ]
    assert [(one.account_reference, one.narrative) for one in lines] == [
        (row["account_reference"], row["narrative"]) for row in rows
    ]


def test_a_row_of_the_neutral_csv() -> None:
    """A row has each column that the format's page describes."""
    (row,) = table_of(written(CsvWriter(), [a_posting(adjustment=Adjustment.LATE)]))

    assert {
        "batch": "income-2026-04-01-000017", "row": "1", "key": f"payment:{ID}", "line": "1",
        "kind": "payment", "id": ID, "payment_id": ID, "pay_account": "main",
        "day": "2026-04-01", "at": "2026-03-31T23:30:00.000+00:00", "reference": "GW-0001",
        "provider": "stripe", "provider_id": "pi_123", "method": "web", "fund": "GW",
        "account_reference": "10012345", "cost_centre": "40010", "gl_code": "8210",
        "vat_code": "SR", "vat_rate": "20.00", "gross": "46.50", "net": "38.75", "vat": "7.75",
        "narrative": "BIN", "rule": "basket", "adjustment": "late",
    } == row  # fmt: skip


@given(batches())
def test_the_neutral_json_carries_its_own_proof(made: tuple[Batch, tuple[Posting, ...]]) -> None:
    """The bytes after the first line have the digest that stands in the first line."""
    batch, lines = made

    head, _, body = written(JsonWriter(), lines).partition(b"\n")

    described = json.loads(head)
    assert batch.digest == described["digest"] == hashlib.sha256(body).hexdigest()
    read = [Posting.from_json(line) for line in body.decode().split("\n")[:-1]]
    assert list(lines) == read
    assert sum(int(one.gross) for one in read) == described["total"]


def test_the_control_file_holds_the_totals() -> None:
    """What is in it adds up to the lines, fund by fund."""
    lines = some_postings()

    told = json.loads(control(a_batch(lines)))

    assert (8, 9300 + 4650 - 900, -4650, -100, -2120) == tuple(
        told[name] for name in ("lines", "payments", "refunds", "disputes", "fees")
    )
    assert told["total"] == sum(one["gross"] for one in told["funds"])
    assert (1, True, "pence") == (
        told["suspense_lines"], told["lines_match_digest"], told["amounts"],
    )  # fmt: skip


# ------------------------------------------------------------------ LocalGovIMS


@given(batches())
def test_localgovims_parses_back_to_the_same_sums(made: tuple[Batch, tuple[Posting, ...]]) -> None:
    """Amount and VAT of every row are those of its line, and no reference comes twice."""
    _, lines = made

    rows = table_of(written(LocalGovImsWriter(IMS), lines))

    assert [(one.gross, one.vat) for one in lines] == [
        (parse_pounds(row["Amount"]), parse_pounds(row["VatAmount"])) for row in rows
    ]
    assert len(lines) == len({row["TransactionReference"] for row in rows})


def test_a_row_of_localgovims() -> None:
    """A row has the fields of a ProcessedTransaction, with the London time of the payment."""
    (row,) = table_of(written(LocalGovImsWriter(IMS), [a_posting()]))

    assert {
        "TransactionReference": f"P1-{ID}", "InternalReference": ID, "PspReference": ID,
        "OfficeCode": "S", "EntryDate": "2026-04-01", "TransactionDate": "2026-04-01T00:30:00",
        "AccountReference": "10012345", "FundCode": "GW", "MopCode": "90", "Amount": "46.50",
        "VatAmount": "7.75", "VatCode": "SR", "VatRate": "0.2000", "Narrative": "BIN",
    } == row  # fmt: skip


def test_localgovims_names_each_line_within_its_36_characters() -> None:
    """Each line has a reference of its own, fees have their own method, and suspense no account."""
    long = Origin("x" * 200)
    lines = (*some_postings(), a_posting(rule="suspense: no rule", account_reference="x" * 200,
                                         line=9, origin=long))  # fmt: skip

    rows = table_of(written(LocalGovImsWriter(IMS), lines))

    names = [row["TransactionReference"] for row in rows]
    assert ["P1-", "P2-", "F1-", "R1-", "D1-", "E1-", "PX1", "P1-", "P9-"] == [
        name[:3] for name in names
    ]
    assert len(names) == len(set(names))
    assert all(len(name) <= 36 for name in names)
    assert ["90", "90", "PF", "90", "90", "PF", "90", "90", "90"] == [r["MopCode"] for r in rows]
    assert ("FEEACC", "") == (rows[2]["AccountReference"], rows[8]["AccountReference"])


def test_localgovims_dates_a_dispute_by_its_settled_day() -> None:
    """Where the instant is of another day than the posting, the day of the posting counts."""
    line = a_posting(kind=Kind.DISPUTE, at=datetime(2026, 3, 1, 12, tzinfo=UTC))

    (row,) = table_of(written(LocalGovImsWriter(IMS), [line]))

    assert "2026-04-01T00:00:00" == row["TransactionDate"]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"account_reference": "9" * 31}, "AccountReference"),
        ({"fund": "GARDEN"}, "FundCode"),
        ({"vat_code": "STD"}, "VatCode"),
        ({"narrative": "n" * 101}, "Narrative"),
        ({"id": "i" * 34}, "TransactionReference"),
        ({"origin": Origin("GW", method="agent")}, "MopCode"),
    ],
    ids=str,
)
def test_localgovims_refuses_what_it_would_cut(change: dict[str, object], name: str) -> None:
    """A value that is too long, or a method without a code, is refused with row and column."""
    with pytest.raises(InvalidValueError, match=r"Row 2 .*") as caught:
        written(LocalGovImsWriter(IMS), [a_posting(), a_posting(line=2, **change)])

    assert name == caught.value.field


@pytest.mark.parametrize(
    "arguments",
    [
        ("", {"web": "90", "fee": "PF"}),
        ("SOU", {"web": "90", "fee": "PF"}),
        ("S", {"web": "90"}),
        ("S", {"fee": "PF"}),
        ("S", {"web": "", "fee": "PF"}),
        ("S", {"web": "90", "fee": "PF", "A name!": "999999"}),
        ("S", {"web": "90", "fee": "PF"}, "f" * 31),
    ],
    ids=str,
)
def test_settings_of_localgovims_are_checked(arguments: tuple[str, dict[str, str]]) -> None:
    """A code that is missing, or too long for LocalGovIMS, is refused at once."""
    with pytest.raises(ConfigError):
        LocalGovIms(*arguments)


def test_settings_of_localgovims_are_a_file() -> None:
    """Finance's file gives the same settings."""
    text = (
        'office_code = "S"\nfee_account = "FEEACC"\n[mop_codes]\n'
        'web = "90"\nmoto = "92"\nagreement = "91"\nfee = "PF"\n'
    )

    assert IMS == LocalGovIms.from_toml(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('office_code = "S', 1),
        ('office_code = "S"\noffice = "T"', 2),
        ('office_code = "S"\n[mop_codes]\nweb = 90', 3),
        ("fee_account = 'x'", 1),
    ],
)
def test_a_wrong_file_of_localgovims_has_line_numbers(text: str, line: int) -> None:
    """What is wrong is named with its line."""
    with pytest.raises(TomlFileError) as caught:
        LocalGovIms.from_toml(text)

    assert line in [fault.line for fault in caught.value.faults]


# ------------------------------------------------------------------ layouts

AMOUNTS = [
    ("", 123450, "1234.50"),
    ("", -5, "-0.05"),
    ('amounts = "pence"', -5, "-5"),
    ('sign = "leading"', 5, "+0.05"),
    ('sign = "leading"', -5, "-0.05"),
    ('sign = "trailing"', 5, "0.05+"),
    ('sign = "trailing"', -5, "0.05-"),
    ('sign = "letters"', 0, "0.00CR"),
    ('sign = "letters"\nletters = ["", " "]', -5, "0.05 "),
    ('sign = "above-only"', 5, "0.05"),
    ('sign = "above-only"', -5, ""),
    ('sign = "below-only"', -5, "0.05"),
    ('sign = "below-only"', 5, ""),
    ("negate = true", 5, "-0.05"),
    ('amounts = "pence"\nwidth = 8\nfill = "0"', -5, "-0000005"),
    ('amounts = "pence"\nwidth = 8\nfill = "0"\nsign = "trailing"', -5, "0000005-"),
    ("width = 8", 5, "0.05"),
    ('width = 8\nside = "right"', 5, "    0.05"),
    ('width = 8\nside = "left"', 5, "0.05    "),
]


@pytest.mark.parametrize(("form", "pence", "expected"), AMOUNTS)
def test_an_amount_is_written_as_the_layout_says(form: str, pence: int, expected: str) -> None:
    """Unit, sign, width and fill are as finance wrote them."""
    line = a_posting(gross=Pence(pence))

    assert expected == one_cell('source = "gross"\n' + form, line)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ('source = "day"', "2026-04-01"),
        ('source = "day"\ndate = "%d/%m/%y"', "01/04/26"),
        ('source = "at"', "2026-04-01T00:30:00+01:00"),
        ('source = "at"\ndate = "%Y%j %H.%M.%S"', "2026091 00.30.00"),
        ('source = "batch_day"\ndate = "%d%m%Y"', "01042026"),
        ('source = "row"\nwidth = 4\nfill = "0"', "0001"),
        ('source = "batch_name"', "income-2026-04-01-000017"),
        ('source = "vat_rate"', "20.00"),
        ('source = "total"', "46.50"),
        ('text = "IMS"', "IMS"),
        ('text = "IMS"\nwidth = 5\nside = "right"', "  IMS"),
    ],
)
def test_a_value_is_written_as_the_layout_says(column: str, expected: str) -> None:
    """Days, instants in London, numbers and fixed texts are as finance wrote them."""
    assert expected == one_cell(column, a_posting())


def test_every_source_can_be_written() -> None:
    """Each source that the documentation lists gives a value of the line or of the batch."""
    sources = (*LINE_SOURCES, ROW, *BATCH_SOURCES)

    shown = {one: one_cell(f'source = "{one}"', a_posting()) for one in sources}

    assert ["adjustment"] == [one for one, text in shown.items() if not text]
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "posting-files.md").read_text("utf-8")
    assert [] == [one for one in (*sources, *TRAILER_SOURCES) if f"`{one}`" not in page]


@given(batches())
def test_the_example_with_columns_parses_back(made: tuple[Batch, tuple[Posting, ...]]) -> None:
    """Credits less debits of the rows are the sum of the lines, and so are those of the trailer."""
    _, lines = made
    plain = [replace(one, account_reference="A", narrative="") for one in lines]

    data = written(ColumnsWriter(LayoutProfile.example(LayoutKind.COLUMNS)), plain)

    names, *rows, trailer = rows_of(data, "cp1252")
    credit, debit = names.index("Credit"), names.index("Debit")
    sums = [_sum(row[credit] for row in rows), _sum(row[debit] for row in rows)]
    total = sum(int(one.gross) for one in lines)
    assert total == sums[0] - sums[1]
    assert ["TOTAL", str(len(lines))] == trailer[:2]
    assert total == _sum(trailer[2:])


def _sum(cells: Iterable[str]) -> int:
    return sum(int(parse_pounds(cell)) for cell in cells if cell)


@given(batches())
def test_the_example_with_fixed_widths_parses_back(
    made: tuple[Batch, tuple[Posting, ...]],
) -> None:
    """Each row has the same length, and the amounts at their places add up to the trailer."""
    _, lines = made
    plain = [replace(one, account_reference="A") for one in lines]

    data = written(FixedWidthWriter(LayoutProfile.example(LayoutKind.FIXED_WIDTH)), plain)

    head, *rows, trailer = data.decode("cp1252").split("\r\n")[:-1]
    assert {90} == {len(row) for row in (head, *rows, trailer)}
    assert "H0000001720260401" == head.rstrip()
    amounts = [int(f"{row[46]}{row[34:46]}") for row in rows]
    assert [int(one.gross) for one in lines] == amounts
    sign = -1 if trailer[22:24] == "DR" else 1
    assert sum(amounts) == sign * int(trailer[9:22])
    assert len(lines) == int(trailer[1:9])


@pytest.mark.parametrize("kind", ["columns", "fixed-width"])
def test_a_value_that_is_too_long_is_never_cut(kind: str) -> None:
    """The row and the field are named, and the value is not."""
    profile = layout(
        '[[columns]]\nname = "Acc"\nsource = "account_reference"\nwidth = 4', kind=kind
    )
    made = ColumnsWriter(profile) if kind == "columns" else FixedWidthWriter(profile)
    fine = a_posting(account_reference="1234")

    with pytest.raises(InvalidValueError, match=r"Row 2 .*Acc.*has 5 characters") as caught:
        written(made, [fine, a_posting(account_reference="98765", line=2)])

    assert "98765" not in str(caught.value)
    assert ("Acc", "too_long") == (caught.value.field, caught.value.code)


def test_a_total_that_is_too_long_is_never_cut() -> None:
    """A trailer that cannot hold the total names itself."""
    profile = layout(
        '[[columns]]\nname = "Fund"\nsource = "fund"\n'
        '[[trailer]]\nname = "Sum"\nsource = "total"\nwidth = 4'
    )

    with pytest.raises(InvalidValueError, match="The trailer, Sum"):
        written(ColumnsWriter(profile), [a_posting()])


UNFIT = {
    "too long": "x" * 31,
    "no character of the encoding": "日本",
    "a line break": "a\nb",
}


@pytest.mark.parametrize("value", UNFIT.values(), ids=UNFIT)
@pytest.mark.parametrize("kind", LayoutKind)
def test_what_a_payer_typed_stops_no_batch(kind: LayoutKind, value: str) -> None:
    """In suspense a reference that does not fit is left blank; anywhere else it is refused."""
    profile = LayoutProfile.example(kind)
    made = ColumnsWriter(profile) if kind is LayoutKind.COLUMNS else FixedWidthWriter(profile)
    line = a_posting(account_reference=value, rule="suspense: no rule")

    assert value.encode("cp1252", "replace")[:5] not in written(made, [line])
    with pytest.raises(InvalidValueError, match="Row 1"):
        written(made, [replace(line, rule="basket")])


def test_accents_go_where_finance_says_so() -> None:
    """A Welsh letter that cp1252 does not have loses its accent, or is refused; others stay."""
    line = a_posting(narrative="tŷ café")
    top = 'encoding = "cp1252"'

    assert "ty cafe" == one_cell('source = "narrative"', line, top=f'{top}\naccents = "drop"')
    with pytest.raises(InvalidValueError, match="Cell") as caught:
        one_cell('source = "narrative"', line, top=top)
    assert "encoding" == caught.value.code
    kept_ = one_cell(
        'source = "narrative"', a_posting(narrative="café"), top=f'{top}\naccents = "drop"'
    )
    assert "café" == kept_


def test_a_delimiter_and_quotes_are_as_the_layout_says() -> None:
    """A semicolon stands between, everything is quoted, and a row ends with a line feed."""
    profile = layout(
        '[[columns]]\nname = "Fund"\nsource = "fund"\n'
        '[[columns]]\nname = "Gross"\nsource = "gross"',
        top='delimiter = "semicolon"\nquotes = "all"\nline_end = "lf"\ncolumn_names = true',
    )

    assert b'"Fund";"Gross"\n"GW";"46.50"\n' == written(ColumnsWriter(profile), [a_posting()])


COLUMN = '[[columns]]\nname = "A"\nsource = "gross"\n'
START = 'name = "x"\nkind = "columns"\n'
FIXED = 'name = "x"\nkind = "fixed-width"\n'
WRONG: dict[str, tuple[str, int, str]] = {
    "no TOML": ("name = ", 1, ""),
    "no name": (f'kind = "columns"\n{COLUMN}', 1, "name"),
    "a name with a path": (f'name = "../x"\nkind = "columns"\n{COLUMN}', 1, "name"),
    "an extension with a path": (f'{START}extension = "a/b"\n{COLUMN}', 3, "extension"),
    "no kind": (f'name = "x"\n{COLUMN}', 1, "kind"),
    "another kind": (f'name = "x"\nkind = "xml"\n{COLUMN}', 2, "kind"),
    "a key that is not known": (f'{START}widht = "x"\n{COLUMN}', 3, "widht"),
    "no columns": (START, 1, "columns"),
    "columns that are no list": (f"{START}columns = 3", 3, "columns"),
    "a column that is no table": (f"{START}columns = [3]", 3, "columns.1"),
    "two columns alike": (f"{START}{COLUMN}{COLUMN}", 7, "columns.2.name"),
    "another source": (f'{START}[[columns]]\nname = "A"\nsource = "email"', 5, "columns.1.source"),
    "a line's source in a header": (
        f'{START}{COLUMN}[[header]]\nname = "A"\nsource = "fund"', 8, "header.1.source",
    ),
    "a trailer's source in a header": (
        f'{START}{COLUMN}[[header]]\nname = "A"\nsource = "total_above"', 8, "header.1.source",
    ),
    "source and text": (f'{START}{COLUMN}text = "x"', 6, "columns.1.text"),
    "text with a break": (f'{START}[[columns]]\nname = "A"\ntext = "a\\nb"', 5, "columns.1.text"),
    "a sign of a text": (
        f'{START}[[columns]]\nname = "A"\nsource = "fund"\nsign = "minus"', 6, "columns.1.sign",
    ),
    "a date of an amount": (f'{START}{COLUMN}date = "%d"', 6, "columns.1.date"),
    "a date that depends on the machine": (
        f'{START}[[columns]]\nname = "A"\nsource = "day"\ndate = "%B"', 6, "columns.1.date",
    ),
    "another sign": (f'{START}{COLUMN}sign = "plus"', 6, "columns.1.sign"),
    "half a total": (
        f'{START}{COLUMN}[[trailer]]\nname = "T"\nsource = "total"\nsign = "above-only"', 9,
        "trailer.1.sign",
    ),
    "one letter for both": (f'{START}{COLUMN}letters = ["C", "C"]', 6, "columns.1.letters"),
    "letters that are no list": (f'{START}{COLUMN}letters = "C"', 6, "columns.1.letters"),
    "a negate in quotes": (f'{START}{COLUMN}negate = "yes"', 6, "columns.1.negate"),
    "a width in quotes": (f'{START}{COLUMN}width = "9"', 6, "columns.1.width"),
    "a width of true": (f"{START}{COLUMN}width = true", 6, "columns.1.width"),
    "a width of nought": (f"{START}{COLUMN}width = 0", 6, "columns.1.width"),
    "a side without a width": (f'{START}{COLUMN}side = "left"', 3, "columns.1.width"),
    "a fill that makes tens of ones": (
        f'{START}{COLUMN}width = 9\nside = "left"\nfill = "0"', 8, "columns.1.fill",
    ),
    "two fills": (f'{START}{COLUMN}width = 9\nfill = "00"', 7, "columns.1.fill"),
    "unfit of an amount": (f'{START}{COLUMN}unfit = "refuse"', 6, "columns.1.unfit"),
    "another encoding": (f'{START}encoding = "klingon"\n{COLUMN}', 3, "encoding"),
    "an encoding of bytes": (f'{START}encoding = "base64"\n{COLUMN}', 3, "encoding"),
    "an encoding that is no encoding": (f'{START}encoding = "undefined"\n{COLUMN}', 3, "encoding"),
    "a fixed width without a width": (f"{FIXED}{COLUMN}", 3, "columns.1.width"),
    "a fixed width of many bytes": (f'{FIXED}encoding = "utf-8"\n{COLUMN}width = 9', 3, "encoding"),
    "a fixed width with a delimiter": (
        f'{FIXED}delimiter = "tab"\n{COLUMN}width = 9', 3, "delimiter",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_layout_has_line_numbers(case: str) -> None:
    """Each fault is named with its line and its key."""
    text, line, where = WRONG[case]

    with pytest.raises(TomlFileError) as caught:
        LayoutProfile.from_toml(text)

    assert (line, where) in [(fault.line, fault.where) for fault in caught.value.faults]
    assert f"line {line}" in str(caught.value)


@pytest.mark.parametrize("kind", LayoutKind)
def test_a_layout_is_read_from_a_file(tmp_path: Path, kind: LayoutKind) -> None:
    """A file is read as its text is; one that is not there, or no UTF-8, is refused."""
    path = tmp_path / "own.toml"
    path.write_text(f"\ufeff{LayoutProfile.example_text(kind)}", "utf-8")

    assert LayoutProfile.example(kind) == LayoutProfile.read(path)
    path.write_bytes(b"\xff")
    for wrong in (path, tmp_path / "none.toml"):
        with pytest.raises(ConfigError, match=r"cannot be (opened|used)"):
            LayoutProfile.read(wrong)


def test_a_writer_takes_the_layout_of_its_kind() -> None:
    """A layout of the other kind is refused."""
    with pytest.raises(ConfigError, match="fixed-width"):
        ColumnsWriter(LayoutProfile.example(LayoutKind.FIXED_WIDTH))
    with pytest.raises(ConfigError, match="columns"):
        FixedWidthWriter(LayoutProfile.example(LayoutKind.COLUMNS))


# ------------------------------------------------------------------ the table of formats


def test_each_format_has_a_writer(tmp_path: Path) -> None:
    """A name and a file give the writer of each format, and each has its own ending."""
    ims = tmp_path / "ims.toml"
    ims.write_text('office_code = "S"\n[mop_codes]\nweb = "90"\nfee = "PF"\n', "utf-8")
    for kind in LayoutKind:
        (tmp_path / f"{kind}.toml").write_text(LayoutProfile.example_text(kind), "utf-8")
    settings = {
        Format.LOCALGOVIMS: ims,
        Format.COLUMNS: tmp_path / "columns.toml",
        Format.FIXED_WIDTH: tmp_path / "fixed-width.toml",
    }

    made = [writer(name, settings=settings.get(name)) for name in Format]

    assert list(Format) == list(WRITERS)
    assert [".csv", ".jsonl", ".localgovims.csv", ".example.csv", ".example-fixed.dat"] == [
        one.ending for one in made
    ]


@pytest.mark.parametrize(
    ("name", "settings"), [("xml", None), ("csv", "x.toml"), ("json", "x.toml"), ("columns", None)]
)
def test_a_format_says_what_it_needs(name: str, settings: str | None) -> None:
    """A format that is not known, or a file too many or too few, is refused."""
    with pytest.raises(ConfigError):
        writer(name, settings=settings)


# ------------------------------------------------------------------ the folder

ALL: tuple[PostingWriter, ...] = (
    CsvWriter(),
    JsonWriter(),
    LocalGovImsWriter(IMS),
    ColumnsWriter(LayoutProfile.example(LayoutKind.COLUMNS)),
    FixedWidthWriter(LayoutProfile.example(LayoutKind.FIXED_WIDTH)),
)


def contents(folder: Path) -> dict[str, bytes]:
    """Return what lies in a folder."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_files_of_a_batch(tmp_path: Path) -> None:
    """Each format has its file, the control file comes last, and no part is left."""
    book, batch = kept(tmp_path, some_postings())
    folder = tmp_path / "out" / "finance"

    paths = write_files(batch, book, folder, formats=ALL)

    name = "income-2026-04-01-000001"
    ends = (".csv", ".jsonl", ".localgovims.csv", ".example.csv", ".example-fixed.dat")
    assert [*(f"{name}{end}" for end in ends), f"{name}.control.json"] == [p.name for p in paths]
    assert sorted(path.name for path in paths) == sorted(contents(folder))
    assert control(batch) == paths[-1].read_bytes()
    book.close()


def test_the_same_batch_gives_the_same_bytes(tmp_path: Path) -> None:
    """Written again, there or elsewhere, every byte is the same."""
    book, batch = kept(tmp_path, some_postings())

    first = contents(write_files(batch, book, tmp_path / "one", formats=ALL)[0].parent)
    write_files(batch, book, tmp_path / "one", formats=ALL)
    write_files(batch, book, tmp_path / "two", formats=ALL)

    assert first == contents(tmp_path / "one") == contents(tmp_path / "two")
    book.close()


def test_a_file_with_other_bytes_is_not_overwritten(tmp_path: Path) -> None:
    """What somebody edited stays as it is, and nothing new is put beside it."""
    book, batch = kept(tmp_path, some_postings())
    (path, _) = write_files(batch, book, tmp_path / "out")
    good = path.read_bytes()

    for other in (good + b"x", b"x" + good[1:]):
        path.write_bytes(other)
        (tmp_path / "out" / "income-2026-04-01-000001.control.json").unlink(missing_ok=True)
        with pytest.raises(PostingFileError, match="other bytes"):
            write_files(batch, book, tmp_path / "out", formats=(JsonWriter(), CsvWriter()))
        assert {path.name: other} == contents(tmp_path / "out")
    book.close()


class _Failing:
    """A writer that fails after some bytes."""

    ending = ".failing"

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def write(self, batch: Batch, lines: Iterable[Posting], file: BinaryIO) -> int:
        """Write a line, then fail or stop."""
        del batch
        file.write(next(iter(lines)).to_json().encode())
        if self._error is not None:
            raise self._error
        return 1


@pytest.mark.parametrize(
    ("error", "raised"),
    [
        (OSError("disk full"), PostingFileError),
        (InvalidValueError("too long"), InvalidValueError),
        (None, PostingFileError),
    ],
    ids=["the disk", "a value", "a writer that stops early"],
)
def test_a_failing_write_leaves_no_file(
    tmp_path: Path, error: Exception | None, raised: type[Exception]
) -> None:
    """Neither the file that failed nor one before it is there, nor a part of either."""
    book, batch = kept(tmp_path, some_postings())

    with pytest.raises(raised):
        write_files(batch, book, tmp_path / "out", formats=(CsvWriter(), _Failing(error)))

    assert {} == contents(tmp_path / "out")
    book.close()


def test_two_formats_of_one_name_are_refused(tmp_path: Path) -> None:
    """Two layouts that would share a file name are refused before anything is written."""
    book, batch = kept(tmp_path, some_postings())

    with pytest.raises(PostingFileError, match="same name"):
        write_files(batch, book, tmp_path / "out", formats=(CsvWriter(), CsvWriter()))
    book.close()


def test_a_folder_that_cannot_be_used_is_named_as_that(tmp_path: Path) -> None:
    """A file where the folder should be is an error of ours."""
    book, batch = kept(tmp_path, some_postings())
    (tmp_path / "out").write_text("", "utf-8")

    with pytest.raises(PostingFileError, match="cannot be written to"):
        write_files(batch, book, tmp_path / "out")
    book.close()


def test_erased_references_are_said(tmp_path: Path) -> None:
    """After erasing, the batch is written only when asked for, and the control file says so."""
    book, batch = kept(tmp_path, some_postings())
    book.erase(reference="GW-0001")

    with pytest.raises(PostingFileError, match="erased=True"):
        write_files(batch, book, tmp_path / "out")
    (path, told) = write_files(batch, book, tmp_path / "out", erased=True)

    assert json.loads(told.read_bytes())["lines_match_digest"] is False
    assert b"GW-0001" not in path.read_bytes()
    book.close()


class _Other:
    """A book whose lines are not those of the batch."""

    def __init__(self, lines: Iterable[Posting]) -> None:
        self._lines = tuple(lines)

    def lines(self, _batch: Batch) -> Iterator[Posting]:
        """Give the lines."""
        yield from self._lines


@pytest.mark.parametrize("erased", [False, True])
@pytest.mark.parametrize(
    "lines",
    [
        some_postings()[:-1],
        (replace(some_postings()[0], gross=Pence(4651)), *some_postings()[1:]),
        (replace(some_postings()[0], vat=Pence(0)), *some_postings()[1:]),
    ],
    ids=["one line less", "a penny more", "another VAT"],
)
def test_lines_that_do_not_come_to_the_totals_are_never_written(
    tmp_path: Path, lines: tuple[Posting, ...], *, erased: bool
) -> None:
    """A database that was changed by something else gives no file, erased or not."""
    batch = a_batch(some_postings())
    book = _Other(lines)

    with pytest.raises(PostingFileError, match="control totals"):
        write_files(batch, book, tmp_path, erased=erased)  # pyright: ignore[reportArgumentType]  # a book that lies
    assert {} == contents(tmp_path)


def test_a_ledger_of_any_name_makes_a_file_in_the_folder(tmp_path: Path) -> None:
    """A name with a stroke leads to no other folder."""
    batch = a_batch(some_postings(), ledger="../in/come")

    (path, _) = write_files(batch, _Other(some_postings()), tmp_path / "out")  # pyright: ignore[reportArgumentType]  # no database is needed

    assert tmp_path / "out" == path.parent
    assert "..%2Fin%2Fcome-2026-04-01-000017.csv" == path.name


@given(st.sampled_from([date(2026, 3, 31), DAY, date(2026, 10, 25)]), st.integers(0, 3))
def test_a_batch_without_lines_is_a_file_too(day: date, at: int) -> None:
    """A day on which nothing moved gives headers and totals of nought."""
    file = io.BytesIO()

    assert 0 == ALL[at].write(a_batch((), day=day), (), file)
    assert file.getvalue()


def test_lines_are_numbered_for_the_tests() -> None:
    """The lines of these tests have the names that the ledger gives."""
    assert f"payment:{ID}" == numbered([a_posting()])[0].key
