# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.site and .visits: what each form of the pages does, without a browser."""

import uuid

import pytest
from sandbox.notify_caller import EMAIL, LETTER, TEXT, Caller

from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, REMINDER_LETTER, CallbackKind, Status


def test_a_form_of_another_site_is_refused(idle: Sandbox) -> None:
    """A form of this one is taken."""
    http = Caller(idle).http
    form = {"content": "Hello", "user_number": "447900900123"}

    assert 403 == http.post("/received", data=form, headers={"Origin": "http://x"}).status_code
    assert () == idle.notify.received_texts
    http.post("/received", data=form, headers={"Origin": "http://notify"})
    assert 1 == len(idle.notify.received_texts)


def test_a_message_is_ended_returned_cancelled_and_complained_of(idle: Sandbox) -> None:
    """By its buttons; what cannot be is said."""
    call = Caller(idle)
    text = call.send("sms", TEXT)["id"]
    email = call.send("email", EMAIL)["id"]
    letters = [call.send("letter", LETTER)["id"] for _ in range(2)]

    assert "permanent-failure" in (
        call.http.post(f"/messages/{text}/end", data={"status": "permanent-failure"}).text
    )
    for wrong in ("", "nope", "cancelled"):
        assert 400 == call.http.post(f"/messages/{text}/end", data={"status": wrong}).status_code
    assert 200 == call.http.post(f"/messages/{letters[0]}/cancel").status_code
    assert 400 == call.http.post(f"/messages/{letters[0]}/return").status_code
    idle.clock.advance(seconds=10)
    assert 200 == call.http.post(f"/messages/{letters[1]}/return").status_code
    assert 400 == call.http.post(f"/messages/{letters[1]}/complain").status_code
    assert 200 == call.http.post(f"/messages/{email}/complain").status_code
    assert 404 == call.http.post("/messages/none/complain").status_code
    assert [Status.PERMANENT_FAILURE, Status.CANCELLED, Status.RETURNED_LETTER] == [
        idle.notify.message(each).status for each in (text, *letters)
    ]


def test_a_phone_shows_its_conversation(idle: Sandbox) -> None:
    """Texts of both sides in their order; the last phone first in the list."""
    call = Caller(idle)
    call.send("sms", TEXT)
    idle.clock.advance(seconds=60)
    phone = "/phones/447900900123"
    page = call.http.post(phone, data={"content": "Thank you"}).text
    idle.notify.receive_text("Hello", user_number="447900900999")
    listed = call.http.get("/phones").text

    assert page.index("Hello Ann") < page.index("Thank you")
    assert listed.index("447900900999") < listed.index("447900900123")
    assert ">2</td>" in listed
    assert 400 == call.http.post(phone, data={"content": " "}).status_code
    idle.notify.account.inbound_number = None
    assert 400 == call.http.post(phone, data={"content": "x"}).status_code
    form = {"content": "x", "user_number": "1"}
    assert 400 == call.http.post("/received", data=form).status_code


@pytest.mark.parametrize("form", [{}, {"content": "x"}, {"content": "x", "user_number": "abc"}])
def test_a_text_needs_a_number_and_words(idle: Sandbox, form: dict[str, str]) -> None:
    """What was typed is still there."""
    answer = Caller(idle).http.post("/received", data=form)

    assert 400 == answer.status_code
    assert form.get("content", "Enter a number") in answer.text


def test_a_template_is_edited_and_deleted(idle: Sandbox) -> None:
    """A new version each time; a letter's postage can be chosen."""
    http = Caller(idle).http
    page = f"/templates/{REMINDER_LETTER.id}"
    form = {"body": "New", "subject": "S", "name": "N", "postage": "first"}
    http.post(page, data=form)
    latest = idle.notify.templates.get(REMINDER_LETTER.id)

    assert latest is not None
    assert ("New", "S", "N", "first", 2) == (
        latest.body,
        latest.subject,
        latest.name,
        latest.postage,
        latest.version,
    )
    for wrong in ({"body": " "}, {"body": "x", "postage": "x"}):
        assert 400 == http.post(page, data=wrong).status_code
    sms = f"/templates/{BIN_DAY.id}"
    assert 400 == http.post(sms, data={"body": "x", "subject": "y"}).status_code
    assert "This template was deleted" in http.post(f"{sms}/archive").text
    assert "yes" in http.get("/templates").text
    assert 404 == http.get(f"/templates/{uuid.uuid4()}").status_code


def test_a_callback_is_set_up_and_told_by_hand(idle: Sandbox) -> None:
    """The log shows each try; an address of another machine is refused."""
    call = Caller(idle)
    form = {"kind": "delivery_receipt", "url": "http://127.0.0.1:9/x", "bearer_token": "t"}

    assert "http://127.0.0.1:9/x" in call.http.post("/callbacks", data=form).text
    for wrong in ({"bearer_token": ""}, {"kind": "x"}, {"url": "http://192.0.2.1/"}):
        assert 400 == call.http.post("/callbacks", data=form | wrong).status_code
    idle.notify.set_callback(
        CallbackKind.DELIVERY_RECEIPT, send=lambda _headers, _body: 503, bearer_token="t"
    )
    call.send("sms", TEXT)
    idle.clock.advance(seconds=10)
    assert "pending" in call.http.post("/callbacks/deliver").text
    (telling,) = idle.notify.callbacks
    assert "503" in call.http.get(f"/callbacks/{telling.id}").text
    assert 404 == call.http.get("/callbacks/none").status_code


def test_an_email_leads_to_where_one_click_unsubscribes(idle: Sandbox) -> None:
    """Where its service said so."""
    call = Caller(idle)
    stop = "https://council.example/stop"
    sent = call.send("email", EMAIL, one_click_unsubscribe_url=stop)["id"]

    assert f'<a href="{stop}">Unsubscribe' in call.http.get(f"/messages/{sent}").text


def test_a_letter_of_the_services_own_shows_no_paper(idle: Sandbox) -> None:
    """Only that its PDF is what was sent."""
    call = Caller(idle)
    sent = call.send("letter", {"reference": "r", "content": "JVBERi0="})["id"]

    assert "The service made this letter" in call.http.get(f"/messages/{sent}").text
