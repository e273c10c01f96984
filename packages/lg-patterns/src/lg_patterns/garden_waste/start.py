# SPDX-License-Identifier: MIT
"""The first page of the garden waste service: what it is for, what it costs, what is needed."""

from collections.abc import Callable
from datetime import date

from lg_core.endpoints import Endpoint, Reply
from lg_core.money import Pence, format_pounds
from lg_core.texts import Catalogue
from lg_patterns.garden_waste.prices import Kind, quote
from lg_patterns.garden_waste.settings import GardenWasteSettings
from lg_web import Site, Visit

__all__ = ["StartPage"]


class StartPage:
    """The first page.

    Args:
        settings: the council's settings.
        texts: the service's texts.
        today: tells the day in Europe/London.
        signs_in: whether residents may sign in.
    """

    def __init__(
        self,
        settings: GardenWasteSettings,
        texts: Catalogue,
        *,
        today: Callable[[], date],
        signs_in: bool,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._today = today
        self._signs_in = signs_in

    def endpoints(self, site: Site, *, first: str) -> list[Endpoint]:
        """Return the page's endpoint.

        Args:
            site: the site.
            first: the path at which the questions begin.
        """

        def start(visit: Visit) -> Reply:
            one, two = (self._price(bins) for bins in (1, 2))
            return visit.render(
                "lg_patterns/garden_waste/start.html",
                title=self._texts.say("start_heading", visit.language),
                texts=self._texts,
                first=first,
                signs_in=self._signs_in,
                price_first=format_pounds(one, whole=True),
                price_other=format_pounds(two - one, whole=True),
                several=self._settings.subscription.most_bins > 1,
            )

        return [site.page("GET", "/", start, name="garden_waste.start")]

    def _price(self, bins: int) -> Pence:
        return quote(
            self._settings.price_lists,
            kind=Kind.NEW,
            bins=bins,
            today=self._today(),
            year_starts=self._settings.subscription.year_starts,
        ).amount
