# SPDX-License-Identifier: MIT
"""What the journey's model says of each answer, and of all of them together."""

import functools
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, JsonValue, TypeAdapter, ValidationError

from lg_core.errors import ConfigError
from lg_core.texts import Text
from lg_forms.faults import Fault, FaultyAnswerError, Words
from lg_forms.pages import Page

__all__ = ["adapter_of", "check_model", "refusals", "refused_together"]


@functools.lru_cache(maxsize=1024)
def adapter_of(model: type[BaseModel], name: str) -> TypeAdapter[Any]:
    """Return what checks one field by itself, with its annotations."""
    info = model.model_fields[name]
    annotated: Any = Annotated  # the checker takes no annotation that is made at run time
    kind: Any = annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return TypeAdapter[Any](kind)


def check_model(model: type[BaseModel], pages: Sequence[Page]) -> None:
    """Refuse pages that cannot fill the model, whatever is answered.

    Raises:
        ConfigError: a field is asked for twice or never, is not in the model, or cannot be left
            out there although its page may be.
    """
    asked: set[str] = set()
    for page in pages:
        for name in page.fields:
            if name in asked:
                raise ConfigError(f"The field {name!r} is asked for twice.", setting="pages")
            if name not in model.model_fields:
                raise ConfigError(
                    f"The page {page.name!r} asks for the field {name!r}, which "
                    f"{model.__name__} does not have.",
                    setting="pages",
                )
            asked.add(name)
            _check_left_out(model, page, name)
    for name, info in model.model_fields.items():
        if info.is_required() and name not in asked:
            raise ConfigError(
                f"No page asks for the field {name!r} of {model.__name__}, which has no default.",
                setting="pages",
            )


def refusals(
    model: type[BaseModel],
    answers: Mapping[str, JsonValue],
    *,
    pages: Sequence[Page],
    words: Words,
) -> dict[str, str]:
    """Say what the model refuses of some answers, each by itself.

    Returns:
        By field, a sentence in the page's language.
    """
    refused: dict[str, str] = {}
    for name, value in answers.items():
        try:
            adapter_of(model, name).validate_python(value)
        except ValidationError as error:
            refused[name] = message_of(error, label_of(name, pages, words), words)
    return refused


def refused_together(
    model: type[BaseModel],
    answers: Mapping[str, JsonValue],
    *,
    pages: Sequence[Page],
    words: Words,
) -> dict[str, str]:
    """Say what the model refuses of all answers together.

    Returns:
        By field, a sentence in the page's language; under an empty name what concerns several.
    """
    try:
        model.model_validate(dict(answers), by_name=True)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
    else:
        return {}
    refused: dict[str, str] = {}
    for fault in faults:
        name = str(fault["loc"][0]) if fault["loc"] else ""
        known = name in answers
        label = label_of(name, pages, words) if known else None
        cause = fault.get("ctx", {}).get("error")
        refused.setdefault(name if known else "", _said(cause, label, words))
    return refused


def message_of(error: ValidationError, label: Text | None, words: Words) -> str:
    """Return the sentence for a value that the model refused."""
    fault = error.errors(include_url=False, include_input=False)[0]
    return _said(fault.get("ctx", {}).get("error"), label, words)


def label_of(name: str, pages: Sequence[Page], words: Words) -> Text | None:
    """Return what a field is called."""
    rows = (row for page in pages if name in page.fields for row in page.rows({}, words))
    return next((row.label for row in rows if row.field == name), None)


def _said(cause: object, label: Text | None, words: Words) -> str:
    if isinstance(cause, FaultyAnswerError):
        return words.fault(cause.fault, label=label)
    return words.fault(Fault("not_accepted" if label else "answers_do_not_agree"), label=label)


def _check_left_out(model: type[BaseModel], page: Page, name: str) -> None:
    if page.when is not None and model.model_fields[name].is_required():
        raise ConfigError(
            f"The page {page.name!r} does not always apply, so the field {name!r} of "
            f"{model.__name__} needs a default.",
            setting="answers",
        )
    if name not in page.optional:
        return
    try:
        adapter_of(model, name).validate_python(None)
    except ValidationError:
        accepts = False
    else:
        accepts = True
    if not accepts:
        raise ConfigError(
            f"The field {name!r} may be left empty, so {model.__name__} must take None for it.",
            setting="answers",
        )
