# SPDX-License-Identifier: MIT
import io
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from databases import sqlite_url
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from notify.callback_bodies import a_notification
from notify.lent_databases import lent_url

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.store import Store
from lg_notify.unsubscribe import (
    ImportedSuppressions,
    Links,
    SuppressionCount,
    SuppressionList,
)
from lg_notify.unsubscribe._rows import TABLE

__all__ = ["lent_url"]

SECRET = "zebra-crossing-secret-of-32-characters"
OLD = "an-older-secret-of-at-least-32-characters"
ADDRESS = "gwenllian.quill@example.org"
NUMBER = "07700 900123"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(lent_url: str) -> Iterator[Store]:
    """An empty database, of each kind in turn."""
    with Store(lent_url, now=lambda: NOW) as store:
        yield store


@pytest.fixture
def local_store(tmp_path: Path) -> Iterator[Store]:
    """An empty file."""
    with Store(sqlite_url(tmp_path), now=lambda: NOW) as store:
        yield store


def a_list(store: Store, *secrets: str) -> SuppressionList:
    """Return the list of a store."""
    return SuppressionList(store, secrets=secrets or [SECRET])


def all_text(store: Store) -> str:
    """Return all that the table holds."""
    with store.read() as connection:
        return repr(connection.execute(sqlalchemy.select(TABLE)).all())


# ------------------------------------------------------------------ asking and changing


def test_who_said_no_is_found_however_they_are_written(store: Store) -> None:
    """In capitals, with the code of the country; another person and another way are not."""
    suppressions = a_list(store)

    assert suppressions.suppress("sms", NUMBER)
    assert not suppressions.suppress("sms", "+44 7700 900 123", reason="again")
    assert suppressions.suppress("email", f" {ADDRESS.upper()} ")
    assert suppressions.is_suppressed("sms", "447700900123")
    assert suppressions.is_suppressed("email", ADDRESS)
    assert not suppressions.is_suppressed("letter", ADDRESS)
    assert not suppressions.is_suppressed("sms", "07700 900124")
    assert [1, 1] == [each.count for each in suppressions.counts()]


def test_a_list_is_left_alone_and_all_messages_are_left_with_all(store: Store) -> None:
    """Who left one list gets the others; who wants nothing gets none of them."""
    suppressions = a_list(store)
    news, bins = suppressions.for_list("news"), suppressions.for_list("bins")
    suppressions.suppress("email", ADDRESS, list_name="news")

    assert (True, False, False) == (
        news.is_suppressed("email", ADDRESS),
        bins.is_suppressed("email", ADDRESS),
        suppressions.is_suppressed("email", ADDRESS),
    )
    suppressions.suppress("email", ADDRESS)
    assert bins.is_suppressed("email", ADDRESS)


def test_who_asks_for_messages_again_gets_them(store: Store) -> None:
    """Of the list that they name; leaving all is lifted by itself."""
    suppressions = a_list(store)
    for name in (None, "news"):
        suppressions.suppress("email", ADDRESS, list_name=name)

    assert suppressions.allow_again("email", ADDRESS.upper())
    assert not suppressions.allow_again("email", ADDRESS)
    assert not suppressions.is_suppressed("email", ADDRESS)
    assert suppressions.is_suppressed("email", ADDRESS, list_name="news")
    assert suppressions.allow_again("email", ADDRESS, list_name="news")
    assert () == suppressions.counts()


def test_the_table_tells_nobody(store: Store) -> None:
    """Neither the address and the number, nor their digits, nor a digest without the secret."""
    suppressions = a_list(store)
    suppressions.suppress("sms", NUMBER)
    suppressions.suppress("email", ADDRESS)

    text = all_text(store)
    assert not any(each in text for each in ("7700900123", "gwenllian", "example"))
    own, other = (
        a_list(store, *each)._people.digests("sms", NUMBER) for each in ([SECRET], [OLD, SECRET])
    )
    assert own[0] in text
    assert other[0] not in text


class Model(RuleBasedStateMachine):
    """The list beside a set, in a file."""

    people = st.sampled_from([
        ("email", ADDRESS), ("email", "b@example.org"), ("sms", NUMBER), ("sms", "07700900124"),
        ("letter", "1 High Street, ZQ9 8XT"),
    ])  # fmt: skip
    lists = st.sampled_from([None, "news", "bins"])

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = Store(sqlite_url(Path(self.folder.name)))
        self.secrets = [SECRET]
        self.suppressions = SuppressionList(self.store, secrets=self.secrets)
        self.model: set[tuple[str, str, str | None]] = set()

    @rule(person=people, name=lists)
    def suppress(self, person: tuple[str, str], name: str | None) -> None:
        """Put on the list."""
        new = (*person, name) not in self.model
        assert new is self.suppressions.suppress(*person, list_name=name)
        self.model.add((*person, name))

    @rule(person=people, name=lists)
    def follow(self, person: tuple[str, str], name: str | None) -> None:
        """Follow a link of the newest secret."""
        links = Links(self.secrets, base_url="https://a.example.gov.uk")
        token = links.link_for(*person, list_name=name).rpartition("/")[2]
        self.suppressions.honour(links.read(token))
        self.model.add((*person, name))

    @rule(person=people, name=lists)
    def allow(self, person: tuple[str, str], name: str | None) -> None:
        """Take off the list."""
        there = (*person, name) in self.model
        assert there is self.suppressions.allow_again(*person, list_name=name)
        self.model.discard((*person, name))

    @rule(person=people)
    def erase(self, person: tuple[str, str]) -> None:
        """Forget a person."""
        assert self.suppressions.erase(person[1]) >= sum(m[:2] == person for m in self.model)
        self.model = {each for each in self.model if each[1] != person[1]}

    @rule()
    def rotate(self) -> None:
        """Bring a new secret in, and keep the old ones."""
        self.secrets = [f"{SECRET}-{len(self.secrets)}", *self.secrets]
        self.suppressions = SuppressionList(self.store, secrets=self.secrets)

    @rule()
    def move(self) -> None:
        """Go to another database by file."""
        file = io.BytesIO()
        count = self.suppressions.export(file)
        file.seek(0)
        self.store.close()
        self.store = Store(sqlite_url(Path(self.folder.name)))
        self.suppressions = SuppressionList(self.store, secrets=self.secrets)
        done = self.suppressions.restore(file)
        assert ImportedSuppressions(count, count, 0) == done

    @rule(person=people, name=lists)
    def ask(self, person: tuple[str, str], name: str | None) -> None:
        """Ask, as who sends does."""
        wanted = bool({(*person, None), (*person, name)} & self.model)
        assert wanted is self.suppressions.is_suppressed(*person, list_name=name)

    def teardown(self) -> None:
        """Close the file."""
        self.store.close()
        self.folder.cleanup()


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=examples(25), stateful_step_count=25)


def test_a_change_stands_or_falls_with_the_hosts_transaction(lent_url: str) -> None:
    """A host that rolls back has suppressed nobody."""
    with Store(lent_url) as store:
        suppressions = a_list(store)

        def fail() -> None:
            with store.begin() as connection:
                suppressions.suppress("sms", NUMBER, connection=connection)
                suppressions.suppress("email", ADDRESS, connection=connection)
                raise TimeoutError

        with pytest.raises(TimeoutError):
            fail()
        assert () == suppressions.counts()
        with store.begin() as connection:
            suppressions.suppress("sms", NUMBER, connection=connection)
            suppressions.allow_again("sms", NUMBER, connection=connection)
            suppressions.suppress("email", ADDRESS, connection=connection)
            suppressions.erase(ADDRESS, connection=connection)

        assert () == suppressions.counts()


def test_a_host_with_a_plain_connection_is_joined(tmp_path: Path) -> None:
    """As a service does that keeps its own tables with sqlite3."""
    url = sqlite_url(tmp_path)
    with Store(url) as store:
        suppressions = a_list(store)
        host = sqlite3.connect(url.removeprefix("sqlite:///"))
        with host:
            suppressions.suppress("sms", NUMBER, connection=host)
        host.close()

        assert suppressions.is_suppressed("sms", NUMBER)


# ------------------------------------------------------------------ secrets


def test_a_list_is_not_opened_without_a_secret_that_it_needs(store: Store) -> None:
    """People would be written to who said no, and nobody would notice."""
    a_list(store, OLD).suppress("sms", NUMBER)

    with pytest.raises(ConfigError) as caught:
        a_list(store, SECRET)

    assert "secrets" == caught.value.setting
    both = a_list(store, SECRET, OLD)
    assert both.is_suppressed("sms", NUMBER)
    assert not both.suppress("sms", NUMBER)
    assert both.allow_again("sms", NUMBER)
    assert a_list(store, SECRET).key_ids != both.key_ids


def test_a_link_of_another_secret_is_refused(local_store: Store) -> None:
    """What it asks for would not be found again."""
    links = Links([OLD], base_url="https://a.example.gov.uk")
    token = links.link_for("email", ADDRESS).rpartition("/")[2]

    with pytest.raises(ConfigError):
        a_list(local_store).honour(links.read(token))


# ------------------------------------------------------------------ failures


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "permanent-failure"}, True),
        ({"status": "permanent-failure", "type": "email", "email_address": ADDRESS}, True),
        ({"status": "permanent-failure", "type": "letter", "line_1": "A B"}, False),
        ({"status": "permanent-failure", "phone_number": None}, False),
        ({"status": "temporary-failure"}, False),
        ({"status": "technical-failure"}, False),
        ({"status": "delivered"}, False),
        ({"status": "brand-new"}, False),
    ],
)
def test_only_what_can_never_arrive_is_suppressed(
    changes: dict[str, Any], local_store: Store, *, expected: bool
) -> None:
    """A telephone that is off today is on tomorrow; a letter that is not printed has a reason."""
    suppressions = a_list(local_store)

    assert expected is suppressions.suppress_failures(a_notification(**changes), None)
    assert expected is bool(suppressions.counts())


def test_a_failure_is_suppressed_under_its_reason(local_store: Store) -> None:
    """So that it can be purged when numbers have changed hands."""
    suppressions = a_list(local_store)
    suppressions.suppress_failures(a_notification(status="permanent-failure"), list_name="bins")

    assert (SuppressionCount("sms", "bins", "permanent-failure", 1),) == suppressions.counts()


# ------------------------------------------------------------------ files


def test_a_file_of_another_system_is_imported(store: Store) -> None:
    """Each person once, by any spelling; a line without a recipient is named by its number."""
    suppressions = a_list(store)
    suppressions.suppress("email", "known@example.org", list_name="news")
    rows = [f"{each}@example.org,x" for each in range(1_200)]
    rows += ["5@EXAMPLE.org,x", "known@example.org,x", ",x", "nobody,x", "a@example.org", ""]
    file = io.BytesIO("\r\n".join(["email address,name", *rows]).encode())

    done = suppressions.import_csv(file, channel="email", column="email address", list_name="news")

    assert ImportedSuppressions(1_205, 1_200, 2, (1204, 1205, 1206)) == done
    assert suppressions.is_suppressed("email", "1199@example.org", list_name="news")
    file.seek(0)
    again = suppressions.import_csv(file, channel="email", column="email address", list_name="news")
    assert (0, 1_202) == (again.added, again.known)


def test_an_import_after_a_new_secret_adds_nobody_twice(local_store: Store) -> None:
    """Who is on the list under the old one is known."""
    file = io.BytesIO(b"phone number\n07700900123\n07700900124\n")
    options: dict[str, Any] = {"channel": "sms", "column": "phone number"}
    a_list(local_store, OLD).import_csv(file, **options)
    file.seek(0)

    done = a_list(local_store, SECRET, OLD).import_csv(file, **options)

    assert ImportedSuppressions(2, 0, 2) == done


def test_a_file_without_the_column_is_refused(local_store: Store) -> None:
    """Nothing is guessed, and the header, which may be a row of people, is not repeated."""
    with pytest.raises(InvalidValueError) as caught:
        a_list(local_store).import_csv(
            io.BytesIO(f"{ADDRESS}\n".encode()), channel="email", column="email"
        )

    assert "column" == caught.value.field
    assert ADDRESS not in str(caught.value)


def test_the_file_of_another_database_is_restored_line_by_line(local_store: Store) -> None:
    """A line that is none of ours is named; one of a secret that is not here stops it."""
    header = "channel,digest,list_name,key_id,reason,since"
    suppressions = a_list(local_store)
    suppressions.suppress("email", ADDRESS, list_name="news")
    file = io.BytesIO()
    assert 1 == suppressions.export(file)
    good = file.getvalue().decode().splitlines()[1]
    cells = good.split(",")
    wrong = [
        ",".join([*cells[:at], value, *cells[at + 1 :]])
        for at, value in enumerate(["pigeon", "x", "a b", "x", "a b", "2026-01-01"])
    ]
    wrong += ["x", ",".join([*cells[:5], "yesterday"])]
    text = "\n".join([header, *wrong, good])

    done = suppressions.restore(io.BytesIO(text.encode()))

    assert ImportedSuppressions(9, 0, 1, tuple(range(2, 10))) == done
    foreign = ",".join([*cells[:3], "00000000", *cells[4:]])
    with pytest.raises(ConfigError):
        suppressions.restore(io.BytesIO(f"{header}\n{foreign}\n".encode()))
    with pytest.raises(InvalidValueError) as caught:
        suppressions.restore(io.BytesIO(b"email\na@example.org\n"))
    assert "file" == caught.value.field


# ------------------------------------------------------------------ forgetting


def test_a_person_is_erased_from_all_lists(store: Store) -> None:
    """Under every secret, and nobody else with them."""
    a_list(store, OLD).suppress("email", ADDRESS, list_name="news")
    suppressions = a_list(store, SECRET, OLD)
    suppressions.suppress("email", ADDRESS)
    suppressions.suppress("email", "b@example.org")

    assert 2 == suppressions.erase(ADDRESS.upper())
    assert 0 == suppressions.erase("")
    assert suppressions.is_suppressed("email", "b@example.org")
    assert 1 == sum(each.count for each in suppressions.counts())


def test_only_what_is_named_is_purged(store: Store) -> None:
    """A failure of last year may go; who said no stays."""
    suppressions = a_list(store)
    suppressions.suppress("email", ADDRESS, reason="unsubscribed")
    suppressions.suppress("sms", NUMBER, reason="permanent-failure")

    assert 0 == suppressions.purge(before=NOW, reason="permanent-failure")
    assert 1 == suppressions.purge(before=NOW + timedelta(1), reason="permanent-failure")
    assert suppressions.is_suppressed("email", ADDRESS)
    with pytest.raises(InvalidValueError) as caught:
        suppressions.purge(before=datetime(2026, 1, 1), reason="x")  # noqa: DTZ001 -- as it says
    assert "before" == caught.value.field


# ------------------------------------------------------------------ values that cannot be


def test_what_can_be_no_recipient_is_on_no_list(local_store: Store) -> None:
    """Asking never fails for a recipient: a worker goes on, and Notify says what is wrong."""
    suppressions = a_list(local_store)

    @given(st.text(max_size=30))
    def asks(text: str) -> None:
        assert not suppressions.is_suppressed("email", text)

    asks()


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("channel", {"channel": "pigeon"}),
        ("recipient", {"recipient": "gwenllian"}),
        ("list_name", {"list_name": ADDRESS}),
        ("reason", {"reason": f"asked by {ADDRESS}"}),
        ("reason", {"reason": ""}),
    ],
)
def test_what_cannot_be_kept_is_named_and_not_repeated(
    field: str, change: dict[str, str], local_store: Store
) -> None:
    """A reason is a code, since it is counted and printed."""
    values = {"channel": "email", "recipient": ADDRESS, **change}
    with pytest.raises(InvalidValueError) as caught:
        a_list(local_store).suppress(**values)

    assert field == caught.value.field
    assert "gwenllian" not in str(caught.value)


def test_a_list_is_printed_as_its_store(local_store: Store) -> None:
    """No secret and nobody on it."""
    assert f"SuppressionList({local_store!r})" == repr(a_list(local_store))
