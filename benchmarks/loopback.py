# SPDX-License-Identifier: MIT
"""A server that answers at once, in a process of its own, so that only the client is measured.

Or after a delay, as a platform far away does.
"""

import multiprocessing
import socket
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager

__all__ = ["answering"]


@contextmanager
def answering(body: bytes, *, status: int = 200, delay: float = 0.0) -> Generator[str]:
    """Serve one JSON body to every request on loopback, and give the address."""
    # Naming the protocol lets asyncio switch Nagle's delay off, which costs 40 ms otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(256)
    head = (
        f"HTTP/1.1 {status} OK\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    server = multiprocessing.get_context("fork").Process(
        target=_serve, args=(listener, head.encode() + body, delay), daemon=True
    )
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.terminate()
        server.join()
        listener.close()


def _serve(listener: socket.socket, answer: bytes, delay: float) -> None:
    while True:
        connection = listener.accept()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_converse, args=(connection, answer, delay), daemon=True).start()


def _converse(connection: socket.socket, answer: bytes, delay: float) -> None:
    waiting = bytearray()
    while True:
        piece: bytes = connection.recv(65536)
        if not piece:
            return
        waiting += piece
        while (end := waiting.find(b"\r\n\r\n")) >= 0:
            whole = end + 4 + _length(bytes(waiting[:end]))
            if len(waiting) < whole:
                break
            del waiting[:whole]
            if delay:
                time.sleep(delay)
            connection.sendall(answer)


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
