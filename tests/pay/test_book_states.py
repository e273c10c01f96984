# SPDX-License-Identifier: MIT
import itertools
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pay.payments import full_answer

from lg_core.money import Pence
from lg_pay import Payment
from lg_pay.book import (
    CONTRADICTED,
    LATE_SUCCESS,
    BookedPayment,
    BookState,
    CannotGiveUpError,
    News,
    PaymentMismatchError,
)
from lg_pay.book._states import apply, given_up, look_again_at, opened

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = date(2026, 11, 22)
PAYMENT_ID = "hu20sqlact5260q2nanm0q8u93"

# What GOV.UK Pay may say: the word, its code, whether the capture was asked for, and was made.
Said = tuple[str, str | None, bool, bool]

CREATED: Said = ("created", None, False, False)
STARTED: Said = ("started", None, False, False)
SUBMITTED: Said = ("submitted", None, False, False)
CAPTURABLE: Said = ("capturable", None, False, False)
SUCCESS: Said = ("success", None, False, False)
ASKED: Said = ("success", None, True, False)
CAPTURED: Said = ("success", None, True, True)
DECLINED: Said = ("failed", "P0010", False, False)
EXPIRED: Said = ("failed", "P0020", False, False)
CANCELLED: Said = ("cancelled", "P0040", False, False)
ERROR: Said = ("error", "P0050", False, False)
ERROR_ASKED: Said = ("error", "P0050", True, False)
NEW_WORD: Said = ("in_review", None, False, False)
EVERYTHING = (
    CREATED, STARTED, SUBMITTED, CAPTURABLE, SUCCESS, ASKED, CAPTURED, DECLINED, EXPIRED,
    CANCELLED, ERROR, ERROR_ASKED, NEW_WORD,
)  # fmt: skip

BEGINNING = (CREATED, STARTED, SUBMITTED)
HISTORIES: tuple[tuple[Said, ...], ...] = (
    # API reference, 'Payment status meanings', and connector's transition table.
    (*BEGINNING, SUCCESS, ASKED, CAPTURED),
    (*BEGINNING, CAPTURABLE, SUCCESS, ASKED, CAPTURED),
    (*BEGINNING, SUCCESS, ASKED, ERROR_ASKED),
    (*BEGINNING, SUCCESS, ERROR),
    (*BEGINNING, CAPTURABLE, EXPIRED),
    (*BEGINNING, CAPTURABLE, CANCELLED),
    (*BEGINNING, EXPIRED),
    (*BEGINNING, CANCELLED),
    (CREATED, STARTED, DECLINED),
    (CREATED, STARTED, ERROR),
    (CREATED, EXPIRED),
)
"""Every way that a payment may really go."""


def an_entry(**changes: object) -> BookedPayment:
    """Return an attempt that asks."""
    values: dict[str, object] = {
        "id": "1" * 32,
        "service": "garden-waste",
        "case": "case-1",
        "reference": "GW-0001",
        "amount": Pence(4650),
        "state": BookState.ASKING.value,
        "revision": 1,
        "asked_at": NOW,
        "changed_at": NOW,
        "payment_id": PAYMENT_ID,
        **changes,
    }
    return BookedPayment(**values)  # pyright: ignore[reportArgumentType]  # changes are of any type


def a_snapshot(
    said: Said, changes: Mapping[str, object] | None = None, *, finished: bool | None = None
) -> Payment:
    """Return a payment as GOV.UK Pay says it is."""
    status, code, asked, captured = said
    ends = {"success", "failed", "cancelled", "error"}
    return Payment.model_validate(
        full_answer(
            state={
                "status": status,
                "finished": status in ends if finished is None else finished,
                "code": code,
            },
            settlement_summary={
                "capture_submit_time": "2026-11-22T12:00:00.000Z" if asked else None,
                "captured_date": DAY.isoformat() if captured else None,
            },
            **(changes or {}),
        )
    )


def after(*said: Said) -> tuple[BookedPayment, list[News]]:
    """Return an entry that was told one thing after the other, and the news of it."""
    entry, told = an_entry(), list[News]()
    for each in said:
        entry, news = apply(entry, a_snapshot(each), now=NOW)
        told += [news] if news else []
    return entry, told


@pytest.mark.parametrize("history", HISTORIES)
def test_the_whole_story_in_order(history: tuple[Said, ...]) -> None:
    """Told everything in order, an entry ends as the payment ended, and says so once."""
    entry, told = after(*history)
    last = history[-1]

    assert ("captured" if last == CAPTURED else last[0]) == entry.state
    assert last[1] == entry.code
    assert entry.ended
    expected = {
        CAPTURED: [News.PAID, News.CAPTURED],
        ERROR_ASKED: [News.PAID, News.REVERSED],
        ERROR: [News.PAID, News.REVERSED] if SUCCESS in history else [News.ENDED_UNPAID],
    }
    assert expected.get(last, [News.ENDED_UNPAID]) == told


@given(data=st.data(), history=st.sampled_from(HISTORIES))
def test_the_order_of_what_is_said_does_not_matter(
    data: st.DataObject, history: tuple[Said, ...]
) -> None:
    """Late, twice and in any order: once all was said, the entry stands where it ended in truth."""
    told = data.draw(st.permutations([*history, *data.draw(st.lists(st.sampled_from(history)))]))
    entry, news = after(*told)
    expected, _ = after(*history)

    assert (expected.state, expected.code) == (entry.state, entry.code)
    ends = [each for each in news if each in {News.PAID, News.ENDED_UNPAID}]
    assert 1 == len(ends)
    assert [News.PAID if entry.paid or News.REVERSED in news else News.ENDED_UNPAID] == ends
    assert news.count(News.CAPTURED) <= 1


@given(said=st.lists(st.sampled_from(EVERYTHING), max_size=12))
@example(said=[SUCCESS, ERROR, CAPTURED, SUCCESS, ERROR])
@example(said=[EXPIRED, ASKED, ERROR])
def test_no_news_is_told_twice_and_none_without_a_reason(said: list[Said]) -> None:
    """Whatever is said, true or not: paid and reversed alternate, and what is told is so."""
    entry = an_entry()
    paid = False
    for each in said:
        before = entry
        entry, news = apply(entry, a_snapshot(each), now=NOW)

        assert before.revision + 1 == entry.revision
        assert (news is News.PAID) <= (not paid)
        assert (news is News.REVERSED) <= (paid and each[0] == "error")
        assert (news is News.ENDED_UNPAID) <= (not before.ended)
        assert (news is News.CAPTURED) <= (before.state == BookState.SUCCESS and each == CAPTURED)
        paid = (paid or news is News.PAID) and news is not News.REVERSED
        assert paid == entry.paid
        assert before.ended <= entry.ended
        assert (not entry.paid) or each[0] == "success" or before.paid


@given(said=st.lists(st.sampled_from(EVERYTHING), max_size=8))
def test_what_ended_unpaid_is_paid_only_where_money_shows(said: list[Said]) -> None:
    """After an end without money only a capture makes it paid, and the entry says how it came."""
    entry, _ = after(*BEGINNING, EXPIRED)
    for each in said:
        before = entry
        entry, _ = apply(entry, a_snapshot(each), now=NOW)
        if entry.paid and not before.paid:
            proof = each[3] if before.state == BookState.ERROR else each[2]
            assert proof
            assert LATE_SUCCESS == entry.code


@pytest.mark.parametrize(
    ("one", "other"), list(itertools.permutations([CREATED, STARTED, SUBMITTED, CAPTURABLE], 2))
)
def test_of_two_unfinished_states_the_one_further_on_counts(one: Said, other: Said) -> None:
    """What is older than what is known changes nothing."""
    order = [CREATED, STARTED, SUBMITTED, CAPTURABLE]
    entry, told = after(one, other)

    assert max(one, other, key=order.index)[0] == entry.state
    assert [] == told


def test_a_late_success_keeps_its_mark_until_the_money_is_there() -> None:
    """The code that says that money came for an attempt that had ended stays on the entry."""
    entry, told = after(EXPIRED, ASKED, CAPTURED)

    assert ("captured", LATE_SUCCESS) == (entry.state, entry.code)
    assert [News.ENDED_UNPAID, News.PAID, News.CAPTURED] == told


@pytest.mark.parametrize("paid", [SUCCESS, CAPTURED])
@pytest.mark.parametrize("said", [DECLINED, CANCELLED])
def test_what_contradicts_a_paid_entry_is_noted(paid: Said, said: Said) -> None:
    """A payment that is paid stays paid, and carries a mark for a person to look at."""
    entry, told = after(paid, said)

    assert entry.paid
    assert CONTRADICTED == entry.code
    assert [News.PAID] == told


def test_an_error_after_the_capture_is_noted() -> None:
    """Money that was taken is not taken back by a word."""
    entry, told = after(CAPTURED, ERROR)

    assert ("captured", CONTRADICTED) == (entry.state, entry.code)
    assert [News.PAID] == told


def _reversed(**changes: object) -> BookedPayment:
    """Return an entry that was paid, and then reversed."""
    paid, _ = apply(an_entry(submitted_at=NOW), a_snapshot(SUCCESS), now=NOW)
    assert paid.submitted_at is None
    acted_on = replace(paid, submitted_at=NOW)
    entry, news = apply(acted_on, a_snapshot(ERROR), now=NOW)

    assert News.REVERSED is news
    assert (True, NOW, NOW, None) == (
        entry.reversed,
        entry.reversed_at,
        entry.submitted_at,
        entry.undone_at,
    )
    return replace(entry, **changes)


def test_paid_again_after_a_reversal_is_to_be_acted_on_again() -> None:
    """What was acted on before the reversal was undone, so the new money has nobody yet."""
    entry, news = apply(_reversed(undone_at=NOW), a_snapshot(CAPTURED), now=NOW)

    assert News.PAID is news
    assert entry.submitted_at is None
    assert not entry.reversed


def test_paid_again_before_anybody_undid_it_stands() -> None:
    """Where nobody has undone what was done, it stands: it is not done a second time."""
    entry, news = apply(_reversed(), a_snapshot(CAPTURED), now=NOW)

    assert News.CAPTURED is news
    assert (NOW, LATE_SUCCESS) == (entry.submitted_at, entry.code)


def test_paid_again_where_nobody_had_acted_is_told_as_paid() -> None:
    """A reversal that came before anybody acted leaves the new money to be acted on."""
    entry, news = apply(_reversed(submitted_at=None), a_snapshot(CAPTURED), now=NOW)

    assert News.PAID is news
    assert (None, NOW) == (entry.submitted_at, entry.undone_at)  # nothing is left to undo


def test_an_end_without_money_waits_to_be_heard() -> None:
    """Until it is heard, or money comes after all; nothing else of the entry brings it back."""
    ended, _ = apply(an_entry(), a_snapshot(EXPIRED), now=NOW)
    again, _ = apply(ended, a_snapshot(EXPIRED), now=NOW + timedelta(hours=1))
    paid, _ = apply(ended, a_snapshot(CAPTURED), now=NOW)
    heard, _ = apply(replace(ended, unheard_since=None), a_snapshot(EXPIRED), now=NOW)

    assert (NOW, NOW) == (ended.unheard_since, again.unheard_since)
    assert (None, None) == (paid.unheard_since, heard.unheard_since)


@pytest.mark.parametrize("said", [None, CREATED, SUBMITTED, NEW_WORD])
def test_an_open_payment_is_given_up(said: Said | None) -> None:
    """It ends without money, keeps why, is asked for no more, and one that is over is refused."""
    entry = an_entry() if said is None else after(said)[0]
    gone = given_up(entry, reason="account_closed", now=NOW)

    assert (BookState.GIVEN_UP, "account_closed", None) == (
        gone.state,
        gone.given_up_reason,
        gone.due_at,
    )
    assert gone.ended_unpaid
    assert entry.revision + 1 == gone.revision
    assert look_again_at(gone, now=NOW) is None
    with pytest.raises(CannotGiveUpError, match="ended without money"):
        given_up(gone, reason="again", now=NOW)


@pytest.mark.parametrize("said", [SUCCESS, ASKED, CAPTURED])
def test_what_is_paid_is_not_given_up(said: Said) -> None:
    """Nor what ended with a word that nobody knows: money may be in it."""
    unclear, _ = apply(an_entry(), a_snapshot(NEW_WORD, finished=True), now=NOW)
    for entry in (after(said)[0], unclear):
        with pytest.raises(CannotGiveUpError) as caught:
            given_up(entry, reason="x", now=NOW)
        assert caught.value.paid


@given(said=st.lists(st.sampled_from(EVERYTHING), max_size=6))
def test_what_was_given_up_is_paid_where_any_success_is_said(said: list[Said]) -> None:
    """Giving up proves nothing: a success is money, and whatever else ends it is no news."""
    entry = given_up(after(SUBMITTED)[0], reason="key_lost", now=NOW)
    for each in said:
        before = entry
        entry, news = apply(entry, a_snapshot(each), now=NOW)
        if before.state == BookState.GIVEN_UP:
            assert (each[0] == "success") is (news is News.PAID)
            assert news in {News.PAID, None}
            if news is News.PAID:
                assert LATE_SUCCESS == entry.code
    assert "key_lost" == entry.given_up_reason
    assert entry.ended


def test_a_new_word_is_kept_and_is_no_end() -> None:
    """A state that GOV.UK Pay adds is kept as text, and the payment goes on from it."""
    entry, told = after(STARTED, NEW_WORD)
    assert ("in_review", False) == (entry.state, entry.ended)
    assert [] == told

    entry, told = after(NEW_WORD, SUCCESS)
    assert (BookState.SUCCESS, [News.PAID]) == (entry.state, told)


@pytest.mark.parametrize(
    ("then", "news"), [(ASKED, News.PAID), (EXPIRED, News.ENDED_UNPAID), (ERROR, News.ENDED_UNPAID)]
)
def test_a_new_word_for_an_end_is_no_news_until_it_is_clear(then: Said, news: News) -> None:
    """Whether an unknown end is paid is not guessed; a known word settles it."""
    entry, told = apply(an_entry(), a_snapshot(NEW_WORD, finished=True), now=NOW)
    assert ("in_review", True, False, False) == (
        entry.state,
        entry.ended,
        entry.paid,
        entry.ended_unpaid,
    )
    assert told is None
    assert entry.due_at is not None

    _, told = apply(entry, a_snapshot(then), now=NOW)
    assert news is told


@pytest.mark.parametrize("word", ["asking", "lost", "captured", "given_up"])
def test_a_new_word_is_not_taken_for_one_of_the_books_own(word: str) -> None:
    """If GOV.UK Pay came to say `captured` by itself, the book would not think that it knew."""
    entry, _ = apply(an_entry(), a_snapshot((word, None, False, False)), now=NOW)

    assert f"pay:{word}" == entry.state
    assert not entry.paid
    assert not entry.ended_unpaid


def test_long_words_fit_their_columns() -> None:
    """A word of any length is cut to what the table holds, and does not look new each time."""
    said: Said = ("x" * 300, "P" * 300, False, False)
    entry, _ = apply(an_entry(), a_snapshot(said, {"payment_provider": "p" * 300}), now=NOW)
    again, _ = apply(entry, a_snapshot(said), now=NOW + timedelta(hours=1))

    assert (32, 32, 32) == (len(entry.state), len(entry.code or ""), len(entry.provider or ""))
    assert NOW == again.changed_at


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("payment_id", {"payment_id": "0" * 26}),
        ("amount", {"amount": 4651}),
        ("reference", {"reference": "GW-0002"}),
    ],
)
def test_another_payment_is_refused(field: str, changes: dict[str, object]) -> None:
    """What GOV.UK Pay says of another payment, amount or reference is not written to this one."""
    with pytest.raises(PaymentMismatchError) as caught:
        apply(an_entry(), a_snapshot(SUCCESS, changes), now=NOW)

    assert field == caught.value.field
    assert "GW-" not in str(caught.value)


def test_an_attempt_gets_its_payment() -> None:
    """The answer to create_payment makes an attempt an open payment, due in 15 minutes."""
    entry = opened(an_entry(payment_id=None), a_snapshot(CREATED), now=NOW)

    assert (PAYMENT_ID, BookState.CREATED) == (entry.payment_id, entry.state)
    assert NOW + timedelta(minutes=15) == entry.due_at


@given(seconds=st.integers(0, 40 * 86_400))
def test_distances_grow_and_do_not_end_before_the_payment_does(seconds: int) -> None:
    """An open payment is always due again: after 15 minutes at the least, a day at the most."""
    entry = an_entry(state="started")
    now = NOW + timedelta(seconds=seconds)
    due = look_again_at(entry, now=now)

    assert due is not None
    assert timedelta(minutes=15) <= due - now <= timedelta(days=1)
    later = look_again_at(entry, now=now + timedelta(hours=1))
    assert later is not None
    assert due - now <= later - (now + timedelta(hours=1))


@pytest.mark.parametrize(
    ("state", "days", "due"),
    [
        ("success", 29, True),
        ("success", 31, False),
        ("captured", 0, False),
        ("failed", 0, False),
        ("cancelled", 0, False),
        ("error", 0, False),
        ("given_up", 0, False),
        ("capturable", 6, True),
        ("started", 400, True),
    ],
)
def test_what_is_asked_for_again(state: str, days: int, *, due: bool) -> None:
    """A success is watched until its capture shows or a month is over; ends are left alone."""
    at = look_again_at(an_entry(state=state), now=NOW + timedelta(days=days))

    assert due == (at is not None)


def test_an_entry_shows_nothing_that_may_be_personal() -> None:
    """The case and the reference are not printed."""
    text = repr(an_entry(reference="GW-7712", case="Quillfeather"))

    assert "GW-7712" not in text
    assert "Quillfeather" not in text
