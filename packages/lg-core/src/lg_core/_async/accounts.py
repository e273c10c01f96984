# SPDX-License-Identifier: MIT
"""A client for each account of one platform, found by service or council."""

import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Generic, NoReturn, Self, TypeVar

from lg_core._async.client import AsyncApiClient
from lg_core.accounts import (
    Account,
    account_for_council,
    account_for_service,
    checked_accounts,
)
from lg_core.errors import ConfigError

__all__ = ["AsyncAccounts"]

A = TypeVar("A", bound=Account)
C = TypeVar("C", bound=AsyncApiClient)


class AsyncAccounts(Generic[A, C]):
    """Holds a client for each account. A component's own accounts add what its platform needs.

    Build it once and keep it; threads and tasks may share it. A client is built, and its key is
    asked for, when it is first needed.

    Args:
        accounts: the accounts, each by the name of its service: small letters, digits, hyphens.
        build: makes the client of an account.

    Raises:
        ConfigError: there are no accounts, or a name cannot be one.
    """

    def __init__(self, accounts: Mapping[str, A], *, build: Callable[[A], C]) -> None:
        self._accounts = checked_accounts(accounts)
        self._build = build
        self._lock = threading.Lock()
        self._clients: dict[str, C] = {}
        self._closed = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the accounts."""
        return tuple(self._accounts)

    def for_service(self, name: str) -> C:
        """Return the client of a service.

        Args:
            name: the account's name.

        Raises:
            ConfigError: there is no such account, or its key is missing or cannot be one.
        """
        return self._client(account_for_service(self._accounts, name))

    def for_council(self, code: str) -> C:
        """Return the client of the one account of a council.

        Args:
            code: a code or a name of the council.

        Raises:
            ConfigError: the council has no account or several, or its key is missing or cannot be
                one.
        """
        return self._client(account_for_council(self._accounts, code))

    def _client(self, name: str) -> C:
        if self._closed:
            raise ConfigError("These accounts were closed. Build them once and keep them open.")
        with self._lock:
            if name not in self._clients:
                self._clients[name] = self._built(name, self._accounts[name])
            return self._clients[name]

    def _built(self, name: str, account: A) -> C:
        try:
            return self._build(account)
        except ConfigError as error:
            wrong = error
        raise ConfigError(f"Account {name}: {wrong.message}", setting=wrong.setting)

    async def aclose(self) -> None:
        """Close the clients. Accounts that were closed give no more clients."""
        self._closed = True
        for client in self._clients.values():
            await client.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {', '.join(self._accounts)}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} holds connections and keys, so it cannot be pickled. Build it "
            "in the process that uses it, from its settings."
        )
