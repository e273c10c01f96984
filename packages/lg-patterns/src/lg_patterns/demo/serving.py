# SPDX-License-Identifier: MIT
"""Serve endpoints on loopback under Starlette, Flask or Django, in a thread of this process."""

import socket
import sys
import threading
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from lg_core.endpoints import Endpoint
from lg_core.errors import ConfigError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["Framework", "Served", "loopback_socket"]

_READY_SECONDS = 10.0
_WAITING = 64


class Framework(StrEnum):
    """A web framework that the service can stand in."""

    STARLETTE = "starlette"
    FLASK = "flask"
    DJANGO = "django"


class _Server(Protocol):
    def start(self) -> None: ...
    def stop(self) -> None: ...


def loopback_socket(port: int = 0) -> socket.socket:
    """Listen on this machine alone.

    Args:
        port: the port; any free one when 0.

    Returns:
        The socket. A request that comes before a server takes it up waits, and is not lost.

    Raises:
        ConfigError: the port is taken.
    """
    # Named as TCP: a server turns Nagle's delay off only on a socket that says what it is.
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # where the option would let two programs have one port
        # A port that was left a moment ago is free, and not held for the last connections' sake.
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(("127.0.0.1", port))
        made.listen(_WAITING)
    except OSError:
        made.close()
        raise ConfigError(f"Port {port} is taken. Choose another with --port.") from None
    return made


class Served:
    """A service on loopback, until it is left.

    Args:
        listening: the socket.
        endpoints: what to serve.
        prefix: where.
        framework: under which web framework.

    Raises:
        ConfigError: the framework is not installed.
    """

    def __init__(
        self,
        listening: socket.socket,
        *,
        endpoints: Sequence[Endpoint],
        prefix: str,
        framework: Framework,
    ) -> None:
        try:
            self._server = _SERVERS[framework](listening, endpoints, prefix)
        except ModuleNotFoundError as missing:
            name = (missing.name or "").partition(".")[0]
            if name not in {"starlette", "uvicorn", "flask", "werkzeug", "django"}:
                raise
            raise ConfigError(
                f'{framework} is not installed: pip install "lg-patterns[demo,{framework}]"'
            ) from missing

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()


class _Uvicorn:
    def __init__(self, listening: socket.socket, app: "ASGIApp") -> None:
        import uvicorn  # noqa: PLC0415 -- comes with an extra

        config = uvicorn.Config(
            app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._listening = listening
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(_READY_SECONDS)
        self._listening.close()


def _starlette(listening: socket.socket, endpoints: Sequence[Endpoint], prefix: str) -> _Server:
    from starlette.applications import Starlette  # noqa: PLC0415 -- comes with an extra

    from lg_web.starlette import mount  # noqa: PLC0415 -- as above

    app = Starlette()
    mount(app, endpoints, prefix=prefix)
    return _Uvicorn(listening, app)


class _Werkzeug:
    def __init__(
        self, listening: socket.socket, endpoints: Sequence[Endpoint], prefix: str
    ) -> None:
        from flask import Flask  # noqa: PLC0415 -- comes with an extra
        from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415 -- as above

        from lg_web.flask import mount  # noqa: PLC0415 -- as above

        class Quiet(WSGIRequestHandler):
            """Writes no line for a request: its path may hold a case's id."""

            def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
                """Write nothing."""

        app = Flask("lg_patterns.demo", static_folder=None)
        mount(app, endpoints, prefix=prefix)
        self._server = make_server(
            "127.0.0.1",
            listening.getsockname()[1],
            app,
            threaded=True,
            request_handler=Quiet,
            fd=listening.fileno(),
        )
        listening.close()  # the server has its own copy
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join(_READY_SECONDS)
        self._server.server_close()


def _django(listening: socket.socket, endpoints: Sequence[Endpoint], prefix: str) -> _Server:
    from types import ModuleType  # noqa: PLC0415 -- for Django alone

    import django  # noqa: PLC0415 -- comes with an extra
    from django.conf import settings  # noqa: PLC0415 -- as above
    from django.core.handlers import asgi  # noqa: PLC0415 -- as above

    from lg_web.django import mount  # noqa: PLC0415 -- as above

    if not settings.configured:
        settings.configure(  # pyright: ignore[reportUnknownMemberType]  # Django has no types
            DEBUG=False,
            ALLOWED_HOSTS=["127.0.0.1", "localhost"],
            ROOT_URLCONF=__name__,  # each request brings its own
            SECRET_KEY="a-demonstration-signs-nothing",  # noqa: S106 -- nothing is signed with it
            MIDDLEWARE=[],
            USE_TZ=True,
        )
        django.setup()
    patterns: list[object] = []
    mount(patterns, endpoints, prefix=prefix)
    urls = ModuleType("lg_patterns_demo_urls")  # never imported by its name: one for each service
    vars(urls)["urlpatterns"] = patterns

    class OwnRequest(asgi.ASGIRequest):
        """Is answered by this service, whatever else Django serves in the process."""

        urlconf = urls  # Django's documentation, 'HttpRequest.urlconf'

    class OwnHandler(asgi.ASGIHandler):
        """Makes such requests."""

        request_class = OwnRequest

    return _Uvicorn(listening, OwnHandler())


_SERVERS: dict[Framework, Callable[[socket.socket, Sequence[Endpoint], str], _Server]] = {
    Framework.STARLETTE: _starlette,
    Framework.FLASK: _Werkzeug,
    Framework.DJANGO: _django,
}
