# SPDX-License-Identifier: MIT
"""`--explain`: the rule that decided, what each other rule missed, and the lines."""

from datetime import date

import pytest
from pay.payments import full_answer

from lg_core.money import Pence
from lg_pay.basket import encode
from lg_pay.funds import Funds
from lg_pay.payment import Payment
from lg_pay.reconcile.coding import Coding
from lg_pay.reconcile.explain import Explanation, TriedRule, as_text, explain
from lg_pay.reconcile.rules import CodingRules

FUNDS = Funds.from_toml(
    """
[funds.GW]
name = "Garden waste"
vat_code = "SR"
[funds.PL]
name = "Planning"
[funds.SUSP]
name = "Suspense"
[funds.FEES]
name = "Fees"
[vat.SR]
rate = "20%"
[suspense]
fund = "SUSP"
[fees]
fund = "FEES"
"""
)
RULES = CodingRules.from_toml(
    """
[[rules]]
name = "Telephone"
moto = true
fund = "PL"
[[rules]]
name = "Planning"
description = "Planning*"
fund = "PL"
[[rules]]
name = "Garden"
description = "Garden*"
fund = "GW"
narrative = "{metadata.ledger}"
[[rules]]
name = "All"
fund = "PL"
""",
    funds=FUNDS,
)
CODING = Coding(FUNDS, RULES)
PAID = {"status": "success", "finished": True}


def explained(coding: Coding, **changes: object) -> Explanation:
    """Return the explanation of a payment that was paid, with changes."""
    values = {"state": PAID, "corporate_card_surcharge": None, "total_amount": None, **changes}
    payment = Payment.model_validate(full_answer(**values))
    return explain(payment, account="main", coding=coding)


def test_the_rule_that_decided_and_what_the_others_missed() -> None:
    """Rules are told in their order up to the one that holds, each with what failed."""
    one = explained(CODING)

    assert (
        TriedRule("Telephone", "moto"),
        TriedRule("Planning", "description"),
        TriedRule("Garden", None),
    ) == one.tried
    assert ("rule Garden",) == one.decided_by
    assert (Pence(4650), Pence(775), date(2026, 11, 22)) == (one.gross, one.vat, one.day)


def test_a_basket_decides_alone() -> None:
    """Where the payment carries its lines, no rule is tried."""
    one = explained(CODING, metadata=encode([FUNDS.line("GW", amount=Pence(4650))]))

    assert ((), ("basket",)) == (one.tried, one.decided_by)
    assert "No rule was tried." in as_text(one)


def test_a_broken_basket_is_named() -> None:
    """A basket that does not come to the amount is in suspense, and its fault is told."""
    one = explained(CODING, metadata=encode([FUNDS.line("GW", amount=Pence(4651))]))

    assert ("suspense: basket wrong_amount",) == one.decided_by


def test_no_rule_and_a_surcharge() -> None:
    """Each thing that decided is told once, and every rule with what it missed."""
    coding = Coding(FUNDS, CodingRules(RULES.rules[:2]))

    one = explained(coding, corporate_card_surcharge=250, total_amount=4900)

    assert ("suspense: no rule", "suspense: surcharge") == one.decided_by
    assert ["moto", "description"] == [tried.missed for tried in one.tried]
    assert Pence(4900) == one.gross


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Posted on: 2026-11-22"),
        (
            {"state": {"status": "submitted", "finished": False}, "settlement_summary": None},
            "Posted on: not yet: the money is not captured",
        ),
        (
            {"state": {"status": "failed", "finished": True}, "settlement_summary": None},
            (
                "Posted on: never: there is no money. Where it was posted before, the next batch "
                "takes it back"
            ),
        ),
        (
            {"state": {"status": "created", "finished": False}, "settlement_summary": None},
            "Posted on: never: no money has moved",
        ),
    ],
    ids=["paid", "waits", "failed", "not begun"],
)
def test_whether_it_is_posted(changes: dict[str, object], expected: str) -> None:
    """The text says the day, or why there is none."""
    assert expected in as_text(explained(CODING, **changes)).splitlines()


def test_the_text_for_a_terminal() -> None:
    """It names the payment, the lines with what decided them, the fee and the rules."""
    text = as_text(explained(CODING))

    lines = text.splitlines()
    assert "Payment hu20sqlact5260q2nanm0q8u93 of the account main, success" == lines[0]
    assert "Decided by: rule Garden" == lines[1]
    assert ["GW", "GW-0001", "SR", "£46.50", "£7.75", "GW", "rule", "Garden"] == lines[6].split()
    assert "Together £46.50, of which VAT £7.75." in lines
    assert "And a fee of £1.00." in lines
    assert ["Telephone", "does not hold: moto"] == lines[-3].split(maxsplit=1)
    assert ["Garden", "holds"] == lines[-1].split()


def test_a_repr_shows_no_reference() -> None:
    """What a log would print of an explanation holds no account reference and no narrative."""
    assert "GW-0001" not in repr(explained(CODING))
