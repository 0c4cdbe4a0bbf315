"""`kennispost bench segments`: how long it takes to count the readers of a segment."""

import time
from typing import Annotated, Any

import typer
from sqlalchemy import text

from service.bench.ending import ended_in_order
from service.bench.readers import add_readers, groups_of
from service.bench.stage import Stage, staged
from service.bench.telling import give, tell
from service.database import reading
from service.mailing.targeting import predicates_now
from subscribers.segments.compiling import count_readers
from subscribers.segments.expression import parse_expression


def _asks(predicate: str, *values: str) -> dict[str, Any]:
    return {"predicate": predicate, "values": list(values)}


def _group(match: str, *parts: dict[str, Any]) -> dict[str, Any]:
    return {"match": match, "parts": list(parts)}


SEGMENTS = {
    "language": _group("all", _asks("language", "nl")),
    "province": _group("all", _asks("province", "Drenthe", "Gelderland")),
    "size and topic": _group(
        "all", _asks("size", "klein", "middelklein"), _asks("interest", "lachgas", "ghb", "cannabis")
    ),
    "province or topic": _group("any", _asks("province", "Drenthe"), _asks("interest", "cannabis", "ghb")),
    "neither topic nor region": _group(
        "none", _asks("interest", "cannabis", "ghb", "lachgas"), _asks("ggd-region", "GGD Drenthe")
    ),
    "stream": _group("all", _asks("stream", "monthly")),
    "three levels": _group(
        "all",
        _asks("stream", "monthly"),
        _group(
            "any",
            _asks("province", "Utrecht", "Gelderland"),
            _group("all", _asks("size", "groot"), _group("none", _asks("interest", "cannabis"))),
        ),
        _group("none", _asks("language", "en")),
    ),
}
"""Each kind of question and of group; the register and the vocabulary know the values."""


def segments(
    *,
    readers: Annotated[int, typer.Option(help="Readers in the database.", min=1)] = 1_000_000,
    database: Annotated[
        str,
        typer.Option(
            help="sqlite, postgresql (from its wheel), or a postgresql:// URL to make a database on."
        ),
    ] = "postgresql",
    rounds: Annotated[int, typer.Option(help="Counts of each segment; the best is given.", min=1)] = 5,
) -> None:
    """Count segments over so many readers: a JSON object with the readers and the seconds of each."""
    with ended_in_order(), staged(database) as stage:
        tell(f"Making {readers} readers.")
        _fill(stage, readers)
        give({name: _measured(stage, expression, rounds) for name, expression in SEGMENTS.items()})


def _fill(stage: Stage, readers: int) -> None:
    engine, runtime = stage.runtime.engine, stage.runtime
    add_readers(engine, groups_of(runtime.vocabulary, 1_500), readers, now=runtime.clock())
    if engine.dialect.name == "postgresql":  # what autovacuum does by itself, a while after so many came
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _measured(stage: Stage, expression: dict[str, Any], rounds: int) -> dict[str, float]:
    parsed, took, counted = parse_expression(expression), [], 0
    for _round in range(rounds):
        with reading(stage.runtime.engine) as session:
            predicates = predicates_now(session, stage.runtime.vocabulary)
            began = time.perf_counter()
            counted = count_readers(session, parsed, predicates)
            took.append(time.perf_counter() - began)
    return {"readers": counted, "seconds": round(min(took), 3)}
