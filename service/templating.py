"""Jinja2: one environment for pages and mails. Escaping is on for everything but `.txt`."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from service.i18n import clock_time, day_month, full_date, full_moment, number, span, translations

SOURCE_TREE = Path(__file__).parent.parent / "templates"
PACKAGED = Path(__file__).parent / "templates"


def templates_folder() -> Path:
    """The source tree's templates when they are there, else the package's."""
    return SOURCE_TREE if (SOURCE_TREE / "emails").is_dir() else PACKAGED


@cache
def environment(language: str) -> Environment:
    """The environment for a language; an undefined name is an error, never an empty place."""
    made = Environment(
        loader=FileSystemLoader(templates_folder()),
        autoescape=select_autoescape(
            enabled_extensions=("html", "mjml", "xml"), default=True, disabled_extensions=("txt",)
        ),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    made.filters["full_moment"] = lambda moment: full_moment(moment, language)
    made.filters["full_date"] = lambda day: full_date(day, language)
    made.filters["day_month"] = lambda day: day_month(day, language)
    made.filters["clock_time"] = lambda moment, now: clock_time(moment, language, now=now)
    made.filters["number"] = lambda value, decimals=0: number(value, language, decimals=decimals)
    made.filters["span"] = lambda time: span(time, language)
    made.globals["language"] = language
    return made


def render(template: str, language: str, **values: Any) -> str:
    """Fill a template, named by its path under `templates/`."""
    return environment(language).get_template(template).render(**values)
