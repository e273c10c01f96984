# SPDX-License-Identifier: MIT
"""What `lg-pay check` finds out: where the client goes, and whether GOV.UK Pay takes the key."""

from dataclasses import dataclass

from lg_pay import calls
from lg_pay._sync.client import PayClient
from lg_pay.errors import PaymentNotFoundError

__all__ = ["Finding", "check_account"]

_NOBODYS_PAYMENT = "0" * 26


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the result."""

    what: str
    value: str


def check_account(pay: PayClient) -> list[Finding]:
    """Ask for a payment that does not exist: the answer 'not found' proves the key.

    Args:
        pay: the client to check.

    Returns:
        What was found, one line each.

    Raises:
        LgError: the platform could not be reached, or does not take the key.
    """
    findings = [
        Finding("Address", pay.base_url),
        Finding("Key", f"a {pay.key_kind} key"),
    ]
    try:
        pay.exchange(calls.get_payment(_NOBODYS_PAYMENT))
    except PaymentNotFoundError as expected:
        findings.append(Finding("Answer", f"the key is accepted (code {expected.code})"))
    return findings
