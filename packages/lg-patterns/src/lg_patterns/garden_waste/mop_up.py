# SPDX-License-Identifier: MIT
"""Complete the cases of residents who paid and never came back: run it every few minutes."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Final, cast

from lg_core.errors import ConfigError
from lg_core.store import Store
from lg_notify import NotifyClient
from lg_patterns.counting import acting, council_of
from lg_patterns.garden_waste.ledger import Ledger
from lg_patterns.garden_waste.settings import GardenWasteSettings
from lg_patterns.garden_waste.standing import SERVICE_NAME
from lg_patterns.garden_waste.till import Till
from lg_pay import PayClient, PaymentBook
from lg_pay.book import Change, News
from lg_pay.mop_up import MopUp
from lg_pay.mop_up import mop_up as look_at_payments

__all__ = ["GardenWasteMopUp", "ledger_of", "mop_up", "run", "told", "undone"]

_FROM: Final = timedelta(minutes=15)


@dataclass(frozen=True)  # no slots: a property of theirs could not call its parent's
class GardenWasteMopUp(MopUp):
    """What one run found.

    Attributes:
        not_written: the outbox's references of confirmations that cannot be sent as they are, or
            of which nobody knows whether they were. `lg-notify aside` shows them, and
            `lg-notify put-back` sends them after all.
    """

    not_written: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nobody needs to look at anything."""
        return super().clean and not self.not_written


@dataclass(frozen=True, slots=True)
class _OneService:
    """The account of this service alone: another's payment must not be asked for with its key."""

    pay: PayClient

    def for_service(self, name: str, /) -> PayClient:
        """Return the client, for this service."""
        if name != SERVICE_NAME:
            raise ConfigError(
                "The store holds a payment of another service. Give each service of each council "
                "a store of its own.",
                setting="store.url",
            )
        return self.pay


def mop_up(
    settings: GardenWasteSettings,
    *,
    store: Store,
    ledger: Ledger,
    pay: PayClient,
    notify: NotifyClient,
    now: Callable[[], datetime] | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> GardenWasteMopUp:
    """Ask GOV.UK Pay about payments whose payers did not come back, and complete their cases.

    A case is completed once, whoever else is at it: the resident may come back at the same
    moment. A case whose completion failed is tried again by every run, and confirmations that are
    due are sent. Where the money of a paid case could not be taken after all, its line is taken
    back once, and every run names the payment in `not_undone` until staff call `undone`.

    Args:
        settings: the council's settings.
        store: where the service keeps its state.
        ledger: takes the lines for finance.
        pay: the client of GOV.UK Pay.
        notify: the client of GOV.UK Notify.
        now: tells the time, in UTC; the store's clock where it is None.
        progress: told how many payments are done, and of how many.

    Returns:
        What was found. Where it is not `clean`, a person must look at something.

    Raises:
        ConfigError: use is counted in this process, and not for this council.
    """
    till = Till.of(
        settings, store=store, ledger=ledger, pay=pay, notify=notify, now=now or store.now
    )
    return run(till, settings=settings, pay=pay, progress=progress)


def run(
    till: Till,
    *,
    settings: GardenWasteSettings,
    pay: PayClient,
    progress: Callable[[int, int], object] | None = None,
) -> GardenWasteMopUp:
    """Mop up with what a service has put together; see `mop_up`.

    Args:
        till: takes payments and completes cases.
        settings: the council's settings.
        pay: the client of GOV.UK Pay.
        progress: told how many payments are done, and of how many.

    Returns:
        What was found.
    """

    def tell(change: Change) -> None:
        if change.news is News.PAID and change.after is not None:
            till.complete(change.after)
        elif change.news is News.REVERSED and change.after is not None:
            till.take_back(change.after)

    with acting(council_of(settings.council.code)):
        found = look_at_payments(till.payments, _OneService(pay), tell=tell, progress=progress)
        for entry in till.payments.unsubmitted():  # a step failed before, or a server stopped
            if entry.service == SERVICE_NAME:
                till.complete(entry)
        for entry in till.payments.not_undone():
            if entry.service == SERVICE_NAME:
                till.take_back(entry)
        till.dispatcher.run_once()
        values: dict[str, Any] = {each.name: getattr(found, each.name) for each in fields(found)}
        values["unsubmitted"] = till.payments.unsubmitted(older_than=_FROM)
        values["not_undone"] = till.payments.not_undone()
        held = tuple(message.reference for message in till.outbox.aside())
        return GardenWasteMopUp(**values, not_written=held)


def undone(payment_id: str, *, store: Store) -> bool:
    """Note that staff have undone what was done for a payment whose money could not be taken.

    The ledger line is taken back and the resident is told without it; every run of mop-up names the
    payment in `not_undone` until this is called. `lg-pay mop-up --undone ID` does the same.

    Args:
        payment_id: GOV.UK Pay's name for the payment.
        store: where the service keeps its state.

    Returns:
        False where that was said before, or the payment was never reversed.

    Raises:
        NotInBookError: the store does not hold the payment.
    """
    return PaymentBook(store).undone(payment_id)


def told(found: GardenWasteMopUp) -> dict[str, object]:
    """Say what was found in plain values, with GOV.UK Pay's ids and nothing that may be personal.

    Args:
        found: what a run found.

    Returns:
        Numbers, and lists of the payments and confirmations that a person must look at.
    """
    return {
        "looked": found.looked,
        "paid": found.paid,
        "captured": found.captured,
        "ended_unpaid": found.ended,
        "still_open": found.still_open,
        "lost": found.lost,
        "reversed": found.reversed,
        "not_asked": [
            f"{each.entry.payment_id} ({type(each.error).__name__})" for each in found.not_asked
        ],
        "unsubmitted": [entry.payment_id for entry in found.unsubmitted],
        "not_undone": [entry.payment_id for entry in found.not_undone],
        "unclear": [entry.payment_id for entry in found.unclear],
        "not_written": [*found.not_written],
    }


def ledger_of(settings: GardenWasteSettings) -> Ledger:
    """Return the council's ledger, as `[ledger] taken_by` names it.

    Args:
        settings: the council's settings.

    Raises:
        ConfigError: the setting is missing, or names no ledger.
    """
    named = settings.ledger.taken_by
    if named is None:
        raise ConfigError(
            "[ledger] does not say what takes its lines, and no case is completed without. Add "
            'taken_by = "module:name", or call service.mop_up() in your own program.',
            setting="ledger.taken_by",
        )
    module, _, name = named.partition(":")
    found: Any = None
    try:
        found = getattr(import_module(module), name, None)
    except ModuleNotFoundError as missing:
        if missing.name is None or not f"{module}.".startswith(f"{missing.name}."):
            raise  # the module is there, and lacks something itself
    if isinstance(found, type) or not callable(getattr(found, "post", None)):
        found = found() if callable(found) else None
    if not callable(getattr(found, "post", None)):
        raise ConfigError(
            "[ledger] taken_by must name a ledger, with the method post(line), or what makes one, "
            'as "module:name". The module must be where Python finds it.',
            setting="ledger.taken_by",
        )
    return cast("Ledger", found)
