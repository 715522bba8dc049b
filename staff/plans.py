"""What is graded: a plan of every case, from which make_cases draws its numbers.

In this order: what a plan is; how its constructor's arguments and its inputs are written; the plans
of the four questions. A case's points stand in test_cases/rubric.toml.
"""

import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from staff.references import Arrays

Arguments = dict[str, Any]  # a constructor's, by name, in its order
Draw = Callable[["Maker"], Arrays]  # draws the inputs of one call


@dataclass(frozen=True)
class Plan:
    """What a case is made of, before its numbers are drawn.

    ``arguments`` are those of one layer, on which all calls are made, or a list: then each call is
    on a layer of its own. ``inputs`` has an item for each call. See Case for ``kind``.
    """

    title: str
    arguments: Arguments | list[Arguments]
    inputs: list[Draw]
    kind: str = "values"
    backward: bool = True
    by_position: bool = False
    strided: bool = False
    ties: bool = False


def efficiency(title: str, arguments: Arguments | list[Arguments], inputs: list[Draw]) -> Plan:
    """A case whose later calls may take hardly more steps than the first.

    What is large has 600 items, so that a loop over them takes more steps than any call may, even
    if the first call wastes as many; see judge.MOST_STEPS.
    """
    return Plan(title, arguments, inputs, kind="efficiency", backward=False)


class Maker:
    """Draws a case's numbers.

    Each case draws from a generator of its own, so that a new case changes no other.
    """

    def __init__(self, seed: int, name: str) -> None:
        self.random = np.random.default_rng([seed, zlib.crc32(name.encode())])

    def normal(self, *shape: int, scale: float = 1.0, offset: float = 0.0) -> np.ndarray:
        return (offset + scale * self.random.standard_normal(shape)).astype(np.float32)

    def parameters(self, layer: str, arguments: Arguments) -> Arrays:
        """Returns weight and bias, as far as the layer has them; its outputs are then about 1."""
        shape = _weight_shape(layer, arguments)
        if not shape:
            return {}
        fan_in = math.prod(shape[1:])
        parameters = {"weight": self.normal(*shape, scale=fan_in**-0.5)}
        if arguments.get("bias", True):
            parameters["bias"] = self.normal(shape[0])
        return parameters


def _weight_shape(layer: str, arguments: Arguments) -> tuple[int, ...]:
    if layer == "CustomLinear":
        return arguments["out_features"], arguments["in_features"]
    if layer == "CustomConv2D":
        k = arguments["kernel_size"]
        return arguments["out_channels"], arguments["in_channels"], k, k
    return ()


# The arguments of each layer's constructor.


def linear(in_features: int, out_features: int, **more: Any) -> Arguments:
    return {"in_features": in_features, "out_features": out_features, **more}


def conv(in_channels: int, out_channels: int, kernel_size: int, **more: Any) -> Arguments:
    sizes = {
        "in_channels": in_channels,
        "out_channels": out_channels,
        "kernel_size": kernel_size,
    }
    return {**sizes, **more}


def pool(kernel_size: int, **more: Any) -> Arguments:
    return {"kernel_size": kernel_size, **more}


def loss(reduction: str | None = None) -> Arguments:
    return {} if reduction is None else {"reduction": reduction}


# The inputs of as many calls as there are shapes, or of one.


def images(*shapes: tuple[int, ...], scale: float = 1.0, offset: float = 0.0) -> list[Draw]:
    """Normally distributed x."""

    def image(shape: tuple[int, ...]) -> Draw:
        return lambda maker: {"x": maker.normal(*shape, scale=scale, offset=offset)}

    return [image(shape) for shape in shapes]


def negative(*shape: int) -> list[Draw]:
    """x below -0.5."""
    return [lambda maker: {"x": -np.abs(maker.normal(*shape)) - np.float32(0.5)}]


def tied(*shape: int) -> list[Draw]:
    """x of -1, 0 and 1."""
    return [lambda maker: {"x": maker.random.integers(-1, 2, shape).astype(np.float32)}]


def constant(*shape: int) -> list[Draw]:
    """x of one value."""
    return [lambda maker: {"x": np.full(shape, maker.normal(), np.float32)}]


def logits(
    *shapes: tuple[int, ...],
    scale: float = 2.0,
    offset: float = 0.0,
    every: bool = False,
) -> list[Draw]:
    """Logits (N, C, ...) with targets at random or, with ``every``, of each class in turn."""

    def labelled(shape: tuple[int, ...]) -> Draw:
        classes = shape[1]
        places = shape[:1] + shape[2:]

        def draw(maker: Maker) -> Arrays:
            if every:
                targets = np.arange(math.prod(places)).reshape(places) % classes
            else:
                targets = maker.random.integers(0, classes, places)
            values = maker.normal(*shape, scale=scale, offset=offset)
            return {"logits": values, "targets": targets.astype(np.int64)}

        return draw

    return [labelled(shape) for shape in shapes]


def wrong_by(low: float, high: float, *shape: int) -> list[Draw]:
    """Logits (N, C) whose target lies so far below the others."""

    def draw(maker: Maker) -> Arrays:
        rows, classes = shape
        values = logits(shape, scale=0.5)[0](maker)["logits"]
        gap = maker.random.uniform(low, high, rows).astype(np.float32)
        targets = maker.random.integers(0, classes - 1, rows)
        values[np.arange(rows), targets] -= gap
        return {"logits": values, "targets": targets}

    return [draw]


def levels(*offsets: float, classes: int) -> list[Draw]:
    """Logits (N, C) with a row about each of these numbers."""

    def draw(maker: Maker) -> Arrays:
        inputs = logits((len(offsets), classes))[0](maker)
        inputs["logits"] += np.asarray(offsets, np.float32)[:, None]
        return inputs

    return [draw]


Q1 = {
    "one-row": Plan("one row", linear(3, 2), images((1, 3))),
    "batch": Plan(
        "a batch of rows, without gradients",
        linear(7, 5),
        images((6, 7)),
        backward=False,
    ),
    "gradients": Plan("gradients of input, weight and bias", linear(7, 5), images((6, 7))),
    "no-bias": Plan("bias=False", linear(4, 6, bias=False), images((5, 4))),
    "by-position": Plan(
        "arguments by position",
        linear(3, 5, bias=False),
        images((4, 3)),
        by_position=True,
    ),
    "square": Plan("as many outputs as inputs", linear(4, 4), images((4, 4))),
    "one-feature": Plan("one input feature, one output", linear(1, 1), images((5, 1))),
    "vector": Plan("a single vector (in_features)", linear(5, 3), images((5,))),
    "leading-dimensions": Plan(
        "any leading dimensions (2, 3, 4, in_features)",
        linear(6, 5),
        images((2, 3, 4, 6)),
    ),
    "cancellation": Plan(
        "sums of 1,000 terms that nearly cancel",
        linear(1000, 2),
        images((3, 1000), scale=30.0),
    ),
    "strided": Plan(
        "an input that is not contiguous", linear(7, 4), images((3, 5, 7)), strided=True
    ),
    "input": Plan("the input stays as it is", linear(4, 3), images((5, 4)), kind="input"),
    "calls": Plan("several calls on one layer", linear(4, 3), images((5, 4), (5, 4), (2, 4))),
    "efficiency": efficiency(
        "steps do not grow with the batch", linear(2, 2), images((2, 2), (600, 2))
    ),
    "efficiency-features": efficiency(
        "steps do not grow with the features",
        [linear(3, 2), linear(600, 2), linear(3, 600)],
        images((2, 3), (2, 600), (2, 3)),
    ),
}
Q2 = {
    "one-image": Plan(
        "one image, one channel, no gradients",
        conv(1, 1, 3),
        images((1, 1, 5, 5)),
        backward=False,
    ),
    "channels": Plan("several channels in and out", conv(3, 5, 3), images((2, 3, 6, 6))),
    "as-wide-as-channels": Plan(
        "as many output channels as output columns", conv(2, 4, 3), images((2, 2, 5, 6))
    ),
    "gradients": Plan("gradients of input, weight and bias", conv(2, 3, 3), images((3, 2, 6, 7))),
    "not-square": Plan("an image that is not square", conv(2, 3, 3), images((2, 2, 5, 9))),
    "stride": Plan(
        "stride 2, where it does not divide",
        conv(2, 3, 3, stride=2),
        images((2, 2, 8, 6)),
    ),
    "padding": Plan("padding 2", conv(2, 3, 3, padding=2), images((2, 2, 4, 5))),
    "stride-and-padding": Plan(
        "kernel 5, stride 3, padding 1",
        conv(2, 2, 5, stride=3, padding=1),
        images((2, 2, 8, 11)),
    ),
    "by-position": Plan(
        "arguments by position",
        conv(2, 3, 3, stride=2, padding=1),
        images((2, 2, 5, 7)),
        by_position=True,
    ),
    "stride-beyond-kernel": Plan(
        "a stride larger than the kernel", conv(2, 3, 2, stride=3), images((2, 2, 8, 7))
    ),
    "kernel-1": Plan("kernel 1", conv(3, 2, 1), images((2, 3, 4, 5))),
    "kernel-in-padding": Plan(
        "windows of padding alone", conv(2, 3, 1, padding=1), images((2, 2, 4, 5))
    ),
    "whole-image": Plan("a kernel as large as the image", conv(2, 3, 4), images((2, 2, 4, 4))),
    "many-channels": Plan(
        "sums over 72 channels", conv(72, 3, 3), images((2, 72, 5, 4), scale=10.0)
    ),
    "strided": Plan(
        "an input that is not contiguous",
        conv(2, 3, 3),
        images((3, 2, 5, 6)),
        strided=True,
    ),
    "input": Plan(
        "the input stays as it is",
        conv(2, 2, 3, padding=1),
        images((2, 2, 4, 5)),
        kind="input",
    ),
    "calls": Plan(
        "several calls on one layer",
        conv(2, 3, 3, padding=1),
        images((2, 2, 4, 5), (2, 2, 4, 5), (1, 2, 6, 3)),
    ),
    "efficiency": efficiency(
        "steps do not grow with the batch",
        conv(1, 2, 2),
        images((2, 1, 3, 2), (600, 1, 3, 2)),
    ),
    "efficiency-image": efficiency(
        "steps do not grow with the image",
        conv(1, 2, 2),
        images((1, 1, 4, 3), (1, 1, 25, 26)),
    ),
    "efficiency-channels": efficiency(
        "steps do not grow with the channels",
        [conv(2, 3, 2), conv(600, 1, 2), conv(1, 600, 2)],
        images((1, 2, 3, 2), (1, 600, 3, 2), (1, 1, 3, 2)),
    ),
}
Q3 = {
    "one-plane": Plan(
        "one plane, kernel 2, no gradients",
        pool(2),
        images((1, 1, 4, 4)),
        backward=False,
    ),
    "default-stride": Plan("stride defaults to the kernel", pool(3), images((2, 3, 6, 9))),
    "gradients": Plan("the gradient goes to the maxima", pool(2), images((2, 3, 4, 6))),
    "overlapping": Plan(
        "kernel 3, stride 1: windows overlap", pool(3, stride=1), images((2, 2, 5, 6))
    ),
    "apart": Plan(
        "kernel 2, stride 3: windows lie apart",
        pool(2, stride=3),
        images((2, 2, 7, 10)),
    ),
    "not-dividing": Plan("sizes that the stride does not divide", pool(2), images((2, 3, 5, 7))),
    "padding": Plan("padding 1", pool(3, stride=2, padding=1), images((2, 3, 6, 7))),
    "by-position": Plan(
        "arguments by position",
        pool(3, stride=2, padding=1),
        images((2, 2, 5, 8), offset=9.0),
        by_position=True,
    ),
    "negative-padding": Plan(
        "all values negative, padding 1",
        pool(3, stride=2, padding=1),
        negative(2, 2, 6, 7),
    ),
    "far-below": Plan(
        "values of about -9,000,000, padding 1",
        pool(3, stride=2, padding=1),
        images((2, 2, 5, 7), scale=1e3, offset=-9e6),
    ),
    "constant": Plan(
        "a constant image, padding 1",
        pool(3, stride=3, padding=1),
        constant(2, 2, 5, 8),
        ties=True,
    ),
    "negative": Plan("all values negative, no padding", pool(2), negative(2, 2, 4, 6)),
    "ties": Plan("equal maxima in a window", pool(2), tied(2, 3, 6, 8), ties=True),
    "kernel-1": Plan("kernel 1, stride 2", pool(1, stride=2), images((2, 2, 5, 6))),
    "half-padding": Plan(
        "kernel 6, stride 1, padding 3",
        pool(6, stride=1, padding=3),
        images((2, 2, 7, 8)),
    ),
    "padding-default-stride": Plan(
        "padding 1, stride=None, which means the kernel",
        pool(3, stride=None, padding=1),
        images((2, 2, 12, 9)),
    ),
    "whole-image": Plan("a kernel as large as the image", pool(5), images((3, 2, 5, 5))),
    "strided": Plan("an input that is not contiguous", pool(2), images((3, 2, 4, 6)), strided=True),
    "input": Plan("the input stays as it is", pool(2), images((2, 2, 4, 6)), kind="input"),
    "calls": Plan(
        "several calls on one layer",
        pool(2, padding=1),
        images((2, 2, 6, 4), (2, 2, 6, 4), (1, 3, 4, 8), offset=9.0),
    ),
    "efficiency": efficiency(
        "steps do not grow with the batch",
        pool(2),
        images((2, 1, 4, 2), (600, 1, 4, 2)),
    ),
    "efficiency-channels": efficiency(
        "steps do not grow with the channels",
        pool(2),
        images((1, 2, 4, 2), (1, 600, 4, 2)),
    ),
    "efficiency-image": efficiency(
        "steps do not grow with the image",
        pool(2),
        images((1, 1, 6, 4), (1, 1, 48, 50)),
    ),
}
Q4 = {
    "mean": Plan("the mean, by default, no gradients", loss(), logits((6, 4)), backward=False),
    "mean-gradients": Plan("gradients of the mean", loss("mean"), logits((6, 4))),
    "sum": Plan("reduction='sum'", loss("sum"), logits((5, 3))),
    "none": Plan("reduction='none'", loss("none"), logits((7, 5))),
    "by-position": Plan("the argument by position", loss("sum"), logits((4, 3)), by_position=True),
    "one-row": Plan("a batch of one", loss("none"), logits((1, 5))),
    "every-class": Plan("targets of every class", loss("none"), logits((10, 10), every=True)),
    "many-classes": Plan(
        "101 classes, targets of each",
        loss("none"),
        logits((101, 101), every=True),
        backward=False,
    ),
    "sequence": Plan("logits (N, C, d1)", loss("mean"), logits((3, 4, 5))),
    "sequence-sum": Plan("logits (N, C, d1), reduction='sum'", loss("sum"), logits((2, 4, 3))),
    "image": Plan("logits (N, C, d1, d2), reduction='none'", loss("none"), logits((2, 3, 4, 5))),
    "volume": Plan(
        "logits (1, C, d1, d1, d2), reduction='none'",
        loss("none"),
        logits((1, 4, 3, 3, 2)),
    ),
    "wrong": Plan("targets of small probability", loss("none"), wrong_by(15, 20, 6, 4)),
    "hopeless": Plan(
        "targets whose probability underflows", loss("none"), wrong_by(100, 120, 6, 4)
    ),
    "levels": Plan(
        "rows of very different size",
        loss("none"),
        levels(0, 300, -300, 1e4, -1e4, classes=4),
    ),
    "large": Plan("logits of about 10,000", loss("none"), logits((8, 4), scale=1e4)),
    "large-mean": Plan(
        "logits of about 10,000, their mean", loss("mean"), logits((8, 4), scale=1e4)
    ),
    "shifted-up": Plan(
        "logits that are all about 1,000", loss("none"), logits((6, 4), offset=1000.0)
    ),
    "shifted-down": Plan(
        "logits that are all about -1,000", loss("none"), logits((6, 4), offset=-1000.0)
    ),
    "strided": Plan("logits that are not contiguous", loss("mean"), logits((5, 4)), strided=True),
    "input": Plan(
        "logits and targets stay as they are",
        loss("mean"),
        logits((5, 4)),
        kind="input",
    ),
    "calls": Plan("several calls on one layer", loss("sum"), logits((5, 3), (5, 3), (2, 3))),
    "efficiency": efficiency(
        "steps do not grow with the batch", loss("mean"), logits((3, 2), (600, 2))
    ),
    "efficiency-classes": efficiency(
        "steps do not grow with the classes", loss("mean"), logits((2, 4), (2, 600))
    ),
    "efficiency-places": efficiency(
        "steps do not grow with the places",
        loss("mean"),
        logits((1, 2, 2, 2), (1, 2, 20, 30)),
    ),
}
QUESTIONS = {
    "q1": ("CustomLinear", Q1),
    "q2": ("CustomConv2D", Q2),
    "q3": ("CustomMaxPool2D", Q3),
    "q4": ("CustomCrossEntropyLoss", Q4),
}
