# SPDX-License-Identifier: MIT
"""The tester's pages as HTML: written by hand, no JavaScript, no brand of anybody's."""

from collections.abc import Iterable
from html import escape

from lg_sandbox.one_login.model import Asked, Outcome
from lg_sandbox.one_login.people import Person
from lg_sandbox.stand_in_page import stand_in_page

__all__ = ["failed_page", "gone_page", "sign_in_page", "start_page"]

_STYLE = """
fieldset{margin:0 0 1.5rem}
.choice{display:flex;gap:.8rem;padding:.6rem 0;border-bottom:1px solid #767676}
.choice input{flex:none;width:1.6rem;height:1.6rem;margin:.1rem 0 0;accent-color:#1d5c2f}
.choice span{display:block;color:#484848}
button{font:inherit;font-weight:600;padding:.5rem 1rem;border:2px solid #1d5c2f;background:#1d5c2f;
color:#fff;cursor:pointer}
.summary{border:.3rem solid #a3161f;padding:1rem;margin:0 0 1.5rem}
.summary a,.fault{color:#a3161f;font-weight:600}
"""

_OUTCOMES = {
    Outcome.ACCESS_DENIED: "The session is lost, or the identity is not proved",
    Outcome.TEMPORARILY_UNAVAILABLE: "One Login is overloaded",
    Outcome.LOGIN_REQUIRED: "Signing in again has failed",
    Outcome.SERVER_ERROR: "An error page: nobody comes back",
}
_LEVELS = {True: "to prove their identity", False: "to sign in"}
_FAULT = "Choose who signs in, or how it fails"


def sign_in_page(asked: Asked, *, visit: str, people: Iterable[Person], fault: bool) -> str:
    """Write the page on which a tester chooses who signs in.

    Args:
        asked: the request.
        visit: the id of the visit.
        people: who can sign in.
        fault: whether nothing was chosen.

    Returns:
        The page.
    """
    title = "Who signs in?"
    persons = "".join(
        _choice(f"person:{each.id}", each.name, f"{each.about}. {each.level.value}.")
        for each in people
    )
    outcomes = "".join(
        _choice(f"outcome:{each.value}", text, each.value) for each, text in _OUTCOMES.items()
    )
    summary = (
        (
            '<div class="summary" role="alert"><h2>There is a problem</h2>'
            f'<p><a href="#people">{_FAULT}</a></p></div>'
        )
        if fault
        else ""
    )
    message = f'<p class="fault" id="fault">{_FAULT}</p>' if fault else ""
    described = ' aria-describedby="fault"' if fault else ""
    body = (
        f"{summary}<h1>{title}</h1><p>{escape(asked.client_id)} asks somebody "
        f"{_LEVELS[asked.wants_identity]}.</p>{_asked_for(asked)}"
        f'<form method="post" action="/sign-in/{escape(visit)}" novalidate>{message}'
        f'<fieldset id="people" tabindex="-1"{described}><legend>A person signs in</legend>'
        f"{persons}</fieldset><fieldset><legend>Nobody signs in</legend>{outcomes}</fieldset>"
        '<p><button type="submit">Continue</button></p></form>'
    )
    return _page(f"Error: {title}" if fault else title, body)


def gone_page() -> str:
    """Write the page for a visit that has ended, or that there never was.

    Returns:
        The page.
    """
    return _page(
        "Start again",
        "<h1>Start again</h1><p>This sign-in has ended, or more than an hour has passed. Go back "
        "to your service and start again.</p>",
    )


def failed_page() -> str:
    """Write the page after which nobody comes back to the service.

    Returns:
        The page.
    """
    return _page(
        "Sorry, there is a problem",
        "<h1>Sorry, there is a problem</h1><p>GOV.UK One Login shows such a page with status 500. "
        "It does not lead back to your service.</p>",
    )


def start_page(*, issuer: str, client_id: str, people: Iterable[Person]) -> str:
    """Write the page at the root, which says what this is.

    Args:
        issuer: the OIDC issuer.
        client_id: the service that is there from the start.
        people: who can sign in.

    Returns:
        The page.
    """
    listed = "".join(
        f"<dt>{escape(each.name)}</dt><dd>{escape(each.about)}. <code>{escape(each.id)}</code></dd>"
        for each in people
    )
    title = "Stand-in for GOV.UK One Login"
    body = (
        f"<h1>{title}</h1><p>The issuer is <code>{escape(issuer)}</code>, with the slash at its "
        f"end. A service with the id <code>{escape(client_id)}</code> is registered. Send a "
        "browser from your service to <code>/authorize</code> to sign in.</p>"
        f"<h2>Who can sign in</h2><dl>{listed}</dl>"
    )
    return _page(title, body)


def _asked_for(asked: Asked) -> str:
    wanted = [*sorted(asked.scopes), *sorted(asked.claims)]
    language = {"cy": "Welsh", "en": "English"}[asked.language]
    return (
        f"<p>It asks for {escape(', '.join(wanted))}. Pages would be in {language}.</p>"
        if wanted
        else ""
    )


def _choice(value: str, text: str, hint: str) -> str:
    name = escape(value)
    return (
        f'<div class="choice"><input type="radio" name="choice" id="{name}" value="{name}" '
        f'aria-describedby="{name}-hint"><div><label for="{name}">{escape(text)}</label>'
        f'<span id="{name}-hint">{escape(hint)}</span></div></div>'
    )


def _page(title: str, body: str) -> str:
    return stand_in_page(
        title,
        body,
        notice="This is a sandbox. Nothing here is real: all people are invented.",
        style=_STYLE,
    )
