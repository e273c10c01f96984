# SPDX-License-Identifier: MIT
"""Processes that are killed: what they do, what they tell, and how they end.

A child runs a function of a module beside the tests. It is forked from a process that has loaded
the packages already (multiprocessing's fork server), so it is at work in milliseconds: a test that
kills twenty of them would spend its time loading libraries otherwise. The fork server itself has no
thread, no connection and no open database, so a child begins as clean as a program does.
"""

import multiprocessing
import os
import sys
import threading
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Final

__all__ = ["PATIENCE", "Child", "Tell"]

Tell = Callable[[str], None]
"""What a child tells a step with. When it returns, the parent will hear of it, whatever follows."""

PATIENCE: Final = 60.0
"""How many seconds a child may take before something is wrong."""

_LOADED: Final = ["children_loaded"]
_TESTS: Final = str(Path(__file__).parent)
_FORKING: Final = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(_LOADED)
_STARTING: Final = threading.Lock()


class Child:
    """A process of its own, that tells each step, and may be killed after some.

    Args:
        work: what it does: a function that takes `tell`, of a module that the child can import, so
            not of a test module. With `functools.partial` it is given more, by keyword. The number
            that it returns is the child's own.
        steps: kill it when it has told so many; None to let it end by itself.
        at: count these steps alone.
        heard: called with each step, before the child is killed for it.
    """

    def __init__(
        self,
        work: Callable[[Tell], int | None],
        *,
        steps: int | None = None,
        at: str = "",
        heard: Callable[[str], None] | None = None,
    ) -> None:
        self.told: list[str] = []
        self._steps, self._at, self._heard = steps, at, heard
        self._began = threading.Event()
        self._failed: list[BaseException] = []
        reader, writer = _FORKING.Pipe(duplex=False)
        self._process = _started(_run, writer, work)
        writer.close()
        self._thread = threading.Thread(target=self._listen, args=(reader,), daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The number of the process."""
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """Kill it with a signal that no process can catch."""
        self._process.kill()

    def wait_begun(self) -> None:
        """Wait for its first step."""
        assert self._began.wait(PATIENCE), "the child told nothing"

    def ended(self, *, within: float = PATIENCE) -> int:
        """Wait until it has ended, kill it where that takes long, and return how it ended.

        Args:
            within: how many seconds it may take.

        Returns:
            -9 where it was killed, else its own number.

        Raises:
            AssertionError: an error ended it, which stands in the text.
        """
        self._thread.join(within)
        self._process.kill()
        self._thread.join(PATIENCE)
        self._process.join(PATIENCE)
        if self._failed:
            raise self._failed[0]
        assert self._process.exitcode is not None, "the child does not end"
        return self._process.exitcode

    def _listen(self, reader: Connection) -> None:
        try:
            with reader:
                while True:
                    self._hear(reader.recv())
        except EOFError:  # it has ended; a step that was cut by the kill was not told
            self._process.join(PATIENCE)
        except BaseException as error:  # noqa: BLE001 -- raised where the child is waited for
            self._failed.append(error)
            self._process.kill()
        finally:
            self._began.set()

    def _hear(self, said: tuple[str, str]) -> None:
        kind, word = said
        if kind == "error":
            raise AssertionError(f"The child ended with an error:\n{word}")
        self.told.append(word)
        if self._heard is not None:
            self._heard(word)
        if self._steps is not None and (not self._at or word == self._at):
            self._steps -= 1
            if self._steps <= 0:
                self._process.kill()
        self._began.set()


def _started(run: Callable[..., None], *arguments: object) -> ForkServerProcess:
    process = _FORKING.Process(target=run, args=arguments, daemon=True)
    with _STARTING:  # the environment is the whole process's
        before = os.environ.get("PYTHONPATH")
        # The server finds our modules by it, where this is the first child.
        os.environ["PYTHONPATH"] = _TESTS if before is None else f"{_TESTS}{os.pathsep}{before}"
        try:
            process.start()
        finally:
            if before is None:
                del os.environ["PYTHONPATH"]
            else:
                os.environ["PYTHONPATH"] = before
    return process


def _run(writer: Connection, work: Callable[[Tell], int | None]) -> None:
    telling = threading.Lock()  # several threads of a child may tell

    def tell(word: str) -> None:
        with telling:
            writer.send(("step", word))

    try:
        number = work(tell)
    except Exception:
        writer.send(("error", traceback.format_exc()))
        raise
    sys.exit(number or 0)
