# SPDX-License-Identifier: MIT
"""What the outbox says no to."""

from lg_core.errors import LgError

__all__ = ["MessageInFlightError", "NotInOutboxError"]


class NotInOutboxError(LgError):
    """The outbox has no message with this reference.

    Args:
        doing: what was to be done, such as `acted()`.
    """

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"{doing}: the outbox holds no message with this reference. Use the reference that "
            "enqueue() returned, with the same database; it is gone after erase() and purge()."
        )


class MessageInFlightError(LgError):
    """Messages cannot be erased yet: they are being sent. Nothing was erased.

    Args:
        count: how many messages stand in the way.
    """

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} of the messages cannot be erased: they are being sent, and forgetting one "
            "now could let it be sent twice. Nothing was erased. Erase again in a few minutes; "
            "where a dispatcher has stopped, start it, so that it finds out what became of them."
        )
        self.count = count
