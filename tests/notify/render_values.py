# SPDX-License-Identifier: MIT
"""Values that personalisation may hold, and pages that must be whole."""

from html.parser import HTMLParser

from hypothesis import strategies as st

__all__ = ["VALUES", "tags_of"]

VALUES = st.one_of(
    st.none(),
    st.text(),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.lists(st.one_of(st.none(), st.text(), st.integers(), st.booleans())),
)
"""What a placeholder may be given."""

_EMPTY = {"br", "hr", "meta"}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in _EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)


def tags_of(html: str) -> list[tuple[str, dict[str, str | None]]]:
    """Return the elements of a page with their attributes; each must be closed in order."""
    parser = _Tags()
    parser.feed(html)
    parser.close()

    assert not parser.open
    return parser.tags
