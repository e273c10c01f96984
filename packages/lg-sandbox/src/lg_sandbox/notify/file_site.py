# SPDX-License-Identifier: MIT
"""The requests behind the link of a file: confirm an address, then fetch it."""

import hmac
from urllib.parse import quote

from lg_sandbox.answers import Answer
from lg_sandbox.notify.file_pages import confirm_page, download_page, gone_page
from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.recipients import BadRecipientError, read_email
from lg_sandbox.notify.visits import SAFE, Step, Visit, show

__all__ = ["FILE_STEPS"]


def _held(visit: Visit) -> HeldFile | None:
    """Find the file of a link, while it can be fetched."""
    with visit.office.open() as now:
        file = visit.office.files.get(visit.ids["file"])
    key = visit.query.get("key", "")
    if file is None or now >= file.until:
        return None
    return file if hmac.compare_digest(key.encode(), file.key.encode()) else None


def _file(visit: Visit) -> Answer:
    file = _held(visit)
    if file is None:
        return show(gone_page(), status=404)
    if file.confirm:
        return show(confirm_page(file, action=_link(visit, file)))
    return _offered(visit, file)


def _confirm(visit: Visit) -> Answer:
    file = _held(visit)
    if file is None:
        return show(gone_page(), status=404)
    try:
        address = read_email(visit.form.get("email_address", ""))
    except BadRecipientError:
        address = ""
    if address != file.to:
        fault = "This is not the email address the file was sent to"
        return show(confirm_page(file, action=_link(visit, file), fault=fault), status=400)
    return _offered(visit, file)


def _offered(visit: Visit, file: HeldFile) -> Answer:
    service = visit.office.desk(file.account).account.name
    return show(download_page(file, service=service, path=visit.path))


def _link(visit: Visit, file: HeldFile) -> str:
    return f"{visit.path}?key={quote(file.key, safe='')}"


def _download(visit: Visit) -> Answer:
    file = _held(visit)
    ticket = visit.query.get("ticket", "")
    if file is None or not hmac.compare_digest(ticket.encode(), file.ticket.encode()):
        return show(gone_page(), status=404)
    name = quote(file.download_name, safe="")
    kept = ("Content-Disposition", f"attachment; filename*=UTF-8''{name}")
    return Answer(200, file.content, file.content_type, (*SAFE, kept))


FILE_STEPS: tuple[tuple[str, str, Step], ...] = (
    ("GET", "/d/{service}/{file}", _file),
    ("POST", "/d/{service}/{file}", _confirm),
    ("GET", "/d/{service}/{file}/download", _download),
)
"""Method, path and what answers."""
