# SPDX-License-Identifier: MIT
import dataclasses
import re
from collections.abc import Mapping
from importlib.resources import files
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, UndefinedError
from web.sample_pages import NONCE, SAMPLES, SETTINGS, SHELL

from lg_core.errors import ConfigError
from lg_core.texts import Catalogue, Language, Text
from lg_web.problems import Problem
from lg_web.settings import SiteSettings
from lg_web.shell import CsrfToken, Shell

PLAIN = SiteSettings(
    url="https://forms.example.gov.uk", council=Text("A Council"), service=Text("A service")
)


def _page(
    shell: Shell = SHELL,
    template: str = "lg_web/page.html",
    *,
    language: Language = Language.ENGLISH,
    path: str = "/name",
    title: str = "What is your name?",
    error: bool = False,
    back: str | None = None,
    csrf_token: CsrfToken = None,
    context: Mapping[str, object] | None = None,
) -> str:
    return shell.render(
        template,
        language=language,
        path=path,
        nonce=NONCE,
        csrf_token=csrf_token,
        title=title,
        error=error,
        back=back,
        context=context or {},
    )


def _title(page: str) -> str:
    found = re.search(r"<title>(.*)</title>", page)
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("language", "error", "title"),
    [
        ("en", False, "Name - Subscribe to garden waste - Riverside District Council"),
        ("en", True, "Error: Name - Subscribe to garden waste - Riverside District Council"),
        ("cy", True, "Gwall: Name - Tanysgrifio i wastraff gardd - Cyngor Dosbarth Glan yr Afon"),
    ],
)
def test_a_title_ends_with_the_council(language: str, *, error: bool, title: str) -> None:
    """The title says whether there is an error, then the page, the service and the council."""
    assert title == _title(_page(language=Language(language), title="Name", error=error))


def test_the_page_says_its_language() -> None:
    """A screen reader learns the language from the page."""
    assert '<html lang="cy" ' in _page(language=Language.WELSH)
    assert '<html lang="en" ' in _page()


def test_a_page_of_two_languages_links_to_the_other() -> None:
    """The language that is shown is marked, and the other is a link to the same page."""
    page = _page(path="/name")

    assert '<span lang="en" aria-current="true">English</span>' in page
    assert 'href="/garden-waste/name?lang=cy" lang="cy" hreflang="cy" rel="alternate"' in page


def test_a_page_of_one_language_links_to_no_other() -> None:
    """A service in one language has no list of languages."""
    assert "lang=" not in _page(Shell(PLAIN)).replace('html lang="en"', "")


@given(st.text())
def test_the_language_link_stays_on_this_host(path: str) -> None:
    """Whatever path was asked for, the link to its other language leads to this host."""
    settings = dataclasses.replace(PLAIN, languages=tuple(Language))
    page = _page(Shell(settings), path=path)
    found = re.search(r'href="([^"]*)\?lang=cy"', page)

    assert found
    assert ("", "") == urlsplit(found[1])[:2]
    assert re.fullmatch(r"/[!-~]*", found[1])
    assert not found[1].startswith(("//", "/\\"))


@given(st.text(max_size=60))
def test_what_is_shown_is_escaped(text: str) -> None:
    """No text, whoever wrote it, becomes markup."""
    page = _page(title=f"<script>{text}", back=f'/"><script>{text}')

    assert "<script>" not in page
    assert 'href="/garden-waste/&#34;&gt;&lt;script&gt;' in page


def test_every_script_carries_the_nonce() -> None:
    """Each script has the answer's nonce, and nothing else in the page could run."""
    page = _page()

    assert 2 == page.count("<script ") == page.count(f'nonce="{NONCE}"')
    assert not re.search(r'\son[a-z]+="|javascript:|style="', page)


def test_nothing_comes_from_elsewhere() -> None:
    """All files of a page are the service's own, below its prefix."""
    addresses = re.findall(r'<(?:script|link|img)[^>]* (?:src|href)="([^"]*)"', _page())

    assert 4 == len(addresses)
    assert all(address.startswith("/garden-waste/assets/") for address in addresses)


def test_nothing_says_gov_uk() -> None:
    """A council's page has neither GOV.UK's name nor its crown, crest or font."""
    shown = _page()

    assert "GOV.UK" not in shown
    assert not re.search(r"crown|crest|transport|open government", shown, re.IGNORECASE)


def test_the_back_link_is_there_when_it_leads_somewhere() -> None:
    """The back link stands above main, in a landmark of its own."""
    page = _page(back="/start")

    assert '<a href="/garden-waste/start" class="govuk-back-link">Back</a>' in page
    assert page.index("govuk-back-link") < page.index("<main")
    assert "govuk-back-link" not in _page()


def test_a_service_that_is_finished_has_no_banner() -> None:
    """Only a service in alpha or beta says that it is new."""
    assert "govuk-phase-banner" in _page()
    assert "govuk-phase-banner" not in _page(Shell(PLAIN))


@pytest.mark.parametrize(
    ("feedback", "href"),
    [
        ("/feedback", 'href="/garden-waste/feedback"'),
        ("https://www.example.gov.uk/feedback", 'href="https://www.example.gov.uk/feedback"'),
        (None, "This is a new service."),
    ],
)
def test_the_banner_asks_for_feedback_where_it_can(feedback: str | None, href: str) -> None:
    """The banner links to where feedback is taken: a page of the service, or one elsewhere."""
    page = _page(Shell(dataclasses.replace(SETTINGS, feedback_url=feedback)))

    assert href in page
    assert (feedback is not None) == ("Give your feedback" in page)


def test_the_foot_has_the_councils_links() -> None:
    """Links of the foot lead below the prefix or elsewhere, in the page's language."""
    page = _page(language=Language.WELSH)

    assert 'href="/garden-waste/privacy">Preifatrwydd</a>' in page
    assert 'href="https://www.example.gov.uk/accessibility">Hygyrchedd</a>' in page
    assert "govuk-footer__inline-list" not in _page(Shell(PLAIN))


def test_a_form_has_its_token() -> None:
    """The hidden field holds the token, escaped."""
    sample = SAMPLES["question"]
    page = _page(template="web/question.html", csrf_token='a"b', context=sample.context)

    assert '<input type="hidden" name="csrf_token" value="a&#34;b">' in page


def test_a_token_is_made_when_a_form_asks_for_it() -> None:
    """A page without a form makes no token, so it begins no session."""
    made: list[str] = []

    def token() -> str:
        made.append("t")
        return "t0ken"

    _page(csrf_token=token)

    assert [] == made
    assert "t0ken" in _page(
        template="web/question.html", csrf_token=token, context=SAMPLES["question"].context
    )
    assert ["t"] == made


def test_a_form_without_a_token_is_an_error() -> None:
    """A form that would be refused on its return is not shown."""
    with pytest.raises(ConfigError, match="needs a token"):
        _page(template="web/question.html", context=SAMPLES["question"].context)


def test_a_misspelt_name_stops_the_page() -> None:
    """A name that a template asks for and nobody gave is an error, not an empty place."""
    with pytest.raises(UndefinedError, match="error_text"):
        _page(template="web/question.html", csrf_token="t", error=True, context={"value": ""})


def test_options_that_a_macro_may_do_without_are_not_missed() -> None:
    """GOV.UK Frontend's macros take few or many options."""
    page = _page(template="web/question.html", csrf_token="t", context=SAMPLES["question"].context)

    assert '<input class="govuk-input" id="name" name="name" type="text"' in page


@pytest.mark.parametrize("name", ["nowhere/page.html", "lg_web/nowhere.html", "../x.html", "x"])
def test_a_template_that_is_not_there_is_an_error(name: str) -> None:
    """Only templates of the named packages are found."""
    with pytest.raises(TemplateNotFound):
        _page(template=name)


def test_a_package_without_templates_is_an_error() -> None:
    """A package that has no templates is found when the program starts."""
    with pytest.raises(ValueError, match="templates"):
        Shell(PLAIN, templates=("lg_core",))


def test_a_page_brings_its_own_texts() -> None:
    """Texts of a page's own catalogue are found before those of the shell."""
    own = Catalogue({"back": Text("Return", "Dychwelyd")})

    assert ">Return</a>" in _page(back="/", context={"texts": own})
    assert ">Dychwelyd</a>" in _page(back="/", language=Language.WELSH, context={"texts": own})
    assert ">Back</a>" in _page(back="/", context={"texts": None})


def test_a_council_adds_and_overrides_texts() -> None:
    """A council's own texts take the place of ours and join them."""
    own = Catalogue({"back": Text("Return"), "own_text": Text("Hello {name}.")})
    shell = Shell(PLAIN, texts=own)

    assert ">Return</a>" in _page(shell, back="/")
    assert "Hello Gwen." == shell.say("own_text", language=Language.ENGLISH, name="Gwen")
    assert "Skip to main content" == shell.say("skip_link", language=Language.ENGLISH)


def test_a_text_that_does_not_fit_is_refused() -> None:
    """A council's text may not ask for what ours has not."""
    with pytest.raises(ConfigError, match="page_title"):
        Shell(PLAIN, texts=Catalogue({"page_title": Text("{name} - {council}")}))


def test_every_text_is_there_in_welsh() -> None:
    """No text of ours is left in English on a Welsh page, and the Welsh is marked a draft."""
    ours = Catalogue.of_package("lg_web")

    assert [] == [name for name, text in ours.items() if not text.cy]
    assert sorted(ours) == list(ours.drafts())


def test_every_text_is_used() -> None:
    """Each text is shown by a template, by a problem's page, or waits for a form's page."""
    templates = files("lg_web").joinpath("templates")
    used = "".join(each.read_text("utf-8") for each in templates.iterdir())
    names = {f"problem_{problem.name.lower()}" for problem in Problem}
    for_forms = {"error_summary_title", "error_prefix"}
    for name in Catalogue.of_package("lg_web").keys() - for_forms:
        assert (
            f'"{name}"' in used
            or f"'{name}'" in used
            or name.startswith(("language_", "phase_"))
            or re.sub(r"_(title|\d)$", "", name) in names
        ), name


def test_a_page_named_like_the_service_says_it_once() -> None:
    """The first page of a service is called what the service is called."""
    assert "Subscribe to garden waste - Riverside District Council" == _title(
        _page(title="Subscribe to garden waste")
    )


def test_a_page_with_errors_can_be_gone_back_to() -> None:
    """Its entry in the browser's history is a plain visit; other pages leave theirs alone."""
    assert "history.replaceState" in _page(error=True)
    assert "history.replaceState" not in _page()
