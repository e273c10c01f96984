# SPDX-License-Identifier: MIT
"""Take links and formatting out of a value that a stranger typed. Pure.

GOV.UK Notify does this to the values that a request names in `sanitise_content_for`, and fails on
a list or a number there. Here it is done before the request, to each text alone.
"""

import re

__all__ = ["sanitise"]

# With a scheme: all of it goes, up to white space, or to the bracket that ends a host.
_LINK = re.compile(r"https?://[\w.:@%-]*(?:[/?#][^<\s]*)?", re.IGNORECASE)
# Without one: what an e-mail program would make a link of. No e-mail address.
_HOST = re.compile(r"\b(?<![@.])(?:[\w-]+\.)+[a-z]{2,63}(?!@)\b", re.IGNORECASE)
_MARKDOWN = re.compile(r"[`*_()\\{}\[\]<>#+\-.!|]")


def sanitise(text: str) -> str:
    r"""Take links out of a value, and keep its Markdown from working.

    Use it on what a stranger typed and an e-mail repeats to somebody else:

        personalisation={"name": sanitise(name), "items": [sanitise(item) for item in items]}

    Args:
        text: the value.

    Returns:
        The value without addresses that have a scheme, with a space after the dots of those that
        have none, and with a backslash before each sign of Markdown. (Observed answers of the
        API: `[click](https://evil.example) evil.example` becomes `\[click\]\(\) evil\. example`.)
    """
    # What follows an address is none of its characters, so no two halves make another.
    text = _HOST.sub(lambda match: match[0].replace(".", ". "), _LINK.sub("", text))
    return _MARKDOWN.sub(r"\\\g<0>", text)
