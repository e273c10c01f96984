# SPDX-License-Identifier: MIT
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core.errors import ConfigError
from lg_core.texts import Language, Text
from lg_web.settings import Link, SiteSettings


def _settings(**changes: Any) -> SiteSettings:
    given_settings: dict[str, Any] = {
        "url": "https://forms.example.gov.uk/garden-waste",
        "council": Text("Riverside District Council"),
        "service": Text("Garden waste"),
    }
    return SiteSettings(**given_settings | changes)


@pytest.mark.parametrize(
    ("url", "prefix", "secure", "cookie"),
    [
        ("https://a.example.gov.uk", "", True, "__Host-lg_session"),
        ("https://a.example.gov.uk/", "", True, "__Host-lg_session"),
        ("https://a.example.gov.uk/x/y/", "/x/y", True, "__Host-lg_session-x-y"),
        ("http://127.0.0.1:8000/x", "/x", False, "lg_session-x"),
        ("http://localhost:8000", "", False, "lg_session"),
    ],
)
def test_the_address_says_the_rest(url: str, *, prefix: str, secure: bool, cookie: str) -> None:
    """The prefix, whether the way is secure, and the cookie's name follow from the address."""
    settings = _settings(url=url)

    assert (prefix, secure, cookie) == (settings.prefix, settings.secure, settings.cookie_name)
    assert not settings.url.endswith("/")


def test_http_is_for_this_machine_alone() -> None:
    """An http address of another machine is refused."""
    with pytest.raises(ConfigError) as refused:
        _settings(url="http://forms.example.gov.uk")

    assert "url" == refused.value.setting


@pytest.mark.parametrize(
    ("changes", "setting"),
    [
        ({"council": Text("  ")}, "council"),
        ({"service": Text("")}, "service"),
        ({"start": "start"}, "start"),
        ({"start": "//elsewhere.example"}, "start"),
        ({"start": "/\\elsewhere.example"}, "start"),
        ({"start": "/a\r\nx"}, "start"),
        ({"languages": ()}, "languages"),
        ({"languages": (Language.WELSH, Language.WELSH)}, "languages"),
        ({"feedback_url": "javascript:alert(1)"}, "feedback_url"),
        ({"feedback_url": "http://example.gov.uk/feedback"}, "feedback_url"),
        ({"feedback_url": "https://"}, "feedback_url"),
        ({"feedback_url": "https://[x"}, "feedback_url"),
        ({"feedback_url": "https://a:b@example.gov.uk/"}, "feedback_url"),
        ({"form_targets": ("https://pay.example/path",)}, "form_targets"),
        ({"form_targets": ("https://pay.example;script-src",)}, "form_targets"),
        ({"form_targets": ("http://pay.example",)}, "form_targets"),
        ({"form_targets": ("*",)}, "form_targets"),
        ({"session_idle": timedelta()}, "session_idle"),
        ({"session_idle": timedelta(days=1, seconds=1)}, "session_idle"),
    ],
)
def test_a_wrong_setting_is_refused(changes: dict[str, Any], setting: str) -> None:
    """Each setting that cannot be right stops the start, and the error names it."""
    with pytest.raises(ConfigError) as refused:
        _settings(**changes)

    assert setting == refused.value.setting


@pytest.mark.parametrize("href", ["/privacy", "/privacy#cookies", "https://www.example.gov.uk/a"])
def test_a_link_leads_below_the_prefix_or_to_https(href: str) -> None:
    """A link takes a path or an https address."""
    assert href == Link(Text("Privacy"), href).href
    assert href == _settings(feedback_url=href).feedback_url


@given(st.text(max_size=30))
def test_a_link_never_leads_to_another_scheme_or_host_unseen(href: str) -> None:
    """Whatever is taken is a path of ours, or says https and a host."""
    try:
        Link(Text("x"), href)
    except ConfigError as refused:
        assert "footer_links" == refused.setting  # noqa: PT017 -- the other branch is the property
    else:
        assert href.lower().startswith("https://") or (
            href[0] == "/" and (href == "/" or href[1] not in "/\\")
        )


def test_targets_of_forms_are_origins() -> None:
    """A form's target is an origin, and one slash at its end is taken off."""
    targets = _settings(form_targets=("https://card.example.gov.uk/", "http://127.0.0.1:9000"))

    assert ("https://card.example.gov.uk", "http://127.0.0.1:9000") == targets.form_targets
