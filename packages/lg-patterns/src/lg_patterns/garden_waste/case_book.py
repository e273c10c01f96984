# SPDX-License-Identifier: MIT
"""Keep cases in records: by their unguessable id, once for each set of answers that was sent."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from lg_core.records import RecordChangedError, Records
from lg_patterns.garden_waste.cases import Case, new_reference

__all__ = ["CaseBook", "StoredCase"]

KIND = "lg-patterns.garden-waste.case"
SENT = "lg-patterns.garden-waste.sent"
REFERENCE = "lg-patterns.garden-waste.reference"


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as it was read, with the revision that the next write must name.

    Attributes:
        case: the case.
        revision: the record's revision.
    """

    case: Case
    revision: int


class CaseBook:
    """Keeps cases.

    Args:
        records: where they are kept.
        now: tells the time, in UTC.
        keep: how long a case is kept after its last change.
    """

    def __init__(
        self,
        records: Records,
        *,
        now: Callable[[], datetime],
        keep: timedelta = timedelta(days=120),
    ) -> None:
        self._records = records
        self._now = now
        self._keep = keep

    def load(self, case_id: str) -> StoredCase | None:
        """Return a case, or None where there is none.

        Args:
            case_id: its id.
        """
        record = self._records.load(KIND, case_id)
        if record is None:
            return None
        return StoredCase(Case.from_data(case_id, record.data), record.revision)

    def save(self, stored: StoredCase, case: Case) -> StoredCase:
        """Write a changed case.

        Args:
            stored: the case as it was read.
            case: the case as it is now.

        Raises:
            RecordChangedError: another request changed it in between.
        """
        record = self._records.save(
            KIND,
            case.id,
            data=case.to_data(),
            expected=stored.revision,
            expires_at=self._now() + self._keep,
        )
        return StoredCase(case, record.revision)

    def open(self, sent: str, make: Callable[[str], Case]) -> StoredCase:
        """Return the case of a set of answers, and make it where there is none.

        Two requests that send the same answers at the same time get the same case.

        Args:
            sent: the name of the set of answers.
            make: makes the case, given a reference that is not taken.
        """
        while True:
            known = self._records.load(SENT, sent)
            if known is not None:
                stored = self.load(known.data["case"])
                if stored is not None:
                    return stored
            case = make(self._reference())
            expires_at = self._now() + self._keep
            record = self._records.save(
                KIND, case.id, data=case.to_data(), expected=None, expires_at=expires_at
            )
            try:
                self._records.save(
                    SENT,
                    sent,
                    data={"case": case.id},
                    expected=None if known is None else known.revision,
                    expires_at=expires_at,
                )
            except RecordChangedError:
                self._records.remove(KIND, case.id)  # the other request's case is the case
            else:
                return StoredCase(case, record.revision)

    def _reference(self) -> str:
        while True:
            reference = new_reference()
            try:
                self._records.save(
                    REFERENCE,
                    reference,
                    data={},
                    expected=None,
                    expires_at=self._now() + self._keep,
                )
            except RecordChangedError:
                continue  # taken: take another
            return reference
