# SPDX-License-Identifier: MIT
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notify.templated import a_manifest, a_template, an_id

from lg_notify import NotifyClient
from lg_notify.template import Template
from lg_notify.templates import (
    FindingKind,
    Seen,
    check_module,
    check_templates,
    look,
    manifest_of,
    module_of,
)
from lg_sandbox import Sandbox

LETTER: dict[str, Any] = {"type": "letter", "subject": "s"}


def kinds(*now: Template, was: Template | None = None, pin: bool = False) -> list[FindingKind]:
    """Return what is found between one template and what Notify has now."""
    seen = Seen({each.id: each for each in now})
    return [each.kind for each in check_templates(a_manifest(was or a_template()), seen, pin=pin)]


@pytest.mark.parametrize(
    ("now", "found"),
    [
        (a_template(), []),
        (a_template(body="Dear ((name)), new words", version=2), []),
        (a_template(body="((NAME)) ((name??x))"), []),
        (a_template(name="Collections"), [FindingKind.RENAMED]),
        (a_template(type="email", subject="s"), [FindingKind.TYPE]),
        (a_template(body="((name)) ((day))"), [FindingKind.ADDED]),
        (a_template(type="email", subject="((day))"), [FindingKind.TYPE, FindingKind.ADDED]),
        (a_template(body="Hello"), [FindingKind.REMOVED]),
        (a_template(body="((name??x))"), [FindingKind.KIND]),
        (a_template(2), [FindingKind.MISSING]),
    ],
)
def test_what_an_edit_breaks_is_found(now: Template, found: list[FindingKind]) -> None:
    """Words may change; what is asked for, and how it is sent, may not."""
    assert found == kinds(now)


def test_a_condition_that_is_printed_now_is_found() -> None:
    """The resident would read yes."""
    assert [FindingKind.KIND] == kinds(a_template(), was=a_template(body="((name??x))"))


def test_a_pin_finds_each_new_version() -> None:
    """Also where only words changed."""
    assert [FindingKind.VERSION] == kinds(a_template(version=2), pin=True)
    assert [] == kinds(a_template(), pin=True)


def test_the_address_of_a_letter_is_no_placeholder_of_the_code() -> None:
    """Its lines come and go without harm."""
    was = a_template(body="((address_line_1)) ((name))", **LETTER)

    assert [] == kinds(a_template(body="((postcode)) ((name))", **LETTER), was=was)
    assert [FindingKind.ADDED] == kinds(a_template(body="((postcode)) ((name))"))


def test_only_a_new_name_is_a_warning() -> None:
    """Everything else breaks the code, and each text is one line that says what to do."""
    manifest = a_manifest(a_template(), a_template(2, name="b\nc"), a_template(3, name="d"))
    seen = Seen(
        {an_id(1): a_template(name="Other\nname", body="((x))", type="email", subject="s")},
        frozenset({an_id(2)}),
        {an_id(3): "bins"},
    )
    found = check_templates(manifest, seen)

    assert {
        FindingKind.RENAMED, FindingKind.TYPE, FindingKind.ADDED, FindingKind.REMOVED,
        FindingKind.ARCHIVED, FindingKind.OTHER_ACCOUNT,
    } == {each.kind for each in found}  # fmt: skip
    assert [FindingKind.RENAMED] == [each.kind for each in found if not each.is_error]
    assert not any("\n" in each.text for each in found)
    assert all(". " in each.text for each in found)


def test_a_key_of_another_service_is_one_finding() -> None:
    """All templates would be missing: the one reason is told."""
    manifest = a_manifest(a_template(), a_template(2), service=an_id(8))

    (finding,) = check_templates(manifest, Seen({}, service=an_id(9)))

    assert (FindingKind.OTHER_ACCOUNT, None) == (finding.kind, finding.template_id)
    assert 2 == len(check_templates(manifest, Seen({})))


def test_a_pair_that_comes_apart_in_notify_is_found() -> None:
    """An edit of the Welsh alone is told of the template, and of the pair."""
    welsh = a_template(2, name="Bin day (Welsh)")
    manifest = a_manifest(a_template(), welsh)
    edited = a_template(2, "((name)) ((dydd))", name="Bin day (Welsh)")

    found = check_templates(manifest, Seen({an_id(1): a_template(), an_id(2): edited}))

    assert [FindingKind.ADDED, FindingKind.PAIR] == [each.kind for each in found]


def test_a_module_that_was_edited_is_found() -> None:
    """The manifest and the module are made together."""
    manifest = a_manifest(a_template())

    assert () == check_module(manifest, module_of(manifest))
    (finding,) = check_module(manifest, module_of(manifest) + "x = 1\n")
    assert FindingKind.MODULE is finding.kind


@given(st.text(alphabet="ab()?: \n", max_size=40), st.text(alphabet="ab()?: \n", max_size=40))
def test_nothing_is_found_where_both_ask_for_the_same(was: str, now: str) -> None:
    """A template against itself is always good, and a pull of what is new makes it good again."""
    before = a_manifest(a_template(body=was))
    seen = Seen({an_id(1): a_template(body=now)})
    pulled = a_manifest(a_template(body=now), before=before)

    assert () == check_templates(a_manifest(a_template(body=now)), seen)
    assert () == check_templates(pulled, seen)
    assert () == check_templates(pulled)


# ------------------------------------------------------------------ against the sandbox


@pytest.fixture
def notify(sandbox: Sandbox) -> Iterator[NotifyClient]:
    """Give a client of the sandbox."""
    with NotifyClient(sandbox.notify.api_key, base_url=sandbox.notify.url) as client:
        yield client


def test_the_edits_of_a_person_are_seen(sandbox: Sandbox, notify: NotifyClient) -> None:
    """Deleted, edited, and another account's: each is told apart, with few requests."""
    desk = sandbox.notify.add_account()
    other = desk.templates.add("Hello", name="Elsewhere")
    mine = sandbox.notify.templates.add("Hello", name="Deleted")
    with NotifyClient(desk.new_api_key(), base_url=sandbox.notify.url) as elsewhere:
        theirs = [each for each in elsewhere.list_templates() if each.id == other.id]
        manifest = manifest_of([*notify.list_templates(), *theirs])
        sandbox.notify.templates.archive(mine.id)

        seen = look(notify, manifest, elsewhere={"bins": elsewhere})

    assert (frozenset({mine.id}), {other.id: "bins"}) == (seen.archived, seen.elsewhere)
    assert {FindingKind.ARCHIVED, FindingKind.OTHER_ACCOUNT} == {
        each.kind for each in check_templates(manifest, seen)
    }
