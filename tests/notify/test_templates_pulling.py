# SPDX-License-Identifier: MIT
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from examples import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from notify.templated import a_manifest, a_module, a_template, an_id

from lg_core.errors import ConfigError, InvalidValueError
from lg_core.texts import Language
from lg_notify import Email, Letter, NotifyClient, Sms
from lg_notify.template import Template
from lg_notify.templates import (
    Kind,
    Manifest,
    WelshRule,
    check_module,
    check_templates,
    manifest_of,
    module_of,
    read_manifest,
    read_welsh_rule,
)
from lg_sandbox import Sandbox

BIN = Path(sys.executable).parent
WELSH = a_template(2, "Helo ((name))", name="Bin day (Cymraeg)")


def formatted(source: str, *options: str) -> str:
    """Return what ruff's formatter makes of a module."""
    ruff = shutil.which("ruff", path=str(BIN))
    assert ruff is not None
    done = subprocess.run(  # noqa: S603 -- a development tool of this workspace
        [ruff, "format", "--isolated", *options, "-"],
        input=source,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


# ------------------------------------------------------------------ the manifest


def test_a_manifest_is_written_and_read_back(tmp_path: Path) -> None:
    """What was pulled is what is read."""
    made = a_manifest(a_template(), WELSH, service=an_id(9))
    path = tmp_path / "notify_templates.json"
    path.write_text(made.to_json(), "utf-8")

    assert made == read_manifest(path)
    assert made.to_json() == read_manifest(path).to_json()


def test_the_order_of_the_list_does_not_matter() -> None:
    """The same templates give the same bytes, and so does pulling again."""
    first = a_manifest(a_template(), WELSH, a_template(3, name="Bin day"))
    again = a_manifest(WELSH, a_template(3, name="Bin day"), a_template())

    assert first.to_json() == again.to_json()
    assert module_of(first) == module_of(again)
    assert first == a_manifest(a_template(), WELSH, a_template(3, name="Bin day"), before=first)


def test_names_stay_where_notify_has_new_ones() -> None:
    """A new name in Notify changes no name in the code, and none goes to another template."""
    first = a_manifest(a_template(body="((first name))"))
    now = a_manifest(
        a_template(body="((First_Name)) ((firstname2))", name="Collections"),
        a_template(2, name="Bin day"),
        before=first,
    )

    assert {"BinDay": an_id(1), "BinDay2": an_id(2)} == {
        each.class_name: each.id for each in now.templates
    }
    assert [("First_Name", "first_name"), ("firstname2", "firstname_2")] == [
        (each.name, each.field) for each in now.templates[0].placeholders
    ]


def test_a_guess_that_a_person_put_right_stays() -> None:
    """Text and list are guesses; a condition is sure."""
    email: dict[str, Any] = {"type": "email", "subject": "s"}
    first = a_manifest(a_template(body="For:\n\n((items)) \n((flag??x))", **email))
    (template,) = first.templates
    items = next(each for each in template.placeholders if each.name == "items")
    assert Kind.LIST is items.kind
    edited = replace(
        first,
        templates=(
            replace(
                template,
                placeholders=tuple(replace(p, kind=Kind.TEXT) for p in template.placeholders),
            ),
        ),
    )

    (again,) = a_manifest(
        a_template(body="For:\n\n((items)) \n((flag??x))", **email), before=edited
    ).templates

    assert {"items": Kind.TEXT, "flag": Kind.CONDITION} == {
        each.name: each.kind for each in again.placeholders
    }


def test_a_type_that_is_not_known_is_left_out() -> None:
    """Notify may add a way to send; the others are still made."""
    assert ["BinDay"] == [
        each.class_name for each in a_manifest(a_template(), a_template(2, type="fax")).templates
    ]


def test_a_template_is_found_by_name_or_id() -> None:
    """Where two have one name, the id says which."""
    manifest = a_manifest(
        a_template(), WELSH, a_template(3, name="Twice"), a_template(4, name="Twice")
    )

    assert an_id(1) == manifest.find("Bin day").id == manifest.find(an_id(1)).id
    for wrong in ("Twice", "Nothing"):
        with pytest.raises(InvalidValueError, match="this name or id"):
            manifest.find(wrong)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "json_invalid"),
        ("[]", "the file"),
        ('{"templates": [{"id": 1}]}', "templates.1.name \\(missing\\)"),
        ('{"secret thing": 1}', "\\* \\(unexpected_keyword_argument\\)"),
        ('{"format": 2}', "another release"),
    ],
)
def test_a_file_that_is_no_manifest_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """The error says where, and repeats nothing of the file."""
    path = tmp_path / "manifest.json"
    path.write_text(text)

    with pytest.raises(ConfigError, match=said) as caught:
        read_manifest(path)

    assert "secret thing" not in caught.value.message


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ('"class_name": "BinDay"', '"class_name": "import os"', "class_name"),
        ('"field": "name"', '"field": "x: int = print()"', "field"),
        (f'"id": "{an_id(1)}"', '"id": "1"', "id"),
        ('"kind": "text"', '"kind": "date"', "kind"),
    ],
)
def test_what_would_not_be_code_is_refused(
    tmp_path: Path, *, was: str, now: str, said: str
) -> None:
    """A manifest that was edited by hand writes no code but classes and fields."""
    path = tmp_path / "manifest.json"
    path.write_text(a_manifest(a_template()).to_json().replace(was, now))

    with pytest.raises(ConfigError, match=said):
        read_manifest(path)


def test_names_twice_are_refused(tmp_path: Path) -> None:
    """Two templates cannot be one class, nor two placeholders one field."""
    path = tmp_path / "manifest.json"
    made = a_manifest(a_template(body="((a)) ((b))"), a_template(2))
    text = made.to_json().replace('"BinDay2"', '"BinDay"').replace('"field": "b"', '"field": "a"')
    path.write_text(text.replace('"name": "b"', '"name": "A"'))

    with pytest.raises(ConfigError, match=r"class_name.*there twice.*field.*name"):
        read_manifest(path)


def test_a_manifest_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A missing file and one of bytes are settings that are wrong."""
    with pytest.raises(ConfigError, match="FileNotFoundError"):
        read_manifest(tmp_path / "none.json")
    (tmp_path / "bytes.json").write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="not UTF-8"):
        read_manifest(tmp_path / "bytes.json")


# ------------------------------------------------------------------ Welsh


def test_pairs_by_the_end_of_a_name() -> None:
    """The Welsh template is known, its days are Welsh, and the module has the pair."""
    manifest = a_manifest(a_template(), WELSH)
    module = a_module(manifest)

    assert module.BinDayCymraeg is module.BIN_DAY.choose(Language.WELSH)
    assert Language.WELSH is module.BinDayCymraeg.about.language
    assert Language.ENGLISH is module.BinDay.about.language


def test_pairs_by_a_file(tmp_path: Path) -> None:
    """A name of its own in Welsh is told by the file, and pulling again keeps the rule."""
    path = tmp_path / "pairs.toml"
    path.write_text('suffixes = [" CY"]\n[pairs]\n"Bin day" = "Diwrnod bin"\n')
    rule = read_welsh_rule(path)
    manifest = a_manifest(a_template(), a_template(2, name="Diwrnod bin"), welsh=rule)

    assert WelshRule(suffixes=(" CY",), pairs={"Bin day": "Diwrnod bin"}) == rule
    assert "BIN_DAY" in module_of(manifest)
    assert rule == a_manifest(a_template(), before=manifest).welsh


@pytest.mark.parametrize(
    "text", ['suffixes = " CY"', "suffixes = [1]", "pairs = 1", '[pairs]\n"a" = 1', "other = 1"]
)
def test_a_file_of_pairs_that_is_wrong_is_told(tmp_path: Path, text: str) -> None:
    """With the line."""
    path = tmp_path / "pairs.toml"
    path.write_text(text)

    with pytest.raises(ConfigError, match="line "):
        read_welsh_rule(path)


@pytest.mark.parametrize(
    ("welsh", "said"),
    [
        (a_template(2, "Helo", name="Bin day - Welsh"), r'"Bin day" asks for \(\(name\)\)'),
        (a_template(2, "((name)) ((x))", name="Bin day (Welsh)"), r"asks for \(\(x\)\)"),
    ],
)
def test_a_pair_that_does_not_fit_is_found_and_not_written(welsh: Template, said: str) -> None:
    """Both classes are there, and the pair is not, so that the module can be imported."""
    manifest = a_manifest(a_template(), welsh)
    (finding,) = check_templates(manifest)

    assert finding.is_error
    assert check_templates(manifest) == (finding,)
    assert re.search(said, finding.text)
    assert not hasattr(a_module(manifest), "BIN_DAY")


def test_a_welsh_template_of_two_english_ones_is_no_pair() -> None:
    """Nothing is guessed where there are two; the template is Welsh all the same."""
    manifest = a_manifest(a_template(), a_template(3), WELSH)

    assert "Pair" not in module_of(manifest)
    assert Language.WELSH is manifest.find(an_id(2)).language


def test_a_rule_that_names_nothing_is_found() -> None:
    """A slip of the pen in the file of pairs is told."""
    rule = WelshRule(pairs={"Bin day": "Diwrnod bin"})
    (finding,) = check_templates(a_manifest(a_template(), welsh=rule))

    assert '"Diwrnod bin" is named' in finding.text


def test_a_pair_of_two_types_is_found() -> None:
    """A text has no Welsh that is an e-mail."""
    rule = WelshRule(pairs={"Bin day": "Diwrnod bin"})
    email = a_template(2, type="email", subject="s", name="Diwrnod bin")
    (finding,) = check_templates(a_manifest(a_template(), email, welsh=rule))

    assert "not of one type" in finding.text


# ------------------------------------------------------------------ the module


def test_a_class_makes_its_message() -> None:
    """Names go out as the template writes them, conditions as yes and no, days in its language."""
    day = date(2026, 1, 5)
    welsh = a_template(2, "((first name)) ((day)) ((garden??x))", name="Bin day (Cymraeg)")
    made = a_module(a_manifest(welsh)).BinDayCymraeg(first_name="Sam", day=day, garden=False)

    assert Sms(
        phone_number="07700 900123",
        template_id=an_id(2),
        language=Language.WELSH,
        personalisation={"first name": "Sam", "day": day, "garden": "no"},
        reference="r",
    ) == made.to("07700 900123", reference="r")
    assert "Sam" not in repr(made)


def test_e_mails_and_letters_are_made_too() -> None:
    """Each class makes the message of its type; a letter gets its address from the lines."""
    module = a_module(
        a_manifest(
            a_template(1, "For:\n\n((items))", type="email", subject="((x))", name="Paid"),
            a_template(2, "Dear ((address_line_1))", type="letter", subject="s", name="Post"),
            a_template(3, "At ((Postcode)) ((n))", type="letter", subject="s", name="Home"),
        )
    )
    lines = ["A Resident", "1 Test Street", "SW1A 1AA"]

    email = module.Paid(items=["a", "b"], x="<b>").to("a@example.org", sanitise=["x"])
    assert isinstance(email, Email)
    assert ["a", "b"] == email.personalisation["items"]
    post = module.Post().to(lines)
    assert isinstance(post, Letter)
    assert "SW1A 1AA" == post.personalisation["address_line_3"]
    home = module.Home(n=1).to(lines)
    assert "SW1A 1AA" == home.personalisation["postcode"]
    assert "address_line_3" not in home.personalisation


@pytest.mark.slow  # needs the tools of this workspace, as those below do
def test_an_empty_manifest_gives_a_module() -> None:
    """A service without templates breaks nothing."""
    assert [] == a_module(Manifest()).__all__
    assert formatted(module_of(Manifest())) == module_of(Manifest())


NAMES = st.text(min_size=1, max_size=90).filter(lambda text: not set(text) & {"(", ")"})
TEMPLATES = st.lists(
    st.tuples(
        st.sampled_from(["sms", "email", "letter"]),
        st.text(min_size=1, max_size=80),
        st.lists(st.tuples(NAMES, st.booleans()), max_size=4),
    ),
    max_size=4,
)


@pytest.mark.slow
@given(TEMPLATES, st.sampled_from([79, 88, 100, 120]))
@settings(max_examples=examples(40))
def test_whatever_the_templates_say_the_module_runs_and_is_formatted(
    given_: list[tuple[str, str, list[tuple[str, bool]]]], length: int
) -> None:
    """The module can be imported, is as ruff leaves it at any length of line, and is itself."""
    templates = [
        a_template(
            number,
            " ".join(f"(({name}??x))" if flag else f"(({name}))" for name, flag in marks) or "x",
            type=kind,
            name=name,
            subject=None if kind == "sms" else "subject",
        )
        for number, (kind, name, marks) in enumerate(given_)
    ]
    manifest = a_manifest(*templates)
    source = module_of(manifest)
    module = a_module(manifest)

    assert source == formatted(source, f"--line-length={length}")
    assert {each.class_name for each in manifest.templates} <= set(module.__all__)
    assert () == check_module(manifest, source.replace("\n", "\r\n"))
    for each in manifest.templates:
        about = getattr(module, each.class_name).about
        assert (each.id, each.name) == (about.id, about.name)
        assert [one.name for one in each.placeholders] == list(about.placeholders)


@pytest.mark.slow
def test_the_module_passes_the_strict_type_checker(tmp_path: Path) -> None:
    """pyright, strict, finds nothing in what is made of the sandbox's templates, and in its use."""
    with (
        Sandbox() as sandbox,
        NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as notify,
    ):
        sandbox.notify.templates.add(
            "Helo ((name)), ((day)). ((garden??Rhowch.))", name="Bin day (Cymraeg)"
        )
        sandbox.notify.templates.add("((postcode))", subject="x", postage="second", name="Home")
        manifest = manifest_of(notify.list_templates())
    (tmp_path / "made.py").write_text(module_of(manifest), "utf-8")
    (tmp_path / "use.py").write_text(
        "# pyright: strict\n"
        "from made import BIN_DAY, BinDay, PaymentReceived\n"
        'BIN_DAY.choose("cy")(name="Sam", day="Llun", garden=True).to("07700 900123")\n'
        'BinDay(name="Sam", day="Monday", garden="yes")  # pyright: ignore[reportArgumentType]\n'
        'BinDay(name="Sam", day="Monday")  # pyright: ignore[reportCallIssue]\n'
        'PaymentReceived(name="S", amount="£1", reference="r", items=["a"]).to("a@example.org")\n',
        "utf-8",
    )
    (tmp_path / "pyrightconfig.json").write_text(
        '{"typeCheckingMode": "strict", "reportUnnecessaryTypeIgnoreComment": "error"}'
    )
    pyright = shutil.which("pyright", path=str(BIN))
    assert pyright is not None

    done = subprocess.run(  # noqa: S603 -- a development tool of this workspace
        [pyright, "--pythonpath", sys.executable, "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert not done.returncode, done.stdout
