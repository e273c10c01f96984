"""Tests of lg_web.csrf."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_web.csrf import masked, new_secret, same_site, token_matches


def test_a_token_matches_its_secret_and_no_other() -> None:
    """A token is good for the secret that it was made from, and for no other."""
    secret, other = new_secret(), new_secret()
    token = masked(secret)

    assert token_matches(token, secret=secret)
    assert not token_matches(token, secret=other)


def test_no_two_pages_show_the_same_token() -> None:
    """The mask is fresh each time, and the secret itself never shows."""
    secret = new_secret()
    tokens = [masked(secret) for _ in range(20)]

    assert 20 == len(set(tokens))
    assert not [token for token in tokens if secret in token]


@given(st.text(max_size=120) | st.text("AZaz09-_=+/", min_size=86, max_size=86))
def test_what_was_not_made_here_never_matches(text: str) -> None:
    """Any other text is refused, and none of them raises."""
    assert not token_matches(text, secret=new_secret())


@given(st.integers(0, 85), st.characters(codec="ascii"))
def test_a_changed_token_does_not_match(position: int, character: str) -> None:
    """One changed character is enough, except in the bits that base64 leaves unused."""
    secret = new_secret()
    token = masked(secret)
    changed = token[:position] + character + token[position + 1 :]

    if position not in {42, 85}:
        assert (changed == token) == token_matches(changed, secret=secret)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, True),
        ("same-origin", True),
        ("none", True),
        (" Same-Origin ", True),
        ("same-site", False),
        ("cross-site", False),
        ("", False),
    ],
)
def test_what_the_browser_says_of_the_sender(header: str | None, *, expected: bool) -> None:
    """A request that a browser says came from another host is refused."""
    assert expected == same_site(header)
