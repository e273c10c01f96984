# SPDX-License-Identifier: MIT
"""Answer what is read: messages, their PDFs, templates, previews and received texts."""

from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlencode

from lg_sandbox.answers import Answer, json_answer
from lg_sandbox.notify.calls import PAGE_SIZE, Call, Work
from lg_sandbox.notify.content import check_values, write
from lg_sandbox.notify.errors import ErrorName, bad_request, not_found
from lg_sandbox.notify.letters import pages_of, written_lines
from lg_sandbox.notify.model import Letter, Message, Status
from lg_sandbox.notify.office import UnknownMessageError
from lg_sandbox.notify.pdf import write_pdf
from lg_sandbox.notify.query import (
    Listing,
    read_id,
    read_listing,
    read_older_than,
    read_template_type,
)
from lg_sandbox.notify.schema import read_preview
from lg_sandbox.notify.templates import Template
from lg_sandbox.notify.wire import (
    message_body,
    preview_body,
    received_text_item,
    template_body,
)

__all__ = [
    "get_notification",
    "get_pdf",
    "get_template",
    "list_notifications",
    "list_received_texts",
    "list_templates",
    "preview_template",
]

# technical documentation, 'status'; notifications-api, `substitute_status`.
_MEANING = {
    "failed": (
        "technical-failure",
        "temporary-failure",
        "permanent-failure",
        "validation-failed",
        "virus-scan-failed",
        "returned-letter",
    ),
    "accepted": ("created", "sending"),
    "received": ("delivered",),
}


def get_notification(work: Work) -> Answer:
    """Answer with one message. It is seen with every kind of key.

    Source: recorded answer 'get one wrong key type'.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    return json_answer(200, message_body(_message(work), base=work.call.base))


def get_pdf(work: Work) -> Answer:
    """Answer with the PDF of a letter, once it is there.

    Source: notifications-api, `get_pdf_for_notification`; recorded answers 'pdf of ...'.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    message = _message(work)
    letter = message.letter
    if letter is None:
        raise bad_request("Notification is not a letter")
    if message.status is Status.VIRUS_SCAN_FAILED:
        raise bad_request("File did not pass the virus scan")
    if message.status is Status.TECHNICAL_FAILURE:
        raise bad_request("PDF not available for letters in status technical-failure")
    ready = work.now - message.created_at >= work.desk.account.pdf_after
    if message.status is Status.PENDING_VIRUS_CHECK or not ready:
        raise bad_request("PDF not available yet, try again later", name=ErrorName.PDF_NOT_READY)
    return Answer(200, _pdf(message, letter), "application/pdf")


def list_notifications(work: Work) -> Answer:
    """Answer with a page of messages, newest first: those sent with the same kind of key.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    listing = read_listing(work.call.query)
    found = list(islice(_matching(work, listing), PAGE_SIZE))
    body = {
        "notifications": [message_body(each, base=work.call.base) for each in found],
        "links": _links(work.call, "/v2/notifications", last=found[-1].id if found else None),
    }
    return json_answer(200, body)


def list_received_texts(work: Work) -> Answer:
    """Answer with a page of the texts that the service received, newest first.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    older_than = read_older_than(work.call.query)
    oldest = work.now - work.desk.account.retention
    texts = [each for each in reversed(work.desk.received) if each.created_at > oldest]
    if older_than is not None:
        ids = [each.id for each in texts]
        texts = texts[ids.index(older_than) + 1 :] if older_than in ids else []
    found = texts[:PAGE_SIZE]
    last = found[-1].id if found else None
    body = {
        "received_text_messages": [received_text_item(each) for each in found],
        "links": _links(work.call, "/v2/received-text-messages", last=last),
    }
    return json_answer(200, body)


def get_template(work: Work) -> Answer:
    """Answer with a template: the latest version, or the one in the path.

    Version 0 is the latest (the real API was seen to do so). A deleted template can be read.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    return json_answer(200, template_body(_template(work)))


def list_templates(work: Work) -> Answer:
    """Answer with all templates but the deleted ones, by their names. There are no pages.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    wanted = read_template_type(work.call.query)
    found = [
        each
        for each in work.desk.templates.all
        if not each.archived and wanted in {None, each.channel}
    ]
    # notifications-api, `dao_get_all_templates_for_service`.
    found.sort(key=lambda each: (each.name, each.channel.value))
    return json_answer(200, {"templates": [template_body(each) for each in found]})


def preview_template(work: Work) -> Answer:
    """Answer with a template and its values filled in. Nothing is sent.

    Args:
        work: the call.

    Returns:
        The answer.
    """
    wanted = read_id(work.call.ids["template_id"], name="id")
    values = read_preview(work.call.body, now=work.now)
    template = work.desk.templates.get(wanted)
    if template is None:
        raise not_found()
    check_values(template, values)
    return json_answer(200, preview_body(template, write(template, values)))


def _message(work: Work) -> Message:
    wanted = read_id(work.call.ids["notification_id"], name="notification_id")
    account = work.desk.account
    try:
        message = work.office.get(wanted, now=work.now)
    except UnknownMessageError:
        raise not_found() from None
    if message.account != account.id or message.created_at <= work.now - account.retention:
        raise not_found()
    return message


def _template(work: Work) -> Template:
    wanted = read_id(work.call.ids["template_id"], name="id")
    version = int(work.call.ids.get("version", 0))
    template = work.desk.templates.get(wanted, version=version)
    if template is None:
        raise not_found()
    return template


def _pdf(message: Message, letter: Letter) -> bytes:
    if letter.content is not None:
        return letter.content
    head = [*(letter.contact_block or "").splitlines(), "", *letter.address, ""]
    text = f"{message.subject or ''}\n\n{message.body}"
    return write_pdf(pages_of([*head, *written_lines(text)]))


def _matching(work: Work, listing: Listing) -> Iterator[Message]:
    statuses = {name for asked in listing.statuses for name in _MEANING.get(asked, (asked,))}
    for each in _after(work, listing.older_than):
        if (
            each.key is work.key
            and (not each.in_job or listing.jobs)
            and (not statuses or each.status.value in statuses)
            and (not listing.channels or each.channel.value in listing.channels)
            and listing.reference in {None, each.reference}
        ):
            yield each


def _after(work: Work, older_than: str | None) -> Iterator[Message]:
    """Give the messages after the one that a page begins with; none when that is unknown.

    Notify compares times, so that it skips messages of the same instant. Here the place in the
    list counts, unless the account says otherwise: see `Account.ties_skipped`.
    """
    listed = work.office.listed(work.desk.account, now=work.now)
    if older_than is None:
        yield from listed
        return
    last = next((each for each in listed if each.id == older_than), None)
    if last is None:
        return
    ties_skipped = work.desk.account.ties_skipped
    for each in listed:
        if not ties_skipped or each.created_at < last.created_at:
            yield each


def _links(call: Call, path: str, *, last: str | None) -> dict[str, str]:
    """Write the links of a page: there is a next one while the page is not empty."""
    query = list(call.query)
    links = {"current": _link(call, path, query)}
    if last is not None:
        query = [part for part in query if part[0] != "older_than"]
        links["next"] = _link(call, path, [*query, ("older_than", last)])
    return links


def _link(call: Call, path: str, query: list[tuple[str, str]]) -> str:
    return f"{call.base}{path}?{urlencode(query)}" if query else f"{call.base}{path}"
