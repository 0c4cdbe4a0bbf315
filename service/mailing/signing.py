"""Signing: who makes the signatures of a run. A process of its own for a mailing, a thread for a few messages.

The arithmetic takes a third of what sending a message takes. In a thread it asks for the interpreter after each signature, and
takes it from the connections just when they need it; a process has one to itself (decision 0041). Should it fail to start, hang
or be killed, the thread does its work: nothing is lost by it but speed.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from types import TracebackType
from typing import Self

import structlog
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from service.mailing.arithmetic import signature_octets
from service.mailing.dkim import Key, Signer, Unsigned, digest_of, signature
from service.mailing.envelopes import Prepared
from service.mailing.signing_process import NUMBER, READY

log = structlog.get_logger()

WORTH = 200
"""Messages claimed at once that are worth a process, which takes 0.15 s to start. A mailing has them from its 225th message on:
it begins with 25, and goes on with `delivering.BATCH` at a time."""

ANSWER_SECONDS = 2.0
"""How long an answer may take: a hundred times what it takes. A process that hangs is as good as gone."""

ENDING_SECONDS = 0.5
"""How long the process may take to end when nothing more is asked of it, and once more when it is killed."""

_GONE = (OSError, asyncio.IncompleteReadError)


class Signatures:
    """Makes the signatures of one run. Opened and closed as an asynchronous context."""

    def __init__(self, signer: Signer | None) -> None:
        self._keys = signer.keys if signer else ()
        self._thread = ThreadPoolExecutor(1, "kennispost-signer")
        self._starting: asyncio.Task[None] | None = None
        self._process: SigningProcess | None = None

    @property
    def pid(self) -> int | None:
        """Which process signs; None where the thread does."""
        return self._process.pid if self._process else None

    async def __aenter__(self) -> Self:
        """Nothing is started until there is much to sign."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the thread and the process."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        if self._process is not None:
            await self._process.end()
        self._thread.shutdown()

    def expect(self, messages: int) -> None:
        """So many were claimed at once: a process is started when they are worth it. Until it is ready the thread signs."""
        if messages >= WORTH and self._keys and self._starting is None:
            self._starting = asyncio.create_task(self._start())

    async def make(self, prepared: Sequence[Prepared]) -> list[list[bytes]]:
        """The signatures of each of these messages, one for each key."""
        if self._process is not None:
            try:
                return await self._process.sign([one.unsigned for one in prepared])
            except _GONE as error:
                await self._give_up(error)
        work = asyncio.get_running_loop().run_in_executor(self._thread, _signed_here, prepared)
        return await work

    async def _start(self) -> None:
        process = SigningProcess(self._keys)
        try:
            await process.start()
        except _GONE as error:
            log.warning("the process that signs does not start: a thread does its work", problem=str(error))
            await process.end()
        except asyncio.CancelledError:
            await process.end()
            raise
        else:
            self._process = process

    async def _give_up(self, error: Exception) -> None:
        process, self._process = self._process, None
        if process is not None:  # the first of several that waited for it
            log.warning("the process that signs is gone: a thread does its work", problem=str(error))
            await process.end()


class SigningProcess:
    """A process that signs with these keys, and this end of it."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self._keys = keys
        self._octets = [signature_octets(key.private) for key in keys]
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()  # answers come in the order of the questions

    @property
    def pid(self) -> int | None:
        """Its number, once it is started."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start it, and wait until it is ready.

        Raises:
            OSError, IncompleteReadError: there is none to be had.
        """
        pipe = asyncio.subprocess.PIPE
        program = (
            sys.executable,
            "-P",
            "-m",
            "service.mailing.signing_process",
        )  # nothing from where we stand
        self._process = await asyncio.create_subprocess_exec(*program, stdin=pipe, stdout=pipe)
        self._write(json.dumps([_pem(key) for key in self._keys]).encode() + b"\n")
        if await self._read(len(READY)) != READY:
            raise OSError("it says something else than that it is ready")

    async def sign(self, wanted: Sequence[Sequence[Unsigned]]) -> list[list[bytes]]:
        """The signatures of messages, one for each key.

        Raises:
            OSError, IncompleteReadError: it is gone, or hangs.
        """
        digests = [digest_of(each) for one in wanted for each in one]
        self._write(NUMBER.pack(len(wanted)) + b"".join(digests))
        try:
            async with asyncio.timeout(ANSWER_SECONDS), self._turn:
                made = BytesIO(await self._read(len(wanted) * sum(self._octets)))
        except BaseException:
            self._kill()  # its answer would be taken for that to the next question
            raise
        return [[made.read(octets) for octets in self._octets] for _one in wanted]

    async def end(self) -> None:
        """Ask nothing more of it, and see to it that it ends."""
        if self._process is None or self._process.stdin is None or self._process.stdout is None:
            return
        self._process.stdin.close()
        for _ in range(2):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDING_SECONDS), self._turn:
                    await self._process.wait()
                    await self._process.stdout.read()  # to its end: until then the loop holds on to it
                return
            self._kill()

    def _kill(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    def _write(self, octets: bytes) -> None:
        if self._process is None or self._process.stdin is None:
            raise BrokenPipeError("no process was started")
        self._process.stdin.write(octets)  # a few kilobytes at most are under way: the pipe holds them

    async def _read(self, octets: int) -> bytes:
        if self._process is None or self._process.stdout is None:
            raise BrokenPipeError("no process was started")
        return await self._process.stdout.readexactly(octets)


def _pem(key: Key) -> str:
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _signed_here(prepared: Sequence[Prepared]) -> list[list[bytes]]:
    return [[signature(each) for each in one.unsigned] for one in prepared]
