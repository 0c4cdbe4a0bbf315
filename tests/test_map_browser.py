"""The map of municipalities on a telephone, in a real browser: it opens where the country is."""

import pytest
from colleague import ANNA
from playwright.sync_api import Browser

from service.database import writing
from service.runtime import Runtime
from subscribers.register import load_register
from tests.browsing import ON_ONE, signed_in

pytestmark = [pytest.mark.browser, ON_ONE]

SHOWN = """() => {
  const map = document.querySelector(".map").getBoundingClientRect();
  const tiles = [...document.querySelectorAll(".map polygon")].map((one) => one.getBoundingClientRect());
  const inside = tiles.filter((one) => one.left >= map.left && one.right <= map.right).length;
  return [inside / tiles.length, map.width < 980];
}"""
"""Which part of the tiles is seen, and whether the map is wider than its place."""


@pytest.mark.parametrize(("width", "least"), [(1280, 0.99), (390, 0.4)])
def test_the_map_opens_where_most_municipalities_are(
    browser: Browser, runtime: Runtime, desk: str, width: int, least: float
) -> None:
    with writing(runtime.engine) as session:
        load_register(session)
    page = signed_in(browser, runtime, ANNA, "Anna", "editor", width=width)
    for path in ("/redactie/cijfers/dekking", "/dekking"):
        page.goto(f"{desk}{path}")
        seen, narrow = page.evaluate(SHOWN)
        assert seen > least, path
        assert narrow is (width == 390)
    page.context.close()
