# SPDX-License-Identifier: MIT
"""Where a link that stops messages leads: GET shows a page, POST stops them.

RFC 8058 (one-click unsubscribe): a mail program sends a POST, with `List-Unsubscribe=One-Click`
in its body or, as Notify asks for, with nothing; without a cookie or a sign-in, and it does not
follow redirects. So any POST to a good link stops the messages, whatever is in it. A GET changes
nothing: scanners of mail follow every link.
"""

from collections.abc import Callable
from typing import Final, Protocol

from lg_core.endpoints import Endpoint, Reply, Request
from lg_core.errors import ConfigError
from lg_core.texts import Catalogue, Language
from lg_notify.unsubscribe._links import LinkError, Links, Unsubscription
from lg_notify.unsubscribe._page import (
    HEADERS,
    PageState,
    UnsubscribePage,
    page_for,
    plain_page,
)

__all__ = ["KeepsSuppressions", "endpoints"]

_NAME: Final = "lg_notify.unsubscribe"


class KeepsSuppressions(Protocol):
    """Keeps who said no. `SuppressionList` is one."""

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The names of the secrets under which it finds people."""
        ...

    def honour(self, unsubscription: Unsubscription) -> bool:
        """Stop what a link asks for, on disk by the time it returns; also where it is stopped."""
        ...


def endpoints(
    suppressions: KeepsSuppressions,
    links: Links,
    *,
    page: Callable[[UnsubscribePage], Reply] | None = None,
    texts: Catalogue | None = None,
    path: str = "/unsubscribe",
) -> list[Endpoint]:
    """Make the two endpoints behind the links.

    GET shows a page with a button. POST stops the messages and answers 200 with a page, each time
    it comes, for a link of any age, also where the list that it names is no more. A link that is
    cut short or changed, or whose secret was taken out, is answered 404. Where the list cannot be
    written, the failure goes through, so that a mail program learns that it may try again.

    Nobody signs in, and there is no check for cross-site requests: whoever has the link may stop
    the messages that it came with, and nothing else.

    Args:
        suppressions: keeps who said no, such as a `SuppressionList` with the secrets of the links.
        links: reads the links.
        page: puts a page into your own pages; plain HTML where it is not given.
        texts: texts of yours in place of ours, by the names in `lg_notify/unsubscribe/texts.toml`.
        path: where they are, below the mount's prefix, without the token. The mount's address and
            this are the `base_url` of the links.

    Returns:
        The endpoints, for `lg_web.starlette`, `lg_web.flask` or `lg_web.django` to mount.

    Raises:
        ConfigError: the list would not find people under a secret of the links, or there is no
            text of a name.
    """
    if not set(links.key_ids) <= set(suppressions.key_ids):
        raise ConfigError(
            "The suppression list does not have every secret of the links, so it would not find "
            "who followed one. Give both the same secrets.",
            setting="secrets",
        )
    catalogue = Catalogue.of_package("lg_notify.unsubscribe").override(texts or Catalogue({}))
    make = page or plain_page

    def answer(request: Request, state: PageState) -> Reply:
        asked = _read(links, request.params.get("token", ""))
        if asked is not None and state is PageState.DONE:
            suppressions.honour(asked)
        shown = page_for(
            catalogue,
            PageState.BROKEN if asked is None else state,
            language=_language(request),
            channel=None if asked is None else asked.channel,
            list_name=None if asked is None else asked.list_name,
        )
        return make(shown).with_headers(*HEADERS)

    where = f"{path}/{{token}}"
    return [
        Endpoint("GET", where, lambda request: answer(request, PageState.ASK), f"{_NAME}.ask"),
        Endpoint("POST", where, lambda request: answer(request, PageState.DONE), f"{_NAME}.stop"),
    ]


def _read(links: Links, token: str) -> Unsubscription | None:
    try:
        return links.read(token)
    except LinkError:
        return None  # shown as a page of its own


def _language(request: Request) -> Language:
    """The language that was asked for on the page, else the first of the browser's."""
    wanted = request.query.get("lang") or request.headers.get("accept-language", "")
    return Language.WELSH if wanted.strip().lower()[:2] == Language.WELSH else Language.ENGLISH
