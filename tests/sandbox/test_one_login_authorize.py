"""lg_sandbox.one_login.asking and .checks: every rule of /authorize, and how it is refused."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from examples import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwk, jwt
from sandbox.one_login_service import BASE, CORE, Service, parts
from starlette.testclient import TestClient

from lg_sandbox import Sandbox
from lg_sandbox.one_login import Claim, Level, Outcome, Scope

SHARED = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=examples(60)
)
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NO_SCOPE = "Invalid, unknown or malformed scope"
NO_VTR = "Request vtr not valid"


@pytest.fixture
def service(idle: Sandbox) -> Iterator[Service]:
    """Give a service beside a stand-in in process."""
    with TestClient(idle.one_login.app, base_url=BASE, follow_redirects=False) as http:
        yield Service(idle, http)


def test_a_good_request_leads_to_the_tester_page(service: Service) -> None:
    """By query and by signed object, with all that may stand in them."""
    more: dict[str, str] = {
        "vtr": '["Cl.Cm.P2"]',
        "claims": f'{{"userinfo": {{"{CORE}": null}}}}',
        "ui_locales": "fr cy",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "prompt": "none",
        "channel": "web",
        "response_mode": "query",
    }
    objects: dict[str, Any] = {
        **more,
        "vtr": ["Cl.Cm.P2"],
        "claims": {"userinfo": {CORE: None}},
        "max_age": 60,
    }
    links = (
        service.link(),
        service.link(**more),
        service.link(claims='{"id_token": {}}', login_hint="x" * 300),
        service.signed_link(),
        service.signed_link(**objects),
        service.signed_link(algorithm="PS512", exp=None, login_hint=1.5),
    )
    for link in links:
        answer = service.http.get(link)
        assert 302 == answer.status_code
        assert answer.headers["location"].startswith(f"{BASE}/sign-in/")
        assert "no-store" == answer.headers["cache-control"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "nobody"},
        {"redirect_uri": None},
        {"redirect_uri": "https://council.example/one-login/callback/"},
        {"redirect_uri": "https://elsewhere.example"},
        {"response_mode": "form_post"},
        {"request": "no token"},
    ],
)
def test_a_wrong_client_or_address_is_a_bare_400(
    service: Service, changes: dict[str, str | None]
) -> None:
    """Nobody is sent back to an address that is not registered."""
    changes = {"redirect_uri": None, **changes} if "request" in changes else changes
    answer = service.http.get(service.link(**changes))

    assert (400, None) == (answer.status_code, answer.headers.get("location"))


QUERY_ROWS = [
    ({"response_type": None}, "invalid_request", "Invalid Request", False),
    ({"response_type": "coupon"}, "invalid_request", "Invalid Request", False),
    ({"response_type": "token"}, "unsupported_response_type", "Unsupported response type", True),
    ({"scope": None}, "invalid_request", "Invalid Request", False),
    ({"scope": "email"}, "invalid_request", "Invalid Request", False),
    ({"scope": "openid am"}, "invalid_scope", NO_SCOPE, True),
    ({"state": None}, "invalid_request", "Request is missing state parameter", False),
    ({"nonce": ""}, "invalid_request", "Request is missing nonce parameter", True),
    ({"vtr": '["P2"]'}, "invalid_request", NO_VTR, True),
    ({"vtr": '["Cl.Cm","Cl.Cm.P2"]'}, "invalid_request", NO_VTR, True),
    ({"claims": "{"}, "invalid_request", "Invalid Request", False),
    ({"claims": "[]"}, "invalid_request", "Invalid Request", False),
    (
        {"claims": '{"userinfo": {"x": null}}'},
        "invalid_request",
        "Request contains invalid claims",
        True,
    ),
    ({"prompt": "select_account"}, "unmet_authentication_requirements", None, True),
    ({"prompt": "now"}, "invalid_request", "Invalid Request", False),
    ({"prompt": "none login"}, "invalid_request", "Invalid Request", False),
    ({"channel": "strategic_app"}, "invalid_request", "Invalid value for channel parameter.", True),
    ({"request_uri": "https://x.example"}, "request_uri_not_supported", None, True),
    ({"code_challenge": "short"}, "invalid_request", None, True),
    ({"code_challenge": CHALLENGE}, "invalid_request", None, True),
    (
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        "invalid_request",
        "Invalid value for code_challenge_method parameter.",
        True,
    ),
    ({"request": "no.token"}, "invalid_request", "Invalid Request", False),
]


@pytest.mark.parametrize(("changes", "code", "description", "state"), QUERY_ROWS)
def test_a_wrong_request_is_sent_back(
    service: Service,
    *,
    changes: dict[str, str | None],
    code: str,
    description: str | None,
    state: bool,
) -> None:
    """With the error's code and words; with the state unless nothing could be read."""
    back = service.http.get(service.link(**changes)).headers["location"]
    told = parts(back)

    assert back.startswith(f"{service.redirect_uri}?")
    assert (code, state) == (told["error"], "state" in told)
    assert description in {None, told["error_description"]}
    assert back == service.sandbox.one_login.sign_in(service.link(**changes))


OBJECT_ROWS = [
    ({"state": None}, "invalid_request", "Request is missing state parameter"),
    ({"client_id": "other"}, "unauthorized_client", "Unauthorized client"),
    ({"client_id": None}, "unauthorized_client", "Unauthorized client"),
    ({"iss": "other"}, "unauthorized_client", "Unauthorized client"),
    (
        {"aud": BASE},
        "access_denied",
        "Access denied by resource owner or authorization server",
    ),
    ({"request": "x"}, "invalid_request", "Invalid request"),
    ({"request_uri": "https://x"}, "invalid_request", "Invalid request"),
    ({"response_type": "token"}, "unsupported_response_type", "Unsupported response type"),
    ({"query": {"response_type": "token"}}, "unsupported_response_type", None),
    ({"query": {"scope": "openid"}}, "invalid_scope", NO_SCOPE),
    ({"scope": "openid am"}, "invalid_scope", NO_SCOPE),
    ({"nonce": None}, "invalid_request", "Request is missing nonce parameter"),
    ({"vtr": ["P2"]}, "invalid_request", NO_VTR),
    ({"claims": {"userinfo": {"x": None}}}, "invalid_request", "Request contains invalid claims"),
    ({"login_hint": "x" * 257}, "invalid_request", "login_hint parameter is invalid"),
    ({"channel": "x"}, "invalid_request", "Invalid value for channel parameter."),
    ({"id_token_hint": "x"}, "invalid_request", "unable to validate id_token_hint"),
]


@pytest.mark.parametrize(("changes", "code", "description"), OBJECT_ROWS)
def test_a_wrong_object_is_sent_back(
    service: Service, *, changes: dict[str, object], code: str, description: str | None
) -> None:
    """With the error's code and words."""
    told = parts(service.http.get(service.signed_link(**changes)).headers["location"])  # pyright: ignore[reportArgumentType] -- rows of all kinds

    assert code == told["error"]
    assert description in {None, told["error_description"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://elsewhere.example"},
        {"redirect_uri": None},
        {"response_mode": "form_post"},
        {"sub": "lg-sandbox-service"},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": True},
        {"token": "e30.e30.AAAA"},
        {"token": "a.b.c"},
        {"token": "W10.e30.AAAA"},
        {"query": {"scope": "email"}},
        {"query": {"request_uri": "https://x.example"}},
    ],
)
def test_an_object_that_nobody_can_trust_is_a_bare_400(
    service: Service, changes: dict[str, object]
) -> None:
    """No address in it can be believed."""
    link = service.signed_link(**changes)  # pyright: ignore[reportArgumentType] -- rows of all kinds

    assert 400 == service.http.get(link).status_code
    with pytest.raises(ValueError, match="status 400"):
        service.sandbox.one_login.sign_in(link)


def test_an_object_may_be_a_minute_late(service: Service) -> None:
    """One Login's clock and the service's may differ by 60 seconds."""
    late = service.signed_link(exp=service.now - 59)
    too_late = service.signed_link(exp=service.now - 61)

    assert [302, 400] == [service.http.get(each).status_code for each in (late, too_late)]


def test_an_object_is_signed_with_the_registered_key(service: Service) -> None:
    """Not with another, and not with an elliptic one."""
    theirs = jwk.RSAKey.generate_key(2048)
    curve = jwk.ECKey.generate_key("P-256")
    for token in (
        jwt.encode({"alg": "RS256"}, service.claims(), theirs),
        jwt.encode({"alg": "ES256"}, service.claims(), curve),
    ):
        answer = service.http.get(service.signed_link(token=token))
        assert (400, "Trust chain validation failed") == (answer.status_code, answer.text)


@given(st.data())
@SHARED
def test_a_changed_object_is_never_accepted(service: Service, data: st.DataObject) -> None:
    """One character changed in the claims or the signature: a refusal, and no page."""
    token = service.sign(service.claims())
    at = data.draw(st.integers(token.index(".") + 1, len(token) - 2))
    other = data.draw(st.sampled_from("AQgwx0_-.~é"))
    changed = token[:at] + other + token[at + 1 :]
    answer = service.http.get(service.signed_link(token=changed))

    assert changed == token or 400 == answer.status_code


def test_the_settings_of_a_service_count(service: Service) -> None:
    """Switched off, signed objects alone, PKCE, scopes, claims and levels."""
    client = service.sandbox.one_login.client

    def told(**changes: str | None) -> tuple[str, str]:
        found = parts(service.http.get(service.link(**changes)).headers["location"])
        return found["error"], found["error_description"]

    client.active = False
    assert ("unauthorized_client", "client deactivated") == told()
    client.active, client.jar_required = True, True
    assert (
        "access_denied",
        "JAR required for client but request does not contain Request Object",
    ) == told()
    assert 302 == service.http.get(service.signed_link()).status_code
    client.jar_required, client.pkce_enforced = False, True
    assert "invalid_request" == told()[0]
    client.pkce_enforced = False
    client.scopes.remove(Scope.PHONE)
    assert ("invalid_scope", NO_SCOPE) == told()
    client.scopes.add(Scope.PHONE)
    client.claims.remove(Claim.CORE_IDENTITY)
    assert "Request contains invalid claims" == told(claims=f'{{"userinfo":{{"{CORE}":null}}}}')[1]
    client.levels.remove(Level.P2)
    assert NO_VTR == told(vtr='["Cl.Cm.P2"]')[1]


@pytest.mark.parametrize(("age", "query", "signed"), [("-1", 302, 302), ("soon", 400, 302)])
def test_max_age_is_by_agreement(service: Service, *, age: str, query: int, signed: int) -> None:
    """Without it max_age is passed over; with it a wrong one is refused."""
    links = (service.link(max_age=age), service.signed_link(max_age=age))
    assert all("/sign-in/" in service.http.get(each).headers["location"] for each in links)

    service.sandbox.one_login.client.max_age_enabled = True

    first, second = (service.http.get(each) for each in links)
    assert (query, signed) == (first.status_code, second.status_code)
    assert "Max+age" in second.headers["location"]
    assert "/sign-in/" in service.http.get(service.link(max_age="0")).headers["location"]


def test_of_a_repeated_parameter_the_last_counts(service: Service) -> None:
    """As at the gateway in front of One Login."""
    answer = service.http.get(f"{service.link(state='first')}&state=second&vtr=x")

    assert "second" == parts(answer.headers["location"])["state"]


def test_the_answer_can_come_in_the_fragment(service: Service) -> None:
    """Where the service asks for it, errors too; what stands in the address stays."""
    address = "https://council.example/back?of=us"
    service.sandbox.one_login.redirect_uris.append(address)
    one_login = service.sandbox.one_login
    back = one_login.sign_in(service.link(response_mode="fragment", redirect_uri=address))
    plain = one_login.sign_in(service.link(redirect_uri=address))
    wrong = one_login.sign_in(service.link(response_mode="fragment", nonce=None))

    assert back.startswith(f"{address}#code=")
    assert plain.startswith(f"{address}&code=")
    assert "invalid_request" == parts(urlsplit(wrong).fragment and wrong)["error"]


def test_a_link_that_is_too_long_stops_at_the_firewall(service: Service) -> None:
    """Over 4096 characters the answer is 403 and a page; POST is not there at all."""
    answer = service.http.get(service.link(state="x" * 4100))

    assert (403, True) == (answer.status_code, "<h1>" in answer.text)
    assert 405 == service.http.post("/authorize").status_code


@pytest.mark.parametrize("outcome", [each for each in Outcome if each is not Outcome.SERVER_ERROR])
def test_a_sign_in_can_fail(service: Service, outcome: Outcome) -> None:
    """The error comes back with the state."""
    told = parts(service.sandbox.one_login.sign_in(service.link(), outcome=outcome))

    assert (outcome.value, "a-state") == (told["error"], told["state"])


def test_after_a_server_error_nobody_comes_back(service: Service) -> None:
    """There is no address to return, and the error says so; nobody unknown signs in."""
    with pytest.raises(ValueError, match="nobody comes back"):
        service.sandbox.one_login.sign_in(service.link(), outcome=Outcome.SERVER_ERROR)
    with pytest.raises(LookupError, match="no such person"):
        service.sandbox.one_login.sign_in(service.link(), person="nobody")


def test_signing_in_again_needs_the_same_person(service: Service) -> None:
    """With prompt=login and an ID token: another person ends in login_required."""
    hint = str(service.tokens()["id_token"])
    link = service.signed_link(prompt="login", id_token_hint=hint)
    one_login = service.sandbox.one_login

    assert "code" in parts(one_login.sign_in(link, person="megan"))
    assert "login_required" == parts(one_login.sign_in(link, person="tomos"))["error"]
    assert "code" in parts(
        one_login.sign_in(service.signed_link(id_token_hint=hint), person="beth")
    )


def test_an_identity_that_is_not_proved_is_refused(service: Service) -> None:
    """With access_denied, unless the service asks for return codes."""
    one_login = service.sandbox.one_login
    identity = {"vtr": '["Cl.Cm.P2"]'}
    codes = {"claims": f'{{"userinfo": {{"{Claim.RETURN_CODE}": null}}}}'}

    for person in ("callum", "denzil"):
        told = parts(one_login.sign_in(service.link(**identity), person=person))
        assert "access_denied" == told["error"]
        assert "code" in parts(one_login.sign_in(service.link(**identity, **codes), person=person))
        assert "code" in parts(one_login.sign_in(service.link(), person=person))
