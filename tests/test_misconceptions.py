"""Holds the plain layers against torch.nn, and every misconception against what it says of itself."""

import functools
import itertools
import math
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pytest
import torch
import torch.nn as nn
from torch.overrides import TorchFunctionMode

from staff.misconceptions import LAYERS, MISCONCEPTIONS, SHOWS, Misconception, plain, submission

THEIRS = {
    "CustomLinear": nn.Linear,
    "CustomConv2D": nn.Conv2d,
    "CustomMaxPool2D": nn.MaxPool2d,
    "CustomCrossEntropyLoss": nn.CrossEntropyLoss,
}
BY_NAME = {m.name: m for m in MISCONCEPTIONS}


@dataclass
class Input:
    """What a layer is tried on: constructor arguments, and a call or two."""

    arguments: dict
    calls: list
    by_position: bool = False
    results: dict = field(default_factory=dict)


def randn(*shape, scale=1.0, shift=0.0, strided=False):
    """Reproducible numbers; strided ones lie in memory with all dimensions in reverse, so that no two can be merged."""
    order = tuple(reversed(range(len(shape))))
    x = torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape))) * scale + shift
    return x.permute(order).contiguous().permute(order) if strided else x


def classes(*shape, of):
    """Targets in which every class but the first comes up, the highest one too."""
    return (torch.arange(math.prod(shape)) * 7 % (of - 1) + 1).reshape(shape)


def samples(*shape, scale=1.0, shift=0.0, highest=None):
    targets = classes(shape[0], *shape[2:], of=highest or shape[1])
    return randn(*shape, scale=scale, shift=shift), targets


# In one test the targets are the likely classes of these rows, in another the hopeless ones.
FAR = torch.tensor([[0.0, 60.0, 60.0, 60.0, -1e4], [-1e4, 0.5, 1.0, 2.0, 3.0], [1e4, 2.0, -1e4, 0.0, 5.0]])
LEVELS = randn(6, 5) + torch.tensor([0.0, 300.0, -300.0, 50.0, -1e4, 1e4]).reshape(6, 1)
SURE = randn(6, 5) + 20 * torch.eye(6, 5)  # and wrong: p of the targets is about 1e-9

INPUTS = {
    "CustomLinear": {
        "matrix": Input({"in_features": 7, "out_features": 4}, [(randn(5, 7),)]),
        "square": Input({"in_features": 6, "out_features": 6}, [(randn(3, 6),)]),
        "batch of one": Input({"in_features": 7, "out_features": 4}, [(randn(1, 7),)]),
        "vector": Input({"in_features": 7, "out_features": 4}, [(randn(7),)]),
        "leading dimensions": Input({"in_features": 7, "out_features": 4}, [(randn(2, 3, 5, 7),)]),
        "no bias": Input({"in_features": 7, "out_features": 4, "bias": False}, [(randn(5, 7),)]),
        "strided": Input({"in_features": 7, "out_features": 4}, [(randn(3, 5, 7, strided=True),)]),
        "by position": Input({"in_features": 7, "out_features": 4}, [(randn(5, 7),)], by_position=True),
    },
    "CustomConv2D": {
        "plain": Input(dict(in_channels=3, out_channels=4, kernel_size=3), [(randn(2, 3, 7, 6),)]),
        "padding": Input(dict(in_channels=3, out_channels=4, kernel_size=3, padding=2), [(randn(2, 3, 5, 7),)]),
        "stride": Input(dict(in_channels=3, out_channels=5, kernel_size=3, stride=2), [(randn(2, 3, 7, 10),)]),
        "both": Input(
            dict(in_channels=2, out_channels=3, kernel_size=4, stride=3, padding=1),
            [(randn(3, 2, 11, 9),), (randn(1, 2, 8, 13),)],
        ),
        "by position": Input(
            dict(in_channels=2, out_channels=3, kernel_size=3, stride=2, padding=1),
            [(randn(2, 2, 5, 7),)],
            by_position=True,
        ),
        "square": Input(dict(in_channels=3, out_channels=5, kernel_size=2, padding=1), [(randn(2, 3, 4, 4),)]),
        "whole image": Input(dict(in_channels=3, out_channels=4, kernel_size=5), [(randn(2, 3, 5, 5),)]),
        "strided": Input(
            dict(in_channels=3, out_channels=4, kernel_size=3, padding=1), [(randn(2, 3, 6, 5, strided=True),)]
        ),
        "strided, no padding": Input(
            dict(in_channels=3, out_channels=4, kernel_size=3), [(randn(2, 3, 6, 5, strided=True),)]
        ),
    },
    "CustomMaxPool2D": {
        "default": Input(dict(kernel_size=2), [(randn(2, 3, 6, 8),), (randn(2, 3, 10, 4),)]),
        "overlap": Input(dict(kernel_size=3, stride=2), [(randn(2, 3, 8, 11),)]),
        "gaps": Input(dict(kernel_size=2, stride=3), [(randn(2, 3, 8, 11),)]),
        "negative, padding": Input(dict(kernel_size=3, stride=2, padding=1), [(randn(2, 3, 8, 7, shift=-9.0),)]),
        "far below": Input(dict(kernel_size=3, stride=2, padding=1), [(randn(2, 3, 7, 9, scale=9e5, shift=-9e6),)]),
        "by position": Input(dict(kernel_size=3, stride=2, padding=1), [(randn(2, 3, 6, 7),)], by_position=True),
        "stride None": Input(dict(kernel_size=3, stride=None), [(randn(2, 3, 6, 9),)]),
        "stride one": Input(dict(kernel_size=3, stride=1, padding=1), [(randn(2, 3, 5, 6),)]),
        "square": Input(dict(kernel_size=2), [(randn(2, 3, 6, 6),)]),
        "ties": Input(dict(kernel_size=2, stride=2), [(torch.ones(2, 3, 4, 6),)]),
        "ties, padding": Input(dict(kernel_size=3, stride=2, padding=1), [(torch.zeros(2, 3, 4, 6),)]),
        "strided": Input(dict(kernel_size=2), [(randn(2, 3, 6, 4, strided=True),)]),
        "again": Input(dict(kernel_size=2, padding=1), [(randn(2, 3, 6, 4),), (randn(2, 3, 6, 4, scale=-2.0),)]),
    },
    "CustomCrossEntropyLoss": {
        **{r: Input({"reduction": r}, [samples(6, 5, scale=2.0), samples(3, 5)]) for r in ("mean", "sum", "none")},
        "by position": Input({"reduction": "sum"}, [samples(6, 5)], by_position=True),
        "images, mean": Input({"reduction": "mean"}, [samples(2, 5, 3, 4)]),
        "images, sum": Input({"reduction": "sum"}, [samples(2, 5, 3, 4)]),
        "images, none": Input({"reduction": "none"}, [samples(2, 5, 3, 4)]),
        "one row": Input({"reduction": "none"}, [samples(1, 5)]),
        "highest class absent": Input({}, [samples(6, 5, highest=3)]),
        "sure and wrong": Input({"reduction": "none"}, [(SURE, classes(6, of=5))]),
        "spread": Input({"reduction": "none"}, [(6 * SURE - 60, classes(6, of=5))]),
        "levels": Input({"reduction": "none"}, [(LEVELS, classes(6, of=5))]),
        "far": Input({"reduction": "none"}, [(FAR, torch.tensor([1, 4, 0]))]),
        "far and wrong": Input({"reduction": "none"}, [(FAR, torch.tensor([4, 0, 1]))]),
        "shifted": Input({"reduction": "none"}, [samples(6, 5, shift=1000.0)]),
    },
}

# At each of these sizes a layer needs the same number of operations.
SIZES = {
    "CustomLinear": [({"in_features": i, "out_features": o}, (randn(n, i),)) for n, i, o in ((2, 3, 4), (6, 5, 7))],
    "CustomConv2D": [
        (dict(in_channels=c, out_channels=o, kernel_size=2), (randn(n, c, 4, 4),)) for n, c, o in ((2, 3, 4), (5, 6, 7))
    ]
    + [(dict(in_channels=3, out_channels=4, kernel_size=2), (randn(2, 3, 9, 8),))],
    "CustomMaxPool2D": [(dict(kernel_size=2), (randn(n, c, h, 8),)) for n, c, h in ((2, 3, 4), (5, 6, 4), (2, 3, 8))],
    "CustomCrossEntropyLoss": [({}, samples(n, c)) for n, c in ((3, 4), (7, 9))],
}


class Counting(TorchFunctionMode):
    count = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))


@functools.cache
def load(misconception=None):
    names = {"__name__": "layers"}
    exec(submission(misconception) if misconception else plain(), names)
    return names


def call(layer, x, *rest):
    """Returns a call's output, its gradients (None for one that does not come), and the input as it is afterwards."""
    leaf = x.detach().clone().requires_grad_()
    given = [leaf.clone(), *(t.clone() for t in rest)]  # no leaf, so that a change in place shows instead of raising
    layer.zero_grad()
    y = layer(*given)
    if y.requires_grad:
        upstream = torch.randn(y.shape, generator=torch.Generator().manual_seed(len(y.shape)))
        y.backward(upstream.to(y.dtype))
    results = [y.detach()], [leaf.grad, *(p.grad for p in layer.parameters())], [t.detach().to(x.dtype) for t in given]
    return [[None if t is None else t.numpy().copy() for t in tensors] for tensors in results]


def try_out(layer_class, arguments, calls, dtype):
    """Returns what comes of an input: {'output': arrays, 'gradient': ..., 'input': ..., 'calls': ...}."""
    layer = layer_class(**arguments).to(dtype)
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(randn(*p.shape, shift=0.5))
    exact = [tuple(t.to(dtype) if t.is_floating_point() else t for t in inputs) for inputs in calls]
    result = dict(zip(("output", "gradient", "input"), call(layer, *exact[0])))
    try:
        result["calls"] = [t for inputs in exact[1:] for t in call(layer, *inputs)[0]]
    except RuntimeError:
        result["calls"] = [None] * (len(calls) - 1)
    return result


def close(ours, theirs):
    """Whether arrays are equal but for rounding; infinities and NaN to their own kind."""
    if ours is None or theirs is None:
        return ours is theirs
    if (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
        return False
    size = np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-3)
    with np.errstate(invalid="ignore"):
        near = (np.abs(ours - theirs) <= 1e-5 * size) | (ours == theirs)
    return bool((near | (np.isnan(ours) & np.isnan(theirs))).all())


def agree(ours, theirs):
    return len(ours) == len(theirs) and all(map(close, ours, theirs))


def ours(layer, given, misconception=None):
    """Returns what comes of an input with our layer, plain or with a mistake."""
    layer_class, arguments = load(misconception)[layer], given.arguments
    if given.by_position:
        layer_class, arguments = functools.partial(layer_class, *arguments.values()), {}
    return try_out(layer_class, arguments, given.calls, torch.float32)


def outcome(misconception, given):
    """A misconception's result on an input, or the exception it raises; computed once."""
    if misconception.name not in given.results:
        try:
            given.results[misconception.name] = ours(misconception.layer, given, misconception)
        except (RuntimeError, TypeError, IndexError, ValueError) as error:
            given.results[misconception.name] = error
    return given.results[misconception.name]


def reference(layer, given):
    if "torch.nn" not in given.results:
        result = try_out(THEIRS[layer], given.arguments, given.calls, torch.float64)
        given.results["torch.nn"] = {k: [np.float32(a) for a in arrays] for k, arrays in result.items()}
    return given.results["torch.nn"]


def differences(result, expected):
    """Which of SHOWS tell a result from what is expected."""
    if isinstance(result, Exception):
        return {"exception"}
    return {show for show in expected if not agree(result[show], expected[show])}


def operations(layer_class, arguments, inputs):
    layer = layer_class(**arguments)
    with Counting() as counting:
        layer(*(t.clone() for t in inputs))
    return counting.count


def grows(layer, misconception=None):
    return len({operations(load(misconception)[layer], *size) for size in SIZES[layer]}) > 1


def test_a_block_of_the_catalogue_is_a_misconception():
    m = BY_NAME["zero-padding"]
    assert m.layer == "CustomMaxPool2D" and m.shows == "output" and m.changes == (("-math.inf", "0.0"),)
    assert m.hint == "Padding was filled with 0. Max pooling pads with -inf, or a zero beats every negative value."
    assert m.source == LAYERS[m.layer].replace("-math.inf", "0.0")
    assert submission(m) == plain().replace("-math.inf", "0.0")


def test_a_change_that_does_not_apply_once_is_refused():
    twice = Misconception("twice", "CustomLinear", "output", "", (("weight", "w"),))
    with pytest.raises(ValueError, match=r"^twice: 'weight' must stand once in CustomLinear, found 5 times$"):
        _ = twice.source


def test_names_are_unique_and_every_layer_has_many():
    assert len(BY_NAME) == len(MISCONCEPTIONS) >= 44
    counts = Counter(m.layer for m in MISCONCEPTIONS)
    assert counts.keys() == LAYERS.keys() and min(counts.values()) >= 8
    assert len({m.source for m in MISCONCEPTIONS}) == len(MISCONCEPTIONS)
    assert all(m.hint.endswith(".") and m.shows in SHOWS for m in MISCONCEPTIONS)


@pytest.mark.parametrize(("layer", "name"), [(layer, name) for layer in INPUTS for name in INPUTS[layer]])
def test_the_plain_layers_are_torchs(layer, name):
    given = INPUTS[layer][name]
    result = ours(layer, given)
    expected = reference(layer, given)
    assert not differences(result, expected)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_plain_layers_operations_do_not_grow(layer):
    assert not grows(layer)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_misconception_shows_as_it_says(name):
    m = BY_NAME[name]
    found = {
        difference
        for given in INPUTS[m.layer].values()
        for difference in differences(outcome(m, given), reference(m.layer, given))
    }
    if not found and grows(m.layer, m):
        found = {"operations"}
    assert next(show for show in SHOWS if show in found) == m.shows


@pytest.mark.parametrize("layer", LAYERS)
def test_no_two_wrong_outputs_coincide_on_every_input(layer):
    wrong = [m for m in MISCONCEPTIONS if m.layer == layer and m.shows == "output"]
    for a, b in itertools.combinations(wrong, 2):
        assert not all(coincide(a, b, given) for given in INPUTS[layer].values()), (a.name, b.name)


@pytest.mark.parametrize("name", [m.name for m in MISCONCEPTIONS if m.shows == "output"])
def test_some_input_alone_tells_a_wrong_output_from_all_others(name):
    # Where no stride is given, a default of 1 looks like a stride that is always 1: it takes two inputs to tell.
    # A loss that is squeezed to a number has the shape and value of one that is always reduced, and by position a
    # reduction that goes to another argument is as good as ignored.
    hidden = "stride-one-by-default", "none-squeezed", "reduction-not-first"
    assert bool(telling(BY_NAME[name])) == (name not in hidden)


def coincide(a, b, given):
    a, b = outcome(a, given), outcome(b, given)
    if isinstance(a, Exception) or isinstance(b, Exception):
        return isinstance(a, Exception) and isinstance(b, Exception)
    return agree(a["output"], b["output"])


def telling(m):
    """Names the inputs on which a misconception's output is wrong, and no other's."""
    others = [other for other in MISCONCEPTIONS if other.layer == m.layer and other is not m]
    return [
        name
        for name, given in INPUTS[m.layer].items()
        if "output" in differences(outcome(m, given), reference(m.layer, given))
        and not any(coincide(m, other, given) for other in others)
    ]
