"""The settings of the mail relay, and of a second one. `Settings` has them among the others."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class RelaySettings(BaseSettings):
    """Where mail is handed in by SMTP, and how."""

    smtp_host: str = Field("localhost", description="The mail relay.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail relay.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="starttls, tls (from the first byte) or none."
    )
    smtp_username: str = Field("", description="User name at the relay; empty means no AUTH.")
    smtp_password: SecretStr = Field(SecretStr(""), description="Password at the relay.")
    smtp_timeout: float = Field(30.0, gt=0, description="Seconds to wait for the relay.")
    smtp_message_timeout: float = Field(600.0, gt=0, description="The same, for its answer to a message.")
    smtp_connections: int = Field(
        4, ge=1, le=50, description="Connections to the relay at once, per process."
    )
    smtp_messages_per_connection: int = Field(
        500, ge=1, description="Messages after which a connection is closed and a new one made."
    )
    smtp_fallback_host: str = Field(
        "", description="A second relay, for when the first cannot be reached; empty means there is none."
    )
    smtp_fallback_port: int = Field(587, ge=1, le=65535, description="Port of the second relay.")
    smtp_fallback_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="As smtp_security, for the second relay."
    )
    smtp_fallback_username: str = Field("", description="User name at the second relay.")
    smtp_fallback_password: SecretStr = Field(SecretStr(""), description="Password at the second relay.")
    smtp_trusted_certificates: Path | None = Field(
        None, description="File of certificates (PEM) to trust at the relays instead of the system's."
    )
