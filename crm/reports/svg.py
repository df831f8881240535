"""Drawing in SVG for paper and screen: shapes take the role of a colour, the palette says how it is written.

On paper a role is a literal colour in a presentation attribute; on the screen it is a class name, so that the page's
style sheet (light, dark) gives the colour and a strict content security policy is kept. No style attribute is written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

# Advance widths of Open Sans in 1/1000 em, from the space (32) to the tilde (126); measured from the font.
REGULAR = (
    260, 264, 398, 646, 572, 827, 729, 219, 295, 295, 551, 572, 259, 322, 263, 367, 572, 572, 572, 572, 572, 572, 572,
    572, 572, 572, 263, 263, 572, 572, 572, 432, 896, 632, 646, 630, 726, 556, 516, 727, 737, 279, 269, 612, 522, 899,
    753, 778, 602, 778, 617, 548, 551, 729, 596, 923, 578, 559, 572, 327, 367, 327, 572, 438, 277, 556, 612, 479, 612,
    562, 336, 543, 613, 252, 252, 525, 252, 926, 613, 602, 612, 612, 409, 477, 356, 613, 500, 775, 523, 501, 469, 375,
    549, 375, 572,
)  # fmt: skip
BOLD_FACTOR = 1.07  # bold is 2–9 % wider, by letter; the labels need no more than this
OTHER = 600


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide the text is in Open Sans at `size`, in the size's unit; letters outside ASCII are taken as wide ones."""
    ems = sum(REGULAR[ord(letter) - 32] if 32 <= ord(letter) <= 126 else OTHER for letter in text)
    return ems / 1000 * size * (BOLD_FACTOR if bold else 1)


@dataclass(frozen=True)
class Palette:
    """How roles are written: `colours` holds a literal for each, or is empty for class names."""

    colours: Mapping[str, str] = field(default_factory=dict)

    def paint(self, *, fill: str = "", stroke: str = "") -> str:
        """The attributes that give a shape its fill and stroke."""
        if self.colours:
            attributes = f' fill="{self.colours[fill] if fill else "none"}"'
            return attributes + (f' stroke="{self.colours[stroke]}"' if stroke else "")
        names = [f"plot-fill-{fill or 'none'}", *([f"plot-stroke-{stroke}"] if stroke else [])]
        return f' class="{" ".join(names)}"'

    def frame(self, width: float, height: float) -> str:
        """The root's attributes: a size in points on paper, the page's width on the screen."""
        if self.colours:
            return f' width="{width:g}pt" height="{height:g}pt" font-family="Open Sans"'
        return ' class="plot"'


PAPER = Palette(
    {
        "ink": "#1c2327",
        "quiet": "#565f65",  # 6.6:1 on white
        "rule": "#c9ced1",  # carries no meaning
        "outline": "#7a8388",  # carries meaning: 3:1 on white
        "solid": "#0b5d7a",  # 7.2:1 on white
        "tint": "#dce9ee",
        "lost": "#b3261e",  # 6.5:1 on white
        "ground": "#ffffff",
    }
)
SCREEN = Palette()


class Canvas:
    """A drawing of `width` × `height` points, origin at the top left."""

    def __init__(self, width: float, palette: Palette) -> None:
        self.width = width
        self.palette = palette
        self.parts: list[str] = []

    def line(
        self, start: tuple[float, float], end: tuple[float, float], role: str = "ink", width: float = 0.8
    ) -> None:
        path = f"M{start[0]:.2f} {start[1]:.2f}L{end[0]:.2f} {end[1]:.2f}"
        self.parts.append(f'<path d="{path}" stroke-width="{width:g}"{self.palette.paint(stroke=role)}/>')

    def polyline(
        self, points: Sequence[tuple[float, float]], role: str, width: float, *, dash: str = ""
    ) -> None:
        path = "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self.parts.append(
            f'<path d="{path}" stroke-width="{width:g}"{dashes}{self.palette.paint(stroke=role)}/>'
        )

    def box(
        self, corner: tuple[float, float], size: tuple[float, float], fill: str, outline: str = ""
    ) -> None:
        place = f'x="{corner[0]:.2f}" y="{corner[1]:.2f}" width="{max(size[0], 0):.2f}" height="{max(size[1], 0):.2f}"'
        width = ' stroke-width="1"' if outline else ""
        self.parts.append(f"<rect {place}{width}{self.palette.paint(fill=fill, stroke=outline)}/>")

    def circle(self, centre: tuple[float, float], radius: float, fill: str, outline: str = "") -> None:
        place = f'cx="{centre[0]:.2f}" cy="{centre[1]:.2f}" r="{radius:g}"'
        width = ' stroke-width="1.2"' if outline else ""
        self.parts.append(f"<circle {place}{width}{self.palette.paint(fill=fill, stroke=outline)}/>")

    def triangle(self, tip: tuple[float, float], half: float, role: str, *, up: bool) -> None:
        """A triangle whose tip points up or down; it is 1.5 × `half` high."""
        x, y = tip
        foot = y + (1.5 if up else -1.5) * half
        path = f"M{x - half:.2f} {foot:.2f}L{x + half:.2f} {foot:.2f}L{x:.2f} {y:.2f}Z"
        self.parts.append(f'<path d="{path}"{self.palette.paint(fill=role)}/>')

    def text(
        self,
        at: tuple[float, float],
        text: str,
        *,
        anchor: str = "start",
        size: float = 7.6,
        bold: bool = False,
        role: str = "ink",
    ) -> None:
        """Text on a baseline; `anchor` is start, middle or end."""
        attributes = f'x="{at[0]:.2f}" y="{at[1]:.2f}" font-size="{size:g}"'
        attributes += f' text-anchor="{anchor}"' if anchor != "start" else ""
        attributes += ' font-weight="700"' if bold else ""
        self.parts.append(f"<text {attributes}{self.palette.paint(fill=role)}>{escape(text)}</text>")

    def finish(self, height: float, alternative: str) -> str:
        """The SVG element; `alternative` says in words what the chart shows, with all its numbers."""
        frame = self.palette.frame(self.width, height)
        root = f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {self.width:g} {height:g}"{frame}>'
        return f"{root}<title>{escape(alternative)}</title>{''.join(self.parts)}</svg>"


def within(wish: float, size: float, low: float, high: float) -> float:
    """The left edge for a label of this size: the wished one, moved so that it stays inside low…high."""
    return max(min(wish, high - size), low)


Box = tuple[float, float, float, float]  # left, top, right, bottom


class Labels:
    """Places of labels in a chart: none over another, none over a mark where that can be helped."""

    def __init__(self) -> None:
        self.marks: list[Box] = []
        self.placed: list[Box] = []

    def keep_clear(self, points: Sequence[tuple[float, float]], reach: float = 2.5) -> None:
        """No label over this line: its points and what lies between them."""
        for (x1, y1), (x2, y2) in zip(points, [*points[1:], points[-1]], strict=True) if points else ():
            steps = max(int(max(abs(x2 - x1), abs(y2 - y1)) / 3), 1)
            for step in range(steps + 1):
                x, y = x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps
                self.marks.append((x - reach, y - reach, x + reach, y + reach))

    def place(
        self, wishes: Sequence[tuple[float, float]], width: float, height: float
    ) -> tuple[float, float]:
        """The first wish (left, top) that covers nothing; where every one does, the one that covers least.

        Covering another label is worse than covering any mark.
        """
        boxes = [(left, top, left + width, top + height) for left, top in wishes]
        best = min(boxes, key=lambda box: (_covered(box, self.placed), _covered(box, self.marks)))
        self.placed.append(best)
        return best[0], best[1]


def _covered(box: Box, others: Sequence[Box]) -> float:
    """How much of the others the box covers."""
    return sum(
        max(min(box[2], other[2]) - max(box[0], other[0]), 0)
        * max(min(box[3], other[3]) - max(box[1], other[1]), 0)
        for other in others
    )
