# SPDX-License-Identifier: MIT
"""Render a page: the council's shell around a template, in English or Welsh.

A template extends `lg_web/page.html` and fills its blocks, `content` above all. Everything that a
template shows is escaped unless it says otherwise. A name that is not there stops the page, so a
misspelt one is found by the first test and not by a resident.
"""

from collections.abc import Callable, Mapping, MutableMapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from jinja2 import (
    ChainableUndefined,
    Environment,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from markupsafe import Markup

from lg_core.errors import ConfigError
from lg_core.texts import Catalogue, Language
from lg_web._compiled import CompiledTemplates
from lg_web.assets import asset_url
from lg_web.settings import SiteSettings

__all__ = ["Shell"]

_STOCK: Final = "govuk_frontend_jinja"
_OWN: Final = "lg_web"
_SLASHES: Final = "/\\"
_PATH_SAFE: Final = "/-._~!$&'()*+,;=:@"  # RFC 3986 section 3.3
# Two, since what is compiled depends on what an environment does with a name that is missing.
_COMPILED: Final = CompiledTemplates()
_COMPILED_STOCK: Final = CompiledTemplates()
CsrfToken = str | Callable[[], str] | None


class _Environment(Environment):
    """Strict for our templates and a council's, and lenient inside GOV.UK Frontend's macros.

    Those ask for options that were not given, so there what is missing counts as nothing.
    """

    def __init__(self, packages: Sequence[str]) -> None:
        super().__init__(
            loader=PrefixLoader({name: PackageLoader(name) for name in packages}),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED,
        )
        self._stock = Environment(
            loader=PrefixLoader({_STOCK: PackageLoader(_STOCK)}),
            undefined=ChainableUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            bytecode_cache=_COMPILED_STOCK,
        )

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 -- Jinja's own name
    ) -> Template:
        if isinstance(name, str) and name.startswith(f"{_STOCK}/"):
            return self._stock.get_template(name)
        return super().get_template(name, parent, globals)


class Shell:
    """Renders the pages of one service. Safe to use from several threads.

    Args:
        settings: what the pages have in common.
        templates: import names of packages with a folder `templates`. Their templates are named
            `package/file.html`. `lg_web/page.html` is the page that every page extends, and
            `govuk_frontend_jinja/components/...` holds the macros of GOV.UK Frontend.
        texts: a council's own texts in place of ours, and texts for its own templates.

    Raises:
        ConfigError: an own text does not fit the one that it overrides.
        ValueError: a package has no folder `templates`.
    """

    def __init__(
        self,
        settings: SiteSettings,
        *,
        templates: Sequence[str] = (),
        texts: Catalogue | None = None,
    ) -> None:
        self.settings = settings
        self.texts = _joined(Catalogue.of_package(_OWN), texts or Catalogue({}))
        self._environment = _Environment((_OWN, *templates))

    def say(self, name: str, /, *, language: Language, **slots: Any) -> str:  # noqa: ANN401 -- a slot takes what can be shown
        """Return one of our texts, or the council's own in its place.

        Args:
            name: the text's name.
            language: the language.
            slots: the slots' values.

        Raises:
            KeyError: there is no such text.
            InvalidValueError: a slot has no value.
        """
        return self.texts[name].text(language, **slots)

    def render(
        self,
        template: str,
        *,
        language: Language,
        path: str,
        nonce: str,
        csrf_token: CsrfToken,
        title: str,
        error: bool = False,
        back: str | None = None,
        context: Mapping[str, object],
    ) -> str:
        """Return a page.

        In a template stand, besides the context: `settings`, `language`, `title`, `nonce`,
        `say(name, **slots)` for a text, `link(path)` for an address below the prefix,
        `asset(name)` for a file of ours, and `csrf()` for the hidden field that each form needs.

        Args:
            template: the template's name, such as `lg_web/message.html`.
            language: the language of the page.
            path: the page's path below the prefix, for the link to its other language.
            nonce: what marks our scripts in the Content-Security-Policy.
            csrf_token: the token of the page's forms, or what makes it when a form asks for it;
                None for a page without forms.
            title: what the page is about, in its language: the same as its h1.
            error: whether the page shows errors, which its title then begins with.
            back: the path of the page before, below the prefix, for the back link.
            context: the template's own names. A `Catalogue` named `texts` in it is searched by
                `say` first.

        Raises:
            ConfigError: a form asks for a token and there is none.
            jinja2.TemplateError: the template is not there, or asks for a name that is not.
        """
        own = context.get("texts")
        texts = (own, self.texts) if isinstance(own, Catalogue) else (self.texts,)

        def say(name: str, /, **slots: Any) -> str:  # noqa: ANN401 -- as above
            chosen = next((each for each in texts if name in each), self.texts)
            return chosen[name].text(language, **slots)

        def link(to: str) -> str:
            # A path that began with two slashes would lead to another host.
            return f"{self.settings.prefix}/{to.lstrip(_SLASHES)}"

        return self._environment.get_template(template).render(
            {
                **context,
                "settings": self.settings,
                "asset": self._asset,
                "language": language,
                "address": link(quote(path, safe=_PATH_SAFE)),
                "nonce": nonce,
                "title": title,
                "error": error,
                "back": back,
                "say": say,
                "link": link,
                "csrf": lambda: _hidden(csrf_token),
            }
        )

    def _asset(self, name: str) -> str:
        return self.settings.prefix + asset_url(name, colours=self.settings.colours)


def _hidden(token: CsrfToken) -> Markup:
    value = token() if callable(token) else token
    if value is None:
        raise ConfigError(
            "A form on a page needs a token, and this page was rendered without one. Render it "
            "through Visit.render, or give csrf_token.",
            setting="csrf_token",
        )
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(value)


def _joined(ours: Catalogue, own: Catalogue) -> Catalogue:
    ours = ours.override(Catalogue({name: own[name] for name in own if name in ours}))
    return Catalogue({**own, **ours})
