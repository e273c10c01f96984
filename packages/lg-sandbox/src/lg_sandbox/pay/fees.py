# SPDX-License-Identifier: MIT
"""What the provider keeps of a payment."""

from dataclasses import dataclass

__all__ = ["FeePlan"]


@dataclass(frozen=True, slots=True)
class FeePlan:
    """A fee as a share and a fixed part. The numbers are invented: they are nobody's tariff.

    Any function of the amount can stand in its place.

    Args:
        basis_points: hundredths of a per cent of the amount; rounded half up to a whole penny.
        fixed: pence on top.
    """

    basis_points: int = 150
    fixed: int = 20

    def __call__(self, amount: int) -> int:
        """Return the fee for an amount.

        Args:
            amount: pence.

        Returns:
            Pence.
        """
        return (amount * self.basis_points + 5_000) // 10_000 + self.fixed
