# SPDX-License-Identifier: MIT
"""lg_notify.recipients says of a recipient what GOV.UK Notify's own library said."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from lg_notify.recipients import PhoneCheck, check_email, check_phone, check_postal

FILE = (
    Path(
        os.environ.get("LG_CONTRACT_DATA")
        or Path(__file__).resolve().parents[2].parent / "shared" / "data"
    )
    / "notify"
    / "golden_vectors.json"
)

pytestmark = pytest.mark.skipif(
    not FILE.is_file(), reason="Notify's recorded outputs are not here: set LG_CONTRACT_DATA."
)


def recorded(kind: str) -> list[dict[str, Any]]:
    """Give the recorded outputs of a kind."""
    return json.loads(FILE.read_text("utf-8"))[kind]


def said(checked: PhoneCheck) -> dict[str, Any]:
    """Say what was found of a number as the record says it."""
    if checked.problems:
        problem = checked.problems[0]
        return {"error": str(problem.code), "v2_message": problem.notify_text}
    return {
        "normalised": checked.normalised,
        "info": {
            "international": checked.international,
            "crown_dependency": checked.crown_dependency,
            "country_prefix": checked.country_prefix,
            "rate_multiplier": checked.rate_multiplier,
        },
    }


def test_every_number_is_read_as_notify_reads_it() -> None:
    """With every permission: the normal form, where it is, and what it costs; or the error."""
    vectors = recorded("phone")

    assert len(vectors) >= 41
    for vector in vectors:
        expected = {key: vector[key] for key in vector if not key.startswith(("input", "ok_"))}
        assert expected == said(check_phone(vector["input"], international=True, landline=True))


@pytest.mark.parametrize(
    ("international", "landline"), [(False, False), (True, False), (False, True)]
)
def test_every_permission_is_asked_for_as_notify_asks(
    *, international: bool, landline: bool
) -> None:
    """A service without a permission is refused with Notify's code."""
    key = f"ok_intl_{str(international).lower()}_landline_{str(landline).lower()}"
    vectors = [vector for vector in recorded("phone") if key in vector]

    assert len(vectors) > 20
    for vector in vectors:
        checked = check_phone(vector["input"], international=international, landline=landline)
        assert vector[key] == (checked.ok or str(checked.problems[0].code))


def test_every_email_address_is_read_as_notify_reads_it() -> None:
    """The normal form, or no."""
    vectors = recorded("email_address")

    assert len(vectors) >= 28
    for vector in vectors:
        checked = check_email(vector["input"])
        assert vector.get("normalised") == checked.normalised
        assert vector.get("error", False) == (not checked.ok)


def test_every_address_is_read_as_notify_reads_it() -> None:
    """The lines, the zone, the postcode and each flag."""
    vectors = recorded("postal")

    assert len(vectors) >= 60
    for vector in vectors:
        checked = check_postal(vector["lines"], international=vector["allow_international"])
        assert vector == {
            "lines": vector["lines"],
            "allow_international": vector["allow_international"],
            "valid": checked.ok,
            "normalised": list(checked.lines),
            "postage_zone": str(checked.postage_zone),
            "postcode": checked.postcode,
            "international": checked.international,
            "enough": checked.enough,
            "too_many": checked.too_many,
            "last_line_ok": checked.last_line_ok,
            "bad_chars": checked.bad_chars,
            "nfa": checked.nfa,
            "alnum": checked.alnum,
            "bfpo_country": checked.bfpo_country,
        }
