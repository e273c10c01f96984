# SPDX-License-Identifier: MIT
"""The probe of the stand-in for GOV.UK One Login: signs in who is planted, and looks around."""

import json
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import urlencode

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from sandbox.one_login_service import CORE, Service, parts

from lg_core.testing import asgi
from lg_core.transport import WireAnswer, WireRequest
from lg_sandbox import Fault, Sandbox
from lg_sandbox.one_login import Level, Name, Outcome, Person, SigningAlgorithm
from lg_sandbox.one_login.keys import KeyRing

BASE = "http://localhost"
PERSON = Person(
    "planted",
    "Planted",
    PLANTED["e-mail"],
    PLANTED["phone"],
    Level.P2,
    (Name((("GivenName", PLANTED["name"]),), valid_from=PLANTED["description"]),),
    (PLANTED["reference"],),
    ({"streetName": PLANTED["address"], "postalCode": PLANTED["postcode"]},),
    passport=({"documentNumber": PLANTED["card number"]},),
    return_codes=(PLANTED["metadata value"],),
)
_NONE: Mapping[str, str] = {}
IDENTITY = {"vtr": '["Cl.Cm.P2"]', "claims": f'{{"userinfo": {{"{CORE}": null}}}}'}


class _Answer:
    """An answer, as the service reads it."""

    def __init__(self, answer: WireAnswer) -> None:
        self.headers = dict(answer.headers)
        self._body = answer.body

    def json(self) -> Any:
        """Return the body as a value."""
        return json.loads(self._body)


class _Wire:
    """A client without log lines of its own: what comes to light is the stand-in's."""

    base_url = BASE

    def __init__(self, sandbox: Sandbox) -> None:
        self._way = asgi(sandbox.one_login.app)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_ignored: object) -> None:
        self._way.close()

    def get(
        self, address: str, *, params: Mapping[str, str] = _NONE, headers: Mapping[str, str] = _NONE
    ) -> _Answer:
        """Ask for something."""
        query = f"?{urlencode(params)}" if params else ""
        return self._send("GET", address + query, headers=headers)

    def post(self, address: str, *, data: Mapping[str, str] = _NONE) -> _Answer:
        """Send a form."""
        return self._send("POST", address, body=urlencode(data).encode())

    def _send(
        self, method: str, address: str, *, headers: Mapping[str, str] = _NONE, body: bytes = b""
    ) -> _Answer:
        url = address if address.startswith("http") else BASE + address
        request = WireRequest(
            method=method,
            url=url,
            headers=(("user-agent", "probe"), *headers.items()),
            body=body,
            connect=1,
            read=1,
            write=1,
            pool=1,
            total=1,
            max_answer=10_000_000,
        )
        return _Answer(self._way.send(request))


def _ask(saw: Saw, service: Service) -> None:
    """Ask well and wrongly, with what is planted in every place."""
    one_login = service.sandbox.one_login
    planted = dict.fromkeys(("state", "nonce", "vtr", "claims", "prompt", "scope"), PLANTED["name"])
    for name, value in planted.items():
        for link in (service.link(**{name: value}), service.signed_link(**{name: value})):  # pyright: ignore[reportArgumentType] -- all of them are claims
            service.http.get(link)
            # The address back holds the state by its nature: it is what was asked for.
            one_login.sign_in(link) if name == "state" else saw.attempt(one_login.sign_in, link)
    wrong = {"client_id": PLANTED["name"], "request": PLANTED["address"]}
    saw.attempt(one_login.sign_in, f"{BASE}/authorize?{urlencode(wrong)}")
    saw.attempt(one_login.sign_in, service.link(redirect_uri=PLANTED["return address"]))
    saw.attempt(one_login.sign_in, service.link(), person=PLANTED["name"])
    saw.attempt(one_login.sign_in, service.link(), outcome=Outcome.SERVER_ERROR)
    saw.attempt(one_login.subject_of, PLANTED["name"])
    saw.attempt(one_login.logout_token, "planted", client_id=PLANTED["name"])
    one_login.people.make_again("planted")
    for options in (
        {"public_key": PLANTED["api key"]},
        {"jwks": {"keys": [{"kty": "RSA", "use": "sig", "kid": PLANTED["name"], "n": "x"}]}},
        {"jwks_url": PLANTED["address"]},
    ):
        uris = [PLANTED["return address"]]
        saw.attempt(one_login.clients.add, PLANTED["name"], redirect_uris=uris, **options)
        saw.attempt(one_login.clients.add, "x", redirect_uris=[PLANTED["name"]], **options)
    member = {**service.key.as_dict(private=False), "kid": "one", "use": "sig"}
    one_login.clients.add("theirs", redirect_uris=[service.redirect_uri], jwks={"keys": [member]})
    token = service.sign(service.claims(client_id="theirs", iss="theirs"), kid="one")
    one_login.sign_in(
        service.signed_link(client_id="theirs", iss="theirs", token=token, query=_THEIRS)
    )


_THEIRS = {"client_id": "theirs"}


def _sign_in(saw: Saw, service: Service) -> str:
    """Go the whole way, and note each secret of it as planted."""
    one_login = service.sandbox.one_login
    page = service.http.get(service.link(**IDENTITY)).headers["location"]
    service.http.get(page)
    service.http.post(page)
    back = service.http.post(page, data={"choice": "person:planted"}).headers["location"]
    service.http.get(page)
    code = parts(back)["code"]
    tokens = service.redeem(code).json()
    service.redeem(code)
    service.redeem(PLANTED["name"], client_assertion=PLANTED["api key"])
    told = service.userinfo(tokens["access_token"]).json()
    service.userinfo(PLANTED["name"])
    hint = str(tokens["id_token"])
    saw.planted |= {
        "a code": code,
        "an access token": str(tokens["access_token"]),
        "an ID token": hint,
        "a core identity": str(told[CORE]),
        "a sub": str(told["sub"]),
    }
    for query in ({}, {"id_token_hint": hint}, {"id_token_hint": PLANTED["name"]}):
        service.http.get("/logout", params=query)
    service.http.get("/logout", params={"state": "x" * 3000})
    one_login.sign_in(service.signed_link(prompt="login", id_token_hint=hint), person="tomos")
    return hint


@probe
def the_stand_in_for_one_login(saw: Saw) -> None:
    """Its records and errors show no person, token or key; its pages are for the tester."""
    sandbox = Sandbox()
    one_login = sandbox.one_login
    saw.attempt(lambda: one_login.url)
    one_login.served_at(BASE)
    one_login.people.add(PERSON)
    one_login.redirect_uris.append(PLANTED["return address"])
    with _Wire(sandbox) as http:
        service = Service(sandbox, http)
        saw.planted["a private key"] = "".join(one_login.private_key.splitlines()[1:3])
        for path in ("", ".well-known/openid-configuration", ".well-known/jwks.json", "trustmark"):
            http.get(f"/{path}")
        http.get("/.well-known/did.json")
        http.get(f"/{PLANTED['reference']}")
        _sign_in(saw, service)
        _ask(saw, service)
        page = http.get(service.link()).headers["location"]
        http.post(page, data={"choice": "outcome:server_error"})
        for fault in (Fault.ERROR_BEFORE, Fault.RATE_LIMITED, Fault.HTML):
            one_login.faults.add(fault, operation="token")
            service.redeem(PLANTED["name"])
    saw.planted["a logout token"] = one_login.logout_token("planted")
    one_login.rotate_keys()
    one_login.rotate_identity_keys(keep_old=False)
    office = one_login._office
    saw.attempt(office.asked, PLANTED["name"], now=sandbox.clock.now())
    saw(
        [
            one_login,
            one_login.client,
            one_login.clients,
            list(one_login.clients),
            one_login.people,
            list(one_login.people),
            list(one_login.requests),
            office,
            list(office._visits.values()),
            list(office._grants.values()),
            list(office._access.values()),
            office.pair,
            KeyRing(SigningAlgorithm.ES256),
        ]
    )
