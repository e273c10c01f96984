# SPDX-License-Identifier: MIT
"""A published document that is read when it is needed, and trusted when it cannot be read anew."""

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from lg_core.calls import Call
from lg_core.clients import AsyncApiClient
from lg_core.errors import ApiError, OutcomeUnknownError, RequestNotSentError, ResponseShapeError
from lg_core.logs import get_logger
from lg_identity._documents import Budget, Copy, fresh_copy, stale_copy

__all__ = ["AsyncKept"]

T = TypeVar("T")
_REFRESH = 5.0
"""Seconds that a new reading may take while an older copy serves: somebody is waiting."""


def _accept(_value: object) -> None:
    """Take any document."""


class AsyncKept(Generic[T]):
    """Holds the last copy of a document. Shared by a client and its copies, threads and tasks.

    Two that find it old at once both read it, which does no harm.
    """

    __slots__ = ("_copy",)

    def __init__(self) -> None:
        self._copy: Copy[T] | None = None

    async def get(
        self,
        client: AsyncApiClient,
        call: Call[T],
        now: datetime,
        *,
        anew: bool,
        budget: Budget,
        check: Callable[[T], object] = _accept,
    ) -> T:
        """Return the document.

        Args:
            client: reads it.
            call: how.
            now: the time, in UTC.
            anew: read it although the copy is fresh.
            budget: how long it may take.
            check: raises where the document must not be kept.

        Returns:
            The document, or the copy where reading it anew fails.

        Raises:
            LgError: it cannot be read, and there is no copy.
        """
        copy = self._copy
        if copy is not None and now < copy.fresh_until and not anew:
            return copy.value
        timeout = budget.left() if copy is None else budget.left(at_most=_REFRESH)
        try:
            answer = await client.exchange(call, timeout=timeout)
        except (RequestNotSentError, OutcomeUnknownError, ApiError, ResponseShapeError) as error:
            if copy is None:
                raise
            get_logger("lg_identity").warning(
                "older_copy_used", capability=call.capability, exc_type=type(error).__name__
            )
            self._copy = stale_copy(copy, now=now)
            return copy.value
        check(answer.value)
        self._copy = fresh_copy(answer.value, answer.headers, now=now)
        return answer.value
