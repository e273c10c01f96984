# SPDX-License-Identifier: MIT
"""What can be said of a message whose answer was lost."""

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import InvalidValueError, OutcomeUnknownError
from lg_notify import FoundOutcome, Notification, SendOutcomeUnknownError, StillUnknown
from lg_notify.found_out import (
    GIVES_UP_AFTER,
    KEPT_FOR,
    Doubt,
    midnight_after,
    pdf_wait,
)

NOW = datetime(2026, 11, 22, 14, tzinfo=UTC)
MADE = "lg-" + "0" * 32


def an_error(**changes: Any) -> SendOutcomeUnknownError:
    """Return the error of a text, with changes."""
    values: dict[str, Any] = {
        "reference": "zq-mine",
        "was_made": False,
        "template_type": "sms",
        "began_at": NOW - timedelta(seconds=40),
        "left_at": NOW - timedelta(seconds=10),
        "reason": "timeout",
        "find_out": "Look.",
        "attempts": 2,
    }
    return SendOutcomeUnknownError("It may have been sent.", **(values | changes))


def a_notification(created_at: datetime) -> Notification:
    """Return a message that was accepted at an instant."""
    return Notification.model_validate(
        {
            "id": "a",
            "type": "sms",
            "status": "sending",
            "template": {"id": "t", "version": 1, "uri": "u"},
            "body": "b",
            "created_at": created_at,
        }
    )


def a_doubt(error_or_reference: Any, **changes: Any) -> Doubt:
    """Read a doubt, with changes."""
    values: dict[str, Any] = {"template_type": None, "since": None, "now": NOW}
    return Doubt.of(error_or_reference, **(values | changes))


def test_a_reference_that_was_made_travels_and_yours_does_not() -> None:
    """A pickle holds nothing that you wrote; all else comes back."""
    mine, made = an_error(), an_error(reference=MADE, was_made=True)
    again, other = pickle.loads(pickle.dumps(mine)), pickle.loads(pickle.dumps(made))

    assert ("zq-mine", None, MADE) == (mine.reference, again.reference, other.reference)
    assert ("sms", 2, mine.left_at, "timeout") == (
        again.template_type,
        again.attempts,
        again.left_at,
        again.reason,
    )
    assert "zq-mine" not in repr(vars(mine)) + str(mine) + repr(mine)
    assert b"zq-mine" not in pickle.dumps(mine)
    assert StillUnknown.NO_REFERENCE is a_doubt(again).unanswerable(now=NOW, kept_for=KEPT_FOR)


@pytest.mark.parametrize(
    ("given_", "changes", "field"),
    [
        ("r", {"template_type": "fax"}, "template_type"),
        ("r", {"since": NOW.replace(tzinfo=None)}, "since"),
        ("r", {"since": NOW + timedelta(seconds=1)}, "since"),
        (OutcomeUnknownError("x", reason="timeout"), {}, "error_or_reference"),
    ],
)
def test_a_wrong_question_is_refused(given_: Any, changes: dict[str, Any], field: str) -> None:
    """A slip is said before anything is waited for."""
    with pytest.raises(InvalidValueError) as refused:
        a_doubt(given_, **changes)

    assert field == refused.value.field


def test_a_reference_alone_waits_the_whole_time() -> None:
    """Without the error nobody knows when the request left, unless the caller says so."""
    known = a_doubt("r", since=NOW - timedelta(seconds=12))

    assert 30.0 == a_doubt("r").seconds_left(now=NOW)
    assert 18.0 == known.seconds_left(now=NOW)
    assert 20.0 == a_doubt(an_error()).seconds_left(now=NOW)


@given(seconds=st.integers(-86400 * 10, 0))
def test_the_wait_ends_when_notify_has_given_up(seconds: int) -> None:
    """However long ago it was, the look-up is never earlier than 30 seconds after."""
    left_at = NOW + timedelta(seconds=seconds)
    wait = a_doubt(an_error(left_at=left_at)).seconds_left(now=NOW)

    assert NOW + timedelta(seconds=wait) >= left_at + GIVES_UP_AFTER
    assert 0 <= wait <= 30


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"reference": None}, StillUnknown.NO_REFERENCE),
        ({"is_stored": False}, StillUnknown.SMOKE_TEST),
        ({"began_at": NOW - KEPT_FOR}, StillUnknown.TOO_OLD),
        ({"began_at": NOW - KEPT_FOR + timedelta(seconds=20)}, StillUnknown.TOO_OLD),
        ({}, None),
    ],
)
def test_what_no_list_can_prove(changes: dict[str, Any], reason: StillUnknown | None) -> None:
    """No reference, a smoke test, and what Notify may have deleted by the time of the look-up."""
    assert reason is a_doubt(an_error(**changes)).unanswerable(now=NOW, kept_for=KEPT_FOR)


def test_a_service_that_keeps_less_is_believed() -> None:
    """An empty list proves nothing of a message that was deleted."""
    doubt = a_doubt("r", since=NOW - timedelta(days=4))

    assert doubt.unanswerable(now=NOW, kept_for=KEPT_FOR) is None
    assert StillUnknown.TOO_OLD is doubt.unanswerable(now=NOW, kept_for=timedelta(days=3))


def test_a_message_that_is_listed_was_sent() -> None:
    """The newest one of this call, and not an older one with the same reference."""
    began = NOW - timedelta(seconds=40)
    doubt = a_doubt(an_error(began_at=began))
    mine, older = a_notification(began), a_notification(began - timedelta(minutes=1))

    assert (FoundOutcome.SENT, mine) == (
        doubt.conclude([mine, older]).outcome,
        doubt.conclude([mine, older]).notification,
    )
    assert FoundOutcome.NOT_SENT is doubt.conclude([older]).outcome
    assert FoundOutcome.NOT_SENT is doubt.conclude([]).outcome
    assert older is a_doubt("r").conclude([older]).notification


@given(st.datetimes(timezones=st.just(UTC), max_value=datetime(9000, 1, 1)))  # noqa: DTZ001 -- hypothesis adds the zone
def test_a_day_ends_at_midnight(instant: datetime) -> None:
    """The next midnight is later, and at most a day away."""
    midnight = midnight_after(instant)

    assert timedelta(0) < midnight - instant <= timedelta(days=1)
    assert (0, 0, 0, 0) == (midnight.hour, midnight.minute, midnight.second, midnight.microsecond)


def test_a_pdf_is_asked_for_ever_more_seldom() -> None:
    """Twice as long each time, and 10 seconds at the most."""
    assert [1, 2, 4, 8, 10, 10] == [pdf_wait(asked) for asked in range(1, 7)]
