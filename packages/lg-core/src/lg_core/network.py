# SPDX-License-Identifier: MIT
"""How a client reaches the network: proxy, certificates, and how long each phase may take."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lg_core.errors import ConfigError
from lg_core.settings import is_loopback

if TYPE_CHECKING:
    import ssl

__all__ = ["Network", "Phases"]


@dataclass(frozen=True, slots=True)
class Phases:
    """How long each phase of one attempt may take, in seconds.

    The deadline of the whole call, all attempts included, is the client's `timeout`; no phase
    outlasts it.

    Attributes:
        connect: making a connection, TLS included.
        read: waiting for each piece of the answer.
        write: waiting for each piece of the request to be taken.
        pool: waiting for a free connection.
    """

    connect: float = 5.0
    read: float = 20.0
    write: float = 10.0
    pool: float = 5.0


@dataclass(frozen=True, slots=True)
class Network:
    """How a client reaches the network.

    Certificates are checked against the operating system's trust store, where a council's
    inspecting proxy is normally known already, or against `ca_file` alone.

    Attributes:
        proxy: the address of a proxy, such as `http://proxy.example.gov.uk:8080`; never printed,
            since it may hold a password.
        ca_file: a PEM file of the certificate authorities to trust instead of the system's.
        client_cert: a PEM file with a client certificate and its key, or a pair of two files.
        trust_env: whether `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` (or the system's proxy
            settings on Windows and macOS) are followed. A loopback address never goes through
            them.
        phases: how long each phase of one attempt may take.
        max_connections: the most connections open at once.

    Raises:
        ConfigError: a file is missing or holds no certificate, or the proxy is no http or https
            address.
    """

    proxy: str | None = field(default=None, repr=False, kw_only=True)
    ca_file: str | Path | None = field(default=None, kw_only=True)
    client_cert: str | Path | tuple[str | Path, str | Path] | None = field(
        default=None, kw_only=True, repr=False
    )
    trust_env: bool = field(default=True, kw_only=True)
    phases: Phases = field(default_factory=Phases, kw_only=True)
    max_connections: int = field(default=100, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse at once what would fail at the first call."""
        if self.proxy is not None:
            _check_proxy(self.proxy, "Network(proxy=...)")
        for name, path in self._files():
            if not Path(path).is_file():
                raise ConfigError(
                    f"Network({name}=...) names a file that does not exist: {path}. "
                    "Give the path of a PEM file.",
                    setting=name,
                )
        if self.ca_file is not None:
            _load_authorities(self.ca_file)

    def _files(self) -> list[tuple[str, str | Path]]:
        files: list[tuple[str, str | Path]] = []
        if self.ca_file is not None:
            files.append(("ca_file", self.ca_file))
        if isinstance(self.client_cert, tuple):
            files += [("client_cert", path) for path in self.client_cert]
        elif self.client_cert is not None:
            files.append(("client_cert", self.client_cert))
        return files

    def proxy_for(self, url: str) -> str | None:
        """Say which proxy leads to an address.

        Args:
            url: the address of the platform.

        Returns:
            The proxy's address, or None where the way is direct.

        Raises:
            ConfigError: the environment names a proxy that is no http or https address.
        """
        if self.proxy is not None:
            return self.proxy
        parts = urlsplit(url)
        host = parts.hostname or ""
        if not self.trust_env or is_loopback(url):
            return None
        # Loaded where a connection is near: together with ssl it costs 10 ms.
        import urllib.request  # noqa: PLC0415

        proxies = urllib.request.getproxies()
        proxy = proxies.get(parts.scheme) or proxies.get("all")
        if not proxy or urllib.request.proxy_bypass(host):
            return None
        if "://" not in proxy:
            proxy = f"http://{proxy}"
        _check_proxy(proxy, f"{parts.scheme.upper()}_PROXY")
        return proxy

    def tls(self) -> "ssl.SSLContext":
        """Make the TLS context: the system's trust store, or the named file alone.

        Raises:
            ConfigError: the client certificate and its key do not fit, or are no PEM.
        """
        import ssl  # noqa: PLC0415 -- as above

        if self.ca_file is not None:
            context = _load_authorities(self.ca_file)
        else:
            # Loading it costs 20 ms, and a client of a plain loopback address needs none.
            from truststore import SSLContext

            context = SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self.client_cert is not None:
            pair = self.client_cert if isinstance(self.client_cert, tuple) else (self.client_cert,)
            try:
                context.load_cert_chain(*(str(path) for path in pair))
            except ssl.SSLError as error:
                raise ConfigError(
                    "Network(client_cert=...) could not be loaded: the certificate and the key "
                    "must be PEM, fit each other, and the key must have no password.",
                    setting="client_cert",
                ) from error
        return context


def _check_proxy(proxy: str, setting: str) -> None:
    parts = urlsplit(proxy)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(
            f"{setting} is not the address of an http or https proxy. Write it as "
            "http://host:port, or http://user:password@host:port.",
            setting=setting,
        )


def _load_authorities(ca_file: str | Path) -> "ssl.SSLContext":
    import ssl  # noqa: PLC0415 -- as above

    try:
        context = ssl.create_default_context(cafile=str(ca_file))
    except ssl.SSLError as error:
        raise ConfigError(
            f"Network(ca_file=...) holds no certificate that can be read: {ca_file}. "
            "Export your proxy's certificate authority as PEM (Base-64) and name that file.",
            setting="ca_file",
        ) from error
    return context
