# SPDX-License-Identifier: MIT
"""The numbers with which a tool ends, and which error means which."""

from enum import IntEnum
from typing import Final

from lg_core.errors import (
    ApiError,
    ConfigError,
    InvalidValueError,
    LgError,
    OutcomeUnknownError,
    RequestNotSentError,
    ResponseShapeError,
)

__all__ = ["ABORTED", "FAULT", "PIPE_CLOSED", "Exit", "exit_for", "heading_for"]


class Exit(IntEnum):
    """The number with which a tool ends. The same for every tool.

    Three more numbers follow other conventions: 70 a fault in the tool itself (`EX_SOFTWARE`),
    130 stopped by the user, 141 the reader of a pipe went away.
    """

    DONE = 0
    """It did what was asked, and found nothing to report."""

    FOUND = 1
    """It did what was asked, and found something that a person should look at."""

    USAGE = 2
    """The command was given a wrong option or a value that cannot be right. Nothing was sent."""

    CONFIG = 3
    """A setting is missing or wrong. Nothing was sent."""

    REFUSED = 4
    """The platform answered, and the answer is no or cannot be read."""

    UNKNOWN = 5
    """A request was sent and no verdict came back. Find out before you run the command again."""

    UNREACHABLE = 6
    """The platform could not be reached. Nothing was done; running it again is safe."""


FAULT: Final = 70
"""The tool has a fault. `EX_SOFTWARE` of BSD's sysexits."""

ABORTED: Final = 130
"""The user stopped it: 128 and the number of SIGINT, as shells have it."""

PIPE_CLOSED: Final = 141
"""The reader of its output went away: 128 and the number of SIGPIPE."""

_BY_TYPE: Final[tuple[tuple[type[LgError], Exit, str], ...]] = (
    (ConfigError, Exit.CONFIG, "a setting is missing or wrong"),
    (InvalidValueError, Exit.USAGE, "a value is not right"),
    (RequestNotSentError, Exit.UNREACHABLE, "nothing was sent"),
    (OutcomeUnknownError, Exit.UNKNOWN, "the outcome is not known"),
    (ApiError, Exit.REFUSED, "the platform said no"),
    (ResponseShapeError, Exit.REFUSED, "the platform's answer cannot be read"),
)


def exit_for(error: LgError) -> Exit:
    """Return the number with which a tool ends because of an error.

    Args:
        error: what stopped the command.

    Returns:
        `CONFIG`, `USAGE`, `UNREACHABLE`, `UNKNOWN` or `REFUSED`. A call that changes nothing and
        got no answer counts as `UNREACHABLE`. An error of a kind that is not
        known here counts as `REFUSED`.
    """
    if isinstance(error, OutcomeUnknownError) and error.safe_to_repeat:
        return Exit.UNREACHABLE  # it only asked: nothing hangs on the outcome
    codes = (code for kind, code, _ in _BY_TYPE if isinstance(error, kind))
    return next(codes, Exit.REFUSED)


def heading_for(error: LgError) -> str:
    """Return a few words for people about the kind of an error.

    Args:
        error: what stopped the command.

    Returns:
        A heading in small letters, without a full stop.
    """
    if isinstance(error, OutcomeUnknownError) and error.safe_to_repeat:
        return "no answer came"
    headings = (heading for kind, _, heading in _BY_TYPE if isinstance(error, kind))
    return next(headings, "it cannot be done")
