# SPDX-License-Identifier: MIT
"""The pages' requests: inbox, phones, received texts, templates and callbacks."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.routing import Route

from lg_sandbox.answers import Answer
from lg_sandbox.notify.callback_desk import CallbackDesk
from lg_sandbox.notify.callback_pages import callbacks_page, telling_page
from lg_sandbox.notify.callbacks import CallbackKind
from lg_sandbox.notify.file_site import FILE_STEPS
from lg_sandbox.notify.inbox import inbox_page, message_page
from lg_sandbox.notify.model import Channel, Status
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.phone_pages import phone_page, phones_page, received_page
from lg_sandbox.notify.template_pages import template_page, templates_page
from lg_sandbox.notify.townsfolk import Townsfolk
from lg_sandbox.notify.visits import MissingError, PageApp, Step, Visit, go, show

if TYPE_CHECKING:
    from lg_sandbox.notify.desk import Desk
    from lg_sandbox.notify.templates import Template

__all__ = ["site_routes"]

_NO_TEXT = "Enter a text"


def site_routes(office: Office, people: Townsfolk, desk: CallbackDesk) -> list[Route]:
    """Return the routes of the pages.

    Args:
        office: the state of the stand-in.
        people: what people and staff do.
        desk: the callbacks.
    """
    steps: list[tuple[str, str, Step]] = [
        ("GET", "/", _inbox),
        ("GET", "/messages/{id}", _message),
        ("POST", "/messages/{id}/end", _end),
        ("POST", "/messages/{id}/return", _return),
        ("POST", "/messages/{id}/cancel", _cancel),
        ("POST", "/messages/{id}/complain", _complain),
        ("GET", "/phones", _phones),
        ("GET", "/phones/{number}", _phone),
        ("POST", "/phones/{number}", _write_text),
        ("GET", "/received", _received),
        ("POST", "/received", _receive),
        ("GET", "/templates", _templates),
        ("GET", "/templates/{id}", _template),
        ("POST", "/templates/{id}", _edit),
        ("POST", "/templates/{id}/archive", _archive),
        ("GET", "/callbacks", _callbacks),
        ("POST", "/callbacks", _set_up),
        ("POST", "/callbacks/deliver", _deliver),
        ("GET", "/callbacks/{id}", _telling),
        *FILE_STEPS,
    ]
    return [
        Route(path, PageApp(step, office=office, people=people, desk=desk), methods=[method])
        for method, path, step in steps
    ]


def _inbox(visit: Visit) -> Answer:
    with visit.office.open() as now:
        messages = visit.office.all(now=now)[::-1]
        templates = [each for desk in visit.office.desks for each in desk.templates.all]
        return show(inbox_page(messages, templates=templates, base=visit.base))


def _message(visit: Visit, *, fault: str | None = None) -> Answer:
    with visit.office.open() as now:
        message = visit.office.get(visit.ids["id"], now=now)
    return show(message_page(message, fault=fault), status=200 if fault is None else 400)


def _acted(visit: Visit, act: Callable[[], object]) -> Answer:
    """Let something happen to a message, and show it again."""
    try:
        act()
    except ValueError as error:
        return _message(visit, fault=str(error))
    return go(f"/messages/{visit.ids['id']}")


def _end(visit: Visit) -> Answer:
    wanted = visit.form.get("status", "")
    if wanted not in set(Status):
        return _message(visit, fault="Choose how the message ends")
    return _acted(visit, lambda: visit.people.end(visit.ids["id"], status=Status(wanted)))


def _return(visit: Visit) -> Answer:
    return _acted(visit, lambda: visit.people.return_letter(visit.ids["id"]))


def _cancel(visit: Visit) -> Answer:
    return _acted(visit, lambda: visit.people.cancel_letter(visit.ids["id"]))


def _complain(visit: Visit) -> Answer:
    return _acted(visit, lambda: visit.people.complain(visit.ids["id"]))


def _phones(visit: Visit) -> Answer:
    with visit.office.open() as now:
        numbers = [
            each.recipient for each in visit.office.all(now=now) if each.channel is Channel.SMS
        ]
        numbers += [each.user_number for desk in visit.office.desks for each in desk.received]
    counted = {number: numbers.count(number) for number in reversed(numbers)}
    return show(phones_page(counted))


def _phone(visit: Visit, *, fault: str | None = None) -> Answer:
    number = visit.ids["number"]
    with visit.office.open() as now:
        sent = [
            each
            for each in visit.office.all(now=now)
            if each.channel is Channel.SMS and each.recipient == number
        ]
        received = [
            each
            for desk in visit.office.desks
            for each in desk.received
            if each.user_number == number
        ]
    text = phone_page(number, sent=sent, received=received, fault=fault)
    return show(text, status=200 if fault is None else 400)


def _write_text(visit: Visit) -> Answer:
    content = visit.form.get("content", "").strip()
    if not content:
        return _phone(visit, fault=_NO_TEXT)
    number = visit.ids["number"]
    try:
        visit.people.receive_text(content, user_number=number)
    except ValueError as error:
        return _phone(visit, fault=str(error))
    return go(f"/phones/{quote(number, safe='')}")


def _received(visit: Visit, *, fault: str | None = None) -> Answer:
    with visit.office.open():
        texts = [each for desk in visit.office.desks for each in desk.received]
    texts.sort(key=lambda each: each.created_at, reverse=True)
    text = received_page(texts, typed=visit.form, fault=fault)
    return show(text, status=200 if fault is None else 400)


def _receive(visit: Visit) -> Answer:
    content = visit.form.get("content", "").strip()
    number = visit.form.get("user_number", "").strip()
    if not content or not number.isdecimal():
        return _received(visit, fault="Enter a number in digits, and a text")
    try:
        visit.people.receive_text(content, user_number=number)
    except ValueError as error:
        return _received(visit, fault=str(error))
    return go("/received")


def _templates(visit: Visit) -> Answer:
    return show(
        templates_page([each for desk in visit.office.desks for each in desk.templates.all])
    )


def _found(visit: Visit) -> "tuple[Desk, Template]":
    for desk in visit.office.desks:
        template = desk.templates.get(visit.ids["id"])
        if template is not None:
            return desk, template
    raise MissingError


def _template(visit: Visit, *, fault: str | None = None) -> Answer:
    _, template = _found(visit)
    return show(template_page(template, fault=fault), status=200 if fault is None else 400)


def _edit(visit: Visit) -> Answer:
    desk, template = _found(visit)
    body = visit.form.get("body", "").strip()
    if not body:
        return _template(visit, fault=_NO_TEXT)
    try:
        desk.templates.edit(
            template.id,
            body=body,
            subject=visit.form.get("subject"),
            name=visit.form.get("name"),
            postage=visit.form.get("postage"),
        )
    except ValueError as error:
        return _template(visit, fault=str(error))
    return go(f"/templates/{template.id}")


def _archive(visit: Visit) -> Answer:
    desk, template = _found(visit)
    desk.templates.archive(template.id)
    return go(f"/templates/{template.id}")


def _callbacks(visit: Visit, *, fault: str | None = None) -> Answer:
    tellings = visit.desk.tellings()[::-1]
    with visit.office.open():
        callbacks = visit.office.callbacks.callbacks
    text = callbacks_page(callbacks, tellings, fault=fault)
    return show(text, status=200 if fault is None else 400)


def _set_up(visit: Visit) -> Answer:
    kind, token = visit.form.get("kind", ""), visit.form.get("bearer_token", "").strip()
    if kind not in set(CallbackKind) or not token:
        return _callbacks(visit, fault="Enter a bearer token, and choose what it tells of")
    try:
        visit.desk.set_up(
            CallbackKind(kind),
            visit.form.get("url", "").strip(),
            bearer_token=token,
            account=visit.office.first.account,
        )
    except ValueError:
        return _callbacks(visit, fault="Enter an address that begins with http://127.0.0.1")
    return go("/callbacks")


def _deliver(visit: Visit) -> Answer:
    visit.desk.deliver()
    return go("/callbacks")


def _telling(visit: Visit) -> Answer:
    for telling in visit.desk.tellings():
        if telling.id == visit.ids["id"]:
            return show(telling_page(telling))
    raise MissingError
