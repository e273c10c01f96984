# SPDX-License-Identifier: MIT
"""Check an e-mail address as GOV.UK Notify does, and look for a domain that is misspelt."""

import re
import string
from dataclasses import dataclass, field
from typing import Final

from lg_notify.recipients._found import (
    Caution,
    CautionCode,
    Problem,
    ProblemCode,
    caution,
    problem,
    text_only,
)
from lg_notify.recipients._hosts import likely_host

__all__ = ["EmailCheck", "check_email"]

# notifications-utils, 'formatters': dropped wherever they stand.
_DROPPED: Final = str.maketrans(
    "", "", "\u00a0\u180e\u200b\u200c\u200d\u2028\u2029\u202f\u2060\ufeff"
)
_LONGEST: Final = 320
_LONGEST_HOST: Final = 253
_LONGEST_LABEL: Final = 63
_FEWEST_LABELS: Final = 2
_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LABEL: Final = re.compile(r"(?:xn|[a-z0-9]+)(?:--?[a-z0-9]+)*", re.IGNORECASE)
_TOP: Final = re.compile(r"[a-z]{2,63}|xn--(?:[a-z0-9]+-)*[a-z0-9]+", re.IGNORECASE)
_SPACE: Final = re.compile(r"\s")
_NO_REPLY: Final = frozenset(
    {"noreply", "donotreply", "dontreply", "nepasrepondre", "peidiwchateb"}
)
_ROLE_WORDS: Final = (
    "accounts admin administrator billing contact customerservice customerservices enquiries "
    "enquiry feedback finance hello help helpdesk hr info information jobs mail marketing media "
    "office postmaster press reception root sales secretary support team webmaster"
)
_ROLES: Final = frozenset(_ROLE_WORDS.split())


@dataclass(frozen=True, slots=True)
class EmailCheck:
    """Hold what the check of an e-mail address found. Its `repr` does not show the address.

    Attributes:
        normalised: the address as Notify keeps it, in small letters. None where Notify refuses it.
        problems: why Notify refuses it; empty where it does not.
        warnings: what Notify accepts, and you may not want.
        likely_host: the domain that was probably meant, such as `gmail.com`, where the one that
            was typed looks misspelt. Ask the person; do not put it right silently.
    """

    normalised: str | None = field(repr=False)
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Caution, ...] = ()
    likely_host: str | None = field(default=None, repr=False)

    @property
    def ok(self) -> bool:
        """Whether Notify takes the address."""
        return not self.problems


def check_email(text: str) -> EmailCheck:
    """Check an e-mail address as Notify does.

    White space around it is dropped, and the kinds without width wherever they stand. A full stop
    at the start or the end of the first part is taken; an international domain is taken; quotation
    marks, semicolons, accents and curly apostrophes before the @ are not.

    Args:
        text: the address as it was typed.

    Returns:
        What was found. No text makes it raise.

    Raises:
        InvalidValueError: `text` is no text.
    """
    address = text_only(text, field="text").translate(_DROPPED).strip(string.whitespace)
    fault = _fault(address)
    if fault is not None:
        return EmailCheck(None, (problem(fault),))
    normalised = address.lower()
    local, _, host = normalised.rpartition("@")
    likely = likely_host(host)
    return EmailCheck(normalised, (), _warnings(local, likely), likely)


def _fault(address: str) -> ProblemCode | None:
    """Return the first fault. Each is one of Notify's rules; the order is ours."""
    local, at, host = address.rpartition("@")
    if not address:
        return ProblemCode.EMAIL_EMPTY
    if not at or not local or not host or "@" in local:
        return ProblemCode.EMAIL_NO_AT
    if len(address) > _LONGEST:
        return ProblemCode.EMAIL_TOO_LONG
    if ".." in address:
        return ProblemCode.EMAIL_DOUBLE_DOT
    if not _LOCAL.fullmatch(local):
        return ProblemCode.EMAIL_NAME
    return _host_fault(host)


def _host_fault(host: str) -> ProblemCode | None:
    if host.startswith(".") or _SPACE.search(host):
        return ProblemCode.EMAIL_HOST
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return ProblemCode.EMAIL_HOST
    labels = host.split(".")
    if len(labels) < _FEWEST_LABELS:
        return ProblemCode.EMAIL_ENDING
    good = len(host) <= _LONGEST_HOST and all(
        len(label) <= _LONGEST_LABEL and _LABEL.fullmatch(label) for label in labels
    )
    if not good:
        return ProblemCode.EMAIL_HOST
    return None if _TOP.fullmatch(labels[-1]) else ProblemCode.EMAIL_ENDING


def _warnings(local: str, likely: str | None) -> tuple[Caution, ...]:
    found: list[Caution] = []
    if likely is not None:
        words = f"The part after the @ looks like {likely}, misspelt. Ask the person."
        found.append(caution(CautionCode.HOST_TYPO, words))
    plain = re.sub(r"[._+-]", "", local)
    if plain in _NO_REPLY:
        found.append(caution(CautionCode.NO_REPLY))
    elif local in _ROLES or plain in _ROLES:
        found.append(caution(CautionCode.ROLE))
    return tuple(found)
