"""lg_core.cli: the one shape of every tool."""

import dataclasses
import datetime as dt
import io
import json
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from lg_core import cli, errors
from lg_core.cli import Exit, Steps, emit, exit_for, note, print_step, progress, table
from lg_core.cli._output import show_error, survive_any_console

ERRORS = [
    (errors.ConfigError("Set it."), Exit.CONFIG),
    (errors.InvalidValueError("Too long."), Exit.USAGE),
    (errors.RequestNotSentError("No route.", reason="connect"), Exit.UNREACHABLE),
    (errors.OutcomeUnknownError("No answer.", reason="timeout"), Exit.UNKNOWN),
    (
        errors.OutcomeUnknownError("No answer.", reason="timeout", safe_to_repeat=True),
        Exit.UNREACHABLE,
    ),
    (errors.ApiError("No.", status=418), Exit.REFUSED),
    (errors.AuthenticationError("No.", status=401), Exit.REFUSED),
    (errors.ServerError("No.", status=503), Exit.REFUSED),
    (errors.ResponseShapeError("Not JSON."), Exit.REFUSED),
    (errors.LgError("Something else."), Exit.REFUSED),
]

APP = """
    from typing import Annotated

    import typer

    from lg_core import errors
    from lg_core.cli import Exit, command_line, emit, json_option, note, progress, table

    app = command_line("lg-try", component="lg-core", help="Try things. See `lg-core[cli]`.")

    @app.command()
    def check(json: Annotated[bool, json_option()] = False) -> None:
        "Check [everything]."
        note("Looking.")
        rows = [(name, len(name)) for name in progress(["a", "bb"], label="Reading [x]")]
        emit(rows, json=json, human=lambda data: table(data, columns=("name", "size")))
        raise typer.Exit(Exit.FOUND)

    @app.command()
    def fail(how: str) -> None:
        if how == "refused":
            raise errors.ApiError("Pay refused it [bold].", status=422, code="P0102", attempts=2)
        if how == "bug":
            secret = "SECRET"
            raise RuntimeError("A bug.")
        if how == "stopped":
            raise KeyboardInterrupt
        if how == "pipe":
            raise BrokenPipeError(32, "gone")
        if how == "disk":
            raise OSError(28, "full")
        if how == "text":
            raise SystemExit("In words.")
        if how == "import":
            import lg_no_such_module
        typer.confirm("Go on?", abort=True)

    @app.command()
    def talk() -> None:
        import logging

        import stamina
        import structlog

        logging.getLogger("lg_pay").info("about this")
        logging.getLogger("httpx").warning("GET https://h/?email=SECRET")
        structlog.get_logger("theirs").debug("quiet")
        waits = {"attempts": 2, "wait_initial": 0, "wait_jitter": 0}
        for attempt in stamina.retry_context(on=ValueError, **waits):
            with attempt:
                if attempt.num == 1:
                    raise ValueError("SECRET")
        print("result")
"""


pytestmark = pytest.mark.usefixtures("own_process")


class Terminal(io.StringIO):
    """A stream that says a person is watching."""

    def isatty(self) -> bool:
        """Say so."""
        return True


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run the tool above in this process: its number, its stdout and its stderr."""
    module = f"lg_try_{tmp_path.name}"
    (tmp_path / f"{module}.py").write_text(textwrap.dedent(APP), encoding="utf-8")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def run_in_process(*arguments: str, app: str = f"{module}:app") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["lg-try", *arguments])
        with pytest.raises(SystemExit) as stopped:
            cli.run("lg-try", app, extra="lg-try[cli]")
        out, err = capsys.readouterr()
        assert isinstance(stopped.value.code, int)
        assert stopped.value.__context__ is None
        return stopped.value.code, out, err

    return run_in_process


Run = Callable[..., tuple[int, str, str]]

# ---------------------------------------------------------------- exits


@pytest.mark.parametrize(
    ("error", "expected"),
    ERRORS,
    ids=[f"{number}-{type(error).__name__}" for number, (error, _) in enumerate(ERRORS)],
)
def test_each_kind_of_error_has_its_number(error: errors.LgError, expected: Exit) -> None:
    """A scheduler can tell what to do from the number alone."""
    assert expected is exit_for(error)


def test_the_numbers_are_fixed() -> None:
    """Scripts rely on them: a change of one is a breaking change."""
    expected = "DONE=0 FOUND=1 USAGE=2 CONFIG=3 REFUSED=4 UNKNOWN=5 UNREACHABLE=6"
    assert expected == " ".join(f"{member.name}={member.value}" for member in Exit)


def test_the_numbers_can_be_used_without_typer_and_rich() -> None:
    """Importing the package loads neither, and no structlog."""
    program = (
        "import sys, lg_core.cli\n"
        "print([name for name in ('typer', 'rich', 'structlog') if name in sys.modules])"
    )

    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


# ---------------------------------------------------------------- run


def test_a_result_goes_to_stdout_and_a_note_to_stderr(run: Run) -> None:
    """The output can go through a pipe while a person reads the notes."""
    expected = "name  size\n----  ----\na        1\nbb       2\n"
    assert (Exit.FOUND, expected, "Looking.\n") == run("check")


def test_json_is_one_document_on_stdout(run: Run) -> None:
    """--json gives a program the same result."""
    code, out, err = run("check", "--json")

    assert json.loads(out) == [["a", 1], ["bb", 2]]
    assert (code, err) == (Exit.FOUND, "Looking.\n")


def test_version_names_the_component_the_core_and_python(run: Run) -> None:
    """A report of a fault can begin with this line."""
    code, out, err = run("--version")

    assert (code, err) == (0, "")
    assert re.fullmatch(r"lg-core [\d.]+, Python [\d.]+\w*\n", out)


def test_a_component_that_is_not_installed_has_no_version(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A copy of the source without its distribution still answers."""
    app = cli.command_line("lg-copy", component="lg-no-such-distribution", help="A copy.")
    with pytest.raises(SystemExit):
        app(["--version"], prog_name="lg-copy")

    expected = "lg-no-such-distribution (not installed as a package), lg-core "
    assert capsys.readouterr().out.startswith(expected)


def test_without_arguments_a_tool_prints_its_help(run: Run) -> None:
    """The help lists the commands, and square brackets in it stay."""
    code, out, err = run()

    assert code == Exit.USAGE
    assert "Check [everything]." in out + err
    assert "lg-core[cli]" in out + err


def test_a_wrong_option_ends_with_usage(run: Run) -> None:
    """What Typer refuses ends with 2, and nothing is on stdout."""
    code, out, err = run("check", "--nope")

    assert (code, out) == (Exit.USAGE, "")
    assert "--nope" in err


def test_an_error_is_shown_in_plain_words(run: Run) -> None:
    """Without a terminal the error is text, with what a person needs to look into it."""
    code, out, err = run("fail", "refused")

    expected = """\
        lg-try: the platform said no
        Pay refused it [bold].
        HTTP status: 422
        code: P0102
        tried 2 times
        """
    assert (Exit.REFUSED, "", textwrap.dedent(expected)) == (code, out, err)


def test_a_bug_keeps_its_traceback_without_values(run: Run) -> None:
    """70 is not taken for 'found something', and no variable's value is shown."""
    code, out, err = run("fail", "bug")

    assert (code, out) == (70, "")
    assert "RuntimeError: A bug." in err
    assert 'raise RuntimeError("A bug.")' in err
    assert err.count("SECRET") == err.count('secret = "SECRET"')
    assert "this is a fault in the tool" in err


@pytest.mark.parametrize(
    ("how", "expected"), [("stopped", 130), ("confirm", 130), ("pipe", 141), ("disk", 70)]
)
def test_what_typer_ends_with_one_has_a_number_of_its_own(
    run: Run, how: str, expected: int
) -> None:
    """1 means 'found something' and nothing else."""
    assert expected == run("fail", how)[0]


def test_a_command_that_ends_with_a_text_has_failed(run: Run) -> None:
    """Python would end with 1 for it."""
    assert run("fail", "text") == (70, "", "In words.\n")


@pytest.mark.parametrize("module", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(
    run: Run, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    """A plain install of a component has no Typer, and the command says so."""
    monkeypatch.setitem(sys.modules, module, None)
    name = f"lg_needs_{module}"
    (Path(sys.path[0]) / f"{name}.py").write_text(f"import {module}.no_such", encoding="utf-8")

    code, out, err = run("check", app=f"{name}:app")

    assert (code, out) == (Exit.CONFIG, "")
    assert 'pip install "lg-try[cli]"' in err
    assert "Traceback" not in err


def test_any_other_module_that_is_missing_is_a_bug(run: Run) -> None:
    """Only Typer and Rich come with the extra."""
    code, _, err = run("fail", "import")

    assert code == 70
    assert "No module named 'lg_no_such_module'" in err


def test_an_error_while_the_tool_is_loaded_is_shown_too(run: Run) -> None:
    """Settings may be read while the commands are imported."""
    name = "lg_stops_at_import"
    (Path(sys.path[0]) / f"{name}.py").write_text("raise KeyboardInterrupt", encoding="utf-8")

    assert run(app=f"{name}:app")[0] == 130


def test_a_command_that_returns_is_done(run: Run) -> None:
    """Anything that can be called serves, also what does not end the process itself."""
    assert run(app="builtins:dict") == (0, "", "")


# ---------------------------------------------------------------- logs of a command


def test_logs_go_to_stderr_at_warning(run: Run) -> None:
    """Stdout holds the result alone; a retry is a detail that only --verbose shows."""
    code, out, err = run("talk")

    assert (code, out) == (0, "result\n")
    assert "stamina" not in err
    assert "WARNING httpx: GET https://h/?[redacted]\n" in err
    assert "SECRET" not in err
    assert "about this" not in err


def test_verbose_shows_what_is_being_done(run: Run) -> None:
    """--verbose is for the person who looks into something; each line comes once."""
    _, _, err = run("--verbose", "talk")

    assert err.count("INFO lg_pay: about this\n") == 1
    assert "WARNING stamina: stamina.retry_scheduled " in err
    assert "SECRET" not in err
    assert "quiet" not in err


# ---------------------------------------------------------------- emit, table, progress


class Colour(BaseModel):
    """A model."""

    name: str
    key: SecretStr


@dataclasses.dataclass
class Line:
    """A dataclass."""

    day: dt.date
    amount: Decimal


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (Colour(name="ŵ", key=SecretStr("SECRET")), {"name": "ŵ", "key": "**********"}),
        (
            Line(dt.date(2026, 11, 22), Decimal("1.50")),
            {"day": "2026-11-22", "amount": "1.50"},
        ),
        ({"exit": Exit.FOUND, "path": Path("a")}, {"exit": 1, "path": "a"}),
        (SecretStr("SECRET"), "**********"),
        (None, None),
        ([], []),
    ],
    ids=lambda value: type(value).__name__,
)
def test_json_takes_what_our_components_return(
    data: object, expected: object, capsys: pytest.CaptureFixture[str]
) -> None:
    """Models, dataclasses, dates, decimals and enums need no code in a command."""
    emit(data, json=True, human=str)

    assert expected == json.loads(capsys.readouterr().out)


def test_a_number_that_json_cannot_say_is_refused() -> None:
    """NaN in the output would break the program that reads it."""
    with pytest.raises(ValueError, match="JSON"):
        emit(float("nan"), json=True, human=str)


def test_an_empty_text_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing to show is nothing on stdout, not an empty line."""
    emit((), json=False, human=lambda _: "")

    assert tuple(capsys.readouterr()) == ("", "")


def test_text_from_a_platform_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A control character in a description is shown as a question mark."""
    emit("a\x1b[2Jb\nc\td\r\ne", json=False, human=str)
    note("a\x07b")

    assert tuple(capsys.readouterr()) == ("a?[2Jb\nc\td\ne\n", "a?b\n")


@given(
    st.lists(st.tuples(st.text(), st.integers(), st.none() | st.text()), max_size=5),
    st.tuples(st.text(), st.text(), st.text()),
)
def test_every_row_of_a_table_is_one_line(
    rows: list[tuple[str, int, str | None]], columns: tuple[str, str, str]
) -> None:
    """Whatever the cells hold, a program can count the lines and find the numbers."""
    lines = table(rows, columns=columns).split("\n")

    assert len(rows) + 2 == len(lines)
    assert all(str(row[1]) in line for row, line in zip(rows, lines[2:], strict=True))


def test_a_table_lines_up_wide_and_combining_characters() -> None:
    """A column begins at the same place on the screen in every line."""
    rows = [("日本", "x"), ("Sia\u0302n", "x"), (None, "y")]

    expected = "a     b\n----  -\n日本  x\nSia\u0302n  x\n      y"
    assert expected == table(rows, columns=("a", "b"))


def test_a_table_without_rows_has_its_headings() -> None:
    """An empty result still says what was looked for."""
    assert table([], columns=("name", "size")) == "name  size\n----  ----"


def test_a_row_of_another_length_is_refused() -> None:
    """A value that would stand under a wrong heading is a mistake in the command."""
    with pytest.raises(ValueError, match="2 values"):
        table([("a",)], columns=("name", "size"))


def test_progress_shows_a_bar_to_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal there is a bar on stderr, and the label is taken as it stands."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")

    assert list(progress(iter("abc"), label="Reading [bold]", total=3)) == ["a", "b", "c"]
    assert "Reading [bold]" in screen.getvalue()


@given(st.lists(st.integers()))
def test_progress_yields_the_items_as_they_are(items: list[int]) -> None:
    """The bar changes nothing about the work."""
    assert items == list(progress(items, label="Working"))


def test_an_error_stands_in_a_panel_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person sees the error set apart, and its square brackets as they are."""
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    show_error(errors.ConfigError("Install lg-pay[cli]."), name="lg-pay")

    assert "Install lg-pay[cli]." in screen.getvalue()
    assert "lg-pay: a setting is missing or wrong" in screen.getvalue()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            errors.OutcomeUnknownError("No answer.", reason="timeout", find_out="Search for GW-1."),
            "lg-pay: the outcome is not known\nNo answer.\nto find out: Search for GW-1.\n",
        ),
        (
            errors.OutcomeUnknownError("Search for it.", reason="reset", find_out="Search for it."),
            "lg-pay: the outcome is not known\nSearch for it.\n",
        ),
        (
            errors.InvalidValueError("Too long.", field="reference", code="too_long"),
            "lg-pay: a value is not right\nToo long.\nfield: reference\n",
        ),
        (
            errors.ResponseShapeError("Bad.", problems=("state: missing",), request_id="r-1"),
            "lg-pay: the platform's answer cannot be read\nBad.\nrequest id: r-1\nstate: missing\n",
        ),
        (
            errors.ApiError("No.", status=400, doc_url="https://docs/x"),
            "lg-pay: the platform said no\nNo.\nHTTP status: 400\nsee: https://docs/x\n",
        ),
        (errors.LgError("Other."), "lg-pay: it cannot be done\nOther.\n"),
    ],
    ids=["unknown", "said-once", "value", "shape", "api", "other"],
)
def test_an_error_shows_what_helps_and_says_nothing_twice(
    error: errors.LgError, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each kind of error brings its own details."""
    show_error(error, name="lg-pay")

    assert expected == capsys.readouterr().err


# ---------------------------------------------------------------- consoles


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii", "utf-8"])
def test_output_survives_a_console_of_any_encoding(
    encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a console cannot show is written as an escape, and JSON stays JSON."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding=encoding, errors="strict", newline="")
    survive_any_console(stream)
    monkeypatch.setattr(sys, "stdout", stream)

    emit("£46.50 ŵ 😀", json=False, human=str)
    emit("£46.50 ŵ 😀", json=True, human=str)

    text, document, _ = written.getvalue().decode(encoding).split("\n")
    assert "46.50" in text
    assert json.loads(document) == "£46.50 ŵ 😀"


def test_a_stream_that_already_copes_is_left_alone() -> None:
    """A host that chose another way to write what it cannot encode keeps it."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    survive_any_console(stream, io.StringIO())

    assert stream.errors == "replace"


def test_a_whole_tool_survives_an_old_windows_console(tmp_path: Path) -> None:
    """Help, tables and errors come out of a process whose streams are cp437 and strict."""
    (tmp_path / "lg_try.py").write_text(textwrap.dedent(APP), encoding="utf-8")
    program = (
        "import io, sys; sys.path.insert(0, sys.argv.pop(1))\n"
        "for name in ('stdout', 'stderr'):\n"
        "    raw = getattr(sys, name).buffer\n"
        "    setattr(sys, name, io.TextIOWrapper(raw, encoding='cp437', errors='strict'))\n"
        "from lg_core.cli import run\n"
        "run('lg-try', 'lg_try:app', extra='lg-try[cli]')\n"
    )
    for arguments, expected in (["--help"], 0), (["fail", "ŵ"], 130), (["ŵ"], 2):
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "-c", program, str(tmp_path), *arguments],
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

        assert expected == done.returncode, done.stderr.decode("cp437")


def test_a_story_is_told_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    """Each step has a number, and is told as it happens, its details below it."""
    steps = Steps(print_step)
    steps.add("The payer pays.", payment_id="p1", text="one\ntwo")
    steps.add("Done.\x1b[2J")

    assert ["payment id", "text"] == list(steps.all[0].details)
    assert [1, 2] == [step.number for step in steps.all]
    assert (
        " 1. The payer pays.\n      payment id: p1\n      text: one\n        two\n 2. Done.?[2J\n"
    ) == capsys.readouterr().out


def test_a_story_may_have_nobody_who_watches() -> None:
    """With --json the steps are kept and nothing is printed."""
    steps = Steps()
    steps.add("Done.")

    assert ["Done."] == [step.what for step in steps.all]
