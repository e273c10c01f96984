# SPDX-License-Identifier: MIT
"""Check the references that residents type: council tax accounts, penalty notices, invoices.

What a reference looks like differs from council to council. So a `ReferenceProfile` is data: masks,
prefixes, weights and what a check digit stands for. A council writes its own in a TOML file:

    references = References.read("references.toml")
    checked = references.profile("council-tax").validate(typed)

A reference may point to a person. No error and no `repr` here repeats it; `explain` does, for the
person who asked.
"""

from lg_core.references._cards import looks_like_card_number
from lg_core.references._faults import Checked, ReferenceFault, ReferenceProblem
from lg_core.references._profile import Promises, ReferenceProfile
from lg_core.references._references import References
from lg_core.references._rules import CheckKind, CheckRule, Sum

__all__ = [
    "CheckKind",
    "CheckRule",
    "Checked",
    "Promises",
    "ReferenceFault",
    "ReferenceProblem",
    "ReferenceProfile",
    "References",
    "Sum",
    "looks_like_card_number",
]
