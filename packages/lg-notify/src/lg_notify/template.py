# SPDX-License-Identifier: MIT
"""A template of GOV.UK Notify's, a version of it, and how it reads with its values filled in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar

from pydantic import Field

from lg_core.models import AnswerModel, RequestModel
from lg_core.texts import Language
from lg_notify.message import TemplateType
from lg_notify.new_message import Personalised, Value

__all__ = ["Placeholder", "PreviewRequest", "Template", "TemplateList", "TemplatePreview"]


class Placeholder(AnswerModel):
    """What Notify says of a placeholder.

    Attributes:
        required: always True: Notify says it of the flags of conditions, too.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"required"})

    required: bool = True


class Template(AnswerModel):
    """A template as it is now, or a version of it.

    Attributes:
        id: the template.
        type: `sms`, `email` or `letter`.
        name: its name on Notify's pages.
        version: which version of it, from 1.
        created_at: when this version was made (UTC).
        updated_at: when it was last changed (UTC); None where it never was.
        created_by: the e-mail address of who made it.
        body: the text with its placeholders.
        subject: of an e-mail or letter.
        postage: of a letter.
        letter_contact_block: of a letter: the sender's address.
        personalisation: the placeholders of subject, body and contact block, by name. The lines of
            a letter's address are not among them.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "type", "version"})

    id: str
    type: Annotated[TemplateType | str, Field(union_mode="left_to_right")]
    name: str
    version: int
    created_at: datetime
    updated_at: datetime | None = None
    created_by: str | None = None
    body: str
    subject: str | None = None
    postage: str | None = None
    letter_contact_block: str | None = None
    personalisation: Mapping[str, Placeholder] = Field(default_factory=dict[str, Placeholder])

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the placeholders."""
        return tuple(self.personalisation)


class TemplateList(AnswerModel):
    """The templates of a service; archived ones are not among them.

    Attributes:
        templates: the templates.
    """

    templates: tuple[Template, ...]


class PreviewRequest(RequestModel):
    """What a preview is asked for with.

    Attributes:
        language: the language of the template, in which days are written. It is not sent.
        personalisation: a value for each placeholder.
    """

    language: Language = Field(default=Language.ENGLISH, exclude=True)
    personalisation: Personalised = Field(default_factory=dict[str, Value])


class TemplatePreview(AnswerModel):
    """A template with its values filled in.

    Attributes:
        id: the template.
        type: `sms`, `email` or `letter`.
        version: which version of it.
        body: the text with the values; of an e-mail or a letter the Markdown.
        subject: of an e-mail or letter.
        html: of an e-mail: the text as the HTML part has it.
        postage: of a letter.
    """

    shown: ClassVar[frozenset[str]] = frozenset({"id", "type", "version", "postage"})

    id: str
    type: Annotated[TemplateType | str, Field(union_mode="left_to_right")]
    version: int
    body: str
    subject: str | None = None
    html: str | None = None
    postage: str | None = None
