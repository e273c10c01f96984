# SPDX-License-Identifier: MIT
"""Check, make and explain the references of one kind, by a profile that is data."""

import unicodedata
from dataclasses import dataclass, field
from itertools import combinations, pairwise, product
from typing import Final, cast

from lg_core.errors import InvalidValueError
from lg_core.references._cards import looks_like_card_number
from lg_core.references._faults import Checked, ReferenceFault, ReferenceProblem
from lg_core.references._masks import ANY, DIGIT, Mask
from lg_core.references._rules import CheckKind, CheckRule, Sum

__all__ = ["Promises", "ReferenceProfile"]

_ALWAYS_DIGITS: Final = frozenset("0123456789")
_CARD: Final = ReferenceProblem(
    ReferenceFault.CARD_NUMBER,
    "This is the number of a payment card, not a reference. Do not keep it. Ask for the reference "
    "that is printed on the letter or the bill.",
)


@dataclass(frozen=True, slots=True)
class Promises:
    """Say which slips the check digit always finds.

    Attributes:
        wrong_digit: one digit that was typed wrong, wherever it stands.
        swapped_digits: two different digits next to each other, before the check digit, that were
            typed the wrong way round.
    """

    wrong_digit: bool
    swapped_digits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceProfile:
    """Hold what references of one kind look like, and how their check digit is worked out.

    Every council has its own kinds, so a profile is data that a council writes in a file
    (`References.read`) and never code. A reference may point to a person: no error repeats it.

    Args:
        name: the name by which a fund or a rule names the profile, such as `council-tax`.
        masks: the patterns: `#` a digit, `?` a letter, `*` a letter, digit, space, `/` or `-`,
            `@` the check digit, and anything else itself.
        title: what finance calls it.
        check: the rule of the check digit, where there is one.
        shortest: the fewest characters, where a mask may be filled in part.
        prefixes: what a reference begins with: one of these, where any are given.
        ignored: characters that people put in and that do not count, taken out where the text
            does not fit as it is.
        example_of: whose scheme it is, where the profile is an example and not your own.

    Raises:
        InvalidValueError: the profile cannot be right. `field` names the part.
    """

    name: str
    masks: tuple[str, ...]
    title: str = ""
    check: CheckRule | None = None
    shortest: int | None = None
    prefixes: tuple[str, ...] = ()
    ignored: str = " -"
    example_of: str = ""
    _masks: tuple[Mask, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_masks", tuple(Mask(text) for text in self.masks))
        if not self.masks:
            raise _wrong("masks", "must hold at least one pattern")
        checked = [mask for mask in self._masks if mask.check is not None]
        if self.check is None and checked:
            raise _wrong("check", "is missing: a mask holds @, the check digit")
        if self.check is not None and len(checked) < len(self._masks):
            raise _wrong("masks", "must each hold one @, since the profile has a check digit")
        if self.check is not None and self.shortest is not None:
            raise _wrong("shortest", "does not go with a check digit: its place would be unknown")
        if self.shortest is not None and not 1 <= self.shortest <= min(map(len, self._masks)):
            raise _wrong("shortest", "must be from 1 to the length of the shortest mask")
        if not all(prefix and self._fits_somewhere(prefix) for prefix in self.prefixes):
            raise _wrong("prefixes", "must each be the beginning of a mask")
        for mask in checked:
            self._weigh(mask)

    def _fits_somewhere(self, text: str) -> bool:
        return any(mask.fits(text) for mask in self._masks)

    def _weigh(self, mask: Mask) -> None:
        """Refuse weights that do not fall on digits."""
        rule, place = self.check, mask.check
        if rule is None or place is None:
            raise AssertionError
        if len(rule.weights) != len(mask):
            raise _wrong(
                "weights",
                f"must be {len(mask)}, one for each character of the mask, 0 for the check digit",
            )
        if rule.weights[place]:
            raise _wrong("weights", "must have 0 in the place of the check digit")
        covered = {
            index
            for letters in rule.replace
            if mask.fits(letters)
            for index in range(len(letters))
            if len(mask.may_hold(index)) == 1
        }
        for index, weight in enumerate(rule.weights):
            if weight and index not in covered and not mask.may_hold(index) <= _ALWAYS_DIGITS:
                raise _wrong(
                    "weights",
                    "must be 0 where the mask may hold a letter, unless `replace` turns the "
                    "letters into digits",
                )

    # ------------------------------------------------------------------ the four questions

    def validate(self, text: str) -> Checked:
        """Check a reference that somebody typed or that a file holds.

        A card number is refused before anything else (GOV.UK Pay, error P0105).

        Args:
            text: the reference as it came. Small letters count as capitals.

        Returns:
            Whether it is right, the form to keep, and what is wrong.
        """
        value = cast("object", text)
        if not isinstance(value, str):
            wrong = f"A reference is read from text, not from a {type(value).__name__}."
            return Checked("", (ReferenceProblem(ReferenceFault.WRONG_TYPE, wrong),))
        if looks_like_card_number(value):
            return Checked("", (_CARD,))
        typed = _tidy(value)
        if not typed:
            return Checked("", (ReferenceProblem(ReferenceFault.EMPTY, "The reference is empty."),))
        if not typed.isascii():
            wrong = "Write the reference with the letters A to Z and the digits 0 to 9."
            return Checked(typed, (ReferenceProblem(ReferenceFault.NOT_ASCII, wrong),))
        return self._checked(typed)

    def matches(self, text: str) -> bool:
        """Say whether a text is a reference of this kind, its check digit included.

        Args:
            text: the reference as it came.

        Returns:
            True where `validate` finds nothing wrong.
        """
        return self.validate(text).ok

    def make(self, body: str) -> str:
        """Put the check digit into a reference that has none yet.

        Args:
            body: the reference without its check digit, and with everything else.

        Returns:
            The whole reference. `validate` takes it.

        Raises:
            InvalidValueError: the body is not of this kind, the rule gives it no check digit, or
                the whole would pass for a card number. `code` is a `ReferenceFault`.
        """
        rule = self.check
        reference = body if rule is None else self._completed(body, rule)
        checked = self.validate(reference)
        if not checked.ok:
            raise _refused(checked.problems[0])
        return checked.normalised

    def explain(self, text: str) -> tuple[str, ...]:
        """Show how the check digit of a reference is worked out, for finance.

        The steps hold the reference. Show them to the person who asked, and never log them.

        Args:
            text: the whole reference, its check digit right or wrong.

        Returns:
            One sentence a step. The last one says what the check digit is.

        Raises:
            InvalidValueError: the text is not of this kind, its check digit apart. `code` is a
                `ReferenceFault`.
        """
        checked = self.validate(text)
        others = [one for one in checked.problems if one.code is not ReferenceFault.CHECK_DIGIT]
        if others and others[0].code is not ReferenceFault.NO_CHECK_DIGIT:
            raise _refused(others[0])
        found = self._fitting(checked.normalised)
        if self.check is None or found is None:
            return (f"References of the kind {self.name} have no check digit.",)
        return tuple(_steps(self.check, *found))

    @property
    def promises(self) -> Promises:
        """Which slips the check digit always finds, worked out from the rule."""
        rule = self.check
        if rule is None or not rule.tells_values_apart():
            return Promises(wrong_digit=False, swapped_digits=False)
        typed = [
            [place for place, kind in enumerate(mask.text) if kind in {DIGIT, ANY}]
            for mask in self._masks
        ]
        digits = range(10)
        wrong = all(
            (rule.counts(place, one) - rule.counts(place, other)) % rule.modulus
            for places in typed
            for place in places
            for one, other in combinations(digits, 2)
        )
        swapped = all(
            one == other or _swap(rule, left, one=one, other=other) % rule.modulus
            for places in typed
            for left, right in pairwise(places)
            if right == left + 1
            for one, other in product(digits, repeat=2)
        )
        return Promises(wrong_digit=wrong, swapped_digits=swapped)

    # ------------------------------------------------------------------ parts of the answers

    def _checked(self, typed: str) -> Checked:
        found = self._fitting(typed)
        if found is None:
            compact = self._compact(typed, *self._masks)
            return Checked(compact, (self._misfit(compact),))
        reference, mask = found
        if looks_like_card_number(reference):  # once what is ignored is out of the way
            return Checked("", (_CARD,))
        problem = self._prefix_problem(reference) or self._check_problem(reference, mask)
        return Checked(reference, (problem,) if problem else ())

    def _compact(self, text: str, *masks: Mask) -> str:
        """Take out what does not count, unless a mask has it as itself."""
        kept = {sign for mask in masks for sign in mask.text}
        dropped = set(self.ignored) - kept
        return "".join(character for character in text if character not in dropped)

    def _forms(self, typed: str) -> list[tuple[str, Mask]]:
        """Return the ways to read a text: as it is for each mask, then without what is ignored."""
        as_it_is = [(typed, mask) for mask in self._masks]
        return as_it_is + [(self._compact(typed, mask), mask) for mask in self._masks]

    def _fitting(self, typed: str) -> tuple[str, Mask] | None:
        """Find the first mask that the text fits."""
        for text, mask in self._forms(typed):
            if len(text) >= (self.shortest or len(mask)) and mask.fits(text):
                return text, mask
        return None

    def _misfit(self, text: str) -> ReferenceProblem:
        lengths = sorted({len(mask) for mask in self._masks})
        fewest = self.shortest or lengths[0]
        if len(text) < fewest:
            wrong = f"The reference has fewer than {fewest} characters. Look for one left out."
            return ReferenceProblem(ReferenceFault.TOO_SHORT, wrong)
        if len(text) > lengths[-1]:
            wrong = f"The reference has more than {lengths[-1]} characters. Look for one too many."
            return ReferenceProblem(ReferenceFault.TOO_LONG, wrong)
        wrong = (
            f"The reference does not have the form of the profile {self.name}. Look for a letter "
            "in the place of a digit, such as O for 0."
        )
        return ReferenceProblem(ReferenceFault.PATTERN, wrong)

    def _prefix_problem(self, reference: str) -> ReferenceProblem | None:
        if not self.prefixes or reference.startswith(self.prefixes):
            return None
        wrong = f"The reference does not begin as the profile {self.name} says."
        return ReferenceProblem(ReferenceFault.PREFIX, wrong)

    def _check_problem(self, reference: str, mask: Mask) -> ReferenceProblem | None:
        if self.check is None or mask.check is None:
            return None
        digit = self.check.add_up(reference).digit
        if digit is None:
            wrong = "No reference with these characters is issued: they have no check digit."
            return ReferenceProblem(ReferenceFault.NO_CHECK_DIGIT, wrong)
        if reference[mask.check] != digit:
            wrong = "The check digit is not right: one of the characters is wrong."
            return ReferenceProblem(ReferenceFault.CHECK_DIGIT, wrong)
        return None

    def _completed(self, body: str, rule: CheckRule) -> str:
        for text, mask in self._forms(_tidy(body)):
            bare = mask.without_check()
            if mask.check is None or len(text) != len(bare) or not bare.fits(text):
                continue
            before, after = text[: mask.check], text[mask.check :]
            digit = rule.add_up(f"{before}0{after}").digit
            if digit is None:
                raise InvalidValueError(
                    "The rule gives this body no check digit, so no such reference can be issued. "
                    "Take the next number.",
                    code=ReferenceFault.NO_CHECK_DIGIT,
                )
            return f"{before}{digit}{after}"
        raise InvalidValueError(
            f"The body does not have the form of the profile {self.name} without its check digit. "
            "Give every other character.",
            code=ReferenceFault.PATTERN,
        )


def _tidy(text: str) -> str:
    """Write capitals, and turn the dashes and spaces of print into those of a keyboard."""
    plain = (
        "-" if unicodedata.category(c) == "Pd" else " " if c.isspace() else c for c in text.strip()
    )
    text = "".join(plain)
    return text.upper() if text.isascii() else text  # the capital of ß is two letters


def _swap(rule: CheckRule, left: int, *, one: int, other: int) -> int:
    """Return by how much the sum changes where two neighbours change places."""
    right = left + 1
    before = rule.counts(left, one) + rule.counts(right, other)
    return before - rule.counts(left, other) - rule.counts(right, one)


def _refused(problem: ReferenceProblem) -> InvalidValueError:
    return InvalidValueError(problem.message, code=problem.code)


def _wrong(field_name: str, what: str) -> InvalidValueError:
    return InvalidValueError(f"{field_name} {what}.", field=field_name, code="profile")


def _steps(rule: CheckRule, reference: str, mask: Mask) -> list[str]:
    done = rule.add_up(reference)
    steps = [f"The reference is {reference}."]
    if done.read != reference:
        steps.append(f"Letters are replaced by digits: {done.read}.")
    steps += [_product(rule, line) for line in done.products]
    steps.append(f"Together: {' + '.join(str(line[3]) for line in done.products)} = {done.total}.")
    steps.append(f"{done.total} divided by {rule.modulus} leaves {done.remainder}.")
    if rule.subtract:
        steps.append(f"{rule.modulus} - {done.remainder} = {done.value}.")
    steps.append(_verdict(done, written=reference[mask.check] if mask.check is not None else ""))
    last = "There is no check digit for this number." if done.digit is None else ""
    return [*steps, last or f"The check digit is {done.digit}"]


def _product(rule: CheckRule, line: tuple[int, int, int, int]) -> str:
    place, digit, weight, counted = line
    step = f"Place {place}: {digit} x {weight} = {digit * weight}"
    if rule.kind is CheckKind.DOUBLED_DIGIT and counted != digit * weight:
        step += f", which counts as {counted}"
    return f"{step}."


def _verdict(done: Sum, *, written: str) -> str:
    stands = "no check digit" if done.digit is None else done.digit
    agrees = "as it should be" if written == done.digit else "and that is not right"
    return f"{done.value} stands as {stands}. The reference has {written}, {agrees}."
