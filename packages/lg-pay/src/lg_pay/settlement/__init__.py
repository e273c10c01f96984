# SPDX-License-Identifier: MIT
"""Match what GOV.UK Pay paid out with what arrived at the bank.

    tally = SettlementTally("garden-waste")
    for payment in pay.search_payments(settled=(start, end)):
        tally.payment(payment)
    # ... refunds and disputes likewise
    statement = read_statement(file, profile=BankProfile.from_toml("bank.toml"))
    report = match([tally], statement)

GOV.UK Pay has no payouts in its API. What should arrive for an account on a day is the sum of the
net amounts of the payments settled on that day, less the refunds, and less lost disputes. Two
payouts of one day cannot be told apart; where they arrive as two credits, that is said. Nothing is
guessed: what is not clear is listed.
"""

from lg_pay.settlement._bank import BankLine, BankProfile, BankStatement, read_statement
from lg_pay.settlement._expected import (
    Expected,
    NotSettled,
    SettlementProblem,
    SettlementTally,
)
from lg_pay.settlement._matching import Match, MatchOutcome, SettlementReport, match

__all__ = [
    "BankLine",
    "BankProfile",
    "BankStatement",
    "Expected",
    "Match",
    "MatchOutcome",
    "NotSettled",
    "SettlementProblem",
    "SettlementReport",
    "SettlementTally",
    "match",
    "read_statement",
]
