"""lg_core.postal: an address with its UPRN, or with the reason why it has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_core import Postcode, Uprn
from lg_core.errors import InvalidValueError
from lg_core.postal import NoUprn, PostalAddress

LINES = st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=5).map(tuple)


@given(lines=LINES, reason=st.sampled_from(NoUprn))
def test_an_address_without_a_uprn_says_why(lines: tuple[str, ...], reason: NoUprn) -> None:
    """The lines come out as they went in, and nothing of them is shown."""
    address = PostalAddress(lines, no_uprn=reason)

    assert lines == address.all_lines()
    assert ", ".join(lines) == address.one_line()
    assert repr(PostalAddress(("another",), no_uprn=reason)) == repr(address)


def test_an_address_with_all_its_parts() -> None:
    """The postcode stands last, on a line of its own."""
    address = PostalAddress(("1 High Street", "Bristol"), Postcode("BS1 5TR"), Uprn("100023336956"))

    assert "1 High Street, Bristol, BS1 5TR" == address.one_line()
    assert ("1 High Street", "Bristol", "BS1 5TR") == address.all_lines()
    assert "100023336956" not in repr(address)
    assert "BS1" not in repr(address)


@pytest.mark.parametrize(
    ("lines", "uprn", "reason", "code"),
    [
        ((), None, NoUprn.ABROAD, "empty"),
        (("a", " "), None, NoUprn.ABROAD, "empty"),
        (("a",), None, None, "uprn_or_reason"),
        (("a",), Uprn("1"), NoUprn.TYPED_IN, "uprn_or_reason"),
    ],
)
def test_an_address_that_is_not_whole_is_refused(  # noqa: PLR0917 -- pytest passes them by name
    lines: tuple[str, ...], uprn: Uprn | None, reason: NoUprn | None, code: str
) -> None:
    """No line, an empty line, and both or neither of UPRN and reason."""
    with pytest.raises(InvalidValueError) as caught:
        PostalAddress(lines, uprn=uprn, no_uprn=reason)

    assert code == caught.value.code
