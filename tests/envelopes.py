"""A message to hand to a relay, and the settings that name one."""

from service.mailing.transport import Envelope
from service.settings import Settings

BODY = b"From: a@kennispost.example\r\nSubject: x\r\n\r\nHallo\r\n"


def an_envelope(number: int, recipient: str = "b@x.example", **others) -> Envelope:
    return Envelope(number, "a@kennispost.example", recipient, f"<{number}@x>", [BODY], **others)


def settings_for(port: int, **others) -> Settings:
    known = {
        "smtp_host": "127.0.0.1",
        "smtp_port": port,
        "smtp_security": "none",
        "smtp_timeout": 3,
        "smtp_message_timeout": 3,
    }
    return Settings(transport="smtp", **known | others)
