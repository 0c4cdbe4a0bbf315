"""The starter of the welcome series: texts to begin with, which editors make their own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

STARTER = Path(__file__).parent / "starter" / "welcome.yaml"


@dataclass(frozen=True)
class StarterLink:
    """Something to read on with, for every reader."""

    title: str
    body: str
    link: str
    source: str


@dataclass(frozen=True)
class StarterStep:
    """A step in one language. `body` is Markdown and names its source; `delay_days` counts from confirming.

    A step that is about choosing has `interventions`: those of the knowledge base, for each reader what fits.
    """

    step: int
    language: str
    delay_days: int
    title: str
    introduction: str
    heading: str
    body: str
    links: tuple[StarterLink, ...] = ()
    interventions: bool = False


@cache
def starter_steps() -> tuple[StarterStep, ...]:
    """All steps in all languages, as the file has them."""
    data = yaml.safe_load(STARTER.read_text("utf-8"))
    return tuple(
        StarterStep(
            step=step["step"],
            language=language,
            delay_days=step["delay_days"],
            title=text["title"],
            introduction=text["introduction"].strip(),
            heading=text["heading"],
            body=text["body"].strip(),
            links=tuple(StarterLink(**link) for link in text.get("links", ())),
            interventions=bool(step.get("interventions", False)),
        )
        for step in data["steps"]
        for language, text in step["texts"].items()
    )
