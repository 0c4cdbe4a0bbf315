"""The process that signs beside a sender: `python -m service.mailing.signing_process`. Started by `service.mailing.signing`.

It reads a line of JSON with the private keys (PEM), writes `READY`, and then for each request, which is a number of messages
(four octets, big-endian) and the SHA-256 of what each key covers in each, writes as many signatures in the same order.
It ends when its input does, however the sender ended.
"""

import json
import os
import signal
import struct
import sys
from typing import BinaryIO

from cryptography.hazmat.primitives.serialization import load_pem_private_key

from service.mailing.arithmetic import DIGEST_OCTETS, PrivateKey, sign_digest

NUMBER = struct.Struct(">I")
READY = b"\x06"

NICENESS = 10
"""It always has something to do, and works ahead: a relay on the same machine, and the sender, go first."""


def main() -> None:
    """Sign until nothing more is asked."""
    for one in (signal.SIGINT, signal.SIGTERM):  # meant for the sender, which finishes what is under way
        signal.signal(one, signal.SIG_IGN)
    os.nice(NICENESS)
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Answer what is asked on one stream on the other."""
    keys = [_loaded(pem) for pem in json.loads(asked.readline() or b"[]")]
    answers.write(READY)
    answers.flush()
    while head := asked.read(NUMBER.size):
        (messages,) = NUMBER.unpack(head)
        digests = asked.read(messages * len(keys) * DIGEST_OCTETS)
        starts = range(0, len(digests), DIGEST_OCTETS)
        made = [
            sign_digest(keys[at % len(keys)], digests[start : start + DIGEST_OCTETS])
            for at, start in enumerate(starts)
        ]
        answers.write(b"".join(made))
        answers.flush()


def _loaded(pem: str) -> PrivateKey:
    # The sender has checked them when it read them, and to check that primes are primes takes a tenth of a second.
    key: PrivateKey = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)  # type: ignore[assignment]  # of the two kinds that a Signer has
    return key


if __name__ == "__main__":
    main()
