# SPDX-License-Identifier: MIT
"""Decide which lines of the ledger a movement of money belongs to: pure, and never by a guess.

A payment with a basket says so itself. One without is coded by finance's rules. What neither
decides goes to suspense, with the reason by name, so that a person can find it and move it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from lg_core.money import Pence, VatRate, allocate, split_vat
from lg_pay.basket import BasketError, Line, decode, is_basket, total
from lg_pay.funds import Fund, Funds
from lg_pay.reconcile._listed import AnyPayment
from lg_pay.reconcile.happenings import amount_taken
from lg_pay.reconcile.rules import CodingRules, MatchesProfile

__all__ = ["BASKET", "SUSPENSE", "Coded", "Coding", "PartRefunds", "code_payment", "code_refund"]

BASKET: Final = "basket"
"""The rule of a payment that carries its own lines."""
SUSPENSE: Final = "suspense"
"""The rule of money that nothing decides begins so."""


_NOTHING: Final = Pence(0)


@lru_cache(maxsize=4_096)
def _vat_in(amount: Pence, rate: VatRate) -> Pence:
    # Kept, since a council has few prices.
    return split_vat(amount, rate=rate).vat


class PartRefunds(StrEnum):
    """What finance has decided for part of a payment that goes back without saying which line."""

    SUSPENSE = "suspense"
    """To suspense, until a person decides. The usual one."""
    PRO_RATA = "pro-rata"
    """Shared out over what is left of each line."""
    LARGEST_LINE = "largest-line"
    """From the line with the most left, where it covers the refund."""


@dataclass(frozen=True, slots=True)
class Coded:
    """A line with the name of what decided it.

    Attributes:
        line: the line; its amount has the sign of the movement.
        rule: `basket`, `rule NAME`, `full refund`, `suspense: REASON` and so on.
        given_vat: the pence of VAT in it where that is not what the rate gives for the amount: the
            last part of a refund takes what VAT is left, so that none stays behind.
    """

    line: Line
    rule: str
    given_vat: Pence | None = None

    @property
    def vat(self) -> Pence:
        """The pence of VAT in the line."""
        if self.given_vat is not None:
            return self.given_vat
        rate = self.line.vat_rate
        return _NOTHING if rate is None else _vat_in(self.line.amount, rate)

    def less(self, amount: Pence, vat: Pence) -> "Coded":
        """Return what is left of the line.

        Args:
            amount: pence that have gone.
            vat: the pence of VAT in them.
        """
        line = replace(self.line, amount=self.line.amount - amount)
        return Coded(line, self.rule, self.vat - vat)

    def part_back(self, amount: Pence, *, rule: str) -> "Coded":
        """Return the line that takes part of this one back.

        Its VAT is the difference between the VAT of what was left and of what is left then, so
        that many small refunds round no further than one.

        Args:
            amount: pence that go back, above 0 and not above what the line has.
            rule: the name of what decided so.
        """
        stays = Coded(replace(self.line, amount=self.line.amount - amount), rule).vat
        vat = min(max(int(self.vat - stays), 0), int(amount))
        return Coded(replace(self.line, amount=-amount), rule, Pence(-vat))

    def back(self, *, rule: str) -> "Coded":
        """Return the line that takes all of this one back.

        Args:
            rule: the name of what decided so.
        """
        return Coded(replace(self.line, amount=-self.line.amount), rule, -self.vat)


@dataclass(frozen=True, slots=True)
class Coding:
    """All that coding needs to know of a council.

    Attributes:
        funds: its funds and VAT codes.
        rules: finance's rules for payments without a basket.
        part_refunds: what finance has decided for part refunds.
        surcharge_fund: the fund of corporate card surcharges; suspense where None.
        is_reference: knows the reference profiles.
    """

    funds: Funds
    rules: CodingRules = field(default_factory=CodingRules)
    part_refunds: PartRefunds = PartRefunds.SUSPENSE
    surcharge_fund: str | None = None
    is_reference: MatchesProfile | None = None

    def suspense(self, amount: Pence, reason: str, *, account: str = "") -> Coded:
        """Return the line of money that nothing decides.

        Args:
            amount: pence.
            reason: why, in a few words.
            account: the reference that it came with.
        """
        line = _line_of(self.funds.suspense, amount=amount, account=account)
        return Coded(line, f"{SUSPENSE}: {reason}")

    def fee(self, amount: Pence) -> Coded:
        """Return the line of a provider's fee.

        Args:
            amount: pence, below 0.
        """
        fund = self.funds.fee_fund
        if fund is None:
            return self.suspense(amount, "no fund for fees")
        return Coded(_line_of(fund, amount=amount, account=""), "fee")


def _line_of(fund: Fund, *, amount: Pence, account: str) -> Line:
    return Line(
        fund=fund.code,
        account=account,
        amount=amount,
        vat_code=fund.vat.code if fund.vat else "",
        vat_rate=fund.vat.rate if fund.vat else None,
    )


def code_payment(payment: AnyPayment, *, account: str, coding: Coding) -> tuple[Coded, ...]:
    """Return the lines of a payment: together always what the payer paid.

    Args:
        payment: the payment.
        account: the name of its GOV.UK Pay account.
        coding: what is known of the council.
    """
    lines = _lines_of(payment, account=account, coding=coding)
    surcharge = amount_taken(payment) - payment.amount
    if not surcharge:
        return lines
    fund = coding.funds.funds.get(coding.surcharge_fund or "")
    if fund is None:
        return (*lines, coding.suspense(surcharge, "surcharge", account=payment.reference))
    line = _line_of(fund, amount=surcharge, account=payment.reference)
    return (*lines, Coded(line, "surcharge"))


def _lines_of(payment: AnyPayment, *, account: str, coding: Coding) -> tuple[Coded, ...]:
    if is_basket(payment.metadata):
        try:
            lines = decode(payment.metadata, amount=payment.amount)
        except BasketError as error:
            reason = f"basket {error.code}"
            return (coding.suspense(payment.amount, reason, account=payment.reference),)
        return tuple(_known(line, payment=payment, coding=coding) for line in lines)
    for rule in coding.rules.rules:
        if rule.misses(payment, account=account, is_reference=coding.is_reference) is None:
            fund = coding.funds.fund(rule.fund)
            vat = fund.vat if rule.vat_code is None else coding.funds.vat(rule.vat_code)
            line = Line(
                fund=fund.code,
                account=rule.fill(rule.account_reference, payment, account=account),
                amount=payment.amount,
                vat_code=vat.code if vat else "",
                vat_rate=vat.rate if vat else None,
                narrative=rule.fill(rule.narrative, payment, account=account),
            )
            return (Coded(line, f"rule {rule.name}"),)
    return (coding.suspense(payment.amount, "no rule", account=payment.reference),)


def _known(line: Line, *, payment: AnyPayment, coding: Coding) -> Coded:
    """Take a line of a basket as it is, where finance knows its fund and its VAT code."""
    reason = ""
    if line.fund not in coding.funds:
        reason = f"fund {line.fund} is not known"
    elif line.vat_code and line.vat_code not in coding.funds.treatments:
        reason = f"VAT code {line.vat_code} is not known"
    if reason:
        return coding.suspense(line.amount, reason, account=line.account or payment.reference)
    return Coded(_with_rate(line, coding), BASKET)


def _with_rate(line: Line, coding: Coding) -> Line:
    """Give a line that names a VAT code and no rate the rate that finance's file says."""
    treatment = coding.funds.treatments.get(line.vat_code)
    if line.vat_rate is not None or treatment is None or treatment.rate is None:
        return line
    return replace(line, vat_rate=treatment.rate)


def code_refund(  # noqa: PLR0911 -- one way out for each thing that can decide, in order
    amount: Pence,
    *,
    paid: Sequence[Coded],
    returned: Sequence[Coded] = (),
    recorded: Sequence[Line] = (),
    coding: Coding,
    what: str = "refund",
) -> tuple[Coded, ...]:
    """Return the lines of money that goes back: together always the amount.

    All that is left reverses what is left of every line. Part of it follows the lines that staff
    recorded with the refund, else what finance has decided, else it goes to suspense.

    Args:
        amount: pence that go back, above 0.
        paid: the lines of the payment.
        returned: the lines of what went back before, with amounts below 0.
        recorded: the lines that staff recorded with this refund, with amounts above 0.
        coding: what is known of the council.
        what: `refund` or `dispute`, for the name of the rule.
    """
    left = _left(paid, returned)
    if left is not None and amount == sum((one.line.amount for one in left), Pence(0)):
        word = "rest of a" if returned else "full"
        return _reversed(left, rule=f"{word} {what}")
    if recorded:
        lines = [_with_rate(line, coding) for line in recorded]
        if total(lines) == amount and left is not None and _within(lines, left):
            return tuple(_recorded(lines, left, rule=f"{what} by recorded lines"))
        return (coding.suspense(-amount, f"{what}: recorded lines do not fit the payment"),)
    if left is None:
        return (coding.suspense(-amount, f"{what} after one in suspense"),)
    if any(one.line.amount < 0 for one in left):
        return (coding.suspense(-amount, f"part {what}: a line is below nought"),)
    if coding.part_refunds is PartRefunds.PRO_RATA:
        return _pro_rata(amount, left, rule=f"part {what} pro rata")
    if coding.part_refunds is PartRefunds.LARGEST_LINE:
        largest = max(left, key=lambda one: int(one.line.amount), default=None)
        if largest is not None and largest.line.amount >= amount:
            return _pro_rata(amount, [largest], rule=f"part {what} from the largest line")
    return (coding.suspense(-amount, f"part {what}: no line named"),)


def _same(line: Line) -> tuple[object, ...]:
    return (line.fund, line.account, line.vat_code, line.vat_rate, line.narrative)


def _left(paid: Sequence[Coded], returned: Sequence[Coded]) -> list[Coded] | None:
    """Return what is left of each line, or None where an earlier return has no line of its own."""
    left = list(paid)
    for back in returned:
        rest = back.back(rule=back.rule)  # what went back, as it was paid
        for at, one in enumerate(left):
            if rest.line.amount and _same(one.line) == _same(rest.line):
                taken = _taken(one, rest)
                left[at] = one.less(taken.line.amount, taken.vat)
                rest = rest.less(taken.line.amount, taken.vat)
        if rest.line.amount:
            return None
    return [one for one in left if one.line.amount or one.vat]


def _taken(one: Coded, rest: Coded) -> Coded:
    """Return how much of a return this line takes: of lines that are alike, each what it has."""
    if one.line.amount < 0 or rest.line.amount < 0 or rest.line.amount <= one.line.amount:
        return rest
    return Coded(replace(rest.line, amount=one.line.amount), rest.rule, one.vat)


def _reversed(lines: Sequence[Coded], *, rule: str) -> tuple[Coded, ...]:
    return tuple(
        # What lies in suspense leaves it: it keeps its reason beside the rule.
        one.back(rule=f"{one.rule}, {rule}" if one.rule.startswith(SUSPENSE) else rule)
        for one in lines
    )


def _within(recorded: Sequence[Line], left: Sequence[Coded]) -> bool:
    room: dict[tuple[object, ...], int] = {}
    for one in left:
        room[_same(one.line)] = room.get(_same(one.line), 0) + int(one.line.amount)
    for line in recorded:
        key = _same(line)
        room[key] = room.get(key, 0) - int(line.amount)
        if line.amount <= 0 or room[key] < 0:
            return False
    return True


def _recorded(lines: Sequence[Line], left: Sequence[Coded], *, rule: str) -> Iterator[Coded]:
    """Give each recorded line, with the VAT of the payment's lines that it is taken from."""
    rest = list(left)
    for line in lines:
        amount, vat = line.amount, Pence(0)
        for at, one in enumerate(rest):
            if amount and one.line.amount > 0 and _same(one.line) == _same(line):
                share = min(amount, one.line.amount)
                back = _share_back(one, share, rule=rule)
                rest[at] = one.less(share, -back.vat)
                amount, vat = amount - share, vat + back.vat
        yield Coded(replace(line, amount=-line.amount), rule, vat)


def _share_back(one: Coded, share: Pence, *, rule: str) -> Coded:
    return one.back(rule=rule) if share == one.line.amount else one.part_back(share, rule=rule)


def _pro_rata(amount: Pence, left: Sequence[Coded], *, rule: str) -> tuple[Coded, ...]:
    shares = allocate(amount, [int(one.line.amount) for one in left])
    return tuple(
        _share_back(one, share, rule=rule) for one, share in zip(left, shares, strict=True) if share
    )
