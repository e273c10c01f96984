# SPDX-License-Identifier: MIT
"""The probe of lg-notify's letters, files, templates, accounts and lost answers."""

import io
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio  # noqa: TID253 -- a test may load it
from pay.leak_platforms import EchoTransport, echoes, probe, repeated
from pay.leaks import PLANTED, Saw

from lg_core.errors import LgError, OutcomeUnknownError
from lg_core.texts import Language
from lg_notify import (
    AsyncNotifyAccounts,
    AsyncNotifyClient,
    Email,
    File,
    Letter,
    NotifyAccount,
    NotifyAccounts,
    NotifyClient,
    PrecompiledLetter,
    SendOutcomeUnknownError,
    Sms,
    calls,
)
from lg_notify.accounts import accounts_in, read_accounts
from lg_notify.files import checked_parts
from lg_notify.found_out import (
    KEPT_FOR,
    Doubt,
    FoundOut,
    StillUnknown,
    at,
    doubt_of_call,
    midnight_after,
    pdf_wait,
)
from lg_notify.message import SentLetter
from lg_notify.new_message import made_reference, with_reference
from lg_notify.received_text import ReceivedText, ReceivedTextPage
from lg_notify.template import (
    Placeholder,
    PreviewRequest,
    Template,
    TemplateList,
    TemplatePreview,
)

ID = "26785a09-ab16-4eb0-8407-a37497a57506"
SECRET = "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"sesame-{ID}-{SECRET}"
LINES = (PLANTED["name"], PLANTED["address"], PLANTED["town"], PLANTED["postcode"])
PDF = b"%PDF-1.4 " + PLANTED["description"].encode()
STATUSES = (200, 201, 400, 403, 404, 429, 500, 504)


def a_letter() -> Letter:
    """Return a letter with something personal in every field."""
    return Letter(
        template_id=ID,
        address=LINES,
        personalisation={"name": PLANTED["name"]},
        reference=PLANTED["reference"],
    )


def a_file() -> File:
    """Return a file with something personal in its name and its content."""
    return File(PDF, f"{PLANTED['name']}.pdf", retention_period=4)


def _answers(said: str) -> bytes:
    """Answer as every operation would, with all that was sent wherever there is room."""
    person, when = PLANTED["name"], "2026-11-22T13:25:51.598739Z"
    template: dict[str, object] = {
        "id": ID, "type": "letter", "name": person, "version": 1, "created_at": when,
        "created_by": PLANTED["e-mail"], "body": said, "subject": person, "html": said,
        "letter_contact_block": PLANTED["address"], "personalisation": {person: {"required": True}},
    }  # fmt: skip
    text = {
        "id": ID, "created_at": when, "service_id": ID, "notify_number": "1",
        "user_number": PLANTED["phone"], "content": said,
    }  # fmt: skip
    content = {"body": said, "subject": person}
    links = {"current": said, "next": None}
    return json.dumps(
        template
        | {"templates": [template], "received_text_messages": [text], "links": links}
        | {"content": content, "template": {"id": ID, "version": 1, "uri": said}, "uri": said}
        | {"reference": PLANTED["reference"], "postage": "first", "notifications": []}
    ).encode()


def _refusal(name: str, text: str) -> Callable[[str], bytes]:
    return lambda said: json.dumps(
        {"errors": [{"error": name, "message": f"{text} {said}"}]}
    ).encode()


BODIES: tuple[Callable[[str], bytes], ...] = (
    _answers,
    _refusal("PDFNotReadyError", "x"),
    _refusal("BadRequestError", "Unsupported file type"),
    _refusal("ValidationError", "retention_period Unsupported value for retention_period:"),
    _refusal("ValidationError", "Last line of address must be"),
    _refusal("NoResultFound", "x"),
)


def _moments() -> tuple[Callable[[], float], Callable[[float], None]]:
    now = [1_700_000_000.0]

    def pause(seconds: float, /) -> None:
        now[0] += seconds

    return lambda: now[0], pause


def a_finished_letter() -> PrecompiledLetter:
    """Return a letter as a file, which is full of what is planted."""
    return PrecompiledLetter(content=PDF, reference=PLANTED["reference"])


WORKS: tuple[Callable[[NotifyClient], object], ...] = (
    lambda notify: notify.send(a_letter()),
    lambda notify: notify.send(a_finished_letter()),
    lambda notify: notify.send_letter(
        LINES, template_id=ID, reference=PLANTED["reference"],
        personalisation={"name": PLANTED["name"]},
    ),
    lambda notify: notify.send_precompiled_letter(PDF, reference=PLANTED["reference"]),
    lambda notify: notify.send_email(
        PLANTED["e-mail"], template_id=ID, sanitise=["name"],
        personalisation={"name": PLANTED["name"], "file": a_file()},
    ),
    lambda notify: notify.get_letter_pdf(ID, wait=1),
    lambda notify: notify.get_template(ID, version=1),
    lambda notify: notify.list_templates(),
    lambda notify: notify.preview_template(
        ID, personalisation={"name": PLANTED["name"]}, language=Language.WELSH
    ),
    lambda notify: [*notify.list_received_texts()],
    lambda notify: notify.find_out(PLANTED["reference"]),
)  # fmt: skip


def _lost(saw: Saw, notify: NotifyClient) -> None:
    try:
        notify.send(a_letter())
    except SendOutcomeUnknownError as doubt:
        saw(doubt)
        saw(saw.attempt(notify.find_out, doubt))
    except LgError as other:
        saw(other)


@probe
@repeated
def letters_files_templates_and_lost_answers(saw: Saw) -> None:
    """A platform that repeats all that it was sent, in answers that read well and in refusals."""
    saw.planted["a secret of Notify"] = SECRET
    clock, pause = _moments()
    saw([a_letter(), a_finished_letter()])
    for status, body, works in echoes(STATUSES, BODIES, WORKS):
        way = EchoTransport(status, body, kind="application/json")
        with NotifyClient(KEY, transport=way, attempts=1, clock=clock, pause=pause) as notify:
            for work in works:
                saw.attempt(work, notify)
            _lost(saw, notify)

    async def asked() -> None:
        async def apause(seconds: float, /) -> None:
            pause(seconds)

        for status in STATUSES:
            way = EchoTransport(status, _answers, kind="application/json")
            async with AsyncNotifyClient(
                KEY, transport=way, attempts=1, clock=clock, pause=apause
            ) as notify:
                for work in (
                    notify.send(a_letter()),
                    notify.send_letter(LINES, template_id=ID),
                    notify.send_precompiled_letter(PDF, reference=PLANTED["reference"]),
                    notify.get_letter_pdf(ID),
                    notify.get_template(ID),
                    notify.list_templates(),
                    notify.preview_template(ID, personalisation={"name": PLANTED["name"]}),
                    notify.find_out(PLANTED["reference"]),
                ):
                    try:
                        saw(await work)
                    except LgError as error:
                        saw(error)
                try:
                    saw([each async for each in notify.list_received_texts()])
                except LgError as error:
                    saw(error)

    anyio.run(asked)


@probe
def the_parts_of_a_lost_answer(saw: Saw) -> None:
    """What is kept to find out with shows neither the reference nor the recipient."""
    now = datetime(2026, 11, 22, 14, tzinfo=UTC)
    lost = OutcomeUnknownError("It may have been sent.", reason="timeout", find_out="Look.")
    mine = Sms(phone_number=PLANTED["phone"], template_id=ID, reference=PLANTED["reference"])
    saw(with_reference(mine))
    saw(made_reference())
    call = calls.send(mine)
    saw(call)
    error = doubt_of_call(call, lost, began_at=at(now.timestamp()), left_at=midnight_after(now))
    saw(error)
    doubt: Any = saw.attempt(Doubt.of, error, template_type=None, since=None, now=now)
    saw(doubt.unanswerable(now=now, kept_for=KEPT_FOR))
    saw(doubt.conclude([]))
    saw(doubt.seconds_left(now=now))
    saw(pdf_wait(1))
    saw(FoundOut.still_unknown(StillUnknown.LOOKUP_FAILED, lost))
    saw.attempt(Doubt.of, PLANTED["reference"], template_type=PLANTED["name"], since=None, now=now)
    saw.attempt(
        Doubt.of, PLANTED["reference"], template_type=None, since=now + timedelta(1), now=now
    )
    reader = calls.ReceivedTextList()
    page = ReceivedTextPage.model_validate_json(_answers(PLANTED["name"]))
    saw(page)
    saw(reader.items(page))
    saw.attempt(reader.call, PLANTED["name"])
    for kind in (SentLetter, Template, TemplateList, TemplatePreview):
        saw(kind.model_validate_json(_answers(PLANTED["name"])))
    saw(
        [
            ReceivedText.model_validate(each)
            for each in json.loads(_answers("x"))["received_text_messages"]
        ]
    )
    saw(Placeholder())
    saw(PreviewRequest(personalisation={"name": PLANTED["name"]}))


@probe
def letters_and_files_that_notify_does_not_take(saw: Saw) -> None:
    """Whatever is wrong, the error names the part and never the value."""
    secret = PLANTED["name"]
    for content in (secret.encode(), secret, 7):
        saw.attempt(PrecompiledLetter, content=content, reference=PLANTED["reference"])
    wrong: list[dict[str, Any]] = [
        {"address": [secret]},
        {"address": secret},
        {"personalisation": {"address_line_1": secret, "postcode": secret}},
        {"personalisation": {"Address Line 1": secret}},
        {"personalisation": {secret: a_file()}, "address": LINES},
        {"postage": secret},
    ]
    for fields in wrong:
        saw.attempt(Letter, template_id=ID, **fields)
    saw.attempt(Email, email_address=PLANTED["e-mail"], template_id=ID, sanitise=[secret])
    saw(a_file())
    saw.attempt(File.from_bytes, secret.encode(), filename=secret)
    saw.attempt(checked_parts, {"file": "eA==", "filename": secret})
    saw.attempt(checked_parts, {"file": secret})
    with TemporaryDirectory() as folder:
        where = Path(folder) / "a.pdf"
        where.write_bytes(PDF)
        saw(saw.attempt(File.from_path, where))
        saw(saw.attempt(PrecompiledLetter.from_path, where, reference=PLANTED["reference"]))
    saw.attempt(PrecompiledLetter.from_stream, io.BytesIO(PDF), reference=PLANTED["reference"])
    saw.attempt(calls.get_template, ID, version=0)
    saw.attempt(calls.get_template, secret)
    saw.attempt(calls.get_letter_pdf, secret)
    saw.attempt(calls.list_templates, template_type=secret)
    saw.attempt(calls.preview_template, secret)


@probe
def the_accounts_of_notify(saw: Saw) -> None:
    """Neither a key nor a name of a file comes to light."""
    saw.planted["a secret of Notify"] = SECRET
    way = EchoTransport(200, _answers, kind="application/json")
    described = {
        "bins": NotifyAccount(api_key=KEY, council="Leeds"),
        "tax": NotifyAccount(key=lambda: KEY),
        "wrong": NotifyAccount(api_key=SECRET),
    }
    saw([*described.values()])
    with NotifyAccounts(described, transport=way) as accounts:
        saw(accounts)
        saw.attempt(accounts.for_service("bins").list_templates)
        saw(accounts.for_council("Leeds"))
        saw.attempt(accounts.for_service, "wrong")
        saw.attempt(accounts.for_council, PLANTED["name"])
    saw.attempt(accounts_in, {"bins": {"api_key": KEY}})
    saw.attempt(accounts_in, {"bins": {"key_env": KEY}})
    with TemporaryDirectory() as folder:
        file = Path(folder) / f"{PLANTED['town']}.toml"
        saw.attempt(read_accounts, file)
        file.write_text('[bins]\nkey_env = "ZQ_NOTIFY_KEY"\n', "utf-8")
        os.environ.pop("ZQ_NOTIFY_KEY", None)
        made = NotifyAccounts.from_toml(file)
        saw.attempt(made.for_service, "bins")
        other = AsyncNotifyAccounts.from_toml(file)
        saw.attempt(other.for_council, "Leeds")

    async def asked() -> None:
        async with AsyncNotifyAccounts(described, transport=way) as held:
            saw(await held.for_service("tax").list_templates())

    anyio.run(asked)
