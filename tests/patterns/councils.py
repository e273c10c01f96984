# SPDX-License-Identifier: MIT
"""Several councils in one process: each its own garden waste service, under its own prefix."""

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from joserfc.jwk import RSAKey
from made_once import with_keys
from pydantic import SecretStr
from starlette.applications import Starlette

import lg_web.starlette
from lg_address import PlacesClient
from lg_core.store import Store
from lg_core.testing import RecordingObserver
from lg_identity import OneLoginClient, OneLoginSettings
from lg_notify import NotifyClient
from lg_patterns.demo.messages import ENGLISH, WELSH
from lg_patterns.garden_waste import GardenWaste, GardenWasteSettings, MemoryLedger
from lg_patterns.garden_waste.sign_in import SIGNED_IN_PATH
from lg_pay import PayClient
from lg_sandbox import Sandbox
from lg_sandbox.pay.model import Account
from lg_sandbox.server import LoopbackServer

__all__ = ["Council", "serving"]

EXAMPLE = files("lg_patterns.demo").joinpath("garden-waste.toml").read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Council:
    """One of the councils.

    Attributes:
        code: its code, or its `x-` identifier.
        url: where its service is.
        sandbox: the stand-ins, which all the councils share.
        account: its own account with GOV.UK Pay.
        ledger: what its finance has.
        watch: was told of each call that its clients made.
    """

    code: str
    url: str
    sandbox: Sandbox
    account: Account
    ledger: MemoryLedger
    watch: RecordingObserver


@contextmanager
def serving(codes: Sequence[str], *, folder: Path) -> Generator[list[Council]]:
    """Serve the councils from one Starlette application, on loopback, each with its own store."""
    app = Starlette()
    server = LoopbackServer([(app, 0)])
    with ExitStack() as open_, with_keys(Sandbox()) as sandbox:
        (host,) = server.start()
        open_.callback(server.stop)
        yield [
            _opened(
                open_,
                app,
                code=code,
                url=f"{host}/council-{number}",
                sandbox=sandbox,
                folder=folder,
            )
            for number, code in enumerate(codes)
        ]


def _opened(
    open_: ExitStack, app: Starlette, *, code: str, url: str, sandbox: Sandbox, folder: Path
) -> Council:
    account = Account(code)
    council = Council(code, url, sandbox, account, MemoryLedger(), RecordingObserver())
    watching = [council.watch]
    pay_key = sandbox.pay.new_api_key(account=account)
    service = GardenWaste(
        _settings(council),
        store=open_.enter_context(Store(folder / f"{code}.db", now=sandbox.clock.now)),
        ledger=council.ledger,
        pay=open_.enter_context(PayClient(pay_key, base_url=sandbox.pay.url, observers=watching)),
        notify=open_.enter_context(
            NotifyClient(
                sandbox.notify.new_api_key(), base_url=sandbox.notify.url, observers=watching
            )
        ),
        addresses=open_.enter_context(
            PlacesClient(
                sandbox.places.new_api_key(), base_url=sandbox.places.url, observers=watching
            )
        ),
        one_login=open_.enter_context(OneLoginClient(_sign_in(council), observers=watching)),
    )
    lg_web.starlette.mount(app, service.endpoints(), prefix=f"/{url.rpartition('/')[2]}")
    return council


def _settings(council: Council) -> GardenWasteSettings:
    """The example's settings with the council's own code, name, address and ledger."""
    sandbox = council.sandbox
    settings = GardenWasteSettings.from_toml(
        EXAMPLE.replace('code = "x-anytown"', f'code = "{council.code}"')
        .replace("Anytown Council", f"The council {council.code}")
        .replace('cost_centre = "WS210"', f'cost_centre = "{council.code}"')
    )
    english, welsh = (
        sandbox.notify.templates.add(body, name=council.code, subject=subject).id
        for subject, body in (ENGLISH, WELSH)
    )
    messages = settings.messages.model_copy(
        update={"confirmation": english, "confirmation_cy": welsh}
    )
    targets = (sandbox.pay.url, sandbox.one_login.url.rstrip("/"))
    site = settings.site.model_copy(update={"url": council.url, "form_targets": targets})
    return settings.model_copy(update={"site": site, "messages": messages})


def _sign_in(council: Council) -> OneLoginSettings:
    one_login = council.sandbox.one_login
    key = RSAKey.generate_key(2048)
    back = f"{council.url}{SIGNED_IN_PATH}"
    one_login.clients.add(
        council.code, redirect_uris=[back], public_key=key.as_pem(private=False).decode()
    )
    return OneLoginSettings(
        client_id=council.code,
        private_key=SecretStr(key.as_pem(private=True).decode()),
        key_id=council.code,
        redirect_uri=back,
        issuer=one_login.url,
        core_identity_issuer=one_login.core_identity_issuer,
        did_url=one_login.did_url,
        did_id=one_login.did_id,
    )
