"""Shows the numbers around the first wrong one: a few rows and columns, or a row of logits.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from rich.text import Text

from .cases import Case
from .judge import Verdict, wrong_elements

SIDE = 5  # rows and columns of a grid
MOST_LOGITS = 8  # of a row
GAP = "    "
WIDEST = 100  # where there is no terminal to say how wide a line may be
POOL = ("kernel_size", "stride", "padding")  # the arguments of a pool, in their order

Table = list[list[Text]]


def closeup(verdict: Verdict, width: int = WIDEST) -> list[Text]:
    """Returns the lines that show a wrong result, none where there is no picture of it."""
    failure = verdict.failure
    if failure is None or failure.result is None or failure.kind == "shape":
        return []
    key = failure.result
    case = verdict.case
    got = verdict.arrays[key].astype(np.float64)
    wrong = wrong_elements(got, case.reference[key], case.bound[key], case.groups.get(key))
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    layer = case.request["layer"]
    if got.ndim == 4:
        lines = _grids(case.reference[key], got, wrong, first, width)
        if layer == "CustomMaxPool2D" and key.endswith("output"):
            lines += _window(case, key, first)
        return lines
    if layer == "CustomCrossEntropyLoss" and key.endswith("output"):
        return _row(case, key, first, got)
    return []


def _grids(
    expected: np.ndarray, got: np.ndarray, wrong: np.ndarray, first: tuple[int, ...], width: int
) -> list[Text]:
    """What is expected and what was computed side by side, around the first wrong element."""
    plane = first[:2]
    rows = _around(first[2], got.shape[2], SIDE)
    for side in range(SIDE, 0, -1):
        columns = _around(first[3], got.shape[3], side)
        marks = wrong[plane][rows, columns]
        right = _table(expected[plane][rows, columns], np.zeros_like(marks))
        mine = _table(got[plane][rows, columns], marks)
        body = _beside(("expected", right), ("got", mine))
        if max(line.cell_len for line in body) <= width:
            break
    where = ", ".join([*map(str, plane), _span(rows), _span(columns)])
    return [Text(f"[{where}], wrong ones marked with *:"), *body]


def _around(center: int, size: int, side: int) -> slice:
    """The places around one, which are at most ``side`` and none beyond the size."""
    start = max(0, min(center - side // 2, size - side))
    return slice(start, min(start + side, size))


def _span(places: slice) -> str:
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


def _window(case: Case, key: str, first: tuple[int, ...]) -> list[Text]:
    """The part of a pool's input that its first wrong element is the maximum of."""
    call = int(key.partition(".")[0])
    kernel, stride, padding = _pool_sizes(case, call)
    if max(kernel) > SIDE:
        return []
    x = case.inputs(call)["x"][first[:2]]
    top, left = (place * step - pad for place, step, pad in zip(first[2:], stride, padding))
    table = [
        [_input(x, i, j) for j in range(left, left + kernel[1])]
        for i in range(top, top + kernel[0])
    ]
    where = f"{first[0]}, {first[1]}, {top}:{top + kernel[0]}, {left}:{left + kernel[1]}"
    body = _block("", table)[1:]
    title = f"The window of x that gives [{', '.join(map(str, first))}]: x[{where}]"
    return [Text(), Text(f"{title}, . for padding"), *body]


def _input(x: np.ndarray, i: int, j: int) -> Text:
    is_inside = 0 <= i < x.shape[0] and 0 <= j < x.shape[1]
    return Text(number(x[i, j]) if is_inside else ".")


def _pool_sizes(case: Case, call: int) -> Iterator[tuple[int, int]]:
    """Yields kernel size, stride and padding, each of rows and of columns."""
    arguments = arguments_of(case, call)
    if isinstance(arguments, list):
        arguments = dict(zip(POOL, arguments))
    kernel = arguments["kernel_size"]
    stride = arguments.get("stride")
    for size in (kernel, kernel if stride is None else stride, arguments.get("padding", 0)):
        yield tuple(size) if isinstance(size, Sequence) else (size, size)


def arguments_of(case: Case, call: int) -> dict[str, Any] | list[Any]:
    """The arguments of the layer that a call is made of, which an earlier one may have made."""
    made = [c["arguments"] for c in case.request["calls"][: call + 1] if c["arguments"] is not None]
    return made[-1] if made else {}


def _row(case: Case, key: str, first: tuple[int, ...], got: np.ndarray) -> list[Text]:
    """The logits that give the first wrong loss, with the target and both losses.

    Of several losses in one number no row can be told.
    """
    logits, targets = case.inputs(int(key.partition(".")[0])).values()
    if targets.size == 1:
        first = (0,) * targets.ndim
    elif not got.ndim:
        return []
    row = np.moveaxis(logits, 1, -1)[first]
    target = int(targets[first])
    shown = _around(target, len(row), MOST_LOGITS)
    values = [number(value) for value in row[shown]]
    values[target - shown.start] = f"[{values[target - shown.start]}]"
    place = ", ".join(map(str, (first[0], _span(shown), *first[1:])))
    losses = f"expected {number(_at(case.reference[key], first))}, got {number(_at(got, first))}"
    return [
        Text(f"logits[{place}], that of the target in brackets: {'  '.join(values)}"),
        Text(f"target {target}, loss: {losses}"),
    ]


def _at(losses: np.ndarray, place: tuple[int, ...]) -> float:
    return float(losses[place] if losses.ndim else losses)
