# SPDX-License-Identifier: MIT
"""The calls and lists of lg-notify, and the states of a message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_notify import Notification, NotificationStatus
from lg_notify.calls import NotificationList
from lg_notify.limits import GET, RATES, SEND, limiter
from lg_notify.message import NotificationPage

BASE = {
    "type": "sms",
    "template": {"id": "t", "version": 1, "uri": "u"},
    "body": "b",
    "created_at": "2026-11-22T14:03:57.488167Z",
}


def _page(ids: list[str], *, more: bool = True) -> NotificationPage:
    listed = [BASE | {"id": each, "status": "sending"} for each in ids]
    links = {"next": "https://elsewhere.example"} if more else {}
    return NotificationPage.model_validate({"notifications": listed, "links": links})


def test_the_end_of_a_list() -> None:
    """An empty page, a page without a next, and one that leads to itself are the last."""
    reader = NotificationList()

    assert "b" == reader.next_cursor(_page(["a", "b"]), None)
    assert [None, None, None] == [
        reader.next_cursor(_page([]), "a"),
        reader.next_cursor(_page(["a"], more=False), None),
        reader.next_cursor(_page(["a"]), "a"),
    ]


@given(status=st.sampled_from(NotificationStatus) | st.text(min_size=1))
def test_a_state_is_read_whatever_it_is(status: str) -> None:
    """A state that Notify has added since is read, and counts as neither final nor delivered."""
    message = Notification.model_validate(BASE | {"id": "a", "status": str(status)})

    assert status == message.status
    known = isinstance(message.status, NotificationStatus)
    assert known or not (message.is_final or message.is_delivered)


def test_which_states_are_final() -> None:
    """Those on the way are not; a text abroad is final though nobody knows that it arrived."""
    on_the_way = {"created", "sending", "pending", "accepted", "pending-virus-check"}

    assert on_the_way == {str(each) for each in NotificationStatus if not each.is_final}
    assert ["delivered"] == [str(each) for each in NotificationStatus if each.is_delivered]


@pytest.mark.parametrize(("share", "calls"), [(1, 50), (4, 12)])
def test_workers_divide_the_rate(share: int, calls: int) -> None:
    """50 a second between them for sending; asking is free."""
    buckets = limiter(share=share)
    waits = [buckets.reserve(SEND, max_wait=5) for _ in range(calls + 1)]

    assert 50 == RATES[SEND].calls
    assert [0.0] * calls == waits[:-1]
    assert waits[-1]
    assert 0.0 == buckets.reserve(GET, max_wait=0)
