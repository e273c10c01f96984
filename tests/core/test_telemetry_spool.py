"""lg_core.telemetry's spool and reports: exact counts on disk, bands in the report."""

import gc
import json
import logging
import os
import platform
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from core.telemetry_settings import BRISTOL, DONE, GARDEN, LEEDS, as_new, counting
from core.test_fork import in_a_child, result_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lg_core.errors import ConfigError
from lg_core.telemetry import (
    Band,
    Environment,
    Report,
    acting_for,
    configure,
    flush,
    report,
    reports,
)
from lg_core.telemetry import _flushing as flushing
from lg_core.telemetry._counting import Counter
from lg_core.telemetry._settings import Plan, plan_of
from lg_core.telemetry._spool import KEPT_DAYS, MemoryStore, SpoolStore
from lg_core.telemetry._tally import Row, Tally

DAY = date(2026, 11, 22)
ROW: Row = (BRISTOL, 530, 8, "lg-pay", "1.0", "lg-pay.get_payment", "ok", "production")
OTHER_ROW: Row = (LEEDS, None, None, "lg-pay", "1.0", "lg-pay.get_payment", "ok", "production")


pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def undecided() -> Iterator[None]:
    """Begin each test as a process without settings."""
    with as_new():
        yield


def plan(spool: Path, **changes: str | None) -> Plan:
    """Return a plan with a spool."""
    made = plan_of(counting(spool, **changes))
    assert isinstance(made, Plan)
    return made


def read(folder: Path, day: date = DAY) -> Tally:
    """Read a day as another process would."""
    found = SpoolStore(folder).read(day, plan(folder))
    assert len(found) <= 1
    return found[next(iter(found))] if found else {}


def files(folder: Path) -> list[Path]:
    """Return the files of counts."""
    return sorted(folder.glob("*.jsonl"))


# ---------------------------------------------------------------- the spool

ROWS = st.sampled_from([ROW, OTHER_ROW, (*ROW[:6], "refused", "test")])
TALLIES = st.dictionaries(ROWS, st.integers(1, 10**6), min_size=1)


@given(written=st.lists(st.tuples(st.integers(0, 2), TALLIES), max_size=12))
def test_a_day_is_the_sum_of_what_every_process_wrote(
    written: list[tuple[int, Tally]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Counts of several processes are kept exactly and summed."""
    folder = tmp_path_factory.mktemp("spool")
    stores = [SpoolStore(folder) for _ in range(3)]
    expected: Tally = {}
    for process, tally in written:
        stores[process].add(DAY, plan(folder), tally)
        for row, count in tally.items():
            expected[row] = expected.get(row, 0) + count

    assert expected == read(folder)
    assert {} == read(folder, DAY + timedelta(days=1))


@given(cut=st.integers(1, 10_000), lines=st.integers(1, 4))
def test_a_file_cut_anywhere_reads_to_its_last_whole_line(
    cut: int, lines: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A process that was killed while it wrote loses that line alone."""
    folder = tmp_path_factory.mktemp("spool")
    store = SpoolStore(folder)
    for _ in range(lines):
        store.add(DAY, plan(folder), {ROW: 1})
    (path,) = files(folder)
    whole = path.read_bytes()
    kept = whole[: cut % (len(whole) + 1)]
    path.write_bytes(kept)

    assert kept.count(b"\n") == read(folder).get(ROW, 0)


def test_a_line_that_failed_is_written_again_and_counts_once(tmp_path: Path) -> None:
    """A disk that is full in the middle of a line neither loses a count nor doubles one."""
    store = SpoolStore(tmp_path)
    store.add(DAY, plan(tmp_path), {ROW: 1})
    (path,) = files(tmp_path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, limits[1]))
        with pytest.raises(OSError, match=r"not written whole|too large"):
            store.add(DAY, plan(tmp_path), {ROW: 10})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, ignored)
    cut_short = path.read_bytes().rpartition(b"\n")[2]
    store.add(DAY, plan(tmp_path), {ROW: 11})

    assert 20 == len(cut_short)
    assert {ROW: 12} == read(tmp_path)


def test_a_line_written_whole_that_seemed_to_fail_counts_once(tmp_path: Path) -> None:
    """Two lines with one number are one line: the later."""
    store = SpoolStore(tmp_path)
    store.add(DAY, plan(tmp_path), {ROW: 1})
    store._number = 0  # what a failure after the write leaves
    store.add(DAY, plan(tmp_path), {ROW: 3})

    assert {ROW: 3} == read(tmp_path)


def test_lines_that_are_not_ours_are_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A line with words of no list is not read, and the warning does not hold it."""
    store = SpoolStore(tmp_path)
    store.add(DAY, plan(tmp_path), {ROW: 1})
    (path,) = files(tmp_path)
    good = json.loads(path.read_text())
    bad = {**good, "n": 1, "uses": [{**good["uses"][0], "capability": "Gwenllian Quillfeather"}]}
    with path.open("a") as file:
        file.write(json.dumps(bad) + "\nGwenllian\n")
    with caplog.at_level(logging.WARNING):
        found = read(tmp_path)

    assert {ROW: 1} == found
    assert 2 == len(caplog.records)
    assert "Gwenllian" not in caplog.text


def test_a_file_that_grows_large_is_put_together(tmp_path: Path) -> None:
    """Lines become one before the file passes its limit, and every count stays."""
    store = SpoolStore(tmp_path, largest=1_000)
    for number in range(40):
        store.add(DAY, plan(tmp_path), {ROW: 1, OTHER_ROW: number + 1})
    (path,) = files(tmp_path)

    assert path.stat().st_size < 2_000
    assert {ROW: 40, OTHER_ROW: 820} == read(tmp_path)
    assert [] == list(tmp_path.glob("*.tmp"))


def test_old_days_are_forgotten(tmp_path: Path) -> None:
    """The first count of a day removes what is older than 21 days."""
    store = SpoolStore(tmp_path)
    old, kept = DAY - timedelta(days=KEPT_DAYS + 1), DAY - timedelta(days=KEPT_DAYS)
    for day in (old, kept, DAY):
        store.add(day, plan(tmp_path), {ROW: 1})

    assert {} == read(tmp_path, old)
    assert {ROW: 1} == read(tmp_path, kept)


def test_memory_keeps_days_apart_and_forgets(tmp_path: Path) -> None:
    """Without a spool a process keeps its own days for as long."""
    store = MemoryStore()
    ours = plan(tmp_path)
    for day in (DAY - timedelta(days=KEPT_DAYS + 1), DAY - timedelta(days=1), DAY, DAY):
        store.add(day, ours, {ROW: 1})

    assert {("acme", "garden-waste"): {ROW: 2}} == store.read(DAY, ours)
    assert {("acme", "garden-waste"): {ROW: 1}} == store.read(DAY - timedelta(days=1), ours)
    assert {} == store.read(DAY - timedelta(days=KEPT_DAYS + 1), ours)
    assert store.instance(DAY) == store.instance(DAY - timedelta(days=1))


def test_the_instance_is_the_spools_and_changes_each_month(tmp_path: Path) -> None:
    """All processes of a spool share a random name, which says nothing about the next month's."""
    names = {SpoolStore(tmp_path / "one").instance(DAY) for _ in range(3)}
    later = SpoolStore(tmp_path / "one").instance(DAY + timedelta(days=31))
    other = SpoolStore(tmp_path / "two").instance(DAY)

    assert 1 == len(names)
    assert 3 == len({*names, later, other})


KILLED = """
import sys
from datetime import date
from pathlib import Path
from lg_core.telemetry import TelemetrySettings
from lg_core.telemetry import _spool
from lg_core.telemetry._settings import plan_of
folder = Path(sys.argv[1])
plan = plan_of(TelemetrySettings(mode="local", spool=folder))
store = _spool.SpoolStore(folder, largest=20_000)
row = ("E06000023", 530, 8, "lg-pay", "1.0", "lg-pay.get_payment", "ok", "production")
done = 0
while True:
    print(done, flush=True)
    store.add(date(2026, 11, 22), plan, {row: 1})
    done += 1
"""


def test_a_process_killed_while_it_flushes_leaves_a_spool_that_reads(tmp_path: Path) -> None:
    """Killed at any moment, a process leaves what it had moved, or that and the line on its way."""
    for turn in range(4):
        folder = tmp_path / str(turn)
        process = subprocess.Popen(  # noqa: S603 -- this interpreter, and a program that stands above
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(150 + 83 * turn)]
        process.kill()
        said += process.stdout.read().splitlines(keepends=True)
        process.wait()
        process.stdout.close()
        moved = int([line for line in said if line.endswith("\n")][-1])

        assert read(folder)[ROW] in {moved, moved + 1}


# ---------------------------------------------------------------- moving


def test_counts_that_cannot_be_written_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A spool in the way of a file is told once, and the counts move when it is gone."""
    spool = tmp_path / "spool"
    spool.write_text("in the way")
    configure(counting(spool))
    GARDEN.count(DONE)
    with caplog.at_level(logging.WARNING):
        flush()
        flush()
    spool.unlink()
    GARDEN.count(DONE)
    flush()

    assert 1 == len([line for line in caplog.records if "counts_not_written" in line.message])
    assert 2 == sum(read(spool, datetime.now(UTC).date()).values())


def test_a_program_that_ends_moves_its_counts(tmp_path: Path) -> None:
    """The last counts are written at exit, without a call of flush."""
    program = (
        "from lg_core.telemetry import Component\n"
        "one = Component('lg-one', version='1.0', capabilities=('lg-one.do',))\n"
        "one.count('lg-one.do')\n"
    )
    settings = {"LG_TELEMETRY": "local", "LG_TELEMETRY_SPOOL": str(tmp_path)}
    for _ in range(2):
        subprocess.run(  # noqa: S603 -- this interpreter, and a program that stands above
            [sys.executable, "-c", program], check=True, env={**os.environ, **settings}
        )

    assert [2] == list(read(tmp_path, datetime.now(UTC).date()).values())


def test_counts_move_by_time() -> None:
    """The thread waits and flushes in turn, and ends when its counter is gone."""
    waits: list[float] = []
    left = [True, True, False]

    flushing.turn(lambda: left.pop(0), waits.append)

    assert 3 == len(waits)
    assert all(0 < wait <= flushing.EVERY for wait in waits)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 -- hypothesis adds the zone
def test_a_move_comes_before_midnight(now: datetime) -> None:
    """Counts of a day are moved on that day, but for its last seconds."""
    wait = flushing.seconds_to_wait(now)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)

    assert 1 <= wait <= flushing.EVERY
    assert now + timedelta(seconds=wait) <= max(midnight, now + timedelta(seconds=1))


def test_a_counter_is_not_kept_by_what_moves_it(tmp_path: Path) -> None:
    """A counter that was replaced ends its thread."""
    counter = Counter(plan(tmp_path), SpoolStore(tmp_path))
    move = flushing.flusher(counter)
    counter.add(GARDEN, DONE, "ok")
    there = move()
    written = len(files(tmp_path))
    del counter
    gc.collect()

    assert [True, 1, False] == [there, written, move()]


def test_a_forked_child_writes_a_file_of_its_own(tmp_path: Path) -> None:
    """Parent and child each append to their own file, and the day is the sum of both."""
    configure(counting(tmp_path))
    GARDEN.count(DONE)
    flush()

    def in_child() -> object:
        GARDEN.count(DONE)
        flush()
        return len(files(tmp_path))

    assert 2 == result_of(*in_a_child(in_child))
    GARDEN.count(DONE)
    flush()

    assert 2 == len(files(tmp_path))
    assert [3] == list(read(tmp_path, datetime.now(UTC).date()).values())


# ---------------------------------------------------------------- reports


def test_counts_of_all_processes_are_summed_before_they_are_banded(tmp_path: Path) -> None:
    """Six uses in each of two processes are a band of tens, not twice one of units."""
    today = datetime.now(UTC).date()
    row = (BRISTOL, None, None, "lg-patterns", "0.1.0", DONE, "ok", "production")
    SpoolStore(tmp_path).add(today, plan(tmp_path), {row: 6})
    configure(counting(tmp_path))
    for _ in range(6):
        GARDEN.count(DONE)
    made = report()
    flush()

    assert [Band.TENS] == [use.band for use in made.uses]
    assert made == report(council=BRISTOL)
    assert (made,) == reports()


def test_a_report_is_closed_canonical_and_named_after_its_content(tmp_path: Path) -> None:
    """The bytes are sorted JSON without spaces; the same content has the same id."""
    configure(counting(tmp_path))
    with acting_for(LEEDS, lgsl=530, lgil=8):
        GARDEN.count(DONE)
        GARDEN.count("lg-patterns.garden_waste.started", live=False)
    tested, made = sorted(reports(), key=lambda one: one.environment, reverse=True)
    plain = json.loads(made.to_bytes())

    assert json.dumps(plain, sort_keys=True, separators=(",", ":")).encode() == made.to_bytes()
    assert made == Report.model_validate_json(made.to_bytes())
    assert {
        "schema", "report_id", "council", "supplier", "product", "environment", "period",
        "instance", "sdk", "uses",
    } == set(plain)  # fmt: skip
    assert {"component", "version", "capability", "lgsl", "lgil", "outcome", "band"} == set(
        plain["uses"][0]
    )
    assert (Environment.TEST, Environment.PRODUCTION) == (tested.environment, made.environment)
    assert made.content_id() == made.report_id
    assert 8 == made.report_id.version
    assert UUID(str(made.report_id)).variant == "specified in RFC 4122"
    assert made.report_id != tested.report_id
    assert platform.python_version().startswith(made.sdk.python)
    assert made.model_copy(update={"council": BRISTOL}).content_id() != made.report_id


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("council", "Gwenllian"),
        ("council", f"{BRISTOL}\n"),
        ("supplier", "Gwenllian Quillfeather"),
        ("instance", "host.example.org"),
        ("schema", "another"),
        ("person", "Gwenllian"),
    ],
)
def test_a_report_takes_no_other_word(field: str, value: str) -> None:
    """A field of another form, or one that is not known, is refused without its value."""
    configure(counting())
    GARDEN.count(DONE)
    plain = json.loads(report().to_bytes())
    with pytest.raises(ValidationError) as caught:
        Report.model_validate_json(json.dumps({**plain, field: value}))

    assert "Quillfeather" not in str(caught.value)


def test_a_report_of_a_council_that_is_not_named_is_refused() -> None:
    """The same rule as for acting_for."""
    configure(counting())
    with pytest.raises(ConfigError, match="LG_TELEMETRY_COUNCILS"):
        report(council="Gwenllian")


def test_a_day_without_counts_has_an_empty_report(tmp_path: Path) -> None:
    """Nothing was used: the report says so, and the list of reports is empty."""
    configure(counting(tmp_path))

    assert () == report(day=DAY).uses
    assert () == reports(DAY)


def test_several_products_may_share_a_spool(tmp_path: Path) -> None:
    """Each report is of one product and its supplier."""
    for product in ("garden-waste", "parking"):
        store = SpoolStore(tmp_path)
        store.add(DAY, plan(tmp_path, product=product), {ROW: 1})
    store.add(DAY, plan(tmp_path, product="parking", supplier=None), {ROW: 1})
    configure(counting(tmp_path))
    made = reports(DAY)

    assert [("acme", "garden-waste"), ("acme", "parking"), (None, "parking")] == [
        (one.supplier, one.product) for one in made
    ]
    assert "garden-waste" == report(day=DAY).product


def test_a_spool_that_cannot_be_read_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    """The error names the variable."""
    configure(counting(tmp_path))
    today = datetime.now(UTC).date()
    (tmp_path / f"{today}.0123456789abcdef.jsonl").mkdir()
    with pytest.raises(ConfigError, match="LG_TELEMETRY_SPOOL"):
        reports()
