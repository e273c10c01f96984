# SPDX-License-Identifier: MIT
"""Where a command's logs go: to stderr, warnings and worse, or more with `--verbose`.

Only a command configures logging. The library leaves that to its host.
"""

import logging
import sys

from lg_core.logs import RedactingFilter, allow_list, to_record

__all__ = ["logs_to_stderr"]


class _CurrentStderr:
    """What `sys.stderr` is at the time of writing: a progress bar puts its own there."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _CommandHandler(logging.StreamHandler[_CurrentStderr]):
    """The one handler that a command adds, so that it can be found again."""


def logs_to_stderr(*, verbose: bool) -> None:
    """Send the logs of the standard library and of structlog to stderr.

    stamina writes its retries through structlog, which would print on stdout if nobody told it
    otherwise. Its line goes through the allow-list too.

    Args:
        verbose: whether INFO is shown as well as warnings and errors.
    """
    import structlog

    root = logging.getLogger()
    if not any(isinstance(handler, _CommandHandler) for handler in root.handlers):
        handler = _CommandHandler(_CurrentStderr())
        handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        handler.addFilter(RedactingFilter())
        root.addHandler(handler)
    root.setLevel(logging.INFO if verbose else logging.WARNING)
    # A person who runs a command hears of the end of a call; each retry is a detail.
    logging.getLogger("stamina").setLevel(logging.WARNING if verbose else logging.ERROR)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, allow_list, to_record],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
