# SPDX-License-Identifier: MIT
import base64
import pickle
import string
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import SecretStr

from lg_core.errors import ConfigError, InvalidValueError
from lg_notify import Email
from lg_notify.unsubscribe import LinkError, LinkFault, Links
from lg_notify.unsubscribe._digests import WAYS, normal_form

SECRET = "zebra-crossing-secret-of-32-characters"
OLD = "an-older-secret-of-at-least-32-characters"
BASE = "https://www.example.gov.uk/messages/unsubscribe"
ADDRESS = "gwenllian.quill@example.org"
LISTS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)
DIGITS = st.text("0123456789", min_size=9, max_size=9)


def links(*secrets: str) -> Links:
    """Return links under some secrets."""
    return Links(secrets or [SECRET], base_url=BASE)


def token_of(link: str) -> str:
    """Return what follows the last slash."""
    return link.rpartition("/")[2]


# ------------------------------------------------------------------ links


@given(st.sampled_from(WAYS), LISTS | st.none())
def test_a_link_is_read_as_it_was_made(way: str, list_name: str | None) -> None:
    """The way, the list and the person, without their address."""
    recipient = "07700 900123" if way == "sms" else ADDRESS
    link = links().link_for(way, recipient, list_name=list_name)
    read = links().read(token_of(link))

    assert (way, list_name) == (read.channel, read.list_name)
    assert link == links().link_for(way, recipient, list_name=list_name)
    assert read.digest not in repr(read)


def test_nobody_can_read_in_a_link_whose_it_is() -> None:
    """Neither the address nor a digest that could be made without the secret."""
    link = links().link_for("email", ADDRESS, list_name="garden-waste")
    raw = base64.urlsafe_b64decode(token_of(link) + "==")

    assert b"garden-waste" in raw
    assert not any(part.encode() in raw for part in ("gwenllian", "quill", "example"))
    other = token_of(links(OLD).link_for("email", ADDRESS, list_name="garden-waste"))
    assert links().read(token_of(link)).digest != links(OLD).read(other).digest


def test_a_link_fits_into_a_text_and_an_email() -> None:
    """Notify takes it as one_click_unsubscribe_url, and it is shorter than one text."""
    link = links().link_for("email", ADDRESS, list_name="garden-waste")
    email = Email(
        email_address=ADDRESS,
        template_id="11111111-2222-4333-8444-555555555555",
        one_click_unsubscribe_url=link,
    )

    assert link == email.one_click_unsubscribe_url
    assert len(link) < 120


def test_an_old_link_works_while_its_secret_is_kept() -> None:
    """A new secret makes new links, and the old ones are read on."""
    old = token_of(links(OLD).link_for("email", ADDRESS))
    both = Links([SECRET, SecretStr(OLD)], base_url=BASE)

    assert links(OLD).read(old) == both.read(old)
    assert links().link_for("email", ADDRESS) == both.link_for("email", ADDRESS)
    with pytest.raises(LinkError) as caught:
        links().read(old)
    assert LinkFault.FORGED is caught.value.code


@given(st.integers(0, 200), st.sampled_from(string.ascii_letters + string.digits + "-_.=%/"))
def test_no_changed_link_passes(at: int, letter: str) -> None:
    """Whichever letter is changed, also where base64 would read the same."""
    token = token_of(links().link_for("email", ADDRESS, list_name="news"))
    changed = token[: at % len(token)] + letter + token[at % len(token) + 1 :]
    assume(changed != token)

    with pytest.raises(LinkError):
        links().read(changed)


@given(st.text(max_size=100) | st.binary(max_size=90).map(base64.urlsafe_b64encode))
def test_whatever_is_given_is_refused(token: str | bytes) -> None:
    """No text makes anything else than a link or a refusal, which does not repeat it."""
    text = token.decode().rstrip("=") if isinstance(token, bytes) else token
    with pytest.raises(LinkError) as caught:
        links().read(text)

    assert len(text) < 12 or text not in str(caught.value)
    assert caught.value.code is pickle.loads(pickle.dumps(caught.value)).code


@pytest.mark.parametrize("cut", [1, 4, 20])
def test_a_link_that_was_cut_short_is_refused(cut: int) -> None:
    """As mail programs do that break lines."""
    token = token_of(links().link_for("email", ADDRESS, list_name="garden-waste"))

    with pytest.raises(LinkError):
        links().read(token[:-cut])


@pytest.mark.parametrize("secrets", [[], SECRET, None, ["short"], [f" {SECRET}"], [7]])
def test_a_secret_that_cannot_be_is_found_at_the_start(secrets: Any) -> None:
    """Not with the first link; the error does not repeat it."""
    with pytest.raises(ConfigError) as caught:
        Links(secrets, base_url=BASE)

    assert "secrets" == caught.value.setting
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://www.example.gov.uk",
        "www.example.gov.uk",
        "https://",
        "https://[::1",
        "https://a:b@www.example.gov.uk",
        "https://www.example.gov.uk:x",
        "https://www.example.gov.uk/?a=b",
        "https://www.example.gov.uk/a b",
        "https://www.example.gov.uk/é",
    ],
)
def test_an_address_that_notify_would_refuse_is_refused(url: str) -> None:
    """Whole, https, and with nothing after which a token could not stand."""
    with pytest.raises(ConfigError) as caught:
        Links([SECRET], base_url=url)

    assert "base_url" == caught.value.setting


def test_links_are_neither_printed_nor_pickled() -> None:
    """They hold secrets."""
    made = links()

    assert "zebra" not in repr(made)
    assert 8 == len(made.key_ids[0])
    with pytest.raises(TypeError):
        pickle.dumps(made)


@pytest.mark.parametrize(
    ("field", "person", "list_name"),
    [
        ("channel", ("pigeon", ADDRESS), None),
        ("recipient", ("email", "gwenllian"), None),
        ("recipient", ("email", "a b@example.org"), None),
        ("recipient", ("sms", "none"), None),
        ("recipient", ("letter", " , "), None),
        ("recipient", ("letter", "x" * 1001), None),
        ("list_name", ("email", ADDRESS), ADDRESS),
        ("list_name", ("email", ADDRESS), ""),
        ("list_name", ("email", ADDRESS), "x" * 81),
    ],
)
def test_what_cannot_be_in_a_link_is_named_and_not_repeated(
    field: str, person: tuple[str, str], list_name: str | None
) -> None:
    """A list's name can be read in the link, so an address is none."""
    with pytest.raises(InvalidValueError) as caught:
        links().link_for(*person, list_name=list_name)

    assert field == caught.value.field
    assert "gwenllian" not in str(caught.value)


# ------------------------------------------------------------------ one form of a recipient


@given(DIGITS, st.sampled_from(["07", "7", "+447", "447", "00447", "+44 (0)7", "+4407", "(07"]))
def test_a_uk_number_has_one_form_however_it_is_typed(digits: str, start: str) -> None:
    """With the code, without it, with the zero in between, and with what people put between."""
    spaced = f"{start}{digits[:3]} {digits[3:6]}-{digits[6:]}"

    assert f"447{digits}" == normal_form("sms", spaced)


@given(st.integers(10**9, 10**14), st.sampled_from(["+", "00", "+ "]))
def test_a_number_of_another_country_keeps_its_digits(number: int, start: str) -> None:
    """Its code says which."""
    assume(not str(number).startswith("440"))

    assert str(number) == normal_form("sms", f"{start}{number}")


@given(st.sampled_from(["", " ", "\u200b", "\u2060", "\t"]))
def test_an_address_has_one_form(space: str) -> None:
    """White space around it and capitals do not matter, as with Notify."""
    assert ADDRESS == normal_form("email", f"{space}Gwenllian.Quill@EXAMPLE.org{space}")


def test_a_postal_address_has_one_form() -> None:
    """Commas, lines and capitals do not matter."""
    assert normal_form("letter", "1 High St,\nZQ9 8XT") == normal_form("letter", "1 HIGH ST zq98xt")


@given(st.sampled_from(WAYS), st.text(max_size=60) | st.text("0123456789+ ()", max_size=20))
def test_the_form_is_stable(way: str, text: str) -> None:
    """Brought into it twice, a recipient stays as it is: what Notify gives back is found too."""
    try:
        once = normal_form(way, text)
    except InvalidValueError as error:
        assert "recipient" == error.field  # noqa: PT017 -- reading it is right too
        return

    assert once == normal_form(way, f"+{once}" if way == "sms" else once)
