# SPDX-License-Identifier: MIT
"""Templates: the list, and one of them with its versions, to edit or delete as staff do."""

from collections.abc import Sequence
from html import escape

from lg_sandbox.notify.model import Channel
from lg_sandbox.notify.pages import Field, Table, button, form, page
from lg_sandbox.notify.templates import POSTAGES, Template

__all__ = ["template_page", "templates_page"]


def templates_page(templates: Sequence[Template]) -> str:
    """Write the list of all templates, deleted ones too.

    Args:
        templates: the latest version of each.

    Returns:
        The page.
    """
    table = Table("Templates", ("Name", "For", "Version", "Deleted", "Id"))
    rows = [
        (
            f'<a href="/templates/{each.id}">{escape(each.name)}</a>',
            each.channel.value,
            str(each.version),
            "yes" if each.archived else "no",
            f"<code>{each.id}</code>",
        )
        for each in templates
    ]
    return page(
        "Templates",
        f"<h1>Templates</h1>{table.html(rows, empty='There are no templates.')}",
        here="/templates",
    )


def template_page(template: Template, *, fault: str | None = None) -> str:
    """Write one template with a form to edit it.

    Args:
        template: the latest version.
        fault: what was wrong with the form; None where nothing was.

    Returns:
        The page.
    """
    fields = [Field("name", "Name", template.name)]
    if template.subject is not None:
        label = "Heading" if template.channel is Channel.LETTER else "Subject"
        fields.append(Field("subject", label, template.subject))
    if template.postage is not None:
        choices = tuple((each, each) for each in POSTAGES)
        fields.append(Field("postage", "Postage", template.postage, choices=choices))
    fields.append(Field("body", "Text", template.body, long=True))
    here = f"/templates/{template.id}"
    deleted = (
        "<p>This template was deleted. Nothing more is sent with it.</p>"
        if template.archived
        else button(f"{here}/archive", press="Delete the template")
    )
    body = (
        f'<p><a href="/templates">All templates</a></p><h1>{escape(template.name)}</h1>'
        f"<p>Id <code>{template.id}</code>, version {template.version}. Saving writes a new "
        "version, as on Notify: what was sent keeps its own.</p>"
        f"{form(here, fields, press='Save a new version', fault=fault)}{deleted}"
    )
    return page(template.name, body)
