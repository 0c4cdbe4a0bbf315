"""Tables: what a look at a source brought, field by field, for somebody at a terminal."""

from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def show_look(line: dict[str, Any]) -> None:
    """A source that was looked at, as the line of JSON has it."""
    console = Console(highlight=False, soft_wrap=False)
    total = line["declared_total"]
    said = f", {total} by its own word" if total is not None else ""
    count = f"{line['listed']} listed{said}, {line['records']} read"
    console.print(f"[bold]{escape(line['key'])}[/] ({line['kind']}, {line['outcome']}): {count}")
    console.print(escape(line["url"]), style="dim", overflow="fold")
    for problem in line["problems"]:
        console.print(f"  ! {escape(problem)}", style="red")
    if line["fields"]:
        console.print(_fields(line))
    if line["unknown"]:
        console.print(_unknown(line["unknown"]))
    if line["missing"]:
        console.print(f"  Missing in all: {', '.join(line['missing'])}", style="yellow")
    if line["enabled_now"]:
        console.print("  Enabled: it is visited from now on.", style="green")
    console.print()


def _fields(line: dict[str, Any]) -> Table:
    table = Table("field", "found", "sample", title_justify="left")
    for field in line["fields"]:
        state = f"{field['found']} of {line['records']}"
        if not field["found"]:
            state = "none (may be)" if field["optional"] else "MISSING"
        table.add_row(field["name"], state, escape(field["sample"]))
    return table


def _unknown(unknown: dict[str, str]) -> Table:
    table = Table("label that no field stands for", "text")
    for label, text in unknown.items():
        table.add_row(escape(label), escape(text))
    return table
