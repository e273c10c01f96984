# SPDX-License-Identifier: MIT
"""Planted secrets and personal data, and everything in which they might come to light."""

import base64
import cProfile
import dataclasses
import functools
import io
import json
import logging
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from enum import Enum
from types import CodeType
from typing import Any, Self, cast
from urllib.parse import quote, quote_plus

import structlog  # noqa: TID253 -- a test may load it
from pydantic import BaseModel

from lg_core.errors import LgError
from lg_core.models import AnswerModel

__all__ = ["PLANTED", "Log", "Reached", "Saw", "leaks_in", "structlog_said"]

PLANTED: Mapping[str, str] = {
    "api key": "api_test_sesame0quill" + "k7" * 16,
    "card number": "4539148803436467",
    "e-mail": "gwenllian.quillfeather@example.org",
    "name": "Gwenllian Quillfeather",
    "phone": "07700 900461",
    "postcode": "ZQ9 8XT",
    "address": "14 Marlpit Orchard",
    "reference": "HB-QX-77120943",
    "description": "Rent arrears of flat Zebu",
    "metadata value": "support worker Tuesday zq",
    "metadata key": "lodger_zq_surname",
    "return address": "https://www.example.gov.uk/return/9b2e6f6ac4f54c0e8d0f",
    "proxy password": "hunter2zqproxy",
    "signing secret": "webhook_test_zqsecretzq",
    "town": "Nether Zebuham",
}
"""What is planted: none of it is anybody's."""


def leaks_in(text: str, planted: Mapping[str, str] = PLANTED) -> list[str]:
    """Name what is planted and stands in a text, also where it is quoted, escaped or encoded."""
    folded = text.casefold()
    return [
        name for name, value in planted.items() if any(form in folded for form in _forms(value))
    ]


@functools.cache
def _forms(value: str) -> frozenset[str]:
    forms = (
        value,
        "".join(value.split()),
        quote(value),
        quote(value, safe=""),
        quote_plus(value),
        json.dumps(value)[1:-1],
        repr(value)[1:-1],
        base64.b64encode(value.encode()).decode().rstrip("="),
    )
    return frozenset(form.casefold() for form in forms)


class Log(logging.Handler):
    """Keeps every record of every logger: as a plain formatter prints it, and all it holds."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record."""
        self.lines += (self.format(record), repr(vars(record)))

    def __enter__(self) -> Self:
        """Listen at the root, at DEBUG."""
        root = logging.getLogger()
        self._level = root.level
        root.setLevel(logging.DEBUG)
        root.addHandler(self)
        return self

    def __exit__(self, *_ignored: object) -> None:
        """Leave logging as it was."""
        root = logging.getLogger()
        root.removeHandler(self)
        root.setLevel(self._level)


@contextmanager
def structlog_said() -> Generator[io.StringIO]:
    """Write all that structlog is told as JSON, and let it print as where nobody configured it.

    A host may do either. What is written as JSON is what the context manager gives.
    """
    stream = io.StringIO()
    write = structlog.processors.JSONRenderer(default=repr)

    def copy(
        logger: structlog.typing.WrappedLogger, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        told = structlog.processors.format_exc_info(logger, method, dict(event))
        stream.write(f"{write(logger, method, told)!s}\n")
        return event

    structlog.reset_defaults()
    structlog.configure(processors=[copy, *structlog.get_config()["processors"]])
    try:
        yield stream
    finally:
        structlog.reset_defaults()


class Saw:
    """What the probes saw: every text that a log, a report or a debugger would show, and types.

    Attributes:
        texts: where, and what stood there.
        types: the types of all values met, nested ones included.
        planted: what is looked for; a probe adds what it learns on the way.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.types: set[type] = set()
        self.planted = dict(PLANTED)

    def __call__(self, value: object) -> None:
        """Look at a value that a caller gets."""
        where = type(value).__name__
        if isinstance(value, BaseException):
            self._error(value)
        elif isinstance(value, str | bytes | int | float | Enum | None):
            pass  # the value itself, which is what was asked for
        elif isinstance(value, list | tuple):
            for each in cast("list[object]", value):
                self(each)
        else:
            self.texts += (
                (f"repr of {where}", repr(value)),
                (f"str of {where}", str(value)),
                (f"format of {where}", f"{value}"),
            )
        if isinstance(value, AnswerModel):
            for name in value.later:
                self.attempt(getattr, value, name)
        self._types(cast("object", value), set())

    def text(self, where: str, text: str) -> None:
        """Look at a text that was printed or returned as safe."""
        self.texts.append((where, text))

    def attempt(self, work: Callable[..., object], *args: object, **kwargs: object) -> object:
        """Do something that may fail, and look at what came of it."""
        try:
            result = work(*args, **kwargs)
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 -- looked at, every one
            self(error)
            return None
        self(result)
        return result

    def leaks(self) -> list[str]:
        """Say what came to light, and where."""
        found = {text: leaks_in(text, self.planted) for text in {text for _, text in self.texts}}
        return [f"{where}: {', '.join(found[text])}" for where, text in self.texts if found[text]]

    def _error(self, error: BaseException) -> None:
        for each in _chain(error, set()):
            name = type(each).__name__
            self.types.update(type(each).__mro__)
            self.texts += (
                (f"str of {name}", str(each)),
                (f"repr of {name}", repr(each)),
                (f"format of {name}", f"{each}"),
                # Alone: what hangs on it is looked at for itself, whatever Python would print. Of
                # its frames Python prints our own lines, which take it half of all the time here.
                (
                    f"traceback of {name}",
                    "".join(traceback.format_exception(each, chain=False, limit=0)),
                ),
                (f"vars of {name}", repr(vars(each))),
                (f"args of {name}", repr(each.args)),
            )
            if isinstance(each, LgError):
                self.text(f"pickle of {name}", pickle.dumps(each).decode("latin-1"))
                self.text(
                    f"pickle of {name} (text)", pickle.dumps(each, protocol=0).decode("latin-1")
                )

    def _types(self, value: object, met: set[int]) -> None:
        if id(value) in met:
            return
        met.add(id(value))
        self.types.update(type(value).__mro__)
        for each in _inside(value):
            self._types(each, met)


def _chain(error: BaseException, met: set[int]) -> Iterator[BaseException]:
    """Yield an error, and every error that hangs on it, suppressed ones included."""
    if id(error) in met:
        return
    met.add(id(error))
    yield error
    hanging: list[BaseException | None] = [error.__cause__, error.__context__]
    hanging += getattr(error, "previous", ())
    hanging += getattr(error, "exceptions", ())
    for each in hanging:
        if each is not None:
            yield from _chain(each, met)


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, BaseModel):
        yield from (getattr(value, name) for name in type(value).model_fields)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield from (getattr(value, each.name) for each in dataclasses.fields(value))
    elif isinstance(value, Mapping):
        yield from cast("Mapping[object, object]", value).values()
    elif isinstance(value, list | tuple):
        yield from cast("list[object]", value)


class Reached:
    """Notes which functions ran, in this thread and in those that it starts.

    The interpreter's own profiler does it, in C: a function of ours would run for every call of
    every probe. It may be entered again, and adds to what it noted.
    """

    def __init__(self) -> None:
        self.code: dict[int, CodeType] = {}
        self._profilers: list[cProfile.Profile] = []

    def __enter__(self) -> Self:
        if sys.version_info >= (3, 12):
            watch = sys.monitoring
            watch.use_tool_id(watch.PROFILER_ID, "lg-tests")
            watch.register_callback(watch.PROFILER_ID, watch.events.PY_START, self._start)
            watch.set_events(watch.PROFILER_ID, watch.events.PY_START)
        else:
            threading.setprofile(self._watch_this_thread)
            self._watch_this_thread()
        return self

    def __exit__(self, *_ignored: object) -> None:
        if sys.version_info >= (3, 12):
            sys.monitoring.free_tool_id(sys.monitoring.PROFILER_ID)
            return
        threading.setprofile(None)
        self._profilers[0].disable()
        for profiler in self._profilers:
            entries = profiler.getstats()
            ran = [each.code for each in entries if isinstance(each.code, CodeType)]
            self.code.update((id(code), code) for code in ran)
        self._profilers.clear()

    def _start(self, code: CodeType, _offset: int) -> object:
        self.code[id(code)] = code
        return sys.monitoring.DISABLE if sys.version_info >= (3, 12) else None  # once is enough

    def _watch_this_thread(self, *_event: object) -> None:
        profiler = cProfile.Profile(builtins=False, subcalls=False)
        self._profilers.append(profiler)
        profiler.enable()
