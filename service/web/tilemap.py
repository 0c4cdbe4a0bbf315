"""The tile map: a hexagon for each municipality, as numbers that a template draws. Odd rows lie half a tile to the right."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from subscribers.coverage import Place

WIDTH = 48.0
"""Of a tile, flat side to flat side, in units of the picture."""

SIDE = WIDTH / sqrt(3)
STEP = 1.5 * SIDE
"""From row to row."""

GAP = 2.0
EDGE = 4.0
ARTICLES = ("'s-", "'t ", "De ", "Den ", "Het ", "Aa en ", "West ", "Sint-", "Sint ")
LETTERS = 4


@dataclass(frozen=True)
class Tile:
    """`shade` is a class that the style sheet knows; `value` stands in the tile, so that colour never speaks alone."""

    x: float
    y: float
    points: str
    label: str
    value: str
    shade: str
    title: str


@dataclass(frozen=True)
class TileMap:
    """Tiles, and the size of the picture."""

    width: float
    height: float
    tiles: tuple[Tile, ...]

    @property
    def centre(self) -> float:
        """Where most of the tiles are, from left (0) to right (1): what a screen shows first that is too narrow for all."""
        return (
            round(sum(tile.x for tile in self.tiles) / len(self.tiles) / self.width, 3) if self.tiles else 0.5
        )


def tile_map(places: Sequence[tuple[Place, str, str, str]]) -> TileMap:
    """Of municipalities, each with the value that stands in its tile, its shade and its title."""
    if not places:
        return TileMap(0, 0, ())
    left = min(place.column for place, *_ in places)
    top = min(place.row for place, *_ in places)
    tiles = tuple(
        _tile(place, value, shade, title, left=left, top=top) for place, value, shade, title in places
    )
    return TileMap(
        width=round(max(tile.x for tile in tiles) + WIDTH / 2 + EDGE, 1),
        height=round(max(tile.y for tile in tiles) + SIDE + EDGE, 1),
        tiles=tiles,
    )


def short_label(name: str) -> str:
    """The first letters of a name, without what many names begin with."""
    for article in ARTICLES:
        if name.startswith(article) and len(name) > len(article) + 2:
            name = name.removeprefix(article)
    return name[:LETTERS].rstrip(" -(.")


def _tile(place: Place, value: str, shade: str, title: str, *, left: int, top: int) -> Tile:
    x = EDGE + WIDTH / 2 + (place.column - left + (place.row % 2) / 2) * WIDTH
    y = EDGE + SIDE + (place.row - top) * STEP
    return Tile(
        x=round(x, 1),
        y=round(y, 1),
        points=_hexagon(x, y),
        label=short_label(place.name),
        value=value,
        shade=shade,
        title=title,
    )


def _hexagon(x: float, y: float) -> str:
    half, side = (WIDTH - GAP) / 2, SIDE - GAP / sqrt(3)
    corners = (
        (0, -side),
        (half, -side / 2),
        (half, side / 2),
        (0, side),
        (-half, side / 2),
        (-half, -side / 2),
    )
    return " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
