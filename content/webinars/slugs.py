"""Slugs: a title as the last part of an address. Pure."""

import re

from content.folding import fold

LONGEST_SLUG = 60


def slug_of(title: str, *, otherwise: str) -> str:
    """Small letters, digits and single dashes; `otherwise` where nothing is left of the title."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(title).text).strip("-")
    return words[:LONGEST_SLUG].strip("-") or otherwise
