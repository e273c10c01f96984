# SPDX-License-Identifier: MIT
"""The callbacks that GOV.UK Notify was recorded to send are taken, read and acted on."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lg_core.endpoints import Request
from lg_core.store import Inbox, Store
from lg_notify import NotificationStatus, TemplateType
from lg_notify.callbacks import parse_receipt, receipts

DATA = Path(
    os.environ.get("LG_CONTRACT_DATA")
    or Path(__file__).resolve().parents[2].parent / "shared" / "data"
)
ID = "11111111-2222-4333-8444-5555555555{:02}"


def recorded() -> list[dict[str, Any]]:
    """Give the recorded callbacks. Ids were taken out of them, so each gets one here."""
    path = DATA / "notify" / "observed_responses.json"
    if not path.is_file():
        pytest.skip("The platform's published files are not here: set LG_CONTRACT_DATA.")
    callbacks: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["callbacks"]
    for number, each in enumerate(callbacks):
        each["body"] |= {"id": ID.format(number), "template_id": ID.format(99)}
    return callbacks


def test_every_receipt_is_read() -> None:
    """Each of the six, with its state, its way and its times, and never its recipient."""
    callbacks = recorded()
    read = [parse_receipt(json.dumps(each["body"])) for each in callbacks]

    assert 6 == len(read)
    for each, receipt in zip(callbacks, read, strict=True):
        body = each["body"]
        assert (NotificationStatus(body["status"]), TemplateType(body["notification_type"])) == (
            receipt.status,
            receipt.notification_type,
        )
        assert receipt.is_final
        assert receipt.completed_at is not None
        assert body["completed_at"] == receipt.completed_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        assert body["to"] not in repr(receipt)


def test_every_receipt_is_taken_with_the_headers_that_came(tmp_path: Path) -> None:
    """The endpoint answers 200, and what is kept has no recipient."""
    callbacks = recorded()
    with Store(tmp_path / "callbacks.db") as store:
        inbox = Inbox(store, name="lg-notify.callbacks")
        for each in callbacks:
            headers = {name.lower(): value for name, value in each["headers"].items()}
            token = headers["authorization"].removeprefix("Bearer ")
            body = json.dumps(each["body"]).encode()
            request = Request("POST", each["path"], headers=headers, body=body)

            reply = receipts(inbox, tokens=[token], path=each["path"]).handle(request)

            assert 200 == reply.status
        jobs = inbox.queue.take(limit=10)

    assert 6 == len(jobs)
    assert not any(
        each["body"]["to"] in str(value)
        for each in callbacks
        for job in jobs
        for name, value in job.payload.items()
        if name != "reference"  # the recorder put the recipient into its own reference
    )
