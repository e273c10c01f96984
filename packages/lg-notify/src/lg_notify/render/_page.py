# SPDX-License-Identifier: MIT
"""Make a whole page of a rendered e-mail, to look at in a browser. Pure.

The page loads nothing from anywhere. GOV.UK's banner, or the council's, which Notify sets above
the text, is not on it.
"""

import html
import re

from lg_notify.render._email import EmailPreview

__all__ = ["email_page"]

_CUT_REFERENCE = re.compile(r"&[^;\s]*$")
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="format-detection" content="telephone=no">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{subject}</title>
<style>
body {{ margin: 0; font-family: Helvetica, Arial, sans-serif; font-size: 16px; color: #0B0C0C; }}
.subject {{ padding: 15px 10px; border-bottom: 1px solid #B1B4B6; font-weight: bold; }}
.text {{ max-width: 560px; margin: 0 auto; padding: 30px 10px; font-size: 19px; }}
.placeholder, .placeholder-conditional {{ background: #FFBF47; }}
</style>
</head>
<body>
<span style="display: none; font-size: 1px; color: #fff; max-height: 0;">{preheader}…</span>
<div class="subject">{subject}</div>
<div class="text">{body}</div>
</body>
</html>
"""


def email_page(preview: EmailPreview, *, language: str = "en") -> str:
    """Make a whole HTML page of an e-mail.

    Args:
        preview: the e-mail, as `email` renders it.
        language: the language of the e-mail, for screen readers: `en` or `cy`.

    Returns:
        The page.
    """
    return _PAGE.format(
        language=html.escape(language),
        subject=html.escape(preview.subject),
        # 256 characters may end within a character reference.
        preheader=_CUT_REFERENCE.sub("", preview.preheader),
        body=preview.html,
    )
