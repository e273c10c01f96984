# SPDX-License-Identifier: MIT
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_patterns.garden_waste.message import (
    DOUBT_LASTS,
    MessageState,
    MessageStep,
    next_step,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "age", "looked", "step"),
    [
        (MessageState.NONE, MINUTE, False, MessageStep.SEND),
        (MessageState.SENDING, MINUTE, False, MessageStep.WAIT),
        (MessageState.SENDING, 3 * MINUTE, False, MessageStep.LOOK),
        (MessageState.SENDING, 3 * MINUTE, True, MessageStep.WAIT),
        (MessageState.SENDING, DOUBT_LASTS, True, MessageStep.SEND),
        (MessageState.SENT, DOUBT_LASTS, False, MessageStep.LEAVE),
        (MessageState.REFUSED, DOUBT_LASTS, False, MessageStep.LEAVE),
    ],
)
def test_what_is_done_about_the_confirmation(
    *, state: MessageState, age: timedelta, looked: bool, step: MessageStep
) -> None:
    """A message in doubt is looked for first, and sent again only long after."""
    assert step is next_step(state, since=NOW - age, now=NOW, looked=looked)


@given(
    state=st.sampled_from(MessageState),
    seconds=st.integers(0, 10_000),
    looked=st.booleans(),
)
def test_nothing_is_sent_twice_in_doubt(*, state: MessageState, seconds: int, looked: bool) -> None:
    """Only a message that was never sent, or that Notify does not have by now, is sent."""
    step = next_step(state, since=NOW - timedelta(seconds=seconds), now=NOW, looked=looked)

    if step is MessageStep.SEND and state is not MessageState.NONE:
        assert looked
        assert timedelta(seconds=seconds) >= DOUBT_LASTS
