# SPDX-License-Identifier: MIT
"""Trace calls with OpenTelemetry: one span a call. Extra: `lg-core[opentelemetry]`."""

import threading
from typing import TYPE_CHECKING

from opentelemetry import trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from lg_core.observers import CallFinished, CallOutcome, CallRetried, CallStarted

if TYPE_CHECKING:
    from opentelemetry.trace import Span, TracerProvider

__all__ = ["TracingObserver"]


class TracingObserver:
    """Makes a span of each call, with names and numbers only.

    The span is named after the capability, such as `lg-pay.create_payment`. Attributes:
    `lg.component`, `lg.council`, `lg.outcome`, `lg.attempts`, `lg.error_code` and
    `http.response.status_code`; each retry is an event. Nothing is added to the request: GOV.UK's
    platforms are not told of the trace.

    Args:
        tracer_provider: where spans go; the process's own where it is None.
    """

    def __init__(self, tracer_provider: "TracerProvider | None" = None) -> None:
        self._tracer = trace.get_tracer("lg_core", tracer_provider=tracer_provider)
        self._spans: dict[int, Span] = {}
        self._lock = threading.Lock()

    def started(self, event: CallStarted) -> None:
        """Start the call's span, below the span that is current."""
        attributes = {"lg.component": event.component}
        if event.council is not None:
            attributes["lg.council"] = event.council
        span = self._tracer.start_span(
            event.capability, kind=SpanKind.CLIENT, attributes=attributes
        )
        with self._lock:
            self._spans[event.call_id] = span

    def retried(self, event: CallRetried) -> None:
        """Note the retry on the call's span."""
        with self._lock:
            span = self._spans[event.call_id]
        span.add_event(
            "retry",
            {"lg.attempt": event.attempt, "lg.wait": event.wait, "lg.reason": event.reason},
        )

    def finished(self, event: CallFinished) -> None:
        """End the call's span."""
        with self._lock:
            span = self._spans.pop(event.call_id)
        span.set_attribute("lg.outcome", event.outcome.value)
        span.set_attribute("lg.attempts", event.attempts)
        if event.status is not None:
            span.set_attribute("http.response.status_code", event.status)
        if event.code is not None:
            span.set_attribute("lg.error_code", event.code)
        if event.outcome is not CallOutcome.OK:
            span.set_status(Status(StatusCode.ERROR, event.outcome.value))
        span.end()
