# SPDX-License-Identifier: MIT
"""The pages behind the link of a file: say who you are, then fetch it.

Source: technical documentation, 'Send a file by email'. Notify serves these pages elsewhere.
"""

from html import escape
from urllib.parse import quote

from lg_sandbox.notify.files import HeldFile
from lg_sandbox.notify.pages import Field, form, page

__all__ = ["confirm_page", "download_page", "gone_page"]


def confirm_page(file: HeldFile, *, action: str, fault: str | None = None) -> str:
    """Ask to which address the file was sent.

    Args:
        file: the file.
        action: the link of this page.
        fault: what was wrong with the answer; None where nothing was.

    Returns:
        The page.
    """
    asked = Field("email_address", "Email address", kind="email")
    body = (
        "<h1>Confirm your email address</h1><p>To confirm the file was meant for you, enter the "
        "email address it was sent to.</p>"
        f"{form(action, (asked,), press='Continue', fault=fault)}"
        f"<p>You can download it until {file.until:%d %B %Y}.</p>"
    )
    return page("Confirm your email address", body)


def download_page(file: HeldFile, *, service: str, path: str) -> str:
    """Offer the file.

    Args:
        file: the file.
        service: what the service is called.
        path: the path of this page.

    Returns:
        The page.
    """
    link = f"{path}/download?key={quote(file.key)}&ticket={quote(file.ticket)}"
    body = (
        f"<h1>Download your file</h1><p>{escape(service)} sent you a file.</p>"
        f'<p><a href="{escape(link)}">Download {escape(file.download_name)}</a> '
        f"({len(file.content)} bytes)</p>"
        f"<p>You can download it until {file.until:%d %B %Y}.</p>"
    )
    return page("Download your file", body)


def gone_page() -> str:
    """Say that there is no such file, or no longer."""
    return page(
        "No longer available",
        "<h1>No longer available</h1><p>The link is wrong, or the file was kept for as long as "
        "the service asked for. Ask the service to send it again.</p>",
    )
