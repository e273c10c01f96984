# SPDX-License-Identifier: MIT
"""Records in the order of their creation, as they are now and as a lagging ledger has them.

GOV.UK Pay answers a search from another service, the ledger, which hears of each change later
(API reference, 'Eventual consistency'). So each record keeps its versions until the ledger has the
next one. Not safe between threads: the stand-in calls it under its one lock.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

__all__ = ["Found", "Record", "Shelf", "View"]


class Record(Protocol):
    """What a shelf needs to know of a record."""

    @property
    def id(self) -> str:
        """Pay's id."""
        ...

    @property
    def account(self) -> str:
        """The id of the account."""
        ...

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        ...


RecordT = TypeVar("RecordT", bound=Record)


@dataclass(slots=True)
class _Row(Generic[RecordT]):
    """One record: its versions with the instants at which the ledger has them, oldest first."""

    versions: list[tuple[datetime, RecordT]]
    ages: bool
    """Whether time alone may still change it."""

    def put(self, record: RecordT, *, seen_at: datetime, now: datetime) -> None:
        # The ledger hears of changes in their order, so a later one cannot overtake.
        self.versions.append((max(seen_at, self.versions[-1][0]), record))
        while len(self.versions) > 1 and self.versions[1][0] <= now:
            del self.versions[0]

    def seen(self, *, now: datetime) -> RecordT | None:
        return next((each for at, each in reversed(self.versions) if at <= now), None)


@dataclass(frozen=True, slots=True)
class View:
    """Whose records a search may see, and when.

    Args:
        account: the id of the account.
        now: the present instant.
        as_of: the instant that the ledger knows of: earlier than `now` when it lags.
        after: only what was created later than this.
        before: only what was created earlier than this.
    """

    account: str
    now: datetime
    as_of: datetime
    after: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found(Generic[RecordT]):
    """One page of a search.

    Args:
        total: how many records fit.
        records: those of the page, newest first.
    """

    total: int
    records: tuple[RecordT, ...]


@dataclass(slots=True)
class _Drawer(Generic[RecordT]):
    """The rows of one account, oldest first, with their times beside them for quick search."""

    times: list[datetime] = field(default_factory=list[datetime])
    rows: "list[_Row[RecordT]]" = field(default_factory=list["_Row[RecordT]"])
    by_key: "dict[str, list[_Row[RecordT]]]" = field(
        default_factory=dict[str, "list[_Row[RecordT]]"]
    )
    late: "list[_Row[RecordT]]" = field(default_factory=list["_Row[RecordT]"])

    def all_seen(self, *, now: datetime) -> bool:
        """Whether the ledger has heard of every row."""
        self.late = [row for row in self.late if row.seen(now=now) is None]
        return not self.late


class Shelf(Generic[RecordT]):
    """Records of one kind.

    Args:
        settle: gives what time has made of a record.
        ages: says whether time alone may still change a record.
        key: gives the word under which a search may ask for a record alone; it never changes.
    """

    def __init__(
        self,
        *,
        settle: Callable[[RecordT, datetime], RecordT] = lambda record, _: record,
        ages: Callable[[RecordT], bool] = lambda _: False,
        key: Callable[[RecordT], str] = lambda record: record.id,
    ) -> None:
        self._settle = settle
        self._ages = ages
        self._key = key
        self._changes = 0
        self._last: tuple[object, list[RecordT]] = (None, [])
        self._rows: dict[str, _Row[RecordT]] = {}
        self._drawers: dict[str, _Drawer[RecordT]] = {}

    def __iter__(self) -> Iterator[RecordT]:
        """Give the newest version of each record, in the order in which they came."""
        return (row.versions[-1][1] for row in self._rows.values())

    def versions(self) -> Iterator[tuple[str, tuple[tuple[datetime, RecordT], ...]]]:
        """Give the id of each record, and its versions with the instants the ledger has them."""
        return ((record_id, tuple(row.versions)) for record_id, row in self._rows.items())

    def get(self, record_id: str) -> RecordT | None:
        """Return the newest version of a record, or None.

        Args:
            record_id: Pay's id.
        """
        row = self._rows.get(record_id)
        return None if row is None else row.versions[-1][1]

    def put(self, record: RecordT, *, seen_at: datetime, now: datetime) -> None:
        """Keep a record, or a new version of it.

        Args:
            record: the record.
            seen_at: when the ledger has it.
            now: the present instant.
        """
        self._changes += 1
        row = self._rows.get(record.id)
        if row is not None:
            row.ages = self._ages(record)
            row.put(record, seen_at=seen_at, now=now)
            return
        row = self._rows[record.id] = _Row([(seen_at, record)], self._ages(record))
        drawer = self._drawers.setdefault(record.account, _Drawer())
        place = bisect_right(drawer.times, record.created_at)
        drawer.times.insert(place, record.created_at)
        drawer.rows.insert(place, row)
        drawer.by_key.setdefault(self._key(record), []).append(row)
        if seen_at > now:
            drawer.late.append(row)

    def search(
        self,
        view: View,
        *,
        fits: Callable[[RecordT], bool] | None = None,
        key: str | None = None,
        name: object = None,
        skip: int = 0,
        most: int = 500,
    ) -> Found[RecordT]:
        """Return one page of the records that fit, newest first, as the ledger has them.

        Both bounds are strict (ledger code: `created_date > from_date` and `< to_date`, although
        the API reference says "on or after").

        Args:
            view: whose, when, and between which instants.
            fits: which; all when None. Time was applied to what it is given.
            key: only those under this word.
            name: what tells this search from others; with it, the next page of the same search at
                the same instant needs no second look at all records.
            skip: how many to leave out at the beginning.
            most: how many at most.

        Returns:
            The page, and how many there are in all.
        """
        drawer = self._drawers.get(view.account)
        if drawer is None:
            return Found(0, ())
        low = 0 if view.after is None else bisect_right(drawer.times, view.after)
        high = len(drawer.times) if view.before is None else bisect_left(drawer.times, view.before)
        if fits is None and key is None and drawer.all_seen(now=view.now):
            # Only the rows of this page are looked at, however many there are.
            total = max(high - low, 0)
            last = max(high - skip, low)
            rows: Iterable[_Row[RecordT]] = reversed(drawer.rows[max(last - most, low) : last])
            return Found(total, tuple(self._seen(rows, view)))
        same = (view, key, name, self._changes)
        if name is None or self._last[0] != same:
            rows = reversed(drawer.rows[low:high] if key is None else _within(drawer, key, view))
            seen = self._seen(rows, view)
            self._last = (same, list(seen if fits is None else filter(fits, seen)))
        kept = self._last[1]
        return Found(len(kept), tuple(kept[skip : skip + most]))

    def _seen(self, rows: "Iterable[_Row[RecordT]]", view: View) -> Iterator[RecordT]:
        for row in rows:
            at, newest = row.versions[-1]
            if at <= view.now:
                yield self._settle(newest, view.as_of) if row.ages else newest
                continue
            older = row.seen(now=view.now)
            if older is not None:
                yield older


def _within(drawer: _Drawer[RecordT], key: str, view: View) -> "list[_Row[RecordT]]":
    rows = drawer.by_key.get(key, [])
    return [
        row
        for row in sorted(rows, key=_created)
        if (view.after is None or _created(row) > view.after)
        and (view.before is None or _created(row) < view.before)
    ]


def _created(row: _Row[RecordT]) -> datetime:
    return row.versions[-1][1].created_at
