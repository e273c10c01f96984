# SPDX-License-Identifier: MIT
"""A case is paid for once, at one price, whatever happens at the same moment."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from examples import examples
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from patterns.till import ANSWERS, BINS, World

from lg_core.errors import LgError
from lg_patterns.garden_waste.case_book import StoredCase
from lg_patterns.garden_waste.cases import CaseState
from lg_patterns.garden_waste.checkout import Go, See, Sorry
from lg_patterns.garden_waste.standing import Standing
from lg_pay.basket import decode
from lg_pay.payer_messages import CANNOT_TELL
from lg_sandbox import Fault
from lg_sandbox.pay.model import State

CREATE, READ, CANCEL = r"POST \S+/v1/payments$", r"GET \S+/v1/payments/\w+$", r"POST \S+/cancel$"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A till on the sandbox, in this process."""
    with World(tmp_path) as opened:
        yield opened


def to(world: World, stored: StoredCase, bins: int) -> StoredCase:
    """Change the answers of a case."""
    changed = replace(stored.case, quote=BINS[bins], answers=ANSWERS | {"bins": bins})
    return world.till.checkout.change(stored, changed)


def open_amounts(world: World) -> list[int]:
    """The amounts of the payments that GOV.UK Pay would still take money for."""
    return [int(one.amount) for one in world.sandbox.pay.payments if not one.finished]


class OneSale(RuleBasedStateMachine):
    """A resident, in any number of windows, presses, changes, pays and stays away."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.world = World(Path(self._folder.name)).__enter__()
        self.world.sandbox.pay.account.captures_at_once = False
        self.stored = self.world.a_case()
        self.stale = self.stored
        self.handed: list[str] = []

    def teardown(self) -> None:
        """Whatever was left open ends, mop-up sees it, and the books agree with GOV.UK Pay."""
        world = self.world
        world.sandbox.pay.faults.clear()
        for payment in world.sandbox.pay.payments:
            if payment.state is State.SUCCESS:
                world.sandbox.pay.complete_capture(payment.id)
        for _ in range(3):
            world.sandbox.clock.advance(timedelta(hours=2))
            world.mop_up()
        found = world.mop_up()
        case = world.again(self.stored).case
        charges = world.sandbox.pay.charges

        # What was served and lost is left to staff, and nothing else is left to anybody.
        lost = sorted(entry.payment_id or "" for entry in found.not_undone)
        assert sorted(case.reversals) == lost
        assert ((), (), ()) == (found.not_asked, found.unsubmitted, found.unclear)
        assert len(charges) <= 1
        assert bool(charges) is (case.state is CaseState.PAID)
        lines = Counter[str]()
        for line in world.ledger.lines:
            lines[line.payment_id] += line.gross
        paid = {str(case.payment_id): int(case.quote.amount)} if charges else {}
        assert paid == {name: pence for name, pence in lines.items() if pence}
        assert len(charges) + 2 * len(lost) == len(world.ledger.lines)
        assert len(charges) + len(lost) >= len(world.sandbox.notify.messages) >= len(charges)
        world.__exit__(None, None, None)
        self._folder.cleanup()

    @rule(late=st.booleans())
    def press(self, *, late: bool) -> None:
        """Press the button, perhaps on a page that has stood open for long."""
        result = self.world.till.checkout.begin(self.stale if late else self._now())
        if isinstance(result, Go):
            entries = self.world.till.payments.entries(case=self.stored.case.id)
            (open_,) = [one for one in entries if one.payment_id and not one.ended]
            self.handed.append(open_.payment_id or "")

    @rule(bins=st.sampled_from([1, 2, 3]), late=st.booleans())
    def change(self, bins: int, *, late: bool) -> None:
        """Send other answers, perhaps from a page that has stood open for long."""
        try:
            to(self.world, self.stale if late else self._now(), bins)
        except LgError:
            assert self._now().case.state is not CaseState.CHANGING

    @rule()
    def look(self) -> None:
        """Open a page, and leave it open."""
        self.stale = self._now()

    @rule()
    def pay(self) -> None:
        """Pay in the last window that leads to the payment pages, if it still does."""
        payable = self._payable()
        if payable:
            self.world.sandbox.pay.pay(payable[-1])

    @rule(dies=st.booleans())
    def lose(self, *, dies: bool) -> None:
        """The money cannot be taken after all, and who learns of it may die before it acts."""
        world = self.world
        for payment in world.sandbox.pay.payments:
            if payment.state is State.SUCCESS:
                world.sandbox.pay.fail_capture(payment.id)
                if dies:
                    with suppress(LgError):
                        world.till.payments.refresh(world.pay, payment.id)
        world.sandbox.pay.faults.clear()

    @rule()
    def decline(self) -> None:
        """Meet a declined card."""
        for payment_id in self._payable():
            self.world.sandbox.pay.decline(payment_id)

    @rule()
    def come_back(self) -> None:
        """Come back from the payment pages."""
        till = self.world.till
        with suppress(LgError):  # the page says so, and mop-up finds it out
            till.completion.complete(till.checkout.settle(self._now()))
        self.world.sandbox.pay.faults.clear()

    @rule(minutes=st.sampled_from([1, 20, 100]))
    def wait(self, minutes: int) -> None:
        """Time goes by, and mop-up runs."""
        self.world.sandbox.clock.advance(timedelta(minutes=minutes))
        self.world.mop_up()

    @rule(
        fault=st.sampled_from([Fault.RESET_AFTER, Fault.RESET_BEFORE]),
        operation=st.sampled_from(["create_payment", "get_payment", "cancel_payment"]),
    )
    def trouble(self, fault: Fault, operation: str) -> None:
        """The next such call loses its way."""
        self.world.sandbox.pay.faults.add(fault, operation=operation)

    @invariant()
    def one_address(self) -> None:
        """Of all payments whose address a browser holds, one at most can be paid."""
        assert len(self._payable()) <= 1
        assert len(self.world.sandbox.pay.charges) <= 1
        gross = sum(line.gross for line in self.world.ledger.lines)
        assert gross in {0, *(quote.amount for quote in BINS.values())}

    def _now(self) -> StoredCase:
        return self.world.again(self.stored)

    def _payable(self) -> list[str]:
        pay = self.world.sandbox.pay
        known = dict.fromkeys(self.handed)
        return [each for each in known if not pay.payment(each).finished]


TestOneSale = OneSale.TestCase
TestOneSale.settings = settings(max_examples=examples(20), stateful_step_count=15, deadline=None)


def test_the_payment_carries_its_line(world: World) -> None:
    """GOV.UK Pay has the fund, the case's reference, the amount and the property."""
    stored = world.a_case(2)

    assert isinstance(world.till.checkout.begin(stored), Go)
    (payment,) = world.sandbox.pay.payments
    (line,) = decode(world.pay.get_payment(payment.id).metadata, amount=BINS[2].amount)
    assert ("GF", stored.case.reference, "990000000011") == (
        line.fund,
        line.account,
        line.narrative,
    )
    assert ("OS", None) == (line.vat_code, line.vat_rate)


def test_answers_changed_while_a_payment_is_made_leave_one(world: World) -> None:
    """Who asked at the old price finds the case changed, and hands its payment to nobody."""
    stored = world.a_case(2)
    after: list[object] = []

    def other_window() -> None:
        changed = to(world, world.again(stored), 1)
        after.append(world.till.checkout.begin(changed))

    world.meanwhile.after(CREATE, other_window)
    first = world.till.checkout.begin(stored)

    assert isinstance(first, See)
    assert isinstance(after[0], Go)
    assert [4650] == open_amounts(world)
    assert BINS[1] == world.again(stored).case.quote


def test_a_payment_begun_while_answers_change_is_handed_to_nobody(world: World) -> None:
    """Between the word that the case changes and the new answers, no payment is given out."""
    stored = world.a_case(2)
    world.till.checkout.begin(stored)
    other: list[object] = []
    world.meanwhile.before(
        CANCEL, lambda: other.append(world.till.checkout.begin(world.again(stored)))
    )
    to(world, stored, 1)
    last = world.till.checkout.begin(world.again(stored))

    assert isinstance(last, Go)
    assert 1 == len(open_amounts(world))
    assert int(world.again(stored).case.quote.amount) in open_amounts(world)


def test_a_payment_that_nobody_wants_may_fail_to_be_cancelled(world: World) -> None:
    """Its address is known to nobody; the next press cancels it before another is made."""
    stored = world.a_case(2)

    def other_window() -> None:
        to(world, world.again(stored), 1)
        world.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="cancel_payment")

    world.meanwhile.after(CREATE, other_window)
    assert isinstance(world.till.checkout.begin(stored), See)
    assert [7650] == open_amounts(world)

    assert isinstance(world.till.checkout.begin(world.again(stored)), Go)
    assert [4650] == open_amounts(world)


def test_a_payer_who_was_faster_than_the_change_has_paid(world: World) -> None:
    """The case keeps the answers that were paid for, and nothing more is asked."""
    stored = world.a_case(2)
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.meanwhile.before(CANCEL, lambda: world.sandbox.pay.pay(payment.id))
    after = to(world, stored, 1)

    assert (CaseState.PAID, BINS[2]) == (after.case.state, after.case.quote)
    assert isinstance(world.till.checkout.begin(after), See)
    assert 1 == len(world.sandbox.pay.payments)


def test_a_cancellation_that_is_lost_keeps_the_old_answers(world: World) -> None:
    """The error is told, and the case is open at its old price."""
    stored = world.a_case(2)
    world.till.checkout.begin(stored)
    world.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="cancel_payment")

    with pytest.raises(LgError):
        to(world, stored, 1)
    now = world.again(stored)
    assert (CaseState.OPEN, BINS[2]) == (now.case.state, now.case.quote)
    assert isinstance(world.till.checkout.begin(now), Go)


def test_who_died_while_answers_changed_does_not_hold_the_case(world: World) -> None:
    """The next press goes on with the answers that the case has."""
    stored = world.a_case(2)
    world.till.cases.save(stored, stored.case.begin_change())

    assert isinstance(world.till.checkout.begin(world.again(stored)), Go)
    assert [7650] == open_amounts(world)


def test_two_windows_that_change_at_once_end_with_one_price(world: World) -> None:
    """The slower one gets the case as the faster one left it."""
    stored = world.a_case(1)
    world.till.checkout.begin(stored)
    world.meanwhile.before(CANCEL, lambda: to(world, world.again(stored), 3))
    after = to(world, stored, 2)

    assert BINS[3] == after.case.quote
    assert [] == open_amounts(world)


def test_money_at_another_price_is_left_to_a_person(world: World) -> None:
    """A payment that the case knows nothing of completes nothing, and stops every other."""
    stored = world.a_case(2)
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    changing = world.till.cases.save(stored, stored.case.begin_change())
    world.till.cases.save(
        changing,
        changing.case.change(quote=BINS[1], answers=ANSWERS, language=stored.case.language),
    )
    world.sandbox.pay.pay(payment.id)
    world.sandbox.clock.advance(timedelta(minutes=20))
    world.mop_up()
    world.sandbox.clock.advance(timedelta(minutes=20))
    found = world.mop_up()
    now = world.again(stored)

    assert [payment.id] == [entry.payment_id for entry in found.unsubmitted]
    assert Standing.UNCLEAR is world.till.checkout.stands(now.case).standing
    assert isinstance(world.till.checkout.begin(now), See)
    assert (1, 0) == (len(world.sandbox.pay.payments), len(world.ledger.lines))


def test_a_payment_that_cannot_be_read_may_have_been_paid(world: World) -> None:
    """The resident is told not to pay again, and not that nothing was charged."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    world.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="get_payment")

    assert Sorry(CANNOT_TELL) == world.till.checkout.begin(stored)


def test_a_case_that_is_gone_while_it_is_asked_for_is_not_paid(world: World) -> None:
    """A case that expired is not sold: the payment is withdrawn."""
    stored = world.a_case()
    world.meanwhile.after(CREATE, lambda: world.sandbox.clock.advance(timedelta(days=120)))

    assert isinstance(world.till.checkout.begin(stored), See)
    assert [] == open_amounts(world)


def test_a_process_that_died_after_the_news_is_made_up_for(world: World) -> None:
    """What the book knows counts, and not who was told of it first."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.till.payments.refresh(world.pay, payment.id)  # and the process dies here

    assert isinstance(world.till.checkout.begin(world.again(stored)), See)
    assert CaseState.PAID is world.again(stored).case.state


def test_a_success_that_cannot_be_read_is_not_paid_for_again(world: World) -> None:
    """Where the book knows of money and GOV.UK Pay does not answer, nobody is sent to pay."""
    stored = world.a_case()
    world.till.checkout.begin(stored)
    (payment,) = world.sandbox.pay.payments
    world.sandbox.pay.pay(payment.id)
    world.till.payments.refresh(world.pay, payment.id)
    world.sandbox.pay.faults.add(Fault.RESET_BEFORE, operation="get_payment")

    assert Sorry(CANNOT_TELL) == world.till.checkout.begin(world.again(stored))
    assert 1 == len(world.sandbox.pay.payments)


def test_who_presses_on_an_old_page_while_the_case_changes_sees_how_it_stands(
    world: World,
) -> None:
    """The page was read before the change began and ended: nothing is opened at its price."""
    stored = world.a_case(2)
    changing = world.till.cases.save(stored, stored.case.begin_change())
    world.till.cases.save(changing, changing.case.reopen())

    assert isinstance(world.till.checkout.begin(changing), See)
    assert [] == open_amounts(world)
