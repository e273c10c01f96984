# SPDX-License-Identifier: MIT
"""The calls and lists of lg-notify, and the states of a message."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core._wire import encode, url_of
from lg_core.calls import Call, Repeat
from lg_core.errors import InvalidValueError
from lg_core.texts import Language
from lg_notify import (
    Email,
    Letter,
    Notification,
    NotificationStatus,
    PrecompiledLetter,
    Sms,
)
from lg_notify._platform import NOTIFY
from lg_notify.calls import (
    NotificationList,
    ReceivedTextList,
    get_letter_pdf,
    get_notification,
    get_template,
    list_templates,
    preview_template,
    send,
)
from lg_notify.message import NotificationPage

ID = "0f9f1b4c-2f7a-4c53-9d0e-6a1a5c0d1e02"
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


def test_a_list_may_ask_for_several_states_and_kinds() -> None:
    """Each word is a name of its own in the query, on every page."""
    reader = NotificationList(
        status=iter([NotificationStatus.SENDING, "failed"]), template_type=("sms", "email")
    )
    addresses = [url_of("https://n", reader.call(None)) for _ in range(2)]

    asked = "status=sending&status=failed&template_type=sms&template_type=email"
    assert [f"https://n/v2/notifications?{asked}"] * 2 == addresses
    assert "https://n/v2/notifications" == url_of(
        "https://n", NotificationList(status=[]).call(None)
    )


@pytest.mark.parametrize(
    ("words", "field"),
    [({"status": ["sending", "x"]}, "status"), ({"template_type": ["x"]}, "template_type")],
)
def test_a_wrong_word_among_several_is_refused(words: Any, field: str) -> None:
    """One slip is enough, since Notify refuses the whole question."""
    with pytest.raises(InvalidValueError) as refused:
        NotificationList(**words)

    assert field == refused.value.field


@pytest.mark.parametrize("version", [0, -1, True, "1"])
def test_a_version_begins_at_one(version: Any) -> None:
    """Notify gives the latest for 0 without a word."""
    with pytest.raises(InvalidValueError) as refused:
        get_template(ID, version=version)

    assert "version" == refused.value.field
    assert f"/v2/template/{ID}/version/2" == get_template(ID, version=2).path
    assert f"/v2/template/{ID}" == get_template(ID).path


def test_each_message_has_its_way() -> None:
    """Both kinds of letter go the same way, under names of their own."""
    messages = (
        Sms(phone_number="07900900123", template_id=ID),
        Email(email_address="a@example.gov.uk", template_id=ID, reference="r"),
        Letter(template_id=ID, address=("a", "b", "c")),
        PrecompiledLetter(content=b"%PDF-1.4"),
    )
    made: list[Call[Any]] = [send(message) for message in messages]

    assert ["sms", "email", "letter", "letter"] == [call.path.rpartition("/")[2] for call in made]
    assert {"lg-notify.send_letter", "lg-notify.send_precompiled_letter"} == {
        call.capability for call in made[2:]
    }
    assert {Repeat.IF_NOT_SENT} == {call.repeat for call in made}
    assert ["reference of its own" in call.find_out for call in made] == [True, False, True, True]


def test_every_call_is_one_that_is_counted() -> None:
    """The closed list of capabilities has each call's, and no other."""
    calls: list[Call[Any]] = [
        send(Sms(phone_number="07900900123", template_id=ID)),
        send(Email(email_address="a@example.gov.uk", template_id=ID)),
        send(Letter(template_id=ID, address=("a", "b", "c"))),
        send(PrecompiledLetter(content=b"%PDF-1.4")),
        get_notification(ID),
        get_letter_pdf(ID),
        get_template(ID),
        list_templates(),
        preview_template(ID),
        NotificationList().call(None),
        ReceivedTextList().call(None),
    ]

    assert sorted(NOTIFY.capabilities) == sorted(call.capability for call in calls)


def test_a_preview_sends_what_a_message_would() -> None:
    """The same rules for values, in the language of the template."""
    call = preview_template(ID, personalisation={"day": date(2026, 1, 5)}, language=Language.WELSH)

    assert b'{"personalisation":{"day":"Dydd Llun 5 Ionawr 2026"}}' == encode(call)
    assert Repeat.ALWAYS is call.repeat
    with pytest.raises(InvalidValueError):
        list_templates(template_type="fax")
