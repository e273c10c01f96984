# SPDX-License-Identifier: MIT
"""What a run reads of a listed payment: what is posted, and nothing of the payer or the card.

A page holds 500 payments of 30 fields. Half of what reading them took was spent on models of cards
and links that nobody looked at; and what is not read cannot be printed by mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

from lg_core.money import Pence
from lg_pay.new_payment import MetadataValue
from lg_pay.payment import Payment

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["AnyPayment", "ListedPayment", "read_listed_payments"]


@dataclass(frozen=True, slots=True)
class _State:
    status: str


@dataclass(frozen=True, slots=True)
class _Settlement:
    capture_submit_time: datetime | None = None
    captured_date: date | None = None


@dataclass(frozen=True, slots=True)
class ListedPayment:
    """A payment without its payer, its card and its links. What it has is as `Payment` has it."""

    payment_id: str
    amount: Pence
    description: str = field(repr=False)
    reference: str = field(repr=False)
    state: _State
    payment_provider: str
    created_date: datetime
    metadata: Mapping[str, MetadataValue] | None = field(default=None, repr=False)
    provider_id: str | None = field(default=None, repr=False)
    authorisation_mode: str | None = None
    moto: bool | None = None
    settlement_summary: _Settlement | None = None
    corporate_card_surcharge: Pence | None = None
    fee: Pence | None = None


AnyPayment = Payment | ListedPayment
"""A payment as one call gives it, or as a run reads it from a page."""


@dataclass(frozen=True, slots=True)
class _Page:
    total: int
    page: int
    results: tuple[ListedPayment, ...]


@cache
def _pages() -> "TypeAdapter[_Page]":
    from pydantic import TypeAdapter  # noqa: PLC0415 -- building one takes a while

    return TypeAdapter(_Page)


def read_listed_payments(raw: bytes) -> tuple[ListedPayment, ...]:
    """Read the payments of a page.

    Args:
        raw: the bytes of the answer.

    Raises:
        ValueError: it is no page of payments. The error may hold what stands on it.
    """
    return _pages().validate_json(raw).results
