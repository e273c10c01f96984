# SPDX-License-Identifier: MIT
"""Wait until whoever started us is gone, then stop the PostgreSQL server of a folder.

python databases_watcher.py FOLDER

A process that ends as it should has stopped its server and removed the folder before we look.
"""

import os
import shutil
import signal
import sys
import time
from pathlib import Path

__all__ = ["main"]

_SECONDS = 20.0
_LOOK_EVERY = 0.1


def main() -> None:
    """Wait, and stop what is left."""
    folder = Path(sys.argv[1])
    sys.stdin.buffer.read()  # ends when the other end of the pipe is closed
    if not folder.is_dir():
        return
    server = _server_of(folder)
    if server is not None:
        _stop(server)
    shutil.rmtree(folder, ignore_errors=True)


def _server_of(folder: Path) -> int | None:
    """Return the id of the server's process, which is the first line of its file."""
    try:
        return int((folder / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None  # it had not started, or is stopped


def _stop(server: int) -> None:
    """Ask it to end at once, and see that it does (PostgreSQL manual, 'Shutting Down the Server').

    SIGQUIT is its immediate shutdown: it ends its children, and nothing in it is worth keeping.
    """
    end = time.monotonic() + _SECONDS
    try:
        os.kill(server, signal.SIGQUIT)
        while time.monotonic() < end:
            os.kill(server, 0)
            time.sleep(_LOOK_EVERY)
        os.kill(server, signal.SIGKILL)
    except ProcessLookupError:
        return


if __name__ == "__main__":
    main()
