# SPDX-License-Identifier: MIT
"""The report of a council's use in a day: a closed model, bands in place of counts, exact bytes."""

import json
import platform
from datetime import UTC, date, datetime
from hashlib import sha256
from importlib.metadata import version
from typing import Annotated, Any, Final, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from lg_core.errors import ConfigError
from lg_core.telemetry import _counting
from lg_core.telemetry._counting import Counter
from lg_core.telemetry._settings import PREFIX, Plan
from lg_core.telemetry._spool import (
    CapabilityText,
    ComponentText,
    CouncilText,
    ListNumber,
    SlugText,
    VersionText,
)
from lg_core.telemetry._tally import Source, Tally
from lg_core.telemetry._words import Band, Environment, Outcome, band_of

__all__ = ["SCHEMA", "Report", "Sdk", "Use", "report", "reports"]

SCHEMA: Final = "lg-adoption-report-1"

_CLOSED: Final = ConfigDict(
    extra="forbid", frozen=True, hide_input_in_errors=True, populate_by_name=True
)
_UUID_BITS: Final = 128

Hex16 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}\z")]
PythonText = Annotated[str, StringConstraints(pattern=r"^3\.[0-9]{1,2}\z")]


class Use(BaseModel):
    """One thing that was used, and about how often.

    Attributes:
        component: the package.
        version: its version.
        capability: what was used, or `__other__`.
        lgsl: the service, by its number in the Local Government Service List.
        lgil: the interaction, by its number in the Local Government Interaction List.
        outcome: how it ended.
        band: how often in the day, as a band.
    """

    model_config = _CLOSED

    component: ComponentText
    version: VersionText
    capability: CapabilityText
    lgsl: ListNumber | None
    lgil: ListNumber | None
    outcome: Outcome
    band: Band


class Sdk(BaseModel):
    """What made the report.

    Attributes:
        lg_core: the version of lg-core.
        python: the version of Python, to its second number.
    """

    model_config = _CLOSED

    lg_core: VersionText
    python: PythonText


class Report(BaseModel):
    """The use of one council in one environment on one day. Every field is of a closed type.

    Attributes:
        schema_name: the form of the report; `schema` in JSON.
        report_id: made from the content (UUID version 8, RFC 9562 section 5.8): the same id means
            the same content.
        council: the GSS code, or an `x-` identifier of the settings.
        supplier: who runs the product; None for the council itself.
        product: the product.
        environment: what the installation is for.
        period: the day, in UTC.
        instance: a random name of the spool, another one each month.
        sdk: what made the report.
        uses: what was used.
    """

    model_config = _CLOSED

    schema_name: Literal["lg-adoption-report-1"] = Field(default=SCHEMA, alias="schema")
    report_id: UUID
    council: CouncilText
    supplier: SlugText | None
    product: SlugText
    environment: Environment
    period: date
    instance: Hex16
    sdk: Sdk
    uses: tuple[Use, ...]

    @classmethod
    def make(cls, **content: Any) -> Self:  # noqa: ANN401 -- pydantic checks them
        """Make a report with the id that its content has.

        Args:
            content: every field but `schema_name` and `report_id`.

        Returns:
            The report.
        """
        unnamed = cls(report_id=UUID(int=0), **content)
        return unnamed.model_copy(update={"report_id": unnamed.content_id()})

    def content_id(self) -> UUID:
        """Return the id that the content has. It is another one where a report was changed."""
        content = self.model_dump(mode="json", by_alias=True, exclude={"report_id"})
        number = int.from_bytes(sha256(_canonical(content)).digest()[: _UUID_BITS // 8])
        number = number & ~(0xF << 76) | 8 << 76  # the version
        number = number & ~(0x3 << 62) | 2 << 62  # the variant
        return UUID(int=number)

    def to_bytes(self) -> bytes:
        """Return the report as it is printed, exported and sent: canonical JSON (RFC 8785)."""
        return _canonical(self.model_dump(mode="json", by_alias=True))


def _canonical(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def reports(day: date | None = None) -> tuple[Report, ...]:
    """Make the reports of a day: one for each council and environment that was counted.

    They hold what every process of the machine wrote to the spool, and what this process has
    counted and not yet written. Counts are summed before they become bands.

    Args:
        day: a day in UTC; today where it is None.

    Returns:
        The reports, in order. None where counting is off.

    Raises:
        ConfigError: the spool cannot be read.
    """
    counter = _counting.current()
    if counter is None:
        return ()
    wanted = day or _today()
    made: list[Report] = []
    for (supplier, product), tally in sorted(_counts(counter, wanted).items(), key=str):
        for council, environment in sorted({(row[0], row[7]) for row in tally}):
            made.append(
                _made(
                    tally,
                    council=council,
                    environment=Environment(environment),
                    supplier=supplier,
                    product=product,
                    day=wanted,
                    instance=counter.store.instance(wanted),
                )
            )
    return tuple(made)


def report(
    *,
    council: str | None = None,
    day: date | None = None,
    environment: Environment | None = None,
) -> Report:
    """Make the report of one council.

    Args:
        council: its code or GSS code, or an `x-` identifier; that of the settings where None.
        day: a day in UTC; today where it is None.
        environment: that of the settings where it is None.

    Returns:
        The report; without uses where nothing was counted.

    Raises:
        ConfigError: counting is off, the settings do not name the council, or the spool cannot be
            read.
    """
    counter = _counting.current()
    if counter is None:
        raise ConfigError(
            f"Use is not counted in this process, so there is no report. Set {PREFIX} to local or "
            "on. `lg-core telemetry status` says what is set.",
            setting=PREFIX,
        )
    plan: Plan = counter.plan
    code = plan.council if council is None else counter.accepted(council)
    if code is None:
        raise ConfigError(
            f"The settings do not name this council: add its code to {PREFIX}_COUNCILS.",
            setting=f"{PREFIX}_COUNCILS",
        )
    wanted = day or _today()
    return _made(
        _counts(counter, wanted).get((plan.supplier, plan.product), {}),
        council=code,
        environment=environment or plan.environment,
        supplier=plan.supplier,
        product=plan.product,
        day=wanted,
        instance=counter.store.instance(wanted),
    )


def _today() -> date:
    return datetime.now(UTC).date()


def _counts(counter: Counter, day: date) -> dict[Source, Tally]:
    try:
        return counter.counts_of(day, today=_today())
    except OSError as error:
        raise ConfigError(
            f"{PREFIX}_SPOOL cannot be read ({type(error).__name__}). Let this user read and "
            "write the folder.",
            setting=f"{PREFIX}_SPOOL",
        ) from None


def _made(
    tally: Tally,
    *,
    council: str,
    environment: Environment,
    supplier: str | None,
    product: str,
    day: date,
    instance: str,
) -> Report:
    rows = sorted(
        ((row[3], row[4], row[5], row[1], row[2], row[6], count) for row, count in tally.items()
         if row[0] == council and row[7] == environment),
        key=str,
    )  # fmt: skip
    uses = tuple(
        Use(
            component=component,
            version=release,
            capability=capability,
            lgsl=lgsl,
            lgil=lgil,
            outcome=Outcome(outcome),
            band=band_of(count),
        )
        for component, release, capability, lgsl, lgil, outcome, count in rows
    )
    return Report.make(
        council=council,
        supplier=supplier,
        product=product,
        environment=environment,
        period=day,
        instance=instance,
        sdk=Sdk(lg_core=version("lg-core").partition("+")[0], python=_python()),
        uses=uses,
    )


def _python() -> str:
    return ".".join(platform.python_version_tuple()[:2])
