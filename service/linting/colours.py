"""Colours and their contrast, as WCAG 2.2 computes it (1.4.3)."""

from dataclasses import dataclass

from tinycss2.color4 import parse_color


@dataclass(frozen=True)
class Colour:
    """sRGB, each from 0 to 1, and how opaque it is."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, paper: "Colour") -> "Colour":
        """What is seen when this lies on opaque paper."""
        mixed = (
            ink * self.alpha + below * (1 - self.alpha)
            for ink, below in zip(
                (self.red, self.green, self.blue), (paper.red, paper.green, paper.blue), strict=True
            )
        )
        return Colour(*mixed)

    @property
    def luminance(self) -> float:
        """Relative luminance: 0 for black, 1 for white."""
        linear = (
            part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
            for part in (self.red, self.green, self.blue)
        )
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    @property
    def hex(self) -> str:
        """As #rrggbb."""
        return "#" + "".join(f"{round(part * 255):02x}" for part in (self.red, self.green, self.blue))


BLACK, WHITE = Colour(0, 0, 0), Colour(1, 1, 1)
LINK = Colour(0, 0, 238 / 255)
"""What browsers make of a link without a colour of its own."""


def contrast(first: Colour, second: Colour) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((first.luminance, second.luminance), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colour_of(text: str) -> Colour | None:
    """A CSS colour; None for what is none (`inherit`, `currentcolor`, an image), and for colour spaces beyond sRGB."""
    parsed = parse_color(text)
    if parsed is None or parsed == "currentcolor":
        return None
    if parsed.space in {"hsl", "hwb"}:
        parsed = parsed.to("srgb")
    if parsed.space != "srgb":
        return None
    red, green, blue = (min(1.0, max(0.0, part or 0.0)) for part in parsed.coordinates)
    return Colour(red, green, blue, parsed.alpha)
