# SPDX-License-Identifier: MIT
"""Files that are sent by email: what may be sent, what it is, and how long it can be fetched.

Source: technical documentation, 'Send a file by email'; the schema `send_a_file_validation`; the
recorded answers 'file ...'. What the file server of Notify checks comes after the schema.
"""

import base64
import binascii
import re
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, cast

from lg_sandbox.notify.errors import bad_request, invalid

__all__ = ["HeldFile", "file_keys", "link_to", "read_file", "smoke_test_link"]

_LARGEST = 2 * 1024 * 1024 + 1024
_LONGEST_NAME = 100
_KEYS = ("file", "is_csv", "confirm_email_before_download", "retention_period", "filename")
_WEEKS = re.compile(r"([0-9]{1,2}) weeks?")
_MOST_WEEKS = 78
_DEFAULT_WEEKS = 26
_ID_BYTES = 16
_KEY_BYTES = 32
# notifications document-download-api, the allowed types by the ends of their names.
_TYPES = {
    ".csv": "text/csv",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".json": "application/json",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".rtf": "text/rtf",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ENDS = {kind: end for end, kind in _TYPES.items()}
_SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"{\\rtf", "text/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"MZ", "application/x-dosexec"),
    (b"GIF8", "image/gif"),
)
_IN_ZIP = (
    ("word/", _TYPES[".docx"]),
    ("xl/", _TYPES[".xlsx"]),
    ("mimetype", _TYPES[".odt"]),
)


@dataclass(frozen=True, slots=True)
class HeldFile:
    """A file that a person can fetch.

    Args:
        id: its id in the link.
        key: the secret of the link.
        account: the id of the service that sent it.
        to: the email address it was sent to, in its normal form.
        content: the bytes.
        content_type: what they are.
        filename: its name; None where none was given.
        confirm: whether the person says first to which address it was sent.
        until: until when it can be fetched.
        ticket: what stands for the confirmation once it was made.
    """

    id: str
    key: str = field(repr=False)
    account: str
    to: str = field(repr=False)
    content: bytes = field(repr=False)
    content_type: str
    filename: str | None = field(repr=False)
    confirm: bool
    until: datetime
    ticket: str = field(repr=False)

    @property
    def download_name(self) -> str:
        """The name under which it is saved."""
        return self.filename or f"document{_ENDS[self.content_type]}"


def file_keys(personalisation: Mapping[str, object]) -> list[str]:
    """List the values that are files.

    Args:
        personalisation: the values.

    Returns:
        Their names.
    """
    return [
        name
        for name, value in personalisation.items()
        if isinstance(value, dict) and "file" in cast("dict[str, Any]", value)
    ]


def read_file(value: Mapping[str, Any], *, account: str, to: str, now: datetime) -> HeldFile:
    """Read a file, as Notify does before it sends.

    Args:
        value: the value of the placeholder.
        account: the id of the service.
        to: the email address, in its normal form.
        now: the instant on the virtual clock.

    Returns:
        The file, to be kept.

    Raises:
        Refusal: 400 `ValidationError` when its shape is wrong, `BadRequestError` when its content
            is.
    """
    faults = _faults(value)
    if faults:
        raise invalid(faults)
    filename: str | None = value.get("filename")
    if filename is not None and len(filename) > _LONGEST_NAME:
        raise bad_request(f"`filename` cannot be longer than {_LONGEST_NAME} characters")
    content = _decode(value["file"])
    if not content:
        raise bad_request("Document must not be empty")
    if len(content) > _LARGEST:
        raise bad_request("Uploaded file exceeds file size limit")
    confirm = value.get("confirm_email_before_download")
    weeks = _WEEKS.fullmatch(value.get("retention_period") or f"{_DEFAULT_WEEKS} weeks")
    return HeldFile(
        id=secrets.token_urlsafe(_ID_BYTES),
        key=secrets.token_urlsafe(_KEY_BYTES),
        account=account,
        to=to,
        content=content,
        content_type=_type_of(content, filename=filename, is_csv=bool(value.get("is_csv"))),
        filename=filename,
        confirm=confirm is not False,
        until=now + timedelta(weeks=int(weeks[1]) if weeks else _DEFAULT_WEEKS),
        ticket=secrets.token_urlsafe(_KEY_BYTES),
    )


def link_to(file: HeldFile, *, base: str) -> str:
    """Return the secret link that the email holds.

    Args:
        file: the file.
        base: the address under which its page is served.
    """
    return f"{base}/d/{_short(file.account)}/{file.id}?key={file.key}"


def smoke_test_link(account: str, *, base: str) -> str:
    """Return the link of an email to one of the recipients of smoke tests: it leads nowhere.

    Args:
        account: the id of the service.
        base: the address under which pages are served.
    """
    return f"{base}/services/{account}/documents/test-document"


def _short(account: str) -> str:
    raw = bytes.fromhex(account.replace("-", ""))
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _faults(value: Mapping[str, Any]) -> list[str]:
    faults: list[str] = []
    if not isinstance(value["file"], str):
        shown = str(value["file"]).replace("'", "")
        faults.append(f"file {shown} is not of type string")
    for name in ("is_csv", "confirm_email_before_download"):
        given = value.get(name)
        if given is not None and not isinstance(given, bool):
            faults.append(
                f"{name} Unsupported value for {name}: {given}. Use a boolean true or false value."
            )
    period = value.get("retention_period")
    if period is not None and not _is_period(period):
        faults.append(
            f"retention_period Unsupported value for retention_period: {period}. "
            f"Supported periods are from 1 to {_MOST_WEEKS} weeks."
        )
    name = value.get("filename")
    if name is not None and not (isinstance(name, str) and re.search(r"\.[^.]+$", name)):
        faults.append(
            "filename `filename` must end with a file extension. For example, filename.csv"
        )
    if value.get("is_csv") is not None and name is not None:
        faults.append("Do not set a value for `is_csv` if `filename` is set.")
    unknown = [each.replace("'", "") for each in value if each not in _KEYS]
    if unknown:
        verb = "was" if len(unknown) == 1 else "were"
        listed = ", ".join(unknown)
        faults.append(f"Additional properties are not allowed ({listed} {verb} unexpected)")
    return faults


def _is_period(period: object) -> bool:
    match = _WEEKS.fullmatch(period.lower()) if isinstance(period, str) else None
    return match is not None and 1 <= int(match[1]) <= _MOST_WEEKS


def _decode(text: str) -> bytes:
    """Decode as Notify does: what is no base64 is passed over (recorded answer 'not base64')."""
    try:
        return base64.b64decode(text)
    except (binascii.Error, ValueError):
        raise bad_request("Document is not base64 encoded") from None


def _type_of(content: bytes, *, filename: str | None, is_csv: bool) -> str:
    """Say what a file is: by its name where it has one, else by what it begins with."""
    if filename is not None:
        end = f".{filename.rpartition('.')[2].lower()}"
        if end not in _TYPES:
            raise _unsupported(end)
        return _TYPES[end]
    kind = _sniffed(content)
    if kind not in _ENDS:
        raise _unsupported(kind)
    return _TYPES[".csv"] if is_csv and kind == _TYPES[".txt"] else kind


def _unsupported(kind: str) -> Exception:
    listed = ", ".join(f"'{each}'" for each in _TYPES)
    return bad_request(f"Unsupported file type '{kind}'. Supported types are: {listed}")


def _sniffed(content: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _in_zip(content)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    if "\x00" in text:
        return "application/octet-stream"
    return _TYPES[".json"] if text.lstrip()[:1] in {"{", "["} else _TYPES[".txt"]


def _in_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "application/zip"
    for start, kind in _IN_ZIP:
        if any(name.startswith(start) for name in names):
            return kind
    return "application/zip"
