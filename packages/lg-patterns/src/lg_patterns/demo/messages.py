# SPDX-License-Identifier: MIT
"""The confirmation e-mails of the demonstration: templates to copy into GOV.UK Notify."""

from typing import Final

__all__ = ["ENGLISH", "WELSH"]

ENGLISH: Final = (
    "Your garden waste subscription ((reference))",
    """Dear ((name))

Thank you. We have your payment of ((amount)).

# Your subscription

* Reference: ((reference))
* Address: ((address))
* Garden waste bins: ((bins))
* From ((starts)) to ((ends))
""",
)
"""Subject and text in English."""

WELSH: Final = (
    "Eich tanysgrifiad gwastraff gardd ((reference))",
    """Annwyl ((name))

Diolch. Rydym wedi derbyn eich taliad o ((amount)).

# Eich tanysgrifiad

* Cyfeirnod: ((reference))
* Cyfeiriad: ((address))
* Biniau gwastraff gardd: ((bins))
* O ((starts)) i ((ends))
""",
)
"""Subject and text in Welsh, a draft."""
