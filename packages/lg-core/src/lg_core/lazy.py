# SPDX-License-Identifier: MIT
"""Names that a package offers at its top, each loaded when it is first used (PEP 562).

Importing a component then costs next to nothing, and a program pays for the parts it uses. In the
package, hide the function from type checkers, which would accept misspelt names otherwise:

    if not TYPE_CHECKING:
        __getattr__ = lazy_names(__name__, HOMES)
"""

import sys
from collections.abc import Callable, Mapping
from importlib import import_module

__all__ = ["lazy_names"]


def lazy_names(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make a package's `__getattr__`.

    Args:
        package: the package's `__name__`.
        homes: the module that each name lives in.

    Returns:
        A function that loads a name, keeps it in the package, and returns it.
    """

    def load(name: str) -> object:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = getattr(import_module(home), name)
        setattr(sys.modules[package], name, value)
        return value

    return load
