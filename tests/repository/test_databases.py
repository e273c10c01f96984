# SPDX-License-Identifier: MIT
"""The PostgreSQL server of a test process ends with it, however the process ends."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SECONDS = 30
PROGRAM = """
import sys
from databases import _server, fresh_postgres
fresh_postgres()
print(_server().get_pid(), _server().pgdata, flush=True)
sys.stdin.read()
"""


def _runs(process: int) -> bool:
    """Say whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        os.kill(process, 0)
        state = Path(f"/proc/{process}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("how", ["ends", "killed", "group killed"])
def test_no_server_outlives_its_test_process(how: str) -> None:
    """Neither the server nor its folder is left, also where nothing of ours could tidy up."""
    with subprocess.Popen(  # noqa: S603 -- this interpreter, and a program that stands above
        [sys.executable, "-c", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    ) as child:
        assert child.stdout is not None
        server, folder = child.stdout.readline().split()
        assert _runs(int(server))
        assert Path(folder, "postmaster.pid").is_file()
        if how == "killed":
            child.kill()
        elif how == "group killed":
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()

    waiting, left = threading.Event(), SECONDS * 20
    while (_runs(int(server)) or Path(folder).exists()) and left:
        waiting.wait(0.05)  # for the watcher, which looks after the child is gone
        left -= 1
    assert not _runs(int(server))
    assert not Path(folder).exists()
