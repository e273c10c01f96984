# SPDX-License-Identifier: MIT
"""Read where a store is kept: a local file or a PostgreSQL database, and nothing else.

A file on a network share is refused. SQLite's write-ahead log lives in memory that the processes
of one machine share (sqlite.org, 'Write-Ahead Logging', section 1), and locks of network file
systems are not kept well enough for payments.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath
from typing import Final, Literal

import sqlalchemy
from sqlalchemy.exc import ArgumentError

from lg_core.errors import ConfigError

__all__ = ["Place", "filesystem_of", "is_share", "mounts_here", "place_of", "refuse_share"]

_MOUNTS: Final = Path("/proc/mounts")
_SHARES: Final = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "drvfs",
        "fuse.beegfs",
        "fuse.ceph",
        "fuse.cephfs",
        "fuse.davfs2",
        "fuse.gcsfuse",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.smbnetfs",
        "fuse.sshfs",
        "fuse.vmhgfs-fuse",
        "gfs2",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "prl_fs",
        "smb2",
        "smb3",
        "smbfs",
        "vboxsf",
        "virtiofs",
        "vmhgfs",
    }
)
"""The file systems of Linux that other machines, or a virtual machine's host, write as well."""

_FORMS: Final = (
    'Give the path of a file such as "pay.db", sqlite:///pay.db, or '
    "postgresql://user@host/database."
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is kept.

    Attributes:
        dialect: the kind of database.
        url: for SQLAlchemy; never printed, since it may hold a password.
        file: the file, of SQLite.
        shown: how it may be printed.
    """

    dialect: Literal["sqlite", "postgresql"]
    url: sqlalchemy.URL = field(repr=False)
    file: Path | None
    shown: str


def place_of(url: str | os.PathLike[str]) -> Place:
    """Read where a store is kept.

    Args:
        url: a path, `sqlite:///file`, or `postgresql://user@host/database`.

    Returns:
        The place. A relative path is one of the present folder, also when that changes later.

    Raises:
        ConfigError: it is none of these, or a database in memory.
    """
    text = os.fspath(url)
    if "://" not in text:
        return _file(text)
    try:
        parsed = sqlalchemy.make_url(text)
    except (ArgumentError, ValueError):
        raise ConfigError(f"The address of the store cannot be read. {_FORMS}") from None
    kind, _, driver = parsed.drivername.partition("+")
    if kind == "sqlite" and driver in {"", "pysqlite"}:
        if parsed.query or parsed.host or parsed.username:
            raise ConfigError(
                "The address of a SQLite store takes a path and nothing else: three strokes and a "
                "relative path (sqlite:///pay.db), or four and an absolute one."
            )
        return _file(parsed.database or "")
    if kind in {"postgresql", "postgres"} and driver in {"", "psycopg"}:
        return _postgresql(parsed)
    if kind in {"postgresql", "postgres"}:
        raise ConfigError(
            "PostgreSQL is reached by psycopg 3 only. Write the address as postgresql://... "
            'without a driver, and install `pip install "lg-core[postgresql]"`.'
        )
    raise ConfigError(f"A store is a SQLite file or a PostgreSQL database. {_FORMS}")


def _file(text: str) -> Place:
    if not text or text == ":memory:" or text.startswith("file:"):
        raise ConfigError(
            "A store cannot be a database in memory: threads and processes would not share it, "
            f"and it would be gone with the process. {_FORMS}"
        )
    path = Path(text).expanduser().absolute()
    return Place(
        "sqlite", sqlalchemy.URL.create("sqlite", database=str(path)), path, f"sqlite:///{path}"
    )


def _postgresql(url: sqlalchemy.URL) -> Place:
    if not url.database:
        raise ConfigError(
            "The address of the store names no database. Write postgresql://user@host/database."
        )
    if "password" in url.query:
        raise ConfigError(
            "The address of the store has its password in the query, where other tools print it. "
            "Write postgresql://user:password@host/database, or set PGPASSWORD or a passfile."
        )
    host = url.host or "local"
    return Place(
        "postgresql",
        url.set(drivername="postgresql+psycopg"),
        None,
        f"postgresql://{host}/{url.database}",
    )


def mounts_here() -> str:
    """Return the system's table of mounts; empty where it has none (macOS, Windows)."""
    return _MOUNTS.read_text(errors="replace") if _MOUNTS.is_file() else ""


def refuse_share(path: Path, *, mounts: str) -> None:
    """Refuse a file that other machines may write as well.

    Args:
        path: an absolute path; the file need not be there.
        mounts: the system's table of mounts.

    Raises:
        ConfigError: it is on a network share, or its folder is missing.
    """
    if not path.parent.is_dir():
        raise ConfigError("The folder for the store's file is missing. Make it, or name another.")
    if is_share(path, mounts=mounts):
        raise ConfigError(
            "The store's file is on a network share, or in a folder that a virtual machine shares "
            "with its host. SQLite cannot guard it there, and writes would be lost. Name a file "
            "on a local disk, or use PostgreSQL where several machines need the store."
        )


def is_share(path: Path, *, mounts: str) -> bool:
    """Say whether a file is on a network share, as far as the system tells.

    Linux tells by its table of mounts, Windows by a path that begins with a server's name. On
    other systems the test is only the write to the file itself.

    Args:
        path: an absolute path; the file need not be there.
        mounts: the system's table of mounts.
    """
    resolved = path.resolve()
    return _names_a_server(str(resolved)) or filesystem_of(resolved, mounts) in _SHARES


def _names_a_server(path: str) -> bool:
    r"""Say whether a path of Windows begins as `\\server\share`."""
    drive = PureWindowsPath(path).drive if path.startswith("\\\\") else ""
    return bool(drive) and not drive.startswith(("\\\\?\\", "\\\\.\\"))


def filesystem_of(path: Path, mounts: str) -> str:
    r"""Say on what kind of file system a path is.

    Args:
        path: an absolute path without links.
        mounts: the text of `/proc/mounts` (proc(5)): device, mount point, type, options; a space
            in a name is written as `\040`.

    Returns:
        The type of the deepest mount point above the path, the last one mounted there.
    """
    best, found = -1, ""
    for point, kind in _mounted(mounts):
        if path.is_relative_to(point) and len(point.parts) >= best:
            best, found = len(point.parts), kind
    return found


def _mounted(mounts: str) -> Iterator[tuple[Path, str]]:
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:  # noqa: PLR2004 -- device, mount point, type
            yield Path(_unescaped(fields[1])), fields[2]


def _unescaped(text: str) -> str:
    for escape, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(escape, character)
    return text
