"""Settings, from `KENNISPOST_*` in the environment. docs/settings.md documents them one by one; a test holds it to that."""

from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from service.errors import InvalidSettings, UnsafeSettings
from service.relay_settings import RelaySettings
from service.values import (
    WINDOW,
    BounceAddress,
    Line,
    Networks,
    Ports,
    ReturnedMail,
    Secrets,
    Selector,
    ServerAddress,
    WebAddress,
)

PREFIX = "KENNISPOST_"
DEFAULT_SECRET = "kennispost-demo-secret-never-in-production"  # noqa: S105  refused in production, below


class Environment(StrEnum):
    """How the service runs: `demo` shows the mailbox, `production` refuses what is unsafe."""

    DEMO = "demo"
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class Settings(RelaySettings):
    """Everything an operator can set. The field's description is the documentation's first line."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=None, env_ignore_empty=True, extra="ignore")

    environment: Environment = Field(Environment.DEVELOPMENT, description="demo, development or production.")
    data_dir: Path = Field(Path("data"), description="Folder for the SQLite file and the built-in mailbox.")
    database_url: str = Field(
        "",
        repr=False,
        description="Database; empty means SQLite in the data folder. postgresql://… for PostgreSQL.",
    )
    secret_key: SecretStr = Field(
        SecretStr(DEFAULT_SECRET), description="Key that signs links and cookies; at least 32 characters."
    )
    old_secret_keys: Secrets = Field(
        default_factory=list,
        description="Earlier keys, newest first, with commas: links signed with them keep working.",
    )
    base_url: WebAddress = Field("http://localhost:8000", description="Public address of the site.")
    trusted_proxies: Networks = Field(
        default_factory=list,
        description="Networks of proxies whose X-Forwarded-For is believed, with commas: 10.0.0.0/8.",
    )
    web_threads: int = Field(
        20,
        ge=1,
        le=200,
        description="Requests that are served at once; the database pool is a little larger.",
    )

    sender_name: Line = Field("", description="Who sends, as readers see it.")
    sender_address: Line = Field("", description="The From address.")
    sender_postal_address: Line = Field(
        "", description="Postal address of the sender, in the foot of each mail."
    )
    editors_address: Line = Field(
        "", description="Where replies and messages to the editors go; empty means the From address."
    )
    count_clicks: bool = Field(True, description="Whether clicks in mails are counted, in total alone.")

    transport: Literal["maildir", "smtp"] = Field(
        "maildir", description="maildir (the built-in mailbox) or smtp."
    )
    send_per_hour: int = Field(
        0, ge=0, description="Messages an hour at most, over all processes; 0 means no limit."
    )
    send_per_hour_and_domain: int = Field(
        0, ge=0, description="Messages an hour at most to one recipient domain; 0 means no limit."
    )
    send_window: str = Field(
        "",
        pattern=WINDOW,
        description="When issues leave: workdays 08:00-18:00, or mon-sat 09:00-17:00, in Europe/Amsterdam; "
        "empty means always.",
    )
    lease_seconds: int = Field(
        900,
        ge=2,
        description="Seconds after which a process that holds messages is thought to have died; "
        "what it may have sent is then uncertain.",
    )

    dkim_selector: Selector = Field(
        "",
        description="Selector of the RSA key that signs (DKIM); empty means that Kennispost does not sign.",
    )
    dkim_second_selector: Selector = Field(
        "", description="Selector of an Ed25519 key for a second signature; empty means there is none."
    )
    dkim_domain: Line = Field("", description="Domain that signs; empty means that of the From address.")
    dkim_folder: Path | None = Field(
        None,
        description="Folder with the keys, a file <selector>.pem each; empty means dkim in the data folder.",
    )

    bounce_address: BounceAddress = Field(
        "",
        description="Where undeliverable mail comes back; each mail adds a tag of its own (name+tag@domain). "
        "Empty means the From address.",
    )
    bounces: ReturnedMail = Field(
        "",
        description="The mailbox that bounces arrive in: the folder of a Maildir, or imaps://user@host:993/INBOX. "
        "Empty means that nothing is fetched.",
    )
    bounces_password: SecretStr = Field(SecretStr(""), description="Password of that mailbox.")

    monthly_day: str = Field(
        "2nd tue",
        pattern=r"^((1st|2nd|3rd|4th|last) (mon|tue|wed|thu|fri|sat|sun)|[1-9]|1\d|2[0-8]|last)$",
        description="Day of the monthly issue: 2nd tue, last thu, 15 (1 to 28), or last. A day that each month has.",
    )
    monthly_time: str = Field(
        "10:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Time of the monthly issue in Europe/Amsterdam.",
    )
    draft_days_before: int = Field(
        7, ge=1, le=25, description="Days before the monthly issue that its draft is opened."
    )
    remind_days_before: int = Field(
        2, ge=1, le=25, description="Days before the monthly issue that editors are reminded."
    )
    digest_day: str = Field(
        "thu",
        pattern=r"^((mon|tue|wed|thu|fri|sat|sun)|never)$",
        description="Day of the weekly digest: mon to sun, or never.",
    )
    digest_time: str = Field(
        "09:00",
        pattern=r"^([01]\d|2[0-3]):[0-5]\d$",
        description="Time of the weekly digest in Europe/Amsterdam.",
    )
    digest_draft_days_before: int = Field(
        2,
        ge=1,
        le=6,
        description="Days before the weekly digest that its draft is opened; editors are reminded a day before it.",
    )
    send_expires_hours: int = Field(
        12,
        ge=1,
        le=240,
        description="Hours after its moment that an issue may still leave by itself; later, a person is asked.",
    )

    fetch_timeout: float = Field(20.0, gt=0, description="Seconds a source may take in all.")
    fetch_limit: int = Field(
        15 * 1024 * 1024, ge=1024, description="Bytes that a source may send, after decompression."
    )
    fetch_contact: str = Field(
        "", description="Address in the User-Agent, so that a source can reach the operator."
    )
    fetch_ports: Ports = Field(
        default_factory=list,
        description="Ports that may be asked besides 80 and 443, with commas: 8080,8443.",
    )
    fetch_allow: Networks = Field(
        default_factory=list,
        description="Networks that may be fetched although they are not public, with commas: 127.0.0.0/8.",
    )

    bigbluebutton_url: ServerAddress = Field("", description="API of a BigBlueButton server, if any.")
    bigbluebutton_secret: SecretStr = Field(SecretStr(""), description="The shared secret of that server.")
    declarations_dir: Path | None = Field(
        None,
        description="Folder with declarations of databases of your own (*.yaml), which go before those that we ship.",
    )

    @property
    def declaration_folders(self) -> tuple[Path, ...]:
        """Folders with declarations, beside those that come with Kennispost."""
        return (self.declarations_dir,) if self.declarations_dir else ()

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy URL: SQLite in the data folder unless set; a plain postgresql:// gets the psycopg driver."""
        if not self.database_url:
            return f"sqlite:///{(self.data_dir / 'kennispost.db').resolve()}"
        for prefix in ("postgres://", "postgresql://"):
            if self.database_url.startswith(prefix):
                return "postgresql+psycopg://" + self.database_url.removeprefix(prefix)
        return self.database_url

    @property
    def uses_sqlite(self) -> bool:
        """Whether the embedded engine is in use."""
        return self.resolved_database_url.startswith("sqlite")

    def signing_keys(self) -> list[str]:
        """All keys, oldest first, as itsdangerous wants them: the last one signs."""
        return [
            *(key.get_secret_value() for key in reversed(self.old_secret_keys)),
            self.secret_key.get_secret_value(),
        ]


def load_settings() -> Settings:
    """The settings of this process, from its environment.

    Raises:
        InvalidSettings: with one line for each variable that has a value it cannot have.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            f"{PREFIX}{str(fault['loc'][0]).upper()}: {fault['msg'].removeprefix('Value error, ')}"
            for fault in error.errors()
        )
        raise InvalidSettings("\n".join(faults)) from error


def refuse_unsafe(settings: Settings) -> None:
    """Hold production to what is safe and lawful (Telecommunicatiewet 11.7: a true sender in each message).

    Raises:
        UnsafeSettings: with one line for each setting that must change. Nothing is refused outside production.
    """
    if settings.environment is not Environment.PRODUCTION:
        return
    secret = settings.secret_key.get_secret_value()
    faults = [
        text
        for refused, text in (
            (secret == DEFAULT_SECRET, "KENNISPOST_SECRET_KEY is the default: set one of your own."),
            (len(secret) < 32, "KENNISPOST_SECRET_KEY is shorter than 32 characters: set a longer one."),
            (
                DEFAULT_SECRET in settings.signing_keys()[:-1],
                "KENNISPOST_OLD_SECRET_KEYS holds the default: whoever reads the source could sign links.",
            ),
            (
                not settings.base_url.startswith("https://"),
                "KENNISPOST_BASE_URL is not https: links in mails must be.",
            ),
            (not settings.sender_name, "KENNISPOST_SENDER_NAME is empty: readers must see who sends."),
            (
                "@" not in settings.sender_address,
                "KENNISPOST_SENDER_ADDRESS is not an address: mail needs a From address.",
            ),
            (
                not settings.sender_postal_address,
                "KENNISPOST_SENDER_POSTAL_ADDRESS is empty: the law asks for it.",
            ),
            *(
                (
                    security == "none" and bool(username),
                    f"KENNISPOST_{name}_SECURITY is none: the password would travel in the clear. Use starttls or tls.",
                )
                for name, security, username in (
                    ("SMTP", settings.smtp_security, settings.smtp_username),
                    ("SMTP_FALLBACK", settings.smtp_fallback_security, settings.smtp_fallback_username),
                )
            ),
        )
        if refused
    ]
    if faults:
        raise UnsafeSettings("\n".join(faults))
