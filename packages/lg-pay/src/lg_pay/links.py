# SPDX-License-Identifier: MIT
"""Addresses of GOV.UK Pay's payment links, with the reference and the amount filled in.

A payment link is made in the GOV.UK Pay admin tool, and by no other way: the API does not know
them. What code can do is to fill in what the payer would have to type.
"""

from urllib.parse import urlencode, urlsplit

from lg_core.errors import InvalidValueError
from lg_core.money import Pence
from lg_pay.new_payment import MAX_AMOUNT, plain_text

__all__ = ["payment_link_url"]

_LONGEST = 255


def payment_link_url(
    link: str, *, reference: str | None = None, amount: Pence | None = None
) -> str:
    """Fill the reference and the amount in on a payment link.

    The address can be read, and changed, by whoever has it: nothing personal in the reference, and
    hold what was paid against what was due.

    Args:
        link: the link as the admin tool shows it, without a query.
        reference: the payment's reference, at most 255 characters. A space is written as an
            underscore, which GOV.UK Pay shows as a space ('Prefill payment links').
        amount: pence, from 1 to 10,000,000.

    Returns:
        The address to give to the payer.

    Raises:
        InvalidValueError: the link is no whole https address, or the reference or the amount
            cannot be filled in.
    """
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise InvalidValueError(
            "link must be the https address of a payment link, without ? and #, as the GOV.UK Pay "
            "admin tool shows it.",
            field="link",
            code="not_a_link",
        )
    query: dict[str, str] = {}
    if reference is not None:
        query["reference"] = _checked_reference(reference).replace(" ", "_")
    if amount is not None:
        if not 1 <= amount <= MAX_AMOUNT:
            raise InvalidValueError(
                f"amount must be from 1 to {int(MAX_AMOUNT)} pence.",
                field="amount",
                code="out_of_range",
            )
        query["amount"] = str(amount)
    return f"{link}?{urlencode(query)}" if query else link


def _checked_reference(reference: str) -> str:
    if len(reference) > _LONGEST:
        raise InvalidValueError(
            f"reference has more than {_LONGEST} characters.", field="reference", code="too_long"
        )
    if "_" in reference:
        raise InvalidValueError(
            "reference must not contain an underscore: GOV.UK Pay would show a space instead.",
            field="reference",
            code="underscore",
        )
    try:
        return plain_text(reference)
    except InvalidValueError as wrong:
        raise InvalidValueError(
            f"reference {wrong.message}.", field="reference", code=wrong.code
        ) from None
