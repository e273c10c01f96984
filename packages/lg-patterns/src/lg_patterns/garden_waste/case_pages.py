# SPDX-License-Identifier: MIT
"""The page of a case: paid, not paid yet, or not completed. It shows nothing personal.

Its address holds an unguessable id, and works in any browser: a payer who comes back on another
device finds the case there. GOV.UK Pay sends the payer back to it.
"""

from collections.abc import Callable
from typing import Final

from lg_core.days import format_day
from lg_core.endpoints import Endpoint, Reply
from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_core.money import format_pounds
from lg_core.texts import Catalogue
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.cases import Case, CaseState
from lg_patterns.garden_waste.checkout import Go, See, Sorry
from lg_patterns.garden_waste.prices import Kind
from lg_patterns.garden_waste.standing import Standing, Stands
from lg_patterns.garden_waste.till import Till
from lg_pay.payer_messages import message_for_state
from lg_web import Problem, Site, Visit

__all__ = ["CasePages"]

_PATH: Final = "/case/{case_id}"
_log = get_logger("lg_patterns")


class CasePages:
    """The pages of cases.

    Args:
        till: takes payments, and does what follows them.
        texts: the service's texts.
        forget: forgets the answers of a visit, once they are paid for.
    """

    def __init__(
        self,
        till: Till,
        *,
        texts: Catalogue,
        forget: Callable[[Visit], None],
    ) -> None:
        self._till = till
        self._texts = texts
        self._forget = forget

    def endpoints(self, site: Site) -> list[Endpoint]:
        """Return the endpoints of the page and of its button.

        Args:
            site: the site.
        """
        return [
            site.page("GET", _PATH, self._show, name="garden_waste.case"),
            site.page("POST", f"{_PATH}/pay", self._pay, name="garden_waste.pay"),
        ]

    def begin(self, visit: Visit, stored: StoredCase) -> Reply:
        """Send the resident to pay, or to the page that says how things stand.

        Args:
            visit: the visit.
            stored: the case.
        """
        match self._till.checkout.begin(stored):
            case Go(url):
                return visit.redirect(url, absolute=True)
            case See():
                return visit.redirect(f"/case/{stored.case.id}")
            case Sorry(message):
                lead = message.text(visit.language) if message else self._say(visit, "sorry_lead")
                return self._page(visit, stored.case, "sorry", lead=lead, status=503, again=True)

    def _pay(self, visit: Visit) -> Reply:
        stored = self._till.cases.load(visit.params["case_id"])
        return visit.problem(Problem.NOT_FOUND) if stored is None else self.begin(visit, stored)

    def _show(self, visit: Visit) -> Reply:
        stored = self._till.cases.load(visit.params["case_id"])
        if stored is None:
            return visit.problem(Problem.NOT_FOUND)
        try:
            stored = self._till.checkout.settle(stored)
            stored = self._till.completion.complete(stored)
            stands = self._till.checkout.stands(stored.case)
        except LgError as error:
            _log.warning("payment_not_read", exc_type=type(error).__name__)
            return self._unclear(visit, stored.case)
        case = stored.case
        if case.state is CaseState.PAID:
            self._forget(visit)
            return self._paid(visit, case)
        return self._unpaid(visit, case, stands)

    def _unpaid(self, visit: Visit, case: Case, stands: Stands) -> Reply:
        if stands.standing is Standing.UNCLEAR:
            return self._unclear(visit, case)
        if stands.standing is Standing.REVERSED:
            # Until the ledger has taken its line back, nobody may pay again.
            again = case.taken_back
            lead = self._say(visit, "reversed_lead" if again else "reversed_wait")
            return self._page(visit, case, "reversed", lead=lead, again=again, look=not again)
        if stands.standing is Standing.ASKING:
            lead = self._say(visit, "asking_lead")
            return self._page(visit, case, "asking", lead=lead, look=True)
        if stands.standing is Standing.UNPAID:
            return self._page(visit, case, "unpaid", lead=self._why(visit, stands), again=True)
        lead, paying = self._say(visit, "paying_lead"), stands.standing is Standing.PAYING
        return self._page(visit, case, "paying", lead=lead, again=True, paying=paying)

    def _unclear(self, visit: Visit, case: Case) -> Reply:
        lead = self._say(visit, "unknown_lead")
        return self._page(visit, case, "unknown", lead=lead, status=503)

    def _why(self, visit: Visit, stands: Stands) -> str:
        ended = stands.ended or "failed"
        code = ended if ended.startswith("P0") else None
        message = message_for_state("failed" if code else ended, code)
        return message.text(visit.language) if message else self._say(visit, "sorry_lead")

    def _paid(self, visit: Visit, case: Case) -> Reply:
        quote, language = case.quote, visit.language
        return visit.render(
            "lg_patterns/garden_waste/paid.html",
            title=self._say(visit, "paid_heading"),
            texts=self._texts,
            reference=case.reference,
            amount=format_pounds(quote.amount),
            starts=format_day(quote.starts, language),
            ends=format_day(quote.ends, language),
            renewal=quote.kind is Kind.RENEWAL,
            emailed=self._till.completion.has_written(case),
        )

    def _page(
        self,
        visit: Visit,
        case: Case,
        name: str,
        *,
        lead: str,
        status: int = 200,
        again: bool = False,
        look: bool = False,
        paying: bool = False,
    ) -> Reply:
        button = "paying_button" if paying else "unpaid_button"
        return visit.render(
            "lg_patterns/garden_waste/case.html",
            title=self._say(visit, f"{name}_heading"),
            status=status,
            texts=self._texts,
            lead=lead,
            reference=case.reference,
            pay_path=f"/case/{case.id}/pay" if again else None,
            button=button,
            look_path=f"/case/{case.id}" if look else None,
        )

    def _say(self, visit: Visit, name: str) -> str:
        return self._texts.say(name, visit.language)
