"""lg_sandbox.one_login.api and .stand_in: discovery, keys, userinfo, signing out, faults."""

from collections.abc import Iterator
from typing import Any

import httpx  # noqa: TID251, TID253 -- the wire is looked at by a client that is not ours
import pytest
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from sandbox.one_login_service import BASE, CORE, RETURN_CODE, Service, parts
from starlette.testclient import TestClient

from lg_sandbox import Fault, NotRunningError, Sandbox
from lg_sandbox.one_login import Claim, Person

IDENTITY = '["Cl.Cm.P2"]'
ALL_CLAIMS = '{"userinfo": {' + ", ".join(f'"{each}": null' for each in Claim) + "}}"


@pytest.fixture
def service(idle: Sandbox) -> Iterator[Service]:
    """Give a service beside a stand-in in process."""
    with TestClient(idle.one_login.app, base_url=BASE, follow_redirects=False) as http:
        yield Service(idle, http)


def identity(service: Service, person: str, claims: str = ALL_CLAIMS) -> dict[str, Any]:
    """Let somebody prove an identity, and return what /userinfo tells."""
    tokens = service.tokens(
        person=person, vtr=IDENTITY, claims=claims, scope="openid wallet-subject-id"
    )
    return service.userinfo(tokens["access_token"]).json()


def core(service: Service, token: str) -> Any:
    """Read a core identity token with the key that the DID document gives for it."""
    document = service.http.get("/.well-known/did.json").json()
    kid = jwt_header(token)["kid"]
    assert kid.partition("#")[0] == document["id"]
    found = [each for each in document["assertionMethod"] if each["id"] == kid]
    return jwt.decode(token, jwk.ECKey.import_key(found[0]["publicKeyJwk"]), algorithms=["ES256"])


def jwt_header(token: str) -> dict[str, str]:
    """Return a token's header."""
    from joserfc import jws  # noqa: PLC0415 -- beside what uses it

    return dict(jws.extract_compact(token.encode()).headers())


def test_discovery_says_where_everything_is(service: Service) -> None:
    """The issuer ends in a slash; the document may be kept for a day."""
    answer = service.http.get("/.well-known/openid-configuration")
    told = answer.json()

    assert "max-age=86400" == answer.headers["cache-control"]
    assert f"{BASE}/" == told["issuer"]
    assert f"{BASE}/token" == told["token_endpoint"]
    assert (False, ["S256"], ["code"]) == (
        told["request_uri_parameter_supported"],
        told["code_challenge_methods_supported"],
        told["response_types_supported"],
    )
    assert {"C", "P", "idp", "trustmark_provider"} == set(
        service.http.get(told["trustmarks"]).json()
    )


def test_the_did_document_has_its_own_keys(service: Service) -> None:
    """Its id is the host, and it may be kept for an hour."""
    answer = service.http.get("/.well-known/did.json")
    listed = {each["kid"] for each in service.http.get("/.well-known/jwks.json").json()["keys"]}

    assert "max-age=3600, private" == answer.headers["cache-control"]
    assert "did:web:one-login.example" == answer.json()["id"]
    assert not listed & {each["id"].partition("#")[2] for each in answer.json()["assertionMethod"]}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/.well-known/jwks.json"),
        ("GET", "/.well-known/did.json"),
        ("POST", "/token"),
        ("GET", "/userinfo"),
    ],
)
def test_a_call_without_a_name_is_refused_at_the_edge(
    service: Service, method: str, path: str
) -> None:
    """No User-Agent: 403 and a page, never JSON."""
    answer = service.http.request(method, path, headers={"User-Agent": " "})

    assert (403, True) == (answer.status_code, "<html" in answer.text)


def test_userinfo_tells_what_was_asked_for(service: Service) -> None:
    """Scopes decide; a telephone number only where text messages are the second factor."""
    asked = service.tokens(scope="openid email phone")
    bare = service.tokens(scope="openid", person="idris")
    app = service.tokens(scope="openid phone", person="idris")

    assert {
        "sub": service.sandbox.one_login.subject_of("megan"),
        "email": "megan.ashdown@example.org",
        "email_verified": True,
        "phone_number": "+447700900101",
        "phone_number_verified": True,
    } == service.userinfo(asked["access_token"]).json()
    for tokens in (bare, app):
        assert {"sub"} == set(service.userinfo(tokens["access_token"]).json())


@pytest.mark.parametrize("header", [None, "Basic x", "bearer x", "Bearer", "Bearer  x"])
def test_userinfo_needs_a_bearer_token(service: Service, header: str | None) -> None:
    """The scheme counts by its letters; the answer has no body."""
    headers = {} if header is None else {"Authorization": header}
    answer = service.http.get("/userinfo", headers=headers)

    assert (401, "Bearer", "") == (
        answer.status_code,
        answer.headers["www-authenticate"],
        answer.text,
    )


def test_an_access_token_lives_three_minutes(service: Service) -> None:
    """After that, and for any other text, the answer is invalid_token."""
    token = str(service.tokens()["access_token"])
    service.sandbox.clock.advance(seconds=179)
    good = service.userinfo(token)
    service.sandbox.clock.advance(seconds=1)

    assert 200 == good.status_code
    for answer in (service.userinfo(token), service.userinfo("x")):
        assert (401, "") == (answer.status_code, answer.text)
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_core_identity_can_be_checked(service: Service) -> None:
    """Its issuer is another than the OIDC issuer; it lives 30 minutes and holds names and dates."""
    told = identity(service, "beth")
    token = core(service, told[CORE])
    claims = token.claims

    assert ("ES256", "P2") == (token.header["alg"], claims["vot"])
    assert (f"{BASE}/identity/", service.client_id, told["sub"]) == (
        claims["iss"],
        claims["aud"],
        claims["sub"],
    )
    assert service.now + 1800 == claims["exp"]
    names = claims["vc"]["credentialSubject"]["name"]
    assert ["2021-06-05", None] == [each.get("validUntil") for each in names]
    assert [{"value": "1988-07-07"}] == claims["vc"]["credentialSubject"]["birthDate"]
    assert told["wallet_subject_id"].startswith("urn:fdc:wallet.account.gov.uk:2024:")


def test_the_people_differ(service: Service) -> None:
    """Evidence that was not used is not there; codes may come with a success or without."""
    megan, tomos, yvonne = (identity(service, each) for each in ("megan", "tomos", "yvonne"))
    callum, denzil = identity(service, "callum"), identity(service, "denzil")

    assert 999000000014 == megan[Claim.ADDRESS][0]["uprn"]
    assert Claim.PASSPORT in megan
    assert Claim.PASSPORT not in tomos
    assert ["2022-01-01", None] == [each.get("validUntil") for each in tomos[Claim.ADDRESS]]
    assert [{"code": "B"}, {"code": "D"}] == yvonne[RETURN_CODE]
    assert CORE in yvonne
    assert [{"code": "A"}] == callum[RETURN_CODE]
    assert CORE not in callum
    assert not {CORE, RETURN_CODE, Claim.ADDRESS} & set(denzil)
    low = service.tokens(person="denzil", vtr='["Cl.Cm.P1"]', claims=ALL_CLAIMS)
    low_core = service.userinfo(low["access_token"]).json()[CORE]
    assert "P1" == core(service, low_core).claims["vot"]


def test_without_an_identity_request_nothing_of_it_is_told(service: Service) -> None:
    """Claims alone do not make it: the vector must ask for it."""
    tokens = service.tokens(claims=ALL_CLAIMS, scope="openid")

    assert {"sub"} == set(service.userinfo(tokens["access_token"]).json())


def test_people_can_be_added(service: Service) -> None:
    """Somebody with one line of data signs in like the others."""
    one_login = service.sandbox.one_login
    one_login.people.add(
        Person("new", "New", "new@example.org", None, one_login.people.get("megan").level, (), ())
    )

    assert one_login.subject_of("new") == identity(service, "new")["sub"]
    assert one_login.subject_of("noor") != one_login.subject_of("noor", account=1)


def test_keys_can_be_rotated(service: Service) -> None:
    """Planned, the old key stays published; at short notice it is gone, and dead."""
    one_login = service.sandbox.one_login

    def keys() -> jwk.KeySet:
        return jwk.KeySet.import_key_set(service.http.get("/.well-known/jwks.json").json())

    first = str(service.tokens()["id_token"])
    one_login.rotate_keys()
    second = str(service.tokens()["id_token"])
    assert jwt_header(first)["kid"] != jwt_header(second)["kid"]
    for each in (first, second):
        jwt.decode(each, keys())
    one_login.rotate_keys(keep_old=False)
    for each in (first, second):
        with pytest.raises((JoseError, ValueError)):
            jwt.decode(each, keys())
    assert 2 == len(service.http.get("/.well-known/jwks.json").json()["keys"])

    before = identity(service, "megan")[CORE]
    one_login.rotate_identity_keys()
    assert core(service, before).claims["sub"]
    one_login.rotate_identity_keys(keep_old=False)
    assert 1 == len(service.http.get("/.well-known/did.json").json()["assertionMethod"])


def test_signing_out_leads_back(service: Service) -> None:
    """To a registered address with the state; an expired ID token is good enough."""
    back = "https://council.example/signed-out"
    service.sandbox.one_login.client.post_logout_redirect_uris.append(back)
    hint = str(service.tokens()["id_token"])
    service.sandbox.clock.advance(seconds=7200)

    def out(**query: str) -> str:
        return service.http.get("/logout", params=query).headers["location"]

    assert f"{back}?state=s" == out(id_token_hint=hint, post_logout_redirect_uri=back, state="s")
    assert "https://gov.uk" == out()
    assert "https://gov.uk?state=s" == out(state="s", post_logout_redirect_uri=back)
    assert "https://gov.uk" == out(id_token_hint=hint)
    for query, code, said in (
        ({"id_token_hint": hint + "x"}, "invalid_request", "unable to validate id_token_hint"),
        ({"id_token_hint": "x"}, "invalid_request", "unable to validate id_token_hint"),
        (
            {"id_token_hint": hint, "post_logout_redirect_uri": "https://x.example"},
            "invalid_request",
            "client registry does not contain post_logout_redirect_uri",
        ),
        (
            {"id_token_hint": str(service.tokens()["access_token"])},
            "unauthorized_client",
            "client not found",
        ),
    ):
        told = parts(out(**query))
        assert (code, said) == (told["error_code"], told["error_description"])
    assert 403 == service.http.get("/logout", params={"state": "x" * 2050}).status_code


@pytest.mark.parametrize(
    ("fault", "options", "status", "said"),
    [
        (Fault.RATE_LIMITED, {}, 429, "problem"),
        (Fault.ERROR_BEFORE, {}, 500, "server_error"),
        (Fault.ERROR_AFTER, {"status": 503}, 503, "problem"),
        (Fault.HTML, {"status": 200}, 200, "problem"),
        (Fault.SLOW, {"seconds": 0}, 200, "id_token"),
    ],
)
def test_faults_are_shown(
    service: Service, *, fault: Fault, options: dict[str, Any], status: int, said: str
) -> None:
    """Each in the form in which One Login, or what stands before it, shows it."""
    code = service.code()
    service.sandbox.one_login.faults.add(fault, operation="token", **options)
    answer = service.redeem(code)

    assert (status, True) == (answer.status_code, said in answer.text)
    acted = fault in {Fault.ERROR_AFTER, Fault.SLOW}
    assert (400 if acted else 200) == service.redeem(code).status_code


def test_it_is_served_on_a_port_of_its_own(sandbox: Sandbox) -> None:
    """One issuer, by whatever name it is called; the port stands encoded in the DID."""
    one_login = sandbox.one_login
    port = one_login.url.rstrip("/").rpartition(":")[2]
    with httpx.Client(base_url=f"http://localhost:{port}", trust_env=False) as http:
        told = http.get("/.well-known/openid-configuration").json()
    with httpx.Client(base_url=one_login.url.rstrip("/"), trust_env=False) as http:
        service = Service(sandbox, http)
        named = service.userinfo(service.tokens()["access_token"]).json()
        did = http.get(one_login.did_url).json()

    assert one_login.url == told["issuer"]
    assert one_login.url.endswith("/")
    assert one_login.subject_of("megan") == named["sub"]
    assert one_login.did_id == did["id"] == f"did:web:127.0.0.1%3A{port}"
    assert one_login.core_identity_issuer == f"{one_login.url}identity/"
    assert {"discovery", "token", "userinfo", "did"} == {
        each.operation for each in one_login.requests
    }
    assert service.client_id in {each.who for each in one_login.requests}


def test_a_service_can_be_told_to_sign_out(sandbox: Sandbox) -> None:
    """The back-channel token names one person at one service, and no session."""
    one_login = sandbox.one_login
    with httpx.Client(base_url=one_login.url.rstrip("/"), trust_env=False) as http:
        keys = jwk.KeySet.import_key_set(http.get("/.well-known/jwks.json").json())
    token = jwt.decode(one_login.logout_token("megan"), keys)

    assert "logout+jwt" == token.header["typ"]
    assert {"iss", "sub", "aud", "iat", "exp", "jti", "events"} == set(token.claims)
    assert one_login.subject_of("megan") == token.claims["sub"]
    assert token.claims["iat"] + 120 == token.claims["exp"]
    with pytest.raises(LookupError, match=r"one_login\.clients"):
        one_login.logout_token("megan", client_id="nobody")


def test_an_idle_sandbox_has_no_issuer(idle: Sandbox) -> None:
    """The error says what to do."""
    with pytest.raises(NotRunningError, match=r"sandbox\.one_login\.app"):
        _ = idle.one_login.url
    with pytest.raises(NotRunningError):
        idle.one_login.logout_token("megan")
