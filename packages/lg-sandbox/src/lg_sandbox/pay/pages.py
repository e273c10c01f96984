# SPDX-License-Identifier: MIT
"""The payer's pages as HTML: written by hand, no JavaScript, no brand of anybody's."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from lg_sandbox.pay.cards import TEST_CARDS
from lg_sandbox.pay.model import Payment, State
from lg_sandbox.pay.words import Words, words
from lg_sandbox.stand_in_page import stand_in_page

__all__ = ["card_page", "confirm_page", "end_page", "link_page", "page", "start_page"]

_STYLE = """
label,legend{display:block;padding:0;font-weight:600}
.field{margin:0 0 1.4rem}
.hint{margin:0;color:#484848}
.row{display:flex;gap:1rem}
input{font:inherit;padding:.4rem;border:2px solid #111;width:100%;max-width:24rem}
.short input{max-width:5rem}
button{font:inherit;font-weight:600;padding:.5rem 1rem;border:2px solid #1d5c2f;background:#1d5c2f;
color:#fff;cursor:pointer}
button.plain{background:#fff;color:#111;border-color:#111}
.summary{border:.3rem solid #a3161f;padding:1rem;margin:0 0 1.5rem}
.wrong{border-left:.3rem solid #a3161f;padding-left:.8rem}
.fault{color:#a3161f;font-weight:600;margin:0}
dl{margin:0 0 1.5rem}
@media(max-width:30em){table{font-size:.8rem}}
"""

_ENDS = {
    State.REJECTED: "declined",
    State.ERROR: "error",
    State.CANCELLED_BY_PAYER: "cancelled",
    State.CANCELLED_BY_SERVICE: "cancelled",
    State.EXPIRED: "expired",
    State.SUCCESS: "success",
    State.CAPTURED: "success",
    State.CAPTURABLE: "waiting",
}


def card_page(
    payment: Payment,
    *,
    typed: Mapping[str, str],
    faults: Mapping[str, str],
    agreement: str | None = None,
) -> str:
    """Write the page that asks for card details.

    Args:
        payment: the payment.
        typed: what to show again. The card number and the security code are never shown again.
        faults: the fields at fault, with the names of their messages.
        agreement: the description of the agreement that the payment sets up (spec,
            `CreateAgreementRequest.description`: the payer reads it here).

    Returns:
        The page.
    """
    say = words(payment.language)
    form = _Form(say, typed, faults)
    fields = form.field("cardNo") + form.expiry() + "".join(map(form.field, _AFTER_EXPIRY))
    body = (
        f"{form.summary()}"
        f"<h1>{escape(say['details_title'])}</h1>{_summary(payment, say)}"
        f"{_agreement(agreement, say)}"
        f'<form method="post" action="/card_details/{payment.id}" novalidate>{fields}'
        f'<p><button type="submit">{escape(say["continue"])}</button></p></form>'
        f"{_cancel_form(payment, say)}{_cards(say)}"
    )
    prefix = say["error_prefix"] if faults else ""
    return page(payment.language, prefix + say["details_title"], body)


def confirm_page(payment: Payment) -> str:
    """Write the page that asks to confirm.

    Args:
        payment: the payment, which waits for it.

    Returns:
        The page.
    """
    say = words(payment.language)
    last = payment.card.last_digits if payment.card else None
    body = (
        f"<h1>{escape(say['confirm_title'])}</h1>{_summary(payment, say)}"
        f"<dl><dt>{escape(say['card'])}</dt><dd>{escape(last or '')}</dd></dl>"
        f'<form method="post" action="/card_details/{payment.id}/confirm">'
        f'<p><button type="submit">{escape(say["confirm"])}</button></p></form>'
        f"{_cancel_form(payment, say)}"
    )
    return page(payment.language, say["confirm_title"], body)


def end_page(payment: Payment) -> str:
    """Write the page of a payment that has nothing left for the payer to do.

    Args:
        payment: the payment, in a state that shows such a page.

    Returns:
        The page.
    """
    say = words(payment.language)
    name = _ENDS[payment.state]
    # Only payments with a page come here, and those have an address to return to.
    back = f'<p><a href="{escape(payment.return_url or "/")}">{escape(say["back"])}</a></p>'
    title = say[f"{name}_title"]
    return page(
        payment.language,
        title,
        f"<h1>{escape(title)}</h1><p>{escape(say[f'{name}_text'])}</p>{back}",
    )


def link_page() -> str:
    """Write the page for a link that is used, old or unknown, in English: no payment is known."""
    say = words("en")
    body = f"<h1>{escape(say['link_title'])}</h1><p>{escape(say['link_text'])}</p>"
    return page("en", say["link_title"], body)


def start_page(*, base: str, payments: int) -> str:
    """Write the page at the root, which says what this is.

    Args:
        base: the address of the API.
        payments: how many payments were created.

    Returns:
        The page.
    """
    say = words("en")
    title = "Stand-in for GOV.UK Pay"
    body = (
        f"<h1>{title}</h1>"
        f"<p>The API is at <code>{escape(base)}</code>. Send your sandbox key as a bearer token, "
        "create a payment, and open its <code>next_url</code> here.</p>"
        f"<p>Payments created so far: {payments}.</p>{_cards(say)}"
    )
    return page("en", title, body)


def page(language: str, title: str, body: str) -> str:
    """Write a whole page.

    Args:
        language: `en` or `cy`, for the page and its notice.
        title: plain text.
        body: HTML.

    Returns:
        The page as HTML.
    """
    return stand_in_page(
        title, body, notice=words(language)["notice"], style=_STYLE, language=language
    )


def _pounds(pence: int) -> str:
    return f"£{pence // 100:,}.{pence % 100:02}"


def _summary(payment: Payment, say: Words) -> str:
    return (
        f"<h2>{escape(say['summary'])}</h2><p>{escape(payment.description)}</p>"
        f"<dl><dt>{escape(say['amount'])}</dt><dd>{_pounds(payment.amount)}</dd></dl>"
    )


def _agreement(description: str | None, say: Words) -> str:
    if description is None:
        return ""
    return (
        f"<h2>{escape(say['agreement_title'])}</h2><p>{escape(say['agreement_text'])}</p>"
        f"<p>{escape(description)}</p>"
    )


def _cancel_form(payment: Payment, say: Words) -> str:
    return (
        f'<form method="post" action="/card_details/{payment.id}/cancel">'
        f'<p><button class="plain" type="submit">{escape(say["cancel"])}</button></p></form>'
    )


# Each field of the card page: its label, and what helps a browser to fill it in.
_FIELDS = {
    "cardNo": ("card_number", 'inputmode="numeric" autocomplete="cc-number"'),
    "cardholderName": ("name", 'autocomplete="cc-name"'),
    "cvc": ("cvc", 'inputmode="numeric" autocomplete="cc-csc"'),
    "addressLine1": ("line1", 'autocomplete="billing address-line1"'),
    "addressCity": ("city", 'autocomplete="billing address-level2"'),
    "addressPostcode": ("postcode", 'autocomplete="billing postal-code"'),
    "email": ("email", 'type="email" autocomplete="email" spellcheck="false"'),
}
_AFTER_EXPIRY = tuple(name for name in _FIELDS if name != "cardNo")
_SECRET = frozenset({"cardNo", "cvc"})


@dataclass(frozen=True, slots=True)
class _Form:
    """The card page's form, with what was typed and what was wrong with it."""

    say: Words
    typed: Mapping[str, str]
    faults: Mapping[str, str]

    def summary(self) -> str:
        """The list of faults at the top of the page, each leading to its field."""
        if not self.faults:
            return ""
        items = "".join(
            f'<li><a href="#{name}">{escape(self.say[fault])}</a></li>'
            for name, fault in self.faults.items()
        )
        return (
            '<div class="summary" role="alert" aria-labelledby="problem"><h2 id="problem">'
            f"{escape(self.say['problem'])}</h2><ul>{items}</ul></div>"
        )

    def field(self, name: str) -> str:
        """One field with its label."""
        label, extra = _FIELDS[name]
        message, described, wrong = self._fault(name)
        return (
            f'<div class="field{wrong}"><label for="{name}">{escape(self.say[label])}</label>'
            f"{message}{self._input(name, extra + described)}</div>"
        )

    def expiry(self) -> str:
        """The expiry date: month and year in a group of their own."""
        message, described, wrong = self._fault("expiryMonth")
        parts = "".join(
            f'<div class="short"><label for="{name}">{escape(self.say[word])}</label>'
            + self._input(name, f'inputmode="numeric" autocomplete="cc-exp-{word}"{described}')
            + "</div>"
            for name, word in (("expiryMonth", "month"), ("expiryYear", "year"))
        )
        return (
            f'<fieldset class="field{wrong}" aria-describedby="expiry-hint">'
            f"<legend>{escape(self.say['expiry'])}</legend>"
            f'<p class="hint" id="expiry-hint">{escape(self.say["expiry_hint"])}</p>{message}'
            f'<div class="row">{parts}</div></fieldset>'
        )

    def _input(self, name: str, extra: str) -> str:
        value = "" if name in _SECRET else escape(self.typed.get(name, ""))
        return f'<input id="{name}" name="{name}" value="{value}" {extra}>'

    def _fault(self, name: str) -> tuple[str, str, str]:
        """The message of a field at fault, what ties it to its input, and the style."""
        if name not in self.faults:
            return "", "", ""
        text = escape(self.say["error_prefix"] + self.say[self.faults[name]])
        return (
            f'<p class="fault" id="{name}-error">{text}</p>',
            f' aria-invalid="true" aria-describedby="{name}-error"',
            " wrong",
        )


def _cards(say: Words) -> str:
    rows = "".join(
        f"<tr><td><code>{card.number}</code></td><td>{escape(card.brand)}</td>"
        f"<td>{card.outcome.value.replace('_', ' ')}</td></tr>"
        for card in TEST_CARDS
    )
    return (
        f'<h2 id="cards">{escape(say["test_cards"])}</h2><p>{escape(say["test_cards_text"])}</p>'
        '<div class="table" role="region" aria-labelledby="cards" tabindex="0">'
        '<table lang="en"><thead><tr><th scope="col">Number</th><th scope="col">Brand</th>'
        f'<th scope="col">What happens</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )
