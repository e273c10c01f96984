# SPDX-License-Identifier: MIT
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version
from tools import release
from tools.release import Release, ReleaseError, kinds, ranges_without, set_version, step_fault

numbers = st.integers(0, 12)
versions = st.builds("{}.{}.{}".format, numbers, numbers, numbers).map(Version)


@given(last=versions, new=versions, breaks=st.booleans())
def test_a_version_only_rises(last: Version, new: Version, *, breaks: bool) -> None:
    """What is not above the last release is refused, whatever changed."""
    fault = step_fault(last, new, breaks=breaks)

    assert fault is not None or new > last


@given(versions, versions)
def test_a_removal_takes_a_breaking_step(last: Version, new: Version) -> None:
    """Before 1.0 the minor version rises, from then on the major; so each range leaves it out."""
    if new <= last:
        return
    same = (last.major, last.minor) if last.major == 0 else (last.major,)
    within = (new.major, new.minor)[: len(same)] == same

    assert within == (step_fault(last, new, breaks=True) is not None)
    assert step_fault(last, new, breaks=False) is None


def test_the_first_release_may_have_any_version() -> None:
    """There is nothing that it could break."""
    assert step_fault(None, Version("0.1.0"), breaks=True) is None


def test_a_range_that_leaves_a_release_out_is_named() -> None:
    """A package that would not take the new version must be widened with it."""
    projects = [
        ("lg-a", {"dependencies": ["lg-core>=0.1,<0.2"]}),
        ("lg-b", {"optional-dependencies": {"store": ["lg-core[store]>=0.1,<0.2"]}}),
        ("lg-c", {"dependencies": ["lg-core>=0.1,<0.3", "pydantic>=2"]}),
    ]

    faults = ranges_without(Release("lg-core", Version("0.2.0")), projects)

    assert ["lg-a", "lg-b"] == [fault.split()[0] for fault in faults]
    assert [] == ranges_without(Release("lg-core", Version("0.1.7")), projects)


@given(versions)
def test_only_the_version_of_the_package_changes(version: Version) -> None:
    """A version of something else in the file stays."""
    before = '[project]\nname = "lg-x"\nversion = "0.1.0"\n\n[tool.x]\nmin_version = "3"\n'

    after = tomllib.loads(set_version(before, version))

    assert str(version) == after["project"]["version"]
    assert "3" == after["tool"]["x"]["min_version"]


@pytest.mark.parametrize("text", ["", 'version = "1"\nversion = "2"\n'])
def test_a_file_without_one_version_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ReleaseError, match="one line"):
        set_version(text, Version("1.0"))


def test_fragments_are_counted_by_kind(tmp_path: Path) -> None:
    """The kind stands in the name of the file."""
    (tmp_path / "changes").mkdir()
    for name in ("4.feature.1.md", "4.feature.2.md", "5.removal.md", "+words.bugfix.md"):
        (tmp_path / "changes" / name).write_text("Words.\n", "utf-8")

    assert {"feature": 2, "removal": 1, "bugfix": 1} == kinds(tmp_path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["lg-nothing==1.0"], "lg-nothing is no package of this workspace"),
        (["lg-core"], "lg-core needs a version"),
        (["lg-core==one"], "lg-core needs a version"),
    ],
)
def test_a_word_that_names_no_release_is_refused(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The text says how to write it."""
    assert release.main(words)
    assert said in capsys.readouterr().err


def test_each_tag_names_its_package() -> None:
    """So that the packages are released apart."""
    assert "lg-pay-v0.2.0" == Release.read("lg-pay==0.2.0").tag
