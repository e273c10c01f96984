"""lg_core.store: where a store may be kept, and what is refused."""

import pickle
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy
from core.test_store import SCHEMA
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_core.store import Store, StoreError, StoreFault, _engine, _places


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", ":memory:", "file::memory:"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    """The error says that it would not be shared."""
    with pytest.raises(ConfigError, match="would not share it"):
        Store(url)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://u:hunter2zq@host/pay", "SQLite file or a PostgreSQL"),
        ("postgresql+psycopg2://u:hunter2zq@host/pay", "psycopg 3 only"),
        ("postgresql://u:hunter2zq@host", "names no database"),
        ("postgresql://u@host/pay?password=hunter2zq", "in the query"),
        ("postgresql://u:hunter2zq@host:port/pay", "cannot be read"),
        ("sqlite:///pay.db?mode=hunter2zq", "a path and nothing else"),
        ("sqlite://hunter2zq/pay.db", "a path and nothing else"),
        ("sqlite+aiosqlite:///pay.db", "SQLite file or a PostgreSQL"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(url: str, says: str) -> None:
    """The error says what to write, and nothing of what was written."""
    with pytest.raises(ConfigError, match=says) as caught:
        Store(url)

    assert "hunter2zq" not in repr(caught.value) + repr(caught.value.__context__)


def test_a_password_is_never_printed() -> None:
    """The repr names kind, host and database."""
    store = Store("postgres://user:hunter2zq@db.internal:5433/pay")

    assert "Store('postgresql://db.internal/pay')" == repr(store)
    assert "hunter2zq" not in repr(store._place)
    assert "postgresql" == store.dialect


def test_a_path_stays_the_same_when_the_folder_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path is read once, and `sqlite:///` and a bare path mean the same."""
    monkeypatch.chdir(tmp_path)
    stores = [Store("a.db"), Store("sqlite:///a.db"), Store(Path("a.db"))]
    monkeypatch.chdir("/")

    assert {f"Store('sqlite:///{tmp_path}/a.db')"} == {repr(store) for store in stores}


def test_a_folder_that_is_missing_is_named_as_such(tmp_path: Path) -> None:
    """SQLite would only say that it cannot open the file."""
    with pytest.raises(ConfigError, match="folder for the store's file is missing"):
        Store(tmp_path / "missing" / "a.db").prepare(SCHEMA)


MOUNTS = """\
proc /proc proc rw 0 0
/dev/vda / ext4 rw 0 0
server:/export /srv/nfs nfs4 rw 0 0
//server/share /srv/my\\040share cifs rw 0 0
/dev/vdb /srv/nfs/local ext4 rw 0 0
sshfs /srv/over fuse.sshfs rw 0 0
tmpfs /srv/over tmpfs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/pay.db", "ext4"),
        ("/srv/nfs/pay.db", "nfs4"),
        ("/srv/nfs2/pay.db", "ext4"),
        ("/srv/my share/deep/pay.db", "cifs"),
        ("/srv/nfs/local/pay.db", "ext4"),
        ("/srv/over/pay.db", "tmpfs"),
    ],
)
def test_the_deepest_mount_point_tells_the_file_system(path: str, kind: str) -> None:
    """Of two at one point the last counts, and a name that only begins alike does not."""
    assert kind == _places.filesystem_of(Path(path), MOUNTS)


@given(st.text())
def test_any_table_of_mounts_can_be_read(mounts: str) -> None:
    """Whatever stands in it, a file system is named or nothing is."""
    assert isinstance(_places.filesystem_of(Path("/a/b"), mounts), str)


def test_a_network_share_is_refused(tmp_path: Path) -> None:
    """The error says why, and what to use instead."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "shared")
    mounts = f"/dev/vda / ext4 rw 0 0\nserver:/export {tmp_path}/shared nfs4 rw 0 0\n"
    for folder in ("shared", "link"):
        with pytest.raises(ConfigError, match="network share"):
            _places.refuse_share(tmp_path / folder / "a.db", mounts=mounts)

    _places.refuse_share(tmp_path / "a.db", mounts=mounts)
    _places.refuse_share(tmp_path / "a.db", mounts="")


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (r"\\server\share\pay.db", True),
        (r"\\?\C:\pay.db", False),
        (r"\\.\pipe\x\pay.db", False),
        (r"C:\pay.db", False),
        ("/srv/pay.db", False),
        ("//srv/share/pay.db", False),
    ],
)
def test_a_path_of_windows_that_names_a_server_is_a_share(path: str, *, names: bool) -> None:
    """A drive letter, a device and a path of another system are none."""
    assert names == _places._names_a_server(path)


def test_a_file_that_may_not_be_written_is_refused(tmp_path: Path) -> None:
    """The first use writes, so the fault shows at once and not with the first payment."""
    with Store(tmp_path / "a.db") as store:
        store.prepare(SCHEMA)
    url = sqlalchemy.URL.create(
        "sqlite", database=f"file:{tmp_path}/a.db", query={"mode": "ro", "uri": "true"}
    )
    place = _places.Place("sqlite", url, tmp_path / "a.db", "shown")
    with pytest.raises(StoreError) as caught:
        _engine.open_engine(place, write=True)

    assert StoreFault.READ_ONLY == caught.value.fault


def test_a_file_system_without_a_write_ahead_log_is_refused() -> None:
    """SQLite says which journal it uses; where it is another, the store is not safe."""
    with sqlite3.connect(":memory:") as raw, pytest.raises(ConfigError, match="write-ahead log"):
        _engine._write_ahead(raw)
    raw.close()


def test_sqlite_is_set_up_so_that_nothing_is_lost(tmp_path: Path) -> None:
    """Write-ahead log, a wait for the disk at each commit, foreign keys, and erasing for good."""
    with Store(tmp_path / "a.db") as store, store.begin() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }

    assert {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
    } == settings


def test_a_store_is_not_pickled(tmp_path: Path) -> None:
    """It holds connections, and its address may hold a password."""
    with pytest.raises(TypeError, match="Build it where it is used"):
        pickle.dumps(Store(tmp_path / "a.db"))


def test_a_file_that_others_switch_at_once_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses the switch to the write-ahead log at once; the store tries again."""
    file = tmp_path / "a.db"
    with (
        closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other,
        closing(sqlite3.connect(file, timeout=0)) as raw,
    ):
        other.execute("CREATE TABLE t (x)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            _engine._write_ahead(raw, patience=0.0)
        release = threading.Timer(0.05, other.execute, args=("COMMIT",))
        release.start()
        _engine._write_ahead(raw)
        release.join()

        assert ("wal",) == raw.execute("PRAGMA journal_mode").fetchone()
