"""lg_sandbox.pay.keys, .limits and .cards: keys, rate limits and test cards."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_sandbox.pay.cards import TEST_CARDS, Outcome, find_card
from lg_sandbox.pay.keys import ID_ALPHABET, checksum_holds, new_id, new_key
from lg_sandbox.pay.limits import Bucket, Limits

NOW = datetime(2026, 3, 28, 12, tzinfo=UTC)
SECRET = b"a secret"


@pytest.mark.parametrize(("live", "start"), [(False, "api_test_"), (True, "api_live_")])
def test_a_key_has_pays_shape(*, live: bool, start: str) -> None:
    """The kind of account, 26 characters and a checksum of 32."""
    key = new_key(SECRET, live=live)

    assert key.startswith(start)
    assert len(start) + 26 + 32 == len(key)
    assert set(key.removeprefix(start)) <= set(ID_ALPHABET)
    assert checksum_holds(key, SECRET)


@given(place=st.integers(0, 66), letter=st.sampled_from(ID_ALPHABET))
def test_a_key_with_another_letter_is_refused(place: int, letter: str) -> None:
    """The checksum covers the whole key."""
    key = new_key(SECRET)
    changed = key[:place] + letter + key[place + 1 :]

    assert (changed == key) == checksum_holds(changed, SECRET)


@given(text=st.text())
def test_no_other_text_is_a_key(text: str) -> None:
    """Whatever stands in the header, the check answers and does not break."""
    assert not checksum_holds(text, SECRET)


def test_ids_are_of_pays_alphabet_and_differ() -> None:
    """26 characters each, never the same."""
    ids = {new_id() for _ in range(50)}

    assert {26} == {len(each) for each in ids}
    assert 50 == len(ids)


@pytest.mark.parametrize("bucket", list(Bucket))
def test_a_bucket_holds_one_second_of_requests(bucket: Bucket) -> None:
    """The next one is refused, and let through after its share of a second."""
    limits = Limits()
    share = timedelta(seconds=1 / bucket.per_second)

    first = [limits.take("a", bucket, now=NOW) for _ in range(bucket.per_second)]

    assert all(first)
    assert not limits.take("a", bucket, now=NOW)
    assert limits.take("a", bucket, now=NOW + share * 1.01)
    assert not limits.take("a", bucket, now=NOW + share * 1.02)


def test_buckets_and_accounts_are_counted_apart() -> None:
    """A busy account, or kind of request, leaves the others alone."""
    limits = Limits()
    for _ in range(Bucket.CREATE.per_second):
        limits.take("a", Bucket.CREATE, now=NOW)

    assert not limits.take("a", Bucket.CREATE, now=NOW)
    assert limits.take("b", Bucket.CREATE, now=NOW)
    assert limits.take("a", Bucket.CAPTURE, now=NOW)


@given(gaps=st.lists(st.floats(0, 0.5), max_size=80))
def test_no_run_of_requests_beats_the_limit(gaps: list[float]) -> None:
    """In any time, no more pass than one bucket and what flowed in meanwhile."""
    limits = Limits()
    now, passed = NOW, 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        passed += limits.take("a", Bucket.CREATE, now=now)

    assert passed <= 15 + 15 * (now - NOW).total_seconds() + 1e-3


def test_a_card_is_found_as_people_type_it() -> None:
    """Spaces and hyphens do not matter."""
    found = find_card(" 4000-0000 0000 0002 ")

    assert found is not None
    assert Outcome.DECLINED is found.outcome
    assert ("400000", "0002") == (found.first_digits, found.last_digits)


NUMBERS = {card.number for card in TEST_CARDS}


@given(typed=st.text() | st.from_regex(r"[0-9]{15,16}", fullmatch=True))
def test_any_other_number_is_no_test_card(typed: str) -> None:
    """Only published numbers are taken, so that nobody's real card is."""
    assume(typed.replace(" ", "").replace("-", "") not in NUMBERS)

    assert find_card(typed) is None


def test_every_test_card_is_found_by_its_number() -> None:
    """The table has no number twice."""
    assert list(TEST_CARDS) == [find_card(card.number) for card in TEST_CARDS]
