# SPDX-License-Identifier: MIT
"""Say in one way that something will go, when, and what to use instead."""

import warnings

__all__ = ["LgDeprecationWarning", "warn_deprecated"]


class LgDeprecationWarning(DeprecationWarning):
    """Something of these packages that you use will be removed.

    Python hides it outside `__main__` and tests. `-W error::DeprecationWarning` makes each one an
    error; in code, filter on this class to see ours alone.
    """


def warn_deprecated(
    name: str,
    *,
    since: str,
    removal_in: str,
    alternative: str | None = None,
    stacklevel: int = 1,
) -> None:
    """Warn that a name is deprecated, at the line that uses it.

    Call it first thing in the deprecated function, method or `__getattr__`. In a coroutine too
    the line shown is the one that awaits it.

    Args:
        name: what is deprecated, as its users write it, such as `PayClient.charge()`.
        since: the release that deprecated it, such as `lg-pay 1.3`.
        removal_in: the first release without it, such as `lg-pay 2.0`.
        alternative: what to use instead, as its users write it. None where nothing takes its
            place.
        stacklevel: how many calls up the user's line stands, from the function that calls this.
            1 is that function's caller; add 1 for each function of ours in between.
    """
    instead = f"Use {alternative} instead." if alternative else "Nothing takes its place."
    warnings.warn(
        f"{name} is deprecated since {since} and will be removed in {removal_in}. {instead}",
        LgDeprecationWarning,
        stacklevel=stacklevel + 2,
    )
