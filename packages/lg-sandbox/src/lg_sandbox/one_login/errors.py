# SPDX-License-Identifier: MIT
"""How One Login says no: a bare page, a redirect with an error, or a JSON error."""

from urllib.parse import quote, urlencode

from lg_sandbox.answers import Answer, html_answer, json_answer, text_answer

__all__ = ["PageRefusal", "RedirectRefusal", "TokenRefusal", "added_to", "firewall_answer", "go"]

_NO_STORE = (("Cache-Control", "no-store"),)


class PageRefusal(Exception):  # noqa: N818 -- an answer, not a fault
    """The person sees a bare answer, and is not sent back.

    Args:
        text: what it says.
        status: the HTTP status.
    """

    def __init__(self, text: str, *, status: int = 400) -> None:
        super().__init__(text)
        self.text = text
        self.status = status

    @property
    def answer(self) -> Answer:
        """The answer."""
        return text_answer(self.status, self.text, headers=_NO_STORE)


class RedirectRefusal(Exception):  # noqa: N818 -- an answer, not a fault
    """The person is sent back with an error (tech-docs, 'error codes'; OpenID Connect 3.1.2.6).

    Args:
        code: the code of the error.
        description: what it says.
        redirect_uri: where to.
        state: the request's state, where it was read.
        fragment: whether the answer goes into the fragment.
    """

    def __init__(
        self,
        code: str,
        description: str,
        *,
        redirect_uri: str,
        state: str | None,
        fragment: bool = False,
    ) -> None:
        super().__init__(code)
        parts = {"error": code, "error_description": description}
        if state is not None:
            parts["state"] = state
        self._location = added_to(redirect_uri, parts, fragment=fragment)

    @property
    def answer(self) -> Answer:
        """The answer."""
        return go(self._location)


class TokenRefusal(Exception):  # noqa: N818 -- an answer, not a fault
    """The service is told no by the token endpoint (tech-docs, 'token request errors').

    Args:
        code: the code of the error.
        description: what it says; None for an error without one.
        status: the HTTP status.
    """

    def __init__(self, code: str, description: str | None, *, status: int = 400) -> None:
        super().__init__(code)
        self._code = code
        self._description = description
        self._status = status

    @property
    def answer(self) -> Answer:
        """The answer."""
        body = {"error": self._code}
        if self._description is not None:
            body["error_description"] = self._description
        return json_answer(self._status, body, headers=_NO_STORE)


def added_to(address: str, parts: dict[str, str], *, fragment: bool = False) -> str:
    """Add parameters to an address.

    Args:
        address: the address, which may have a query of its own.
        parts: the parameters.
        fragment: whether they go into the fragment (OAuth 2.0 multiple response types, 2.1).

    Returns:
        The address.
    """
    if not parts:
        return address
    if fragment:
        return f"{address}#{urlencode(parts)}"
    return f"{address}{'&' if '?' in address else '?'}{urlencode(parts)}"


def go(address: str, *, status: int = 302) -> Answer:
    """Send a browser somewhere.

    Args:
        address: where to.
        status: 302 for an answer to a request, 303 for one to a form.

    Returns:
        The answer.
    """
    # Only what cannot stand in a header is escaped; the rest stays as it was given.
    location = "".join(each if "!" <= each <= "~" else quote(each, safe="") for each in address)
    return Answer(status, headers=(("Location", location), *_NO_STORE))


def firewall_answer() -> Answer:
    """Return what the edge in front of One Login answers: 403 and a page, never JSON."""
    return html_answer(
        403,
        '<!DOCTYPE html><html lang="en"><head><title>403 Forbidden</title></head>'
        "<body><h1>403 Forbidden</h1></body></html>",
    )
