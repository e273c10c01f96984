"""lg_core.logs: log lines that hold nothing personal, in the host's own logging."""

import importlib
import inspect
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ApiError
from lg_core.logs import (
    HTTP_LOGGERS,
    LgLogger,
    RedactingFilter,
    allow_list,
    get_logger,
    redact_http_library,
    to_record,
)
from lg_core.redaction import REDACTED, SAFE_FIELDS

NAME = "lg_test_of_logs"


class Kept(logging.Handler):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)

    @property
    def text(self) -> str:
        """All messages, one a line."""
        return "\n".join(record.getMessage() for record in self.records)


@pytest.fixture
def host() -> Iterator[Kept]:
    """A host that has configured this one logger at INFO."""
    logger = logging.getLogger(NAME)
    handler = Kept()
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)
    logger.propagate = True


def lg(record: logging.LogRecord) -> dict[str, object]:
    """The fields that stand on a record."""
    return vars(record)["lg"]


def test_a_line_reads_well_and_carries_its_fields(host: Kept) -> None:
    """A plain formatter prints the message; a JSON formatter takes the same fields."""
    get_logger(NAME).info("lg-pay.retried", status=503, wait=0.5, reason="no answer", code=None)

    (record,) = host.records
    expected = 'lg-pay.retried status=503 wait=0.5 reason="no answer" code=null'
    fields = {"event": "lg-pay.retried", "status": 503, "wait": 0.5, "reason": "no answer"}
    assert expected == record.getMessage()
    assert {**fields, "code": None} == lg(record)
    assert json.dumps(lg(record))
    assert (record.name, record.levelname) == (NAME, "INFO")


def test_the_record_names_the_line_that_logged(host: Kept) -> None:
    """%(filename)s and %(lineno)d of the host's formatter are of use."""
    frame = inspect.currentframe()
    assert frame is not None
    get_logger(NAME).info("here")
    line = frame.f_lineno - 1

    (record,) = host.records
    assert __file__ == record.pathname
    assert ("test_the_record_names_the_line_that_logged", line) == (record.funcName, record.lineno)


def test_the_line_is_right_where_structlog_has_changed_the_class_of_loggers() -> None:
    """structlog's LoggerFactory makes loggers that look for the caller in their own way."""
    import structlog

    kind, name, handler = logging.getLoggerClass(), f"{NAME}.made_later", Kept()
    structlog.stdlib.LoggerFactory()
    logging.getLogger(name).addHandler(handler)
    logging.setLoggerClass(kind)
    get_logger(name).warning("here")

    assert handler.records[0].pathname == __file__


@given(name=st.text(max_size=20), value=st.text(min_size=6, max_size=40).map("SECRET{}".format))
def test_nothing_outside_the_list_is_printed(name: str, value: str) -> None:
    """A field whose name is not known to be safe loses its value, whatever its name is."""
    logger, handler = logging.getLogger(f"{NAME}.any"), Kept()
    logger.handlers, logger.propagate = [handler], False
    logger.setLevel(logging.INFO)

    fields: dict[str, Any] = {} if name in SAFE_FIELDS else {name: value}
    get_logger(logger.name).info("sent", **fields)

    assert "SECRET" not in handler.text
    assert "SECRET" not in str(lg(handler.records[0]))


@pytest.mark.parametrize("name", ["self", "method_name", "logger", "lg", "event", "stack_info"])
def test_no_name_of_a_field_can_break_logging(host: Kept, name: str) -> None:
    """A field may be called as an argument of structlog or of the standard library is."""
    fields: dict[str, Any] = {name: "x"}
    get_logger(NAME).info("sent", **fields)

    assert lg(host.records[0])["event"] == "sent"


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_each_level_is_the_standard_librarys(host: Kept, level: str) -> None:
    """The host filters by level as it does for every other library."""
    number: int = getattr(logging, level.upper())
    logging.getLogger(NAME).setLevel(number)
    write = getattr(get_logger(NAME), level)
    write("first")
    logging.getLogger(NAME).setLevel(number + 1)
    write("second")

    assert [("first", number)] == [(r.getMessage(), r.levelno) for r in host.records]


def test_a_logger_says_whether_a_level_is_on(host: Kept) -> None:
    """Somebody who would have to work out a field can ask first."""
    assert (
        get_logger(NAME).is_enabled_for(logging.DEBUG),
        get_logger(NAME).is_enabled_for(logging.INFO),
    ) == (False, True)
    assert host.records == []


def test_bound_fields_stand_on_every_line_and_can_be_replaced(host: Kept) -> None:
    """bind() makes a new logger and leaves the first one as it was."""
    first = get_logger(NAME)
    second = first.bind(component="lg-pay", attempt=1)
    second.info("sent", attempt=2)
    first.info("sent")

    assert [r.getMessage() for r in host.records] == ["sent component=lg-pay attempt=2", "sent"]


def test_an_exception_is_printed_as_its_type_only(host: Kept) -> None:
    """The text of somebody else's exception may hold anything, and its traceback repeats it."""
    log, handled = get_logger(NAME), True
    try:
        int("SECRET")
    except ValueError as error:
        log.exception("failed")
        log.warning("failed", exc_info=error)
        log.warning("failed", exc_info=handled)
    log.info("failed", exc_info=handled)

    expected = ["failed exc_type=ValueError"] * 3 + ["failed"]
    assert expected == host.text.splitlines()
    assert [record.exc_info for record in host.records] == [None] * 4


def test_an_error_of_ours_keeps_its_text(host: Kept) -> None:
    """Our errors never hold what was sent, so their text may help."""
    get_logger(NAME).error("failed", exc_info=ApiError("Pay said\nno.", status=422))

    expected = {"event": "failed", "exc_type": "ApiError", "error": "Pay said no."}
    assert expected == lg(host.records[0])


def test_an_event_that_holds_more_than_a_name_is_replaced(host: Kept) -> None:
    """Text put together by hand does not get round the list."""
    get_logger(NAME).info("sent to bob@example.com", error="SECRET")

    assert f"{REDACTED} error={REDACTED}" == host.text


def test_the_hosts_structlog_settings_change_nothing(host: Kept) -> None:
    """A host that uses structlog for itself neither sees nor shapes these lines."""
    import structlog

    structlog.configure(processors=[], wrapper_class=structlog.BoundLogger)
    try:
        get_logger(NAME).info("sent", status=200)
    finally:
        structlog.reset_defaults()

    assert host.text == "sent status=200"


def test_structlog_is_imported_by_the_first_line_that_is_written() -> None:
    """Importing a component stays cheap, and so does a line that nobody wants to see."""
    program = (
        "import sys; from lg_core.logs import get_logger; log = get_logger('lg_pay')\n"
        "log.debug('quiet'); print('structlog' in sys.modules)\n"
        "log.warning('loud'); print('structlog' in sys.modules)"
    )

    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "True"]
    assert done.stderr == "loud\n"


def test_a_logger_prints_its_name() -> None:
    """A developer sees in a debugger which logger it is, and no fields."""
    assert repr(LgLogger("lg_pay", council="x")) == "LgLogger('lg_pay')"


def test_the_processors_serve_a_host_that_sends_structlog_through_them(host: Kept) -> None:
    """stamina's line on a retry shows numbers, and neither arguments nor an exception."""
    import structlog

    theirs = structlog.wrap_logger(
        logging.getLogger(NAME),
        processors=[allow_list, to_record],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    theirs.warning("stamina.retry_scheduled", args=("SECRET",), caused_by="SECRET", retry_num=1)

    assert f"stamina.retry_scheduled args={REDACTED} caused_by={REDACTED} retry_num=1" == host.text


# ---------------------------------------------------------------- the HTTP library's own lines


class Answer(BaseHTTPRequestHandler):
    """Answers with a header that must not be printed."""

    def do_GET(self) -> None:
        """Answer."""
        self.send_response(200)
        self.send_header("Set-Cookie", "SECRET")
        self.send_header("X-Quotes", "SECRET'\"and more")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent."""


@pytest.fixture(scope="module")
def platform() -> Iterator[str]:
    """A platform on loopback."""
    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def loud() -> Iterator[Kept]:
    """A host that shows everything that the HTTP library writes."""
    root, handler = logging.getLogger(), Kept()
    level = root.level
    # Another test may have set them as an application would: quiet, or with a filter on them.
    for name in HTTP_LOGGERS:
        library = logging.getLogger(name)
        library.disabled, library.propagate = False, True
        library.setLevel(logging.NOTSET)
        for cleaning in [*library.filters]:
            library.removeFilter(cleaning)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)


def _take_off(cleaning: RedactingFilter) -> None:
    for name in HTTP_LOGGERS:
        logging.getLogger(name).removeFilter(cleaning)


@pytest.fixture(params=["handler", "loggers"])
def redacted(request: pytest.FixtureRequest, loud: Kept) -> Iterator[Kept]:
    """The same host, with the filter in one of the two places where it can stand."""
    on_handler = request.param == "handler"
    cleaning = RedactingFilter() if on_handler else redact_http_library()
    if on_handler:
        loud.addFilter(cleaning)
    yield loud
    _take_off(cleaning)


@pytest.mark.fresh
@pytest.mark.parametrize("library", ["httpx", "httpx2"])
def test_the_http_librarys_lines_lose_what_was_sent_and_answered(
    library: str, platform: str, redacted: Kept
) -> None:
    """Both libraries' real lines keep method, host, path and status, and nothing personal."""
    http = importlib.import_module(library)
    url = f"http://SECRET:SECRET@{platform}/v1/SW1A1AA/payments?email=SECRET#SECRET"
    with http.Client(trust_env=False) as client:
        client.get(url, headers={"Authorization": "SECRET"})
        with pytest.raises(http.LocalProtocolError):
            client.get(f"http://{platform}/", headers={"Authorization": "SECRET\n"})

    assert "SECRET" not in redacted.text
    assert "SW1A1AA" not in redacted.text
    assert "SECRET" not in "".join(str(record.args) for record in redacted.records)
    sent = f'GET http://{REDACTED}@{platform}/v1/[removed]/payments?{REDACTED}#{REDACTED} "HTTP'
    assert sent in redacted.text
    assert "(b'Set-Cookie', [redacted]), (b'X-Quotes', [redacted])" in redacted.text
    assert f"exception=LocalProtocolError({REDACTED})" in redacted.text


@pytest.mark.fresh
def test_without_the_filter_the_library_prints_it_all(platform: str, loud: Kept) -> None:
    """The test above could fail: this is what it looks at."""
    http = importlib.import_module("httpx")
    with http.Client(trust_env=False) as client:
        client.get(f"http://{platform}/?email=SECRET")

    assert "SECRET" in loud.text


@pytest.mark.parametrize(
    ("name", "message", "expected"),
    [
        ("hpack.hpack", "Adding (b'authorization', b'x') to the header table", REDACTED),
        ("httpx", "HTTP Request: GET http://[bad", f"HTTP Request: GET {REDACTED}"),
        ("httpx", "HTTP Request: GET https://h/p", "HTTP Request: GET https://h/p"),
        ("httpcore.http11", "send_request_body.complete", "send_request_body.complete"),
        ("uvicorn.access", "GET /?name=theirs", "GET /?name=theirs"),
        ("httpxtra", "GET http://h/?name=theirs", "GET http://h/?name=theirs"),
    ],
)
def test_the_filter_looks_at_the_http_librarys_records_only(
    name: str, message: str, expected: str
) -> None:
    """On a handler the filter sees every record, and leaves the others alone."""
    record = logging.LogRecord(name, logging.INFO, "", 0, message, None, None)

    assert RedactingFilter().filter(record)
    assert expected == record.getMessage()


def test_the_filter_drops_the_traceback_of_a_request() -> None:
    """An exception's text of the HTTP library may hold a header."""
    error = ValueError("SECRET")
    info = (ValueError, error, None)
    record = logging.LogRecord("httpcore.http11", logging.ERROR, "", 0, "failed", None, info)

    assert RedactingFilter().filter(record)
    assert "SECRET" not in logging.Formatter().format(record)


def test_a_named_filter_is_one_of_the_standard_library() -> None:
    """A name narrows the filter to one logger, as the standard library has it."""
    record = logging.LogRecord("httpx", logging.INFO, "", 0, "http://h/?q=1", None, None)

    assert not RedactingFilter("httpcore").filter(record)


def test_asking_twice_adds_one_filter() -> None:
    """An application that starts up twice in one process does not pile up filters."""
    first = redact_http_library()
    second = redact_http_library()
    try:
        assert first is second
        assert [1] * len(HTTP_LOGGERS) == [
            len(logging.getLogger(name).filters) for name in HTTP_LOGGERS
        ]
    finally:
        _take_off(first)
