# SPDX-License-Identifier: MIT
import json
import pickle
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.callback_bodies import COMPLAINT, ID, RECEIPT, RETURNED_LETTER, TEXT, a_notification

from lg_notify import NotificationStatus, TemplateType
from lg_notify.callbacks import (
    CallbackFault,
    CallbackRefusedError,
    parse_complaint,
    parse_receipt,
    parse_received_text,
    parse_returned_letter,
    receipt_of,
)
from lg_notify.callbacks._kept import KINDS, event_of, kept_event, kept_raw, kind_of

Parse = Callable[[bytes | str], Any]
WORDS = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
KNOWN: tuple[tuple[Parse, Mapping[str, Any]], ...] = (
    (parse_receipt, RECEIPT),
    (parse_received_text, TEXT),
    (parse_returned_letter, RETURNED_LETTER),
    (parse_complaint, COMPLAINT),
)


def test_a_receipt_is_read_without_its_recipient() -> None:
    """Every field but the number, in types."""
    receipt = parse_receipt(json.dumps(RECEIPT))

    assert (ID, NotificationStatus.TEMPORARY_FAILURE, TemplateType.SMS, "GW-0001", 1) == (
        receipt.id,
        receipt.status,
        receipt.notification_type,
        receipt.reference,
        receipt.template_version,
    )
    assert datetime(2026, 11, 22, 13, 31, 6, 839425, tzinfo=UTC) == receipt.completed_at
    assert receipt.is_final
    assert not receipt.is_delivered
    assert "to" not in type(receipt).__dataclass_fields__
    assert "GW-0001" not in repr(receipt)


@pytest.mark.parametrize(
    ("status", "final", "delivered"),
    [
        ("delivered", True, True),
        ("pending", False, False),
        ("technical-failure", True, False),
        ("brand-new", False, False),
    ],
)
def test_a_state_is_a_word_that_notify_may_add_to(
    status: str, *, final: bool, delivered: bool
) -> None:
    """A word that is not known is read, and ends nothing."""
    receipt = parse_receipt(json.dumps({**RECEIPT, "status": status}))

    assert (status, final, delivered) == (receipt.status, receipt.is_final, receipt.is_delivered)


def test_the_other_kinds_are_read() -> None:
    """A text whole; a letter and a complaint without whom they point to."""
    text = parse_received_text(json.dumps(TEXT))
    letter = parse_returned_letter(json.dumps(RETURNED_LETTER))
    complaint = parse_complaint(json.dumps(COMPLAINT))

    assert ("STOP", "447700900123") == (text.message, text.source_number)
    assert "STOP" not in repr(text)
    assert (ID, "2026-10-22 13:31:06") == (letter.notification_id, letter.date_sent)
    assert (ID, "0100018f") == (complaint.notification_id, complaint.complaint_id)
    assert "zq" not in repr(vars(type(letter))) + repr(letter) + repr(complaint)


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", CallbackFault.NOT_JSON),
        (b"\xff", CallbackFault.NOT_JSON),
        (b"[" * 200_000, CallbackFault.NOT_JSON),
        (b"null", CallbackFault.NOT_AN_OBJECT),
        (b"[]", CallbackFault.NOT_AN_OBJECT),
        (b"{}", CallbackFault.WRONG_FIELDS),
    ],
)
def test_what_is_no_message_is_refused_by_name(body: bytes, fault: CallbackFault) -> None:
    """The error says why, survives pickling, and nothing hangs on it."""
    for parse, _ in KNOWN:
        with pytest.raises(CallbackRefusedError) as caught:
            parse(body)

        assert fault is caught.value.code
        assert fault is pickle.loads(pickle.dumps(caught.value)).code
        assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "<script>"},
        {"status": "two words"},
        {"created_at": "2026-11-20T10:30:00"},
        {"template_version": "one"},
        {"reference": 7},
    ],
)
def test_a_field_of_another_form_is_named(changes: Mapping[str, object]) -> None:
    """The name, and never what stands there."""
    with pytest.raises(CallbackRefusedError, match=next(iter(changes))) as caught:
        parse_receipt(json.dumps({**RECEIPT, **changes}))

    assert tuple(changes) == caught.value.fields


@given(st.sampled_from(KNOWN), st.binary() | JSON.map(lambda wire: json.dumps(wire).encode()))
def test_whatever_comes_is_refused_or_read(known: tuple[Parse, object], body: bytes) -> None:
    """No body makes anything else than a value or a refusal."""
    with pytest.raises(CallbackRefusedError):
        known[0](body)


@given(st.sampled_from(KNOWN), st.data())
def test_fields_may_be_added_and_changed(
    known: tuple[Parse, Mapping[str, Any]], data: st.DataObject
) -> None:
    """A new field changes nothing; one of any value is read or refused, and named."""
    parse, wire = known
    whole = parse(json.dumps(wire))
    name, value = data.draw(st.sampled_from([*wire])), data.draw(JSON)

    assert whole == parse(json.dumps({**wire, "brand_new": value}))
    try:
        parse(json.dumps({**wire, name: value}))
    except CallbackRefusedError as refused:
        assert (name,) == refused.fields  # noqa: PT017 -- reading it is right too


@given(st.sampled_from(KNOWN), st.data())
def test_what_is_kept_is_read_again(
    known: tuple[Parse, Mapping[str, Any]], data: st.DataObject
) -> None:
    """The same value comes out of the inbox, through JSON, whatever its texts hold."""
    parse, wire = known
    free = [name for name in ("reference", "message", "source_number") if name in wire]
    event = parse(json.dumps({**wire, **{name: data.draw(WORDS) for name in free}}))
    kind = KINDS[type(event)]

    payload = json.loads(json.dumps(dict(kept_event(kind, event))))

    assert kind is kind_of(payload)
    assert event == event_of(kind, payload)
    assert "to" not in payload
    assert "sent_by" not in payload


@given(st.binary(max_size=60))
def test_a_text_that_cannot_be_read_is_kept_byte_for_byte(body: bytes) -> None:
    """A later release can read it."""
    kind = KINDS[type(parse_received_text(json.dumps(TEXT)))]
    kept = json.loads(json.dumps(dict(kept_raw(kind, body))))

    assert body == kept["unread"].encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("body", [b"", b"[]", json.dumps(RECEIPT | {"id": 7}).encode()])
def test_of_a_receipt_that_cannot_be_read_no_recipient_is_kept(body: bytes) -> None:
    """Only fields that are known and are plain, and never `to`."""
    kind = KINDS[type(parse_receipt(json.dumps(RECEIPT)))]
    kept = json.loads(str(kept_raw(kind, body)["unread"]))

    assert "to" not in kept
    assert set(kept) <= set(RECEIPT)


@given(JSON)
def test_a_payload_of_somebody_else_has_no_kind(value: object) -> None:
    """Whatever else is put into the inbox."""
    assert kind_of({"kind": value}) is None


def test_a_poller_tells_the_same_as_a_receipt() -> None:
    """One shape for both."""
    notification = a_notification(
        status="temporary-failure",
        created_at=RECEIPT["created_at"],
        sent_at=RECEIPT["sent_at"],
        completed_at=RECEIPT["completed_at"],
        template={"id": RECEIPT["template_id"], "version": 1, "uri": "x"},
    )

    assert parse_receipt(json.dumps(RECEIPT)) == receipt_of(notification)
