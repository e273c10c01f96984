# SPDX-License-Identifier: MIT
import pickle
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from lg_core import Pence
from lg_core.records import MemoryRecords, RecordChangedError
from lg_core.texts import Language
from lg_patterns.garden_waste.case_book import CaseBook
from lg_patterns.garden_waste.cases import (
    ASKING_LASTS,
    Case,
    CaseState,
    NotAllowedError,
    new_case,
    new_reference,
)
from lg_patterns.garden_waste.prices import Kind, Quote

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
QUOTE = Quote(Kind.NEW, 1, date(2026, 11, 22), date(2027, 3, 31), Pence(4650), date(2026, 4, 1))
OTHER = Quote(Kind.NEW, 2, date(2026, 11, 22), date(2027, 3, 31), Pence(7650), date(2026, 4, 1))
ANSWERS: dict[str, Any] = {"full_name": "Gwenllian Quillfeather"}


def a_case(**changed: Any) -> Case:
    """A new case."""
    made = new_case("GW-2222-3333", quote=QUOTE, answers=ANSWERS, language=Language.WELSH)
    return Case.from_data(made.id, made.to_data() | changed)


class CaseLife(RuleBasedStateMachine):
    """Whatever is tried in whatever order, at most one payment can take money."""

    def __init__(self) -> None:
        super().__init__()
        self.case = a_case()
        self.now = NOW
        self.open: set[str] = set()  # the payments that somebody could still pay
        self.made = 0

    def _try(self, step: str, *arguments: Any, **named: Any) -> bool:
        try:
            self.case = getattr(self.case, step)(*arguments, **named)
        except NotAllowedError:
            return False
        return True

    @rule(minutes=st.integers(0, 5))
    def wait(self, minutes: int) -> None:
        """Time goes by."""
        self.now += timedelta(minutes=minutes)

    @rule()
    def ask(self) -> None:
        """A payment may be asked for only while none is open."""
        before = self.case
        if self._try("ask", now=self.now):
            assert not self.open
            assert before.state is not CaseState.PAID

    @rule()
    def asked(self) -> None:
        """GOV.UK Pay answers with a payment."""
        self.made += 1
        if self._try("asked", f"p{self.made}"):
            self.open.add(f"p{self.made}")

    @rule()
    def not_asked(self) -> None:
        """The answer is lost, so nobody can pay."""
        self._try("not_asked")

    @rule(why=st.sampled_from(["P0010", "P0020", "cancelled"]))
    def end_unpaid(self, why: str) -> None:
        """The payment ends without money."""
        if self._try("end_unpaid", why):
            self.open.clear()
            assert why == self.case.ended

    @rule()
    def pay(self) -> None:
        """The payment that is open succeeds, and no other."""
        payment = self.case.payment_id
        if self._try("pay", on=date(2026, 11, 22)):
            assert {payment} == self.open
            self.open.clear()

    @rule(quote=st.sampled_from([QUOTE, OTHER]))
    def change(self, quote: Quote) -> None:
        """Answers change only while nothing can be paid."""
        if self._try("change", quote=quote, answers={}, language=Language.ENGLISH):
            assert not self.open
            assert self.case.state in {CaseState.NEW, CaseState.UNPAID}

    @precondition(lambda self: self.case.state is CaseState.PAID)
    @rule()
    def paid_is_the_end(self) -> None:
        """Nothing is asked for after it was paid."""
        assert not self.case.may_ask(now=self.now + timedelta(days=1))

    @invariant()
    def one_payment_at_most(self) -> None:
        """And what is kept is what was there."""
        assert len(self.open) <= 1
        assert self.case == Case.from_data(self.case.id, self.case.to_data())
        assert (self.case.state is CaseState.PAID) == (self.case.paid_on is not None)


TestCaseLife = CaseLife.TestCase


def test_who_asked_and_died_does_not_hold_the_case_for_ever() -> None:
    """A request for a payment that nobody finished gives way after a while, and not before."""
    asking = a_case().ask(now=NOW)

    assert not asking.may_ask(now=NOW + ASKING_LASTS - timedelta(seconds=1))
    assert asking.may_ask(now=NOW + ASKING_LASTS)


def test_a_step_that_is_not_allowed_says_so() -> None:
    """The error names the state and the step, and survives pickling."""
    with pytest.raises(NotAllowedError, match="that is new cannot be paid") as caught:
        a_case().pay(on=date(2026, 11, 22))

    again = pickle.loads(pickle.dumps(caught.value))
    assert (CaseState.NEW, "be paid", str(caught.value)) == (again.state, again.step, str(again))


def test_a_case_prints_nothing_personal() -> None:
    """Neither its answers nor its unguessable id stand in its repr."""
    case = a_case()

    assert "Quillfeather" not in repr(case)
    assert case.id not in repr(case)


def test_a_reference_can_be_read_out() -> None:
    """Two groups of four, without vowels and without what looks like another."""
    for _ in range(50):
        prefix, *groups = new_reference().split("-")

        assert ("GW", [4, 4]) == (prefix, [len(group) for group in groups])
        assert not set("".join(groups)) & set("AEIOU01L5SNZ")


def test_one_set_of_answers_has_one_case() -> None:
    """A form that is sent twice finds the case of the first time."""
    records = MemoryRecords()
    book = CaseBook(records, now=lambda: datetime.now(UTC))

    def make(reference: str) -> Case:
        return new_case(reference, quote=QUOTE, answers=ANSWERS, language=Language.ENGLISH)

    first, again = book.open("answers-1", make), book.open("answers-1", make)
    other = book.open("answers-2", make)

    assert first.case == again.case
    assert first.case.id != other.case.id
    assert first.case.reference != other.case.reference


def test_a_case_is_written_by_who_read_it_last() -> None:
    """Of two requests that read the same case, the slower one is told."""
    book = CaseBook(MemoryRecords(), now=lambda: datetime.now(UTC))
    stored = book.open("answers", lambda name: a_case(reference=name))
    book.save(stored, stored.case.ask(now=NOW))

    with pytest.raises(RecordChangedError):
        book.save(stored, stored.case.ask(now=NOW))
    assert book.load("nobody's") is None
