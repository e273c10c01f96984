# SPDX-License-Identifier: MIT
"""Probes of recipients and costs: what was typed, what a file holds, and what messages cost."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from pay.leak_platforms import probe
from pay.leaks import PLANTED, Saw

from lg_notify import costs, recipients
from lg_notify.message import Notification

TODAY = date(2026, 11, 28)
RATES = """rate,kind,sheets,since,value
VALUE,VALUE,,,
sms,,,VALUE,1
sms,,,2027-04-01,VALUE
letter,VALUE,VALUE,2027-04-01,1
"""


@probe
def recipients_that_were_typed(saw: Saw) -> None:
    """Whatever was typed for a recipient, no check, no error and no repr repeats it."""
    spelt = {
        "a number that is normal": "447700900461",
        "a number abroad": "+34 612 345 987",
        "a number abroad that is normal": "34612345987",
        "a number with a digit too many": "077009004617",
        "an address at a misspelt domain": "gwenllian.quillfeather@gmial.com",
        "an address of an office": "noreply.zebuham@nether-zebuham.con",
        "a number of another kind": "ext 0161 zq 1234",
    }
    saw.planted.update(spelt)
    saw.planted["a number of the file"] = "700900461"
    for value in (*PLANTED.values(), *spelt.values(), 7700900461, None):
        for allowed in (False, True):
            saw.attempt(
                recipients.check_phone,
                value,
                international=allowed,
                landline=allowed,
                multipliers=recipients.Multipliers(),
            )
            saw.attempt(recipients.check_postal, value, international=allowed)
            saw.attempt(
                recipients.check_postal,
                [PLANTED["name"], PLANTED["address"], PLANTED["town"], value],
                international=allowed,
            )
        saw.attempt(recipients.check_email, value)
    for last in ("SW1A 1AA", "BFPO 461", "Ffrainc", "Jersey", f"({PLANTED['town']}"):
        saw.planted["a postcode that is right"] = "SW1A 1AA"
        lines = [PLANTED["name"], PLANTED["address"], last]
        saw.attempt(recipients.check_postal, lines, international=True)
        saw.attempt(recipients.check_postal, [*lines, *lines, *lines])
    # The lines are what was asked for; a caller prints them or does not.
    saw.attempt(
        recipients.address_lines, {"address_line_1": PLANTED["name"], "postcode": PLANTED["town"]}
    )
    saw.attempt(recipients.Multipliers().of, PLANTED["name"])
    saw.attempt(recipients.Multipliers, {PLANTED["name"]: 2})


@probe
def files_of_rates(saw: Saw) -> None:
    """A value in a file that cannot be read is named by its line alone."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "zebu.csv")
        for value in PLANTED.values():
            for text in (
                value,
                f"prefix,multiplier\n{value},2\n34,{value}\n",
                f"prefix,multiplier\n34,2,{value}\n",
                RATES.replace("VALUE", value),
                f'rate,kind,sheets,since,value\n"{value}\n',
            ):
                path.write_text(text, "utf-8")
                saw.attempt(recipients.Multipliers.read, path)
                saw.attempt(costs.Rates.read, path)
            saw.attempt(recipients.Multipliers.read, value)
            saw.attempt(costs.Rates.read, value)
            saw.attempt(costs.Rates().on, value)
            rates = costs.Rates().on(TODAY)
            saw(rates)
            saw.attempt(rates.letter, value, sheets=1)
            saw.attempt(rates.letter, "first", sheets=value)
            saw.attempt(rates.allowance, value)
            saw.attempt(costs.Rate, costs.RateKind.SMS, TODAY, value, kind=value)
            saw.attempt(costs.Rate, costs.RateKind.LETTER, TODAY, Decimal(1), kind=value)


@probe
def what_messages_cost(saw: Saw) -> None:
    """A cost knows its message by a reference, which may point to a person and is not shown."""
    reference = PLANTED["reference"]
    text = costs.sms_cost(2, on=TODAY, message=reference)
    letter = costs.letter_cost(1, "first", on=TODAY, message=PLANTED["name"])
    estimate = costs.CostEstimate.of([text, letter, costs.email_cost(message=PLANTED["e-mail"])])
    saw([text, letter, estimate, estimate + estimate])
    message = Notification.model_validate(
        {
            "id": "26785a09-ab16-4eb0-8407-a37497a57506",
            "reference": reference,
            "type": "sms",
            "status": "delivered",
            "template": {"id": "t", "version": 1, "uri": "u"},
            "body": PLANTED["description"],
            "phone_number": PLANTED["phone"],
            "created_at": "2026-11-28T09:00:00Z",
            "cost_in_pounds": "0.024",
        }
    )
    saw.attempt(costs.compare, estimate, [message, message])
    budget = costs.Budget(Decimal("0.05"))
    saw(budget)
    for cost in (text, text, PLANTED["name"]):
        saw.attempt(budget.spend, cost)
        saw.attempt(budget.give_back, cost)
    saw.attempt(budget.spend, letter)
    saw.attempt(costs.Budget, reference)
    for wrong in (reference, -1):
        saw.attempt(costs.sms_price, wrong, on=TODAY)
        saw.attempt(costs.sms_cost, 1, multiplier=wrong, on=TODAY)
        saw.attempt(costs.letter_price, wrong, reference, on=TODAY)
        saw.attempt(costs.CostEstimate.of, [], free_fragments=wrong)
