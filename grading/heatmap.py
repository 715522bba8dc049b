"""Draws numbers as a heat map: an SVG to stand in a page, which heatmap.css.j2 gives its colours.

The larger a number, the fuller its colour, which is darker than a light page and lighter than a
dark one: so it can be read in grey. No sign is told by a colour alone. Every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

LEVELS = 8  # of a colour, besides none
SIDE = 18  # of a cell without a number, in pixels
HEIGHT = 26  # of a cell with one
CHARACTER = 6.7  # the width of a digit
ROOM = 12  # beside a number, for an outline
GAP = 8  # beside the labels of rows
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class Cell:
    """One number.

    Attributes:
        ink: "value", "more" or "less" than expected, "padding", or "odd" for nan and infinities.
        level: of its colour, 0 to LEVELS.
    """

    ink: str = "value"
    level: int = 0
    text: str = ""


Grid = list[list[Cell]]


def number(value: float) -> str:
    """Writes three digits of a number; adding 0 makes 0 of -0."""
    if np.isinf(value):
        return "∞" if value > 0 else f"{MINUS}∞"
    return f"{value + 0.0:.3g}".replace("-", MINUS)


def signed(value: float) -> str:
    """Writes a difference: +2, or -2."""
    return f"+{number(value)}" if value > 0 else number(value)


def span(*arrays: np.ndarray) -> tuple[float, float]:
    """Returns the least and the largest of all finite values, 0 and 0 if there are none."""
    values = np.concatenate([array.ravel() for array in arrays])
    finite = values[np.isfinite(values)]
    if not finite.size:
        return 0.0, 0.0
    return float(finite.min()), float(finite.max())


def values(array: np.ndarray, low: float, high: float, numbers: bool) -> Grid:
    """Returns the cells of values between ``low``, without colour, and ``high``, in full colour."""

    def cell(value: float) -> Cell:
        if not np.isfinite(value):
            return Cell("odd", text=number(value))
        # Halves, as the difference of two large numbers may overflow.
        width = high / 2 - low / 2
        level = round(LEVELS * (value / 2 - low / 2) / width) if width else LEVELS // 2
        return Cell("value", level, number(value) if numbers else "")

    return [[cell(float(value)) for value in row] for row in array]


def differences(array: np.ndarray, wrong: np.ndarray, most: float, numbers: bool) -> Grid:
    """Returns the cells of differences up to ``most``, empty where nothing is wrong."""

    def cell(value: float, is_wrong: bool) -> Cell:
        if not is_wrong:
            return Cell()
        if not np.isfinite(value):
            return Cell("odd", text=signed(value))
        level = int(np.ceil(LEVELS * (abs(value) / most))) if most else 0
        text = signed(value) if numbers else signed(value)[0]
        return Cell("more" if value > 0 else "less", max(level, 1), text)

    return [[cell(float(value), bad) for value, bad in zip(*row)] for row in zip(array, wrong)]


def heat_map(
    cells: Grid,
    label: str,
    rows: Sequence[object],
    columns: Sequence[object],
    marks: np.ndarray | None = None,
    first: tuple[int, int] | None = None,
    room: int = 0,
) -> Markup:
    """Returns the drawing.

    Args:
        label: what it shows, for those who do not see it.
        rows: what stands before each row, such as its index; likewise ``columns``.
        marks: which cells have an outline.
        first: the row and column of the cell whose outline is heavier.
        room: characters that a cell has room for at least, so that drawings can have one size.
    """
    longest = max(room, longest_text(cells))
    width = max(SIDE, round(CHARACTER * longest) + ROOM) if longest > 1 else SIDE
    height = HEIGHT if longest > 2 else SIDE
    left = round(CHARACTER * max(len(str(row)) for row in rows)) + GAP
    top = 16
    right = left + width * len(cells[0]) + 2
    bottom = top + height * len(cells) + 2
    parts = [
        f'<svg class="heat" role="img" aria-label="{escape(label)}" width="{right}" '
        f'height="{bottom}" viewBox="0 0 {right} {bottom}">'
    ]
    for j, column in enumerate(columns):
        parts.append(_text(left + width * (j + 0.5), top - 4, column, "index"))
    for i, row in enumerate(rows):
        parts.append(_text(left - 4, top + height * (i + 0.5), row, "index row"))
        for j, cell in enumerate(cells[i]):
            parts += _cell(cell, left + width * j, top + height * i, width, height)
    if marks is not None:
        places = [(left + width * j, top + height * i) for i, j in np.argwhere(marks)]
        parts += _outlines(places, width, height, "mark")
    if first:
        place = (left + width * first[1], top + height * first[0])
        parts += _outlines([place], width, height, "mark first")
    return Markup("".join([*parts, "</svg>"]))


def longest_text(cells: Grid) -> int:
    """Returns how many characters the longest text of a cell has."""
    return max(len(cell.text) for row in cells for cell in row)


def _cell(cell: Cell, x: int, y: int, width: int, height: int) -> Iterator[str]:
    place = f'x="{x}" y="{y}" width="{width}" height="{height}"'
    yield f'<rect class="{cell.ink} l{cell.level}" {place}/>'
    if cell.text:
        kind = f"in l{cell.level}"
        if cell.ink in ("padding", "odd"):
            kind = "in"
        yield _text(x + width / 2, y + height / 2, cell.text, kind)


def _text(x: float, y: float, text: object, kind: str) -> str:
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(str(text))}</text>'


def _outlines(
    places: Sequence[tuple[int, int]], width: int, height: int, kind: str
) -> Iterator[str]:
    """Yields the outlines of some cells, and below them a wider one that sets them off."""
    if not places:
        return
    inner = f"h{width - 4}v{height - 4}h{4 - width}z"
    path = "".join(f"M{x + 2} {y + 2}{inner}" for x, y in places)
    yield f'<path class="halo" d="{path}"/><path class="{kind}" d="{path}"/>'


def scale(*inks: str) -> Markup:
    """Returns a strip of the colours of one ink, from none to full; of two, from one to the other.

    It says nothing by itself: what stands at its ends does.
    """
    steps = [(inks[-1], level) for level in range(LEVELS + 1)]
    if len(inks) > 1:
        steps = [(inks[0], level) for level in range(LEVELS, 0, -1)] + steps
    side = 10
    width = side * len(steps) + 2
    strip = "".join(
        f'<rect class="{ink} l{level}" x="{1 + side * i}" y="1" width="{side}" height="{side}"/>'
        for i, (ink, level) in enumerate(steps)
    )
    size = f'width="{width}" height="{side + 2}" viewBox="0 0 {width} {side + 2}"'
    return Markup(f'<svg class="heat" aria-hidden="true" {size}>{strip}</svg>')
