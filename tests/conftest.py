# SPDX-License-Identifier: MIT
"""What every test stands on: hypothesis profiles, a private runtime folder, no silent skips.

Environment:
    HYPOTHESIS_PROFILE: `default` (random examples), `ci` (the same examples each time, so that the
        gate judges the change and not the day's luck), `brief` (few, where the tests run once more
        with other dependencies) or `long` (many examples).
    LG_NO_SKIP: with `1`, a test that is skipped or expected to fail is a failure, also where the
        published specifications that the contract tests read are missing (LG_CONTRACT_DATA).
"""

import gc
import logging
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import hypothesis
import pytest

_MEMORY = Path("/dev/shm")  # noqa: S108 -- pytest and tempfile make folders of their own there
_ROOM = 6 * 2**30
"""How much must be free there: some hundred databases of 8 MB, and what tests write."""


def _in_memory() -> bool:
    return _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM


# Before any process is started: pytest-xdist's, and those that the tests start, do as we do.
if sys.dont_write_bytecode:
    # Images of containers say so, to be small. Hundreds of processes would each compile every
    # test and package anew: half of their time.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if "PYTEST_DEBUG_TEMPROOT" not in os.environ and _in_memory():
    # What is tested is killed, and the machine is not: no test needs to wait for a disk.
    os.environ["PYTEST_DEBUG_TEMPROOT"] = os.environ["LG_TEST_FOLDER"] = str(_MEMORY)


def _private(folder: str | None) -> bool:
    if not folder or not Path(folder).is_dir():
        return False
    return stat.S_IMODE(Path(folder).stat().st_mode) == stat.S_IRWXU


if not _private(os.environ.get("XDG_RUNTIME_DIR")):
    # Libraries that keep sockets there warn where it is missing or open to others.
    _runtime = tempfile.TemporaryDirectory(prefix="lg-tests-")
    os.environ["XDG_RUNTIME_DIR"] = _runtime.name

hypothesis.settings.register_profile("default", deadline=None, max_examples=30, print_blob=True)
hypothesis.settings.register_profile(
    "ci", deadline=None, max_examples=30, derandomize=True, print_blob=True
)
hypothesis.settings.register_profile(
    "brief", deadline=None, max_examples=5, derandomize=True, print_blob=True
)
hypothesis.settings.register_profile("long", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _must_run() -> bool:
    return os.environ.get("LG_NO_SKIP") == "1"


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    report.outcome = "failed"
    report.longrepr = (
        f"{report.nodeid} did not run to its end: {report.longrepr}\n"
        "Here nothing may be skipped or expected to fail (LG_NO_SKIP=1). "
        "Make it run, or delete it."
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip, and a failure that was expected, into a failure."""
    report = yield
    if report.skipped and _must_run():
        _refuse(report)
        vars(report).pop("wasxfail", None)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Turn the skip of a whole module into an error."""
    report = yield
    if report.skipped and _must_run():
        _refuse(report)
    return report


def pytest_xdist_auto_num_workers() -> int:
    """Use twice as many processes as cores: many tests wait for a child, a lease or a browser."""
    return 2 * (os.cpu_count() or 1)


@pytest.hookimpl(trylast=True)  # after the order was made random
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the slow tests, in every process alike, so that none is left with them at the end.

    pytest-xdist gives each process an equal part of the list, one after the other.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    slow = [item for item in items if item.get_closest_marker("slow")]
    ordered = [item for item in items if item.get_closest_marker("fresh")]
    others = [
        item
        for item in items
        if not item.get_closest_marker("slow") and not item.get_closest_marker("fresh")
    ]
    for number in range(processes):
        mine = slow[number::processes]
        upto = len(items) * (number + 1) // processes
        # A few others first, since the parts may differ by a test.
        lead, others = others[:2], others[2:]
        ordered += lead + mine
        rest = max(0, upto - len(ordered))
        ordered += others[:rest]
        others = others[rest:]
    items[:] = ordered + others


def pytest_collection_finish() -> None:
    """Let Python's collector pass over what stays to the end: a million objects, at each look."""
    gc.freeze()


@pytest.fixture
def own_process() -> Generator[None]:
    """Give back what a command changes for its whole process: logging, structlog, the hook."""
    import structlog

    root, kind = logging.getLogger(), logging.getLoggerClass()
    handlers, level, hook = [*root.handlers], root.level, sys.excepthook
    retries = logging.getLogger("stamina").level
    yield
    logging.setLoggerClass(kind)
    root.handlers, sys.excepthook = handlers, hook
    root.setLevel(level)
    logging.getLogger("stamina").setLevel(retries)
    structlog.reset_defaults()
