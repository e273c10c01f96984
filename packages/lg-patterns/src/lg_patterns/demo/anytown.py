# SPDX-License-Identifier: MIT
"""Anytown Council on this machine: the sandbox, the clients, and the garden waste service."""

from collections.abc import Callable
from contextlib import ExitStack
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from lg_address import PlacesClient
from lg_core.store import Store
from lg_core.telemetry import Environment, Mode, TelemetrySettings, configure
from lg_identity import OneLoginClient, OneLoginSettings
from lg_notify import NotifyClient
from lg_patterns.demo.messages import ENGLISH, WELSH
from lg_patterns.demo.serving import Framework, Served, loopback_socket
from lg_patterns.garden_waste.ledger import MemoryLedger
from lg_patterns.garden_waste.service import GardenWaste
from lg_patterns.garden_waste.settings import GardenWasteSettings
from lg_patterns.garden_waste.sign_in import SIGNED_IN_PATH
from lg_pay import PayClient
from lg_sandbox import Sandbox

__all__ = ["COUNCIL", "Anytown"]

COUNCIL = "x-anytown"
_PREFIX = "/garden-waste"


class Anytown:
    """The sandbox and a council's site on loopback, from entering to leaving.

    Args:
        framework: the web framework that the site stands in.
        port: the site's port; any free one when 0.
        settings: changes the example's settings; None leaves them as they are.
        store: the address of the store; a file for the time being when None.
    """

    def __init__(
        self,
        *,
        framework: Framework = Framework.STARLETTE,
        port: int = 0,
        settings: Callable[[GardenWasteSettings], GardenWasteSettings] | None = None,
        store: str | Path | None = None,
    ) -> None:
        self.sandbox = Sandbox()
        self.ledger = MemoryLedger()
        self.store: Store
        self.url = ""
        self.service: GardenWaste
        self._framework = framework
        self._port = port
        self._change = settings
        self._address = store
        self._open = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            listening = loopback_socket(self._port)
            opening.callback(listening.close)
            self.url = f"http://127.0.0.1:{listening.getsockname()[1]}{_PREFIX}"
            sandbox = opening.enter_context(self.sandbox)
            configure(
                TelemetrySettings(
                    mode=Mode.LOCAL,
                    council=COUNCIL,
                    product="garden-waste",
                    environment=Environment.DEVELOPMENT,
                )
            )
            opening.callback(configure, TelemetrySettings())
            address = self._address or self._file(opening)
            self.store = opening.enter_context(Store(address, now=sandbox.clock.now))
            self.service = GardenWaste(
                self._settings(),
                store=self.store,
                ledger=self.ledger,
                pay=opening.enter_context(PayClient(sandbox.pay.api_key, base_url=sandbox.pay.url)),
                notify=opening.enter_context(
                    NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url)
                ),
                addresses=opening.enter_context(
                    PlacesClient(sandbox.places.api_key, base_url=sandbox.places.url)
                ),
                one_login=opening.enter_context(OneLoginClient(self._sign_in())),
            )
            opening.enter_context(
                Served(
                    listening,
                    endpoints=self.service.endpoints(),
                    prefix=_PREFIX,
                    framework=self._framework,
                )
            )
            self._open = opening.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open.close()

    @staticmethod
    def _file(opening: ExitStack) -> Path:
        folder = opening.enter_context(TemporaryDirectory(prefix="lg-patterns-"))
        return Path(folder) / "anytown.db"

    def _settings(self) -> GardenWasteSettings:
        """The example's settings, at this machine's addresses."""
        text = files("lg_patterns.demo").joinpath("garden-waste.toml").read_text("utf-8")
        settings = GardenWasteSettings.from_toml(text)
        settings = self._change(settings) if self._change else settings
        for template_id, (subject, body) in (
            (settings.messages.confirmation, ENGLISH),
            (settings.messages.confirmation_cy, WELSH),
        ):
            self.sandbox.notify.templates.add(
                body, name="Garden waste confirmation", subject=subject, template_id=template_id
            )
        targets = (self.sandbox.pay.url, self.sandbox.one_login.url.rstrip("/"))
        site = settings.site.model_copy(update={"url": self.url, "form_targets": targets})
        return settings.model_copy(update={"site": site})

    def _sign_in(self) -> OneLoginSettings:
        one_login = self.sandbox.one_login
        back = f"{self.url}{SIGNED_IN_PATH}"
        one_login.redirect_uris.append(back)
        return OneLoginSettings(
            client_id=one_login.client_id,
            private_key=SecretStr(one_login.private_key),
            key_id=COUNCIL,
            redirect_uri=back,
            issuer=one_login.url,
            core_identity_issuer=one_login.core_identity_issuer,
            did_url=one_login.did_url,
            did_id=one_login.did_id,
        )
