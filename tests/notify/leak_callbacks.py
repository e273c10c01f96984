# SPDX-License-Identifier: MIT
"""Probes of callbacks, the poller, links, the pages behind them and the suppression list."""

import io
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from notify.callback_bodies import (
    COMPLAINT,
    RECEIPT,
    RETURNED_LETTER,
    TEXT,
    a_notification,
    calling,
)
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core.endpoints import Request
from lg_core.store import Inbox, Store
from lg_core.texts import Language
from lg_notify import MessageNotFoundError, Notification, NotifyUnavailableError
from lg_notify.callbacks import (
    bearer_matches,
    complaints,
    parse_complaint,
    parse_receipt,
    parse_received_text,
    parse_returned_letter,
    receipt_of,
    receipts,
    received_texts,
    returned_letters,
    worker,
)
from lg_notify.poller import ReceiptPoller, Unended
from lg_notify.unsubscribe import (
    Links,
    PageState,
    SuppressionList,
    UnsubscribePage,
    endpoints,
    plain_page,
)

SECRET = PLANTED["signing secret"] + "-of-32-characters-or-more"
TOKEN = PLANTED["signing secret"]
ALL = " ".join(PLANTED.values())
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
BASE = "https://www.example.gov.uk/messages/unsubscribe"
KINDS: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    (receipts, parse_receipt, RECEIPT | {"to": PLANTED["phone"]}),
    (received_texts, parse_received_text, TEXT | {"message": ALL}),
    (returned_letters, parse_returned_letter, RETURNED_LETTER | {"sent_by": PLANTED["e-mail"]}),
    (complaints, parse_complaint, COMPLAINT | {"to": PLANTED["e-mail"]}),
)


def _planted_notification(notification_id: str, **changes: object) -> Notification:
    planted = {
        "reference": PLANTED["reference"],
        "body": ALL,
        "phone_number": PLANTED["phone"],
        "status": "permanent-failure",
    }
    return a_notification(notification_id, **{**planted, **changes})


def _fails(*_given: object) -> None:
    raise ValueError(ALL)


def _looks(saw: Saw) -> Callable[..., None]:
    def look(*given: object) -> None:
        saw([*given])

    return look


@probe
def callbacks_of_notify(saw: Saw) -> None:
    """Messages full of personal data, that can be read and that cannot, kept and worked on."""
    saw.attempt(bearer_matches, f"Bearer {ALL}", tokens=[TOKEN])
    saw.attempt(bearer_matches, f"Bearer {TOKEN}", tokens=[f"{TOKEN} "])
    saw(receipt_of(_planted_notification(RECEIPT["id"])))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "calls.db") as store:
        inbox = Inbox(store, name="lg-notify.callbacks")
        for make, parse, wire in KINDS:
            saw.attempt(make, inbox, tokens=[PLANTED["name"]])
            answer = make(inbox, tokens=[TOKEN])
            saw(answer)
            whole = wire | {"reference": PLANTED["reference"], "source_number": PLANTED["phone"]}
            wrong: list[object] = [ALL, [ALL], *({**whole, name: ALL} for name in whole)]
            for each in (whole, *wrong, ALL.encode()):
                body = each if isinstance(each, bytes) else json.dumps(each).encode()
                saw.attempt(parse, body)
                for header in (f"Bearer {TOKEN}", f"Bearer {ALL}", None):
                    saw.attempt(answer.handle, calling(body, authorization=header))

        def read(notification_id: str) -> Notification:
            if len(notification_id) % 2:
                raise MessageNotFoundError("No such message.", status=404)
            return _planted_notification(notification_id)

        look = _looks(saw)
        for functions in (
            {"act": _fails, "gone": _fails, "received_text": _fails},
            {"act": look, "gone": look, "returned_letter": look, "complaint": look},
        ):
            work = worker(inbox, read=read, **functions)
            saw(work)
            saw.attempt(work.run_once)
        for each in inbox.queue.aside():
            saw(each)


class _Platform:
    """Answers with messages full of personal data, until it is told to fail."""

    fails = False

    def get_notification(self, notification_id: str) -> Notification:
        if self.fails:
            raise NotifyUnavailableError("It is down.", status=500)
        return _planted_notification(notification_id)

    def list_notifications(self, *, template_type: str, older_than: str) -> Iterator[Notification]:
        assert template_type != older_than
        yield from (_planted_notification(f"n{each}") for each in range(40))


@probe
def the_poller_of_notify(saw: Saw) -> None:
    """It sees messages full of personal data, and a function of the host that fails on them."""
    platform, stop = _Platform(), threading.Event()
    due: list[Unended] = [(f"n{each}", "sms", NOW - timedelta(hours=1)) for each in range(30)]
    options: dict[str, Any] = {"unended": lambda: due, "now": lambda: NOW}
    for act in (_looks(saw), _fails):
        poller = ReceiptPoller(platform, act=act, **options)
        saw(poller)
        saw.attempt(poller.poll_once)
    saw.attempt(ReceiptPoller, platform, act=_looks(saw), every=timedelta(0), **options)
    platform.fails = True
    poller = ReceiptPoller(
        platform,
        act=_looks(saw),
        every=timedelta(microseconds=1),
        unended=lambda: (stop.set(), due)[1],
        now=lambda: NOW,
    )
    saw.attempt(poller.run, stop)
    naive = [(PLANTED["reference"], PLANTED["town"], datetime(2026, 1, 1))]  # noqa: DTZ001 -- as it is meant
    saw.attempt(ReceiptPoller(platform, act=_looks(saw), unended=lambda: naive).poll_once)


@probe
def links_and_pages_of_notify(saw: Saw) -> None:
    """Recipients of each way, good and wrong, in links and on pages."""
    links = Links([SECRET], base_url=BASE)
    saw(links)
    for secrets in ([PLANTED["name"]], PLANTED["name"], [f" {SECRET}"]):
        saw.attempt(Links, secrets, base_url=BASE)
    saw.attempt(Links, [SECRET], base_url=PLANTED["return address"] + "?" + PLANTED["name"])
    people = (("email", PLANTED["e-mail"]), ("sms", PLANTED["phone"]), ("letter", ALL))
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "no.db") as store:
        suppressions = SuppressionList(store, secrets=[SECRET])
        other = Links([f"{SECRET}-other"], base_url=BASE)
        saw.attempt(endpoints, suppressions, other)
        get, post = endpoints(suppressions, links)
        saw([get, post])
        for channel, recipient in people:
            link = links.link_for(channel, recipient, list_name="news")
            saw.text("a link", link)
            token = link.rpartition("/")[2]
            saw(links.read(token))
            for each in (token, token[:-4], ALL, PLANTED["e-mail"]):
                saw.attempt(links.read, each)
                for endpoint in (get, post):
                    request = Request("POST", "/", params={"token": each}, body=ALL.encode())
                    reply = endpoint.handle(request)
                    saw(reply)
                    saw.text("a page", reply.body.decode())
        for channel, recipient, name in (
            (ALL, ALL, None), ("email", PLANTED["name"], None), ("sms", PLANTED["name"], None),
            ("email", PLANTED["e-mail"], PLANTED["name"]),
        ):  # fmt: skip
            saw.attempt(links.link_for, channel, recipient, list_name=name)
    page = UnsubscribePage(PageState.ASK, Language.ENGLISH, "Stop", "Nothing changes", "Stop")
    saw(page)
    saw(plain_page(page))


@probe
def the_suppression_list(saw: Saw) -> None:
    """People on it, files of people, and what is wrong with them."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "no.db") as store:
        suppressions = SuppressionList(store, secrets=[SECRET])
        saw(suppressions)
        saw.attempt(SuppressionList, store, secrets=[PLANTED["name"]])
        one = suppressions.for_list("news")
        saw(one)
        for channel, recipient in (
            ("email", PLANTED["e-mail"]), ("sms", PLANTED["phone"]), ("letter", ALL),
            (ALL, ALL), ("email", PLANTED["name"]), ("sms", PLANTED["name"]),
        ):  # fmt: skip
            for work in (
                suppressions.suppress,
                suppressions.is_suppressed,
                suppressions.allow_again,
                suppressions.suppress,
                one.is_suppressed,
            ):
                saw.attempt(work, channel, recipient)
            saw.attempt(suppressions.suppress, channel, recipient, reason=ALL)
            saw.attempt(suppressions.is_suppressed, channel, recipient, list_name=ALL)
        saw.attempt(suppressions.for_list, PLANTED["name"])
        saw.attempt(suppressions.suppress_failures, _planted_notification("n"), None)
        links = Links([SECRET, f"{SECRET}-other"], base_url=BASE)
        unsubscription = links.read(links.link_for("email", "zq@example.org").rpartition("/")[2])
        saw.attempt(suppressions.honour, unsubscription)
        saw.attempt(suppressions.honour, unsubscription, reason=ALL)
        for text in (f"email\n{PLANTED['e-mail']}\n{ALL}\n", f"{ALL}\n{ALL}\n", ALL, ""):
            saw.attempt(
                suppressions.import_csv, io.BytesIO(text.encode()), channel="email", column="email"
            )
            saw.attempt(suppressions.restore, io.BytesIO(text.encode()))
        saw.attempt(
            suppressions.import_csv, io.BytesIO(b"email\n\xff\n"), channel="email", column=ALL
        )
        file = io.BytesIO()
        saw.attempt(suppressions.export, file)
        saw.text("the exported list", file.getvalue().decode())
        rows = file.getvalue().decode().replace("by-hand", ALL)
        saw.attempt(suppressions.restore, io.BytesIO(rows.encode()))
        saw(list(suppressions.counts()))
        saw.attempt(SuppressionList, store, secrets=[f"{SECRET}-other"])
        saw.attempt(suppressions.purge, before=NOW, reason=PLANTED["name"])
        saw.attempt(suppressions.erase, PLANTED["e-mail"])
