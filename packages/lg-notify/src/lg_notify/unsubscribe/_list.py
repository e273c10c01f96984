# SPDX-License-Identifier: MIT
"""Who does not want messages, or cannot get them: kept as digests, and asked before each sending.

Each change is one transaction, so a process that dies leaves it whole or not begun; saying it
again changes nothing.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

from lg_core.csv_files import MACHINES, write_rows
from lg_core.errors import InvalidValueError
from lg_core.signatures import RevealsSecret
from lg_core.store import HostConnection, Store
from lg_notify.message import Notification, NotificationStatus
from lg_notify.unsubscribe import _files
from lg_notify.unsubscribe._digests import (
    WAYS,
    checked_list,
    checked_way,
    is_recipient,
    keys_of,
)
from lg_notify.unsubscribe._links import Unsubscription
from lg_notify.unsubscribe._one_list import ListSuppression
from lg_notify.unsubscribe._people import Entry, People
from lg_notify.unsubscribe._rows import (
    TABLE,
    ImportedSuppressions,
    SuppressionCount,
    counted,
    put,
    standing,
)

import sqlalchemy as sa  # isort: skip -- after lg_core.store, which says what to install

__all__ = ["SuppressionList"]


class SuppressionList:
    """Keeps who is not to be written to. Safe to use from several threads.

    A recipient is kept as a digest that is made with a secret of yours, so that who reads the
    database, or a copy of it, cannot find out whom it names by trying every number. The list finds
    people under each of the secrets and adds new ones under the first.

    Args:
        store: where it is kept; its table is made if it is missing.
        secrets: 32 characters or more each; the same as those of the `Links`. Keep every secret
            with which people were added: without it they could not be found again. To bring a
            new one in, give it to every process as the last first, and then as the first.

    Raises:
        ConfigError: a secret is missing with which people on the list were added, so that they
            would be written to; or there is no secret, or one is too short; or the table is of
            another version.
        StoreError: the database could not do what it was asked.
    """

    def __init__(self, store: Store, *, secrets: Sequence[str | RevealsSecret]) -> None:
        self._store = store
        self._people = People(store, keys_of(secrets))

    def __repr__(self) -> str:
        return f"SuppressionList({self._store!r})"

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of the secrets, which do not tell them."""
        return self._people.key_ids

    # ------------------------------------------------------------ asking

    def is_suppressed(self, channel: str, recipient: str, *, list_name: str | None = None) -> bool:
        """Say whether a person is not to be written to.

        Args:
            channel: `email`, `sms` or `letter`.
            recipient: the address or the number, however it is typed. What can be none is not on
                the list.
            list_name: the list that the message belongs to; None asks only about those who want
                no messages of the way at all.

        Returns:
            True where they left the list, or want no messages of the way.

        Raises:
            InvalidValueError: the channel or the list cannot be one.
            StoreError: the database could not do what it was asked.
        """
        way, name = checked_way(channel), checked_list(list_name)
        if not is_recipient(way, recipient):
            return False
        digests = self._people.digests(way, recipient)
        with self._store.read() as connection:
            return bool(standing(connection, channel=way, digests=digests, lists={"", name}))

    def for_list(self, list_name: str) -> "ListSuppression":
        """Return what answers for one list, to give to whoever sends its messages.

        Args:
            list_name: the list.

        Raises:
            InvalidValueError: it can be no name of a list.
        """
        return ListSuppression(self, checked_list(list_name))

    def counts(self) -> tuple[SuppressionCount, ...]:
        """Count the people by way, list and reason.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        with self._store.read() as connection:
            return tuple(counted(connection))

    # ------------------------------------------------------------ changing

    def suppress(
        self,
        channel: str,
        recipient: str,
        *,
        list_name: str | None = None,
        reason: str = "by-hand",
        connection: HostConnection | None = None,
    ) -> bool:
        """Put a person on the list; who is on it stays as they are.

        Args:
            channel: `email`, `sms` or `letter`.
            recipient: the address or the number.
            list_name: the list that they leave; None for all messages of the way.
            reason: a short code, 1 to 80 letters, digits, `_`, `.` and `-`. It is counted by.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            False where they were on it.

        Raises:
            InvalidValueError: a value is wrong; the error names it and does not repeat it.
            StoreError: the database could not do what it was asked.
        """
        way, name = checked_way(channel), checked_list(list_name)
        digests = self._people.digests(way, recipient)
        row = self._people.row(way, digests[0], list_name=name, reason=reason)
        with self._store.begin(connection) as ours:
            if standing(ours, channel=way, digests=digests, lists=[name]):
                return False
            return put(ours, [row]) == 1

    def honour(
        self,
        unsubscription: Unsubscription,
        *,
        reason: str = "unsubscribed",
        connection: HostConnection | None = None,
    ) -> bool:
        """Stop what a link asks for.

        Args:
            unsubscription: what `Links.read` returned.
            reason: a short code.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            False where it was stopped before.

        Raises:
            ConfigError: the list does not have the secret of the link.
            InvalidValueError: the reason is no code.
            StoreError: the database could not do what it was asked.
        """
        self._people.check_keys({unsubscription.key_id})
        row = self._people.row(
            unsubscription.channel,
            unsubscription.digest,
            list_name=unsubscription.list_name or "",
            reason=reason,
        )
        with self._store.begin(connection) as ours:
            return put(ours, [{**row, "key_id": unsubscription.key_id}]) == 1

    def suppress_failures(
        self,
        notification: Notification,
        _receipt: object = None,
        /,
        *,
        list_name: str | None = None,
        connection: HostConnection | None = None,
    ) -> bool:
        """Put the recipient of a message on the list where it can never arrive.

        That is a text or an e-mail that ended as `permanent-failure`: the number or the address
        does not exist (docs, 'Statuses'). The other failures can pass. It takes what `act` is
        given, so it may be the `act` of a worker and a poller, or be called from yours.

        Args:
            notification: the message as it was read.
            list_name: a list; None for all messages of the way.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            True where the recipient was put on the list now.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        recipient = {"email": notification.email_address, "sms": notification.phone_number}.get(
            str(notification.type)
        )
        if notification.status != NotificationStatus.PERMANENT_FAILURE or not recipient:
            return False
        return self.suppress(
            notification.type,
            recipient,
            list_name=list_name,
            reason=NotificationStatus.PERMANENT_FAILURE.value,
            connection=connection,
        )

    def allow_again(
        self,
        channel: str,
        recipient: str,
        *,
        list_name: str | None = None,
        connection: HostConnection | None = None,
    ) -> bool:
        """Take a person off the list, since they asked for messages again.

        Args:
            channel: `email`, `sms` or `letter`.
            recipient: the address or the number.
            list_name: the list that they join again; None for who wanted no messages of the way.
                One does not lift the other.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            False where they were not on it.

        Raises:
            InvalidValueError: a value is wrong; the error names it and does not repeat it.
            StoreError: the database could not do what it was asked.
        """
        way, name = checked_way(channel), checked_list(list_name)
        digests = self._people.digests(way, recipient)
        c = TABLE.c
        return (
            self._people.remove(
                connection, c.channel == way, c.digest.in_(digests), c.list_name == name
            )
            > 0
        )

    # ------------------------------------------------------------ files

    def import_csv(
        self,
        file: BinaryIO,
        *,
        channel: str,
        column: str,
        list_name: str | None = None,
        reason: str = "imported",
        encoding: str | None = None,
    ) -> ImportedSuppressions:
        """Put the people of a file on the list, such as those of the system before this one.

        It is written in parts: where it breaks off, import the file again.

        Args:
            file: open for reading bytes.
            channel: `email`, `sms` or `letter`.
            column: the name of the column with the address or the number.
            list_name: the list that they left; None for all messages of the way.
            reason: a short code.
            encoding: a name that Python knows; None for UTF-8.

        Returns:
            What became of the rows.

        Raises:
            ConfigError: Python does not know the encoding.
            InvalidValueError: the file has no such column or cannot be read, or a value is wrong.
            StoreError: the database could not do what it was asked.
        """
        way, name = checked_way(channel), checked_list(list_name)
        refused: list[int] = []

        def rows() -> Iterator[Entry]:
            for line, recipient in _files.read_recipients(
                file, way=way, column=column, encoding=encoding
            ):
                if recipient is None:
                    refused.append(line)
                else:
                    digests = self._people.digests(way, recipient)
                    yield digests, self._people.row(way, digests[0], list_name=name, reason=reason)

        return self._people.put_all(rows(), refused)

    def export(self, file: BinaryIO) -> int:
        """Write the list to a CSV file for `restore`: digests and codes, no address, no number.

        Args:
            file: open for writing bytes.

        Returns:
            How many rows were written.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        asked = sa.select(*(TABLE.c[name] for name in _files.COLUMNS)).order_by(
            *TABLE.primary_key.columns
        )
        with self._store.read() as connection:
            rows = (tuple(row) for row in connection.execute(asked))
            return write_rows(file, _files.COLUMNS, rows, profile=MACHINES)

    def restore(self, file: BinaryIO) -> ImportedSuppressions:
        """Read a file that `export` wrote, also that of another database.

        It is written in parts: where it breaks off, restore the file again.

        Args:
            file: open for reading bytes.

        Returns:
            What became of the rows.

        Raises:
            ConfigError: the file has people who were added with a secret that is not given here.
            InvalidValueError: it is no such file.
            StoreError: the database could not do what it was asked.
        """
        refused: list[int] = []

        def rows() -> Iterator[Entry]:
            for line, row in _files.read_rows(file):
                if row is None:
                    refused.append(line)
                else:
                    self._people.check_keys({row["key_id"]})
                    yield [row["digest"]], row

        return self._people.put_all(rows(), refused)

    # ------------------------------------------------------------ forgetting

    def erase(self, recipient: str, *, connection: HostConnection | None = None) -> int:
        """Remove every trace of a person. They can be written to again.

        To honour an objection for good, leave the digest here: it is the least that must be kept
        for that.

        Args:
            recipient: an address or a number.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            How many rows were removed.

        Raises:
            StoreError: the database could not do what it was asked.
        """
        names = [
            sa.and_(
                TABLE.c.channel == way, TABLE.c.digest.in_(self._people.digests(way, recipient))
            )
            for way in WAYS
            if is_recipient(way, recipient)
        ]
        return self._people.remove(connection, sa.or_(sa.false(), *names))

    def purge(
        self, *, before: datetime, reason: str, connection: HostConnection | None = None
    ) -> int:
        """Remove people who were put on the list for a reason before an instant.

        Nothing leaves the list by itself. A number that failed for good may be somebody else's
        after a year; who unsubscribed stays until they ask for messages again.

        Args:
            before: aware.
            reason: the code, such as `permanent-failure`.
            connection: a transaction to join; see `Store.begin`.

        Returns:
            How many rows were removed.

        Raises:
            InvalidValueError: the instant has no time zone.
            StoreError: the database could not do what it was asked.
        """
        if before.tzinfo is None:
            raise InvalidValueError(
                "before must have a time zone: use datetime.now(UTC).", field="before", code="naive"
            )
        return self._people.remove(connection, TABLE.c.since < before, TABLE.c.reason == reason)
