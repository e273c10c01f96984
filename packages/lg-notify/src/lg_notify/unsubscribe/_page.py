# SPDX-License-Identifier: MIT
"""The page behind a link that stops messages: what it says, and plain HTML for it."""

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from html import escape
from typing import Final

from lg_core.endpoints import Reply
from lg_core.texts import Catalogue, Language

__all__ = ["PageState", "UnsubscribePage", "page_for", "plain_page"]

HEADERS: Final = (
    # The address is as good as the link: it is kept by nobody and given to nobody.
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-robots-tag", "noindex"),
)
_STYLE: Final = """
body { max-width: 40em; margin: 0 auto; padding: 1em; font: 1.1875em/1.4 arial, sans-serif; }
body { color: #0b0c0c; background: #ffffff; }
h1 { font-size: 1.7em; line-height: 1.15; }
a { color: #1a65a6; }
button { padding: 0.6em 0.9em; border: 0; font: inherit; color: #ffffff; background: #0f7a52; }
button:hover { background: #083d29; }
a:focus, button:focus { outline: 3px solid transparent; color: #0b0c0c; background: #ffdd00; }
a:focus, button:focus { box-shadow: 0 4px #0b0c0c; }
"""
_DIGEST: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
_POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_OTHER: Final = {
    Language.ENGLISH: (Language.WELSH, "Cymraeg"),
    Language.WELSH: (Language.ENGLISH, "English"),
}


class PageState(StrEnum):
    """What the page is about."""

    ASK = "ask"
    """A button stops the messages. Until then nothing has changed."""
    DONE = "done"
    """They are stopped."""
    BROKEN = "broken"
    """The link is no whole link of ours."""


@dataclass(frozen=True, slots=True)
class UnsubscribePage:
    """What a page says, for a function of yours that puts it into your own pages.

    A page that asks needs a form with `method="post"`, no `action` and no token against requests
    from other sites: mail programs send the same request, and have none.

    Attributes:
        state: what it is about.
        language: the language of the texts.
        title: the heading, and the title of the page.
        text: the paragraph below it.
        button: what stands on the button; None where there is none.
        channel: `email`, `sms` or `letter`; None where the link is broken.
        list_name: the list that is left; None for all messages.
    """

    state: PageState
    language: Language
    title: str
    text: str
    button: str | None = None
    channel: str | None = None
    list_name: str | None = None

    @property
    def status(self) -> int:
        """The HTTP status that belongs to it."""
        return 404 if self.state is PageState.BROKEN else 200


def page_for(
    texts: Catalogue,
    state: PageState,
    *,
    language: Language,
    channel: str | None = None,
    list_name: str | None = None,
) -> UnsubscribePage:
    """Choose the texts of a page."""
    name = state if channel is None else f"{state}_{channel}"
    asks = state is PageState.ASK
    return UnsubscribePage(
        state=state,
        language=language,
        title=texts.say(f"{name}_title", language),
        text=texts.say("ask" if asks else name, language),
        button=texts.say(f"{name}_button", language) if asks else None,
        channel=channel,
        list_name=list_name,
    )


def plain_page(page: UnsubscribePage) -> Reply:
    """Write a page as plain HTML, without script, pictures or anything from elsewhere.

    Args:
        page: what it says.

    Returns:
        The page. It names its language, has one heading, and a link to its other language where
        following that loses nothing.
    """
    other, label = _OTHER[page.language]
    link = f'<a href="?lang={other}" lang="{other}" hreflang="{other}">{label}</a>'
    button = f'<form method="post"><button>{escape(page.button or "")}</button></form>\n'
    html = (
        f'<!DOCTYPE html>\n<html lang="{page.language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(page.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"{'' if page.state is PageState.DONE else f'<header>{link}</header>'}\n"
        f"<main>\n<h1>{escape(page.title)}</h1>\n<p>{escape(page.text)}</p>\n"
        f"{'' if page.button is None else button}</main>\n</body>\n</html>\n"
    )
    return Reply.html(html, status=page.status).with_headers(("content-security-policy", _POLICY))
