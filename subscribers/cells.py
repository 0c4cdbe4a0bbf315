"""Cells: text that goes into a spreadsheet and must stay text, and the way back. Pure functions.

A spreadsheet runs what begins with = + - or @ as a formula (DDE among them), also behind a tab or a new line: CWE-1236, and
OWASP "CSV Injection". An apostrophe in front makes it text again; `restored` takes it away when a file comes back.
"""

DANGEROUS = frozenset("=+-@\t\r\n＝＋－＠")
"""Signs that may begin a formula; the wide ones are read as the narrow ones by some programs."""

GUARD = "'"


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return (
        GUARD + text if _may_run(text) or (text.startswith(GUARD) and _may_run(text.lstrip(GUARD))) else text
    )


def restored(cell: str) -> str:
    """What `neutral` was given."""
    return cell[1:] if cell.startswith(GUARD) and _may_run(cell.lstrip(GUARD)) else cell


def _may_run(text: str) -> bool:
    # Blanks, and signs that cannot be seen, are skipped by programs before they look for a formula.
    for sign in text:
        if sign in DANGEROUS:
            return True
        if sign.isprintable() and not sign.isspace():
            return False
    return False
