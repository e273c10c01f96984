# SPDX-License-Identifier: MIT
"""What a service costs: dated price lists, and a quote that goes into a basket and a ledger.

    book = PriceBook.read("garden-waste-prices.toml")
    quote = book.quote([Item(charge="bins", count=2)], at=datetime.now(UTC))

A price is that of a day in Europe/London. All amounts are whole pence. The one thing that is
rounded is a percentage off, once, to the nearest penny, half a penny up; its shares on the lines
add up to it exactly.
"""

from lg_pay.fees._book import Charge, PriceBook, PriceList
from lg_pay.fees._by_count import (
    CountBand,
    CountBands,
    FirstAndFurther,
    Fixed,
    NamedBands,
    PerUnit,
)
from lg_pay.fees._by_day import ProRata, Step, Steps
from lg_pay.fees._discounts import Discount, DiscountKind
from lg_pay.fees._priced import Days, Priced, Pricing
from lg_pay.fees._quote import Discounted, Item, Quote, QuoteLine

__all__ = [
    "Charge",
    "CountBand",
    "CountBands",
    "Days",
    "Discount",
    "DiscountKind",
    "Discounted",
    "FirstAndFurther",
    "Fixed",
    "Item",
    "NamedBands",
    "PerUnit",
    "PriceBook",
    "PriceList",
    "Priced",
    "Pricing",
    "ProRata",
    "Quote",
    "QuoteLine",
    "Step",
    "Steps",
]
