"""Holds every misconception against what it says of itself, and the catalogue against its form."""

import functools
import itertools
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch.overrides import TorchFunctionMode

from grading.debugger import load
from staff.misconceptions import (
    FILES,
    MISCONCEPTIONS,
    SHOWS,
    Change,
    base,
    plain,
    read,
    submission,
)
from staff.plans import conv, linear, loss, pool
from staff.references import MODULES

BY_NAME = {m.name: m for m in MISCONCEPTIONS}


@dataclass
class Input:
    """What a layer is tried on: its constructor's arguments, and the inputs of a call or two."""

    arguments: dict
    calls: list
    by_position: bool = False


def randn(*shape, scale=1.0, shift=0.0):
    """Reproducible numbers."""
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(shape, generator=generator) * scale + shift


def strided(x):
    """The same numbers with all dimensions in reverse in memory, so that no two can be merged."""
    order = tuple(reversed(range(x.dim())))
    return x.permute(order).contiguous().permute(order)


def classes(*shape, of):
    """Targets in which every class but the first comes up, the highest one too."""
    return (torch.arange(math.prod(shape)) * 7 % (of - 1) + 1).reshape(shape)


def samples(*shape, scale=1.0, shift=0.0, highest=None):
    targets = classes(shape[0], *shape[2:], of=highest or shape[1])
    return randn(*shape, scale=scale, shift=shift), targets


# In one test the targets are the likely classes of these rows, in another the hopeless ones.
FAR = torch.tensor(
    [[0.0, 60.0, 60.0, 60.0, -1e4], [-1e4, 0.5, 1.0, 2.0, 3.0], [1e4, 2.0, -1e4, 0.0, 5.0]]
)
LEVELS = randn(6, 5) + torch.tensor([0.0, 300.0, -300.0, 50.0, -1e4, 1e4]).reshape(6, 1)
SURE = randn(6, 5) + 20 * torch.eye(6, 5)  # and wrong: p of the targets is about 1e-9
TARGETS = classes(6, of=5)

INPUTS = {
    "CustomLinear": {
        "matrix": Input(linear(7, 4), [(randn(5, 7),)]),
        "square": Input(linear(6, 6), [(randn(3, 6),)]),
        "batch of one": Input(linear(7, 4), [(randn(1, 7),)]),
        "vector": Input(linear(7, 4), [(randn(7),)]),
        "leading dimensions": Input(linear(7, 4), [(randn(2, 3, 5, 7),)]),
        "no bias": Input(linear(7, 4, bias=False), [(randn(5, 7),)]),
        "strided": Input(linear(7, 4), [(strided(randn(3, 5, 7)),)]),
        "by position": Input(linear(7, 4), [(randn(5, 7),)], by_position=True),
    },
    "CustomConv2D": {
        "plain": Input(conv(3, 4, 3), [(randn(2, 3, 7, 6),)]),
        "padding": Input(conv(3, 4, 3, padding=2), [(randn(2, 3, 5, 7),)]),
        "stride": Input(conv(3, 5, 3, stride=2), [(randn(2, 3, 7, 10),)]),
        "both": Input(
            conv(2, 3, 4, stride=3, padding=1), [(randn(3, 2, 11, 9),), (randn(1, 2, 8, 13),)]
        ),
        "by position": Input(
            conv(2, 3, 3, stride=2, padding=1), [(randn(2, 2, 5, 7),)], by_position=True
        ),
        "square": Input(conv(3, 5, 2, padding=1), [(randn(2, 3, 4, 4),)]),
        "whole image": Input(conv(3, 4, 5), [(randn(2, 3, 5, 5),)]),
        "strided": Input(conv(3, 4, 3, padding=1), [(strided(randn(2, 3, 6, 5)),)]),
        "strided, no padding": Input(conv(3, 4, 3), [(strided(randn(2, 3, 6, 5)),)]),
    },
    "CustomMaxPool2D": {
        "default": Input(pool(2), [(randn(2, 3, 6, 8),), (randn(2, 3, 10, 4),)]),
        "overlap": Input(pool(3, stride=2), [(randn(2, 3, 8, 11),)]),
        "gaps": Input(pool(2, stride=3), [(randn(2, 3, 8, 11),)]),
        "negative, padding": Input(
            pool(3, stride=2, padding=1), [(randn(2, 3, 8, 7, shift=-9.0),)]
        ),
        "far below": Input(
            pool(3, stride=2, padding=1), [(randn(2, 3, 7, 9, scale=9e5, shift=-9e6),)]
        ),
        "by position": Input(
            pool(3, stride=2, padding=1), [(randn(2, 3, 6, 7),)], by_position=True
        ),
        "stride None": Input(pool(3, stride=None), [(randn(2, 3, 6, 9),)]),
        "stride one": Input(pool(3, stride=1, padding=1), [(randn(2, 3, 5, 6),)]),
        "square": Input(pool(2), [(randn(2, 3, 6, 6),)]),
        "ties": Input(pool(2, stride=2), [(torch.ones(2, 3, 4, 6),)]),
        "ties, padding": Input(pool(3, stride=2, padding=1), [(torch.zeros(2, 3, 4, 6),)]),
        "strided": Input(pool(2), [(strided(randn(2, 3, 6, 4)),)]),
        "again": Input(
            pool(2, padding=1), [(randn(2, 3, 6, 4),), (randn(2, 3, 6, 4, scale=-2.0),)]
        ),
    },
    "CustomCrossEntropyLoss": {
        "mean": Input(loss("mean"), [samples(6, 5, scale=2.0), samples(3, 5)]),
        "sum": Input(loss("sum"), [samples(6, 5, scale=2.0), samples(3, 5)]),
        "none": Input(loss("none"), [samples(6, 5, scale=2.0), samples(3, 5)]),
        "by position": Input(loss("sum"), [samples(6, 5)], by_position=True),
        "images, mean": Input(loss("mean"), [samples(2, 5, 3, 4)]),
        "images, sum": Input(loss("sum"), [samples(2, 5, 3, 4)]),
        "images, none": Input(loss("none"), [samples(2, 5, 3, 4)]),
        "one row": Input(loss("none"), [samples(1, 5)]),
        "highest class absent": Input(loss(), [samples(6, 5, highest=3)]),
        "sure and wrong": Input(loss("none"), [(SURE, TARGETS)]),
        "spread": Input(loss("none"), [(6 * SURE - 60, TARGETS)]),
        "levels": Input(loss("none"), [(LEVELS, TARGETS)]),
        "far": Input(loss("none"), [(FAR, torch.tensor([1, 4, 0]))]),
        "far and wrong": Input(loss("none"), [(FAR, torch.tensor([4, 0, 1]))]),
        "shifted": Input(loss("none"), [samples(6, 5, shift=1000.0)]),
    },
}

# At each of these sizes a layer needs the same number of operations.
SIZES = {
    "CustomLinear": [
        (linear(3, 4), (randn(2, 3),)),
        (linear(5, 7), (randn(6, 5),)),
    ],
    "CustomConv2D": [
        (conv(3, 4, 2), (randn(2, 3, 4, 4),)),
        (conv(6, 7, 2), (randn(5, 6, 4, 4),)),
        (conv(3, 4, 2), (randn(2, 3, 9, 8),)),
    ],
    "CustomMaxPool2D": [
        (pool(2), (randn(2, 3, 4, 8),)),
        (pool(2), (randn(5, 6, 4, 8),)),
        (pool(2), (randn(2, 3, 8, 8),)),
    ],
    "CustomCrossEntropyLoss": [
        (loss(), samples(3, 4)),
        (loss(), samples(7, 9)),
        (loss(), samples(3, 4, 2)),
        (loss(), samples(3, 4, 5)),
    ],
}


@functools.cache
def layer_class(layer, mistake=None):
    """Returns a layer's class, plain or with a mistake."""
    text = plain() if mistake is None else submission(mistake)
    return getattr(load(text).module, layer)


def parameters_of(layer, given):
    """Returns the values of a layer's parameters by name, of the shapes that torch's layer has."""
    made = MODULES[layer](**given.arguments)
    return {name: randn(*value.shape, shift=0.5) for name, value in made.named_parameters()}


def try_out(make, calls, dtype, values):
    """Returns what comes of some calls on a new layer, of these parameters.

    It is a list of arrays for each of the first four of SHOWS that leave arrays behind: the first
    call's "output", its "gradient" (None for one that does not come), its "input" as it is
    afterwards, and the outputs of the later "calls".
    """
    layer = make().to(dtype)
    parameters = dict(layer.named_parameters())
    with torch.no_grad():
        for name, value in values.items():
            if parameters[name].shape != value.shape:
                raise ValueError(f"{name} has the shape {parameters[name].shape}")
            parameters[name].copy_(value)
        for name in parameters.keys() - values.keys():
            parameters[name].fill_(1.0)
    first, *later = [[to(x, dtype) for x in inputs] for inputs in calls]
    result = call(layer, *first)
    result["calls"] = []
    for inputs in later:
        try:
            result["calls"] += call(layer, *inputs)["output"]
        except RuntimeError:
            result["calls"].append(None)
    return result


def to(x, dtype):
    return x.to(dtype) if x.is_floating_point() else x


def call(layer, x, *rest):
    leaf = x.detach().clone().requires_grad_()
    # Not the leaf itself: a change in place is to show, and not to raise.
    given = [leaf.clone(), *(other.clone() for other in rest)]
    layer.zero_grad()
    y = layer(*given)
    if y.requires_grad:
        upstream = torch.randn(y.shape, generator=torch.Generator().manual_seed(len(y.shape)))
        y.backward(upstream.to(y.dtype))
    return {
        "output": [array(y)],
        "gradient": [array(leaf.grad), *(array(p.grad) for p in layer.parameters())],
        "input": [array(value.to(x.dtype)) for value in given],
    }


def array(tensor):
    return None if tensor is None else tensor.detach().numpy().copy()


@functools.cache
def outcome(layer, name, mistake=None):
    """Returns what comes of an input, or the exception that is raised."""
    given = INPUTS[layer][name]
    made = layer_class(layer, mistake)
    make = functools.partial(made, **given.arguments)
    if given.by_position:
        make = functools.partial(made, *given.arguments.values())
    try:
        return try_out(make, given.calls, torch.float32, parameters_of(layer, given))
    except (AttributeError, RuntimeError, TypeError, LookupError, ValueError) as error:
        return error


@functools.cache
def expected(layer, name):
    """Returns what comes of an input with torch's layer, in float64 and rounded."""
    given = INPUTS[layer][name]
    make = functools.partial(MODULES[layer], **given.arguments)
    result = try_out(make, given.calls, torch.float64, parameters_of(layer, given))
    return {show: [np.float32(value) for value in values] for show, values in result.items()}


def differences(layer, name, mistake=None):
    """Which of SHOWS tell what comes of an input from what is expected."""
    result = outcome(layer, name, mistake)
    if isinstance(result, Exception):
        return {"exception"}
    right = expected(layer, name)
    return {show for show in right if not agree(result[show], right[show])}


def agree(ours, theirs):
    return len(ours) == len(theirs) and all(map(close, ours, theirs))


def close(ours, theirs):
    """Whether arrays are equal but for rounding; infinities and NaN to their own kind."""
    if ours is None or theirs is None:
        return ours is theirs
    if ours.shape != theirs.shape or ours.dtype != theirs.dtype:
        return False
    size = np.abs(theirs[np.isfinite(theirs)]).max(initial=1e-3)
    return np.allclose(ours, theirs, rtol=0, atol=1e-5 * size, equal_nan=True)


class Counting(TorchFunctionMode):
    count = 0

    def __torch_function__(self, function, types, args=(), kwargs=None):
        self.count += 1
        return function(*args, **(kwargs or {}))


def operations(layer, inputs):
    given = [x.clone() for x in inputs]
    with Counting() as counting:
        layer(*given)
    return counting.count


def grows(layer, mistake=None):
    made = layer_class(layer, mistake)
    counts = {operations(made(**arguments), inputs) for arguments, inputs in SIZES[layer]}
    return len(counts) > 1


def test_a_block_of_the_catalogue_is_a_misconception():
    mistake = BY_NAME["minimum-pool"]
    assert mistake.layer == "CustomMaxPool2D"
    assert mistake.shows == "output"
    assert mistake.hint == (
        "The smallest value was taken. Take the largest of each window, and pad with -inf."
    )
    changed = plain().replace("-math.inf", "math.inf")
    changed = changed.replace("windows.max(dim=2).values", "windows.amin(dim=2)")
    assert submission(mistake) == changed


@pytest.mark.parametrize(
    "name, offset, new",
    [
        ("first-row-only", 0, "        x = x[:1]"),  # before the line that stays
        ("mean-over-inputs", 1, "        y = y / self.in_features"),  # after it
    ],
)
def test_a_line_that_stays_at_either_end_is_not_touched(name, offset, new):
    stays = '        y = torch.einsum("...i,oi->...o", x, self.weight)'
    place = plain().splitlines().index(stays) + offset
    assert BY_NAME[name].changes == (Change(place, place, (new,)),)


HEAD = "some-name (output): A hint."
OLD = "    - return y"


@pytest.mark.parametrize(
    "lines, message",
    [
        ([OLD], "line 1: must begin with 'name (shows): hint', got ''"),
        (["Name: a hint", OLD], "line 1: must begin with 'name (shows): hint', got 'Name: a hint'"),
        (["name (loss): A hint.", OLD], f"line 1: name: must show by one of {SHOWS}, got 'loss'"),
        ([HEAD], "line 1: some-name: changes nothing"),
        ([HEAD, "    It goes on."], "line 2: some-name: changes nothing"),
        (["# Of one.", "", HEAD, OLD, "", HEAD], "line 6: some-name: changes nothing"),
        (
            [HEAD, "    + y = 2", OLD],
            "line 2: some-name: must take out a line, which says where it is",
        ),
        (
            [HEAD, OLD, "    y = 2"],
            "line 3: some-name: must begin with '    - ' or '    + ': '    y = 2'",
        ),
        (
            [HEAD, "    - return"],
            "line 2: some-name: 'return' must stand once in CustomLinear, found 0 times",
        ),
        (
            [HEAD, OLD, "    - class CustomConv2D(nn.Module):"],
            "line 2: some-name: 'return y\\nclass CustomConv2D(nn.Module):' must stand once in "
            "CustomLinear, found 0 times",
        ),
        (
            [HEAD, "    - if self.bias is not None:"],
            "line 2: some-name: 'if self.bias is not None:' must stand once in CustomLinear, "
            "found 2 times",
        ),
    ],
)
def test_an_error_of_the_form_names_file_line_and_entry(lines, message):
    with pytest.raises(ValueError) as error:
        list(read("CustomLinear", "\n".join(lines), "linear.txt"))
    assert str(error.value) == f"linear.txt, {message}"


def test_without_a_mistake_a_submission_is_plain():
    assert submission() == plain()


def test_mistakes_that_touch_different_lines_compose():
    stride = BY_NAME["conv-stride-ignored"]
    padding = BY_NAME["conv-padding-ignored"]
    both = submission(stride, padding)
    assert both == submission(padding, stride)
    layer = load(both).module.CustomConv2D(2, 3, 2, stride=2, padding=1)
    right = layer_class("CustomConv2D")(2, 3, 2)
    right.load_state_dict(layer.state_dict())
    x = randn(2, 2, 5, 6)
    assert torch.equal(layer(x), right(x))


def test_a_line_put_in_comes_before_one_that_is_replaced():
    lines = submission(BY_NAME["softmax-twice"], BY_NAME["shift-by-mean"]).splitlines()
    place = lines.index("        shift = logits.mean(dim=1, keepdim=True)")
    assert lines[place - 1] == "        logits = p / p.sum(dim=1, keepdim=True)"


@pytest.mark.parametrize(
    "first, second, line",
    [
        ("zero-padding", "finite-padding", "padded = x.new_full("),  # both replace it
        ("maximum-in-place", "windows-not-transposed", "windows = columns.reshape("),  # so do these
        ("logits-clipped", "softmax-twice", "shift = logits.max("),  # both are put in before it
        ("maximum-in-place", "padded-kept", "columns = F.unfold("),  # one within the other
    ],
)
def test_mistakes_that_touch_the_same_line_do_not_compose(first, second, line):
    layer = BY_NAME[first].layer
    start = plain().splitlines().index(f"class {layer}(nn.Module):")
    lines = list(enumerate(plain().splitlines(), 1))[start:]
    number, text = next((number, text) for number, text in lines if line in text)
    with pytest.raises(ValueError) as error:
        submission(BY_NAME[first], BY_NAME[second])
    wanted = f"{first} and {second} both change plain.py, line {number}: {text!r}"
    assert str(error.value) == wanted


def test_names_are_unique_and_every_layer_has_many():
    assert len(BY_NAME) == len(MISCONCEPTIONS) >= 44
    counts = Counter(mistake.layer for mistake in MISCONCEPTIONS)
    assert counts.keys() == FILES.keys()
    assert min(counts.values()) >= 8
    assert len({submission(mistake) for mistake in MISCONCEPTIONS}) == len(MISCONCEPTIONS)
    assert all(mistake.hint.endswith(".") for mistake in MISCONCEPTIONS)


@pytest.mark.parametrize("layer", INPUTS)
def test_the_plain_layer_differs_on_no_input(layer):
    assert {name: differences(layer, name) for name in INPUTS[layer]} == {
        name: set() for name in INPUTS[layer]
    }
    assert not grows(layer)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_misconception_shows_as_it_says(name):
    mistake = BY_NAME[name]
    layer = mistake.layer
    found = set().union(*(differences(layer, given, mistake) for given in INPUTS[layer]))
    if not found and grows(layer, mistake):
        found = {"operations"}
    assert next(show for show in SHOWS if show in found) == mistake.shows


def coincide(one, other, given):
    """Whether two misconceptions of a layer cannot be told apart by the output of an input."""
    first = outcome(one.layer, given, one)
    second = outcome(other.layer, given, other)
    if isinstance(first, Exception) or isinstance(second, Exception):
        return isinstance(first, Exception) and isinstance(second, Exception)
    return agree(first["output"], second["output"])


@pytest.mark.parametrize("layer", INPUTS)
def test_no_two_wrong_outputs_coincide_on_every_input(layer):
    wrong = [m for m in MISCONCEPTIONS if m.layer == layer and m.shows == "output"]
    for one, other in itertools.combinations(wrong, 2):
        if base(one.name) == base(other.name):  # the same by any of its variants
            continue
        told_apart = [given for given in INPUTS[layer] if not coincide(one, other, given)]
        assert told_apart, (one.name, other.name)


# Where no stride is given, a default of 1 looks like a stride that is always 1: it takes two inputs
# to tell. A loss that is squeezed to a number has the shape and value of one that is always
# reduced, and by position a reduction that goes to another argument is as good as ignored. So it is
# with each reduction that is taken for another, with a weight that fits only where it is square,
# and with a softmax that is right until it underflows.
NEVER_ALONE = {
    "finite-padding/ten",
    "linear-squeezed",
    "log-after-softmax",
    "log-after-softmax/one-hot",
    "mean-and-sum-swapped",
    "mean-not-divided",
    "mean-not-reduced",
    "never-reduced",
    "none-squeezed",
    "none-unhandled",
    "none-unhandled/mean",
    "reduction-ignored",
    "reduction-ignored/sum",
    "reduction-not-first",
    "shift-by-minimum",
    "stride-one-by-default",
    "sum-averaged",
    "sum-not-reduced",
    "weight-not-transposed",
    "weight-not-transposed/broadcast",
    "weight-not-transposed/created",
    "weight-not-transposed/product",
    "zeros-taken-for-padding",
}


@pytest.mark.parametrize("name", [m.name for m in MISCONCEPTIONS if m.shows == "output"])
def test_some_input_alone_tells_a_wrong_output_from_all_others(name):
    assert bool(telling(BY_NAME[name])) == (name not in NEVER_ALONE)


def telling(mistake):
    """Names the inputs on which a misconception's output is wrong, and no other's."""
    layer = mistake.layer
    own = base(mistake.name)
    others = [m for m in MISCONCEPTIONS if m.layer == layer and base(m.name) != own]
    wrong = [given for given in INPUTS[layer] if "output" in differences(layer, given, mistake)]
    return [
        given for given in wrong if not any(coincide(mistake, other, given) for other in others)
    ]
