"""lg_pay.funds and the scanner that says on which line a key stands."""

import pickle
from pathlib import Path
from textwrap import dedent

import pytest

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, VatRate
from lg_pay.basket import Line
from lg_pay.funds import Fund, Funds, FundsError, VatKind, VatTreatment

GOOD = """\
# Our funds
[funds.GW]
name = "Garden waste"
cost_centre = "40010"
gl_code = "8210"
vat_code = "SR"
reference = "garden-waste"
maximum = "500.00"

[funds.CT]
name = "Council tax"

[funds.SUSP]
name = "Suspense"

[funds.FEES]
name = "Card fees"
vat_code = "EX"

[vat.SR]
rate = "20%"

[vat.HR]
rate = "17.5 %"

[vat.EX]
rate = "Exempt"

[vat.OS]
rate = "outside  the scope"

[suspense]
fund = "SUSP"

[fees]
fund = "FEES"
"""

# ------------------------------------------------------------------ what is read


def test_a_good_file_is_read() -> None:
    """Funds, VAT codes, suspense and the fund of fees come out as they were written."""
    funds = Funds.from_toml(GOOD)

    standard = VatTreatment("SR", rate=VatRate(2000), kind=VatKind.RATE)
    assert Fund(
        code="GW",
        name="Garden waste",
        cost_centre="40010",
        gl_code="8210",
        vat=standard,
        reference="garden-waste",
        maximum=Pence(50000),
    ) == funds.fund("GW")
    assert Fund(code="CT", name="Council tax") == funds.fund("CT")
    assert funds.fund("SUSP") is funds.suspense
    assert funds.fund("FEES") is funds.fee_fund
    assert ["GW", "CT", "SUSP", "FEES"] == list(funds.funds)
    assert standard == funds.vat("SR")
    assert VatRate(1750) == funds.vat("HR").rate
    assert (None, VatKind.EXEMPT) == (funds.vat("EX").rate, funds.vat("EX").kind)
    assert (None, VatKind.OUTSIDE) == (funds.vat("OS").rate, funds.vat("OS").kind)
    assert "GW" in funds
    assert "gw" not in funds


def test_fees_may_be_left_out() -> None:
    """A council whose fees come on an invoice has no fund for them."""
    funds = Funds.from_toml('[funds.S]\nname = "Suspense"\n[suspense]\nfund = "S"\n')

    assert funds.fee_fund is None


def test_funds_pickle() -> None:
    """Funds survive a way to another process."""
    funds = Funds.from_toml(GOOD)

    assert funds == pickle.loads(pickle.dumps(funds))


@pytest.mark.parametrize("ask", ["fund", "vat"])
def test_a_code_that_is_not_there_is_refused(ask: str) -> None:
    """No fund or VAT code is guessed, and the code is not repeated."""
    with pytest.raises(InvalidValueError) as caught:
        getattr(Funds.from_toml(GOOD), ask)("gw-typo")

    assert "unknown" in caught.value.code
    assert "gw-typo" not in caught.value.message


def test_a_line_takes_the_vat_of_its_fund() -> None:
    """A line is coded by its fund, unless it says another VAT code."""
    funds = Funds.from_toml(GOOD)

    assert Line("GW", "10012345", Pence(4650), "SR", VatRate(2000), "BIN") == funds.line(
        "GW", account="10012345", amount=Pence(4650), narrative="BIN"
    )
    assert Line("GW", "", Pence(100), "EX") == funds.line("GW", amount=Pence(100), vat_code="EX")
    assert Line("CT", "6", Pence(9)) == funds.line("CT", account="6", amount=Pence(9))


@pytest.mark.parametrize("amount", [50_000, -60_000])
def test_a_line_up_to_the_maximum_is_made(amount: int) -> None:
    """The maximum itself is allowed, and a discount has none."""
    assert amount == Funds.from_toml(GOOD).line("GW", amount=Pence(amount)).amount


def test_a_line_over_the_maximum_is_refused() -> None:
    """A penny over a fund's maximum is refused."""
    with pytest.raises(InvalidValueError) as caught:
        Funds.from_toml(GOOD).line("GW", amount=Pence(50_001))

    assert ("amount", "over_maximum") == (caught.value.field, caught.value.code)


# ------------------------------------------------------------------ what is refused

REST = '\n[funds.S]\nname = "S"\n[suspense]\nfund = "S"\n'
FAULTS = [
    ("[fund.GW]\n", (1, "fund", "Did you mean funds?")),
    ("zebra = 1\n", (1, "zebra", "Known are")),
    ("[funds.GW]\n\n", (1, "funds.GW.name", "is missing")),
    ('[funds.GW]\nname = "x"\ngl = "8"\n', (3, "funds.GW.gl", "not known")),
    ('[funds.GW]\nname = "x"\nglcode = "8"\n', (3, "funds.GW.glcode", "Did you mean gl_code?")),
    ("[funds.GW]\nname = 7\n", (2, "funds.GW.name", "in quotation marks")),
    ('[funds.GW]\nname = " x"\n', (2, "funds.GW.name", "white space")),
    ('[funds.GW]\nname = ""\n', (2, "funds.GW.name", "blank")),
    ('[funds.GW]\nname = "a\\nb"\n', (2, "funds.GW.name", "break")),
    ('[funds.GW]\nname = "x"\nmaximum = 5.5\n', (3, "funds.GW.maximum", "quotation marks")),
    ('[funds.GW]\nname = "x"\nmaximum = "5.555"\n', (3, "funds.GW.maximum", "two decimals")),
    ('[funds.GW]\nname = "x"\nmaximum = "0"\n', (3, "funds.GW.maximum", "more than nought")),
    ('[funds.GW]\nname = "x"\nvat_code = "SR"\n', (3, "funds.GW.vat_code", "no VAT code")),
    ('funds.GW = "x"\n', (1, "funds.GW", "[funds.…]")),
    ('funds.GW.name = "x"\nfunds.gw.name = "x"\n', (2, "funds.gw", "capitals")),
    ('[funds."=1"]\nname = "x"\n', (1, "funds.(key)", "begin with a letter")),
    ("[vat.SR]\n", (1, "vat.SR.rate", "is missing")),
    ('[vat.SR]\nrate = "20"\n', (2, "vat.SR.rate", "no rate")),
    ('[vat.SR]\nrate = "101%"\n', (2, "vat.SR.rate", "no rate")),
    ("[vat.SR]\nrate = 20\n", (2, "vat.SR.rate", "quotation marks")),
    ("vat = 3\n", (1, "vat", "[vat]")),
    ('[fees]\nfund = "X"\n', (2, "fees.fund", "no fund of this file")),
    ("[fees]\n", (1, "fees.fund", "is missing")),
    ("fees = []\n", (1, "fees", "must be a table")),
]


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_a_fault_is_named_with_its_line(text: str, fault: tuple[int, str, str]) -> None:
    """Each fault says where it stands and what to do."""
    with pytest.raises(FundsError) as caught:
        Funds.from_toml(text + REST)

    line, where, what = fault
    found = caught.value.faults[0]
    assert (line, where) == (found.line, found.where)
    assert what in found.what
    assert f"line {line}: {where} " in caught.value.message


def test_all_faults_come_at_once_in_the_order_of_the_file() -> None:
    """Finance corrects a file once, not fault by fault; an entry's fault is said once."""
    text = dedent("""\
        [suspense]
        fund = "SUSP"

        [funds.GW]
        vat_code = "SR"
        maximum = "lots"

        [vat.SR]
        rat = "20%"
    """)

    with pytest.raises(FundsError) as caught:
        Funds.from_toml(text, name="ours.toml")

    assert [
        (2, "suspense.fund"),
        (4, "funds.GW.name"),
        (6, "funds.GW.maximum"),
        (8, "vat.SR.rate"),
        (9, "vat.SR.rat"),
    ] == [(fault.line, fault.where) for fault in caught.value.faults]
    assert caught.value.message.startswith("ours.toml cannot be used.")
    assert caught.value.faults == pickle.loads(pickle.dumps(caught.value)).faults


def test_an_empty_file_says_what_to_add() -> None:
    """Without funds and suspense there is nothing to post to."""
    with pytest.raises(FundsError) as caught:
        Funds.from_toml("")

    assert ["funds", "suspense"] == [fault.where for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "line"),
    [('a = 1\nb = "x\n', 2), ("a = 1\na = 2\n", 2), ("[x]\n\ny = '''", 3), ("x", 1)],
)
def test_what_is_no_toml_is_named_with_its_line(text: str, line: int) -> None:
    """A slip of the pen in TOML itself is found too."""
    with pytest.raises(FundsError) as caught:
        Funds.from_toml(text)

    assert [line] == [fault.line for fault in caught.value.faults]


def test_a_file_is_read_with_or_without_a_mark(tmp_path: Path) -> None:
    """Windows' own editor writes a byte order mark and its own line ends."""
    file = tmp_path / "funds.toml"
    file.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())

    assert Funds.from_toml(GOOD) == Funds.read(file) == Funds.read(str(file))


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    """The line with the first letter that is not UTF-8 is named."""
    file = tmp_path / "ours.toml"
    file.write_bytes('[funds.GW]\nname = "Caf\u00e9"\n'.encode("latin-1"))

    with pytest.raises(FundsError, match=r"ours\.toml .*\n.*line 2:.*UTF-8") as caught:
        Funds.read(file)

    assert caught.value.__context__ is None


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    """A wrong path is a ConfigError."""
    with pytest.raises(ConfigError, match="cannot be opened"):
        Funds.read(tmp_path / "nothing.toml")
