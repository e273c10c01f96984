"""lg_core after os.fork: connections are not shared, and no lock is left held."""

import contextlib
import json
import os
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest
from core.platform_app import Thing, authorise, get_thing, platform
from core.wire_servers import Talk, answer, server

from lg_core import _fork
from lg_core.clients import ApiClient, AsyncApiClient
from lg_core.limits import Limiter, Rate
from lg_core.network import Network

PATIENCE = 20.0

# Python 3.12 and later warn of what is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")


def in_a_child(work: Callable[[], object]) -> tuple[int, int]:
    """Do something in a forked child.

    Args:
        work: what to do there; what it returns is written as JSON.

    Returns:
        The child's process id, and the end of a pipe from which its result is read.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    # In the child: whatever happens, nothing of pytest may run here.
    try:
        os.close(reading)
        os.write(writing, json.dumps(work()).encode())
    except BaseException as error:  # noqa: BLE001 -- told to the parent, which fails
        os.write(writing, json.dumps(repr(error)).encode())
    finally:
        os._exit(0)


def result_of(child: int, reading: int) -> object:
    """Wait for a child and return what it did; a child that does not end is a failure."""
    done: list[bytes] = []

    def read() -> None:
        with os.fdopen(reading, "rb") as pipe:
            done.append(pipe.read())

    reader = threading.Thread(target=read)
    reader.start()
    reader.join(PATIENCE)
    if not done:
        os.kill(child, 9)
        reader.join()
    os.waitpid(child, 0)
    assert done != [b""], "the child did not end"
    return json.loads(done[0])


def echo(talk: Talk) -> None:
    """Answer each request with the number it asks for, a little later, so that answers can mix."""
    while request := talk.request():
        number = int(request.split(b" ")[1].rpartition(b"/")[2])
        talk.stopped.wait(0.002)
        body = json.dumps({"number": number, "name": f"thing {number}"}).encode()
        talk.send(answer(body, "Content-Type: application/json"))


def numbers_asked(client: ApiClient, start: int) -> list[int]:
    """Ask for thirty things, and return the numbers that came."""
    return [client.exchange(get_thing(start + n)).value.number for n in range(30)]


def client_of(url: str) -> ApiClient:
    """Build a client."""
    return ApiClient(
        platform(), base_url=url, authorise=authorise, network=Network(trust_env=False)
    )


def test_a_client_of_the_parent_mixes_no_answers_in_its_children() -> None:
    """Four children and their parent use one client at once: each gets only its own answers."""
    with server(echo) as place, client_of(place.url) as client:
        assert list(range(1000, 1030)) == numbers_asked(client, 1000)
        children = [
            in_a_child(lambda start=start: numbers_asked(client, start))
            for start in (2000, 3000, 4000, 5000)
        ]
        own = numbers_asked(client, 6000)
        results = [result_of(*child) for child in children]
        after = numbers_asked(client, 7000)
        connections = place.connections

    assert list(range(6000, 6030)) == own
    assert [list(range(start, start + 30)) for start in (2000, 3000, 4000, 5000)] == results
    assert list(range(7000, 7030)) == after
    # One of each child, and the parent's own, which it may have opened again: it ends when idle.
    assert 5 <= connections <= 7


def test_a_client_first_used_in_children_connects_there() -> None:
    """A client that was built and not used before the fork is used in parent and child."""
    with server(echo) as place, client_of(place.url) as client:
        child = in_a_child(lambda: numbers_asked(client, 2000))
        own = numbers_asked(client, 1000)
        result = result_of(*child)

    assert list(range(1000, 1030)) == own
    assert list(range(2000, 2030)) == result


async def ask(client: AsyncApiClient, start: int) -> list[int]:
    """Ask for ten things, and return the numbers that came."""
    things: list[Thing] = [(await client.exchange(get_thing(start + n))).value for n in range(10)]
    return [thing.number for thing in things]


async def ask_and_close(client: AsyncApiClient, start: int) -> list[int]:
    """Ask for ten things, and close the client."""
    async with client:
        return await ask(client, start)


def async_client_of(url: str) -> AsyncApiClient:
    """Build an asynchronous client."""
    return AsyncApiClient(
        platform(), base_url=url, authorise=authorise, network=Network(trust_env=False)
    )


def test_an_asynchronous_client_first_used_in_children_connects_there() -> None:
    """The same for a client of a program that starts its loop after it forked."""
    import anyio

    with server(echo) as place:
        client = async_client_of(place.url)
        child = in_a_child(lambda: anyio.run(ask_and_close, client, 2000))
        own = anyio.run(ask_and_close, client, 1000)
        result = result_of(*child)

    assert list(range(1000, 1010)) == own
    assert list(range(2000, 2010)) == result


def test_an_asynchronous_client_is_used_in_a_child_with_a_loop_of_its_own() -> None:
    """Parent and child each run an event loop over one client, and mix no answers."""
    import anyio

    async def around(client: AsyncApiClient, fork: Callable[[], tuple[int, int]]) -> list[int]:
        before = await ask(client, 1000)
        forked.append(fork())
        async with client:
            return before + await ask(client, 1010)

    forked: list[tuple[int, int]] = []
    with server(echo) as place:
        client = async_client_of(place.url)

        def in_a_thread_of_its_own() -> object:
            # asyncio refuses a second loop in the thread that was forked while one ran.
            came: list[object] = []
            thread = threading.Thread(
                target=lambda: came.append(anyio.run(ask_and_close, client, 2000))
            )
            thread.start()
            thread.join()
            return came[0]

        own = anyio.run(around, client, lambda: in_a_child(in_a_thread_of_its_own))
        result = result_of(*forked[0])

    assert list(range(1000, 1020)) == own
    assert list(range(2000, 2010)) == result


def test_closing_a_client_in_a_child_leaves_the_parents_connection_open() -> None:
    """A child that closes its copy does not speak on the parent's connection."""
    with server(echo) as place, client_of(place.url) as client:
        numbers_asked(client, 1000)

        def use_and_close() -> list[int]:
            with client:
                return numbers_asked(client, 2000)

        result = result_of(*in_a_child(use_and_close))
        after = numbers_asked(client, 3000)
        connections = place.connections

    assert list(range(2000, 2030)) == result
    assert list(range(3000, 3030)) == after
    assert 2 == connections


def test_closing_an_unused_client_in_a_child_leaves_the_parents_connection_open() -> None:
    """The same where the child makes no call before it closes: nothing is sent on the parent's."""
    with server(echo) as place, client_of(place.url) as client:
        numbers_asked(client, 1000)
        assert result_of(*in_a_child(client.close)) is None
        after = numbers_asked(client, 3000)
        connections = place.connections

    assert list(range(3000, 3030)) == after
    assert 1 == connections


@contextmanager
def held(lock: contextlib.AbstractContextManager[object]) -> Generator[None]:
    """Let another thread hold a lock."""
    taken, release = threading.Event(), threading.Event()

    def hold() -> None:
        with lock:
            taken.set()
            release.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert taken.wait(PATIENCE)
    try:
        yield
    finally:
        release.set()
        thread.join()


def test_a_limiter_whose_lock_was_held_at_the_fork_serves_the_child() -> None:
    """The thread that held the lock is not in the child, so nobody would ever release it."""
    limiter = Limiter({"get": Rate(2, 60.0)}, clock=lambda: 0.0)
    limiter.reserve("get", max_wait=0)
    with held(limiter._lock):
        child = in_a_child(lambda: [limiter.reserve("get", max_wait=100) for _ in range(2)])
        result = result_of(*child)

    assert [0.0, 60.0] == result
    assert 0.0 == limiter.reserve("get", max_wait=0)


def test_a_client_whose_lock_was_held_at_the_fork_serves_the_child() -> None:
    """A fork while another thread makes the transport does not stop the child's first call."""
    with server(echo) as place, client_of(place.url) as client:
        with held(client._connection._lock):
            result = result_of(*in_a_child(lambda: numbers_asked(client, 2000)))
        own = numbers_asked(client, 1000)

    assert list(range(2000, 2030)) == result
    assert list(range(1000, 1030)) == own


def test_the_generation_changes_in_a_child_and_its_child() -> None:
    """A number tells how often a process was forked since lg_core was imported."""
    here = _fork.generation()

    def in_turn() -> object:
        return [_fork.generation(), result_of(*in_a_child(_fork.generation))]

    assert [here + 1, here + 2] == result_of(*in_a_child(in_turn))
    assert here == _fork.generation()
