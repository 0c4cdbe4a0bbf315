"""Sites of databases on loopback, made of the fixtures, and what a crawl of them gives."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from content.connectors.crawl import crawl
from content.connectors.declaration import Declaration
from content.connectors.manners import well_mannered
from content.connectors.port import Answer, Fetch
from content.connectors.shelf import SHELF, declaration_of
from content.crawled import CrawlResult
from content.errors import FetchFailed
from content.fetching import fetch_now
from content.sources import SourceKind, add_source
from service.database import writing
from service.runtime import Runtime
from tests.fetched import RULES
from tests.strange_server import StrangeServer, with_body

FIXTURES = Path(__file__).parent / "fixtures" / "databases"
NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LOKET = "/leefstijlinterventies/interventies-zoeken"

SITES: Mapping[str, Mapping[str, str]] = {
    "loketgezondleven": {
        LOKET: "list.html",
        f"{LOKET}?pagina=2": "list-2.html",
        f"{LOKET}/1400610": "1400610-relabelled.html",
        f"{LOKET}/1900032": "1900032.html",
        f"{LOKET}/9999001": "9999001.html",
    },
    "nji": {
        "/interventies": "list.html",
        "/interventies/unity": "unity.html",
        "/interventies/voorbeeld-herbeoordeling": "voorbeeld-herbeoordeling.html",
        "/interventies/voorbeeld-niet-erkend": "voorbeeld-niet-erkend.html",
    },
    "movisie": {
        "/sociale-interventies?page=0": "list.html",
        "/sociale-interventies?page=1": "list-2.html",
        "/interventie/voorbeeld-een": "voorbeeld-een.html",
        "/interventie/voorbeeld-twee": "voorbeeld-twee.html",
        "/interventie/voorbeeld-drie": "voorbeeld-drie.html",
    },
    "sport-en-bewegen": {"/interventies": "list.html", "/interventies/voorbeeld": "voorbeeld.html"},
    "justitiele-interventies": {"/interventies": "list.html", "/interventies/voorbeeld": "voorbeeld.html"},
    "euda-xchange": {
        "/sitemap.xml": "sitemap.xml",
        "/sitemap.xml?page=1": "sitemap-1.xml",
        "/sitemap.xml?page=2": "sitemap-2.xml",
        "/best-practice/xchange/example-programme_en": "example-programme_en.html",
        "/best-practice/xchange/another-programme_en": "another-programme_en.html",
    },
}
"""By database: which fixture its site gives at which path."""


def fixture(key: str, name: str, *, origin: str = "") -> bytes:
    """A fixture, with addresses in it that lead to a server on loopback."""
    return (FIXTURES / key / name).read_bytes().replace(b"{origin}", origin.encode())


def put_site(server: StrangeServer, key: str) -> Declaration:
    """Serve the fixtures of a database; gives its declaration, with addresses that lead to them, and in a hurry."""
    for path, name in SITES[key].items():
        kind = "text/html" if name.endswith(".html") else "application/xml"
        server.on(path, with_body(fixture(key, name, origin=server.url), kind=kind))
    return moved(declaration_of(key), server)


def put_database(
    runtime: Runtime, folder: Path, server: StrangeServer, key: str = "nji", *, enabled: bool = True
) -> None:
    """A database on loopback, declared as ours is, and its source."""
    put_site(server, key)
    text = (SHELF / f"{key}.yaml").read_text(encoding="utf-8")
    url = moved(declaration_of(key), server).url
    (folder / f"{key}.yaml").write_text(
        re.sub(r"(?m)^url: .*$", f"url: {url}\ndelay: 0", text), encoding="utf-8"
    )
    runtime.settings.declarations_dir = folder
    with writing(runtime.engine) as session:
        add_source(session, key=key, url=url, enabled=enabled, kind=SourceKind.DATABASE, now=runtime.clock())


def moved(declaration: Declaration, server: StrangeServer) -> Declaration:
    """A declaration of which the address leads to a server on loopback."""
    parts = urlsplit(declaration.url)
    query = f"?{parts.query}" if parts.query else ""
    return replace(declaration, url=f"{server.url}{parts.path}{query}", delay=0.0)


def asked(url: str) -> Answer:
    """What a server on loopback answers to the real fetcher."""
    try:
        fetched = fetch_now(url, rules=RULES)
    except FetchFailed as error:
        if error.status is None or error.status == 200:
            raise
        return Answer(status=error.status, url=url)
    return Answer(fetched.status, fetched.url, fetched.body, {"content-type": fetched.content_type})


def mannered(**more: object) -> Fetch:
    """The real fetcher, with manners, that never waits."""
    values = {"delay": 0.0, "pause": lambda _seconds: None, "monotonic": lambda: 0.0, **more}
    return well_mannered(asked, **values)


def crawled(
    declaration: Declaration,
    *,
    fetch: Callable[[str], Answer] | None = None,
    known: Mapping[str, str] | None = None,
) -> CrawlResult:
    """A crawl over real HTTP."""
    return crawl(declaration, fetch=fetch or mannered(), clock=lambda: NOW, known=known or {})


def fields(result: CrawlResult, key: str) -> dict[str, object]:
    """The fields of one record of a crawl."""
    return dict(next(one for one in result.parsed if one.key == key).fields)


def as_json(value: object) -> bytes:
    """JSON as a server sends it."""
    return json.dumps(value, ensure_ascii=False).encode()
