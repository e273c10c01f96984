"""lg_core.network: what is refused at once, and which proxy leads where."""

import ssl
from pathlib import Path

import pytest
from core.certificates import Authority

from lg_core.errors import ConfigError
from lg_core.network import Network, Phases

PROXY_VARIABLES = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"]
BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
PLATFORM = "https://platform.example"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


def test_a_file_that_does_not_exist_is_refused_at_once(tmp_path: Path) -> None:
    """A wrong path fails where it is written, not at the first call."""
    missing = tmp_path / "no.pem"
    with pytest.raises(ConfigError, match="names a file that does not exist") as authorities:
        Network(ca_file=missing)
    with pytest.raises(ConfigError, match="names a file that does not exist") as client:
        Network(client_cert=missing)

    assert ("ca_file", "client_cert") == (authorities.value.setting, client.value.setting)


def test_each_of_a_pair_must_exist(tmp_path: Path) -> None:
    """The key's file is looked for as the certificate's is."""
    certificate = tmp_path / "client.crt"
    certificate.touch()
    with pytest.raises(ConfigError, match=r"no\.key"):
        Network(client_cert=(certificate, tmp_path / "no.key"))


@pytest.mark.parametrize(
    "text", ["", "-----BEGIN CERTIFICATE-----\nnone\n-----END CERTIFICATE-----"]
)
def test_a_file_without_a_certificate_is_refused_at_once(text: str, tmp_path: Path) -> None:
    """A DER file or a web page saved as PEM says how to export the right one."""
    ca_file = tmp_path / "ca.pem"
    ca_file.write_text(text)
    with pytest.raises(ConfigError, match="holds no certificate that can be read") as caught:
        Network(ca_file=ca_file)

    assert "ca_file" == caught.value.setting


def test_a_client_certificate_that_does_not_fit_its_key_is_refused(tmp_path: Path) -> None:
    """A pair of two different certificates says what a pair must be."""
    authority = Authority.found("Example", tmp_path)
    certificate, _ = authority.client("one")
    _, key = authority.client("two")
    network = Network(client_cert=(certificate, key))
    with pytest.raises(ConfigError, match="fit each other") as caught:
        network.tls()

    assert "client_cert" == caught.value.setting


def test_a_named_authority_is_the_only_one(tmp_path: Path) -> None:
    """ca_file stands instead of the system's store, which is used without it."""
    authority = Authority.found("Example", tmp_path)
    own = Network(ca_file=str(authority.ca_file)).tls()
    system = Network().tls()

    assert 1 == len(own.get_ca_certs())
    for context in (own, system):
        assert ssl.CERT_REQUIRED is context.verify_mode
        assert context.check_hostname


@pytest.mark.parametrize(
    "proxy", ["socks5://proxy.example:1080", "proxy.example:8080", "http://", "", "http:///x"]
)
def test_a_proxy_that_is_no_http_address_is_refused(proxy: str) -> None:
    """The error says how a proxy's address is written, and does not repeat a password."""
    with pytest.raises(ConfigError, match="http://host:port") as caught:
        Network(proxy=proxy)

    assert "Network(proxy=...)" == caught.value.setting


def test_a_password_is_not_printed() -> None:
    """The repr of a network holds neither the proxy nor the client's certificate."""
    network = Network(proxy="http://bob:secret@proxy.example:8080")

    assert "secret" not in repr(network)
    assert "proxy.example" not in repr(network)


def test_a_proxy_that_is_given_serves_every_address(environment: pytest.MonkeyPatch) -> None:
    """What is given goes before the environment, a loopback address included."""
    environment.setenv("HTTPS_PROXY", "http://other.example:1")
    network = Network(proxy="http://proxy.example:8080")

    assert "http://proxy.example:8080" == network.proxy_for(PLATFORM)
    assert "http://proxy.example:8080" == network.proxy_for("http://localhost:1234")


@pytest.mark.parametrize(
    ("variables", "proxy"),
    [
        ({}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080"}, "http://proxy.example:8080"),
        ({"https_proxy": "http://proxy.example:8080"}, "http://proxy.example:8080"),
        ({"HTTPS_PROXY": "proxy.example:8080"}, "http://proxy.example:8080"),
        ({"ALL_PROXY": "https://proxy.example"}, "https://proxy.example"),
        ({"HTTP_PROXY": "http://proxy.example:8080"}, None),
        ({"HTTPS_PROXY": ""}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": "platform.example"}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": ".example"}, None),
        ({"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": "*"}, None),
        (
            {"HTTPS_PROXY": "http://proxy.example:8080", "NO_PROXY": "other.example"},
            "http://proxy.example:8080",
        ),
    ],
)
def test_the_environment_says_which_proxy_leads_to_a_platform(
    variables: dict[str, str], proxy: str | None, environment: pytest.MonkeyPatch
) -> None:
    """HTTPS_PROXY, ALL_PROXY and NO_PROXY mean what they mean to other programs."""
    for name, value in variables.items():
        environment.setenv(name, value)

    assert proxy == Network().proxy_for(PLATFORM)
    assert Network(trust_env=False).proxy_for(PLATFORM) is None


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080", "http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:8080"],
)
def test_a_loopback_address_is_reached_directly(url: str, environment: pytest.MonkeyPatch) -> None:
    """A proxy of the environment has no way to this machine."""
    environment.setenv("HTTP_PROXY", "http://proxy.example:8080")

    assert Network().proxy_for(url) is None


@pytest.mark.parametrize("value", ["socks5://bob:secret@proxy.example:1080", "ftp://proxy.example"])
def test_a_proxy_of_the_environment_that_cannot_be_used_is_refused(
    value: str, environment: pytest.MonkeyPatch
) -> None:
    """The error names the variable, and does not repeat its value."""
    environment.setenv("HTTPS_PROXY", value)
    with pytest.raises(ConfigError) as caught:
        Network().proxy_for(PLATFORM)

    assert "HTTPS_PROXY" == caught.value.setting
    assert "secret" not in str(caught.value)


def test_the_phases_have_the_documented_lengths() -> None:
    """Five seconds to connect, twenty to read, ten to write, five for a free connection."""
    assert Phases(connect=5.0, read=20.0, write=10.0, pool=5.0) == Network().phases
