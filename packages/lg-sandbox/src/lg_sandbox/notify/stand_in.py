# SPDX-License-Identifier: MIT
"""The stand-in for GOV.UK Notify as a test sees it: address, keys, templates, messages, records."""

from typing import TYPE_CHECKING

from lg_sandbox.clock import Clock
from lg_sandbox.faults import Faults
from lg_sandbox.notify.app import build_app
from lg_sandbox.notify.callback_desk import CallbackDesk
from lg_sandbox.notify.callback_queue import Callback, CallbackAttempt, Disorder, Telling
from lg_sandbox.notify.callbacks import CallbackKind, ReceivedText
from lg_sandbox.notify.calls import Operation
from lg_sandbox.notify.desk import Desk
from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.keys import KeyKind
from lg_sandbox.notify.model import Account, Message
from lg_sandbox.notify.office import Office
from lg_sandbox.notify.templates import Templates
from lg_sandbox.notify.townsfolk import Townsfolk
from lg_sandbox.stand_in import StandIn

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from lg_sandbox.outgoing import Send

__all__ = ["NotifyStandIn"]


class NotifyStandIn(Townsfolk, StandIn):
    """A stand-in for GOV.UK Notify. Safe between threads.

    `Sandbox` builds it. `app` works in process at any time; `url` while the sandbox runs. Nothing
    is sent to anybody: messages end up in `messages` and on the pages.

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
        self._api_key = self._office.first.new_api_key(kind=KeyKind.TEST, name="sandbox-test")
        self._callback_desk = CallbackDesk(self._office)
        self._app = build_app(
            self._office,
            people=self,
            desk=self._callback_desk,
            faults=self._faults,
            notebook=self._notebook,
        )

    @property
    def api_key(self) -> str:
        """A test key, of Notify's shape: it may send to everybody."""
        return self._api_key

    @property
    def account(self) -> Account:
        """The first service on Notify; change its settings as a test needs."""
        return self._office.first.account

    @property
    def templates(self) -> Templates:
        """The templates of the first service; add your own."""
        return self._office.first.templates

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every message that was accepted, as it is now, oldest first. No smoke tests.

        Each has its `reference`, `to`, `state` and `key`, so that a test can count what was really
        sent for one reference.
        """
        with self._office.open() as now:
            return self._office.all(now=now)

    @property
    def received_texts(self) -> tuple[ReceivedText, ...]:
        """The texts that the services received, oldest first in each."""
        with self._office.open():
            return tuple(each for desk in self._office.desks for each in desk.received)

    @property
    def files(self) -> tuple[HeldFile, ...]:
        """The files that were sent by email, oldest first, also those past their time."""
        with self._office.open():
            return tuple(self._office.files.values())

    @property
    def callbacks(self) -> tuple[Telling, ...]:
        """What the services were and are told by callbacks, oldest first, with every try."""
        return self._callback_desk.tellings()

    @property
    def callback_disorder(self) -> Disorder:
        """What may happen to callbacks on the way; change it as a test needs."""
        return self._office.callbacks.disorder

    def add_account(self, account: Account | None = None) -> Desk:
        """Add another service, with templates and keys of its own.

        Args:
            account: its settings; those of a new service when None.

        Returns:
            The service's desk: `account`, `templates` and `new_api_key`.

        Raises:
            ValueError: when another service has the same id.
        """
        return self._office.add(account or Account())

    def new_api_key(self, *, kind: KeyKind = KeyKind.TEST, name: str = "sandbox") -> str:
        """Make another key of the first service.

        Args:
            kind: what it may do.
            name: what to call it: the key begins with it.

        Returns:
            The key.
        """
        with self._office.open():
            return self._office.first.new_api_key(kind=kind, name=name)

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

    def set_callback(
        self,
        kind: CallbackKind,
        url: str | None = None,
        *,
        bearer_token: str,
        send: "Send | None" = None,
        app: "ASGIApp | None" = None,
        account: Account | None = None,
    ) -> Callback:
        """Set a callback up, as staff do on Notify's pages. It takes the place of its kind's.

        Args:
            kind: what it tells of.
            url: an address on this machine; with `app` only its path counts.
            bearer_token: comes with each call, in the header `Authorization`.
            send: takes headers and body in process, and returns an HTTP status.
            app: an ASGI app that receives in process.
            account: which service; the first when None.

        Returns:
            The callback. Nothing is told until `deliver_callbacks`.

        Raises:
            ValueError: when the address is not on this machine, or none or several ways are given.
        """
        return self._callback_desk.set_up(
            kind,
            url,
            bearer_token=bearer_token,
            account=account or self.account,
            send=send,
            app=app,
        )

    def remove_callback(self, kind: CallbackKind, *, account: Account | None = None) -> None:
        """Take a callback away.

        Args:
            kind: which.
            account: which service; the first when None.
        """
        self._callback_desk.remove(kind, account=account or self.account)

    def deliver_callbacks(self) -> tuple[CallbackAttempt, ...]:
        """Tell the services what is due on the sandbox's clock, once each.

        Returns:
            The tries, in their order. What failed is due again after 5 minutes, 5 times.
        """
        return self._callback_desk.deliver()
