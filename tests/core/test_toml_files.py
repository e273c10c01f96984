# SPDX-License-Identifier: MIT
import tomllib
from pathlib import Path
from typing import cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lg_core._toml_lines import TomlPath, key_lines
from lg_core.errors import ConfigError
from lg_core.toml_files import TomlFault, TomlFile, TomlFileError, read_text_file

EDITED = """\
# what finance edits
name = "Council"
[[rules]]
fund = "A"
[[rules]]
fnd = "B"
"""


def test_a_fault_has_the_line_of_its_key_or_of_its_table() -> None:
    """A key that is missing is told where its table stands; people count tables from 1."""
    file = TomlFile(EDITED)
    file.fault(("rules", 1, "fund"), "is missing.")
    file.fault(("name",), "is wrong.")

    assert [
        TomlFault(2, "name", "is wrong."),
        TomlFault(5, "rules.2.fund", "is missing."),
    ] == file.faults


def test_a_slip_of_the_pen_is_told_with_what_was_meant() -> None:
    """A key that is like one that is known is asked about; of another the known ones are listed."""
    file = TomlFile(EDITED)
    file.known(("rules", 1), {"fnd": "B"}, ("fund", "name"))
    file.known(("rules", 1), {"zq": "B"}, ("fund", "name"))

    assert {"Did you mean fund?", "Known are fund, name."} == {
        fault.what.removeprefix("is not known here. ") for fault in file.faults
    }


def test_a_key_that_can_be_anything_is_not_repeated() -> None:
    """What is no plain word can be something that a person typed in the wrong place."""
    file = TomlFile('"07700 900123" = 1')
    file.known((), file.data, ("name",))

    assert "(key)" == file.faults[0].where
    assert "07700" not in str(TomlFileError("x.toml", file.faults))


@pytest.mark.parametrize("value", ["5", "true", '""', '" x"', '"a\\nb"', "[]"])
def test_what_is_no_plain_text_is_a_fault(value: str) -> None:
    """A number, a blank text and a text with a break cannot be used."""
    file = TomlFile(f"name = {value}")

    assert file.text((), file.data, "name") is None
    assert 1 == file.faults[0].line


def test_a_file_is_read_with_or_without_a_mark(tmp_path: Path) -> None:
    """Some editors put a mark at the beginning of UTF-8."""
    for encoding in ("utf-8", "utf-8-sig"):
        path = tmp_path / "x.toml"
        path.write_text('name = "Ll\u0177n"', encoding)

        assert ("x.toml", 'name = "Ll\u0177n"') == read_text_file(path)


def test_a_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    """What is not UTF-8 is told with its line, and what is not there with the setting."""
    path = tmp_path / "x.toml"
    path.write_bytes(b"a = 1\nb = '\xff'\n")

    with pytest.raises(TomlFileError, match="line 2"):
        read_text_file(path)
    with pytest.raises(ConfigError, match="The file of rules cannot be opened") as caught:
        read_text_file(tmp_path / "zq", what="file of rules", setting="rules")
    assert ("rules", None) == (caught.value.setting, caught.value.__context__)


# ------------------------------------------------------------------ the lines of keys

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
    text = data.draw(st.sampled_from([SHAPES, EDITED]))
    at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 2))
    new = data.draw(st.text(alphabet="ab[]{}=.\"'#\n ,1\\", max_size=2))
    slipped = text[:at] + new + text[at + gone :]
    try:
        read = tomllib.loads(slipped)
    except tomllib.TOMLDecodeError:
        return

    assert paths_of(read) == key_lines(slipped).keys()
