"""lg_sandbox.one_login.assertions and /token: who the service is, what a code buys, and JWKS."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from joserfc import jwk, jwt
from sandbox.one_login_service import BASE, Service, parts
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.one_login import SigningAlgorithm

BAD_JWT = (400, "invalid_request", "Invalid private_key_jwt")
BAD_SIGNATURE = (400, "invalid_client", "Invalid signature in private_key_jwt")
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = {
    "code_challenge": urlsafe_b64encode(sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode(),
    "code_challenge_method": "S256",
}


@pytest.fixture
def service(idle: Sandbox) -> Iterator[Service]:
    """Give a service beside a stand-in in process."""
    with TestClient(idle.one_login.app, base_url=BASE, follow_redirects=False) as http:
        yield Service(idle, http)


def told(
    service: Service, code: str = "none", **changes: str | None
) -> tuple[int, str, str | None]:
    """Show a code, and return status, error and description."""
    answer = service.redeem(code, **changes)
    body = answer.json()
    return answer.status_code, body["error"], body.get("error_description")


def keys(service: Service) -> jwk.KeySet:
    """Return the published keys."""
    return jwk.KeySet.import_key_set(service.http.get("/.well-known/jwks.json").json())


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"])
def test_a_code_buys_tokens(service: Service, algorithm: str) -> None:
    """With every RSA algorithm; a list of both audiences will do."""
    assertion = service.assertion(algorithm=algorithm, aud=[f"{BASE}/token", f"{BASE}/"])
    answer = service.redeem(service.code(), client_assertion=assertion)

    assert 200 == answer.status_code
    assert ("Bearer", 180) == (answer.json()["token_type"], answer.json()["expires_in"])
    assert "refresh_token" not in answer.json()
    assert "no-store" == answer.headers["cache-control"]


@pytest.mark.parametrize("algorithm", list(SigningAlgorithm))
def test_an_id_token_says_who_and_how(service: Service, algorithm: SigningAlgorithm) -> None:
    """Every claim that the documents name, for 120 seconds, signed as the service registered."""
    service.sandbox.one_login.client.id_token_algorithm = algorithm
    tokens = service.tokens(vtr='["Cl"]')
    token = jwt.decode(tokens["id_token"], keys(service), algorithms=[algorithm.value])
    claims = dict(token.claims)
    hashed = sha256(tokens["access_token"].encode()).digest()[:16]

    assert claims.pop("sid")
    assert {
        "sub": service.sandbox.one_login.subject_of("megan"),
        "aud": service.client_id,
        "iss": f"{BASE}/",
        "vot": "Cl",
        "vtm": f"{BASE}/trustmark",
        "nonce": "a-nonce",
        "iat": service.now,
        "exp": service.now + 120,
        "auth_time": service.now,
        "at_hash": urlsafe_b64encode(hashed).rstrip(b"=").decode(),
    } == claims
    assert algorithm.value == token.header["alg"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"grant_type": None}, (400, "invalid_request", "Request is missing grant_type parameter")),
        ({"grant_type": "password"}, (400, "unsupported_grant_type", "Unsupported grant type")),
        ({"code": None}, (400, "invalid_request", "Request is missing code parameter")),
        (
            {"redirect_uri": None},
            (400, "invalid_request", "Request is missing redirect_uri parameter"),
        ),
        (
            {"client_assertion": None},
            (400, "invalid_request", "Invalid token authentication method used"),
        ),
        ({"client_assertion_type": "jwt"}, BAD_JWT),
        ({"client_assertion": "a.b"}, BAD_JWT),
        ({"client_assertion": "a.b.c"}, BAD_JWT),
        ({"client_assertion": "e30.e30."}, BAD_JWT),
        ({"client_assertion": "e30.e30.!"}, BAD_JWT),
        ({"client_id": "other"}, BAD_JWT),
        ({"code": "unknown"}, (400, "invalid_grant", "Invalid grant")),
        ({"redirect_uri": "https://x.example"}, (400, "invalid_grant", "Invalid grant")),
        ({"code_verifier": "x" * 43}, (400, "invalid_grant", "PKCE code verification failed")),
    ],
)
def test_a_wrong_token_request_is_refused(
    service: Service, changes: dict[str, str | None], expected: tuple[int, str, str]
) -> None:
    """With status, code and words of the simulator."""
    assert expected == told(service, **({"code": service.code()} | changes))  # pyright: ignore[reportArgumentType] -- a row may take the code out


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"iss": None}, BAD_JWT),
        ({"sub": None}, BAD_JWT),
        ({"aud": None}, BAD_JWT),
        ({"aud": {}}, BAD_JWT),
        ({"exp": None}, BAD_JWT),
        ({"exp": "soon"}, BAD_JWT),
        ({"exp": True}, BAD_JWT),
        ({"iat": "then"}, BAD_JWT),
        ({"nbf": "then"}, BAD_JWT),
        ({"jti": None}, BAD_JWT),
        ({"jti": 7}, BAD_JWT),
        (
            {"sub": "nobody", "iss": "nobody"},
            (401, "invalid_client", "Client authentication failed"),
        ),
        ({"iss": "other"}, BAD_SIGNATURE),
        ({"aud": BASE}, BAD_SIGNATURE),
        ({"aud": [f"{BASE}/token", "other"]}, BAD_SIGNATURE),
        ({"aud": [7]}, BAD_SIGNATURE),
        ({"exp": 1}, (400, "invalid_grant", "private_key_jwt has expired")),
        ({"iat": None}, None),
    ],
)
def test_a_wrong_assertion_is_refused(
    service: Service, changes: dict[str, Any], expected: tuple[int, str, str] | None
) -> None:
    """Each claim is checked; only `iat` may be left out."""
    code = service.code()
    answer = service.redeem(code, client_assertion=service.assertion(**changes))

    if expected is None:
        assert 200 == answer.status_code
    else:
        body = answer.json()
        assert expected == (answer.status_code, body["error"], body["error_description"])
        # Who was not recognised has not used the code.
        assert 200 == service.redeem(code).status_code


def test_an_assertion_is_signed_by_the_service_with_rsa(service: Service) -> None:
    """An elliptic key is refused as measured; another RSA key does not fit."""
    claims = {"iss": service.client_id, "sub": service.client_id, "aud": f"{BASE}/token"}
    claims |= {"exp": service.now + 300, "jti": "x"}
    curve = jwt.encode({"alg": "ES256"}, claims, jwk.ECKey.generate_key("P-256"))
    other = jwt.encode({"alg": "RS256"}, claims, jwk.RSAKey.generate_key(2048))

    assert BAD_JWT == told(service, client_assertion=curve)
    assert BAD_SIGNATURE == told(service, client_assertion=other)


def test_an_assertion_counts_once(service: Service) -> None:
    """The same jti again is refused, and the second code stays good."""
    assertion = service.assertion(jti="once")
    first, second = service.code(), service.code()

    assert 200 == service.redeem(first, client_assertion=assertion).status_code
    assert BAD_SIGNATURE == told(service, second, client_assertion=assertion)
    assert 200 == service.redeem(second).status_code


def test_a_code_is_used_up_by_whoever_shows_it(service: Service) -> None:
    """A second time, after 300 seconds, and after a wrong verifier."""
    lost = (400, "invalid_grant", "Invalid grant")
    code = service.code()
    assert 200 == service.redeem(code).status_code
    assert lost == told(service, code)

    code = service.code(**CHALLENGE)
    assert "PKCE code verification failed" == told(service, code, code_verifier="x" * 43)[2]
    assert lost == told(service, code, code_verifier=VERIFIER)

    code = service.code()
    service.sandbox.clock.advance(seconds=300)
    assert lost == told(service, code)


def test_the_right_verifier_buys_tokens(service: Service) -> None:
    """S256 of it is the challenge; without it nothing is sold."""
    assert 200 == service.redeem(service.code(**CHALLENGE), code_verifier=VERIFIER).status_code
    assert "PKCE code verification failed" == told(service, service.code(**CHALLENGE))[2]


def test_a_service_that_was_switched_off_gets_no_tokens(service: Service) -> None:
    """The sign-in before it does not help."""
    code = service.code()
    service.sandbox.one_login.client.active = False

    assert (400, "unauthorized_client", "client deactivated") == told(service, code)


def test_old_assertion_ids_are_forgotten(service: Service) -> None:
    """After ten thousand of them those that have expired go."""
    office = service.sandbox.one_login._office
    for number in range(10_000):
        office.seen("x", str(number), service.now - 1)

    assert not office.seen("x", "one more", service.now + 1)
    assert not office.seen("x", "0", service.now + 1)
    assert office.seen("x", "one more", service.now + 1)


class Published(BaseHTTPRequestHandler):
    """The key set of a service, as it publishes it."""

    document: Any = None
    asked = 0

    def do_GET(self) -> None:
        """Answer with the document."""
        type(self).asked += 1
        body = (
            self.document
            if isinstance(self.document, bytes)
            else json.dumps(self.document).encode()
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- the library's name
        """Say nothing."""


@pytest.fixture
def published() -> Iterator[tuple[type[Published], str]]:
    """Serve a key set on loopback."""

    class Own(Published):
        pass

    server = HTTPServer(("127.0.0.1", 0), Own)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield Own, f"http://127.0.0.1:{server.server_port}/jwks"
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_are_fetched_and_kept_for_a_day(
    service: Service, published: tuple[type[Published], str]
) -> None:
    """A key that was removed is good for 24 hours more; an unknown one never is."""
    own, url = published
    member = {**service.key.as_dict(private=False), "kid": "one", "use": "sig"}
    own.document = {"keys": [{"kty": "EC"}, member]}
    client = service.sandbox.one_login.clients.add(
        "theirs", redirect_uris=[service.redirect_uri], jwks_url=url
    )
    service.client_id = client.client_id

    def shown(kid: str | None) -> int:
        header = {} if kid is None else {"kid": kid}
        claims = {"iss": "theirs", "sub": "theirs", "aud": f"{BASE}/token", "jti": str(own.asked)}
        claims |= {"exp": service.now + 300, "jti": f"{kid}{service.now}{own.asked}{next(count)}"}
        assertion = service.sign(claims, **header)
        return service.redeem(service.code(), client_assertion=assertion).status_code

    count = iter(range(100))
    assert [400, 400, 200, 200] == [shown(None), shown("two"), shown("one"), shown("one")]
    assert 2 == own.asked
    own.document = {"keys": []}
    assert 200 == shown("one")
    service.sandbox.clock.advance(seconds=24 * 3600)
    assert 400 == shown("one")
    own.document = b"no key set"
    assert 500 == shown("one")
    link = service.signed_link(token=service.sign(service.claims(), kid="one"))
    assert 500 == service.http.get(link).status_code


def test_a_key_set_can_be_handed_over(service: Service) -> None:
    """As a value; the header must name one of its keys."""
    member = {**service.key.as_dict(private=False), "kid": "one", "use": "sig"}
    service.sandbox.one_login.clients.add(
        "theirs", redirect_uris=[service.redirect_uri], jwks={"keys": [member]}
    )
    service.client_id = "theirs"
    links = [
        service.signed_link(token=service.sign(service.claims(), kid=kid)) for kid in ("one", "two")
    ]

    assert [302, 400] == [service.http.get(each).status_code for each in links]
    assert "code" in parts(service.sandbox.one_login.sign_in(links[0]))


def test_a_code_belongs_to_one_service(service: Service) -> None:
    """Another registered service cannot show it."""
    pem = service.key.as_pem(private=False).decode()
    body = "".join(pem.strip().splitlines()[1:-1])
    service.sandbox.one_login.clients.add(
        "theirs", redirect_uris=[service.redirect_uri], public_key=body
    )
    code = service.code()
    service.client_id = "theirs"

    assert (400, "invalid_grant", "Invalid grant") == told(service, code)
