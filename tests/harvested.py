"""Sources for tests of the harvest, and what a harvest left in the database."""

from sqlmodel import Session, col, select

from content.items import Item, ItemTag
from content.sources import (
    Source,
    add_source,
    source_by_key,
)
from service.database import reading, writing
from service.harvesting import HarvestReport
from service.runtime import Runtime


def add(runtime: Runtime, key: str, url: str, **more: object) -> None:
    with writing(runtime.engine) as session:
        add_source(session, key=key, url=url, now=runtime.clock(), **more)


def source(runtime: Runtime, key: str) -> Source:
    with reading(runtime.engine) as session:
        return source_by_key(session, key)


def items(runtime: Runtime) -> list[Item]:
    with reading(runtime.engine) as session:
        return list(session.exec(select(Item).order_by(col(Item.id))))


def tags(session: Session, item: Item) -> set[tuple[str, str]]:
    return {(tag.slug, tag.origin) for tag in session.exec(select(ItemTag).where(ItemTag.item_id == item.id))}


def figures(report: HarvestReport) -> tuple[int, int, int, int, int]:
    return report.fetched, report.unchanged, report.failed, report.items, report.new
