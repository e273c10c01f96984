# SPDX-License-Identifier: MIT
"""What counting is set to, and what is wrong with it. A fault here is told, and never raised."""

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self, cast

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.telemetry._words import COUNCIL, SLUG, Environment, Mode

if TYPE_CHECKING:
    from lg_core.councils import Council

__all__ = ["PREFIX", "Plan", "TelemetrySettings", "find_code", "plan_of"]

PREFIX: Final = "LG_TELEMETRY"
_LONGEST_NAME: Final = 40
_LOCAL_COUNCIL: Final = "x-local"
_LOCAL_PRODUCT: Final = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """Say whether use is counted, for whom, and where the counts go.

    Building it raises nothing: `configure` looks at it, and leaves counting off where it cannot be
    used. Its `repr` shows the mode alone.

    Args:
        mode: `off`, `local` or `on`.
        council: the council that the process works for unless `acting_for` says otherwise: a code
            or GSS code of the register, or an identifier beginning with `x-`.
        councils: those that `acting_for` may name as well; in text, divided by commas.
        supplier: who runs the product, in small letters with hyphens; None for the council itself.
        product: the product, in small letters with hyphens, such as `garden-waste`.
        environment: `production`, `staging`, `development` or `test`.
        endpoint: where reports are sent to, an https address.
        spool: the folder in which all processes of the machine keep their counts.
    """

    mode: Mode | str = Mode.OFF
    council: str | None = None
    councils: Iterable[str] | str = ()
    supplier: str | None = None
    product: str | None = None
    environment: Environment | str | None = None
    endpoint: str | None = None
    spool: Path | str | None = None

    @classmethod
    def from_env(cls, variables: Mapping[str, str] = os.environ) -> Self:
        """Read `LG_TELEMETRY`, `LG_TELEMETRY_COUNCIL` and the rest. Empty ones are not set.

        Args:
            variables: the environment.

        Returns:
            The settings, not yet looked at.
        """
        return cls(
            mode=variables.get(PREFIX, "").strip() or Mode.OFF,
            **{
                name: value
                for name in cls.__slots__
                if name != "mode"
                and (value := variables.get(f"{PREFIX}_{name.upper()}", "").strip())
            },
        )

    def __repr__(self) -> str:
        known = isinstance(self.mode, Mode) or self.mode in set(Mode)
        return f"TelemetrySettings({self.mode if known else 'not a mode'!s})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Settings that can be used.

    Attributes:
        mode: local or on.
        council: the GSS code or `x-` identifier of the council that is counted by default.
        accepts: those that may be named, `council` included; None for any of the register.
        supplier: who runs the product.
        product: the product.
        environment: what the installation is for.
        endpoint: where reports are to be sent.
        spool: where counts are kept between flushes.
    """

    mode: Mode
    council: str
    accepts: frozenset[str] | None
    supplier: str | None
    product: str
    environment: Environment
    endpoint: str | None
    spool: Path | None


def find_code(text: str) -> str | None:
    """Return the GSS code that a code of the register stands for, or an `x-` identifier as it is.

    Args:
        text: a council's own code, its GSS code, or an identifier beginning with `x-`.

    Returns:
        What is counted; None for a name, and for whatever else is no code.
    """
    if text.startswith("x-"):
        fits = len(text) <= _LONGEST_NAME and re.fullmatch(COUNCIL, text)
        return text if fits else None
    from lg_core.councils import resolve  # noqa: PLC0415 -- the register loads when it is asked

    try:
        council = resolve(text)
    except InvalidValueError:
        return None
    # A name is not taken: what is counted is set by code, so that a wish for a new name is no loss.
    given = text.strip().upper()
    return str(council.gss) if given in {council.code, council.gss} else None


def code_of(council: "Council | str") -> str | None:
    """Return the code that is counted for a council or a code of one.

    Args:
        council: an entry of the register, or a code.
    """
    return find_code(council if isinstance(council, str) else str(council.gss))


def plan_of(settings: TelemetrySettings) -> Plan | tuple[str, ...]:
    """Look at settings whose mode is not off.

    Args:
        settings: what was set.

    Returns:
        A plan, or what is missing or wrong: one sentence a setting, which never repeats a value.
    """
    wrong: list[str] = []
    mode = _mode(settings, wrong)
    council = _council(settings, wrong, needed=mode is Mode.ON)
    accepts = _accepts(settings, wrong, council)
    supplier = _name("SUPPLIER", settings.supplier, wrong)
    product = _name("PRODUCT", settings.product, wrong)
    environment = _environment(settings, wrong)
    endpoint = _endpoint(settings, wrong)
    spool = _spool(settings, wrong)
    if mode is Mode.ON:
        wrong += _missing(
            COUNCIL=settings.council,
            PRODUCT=settings.product,
            ENVIRONMENT=settings.environment,
        )
        if not settings.endpoint and not settings.spool:
            wrong.append(f"{PREFIX}_SPOOL is not set, nor {PREFIX}_ENDPOINT: set one of them.")
    if wrong:
        return tuple(wrong)
    return Plan(
        mode=mode,
        council=council or _LOCAL_COUNCIL,
        accepts=accepts,
        supplier=supplier,
        product=product or _LOCAL_PRODUCT,
        environment=environment or Environment.DEVELOPMENT,
        endpoint=endpoint,
        spool=spool,
    )


def _missing(**needed: object) -> list[str]:
    return [
        f"{PREFIX}_{name} is not set: set it, or set {PREFIX}=off."
        for name, value in needed.items()
        if not value
    ]


def _mode(settings: TelemetrySettings, wrong: list[str]) -> Mode:
    try:
        return Mode(settings.mode)
    except ValueError:
        wrong.append(f"{PREFIX} is not a mode: set it to off, local or on.")
        return Mode.LOCAL


def _council(settings: TelemetrySettings, wrong: list[str], *, needed: bool) -> str | None:
    if not settings.council:
        if settings.councils and not needed:
            wrong.append(f"{PREFIX}_COUNCIL is not set, and {PREFIX}_COUNCILS is: set both.")
        return None
    return _code("COUNCIL", settings.council, wrong)


def _code(name: str, text: object, wrong: list[str]) -> str | None:
    code = find_code(text) if isinstance(text, str) else None
    if code is None:
        wrong.append(
            f"{PREFIX}_{name} is not right: use codes or GSS codes of the register, such as "
            "E06000023, or identifiers such as x-our-body (small letters, digits and hyphens)."
        )
    return code


def _accepts(
    settings: TelemetrySettings, wrong: list[str], council: str | None
) -> frozenset[str] | None:
    given = cast("object", settings.councils or ())
    if isinstance(given, str):
        given = [text.strip() for text in given.split(",") if text.strip()]
    texts = cast("Iterable[object]", given) if isinstance(given, Iterable) else (None,)
    codes = [_code("COUNCILS", text, wrong) for text in texts]
    if council is None:
        return None
    return frozenset({council, *(code for code in codes if code)})


def _name(name: str, text: object, wrong: list[str]) -> str | None:
    if not text:
        return None
    if isinstance(text, str) and len(text) <= _LONGEST_NAME and re.fullmatch(SLUG, text):
        return text
    wrong.append(
        f"{PREFIX}_{name} is not right: use small letters, digits and hyphens, at most "
        f"{_LONGEST_NAME}, such as garden-waste. Never a person's name."
    )
    return None


def _environment(settings: TelemetrySettings, wrong: list[str]) -> Environment | None:
    if not settings.environment:
        return None
    try:
        return Environment(settings.environment)
    except ValueError:  # also what is of another type
        wrong.append(
            f"{PREFIX}_ENVIRONMENT is not right: set it to {', '.join(Environment)}, one of them."
        )
        return None


def _endpoint(settings: TelemetrySettings, wrong: list[str]) -> str | None:
    if not settings.endpoint:
        return None
    from lg_core.settings import check_base_url  # noqa: PLC0415 -- for this way in alone

    try:
        return check_base_url(str(settings.endpoint), setting=f"{PREFIX}_ENDPOINT")
    except ConfigError as error:
        wrong.append(error.message)
        return None


def _spool(settings: TelemetrySettings, wrong: list[str]) -> Path | None:
    if not settings.spool:
        return None
    folder = cast("object", settings.spool)
    if isinstance(folder, str | Path) and Path(folder).is_absolute():
        return Path(folder)
    wrong.append(f"{PREFIX}_SPOOL is not right: set it to the whole path of a folder.")
    return None
