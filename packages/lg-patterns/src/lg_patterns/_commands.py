# SPDX-License-Identifier: MIT
"""The commands of `lg-patterns`: `demo`, `check` and `mop-up`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer  # noqa: TID253 -- loaded only when a command runs

from lg_core.cli import (
    Exit,
    command_line,
    emit,
    json_option,
    note,
    print_step,
    table,
    until_stopped,
)
from lg_core.errors import ConfigError
from lg_patterns.demo.serving import Framework

if TYPE_CHECKING:
    from lg_patterns.demo.anytown import Anytown

__all__ = ["app"]

app = command_line(
    "lg-patterns",
    component="lg-patterns",
    help="Whole council services made of the local government components.",
)


@app.command()
def demo(
    *,
    walk: Annotated[
        bool, typer.Option("--walk", help="Walk the service as a resident, and print each step.")
    ] = False,
    decline: Annotated[
        bool, typer.Option("--decline", help="The same; the first card is declined.")
    ] = False,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="The same; the resident closes the card page.")
    ] = False,
    vanish: Annotated[
        bool, typer.Option("--vanish", help="The same; the resident pays and never comes back.")
    ] = False,
    framework: Annotated[
        Framework, typer.Option(help="The web framework that the service stands in.")
    ] = Framework.STARLETTE,
    port: Annotated[
        int, typer.Option(help="The port of the service; any free one when 0.", min=0, max=65535)
    ] = 0,
    json: Annotated[bool, json_option()] = False,
) -> None:
    """Serve a council's garden waste service and the sandbox on this machine. Nothing is real.

    Without an option it serves until Ctrl-C, for you to walk through in a browser.
    """
    if decline + abandon + vanish > 1 or (walk and decline + abandon):
        raise typer.BadParameter("Give one of --walk, --decline, --abandon and --vanish.")
    town = _anytown(framework, port)
    if not (walk or decline or abandon or vanish):
        _serve(town, json=json)
        return
    from lg_patterns.demo import walk as walks  # noqa: PLC0415 -- needs the sandbox

    tell = next(
        (
            story
            for flag, story in (
                (decline, walks.declined),
                (abandon, walks.abandoned),
                (vanish, walks.vanished),
            )
            if flag
        ),
        walks.paid,
    )
    with town:
        done = tell(town, watch=None if json else print_step)
    if json:
        emit(done, json=True, human=str)
    else:
        typer.echo(f"\n{done.summary}")
    if not done.as_it_should_be:
        note("lg-patterns: the walk did not end as it should. See the steps above.")
        raise typer.Exit(Exit.FOUND)


@app.command()
def check(
    settings: Annotated[Path, typer.Argument(help="The TOML file of a garden waste service.")],
    *,
    json: Annotated[bool, json_option()] = False,
) -> None:
    """Check the settings of a garden waste service, and show what they say."""
    from lg_core.money import format_pounds  # noqa: PLC0415 -- for this command alone
    from lg_patterns.garden_waste.settings import GardenWasteSettings  # noqa: PLC0415 -- as above

    read = GardenWasteSettings.from_file(settings)
    found = {
        "council": f"{read.council.name} ({read.council.code})",
        "address": read.site.url,
        "languages": "English and Welsh (draft)" if read.site.welsh else "English",
        "ledger": f"{read.ledger.fund} {read.ledger.cost_centre} {read.ledger.gl_code}",
        "store": "missing" if read.store is None else "set",
    }
    for prices in read.price_lists:
        first, other = format_pounds(prices.first_bin), format_pounds(prices.other_bin)
        found[f"prices from {prices.starts.isoformat()}"] = f"{first}, each other bin {other}"
    emit(found, json=json, human=lambda rows: table(rows.items(), columns=("Setting", "Read")))
    if read.store is None:
        note(
            "lg-patterns: [store] is missing. Cases and payments need a place that outlives the "
            'process: add [store] with url = "garden-waste.db", or a postgresql:// address.'
        )


@app.command("mop-up")
def mop_up(
    settings: Annotated[Path, typer.Argument(help="The TOML file of a garden waste service.")],
    *,
    json: Annotated[bool, json_option()] = False,
) -> None:
    """Complete the cases of residents who paid and never came back. Run it every few minutes.

    The keys come from LG_PAY_API_KEY and LG_NOTIFY_API_KEY. It ends with 1 where a person must
    look at something, and names payments by GOV.UK Pay's ids.
    """
    from lg_notify import NotifyClient  # noqa: PLC0415 -- for this command alone
    from lg_patterns.garden_waste import mop_up as mopping  # noqa: PLC0415 -- as above
    from lg_patterns.garden_waste.settings import GardenWasteSettings  # noqa: PLC0415 -- as above
    from lg_pay import PayClient  # noqa: PLC0415 -- as above

    read = GardenWasteSettings.from_file(settings)
    ledger = mopping.ledger_of(read)
    with (
        read.open_store() as store,
        PayClient.from_env(app="lg-patterns") as pay,
        NotifyClient.from_env(app="lg-patterns") as notify,
    ):
        found = mopping.mop_up(read, store=store, ledger=ledger, pay=pay, notify=notify)
    emit(mopping.told(found), json=json, human=_found)
    if not found.clean:
        note("lg-patterns: a person must look at some payments or confirmations. See above.")
        raise typer.Exit(Exit.FOUND)


def _found(told: dict[str, object]) -> str:
    return table(
        ((name.replace("_", " "), _shown(value)) for name, value in told.items()),
        columns=("Payments", "Found"),
    )


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, cast("list[object]", value))) or "none"
    return str(value)


def _anytown(framework: Framework, port: int) -> "Anytown":
    try:
        from lg_patterns.demo.anytown import Anytown  # noqa: PLC0415 -- needs the sandbox
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.partition(".")[0] != "lg_sandbox":
            raise
        raise ConfigError(
            'This needs the sandbox, which is not installed: pip install "lg-patterns[demo]"'
        ) from missing
    return Anytown(framework=framework, port=port)


def _serve(town: "Anytown", *, json: bool) -> None:
    with until_stopped() as wait, town:
        emit(_places(town), json=json, human=_how_to_use)
        wait()


def _places(town: "Anytown") -> dict[str, str]:
    sandbox = town.sandbox
    postcode = next(one.postcode for one in sandbox.places.addresses if one.uprn)
    return {
        "service": town.url,
        "postcode": str(postcode),
        "card": "4444333322221111",
        "declined_card": "4000000000000002",
        "pay": f"{sandbox.pay.url}/",
        "inbox": f"{sandbox.notify.url}/",
        "one_login": sandbox.one_login.url,
        "places": f"{sandbox.places.url}/",
    }


def _how_to_use(place: dict[str, str]) -> str:
    return (
        "Anytown Council's garden waste service is up. Nothing is real, and no money moves.\n\n"
        f"  Open this      {place['service']}\n"
        f"  A postcode     {place['postcode']}\n"
        f"  A card         {place['card']} (declined: {place['declined_card']})\n\n"
        f"  Payments       {place['pay']}\n"
        f"  E-mails        {place['inbox']}\n"
        f"  Addresses      {place['places']}\n"
        f"  One Login      {place['one_login']}\n\n"
        "Stop with Ctrl-C."
    )
