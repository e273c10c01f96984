# SPDX-License-Identifier: MIT
"""Log through the host's own logging, with an allow-list on what may be printed.

structlog over the standard library: nothing is configured here, so the host's handlers, levels
and formatters govern. A record's message is the event and its fields (`lg-pay.retry status=503
wait=0.5`), and the same fields stand on the record as `record.lg`, a dict for JSON formatters.
structlog is imported when the first line is written, not before.

A value is printed only where `lg_core.redaction.SAFE_FIELDS` has its name. An exception is
printed as the name of its type. Only an `LgError` keeps its text, which never holds what was sent.
"""

import inspect
import json
import logging
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from lg_core.errors import LgError
from lg_core.redaction import REDACTED, redact_fields, without

if TYPE_CHECKING:
    from structlog import BoundLogger
    from structlog.typing import EventDict, WrappedLogger

__all__ = [
    "HTTP_LOGGERS",
    "LgLogger",
    "RedactingFilter",
    "allow_list",
    "get_logger",
    "redact_http_library",
    "to_record",
]

HTTP_LOGGERS: Final[tuple[str, ...]] = (
    "hpack.hpack",
    "hpack.huffman",
    "hpack.table",
    *(
        f"{library}{generation}{part}"
        for generation in ("", "2")
        for library, part in (
            ("httpcore", ".connection"),
            ("httpcore", ".http11"),
            ("httpcore", ".http2"),
            ("httpcore", ".proxy"),
            ("httpcore", ".socks"),
            ("httpx", ""),
        )
    ),
)
"""The loggers of the HTTP library (httpx, or httpx2 where it is asked for) and what it uses."""

_FIELDS = "_lg_fields"
_EXCEPTION = "_lg_exception"
_LONGEST_ERROR = 1_000
_BARE = re.compile(r"[\w.:/+\-<>\[\]]+")


class LgLogger:
    """Write log lines whose fields are safe. Get one from `get_logger`.

    Args:
        name: the standard library's logger to write to.
        fields: what every line says, such as `component`.
    """

    __slots__ = ("_bound", "_fields", "_logger")

    def __init__(self, name: str, /, **fields: object) -> None:
        self._logger = logging.getLogger(name)
        self._fields = fields
        self._bound: BoundLogger | None = None

    def __repr__(self) -> str:
        return f"LgLogger({self.name!r})"

    @property
    def name(self) -> str:
        """The name of the standard library's logger."""
        return self._logger.name

    def bind(self, **fields: object) -> "LgLogger":
        """Return a logger whose every line also says these fields.

        Args:
            fields: names and values. Later ones replace earlier ones of the same name.

        Returns:
            A new logger. This one does not change.
        """
        return LgLogger(self.name, **{**self._fields, **fields})

    def is_enabled_for(self, level: int) -> bool:
        """Say whether a line of this level would be written.

        Args:
            level: a level of the standard library, such as `logging.DEBUG`.

        Returns:
            Whether the host's configuration lets it through.
        """
        return self._logger.isEnabledFor(level)

    def debug(
        self, event: str, /, *, exc_info: BaseException | bool = False, **fields: object
    ) -> None:
        """Write a line for somebody who follows each step.

        Args:
            event: what happened, as a fixed name such as `lg-pay.request_sent`.
            exc_info: the exception, or True for the one being handled. Its type is printed, and
                its text only if it is an `LgError`.
            fields: names and values; see `lg_core.redaction.SAFE_FIELDS`.
        """
        if self._logger.isEnabledFor(logging.DEBUG):
            self._write(event, level="debug", exc_info=exc_info, fields=fields)

    def info(
        self, event: str, /, *, exc_info: BaseException | bool = False, **fields: object
    ) -> None:
        """Write a line about something ordinary.

        Args:
            event: what happened, as a fixed name.
            exc_info: as for `debug`.
            fields: names and values.
        """
        if self._logger.isEnabledFor(logging.INFO):
            self._write(event, level="info", exc_info=exc_info, fields=fields)

    def warning(
        self, event: str, /, *, exc_info: BaseException | bool = False, **fields: object
    ) -> None:
        """Write a line about something that somebody should look at.

        Args:
            event: what happened, as a fixed name.
            exc_info: as for `debug`.
            fields: names and values.
        """
        if self._logger.isEnabledFor(logging.WARNING):
            self._write(event, level="warning", exc_info=exc_info, fields=fields)

    def error(
        self, event: str, /, *, exc_info: BaseException | bool = False, **fields: object
    ) -> None:
        """Write a line about something that failed.

        Args:
            event: what happened, as a fixed name.
            exc_info: as for `debug`.
            fields: names and values.
        """
        if self._logger.isEnabledFor(logging.ERROR):
            self._write(event, level="error", exc_info=exc_info, fields=fields)

    def exception(self, event: str, /, **fields: object) -> None:
        """Write an error with the type of the exception that is being handled.

        Args:
            event: what happened, as a fixed name.
            fields: names and values.
        """
        self.error(event, exc_info=True, **fields)

    def _write(
        self,
        event: str,
        *,
        level: str,
        exc_info: BaseException | bool,
        fields: Mapping[str, object],
    ) -> None:
        bound = self._bound or self._wrap()
        exception = exc_info if isinstance(exc_info, BaseException) else None
        if exc_info is True:
            exception = sys.exception()
        # Packed, so that no field's name can meet one of structlog's own arguments.
        packed = {_FIELDS: {**self._fields, **fields}, _EXCEPTION: exception}
        getattr(bound, level)(event, **packed)

    def _wrap(self) -> "BoundLogger":
        import structlog

        # All parts are named, so that the host's structlog.configure() changes none of them.
        bound: BoundLogger = structlog.wrap_logger(
            _HandOver(self._logger),
            processors=[_unpack, allow_list, to_record],
            wrapper_class=structlog.BoundLogger,
            context_class=dict,
            cache_logger_on_first_use=True,
        ).bind()
        self._bound = bound
        return bound


def get_logger(name: str) -> LgLogger:
    """Return a logger that writes to the standard library's logger of this name.

    Args:
        name: the logger's name, such as `lg_pay`. Set its level there to see more or less.

    Returns:
        A logger that prints only fields known to be safe.
    """
    return LgLogger(name)


def _unpack(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    return {**event.pop(_FIELDS), **event}


def allow_list(_logger: "WrappedLogger", _method: str, event: "EventDict") -> "EventDict":
    """Replace what may not be printed. A structlog processor.

    Args:
        event: what was logged, with the exception, where there is one, as a value.

    Returns:
        The safe fields, the event first.
    """
    given: dict[str, object] = {**event}
    exception = given.pop(_EXCEPTION, None)
    safe = redact_fields({"event": given.pop("event", None), **given})
    if isinstance(exception, BaseException):
        safe["exc_type"] = type(exception).__name__
        if isinstance(exception, LgError):
            safe["error"] = " ".join(str(exception).split())[:_LONGEST_ERROR]
    return safe


def to_record(
    _logger: "WrappedLogger", _method: str, event: "EventDict"
) -> tuple[tuple[str], dict[str, object]]:
    """Turn safe fields into arguments for the standard library. A structlog processor.

    Args:
        event: what `allow_list` returned.

    Returns:
        The message, and the fields for the record's `lg`.
    """
    fields = dict(event)
    words = [str(fields.get("event"))]
    words += (f"{name}={_as_text(value)}" for name, value in fields.items() if name != "event")
    return (" ".join(words),), {"extra": {"lg": fields}}


def _as_text(value: object) -> str:
    if isinstance(value, str) and _BARE.fullmatch(value):
        return value
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(value, ensure_ascii=False)


class _HandOver:
    """What structlog wraps: it gives finished lines to the standard library's logger.

    The record is made here, since `stacklevel` does not work for all loggers:
    `structlog.stdlib.LoggerFactory` replaces the class of every logger made after it, with one
    that counts frames in its own way.
    """

    __slots__ = ("_logger",)

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def debug(self, message: str, *, extra: dict[str, object]) -> None:
        self._handle(message, level=logging.DEBUG, extra=extra)

    def info(self, message: str, *, extra: dict[str, object]) -> None:
        self._handle(message, level=logging.INFO, extra=extra)

    def warning(self, message: str, *, extra: dict[str, object]) -> None:
        self._handle(message, level=logging.WARNING, extra=extra)

    def error(self, message: str, *, extra: dict[str, object]) -> None:
        self._handle(message, level=logging.ERROR, extra=extra)

    def _handle(self, message: str, *, level: int, extra: dict[str, object]) -> None:
        name, (file, line, function) = self._logger.name, _caller()
        record = self._logger.makeRecord(
            name, level, file, line, message, (), None, function, extra
        )
        self._logger.handle(record)


def _caller() -> tuple[str, int, str]:
    """Find the line that logs: the first frame that is neither ours nor structlog's."""
    frame = inspect.currentframe()
    while frame and str(frame.f_globals.get("__name__")).startswith(("structlog.", __name__)):
        frame = frame.f_back
    if frame is None:  # pragma: no cover -- an interpreter without frames
        return "(unknown file)", 0, "(unknown function)"
    return frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name


# ---------------------------------------------------------------- the HTTP library's own lines

_URL = re.compile(r"\bhttps?://[^\s\"'<>]+", re.IGNORECASE)
_BYTES = r"""b(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_HEADER = re.compile(rf"\(({_BYTES}), {_BYTES}\)")
_FAILURE = re.compile(r"\bexception=(\w+)\(.*", re.DOTALL)


class RedactingFilter(logging.Filter):
    """Clean the HTTP library's own log lines. For a host that switches those on.

    httpx writes each request's whole URL at INFO, and httpcore all headers of an answer at DEBUG.
    This filter replaces query strings, user names and passwords in URLs, values of headers, and
    texts of failures; in a URL's path it takes out what looks personal. Records of other loggers
    pass unchanged, so it can stand on a handler (where it sees every logger) or on the loggers
    themselves (see `redact_http_library`).

    Args:
        name: only look at records of this logger and those below it. Empty means all.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean the record if the HTTP library wrote it, and let it pass.

        Args:
            record: a record of any logger. It is changed in place.

        Returns:
            Whether the record belongs to the logger that this filter was named for.
        """
        if not super().filter(record):
            return False
        family = record.name.partition(".")[0]
        if family in {"httpx", "httpx2", "httpcore", "httpcore2"}:
            record.msg = _clean(record.getMessage())
        elif family == "hpack":  # every line of it holds a header
            record.msg = REDACTED
        else:
            return True
        record.args = None
        record.exc_info = record.exc_text = None
        return True


def redact_http_library() -> RedactingFilter:
    """Put a `RedactingFilter` on the HTTP library's loggers.

    For applications. These packages never call it: a library does not change logging.

    Returns:
        The filter, so that it can be taken off again. Calling this twice adds nothing.
    """
    loggers = [logging.getLogger(name) for name in HTTP_LOGGERS]
    present = (f for logger in loggers for f in logger.filters if isinstance(f, RedactingFilter))
    cleaning = next(present, None) or RedactingFilter()
    for logger in loggers:
        logger.addFilter(cleaning)
    return cleaning


def _clean(message: str) -> str:
    message = _URL.sub(lambda found: _clean_url(found.group()), message)
    message = _HEADER.sub(rf"(\1, {REDACTED})", message)
    return _FAILURE.sub(rf"exception=\1({REDACTED})", message)


def _clean_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # not a URL after all, so nothing is known about its parts
        return REDACTED
    user, _, host = parts.netloc.rpartition("@")
    return "".join(
        (
            f"{parts.scheme}://",
            f"{REDACTED}@" if user else "",
            host,
            without(parts.path, ()),
            f"?{REDACTED}" if parts.query else "",
            f"#{REDACTED}" if parts.fragment else "",
        )
    )
