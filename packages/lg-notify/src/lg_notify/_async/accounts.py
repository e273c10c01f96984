# SPDX-License-Identifier: MIT
"""A client for each service on GOV.UK Notify, found by service or council."""

import os
from collections.abc import Mapping, Sequence
from typing import Self

from lg_core.accounts import AsyncAccounts
from lg_core.network import Network
from lg_core.observers import Observer
from lg_core.transport import AsyncTransport
from lg_notify._async.client import AsyncNotifyClient
from lg_notify.accounts import NotifyAccount, read_accounts
from lg_notify.limits import limiter as notify_limiter

__all__ = ["AsyncNotifyAccounts"]


class AsyncNotifyAccounts(AsyncAccounts[NotifyAccount, AsyncNotifyClient]):
    """Holds a client for each service. Build it once and keep it; threads and tasks may share it.

        async with AsyncNotifyAccounts({"bin-days": NotifyAccount(api_key=...)}) as accounts:
            sent = await accounts.for_service("bin-days").send(text)

    A client is built, and its key is asked for, when it is first needed.

    Args:
        accounts: the services, each by its name: small letters, digits, hyphens.
        network: how GOV.UK Notify is reached: proxy, certificates, phases.
        transport: carries the requests instead of the network, for tests.
        observers: who is told of calls.
        share: how many workers divide each service's rate limit, this one included.
        app: your product and its version, such as `Acme/3.2`, for the User-Agent.
        timeout: seconds that a call may take, all attempts and waits included.
        attempts: how often a call is tried at the most.

    Raises:
        ConfigError: there are no services, or a name cannot be one.
    """

    def __init__(
        self,
        accounts: Mapping[str, NotifyAccount],
        *,
        network: Network | None = None,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        share: int = 1,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> None:
        def build(account: NotifyAccount) -> AsyncNotifyClient:
            return AsyncNotifyClient(
                account.source(),
                base_url=account.base_url,
                network=network,
                transport=transport,
                observers=observers,
                limiter=notify_limiter(share=share),
                app=app,
                timeout=timeout,
                attempts=attempts,
                council=account.council,
            )

        super().__init__(accounts, build=build)

    @classmethod
    def from_toml(
        cls,
        path: str | os.PathLike[str],
        *,
        network: Network | None = None,
        transport: AsyncTransport | None = None,
        observers: Sequence[Observer] = (),
        share: int = 1,
        app: str | None = None,
        timeout: float | None = None,
        attempts: int | None = None,
    ) -> Self:
        """Build it from a file; see `lg_notify.accounts.read_accounts` for what it holds.

        Args:
            path: the file.
            network: how GOV.UK Notify is reached: proxy, certificates, phases.
            transport: carries the requests instead of the network, for tests.
            observers: who is told of calls.
            share: how many workers divide each service's rate limit, this one included.
            app: your product and its version, such as `Acme/3.2`, for the User-Agent.
            timeout: seconds that a call may take, all attempts and waits included.
            attempts: how often a call is tried at the most.

        Raises:
            ConfigError: the file cannot be read, or a service in it cannot be used.
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
