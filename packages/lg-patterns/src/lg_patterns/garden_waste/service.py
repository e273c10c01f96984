# SPDX-License-Identifier: MIT
"""The garden waste service of a council: its pages, joined to the platforms.

service = GardenWaste(settings, store=settings.open_store(), ledger=ledger, pay=pay,
notify=notify, addresses=places)
mount(app, service.endpoints())
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from lg_address import PlacesClient
from lg_core.days import london_day
from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.errors import LgError
from lg_core.identifiers import Postcode
from lg_core.logs import get_logger
from lg_core.postal import PostalAddress
from lg_core.store import Store, StoredRecords
from lg_core.telemetry import Outcome
from lg_core.texts import Catalogue
from lg_forms import Finished, Journey
from lg_identity import OneLoginClient
from lg_notify import NotifyClient
from lg_patterns.counting import (
    COMPONENT,
    GARDEN_WASTE_APPLIED,
    LGIL,
    LGSL,
    acting,
    council_of,
)
from lg_patterns.garden_waste import mop_up
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.case_pages import CasePages
from lg_patterns.garden_waste.cases import Case, new_case
from lg_patterns.garden_waste.ledger import Ledger
from lg_patterns.garden_waste.mop_up import GardenWasteMopUp
from lg_patterns.garden_waste.questions import (
    GardenWasteAnswers,
    check_page,
    pages,
    quote_for,
)
from lg_patterns.garden_waste.settings import GardenWasteSettings
from lg_patterns.garden_waste.sign_in import SignInPages
from lg_patterns.garden_waste.start import StartPage
from lg_patterns.garden_waste.till import Till
from lg_pay import PayClient
from lg_web import Site, Visit

__all__ = ["LGIL", "LGSL", "GardenWaste"]

_log = get_logger("lg_patterns")


class _Places:
    """Finds addresses for lg-forms with lg-address."""

    def __init__(self, places: PlacesClient) -> None:
        self._places = places

    def find(self, postcode: Postcode) -> tuple[PostalAddress, ...]:
        """Return the addresses of a postcode. A failure is logged, and lg-forms goes on without."""
        try:
            return self._places.postal_addresses(postcode)
        except LgError as error:
            _log.warning("addresses_not_found", exc_type=type(error).__name__)
            raise


class GardenWaste:
    """One council's garden waste service.

    Args:
        settings: the council's settings.
        store: where sessions, answers, cases and payments are kept: one store for one service of
            one council. Close it after the last request.
        ledger: takes the lines for finance.
        pay: the client of GOV.UK Pay, with the key of the council's account.
        notify: the client of GOV.UK Notify, with the key of the council's service.
        addresses: the client of OS Places.
        one_login: the client of GOV.UK One Login; None for a service without signing in.
        on_error: is told of a fault that a resident met, for an error tracker.
        now: tells the time, in UTC; the store's clock where it is None.

    Raises:
        ConfigError: a setting or the store cannot be used.
    """

    def __init__(
        self,
        settings: GardenWasteSettings,
        *,
        store: Store,
        ledger: Ledger,
        pay: PayClient,
        notify: NotifyClient,
        addresses: PlacesClient,
        one_login: OneLoginClient | None = None,
        on_error: Callable[[Exception, Request], None] | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        texts = settings.texts
        self._texts = Catalogue.of_package("lg_patterns.garden_waste").override(texts.service)
        self._settings = settings
        self._pay = pay
        self._now = now = now or store.now
        self.site = Site(
            settings.site_settings,
            records=StoredRecords(store),
            templates=("lg_forms", "lg_patterns"),
            texts=texts.pages,
            on_error=on_error,
            now=now,
        )
        self._till = Till.of(settings, store=store, ledger=ledger, pay=pay, notify=notify, now=now)
        self._journey = Journey(
            "garden-waste",
            answers=GardenWasteAnswers,
            pages=pages(settings, self._texts, _Places(addresses)),
            check=check_page(settings, self._texts, today=self._today),
            on_finish=self._finish,
            texts=texts.forms,
        )
        self._cases = CasePages(self._till, texts=self._texts, forget=self._journey.forget)
        self._one_login = one_login

    def case(self, case_id: str) -> Case | None:
        """Return a case, for the council's own staff and for tests: it holds personal data.

        Args:
            case_id: the id that stands in the address of its page.
        """
        stored = self._till.cases.load(case_id)
        return None if stored is None else stored.case

    def mop_up(self, *, progress: Callable[[int, int], object] | None = None) -> GardenWasteMopUp:
        """Complete the cases of residents who paid and never came back. Run it every few minutes.

        `lg_patterns.garden_waste.mop_up` does the same without the pages.

        Args:
            progress: told how many payments are done, and of how many.

        Returns:
            What was found. Where it is not `clean`, a person must look at something.
        """
        return mop_up.run(self._till, settings=self._settings, pay=self._pay, progress=progress)

    def endpoints(self) -> list[Endpoint]:
        """Return everything to mount: the pages, and the files that they need.

        Returns:
            The endpoints.

        Raises:
            ConfigError: use is counted in this process, and not for this council.
        """
        site, first = self.site, self._journey.entry(at="/apply")
        made = [
            *site.endpoints(),
            *StartPage(
                self._settings, self._texts, today=self._today, signs_in=self._one_login is not None
            ).endpoints(site, first=first),
            *self._journey.endpoints(site, at="/apply"),
            *self._cases.endpoints(site),
        ]
        if self._one_login is not None:
            sign_in = SignInPages(self._one_login, self._texts, prefill=self._journey.prefill)
            made += sign_in.endpoints(site, first=first)
        return [replace(each, handle=self._acting(each.handle)) for each in made]

    def _acting(self, handle: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
        council = council_of(self._settings.council.code)
        with acting(council):
            pass  # a council that is not to be counted is said now, and not to a resident

        def counted(request: Request) -> Reply:
            with acting(council):
                return handle(request)

        return counted

    def _finish(self, visit: Visit, finished: Finished[GardenWasteAnswers]) -> Reply:
        answers: dict[str, Any] = finished.answers.model_dump(mode="json")
        quote = quote_for(self._settings, answers, today=self._today())

        def make(reference: str) -> Case:
            case = new_case(reference, quote=quote, answers=answers, language=visit.language)
            made.append(case)
            return case

        made: list[Case] = []
        stored = self._till.cases.open(finished.key, make)
        if any(stored.case.id == case.id for case in made):
            COMPONENT.count(GARDEN_WASTE_APPLIED, outcome=Outcome.OK, live=self._pay.live)
        else:
            changed = replace(stored.case, quote=quote, answers=answers, language=visit.language)
            stored = self._changed(stored, changed)
        return self._cases.begin(visit, stored)

    def _changed(self, stored: StoredCase, changed: Case) -> StoredCase:
        try:
            return self._till.checkout.change(stored, changed)
        except LgError as error:
            _log.warning("answers_not_changed", exc_type=type(error).__name__)
            return self._till.cases.load(stored.case.id) or stored

    def _today(self) -> date:
        return london_day(self._now())
