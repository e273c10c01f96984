# SPDX-License-Identifier: MIT
"""Work out check digits: weighted sums and the doubled-digit rule, as data and pure functions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lg_core.errors import InvalidValueError

__all__ = ["CheckKind", "CheckRule", "Sum"]

_MODULUS: Final = range(2, 37)
_LONGEST_NUMBER: Final = 9


class CheckKind(StrEnum):
    """How the characters of a reference are added up."""

    WEIGHTED_SUM = "weighted-sum"
    """Each digit is multiplied by the weight of its place, and the products are added."""
    DOUBLED_DIGIT = "doubled-digit"
    """The same, and a product of two digits counts as the sum of the two: 16 counts as 7."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Hold each step from the characters to the check digit.

    Attributes:
        read: the reference as it is added up, with letters replaced by digits.
        products: the place (from 1), the digit, the weight and what it counts as, of each place
            with a weight.
        total: the sum.
        remainder: what is left when the total is divided by the modulus.
        value: the remainder, or the modulus less the remainder.
        digit: the check digit; None where the rule gives none.
    """

    read: str = field(repr=False)
    products: tuple[tuple[int, int, int, int], ...] = field(repr=False)
    total: int
    remainder: int
    value: int
    digit: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRule:
    """Hold the rule by which a check digit is worked out. It is data, and never code.

    The modulus, the weights, the subtraction and the two replacements are those that LocalGovIMS
    keeps for a reference (table CheckDigitConfigurations), so a council can copy its own.

    Args:
        modulus: what the sum is divided by: 10, 11, or another number from 2 to 36.
        weights: one for each character of the reference, from the left. The check digit's own
            place has 0.
        kind: how the products are added.
        subtract: whether the check digit is the modulus less the remainder.
        results: what stands for a number of two digits, such as `{10: "A"}`, or for another. A
            number of two digits that is not in it has no check digit: such references are not
            issued.
        replace: digits that stand for the letters at the beginning, such as `{"BJ": "05"}`: as
            many as there are letters.

    Raises:
        InvalidValueError: a part of the rule cannot be right. `field` names it.
    """

    modulus: int
    weights: tuple[int, ...]
    kind: CheckKind = CheckKind.WEIGHTED_SUM
    subtract: bool = False
    results: Mapping[int, str] = field(default_factory=dict[int, str], hash=False)
    replace: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def __post_init__(self) -> None:
        if self.modulus not in _MODULUS:
            raise _wrong("modulus", "must be a whole number from 2 to 36, such as 10 or 11")
        if not self.weights or any(weight < 0 for weight in self.weights):
            raise _wrong("weights", "must be whole numbers, 0 or more, one for each character")
        if not any(self.weights):
            raise _wrong("weights", "must not all be 0: nothing would be checked")
        for number, stands in self.results.items():
            if not 0 <= number <= self.modulus or not _is_one_character(stands):
                raise _wrong(
                    "results",
                    "must give one digit or capital letter for a number from 0 to the modulus, "
                    'such as 10 = "A"',
                )
        for letters, digits in self.replace.items():
            if len(letters) != len(digits) or not digits or not _are_digits(digits):
                raise _wrong("replace", "must give as many digits as there are characters replaced")
            if len(letters) > len(self.weights):
                raise _wrong("replace", "must not replace more characters than there are weights")

    def reads(self, reference: str) -> str:
        """Return a reference as it is added up.

        Args:
            reference: the whole reference, in capitals.

        Returns:
            The same, with the letters at its beginning replaced by digits where the rule says so.
        """
        for letters, digits in self.replace.items():
            if reference.startswith(letters):
                return digits + reference[len(letters) :]
        return reference

    def counts(self, place: int, digit: int) -> int:
        """Return what a digit adds to the sum.

        Args:
            place: where it stands, from 0.
            digit: the digit, 0 to 9.

        Returns:
            Its share of the sum.
        """
        product = digit * self.weights[place]
        if self.kind is CheckKind.DOUBLED_DIGIT:
            return sum(int(figure) for figure in str(product))
        return product

    def stands_for(self, value: int) -> str | None:
        """Return the character of a number between 0 and the modulus.

        Args:
            value: the number that the sum led to.

        Returns:
            The check digit, or None where the rule gives none.
        """
        if value in self.results:
            return self.results[value]
        return str(value) if value <= _LONGEST_NUMBER else None

    def add_up(self, reference: str) -> Sum:
        """Work out the check digit.

        Args:
            reference: the whole reference in capitals, as long as there are weights. Whatever
                stands in the place of the check digit has the weight 0 and counts for nothing.

        Returns:
            Each step, the check digit last.

        Raises:
            InvalidValueError: the reference is not as long as there are weights, or a place with
                a weight holds no digit.
        """
        read = self.reads(reference)
        if len(read) != len(self.weights):
            raise InvalidValueError(
                f"The rule has {len(self.weights)} weights, and the reference has {len(read)} "
                "characters. Look at the mask and the weights of its profile.",
                field="weights",
                code="pattern",
            )
        weighted = [place for place, weight in enumerate(self.weights) if weight]
        if not all(read[place] in "0123456789" for place in weighted):
            raise InvalidValueError(
                "A place with a weight holds no digit. Look at `replace` in the profile.",
                field="replace",
                code="pattern",
            )
        products = tuple(
            (place + 1, int(read[place]), self.weights[place], self.counts(place, int(read[place])))
            for place in weighted
        )
        total = sum(counted for _, _, _, counted in products)
        remainder = total % self.modulus
        value = self.modulus - remainder if self.subtract else remainder
        return Sum(read, products, total, remainder, value, self.stands_for(value))

    def tells_values_apart(self) -> bool:
        """Say whether no two remainders have the same check digit.

        Returns:
            True where a check digit belongs to one remainder alone.
        """
        first = 1 if self.subtract else 0
        stand = [self.stands_for(value) for value in range(first, first + self.modulus)]
        given = [digit for digit in stand if digit is not None]
        return len(set(given)) == len(given)


def _is_one_character(text: str) -> bool:
    return len(text) == 1 and text.isascii() and (text.isdigit() or text.isupper())


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _wrong(field_name: str, what: str) -> InvalidValueError:
    return InvalidValueError(f"{field_name} {what}.", field=field_name, code="out_of_range")
