# SPDX-License-Identifier: MIT
"""What became of each line, as a file that a person opens in a spreadsheet."""

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lg_core.csv_files import PEOPLE, write_rows
from lg_core.errors import ConfigError
from lg_notify.bulk._rows import BulkRow
from lg_notify.bulk._spending import Spending
from lg_notify.outbox._entries import MessageState, OutboxMessage

__all__ = ["NOT_SENT", "ResultRow", "dry_results", "pounds_of", "result_of", "write_results"]

NOT_SENT: Final = "not sent"
"""The state of a line that was not enqueued."""
_TO_SEND: Final = "to send"
_HEADER: Final = ("line", "reference", "state", "notification id", "pounds", "reason")
_REASONS: Final = {
    "budget": "The budget was reached before this line.",
    "daily_limit": "The service's limit of the day is reached. It waits for midnight (UTC).",
    "quiet_hours": "It waits for the sending hours.",
    "invalid_recipient": "GOV.UK Notify does not send to this recipient.",
    "invalid_message": "GOV.UK Notify refused the message.",
    "not_allowed": "The service or the key may not send this, or not to them.",
    "unreachable": "GOV.UK Notify could not be reached.",
    "key_refused": "GOV.UK Notify refused the key.",
    "clock": "This machine's clock is wrong, so GOV.UK Notify refused the key.",
    "rate_limited": "Too many messages in this minute.",
    "in_doubt": "No answer came. It is being found out whether GOV.UK Notify has it.",
    "outcome_unknown": "Nobody can find out any more whether it was sent: a person must decide.",
    "suppressed": "The person does not want such messages.",
    "cancelled": "It was taken back.",
    "expired": "It was too late to send it.",
    "too_many_attempts": "It was tried too often.",
}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What became of a line.

    Attributes:
        line: the line of the file, from 1.
        reference: the outbox's name for the message, which is its reference in GOV.UK Notify; None
            where it was not enqueued.
        state: a state of the outbox, such as `sent`; `not sent` where it was not enqueued; in a
            dry run `to send`.
        notification_id: Notify's name for it, where Notify has it.
        pounds: what it should cost, without VAT; None where that is not known.
        reason: why it was not sent, or did not arrive; empty where there is nothing to say.
    """

    line: int
    reference: str | None
    state: str
    notification_id: str | None = None
    pounds: str | None = None
    reason: str = ""


def pounds_of(row: BulkRow) -> str | None:
    """Return what a row costs as text; None where that is not known.

    Args:
        row: the row.
    """
    cost = row.cost
    return None if cost is None or cost.multiplier is None else f"{cost.pounds:f}"


def problems_of(row: BulkRow) -> str:
    """Say in one text why a row cannot be sent.

    Args:
        row: the row.
    """
    return " ".join(
        f"{each.column}: {each.text}" if each.column else each.text for each in row.problems
    )


def dry_results(rows: Iterable[BulkRow], *, spending: Spending) -> Iterator[ResultRow]:
    """Say what would become of each line.

    Args:
        rows: the rows, checked.
        spending: knows which of them the budget pays for.

    Yields:
        A result for each, in order.
    """
    for row in rows:
        if row.cost is None:
            yield ResultRow(row.line, None, NOT_SENT, reason=problems_of(row))
        elif spending.takes(row.cost):
            yield ResultRow(row.line, None, _TO_SEND, pounds=pounds_of(row))
        else:
            over = reason_text("budget")
            yield ResultRow(row.line, None, NOT_SENT, pounds=pounds_of(row), reason=over)


def result_of(line: int, *, message: OutboxMessage, pounds: str | None) -> ResultRow:
    """Say what became of a line that was enqueued.

    Args:
        line: the line.
        message: its message, as the outbox has it.
        pounds: what it should cost.
    """
    reason = message.reason or ""
    if message.state is MessageState.FAILED and message.status:
        reason = message.status
    return ResultRow(
        line,
        message.reference,
        message.state.value,
        message.notification_id,
        pounds,
        _REASONS.get(reason, reason.replace("_", " ")),
    )


def reason_text(code: str) -> str:
    """Return a short code of the outbox in words.

    Args:
        code: the code, such as `daily_limit`.
    """
    return _REASONS.get(code, code.replace("_", " "))


def write_results(path: str | os.PathLike[str], results: Iterable[ResultRow]) -> int:
    """Write results to a CSV file for a spreadsheet: no cell of it is a formula.

    The file is there whole, or as it was before.

    Args:
        path: the file; it is written anew.
        results: what became of each line.

    Returns:
        How many lines were written.

    Raises:
        ConfigError: the file cannot be written.
    """
    problem, target, made = "", Path(path), ""
    try:
        handle, made = tempfile.mkstemp(dir=target.absolute().parent)
        with os.fdopen(handle, "wb") as file:
            number = write_rows(file, _HEADER, map(_cells, results), profile=PEOPLE)
        Path(made).replace(target)
    except OSError as fault:
        problem = type(fault).__name__
    except BaseException:
        Path(made).unlink(missing_ok=True)
        raise
    else:
        return number
    if made:
        Path(made).unlink(missing_ok=True)
    # Raised outside the handler: that error holds the path.
    raise ConfigError(
        f"The file of results cannot be written ({problem}). Give one in a folder that this "
        "process may write to. What was sent is in the outbox: run the same command again.",
        setting="results",
    )


def _cells(row: ResultRow) -> tuple[str | int | None, ...]:
    return row.line, row.reference, row.state, row.notification_id, row.pounds, row.reason
