# SPDX-License-Identifier: MIT
"""lg_sandbox.notify.posting, .letters, .pdf and .post_days: letters from the request to the PDF."""

import base64
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sandbox.notify_caller import ADDRESS, LETTER, LIST, Caller

from lg_sandbox import Clock, Sandbox
from lg_sandbox.notify import Account, Channel, KeyKind, Status
from lg_sandbox.notify.letters import pages_of, rate_of, written_lines
from lg_sandbox.notify.pdf import write_pdf
from lg_sandbox.notify.post_days import delivery, is_holiday
from lg_sandbox.notify.postal import read_address

POST = f"{LIST}/letter"
PDF = base64.b64encode(b"%PDF-1.4\n").decode()
TUESDAY = datetime(2026, 3, 3, 9, tzinfo=UTC)


def live(sandbox: Sandbox) -> Caller:
    """Give a client with a live key."""
    return Caller(sandbox, key=sandbox.notify.new_api_key(kind=KeyKind.NORMAL))


@pytest.fixture
def tuesday() -> Sandbox:
    """Give a sandbox on a Tuesday morning."""
    sandbox = Sandbox(clock=Clock(start=TUESDAY - timedelta(hours=1)))
    sandbox.clock.freeze(TUESDAY)
    return sandbox


def test_a_letter_goes_to_print_and_is_received(tuesday: Sandbox) -> None:
    """With a live key: accepted until it is printed on the next day, with its price."""
    call = live(tuesday)
    sent = call.send("letter", LETTER, reference="l-1")
    path = f"{LIST}/{sent['id']}"
    seen = [call.get(path)]
    for hours in (1, 30):
        tuesday.clock.advance(timedelta(hours=hours))
        seen.append(call.get(path))

    assert "Your council tax" == sent["content"]["subject"]
    assert ["accepted", "accepted", "received"] == [each["status"] for each in seen]
    assert [None, 0.73, 0.73] == [each["cost_in_pounds"] for each in seen]
    assert {"billable_sheets_of_paper": 1, "postage": "second"} == seen[2]["cost_details"]
    assert [False, True, True] == [each["sent_at"] is not None for each in seen]
    assert "2026-03-04T15:00:00.000000Z" == seen[2]["completed_at"]
    assert "2026-03-11T16:00:00.000000Z" == seen[0]["estimated_delivery"]
    assert ["Ann Smith", "1 High Street", "SW1A 1AA", None] == [
        seen[0][f"line_{number}"] for number in (1, 2, 3, 4)
    ]


def test_a_test_key_prints_nothing(idle: Sandbox) -> None:
    """It is received after seconds, was never sent, and costs nothing."""
    call = Caller(idle)
    path = f"{LIST}/{call.send('letter', LETTER)['id']}"
    idle.clock.advance(seconds=10)
    seen = call.get(path)

    assert ("received", None, 0.0) == (seen["status"], seen["sent_at"], seen["cost_in_pounds"])
    assert [seen] == call.get(LIST, status="received", template_type="letter")["notifications"]
    assert [seen] == call.get(LIST, status="delivered")["notifications"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"address_line_3": None}, "Address must be at least 3 lines"),
        (
            {"address_line_1": "-"},
            (
                "The first 2 lines of the address must both include at least one alphanumeric "
                "character"
            ),
        ),
        ({"address_line_3": "ZZ1 1ZZ"}, "Last line of address must be a real UK postcode"),
        ({"address_line_3": "France"}, "Last line of address must be a real UK postcode"),
        ({"address_line_1": "no fixed address"}, "Must be a real address"),
        (
            {"address_line_2": "BFPO 12", "address_line_3": "Ann", "address_line_4": "France"},
            "The last line of a BFPO address must not be a country",
        ),
        (
            {"address_line_1": "@ home"},
            (
                "Address lines must not start with any of the following characters: "
                "@ ( ) = [ ] ” \\ / , < >"
            ),
        ),
    ],
)
def test_an_address_that_is_none_is_told(
    *, idle: Sandbox, changes: dict[str, Any], message: str
) -> None:
    """Only the first fault, in Notify's words, after all other checks."""
    values = LETTER["personalisation"] | changes
    said = Caller(idle).refused("POST", POST, json=LETTER | {"personalisation": values})

    assert (400, "ValidationError", message) == said


def test_an_address_has_at_most_seven_lines(idle: Sandbox) -> None:
    """The reader says so; by the API the seventh line takes the place of the postcode."""
    said = read_address([*"ABCDEFG", "SW1A 1AA"], international=True).fault
    assert "Address must be no more than 7 lines" == said
    values = LETTER["personalisation"] | {"address_line_7": "SW1A 1AA", "postcode": "lost"}
    assert Caller(idle).send("letter", LETTER, personalisation=values)["id"]


def test_a_letter_abroad_has_a_postage_of_its_own(idle: Sandbox) -> None:
    """Europe and the rest of the world, where the service may."""
    idle.notify.account.international_letters = True
    call = live(idle)
    for country, postage in (("Ffrainc", "europe"), ("USA", "rest-of-world")):
        values = LETTER["personalisation"] | {"address_line_3": country}
        path = f"{LIST}/{call.send('letter', LETTER, personalisation=values)['id']}"
        assert postage == call.get(path)["postage"]


def test_who_may_send_letters(idle: Sandbox) -> None:
    """No team key, no service in trial mode but with a test key, and no service without them."""
    notify = idle.notify
    team = Caller(idle, key=notify.new_api_key(kind=KeyKind.TEAM))
    precompiled = {"reference": "r", "content": PDF}

    for body in (LETTER, precompiled):
        said = team.refused("POST", POST, json=body)
        assert (403, "BadRequestError", "Cannot send letters with a team api key") == said
    notify.account.trial = True
    status, _, message = live(idle).refused("POST", POST, json=precompiled)
    assert (403, True) == (status, message.startswith("Cannot send letters when service is in"))
    assert Caller(idle).send("letter", LETTER)["id"]
    notify.account.letters_enabled = False
    expected = (400, "BadRequestError", "Service is not allowed to send letters")
    assert expected == Caller(idle).refused("POST", POST, json=LETTER)


def test_a_letter_has_a_limit_of_its_own(idle: Sandbox) -> None:
    """Counted apart from texts and emails."""
    idle.notify.account.daily_limits[Channel.LETTER] = 1
    call = Caller(idle)
    call.send("letter", LETTER)

    assert "TooManyRequestsError" == call.refused("POST", POST, json=LETTER)[1]


def test_a_qr_code_holds_504_bytes(idle: Sandbox) -> None:
    """One more is refused, with what it would hold and its size."""
    added = idle.notify.templates.add("Hi\n\nqr: ((url))", subject="s", postage="first")
    call = Caller(idle)

    def asked(length: int) -> Any:
        values = ADDRESS | {"url": "x" * length}
        body = {"template_id": added.id, "personalisation": values}
        return call("POST", POST, json=body)

    assert 201 == asked(504).status_code
    (error,) = asked(505).json()["errors"]
    assert ("x" * 505, 504, 505) == (error["data"], error["max_bytes"], error["num_bytes"])


def test_an_empty_letter_is_refused(idle: Sandbox) -> None:
    """As an empty text is."""
    added = idle.notify.templates.add("((x))", subject="s", postage="first")
    body = {"template_id": added.id, "personalisation": ADDRESS | {"x": ""}}

    assert "Your message is empty." == Caller(idle).refused("POST", POST, json=body)[2]


def test_a_precompiled_letter_is_checked_later(idle: Sandbox) -> None:
    """Pending its virus check, then accepted and received; its address is not known."""
    call = Caller(idle)
    sent = call.send("letter", {"reference": "r" * 1500, "content": PDF, "postage": "economy"})
    path = f"{LIST}/{sent['id']}"
    seen = [call.get(path)]
    for seconds in (2, 20):
        idle.clock.advance(seconds=seconds)
        seen.append(call.get(path))

    assert {"id": sent["id"], "postage": "economy", "reference": "r" * 1500} == sent
    assert ["pending-virus-check", "accepted", "received"] == [each["status"] for each in seen]
    assert [None, None, 0.0] == [each["cost_in_pounds"] for each in seen]
    assert "Provided as PDF" == seen[0]["line_1"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"content": 5}, "content 5 is not of type string"),
        ({"content": PDF, "postage": 5}, "postage 5 is not of type string"),
        (
            {"content": PDF, "postage": "europe"},
            "postage invalid. It must be either first, second or economy.",
        ),
    ],
)
def test_a_precompiled_letter_that_does_not_fit_is_told(
    idle: Sandbox, body: dict[str, Any], message: str
) -> None:
    """Its own schema."""
    said = Caller(idle).refused("POST", POST, json={"reference": "r"} | body)

    assert (400, "ValidationError", message) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.VIRUS_SCAN_FAILED, (400, "BadRequestError", "File did not pass the virus scan")),
        (
            Status.TECHNICAL_FAILURE,
            (400, "BadRequestError", "PDF not available for letters in status technical-failure"),
        ),
        (Status.VALIDATION_FAILED, None),
    ],
)
def test_what_becomes_of_a_precompiled_letter_can_be_planned(
    idle: Sandbox, status: Status, said: tuple[int, str, str] | None
) -> None:
    """And its PDF is there or not, as the state says; nothing is charged."""
    idle.notify.plan_end(status, channel=Channel.LETTER)
    call = live(idle)
    path = f"{LIST}/{call.send('letter', {'reference': 'r', 'content': PDF})['id']}"
    early = call.refused("GET", f"{path}/pdf")
    idle.clock.advance(timedelta(days=9))
    idle.notify.account.retention = timedelta(days=30)
    seen = call.get(path)

    assert (400, "PDFNotReadyError", "PDF not available yet, try again later") == early
    assert (status.value, 0.0) == (seen["status"], seen["cost_in_pounds"])
    assert [each["id"] for each in call.get(LIST, status="failed")["notifications"]]
    if said is None:
        assert b"%PDF-1.4\n" == call("GET", f"{path}/pdf").content
        assert seen["completed_at"] is None
    else:
        assert said == call.refused("GET", f"{path}/pdf")


def test_what_is_no_pdf_fails_its_check(idle: Sandbox) -> None:
    """Later, not when it is sent."""
    call = Caller(idle)
    sent = call.send("letter", {"reference": "r", "content": "AAAA"})
    idle.clock.advance(seconds=3)

    assert "validation-failed" == call.get(f"{LIST}/{sent['id']}")["status"]


def test_more_than_ten_pages_are_not_printed(idle: Sandbox) -> None:
    """The letter is accepted, and fails."""
    added = idle.notify.templates.add("((x))", subject="s", postage="first")
    call = Caller(idle)
    body = {"template_id": added.id, "personalisation": ADDRESS | {"x": "a\n" * 600}}
    sent = call.send("letter", body)
    idle.clock.advance(seconds=10)

    assert "validation-failed" == call.get(f"{LIST}/{sent['id']}")["status"]


def test_a_letter_can_be_cancelled_before_it_is_printed(tuesday: Sandbox) -> None:
    """And not after; what is no letter cannot."""
    call = live(tuesday)
    first, second = (call.send("letter", LETTER)["id"] for _ in range(2))
    tuesday.notify.cancel_letter(first)
    tuesday.clock.advance(timedelta(days=2))

    seen = call.get(f"{LIST}/{first}")
    assert ("cancelled", 0.0) == (seen["status"], seen["cost_in_pounds"])
    with pytest.raises(ValueError, match="not yet printed"):
        tuesday.notify.cancel_letter(second)


def test_a_returned_letter_still_shows_as_received(idle: Sandbox) -> None:
    """Only the callback and the state `failed` of the list tell of it."""
    call = Caller(idle)
    sent = call.send("letter", LETTER)["id"]
    with pytest.raises(ValueError, match="that was received"):
        idle.notify.return_letter(sent)
    idle.clock.advance(seconds=10)
    returned = idle.notify.return_letter(sent)

    assert (Status.RETURNED_LETTER, "received") == (returned.status, returned.state)
    assert "received" == call.get(f"{LIST}/{sent}")["status"]
    assert [sent] == [each["id"] for each in call.get(LIST, status="failed")["notifications"]]


def test_the_pdf_of_a_letter_holds_what_it_says(idle: Sandbox) -> None:
    """The sender, the address, the heading and the text; what is no letter has none."""
    call = Caller(idle)
    sent = call.send("letter", LETTER)["id"]
    assert "PDFNotReadyError" == call.refused("GET", f"{LIST}/{sent}/pdf")[1]
    idle.clock.advance(seconds=10)
    answer = call("GET", f"{LIST}/{sent}/pdf")

    assert "application/pdf" == answer.headers["content-type"]
    for text in (b"Sandbox Council", b"(Ann Smith)", b"SW1A 1AA", b"Your council tax", b"\xa31"):
        assert text in answer.content


def objects_of(pdf: bytes) -> list[bytes]:
    """Read a PDF by its table, as a reader does: every object has to stand where it says."""
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[start:].startswith(b"xref\n")
    count = int(pdf[start:].split()[2])
    rows = pdf[start:].split(b"\n", 2)[2][: 20 * count]
    found: list[bytes] = []
    for number in range(1, count):
        row = rows[20 * number : 20 * number + 20]
        assert re.fullmatch(rb"\d{10} 00000 n \n", row)
        rest = pdf[int(row[:10]) :]
        assert rest.startswith(b"%d 0 obj\n" % number)
        found.append(rest[: rest.index(b"\nendobj")])
    return found


@given(st.lists(st.lists(st.text(max_size=30), max_size=5), min_size=1, max_size=4))
def test_a_pdf_is_sound(pages: list[list[str]]) -> None:
    """Its table leads to every object, each stream has its length, and each page is counted."""
    pdf = write_pdf(pages)
    objects = objects_of(pdf)

    assert pdf.startswith(b"%PDF-1.4\n")
    assert pdf.endswith(b"%%EOF\n")
    assert b"/Count %d" % len(pages) in objects[1]
    streams = [each for each in objects if b"stream\n" in each]
    assert len(pages) == len(streams)
    for each in streams:
        head, _, rest = each.partition(b"stream\n")
        length = int(re.findall(rb"/Length (\d+)", head)[0])
        assert b"\nendstream" == rest[length:]


@given(st.text(max_size=3000))
def test_no_line_of_a_letter_is_lost(text: str) -> None:
    """The words on all pages are the words of the text, and no page is too full."""
    lines = written_lines(text)
    pages = pages_of(lines)

    assert text.split() == " ".join(lines).split() or max(map(len, text.split())) > 76
    assert lines == [line for each in pages for line in each]
    assert all(len(each) <= 46 for each in pages)


@given(st.sampled_from(["first", "second", "economy", "europe"]), st.integers(1, 5))
def test_more_sheets_cost_more(postage: str, sheets: int) -> None:
    """And none costs nothing."""
    assert 0 == rate_of(postage, sheets=0)
    assert rate_of(postage, sheets=sheets) <= rate_of(postage, sheets=sheets + 1)


@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 -- hypothesis adds the zone
    st.sampled_from(["first", "second", "economy", "europe", "rest-of-world"]),
)
def test_no_letter_arrives_before_it_is_printed(at: datetime, postage: str) -> None:
    """Printed on a later day, delivered after that, on days that somebody works."""
    made = delivery(at, postage=postage)

    assert at < made.printed_by < made.earliest <= made.latest
    for each in made:
        assert each.weekday() != 6
        assert not is_holiday(each.date())
    assert made.latest - at < timedelta(days=25)


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2021, {(1, 1), (4, 2), (4, 5), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28)}),
        (2022, {(1, 3), (4, 15), (4, 18), (5, 2), (5, 30), (8, 29), (12, 26), (12, 27)}),
        (2026, {(1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28)}),
    ],
)
def test_bank_holidays_follow_their_rules(year: int, days: set[tuple[int, int]]) -> None:
    """Those of England and Wales, moved from weekends; one-off holidays are not known."""
    first = date(year, 1, 1)
    found = {
        (day.month, day.day)
        for day in (first + timedelta(days=number) for number in range(365))
        if is_holiday(day)
    }

    assert days == found


def test_a_letter_of_another_service_is_not_found(idle: Sandbox) -> None:
    """Each service has its own messages, templates and keys."""
    other = idle.notify.add_account(Account(name="Other"))
    sent = Caller(idle).send("letter", LETTER)["id"]
    call = Caller(idle, key=other.new_api_key())

    assert 404 == call.refused("GET", f"{LIST}/{sent}")[0]
    assert [] == call.get(LIST)["notifications"]
    with pytest.raises(ValueError, match="its own"):
        idle.notify.add_account(other.account)
