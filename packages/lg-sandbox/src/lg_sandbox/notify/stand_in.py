# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Notify as a test sees it: address, keys, templates, messages, records."""

from lg_sandbox.clock import Clock
from lg_sandbox.faults import Faults
from lg_sandbox.notify.api import Operation
from lg_sandbox.notify.app import build_app
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Message, Status
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.templates import Templates
from lg_sandbox.stand_in import StandIn

__all__ = ["NotifyStandIn"]


class NotifyStandIn(StandIn):
    """A stand-in for GOV.UK Notify. Safe between threads.

    `Sandbox` builds it. `app` works in process at any time; `url` while the sandbox runs. Nothing
    is sent to anybody: messages end up in `messages` and on the inbox page.

    Args:
        clock: the virtual clock. Messages move on it. Tokens are held against real time, for the
            clock of the program that signs them is real too; `account.clock_skew` sets the two
            apart.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(
            clock=clock, platform="GOV.UK Notify", name="notify", faults=Faults(list(Operation))
        )
        self._office = Office(clock)
        self._api_key = self._office.admit(KeyKind.TEST, name="sandbox-test")
        self._app = build_app(self._office, faults=self._faults, notebook=self._notebook)

    @property
    def api_key(self) -> str:
        """A test key, of Notify's shape: it may send to everybody."""
        return self._api_key

    @property
    def account(self) -> Account:
        """The service on Notify; change its settings as a test needs."""
        return self._office.account

    @property
    def templates(self) -> Templates:
        """The templates; add your own."""
        return self._office.templates

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that was accepted, as it is now, oldest first. No smoke tests."""
        with self._office.open() as now:
            return self._office.all(now=now)

    def new_api_key(self, *, kind: KeyKind = KeyKind.TEST, name: str = "sandbox") -> str:
        """Make another key.

        Args:
            kind: what it may do.
            name: what to call it: the key begins with it.

        Returns:
            The key.
        """
        return self._office.admit(kind, name=name)

    def revoke(self, api_key: str) -> None:
        """Take a key back: it is refused from now on.

        Args:
            api_key: the key.

        Raises:
            LookupError: when it is no key of this stand-in.
        """
        self._office.revoke(api_key)

    def token(self, api_key: str | None = None) -> str:
        """Make a bearer token, as a client makes one for each request.

        Args:
            api_key: the key to sign with; `api_key` of this stand-in when None.

        Returns:
            The token, without the word Bearer. It is good for 30 seconds.

        Raises:
            ValueError: when the key has not the shape of one.
        """
        return self._office.sign(self._api_key if api_key is None else api_key)

    def message(self, notification_id: str) -> Message:
        """Return one message as it is now.

        Args:
            notification_id: Notify's id of it.

        Raises:
            LookupError: when there is no such message.
        """
        with self._office.open() as now:
            return self._office.get(notification_id, now=now)

    def end(self, notification_id: str, *, status: Status = Status.DELIVERED) -> Message:
        """End a message now, whatever the clock says, as its network does.

        Args:
            notification_id: Notify's id of it.
            status: how it ends.

        Returns:
            The message as it is then.

        Raises:
            LookupError: when there is no such message.
            ValueError: when messages do not end so.
        """
        with self._office.open() as now:
            return self._office.end(notification_id, status, now=now)
