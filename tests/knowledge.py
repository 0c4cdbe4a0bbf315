"""A knowledge base for tests: the starter knowledge, and databases that were visited a few times."""

from crawls import a_crawl, a_page, day

from content.crawled import CrawlResult
from content.interventions.recording import Recorded, record_crawl
from content.interventions.starter import load_starter_interventions
from service.database import writing
from service.runtime import Runtime

UNITY = {"name": "Unity", "level": "Goed onderbouwd", "summary": "Voorlichting over drugs op festivals."}


def record(runtime: Runtime, *crawls: CrawlResult) -> list[Recorded]:
    """Record crawls, each in a transaction of its own."""
    done = []
    for crawl in crawls:
        with writing(runtime.engine) as session:
            done.append(
                record_crawl(session, result=crawl, now=crawl.finished, vocabulary=runtime.vocabulary)
            )
    return done


def unity_crawls() -> list[CrawlResult]:
    """The case as it was: Loketgezondleven in 2017, 2018 and relabelled; NJi beside it."""
    first = a_page("1400610", **UNITY, level_date="28-06-2011", published="28-03-2017", age="18-35")
    second = a_page("1400610", **UNITY, level_date="07-06-2018", published="03-07-2018", age="18-35")
    relabelled = a_page(
        "1400610", **UNITY | {"level": "goed onderbouwd (I)"}, published="03-07-2018", age="18 t/m 35 jaar"
    )
    read_anew = a_page("1400610", **UNITY, level_date="2018-06-07", published="2018-07-03", age="18-35")
    nji = a_page(
        "unity", **UNITY, level_date="07-06-2018", age="19-35", target_group="Uitgaanders van 18 tot 36 jaar."
    )
    return [
        a_crawl(day(0), [first], source="loketgezondleven"),
        a_crawl(day(1), [second], source="loketgezondleven"),
        a_crawl(day(2), [relabelled], source="loketgezondleven"),
        a_crawl(day(3), [read_anew], version="2", source="loketgezondleven"),
        a_crawl(day(3), [nji]),
        a_crawl(day(4), [nji]),
    ]


def a_knowledge_base(runtime: Runtime) -> None:
    """The starter knowledge and the Unity case; a likeness to judge, a change to use, a crawl that a guard stopped."""
    with writing(runtime.engine) as session:
        load_starter_interventions(session, vocabulary=runtime.vocabulary, now=runtime.clock())
    record(runtime, *unity_crawls())
    many = [
        a_page(str(number), name=f"Programma {number} tegen drugs", summary="Preventie van drugs.")
        for number in range(12)
    ]
    moti = a_page(
        "moti4", name="Moti-4", owner="Novadic-Kentron", level="Goed onderbouwd", summary="Over drugs."
    )
    higher = a_page(
        "moti4", name="Moti-4", owner="Novadic-Kentron", level="Eerste aanwijzingen", summary="Over drugs."
    )
    record(
        runtime,
        a_crawl(day(5), [moti, *many], source="movisie"),
        a_crawl(day(6), [higher, *many], source="movisie"),
        a_crawl(day(7), many[:5], source="movisie"),
    )
