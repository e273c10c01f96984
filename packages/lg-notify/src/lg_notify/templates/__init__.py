# SPDX-License-Identifier: MIT
"""Templates as code: a class for each template of GOV.UK Notify, and a check that both still agree.

    BinDay(name="Sam", day="Monday", garden=True).to("07700 900123", reference="GW-0001")

`lg-notify templates pull` writes a manifest, which holds what the templates say, and a module with
the classes. `lg-notify templates check` finds what somebody has changed in Notify since.
"""

from typing import TYPE_CHECKING

from lg_core.lazy import lazy_names

if TYPE_CHECKING:
    from lg_notify._personalisation import Scalar
    from lg_notify.templates._checking import (
        Finding,
        FindingKind,
        Seen,
        check_module,
        check_templates,
    )
    from lg_notify.templates._generating import module_of
    from lg_notify.templates._manifest import (
        Manifest,
        ManifestPlaceholder,
        ManifestTemplate,
        read_manifest,
    )
    from lg_notify.templates._placeholders import Kind
    from lg_notify.templates._pulling import manifest_of
    from lg_notify.templates._seeing import ReadsTemplates, look
    from lg_notify.templates._typed import About, FromTemplate, Pair, with_postcode, yes_or_no
    from lg_notify.templates._welsh import WelshRule, read_welsh_rule

_HOMES = {
    **dict.fromkeys(
        ("About", "FromTemplate", "Pair", "with_postcode", "yes_or_no"),
        "lg_notify.templates._typed",
    ),
    **dict.fromkeys(
        ("Finding", "FindingKind", "Seen", "check_module", "check_templates"),
        "lg_notify.templates._checking",
    ),
    **dict.fromkeys(
        ("Manifest", "ManifestPlaceholder", "ManifestTemplate", "read_manifest"),
        "lg_notify.templates._manifest",
    ),
    **dict.fromkeys(("ReadsTemplates", "look"), "lg_notify.templates._seeing"),
    **dict.fromkeys(("WelshRule", "read_welsh_rule"), "lg_notify.templates._welsh"),
    "Kind": "lg_notify.templates._placeholders",
    "Scalar": "lg_notify._personalisation",
    "manifest_of": "lg_notify.templates._pulling",
    "module_of": "lg_notify.templates._generating",
}

__all__ = [
    "About",
    "Finding",
    "FindingKind",
    "FromTemplate",
    "Kind",
    "Manifest",
    "ManifestPlaceholder",
    "ManifestTemplate",
    "Pair",
    "ReadsTemplates",
    "Scalar",
    "Seen",
    "WelshRule",
    "check_module",
    "check_templates",
    "look",
    "manifest_of",
    "module_of",
    "read_manifest",
    "read_welsh_rule",
    "with_postcode",
    "yes_or_no",
]

if not TYPE_CHECKING:
    __getattr__ = lazy_names(__name__, _HOMES)
