# SPDX-License-Identifier: MIT
"""The texts of Notify's about letters and about files by e-mail, and what each means. Pure."""

import re

from lg_notify import errors
from lg_notify._sentences import Known, Sentence, Write, plain

__all__ = ["KNOWN_OF_PARTS"]

_ADDRESS = "Correct the address: lg_notify.recipients.check_postal says what is wrong with it."
_FILE = "Send a file of 2 MiB at the most, of a type in lg_notify.files.FILE_TYPES."
_PDF = "Ask again in a while, or give get_letter_pdf the seconds that it may wait."


def _address(text: str) -> Write:
    return plain(text, errors.InvalidRecipientError, _ADDRESS, field="address")


def _file(text: str, advice: str = _FILE) -> Write:
    return plain(text, errors.InvalidFileError, advice, field="personalisation")


def _unsupported(found: re.Match[str]) -> Sentence:
    return Sentence(
        f"{found['part']} of a file has a value that GOV.UK Notify does not take",
        errors.InvalidFileError,
        "Use lg_notify.File, which checks it.",
        "personalisation",
    )


def _not_letters(why: str, advice: str) -> Write:
    return plain(f"{why} may not send letters", errors.NotAllowedError, advice)


KNOWN_OF_PARTS: Known = tuple(
    (re.compile(pattern, re.DOTALL), write)
    for pattern, write in (
        # Letters. Most were recorded; the others were read in the API's code.
        (r"Address must be at least 3 lines.*", _address("the address has fewer than 3 lines")),
        (r"Address must be no more than 7 lines.*", _address("the address has more than 7 lines")),
        (
            r"Last line of (?:the )?address must be .*",
            _address("the last line of the address is no UK postcode, and no country"),
        ),
        (
            r"The first 2 lines of the address must both include .*",
            _address("the first or second line of the address has no letter and no digit"),
        ),
        (r"Must be a real address", _address("the address says that there is no fixed abode")),
        (
            r"Address lines must not start with any of the following characters: .*",
            _address("a line of the address begins with a character that is not allowed"),
        ),
        (
            r"The last line of a BFPO address must not be a country.*",
            _address("a BFPO address ends with a country"),
        ),
        (
            r"Cannot create a usable QR code.*",
            plain(
                "the text of a QR code is longer than the 504 bytes that it holds",
                errors.InvalidMessageError,
                "Shorten the link.",
                field="personalisation",
            ),
        ),
        (
            r"postage invalid\..*",
            plain(
                "postage is not one that a letter of your own can have",
                errors.InvalidMessageError,
                "Use first, second or economy.",
                field="postage",
            ),
        ),
        (
            r"Cannot decode letter content .*",
            plain(
                "content is not base64",
                errors.InvalidMessageError,
                "Use lg_notify.PrecompiledLetter, which encodes it.",
                field="content",
            ),
        ),
        (
            r"Cannot send letters with a team api key",
            _not_letters("a team key", "Use a live key, or a test key."),
        ),
        (
            r"Cannot send letters when service is in trial mode.*",
            _not_letters("a service in trial mode", "Use a test key, or make the service live."),
        ),
        (
            r"Notification is not a letter",
            plain(
                "the message is not a letter, so it has no PDF",
                errors.InvalidMessageError,
                "Ask for the PDF of a letter only.",
                field="notification_id",
            ),
        ),
        (
            r"PDF not available yet, try again later",
            plain("the PDF of the letter is not made yet", errors.PDFNotReadyError, _PDF),
        ),
        # Files by e-mail.
        (
            r"filename `filename` must end with a file extension.*",
            _file("the name of a file has no ending"),
        ),
        (
            r"`filename` cannot be longer than 100 characters",
            _file("the name of a file has more than 100 characters"),
        ),
        (
            r"(?P<part>retention_period|confirm_email_before_download|is_csv) Unsupported value .*",
            _unsupported,
        ),
        (
            r".*Do not set a value for `is_csv` if `filename` is set\.?",
            _file("a file has both is_csv and a name", "Leave is_csv out where there is a name."),
        ),
        (r"Unsupported file type .*", _file("a file is of a type that GOV.UK Notify refuses")),
        (r"Document must not be empty", _file("a file is empty, or its content is not base64")),
        (r"Uploaded file exceeds file size limit", _file("a file is too large")),
        (
            r"Send files by email has not been set up.*",
            plain(
                "the service may not send files: it has no contact details for them",
                errors.NotAllowedError,
                "Add them in GOV.UK Notify (Settings, Send files by email).",
            ),
        ),
    )
)
