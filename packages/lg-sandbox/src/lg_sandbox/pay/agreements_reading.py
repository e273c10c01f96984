# SPDX-License-Identifier: MIT
"""Check requests about agreements, in Pay's order and with Pay's codes.

Sources: spec, `CreateAgreementRequest` and the parameters of `GET /v1/agreements`; publicapi code,
`RequestError.Code`, for the codes. Attributes and parameters that Pay does not know are ignored.
"""

from dataclasses import dataclass, field
from typing import Any

from lg_sandbox.pay._bodies import read_object
from lg_sandbox.pay.agreements import AgreementStatus, NewAgreement
from lg_sandbox.pay.errors import Code, Refusal

__all__ = ["AgreementSearch", "read_agreement_search", "read_new_agreement"]

_LONGEST = 255
_MOST = 500
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class AgreementSearch:
    """What a search for agreements asks for.

    Args:
        reference: exact, whatever its case; any when None.
        status: any when None.
        page: from 1.
        display_size: agreements on a page.
    """

    reference: str | None = field(default=None, repr=False)
    status: AgreementStatus | None = None
    page: int = 1
    display_size: int = _MOST


def read_new_agreement(body: bytes) -> NewAgreement:
    """Check a request to create an agreement.

    Args:
        body: the body as it came.

    Returns:
        The agreement to create.

    Raises:
        Refusal: with the error that Pay answers.
    """
    values = read_object(body, not_json=Code.AGREEMENT_NOT_JSON)
    reference = _needed(values, "reference")
    description = _needed(values, "description")
    user = _text(values, "user_identifier")
    for name, text in (
        ("reference", reference),
        ("description", description),
        ("user_identifier", user),
    ):
        if text is not None and not 1 <= len(text) <= _LONGEST:
            raise Refusal(
                Code.AGREEMENT_INVALID_VALUE,
                name,
                f"Must be between 1 and {_LONGEST} characters long",
                field=name,
            )
    return NewAgreement(reference, description, user)


def _needed(values: dict[str, Any], name: str) -> str:
    text = _text(values, name)
    if text is None or not text.strip():
        raise Refusal(Code.AGREEMENT_MISSING, name, field=name)
    return text


def _text(values: dict[str, Any], name: str) -> str | None:
    value = values.get(name)
    if value is not None and not isinstance(value, str):
        raise Refusal(
            Code.AGREEMENT_INVALID_TYPE, name, "Must be a valid string format", field=name
        )
    return value


def read_agreement_search(query: tuple[tuple[str, str], ...]) -> AgreementSearch:
    """Check the parameters of a search for agreements.

    Args:
        query: the parameters, in their order; the last of a name counts.

    Returns:
        What is asked for.

    Raises:
        Refusal: 422 P2401, which names every parameter at fault.
    """
    given = {name: value for name, value in query if value}
    wrong: list[str] = []
    reference = given.get("reference")
    if reference is not None and len(reference) > _LONGEST:
        wrong.append("reference")
    word = given.get("status")
    # The words are compared as they are: the wire has them in lower case.
    if word is not None and word not in set(AgreementStatus):
        wrong.append("status")
    page = _number(given.get("page"), default=1, most=10**_DIGITS)
    if page is None:
        wrong.append("page")
    size = _number(given.get("display_size"), default=_MOST, most=_MOST)
    if size is None:
        wrong.append("display_size")
    if wrong or page is None or size is None:
        raise Refusal(Code.AGREEMENT_SEARCH_INVALID, ", ".join(wrong))
    status = None if word is None else AgreementStatus(word)
    return AgreementSearch(reference, status, page, size)


def _number(text: str | None, *, default: int, most: int) -> int | None:
    if text is None:
        return default
    if not (text.isascii() and text.isdigit()) or len(text) > _DIGITS:
        return None
    return int(text) if 1 <= int(text) <= most else None
