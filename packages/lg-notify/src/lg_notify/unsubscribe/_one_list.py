# SPDX-License-Identifier: MIT
"""One list of the suppression list: what is given to whoever sends the messages of that list."""

from typing import Protocol

__all__ = ["ListSuppression"]


class _Asked(Protocol):
    """Answers for all lists."""

    def is_suppressed(self, channel: str, recipient: str, *, list_name: str | None = None) -> bool:
        """Say whether a person is not to be written to."""
        ...


class ListSuppression:
    """Answers for one list: what an outbox asks before it sends.

    Args:
        suppressions: the whole list.
        list_name: the list that the messages belong to.
    """

    def __init__(self, suppressions: _Asked, list_name: str) -> None:
        self._suppressions = suppressions
        self._list_name = list_name

    def is_suppressed(self, channel: str, recipient: str) -> bool:
        """Say whether a person left the list, or wants no messages of the way.

        Args:
            channel: `email`, `sms` or `letter`.
            recipient: the address or the number.

        Raises:
            InvalidValueError: the channel cannot be one.
            StoreError: the database could not do what it was asked.
        """
        return self._suppressions.is_suppressed(channel, recipient, list_name=self._list_name)
