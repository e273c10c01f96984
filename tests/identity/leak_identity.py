"""The probe of lg-identity: keys, codes, tokens and people, and all the ways to be refused."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import anyio  # noqa: TID253 -- a test may load it
from made_once import with_keys
from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw
from pydantic import SecretStr

from lg_core.endpoints import read_fields
from lg_core.testing import asgi
from lg_identity import (
    AsyncOneLoginClient,
    Claim,
    CoreIdentity,
    Level,
    Name,
    NamePart,
    NamePartType,
    NotProved,
    OneLoginAddress,
    OneLoginClient,
    OneLoginSettings,
    PendingSignIn,
    SignIn,
    errors,
)
from lg_sandbox import Sandbox


@probe
def signing_in(saw: Saw) -> None:
    """Neither the service's key nor a code, a token or a person comes to light."""
    with with_keys(Sandbox()) as sandbox:
        given = sandbox.one_login
        saw.planted["private key"] = given.private_key.splitlines()[3]
        values: dict[str, Any] = {
            "client_id": given.client_id,
            "private_key": SecretStr(given.private_key),
            "key_id": "k",
            "redirect_uri": given.redirect_uris[0],
            "issuer": given.url,
            "core_identity_issuer": given.core_identity_issuer,
            "did_url": given.did_url,
            "did_id": given.did_id,
        }
        settings = OneLoginSettings(**values)
        saw(settings)
        for name in values:
            wrong = SecretStr(PLANTED["api key"]) if name == "private_key" else PLANTED["name"]
            made = saw.attempt(OneLoginSettings, **(values | {name: wrong}))
            if isinstance(made, OneLoginSettings):
                saw.attempt(OneLoginClient, made)
        saw.attempt(OneLoginSettings.from_env)
        for build in (OneLoginClient.from_env, AsyncOneLoginClient.from_env):
            saw.attempt(build)
        transport = asgi(given.app)
        with OneLoginClient(settings, transport=transport, clock=sandbox.clock.now) as one_login:
            _walk(saw, sandbox, one_login)
        transport.close()
        anyio.run(_other_way, saw, sandbox, settings)


def _walk(saw: Saw, sandbox: Sandbox, one_login: OneLoginClient) -> None:
    saw(one_login.with_options(timeout=9))
    for level in Level:
        claims = (Claim.ADDRESS,) if level is Level.IDENTITY else ()
        started = one_login.start(level=level, claims=claims)
        data = started.pending.to_data()
        saw.planted |= {f"{name} {level}": str(data[name]) for name in ("state", "nonce")}
        saw(started)
        for name in data:
            saw.attempt(PendingSignIn.from_data, data | {name: PLANTED["name"]})
        query = read_fields(urlsplit(sandbox.one_login.sign_in(started.url)).query.encode())
        saw.planted[f"code {level}"] = query["code"]
        for wrong in ({}, {"error": PLANTED["name"]}, {"code": PLANTED["name"]}):
            saw.attempt(one_login.finish, wrong, started.pending)
            saw.attempt(one_login.finish, wrong | {"state": query["state"]}, started.pending)
        for error in ("access_denied", "temporarily_unavailable", "login_required"):
            back = {"error": error, "error_description": PLANTED["name"], "state": query["state"]}
            saw.attempt(one_login.finish, back, started.pending)
        outcome = saw.attempt(one_login.finish, query, started.pending)
        saw.attempt(one_login.finish, query, started.pending)
        assert isinstance(outcome, SignIn)
        saw.planted[f"token {level}"] = outcome.id_token.get_secret_value()
        saw([NotProved(outcome), *outcome.addresses, outcome.identity])
        one_login.logout_url(outcome.id_token)
        saw.attempt(one_login.logout_url, outcome.id_token, state=PLANTED["name"])
    saw.attempt(one_login.start, language=PLANTED["name"])
    name = Name((NamePart(NamePartType.GIVEN, PLANTED["name"]),))
    saw([CoreIdentity((name,), (date(1970, 1, 1),)), name, *name.parts])
    for country in ("GB", "FR"):
        address = OneLoginAddress(
            street=PLANTED["address"], postal_code=PLANTED["postcode"], country=country
        )
        saw([address, address.postal()])
    saw(errors.SignInError("x", fault=errors.SignInFault.STATE, step=errors.SignInStep.CALLBACK))
    for kind in (
        errors.ClientNotAcceptedError,
        errors.CodeNotAcceptedError,
        errors.OneLoginUnavailableError,
    ):
        saw(kind("x", status=400))
    sandbox.clock.advance(timedelta(days=2))


async def _other_way(saw: Saw, sandbox: Sandbox, settings: OneLoginSettings) -> None:
    transport = asgi(sandbox.one_login.app)
    async with AsyncOneLoginClient(
        settings, transport=transport, clock=sandbox.clock.now
    ) as one_login:
        started = await one_login.start()
        back = sandbox.one_login.sign_in(started.url)
        saw(one_login.with_options(timeout=9))
        outcome = await one_login.finish(dict(parse_qsl(urlsplit(back).query)), started.pending)
        assert isinstance(outcome, SignIn)
        saw(await one_login.logout_url(outcome.id_token) and outcome)
