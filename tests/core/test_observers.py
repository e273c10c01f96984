"""lg_core.observers and the recording observer: what is told of a call."""

from dataclasses import fields

import pytest

from lg_core import observers
from lg_core.observers import CallFinished, CallOutcome, CallRetried, CallStarted, Observer
from lg_core.testing import RecordingObserver

STARTED = CallStarted(1, "lg-things", "lg-things.get_thing", None)
RETRIED = CallRetried(1, "lg-things", "lg-things.get_thing", None, 1, 0.25, "connect")
FINISHED = CallFinished(
    1, "lg-things", "lg-things.get_thing", None, CallOutcome.OK, 200, None, "r-1", 2, 0.3
)


def test_a_recording_observer_keeps_events_in_order() -> None:
    """Each event is kept as it was told, and the last end is at hand."""
    recorder = RecordingObserver()
    observer: Observer = recorder
    observer.started(STARTED)
    observer.retried(RETRIED)
    observer.finished(FINISHED)
    observer.started(STARTED)

    assert [STARTED, RETRIED, FINISHED, STARTED] == recorder.events
    assert FINISHED is recorder.last


def test_a_recording_observer_without_an_end_has_no_last() -> None:
    """Asking for the end of a call that has not ended is a fault of the test that asks."""
    recorder = RecordingObserver()
    recorder.started(STARTED)
    with pytest.raises(IndexError):
        _ = recorder.last


@pytest.mark.parametrize("event", [CallStarted, CallRetried, CallFinished])
def test_an_event_holds_names_and_numbers_only(event: type) -> None:
    """No event has a field of another type, so none can hold a body."""
    allowed = {"int", "float", "str", "str | None", "int | None", "CallOutcome"}
    types = {f.type if isinstance(f.type, str) else _name(f.type) for f in fields(event)}

    assert types <= allowed


def _name(kind: object) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)


def test_the_outcomes_are_a_closed_list() -> None:
    """Counting use depends on these words: a change of one is a breaking change."""
    assert {"ok", "refused", "not_sent", "unknown", "unreadable", "cancelled"} == set(CallOutcome)
    assert set(observers.__all__) >= {"CallOutcome", "Observer"}
