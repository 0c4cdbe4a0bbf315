"""Remembering: what the tables know of a database, as the plain values that `decide` takes."""

from sqlmodel import Session, col, or_, select

from content.interventions.knowing import Known, Memory, RecordState
from content.interventions.tables import Crawl, SourceRecord


def remember(session: Session, source_key: str) -> Memory:
    """What is known of a database. Its newest crawl is locked, so that two processes do not judge the same one at once."""
    judged = select(Crawl).where(Crawl.source_key == source_key, col(Crawl.stale).is_(False))
    newest = judged.order_by(col(Crawl.started_at).desc()).limit(1)
    last = session.exec(newest.with_for_update()).first()
    good = session.exec(newest.where(or_(Crawl.guard == "", col(Crawl.accepted_at).is_not(None)))).first()
    return Memory(
        records={record.key: as_known(record) for record in records_of(session, source_key)},
        good_count=good.listed if good else None,
        last_started=last.started_at if last else None,
        last_looked=last.looked_at if last else None,
    )


def records_of(session: Session, source_key: str) -> list[SourceRecord]:
    """The records of a database, by their number."""
    wanted = select(SourceRecord).where(SourceRecord.source_key == source_key)
    return list(session.exec(wanted.order_by(col(SourceRecord.id))))


def known_links(session: Session, source_key: str) -> dict[str, str]:
    """The address of each record of a database by its key, without those that were withdrawn.

    A crawl looks them up when the list no longer names them.
    """
    records = records_of(session, source_key)
    return {
        record.key: record.link for record in records if record.link and record.state != RecordState.WITHDRAWN
    }


def as_known(record: SourceRecord) -> Known:
    """A row as a plain value."""
    return Known(
        key=record.key,
        link=record.link,
        fields={
            name: tuple(value) if isinstance(value, list) else value for name, value in record.fields.items()
        },
        parser_version=record.parser_version,
        state=RecordState(record.state),
        missing_since=record.missing_since,
        missing_crawls=record.missing_crawls,
    )
