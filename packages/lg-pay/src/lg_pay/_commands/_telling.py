# SPDX-License-Identifier: MIT
"""Tell the council's own function of news, and keep by name what it failed to take."""

from typing import TYPE_CHECKING, Final

from lg_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable

    from lg_pay.book import Change

__all__ = ["Telling"]

_log: Final = get_logger("lg_pay.work")


class Telling:
    """Calls the function with each change. The book tells its news once, so failures are kept.

    Args:
        tell: the function; None where there is none.
    """

    def __init__(self, tell: "Callable[[Change], object] | None") -> None:
        self._tell = tell
        self.failed: list[str] = []

    def __call__(self, change: "Change") -> bool:
        """Tell a change; say whether it was taken."""
        if self._tell is None:
            return True
        try:
            self._tell(change)
        except Exception as failure:  # noqa: BLE001 -- whatever failed, a person is told of it
            payment = change.after.payment_id if change.after else None
            self.failed.append(f"{payment} ({change.news})")
            _log.warning("lg-pay.tell_failed", reason=type(failure).__name__)
            return False
        return True
