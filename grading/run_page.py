"""Draws index.html of a training run: curves, mistakes, what the filters are and what they see.

train.py calls it with arrays and plain values; nothing here trains or judges.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from . import pages

TEMPLATE = pages.TEMPLATES / "run.html.j2"
MOST_MAPS = 8  # of a layer that are shown, its first
MOST_CONFUSED = 5  # pairs of digits that are named
DPI = 100


def run_page(
    history: Sequence[Mapping[str, float]],
    settings: Mapping[str, Any],
    confusion: np.ndarray,
    filters: np.ndarray,
    digit: np.ndarray,
    seen: Sequence[tuple[str, np.ndarray]],
    curves: Path,
    mistakes: Path,
) -> str:
    """Returns the page of a run.

    Args:
        history: a row of metrics.csv for each epoch.
        settings: what config.json has.
        confusion: how many test digits of a class (row) were read as which (column).
        filters: of the first layer, (channels, 5, 5).
        digit: a test digit, (28, 28).
        seen: of that digit the maps (channels, height, width) after each layer, with its name.
        curves, mistakes: the pictures that the run has drawn.
    """
    return pages.render(
        TEMPLATE,
        title=f"A training run: {settings['test_accuracy']:.2%} of the test digits are right",
        history=history,
        settings=settings,
        confusion=confusion.tolist(),
        most=_most_but_right(confusion),
        confused=_confused(confusion),
        curves=_file(curves),
        mistakes=_file(mistakes),
        filters=_grid(filters, columns=8, cmap="gray", is_signed=True),
        count=len(filters),
        digit=_grid(digit[None], columns=1, cmap="gray_r"),
        layers=[
            {
                "name": name,
                "count": len(maps),
                "shape": " by ".join(map(str, maps.shape[1:])),
                "shown": min(len(maps), MOST_MAPS),
                "picture": _grid(maps[:MOST_MAPS], columns=MOST_MAPS, cmap="gray"),
            }
            for name, maps in seen
        ],
    )


def _most_but_right(confusion: np.ndarray) -> int:
    """The highest number beside the diagonal, or 1."""
    wrong = confusion - np.diag(np.diag(confusion))
    return max(int(wrong.max()), 1)


def _confused(confusion: np.ndarray) -> list[tuple[int, int, int]]:
    """Returns which digit was most often read as which other, and how often."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:MOST_CONFUSED]
    pairs = [divmod(int(place), len(wrong)) for place in order]
    return [(true, read, int(wrong[true, read])) for true, read in pairs if wrong[true, read]]


def _grid(pictures: np.ndarray, columns: int, cmap: str, is_signed: bool = False) -> str:
    """Draws pictures (N, height, width) in rows, each on its own scale; returns a data URL."""
    rows = -(-len(pictures) // columns)
    figure = Figure(figsize=(columns, rows), dpi=DPI)
    figure.subplots_adjust(0, 0, 1, 1, 0.12, 0.12)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for each in axes:
        each.axis("off")
    for each, picture in zip(axes, pictures):
        limit = float(np.abs(picture).max()) or 1.0
        low, high = (-limit, limit) if is_signed else (None, None)
        each.imshow(picture, cmap=cmap, vmin=low, vmax=high)
    stream = io.BytesIO()
    figure.savefig(stream, format="png")
    return _url(stream.getvalue())


def _file(path: Path) -> str:
    return _url(path.read_bytes())


def _url(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"
