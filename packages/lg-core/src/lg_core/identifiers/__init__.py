# SPDX-License-Identifier: MIT
"""Read the codes that name places, properties, streets, councils and services.

Each is a type that reads text (`Postcode("sw1a1aa")`), prints one canonical form (`str`), and
refuses everything else with an `InvalidValueError` whose `code` is an `IdentifierFault`. What a
person typed is a string until its type has read it.

The text ones are also `str`, so that they work as dictionary keys, in JSON and in SQL; `Lgsl` is
also `int`. None can be changed, and a pydantic model reads and writes them by themselves.
A postcode and a UPRN can point to a person, so their `repr` does not show them.
"""

from lg_core.identifiers.codes import CustodianCode, GssCode, Lgsl, Nation
from lg_core.identifiers.faults import IdentifierFault
from lg_core.identifiers.postcode import Postcode, PostcodeKind
from lg_core.identifiers.property import Uprn, Usrn

__all__ = [
    "CustodianCode",
    "GssCode",
    "IdentifierFault",
    "Lgsl",
    "Nation",
    "Postcode",
    "PostcodeKind",
    "Uprn",
    "Usrn",
]
