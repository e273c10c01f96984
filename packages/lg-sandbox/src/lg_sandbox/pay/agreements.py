# SPDX-License-Identifier: MIT
"""Agreements to take payments later: what they are, and how their status changes.

Sources: spec, `Agreement`; technical documentation, 'Recurring payments', 'Understanding agreement
status'; connector code, `MappedAuthorisationRejectedReason`, for which refusals may be tried again.
Not safe between threads: the stand-in calls it under its one lock.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from lg_sandbox.pay.errors import UnknownRecordError
from lg_sandbox.pay.keys import new_id
from lg_sandbox.pay.model import CardDetails

__all__ = [
    "Agreement",
    "AgreementNotActiveError",
    "AgreementStatus",
    "Agreements",
    "NewAgreement",
    "PaymentInstrument",
    "UnknownAgreementError",
]


class AgreementStatus(StrEnum):
    """Where an agreement stands (spec, `Agreement.status`)."""

    CREATED = "created"
    """No card is stored yet."""
    ACTIVE = "active"
    """Payments can be taken."""
    INACTIVE = "inactive"
    """The stored card was refused for good; a new card is needed."""
    CANCELLED = "cancelled"
    """The service, or its staff, ended it."""


class UnknownAgreementError(UnknownRecordError):
    """There is no such agreement for this account."""


class AgreementNotActiveError(Exception):
    """The agreement does not allow this in its present status. It is as it was."""


@dataclass(frozen=True, slots=True)
class NewAgreement:
    """A request to create an agreement that passed every check.

    Args:
        reference: the service's reference.
        description: what the payer reads.
        user_identifier: the service's name for the payer; None when not sent.
    """

    reference: str = field(repr=False)
    description: str = field(repr=False)
    user_identifier: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class PaymentInstrument:
    """The card that an agreement charges (spec, `PaymentInstrument`).

    Args:
        card: what Pay keeps of it.
        created_at: when it was stored.
    """

    card: CardDetails = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Agreement:
    """One agreement, read-only: each change makes a new one.

    Args:
        id: Pay's id, 26 characters.
        account: the id of the account whose key created it.
        reference: the service's reference.
        description: what the payer reads.
        user_identifier: the service's name for the payer.
        created_at: when it was created.
        status: where it stands.
        cancelled_at: when it was cancelled.
        instrument: the stored card; None before the first payment.
    """

    id: str
    account: str
    reference: str = field(repr=False)
    description: str = field(repr=False)
    user_identifier: str | None = field(repr=False)
    created_at: datetime
    status: AgreementStatus = AgreementStatus.CREATED
    cancelled_at: datetime | None = None
    instrument: PaymentInstrument | None = None


class Agreements:
    """The agreements, by id, oldest first."""

    def __init__(self) -> None:
        self._agreements: dict[str, Agreement] = {}
        self._declines: dict[str, bool] = {}

    def create(self, new: NewAgreement, *, account: str, now: datetime) -> Agreement:
        """Open an agreement.

        Args:
            new: what was asked for.
            account: the id of the account.
            now: the instant on the virtual clock.
        """
        return self._keep(
            Agreement(
                id=new_id(),
                account=account,
                reference=new.reference,
                description=new.description,
                user_identifier=new.user_identifier,
                created_at=now,
            )
        )

    def get(self, agreement_id: str, *, account: str | None = None) -> Agreement:
        """Return an agreement.

        Args:
            agreement_id: Pay's id.
            account: the account that asks; any when None.

        Raises:
            UnknownAgreementError: when there is none, or it is another account's.
        """
        agreement = self._agreements.get(agreement_id)
        if agreement is None or account not in (None, agreement.account):
            raise UnknownAgreementError(
                "There is no agreement with this id. Look at `sandbox.pay.agreements`."
            )
        return agreement

    def all(self, *, account: str | None = None) -> tuple[Agreement, ...]:
        """Return the agreements of an account, or of all when None, oldest first."""
        return tuple(each for each in self._agreements.values() if account in (None, each.account))

    def store_card(self, agreement_id: str, card: CardDetails, *, now: datetime) -> Agreement:
        """Store the card of a successful payment with `set_up_agreement`.

        Source: technical documentation, 'Set up an agreement': the agreement becomes active. A
        cancelled agreement stays cancelled here: no source read says otherwise.

        Args:
            agreement_id: Pay's id.
            card: what Pay keeps of it.
            now: the instant on the virtual clock.
        """
        agreement = self.get(agreement_id)
        if agreement.status is AgreementStatus.CANCELLED:
            return agreement
        return self._keep(
            replace(
                agreement,
                status=AgreementStatus.ACTIVE,
                instrument=PaymentInstrument(card, now),
            )
        )

    def active(self, agreement_id: str, *, account: str) -> PaymentInstrument:
        """Return the card that a payment may be charged to.

        Args:
            agreement_id: Pay's id.
            account: the account that asks.

        Raises:
            UnknownAgreementError: when there is none, or it is another account's.
            AgreementNotActiveError: when no payment may be taken.
        """
        agreement = self.get(agreement_id, account=account)
        if agreement.status is not AgreementStatus.ACTIVE or agreement.instrument is None:
            raise AgreementNotActiveError
        return agreement.instrument

    def cancel(self, agreement_id: str, *, account: str, now: datetime) -> Agreement:
        """End an agreement, as the service does.

        Source: spec, `POST /v1/agreements/{agreementId}/cancel`: only an active one.

        Args:
            agreement_id: Pay's id.
            account: the account that asks.
            now: the instant on the virtual clock.

        Raises:
            UnknownAgreementError: when there is none, or it is another account's.
            AgreementNotActiveError: when it is not active.
        """
        agreement = self.get(agreement_id, account=account)
        if agreement.status is not AgreementStatus.ACTIVE:
            raise AgreementNotActiveError
        return self._keep(
            replace(agreement, status=AgreementStatus.CANCELLED, cancelled_at=now),
        )

    def refused(self, agreement_id: str, *, can_retry: bool) -> Agreement:
        """Note that the stored card was refused.

        Source: connector code: after a refusal that may not be tried again the agreement is
        inactive.

        Args:
            agreement_id: Pay's id.
            can_retry: whether the same card may be tried again.
        """
        agreement = self.get(agreement_id)
        if can_retry or agreement.status is not AgreementStatus.ACTIVE:
            return agreement
        return self._keep(replace(agreement, status=AgreementStatus.INACTIVE))

    def plan_decline(self, agreement_id: str, *, can_retry: bool) -> None:
        """Have the next payment under an agreement refused.

        Args:
            agreement_id: Pay's id.
            can_retry: whether the same card may be tried again.

        Raises:
            UnknownAgreementError: when there is none.
        """
        self._declines[self.get(agreement_id).id] = can_retry

    def take_decline(self, agreement_id: str) -> bool | None:
        """Return what was planned with `plan_decline`, once; None when nothing was."""
        return self._declines.pop(agreement_id, None)

    def _keep(self, agreement: Agreement) -> Agreement:
        self._agreements[agreement.id] = agreement
        return agreement
