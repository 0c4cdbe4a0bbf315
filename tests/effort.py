"""How long tests look for what they have not found yet: minutes, or with KENNISPOST_TEST_LONG=1 as long as it takes."""

import os

LONG = bool(os.environ.get("KENNISPOST_TEST_LONG"))


def examples(usual: int, *, long: int) -> int:
    """How many examples a property is tried on."""
    return long if LONG else usual
