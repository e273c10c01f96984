import json
import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.reconciling import ACCOUNT, a_dispute, a_payment_row, a_refund, page, record

from lg_core.days import london_day
from lg_core.errors import ConfigError, ResponseShapeError
from lg_pay.reconcile import Pages, Recording, UnfinishedPagesError, Window
from lg_pay.reconcile._listed import ListedPayment
from lg_pay.reconcile.pages import payment_ids, read_listed, read_page

BAD = [
    b"",
    b"[]",
    b"{}",
    b'{"results": 1}',
    b'{"results": [1]}',
    b'{"results": [{"payment_id": 5}]}',
]


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 31), 24)],
)
def test_a_day_is_as_long_as_london_has_it(day: date, hours: int) -> None:
    """23 or 25 hours where the clocks change."""
    start, end = Window(day, day).instants

    assert timedelta(hours=hours) == end.astimezone(UTC) - start.astimezone(UTC)


@given(first=st.dates(date(2020, 1, 1), date(2030, 1, 1)), days=st.integers(0, 40))
def test_a_window_holds_its_days_and_no_others(first: date, days: int) -> None:
    """The instant before it and the one after it are on other days."""
    last = first + timedelta(days=days)
    start, end = Window(first, last).instants
    moment = timedelta(microseconds=1)

    assert (first, last) == (london_day(start), london_day(end.astimezone(UTC) - moment))
    assert first > london_day(start.astimezone(UTC) - moment)
    assert last < london_day(end)


@given(st.lists(st.tuples(st.text(max_size=20), st.sampled_from(Pages), st.binary(max_size=9))))
def test_pages_come_back_as_they_were_kept(
    tmp_path_factory: pytest.TempPathFactory, pages: list[tuple[str, Pages, bytes]]
) -> None:
    """In their order, whatever the account is called, and after the folder was opened again."""
    safe = [(name.encode(errors="ignore").decode(), kind, raw) for name, kind, raw in pages]
    folder = tmp_path_factory.mktemp("pages")
    for name, kind, raw in safe:
        Recording(folder).add(raw, kind=kind, account=name)
    (folder / "notes.txt").write_text("no page", "utf-8")

    again = Recording(folder)

    assert safe == list(again)
    assert len(safe) == len(again)


def test_a_folder_is_whole_once_it_was_finished(tmp_path: Path) -> None:
    """Its mark goes when a page is added, and tells the days where they were said."""
    recording, days = Recording(tmp_path / "pages"), Window(date(2026, 6, 1), date(2026, 6, 2))
    recording.add(page([]), kind=Pages.PAYMENTS, account=ACCOUNT)
    _refused(recording, "no end mark")
    recording.finish()
    assert recording.whole() is None
    recording.add(page([]), kind=Pages.REFUNDS, account=ACCOUNT)
    _refused(recording, "no end mark")
    recording.finish(window=days)

    again = Recording(tmp_path / "pages")
    assert (days, 2) == (again.whole(), len(again))
    assert 3 == len(list(again.folder.iterdir()))


def test_a_page_that_is_missing_is_told(tmp_path: Path) -> None:
    """The mark counts the pages: a folder that was copied in part is not whole."""
    recording = record(tmp_path / "pages", [a_payment_row("p1")])
    next(recording.folder.glob("*refunds*")).unlink()

    _refused(recording, "counts 3 pages, and 2 are there")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{}",
        b'{"format": "other", "version": 1, "pages": 3}',
        b'{"format": "lg-pay pages", "version": 2, "pages": 3}',
        b'{"format": "lg-pay pages", "version": 1, "pages": "many"}',
        b'{"format": "lg-pay pages", "version": 1, "pages": 3, "first": "x", "last": "y"}',
        b"\xff",
    ],
)
def test_a_mark_that_cannot_be_read_is_refused(tmp_path: Path, raw: bytes) -> None:
    """It may be another release's; the error holds nothing of it."""
    recording = record(tmp_path / "pages")
    (recording.folder / "end.json").write_bytes(raw)

    assert _refused(recording, "cannot be read").__context__ is None


def _refused(recording: Recording, words: str) -> UnfinishedPagesError:
    with pytest.raises(UnfinishedPagesError, match=words) as caught:
        recording.whole()
    return caught.value


@pytest.mark.parametrize("kind", [Pages.PAYMENTS, Pages.REFUNDS, Pages.DISPUTES])
def test_a_run_reads_what_is_posted_and_no_payer(kind: Pages) -> None:
    """The same rows in the same order; of a payment neither its payer nor its card."""
    rows = {
        Pages.PAYMENTS: [
            a_payment_row("p1", email="a@example.org", fee=9, metadata={"a": 1, "b": True}),
            a_payment_row("p2", waiting=True, corporate_card_surcharge=3, moto=True),
        ],
        Pages.REFUNDS: [a_refund("r1", 5)],
        Pages.DISPUTES: [a_dispute("d1", 5)],
    }[kind]
    listed = read_listed(page(rows), kind)

    for one, whole in zip(listed, read_page(page(rows), kind), strict=True):
        if not isinstance(one, ListedPayment):
            assert whole == one
            continue
        for name in ("amount", "reference", "metadata", "created_date", "fee", "moto"):
            assert getattr(whole, name) == getattr(one, name)
        assert not hasattr(one, "email")
        assert "REF" not in repr(one)


@pytest.mark.parametrize("raw", BAD)
def test_a_run_refuses_what_is_no_page(raw: bytes) -> None:
    """And takes what GOV.UK Pay answers past the end for an empty page."""
    with pytest.raises(ResponseShapeError) as caught:
        read_listed(raw, Pages.PAYMENTS)

    assert caught.value.__context__ is None
    assert () == read_listed(b'{"code": "P0402", "description": "none"}', Pages.PAYMENTS)


def test_a_dispute_that_was_won_gives_no_payment_that_went_back(tmp_path: Path) -> None:
    """Those of years are listed, and their payments are not fetched one by one."""
    lost, won = a_dispute("d1", 5), a_dispute("d2", 5, payment_id="p2", status="won")

    assert {(ACCOUNT, "p1")} == record(tmp_path / "pages", disputes=[lost, won]).returned()


def test_nobody_else_can_read_the_pages(tmp_path: Path) -> None:
    """They hold personal data."""
    recording = record(tmp_path / "pages")

    modes = {stat.S_IMODE(path.stat().st_mode) for path in recording.folder.iterdir()}
    assert {stat.S_IRUSR | stat.S_IWUSR} == modes
    assert stat.S_IRWXU == stat.S_IMODE(recording.folder.stat().st_mode)


def test_a_folder_that_cannot_be_used_is_refused(tmp_path: Path) -> None:
    """With the setting, and without the path."""
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(ConfigError, match="cannot be used"):
        Recording(file)


def test_the_records_are_the_rows_of_the_lists(tmp_path: Path) -> None:
    """A payment that was kept by itself is no row of a list."""
    recording = record(
        tmp_path / "pages",
        [a_payment_row("p1")],
        refunds=[a_refund("r1", 5, payment_id="p2")],
        disputes=[a_dispute("d1", 5, payment_id="p3")],
        singles=[a_payment_row("p2")],
    )

    assert ["Payment", "Refund", "Dispute"] == [
        type(one).__name__ for _, one in recording.records()
    ]
    assert [(ACCOUNT, "p2")] == [(name, one.payment_id) for name, one in recording.singles()]
    assert {(ACCOUNT, "p2"), (ACCOUNT, "p3")} == recording.returned()


@pytest.mark.parametrize("kind", [Pages.PAYMENTS, Pages.REFUNDS, Pages.DISPUTES])
@pytest.mark.parametrize("raw", BAD)
def test_what_is_no_page_is_refused(raw: bytes, kind: Pages) -> None:
    """With an error of ours that holds nothing of the page."""
    with pytest.raises(ResponseShapeError) as caught:
        read_page(raw, kind)
    with pytest.raises(ResponseShapeError) as other:
        list(payment_ids(raw))

    assert caught.value.__context__ is None
    assert other.value.__context__ is None


def test_a_payment_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A page that was kept by itself is checked as the lists are."""
    recording = record(tmp_path / "pages", singles=[{"email": "a@example.org"}])

    with pytest.raises(ResponseShapeError) as caught:
        list(recording.singles())

    assert caught.value.__context__ is None


def test_a_row_without_a_payment_names_none() -> None:
    """It is passed over."""
    raw = page([{**a_refund("r1", 5), "payment_id": None}, a_refund("r2", 5, payment_id="p2")])

    assert ["p2"] == list(payment_ids(raw))


def test_a_page_holds_what_was_sent() -> None:
    """The test's own pages are read whole."""
    rows = [a_payment_row("p1"), a_payment_row("p2")]

    assert 2 == len(read_page(page(rows), Pages.PAYMENTS))
    assert rows == json.loads(page(rows))["results"]
    assert datetime(2026, 6, 1, 12, tzinfo=UTC) == datetime.fromisoformat(rows[0]["created_date"])
