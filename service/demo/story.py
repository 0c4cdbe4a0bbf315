"""The story once through, on an empty SQLite file: sources → items → tags → issue → audience → variants → mailbox,
with a webinar that was before it, and one that comes."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import func
from sqlmodel import Session, col, select

from content.items import Item, ItemTag
from content.sources import Source, add_source, free_key
from content.webinars.tables import Webinar
from service.database import reading, writing
from service.demo.ahead import announce_coming, plan_ahead
from service.demo.held import hold, moments
from service.demo.issues import add_desk, open_next_issue, send_first_issue
from service.demo.readers import FORTNIGHT, add_readers
from service.demo.welcome import put_series_on, welcome_readers
from service.errors import NotADemo
from service.feed_server import feed_files
from service.harvesting import harvest_all
from service.mailing.delivering import deliver_due
from service.mailing.ledger import ledger
from service.mailing.outbox import Delivery, DeliveryState, Mailing, Variant
from service.preparing import prepare
from service.runtime import Runtime, build_runtime
from service.settings import Environment, Settings
from service.users import make_sign_in_link, sign_in_address, user_by_address
from subscribers.people import Stream

MARKER = ".kennispost-demo"
"""A file that says: what lies here is a demo's, and the next one may replace it."""


@dataclass(frozen=True)
class DemoReport:
    """What the demo did. `seconds` is the whole run, from the empty folder to the last message in the mailbox."""

    sources: int
    items: int
    tagged: int
    readers: int
    welcomed: int
    variants: int
    sent: int
    webinars: int
    webinar_mails: int
    failed: int
    seconds: float


def demo_settings(folder: Path, port: int) -> Settings:
    """The settings of a demo: SQLite and the built-in mailbox in a folder, and feeds on loopback allowed."""
    return Settings(
        environment=Environment.DEMO,
        data_dir=folder,
        database_url="",
        transport="maildir",
        base_url=f"http://localhost:{port}",
        sender_name="Kennispost (demonstratie)",
        sender_address="redactie@kennispost.example",
        sender_postal_address="Postbus 1, 1000 AA Voorbeeldstad",
        fetch_allow=["127.0.0.0/8"],
    )


def start_afresh(folder: Path) -> None:
    """Take away what an earlier demo left in this folder, and nothing else.

    Raises:
        NotADemo: there is a database in it that no demo made.
    """
    if (folder / "kennispost.db").exists() and not (folder / MARKER).exists():
        raise NotADemo(f"{folder} holds a database that is no demo's. Choose another folder with --data-dir.")
    for name in ("kennispost.db", "kennispost.db-wal", "kennispost.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.rmtree(folder / "postbus", ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()


def run_story(settings: Settings, *, feeds: Path, served_at: str) -> tuple[Runtime, DemoReport]:
    """Do the whole main job; give the runtime to go on with, and the figures.

    Args:
        settings: those of `demo_settings`; an earlier demo in their folder is replaced.
        feeds: the folder of feed files.
        served_at: where `service.feed_server` serves that folder.

    Raises:
        NothingToSend: no reader could be made, or nothing was harvested.
    """
    began = time.monotonic()
    start_afresh(settings.data_dir)
    runtime = build_runtime(settings)
    prepare(runtime, starter_sources=False)
    with writing(runtime.engine) as session:
        now = runtime.clock()
        for file in feed_files(feeds):
            add_source(
                session,
                key=free_key(session, title=file.stem),
                url=f"{served_at}/{quote(file.name)}",
                now=now,
            )
        add_desk(session, now=now)
        put_series_on(session, runtime, now=now - timedelta(days=FORTNIGHT))
        announced = moments(now)[0]
        add_readers(session, runtime, now=now, until=announced)
    hold(runtime, now=now)
    with writing(runtime.engine) as session:
        add_readers(session, runtime, now=now, since=announced)  # they were not there when it was announced
        welcome_readers(session, runtime, now=now)
    welcomed = deliver_due(runtime).sent
    harvest_all(runtime)
    with writing(runtime.engine) as session:
        coming = plan_ahead(session, runtime, now=runtime.clock())
        mailing_id = send_first_issue(session, runtime, coming=coming, now=runtime.clock()).id
    deliver_due(runtime)
    announce_coming(runtime, coming.id or 0)
    with writing(runtime.engine) as session:
        open_next_issue(session, runtime, now=runtime.clock())
    with reading(runtime.engine) as session:
        return runtime, _report(session, mailing_id or 0, welcomed, time.monotonic() - began)


def sign_in_link(runtime: Runtime, address: str) -> str:
    """A link that signs this person in at the desk, once, within the hour."""
    with writing(runtime.engine) as session:
        user = user_by_address(session, address)
        if user is None:
            raise ValueError(f"There is no desk user {address}.")
        now = runtime.clock()
        return sign_in_address(runtime.settings, make_sign_in_link(session, user=user, now=now), now)


def _report(session: Session, mailing_id: int, welcomed: int, seconds: float) -> DemoReport:
    mailing = session.get_one(Mailing, mailing_id)
    states = ledger(session, mailing)

    def count(of: object, *where: object) -> int:
        return session.scalar(select(func.count(of)).where(*where)) or 0  # type: ignore[arg-type]  # any column will do

    return DemoReport(
        sources=count(Source.id),
        items=count(Item.id),
        tagged=session.scalar(select(func.count(func.distinct(ItemTag.item_id)))) or 0,
        readers=mailing.planned,
        welcomed=welcomed,
        variants=count(Variant.id, col(Variant.mailing_id) == mailing_id),
        sent=states["sent"],
        webinars=count(Webinar.id),
        webinar_mails=_about_webinars(session),
        failed=states["failed"],
        seconds=round(seconds, 2),
    )


def _about_webinars(session: Session) -> int:
    """Mails about webinars that arrived: those to who takes part, and announcements."""
    about = col(Mailing.webinar_id).is_not(None) | (col(Mailing.stream) == Stream.WEBINARS)
    arrived = select(func.count(col(Delivery.id))).join(Mailing, col(Mailing.id) == col(Delivery.mailing_id))
    return session.exec(arrived.where(about, Delivery.state == DeliveryState.SENT)).one()
