# SPDX-License-Identifier: MIT
"""lg_sandbox.places.query: any query is read, refused, or said not to be built."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lg_sandbox.answers import NotBuiltError
from lg_sandbox.places.errors import Refusal
from lg_sandbox.places.query import MAX_RESULTS, Operation, read_search
from lg_sandbox.places.town import build_town

NAMES = st.sampled_from(
    ["postcode", "uprn", "dataset", "maxresults", "offset", "lr", "fq", "output_srs", "format"]
)
VALUES = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["ZZ1 1AA", "DPA,LPI", "1", "100", "CY", "WGS84", "COUNTRY_CODE:E", "JSON"]),
)


@given(
    operation=st.sampled_from(list(Operation)),
    query=st.lists(st.tuples(NAMES | st.text(max_size=9), VALUES), max_size=6),
)
def test_every_query_ends_in_one_of_three_ways(
    operation: Operation, query: list[tuple[str, str]]
) -> None:
    """A search within its bounds, a refusal with a text, or a part that is not built."""
    try:
        search = read_search(operation, tuple(query))
    except Refusal as refusal:
        assert refusal.error.message  # noqa: PT017 -- one of three ways
        return
    except NotBuiltError as missing:
        assert missing.part  # noqa: PT017 -- one of three ways
        return

    assert 1 <= search.most <= MAX_RESULTS
    assert search.offset >= 0
    assert set(search.datasets) <= {"DPA", "LPI"}
    assert set(search.languages) <= {"EN", "CY"}


@given(
    postcode=st.sampled_from(sorted({each.postcode for each in build_town()})),
    spaced=st.booleans(),
    lower=st.booleans(),
)
def test_a_postcode_is_read_in_any_case_and_with_any_spaces(
    postcode: str, *, spaced: bool, lower: bool
) -> None:
    """What a person types and what the post writes lead to the same search."""
    typed = f" {postcode} " if spaced else postcode.replace(" ", "")

    search = read_search(Operation.POSTCODE, (("postcode", typed.lower() if lower else typed),))

    assert postcode.replace(" ", "") == search.wanted


@pytest.mark.parametrize(
    "text", ["Z", "ZZ", "1AA", "ZZ1 1A1", "ZZ1 1CA", "ZZ1 1AAA", "ZZZ1 1AA", "GIR 0AA", "ZZ1!"]
)
def test_what_is_no_beginning_of_a_postcode_is_refused(text: str) -> None:
    """At least area and district, and only the letters that postcodes have."""
    with pytest.raises(Refusal, match="status 400"):
        read_search(Operation.POSTCODE, (("postcode", text),))


@given(operation=st.sampled_from(list(Operation)), sent=st.text(min_size=1, max_size=20))
def test_the_error_itself_repeats_nothing(operation: Operation, sent: str) -> None:
    """The text for the wire may repeat what was sent; the exception prints its status alone."""
    with pytest.raises(Refusal) as caught:
        read_search(operation, ((f"x{sent}", sent),))

    assert "status 400" == str(caught.value)
