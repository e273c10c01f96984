"""lg_core.opentelemetry: one span a call, of names and numbers."""

import threading
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from core.platform_app import BASE_URL, Odd, PlatformApp, authorise, get_thing, platform
from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from lg_core.clients import ApiClient
from lg_core.errors import NotFoundError
from lg_core.observers import CallFinished, CallOutcome, CallStarted
from lg_core.opentelemetry import TracingObserver
from lg_core.testing import Trouble, asgi, unreliable

pytestmark = pytest.mark.usefixtures("retries_without_waiting")


class KeptSpan(trace.NonRecordingSpan):
    """A span that keeps what it is told."""

    def __init__(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(trace.INVALID_SPAN_CONTEXT)
        self.name = name
        self.kind = kind
        self.parent = trace.get_current_span()
        self.attributes = dict(attributes or {})
        self.events: list[tuple[str, dict[str, Any]]] = []
        self.status: Status | None = None
        self.ends = 0

    def end(self, end_time: int | None = None) -> None:
        """End the span, at the time that it is."""
        assert end_time is None
        self.ends += 1

    def set_attribute(self, key: str, value: Any) -> None:
        """Keep an attribute."""
        self.attributes[key] = value

    def add_event(self, name: str, attributes: Any = None, timestamp: int | None = None) -> None:
        """Keep an event, at the time that it is."""
        assert timestamp is None
        self.events.append((name, dict(attributes)))

    def set_status(self, status: Status | StatusCode, description: str | None = None) -> None:
        """Keep the status."""
        assert isinstance(status, Status)
        assert description is None
        self.status = status

    def record_exception(self, exception: BaseException, *args: Any, **kwargs: Any) -> None:
        """Fail: an exception may hold what must not be told."""
        raise AssertionError(exception, args, kwargs)


class KeepingTracer(trace.NoOpTracer):
    """A tracer that keeps its spans."""

    def __init__(self) -> None:
        self.spans: list[KeptSpan] = []

    def start_span(self, name: str, *args: Any, **kwargs: Any) -> trace.Span:
        """Keep a span."""
        assert () == args
        span = KeptSpan(name, **kwargs)
        self.spans.append(span)
        return span


class KeepingProvider(trace.NoOpTracerProvider):
    """A provider of one tracer."""

    def __init__(self) -> None:
        self.tracer = KeepingTracer()
        self.names: list[str] = []

    def get_tracer(self, instrumenting_module_name: str, *args: Any, **kwargs: Any) -> trace.Tracer:
        """Return the tracer."""
        assert not any((*args, *kwargs.values()))
        self.names.append(instrumenting_module_name)
        return self.tracer


def call(
    app: PlatformApp, troubles: Sequence[Trouble] = (), *, council: str | None = "camden"
) -> KeepingProvider:
    """Ask for a thing, and return what was traced."""
    provider = KeepingProvider()
    transport = asgi(app)
    client = ApiClient(
        platform(),
        base_url=BASE_URL,
        authorise=authorise,
        transport=unreliable(transport, troubles),
        observers=[TracingObserver(provider)],
        council=council,
    )
    try:
        client.exchange(get_thing(7))
    except NotFoundError:
        assert 7 not in app.names
    finally:
        transport.close()
    return provider


def test_a_call_is_one_span() -> None:
    """The span bears the capability's name, and the facts of the call's end."""
    provider = call(PlatformApp(names={7: "bin"}))
    (span,) = provider.tracer.spans

    assert ["lg_core"] == provider.names
    assert ("lg-things.get_thing", SpanKind.CLIENT) == (span.name, span.kind)
    assert {
        "lg.component": "lg-things",
        "lg.council": "camden",
        "lg.outcome": "ok",
        "lg.attempts": 1,
        "http.response.status_code": 200,
    } == span.attributes
    assert ([], None, 1) == (span.events, span.status, span.ends)


def test_a_retry_is_an_event_of_the_span() -> None:
    """Each retry tells its attempt, its wait and its reason."""
    provider = call(PlatformApp(names={7: "bin"}), [Trouble.REFUSED, Trouble.ERROR_BEFORE])
    (span,) = provider.tracer.spans

    assert ["retry", "retry"] == [name for name, _ in span.events]
    assert [(1, "connect"), (2, "status_503")] == [
        (told["lg.attempt"], told["lg.reason"]) for _, told in span.events
    ]
    assert all(told["lg.wait"] > 0 for _, told in span.events)
    assert 3 == span.attributes["lg.attempts"]


def test_a_failure_is_a_status_of_the_span() -> None:
    """A call that failed ends its span with an error, the outcome's word and the code."""
    app = PlatformApp()
    app.odd.append(Odd(404, b'{"code": "T0404", "description": "Mrs Evans is unknown"}'))
    (span,) = call(app, council=None).tracer.spans

    assert span.status is not None
    assert (StatusCode.ERROR, "refused") == (span.status.status_code, span.status.description)
    assert {
        "lg.component": "lg-things",
        "lg.outcome": "refused",
        "lg.attempts": 1,
        "lg.error_code": "T0404",
        "http.response.status_code": 404,
    } == span.attributes
    assert 1 == span.ends


def test_a_call_that_never_left_has_no_status_code() -> None:
    """Where no answer came there is no HTTP status to tell."""
    provider = KeepingProvider()
    observer = TracingObserver(provider)
    observer.started(CallStarted(9, "lg-things", "lg-things.x", None))
    observer.finished(
        CallFinished(
            9, "lg-things", "lg-things.x", None, CallOutcome.NOT_SENT, None, None, None, 1, 0.1
        )
    )
    (span,) = provider.tracer.spans

    assert "http.response.status_code" not in span.attributes
    assert 1 == span.ends


def test_a_span_stands_below_the_one_that_is_current() -> None:
    """A call made while a request is served belongs to that request's trace."""
    outer = KeptSpan("outer")
    with trace.use_span(outer):
        (span,) = call(PlatformApp(names={7: "bin"})).tracer.spans

    assert outer is span.parent


def test_nothing_is_added_to_the_request() -> None:
    """The platform is not told of the trace."""
    app = PlatformApp(names={7: "bin"})
    call(app)

    assert not {"traceparent", "tracestate", "baggage"} & set(app.seen[0].headers)


def test_without_a_provider_the_processs_own_is_used() -> None:
    """An application that set OpenTelemetry up need hand nothing over."""
    observer = TracingObserver()
    observer.started(CallStarted(9, "lg-things", "lg-things.x", None))
    observer.finished(
        CallFinished(9, "lg-things", "lg-things.x", None, CallOutcome.OK, 200, None, None, 1, 0.1)
    )

    assert {} == observer._spans


def test_calls_of_several_threads_keep_their_own_spans() -> None:
    """Spans are told apart by the call, not by the thread or the order."""
    provider = KeepingProvider()
    observer = TracingObserver(provider)

    def one(number: int) -> None:
        observer.started(CallStarted(number, "lg-things", f"call {number}", None))
        observer.finished(
            CallFinished(number, "lg-things", "", None, CallOutcome.OK, number, None, None, 1, 0.1)
        )

    threads = [threading.Thread(target=one, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert {f"call {number}": number for number in range(50)} == {
        span.name: span.attributes["http.response.status_code"] for span in provider.tracer.spans
    }
    assert [1] * 50 == [span.ends for span in provider.tracer.spans]
