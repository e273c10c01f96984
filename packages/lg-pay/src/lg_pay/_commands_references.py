# SPDX-License-Identifier: MIT
"""What `lg-pay references` does: list the profiles, check, make and explain a reference.

Plain functions that take text and return values for `lg_core.cli.emit`, with a function for each
that writes the value for a person. What they print goes to the person who typed it; nothing is
logged.
"""

from dataclasses import dataclass, field
from pathlib import Path

from lg_core.cli import table
from lg_core.references import References
from lg_pay.references import example_references

__all__ = [
    "ReferenceAnswer",
    "ReferenceKind",
    "answer_in_words",
    "check_reference",
    "explain_reference",
    "kinds_in_words",
    "list_kinds",
    "make_reference",
    "references_of",
]


@dataclass(frozen=True, slots=True)
class ReferenceKind:
    """One profile, as `lg-pay references` lists it."""

    name: str
    title: str
    masks: tuple[str, ...]
    has_check_digit: bool
    finds_wrong_digit: bool
    example_of: str


@dataclass(frozen=True, slots=True)
class ReferenceAnswer:
    """What came out of a check, of a reference that was made, or of an explanation."""

    profile: str
    ok: bool
    reference: str = field(repr=False)
    problems: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    steps: tuple[str, ...] = field(default=(), repr=False)


def references_of(file: Path | None) -> References:
    """Return the profiles of a council's own file, or the examples where there is none.

    Args:
        file: the TOML file.

    Returns:
        The profiles.

    Raises:
        ConfigError: the file cannot be read, or a profile in it is wrong.
    """
    return example_references() if file is None else References.read(file)


def list_kinds(references: References) -> list[ReferenceKind]:
    """Return a line for each profile.

    Args:
        references: the profiles.

    Returns:
        The lines, in the order of the file.
    """
    return [
        ReferenceKind(
            name=one.name,
            title=one.title,
            masks=one.masks,
            has_check_digit=one.check is not None,
            finds_wrong_digit=one.promises.wrong_digit,
            example_of=one.example_of,
        )
        for one in references.values()
    ]


def check_reference(text: str, *, profile: str, references: References) -> ReferenceAnswer:
    """Check a reference.

    Args:
        text: the reference.
        profile: the name of its profile.
        references: the profiles.

    Returns:
        Whether it is right, and what is wrong. A command ends with `Exit.FOUND` where it is not.

    Raises:
        ConfigError: there is no such profile.
    """
    checked = references.profile(profile).validate(text)
    return ReferenceAnswer(
        profile=profile,
        ok=checked.ok,
        reference=checked.normalised,
        problems=tuple(problem.message for problem in checked.problems),
        codes=tuple(str(problem.code) for problem in checked.problems),
    )


def make_reference(body: str, *, profile: str, references: References) -> ReferenceAnswer:
    """Put the check digit into a reference.

    Args:
        body: the reference without its check digit.
        profile: the name of its profile.
        references: the profiles.

    Returns:
        The whole reference.

    Raises:
        ConfigError: there is no such profile.
        InvalidValueError: the body is not of this kind.
    """
    made = references.profile(profile).make(body)
    return ReferenceAnswer(profile=profile, ok=True, reference=made)


def explain_reference(text: str, *, profile: str, references: References) -> ReferenceAnswer:
    """Show how the check digit of a reference is worked out.

    Args:
        text: the whole reference, its check digit right or wrong.
        profile: the name of its profile.
        references: the profiles.

    Returns:
        The steps, and whether the reference is right.

    Raises:
        ConfigError: there is no such profile.
        InvalidValueError: the text is not of this kind.
    """
    steps = references.profile(profile).explain(text)
    checked = check_reference(text, profile=profile, references=references)
    return ReferenceAnswer(
        profile=profile,
        ok=checked.ok,
        reference=checked.reference,
        problems=checked.problems,
        codes=checked.codes,
        steps=steps,
    )


def answer_in_words(answer: ReferenceAnswer) -> str:
    """Write an answer for a person.

    Args:
        answer: the answer.

    Returns:
        Lines of text: the steps where there are any, then the verdict.
    """
    verdict = f"{answer.reference} is right." if answer.ok else "The reference is not right."
    return "\n".join((*answer.steps, verdict, *answer.problems))


def kinds_in_words(kinds: list[ReferenceKind]) -> str:
    """Write the profiles for a person.

    Args:
        kinds: the profiles.

    Returns:
        A table, and a note where they are examples.
    """
    rows = [
        (
            one.name,
            one.title,
            ", ".join(one.masks),
            "yes" if one.has_check_digit else "no",
            "yes" if one.finds_wrong_digit else "no",
        )
        for one in kinds
    ]
    columns = ("Profile", "Title", "Mask", "Check digit", "Finds any wrong digit")
    shown = table(rows, columns=columns)
    if any(one.example_of for one in kinds):
        shown += "\n\nThese are examples of one council. Write your own, and name the file."
    return shown
