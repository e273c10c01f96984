# SPDX-License-Identifier: MIT
from pathlib import Path

import pytest
from tools import sync

source_text = '''# SPDX-License-Identifier: MIT
"""A thing with AsyncThing in its text."""

from pkg._async.other import AsyncOther


class AsyncThing:
    """An `AsyncThing`; await nothing here."""

    async def __aenter__(self) -> "AsyncThing":
        """Open."""
        return self

    async def close_all(self, other: AsyncOther) -> int:
        """Close."""
        async with other as one:
            return await one.aclose()
'''
result = '''# SPDX-License-Identifier: MIT
# Made by tools/sync.py from tests/x/_async/thing.py: change that one.
"""A thing with Thing in its text."""

from pkg._sync.other import Other


class Thing:
    """An `Thing`; nothing here."""

    def __enter__(self) -> "Thing":
        """Open."""
        return self

    def close_all(self, other: Other) -> int:
        """Close."""
        with other as one:
            return one.close()
'''
table = (
    sync.Replacement(r"\basync (def|with)\b", r"\1"),
    sync.Replacement(r"\bawait +", ""),
    sync.Replacement(r"\b__a(enter|exit)__\b", r"__\1__"),
    sync.Replacement(r"\bAsync([A-Z]\w*)", r"\1"),
    sync.Replacement(r"\baclose\b", "close"),
    sync.Replacement(r"\b_async\b", "_sync"),
)


def _source(root: Path, text: str = source_text) -> Path:
    folder = root / "tests" / "x" / "_async"
    folder.mkdir(parents=True)
    (folder / "thing.py").write_text(text, "utf-8")
    return root / "tests" / "x" / "_sync" / "thing.py"


def test_a_twin_is_written(tmp_path: Path) -> None:
    """The whole table is used on a source, docstrings included, below a header."""
    target = _source(tmp_path)

    assert not sync.run(tmp_path, check=False, table=table)
    assert result == target.read_text("utf-8")


def test_a_second_run_finds_nothing_to_do(tmp_path: Path) -> None:
    """What was just made passes the check."""
    _source(tmp_path)
    sync.run(tmp_path, check=False, table=table)

    assert not sync.run(tmp_path, check=True, table=table)


def test_the_check_writes_nothing(tmp_path: Path) -> None:
    """A missing twin is a difference, and the check leaves it missing."""
    target = _source(tmp_path)

    (fault,) = sync.run(tmp_path, check=True, table=table)

    assert "+class Thing:" in fault
    assert not target.exists()


def test_a_changed_twin_is_found(tmp_path: Path) -> None:
    """A twin that was edited by hand fails the check, and the next run mends it."""
    target = _source(tmp_path)
    sync.run(tmp_path, check=False, table=table)
    target.write_text(result.replace("Close.", "Shut."), "utf-8")

    (fault,) = sync.run(tmp_path, check=True, table=table)

    assert '-        """Shut."""' in fault
    assert not sync.run(tmp_path, check=False, table=table)
    assert result == target.read_text("utf-8")


def test_a_pair_that_finds_nothing_is_a_fault(tmp_path: Path) -> None:
    """A replacement that is used nowhere is named."""
    _source(tmp_path)
    longer = (*table, sync.Replacement(r"\banyio\.sleep\b", "time.sleep"))

    (fault,) = sync.run(tmp_path, check=False, table=longer)

    assert "anyio" in fault
    assert "found nowhere" in fault


def test_a_twin_without_a_source_fails_the_check(tmp_path: Path) -> None:
    """A file that nothing makes is named by the check, and taken away by the next run."""
    target = _source(tmp_path)
    sync.run(tmp_path, check=False, table=table)
    old = target.with_name("old.py")
    old.write_text(result, "utf-8")

    (fault,) = sync.run(tmp_path, check=True, table=table)

    assert fault.startswith("tests/x/_sync/old.py:")
    assert not sync.run(tmp_path, check=False, table=table)
    assert not old.exists()


def test_a_file_written_by_hand_is_not_taken_away(tmp_path: Path) -> None:
    """A file under _sync that this tool did not make is named, never deleted."""
    target = _source(tmp_path)
    sync.run(tmp_path, check=False, table=table)
    own = target.with_name("own.py")
    own.write_text('"""Written by hand."""\n', "utf-8")

    (fault,) = sync.run(tmp_path, check=False, table=table)

    assert fault.startswith("tests/x/_sync/own.py:")
    assert own.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [("async \\\ndef f() -> None: ...\n", "async or await is left"), ("def (:\n", "cannot read")],
)
def test_what_cannot_be_translated_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """A source that would leave async words behind, or is no Python, is an error."""
    _source(tmp_path, text)

    with pytest.raises(sync.SyncError, match=said):
        sync.run(tmp_path, check=False, table=table)


def test_whole_words_only() -> None:
    """Words that only contain what the table looks for stay as they are."""
    text = "asyncio.run(my_async_thing); awaited = Asynchronous = xaclose\n"

    assert text == sync.translate(text)


def test_a_workspace_without_sources_is_in_order(tmp_path: Path) -> None:
    """Where nothing is asynchronous there is nothing to make, and no pair is missed."""
    assert not sync.run(tmp_path, check=True)


def test_this_repository_is_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    """Every committed twin is what its source makes."""
    assert not sync.main(["--check"]), capsys.readouterr().err
