# SPDX-License-Identifier: MIT
"""The payer's way through: link, card page, confirmation, and back to the service."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from starlette.requests import Request
from starlette.routing import Route

from lg_sandbox.answers import Answer, html_answer
from lg_sandbox.delivery import deliver
from lg_sandbox.pay.book import UnknownPaymentError
from lg_sandbox.pay.card_form import read_card_form
from lg_sandbox.pay.machine import Action, NotAllowedError
from lg_sandbox.pay.model import CardDetails, Payment, State
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.pages import card_page, confirm_page, end_page, link_page, start_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import Receive, Scope, Send

__all__ = ["payer_routes"]

_COOKIE = "lg_sandbox_session"
# No form-action: browsers would hold the way back to the service against it.
_SAFE = (
    ("Cache-Control", "no-store"),
    (
        "Content-Security-Policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    ),
    ("Referrer-Policy", "no-referrer"),
)


def payer_routes(office: Office) -> list[Route]:
    """Return the routes of the payer's pages.

    Args:
        office: the state of the stand-in.
    """
    steps: list[tuple[str, str, _Step]] = [
        ("GET", "/", _start),
        ("GET", "/secure/{token}", _follow_link),
        ("POST", "/secure", _post_link),
        ("GET", "/card_details/{payment_id}", _show),
        ("POST", "/card_details/{payment_id}", _submit),
        ("GET", "/card_details/{payment_id}/confirm", _show),
        ("POST", "/card_details/{payment_id}/confirm", _confirm),
        ("POST", "/card_details/{payment_id}/cancel", _cancel),
    ]
    return [Route(path, _Page(step, office), methods=[method]) for method, path, step in steps]


class _Visit:
    """One request to a page, with the body read.

    Args:
        request: the request.
        form: the fields of its form.
        office: the state of the stand-in.
        now: the instant on the virtual clock.
    """

    def __init__(
        self, request: Request, *, form: Mapping[str, str], office: Office, now: datetime
    ) -> None:
        self.office = office
        self.base = str(request.base_url).rstrip("/")
        self.cookie = request.cookies.get(_COOKIE)
        self.token = str(request.path_params.get("token", ""))
        self.payment_id = str(request.path_params.get("payment_id", ""))
        self.form = form
        self.now = now

    def payment(self) -> Payment:
        """Return the payment of this page, for the browser that opened its link."""
        if not self.office.in_session(self.cookie, self.payment_id):
            raise UnknownPaymentError
        return self.office.book.get(self.payment_id, now=self.now)

    def act(self, payment: Payment, action: Action) -> Payment:
        """Let something happen to a payment."""
        account = self.office.account(payment.account)
        return self.office.book.act(payment.id, action, now=self.now, account=account)


if TYPE_CHECKING:
    _Step = Callable[[_Visit], Answer]


class _Page:
    """One page as an ASGI app."""

    def __init__(self, step: "_Step", office: Office) -> None:
        self._step = step
        self._office = office

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        request = Request(scope, receive)
        text = (await request.body()).decode("utf-8", "replace")
        form = {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
        with self._office.open() as now:
            try:
                answer = self._step(_Visit(request, form=form, office=self._office, now=now))
            except UnknownPaymentError:
                answer = _page(404, link_page())
        await deliver(answer, send=send)


def _start(visit: _Visit) -> Answer:
    count = len(visit.office.book.all(now=visit.now))
    return _page(200, start_page(base=visit.base, payments=count))


def _follow_link(visit: _Visit) -> Answer:
    return _open(visit.token, visit)


def _post_link(visit: _Visit) -> Answer:
    # spec, `_links.next_url_post`: the token comes as a form field.
    return _open(visit.form.get("chargeTokenId", ""), visit)


def _open(token: str, visit: _Visit) -> Answer:
    payment_id = visit.office.book.use_token(token, now=visit.now)
    if payment_id is None:
        return _page(400, link_page())
    payment = visit.office.book.get(payment_id, now=visit.now)
    if not payment.finished:
        visit.act(payment, Action.VISIT)
    cookie = visit.office.start_session(visit.cookie, payment_id)
    kept = f"{_COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax"
    return _go(f"/card_details/{payment_id}", headers=(("Set-Cookie", kept),))


def _show(visit: _Visit) -> Answer:
    payment = visit.payment()
    match payment.state:
        case State.CREATED | State.STARTED:
            return _page(200, _card_page(visit, payment, typed=_prefilled(payment), faults={}))
        case State.SUBMITTED:
            return _page(200, confirm_page(payment))
        case _:
            return _page(200, end_page(payment))


def _card_page(
    visit: _Visit, payment: Payment, *, typed: Mapping[str, str], faults: Mapping[str, str]
) -> str:
    agreement = None
    if payment.sets_up_agreement and payment.agreement_id is not None:
        agreement = visit.office.agreements.get(payment.agreement_id).description
    return card_page(payment, typed=typed, faults=faults, agreement=agreement)


def _submit(visit: _Visit) -> Answer:
    payment = visit.payment()
    here = f"/card_details/{payment.id}"
    if payment.state is not State.STARTED:
        return _go(here)
    form = read_card_form(visit.form, now=visit.now)
    if form.card is None or form.details is None:
        return _page(400, _card_page(visit, payment, typed=visit.form, faults=form.faults))
    account = visit.office.account(payment.account)
    payment = visit.office.book.authorise(
        payment.id, form.card, form.details, now=visit.now, account=account
    )
    return _go(here if payment.finished else f"{here}/confirm")


def _confirm(visit: _Visit) -> Answer:
    payment = visit.payment()
    if payment.state is not State.SUBMITTED:
        return _go(f"/card_details/{payment.id}")
    payment = visit.act(payment, Action.CONFIRM)
    # API reference, `return_url`: exactly what the service gave; Pay adds no id and no outcome.
    return _go(payment.return_url or "/")


def _cancel(visit: _Visit) -> Answer:
    payment = visit.payment()
    try:
        visit.act(payment, Action.CANCEL_BY_PAYER)
    except NotAllowedError:
        # It ended in another tab meanwhile: its page says how.
        return _go(f"/card_details/{payment.id}")
    return _go(f"/card_details/{payment.id}")


def _prefilled(payment: Payment) -> dict[str, str]:
    card = payment.card or CardDetails()
    address = card.billing_address
    values = {
        "cardholderName": card.cardholder_name,
        "addressLine1": address and address.line1,
        "addressCity": address and address.city,
        "addressPostcode": address and address.postcode,
        "email": payment.email,
    }
    return {name: value for name, value in values.items() if value}


def _page(status: int, text: str) -> Answer:
    return html_answer(status, text, headers=_SAFE)


def _go(address: str, *, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    # Only what cannot stand in a header is escaped; the rest stays as it was given.
    location = "".join(each if "!" <= each <= "~" else quote(each, safe="") for each in address)
    return Answer(303, headers=(("Location", location), ("Cache-Control", "no-store"), *headers))
