"""SpamAssassin's opinion, where it is installed: its rules on this machine, without a look over the network."""

import re
import shutil
import subprocess

from service.errors import SpamAssassinMissing
from service.linting.findings import Finding, found

CLEAN_BELOW = 1.0
"""Points; from 5.0 on it is spam."""

TIMEOUT = 120.0
"""Seconds; the first run of a fresh installation compiles nothing, but reads all rules."""

_STATUS = re.compile(
    rb"^X-Spam-Status: \w+, score=(-?[\d.]+).*?tests=(.*?)\s+(?:autolearn|version)=", re.M | re.S
)


def spam_score(raw: bytes) -> Finding:
    """The score and the rules that hit; an error from `CLEAN_BELOW` on.

    Raises:
        SpamAssassinMissing: it is not installed, or gave no score.
    """
    program = shutil.which("spamassassin")
    if program is None:
        raise SpamAssassinMissing("SpamAssassin is not installed (Debian: apt-get install spamassassin).")
    try:
        ran = subprocess.run(  # noqa: S603  the program that was found, with the mail on its standard input
            [program, "--local"], input=raw, capture_output=True, check=True, timeout=TIMEOUT
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise SpamAssassinMissing(f"SpamAssassin did not judge the mail: {error}") from error
    status = _STATUS.search(ran.stdout)
    if status is None:
        raise SpamAssassinMissing("SpamAssassin gave no score.")
    score = float(status[1])
    rules = ", ".join(re.sub(r"\s", "", status[2].decode("ascii", "replace")).split(","))
    code = "spam-score" if score < CLEAN_BELOW else "spam-score-high"
    return found(code, score=f"{score:.1f}", rules=rules)
