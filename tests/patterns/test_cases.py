# SPDX-License-Identifier: MIT
import pickle
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lg_core import Pence
from lg_core.records import MemoryRecords, RecordChangedError
from lg_core.texts import Language
from lg_patterns.garden_waste.case_book import CaseBook
from lg_patterns.garden_waste.cases import (
    Case,
    CaseState,
    NotAllowedError,
    new_case,
    new_reference,
)
from lg_patterns.garden_waste.prices import Kind, Quote

QUOTE = Quote(Kind.NEW, 1, date(2026, 11, 22), date(2027, 3, 31), Pence(4650), date(2026, 4, 1))
OTHER = Quote(Kind.NEW, 2, date(2026, 11, 22), date(2027, 3, 31), Pence(7650), date(2026, 4, 1))
ANSWERS: dict[str, Any] = {"full_name": "Gwenllian Quillfeather"}


def a_case(**changed: Any) -> Case:
    """A new case."""
    made = new_case("GW-2222-3333", quote=QUOTE, answers=ANSWERS, language=Language.WELSH)
    return Case.from_data(made.id, made.to_data() | changed)


class CaseLife(RuleBasedStateMachine):
    """Whatever is tried in whatever order, a case is paid for once, at the price that it has.

    Paid for anew only after the money was lost, and its line taken back.
    """

    def __init__(self) -> None:
        super().__init__()
        self.case = a_case()
        self.paid: list[tuple[str, Pence]] = []
        self.lost: list[str] = []

    def _try(self, step: str, *arguments: Any, **named: Any) -> bool:
        try:
            self.case = getattr(self.case, step)(*arguments, **named)
        except NotAllowedError:
            return False
        return True

    @rule()
    def begin_change(self) -> None:
        """Answers may change until the case is paid for, and no more after it."""
        assert self._try("begin_change") is not bool(self.paid or self.lost)

    @rule(quote=st.sampled_from([QUOTE, OTHER]))
    def change(self, quote: Quote) -> None:
        """New answers are taken only from who said so before."""
        changing = self.case.state is CaseState.CHANGING
        assert changing is self._try("change", quote=quote, answers={}, language=Language.ENGLISH)
        if changing:
            assert (quote, CaseState.OPEN) == (self.case.quote, self.case.state)

    @rule()
    def reopen(self) -> None:
        """The old answers stay where a payment could not be cancelled."""
        before = self.case
        if self._try("reopen"):
            assert (before.quote, CaseState.OPEN) == (self.case.quote, self.case.state)

    @rule(amount=st.sampled_from([QUOTE.amount, OTHER.amount]), number=st.integers(1, 3))
    def pay(self, amount: Pence, number: int) -> None:
        """Money at another price is not taken for this case, nor is a second payment."""
        price, back = self.case.quote.amount, self.case.taken_back
        if self._try("pay", f"p{number}", amount=amount, on=date(2026, 11, 22)):
            assert price == amount
            assert back is bool(self.lost)
            fresh = (self.case.posted, self.case.taken_back, self.case.reported)
            assert fresh == (False, False, False)
            self.paid.append((f"p{number}", amount))

    @rule()
    def reverse(self) -> None:
        """Only what was paid is lost."""
        assert self._try("reverse", on=date(2026, 11, 25)) is bool(self.paid)
        if self.paid:
            self.lost.append(self.paid.pop()[0])

    @rule()
    def take_back(self) -> None:
        """Finance takes a line back."""
        if self.case.state is CaseState.REVERSED:
            self.case = replace(self.case, taken_back=True)

    @invariant()
    def paid_once(self) -> None:
        """And what is kept is what was there."""
        assert len(self.paid) <= 1
        assert self.case == Case.from_data(self.case.id, self.case.to_data())
        assert (self.case.state is CaseState.PAID) == bool(self.paid)
        assert tuple(self.lost) == self.case.reversals
        assert self.case.paid_again == any(name in self.lost for name, _ in self.paid)
        if self.paid:
            assert self.paid == [(self.case.payment_id, self.case.quote.amount)]


TestCaseLife = CaseLife.TestCase


def test_a_step_that_is_not_allowed_says_so() -> None:
    """The error names the state and the step, and survives pickling."""
    with pytest.raises(NotAllowedError, match="that is open cannot be paid at another") as caught:
        a_case().pay("p1", amount=OTHER.amount, on=date(2026, 11, 22))

    again = pickle.loads(pickle.dumps(caught.value))
    assert (CaseState.OPEN, str(caught.value)) == (again.state, str(again))


@pytest.mark.parametrize(
    ("changed", "done"),
    [
        ({}, True),
        ({"confirmation": None}, False),
        ({"posted": False}, False),
        ({"counted": False}, False),
        ({"state": "open"}, False),
    ],
)
def test_a_case_is_done_when_nothing_is_left_to_do(changed: dict[str, Any], *, done: bool) -> None:
    """Posted, counted, and the confirmation is in the outbox, which does the rest."""
    whole = {"state": "paid", "posted": True, "counted": True, "confirmation": "lg-1"}

    assert done is a_case(**whole | changed).done


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
    book.save(stored, stored.case.begin_change())

    with pytest.raises(RecordChangedError):
        book.save(stored, stored.case.begin_change())
    assert book.load("nobody's") is None
