# SPDX-License-Identifier: MIT
"""`lg-notify templates` and `lg-notify preview`, in process against the sandbox."""

import json
from pathlib import Path

import pytest
from notify.council import Council, a_council

from lg_core.errors import ConfigError, InvalidValueError
from lg_sandbox import Sandbox
from lg_sandbox.notify import BIN_DAY, PAYMENT_RECEIVED, REMINDER_LETTER

pytestmark = pytest.mark.usefixtures("own_process")
SMS = ("--set", "name=Sam", "--set", "day=Monday", "--set", "garden=no")


@pytest.fixture
def council(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Council:
    """Give a council whose manifest is named in its settings file."""
    monkeypatch.chdir(tmp_path)
    return a_council(
        tmp_path, sandbox, monkeypatch, more='[templates]\nmanifest = "code/made.json"\n'
    )


def test_pulling_twice_changes_nothing(council: Council) -> None:
    """The same bytes, and the files say so."""
    first = council.json("templates", "pull")
    files = [council.folder / "code" / name for name in ("made.json", "made.py")]
    before = [file.read_bytes() for file in files]
    second = council.json("templates", "pull")

    assert (True, 4, []) == (first["changed"], first["templates"], first["findings"])
    assert not second["changed"]
    assert before == [file.read_bytes() for file in files]
    assert "Nothing changed in" in council.run("templates", "pull").stdout


def test_without_a_settings_file_the_usual_names_are_used(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The environment describes the account."""
    monkeypatch.setenv("LG_NOTIFY_API_KEY", council.sandbox.notify.api_key)
    monkeypatch.setenv("LG_NOTIFY_BASE_URL", council.sandbox.notify.url)
    council.file.write_text("")

    assert 0 == council.run("templates", "pull").exit_code
    assert (council.folder / "notify_templates.json").exists()
    assert (council.folder / "notify_templates.py").exists()


def test_a_file_that_a_person_wrote_is_not_overwritten(council: Council) -> None:
    """A module that lg-notify did not make stays."""
    (council.folder / "code").mkdir()
    (council.folder / "code" / "made.py").write_text("x = 1\n")

    assert isinstance(council.run("templates", "pull").exception, ConfigError)
    assert "x = 1\n" == (council.folder / "code" / "made.py").read_text()


def test_an_edit_in_notify_is_found(council: Council) -> None:
    """Ends with 1 and says what to do; after a pull it is good again."""
    council.run("templates", "pull")
    assert (0, "") == ((good := council.run("templates", "check")).exit_code, good.stdout)

    council.sandbox.notify.templates.edit(BIN_DAY.id, body="((name)) ((day)) ((garden??x)) ((at))")
    found = council.run("templates", "check")
    assert 1 == found.exit_code
    assert '"Bin day" asks for ((at)) too, and would not be sent without it.' in found.stdout
    assert ["placeholder-added"] == [each["kind"] for each in council.json("templates", "check")]
    assert 0 == council.run("templates", "check", "--offline").exit_code
    council.run("templates", "pull")
    assert 0 == council.run("templates", "check").exit_code


def test_a_new_name_is_a_warning_and_a_pin_finds_versions(council: Council) -> None:
    """The first breaks nothing; the second is asked for."""
    council.run("templates", "pull")
    council.sandbox.notify.templates.edit(BIN_DAY.id, name="Collections")
    renamed = council.run("templates", "check")

    assert 0 == renamed.exit_code
    assert renamed.stdout.startswith('warning: "Bin day" is called "Collections" now')
    pinned = council.run("templates", "check", "--pin")
    assert 1 == pinned.exit_code
    assert "is in version 2, and the manifest has 1" in pinned.stdout


def test_a_module_that_is_gone_is_found_offline(council: Council) -> None:
    """The manifest and its module stay together."""
    council.run("templates", "pull")
    (council.folder / "code" / "made.py").unlink()

    assert 1 == council.run("templates", "check", "--offline").exit_code


def test_a_template_of_another_account_is_told_apart(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its id was copied: the check names the account that has it."""
    desk = council.sandbox.notify.add_account()
    other = desk.templates.add("Hello", name="Elsewhere")
    monkeypatch.setenv("OTHER_KEY", desk.new_api_key())
    with council.file.open("a") as file:
        file.write(
            f'[accounts.bins]\nkey_env = "OTHER_KEY"\nbase_url = "{council.sandbox.notify.url}"\n'
        )
    council.run("templates", "pull", "--account", "main")
    path = council.folder / "code" / "made.json"
    path.write_text(path.read_text().replace(BIN_DAY.id, other.id))

    found = council.run("templates", "check", "--account", "main")
    assert '"Bin day" is a template of the account bins.' in found.stdout
    assert isinstance(council.run("templates", "check").exception, ConfigError)  # which account?
    wrong = council.run("templates", "check", "--account", "bins")
    assert "The key is of another service" in wrong.stdout


def test_a_pair_that_does_not_fit_ends_the_pull_with_1(council: Council) -> None:
    """The files are written, and the finding says what to change in Notify."""
    council.sandbox.notify.templates.add("Helo", name="Diwrnod bin")
    (council.folder / "pairs.toml").write_text('[pairs]\n"Bin day" = "Diwrnod bin"\n')
    done = council.run("templates", "pull", "--pairs", "pairs.toml")

    assert 1 == done.exit_code
    assert "Wrote" in done.stdout
    assert 'is a pair, of which "Bin day" asks for ((name))' in done.stdout


# ------------------------------------------------------------------ preview


def test_a_text_is_shown_with_its_length_and_cost(council: Council) -> None:
    """By id, by name, and from the manifest without asking anybody."""
    for wanted in (BIN_DAY.id, "Bin day"):
        done = council.run("preview", wanted, *SMS)
        assert 0 == done.exit_code
        assert "Hello Sam, your next bin day is Monday." in done.stdout
        assert "charged as one text." in done.stdout
        assert "Cost: £0.024 without VAT" in done.stdout
    council.run("templates", "pull")
    council.sandbox.stop()
    offline = council.run("preview", "Bin day", *SMS, "--manifest", "code/made.json")
    assert "Hello Sam" in offline.stdout


def test_why_a_text_is_dear_is_said(council: Council) -> None:
    """The Welsh letter that makes it UCS-2, what is replaced, and the name before it."""
    words = ("--set", "name=Siân ŵ 🙂", "--set", "day=Llun", "--set", "garden=yes")
    found = council.json("preview", BIN_DAY.id, *words, "--prefix", "Council")
    said = council.run("preview", BIN_DAY.id, *words).stdout

    assert ["â", "ŵ"] == found["unicode_because"]
    assert found["text"].startswith("Council: Hello Siân ŵ ?")
    assert 2 == found["fragments"]
    assert "70 characters and not 160, because of â ŵ." in said
    assert "🙂 is sent as ?." in said


def test_values_come_from_a_file_and_lists_too(council: Council) -> None:
    """An e-mail as text, and as a page that a browser opens."""
    values = council.folder / "values.json"
    values.write_text(json.dumps({"name": "Sam", "amount": "£1", "items": ["one", "two"]}))
    page = council.folder / "page.html"
    words = ("preview", PAYMENT_RECEIVED.id, "--values", str(values), "--set", "reference=R1")
    done = council.run(*words, "--page", str(page))

    assert 0 == done.exit_code
    assert "Subject: Your payment R1" in done.stdout
    assert "• one" in done.stdout or "* one" in done.stdout
    assert "<!DOCTYPE html>" in page.read_text("utf-8")
    listed = council.json(*words, "--set", "items=one", "--set", "items=two")
    assert council.json(*words)["text"] == listed["text"]
    assert listed["page"] is None


def test_a_letter_is_shown_as_far_as_it_is_known(council: Council) -> None:
    """Its address and heading; its cost is in its pages."""
    words = ("--set", "name=Sam", "--set", "amount=£1", "--set", "date=1 May")
    done = council.run("preview", REMINDER_LETTER.id, *words, "--set", "address_line_1=S Am")

    assert 0 == done.exit_code
    assert "Sandbox Council\n1 Market Street" in done.stdout
    assert "S Am" in done.stdout
    assert "Its cost depends on its pages" in done.stdout


def test_what_notify_would_refuse_ends_with_1(council: Council) -> None:
    """A value that is missing, and a text that is too long."""
    missing = council.run("preview", BIN_DAY.id, "--set", "name=Sam")
    assert 1 == missing.exit_code
    assert "no value for day, garden." in missing.stdout
    long = council.run("preview", BIN_DAY.id, *SMS[2:], "--set", f"name={'a' * 1000}")
    assert 1 == long.exit_code
    assert "it is too long." in long.stdout


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["No such template"], InvalidValueError),
        ([BIN_DAY.id, "--set", "name"], InvalidValueError),
        ([BIN_DAY.id, "--values", "none.json"], ConfigError),
        ([BIN_DAY.id, "--values", "lg-notify.toml"], ConfigError),
        ([BIN_DAY.id, *SMS, "--page", "p.html"], InvalidValueError),
    ],
)
def test_what_cannot_be_shown_is_refused(
    council: Council, words: list[str], kind: type[Exception]
) -> None:
    """With what to do, and no page is written."""
    done = council.run("preview", *words)

    assert isinstance(done.exception, kind)
    assert not (council.folder / "p.html").exists()
