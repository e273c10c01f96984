"""lg_pay.funds and the scanner that says on which line a key stands."""

import pickle
import tomllib
from pathlib import Path
from textwrap import dedent
from typing import cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.money import Pence, VatRate
from lg_pay._toml_lines import TomlPath, key_lines
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


# ------------------------------------------------------------------ the scanner

SHAPES = """\
# a comment = 1
title = "x # no comment" # one
"quoted key" = 'lit'
a . "b.c" . 'd' = 1
many = [
  1, # one
  [2, 3],
  { deep = [4,
    5], "k\\u00e9y" = '''
'' ] }
''' },
]
text = \"\"\"
[not.a.table]
a = "b" \\\"\"\" still \"\"\"\"
[ table . one ]
when = 1979-05-27 07:32:00
[[row]]
x = 1
[[row]]
x = 2
[row.sub]
y = {}
[[row.inner]]
z = []
"""


def test_every_kind_of_key_is_found_on_its_line() -> None:
    """Strings, arrays and inline tables of several lines do not lead the scanner astray."""
    tomllib.loads(SHAPES)
    expected: dict[TomlPath, int] = {
        ("title",): 2,
        ("quoted key",): 3,
        ("a",): 4,
        ("a", "b.c"): 4,
        ("a", "b.c", "d"): 4,
        ("many",): 5,
        ("many", 0): 6,
        ("many", 1): 7,
        ("many", 1, 0): 7,
        ("many", 1, 1): 7,
        ("many", 2): 8,
        ("many", 2, "deep"): 8,
        ("many", 2, "deep", 0): 8,
        ("many", 2, "deep", 1): 9,
        ("many", 2, "k\u00e9y"): 9,
        ("text",): 13,
        ("table",): 16,
        ("table", "one"): 16,
        ("table", "one", "when"): 17,
        ("row",): 18,
        ("row", 0): 18,
        ("row", 0, "x"): 19,
        ("row", 1): 20,
        ("row", 1, "x"): 21,
        ("row", 1, "sub"): 22,
        ("row", 1, "sub", "y"): 23,
        ("row", 1, "inner"): 24,
        ("row", 1, "inner", 0): 24,
        ("row", 1, "inner", 0, "z"): 25,
    }

    assert expected == key_lines(SHAPES)
    assert expected == key_lines(SHAPES.replace("\n", "\r\n"))


def test_a_table_stands_where_its_own_header_stands() -> None:
    """A header is a better place than an earlier mention in a longer name."""
    assert {("a",): 3, ("a", "b"): 1, ("a", "b", "x"): 2} == key_lines("[a.b]\nx = 1\n[a]\n")


def paths_of(value: object, path: TomlPath = ()) -> set[TomlPath]:
    """Every path of a value that tomllib has read."""
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(cast("dict[str | int, object]", value).items())
    elif isinstance(value, list):
        inside = list(enumerate(cast("list[object]", value)))
    found = {path} if path else set[TomlPath]()
    return found.union(*(paths_of(each, (*path, key)) for key, each in inside))


quoted = st.sampled_from(['"a.b"', "'c d'", '"\\u00e9"', '"]"', "'='", '"#"', '"{"'])
part = st.sampled_from(["a", "b", "c", "1", "-_"]) | quoted
key = st.lists(part, min_size=1, max_size=3).flatmap(
    lambda parts: st.sampled_from([".", " . ", ".\t"]).map(lambda dot: dot.join(parts))
)
gap = st.sampled_from(["", " ", "\n", '\n  # x ] } "\n'])
scalar = st.sampled_from(
    [
        "1",
        "-2.5e3",
        "true",
        "inf",
        "1979-05-27",
        "1979-05-27 07:32:00Z",
        "07:32:00",
        '""',
        "''",
        '"a \\" # ] } ="',
        "'# ] } = \\'",
        '"""\n"" a = 1\n[b]\n\\"""x"""',
        '"""x"""""',
        "'''\n'' ] \n'''''",
        '""""""',
    ]
)


def arrays(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write arrays, over one line or several, with or without a comma at the end."""
    items = st.lists(st.tuples(gap, inner, gap).map("".join), max_size=3)
    return st.builds(_array, items, st.booleans(), gap)


def _array(held: list[str], last: bool, end: str) -> str:  # noqa: FBT001 -- hypothesis calls it
    return f"[{','.join(held)}{',' if held and last else ''}{end}]"


def inline_tables(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Write inline tables."""
    pairs = st.lists(st.tuples(key, st.just(" = "), inner).map("".join), max_size=3)
    return pairs.map(lambda held: f"{{ {', '.join(held)} }}")


values = st.recursive(scalar, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)
pairs = st.tuples(key, st.just(" = "), values).map("".join)
statement = st.one_of(
    pairs, pairs, key.map("[{}]".format), key.map("[[ {} ]]".format), st.just("# [x]"), st.just("")
)


@given(st.lists(statement, max_size=8))
def test_the_scanner_finds_the_keys_that_tomllib_finds(statements: list[str]) -> None:
    """Of any document, the paths are tomllib's, and each stands within its own statement."""
    kept: list[str] = []
    for each in statements:  # keep what goes together
        try:
            tomllib.loads("\n".join([*kept, each]))
        except tomllib.TOMLDecodeError:
            continue
        kept.append(each)
    assume(kept)
    text = "\n".join(kept)

    found = key_lines(text)

    assert paths_of(tomllib.loads(text)) == found.keys()
    before: set[TomlPath] = set()
    top = 0
    for count, each in enumerate(kept, start=1):
        new = paths_of(tomllib.loads("\n".join(kept[:count])))
        bottom = top + each.count("\n") + 1
        headers = {path for path in new if isinstance(path[-1], str)} if each[:1] == "[" else new
        # A header may move a table's line down; nothing else moves.
        assert all(top < found[path] <= len(text.split("\n")) for path in new - before)
        if each[:1] != "[":
            assert all(top < found[path] <= bottom for path in headers - before)
        before, top = new, bottom


@given(st.data())
def test_whatever_tomllib_reads_the_scanner_reads(data: st.DataObject) -> None:
    """A slip of the pen makes a document that tomllib refuses, or that the scanner reads too."""
    text = data.draw(st.sampled_from([SHAPES, GOOD]))
    at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 2))
    new = data.draw(st.text(alphabet="ab[]{}=.\"'#\n ,1\\", max_size=2))
    slipped = text[:at] + new + text[at + gone :]
    try:
        read = tomllib.loads(slipped)
    except tomllib.TOMLDecodeError:
        return

    assert paths_of(read) == key_lines(slipped).keys()
