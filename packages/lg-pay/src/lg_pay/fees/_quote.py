# SPDX-License-Identifier: MIT
"""What is asked for, and what it costs: items in, priced lines out."""

from dataclasses import dataclass, field
from datetime import date

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, VatRate, VatSplit, split_vat
from lg_pay.basket import Line

__all__ = ["Discounted", "Item", "Quote", "QuoteLine"]

_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Say what somebody asks for, in the words of the price book.

    Args:
        charge: the name of the charge.
        count: how many, from 1.
        name: the size or the band, where the charge has any.
        already: how many there are already, so that these are further ones.
        ends: the last day that is paid for, where the charge is priced by weeks.
        since: the day of the event in Europe/London, where the charge is priced by days since.
        account: the account reference of its line in the ledger; not printed.

    Raises:
        InvalidValueError: a number is out of range, or a day is no plain date.
    """

    charge: str
    count: int = 1
    name: str = ""
    already: int = 0
    ends: date | None = None
    since: date | None = None
    account: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        # Exactly int: True is an int too, and so is an amount of money.
        if type(self.count) is not int or not 1 <= self.count <= _MOST:
            raise _wrong("count", f"a whole number from 1 to {_MOST}")
        if type(self.already) is not int or not 0 <= self.already <= _MOST:
            raise _wrong("already", f"a whole number from 0 to {_MOST}")
        for name, day in (("ends", self.ends), ("since", self.since)):
            # Exactly a date: a datetime is a date to Python too, and its day depends on the zone.
            if day is not None and type(day) is not date:
                raise _wrong(name, "a day in Europe/London: use lg_core.days.london_day")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteLine:
    """Hold one line of a quote. Its fields have the names of `lg_pay.basket.Line`.

    Attributes:
        charge: the name of the charge.
        name: the size or the band.
        count: how many.
        before: pence before discounts.
        amount: pence to pay, VAT included; never below 0.
        fund: the fund it is posted to.
        account: the account reference; not printed.
        vat_code: finance's own code for the VAT treatment.
        vat_rate: the rate that the amount includes; None for exempt and outside the scope.
        narrative: the narrative code.
    """

    charge: str
    name: str
    count: int
    before: Pence
    amount: Pence
    fund: str
    account: str = field(repr=False)
    vat_code: str
    vat_rate: VatRate | None
    narrative: str

    @property
    def vat(self) -> VatSplit:
        """The amount without VAT, and the VAT in it (`lg_core.money.split_vat`)."""
        if self.vat_rate is None:
            return VatSplit(net=self.amount, vat=Pence(0))
        return split_vat(self.amount, rate=self.vat_rate)

    @property
    def line(self) -> Line:
        """The line of the basket that travels with the payment."""
        return Line(
            fund=self.fund,
            account=self.account,
            amount=self.amount,
            vat_code=self.vat_code,
            vat_rate=self.vat_rate,
            narrative=self.narrative,
        )


@dataclass(frozen=True, slots=True)
class Discounted:
    """Say what a discount took off.

    Attributes:
        name: the discount.
        amount: pence that it took off; 0 where nothing was left to take.
    """

    name: str
    amount: Pence


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Hold what is to be paid, and why.

    Attributes:
        lines: one line an item, in the order of the items.
        discounts: what each discount took off, in the order in which they were applied.
        day: the day in Europe/London at the instant of the quote.
        prices_on: the day whose prices were used: `day`, or the day on which it begins.
        prices_from: the first day of the price list that was used.
    """

    lines: tuple[QuoteLine, ...]
    discounts: tuple[Discounted, ...]
    day: date
    prices_on: date
    prices_from: date

    @property
    def total(self) -> Pence:
        """What is to be paid, in pence: the sum of the lines."""
        return sum((line.amount for line in self.lines), Pence(0))

    def basket(self) -> tuple[Line, ...]:
        """Return the lines for `lg_pay.basket.encode`, each with its discounts taken off.

        Returns:
            One line an item. They add up to the total.
        """
        return tuple(line.line for line in self.lines)

    @property
    def before(self) -> Pence:
        """What it would be without discounts, in pence."""
        return sum((line.before for line in self.lines), Pence(0))

    @property
    def vat(self) -> Pence:
        """The VAT in all lines, in pence: the sum of what was worked out for each line."""
        return sum((line.vat.vat for line in self.lines), Pence(0))


def _wrong(name: str, what: str) -> InvalidValueError:
    return InvalidValueError(f"{name} must be {what}.", field=name, code="out_of_range")
