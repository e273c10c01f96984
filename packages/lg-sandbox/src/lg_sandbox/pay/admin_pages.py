# SPDX-License-Identifier: MIT
"""The admin pages as HTML, written by hand: a stand-in of GOV.UK Pay's admin tool."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from lg_sandbox.pay.export import Transaction, pounds, state_words
from lg_sandbox.pay.model import Account, Payment
from lg_sandbox.pay.money import Dispute, Refund
from lg_sandbox.pay.pages import page
from lg_sandbox.pay.webhook_queue import Webhook, WebhookMessage
from lg_sandbox.pay.wire import timestamp

__all__ = [
    "SHOWN",
    "list_page",
    "message_page",
    "missing_page",
    "transaction_page",
    "webhooks_page",
]

SHOWN = 100
"""How many transactions or messages a page shows, newest first."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that scrolls by itself where the window is narrow.

    Args:
        id: names it for its heading.
        heading: plain text.
        columns: plain text.
    """

    id: str
    heading: str
    columns: tuple[str, ...]

    def html(self, rows: Sequence[Sequence[str]], *, empty: str) -> str:
        """Write it.

        Args:
            rows: the cells as HTML; the first of each row is its heading.
            empty: what to say where there is no row.
        """
        title = f'<h2 id="{self.id}">{escape(self.heading)}</h2>'
        if not rows:
            return f"{title}<p>{escape(empty)}</p>"
        head = "".join(f'<th scope="col">{escape(each)}</th>' for each in self.columns)
        body = "".join(
            f'<tr><th scope="row">{row[0]}</th>'
            + "".join(f"<td>{cell}</td>" for cell in row[1:])
            + "</tr>"
            for row in rows
        )
        return (
            f'{title}<div class="table" role="region" aria-labelledby="{self.id}" tabindex="0">'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
        )


def list_page(found: Sequence[Transaction], account: Account, accounts: Sequence[Account]) -> str:
    """Write the list of an account's transactions.

    Args:
        found: all of them, newest first.
        account: whose.
        accounts: all accounts, to choose from.

    Returns:
        The page.
    """
    rows = [
        (
            _link(f"/admin/transactions/{each.payment.id}", timestamp(each.at)),
            escape(each.payment.reference),
            pounds(_amount(each)),
            escape(state_words(each)),
        )
        for each in found[:SHOWN]
    ]
    table = _Table("list", "Transactions", ("Created (UTC)", "Reference", "Amount (£)", "State"))
    here = quote(account.id, safe="")
    body = (
        f"<h1>Admin: account {escape(account.id)}</h1>{_accounts(account, accounts)}"
        f'<p><a href="/admin/transactions.csv?account={here}">Export as CSV</a></p>'
        f'<p><a href="/admin/webhooks?account={here}">Webhooks</a></p>'
        f"<p>Transactions in all: {len(found)}. The newest {SHOWN} are shown.</p>"
        f"{table.html(rows, empty='There are no transactions yet.')}"
    )
    return page("en", "Admin", body)


def transaction_page(
    payment: Payment,
    *,
    refunds: Sequence[Refund],
    disputes: Sequence[Dispute],
    fault: str | None = None,
) -> str:
    """Write one payment with its events, refunds and disputes.

    Args:
        payment: the payment.
        refunds: of this payment, oldest first.
        disputes: of this payment, oldest first.
        fault: why the refund that was asked for is refused; None when none is.

    Returns:
        The page.
    """
    events = [(timestamp(each.at), escape(each.state.status)) for each in payment.history]
    repaid = [
        (timestamp(each.created_at), pounds(each.amount), escape(each.status.value), each.id)
        for each in refunds
    ]
    disputed = [
        (timestamp(each.created_at), pounds(each.amount), escape(each.status.value), each.id)
        for each in disputes
    ]
    columns = ("Created (UTC)", "Amount (£)", "Status", "Id")
    facts = {
        "Payment id": payment.id,
        "Reference": payment.reference,
        "Description": payment.description,
        "Amount": f"£{pounds(payment.total_amount)}",
        "State": state_words(Transaction(payment)),
        "Captured": timestamp(payment.captured_at) if payment.captured_at else "No",
        "Refund status": payment.refund_status,
    }
    told = "".join(f"<dt>{escape(name)}</dt><dd>{escape(of)}</dd>" for name, of in facts.items())
    body = (
        f"{_fault(fault)}<h1>Payment</h1><dl>{told}</dl>"
        f"{_Table('events', 'Events', ('Time (UTC)', 'Status')).html(events, empty='None.')}"
        f"{_Table('refunds', 'Refunds', columns).html(repaid, empty='None.')}"
        f"{_Table('disputes', 'Disputes', columns).html(disputed, empty='None.')}"
        f"{_refund_form(payment, fault)}{_back(payment.account)}"
    )
    return page("en", ("Error: " if fault else "") + "Payment", body)


def webhooks_page(
    webhooks: Sequence[Webhook],
    messages: Sequence[WebhookMessage],
    *,
    account: Account,
    fault: str | None = None,
) -> str:
    """Write the webhooks of an account, with their messages.

    Args:
        webhooks: of this account, oldest first.
        messages: of these webhooks, newest first.
        account: whose.
        fault: why the webhook that was asked for is refused; None when none is.

    Returns:
        The page.
    """
    ways = [
        (
            escape(each.url or "in process"),
            escape(each.secret),
            escape(", ".join(sorted(each.events))),
            "yes" if each.active else "no",
        )
        for each in webhooks
    ]
    told = [
        (
            _link(f"/admin/webhooks/messages/{each.id}", timestamp(each.at)),
            escape(each.event.value),
            escape(each.status.value),
            str(len(each.attempts)),
            timestamp(each.due_at) if each.due_at else "",
        )
        for each in messages[:SHOWN]
    ]
    columns = ("Event (UTC)", "What", "Delivery", "Attempts", "Next attempt (UTC)")
    table = _Table("webhooks", "Set up", ("Address", "Secret", "Events", "Active"))
    here = quote(account.id, safe="")
    wrong = ' aria-invalid="true" aria-describedby="url-error"' if fault else ""
    message = f'<p class="fault" id="url-error">Error: {escape(fault)}</p>' if fault else ""
    body = (
        f"{_fault(fault, field='url')}<h1>Webhooks</h1>"
        f"{table.html(ways, empty='There are no webhooks yet.')}"
        f"<h2>Add a webhook</h2>"
        f'<form method="post" action="/admin/webhooks?account={here}" novalidate>'
        f'<div class="field"><label for="url">Address on this machine</label>{message}'
        f'<input id="url" name="url" value="" type="url" autocomplete="off"{wrong}></div>'
        '<p><button type="submit">Add</button></p></form>'
        f'<form method="post" action="/admin/webhooks/deliver?account={here}">'
        '<p><button class="plain" type="submit">Deliver what is due</button></p></form>'
        f"{_Table('messages', 'Messages', columns).html(told, empty='None.')}{_back(account.id)}"
    )
    return page("en", ("Error: " if fault else "") + "Webhooks", body)


def message_page(message: WebhookMessage, *, account: str) -> str:
    """Write one message with its attempts.

    Args:
        message: the message.
        account: the id of the account.

    Returns:
        The page.
    """
    rows = [
        (timestamp(each.at), str(each.status or "no answer"), "yes" if each.delivered else "no")
        for each in message.attempts
    ]
    table = _Table("attempts", "Attempts", ("Time (UTC)", "Answer", "Delivered"))
    body = (
        f"<h1>Message</h1><dl><dt>Id</dt><dd>{message.id}</dd><dt>Event</dt>"
        f"<dd>{message.event.value}</dd><dt>Delivery</dt><dd>{message.status.value}</dd></dl>"
        f"{table.html(rows, empty='None.')}"
        '<h2 id="body">Body</h2><div class="table" role="region" aria-labelledby="body" '
        f'tabindex="0"><pre>{escape(message.body.decode())}</pre></div>{_back(account)}'
    )
    return page("en", "Message", body)


def missing_page() -> str:
    """Write the page for what is not there."""
    return page(
        "en",
        "Not found",
        '<h1>Not found</h1><p><a href="/admin">Go to the transactions</a></p>',
    )


def _amount(transaction: Transaction) -> int:
    record = transaction.record
    return transaction.payment.total_amount if record is None else -record.amount


def _accounts(account: Account, accounts: Sequence[Account]) -> str:
    others = "".join(
        f'<li><a href="/admin?account={quote(each.id, safe="")}">{escape(each.id)}</a></li>'
        for each in accounts
        if each.id != account.id
    )
    return f'<nav aria-label="Other accounts"><ul>{others}</ul></nav>' if others else ""


def _refund_form(payment: Payment, fault: str | None) -> str:
    if payment.refund_status != "available":
        return ""
    message = f'<p class="fault" id="amount-error">Error: {escape(fault)}</p>' if fault else ""
    wrong = ' aria-invalid="true" aria-describedby="amount-error"' if fault else ""
    return (
        f'<h2>Refund</h2><form method="post" action="/admin/transactions/{payment.id}/refund" '
        'novalidate><div class="field short"><label for="amount">Amount in pounds</label>'
        f'{message}<input id="amount" name="amount" value="{pounds(payment.refundable)}" '
        f'inputmode="decimal" autocomplete="off"{wrong}></div>'
        '<p><button type="submit">Refund</button></p></form>'
    )


def _fault(fault: str | None, *, field: str = "amount") -> str:
    if fault is None:
        return ""
    return (
        '<div class="summary" role="alert" aria-labelledby="problem"><h2 id="problem">'
        f'There is a problem</h2><ul><li><a href="#{field}">{escape(fault)}</a></li></ul></div>'
    )


def _link(address: str, text: str) -> str:
    return f'<a href="{escape(address)}">{escape(text)}</a>'


def _back(account: str) -> str:
    return f'<p><a href="/admin?account={quote(account, safe="")}">Back to the transactions</a></p>'
