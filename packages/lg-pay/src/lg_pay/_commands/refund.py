# SPDX-License-Identifier: MIT
"""`lg-pay refund`: pay back all or part of a payment, and say which lines of the ledger it was.

GOV.UK Pay's lock guards what the caller saw. A person sees it here, before the question. A
script must say what it saw, so that running it again cannot refund twice.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import emit, note, table
from lg_core.errors import InvalidValueError, LgError
from lg_core.money import Pence, format_pounds
from lg_pay._commands._open import coding_of, one_account, open_accounts, open_store, read_file
from lg_pay._commands._options import Account, Json, SettingsFile, Yes, agreed, amount_of
from lg_pay._files import CouncilFile
from lg_pay.basket import Line, total
from lg_pay.payment import Payment
from lg_pay.reconcile.coding import SUSPENSE, code_payment

if TYPE_CHECKING:
    from lg_pay.reconcile.posting_book import PostingBook

__all__ = ["refund"]


@dataclass(frozen=True, slots=True)
class _Refunded:
    payment_id: str
    refund_id: str
    amount: int
    status: str
    lines_recorded: int


def refund(
    payment_id: Annotated[
        str, typer.Argument(metavar="ID", help="GOV.UK Pay's id of the payment.")
    ],
    *,
    amount: Annotated[
        str | None, typer.Option("--amount", help="Pounds to pay back, such as 12.50.")
    ] = None,
    line: Annotated[
        list[str] | None,
        typer.Option(
            "--line",
            metavar="FUND=POUNDS",
            help="What of it belongs to which fund, for the ledger; FUND/ACCOUNT=POUNDS where the "
            "fund has several lines. Once for each line.",
        ),
    ] = None,
    available: Annotated[
        str | None,
        typer.Option(
            "--available", help="With --yes: pounds that could be refunded as you saw it."
        ),
    ] = None,
    made: Annotated[
        str | None,
        typer.Option(
            "--made",
            metavar="REFUND_ID",
            help="Refund nothing: only record the lines of a refund that was made already.",
        ),
    ] = None,
    yes: Yes = False,
    account: Account = None,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Pay back all or part of a payment, to the card that it came from. Asks before it does.

    With --yes it needs --available too: GOV.UK Pay refuses the refund where that has changed, so a
    script that runs twice refunds once. Lines are recorded in the store, and the reconciliation
    follows them; a part refund without lines goes to suspense unless finance has a rule for it.
    """
    _check_options(amount=amount, available=available, made=made, yes=yes, lines=line)
    council = read_file(file)
    with open_accounts(council) as accounts, ExitStack() as opened:
        name, client = one_account(accounts, account)
        payment = client.get_payment(payment_id)
        lines: tuple[Line, ...] = ()
        book: PostingBook | None = None
        if line:
            paid = _paid_lines(payment, account=name, council=council)
            lines = tuple(_chosen(text, paid) for text in line)
            book = _posting_book(council, opened)  # before money moves, so that it can be used
        if made is not None:
            done = client.get_refund(payment_id, made)
            _must_be(done.amount, lines)
        else:
            pence = amount_of(amount or "", option="--amount")
            _must_be(pence, lines)
            seen = _seen(payment, available)
            _show(payment, seen=seen, lines=lines)
            question = f"Pay back {format_pounds(pence)} of {payment.payment_id}?"
            agreed(question, yes=yes)
            done = client.refund_payment(payment_id, amount=pence, available=seen)
        if book is not None:
            _record(book, payment.payment_id, refund_id=done.refund_id, lines=lines)
    result = _Refunded(payment.payment_id, done.refund_id, done.amount, done.status, len(lines))
    emit(result, json=json, human=_in_words)


def _check_options(
    *,
    amount: str | None,
    available: str | None,
    made: str | None,
    yes: bool,
    lines: Sequence[str] | None,
) -> None:
    if made is not None:
        if amount is not None or available is not None or not lines:
            raise typer.BadParameter("--made goes with --line alone: nothing is refunded.")
        return
    if amount is None:
        raise typer.BadParameter("Give --amount.")
    if yes and available is None:
        raise typer.BadParameter(
            "--yes needs --available: the pounds that could be refunded when the refund was "
            "decided on. GOV.UK Pay then refuses a second run."
        )


def _paid_lines(payment: Payment, *, account: str, council: CouncilFile) -> tuple[Line, ...]:
    coded = code_payment(payment, account=account, coding=coding_of(council))
    if any(each.rule.startswith(SUSPENSE) for each in coded):
        note("lg-pay: the payment, or part of it, is in suspense; that part is named by its fund.")
    return tuple(each.line for each in coded)


def _chosen(text: str, paid: Sequence[Line]) -> Line:
    """Find the payment's own line that is meant, and give it the amount that goes back."""
    name, equals, pounds = text.rpartition("=")
    fund, _, account = name.partition("/")
    if not equals or not fund:
        raise InvalidValueError("--line must be FUND=POUNDS, such as GW=10.00.", field="--line")
    amount = amount_of(pounds, option="--line")
    found = [
        each for each in paid if each.fund == fund and (not account or each.account == account)
    ]
    if not found:
        raise InvalidValueError(
            "--line names no line of the payment. It has these funds: "
            f"{', '.join(dict.fromkeys(each.fund for each in paid))}.",
            field="--line",
        )
    if len({replace(each, amount=Pence(1)) for each in found}) > 1:
        raise InvalidValueError(
            "--line could be more than one line of the payment. Write FUND/ACCOUNT=POUNDS. Lines "
            "of the same account cannot be told apart here: record them with "
            "PostingBook.record_refund.",
            field="--line",
        )
    if amount > total(found):
        raise InvalidValueError(
            "--line takes more back than was paid on that line.", field="--line"
        )
    return replace(found[0], amount=amount)


def _must_be(amount: Pence, lines: Sequence[Line]) -> None:
    if lines and total(lines) != amount:
        raise InvalidValueError(
            f"The lines come to {format_pounds(total(lines))}, and the refund to "
            f"{format_pounds(amount)}. They must be the same.",
            field="--line",
        )
    names = [replace(each, amount=Pence(1)) for each in lines]
    if len(set(names)) < len(names):
        raise InvalidValueError("Two --line are the same line. Add them up.", field="--line")


def _seen(payment: Payment, available: str | None) -> Pence:
    """Return what could be refunded when the refund was decided on: now, or as the script says."""
    summary = payment.refund_summary
    now = summary.amount_available if summary else None
    if available is not None:
        return amount_of(available, option="--available")
    if not now:
        status = summary.status if summary else "unknown"
        raise InvalidValueError(
            f"Nothing can be refunded now: GOV.UK Pay says {status}. Look at the payment with "
            "lg-pay payment.",
            field="ID",
        )
    return now


def _show(payment: Payment, *, seen: Pence, lines: Sequence[Line]) -> None:
    refunds = payment.refund_summary
    rows: list[tuple[str, str]] = [
        ("Payment", payment.payment_id),
        ("State", payment.state.status),
        ("Paid", format_pounds(payment.total_amount or payment.amount)),
        ("Refunded before", format_pounds((refunds and refunds.amount_submitted) or Pence(0))),
        ("Can be refunded", format_pounds(seen)),
        *((f"Line {each.fund}", format_pounds(each.amount)) for each in lines),
    ]
    note(table(rows, columns=("What", "Value")))


def _posting_book(council: CouncilFile, opened: ExitStack) -> "PostingBook":
    store = opened.enter_context(open_store(council))
    from lg_pay.reconcile.posting_book import PostingBook  # noqa: PLC0415 -- loads SQLAlchemy

    return PostingBook(store)


def _record(book: "PostingBook", payment_id: str, *, refund_id: str, lines: Sequence[Line]) -> None:
    try:
        book.record_refund(refund_id, lines)
    except LgError:
        note(
            f"lg-pay: the refund {refund_id} of {payment_id} was made, and its lines were not "
            "recorded. Do not refund again. Give the same lines with --made, or the refund goes "
            "to suspense."
        )
        raise


def _in_words(done: _Refunded) -> str:
    recorded = f" {done.lines_recorded} lines recorded." if done.lines_recorded else ""
    return (
        f"{done.payment_id}: {format_pounds(Pence(done.amount))} paid back as {done.refund_id} "
        f"({done.status}).{recorded}"
    )
