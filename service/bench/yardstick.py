"""The yardstick: postfix's smtp-source, which sends one message over and over, in C. It claims, signs and keeps nothing."""

import subprocess
import time

from service.bench.sinks import Address, postfix_program
from service.errors import BenchRefused

MOST_MESSAGES = 20_000


def smtp_source_rate(address: Address, *, messages: int, size: int, connections: int) -> float | None:
    """Messages a second by smtp-source into this server, connections kept open; None where it is not installed.

    Raises:
        BenchRefused: nobody listens there.
    """
    program = postfix_program("smtp-source")
    if program is None:
        return None
    count = min(messages, MOST_MESSAGES)
    options = ["-d", "-s", str(connections), "-m", str(count), "-l", str(size)]
    addresses = ["-f", "redactie@kennispost.example", "-t", "lezer@gemeente.example"]
    began = time.monotonic()
    ended = subprocess.run(  # noqa: S603  a program of Postfix, found by its name
        [program, *options, *addresses, str(address)], capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BenchRefused(f"smtp-source cannot send to {address}. {ended.stderr.strip()[-300:]}")
    return count / (time.monotonic() - began)
