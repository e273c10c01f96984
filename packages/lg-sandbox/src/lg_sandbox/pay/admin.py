# SPDX-License-Identifier: MIT
"""The admin pages' requests: transactions, one of them, a refund, webhooks, and the CSV export.

Nobody signs in: the sandbox is served on this machine only. A form that another site sends is
refused all the same.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import Answer, html_answer
from lg_sandbox.delivery import deliver
from lg_sandbox.pay.admin_pages import (
    list_page,
    message_page,
    missing_page,
    transaction_page,
    webhooks_page,
)
from lg_sandbox.pay.errors import UnknownRecordError
from lg_sandbox.pay.model import Account, Payment
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.refunds import RefundRefusal, RefundRefusedError
from lg_sandbox.pay.transactions import export, transactions
from lg_sandbox.pay.webhook_desk import WebhookDesk

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

__all__ = ["admin_routes"]

_SAFE = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        (
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'"
        ),
    ),
    ("Referrer-Policy", "same-origin"),
)
_POUNDS = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})*|[0-9]{1,9})(?:\.([0-9]{2}))?", re.ASCII)

_REASONS = {
    RefundRefusal.DISPUTED: "This payment is disputed and cannot be refunded",
    RefundRefusal.AMOUNT_NOT_AVAILABLE: "Enter an amount that is still available",
}


@dataclass(frozen=True, slots=True)
class _Visit:
    """One request to an admin page.

    Args:
        office: the state of the stand-in.
        desk: the webhooks.
        account: the id of the account asked for.
        id: the id in the path.
        form: the fields of its form.
    """

    office: Office
    desk: WebhookDesk
    account: str
    id: str
    form: dict[str, str]

    def owner(self) -> Account:
        """Return the account asked for, or the first one."""
        for each in self.office.accounts:
            if each.id == self.account:
                return each
        if self.account:
            raise UnknownRecordError
        return self.office.accounts[0]


_Step = Callable[[_Visit], Answer]


def admin_routes(office: Office, desk: WebhookDesk) -> list[Route]:
    """Return the routes of the admin pages.

    Args:
        office: the state of the stand-in.
        desk: the webhooks.
    """
    steps: list[tuple[str, str, _Step]] = [
        ("GET", "/admin", _list),
        ("GET", "/admin/transactions.csv", _csv),
        ("GET", "/admin/transactions/{id}", _show),
        ("POST", "/admin/transactions/{id}/refund", _refund),
        ("GET", "/admin/webhooks", _webhooks),
        ("POST", "/admin/webhooks", _add_webhook),
        ("POST", "/admin/webhooks/deliver", _deliver),
        ("GET", "/admin/webhooks/messages/{id}", _message),
    ]
    return [Route(path, _Page(step, office, desk), methods=[way]) for way, path, step in steps]


class _Page:
    """One admin page as an ASGI app."""

    def __init__(self, step: _Step, office: Office, desk: WebhookDesk) -> None:
        self._step = step
        self._office = office
        self._desk = desk

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        from anyio.to_thread import run_sync

        request = Request(scope, receive)
        text = (await request.body()).decode("utf-8", "replace")
        visit = _Visit(
            office=self._office,
            desk=self._desk,
            account=request.query_params.get("account", ""),
            id=str(request.path_params.get("id", "")),
            form={name: values[-1] for name, values in parse_qs(text).items()},
        )
        origin = request.headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
            await deliver(html_answer(403, missing_page(), headers=_SAFE), send=send)
            return
        # In a thread: a webhook may lead back to this very server.
        await deliver(await run_sync(self._answer, visit), send=send)

    def _answer(self, visit: _Visit) -> Answer:
        try:
            return self._step(visit)
        except UnknownRecordError:
            return html_answer(404, missing_page(), headers=_SAFE)


def _list(visit: _Visit) -> Answer:
    with visit.office.open() as now:
        account = visit.owner()
        found = transactions(visit.office, account=account, now=now)
        return _page(list_page(found, account, visit.office.accounts))


def _csv(visit: _Visit) -> Answer:
    with visit.office.open() as now:
        text = export(visit.office, account=visit.owner(), now=now)
    name = f"GOVUK_Pay_sandbox_{now:%Y-%m-%d}.csv"
    kept = ("Content-Disposition", f'attachment; filename="{name}"')
    return Answer(200, text.encode(), "text/csv; charset=utf-8", (*_SAFE, kept))


def _show(visit: _Visit) -> Answer:
    with visit.office.open() as now:
        return _payment(visit, visit.office.book.get(visit.id, now=now))


def _payment(visit: _Visit, payment: Payment, *, fault: str | None = None) -> Answer:
    office = visit.office
    text = transaction_page(
        payment,
        refunds=[each for each in office.refunds.shelf if each.payment_id == payment.id],
        disputes=[each for each in office.disputes.shelf if each.payment_id == payment.id],
        fault=fault,
    )
    return _page(text, status=200 if fault is None else 400)


def _refund(visit: _Visit) -> Answer:
    with visit.office.open() as now:
        payment = visit.office.book.get(visit.id, now=now)
        pence = _pence(visit.form.get("amount", ""))
        if pence is None:
            return _payment(visit, payment, fault="Enter an amount in pounds, like 12.50")
        try:
            visit.office.refunds.create(
                payment,
                amount=pence,
                available=None,
                account=visit.office.account(payment.account),
                now=now,
                by_staff=True,
            )
        except RefundRefusedError as refused:
            reason = _REASONS.get(refused.reason, "This payment cannot be refunded")
            return _payment(visit, payment, fault=reason)
    return _go(f"/admin/transactions/{payment.id}")


def _pence(typed: str) -> int | None:
    """Read pounds as pence: at least a penny."""
    match = _POUNDS.fullmatch(typed.strip().removeprefix("£"))
    if match is None:
        return None
    return int(match[1].replace(",", "")) * 100 + int(match[2] or 0) or None


def _webhooks(visit: _Visit, *, fault: str | None = None) -> Answer:
    with visit.office.open():
        account = visit.owner()
        own = [each for each in visit.office.webhooks.webhooks if each.account == account.id]
    ids = {each.id for each in own}
    messages = [each for each in reversed(visit.desk.messages()) if each.webhook_id in ids]
    text = webhooks_page(own, messages, account=account, fault=fault)
    return _page(text, status=200 if fault is None else 400)


def _add_webhook(visit: _Visit) -> Answer:
    url = visit.form.get("url", "").strip()
    try:
        visit.desk.add(url, secret=None, events=None, account=visit.owner())
    except ValueError:
        return _webhooks(visit, fault="Enter an address that begins with http://127.0.0.1")
    return _back(visit)


def _deliver(visit: _Visit) -> Answer:
    visit.desk.deliver()
    return _back(visit)


def _message(visit: _Visit) -> Answer:
    for message in visit.desk.messages():
        if message.id == visit.id:
            with visit.office.open():
                account = visit.office.webhooks.webhook(message.webhook_id).account
            return _page(message_page(message, account=account))
    raise UnknownRecordError


def _back(visit: _Visit) -> Answer:
    return _go(f"/admin/webhooks?account={quote(visit.owner().id, safe='')}")


def _page(text: str, *, status: int = 200) -> Answer:
    return html_answer(status, text, headers=_SAFE)


def _go(address: str) -> Answer:
    return Answer(303, headers=(("Location", address), *_SAFE))
