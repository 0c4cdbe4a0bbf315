"""The yardstick: postfix's smtp-source, which sends one message over and over, in C. It claims, signs and keeps nothing."""

import subprocess
import time

from service.bench.sinks import Address, postfix_program

MOST_MESSAGES = 20_000


def smtp_source_rate(address: Address, *, messages: int, size: int, connections: int) -> float | None:
    """Messages a second by smtp-source into this server, connections kept open; None where it is not installed."""
    program = postfix_program("smtp-source")
    if program is None:
        return None
    count = min(messages, MOST_MESSAGES)
    options = ["-d", "-s", str(connections), "-m", str(count), "-l", str(size)]
    addresses = ["-f", "redactie@kennispost.example", "-t", "lezer@gemeente.example"]
    began = time.monotonic()
    subprocess.run([program, *options, *addresses, str(address)], check=True)  # noqa: S603
    return count / (time.monotonic() - began)
