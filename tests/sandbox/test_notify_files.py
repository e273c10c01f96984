# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.files, .sanitise and the pages behind links: files, and harmless values."""

import base64
import io
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.notify_caller import EMAIL, LETTER, LIST, TEXT, Caller

from lg_sandbox import Sandbox
from lg_sandbox.notify.sanitise import sanitise

PDF = base64.b64encode(b"%PDF-1.4 x").decode()
POST = f"{LIST}/email"


def with_file(**parts: Any) -> dict[str, Any]:
    """Write an email that holds a file."""
    return {"personalisation": EMAIL["personalisation"] | {"items": {"file": PDF} | parts}}


def encoded(content: bytes) -> str:
    """Encode a file as the API wants it."""
    return base64.b64encode(content).decode()


def zipped(*names: str) -> bytes:
    """Make an archive with files of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each in names:
            archive.writestr(each, "x")
    return made.getvalue()


def link_of(sandbox: Sandbox, **parts: Any) -> str:
    """Send a file, and return its link."""
    body: str = Caller(sandbox).send("email", EMAIL, **with_file(**parts))["content"]["body"]
    link = urlsplit(body.rsplit(maxsplit=1)[-1])
    return f"{link.path}?{link.query}"


@pytest.mark.parametrize(
    ("parts", "messages"),
    [
        ({"file": 5}, ["file 5 is not of type string"]),
        ({"is_csv": True, "filename": "a.csv"}, ["Do not set a value for `is_csv` if `filename`"]),
        ({"filename": "abc"}, ["filename `filename` must end with a file extension."]),
        ({"filename": 5}, ["filename `filename` must end with a file extension."]),
        ({"retention_period": "79 weeks"}, ["retention_period Unsupported value"]),
        ({"retention_period": "1 month"}, ["retention_period Unsupported value"]),
        (
            {"a": 1, "b": 2, "is_csv": 1},
            ["is_csv Unsupported", "Additional properties are not allowed (a, b were unexpected)"],
        ),
    ],
)
def test_a_file_that_does_not_fit_is_told(
    idle: Sandbox, parts: dict[str, Any], messages: list[str]
) -> None:
    """All faults of its schema at once."""
    errors = Caller(idle)("POST", POST, json=EMAIL | with_file(**parts)).json()["errors"]

    assert {"ValidationError"} == {each["error"] for each in errors}
    assert len(messages) == len(errors)
    for text, each in zip(messages, errors, strict=True):
        assert each["message"].startswith(text)
    assert () == idle.notify.files == idle.notify.messages


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"file": "a"}, "Document is not base64 encoded"),
        ({"file": ""}, "Document must not be empty"),
        ({"file": encoded(b"x" * (2 * 1024 * 1024 + 1025))}, "Uploaded file exceeds"),
        ({"filename": "a" * 97 + ".pdf"}, "`filename` cannot be longer than 100 characters"),
        ({"filename": "a.xls"}, "Unsupported file type '.xls'."),
        ({"file": encoded(b"GIF89a")}, "Unsupported file type 'image/gif'."),
        ({"file": encoded(b"\xff\x00\x01")}, "Unsupported file type 'application/octet-stream'."),
        ({"file": encoded(b"a\x00b")}, "Unsupported file type 'application/octet-stream'."),
        ({"file": encoded(zipped("a.txt"))}, "Unsupported file type 'application/zip'."),
        ({"file": encoded(b"PK\x03\x04 x")}, "Unsupported file type 'application/zip'."),
    ],
)
def test_content_that_cannot_be_sent_is_told(
    idle: Sandbox, parts: dict[str, Any], message: str
) -> None:
    """As the file server of Notify says it."""
    said = Caller(idle).refused("POST", POST, json=EMAIL | with_file(**parts))

    assert (400, "BadRequestError") == said[:2]
    assert said[2].startswith(message)


@pytest.mark.parametrize(
    ("content", "parts", "name"),
    [
        (b"%PDF-1.4", {}, "document.pdf"),
        (b"\x89PNG\r\n\x1a\n", {}, "document.png"),
        (b"\xff\xd8\xff", {}, "document.jpg"),
        (b"{\\rtf1}", {}, "document.rtf"),
        (b'[{"a": 1}]', {}, "document.json"),
        (b"a,b\n", {}, "document.txt"),
        (b"a,b\n", {"is_csv": True}, "document.csv"),
        (zipped("word/document.xml"), {}, "document.docx"),
        (zipped("xl/workbook.xml"), {}, "document.xlsx"),
        (zipped("mimetype"), {}, "document.odt"),
        (b"anything", {"filename": "Bill May.ODT"}, "Bill May.ODT"),
        (b"x" * (2 * 1024 * 1024), {"filename": "a.txt"}, "a.txt"),
    ],
    ids=[*"0123456789", "named", "largest"],
)
def test_what_a_file_is_goes_by_its_name_and_else_by_its_content(
    *, idle: Sandbox, content: bytes, parts: dict[str, Any], name: str
) -> None:
    """What was sent can be fetched, under a name with the right end."""
    link = link_of(idle, file=encoded(content), confirm_email_before_download=False, **parts)
    http = Caller(idle).http
    page = http.get(link)
    (file,) = idle.notify.files

    assert 200 == page.status_code
    assert f"Download {name}" in page.text
    path = urlsplit(link).path
    fetched = http.get(f"{path}/download", params={"key": file.key, "ticket": file.ticket})
    assert content == fetched.content
    assert "attachment" in fetched.headers["content-disposition"]
    assert "nosniff" == fetched.headers["x-content-type-options"]


def test_a_person_says_first_to_which_address_it_was_sent(idle: Sandbox) -> None:
    """Unless the service does without; a wrong address shows nothing."""
    link = link_of(idle, confirm_email_before_download=None)
    http = Caller(idle).http
    (file,) = idle.notify.files

    assert "Confirm your email address" in http.get(link).text
    for wrong in ("", "bob@example.org"):
        answer = http.post(link, data={"email_address": wrong})
        assert 400 == answer.status_code
        assert file.ticket not in answer.text
    assert file.ticket in http.post(link, data={"email_address": " ANN@example.org"}).text


def test_a_file_is_gone_after_its_time(idle: Sandbox) -> None:
    """26 weeks unless the service says less; a wrong key or ticket finds nothing either."""
    link = link_of(idle, retention_period="1 week")
    long = link_of(idle)
    http = Caller(idle).http
    file = idle.notify.files[0]
    path = urlsplit(link).path

    assert 404 == http.get(f"{path}?key=x").status_code
    assert 404 == http.get(f"{path}/download", params={"key": file.key}).status_code
    assert 404 == http.get("/d/a/b?key=é").status_code
    idle.clock.advance(timedelta(weeks=1))
    assert [404, 200] == [http.get(each).status_code for each in (link, long)]
    assert 404 == http.post(link, data={"email_address": "ann@example.org"}).status_code
    idle.clock.advance(timedelta(weeks=25))
    assert 404 == http.get(long).status_code
    for secret in (file.key, file.ticket, "ann@example.org"):
        assert secret not in repr(file)


def test_files_go_by_email_and_need_a_contact(idle: Sandbox) -> None:
    """Neither in a text nor without a way to ask the service."""
    call = Caller(idle)
    values = TEXT["personalisation"] | {"name": {"file": PDF}}
    said = call.refused("POST", f"{LIST}/sms", json=TEXT | {"personalisation": values})

    assert (400, "BadRequestError", "Can only send a file by email") == said
    idle.notify.account.contact_link = None
    said = call.refused("POST", POST, json=EMAIL | with_file())
    assert said[2].startswith("Send files by email has not been set up")


def test_a_letter_prints_a_file_as_the_text_that_it_is(idle: Sandbox) -> None:
    """As any other object is printed: nobody looks for files in letters here."""
    values = LETTER["personalisation"] | {"amount": {"file": "x"}}
    sent = Caller(idle).send("letter", LETTER, personalisation=values)

    assert "Please pay {'file': 'x'} by" in sent["content"]["body"]


def test_a_smoke_test_has_a_link_that_leads_nowhere(idle: Sandbox) -> None:
    """Nothing is kept, not even the file."""
    to = {"email_address": "simulate-delivered@notifications.service.gov.uk"}
    sent = Caller(idle).send("email", EMAIL, **to, **with_file())

    assert sent["content"]["body"].endswith("/documents/test-document")
    assert () == idle.notify.files


@given(st.text(max_size=80))
def test_a_sanitised_value_holds_no_markup(text: str) -> None:
    """Every mark has a backslash before it, and no address is left."""
    values, changed = sanitise({"Na me": text, "other": "#"}, names=["na_me"])
    clean = str(values["Na me"])
    bare = clean.replace("\\\\", "")

    assert "#" == values["other"]
    assert (clean != text) is bool(changed)
    for number, char in enumerate(bare):
        if char in "`*_(){}[]<>#+-.!|":
            assert "\\" == bare[number - 1]
    assert "http://" not in clean


@pytest.mark.parametrize("value", [["x"], 5, {"a": 1}])
def test_notify_falls_over_a_value_that_is_no_text(idle: Sandbox, value: Any) -> None:
    """500 with the name of the Python error; other values are not looked at."""
    values = EMAIL["personalisation"] | {"items": value}
    call = Caller(idle)
    asked = EMAIL | {"personalisation": values, "sanitise_content_for": ["It-Ems"]}

    expected = (500, "TypeError", "Internal server error")
    assert expected == call.refused("POST", POST, json=asked)
    sent = call.send("email", asked, sanitise_content_for=["name"])
    assert {} == sent["sanitised_content"]
    assert {} == call.send("email", asked, sanitise_content_for=None)["sanitised_content"]
