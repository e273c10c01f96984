# SPDX-License-Identifier: MIT
"""Sign in with GOV.UK One Login to fill in an email address and a phone number. Never required."""

from collections.abc import Callable, Mapping
from typing import Final, cast

from pydantic import JsonValue

from lg_core.endpoints import Endpoint, Reply
from lg_core.errors import LgError
from lg_core.logs import get_logger
from lg_core.texts import Catalogue
from lg_identity import OneLoginClient, PendingSignIn, SignIn
from lg_web import Site, Visit

__all__ = ["SIGNED_IN_PATH", "SignInPages"]

SIGNED_IN_PATH: Final = "/signed-in"
"""Where One Login sends the resident back to: register it as a redirect URI."""
_PENDING: Final = "lg-patterns.sign-in"
_log = get_logger("lg_patterns")


class SignInPages:
    """The way to One Login and back.

    Args:
        one_login: the client.
        texts: the service's texts.
        prefill: gives answers to a visit that were not asked for yet.
    """

    def __init__(
        self,
        one_login: OneLoginClient,
        texts: Catalogue,
        *,
        prefill: Callable[[Visit, Mapping[str, JsonValue]], None],
    ) -> None:
        self._one_login = one_login
        self._texts = texts
        self._prefill = prefill

    def endpoints(self, site: Site, *, first: str) -> list[Endpoint]:
        """Return the endpoints.

        Args:
            site: the site.
            first: the path at which the questions begin.
        """

        def leave(visit: Visit) -> Reply:
            try:
                started = self._one_login.start(language=visit.language)
            except LgError as error:
                _log.warning("sign_in_not_started", exc_type=type(error).__name__)
                return self._not_signed_in(visit, first)
            visit.session.set(_PENDING, started.pending.to_data())
            return visit.redirect(started.url, absolute=True)

        def come_back(visit: Visit) -> Reply:
            pending = visit.session.pop(_PENDING)  # it is used once, whatever comes of it
            if not isinstance(pending, dict):
                return self._not_signed_in(visit, first)
            try:
                state = PendingSignIn.from_data(cast("dict[str, object]", pending))
                outcome = self._one_login.finish(visit.request.query, state)
            except LgError as error:
                _log.warning("sign_in_not_finished", exc_type=type(error).__name__)
                return self._not_signed_in(visit, first)
            if not isinstance(outcome, SignIn):
                return self._not_signed_in(visit, first)
            visit.session.renew()  # a new id: nobody who knew the old one is signed in
            known = {"email": outcome.email, "phone": outcome.phone_number}
            self._prefill(visit, {name: value for name, value in known.items() if value})
            return visit.redirect(first)

        return [
            site.page("POST", "/sign-in", leave, name="garden_waste.sign_in"),
            site.page("GET", SIGNED_IN_PATH, come_back, name="garden_waste.signed_in"),
        ]

    def _not_signed_in(self, visit: Visit, first: str) -> Reply:
        return visit.render(
            "lg_patterns/garden_waste/not_signed_in.html",
            title=self._texts.say("sign_in_failed_heading", visit.language),
            texts=self._texts,
            first=first,
        )
