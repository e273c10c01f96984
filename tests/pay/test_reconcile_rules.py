from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pay.reconciling import ACCOUNT, FUNDS, a_payment_row, read_payment

from lg_core.errors import ConfigError
from lg_pay.reconcile.rules import CodingRule, CodingRules, RulesError

RULE = '[[rules]]\nname = "one"\nfund = "GW"\n'
TEXTS = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30)


def faults_in(text: str, *, profiles: tuple[str, ...] = ()) -> list[tuple[int, str]]:
    """Return the line and the place of each fault."""
    with pytest.raises(RulesError) as caught:
        CodingRules.from_toml(text, funds=FUNDS, profiles=profiles, name="rules.toml")
    return [(fault.line, fault.where) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("[[rules]]\n", [(1, "rules.1.name"), (1, "rules.1.fund")]),
        (RULE + "\n" + RULE, [(6, "rules.2.name")]),
        (RULE + 'fond = "x"\n', [(4, "rules.1.(key)")]),
        (RULE + "moto = 1\n", [(4, "rules.1.moto")]),
        (RULE + "metadata = 1\n", [(4, "rules.1.metadata")]),
        (RULE + 'metadata = { a = "x", b = 2 }\n', [(4, "rules.1.metadata.(key)")]),
        (RULE + 'description = " "\n', [(4, "rules.1.description")]),
        (RULE + 'vat_code = "XX"\n', [(4, "rules.1.vat_code")]),
        (RULE + 'narrative = "{email}"\n', [(4, "rules.1.narrative")]),
        (RULE + 'account_reference = "{reference"\n', [(4, "rules.1.account_reference")]),
        ('[[rules]]\nname = "a"\nfund = "NO"\n', [(3, "rules.1.fund")]),
        ("# none\nrules = 1\n", [(2, "rules")]),
        ('rules = ["x"]\n', [(1, "rules.1")]),
        ("[other]\n", [(1, "(key)")]),
        ('["what a person wrote"]\n', [(1, "(key)")]),
        (RULE + "name = \n", [(4, "")]),
    ],
)
def test_every_fault_has_its_line(text: str, faults: list[tuple[int, str]]) -> None:
    """Finance is told where to look, and every fault at once."""
    assert faults == faults_in(text)


def test_a_slip_of_the_pen_is_answered_with_the_nearest_key() -> None:
    """A key is told with what may have been meant, or with those that there are."""
    with pytest.raises(RulesError, match="Did you mean fund"):
        CodingRules.from_toml(RULE + 'fond = "x"\n', funds=FUNDS)
    with pytest.raises(RulesError, match="Known are name, account"):
        CodingRules.from_toml(RULE + 'zzz = "x"\n', funds=FUNDS)


def test_a_reference_is_a_profile_or_a_pattern() -> None:
    """A name that is neither is a slip of the pen, once the profiles are known."""
    text = RULE + 'reference = "planing"\n'
    known = CodingRules.from_toml(
        RULE + 'reference = "planning"\n', funds=FUNDS, profiles=["planning"]
    )

    assert [(4, "rules.1.reference")] == faults_in(text, profiles=("planning",))
    assert "planning" == known.rules[0].reference


def test_a_file_is_read(tmp_path: Path) -> None:
    """With or without a byte order mark; what cannot be read is told without its content."""
    good, bad = tmp_path / "good.toml", tmp_path / "bad.toml"
    good.write_text(RULE, "utf-8-sig")
    bad.write_bytes(b"\xff\xfe")

    assert ("one",) == tuple(rule.name for rule in CodingRules.read(good, funds=FUNDS).rules)
    for path in (bad, tmp_path / "none.toml"):
        with pytest.raises(ConfigError, match=r"cannot be (opened|used)"):
            CodingRules.read(path, funds=FUNDS)


@pytest.mark.parametrize(
    ("rule", "missed"),
    [
        (CodingRule("a", "GW"), None),
        (CodingRule("a", "GW", account="m*"), None),
        (CodingRule("a", "GW", account="other"), "account"),
        (CodingRule("a", "GW", description="LINK*"), None),
        (CodingRule("a", "GW", description="*tax*"), "description"),
        (CodingRule("a", "GW", reference="ref-*"), None),
        (CodingRule("a", "GW", reference="X*"), "reference"),
        (CodingRule("a", "GW", reference="profile"), "reference"),
        (CodingRule("a", "GW", metadata={"FLOW": "App*"}), None),
        (CodingRule("a", "GW", metadata={"flow": "other"}), "metadata.flow"),
        (CodingRule("a", "GW", metadata={"none": "*"}), "metadata.none"),
        (CodingRule("a", "GW", moto=False), None),
        (CodingRule("a", "GW", moto=True), "moto"),
    ],
)
def test_a_rule_says_which_condition_fails(rule: CodingRule, missed: str | None) -> None:
    """Each condition by itself; capitals do not count."""
    payment = read_payment(a_payment_row(metadata={"Flow": "apply now"}))

    assert missed == rule.misses(payment, account=ACCOUNT)


def test_a_reference_profile_is_asked_by_its_name() -> None:
    """A pattern with a star never is."""
    payment = read_payment(a_payment_row())
    asked: list[tuple[str, str]] = []

    def is_reference(name: str, text: str) -> bool:
        asked.append((name, text))
        return name == "good"

    found = [
        CodingRule("a", "GW", reference=name).misses(
            payment, account=ACCOUNT, is_reference=is_reference
        )
        for name in ("good", "bad", "REF*")
    ]

    assert [None, "reference", None] == found
    assert [("good", "REF-p1"), ("bad", "REF-p1")] == asked


@given(text=TEXTS, before=st.text(max_size=5), after=st.text(max_size=5))
def test_only_a_star_stands_for_other_text(text: str, before: str, after: str) -> None:
    """A pattern is taken as it is written: brackets and question marks mean themselves."""
    plain = text.replace("*", "")
    payment = read_payment(a_payment_row(description=before + plain + after))
    exact = CodingRule("a", "GW", description=plain)
    inside = CodingRule("a", "GW", description=f"*{plain}*")

    same = (before + plain + after).casefold() == plain.casefold()
    assert (None if same else "description") == exact.misses(payment, account=ACCOUNT)
    assert inside.misses(payment, account=ACCOUNT) is None


def test_a_question_mark_is_no_other_letter() -> None:
    """Python's own patterns take it for any letter, which could choose a wrong fund."""
    payment = read_payment(a_payment_row(description="Fee A"))

    assert fnmatchcase("Fee A", "Fee ?")
    assert "description" == CodingRule("a", "GW", description="Fee ?").misses(
        payment, account=ACCOUNT
    )


@given(value=TEXTS, reference=TEXTS)
def test_places_are_filled_once(value: str, reference: str) -> None:
    """What stands in a payment is never taken for a place itself."""
    row = a_payment_row(metadata={"Uprn": value}, reference=reference)
    rule = CodingRule("a", "GW")

    filled = rule.fill(
        "{metadata.uprn}/{reference}/{account}/{description}/{metadata.none}",
        read_payment(row),
        account=ACCOUNT,
    )

    assert f"{value}/{reference}/{ACCOUNT}/Link to pay/" == filled


@given(st.text("[]{}=\"'rulesnamefund1. \n#", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever stands in the file, it gives rules or faults with lines that exist."""
    found: list[int] = []
    try:
        rules = CodingRules.from_toml(text, funds=FUNDS)
    except RulesError as error:
        found = [fault.line for fault in error.faults]
    else:
        found = [1 for rule in rules.rules if rule.name and rule.fund in FUNDS] or [1]

    assert found
    assert all(1 <= line <= text.count("\n") + 1 for line in found)
