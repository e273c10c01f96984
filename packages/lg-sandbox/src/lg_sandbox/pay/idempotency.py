# SPDX-License-Identifier: MIT
"""Remember which payment an `Idempotency-Key` made, so that a repeat makes no second one.

Source: connector code: the header counts with `authorisation_mode` agreement alone; the same key
with the same body within 24 hours gives the first payment again. Technical documentation,
'Idempotency', for the 24 hours.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

__all__ = ["KeyReusedError", "Keys", "body_digest"]

KEPT_FOR = timedelta(hours=24)


class KeyReusedError(Exception):
    """The key was used with another body."""


@dataclass(frozen=True, slots=True)
class _Use:
    digest: str
    payment_id: str
    at: datetime


def body_digest(body: bytes) -> str:
    """Return a digest that is the same for the same JSON, whatever its spaces and order.

    Args:
        body: the body as it came, which is JSON.
    """
    told = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode()).hexdigest()


class Keys:
    """The keys that were used, by account and key.

    Not safe between threads: the stand-in calls it under its lock.
    """

    def __init__(self) -> None:
        self._uses: dict[str, _Use] = {}

    def first(self, key: str, *, account: str, digest: str, now: datetime) -> str | None:
        """Return the payment that a key made, or None when it is new or older than 24 hours.

        Args:
            key: the header `Idempotency-Key`.
            account: the id of the account.
            digest: the digest of the body.
            now: the instant on the virtual clock.

        Raises:
            KeyReusedError: when the key came with another body.
        """
        use = self._uses.get(_name(key, account))
        if use is None or now - use.at >= KEPT_FOR:
            return None
        if use.digest != digest:
            raise KeyReusedError
        return use.payment_id

    def note(self, key: str, *, account: str, digest: str, payment_id: str, now: datetime) -> None:
        """Remember that a key made a payment.

        Args:
            key: the header `Idempotency-Key`.
            account: the id of the account.
            digest: the digest of the body.
            payment_id: Pay's id.
            now: the instant on the virtual clock.
        """
        self._uses[_name(key, account)] = _Use(digest, payment_id, now)


def _name(key: str, account: str) -> str:
    # A key has only letters, digits and hyphens, so the space divides.
    return f"{key} {account}"
