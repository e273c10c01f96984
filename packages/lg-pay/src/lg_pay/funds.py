# SPDX-License-Identifier: MIT
"""The council's funds and VAT codes, in a file that finance can read and edit.

    [funds.GW]
    name = "Garden waste"
    cost_centre = "40010"
    gl_code = "8210"
    vat_code = "SR"             # the VAT code of its lines, unless a line says another
    reference = "garden-waste"  # the name of a reference profile
    maximum = "500.00"          # the most that one line may be, in pounds

    [vat.SR]
    rate = "20%"                # or "exempt", or "outside the scope"

    [suspense]
    fund = "SUSP"               # where money goes that nothing decides

    [fees]
    fund = "FEES"               # where GOV.UK Pay's fee is posted

GOV.UK Pay has neither funds nor VAT: both are the council's own, and differ between councils.
Amounts are text in pounds. A number without quotes is refused: it would lose leading noughts, or
pennies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from lg_core.errors import InvalidValueError
from lg_core.money import Pence, VatRate, format_pounds, parse_pounds
from lg_core.toml_files import TomlFile, TomlFileError, read_text_file
from lg_pay._basket_fields import field_fault
from lg_pay.basket import Line

__all__ = ["Fund", "Funds", "FundsError", "VatKind", "VatTreatment"]


class VatKind(StrEnum):
    """How VAT treats what is sold (VAT Notice 700, section 2)."""

    RATE = "rate"
    """A rate applies: standard, reduced or zero."""
    EXEMPT = "exempt"
    """Exempt from VAT: no rate."""
    OUTSIDE = "outside the scope"
    """Outside the scope of VAT: no rate."""


@dataclass(frozen=True, slots=True)
class VatTreatment:
    """Hold one of the council's VAT codes.

    Args:
        code: the council's own code.
        rate: the rate, or None for exempt and outside the scope.
        kind: which of the three it is.
    """

    code: str
    rate: VatRate | None
    kind: VatKind


@dataclass(frozen=True, slots=True)
class Fund:
    """Hold one of the council's funds.

    Printing it shows the code and the VAT, and nothing else of the file.

    Args:
        code: the fund's code, as the ledger knows it.
        name: what finance calls it.
        cost_centre: its cost centre, or an empty text.
        gl_code: its general ledger code, or an empty text.
        vat: the VAT of its lines, unless a line says another; None where the file says none.
        reference: the name of the reference profile of its accounts, or None.
        maximum: the most that one line may be, in pence, or None.
    """

    code: str
    name: str = field(repr=False)
    cost_centre: str = field(default="", repr=False)
    gl_code: str = field(default="", repr=False)
    vat: VatTreatment | None = None
    reference: str | None = field(default=None, repr=False)
    maximum: Pence | None = None


class FundsError(TomlFileError):
    """A file of funds that cannot be used. Every fault is told with its line."""


@dataclass(frozen=True, slots=True)
class Funds:
    """Hold the funds and VAT codes of a council. Read them with `read` or `from_toml`.

    Args:
        funds: each fund by its code, in the order of the file.
        treatments: each VAT treatment by its code.
        suspense: where money goes that nothing decides.
        fee_fund: where GOV.UK Pay's fee is posted, or None where fees come another way.
    """

    funds: Mapping[str, Fund]
    treatments: Mapping[str, VatTreatment]
    suspense: Fund
    fee_fund: Fund | None = None

    @classmethod
    def read(cls, path: str | Path) -> Self:
        """Read a file of funds.

        Args:
            path: the file, in UTF-8, with or without a byte order mark.

        Returns:
            The funds.

        Raises:
            FundsError: something in the file is wrong; every fault is named with its line.
            ConfigError: there is no such file, or it cannot be opened.
        """
        name, text = read_text_file(path, what="file of funds", error=FundsError)
        return cls.from_toml(text, name=name)

    @classmethod
    def from_toml(cls, text: str, *, name: str = "funds.toml") -> Self:
        """Read funds from the text of a file.

        Args:
            text: TOML, as the top of this module shows it.
            name: the name of the file, for errors.

        Returns:
            The funds.

        Raises:
            FundsError: something is wrong; every fault is named with its line.
        """
        file = _FundsFile(text)
        if file.faults:  # it is no TOML: nothing else can be said of it
            raise FundsError(name, file.faults)
        file.known((), file.data, _TOP)
        treatments = file.treatments()
        funds = file.funds(treatments)
        suspense = file.named_fund("suspense", funds)
        fee_fund = file.named_fund("fees", funds)
        if "suspense" not in file.data:
            file.fault(("suspense",), "is missing. Add [suspense] with fund = and a fund's code.")
        if file.faults:
            raise FundsError(name, file.faults)
        if suspense is None:
            raise AssertionError("a fund of suspense that is missing is a fault")
        return cls(funds=funds, treatments=treatments, suspense=suspense, fee_fund=fee_fund)

    def __contains__(self, code: object) -> bool:
        return code in self.funds

    def fund(self, code: str) -> Fund:
        """Return the fund of a code. Capitals count.

        Args:
            code: the fund's code.

        Returns:
            The fund.

        Raises:
            InvalidValueError: there is no such fund.
        """
        found = self.funds.get(code)
        if found is None:
            raise InvalidValueError(
                "There is no fund of this code. Use a code of the file of funds, or add it.",
                field="fund",
                code="unknown_fund",
            )
        return found

    def vat(self, code: str) -> VatTreatment:
        """Return the VAT treatment of a code. Capitals count.

        Args:
            code: the council's VAT code.

        Returns:
            The treatment.

        Raises:
            InvalidValueError: there is no such VAT code.
        """
        found = self.treatments.get(code)
        if found is None:
            raise InvalidValueError(
                "There is no VAT code of this name. Use a code of the file of funds, or add it.",
                field="vat_code",
                code="unknown_vat_code",
            )
        return found

    def line(
        self,
        fund: str,
        *,
        amount: Pence,
        account: str = "",
        narrative: str = "",
        vat_code: str | None = None,
    ) -> Line:
        """Make a line of a basket, with the fund's own VAT code and rate.

        Args:
            fund: the fund's code.
            amount: pence with VAT; negative for a discount.
            account: the reference of the account.
            narrative: a code for the ledger's narrative.
            vat_code: the VAT code of this line, where it is not the fund's.

        Returns:
            The line.

        Raises:
            InvalidValueError: there is no such fund or VAT code, or the amount is over the
                fund's maximum.
        """
        held = self.fund(fund)
        vat = held.vat if vat_code is None else self.vat(vat_code)
        if held.maximum is not None and amount > held.maximum:
            raise InvalidValueError(
                f"amount is over {format_pounds(held.maximum)}, the most that a line of this "
                "fund may be. Check the amount, or change maximum in the file of funds.",
                field="amount",
                code="over_maximum",
            )
        return Line(
            fund=fund,
            account=account,
            amount=amount,
            vat_code=vat.code if vat else "",
            vat_rate=vat.rate if vat else None,
            narrative=narrative,
        )


_TOP: Final = ("funds", "vat", "suspense", "fees")
_FUND_KEYS: Final = (
    "name",
    "cost_centre",
    "gl_code",
    "vat_code",
    "reference",
    "maximum",
)
_RATE: Final = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))? ?%")
_WHOLE: Final = 10_000


class _FundsFile(TomlFile):
    """Takes the file apart, and notes every fault on the way."""

    def treatments(self) -> dict[str, VatTreatment]:
        """Read [vat]."""
        found: dict[str, VatTreatment] = {}
        for code, table in self._entries("vat"):
            path = ("vat", code)
            self.known(path, table, ("rate",))
            text = self.text(path, table, "rate", required=True)
            if text is not None:
                found[code] = self._treatment(path, code, text)
        return found

    def _treatment(self, path: tuple[str, str], code: str, text: str) -> VatTreatment:
        folded = " ".join(text.lower().split())
        for kind in (VatKind.EXEMPT, VatKind.OUTSIDE):
            if folded == kind:
                return VatTreatment(code, rate=None, kind=kind)
        match = _RATE.fullmatch(folded)
        points = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else -1
        if not 0 <= points <= _WHOLE:
            self.fault(
                (*path, "rate"),
                'is no rate of VAT. Write it like "20%", or write "exempt" or "outside the scope".',
            )
            points = 0
        return VatTreatment(code, rate=VatRate(points), kind=VatKind.RATE)

    def funds(self, treatments: Mapping[str, VatTreatment]) -> dict[str, Fund]:
        """Read [funds]."""
        found = {
            code: self._fund(code, table, treatments) for code, table in self._entries("funds")
        }
        if not found and ("funds",) not in self.lines:
            self.fault(("funds",), "is missing. Add a table such as [funds.GW] for each fund.")
        return found

    def _fund(
        self,
        code: str,
        table: Mapping[str, object],
        treatments: Mapping[str, VatTreatment],
    ) -> Fund:
        path = ("funds", code)
        self.known(path, table, _FUND_KEYS)
        name = self.text(path, table, "name", required=True)
        vat_code = self.text(path, table, "vat_code")
        # An entry of [vat] that is itself wrong is in the lines: it has its own fault.
        if vat_code and vat_code not in treatments and ("vat", vat_code) not in self.lines:
            self.fault((*path, "vat_code"), "names no VAT code. Add it as a table of [vat.…].")
        return Fund(
            code=code,
            name=name or "",
            cost_centre=self.text(path, table, "cost_centre") or "",
            gl_code=self.text(path, table, "gl_code") or "",
            vat=treatments.get(vat_code or ""),
            reference=self.text(path, table, "reference"),
            maximum=self._maximum(path, table),
        )

    def _maximum(self, path: tuple[str, str], table: Mapping[str, object]) -> Pence | None:
        text = self.text(path, table, "maximum")
        if text is None:
            return None
        try:
            amount = parse_pounds(text)
        except InvalidValueError as error:
            self.fault((*path, "maximum"), f'is no amount like "500.00". {error.message}')
            return None
        if amount <= 0:
            self.fault((*path, "maximum"), "must be more than nought. Leave it out for no limit.")
        return amount

    def named_fund(self, table_name: str, funds: Mapping[str, Fund]) -> Fund | None:
        """Read the fund that [suspense] or [fees] names."""
        if table_name not in self.data:
            return None
        table = self.table((table_name,), self.data[table_name])
        self.known((table_name,), table, ("fund",))
        code = self.text((table_name,), table, "fund", required=True)
        if code is not None and code not in funds:
            self.fault(
                (table_name, "fund"), "names no fund of this file. Add it as a table of [funds.…]."
            )
        return funds.get(code or "")

    def _entries(self, table_name: str) -> list[tuple[str, Mapping[str, object]]]:
        entries = self.table((table_name,), self.data.get(table_name, {}))
        folded: set[str] = set()
        for code in entries:
            path = (table_name, code)
            wrong = field_fault(code, code=True)
            if wrong:
                self.fault(path, f"is no code for a ledger: it {wrong[1]}.")
            if code.lower() in folded:
                self.fault(path, "differs from another code in capitals alone. Rename one.")
            folded.add(code.lower())
        return [(code, self.table((table_name, code), entry)) for code, entry in entries.items()]
