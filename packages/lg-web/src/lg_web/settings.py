# SPDX-License-Identifier: MIT
"""What a council says once about its pages: address, names, languages, colours.

Everything is checked when it is made, so that a wrong setting stops the start of the program and
not a resident's page.
"""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from lg_core.errors import ConfigError
from lg_core.settings import check_base_url
from lg_core.texts import Language, Text
from lg_web.theme import Colours

__all__ = ["Link", "Phase", "SiteSettings"]

_DAY: Final = timedelta(days=1)
_NOT_IN_A_NAME: Final = re.compile(r"[^A-Za-z0-9._~-]")


class Phase(StrEnum):
    """How far a service has come (Service Manual, 'Agile delivery')."""

    ALPHA = "alpha"
    BETA = "beta"


@dataclass(frozen=True, slots=True)
class Link:
    """A link in the footer.

    Args:
        text: what it says.
        href: a path below the prefix, beginning with one slash, or an https address.

    Raises:
        ConfigError: the address is neither.
    """

    text: Text
    href: str

    def __post_init__(self) -> None:
        _check_href(self.href, setting="footer_links")


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """What the pages of one service have in common.

    Args:
        url: the public address, prefix included, such as
            `https://forms.example.gov.uk/garden-waste`; http only on loopback.
        council: the council's name; every page's title ends with it.
        service: the service's name.
        start: the path of the service's first page, below the prefix.
        languages: the languages of the pages, the one shown first at the head; with two, each
            page links to its other language.
        phase: shows the banner of a service that is not finished; None for one that is.
        feedback_url: where the banner asks for feedback: a path below the prefix or an https
            address.
        footer_links: the links at the foot, such as Privacy and Accessibility statement.
        colours: the council's colours.
        form_targets: other origins to which a form may lead by a redirect, such as
            `https://card.payments.service.gov.uk`. Browsers hold redirects after a form against
            `form-action` (Content Security Policy Level 3).
        session_idle: how long a session lives after its last use.

    Raises:
        ConfigError: a setting is wrong. The text says which and what to do.
    """

    url: str
    council: Text
    service: Text
    start: str = "/"
    languages: tuple[Language, ...] = (Language.ENGLISH,)
    phase: Phase | None = None
    feedback_url: str | None = None
    footer_links: tuple[Link, ...] = ()
    colours: Colours = field(default_factory=Colours)
    form_targets: tuple[str, ...] = ()
    session_idle: timedelta = timedelta(hours=2)

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", check_base_url(self.url, setting="url"))
        for name in ("council", "service"):
            if not getattr(self, name).en.strip():
                raise ConfigError(f"{name} is empty: give its name.", setting=name)
        if not _is_path(self.start):
            raise ConfigError(
                "start is not a path: write it below the prefix, as /path.", setting="start"
            )
        if not self.languages or len(set(self.languages)) != len(self.languages):
            raise ConfigError(
                "languages must name at least one language, and each only once.",
                setting="languages",
            )
        if self.feedback_url is not None:
            _check_href(self.feedback_url, setting="feedback_url")
        object.__setattr__(self, "form_targets", tuple(map(_origin, self.form_targets)))
        if not timedelta() < self.session_idle <= _DAY:
            raise ConfigError(
                "session_idle must be longer than nothing and at most a day.",
                setting="session_idle",
            )

    @property
    def prefix(self) -> str:
        """Where the pages are mounted, such as `/garden-waste`; nothing at the root."""
        return urlsplit(self.url).path.rstrip("/")

    @property
    def secure(self) -> bool:
        """Whether the pages are reached over https."""
        return self.url.startswith("https:")

    @property
    def cookie_name(self) -> str:
        """The session cookie's name.

        With `__Host-` a browser keeps it to this host, over https, at the path / (RFC 6265bis
        section 4.1.3.2). A browser refuses that name over http, so a development server on
        loopback uses a plain one. The prefix stands in it, so that two services on one host do not
        end each other's sessions.
        """
        name = "__Host-lg_session" if self.secure else "lg_session"
        return name + _NOT_IN_A_NAME.sub("-", self.prefix)


def _is_path(text: str) -> bool:
    # A second slash or a backslash would lead to another host.
    return text.startswith("/") and not text.startswith("//") and not set(text) & set("\\\r\n\t ")


def _check_href(href: str, *, setting: str) -> None:
    if _is_path(href):
        return
    try:
        parts = urlsplit(href)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or parts.username is not None:
        raise ConfigError(
            f"{setting} must be a path below the prefix, such as /privacy, or an https address.",
            setting=setting,
        )


def _origin(url: str) -> str:
    checked = check_base_url(url, setting="form_targets")
    parts = urlsplit(checked)
    if parts.path or set(checked) & set(";, '\""):
        raise ConfigError(
            "form_targets must be origins, without a path: such as https://www.example.gov.uk.",
            setting="form_targets",
        )
    return checked
