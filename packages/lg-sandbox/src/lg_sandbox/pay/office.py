# SPDX-License-Identifier: MIT
"""What the API and the payer's pages share: the clock, the book, the accounts and one lock."""

import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from lg_sandbox.clock import Clock
from lg_sandbox.pay.agreements import Agreements
from lg_sandbox.pay.bank import Bank
from lg_sandbox.pay.book import Book
from lg_sandbox.pay.disputes import Disputes
from lg_sandbox.pay.idempotency import Keys
from lg_sandbox.pay.keeping import Keeper
from lg_sandbox.pay.keys import checksum_holds, new_key
from lg_sandbox.pay.limits import Limits
from lg_sandbox.pay.model import Account
from lg_sandbox.pay.refunds import Refunds
from lg_sandbox.pay.stored_cards import store_cards
from lg_sandbox.pay.webhook_queue import WebhookQueue

__all__ = ["Office"]


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
        keep: the file that keeps all this beyond the process; none when None.
    """

    def __init__(self, clock: Clock, *, keep: Path | None = None) -> None:
        self.clock = clock
        self.keeper: Keeper | None = None
        self.bank = Bank()
        self.book = Book(bank=self.bank, lag=self._lag)
        self.refunds = Refunds(self.book, bank=self.bank, lag=self._lag)
        self.disputes = Disputes(self.book, bank=self.bank, lag=self._lag)
        self.agreements = Agreements()
        self.idempotency = Keys()
        self.webhooks = WebhookQueue()
        self.limits = Limits()
        self._lock = threading.RLock()
        self._depth = 0
        self._secret = secrets.token_bytes(20)
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, str] = {}
        self._sessions: dict[str, set[str]] = {}
        store_cards(self.book, self.agreements)
        self.book.watchers.append(self.webhooks.watch)
        if keep is not None:
            self._take_up(Keeper(keep))

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant. What changed is kept when it ends."""
        with self._lock:
            self._depth += 1
            try:
                yield self.clock.now()
            finally:
                self._depth -= 1
                if self.keeper is not None and not self._depth:
                    self.keeper.save(self, now=self.clock.now())

    def close(self) -> None:
        """Let go of the file that keeps all this, where there is one."""
        with self._lock:
            if self.keeper is not None:
                self.keeper.close()

    def admit(self, account: Account) -> str:
        """Make a key for an account.

        Args:
            account: the account; new, or known already.

        Raises:
            ValueError: when another account has the same id.
        """
        with self.open():
            if self._accounts.setdefault(account.id, account) is not account:
                raise ValueError("Another account has this id: give each account its own.")
            key = new_key(self._secret, live=account.live)
            self._keys[key] = account.id
            return key

    def account(self, account_id: str) -> Account:
        """Return the account with an id that a payment carries."""
        return self._accounts[account_id]

    def key_of(self, account_id: str) -> str | None:
        """Return the first key that was made for an account, or None."""
        return next((key for key, owner in self._keys.items() if owner == account_id), None)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The accounts, in the order in which they came."""
        return tuple(self._accounts.values())

    def who(self, authorization: str | None) -> Account | None:
        """Return whose key a request carries, or None.

        Args:
            authorization: the header `Authorization`.

        Returns:
            The account; None when the header, the key's shape or the key itself is wrong
            (publicapi code, `AccountAuthenticator`: the shape is asked first).
        """
        scheme, _, key = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not checksum_holds(key, self._secret):
            return None
        account_id = self._keys.get(key)
        return None if account_id is None else self._accounts[account_id]

    def start_session(self, cookie: str | None, payment_id: str) -> str:
        """Let a browser see the pages of a payment, and return its cookie."""
        if cookie is None or cookie not in self._sessions:
            cookie = secrets.token_urlsafe(24)
        self._sessions.setdefault(cookie, set()).add(payment_id)
        return cookie

    def in_session(self, cookie: str | None, payment_id: str) -> bool:
        """Say whether a browser may see the pages of a payment."""
        return cookie is not None and payment_id in self._sessions.get(cookie, ())

    def _take_up(self, keeper: Keeper) -> None:
        """Go on where a file ends. The clock does not go back."""
        last = keeper.load(self)
        self.keeper = keeper
        now = self.clock.now()
        if last is not None and now < last:
            self.clock.advance(last - now)

    def _lag(self, account_id: str) -> timedelta:
        return self._accounts[account_id].lag
