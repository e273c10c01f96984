# SPDX-License-Identifier: MIT
"""Write the CSV file that the admin tool exports: payments, refunds and disputes in one table.

Source: ledger code (alphagov/pay-ledger), the writer of the CSV: columns, their order, and the
wording of states as the admin tool has it. Times are as stored, in UTC.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lg_sandbox.pay.model import CardDetails, Payment, State
from lg_sandbox.pay.money import Dispute, DisputeStatus, Refund, RefundStatus
from lg_sandbox.pay.wire import payment_body

__all__ = ["STAFF_EMAIL", "Transaction", "csv_text", "pounds", "state_words"]

STAFF_EMAIL = "staff@council.example"
"""Who issued a refund in the admin tool. Invented."""

# What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PAYMENT_WORDS = {
    State.CREATED: "In progress",
    State.STARTED: "In progress",
    State.SUBMITTED: "In progress",
    State.CAPTURABLE: "In progress",
    State.SUCCESS: "Success",
    State.CAPTURED: "Success",
    State.REJECTED: "Declined",
    State.EXPIRED: "Timed out",
    State.CANCELLED_BY_PAYER: "Cancelled",
    State.CANCELLED_BY_SERVICE: "Cancelled",
    State.ERROR: "Error",
}
_REFUND_WORDS = {
    RefundStatus.SUBMITTED: "Refund submitted",
    RefundStatus.SUCCESS: "Refund success",
    RefundStatus.ERROR: "Refund error",
}
_DISPUTE_WORDS = {
    DisputeStatus.NEEDS_RESPONSE: "Dispute awaiting evidence",
    DisputeStatus.UNDER_REVIEW: "Dispute under review",
    DisputeStatus.LOST: "Dispute lost to customer",
    DisputeStatus.WON: "Dispute won in your favour",
}

_COLUMNS = (
    "Reference",
    "Description",
    "Email",
    "Amount",
    "Card Brand",
    "Cardholder Name",
    "Card Expiry Date",
    "Card Number",
    "State",
    "Finished",
    "Error Code",
    "Error Message",
    "Provider ID",
    "GOV.UK Payment ID",
    "Issued By",
    "Date Created",
    "Time Created",
    "Corporate Card Surcharge",
    "Total Amount",
    "Wallet Type",
)
_FEE_COLUMNS = ("Fee", "Net", "Fee (transaction)", "Fee (3DS)", "Fee (fraud protection)")
_LAST_COLUMNS = ("Payment Provider", "3-D Secure Required")
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


@dataclass(frozen=True, slots=True)
class Transaction:
    """One row of the file, or of the admin tool's list.

    Args:
        payment: the payment, or the parent of the refund or dispute.
        record: the refund or dispute; None for the payment itself.
    """

    payment: Payment
    record: Refund | Dispute | None = None

    @property
    def at(self) -> datetime:
        """When it was created."""
        return self.payment.created_at if self.record is None else self.record.created_at


def state_words(transaction: Transaction) -> str:
    """Return the admin tool's words for where a transaction stands.

    Args:
        transaction: the transaction.
    """
    match transaction.record:
        case Refund(status=status):
            return _REFUND_WORDS[status]
        case Dispute(status=status):
            return _DISPUTE_WORDS[status]
        case _:
            return _PAYMENT_WORDS[transaction.payment.state]


def pounds(pence: int) -> str:
    """Write pounds with two decimals and commas between thousands.

    Args:
        pence: pence; may be negative.

    Returns:
        Text such as `-1,234.50`.
    """
    sign, whole = ("-" if pence < 0 else ""), abs(pence)
    return f"{sign}{whole // 100:,}.{whole % 100:02}"


def csv_text(transactions: Sequence[Transaction], *, fees: bool, moto: bool) -> str:
    """Write the file.

    Args:
        transactions: the rows, in their order.
        fees: whether the service has fees, and so five columns more.
        moto: whether MOTO payments are enabled, and so one column more.

    Returns:
        A header line and a row a transaction, with the line ends of CSV.
    """
    keys = sorted({key for each in transactions for key, _ in each.payment.metadata})
    columns = [
        *_COLUMNS,
        *(_FEE_COLUMNS if fees else ()),
        "Card Type",
        *(("MOTO",) if moto else ()),
        *_LAST_COLUMNS,
        *(f"{key} (metadata)" for key in keys),
    ]
    file = io.StringIO()
    writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_row(each) for each in transactions)
    return file.getvalue()


def _row(transaction: Transaction) -> dict[str, str]:
    payment, record = transaction.payment, transaction.record
    at = transaction.at.astimezone(UTC)
    common = {
        "Reference": _text(payment.reference),
        "Description": _text(payment.description),
        "Email": _text(payment.email),
        "State": state_words(transaction),
        "GOV.UK Payment ID": payment.id,
        # strftime would write the month in the words of the machine's own language.
        "Date Created": f"{at.day:02} {_MONTHS[at.month - 1]} {at.year}",
        "Time Created": f"{at:%H:%M:%S}",
        "Payment Provider": payment.provider.value,
        **_card(payment.card),
        **{f"{key} (metadata)": _plain(value) for key, value in payment.metadata},
    }
    match record:
        case Refund():
            return common | _refund(record)
        case Dispute():
            return common | _dispute(record)
        case _:
            return common | _payment(payment)


def _payment(payment: Payment) -> dict[str, str]:
    told: Mapping[str, int] = payment_body(payment, base="", token=None)
    surcharge = told.get("corporate_card_surcharge", 0)
    total = _total(payment, surcharge)
    fee, net = told.get("fee"), told.get("net_amount", total)
    return {
        "Amount": pounds(payment.amount),
        "Finished": _truth(payment.finished),
        "Error Code": payment.code or "",
        "Error Message": payment.state.message or "",
        "Provider ID": _text(payment.provider_id),
        "Corporate Card Surcharge": pounds(surcharge),
        "Total Amount": "" if total is None else pounds(total),
        "Fee": "" if fee is None else pounds(fee),
        "Net": "" if net is None else pounds(net),
        "Fee (transaction)": "" if fee is None else pounds(fee),
        "MOTO": _truth(payment.moto),
        "3-D Secure Required": "false" if payment.provider_id else "",
    }


def _total(payment: Payment, surcharge: int) -> int | None:
    """What was taken: nothing of a finished failure, and unknown while it is unfinished."""
    if not payment.finished:
        return None
    return payment.amount + surcharge if payment.status == "success" else 0


def _refund(refund: Refund) -> dict[str, str]:
    amount = pounds(-refund.amount)
    error = refund.status is RefundStatus.ERROR
    return {
        "Amount": amount,
        "Finished": _truth(refund.status is not RefundStatus.SUBMITTED),
        "Error Code": "P0050" if error else "",
        "Error Message": "Payment provider returned an error" if error else "",
        "Issued By": STAFF_EMAIL if refund.by_staff else "",
        "Total Amount": amount,
        "Net": amount,
    }


def _dispute(dispute: Dispute) -> dict[str, str]:
    won = dispute.status is DisputeStatus.WON
    net = dispute.net_amount
    return {
        "Amount": pounds(dispute.amount if won else -dispute.amount),
        "Finished": _truth(dispute.status in {DisputeStatus.WON, DisputeStatus.LOST}),
        "Fee": "" if net is None else pounds(dispute.fee),
        "Net": "" if net is None else pounds(net),
    }


def _card(card: CardDetails | None) -> dict[str, str]:
    if card is None:
        return {}
    return {
        "Card Brand": card.brand or "",
        "Cardholder Name": _text(card.cardholder_name),
        "Card Expiry Date": card.expiry_date or "",
        "Card Number": card.last_digits or "",
        "Card Type": card.type or "",
    }


def _text(value: str | None) -> str:
    """Text as a cell: an apostrophe keeps a spreadsheet from taking it for a formula."""
    return f"'{value}" if value and value.startswith(_FORMULA) else value or ""


def _plain(value: str | float | bool) -> str:  # noqa: FBT001 -- the three kinds of metadata
    return _truth(value) if isinstance(value, bool) else str(value)


def _truth(value: bool) -> str:  # noqa: FBT001 -- its only subject
    return "true" if value else "false"
