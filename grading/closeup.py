"""Shows the numbers around the first wrong one: a few rows and columns, or a row of logits.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.text import Text

from .cases import Case
from .judge import Verdict, wrong_elements

SIDE = 5  # rows and columns of a grid
MOST_LOGITS = 8  # of a row
GAP = "    "
WIDEST = 100  # where there is no terminal to say how wide a line may be
SIZES = ("kernel_size", "stride", "padding")
# The arguments of a layer that looks at its input through a window, in their order; its stride.
WINDOWS: dict[str, tuple[tuple[str, ...], int | None]] = {
    "CustomConv2D": (("in_channels", "out_channels", *SIZES), 1),
    "CustomMaxPool2D": (SIZES, None),
}

Table = list[list[Text]]


@dataclass(frozen=True)
class Wrong:
    """A result with wrong elements.

    Attributes:
        key: "0.grad.x", for one.
        got: what was computed, in float64.
        marks: which elements are wrong.
        first: the place of the first of them.
    """

    key: str
    got: np.ndarray
    expected: np.ndarray
    marks: np.ndarray
    first: tuple[int, ...]

    @property
    def call(self) -> int:
        return int(self.key.partition(".")[0])

    @property
    def name(self) -> str:
        """As "output" or "grad.x"."""
        return self.key.partition(".")[2]


def wrong_result(verdict: Verdict) -> Wrong | None:
    """Returns the result that a case failed by, None if it failed by something else."""
    failure = verdict.failure
    if failure is None or failure.result is None or failure.kind == "shape":
        return None
    key = failure.result
    case = verdict.case
    got = verdict.arrays[key].astype(np.float64)
    expected = case.reference[key]
    marks = wrong_elements(got, expected, case.bound[key], case.groups.get(key))
    first = tuple(int(i) for i in np.argwhere(marks)[0])
    return Wrong(key, got, expected, marks, first)


def closeup(verdict: Verdict, width: int = WIDEST) -> list[Text]:
    """Returns the lines that show a wrong result, none where there is no picture of it."""
    wrong = wrong_result(verdict)
    if wrong is None:
        return []
    layer = verdict.case.request["layer"]
    if wrong.got.ndim == 4:
        lines = _grids(wrong, width)
        if layer == "CustomMaxPool2D" and wrong.name == "output":
            lines += _window(verdict.case, wrong)
        return lines
    if layer == "CustomCrossEntropyLoss" and wrong.name == "output":
        return _row(verdict.case, wrong)
    return []


def _grids(wrong: Wrong, width: int) -> list[Text]:
    """What is expected and what was computed side by side, around the first wrong element."""
    plane = wrong.first[:2]
    rows = around(wrong.first[2], wrong.got.shape[2], SIDE)
    for side in range(SIDE, 0, -1):
        columns = around(wrong.first[3], wrong.got.shape[3], side)
        marks = wrong.marks[plane][rows, columns]
        right = _table(wrong.expected[plane][rows, columns], np.zeros_like(marks))
        mine = _table(wrong.got[plane][rows, columns], marks)
        body = _beside(("expected", right), ("got", mine))
        if max(line.cell_len for line in body) <= width:
            break
    where = ", ".join([*map(str, plane), _span(rows), _span(columns)])
    return [Text(f"[{where}], wrong ones marked with *:"), *body]


def around(center: int, size: int, side: int) -> slice:
    """The places around one, which are at most ``side`` and none beyond the size."""
    start = max(0, min(center - side // 2, size - side))
    return slice(start, min(start + side, size))


def _span(places: slice | range) -> str:
    return f"{places.start}:{places.stop}"


def _table(values: np.ndarray, wrong: np.ndarray) -> Table:
    return [[_cell(value, bad) for value, bad in zip(*row)] for row in zip(values, wrong)]


def _cell(value: float, is_wrong: bool) -> Text:
    if is_wrong:
        return Text(f"*{number(value)}", style="bold red")
    return Text(number(value))


def number(value: float) -> str:
    """Writes three digits of a number; adding 0 makes 0 of -0."""
    return f"{value + 0.0:.3g}"


def _beside(*titled: tuple[str, Table]) -> list[Text]:
    blocks = [_block(title, table) for title, table in titled]
    return [Text(GAP).join(lines) for lines in zip(*blocks)]


def _block(title: str, table: Table) -> list[Text]:
    """A title above the rows of a table, all of one width."""
    cell = max(text.cell_len for row in table for text in row)
    lines = [Text("  ").join(_right(text, cell) for text in row) for row in table]
    widest = max(line.cell_len for line in (Text(title), *lines))
    return [_right(line, widest) for line in (Text(title, style="dim"), *lines)]


def _right(text: Text, width: int) -> Text:
    return Text(" " * (width - text.cell_len)) + text


def window(case: Case, wrong: Wrong) -> tuple[range, range]:
    """The rows and columns of the input that the first wrong element of an output is made of.

    Those outside the input are padding.
    """
    kernel, stride, padding = _sizes(case, wrong.call)
    top, left = (place * step - pad for place, step, pad in zip(wrong.first[2:], stride, padding))
    return range(top, top + kernel[0]), range(left, left + kernel[1])


def _window(case: Case, wrong: Wrong) -> list[Text]:
    """The part of a pool's input that its first wrong element is the maximum of."""
    rows, columns = window(case, wrong)
    if max(len(rows), len(columns)) > SIDE:
        return []
    first = wrong.first
    x = case.inputs(wrong.call)["x"][first[:2]]
    table = [[_input(x, i, j) for j in columns] for i in rows]
    where = f"{first[0]}, {first[1]}, {_span(rows)}, {_span(columns)}"
    body = _block("", table)[1:]
    title = f"The window of x that gives [{', '.join(map(str, first))}]: x[{where}]"
    return [Text(), Text(f"{title}, . for padding"), *body]


def _input(x: np.ndarray, i: int, j: int) -> Text:
    is_inside = 0 <= i < x.shape[0] and 0 <= j < x.shape[1]
    return Text(number(x[i, j]) if is_inside else ".")


def _sizes(case: Case, call: int) -> Iterator[tuple[int, int]]:
    """Yields kernel size, stride and padding, each of rows and of columns."""
    names, default = WINDOWS[case.request["layer"]]
    arguments = arguments_of(case, call)
    if isinstance(arguments, list):
        arguments = dict(zip(names, arguments))
    kernel = arguments["kernel_size"]
    stride = arguments.get("stride", default)
    for size in (kernel, kernel if stride is None else stride, arguments.get("padding", 0)):
        yield tuple(size) if isinstance(size, Sequence) else (size, size)


def arguments_of(case: Case, call: int) -> dict[str, Any] | list[Any]:
    """The arguments of the layer that a call is made of, which an earlier one may have made."""
    made = [c["arguments"] for c in case.request["calls"][: call + 1] if c["arguments"] is not None]
    return made[-1] if made else {}


def _row(case: Case, wrong: Wrong) -> list[Text]:
    """The logits that give the first wrong loss, with the target and both losses.

    Of several losses in one number no row can be told.
    """
    logits, targets = case.inputs(wrong.call).values()
    first = wrong.first
    if targets.size == 1:
        first = (0,) * targets.ndim
    elif not wrong.got.ndim:
        return []
    row = np.moveaxis(logits, 1, -1)[first]
    target = int(targets[first])
    shown = around(target, len(row), MOST_LOGITS)
    values = [number(value) for value in row[shown]]
    values[target - shown.start] = f"[{values[target - shown.start]}]"
    place = ", ".join(map(str, (first[0], _span(shown), *first[1:])))
    expected, got = (number(_at(losses, first)) for losses in (wrong.expected, wrong.got))
    return [
        Text(f"logits[{place}], that of the target in brackets: {'  '.join(values)}"),
        Text(f"target {target}, loss: expected {expected}, got {got}"),
    ]


def _at(losses: np.ndarray, place: tuple[int, ...]) -> float:
    return float(losses[place] if losses.ndim else losses)
