# SPDX-License-Identifier: MIT
"""Probes of references and fees: what was typed, and what a file of a council's own holds."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_core import references
from lg_core.money import Pence, VatRate
from lg_pay import fees
from lg_pay import references as examples

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FILE = """
[[prices]]
from = 2026-04-01
[prices.charges.bins]
kind = "first-and-further"
first = "46.50"
further = "30.00"
fund = "GW"
[[prices.discounts]]
name = "reduction"
percent = "10%"
"""


@probe
def references_that_were_typed(saw: Saw) -> None:
    """Whatever was typed for a reference, no error and no repr repeats it."""
    known = examples.example_references()
    rules = [profile.check for profile in known.values() if profile.check is not None]
    for profile, value in product(known.values(), (*PLANTED.values(), 7)):
        saw.attempt(profile.validate, value)
        saw.attempt(profile.matches, value)
        saw.attempt(profile.make, value)
        saw.attempt(profile.explain, value)
    for rule, value in product(rules, PLANTED.values()):
        saw.attempt(rule.add_up, value)
        saw.attempt(rule.reads, value)
    for value in PLANTED.values():
        saw.attempt(references.looks_like_card_number, value)
        saw.attempt(known.profile, value)
        saw.attempt(known.matching, value)
        saw.attempt(references.References.read, value)
    made = known.profile("council-tax").make("24681357")
    saw.planted["a reference that is right"] = made
    saw.attempt(known.profile("council-tax").validate, made)
    saw.attempt(known.matching, made)
    rule = known.profile("council-tax").check
    assert rule is not None
    saw(rule.add_up(made))
    saw([rule.counts(0, 2), rule.stands_for(3), rule.tells_values_apart()])
    saw([known, *known.values(), *rules, known.profile("council-tax").promises])
    saw(references.ReferenceProblem(references.ReferenceFault.EMPTY, "The reference is empty."))


@probe
def files_that_finance_wrote(saw: Saw) -> None:
    """A value in a file that cannot be read is named by its place alone."""
    for value in PLANTED.values():
        for text in (
            f"[references.x]\nmasks = [{value!r}]",
            f"[references.x]\nmasks = {value!r}",
            f"[references.x]\nmasks = ['#@']\ncheck = {{ modulus = {value!r} }}",
            f"references = {value!r}",
        ):
            saw.attempt(references.References.from_toml, text)
        for wrong in ("2026-04-01", '"46.50"', '"first-and-further"', '"10%"', '"GW"'):
            saw.attempt(fees.PriceBook.from_toml, FILE.replace(wrong, repr(value)))
        saw.attempt(fees.PriceBook.read, value)
    with TemporaryDirectory() as folder:
        path = Path(folder, "own.toml")
        path.write_text(f"prices = {PLANTED['name']!r}", "utf-8")
        saw.attempt(fees.PriceBook.read, path)
        saw.attempt(references.References.read, path)


@probe
def quotes_for_somebody(saw: Saw) -> None:
    """An account is on the line that is posted and in no repr; a wrong item is not repeated."""
    book = fees.PriceBook.from_toml(FILE)
    item = fees.Item(charge="bins", account=PLANTED["reference"])
    quote = book.quote([item], at=NOW, concessions=["reduction"])
    saw([book, *book.lists, item, quote, *quote.lines, *quote.basket(), *quote.discounts])
    saw([line.vat for line in quote.lines])
    saw(book.prices_on(NOW.date()))
    saw.attempt(book.prices_on, date(2020, 1, 1))
    for value in PLANTED.values():
        saw.attempt(fees.Item, charge="bins", count=value)
        saw.attempt(fees.Item, charge="bins", already=value)
        saw.attempt(book.quote, [fees.Item(charge=value)], at=NOW)
        saw.attempt(book.quote, [replace(item, name=value)], at=NOW)
        saw.attempt(book.quote, [item], at=NOW, concessions=[value])
        saw.attempt(book.quote, [item], at=NOW, concessions=value)


@probe
def every_kind_of_price(saw: Saw) -> None:
    """Each kind of price, built and asked, shows prices and nothing of the person."""
    since = date(2026, 11, 1)
    kinds: dict[str, fees.Pricing] = {
        "fixed": fees.Fixed(Pence(100)),
        "each": fees.PerUnit(Pence(100)),
        "further": fees.FirstAndFurther({"": (Pence(100), Pence(50))}),
        "bands": fees.CountBands((fees.CountBand(3, Pence(100)),)),
        "named": fees.NamedBands({"A": Pence(100)}),
        "weeks": fees.ProRata(Pence(100)),
        "steps": fees.Steps((fees.Step(14, Pence(100)),), first_day_counts=True),
    }
    charges = {
        name: fees.Charge(pricing=kind, fund="GW", vat_rate=VatRate(2000))
        for name, kind in kinds.items()
    }
    off = fees.Discount(name="off", kind=fees.DiscountKind.AMOUNT, size=1)
    prices = fees.PriceList(starts=since, charges=charges, discounts=(off,))
    book = fees.PriceBook([prices])
    days = fees.Days(paid=NOW.date(), begins=NOW.date())
    for name, kind in kinds.items():
        for right in (
            fees.Item(charge=name, account=PLANTED["reference"]),
            fees.Item(charge=name, name="A", account=PLANTED["reference"]),
            fees.Item(charge=name, ends=NOW.date(), account=PLANTED["reference"]),
            fees.Item(charge=name, since=since, account=PLANTED["reference"]),
        ):
            saw.attempt(kind.price_of, [right], days=days)
            saw.attempt(book.quote, [right], at=NOW)
    saw([*kinds.values(), *charges.values(), off, prices, days, off.covers("each")])
    saw(fees.Steps((fees.Step(14, Pence(100)),), first_day_counts=True).last_day(since, step=0))
