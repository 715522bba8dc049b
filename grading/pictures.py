"""The pictures of a failed case: what was got and expected around the first wrong element, and what
that element is made of.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from . import heatmap
from .cases import Case
from .closeup import MOST_LOGITS, Wrong, around, window, wrong_result
from .heatmap import Cell, Grid, number
from .judge import Verdict

MOST = 16  # rows and columns of a picture
MOST_NUMBERS = 8  # columns of one with numbers in its cells
MOST_CHANNELS = 3  # that are shown of a convolution's input
MOST_ROWS = 8  # of a table of logits


@dataclass(frozen=True)
class Map:
    """A drawing below its title."""

    title: str
    drawing: Markup


@dataclass(frozen=True)
class Scale:
    """What the colours mean: the strip stands between the two texts."""

    title: str
    low: str
    strip: Markup
    high: str


@dataclass(frozen=True)
class Figure:
    """Rows of drawings, and what stands below them."""

    title: str
    rows: tuple[tuple[Map, ...], ...]
    scales: tuple[Scale, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """The logits of one sample.

    Attributes:
        place: of the target, such as "0" or "0, 3, 1".
        logits: those that are shown.
        target: its class.
        expected, got: its loss, empty where several losses are one number.
    """

    place: str
    logits: tuple[str, ...]
    target: int
    expected: str = ""
    got: str = ""
    is_wrong: bool = False


@dataclass(frozen=True)
class Losses:
    """Logits with their targets and losses, as a table.

    Attributes:
        note: what is shown.
        classes: those that are shown.
    """

    note: str
    classes: tuple[int, ...]
    rows: tuple[Row, ...]


def figures(verdict: Verdict) -> list[Figure]:
    """Returns the pictures of a failed case, none where what failed has none."""
    wrong = wrong_result(verdict)
    if wrong is None or not wrong.got.ndim:
        return []
    case = verdict.case
    layer = case.request["layer"]
    if layer == "CustomCrossEntropyLoss" and wrong.name == "output":
        return []  # a table has them
    drawn = [_comparison(case, wrong)]
    if wrong.name == "output":
        makers = {
            "CustomLinear": _products,
            "CustomConv2D": _convolved,
            "CustomMaxPool2D": _pooled,
        }
        drawn += makers[layer](case, wrong) if layer in makers else []
    return drawn


@dataclass(frozen=True)
class _Part:
    """What is drawn of a wrong result: some rows and columns of a plane of it.

    Attributes:
        off: got minus expected.
        first: the row and column, in this part, of the first wrong element.
        plane: the rows and columns of the whole plane.
    """

    got: np.ndarray
    expected: np.ndarray
    off: np.ndarray
    marks: np.ndarray
    rows: range
    columns: range
    first: tuple[int, int]
    plane: tuple[int, ...]


def _part(wrong: Wrong) -> _Part:
    plane = wrong.first[:-2]
    arrays = [np.atleast_2d(array[plane]) for array in (wrong.got, wrong.expected, wrong.marks)]
    first = (0, *wrong.first)[-2:]
    shape = arrays[0].shape
    rows, columns = (around(place, size, MOST) for place, size in zip(first, shape))
    got, expected, marks = (array[rows, columns] for array in arrays)
    with np.errstate(invalid="ignore", over="ignore"):
        off = got - expected
    return _Part(
        got,
        expected,
        off,
        marks,
        range(rows.start, rows.stop),
        range(columns.start, columns.stop),
        (first[0] - rows.start, first[1] - columns.start),
        shape,
    )


def _comparison(case: Case, wrong: Wrong) -> Figure:
    """Got, expected and difference of the plane in which the first wrong element lies."""
    part = _part(wrong)
    has_numbers = len(part.columns) <= MOST_NUMBERS
    low, high = heatmap.span(part.got, part.expected)
    most = max(map(abs, heatmap.span(np.where(part.marks, part.off, 0.0))))
    grids = {
        "got": heatmap.values(part.got, low, high, has_numbers),
        "expected": heatmap.values(part.expected, low, high, has_numbers),
        "difference": heatmap.differences(part.off, part.marks, most, has_numbers),
    }
    between = f"from {number(low)} to {number(high)}"
    ranges = {"got": between, "expected": between, "difference": f"by up to {number(most)}"}
    rows: Sequence[object] = part.rows
    if wrong.got.ndim == 1:
        rows = [""]  # a vector has none
    room = max(map(heatmap.longest_text, grids.values()))
    outlines = None if part.marks.all() else part.marks  # of all elements they would say nothing
    maps = []
    for (title, grid), array in zip(grids.items(), (part.got, part.expected, part.off)):
        write = heatmap.signed if title == "difference" else number
        at_first = f"{write(array[part.first])} at {_place(wrong.first)}, the first wrong element"
        label = f"{title}, {_extent(grid)}, {ranges[title]}; {at_first}"
        marks, first = (None, None) if title == "expected" else (outlines, part.first)
        drawing = heatmap.heat_map(grid, label, rows, part.columns, marks, first, room)
        maps.append(Map(title, drawing))
    scales = [_scale("got and expected", low, high)]
    if most:
        strip = heatmap.scale("less", "more")
        ends = f"too small by {number(most)}", f"too large by {number(most)}"
        scales.append(Scale("difference", ends[0], strip, ends[1]))
    return Figure(_title(case, wrong), (tuple(maps),), tuple(scales), tuple(_notes(wrong, part)))


def _extent(grid: Grid) -> str:
    return f"{_count(len(grid), 'row')} and {_count(len(grid[0]), 'column')}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _place(first: tuple[int, ...]) -> str:
    return f"[{', '.join(map(str, first))}]"


def _title(case: Case, wrong: Wrong) -> str:
    """Says "The output: image 0, channel 2"."""
    kind, _, of = wrong.name.partition(".")
    title = f"The gradient of {of}" if kind == "grad" else f"The {wrong.name}"
    if len(case.request["calls"]) > 1:
        title += f" of call {wrong.call + 1}"
    plane = wrong.first[:-2]
    names = ("image", "channel")
    if of == "weight":
        names = ("filter", "channel")
    if len(plane) == 2 and case.request["layer"] in ("CustomConv2D", "CustomMaxPool2D"):
        return f"{title}: {names[0]} {plane[0]}, {names[1]} {plane[1]}"
    if plane:
        return f"{title}: {_place(plane)[:-1]}, :, :]"
    return title


def _notes(wrong: Wrong, part: _Part) -> Iterator[str]:
    count = int(part.marks.sum())
    if count == 1:
        yield "Outlined is the wrong element."
    elif count == part.marks.size:
        yield f"All {count} elements shown are wrong; outlined is the first."
    else:
        yield f"Outlined are {count} wrong elements, the first more heavily."
    beyond = int(wrong.marks.sum()) - count
    if beyond:
        yield f"{_count(beyond, 'wrong element')} more, elsewhere."
    for size, shown, noun in zip(part.plane, (part.rows, part.columns), ("rows", "columns")):
        if len(shown) < size:
            yield f"Of {size} {noun}, {shown.start} to {shown.stop - 1} are shown."


def _products(case: Case, wrong: Wrong) -> list[Figure]:
    """A row of x, a row of the weight, and their products: what a linear layer adds up."""
    x = case.inputs(wrong.call)["x"][wrong.first[:-1]].astype(np.float64)
    weight, bias = _parameters(case, wrong.call)
    row = wrong.first[-1]
    if len(x) > MOST_NUMBERS:
        return []
    table = np.stack([x, weight[row], x * weight[row]])
    low, high = heatmap.span(table)
    of_x = f"x{_place(wrong.first[:-1])}" if wrong.first[:-1] else "x"
    names = (of_x, f"weight[{row}]", "product")
    cells = heatmap.values(table, low, high, numbers=True)
    drawn = _map(", ".join(names), cells, (names, range(len(x))))
    title = f"What output{_place(wrong.first)} is made of"
    note = f"The sum of the products{_bias(bias, row)} is {_both(wrong)}."
    return [Figure(title, ((drawn,),), (_scale("", low, high),), (note,))]


def _convolved(case: Case, wrong: Wrong) -> list[Figure]:
    """The window of x, and the filter beside it, channel by channel."""
    rows, columns = window(case, wrong)
    if max(len(rows), len(columns)) > MOST_NUMBERS:
        return []
    image, chosen = wrong.first[:2]
    x = case.inputs(wrong.call)["x"][image].astype(np.float64)
    weight, bias = _parameters(case, wrong.call)
    kernel = weight[chosen]
    channels = range(min(len(x), MOST_CHANNELS))
    seen = [_seen(x[channel], rows, columns, 0.0) for channel in channels]
    of_x = heatmap.span(*seen)
    of_weight = heatmap.span(kernel[: len(channels)])
    sides = range(len(rows)), range(len(columns))
    windows = [
        _with_padding(heatmap.values(one, *of_x, numbers=True), x[0].shape, rows, columns)
        for one in seen
    ]
    filters = [heatmap.values(kernel[channel], *of_weight, numbers=True) for channel in channels]
    room = max(map(heatmap.longest_text, [*windows, *filters]))
    pairs = tuple(
        (
            _map(f"x[{image}, {channel}]", windows[channel], (rows, columns), room=room),
            _map(f"weight[{chosen}, {channel}]", filters[channel], sides, room=room),
        )
        for channel in channels
    )
    over = f" over {len(x)} channels" if len(x) > 1 else ""
    notes = [
        f"The sum of x · weight{over}{_bias(bias, chosen)} is {_both(wrong)}.",
        *_padding_note(x[0].shape, rows, columns, "0"),
    ]
    if len(x) > len(channels):
        notes.append(f"The first {len(channels)} channels are shown.")
    title = f"The window of x that gives output{_place(wrong.first)}, and the filter"
    scales = (_scale("x", *of_x), _scale("weight", *of_weight))
    return [Figure(title, pairs, scales, tuple(notes))]


def _map(
    title: str,
    cells: Grid,
    sides: tuple[Sequence[object], Sequence[object]],
    marks: np.ndarray | None = None,
    room: int = 0,
) -> Map:
    """A drawing that is told number by number to those who do not see it."""
    spoken = "; ".join(", ".join(cell.text for cell in row) for row in cells)
    label = f"{title}, {_extent(cells)}: {spoken}"
    return Map(title, heatmap.heat_map(cells, label, *sides, marks, room=room))


def _scale(title: str, low: float, high: float) -> Scale:
    return Scale(title, number(low), heatmap.scale("value"), number(high))


def _pooled(case: Case, wrong: Wrong) -> list[Figure]:
    """The window of x, with its maximum outlined."""
    rows, columns = window(case, wrong)
    if max(len(rows), len(columns)) > MOST_NUMBERS:
        return []
    x = case.inputs(wrong.call)["x"][wrong.first[:2]].astype(np.float64)
    seen = _seen(x, rows, columns, -np.inf)
    low, high = heatmap.span(seen)
    cells = _with_padding(heatmap.values(seen, low, high, numbers=True), x.shape, rows, columns)
    name = f"x{_place(wrong.first[:2])}"
    drawn = _map(name, cells, (rows, columns), seen == seen.max())
    notes = (
        f"Its maximum, outlined, is {_both(wrong)}.",
        *_padding_note(x.shape, rows, columns, number(-np.inf)),
    )
    title = f"The window of x that gives output{_place(wrong.first)}"
    return [Figure(title, ((drawn,),), (_scale("x", low, high),), notes)]


def _parameters(case: Case, call: int) -> tuple[np.ndarray, np.ndarray | None]:
    """Weight and bias of the layer that a call is made of, which an earlier one may have made."""
    made = [i for i in range(call + 1) if case.request["calls"][i]["arguments"] is not None][-1]
    weight = case.given[f"{made}.parameter.weight"].astype(np.float64)
    return weight, case.given.get(f"{made}.parameter.bias")


def _bias(bias: np.ndarray | None, row: int) -> str:
    return "" if bias is None else f" and bias[{row}] ({number(bias[row])})"


def _both(wrong: Wrong) -> str:
    expected, got = (number(array[wrong.first]) for array in (wrong.expected, wrong.got))
    return f"{expected}; the layer gave {got}"


def _seen(x: np.ndarray, rows: range, columns: range, padding: float) -> np.ndarray:
    """A window of x, which may reach beyond it."""
    seen = np.full((len(rows), len(columns)), padding)
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            if _is_inside(x.shape, row, column):
                seen[i, j] = x[row, column]
    return seen


def _is_inside(shape: tuple[int, ...], row: int, column: int) -> bool:
    return 0 <= row < shape[0] and 0 <= column < shape[1]


def _with_padding(cells: Grid, shape: tuple[int, ...], rows: range, columns: range) -> Grid:
    return [
        [
            cell if _is_inside(shape, i, j) else Cell("padding", text=cell.text)
            for j, cell in zip(columns, row)
        ]
        for i, row in zip(rows, cells)
    ]


def _padding_note(shape: tuple[int, ...], rows: range, columns: range, value: str) -> Iterator[str]:
    if not all(_is_inside(shape, i, j) for i in rows for j in columns):
        yield f"Cells with a dashed border are padding, which counts as {value}."


def losses(verdict: Verdict) -> Losses | None:
    """Returns the logits around the first wrong loss, None where no loss is wrong."""
    wrong = wrong_result(verdict)
    case = verdict.case
    is_loss = case.request["layer"] == "CustomCrossEntropyLoss"
    if wrong is None or not is_loss or wrong.name != "output":
        return None
    logits, targets = case.inputs(wrong.call).values()
    places = list(np.ndindex(targets.shape))
    center = wrong.first if wrong.got.ndim else places[0]
    shown = around(places.index(center), len(places), MOST_ROWS)
    by_place = np.moveaxis(logits, 1, -1)
    classes = around(int(targets[center]), by_place.shape[-1], MOST_LOGITS)
    rows = tuple(_row(wrong, by_place, targets, classes, place) for place in places[shown])
    note = f"Logits and targets of {_count(len(rows), 'sample')}"
    if len(rows) < len(places):
        note += f" of {len(places)}"
    if by_place.shape[-1] > MOST_LOGITS:
        note += f", {MOST_LOGITS} of {by_place.shape[-1]} classes"
    note += "; the logit of the target is in brackets."
    if not wrong.got.ndim:
        expected, got = number(float(wrong.expected)), number(float(wrong.got))
        note += f" The loss of all: expected {expected}, got {got}."
    return Losses(note, tuple(range(classes.start, classes.stop)), rows)


def _row(
    wrong: Wrong, logits: np.ndarray, targets: np.ndarray, classes: slice, place: tuple[int, ...]
) -> Row:
    target = int(targets[place])
    shown = [number(value) for value in logits[place][classes]]
    if classes.start <= target < classes.stop:
        shown[target - classes.start] = f"[{shown[target - classes.start]}]"
    name = ", ".join(map(str, place))
    if not wrong.got.ndim:
        return Row(name, tuple(shown), target)
    expected, got = number(wrong.expected[place]), number(wrong.got[place])
    return Row(name, tuple(shown), target, expected, got, bool(wrong.marks[place]))
