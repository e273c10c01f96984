# SPDX-License-Identifier: MIT
"""Hold the council's books against the sandbox's own ledger and against what was bought.

Days and funds are worked out here a second time, with nothing of lg_pay.reconcile's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pay.whole.council import LEDGER, Council
from pay.whole.orders import Bought, Order

from lg_pay.reconcile import Posting
from lg_pay.reconcile.batches import add_up
from lg_sandbox import Sandbox
from lg_sandbox.pay.money import DisputeStatus, EntryKind, RefundStatus

__all__ = ["Link", "check_everything"]

LONDON = ZoneInfo("Europe/London")
Lines = Counter[tuple[str, str, int]]


class Link(NamedTuple):
    """A payment that was made without lg-pay, and where finance's rules put it."""

    fund: str
    account: str


class Moved(NamedTuple):
    """A movement: its pence, and the day that it belongs to."""

    pence: int
    day: date


def check_everything(
    sandbox: Sandbox,
    council: Council,
    *,
    orders: Sequence[Order],
    links: Mapping[str, Link],
    recorded: Mapping[str, Sequence[Bought]],
) -> None:
    """Assert that no penny is lost, doubled or posted wrong, and that each case was told once.

    Args:
        sandbox: the truth.
        council: the books.
        orders: what each case bought.
        links: the payments that were made without lg-pay.
        recorded: the lines that staff recorded with refunds.
    """
    postings = _check_batches(council)
    _check_ledger(sandbox, postings)
    _check_funds(sandbox, postings, orders=orders, links=links, recorded=recorded)
    _check_cases(sandbox, council, orders=orders)


def _check_batches(council: Council) -> list[tuple[int, Posting]]:
    """Each batch balances, its digest is that of its lines, and no day is missing."""
    found: list[tuple[int, Posting]] = []
    batches = council.postings.batches(LEDGER)
    assert [each.number for each in batches] == list(range(1, len(batches) + 1))
    for before, after in pairwise(batches):
        assert 1 == (after.day - before.day).days
    for batch in batches:
        lines = list(council.postings.lines(batch))
        totals, digest = add_up(lines)
        assert (batch.totals, batch.digest) == (totals, digest)
        assert int(totals.net) == sum(int(each.gross) for each in lines)
        assert int(totals.net) == sum(int(each.gross) for each in totals.funds)
        assert all(each.day <= batch.day for each in lines)
        found += [(batch.number, each) for each in lines]
    return found


def truth(sandbox: Sandbox) -> dict[str, Moved]:
    """Return what the posting of each entry of the sandbox's ledger must be called and come to."""
    payments = {each.id: each for each in sandbox.pay.payments}
    refunds = {each.id: each for each in sandbox.pay.refunds}
    disputes = {each.id: each for each in sandbox.pay.disputes}
    found: dict[str, Moved] = {}
    for entry in sandbox.pay.ledger:
        key = f"{entry.kind.value}:{entry.id}"
        day: date | None
        if entry.kind is EntryKind.REFUND:
            day = _london(refunds[entry.id].created_at)
        elif entry.id in disputes:
            day = disputes[entry.id].settled_on
            key = key if entry.kind is EntryKind.DISPUTE else f"dispute-fee:{entry.id}"
        else:
            payment = payments[entry.id]
            day = _london(payment.capture_submitted_at or payment.created_at)
        assert day is not None, "the example did not run out"
        assert key not in found
        found[key] = Moved(entry.amount, day)
    return found


def _london(at: datetime) -> date:
    return at.astimezone(LONDON).date()


def _check_ledger(sandbox: Sandbox, postings: Iterable[tuple[int, Posting]]) -> None:
    """Each entry of the true ledger has one posted movement, of its pence and its day."""
    sums: Counter[str] = Counter()
    days: defaultdict[str, set[date]] = defaultdict(set)
    batches: defaultdict[str, set[int]] = defaultdict(set)
    for number, each in postings:
        plain = each.key.removesuffix(":reversed")
        sums[plain] += int(each.gross)
        days[plain].add(each.day)
        batches[each.key].add(number)
    wanted = truth(sandbox)

    posted = {key: pence for key, pence in sums.items() if pence}
    assert {key: moved.pence for key, moved in wanted.items()} == posted
    assert {key: {moved.day} for key, moved in wanted.items()} == {key: days[key] for key in wanted}
    assert all(len(numbers) == 1 for numbers in batches.values()), "posted in two batches"
    assert sum(each.amount for each in sandbox.pay.ledger) == sum(sums.values())


def _check_funds(
    sandbox: Sandbox,
    postings: Iterable[tuple[int, Posting]],
    *,
    orders: Sequence[Order],
    links: Mapping[str, Link],
    recorded: Mapping[str, Sequence[Bought]],
) -> None:
    """Each penny lies in the fund that it was paid for, or came back from it."""
    of_key: defaultdict[str, Lines] = defaultdict(Counter)
    returns: defaultdict[str, dict[str, tuple[int, date, datetime]]] = defaultdict(dict)
    for number, each in postings:
        of_key[each.key][each.fund, each.account_reference, int(each.gross)] += 1
        if each.kind.value in {"fee", "dispute-fee"}:
            assert "FEES" == each.fund
        elif each.kind.value != "payment" and not each.key.endswith(":reversed"):
            returns[each.payment_id][each.key] = (number, each.day, each.at)
    by_payment = {payment_id: order.bought for order in orders for payment_id in order.held}
    failed = {each.payment_id for each in sandbox.pay.refunds if each.status is RefundStatus.ERROR}
    for payment in sandbox.pay.payments:
        if not payment.charged:
            continue
        link = links.get(payment.id)
        bought = (
            (Bought(link.fund, link.account, payment.amount),) if link else by_payment[payment.id]
        )
        if payment.surcharge:
            bought = (*bought, Bought("SUR", payment.reference, payment.surcharge))
        assert _counted(bought) == of_key[f"payment:{payment.id}"]
        in_order = sorted(returns[payment.id], key=lambda key: (returns[payment.id][key], key))
        _check_returns(
            bought,
            [(key, of_key[key]) for key in in_order],
            recorded=recorded,
            surely=payment.id not in failed,
        )


def _check_returns(
    bought: Sequence[Bought],
    returns: Sequence[tuple[str, Lines]],
    *,
    recorded: Mapping[str, Sequence[Bought]],
    surely: bool,
) -> None:
    """What went back came from where it was, as far as anybody said; else it is in suspense.

    Once something lies in suspense, or where a refund failed in between, what follows may lie there
    too: nobody can say what was left of each line.
    """
    left: Counter[tuple[str, str]] = Counter()
    for one in bought:
        left[one.fund, one.account] += one.pence
    for key, lines in returns:
        pence = -sum(amount * times for (_, _, amount), times in lines.items())
        took: Counter[tuple[str, str]] = Counter()
        for (fund, account, amount), times in lines.items():
            took[fund, account] -= amount * times
        said = recorded.get(key.partition(":")[2])
        wanted: Counter[tuple[str, str]] = Counter()
        if pence == sum(left.values()):
            wanted = Counter({place: amount for place, amount in left.items() if amount})
        elif said is not None:
            for one in said:
                wanted[one.fund, one.account] += one.pence
        if surely:
            assert took == (wanted or Counter({("SUSP", ""): pence}))
            surely = bool(wanted)
        elif ("SUSP", "") not in took:
            assert set(took) <= set(left)
        left -= took if ("SUSP", "") not in took else Counter()


def _counted(bought: Sequence[Bought]) -> Lines:
    return Counter((one.fund, one.account, one.pence) for one in bought)


def _check_cases(sandbox: Sandbox, council: Council, *, orders: Sequence[Order]) -> None:
    """Each case pays at most once, and is told of each payment exactly once."""
    told: Counter[tuple[str, str, str]] = Counter(council.told())
    payments = {each.id: each for each in sandbox.pay.payments}
    charged: Counter[str] = Counter()
    for order in orders:
        entries = council.book.entries(case=order.case)
        known = {each.payment_id: each for each in entries if each.payment_id}
        assert set(order.held) <= known.keys()
        for payment_id, entry in known.items():
            payment = payments[payment_id]
            charged[order.case] += payment.charged
            paid = told.pop((order.case, payment_id, "paid"), 0)
            undone = told.pop((order.case, payment_id, "reversed"), 0)
            ended = told.pop((order.case, payment_id, "ended_unpaid"), 0)
            assert paid <= 1, "told twice that it was paid"
            assert ended <= 1, "told twice that it ended without money"
            if entry.ended_unpaid and not entry.reversed:
                assert ended == 1, "the end was lost"
            assert paid - undone == payment.charged, (payment.status, paid, undone)
    assert not told, "told of a payment that is not the case's"
    assert all(times <= 1 for times in charged.values()), "a case paid twice"
    assert not council.book.unsubmitted()
    assert not council.book.not_undone()
    assert not council.book.unheard()
    assert not council.book.unfinished()
    lost = [each for each in sandbox.pay.disputes if each.status is DisputeStatus.LOST]
    assert all(each.settled_on is not None for each in lost)
