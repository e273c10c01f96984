# SPDX-License-Identifier: MIT
"""The test cards that GOV.UK Pay publishes, and what each of them does."""

from dataclasses import dataclass
from enum import Enum

__all__ = ["TEST_CARDS", "Card", "Outcome", "find_card"]


class Outcome(Enum):
    """What happens when a test card is used."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WRONG_CVC = "wrong_cvc"
    PROVIDER_ERROR = "provider_error"
    NOT_ACCEPTED = "not_accepted"


@dataclass(frozen=True, slots=True)
class Card:
    """A test card.

    Args:
        number: the card number, digits only. None of them is anybody's.
        brand: as Pay writes it in `card_details.card_brand`.
        type: `debit`, `credit`, or None where Pay does not know.
        outcome: what using it does.
        cvc_length: how many digits its security code has.
        corporate: whether it is a company's card, which may cost a surcharge.
    """

    number: str
    brand: str
    type: str | None
    outcome: Outcome = Outcome.ACCEPTED
    cvc_length: int = 3
    corporate: bool = False

    @property
    def first_digits(self) -> str:
        """The first six digits, which Pay keeps."""
        return self.number[:6]

    @property
    def last_digits(self) -> str:
        """The last four digits, which Pay keeps."""
        return self.number[-4:]


# Technical documentation, 'Mock card numbers for testing purposes'. One number has 15 digits and
# fails the usual check digit: it stands here as published.
TEST_CARDS: tuple[Card, ...] = (
    Card("4444333322221111", "Visa", "credit"),
    Card("4242424242424242", "Visa", "credit"),
    Card("4000056655665556", "Visa", "debit"),
    Card("4988080000000000", "Visa", "debit", corporate=True),
    Card("4000160000000004", "Visa", "debit"),
    Card("4131840000000003", "Visa", "debit", corporate=True),
    Card("4111111111111111", "Visa", "credit", corporate=True),
    Card("222100000000000", "Mastercard", "credit"),
    Card("5105105105105100", "Mastercard", "debit"),
    Card("5200828282828210", "Mastercard", "debit"),
    Card("371449635398431", "American Express", "credit", cvc_length=4),
    Card("3566002020360505", "JCB", "credit"),
    Card("6011000990139424", "Discover", "credit"),
    Card("4000000000000002", "Visa", "credit", Outcome.DECLINED),
    Card("4000000000000069", "Visa", "credit", Outcome.EXPIRED),
    Card("4000000000000127", "Visa", "credit", Outcome.WRONG_CVC),
    Card("4000000000000119", "Visa", "credit", Outcome.PROVIDER_ERROR),
    Card("6759649826438453", "Maestro", "debit", Outcome.NOT_ACCEPTED),
)

_BY_NUMBER = {card.number: card for card in TEST_CARDS}


def find_card(typed: str) -> Card | None:
    """Find the test card that a payer typed.

    Args:
        typed: the number, with spaces or hyphens as people write it.

    Returns:
        The card, or None when it is not one of the published test cards.
    """
    return _BY_NUMBER.get(typed.replace(" ", "").replace("-", ""))
