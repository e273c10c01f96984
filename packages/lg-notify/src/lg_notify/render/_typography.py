# SPDX-License-Identifier: MIT
"""Typography as GOV.UK Notify sets it: curly quotes, en dashes, no space before a comma. Pure.

Source: outputs of notifications-utils 127.0.0, which follow the SmartyPants algorithm for quotes
(John Gruber, 2003). Text of HTML keeps its tags, and what stands in a link keeps its quotes.
"""

import re

__all__ = ["govuk_unlinked", "one_line", "typeset", "without_unsupported"]

_BEFORE_PUNCTUATION = re.compile(r"(?<![ \t])[ \t]+([,.])")
_SPACED_HYPHENS = re.compile(r"(?<!\s)\s+[-\u2013\u2014]{1,3}\s+")
# Wider than an e-mail address: all that stands around an @ up to white space.
_AROUND_AT = re.compile(r"(^|\s)\S+@\S+(\s|$)", re.MULTILINE)
_GOVUK = re.compile(r"(^|\s)([#*^]?)(gov)\.(uk)(?![/?#])", re.IGNORECASE)
_TAG = re.compile(r"<!--.*?--\s*>|<[^>]*>", re.DOTALL)
_QUIET = re.compile(r"<(/?)(pre|samp|code|tt|kbd|script|style|math|a)[^>]*>", re.IGNORECASE)
_WIDE = str.maketrans("\u00a0\u202f", "  ", "\u180e\u200b\u200c\u200d\u2060\ufeff\u2028\u2029")

# A quote opens after one of these, and closes after anything but the others.
_OPENS = r"(\s|&nbsp;|--|&[mn]dash;)"
_CLOSES = r"([^ \t\r\n\[{(-])"
_QUOTES = tuple(
    (re.compile(pattern), curly)
    for pattern, curly in (
        (r"\"'(?=\w)", "\u201c\u2018"),
        (r"'\"(?=\w)", "\u2018\u201c"),
        (r"\b'(?=\d{2}s)", "\u2019"),
        (rf"{_OPENS}'(?=\w)", "\\1\u2018"),
        (rf"{_CLOSES}'(?!\s|s\b|\d)", "\\1\u2019"),
        (rf"{_CLOSES}'(\s|s\b)", "\\1\u2019\\2"),
        (r"'", "\u2018"),
        (rf"{_OPENS}\"(?=\w)", "\\1\u201c"),
        (r"\"(?=\s)", "\u201d"),
        (rf"{_CLOSES}\"", "\\1\u201d"),
        (r"\"", "\u201c"),
    )
)
_ALONE = {"'": ("\u2018", "\u2019"), '"': ("\u201c", "\u201d")}
# A backslash keeps these as they are typed.
_ESCAPED = re.compile(r"\\([\\\"'.`-])")


def typeset(text: str) -> str:
    """Set a text, or a piece of HTML.

    Args:
        text: the text; tags are left alone.

    Returns:
        The text as Notify sets it.
    """
    text = _BEFORE_PUNCTUATION.sub(r"\1", text)
    text = _curly(text)
    text = _AROUND_AT.sub(lambda match: _straight(match[0]), text)
    return _SPACED_HYPHENS.sub(" \u2013 ", text)


def _straight(text: str) -> str:
    return text.replace("\u2018", "'").replace("\u2019", "'")


def _curly(text: str) -> str:
    if "'" not in text and '"' not in text and "\\" not in text:
        return text
    parts: list[str] = []
    quiet: list[str] = []
    before = ""
    done = 0
    for tag in _TAG.finditer(text):
        if done < tag.start():
            parts.append(_quoted(text[done : tag.start()], before, quiet=bool(quiet)))
            before = text[tag.start() - 1]
        parts.append(tag[0])
        _note(tag[0], quiet)
        done = tag.end()
    if done < len(text):
        parts.append(_quoted(text[done:], before, quiet=bool(quiet)))
    return "".join(parts)


def _note(tag: str, quiet: list[str]) -> None:
    """Keep account of the elements in which quotes stay."""
    match = _QUIET.match(tag)
    if match is None:
        return
    name = match[2].lower()
    if not match[1]:
        quiet.append(name)
    elif quiet and quiet[-1] == name:
        quiet.pop()


def _quoted(text: str, before: str, *, quiet: bool) -> str:
    if quiet:
        return text
    text = _ESCAPED.sub(lambda match: f"&#{ord(match[1])};", text)
    if text in _ALONE:
        opening, closing = _ALONE[text]
        return closing if before and not before.isspace() else opening
    for pattern, curly in _QUOTES:
        text = pattern.sub(curly, text)
    return text


def govuk_unlinked(text: str) -> str:
    """Break "gov.uk" with a space of no width, so that no program makes a link of it.

    Args:
        text: the source of an e-mail.

    Returns:
        The same; an address with a path is left alone.
    """
    return _GOVUK.sub("\\1\\2\\3.\u200b\\4", text)


def without_unsupported(text: str) -> str:
    """Drop what e-mail programs show wrongly: the line separator and the Hangul filler.

    Args:
        text: the source of an e-mail.

    Returns:
        The rest.
    """
    return text.replace("\u2028", "").replace("\u3164", "")


def one_line(text: str) -> str:
    """Take all white space together, that of no width away.

    Args:
        text: a subject.

    Returns:
        One line.
    """
    return " ".join(text.translate(_WIDE).split())
