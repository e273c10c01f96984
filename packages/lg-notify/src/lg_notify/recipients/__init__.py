# SPDX-License-Identifier: MIT
"""Check a telephone number, an e-mail address or a postal address as GOV.UK Notify does.

A check never sends anything and never raises for what a person typed: it says yes exactly where
Notify does, gives the form that Notify keeps, names each problem in plain words and in Notify's
own, and warns of what Notify accepts and you may not want:

    checked = check_phone("07900 900 123")
    checked.ok, checked.normalised      # True, "447900900123"
"""

from lg_notify.recipients._email import EmailCheck, check_email
from lg_notify.recipients._found import Caution, CautionCode, Problem, ProblemCode
from lg_notify.recipients._multipliers import Multipliers
from lg_notify.recipients._phone import PhoneCheck, check_phone
from lg_notify.recipients._postal import PostageZone, PostalCheck, address_lines, check_postal

__all__ = [
    "Caution",
    "CautionCode",
    "EmailCheck",
    "Multipliers",
    "PhoneCheck",
    "PostageZone",
    "PostalCheck",
    "Problem",
    "ProblemCode",
    "address_lines",
    "check_email",
    "check_phone",
    "check_postal",
]
