"""lg_core._tls, and TLS and proxies on the way to a platform: who is trusted, and what is said."""

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from core.certificates import Authority, self_signed
from core.platform_app import authorise, create_thing, get_thing, platform
from core.wire_servers import OK, Kind, Place, Talk, answer, carry, closed_port, request_to, server
from cryptography.x509.oid import NameOID

from lg_core._httpx import HttpTransport
from lg_core._tls import issuer_seen
from lg_core.clients import ApiClient
from lg_core.errors import OutcomeUnknownError, RequestNotSentError
from lg_core.network import Network, Phases
from lg_core.transport import FailureReason, TransportFailure, WireAnswer

ways = pytest.mark.parametrize("kind", Kind)

THING = answer(b'{"number": 7, "name": "bin"}', "Content-Type: application/json")


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The council's own authority, which no system knows."""
    return Authority.found("Council Inspection", tmp_path_factory.mktemp("council"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Another authority."""
    return Authority.found("Stranger", tmp_path_factory.mktemp("stranger"))


def serve_ok(talk: Talk) -> None:
    """Answer each request."""
    while talk.request():
        talk.send(OK)


def came(kind: Kind, url: str, network: Network) -> WireAnswer | TransportFailure:
    """Make one request."""
    (outcome,) = carry(kind, request_to(url), network=network)
    return outcome


def untrusted(outcome: WireAnswer | TransportFailure) -> str:
    """Return what is said of a certificate that was not accepted."""
    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.TLS, False) == (outcome.reason, outcome.left)
    return outcome.detail


# ---------------------------------------------------------------- who is trusted


@ways
def test_an_authority_of_ones_own_is_trusted(kind: Kind, council: Authority) -> None:
    """Network(ca_file=...) names the authority to trust."""
    with server(serve_ok, tls=council.serving("127.0.0.1")) as place:
        outcome = came(kind, place.secure_url, Network(ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)


@ways
def test_an_authority_of_the_systems_is_trusted(
    kind: Kind, council: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file the operating system's trust store decides, which SSL_CERT_FILE extends."""
    monkeypatch.setenv("SSL_CERT_FILE", str(council.ca_file))
    with server(serve_ok, tls=council.serving("127.0.0.1")) as place:
        outcome = came(kind, place.secure_url, Network())

    assert isinstance(outcome, WireAnswer)


@ways
def test_an_unknown_authority_is_refused_and_named(kind: Kind, council: Authority) -> None:
    """The failure says who issued the certificate, which Python does not."""
    with server(serve_ok, tls=council.serving("127.0.0.1")) as place:
        detail = untrusted(came(kind, place.secure_url, Network()))

    assert "unable to get local issuer certificate; it was issued by Council Inspection" == detail


@ways
def test_a_file_replaces_the_systems_authorities(
    kind: Kind, council: Authority, stranger: Authority
) -> None:
    """An authority that is not in the file is not trusted."""
    with server(serve_ok, tls=council.serving("127.0.0.1")) as place:
        detail = untrusted(came(kind, place.secure_url, Network(ca_file=stranger.ca_file)))

    assert "issued by Council Inspection" in detail


@ways
def test_another_hosts_certificate_is_refused(kind: Kind, council: Authority) -> None:
    """A certificate for another name is refused though its authority is trusted."""
    with server(serve_ok, tls=council.serving("platform.test")) as place:
        detail = untrusted(came(kind, place.secure_url, Network(ca_file=council.ca_file)))

    assert "IP address mismatch" in detail


@ways
def test_an_expired_certificate_is_refused(kind: Kind, council: Authority) -> None:
    """The failure says that it has expired, and still who issued it."""
    with server(serve_ok, tls=council.serving("127.0.0.1", expired=True)) as place:
        detail = untrusted(came(kind, place.secure_url, Network(ca_file=council.ca_file)))

    assert "certificate has expired; it was issued by Council Inspection" == detail


@ways
def test_a_certificate_that_signed_itself_is_refused_and_named(kind: Kind, tmp_path: Path) -> None:
    """A common name stands before the organisation."""
    with server(serve_ok, tls=self_signed(tmp_path)) as place:
        detail = untrusted(came(kind, place.secure_url, Network()))

    assert detail.startswith("self-signed certificate; it was issued by")
    assert detail.endswith("Example Council Proxy (Example Council)")


@ways
def test_a_client_certificate_is_shown(kind: Kind, council: Authority, stranger: Authority) -> None:
    """A platform that asks for a client's certificate gets it, from one file or two."""
    certificate, key = stranger.client("client")
    both = certificate.with_suffix(".pem")
    both.write_bytes(certificate.read_bytes() + key.read_bytes())
    with server(serve_ok, tls=council.serving("127.0.0.1", clients_of=stranger)) as place:
        for files in ((certificate, key), both):
            network = Network(ca_file=council.ca_file, client_cert=files)
            assert isinstance(came(kind, place.secure_url, network), WireAnswer)


@ways
def test_a_missing_client_certificate_is_no_answer(
    kind: Kind, council: Authority, stranger: Authority
) -> None:
    """A platform that gets no certificate breaks the connection: nothing is taken for an answer."""
    with server(serve_ok, tls=council.serving("127.0.0.1", clients_of=stranger)) as place:
        outcome = came(kind, place.secure_url, Network(ca_file=council.ca_file))

    assert isinstance(outcome, TransportFailure)


@ways
def test_tls_that_breaks_after_the_handshake_is_a_reset(kind: Kind, council: Authority) -> None:
    """A record that cannot be decrypted where the answer should be leaves the outcome open."""
    tls = council.serving("127.0.0.1")

    def breaks_tls(talk: Talk) -> None:
        with tls.wrap_socket(talk.sock, server_side=True) as secured:
            secured.recv(65536)
            # Past TLS, straight to the wire: an application record of nonsense.
            socket.socket.sendall(secured, b"\x17\x03\x03\x00\x20" + b"x" * 32)
            talk.stall()

    with server(breaks_tls) as place:
        outcome = came(kind, place.secure_url, Network(ca_file=council.ca_file))

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.RESET, True) == (outcome.reason, outcome.left)


@ways
def test_a_server_without_tls_leaves_nothing(kind: Kind) -> None:
    """https to a server that speaks plainly is no connection."""

    def plain(talk: Talk) -> None:
        talk.sock.recv(1000)
        talk.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with server(plain) as place:
        outcome = came(kind, place.secure_url, Network())

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.CONNECT, False) == (outcome.reason, outcome.left)


@ways
def test_a_handshake_that_stalls_leaves_nothing(kind: Kind) -> None:
    """A server that takes the connection and says nothing is not reached in time."""
    with server(lambda talk: talk.stall()) as place:
        (outcome,) = carry(kind, request_to(place.secure_url, phase=0.2), network=Network())

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.CONNECT_TIMEOUT, False) == (outcome.reason, outcome.left)


# ---------------------------------------------------------------- what a client says


def client_of(url: str, network: Network) -> ApiClient:
    """Build a client."""
    return ApiClient(platform(), base_url=url, authorise=authorise, network=network, attempts=2)


def test_a_client_says_who_issued_and_what_to_set(council: Authority) -> None:
    """The error is one that the network team can act on, at the first attempt."""
    with (
        server(serve_ok, tls=council.serving("127.0.0.1")) as place,
        client_of(place.secure_url, Network()) as client,
        pytest.raises(RequestNotSentError) as caught,
    ):
        client.exchange(create_thing())

    assert ("tls", 1) == (caught.value.reason, caught.value.attempts)
    assert "issued by Council Inspection" in str(caught.value)
    assert "Network(ca_file=...)" in str(caught.value)
    assert f"127.0.0.1:{place.port}" in str(caught.value)


def breaks(talk: Talk) -> None:
    """Take one request, and break the connection."""
    talk.request()
    talk.reset()


def stalls(talk: Talk) -> None:
    """Take one request, and say nothing."""
    talk.request()
    talk.stall()


@pytest.mark.parametrize(("serve", "reason"), [(breaks, "reset"), (stalls, "timeout")])
def test_a_doubt_is_not_hidden_by_an_error_that_is_being_handled(
    serve: Callable[[Talk], None], reason: str, council: Authority
) -> None:
    """A call made while a refused certificate is handled, whose answer is lost, has left."""
    hasty = Network(phases=Phases(read=0.2))
    with (
        server(serve_ok, tls=council.serving("127.0.0.1")) as distrusted,
        server(serve) as other,
        client_of(distrusted.secure_url, Network()) as first,
        client_of(other.url, hasty) as second,
    ):

        def fall_back() -> None:
            try:
                first.exchange(create_thing())
            except RequestNotSentError:
                second.exchange(create_thing())

        with pytest.raises(OutcomeUnknownError) as caught:
            fall_back()

    assert reason == caught.value.reason


# ---------------------------------------------------------------- who issued it


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (
            [(NameOID.COMMON_NAME, "Proxy"), (NameOID.ORGANIZATION_NAME, "Council")],
            "Proxy (Council)",
        ),
        ([(NameOID.COMMON_NAME, "Same"), (NameOID.ORGANIZATION_NAME, "Same")], "Same"),
        ([(NameOID.COMMON_NAME, "Proxy")], "Proxy"),
        ([(NameOID.ORGANIZATION_NAME, "Council")], "Council"),
        ([(NameOID.COUNTRY_NAME, "GB")], None),
    ],
)
def test_the_issuer_is_named_as_people_know_it(
    names: list[tuple[object, str]], said: str | None, tmp_path: Path
) -> None:
    """The common name, with the organisation where both are told and differ."""
    tls = self_signed(tmp_path, *names)  # pyright: ignore[reportArgumentType] -- cryptography's own type of a name
    with server(serve_ok, tls=tls) as place:
        assert said == issuer_seen(place.secure_url, proxy=None, timeout=2)


def test_an_issuer_that_cannot_be_learnt_is_none() -> None:
    """The diagnosis adds to a failure where it can, and never fails itself."""
    with closed_port() as place:
        assert issuer_seen(place.secure_url, proxy=None, timeout=1) is None
        assert issuer_seen("https://platform.test", proxy=place.url, timeout=1) is None
    with server(lambda talk: talk.send(b"no TLS here")) as place:
        assert issuer_seen(place.secure_url, proxy=None, timeout=1) is None


# ---------------------------------------------------------------- proxies


@dataclass(slots=True)
class Proxy:
    """A proxy that opens tunnels, and may look into them.

    Attributes:
        routes: the port on loopback of each host that it reaches.
        inspects: its own certificate for the hosts, where it looks into the tunnels.
        password: the user and password that it asks for, such as `user:secret`.
        refuses: the status line with which it refuses everything.
        asked: every request for a tunnel.
    """

    routes: dict[str, int]
    inspects: ssl.SSLContext | None = None
    password: str | None = None
    refuses: str | None = None
    asked: list[bytes] = field(default_factory=list[bytes])

    def serve(self, talk: Talk) -> None:
        """Serve one connection."""
        asked = talk.request()
        self.asked.append(asked)
        host = asked.split(b" ")[1].decode().partition(":")[0] if asked else ""
        if self.refuses is not None:
            talk.send(answer(b"blocked", status=self.refuses))
        elif self.password is not None and not self._authorised(asked):
            talk.send(answer(b"", "Proxy-Authenticate: Basic", status="407 Who are you"))
        elif self.inspects is not None:
            talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with self.inspects.wrap_socket(talk.sock, server_side=True) as secured:
                inner = Talk(secured, talk.number, talk.stopped)
                while inner.request():
                    inner.send(THING)
        else:
            with socket.create_connection(("127.0.0.1", self.routes[host])) as beyond:
                talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pump, args=(beyond, talk.sock))
                back.start()
                _pump(talk.sock, beyond)
                back.join()

    def _authorised(self, asked: bytes) -> bool:
        assert self.password is not None
        wanted = base64.b64encode(self.password.encode())
        return b"authorization: basic " + wanted.lower() in asked.lower()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            target.sendall(piece)
        target.shutdown(socket.SHUT_WR)


@contextmanager
def proxied(proxy: Proxy, platform_tls: ssl.SSLContext) -> Generator[Place]:
    """Run a platform at https://platform.test, which only the proxy reaches; give the proxy."""

    def serve(talk: Talk) -> None:
        while talk.request():
            talk.send(THING)

    with server(serve, tls=platform_tls) as place, server(proxy.serve) as way:
        proxy.routes["platform.test"] = place.port
        yield way


URL = "https://platform.test"


@ways
def test_a_proxy_opens_the_way(kind: Kind, council: Authority) -> None:
    """Network(proxy=...) is gone through; the platform's own certificate is checked."""
    proxy = Proxy({})
    with proxied(proxy, council.serving("platform.test")) as way:
        outcome = came(kind, URL, Network(proxy=way.url, ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)
    assert [b"CONNECT platform.test:443 HTTP/1.1"] == [a.split(b"\r\n")[0] for a in proxy.asked]


@ways
def test_a_proxy_is_given_its_password(kind: Kind, council: Authority) -> None:
    """User and password of the proxy's address go to the proxy, quoted characters as meant."""
    proxy = Proxy({}, password="bob:p@ss/1")
    with proxied(proxy, council.serving("platform.test")) as way:
        address = way.url.replace("//", "//bob:p%40ss%2F1@")
        outcome = came(kind, URL, Network(proxy=address, ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)


@ways
@pytest.mark.parametrize("status", ["407 Who are you", "403 Forbidden", "502 Bad Gateway"])
def test_a_proxy_that_refuses_leaves_nothing(kind: Kind, status: str, council: Authority) -> None:
    """A proxy that does not open the way is named as the proxy; nothing reached the platform."""
    proxy = Proxy({}, refuses=status)
    with proxied(proxy, council.serving("platform.test")) as way:
        outcome = came(kind, URL, Network(proxy=way.url, ca_file=council.ca_file))

    assert isinstance(outcome, TransportFailure)
    assert (FailureReason.PROXY, False) == (outcome.reason, outcome.left)


def test_a_client_says_that_the_proxy_refused(council: Authority) -> None:
    """The error names the proxy as what to look at, and never its password."""
    proxy = Proxy({}, password="bob:right")
    with proxied(proxy, council.serving("platform.test")) as way:
        address = way.url.replace("//", "//bob:wr0ng-word@")
        network = Network(proxy=address, ca_file=council.ca_file)
        with client_of(URL, network) as client, pytest.raises(RequestNotSentError) as caught:
            client.exchange(get_thing(7))

    assert "proxy" == caught.value.reason
    assert "Check the proxy's address, user and rules" in str(caught.value)
    assert "wr0ng-word" not in f"{caught.value!r}{caught.value}{network!r}"


@ways
def test_a_closed_proxy_leaves_nothing(kind: Kind) -> None:
    """A proxy that is not there is no connection."""
    with closed_port() as way:
        outcome = came(kind, URL, Network(proxy=way.url))

    assert isinstance(outcome, TransportFailure)
    assert not outcome.left
    assert outcome.reason in {FailureReason.CONNECT, FailureReason.PROXY}


@ways
def test_an_inspecting_proxy_works_with_its_authority(
    kind: Kind, council: Authority, stranger: Authority
) -> None:
    """Where the council's proxy shows its own certificate, naming its authority is enough."""
    proxy = Proxy({}, inspects=council.serving("platform.test"))
    with proxied(proxy, stranger.serving("platform.test")) as way:
        outcome = came(kind, URL, Network(proxy=way.url, ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)
    assert b"bin" in outcome.body


@ways
def test_an_inspecting_proxy_is_named_where_its_authority_is_not_known(
    kind: Kind, council: Authority, stranger: Authority
) -> None:
    """The failure names the proxy's authority, though the platform is another's."""
    proxy = Proxy({}, inspects=council.serving("platform.test"), password="bob:p@ss")
    with proxied(proxy, stranger.serving("platform.test")) as way:
        address = way.url.replace("//", "//bob:p%40ss@")
        detail = untrusted(came(kind, URL, Network(proxy=address)))

    assert "unable to get local issuer certificate; it was issued by Council Inspection" == detail


def test_an_issuer_behind_a_proxy_that_refuses_cannot_be_learnt() -> None:
    """A proxy that does not open the way, or hangs up, shows no certificate."""
    with server(Proxy({}, refuses="403 Forbidden").serve) as way:
        assert issuer_seen(URL, proxy=way.url, timeout=1) is None
    with server(Talk.request) as way:
        assert issuer_seen(URL, proxy=way.url, timeout=1) is None


@ways
def test_a_proxy_with_tls_of_its_own_is_spoken_to_under_tls(kind: Kind, council: Authority) -> None:
    """An https proxy is checked against the same authorities, and opens the way."""
    proxy = Proxy({})
    with (
        server(serve_ok, tls=council.serving("platform.test")) as place,
        server(tunnel_under_tls(proxy), tls=council.serving("127.0.0.1")) as way,
    ):
        proxy.routes["platform.test"] = place.port
        outcome = came(kind, URL, Network(proxy=way.secure_url, ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)


def tunnel_under_tls(proxy: Proxy) -> Callable[[Talk], None]:
    """Serve a proxy whose platform answers by itself, since one socket cannot be pumped both ways.

    An SSLSocket may not be read and written by two threads, so this proxy answers in turns.
    """

    def serve(talk: Talk) -> None:
        asked = talk.request()
        proxy.asked.append(asked)
        with socket.create_connection(("127.0.0.1", proxy.routes["platform.test"])) as beyond:
            talk.send(b"HTTP/1.1 200 Connection established\r\n\r\n")
            beyond.settimeout(0.05)
            talk.sock.settimeout(0.05)
            while not talk.stopped.is_set():
                for source, target in ((talk.sock, beyond), (beyond, talk.sock)):
                    with suppress(TimeoutError):
                        piece = source.recv(65536)
                        if not piece:
                            return
                        target.sendall(piece)

    return serve


def test_a_proxys_password_never_travels_in_the_clear_to_a_proxy_with_tls() -> None:
    """Learning who issued a certificate speaks TLS to an https proxy, as the call itself does."""
    heard: list[bytes] = []

    def listen(talk: Talk) -> None:
        heard.append(talk.sock.recv(65536))

    with server(listen) as way:
        address = way.secure_url.replace("//", "//bob:secret@")
        issuer_seen(URL, proxy=address, timeout=1)

    assert all(not data or data[0] == 0x16 for data in heard)  # a TLS handshake record


# ---------------------------------------------------------------- the environment's proxies


@ways
def test_the_environments_proxy_is_followed(
    kind: Kind, council: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTPS_PROXY leads the way where trust_env is not switched off."""
    proxy = Proxy({})
    with proxied(proxy, council.serving("platform.test")) as way:
        monkeypatch.setenv("HTTPS_PROXY", way.url)
        monkeypatch.setenv("NO_PROXY", "")
        outcome = came(kind, URL, Network(ca_file=council.ca_file))

    assert isinstance(outcome, WireAnswer)
    assert 1 == len(proxy.asked)


@ways
def test_a_loopback_address_never_goes_through_the_environments_proxy(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sandbox on this machine is reached directly, whatever the environment says."""
    with closed_port() as way, server(serve_ok) as place:
        monkeypatch.setenv("HTTP_PROXY", way.url)
        monkeypatch.setenv("http_proxy", way.url)
        monkeypatch.setenv("ALL_PROXY", way.url)
        monkeypatch.setenv("NO_PROXY", "")
        outcome = came(kind, place.url, Network())

    assert isinstance(outcome, WireAnswer)


def test_a_transport_takes_the_environment_as_it_was_when_it_was_built(
    council: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way is settled once a client: a change of the environment does not divert it."""
    proxy = Proxy({})
    with proxied(proxy, council.serving("platform.test")) as way:
        monkeypatch.setenv("HTTPS_PROXY", way.url)
        monkeypatch.setenv("NO_PROXY", "")
        transport = HttpTransport(Network(ca_file=council.ca_file), URL)
        monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
        got = transport.send(request_to(URL))
        transport.close()

    assert 200 == got.status
