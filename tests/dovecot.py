"""Debian's dovecot as a private IMAP server on loopback: a configuration, a certificate and a port of its own."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from grp import getgrgid
from os import getuid
from pathlib import Path
from pwd import getpwnam, getpwuid

PROGRAM = shutil.which("dovecot") or "/usr/sbin/dovecot"
PASSWORD = "geheim wachtwoord"

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
default_login_user = {login}
default_internal_user = {internal}
default_internal_group = {group}
first_valid_uid = 0
mail_location = maildir:{folder}/mail
auth_mechanisms = plain login
passdb {{
  driver = passwd-file
  args = {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server. `certificate` is what a client must trust; `mail` is the Maildir of the one user, `bounces`."""

    port: int
    certificate: Path
    mail: Path

    @property
    def url(self) -> str:
        return f"imaps://bounces@localhost:{self.port}/INBOX"


def is_there() -> bool:
    return Path(PROGRAM).exists()


@contextmanager
def dovecot() -> Iterator[Dovecot]:
    """A server in a folder of its own, for as long as the block runs; only its own process is ended.

    As root it insists on running its parts as others (Debian makes `dovenull` and `dovecot`), who cannot enter pytest's folder.
    """
    folder = Path(tempfile.mkdtemp(prefix="kennispost-dovecot-"))
    folder.chmod(0o755)
    login, internal = ("dovenull", "dovecot") if getuid() == 0 else (me := getpwuid(getuid()).pw_name, me)
    owner = getpwnam(internal)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    make_certificate(certificate, key)
    for part in ("mail", "mail/new", "mail/cur", "mail/tmp"):
        (folder / part).mkdir()
        os.chown(folder / part, owner.pw_uid, owner.pw_gid)
    (folder / "passwords").write_text(f"bounces:{{PLAIN}}{PASSWORD}\n")
    port = free_port()
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder, certificate=certificate, key=key, port=port, login=login, internal=internal,
            group=getgrgid(owner.pw_gid).gr_name, uid=owner.pw_uid, gid=owner.pw_gid,
        )
    )  # fmt: skip
    process = subprocess.Popen([PROGRAM, "-F", "-c", str(folder / "dovecot.conf")])
    try:
        wait_for(port, certificate, process, folder / "log")
        yield Dovecot(port=port, certificate=certificate, mail=folder / "mail")
    finally:
        process.terminate()
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)


def make_certificate(certificate: Path, key: Path) -> None:
    subprocess.run(
        [
            "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
            "-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return int(chosen.getsockname()[1])


def wait_for(port: int, certificate: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    until = time.monotonic() + 20
    while time.monotonic() < until and process.poll() is None:
        try:
            with (
                socket.create_connection(("127.0.0.1", port), 1) as plain,
                context.wrap_socket(plain, server_hostname="localhost"),
            ):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"dovecot does not answer: {log.read_text() if log.exists() else 'no log'}")
