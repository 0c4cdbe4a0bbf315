"""`kennispost bench`: what can be measured on this installation. Each command says what it needs."""

from pathlib import Path
from typing import Annotated

import typer

from content.vocabulary import VOCABULARY, load_vocabulary
from service.bench import crash, harvest, importing, segments, send, sinking, webinars
from service.bench.tagging import as_json, as_text, items_per_second, read_examples, score
from service.cli.failing import stated_failures

bench = typer.Typer(help="Measure: how well, and how fast.", no_args_is_help=True)

bench.command("crash")(crash.crash)
bench.command("harvest")(harvest.harvest)
bench.command("import")(importing.bench_import)
bench.command("segments")(segments.segments)
bench.command("send")(send.send)
bench.command("sink")(sinking.sink)
bench.command("webinars")(webinars.webinars)


@bench.command("tagging")
def tagging(
    items: Annotated[Path, typer.Argument(help='JSON Lines: {"id","title","summary"}.')],
    gold: Annotated[Path, typer.Argument(help='JSON Lines: {"id","substances","settings","relevance"}.')],
    vocabulary: Annotated[
        Path, typer.Option(help="Another vocabulary file, to try out a change.", show_default=False)
    ] = VOCABULARY,
    json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """Tag items that a person has labelled: precision, recall and F1 for each label, the misses, and the speed."""
    with stated_failures():
        terms, examples = load_vocabulary(vocabulary), read_examples(items, gold)
    result, speed = score(terms, examples), items_per_second(terms, examples)
    for line in [as_json(result, speed=speed)] if json else as_text(result, speed=speed):
        typer.echo(line)
