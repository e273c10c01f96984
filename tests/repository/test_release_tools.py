# SPDX-License-Identifier: MIT
import os
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version
from tools import floors, wheels

INFO = "lg_x-0.1.0.dist-info"
WHOLE = ("lg_x/__init__.py", "lg_x/py.typed", f"{INFO}/licenses/LICENSE", f"{INFO}/METADATA")


def _wheel(folder: Path, names: tuple[str, ...]) -> None:
    with zipfile.ZipFile(folder / "lg_x-0.1.0-py3-none-any.whl", "w") as archive:
        for name in names:
            archive.writestr(name, "")


def test_a_whole_wheel_is_found(tmp_path: Path) -> None:
    """The name, the version and the module are read from the file's name."""
    _wheel(tmp_path, WHOLE)

    (wheel,) = wheels.wheels(tmp_path)

    expected = ("lg-x", "0.1.0", "lg_x")
    assert expected == (wheel.name, wheel.version, wheel.module)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (WHOLE[:1] + WHOLE[2:], "lacks lg_x/py.typed"),
        (WHOLE[:2] + WHOLE[3:], "lacks lg_x-0.1.0.dist-info/licenses/LICENSE"),
        ((*WHOLE, "tests/test_x.py"), "holds tests/test_x.py"),
    ],
)
def test_a_wheel_with_the_wrong_files_is_refused(
    tmp_path: Path, names: tuple[str, ...], said: str
) -> None:
    """A missing marker or licence, or a file from outside the package, is named."""
    _wheel(tmp_path, names)

    with pytest.raises(wheels.WheelError, match=said):
        wheels.wheels(tmp_path)


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """Nothing to install is an error: it must not look like success."""
    assert wheels.main([str(tmp_path)])
    assert floors.main([str(tmp_path)])


def test_a_command_that_leaves_a_process_behind_has_ended(tmp_path: Path) -> None:
    """What it printed is returned at once, also where somebody still holds its output."""
    program = """
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=0)
print(left.pid)
"""
    reading, writing = os.pipe()
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        said = wheels.run(sys.executable, "-c", program, cwd=tmp_path)
    finally:
        os.dup2(before, 0)
        for each in (before, reading, writing):
            os.close(each)  # the process that was left behind ends

    assert said.strip().isdecimal()


def test_a_command_that_fails_says_what_it_printed(tmp_path: Path) -> None:
    """Both what it printed and its complaint stand in the error."""
    program = "import sys; print('printed'); sys.exit('complaint')"

    with pytest.raises(wheels.WheelError, match=r"ended with 1:\nprinted\ncomplaint"):
        wheels.run(sys.executable, "-c", program, cwd=tmp_path)


def test_floors_are_read_from_ranges() -> None:
    """The floor is the lower bound; a requirement without one has none."""
    assert Version("2.11") == floors.floors(Requirement("pydantic>=2.11,<3"))
    assert floors.floors(Requirement("pydantic<3")) is None


def test_direct_requirements_leave_out_our_own() -> None:
    """Extras count; other packages of the workspace and other platforms do not."""
    project = {
        "dependencies": ["httpx>=0.28", "lg-core>=0.1,<0.2", "x>=1; sys_platform == 'nowhere'"],
        "optional-dependencies": {"cli": ["rich>=14"]},
    }

    names = [one.name for one in floors.direct(project)]

    expected = ["httpx", "rich"]
    assert expected == names


def test_a_resolution_that_took_the_newest_stands_on_no_floor() -> None:
    """Only a dependency whose resolved version equals its floor counts."""
    requirements = [Requirement("httpx>=0.28"), Requirement("Rich>=14"), Requirement("odd<9")]
    lowest = "httpx==0.28.0\nrich==14.0.0 ; python_version > '3'\nodd==8\n# end\n"
    newest = "httpx==0.28.1\nrich==15.0.0\nodd==8\n"

    expected = ["Rich", "httpx"]
    assert expected == floors.at_floor(requirements, lowest)
    assert not floors.at_floor(requirements, newest)


def test_packages_whose_floors_agree_stand_together() -> None:
    """Another floor for the same dependency, however it is spelt, needs its own environment."""
    packages = {
        "lg-a": [Requirement("pydantic>=2.11"), Requirement("rich>=14")],
        "lg-b": [Requirement("Pydantic>=2.11,<3")],
        "lg-c": [Requirement("pydantic>=2.12")],
        "lg-d": [Requirement("rich>=14"), Requirement("odd")],
        "lg-e": [Requirement("odd>=3")],
    }

    expected = [["lg-a", "lg-b", "lg-d"], ["lg-c", "lg-e"]]
    assert expected == floors.together(packages)


def test_the_workspace_needs_few_environments() -> None:
    """One dependency has one floor nearly everywhere, so that the check of floors stays quick."""
    root = Path(__file__).parents[2]
    files = sorted((root / "packages").glob("*/pyproject.toml"))
    packages = {
        file.parent.name: floors.direct(tomllib.loads(file.read_text("utf-8"))["project"])
        for file in files
    }

    groups = floors.together(packages)

    assert sorted(packages) == sorted(name for group in groups for name in group)
    assert len(groups) <= 2
