"""lg_core.lazy: a name is loaded when it is first used."""

import decimal
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

import lg_core
from lg_core.lazy import lazy_names

PACKAGE = "lg_lazy_example"


@pytest.fixture
def package() -> Iterator[ModuleType]:
    """A package with one name that lives elsewhere."""
    module = ModuleType(PACKAGE)
    vars(module)["__getattr__"] = lazy_names(PACKAGE, {"Decimal": "decimal", "Gone": "decimal"})
    sys.modules[PACKAGE] = module
    yield module
    del sys.modules[PACKAGE]


def test_a_name_is_loaded_and_kept(package: ModuleType) -> None:
    """The second use finds the name in the package."""
    assert "Decimal" not in vars(package)
    assert decimal.Decimal is package.Decimal
    assert decimal.Decimal is vars(package)["Decimal"]


def test_a_name_that_is_not_offered_is_an_attribute_error(package: ModuleType) -> None:
    """The text is Python's own, so that a misspelt name looks like one."""
    with pytest.raises(AttributeError, match=f"module '{PACKAGE}' has no attribute 'Decimals'"):
        _ = package.Decimals


def test_a_name_that_its_home_does_not_have_is_an_attribute_error(package: ModuleType) -> None:
    """A wrong home is found by the test that asks for every name."""
    with pytest.raises(AttributeError, match="'decimal' has no attribute 'Gone'"):
        _ = package.Gone


def test_every_name_of_lg_core_is_there() -> None:
    """What __all__ lists can be had, and is the same each time."""
    for name in lg_core.__all__:
        assert getattr(lg_core, name) is getattr(lg_core, name)


def test_importing_lg_core_loads_nothing_of_it() -> None:
    """The package itself costs its __init__ and this module, no more."""
    code = (
        "import sys, lg_core; print(sorted(m for m in sys.modules if m.startswith('lg_core')));"
        "lg_core.Pence; print('lg_core.money' in sys.modules)"
    )
    done = subprocess.run(  # noqa: S603 -- our own interpreter and words
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert ["['lg_core', 'lg_core.lazy']", "True"] == done.stdout.splitlines()
