# SPDX-License-Identifier: MIT
import os
import shutil
import subprocess
import sys
from pathlib import Path

CONFTEST = Path(__file__).resolve().parents[1] / "conftest.py"
SKIPS = """\
import pytest

def test_whole():
    pass

@pytest.mark.skip(reason="by a mark")
def test_mark():
    pass

def test_call():
    pytest.skip("by a call")

@pytest.mark.xfail(reason="expected")
def test_expected():
    assert False
"""
MODULE = 'import pytest\npytest.skip("all of it", allow_module_level=True)\n'


def _run(root: Path, **environment: str) -> str:
    folder = root / "tests"
    folder.mkdir(exist_ok=True)
    shutil.copy(CONFTEST, folder)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in {"LG_NO_SKIP", "PYTEST_ADDOPTS", "LG_CONTRACT_DATA"}
        and not name.startswith("COV")
    }
    done = subprocess.run(
        # The conftest has a hook of xdist's.
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "xdist.plugin"],
        cwd=root,
        # The plugins that are installed take longer to load than these tests to run.
        env={**inherited, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.splitlines()[-1]


def _write(root: Path, name: str, text: str) -> None:
    file = root / "tests" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")


def test_a_developer_may_skip(tmp_path: Path) -> None:
    """Without the switch a skip is a skip."""
    _write(tmp_path, "test_x.py", SKIPS)

    assert " 1 passed, 2 skipped, 1 xfailed in " in _run(tmp_path)


def test_in_the_gate_a_skip_is_a_failure(tmp_path: Path) -> None:
    """With the switch a call and an expected failure fail, and a mark is an error."""
    _write(tmp_path, "test_x.py", SKIPS)

    assert " 2 failed, 1 passed, 1 error in " in _run(tmp_path, LG_NO_SKIP="1")


def test_in_the_gate_a_skipped_module_is_an_error(tmp_path: Path) -> None:
    """With the switch a module that skips itself is an error."""
    _write(tmp_path, "test_x.py", MODULE)

    assert " 1 error in " in _run(tmp_path, LG_NO_SKIP="1")
