# SPDX-License-Identifier: MIT
# Made by tools/sync.py from packages/lg-pay/src/lg_pay/_async/accounts.py: change that one.
"""A client for each account of GOV.UK Pay's, found by service, fund or council."""

import os
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Self

from lg_core.accounts import Accounts
from lg_core.clients import Pages
from lg_core.errors import ConfigError, LgError
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.transport import Transport
from lg_pay._round import gather
from lg_pay._sync.client import PayClient
from lg_pay.accounts import (
    AccountsFailedError,
    PayAccount,
    account_for_fund,
    read_accounts,
)
from lg_pay.limits import limiter as pay_limiter
from lg_pay.payment import Payment

__all__ = ["PayAccounts"]


class PayAccounts(Accounts[PayAccount, PayClient]):
    """Holds a client for each account. Build it once and keep it; threads and tasks may share it.

        with PayAccounts({"garden-waste": PayAccount(api_key=...)}) as accounts:
            payment = accounts.for_service("garden-waste").create_payment(new)

    A client is built, and its key is asked for, when it is first needed.

    Args:
        accounts: the accounts, each by the name of its service: small letters, digits, hyphens.
        network: how GOV.UK Pay is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        share: how many workers divide each account's rate limits, this one included.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included.
        attempts: how often a call is tried at the most.

    Raises:
        ConfigError: there are no accounts, or a name cannot be one.
    """

    def __init__(
        self,
        accounts: Mapping[str, PayAccount],
        *,
        network: Network | None = None,
        transport: Transport | None = None,
        observers: Sequence[Observer] = (),
        share: int = 1,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> None:
        def build(account: PayAccount) -> PayClient:
            return PayClient(
                account.source(),
                base_url=account.base_url,
                network=network,
                transport=transport,
                observers=observers,
                limiter=pay_limiter(share=share),
                app=app,
                timeout=timeout,
                attempts=attempts,
                council=account.council,
                provider=account.provider,
            )

        super().__init__(accounts, build=build)

    @classmethod
    def from_toml(
        cls,
        path: str | os.PathLike[str],
        *,
        network: Network | None = None,
        transport: Transport | None = None,
        observers: Sequence[Observer] = (),
        share: int = 1,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> Self:
        """Build it from a file; see `lg_pay.accounts.read_accounts` for what it holds.

        Args:
            path: the file.
            network: how GOV.UK Pay is reached: proxy, certificates, phases.
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            share: how many workers divide each account's rate limits, this one included.
            app: your product and its version, such as `Acme/3.2`, for the User-Agent.
            timeout: seconds that a call may take, all attempts and waits included.
            attempts: how often a call is tried at the most.

        Raises:
            ConfigError: the file cannot be read, or an account in it cannot be used.
        """
        return cls(
            read_accounts(path),
            network=network,
            transport=transport,
            observers=observers,
            share=share,
            app=app,
            timeout=timeout,
            attempts=attempts,
        )

    def for_fund(self, code: str) -> PayClient:
        """Return the client of the one account through which a fund is paid into.

        Args:
            code: the fund's code.

        Raises:
            ConfigError: no account has the fund, several have it, or its key is missing or cannot
                be one.
        """
        return self._client(account_for_fund(self._accounts, code))

    def search_payments(
        self,
        *,
        created: tuple[datetime, datetime | None] | None = None,
        settled: tuple[date, date] | None = None,
        reference: str | None = None,
        email: str | None = None,
        state: str | None = None,
    ) -> Iterator[tuple[str, Payment]]:
        """Search the payments of all accounts, all at once: a page of each, then the next of each.

        Args:
            created: the start and the end of the creation, the end excluded; an end of None is
                open.
            settled: the first settled day, and the day after the last; Stripe only.
            reference: your reference, whole; capitals do not matter.
            email: part of the payer's e-mail address.
            state: one of `PaymentStatus`.

        Yields:
            The account's name and a payment. Those of one account are newest first.

        Raises:
            AccountsFailedError: some accounts could not be asked. Raised at the end, when the
                others have given all: `failures` has each reason by name.
            InvalidValueError: an argument cannot be searched for.
        """
        failures: dict[str, LgError] = {}
        begin = partial(
            self._begin,
            created=created,
            settled=settled,
            reference=reference,
            email=email,
            state=state,
        )
        reading: dict[str, Iterator[list[Payment]]] = {}
        for name in self._accounts:
            try:
                reading[name] = begin(name).pages()
            except ConfigError as missing:  # its key
                failures[name] = missing
        while reading:
            found = gather({name: partial(_turn, pages) for name, pages in reading.items()})
            for name, page in found.items():
                if isinstance(page, LgError):
                    failures[name] = page
                if isinstance(page, LgError) or page is None:
                    del reading[name]
                    continue
                for payment in page:
                    yield name, payment
        if failures:
            raise AccountsFailedError(failures)

    def _begin(self, name: str, **query: object) -> Pages[Payment]:
        return self._client(name).search_payments(**query)  # pyright: ignore[reportArgumentType] -- the arguments of the search


def _turn(pages: Iterator[list[Payment]]) -> list[Payment] | None:
    try:
        return pages.__next__()
    except StopIteration:
        return None
