# SPDX-License-Identifier: MIT
"""Look at the templates as GOV.UK Notify has them now."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from lg_notify.errors import TemplateNotFoundError
from lg_notify.template import Template
from lg_notify.templates._checking import Seen
from lg_notify.templates._manifest import Manifest

__all__ = ["ReadsTemplates", "look"]


class ReadsTemplates(Protocol):
    """Reads templates. `NotifyClient` is one."""

    def list_templates(self) -> Iterable[Template]:
        """Return the templates that are not archived."""
        ...

    def get_template(self, template_id: str) -> Template:
        """Return a template, also one that is archived."""
        ...


def look(
    client: ReadsTemplates,
    manifest: Manifest,
    *,
    service: str | None = None,
    elsewhere: Mapping[str, ReadsTemplates] | None = None,
) -> Seen:
    """Look at the templates of a manifest: one request, and one more for each that is not listed.

    Args:
        client: reads the templates of the service, such as a `NotifyClient`.
        manifest: which templates.
        service: Notify's id of the service that the client's key is of.
        elsewhere: the council's other accounts, by name, in which one may be that is missing.

    Returns:
        What there is.

    Raises:
        LgError: Notify could not be asked.
    """
    current = {each.id: each for each in client.list_templates()}
    archived: set[str] = set()
    others: dict[str, str] = {}
    for template in manifest.templates:
        if template.id in current:
            continue
        if _has(client, template.id):
            archived.add(template.id)
            continue
        home = next(
            (name for name, other in (elsewhere or {}).items() if _has(other, template.id)), None
        )
        if home is not None:
            others[template.id] = home
    return Seen(current, frozenset(archived), others, service=service)


def _has(client: ReadsTemplates, template_id: str) -> bool:
    try:
        client.get_template(template_id)
    except TemplateNotFoundError:
        return False
    return True
