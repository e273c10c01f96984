# SPDX-License-Identifier: MIT
"""One service on Notify: its settings, templates, keys, limits, and the texts it received."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from lg_sandbox.notify.callbacks import ReceivedText
from lg_sandbox.notify.keys import ApiKey, KeyKind, new_key
from lg_sandbox.notify.limits import Limits
from lg_sandbox.notify.model import Account
from lg_sandbox.notify.templates import FIRST_TEMPLATES, Template, Templates
from lg_sandbox.notify.tokens import Keyring

__all__ = ["Desk", "HeldKey"]


@dataclass(slots=True)
class HeldKey:
    """A key of a service.

    Args:
        key: its parts.
        kind: what it may do.
        revoked: whether it was taken back.
    """

    key: ApiKey = field(repr=False)
    kind: KeyKind
    revoked: bool = False


class Desk:
    """What one service has. `sandbox.notify.add_account` makes one beside the first.

    Args:
        account: its settings.
        now: gives the present instant of the virtual clock.
        first: the templates that it begins with.
    """

    def __init__(
        self,
        account: Account,
        *,
        now: Callable[[], datetime],
        first: tuple[Template, ...] = FIRST_TEMPLATES,
    ) -> None:
        self._account = account
        self._templates = Templates(first, now=now)
        self._keys: list[HeldKey] = []
        self.limits = Limits()
        self.received = list[ReceivedText]()

    @property
    def account(self) -> Account:
        """The service's settings; change them as a test needs."""
        return self._account

    @property
    def templates(self) -> Templates:
        """The service's templates; add your own."""
        return self._templates

    @property
    def ring(self) -> Keyring[HeldKey]:
        """The service's keys, as a token is held against them."""
        return Keyring(tuple(self._keys), archived=self._account.archived)

    def new_api_key(self, *, kind: KeyKind = KeyKind.TEST, name: str = "sandbox") -> str:
        """Make a key of this service.

        Args:
            kind: what it may do.
            name: what to call it: the key begins with it.

        Returns:
            The key.
        """
        key = new_key(self._account.id, name=name)
        self._keys.append(HeldKey(key, kind))
        return key.text

    def held(self, text: str) -> HeldKey | None:
        """Return a key by its text, or None.

        Args:
            text: the key.
        """
        return next((each for each in self._keys if each.key.text == text), None)
