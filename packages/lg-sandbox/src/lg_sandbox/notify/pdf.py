# SPDX-License-Identifier: MIT
"""Write a small PDF of lines of text (ISO 32000-1, section 7.5: header, objects, table, trailer).

One font that every reader has, one size, A4. It stands for the PDF of a letter; Notify's own looks
better.
"""

from collections.abc import Sequence

__all__ = ["write_pdf"]

_A4 = "0 0 595 842"
_LEFT, _TOP, _LEADING, _SIZE = 56, 786, 14, 11
_OWN_OBJECTS = 3


def write_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Write a PDF.

    Args:
        pages: the lines of each page. What the font does not have is printed as `?`.

    Returns:
        The file.
    """
    kids = " ".join(f"{_OWN_OBJECTS + 1 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for at, lines in enumerate(pages):
        drawn = _drawn(lines)
        objects += [
            (
                f"<< /Type /Page /Parent 2 0 R /MediaBox [{_A4}] /Contents "
                f"{_OWN_OBJECTS + 2 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>"
            ).encode(),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        ]
    return _file(objects)


def _drawn(lines: Sequence[str]) -> bytes:
    """The operators that draw the lines of a page (section 9.4)."""
    head = f"BT /F1 {_SIZE} Tf {_LEADING} TL {_LEFT} {_TOP} Td".encode()
    return b"\n".join([head, *(b"(%s) Tj T*" % _escaped(line) for line in lines), b"ET"])


def _escaped(line: str) -> bytes:
    raw = line.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    made = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, each in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        made += b"%010d 00000 n \n" % place
    made += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
    return bytes(made)
