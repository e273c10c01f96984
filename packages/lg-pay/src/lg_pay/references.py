# SPDX-License-Identifier: MIT
"""Give the example reference profiles that are shipped: one council's schemes, to copy from.

The types are those of `lg_core.references`. What GOV.UK Pay calls the reference of a payment is any
text; what finance calls the reference of an account has a form and often a check digit.
"""

from lg_core.references import References

__all__ = ["example_references"]

_FILE = "reference_profiles.toml"


def example_references() -> References:
    """Return the shipped profiles: each an example of one council, none of them a standard.

    They are `council-tax`, `business-rates`, `parking-fine`, `fixed-penalty`, `housing-rent` and
    `library-card`. The masks, weights and replacements are those of the demonstration data of
    LocalGovIMS (tables AccountReferenceValidators and CheckDigitConfigurations). Read your own with
    `References.read`.

    Returns:
        The profiles by name. Each says in `example_of` whose it is.
    """
    from importlib.resources import files  # noqa: PLC0415 -- only the examples need it

    text = files("lg_pay").joinpath(_FILE).read_text("utf-8")
    return References.from_toml(text, name=_FILE)
