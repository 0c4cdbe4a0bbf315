"""A page of text as PDF, so that the demo has a paper to download. ISO 32000-1, 7.5: objects, and where each begins. Pure."""

from collections.abc import Sequence

TITLE, LINE, LEADING = 20, 12, 22
"""Sizes in points."""


def one_page(title: str, lines: Sequence[str]) -> bytes:
    """An A4 page with a title and lines of text, in a typeface that each reader of PDF has."""
    shown = [f"/F2 {TITLE} Tf {_text(title)} Tj 0 {-2 * LEADING} Td /F1 {LINE} Tf"]
    shown += [f"{_text(line)} Tj 0 {-LEADING} Td" for line in lines]
    stream = f"BT 60 760 Td {' '.join(shown)} ET".encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (nl) >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        *(
            b"<< /Type /Font /Subtype /Type1 /BaseFont /%s /Encoding /WinAnsiEncoding >>" % face
            for face in (b"Helvetica", b"Helvetica-Bold")
        ),
    ]
    written = b"%PDF-1.4\n"
    begins = []
    for number, one in enumerate(objects, start=1):
        begins.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    table = b"".join(b"%010d 00000 n \n" % begin for begin in begins)
    size = len(objects) + 1
    return written + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(written))
    )


def _text(line: str) -> str:
    escaped = line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"
