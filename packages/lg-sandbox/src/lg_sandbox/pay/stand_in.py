# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Pay as a test sees it: address, keys, records, and the payer's part."""

from datetime import timedelta
from pathlib import Path

from lg_sandbox.clock import Clock
from lg_sandbox.faults import Faults
from lg_sandbox.pay.api import CONFLICTS, RULES
from lg_sandbox.pay.app import build_app
from lg_sandbox.pay.book import PayerDetails
from lg_sandbox.pay.cards import find_card
from lg_sandbox.pay.finance import FinanceSide
from lg_sandbox.pay.machine import Action
from lg_sandbox.pay.model import Account, Address, Charge, Payment, State
from lg_sandbox.pay.office import Office
from lg_sandbox.pay.staff import StaffSide
from lg_sandbox.pay.webhook_desk import WebhookDesk
from lg_sandbox.stand_in import StandIn

__all__ = ["PayStandIn"]

_GOOD_CARD = "4444333322221111"
_DECLINED_CARD = "4000000000000002"
_VALID_FOR = timedelta(days=730)


class PayStandIn(FinanceSide, StaffSide, StandIn):
    """A stand-in for GOV.UK Pay. Safe between threads.

    `Sandbox` builds it. `app` works in process at any time; `url` while the sandbox runs.

    Args:
        clock: the virtual clock.
        keep: the file that keeps its state beyond the process; none when None.
    """

    def __init__(self, clock: Clock, *, keep: Path | None = None) -> None:
        super().__init__(
            clock=clock,
            platform="GOV.UK Pay",
            name="pay",
            faults=Faults(list(RULES), conflicting=list(CONFLICTS)),
        )
        self._office = Office(clock, keep=keep)
        known = {account.id: account for account in self._office.accounts}
        self._account = known.get("test") or Account("test")
        self._live_account = known.get("live") or Account("live", live=True)
        self._api_key = self._office.key_of("test") or self._office.admit(self._account)
        self._live_api_key = self._office.key_of("live") or self._office.admit(self._live_account)
        self._desk = WebhookDesk(self._office)
        self._app = build_app(
            self._office, desk=self._desk, faults=self._faults, notebook=self._notebook
        )

    def close(self) -> None:
        """Let go of the file that keeps the state. The next change takes it again."""
        self._office.close()

    @property
    def api_key(self) -> str:
        """A key of the test account, of Pay's shape."""
        return self._api_key

    @property
    def live_api_key(self) -> str:
        """A key of the live account, of Pay's shape. No money moves here either."""
        return self._live_api_key

    @property
    def account(self) -> Account:
        """The account of `api_key`; change its options as a test needs."""
        return self._account

    @property
    def live_account(self) -> Account:
        """The account of `live_api_key`; change its options as a test needs."""
        return self._live_account

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Every payment as it is now, oldest first."""
        with self._office.open() as now:
            return self._office.book.all(now=now)

    @property
    def charges(self) -> tuple[Charge, ...]:
        """The money that really moved, oldest first: one entry for each captured payment."""
        with self._office.open():
            return tuple(self._office.book.charges)

    def new_api_key(self, *, account: Account | None = None) -> str:
        """Make another key.

        Args:
            account: whose; the test account's when None. An account with a new id is added.

        Returns:
            The key. A payment is only seen with a key of the account that created it.

        Raises:
            ValueError: when another account has the same id.
        """
        return self._office.admit(account or self._account)

    def payment(self, payment_id: str) -> Payment:
        """Return one payment as it is now.

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
        """
        return self._known(payment_id)

    def capture(self, payment_id: str) -> Payment:
        """Capture a payment that waits for it, as the service does with its own API call.

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it does not wait for capture.
        """
        return self._act(payment_id, Action.CAPTURE)

    def staff_cancel(self, payment_id: str) -> Payment:
        """Cancel a payment as staff do in the admin tool (P0040).

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished.
        """
        return self._act(payment_id, Action.CANCEL_BY_SERVICE)

    def start(self, payment_id: str) -> Payment:
        """Open the card page, as the payer does.

        Args:
            payment_id: Pay's id.

        Returns:
            The payment as it is then.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished.
        """
        return self._act(payment_id, Action.VISIT)

    def submit(self, payment_id: str, *, card: str = _GOOD_CARD) -> Payment:
        """Open the card page and send card details, as the payer does, without confirming.

        Args:
            payment_id: Pay's id.
            card: the number of a published test card.

        Returns:
            The payment as it is then: submitted, or failed with a card that does so.

        Raises:
            ValueError: when the number is not one of the test cards.
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished, or waits for confirmation already.
        """
        found = find_card(card)
        if found is None:
            raise ValueError("Use the number of a test card: see lg_sandbox.pay.TEST_CARDS.")
        with self._office.open():
            payment = self.start(payment_id)
        # The time is read after the visit: what comes later may not be dated earlier.
        with self._office.open() as now:
            details = PayerDetails(
                cardholder_name="Test Payer",
                expiry_date=(now + _VALID_FOR).strftime("%m/%y"),
                address=Address(line1="1 Test Street", postcode="ZZ1 1ZZ", city="Testtown"),
            )
            account = self._office.account(payment.account)
            return self._office.book.authorise(payment_id, found, details, now=now, account=account)

    def pay(self, payment_id: str, *, card: str = _GOOD_CARD) -> Payment:
        """Pay: card page, card details and confirmation, as the payer does them.

        Args:
            payment_id: Pay's id.
            card: the number of a published test card.

        Returns:
            The payment as it is then: a success, capturable, or failed with a card that does so.

        Raises:
            ValueError: when the number is not one of the test cards.
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished.
        """
        with self._office.open():
            payment = self.payment(payment_id)
            if payment.state is not State.SUBMITTED:
                payment = self.submit(payment_id, card=card)
            if payment.finished:
                return payment
            return self._act(payment_id, Action.CONFIRM)

    def decline(self, payment_id: str) -> Payment:
        """Pay with a card that is declined (P0010).

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished, or waits for confirmation already.
        """
        return self.submit(payment_id, card=_DECLINED_CARD)

    def cancel(self, payment_id: str) -> Payment:
        """Cancel on the card page, as the payer does (P0030).

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished.
        """
        return self._act(payment_id, Action.CANCEL_BY_PAYER)

    def expire(self, payment_id: str) -> Payment:
        """Let a payment expire now (P0020), whatever the clock says.

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is finished.
        """
        return self._act(payment_id, Action.EXPIRE)

    def complete_capture(self, payment_id: str) -> Payment:
        """Take the money of a success, for accounts that do not capture at once.

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is no success, or the money was taken already.
        """
        return self._act(payment_id, Action.TAKE_MONEY)

    def fail_capture(self, payment_id: str) -> Payment:
        """Turn a success into an error (P0050): the payer saw success, and no money came.

        Args:
            payment_id: Pay's id.

        Raises:
            LookupError: when there is no such payment.
            NotAllowedError: when it is no success, or the money was taken already.
        """
        return self._act(payment_id, Action.CAPTURE_FAILS)

    def _act(self, payment_id: str, action: Action) -> Payment:
        with self._office.open() as now:
            account = self._office.account(self.payment(payment_id).account)
            return self._office.book.act(payment_id, action, now=now, account=account)
