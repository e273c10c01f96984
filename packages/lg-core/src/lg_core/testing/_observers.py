# SPDX-License-Identifier: MIT
"""Keep what a client tells its observers, to look at in a test."""

from lg_core.observers import CallFinished, CallRetried, CallStarted

__all__ = ["RecordingObserver"]


class RecordingObserver:
    """Keeps every event.

    Attributes:
        events: what happened, in order.
    """

    def __init__(self) -> None:
        self.events: list[CallStarted | CallRetried | CallFinished] = []

    def started(self, event: CallStarted) -> None:
        """Keep the event."""
        self.events.append(event)

    def retried(self, event: CallRetried) -> None:
        """Keep the event."""
        self.events.append(event)

    def finished(self, event: CallFinished) -> None:
        """Keep the event."""
        self.events.append(event)

    @property
    def last(self) -> CallFinished:
        """The end of the last call that ended."""
        return [event for event in self.events if isinstance(event, CallFinished)][-1]
