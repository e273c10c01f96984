# SPDX-License-Identifier: MIT
"""What the API and the payer's pages share: the clock, the book, the accounts and one lock."""

import secrets
import threading
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime

from lg_sandbox.clock import Clock
from lg_sandbox.pay.book import Book
from lg_sandbox.pay.keys import checksum_holds, new_key
from lg_sandbox.pay.limits import Limits
from lg_sandbox.pay.model import Account

__all__ = ["Office"]


class Office:
    """The state of the stand-in. Whoever reads or changes it holds `open()`.

    Args:
        clock: the virtual clock.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.book = Book()
        self.limits = Limits()
        self._lock = threading.RLock()
        self._secret = secrets.token_bytes(20)
        self._accounts: dict[str, Account] = {}
        self._keys: dict[str, str] = {}
        self._sessions: dict[str, set[str]] = {}

    @contextmanager
    def open(self) -> Generator[datetime]:
        """Hold the lock, and give the present instant."""
        with self._lock:
            yield self.clock.now()

    def admit(self, account: Account) -> str:
        """Make a key for an account.

        Args:
            account: the account; new, or known already.

        Raises:
            ValueError: when another account has the same id.
        """
        with self._lock:
            if self._accounts.setdefault(account.id, account) is not account:
                raise ValueError("Another account has this id: give each account its own.")
            key = new_key(self._secret, live=account.live)
            self._keys[key] = account.id
            return key

    def account(self, account_id: str) -> Account:
        """Return the account with an id that a payment carries."""
        return self._accounts[account_id]

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
