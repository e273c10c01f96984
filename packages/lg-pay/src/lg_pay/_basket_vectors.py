# SPDX-License-Identifier: MIT
"""Make the test vectors of the basket format: `python -m lg_pay._basket_vectors` prints them.

Another program that reads or writes baskets proves with them that it does so alike. They are
shipped as `basket_vectors.json`; a test compares the file with what stands here.
"""

import json
import sys
from typing import TYPE_CHECKING, Final

from lg_core.money import Pence, VatRate
from lg_pay._basket_text import checksum
from lg_pay.basket import BasketError, Line, decode, encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lg_pay.new_payment import MetadataValue

__all__ = ["text", "vectors"]

_STANDARD: Final = VatRate(2000)
_BIN: Final = Line("GW", "10012345", Pence(4650), "SR", _STANDARD, "BIN")

_WRITTEN: Final[dict[str, tuple[Line, ...]]] = {
    "one line": (_BIN,),
    "fund and amount alone": (Line("CT", "", Pence(15000)),),
    "leading noughts count": (Line("02", "000123456", Pence(1), "07"),),
    "a discount": (_BIN, Line("GW", "10012345", Pence(-500), "SR", _STANDARD, "DISC")),
    "a total of nought": (Line("GW", "1", Pence(100)), Line("GW", "1", Pence(-100))),
    "the largest payment": (Line("BR", "900000001", Pence(10_000_000), "OS"),),
    "zero-rated is not the same as no rate": (
        Line("LIB", "A1", Pence(250), "ZR", VatRate(0)),
        Line("LIB", "A1", Pence(250), "EX", None),
    ),
    "half per cents": (Line("X", "1", Pence(1175), "V", VatRate(1750)),),
    "every sign that is escaped": (Line("GW", '^;!<>|"\\', Pence(7), "^0", None, ";;"),),
    "Welsh letters and a pound sign": (Line("DŴR", "Tŷ 7", Pence(300), "£", None, "Gwastraff"),),
    "blanks inside": (Line("A B", "26/00123/FUL", Pence(25800), "", None, "a  b"),),
    "three lines a pair": tuple(
        Line("GW", f"1001234{number}", Pence(4650), "SR", _STANDARD, "BIN") for number in range(7)
    ),
    "the longest line and one more": (Line("GW", "x" * 92, Pence(4650)), _BIN),
    "the most pairs": tuple(
        Line("GW", f"{number:02}" + "x" * 90, Pence(4650)) for number in range(14)
    ),
}

_REFUSED: Final[dict[str, tuple[tuple[Line, ...], int]]] = {
    "no lines": ((), 0),
    "no fund": ((Line("", "1", Pence(1)),), 0),
    "a fund that begins like a formula": ((Line("=1", "1", Pence(1)),), 0),
    "a blank at the end": ((Line("GW", "1 ", Pence(1)),), 0),
    "a tab": ((Line("GW", "1\t2", Pence(1)),), 0),
    "a letter of another alphabet": ((Line("GW", "\u0391", Pence(1)),), 0),
    "an e-mail address": ((Line("GW", "someone@example.gov.uk", Pence(1)),), 0),
    "a telephone number": ((Line("GW", "01632 960 001", Pence(1)),), 0),
    "a mobile number from abroad": ((Line("GW", "1", Pence(1), "", None, "+447700900123"),), 0),
    "a postcode": ((Line("GW", "1", Pence(1), "", None, "zz1 1zz"),), 0),
    "a card number": ((Line("GW", "4444 3333 2222 1111", Pence(1)),), 0),
    "a total under nought": ((Line("GW", "1", Pence(-1)),), 0),
    "a total over 100,000 pounds": ((Line("GW", "1", Pence(10_000_001)),), 0),
    "a line of 101 characters": ((Line("GW", "x" * 93, Pence(4650)),), 0),
    "15 pieces": (_WRITTEN["the most pairs"] + (Line("GW", "x" * 92, Pence(1000)),), 0),
    "no room beside 14 own pairs": ((_BIN,), 14),
}


def _as_json(line: Line) -> dict[str, object]:
    rate = None if line.vat_rate is None else line.vat_rate.basis_points
    return {
        "fund": line.fund,
        "account": line.account,
        "amount": int(line.amount),
        "vat_code": line.vat_code,
        "vat_rate": rate,
        "narrative": line.narrative,
    }


def _signed(count: int, total: int, *pieces: str) -> "dict[str, MetadataValue]":
    """Write pairs whose checksum is right, whatever else is wrong with them."""
    head = f"1;{count};{total}"
    numbered = {f"lg_basket_{number}": piece for number, piece in enumerate(pieces, start=1)}
    return {"lg_basket": f"{head};{checksum(head, pieces)}", **numbered}


def _damaged() -> "dict[str, Mapping[str, MetadataValue]]":
    whole = encode(_WRITTEN["three lines a pair"])
    first, second, third = whole["lg_basket_1"], whole["lg_basket_2"], whole["lg_basket_3"]
    return {
        "not a basket": {"case": "GW-1"},
        "no header": {"lg_basket_1": first, "lg_basket_2": second, "lg_basket_3": third},
        "the header alone": {"lg_basket": whole["lg_basket"]},
        "the last pair is missing": {k: v for k, v in whole.items() if k != "lg_basket_3"},
        "a pair in the middle is missing": {k: v for k, v in whole.items() if k != "lg_basket_2"},
        "a pair too many": {**whole, "lg_basket_4": "GW;1;1"},
        "a key with a nought before its number": {**whole, "lg_basket_02": second},
        "a key twice": {**whole, "LG_Basket_2": second},
        "a pair that became a number": {**whole, "lg_basket_2": 4650},
        "a digit changed": {**whole, "lg_basket_2": second.replace("4650", "4651", 1)},
        "two pairs changed places": {**whole, "lg_basket_1": second, "lg_basket_2": first},
        "a header changed": {**whole, "lg_basket": whole["lg_basket"].replace(";7;", ";8;")},
        "a header that is not one": {**whole, "lg_basket": "hello"},
        "a version to come": {**whole, "lg_basket": "2" + whole["lg_basket"][1:]},
        "an amount with a nought before": _signed(1, 7, "GW;1;07"),
        "an empty field at the end": _signed(1, 7, "GW;1;7;"),
        "a field too many": _signed(1, 7, "GW;1;7;;;;x"),
        "an amount that is no number": _signed(1, 7, "GW;1;7.0"),
        "an escape that does not exist": _signed(1, 7, "GW;^9;7"),
        "lines that are not packed": _signed(2, 14, "GW;1;7", "GW;2;7"),
        "a total that is not the sum": _signed(1, 8, "GW;1;7"),
        "more lines than the header says": _signed(1, 14, "GW;1;7!GW;2;7"),
    }


def _code(attempt: object) -> str:
    if isinstance(attempt, BasketError):
        return str(attempt.code)
    raise AssertionError("this vector should be refused")


def _read(metadata: "Mapping[str, MetadataValue]") -> object:
    try:
        return decode(metadata)
    except BasketError as error:
        return error


def _write(lines: tuple[Line, ...], own: int) -> object:
    try:
        return encode(lines, beside={f"own_{number}": "" for number in range(own)})
    except BasketError as error:
        return error


def vectors() -> dict[str, object]:
    """Return what is written, what is refused, and what cannot be read."""
    return {
        "format": "lg-basket",
        "version": 1,
        "written": [
            {"name": name, "lines": [*map(_as_json, lines)], "metadata": encode(lines)}
            for name, lines in _WRITTEN.items()
        ],
        "refused": [
            {
                "name": name,
                "lines": [*map(_as_json, lines)],
                "own_pairs": own,
                "code": _code(_write(lines, own)),
            }
            for name, (lines, own) in _REFUSED.items()
        ],
        "unreadable": [
            {"name": name, "metadata": metadata, "code": _code(_read(metadata))}
            for name, metadata in _damaged().items()
        ],
    }


def text() -> str:
    """Return the test vectors as the file holds them."""
    return json.dumps(vectors(), ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":  # pragma: no cover -- a person calls it after a change of the format
    sys.stdout.buffer.write(text().encode())
