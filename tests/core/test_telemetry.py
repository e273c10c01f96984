"""lg_core.telemetry: what is counted, for whom, and when nothing is."""

import asyncio  # noqa: TID253 -- a test may load it
import contextvars
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

import anyio  # noqa: TID253 -- a test may load it
import pytest
from core.platform_app import (
    API_KEY,
    BASE_URL,
    Odd,
    PlatformApp,
    authorise,
    create_thing,
    get_thing,
    platform,
)
from core.telemetry_settings import BRISTOL, COUNCILS, DONE, GARDEN, LEEDS, as_new, counting
from core.test_fork import in_a_child, result_of
from hypothesis import given
from hypothesis import strategies as st

from lg_core.clients import ApiClient, AsyncApiClient
from lg_core.councils import resolve
from lg_core.errors import ApiError, ConfigError, InvalidValueError, RequestNotSentError
from lg_core.observers import CallOutcome
from lg_core.telemetry import (
    Band,
    Component,
    Environment,
    Mode,
    Outcome,
    TelemetrySettings,
    Use,
    acting_for,
    configure,
    flush,
    report,
    reports,
    status,
)
from lg_core.telemetry._counting import MAX_KEYS, Counter, component_of, current
from lg_core.telemetry._tally import Tally
from lg_core.telemetry._words import OTHER, band_of
from lg_core.testing import asgi

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


@pytest.fixture(autouse=True)
def undecided() -> Iterator[None]:
    """Begin each test as a process without settings."""
    with as_new():
        yield


def counter_now() -> Counter:
    """Return what counts."""
    counter = current()
    assert counter is not None
    return counter


def tally_now() -> Tally:
    """Return the exact counts of now, whatever was moved."""
    today = datetime.now(UTC).date()
    found: Tally = {}
    for tally in counter_now().counts_of(today, today=today).values():
        found |= tally
    return found


def counts() -> dict[tuple[str, int | None, str, str, str], int]:
    """Return counts by council, LGSL, capability, outcome and environment."""
    return {(row[0], row[1], row[5], row[6], row[7]): n for row, n in tally_now().items()}


# ---------------------------------------------------------------- off


def test_off_is_the_default_and_leaves_no_trace(tmp_path: Path) -> None:
    """Without settings nothing is counted, nothing can be read, and no file is written."""
    GARDEN.count(DONE)
    with acting_for("no such council"):
        GARDEN.count(DONE)
    flush()

    assert (Mode.OFF, "default") == (status().mode, status().decided_by)
    assert () == reports()
    assert [] == list(tmp_path.iterdir())
    with pytest.raises(ConfigError, match="LG_TELEMETRY to local or on"):
        report()


OFF_PROGRAM = """
import json, os, socket, sys
def refuse(*args, **kwargs): raise SystemExit("a socket was opened")
socket.socket.connect = refuse
opened = []
sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open"
                 and isinstance(args[1], str) and set(args[1]) & set("wax+") else None)
from lg_core.telemetry import Component, Outcome, acting_for
one = Component("lg-one", version="1.0", capabilities=("lg-one.do",))
with acting_for("E06000023", lgsl=530):
    one.count("lg-one.do", outcome=Outcome.OK)
print(json.dumps([opened, sorted(sys.modules)]))
"""
NEVER_WHEN_OFF = (
    "anyio", "asyncio", "http.client", "httpx", "lg_core._httpx", "lg_core.councils._register",
    "lg_core.telemetry._flushing", "lg_core.telemetry._report", "lg_core.telemetry._spool",
    "pydantic_settings", "ssl", "stamina", "structlog", "urllib.request",
)  # fmt: skip


@pytest.mark.parametrize("variables", [{}, {"LG_TELEMETRY": "off"}, {"DO_NOT_TRACK": "1"}], ids=str)
def test_off_opens_no_socket_writes_no_file_and_loads_nothing_that_could_send(
    variables: dict[str, str], tmp_path: Path
) -> None:
    """A program that counts while it is off touches neither network nor disk."""
    on = {
        "LG_TELEMETRY": "on",
        "LG_TELEMETRY_COUNCIL": BRISTOL,
        "LG_TELEMETRY_PRODUCT": "p",
        "LG_TELEMETRY_ENVIRONMENT": "production",
        "LG_TELEMETRY_SPOOL": str(tmp_path / "spool"),
    }
    environment = {**os.environ, **(on if variables else {}), **variables}
    done = subprocess.run(  # noqa: S603 -- this interpreter, and a program that stands above
        [sys.executable, "-B", "-c", OFF_PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        env={name: value for name, value in environment.items() if not name.startswith("COVERAGE")},
    )
    opened, loaded = json.loads(done.stdout)

    assert [] == [path for path in opened if not path.startswith("/dev/")]
    assert [] == [name for name in NEVER_WHEN_OFF if name in loaded]
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("variables", "configured", "expected"),
    [
        ({}, None, ("off", "default")),
        ({"LG_TELEMETRY": "local"}, None, ("local", "LG_TELEMETRY")),
        ({"LG_TELEMETRY": "off"}, None, ("off", "LG_TELEMETRY")),
        ({"LG_TELEMETRY": "off"}, "on", ("off", "LG_TELEMETRY")),
        ({"LG_TELEMETRY": "local"}, "on", ("on", "configure")),
        ({"LG_TELEMETRY": "local"}, "off", ("off", "configure")),
        ({"LG_TELEMETRY": "local", "DO_NOT_TRACK": "1"}, "on", ("off", "DO_NOT_TRACK")),
        ({"LG_TELEMETRY": "local", "DO_NOT_TRACK": "0"}, None, ("local", "LG_TELEMETRY")),
        ({"DO_NOT_TRACK": "true"}, "local", ("off", "DO_NOT_TRACK")),
    ],
    ids=str,
)
def test_what_decides(  # noqa: PLR0917 -- pytest passes them by name
    variables: dict[str, str],
    configured: str | None,
    expected: tuple[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """DO_NOT_TRACK wins over LG_TELEMETRY=off, that over configure, that over the environment."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if configured is not None:
        configure(counting(mode=configured))

    assert expected == (status().mode, status().decided_by)


GOOD = {
    "LG_TELEMETRY": "on",
    "LG_TELEMETRY_COUNCIL": "BST",
    "LG_TELEMETRY_COUNCILS": "LDS, x-bins",
    "LG_TELEMETRY_SUPPLIER": "acme",
    "LG_TELEMETRY_PRODUCT": "garden-waste",
    "LG_TELEMETRY_ENVIRONMENT": "staging",
    "LG_TELEMETRY_ENDPOINT": "https://reports.example",
}


def test_the_environment_switches_it_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every setting can be given as a variable."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    GARDEN.count(DONE)
    with acting_for(LEEDS):
        GARDEN.count(DONE)
    plan = counter_now().plan

    assert Mode.ON is status().mode
    assert (BRISTOL, {BRISTOL, LEEDS, "x-bins"}) == (plan.council, plan.accepts)
    assert ("acme", "garden-waste") == (plan.supplier, plan.product)
    assert "https://reports.example" == plan.endpoint
    assert {
        (BRISTOL, None, DONE, "ok", "staging"): 1,
        (LEEDS, None, DONE, "ok", "staging"): 1,
    } == counts()


SECRET = "Gwenllian Quillfeather <g@example.org>"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LG_TELEMETRY", SECRET),
        ("LG_TELEMETRY_COUNCIL", ""),
        ("LG_TELEMETRY_COUNCIL", SECRET),
        ("LG_TELEMETRY_COUNCIL", "Bristol City Council"),
        ("LG_TELEMETRY_COUNCIL", "x-" + "a" * 60),
        ("LG_TELEMETRY_COUNCILS", SECRET),
        ("LG_TELEMETRY_SUPPLIER", SECRET),
        ("LG_TELEMETRY_PRODUCT", ""),
        ("LG_TELEMETRY_PRODUCT", SECRET),
        ("LG_TELEMETRY_PRODUCT", "p" * 41),
        ("LG_TELEMETRY_ENVIRONMENT", ""),
        ("LG_TELEMETRY_ENVIRONMENT", SECRET),
        ("LG_TELEMETRY_ENDPOINT", ""),
        ("LG_TELEMETRY_ENDPOINT", "http://reports.example/" + SECRET),
        ("LG_TELEMETRY_SPOOL", "here/" + SECRET),
    ],
)
def test_what_is_missing_or_wrong_keeps_it_off_with_one_warning(  # noqa: PLR0917 -- as above
    variable: str, value: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in the settings raises nothing: it is told once, by the variable's name alone."""
    for name, good in {**GOOD, variable: value}.items():
        monkeypatch.setenv(name, good)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            GARDEN.count(DONE)
    problems = " ".join(status().problems)

    assert Mode.OFF is status().mode
    assert variable in problems
    assert 1 == len(caplog.records)
    assert "Quillfeather" not in problems + caplog.text
    assert () == reports()


def test_configure_keeps_what_was_counted_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What came before goes to its own spool; settings that do not matter are not read."""
    monkeypatch.setenv("LG_TELEMETRY", SECRET)
    with caplog.at_level(logging.WARNING):
        configure(counting(tmp_path))
    GARDEN.count(DONE)
    configure(counting())

    assert () == reports()
    assert [] == caplog.records
    assert 1 == len(list(tmp_path.glob("*.jsonl")))


def test_local_needs_nothing_and_takes_any_council_of_the_register() -> None:
    """A developer who sets the mode alone sees what would be counted."""
    configure(TelemetrySettings(mode=Mode.LOCAL))
    GARDEN.count(DONE)
    with acting_for(LEEDS):
        GARDEN.count(DONE)

    assert {
        ("x-local", None, DONE, "ok", "development"): 1,
        (LEEDS, None, DONE, "ok", "development"): 1,
    } == counts()
    with pytest.raises(ConfigError, match="LG_TELEMETRY_COUNCILS"):
        acting_for("x-anything")


def test_local_with_councils_needs_a_council() -> None:
    """A list of councils without the one that counts by default is a mistake, and is told."""
    found = configure(TelemetrySettings(mode=Mode.LOCAL, councils=[LEEDS]))

    assert Mode.OFF is found.mode
    assert "LG_TELEMETRY_COUNCIL is not set" in found.problems[0]


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("council", "councils", "supplier", "product", "environment", "endpoint", "spool"),
            st.none() | st.integers() | st.text() | st.lists(st.none() | st.integers() | st.text()),
        ),
    )
)
def test_settings_never_raise(changes: dict[str, Any]) -> None:
    """Whatever is set, of whatever type, counting is on or it is off with a reason."""
    with as_new():
        found = configure(counting(**changes))

    assert (Mode.OFF is found.mode) is bool(found.problems)


def test_settings_print_no_value() -> None:
    """The repr of settings holds the mode, if it is one."""
    assert "TelemetrySettings(on)" == repr(counting(product=SECRET))
    assert "TelemetrySettings(not a mode)" == repr(counting(mode=SECRET))


# ---------------------------------------------------------------- for whom


def test_acting_for_nests_and_restores() -> None:
    """What held before holds again, also after an error."""
    configure(counting())
    with acting_for(LEEDS, lgsl=530, lgil=8):
        with suppress(KeyError), acting_for(resolve("BST"), lgsl=437):
            GARDEN.count(DONE)
            raise KeyError
        GARDEN.count(DONE)
    GARDEN.count(DONE)

    assert {
        (BRISTOL, 437, DONE, "ok", "production"): 1,
        (LEEDS, 530, DONE, "ok", "production"): 1,
        (BRISTOL, None, DONE, "ok", "production"): 1,
    } == counts()


@pytest.mark.parametrize("text", [LEEDS, LEEDS.lower(), "LDS", " lds "])
def test_a_council_is_named_by_any_of_its_codes(text: str) -> None:
    """A code, a GSS code and their small letters stand for one council."""
    configure(counting())
    for _ in range(2):
        with acting_for(text):
            GARDEN.count(DONE)

    assert {(LEEDS, None, DONE, "ok", "production"): 2} == counts()


def test_a_known_council_that_is_not_named_is_refused_by_its_code() -> None:
    """The error says which code to add where; a code of the register may be shown."""
    configure(counting(councils=None))
    with pytest.raises(ConfigError, match=f"The council {LEEDS} .*LG_TELEMETRY_COUNCILS") as caught:
        acting_for("LDS")

    assert "LG_TELEMETRY_COUNCILS" == caught.value.setting


@pytest.mark.parametrize("text", [SECRET, "x-gwenllian", "Leeds City Council", ""])
def test_a_council_that_is_no_code_is_refused_without_it(text: str) -> None:
    """What was typed may be personal: the error does not repeat it."""
    configure(counting())
    with pytest.raises(ConfigError) as caught:
        acting_for(text)

    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("mode", ["off", "on"])
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"council": 7}, "council"),
        ({"council": None}, "council"),
        ({"council": BRISTOL, "lgsl": "530"}, "lgsl"),
        ({"council": BRISTOL, "lgsl": True}, "lgsl"),
        ({"council": BRISTOL, "lgil": 8.0}, "lgil"),
        ({"council": BRISTOL, "lgil": -1}, "lgil"),
        ({"council": BRISTOL, "lgsl": 100_000}, "lgsl"),
    ],
)
def test_a_wrong_type_is_refused_on_and_off(
    mode: str, wrong: dict[str, object], field: str
) -> None:
    """A slip shows itself in development, where counting is off."""
    configure(counting(mode=mode))
    with pytest.raises(InvalidValueError) as caught:
        acting_for(**wrong)  # type: ignore[arg-type]

    assert field == caught.value.field


# ---------------------------------------------------------------- what


def test_what_is_not_of_the_list_counts_as_other() -> None:
    """A capability, an outcome and a value that cannot be a key never become words of a report."""
    configure(counting())
    for capability in (SECRET, "lg-patterns.unknown", ["list"], None, 7):
        GARDEN.count(capability)  # type: ignore[arg-type]
    GARDEN.count(DONE, outcome=SECRET)  # type: ignore[arg-type]
    GARDEN.count(DONE, live=SECRET)  # type: ignore[arg-type]
    GARDEN.count(DONE, live=[])  # type: ignore[arg-type]

    assert {
        (BRISTOL, None, OTHER, "ok", "production"): 5,
        (BRISTOL, None, DONE, "unknown", "production"): 1,
        (BRISTOL, None, DONE, "ok", "production"): 1,
        (BRISTOL, None, DONE, "ok", "test"): 1,
    } == counts()


@given(
    text=st.text() | st.from_regex(r"[A-Z][a-z]+ [A-Z][a-z]+", fullmatch=True),
    number=st.integers(),
    live=st.booleans(),
)
def test_only_values_of_closed_lists_reach_the_bytes(text: str, number: int, live: bool) -> None:  # noqa: FBT001
    """Whatever is pushed through every argument, a report holds the words of the lists alone."""
    with as_new():
        configure(
            counting(councils=f"{LEEDS},{text}", supplier=text, product=text, environment=text)
        )
        configure(counting())
        for council in (text, LEEDS):
            for lgsl, lgil in ((number, None), (None, number)):
                try:
                    with acting_for(council, lgsl=lgsl, lgil=lgil):
                        GARDEN.count(text, outcome=text, live=live)  # type: ignore[arg-type]
                except (ConfigError, InvalidValueError):
                    pass
                else:
                    assert 0 <= number <= 99_999
        GARDEN.count(f"lg-patterns.{text}", outcome=text)  # type: ignore[arg-type]
        made = [json.loads(each.to_bytes()) for each in reports()]

    for each in made:
        assert each["council"] in COUNCILS
        assert each["environment"] in set(Environment)
        assert ("acme", "garden-waste") == (each["supplier"], each["product"])
        for use in each["uses"]:
            assert use["component"] == "lg-patterns"
            assert use["version"] == "0.1.0"
            assert use["capability"] in {OTHER, *GARDEN.capabilities}
            assert use["outcome"] in set(Outcome)
            assert use["band"] in set(Band)
            assert use["lgsl"] in {None, number}
            assert use["lgil"] in {None, number}


@pytest.mark.parametrize(
    ("name", "version", "capability"),
    [
        ("Gwenllian", "1.0", "Gwenllian.x"),
        ("lg-one", "one", "lg-one.x"),
        ("lg-one", "1.0", "lg-two.x"),
        ("lg-one", "1.0", "lg-one"),
        ("lg-one", "1.0", "lg-one.Gwenllian Quillfeather"),
    ],
)
def test_a_component_is_refused_that_could_not_stand_in_a_report(
    name: str, version: str, capability: str
) -> None:
    """A name, a version and each capability have their form, and the error repeats none."""
    with pytest.raises(InvalidValueError) as caught:
        Component(name, version=version, capabilities=(capability,))

    assert "Gwenllian" not in str(caught.value)


def test_a_component_leaves_out_the_local_part_of_its_version() -> None:
    """`1.0+anything` may hold any text."""
    assert "1.0" == Component("lg-one", version="1.0+gwenllian", capabilities=()).version
    assert "Component(lg-patterns 0.1.0)" == repr(GARDEN)


def test_a_platform_that_cannot_be_named_is_not_counted() -> None:
    """A supplier's own client with a name of another form works, and is not counted."""
    assert component_of("Acme Bins", "1.0", ()) is None
    assert component_of("acme", "one", ()) is None
    assert component_of("acme", "1.0", ()) is component_of("acme", "1.0", ())


def test_more_than_the_cap_counts_as_other() -> None:
    """However many services are named, the number of keys is bounded, and no count is lost."""
    configure(counting())
    for lgsl in range(MAX_KEYS + 50):
        with acting_for(LEEDS, lgsl=lgsl):
            GARDEN.count(DONE)
    found = counts()

    assert 50 == found[LEEDS, None, OTHER, "ok", "production"]
    assert MAX_KEYS + 1 == len(found)
    assert MAX_KEYS + 50 == sum(found.values())


def test_the_words_of_outcomes_are_those_of_calls() -> None:
    """Every end of a call has its word."""
    assert set(Outcome) == {Outcome(each.value) for each in CallOutcome}


@given(st.integers(0, 10**12))
def test_a_band_holds_its_count(count: int) -> None:
    """A count lies in the band that it is given."""
    band = band_of(count)
    low, _, high = band.rstrip("+").partition("-")

    assert int(low) <= count
    assert band is Band.MILLIONS or count <= int(high or low)


# ---------------------------------------------------------------- one process, three councils


def expected_uses(times: int) -> tuple[Use, ...]:
    """Return what a report says when each of the two capabilities was used so often."""
    return tuple(
        Use(
            component="lg-patterns",
            version="0.1.0",
            capability=capability,
            lgsl=530,
            lgil=8,
            outcome=Outcome.OK,
            band=band_of(times),
        )
        for capability in sorted(GARDEN.capabilities)
    )


def assert_three_reports(times: dict[str, int]) -> None:
    """Check that each council's report and exact counts are its own."""
    made = {each.council: each for each in reports()}
    exact = {
        council: {count for row, count in tally_now().items() if row[0] == council}
        for council in COUNCILS
    }

    assert set(COUNCILS) == set(made)
    assert {council: {count} for council, count in times.items()} == exact
    for council, each in made.items():
        assert expected_uses(times[council]) == each.uses
        assert each == report(council=council)


TIMES = {BRISTOL: 7, LEEDS: 23, "x-bins-partnership": 130}


def interleaved() -> list[str]:
    """Name the three councils in turn, each as often as it is to be counted."""
    left = dict(TIMES)
    order: list[str] = []
    for council in cycle(TIMES):
        if not any(left.values()):
            return order
        if left[council]:
            left[council] -= 1
            order.append(council)
    raise AssertionError


def test_three_councils_over_threads() -> None:
    """Threads that are started in a copy of the context count for its council."""
    configure(counting())

    def work() -> None:
        for capability in GARDEN.capabilities:
            GARDEN.count(capability)

    with ThreadPoolExecutor(8) as pool:
        for council in interleaved():
            with acting_for(council, lgsl=530, lgil=8):
                pool.submit(contextvars.copy_context().run, work)

    assert_three_reports(TIMES)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_three_councils_over_tasks(backend: str) -> None:
    """Tasks that wait for each other keep their councils apart."""
    configure(counting())

    async def work(council: str) -> None:
        with acting_for(council, lgsl=530, lgil=8):
            for capability in sorted(GARDEN.capabilities):
                await anyio.lowlevel.checkpoint()
                GARDEN.count(capability)
            await anyio.lowlevel.checkpoint()

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for council in interleaved():
                group.start_soon(work, council)

    anyio.run(all_at_once, backend=backend)

    assert_three_reports(TIMES)


def test_a_task_started_inside_keeps_its_council() -> None:
    """A task takes the context of where it was started."""
    configure(counting())

    async def later() -> None:
        await asyncio.sleep(0)
        GARDEN.count(DONE)

    async def start() -> None:
        with acting_for(LEEDS):
            task = asyncio.create_task(later())
        await task

    asyncio.run(start())

    assert {(LEEDS, None, DONE, "ok", "production"): 1} == counts()


def test_no_count_is_lost_between_threads_and_flushes() -> None:
    """Counting and moving at once keeps every count."""
    configure(counting())
    GARDEN.count(DONE)
    stop = threading.Event()

    def move() -> None:
        while not stop.is_set():
            flush()

    mover = threading.Thread(target=move)
    mover.start()
    threads = [
        threading.Thread(target=lambda: [GARDEN.count(DONE) for _ in range(2_000)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stop.set()
    mover.join()

    assert {(BRISTOL, None, DONE, "ok", "production"): 8_001} == counts()


def test_a_forked_child_starts_from_zero() -> None:
    """What the parent counted is reported by the parent alone, moved or not."""
    configure(counting())
    GARDEN.count(DONE)
    flush()
    GARDEN.count(DONE)
    parents = counter_now()

    def in_child() -> object:
        parents.flush()
        GARDEN.count(DONE)
        before = sum(tally_now().values())
        flush()
        GARDEN.count(DONE)
        return [before, sum(tally_now().values())]

    assert [1, 2] == result_of(*in_a_child(in_child))
    assert 2 == sum(tally_now().values())


# ---------------------------------------------------------------- calls of clients

LISTED = ("lg-things.create_thing", "lg-things.get_thing")


def client(app: PlatformApp, *, council: str | None = None, live: bool = True) -> ApiClient:
    """Return a client of a platform in this process, as if it were a live one."""
    made = ApiClient(
        replace(platform(attempts=1), capabilities=LISTED),
        base_url="https://platform.example",
        authorise=authorise,
        council=council,
        live=live,
    )
    made._connection._given = asgi(app)
    return made


def test_each_call_counts_by_itself() -> None:
    """Capability and outcome come from the call, component and version from the platform."""
    configure(counting())
    app = PlatformApp()
    with client(app) as one, acting_for(LEEDS, lgsl=530):
        one.exchange(create_thing())
        one.exchange(get_thing(1))
        app.odd.append(Odd(404))
        with pytest.raises(ApiError):
            one.exchange(get_thing(1))

    assert one.live
    assert {
        (LEEDS, 530, "lg-things.create_thing", "ok", "production"): 1,
        (LEEDS, 530, "lg-things.get_thing", "ok", "production"): 1,
        (LEEDS, 530, "lg-things.get_thing", "refused", "production"): 1,
    } == counts()
    assert {("lg-things", "1.2")} == {(row[3], row[4]) for row in tally_now()}


def test_a_call_that_never_left_counts_as_not_sent() -> None:
    """A deadline that has passed is an outcome too."""
    configure(counting())
    with client(PlatformApp()) as one, pytest.raises(RequestNotSentError):
        one.exchange(get_thing(1), timeout=1e-9)

    assert {(BRISTOL, None, "lg-things.get_thing", "not_sent", "production"): 1} == counts()


def test_the_clients_council_wins_over_acting_for() -> None:
    """with_options names the council; the service stays that of the context."""
    configure(counting())
    app = PlatformApp()
    with client(app) as one:
        one.exchange(create_thing())
        with acting_for(LEEDS, lgsl=530):
            one.with_options(council=BRISTOL).exchange(create_thing())

    assert {
        (BRISTOL, None, "lg-things.create_thing", "ok", "production"): 1,
        (BRISTOL, 530, "lg-things.create_thing", "ok", "production"): 1,
    } == counts()


def test_a_clients_council_that_is_not_named_is_counted_for_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The call succeeds; nobody else is credited; one warning says what to set."""
    configure(counting())
    with caplog.at_level(logging.WARNING), client(PlatformApp(), council=SECRET) as one:
        for _ in range(2):
            one.exchange(create_thing())

    assert {} == counts()
    assert 1 == len(caplog.records)
    assert "LG_TELEMETRY_COUNCILS" in caplog.text
    assert "Quillfeather" not in caplog.text


def test_what_is_not_live_counts_as_a_test() -> None:
    """A test key, a loopback address and a transport of a test never count as production."""
    configure(counting())
    app = PlatformApp()
    with client(app, live=False) as one:
        one.exchange(create_thing())
    with ApiClient(platform(), base_url=BASE_URL, authorise=authorise) as two:
        two._connection._given = asgi(app)
        two.exchange(create_thing())
    options = {"base_url": "https://platform.example", "authorise": authorise}
    with ApiClient(platform(), **options, transport=asgi(app)) as three:  # type: ignore[arg-type]
        three.exchange(create_thing())
    GARDEN.count(DONE, live=one.live)

    assert [False] * 3 == [each.live for each in (one, two, three)]
    assert {"test"} == {row[7] for row in tally_now()}
    assert 4 == sum(tally_now().values())


def test_a_call_is_made_where_counting_is_off() -> None:
    """The first call of a process reads the settings, and nothing is counted."""
    with client(PlatformApp(), council=SECRET) as one:
        one.exchange(create_thing())

    assert (Mode.OFF, None) == (status().mode, current())
    assert "off" == result_of(*in_a_child(lambda: str(status().mode)))


def test_an_asynchronous_client_counts_the_same() -> None:
    """Both clients share what counts."""
    configure(counting())

    async def call() -> None:
        one = AsyncApiClient(
            platform(), base_url=BASE_URL, authorise=authorise, transport=asgi(PlatformApp())
        )
        with acting_for(LEEDS):
            await one.exchange(create_thing())
        await one.aclose()

    anyio.run(call)

    assert {(LEEDS, None, OTHER, "ok", "test"): 1} == counts()
    assert API_KEY not in str(tally_now())
