# SPDX-License-Identifier: MIT
"""`lg-pay payments` and `lg-pay payment`: nothing personal unless it is asked for."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import emit, note, progress, table
from lg_core.days import london_day
from lg_core.money import Pence, format_pounds
from lg_pay._commands._open import one_account, open_accounts, read_file
from lg_pay._commands._options import Account, Json, SettingsFile, day_of, days_between
from lg_pay.accounts import AccountsFailedError
from lg_pay.payment import Payment, PaymentEvents

__all__ = ["payment", "payments"]

_USUAL_DAYS: Final = 7

Personal = Annotated[
    bool, typer.Option("--personal", help="Show references, descriptions, names and e-mails too.")
]


@dataclass(frozen=True, slots=True)
class _Person:
    """What may point to a person."""

    reference: str
    description: str
    email: str | None
    cardholder_name: str | None
    last_digits: str | None


@dataclass(frozen=True, slots=True)
class _Row:
    """A payment as the commands print it; amounts in pence."""

    account: str
    payment_id: str
    created: datetime
    amount: int
    state: str
    code: str | None
    provider: str
    refunded: int | None
    refundable: int | None
    fee: int | None
    captured: str | None
    settled: str | None
    personal: _Person | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Event:
    at: datetime
    state: str
    code: str | None


@dataclass(frozen=True, slots=True)
class _Shown:
    payment: _Row
    events: tuple[_Event, ...]


def payments(
    *,
    from_: Annotated[
        str | None, typer.Option("--from", help="The first day, such as 2026-04-01.")
    ] = None,
    to: Annotated[str | None, typer.Option("--to", help="The last day.")] = None,
    reference: Annotated[
        str | None, typer.Option("--reference", help="Your reference, whole.")
    ] = None,
    state: Annotated[
        str | None, typer.Option("--state", help="Such as success, failed or capturable.")
    ] = None,
    account: Account = None,
    personal: Personal = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Search payments, in all accounts at once. Days are those of Europe/London.

    Without a day and without a reference, the last 7 days are searched.
    """
    first = day_of(from_, option="--from") if from_ else None
    last = day_of(to, option="--to") if to else None
    if first is None and last is None and reference is None:
        first = london_day(datetime.now(UTC)) - timedelta(days=_USUAL_DAYS - 1)
        note(f"lg-pay: payments since {first.isoformat()}. Give --from for earlier ones.")
    created = days_between(first, last)
    failed: AccountsFailedError | None = None
    rows: list[_Row] = []
    with open_accounts(read_file(file)) as accounts:
        if account is None:
            found = accounts.search_payments(created=created, reference=reference, state=state)
        else:
            name, client = one_account(accounts, account)
            search = client.search_payments(created=created, reference=reference, state=state)
            found = ((name, each) for each in search)
        try:
            rows.extend(
                _row(name, each, personal=personal)
                for name, each in progress(found, label="Reading payments")
            )
        except AccountsFailedError as error:
            failed = error
    emit(rows, json=json, human=lambda every: _as_table(every, personal=personal))
    if failed is not None:
        raise failed


def payment(
    payment_id: Annotated[str, typer.Argument(metavar="ID", help="GOV.UK Pay's id.")],
    *,
    account: Account = None,
    personal: Personal = False,
    file: SettingsFile = None,
    json: Json = False,
) -> None:
    """Show one payment, and what has happened to it."""
    with open_accounts(read_file(file)) as accounts:
        name, client = one_account(accounts, account)
        found = client.get_payment(payment_id)
        events = client.get_payment_events(payment_id)
    shown = _Shown(_row(name, found, personal=personal), _events(events))
    emit(shown, json=json, human=_as_page)


def _events(events: PaymentEvents) -> tuple[_Event, ...]:
    return tuple(_Event(each.updated, each.state.status, each.state.code) for each in events.events)


def _row(account: str, payment: Payment, *, personal: bool) -> _Row:
    refunds, settlement = payment.refund_summary, payment.settlement_summary
    captured = settlement.captured_date if settlement else None
    settled = settlement.settled_date if settlement else None
    return _Row(
        account=account,
        payment_id=payment.payment_id,
        created=payment.created_date,
        amount=payment.amount,
        state=payment.state.status,
        code=payment.state.code,
        provider=payment.payment_provider,
        refunded=refunds.amount_submitted if refunds else None,
        refundable=refunds.amount_available if refunds else None,
        fee=payment.fee,
        captured=captured.isoformat() if captured else None,
        settled=settled.isoformat() if settled else None,
        personal=_person(payment) if personal else None,
    )


def _person(payment: Payment) -> _Person:
    card = payment.card_details
    return _Person(
        payment.reference,
        payment.description,
        payment.email,
        card.cardholder_name if card else None,
        card.last_digits_card_number if card else None,
    )


_COLUMNS: Final = ("Payment", "Account", "Created (UTC)", "Amount", "State", "Code", "Refunded")
_PERSONAL: Final = ("Reference", "Description", "E-mail", "Name on card", "Card")


def _as_table(rows: list[_Row], *, personal: bool) -> str:
    columns = (*_COLUMNS, *_PERSONAL) if personal else _COLUMNS
    shown = table([_cells(row) for row in rows], columns=columns)
    return f"{shown}\n\n{len(rows)} payments."


def _cells(row: _Row) -> tuple[object, ...]:
    person = row.personal
    return (
        row.payment_id,
        row.account,
        _instant(row.created),
        _pounds(row.amount),
        row.state,
        row.code,
        _pounds(row.refunded) if row.refunded else None,
        *(
            ()
            if person is None
            else (
                person.reference,
                person.description,
                person.email,
                person.cardholder_name,
                person.last_digits,
            )
        ),
    )


def _as_page(shown: _Shown) -> str:
    row = shown.payment
    facts: list[tuple[str, object]] = [
        ("Payment", row.payment_id),
        ("Account", row.account),
        ("Provider", row.provider),
        ("Created (UTC)", _instant(row.created)),
        ("Amount", _pounds(row.amount)),
        ("State", f"{row.state} {row.code or ''}".strip()),
        ("Refunded", _pounds(row.refunded)),
        ("Can be refunded", _pounds(row.refundable)),
        ("Fee", _pounds(row.fee)),
        ("Captured", row.captured),
        ("Settled", row.settled),
    ]
    if row.personal is not None:
        person = row.personal
        values = (
            person.reference,
            person.description,
            person.email,
            person.cardholder_name,
            person.last_digits,
        )
        facts += zip(_PERSONAL, values, strict=True)
    events = [(_instant(each.at), each.state, each.code) for each in shown.events]
    return "\n\n".join(
        (
            table([fact for fact in facts if fact[1] is not None], columns=("What", "Value")),
            table(events, columns=("At (UTC)", "State", "Code")),
        )
    )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else format_pounds(Pence(pence))
