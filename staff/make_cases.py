"""Writes test_cases/: every case's inputs, its reference and bounds, and what each misconception makes of it.

python -m staff.make_cases                          the cases of the repository
python -m staff.make_cases --check                  agrees with what is stored, or says what does not
python -m staff.make_cases --seed N --out DIR       a hidden set of the same kinds, that nobody has seen
"""

import argparse
import dataclasses
import json
import shutil
import sys
import types
import zlib
from pathlib import Path

import numpy as np
from rich.progress import track
from safetensors.numpy import save_file

from grading.cases import PARTS, Case, read_case
from grading.judge import COMPARED, judge
from grading.debugger import answer
from staff.misconceptions import MISCONCEPTIONS, submission
from staff.references import reference, tie_groups

CASES = Path(__file__).parent.parent / "test_cases"
SEED = 2026
TEXTS = ("title", "kind", "request", "hints", "shows")


class Maker:
    """Draws a case's numbers. Each case draws from a generator of its own, so that a new case changes no other."""

    def __init__(self, seed, name):
        self.random = np.random.default_rng([seed, zlib.crc32(name.encode())])

    def normal(self, *shape, scale=1.0, offset=0.0):
        return (offset + scale * self.random.standard_normal(shape)).astype(np.float32)

    def parameters(self, layer, arguments):
        if layer == "CustomLinear":
            shape = arguments["out_features"], arguments["in_features"]
        elif layer == "CustomConv2D":
            k = arguments["kernel_size"]
            shape = arguments["out_channels"], arguments["in_channels"], k, k
        else:
            return {}
        weight = {"weight": self.normal(*shape, scale=float(np.prod(shape[1:])) ** -0.5)}
        return weight if arguments.get("bias") is False else weight | {"bias": self.normal(shape[0])}


def linear(i, o, **more):
    return dict(in_features=i, out_features=o) | more


def conv(i, o, k, **more):
    return dict(in_channels=i, out_channels=o, kernel_size=k) | more


def images(*shapes, **options):
    """Inputs of as many calls, normally distributed."""
    return [lambda m, shape=shape: {"x": m.normal(*shape, **options)} for shape in shapes]


def negative(*shape):
    return [lambda m: {"x": -np.abs(m.normal(*shape)) - np.float32(0.5)}]


def tied(*shape):
    return [lambda m: {"x": m.random.integers(-1, 2, shape).astype(np.float32)}]


def constant(*shape):
    return [lambda m: {"x": np.full(shape, m.normal(), np.float32)}]


def wrong_by(low, high, *shape):
    """Logits whose target lies so far below the maximum."""

    def draw(m):
        inputs = logits(shape, scale=0.5)[0](m)
        gap = m.random.uniform(low, high, shape[0]).astype(np.float32)
        inputs["targets"] = m.random.integers(0, shape[1] - 1, shape[0])
        inputs["logits"][np.arange(shape[0]), inputs["targets"]] -= gap
        return inputs

    return [draw]


def levels(*offsets, classes):
    def draw(m):
        inputs = logits((len(offsets), classes))[0](m)
        inputs["logits"] += np.asarray(offsets, np.float32)[:, None]
        return inputs

    return [draw]


def logits(*shapes, scale=2.0, offset=0.0, every=False):
    """Logits of as many calls, with targets at random, or of every class in turn."""

    def draw(m, shape):
        places = shape[:1] + shape[2:]
        targets = (
            np.arange(np.prod(places)).reshape(places) % shape[1] if every else m.random.integers(0, shape[1], places)
        )
        return {"logits": m.normal(*shape, scale=scale, offset=offset), "targets": targets.astype(np.int64)}

    return [lambda m, shape=shape: draw(m, shape) for shape in shapes]


# name: title, constructor's arguments, inputs of each call, options
Q1 = {
    "one-row": ("one row", linear(3, 2), images((1, 3))),
    "batch": ("a batch of rows, without gradients", linear(7, 5), images((6, 7)), "forward"),
    "gradients": ("gradients of input, weight and bias", linear(7, 5), images((6, 7))),
    "no-bias": ("bias=False", linear(4, 6, bias=False), images((5, 4))),
    "by-position": ("arguments by position", linear(3, 5, bias=False), images((4, 3)), "position"),
    "square": ("as many outputs as inputs", linear(4, 4), images((4, 4))),
    "one-feature": ("one input feature, one output", linear(1, 1), images((5, 1))),
    "vector": ("a single vector (in_features)", linear(5, 3), images((5,))),
    "leading-dimensions": ("any leading dimensions (2, 3, 4, in_features)", linear(6, 5), images((2, 3, 4, 6))),
    "cancellation": ("sums of 1,000 terms that nearly cancel", linear(1000, 2), images((3, 1000), scale=30.0)),
    "strided": ("an input that is not contiguous", linear(7, 4), images((3, 5, 7)), "strided"),
    "input": ("the input stays as it is", linear(4, 3), images((5, 4)), "input"),
    "calls": ("several calls on one layer", linear(4, 3), images((5, 4), (5, 4), (2, 4))),
    "efficiency": ("operations do not grow with the batch",
                   linear(6, 5), images((2, 6), (16, 6)), "efficiency"),
    "efficiency-features": ("operations do not grow with the features",
                            [linear(3, 2), linear(24, 2), linear(3, 16)],
                            images((4, 3), (4, 24), (4, 3)), "efficiency"),
}  # fmt: skip
Q2 = {
    "one-image": ("one image, one channel, no gradients", conv(1, 1, 3), images((1, 1, 5, 5)), "forward"),
    "channels": ("several channels in and out", conv(3, 5, 3), images((2, 3, 6, 6))),
    "as-wide-as-channels": ("as many output channels as output columns", conv(2, 4, 3), images((2, 2, 5, 6))),
    "gradients": ("gradients of input, weight and bias", conv(2, 3, 3), images((3, 2, 6, 7))),
    "not-square": ("an image that is not square", conv(2, 3, 3), images((2, 2, 5, 9))),
    "stride": ("stride 2, where it does not divide", conv(2, 3, 3, stride=2), images((2, 2, 8, 6))),
    "padding": ("padding 2", conv(2, 3, 3, padding=2), images((2, 2, 4, 5))),
    "stride-and-padding": ("kernel 5, stride 3, padding 1", conv(2, 2, 5, stride=3, padding=1), images((2, 2, 8, 11))),
    "by-position": ("arguments by position", conv(2, 3, 3, stride=2, padding=1), images((2, 2, 5, 7)), "position"),
    "stride-beyond-kernel": ("a stride larger than the kernel", conv(2, 3, 2, stride=3), images((2, 2, 8, 7))),
    "kernel-1": ("kernel 1", conv(3, 2, 1), images((2, 3, 4, 5))),
    "kernel-in-padding": ("windows of padding alone", conv(2, 3, 1, padding=1), images((2, 2, 4, 5))),
    "whole-image": ("a kernel as large as the image", conv(2, 3, 4), images((2, 2, 4, 4))),
    "many-channels": ("sums over 72 channels", conv(72, 3, 3), images((2, 72, 5, 4), scale=10.0)),
    "strided": ("an input that is not contiguous", conv(2, 3, 3), images((3, 2, 5, 6)), "strided"),
    "input": ("the input stays as it is", conv(2, 2, 3, padding=1), images((2, 2, 4, 5)), "input"),
    "calls": ("several calls on one layer", conv(2, 3, 3, padding=1),
              images((2, 2, 4, 5), (2, 2, 4, 5), (1, 2, 6, 3))),
    "efficiency": ("operations do not grow with the batch", conv(2, 3, 3),
                   images((2, 2, 6, 5), (12, 2, 6, 5)), "efficiency"),
    "efficiency-image": ("operations do not grow with the image", conv(2, 3, 3),
                         images((2, 2, 6, 5), (2, 2, 18, 15)), "efficiency"),
    "efficiency-channels": ("operations do not grow with the channels",
                            [conv(2, 3, 3), conv(12, 3, 3), conv(2, 16, 3)],
                            images((2, 2, 6, 5), (2, 12, 6, 5), (2, 2, 6, 5)), "efficiency"),
}  # fmt: skip
Q3 = {
    "one-plane": ("one plane, kernel 2, no gradients", dict(kernel_size=2), images((1, 1, 4, 4)), "forward"),
    "default-stride": ("stride defaults to the kernel", dict(kernel_size=3), images((2, 3, 6, 9))),
    "gradients": ("the gradient goes to the maxima", dict(kernel_size=2), images((2, 3, 4, 6))),
    "overlapping": ("kernel 3, stride 1: windows overlap", dict(kernel_size=3, stride=1), images((2, 2, 5, 6))),
    "apart": ("kernel 2, stride 3: windows lie apart", dict(kernel_size=2, stride=3), images((2, 2, 7, 10))),
    "not-dividing": ("sizes that the stride does not divide", dict(kernel_size=2), images((2, 3, 5, 7))),
    "padding": ("padding 1", dict(kernel_size=3, stride=2, padding=1), images((2, 3, 6, 7))),
    "by-position": ("arguments by position",
                    dict(kernel_size=3, stride=2, padding=1), images((2, 2, 5, 8), offset=9.0), "position"),
    "negative-padding": ("all values negative, padding 1",
                         dict(kernel_size=3, stride=2, padding=1), negative(2, 2, 6, 7)),
    "far-below": ("values of about -9,000,000, padding 1",
                  dict(kernel_size=3, stride=2, padding=1), images((2, 2, 5, 7), scale=1e3, offset=-9e6)),
    "constant": ("a constant image, padding 1", dict(kernel_size=3, stride=3, padding=1), constant(2, 2, 5, 8), "ties"),
    "negative": ("all values negative, no padding", dict(kernel_size=2), negative(2, 2, 4, 6)),
    "ties": ("equal maxima in a window", dict(kernel_size=2), tied(2, 3, 6, 8), "ties"),
    "kernel-1": ("kernel 1, stride 2", dict(kernel_size=1, stride=2), images((2, 2, 5, 6))),
    "half-padding": ("kernel 6, stride 1, padding 3",
                     dict(kernel_size=6, stride=1, padding=3), images((2, 2, 7, 8))),
    "padding-default-stride": ("padding 1, stride=None, which means the kernel",
                               dict(kernel_size=3, stride=None, padding=1), images((2, 2, 12, 9))),
    "whole-image": ("a kernel as large as the image", dict(kernel_size=5), images((3, 2, 5, 5))),
    "strided": ("an input that is not contiguous", dict(kernel_size=2), images((3, 2, 4, 6)), "strided"),
    "input": ("the input stays as it is", dict(kernel_size=2), images((2, 2, 4, 6)), "input"),
    "calls": ("several calls on one layer", dict(kernel_size=2, padding=1),
              images((2, 2, 6, 4), (2, 2, 6, 4), (1, 3, 4, 8), offset=9.0)),
    "efficiency": ("operations do not grow with the batch", dict(kernel_size=2),
                   images((2, 2, 6, 4), (12, 2, 6, 4)), "efficiency"),
    "efficiency-channels": ("operations do not grow with the channels", dict(kernel_size=2),
                            images((2, 2, 6, 4), (2, 12, 6, 4)), "efficiency"),
    "efficiency-image": ("operations do not grow with the image", dict(kernel_size=2),
                         images((2, 2, 6, 4), (2, 2, 18, 16)), "efficiency"),
}  # fmt: skip
Q4 = {
    "mean": ("the mean, by default, no gradients", {}, logits((6, 4)), "forward"),
    "mean-gradients": ("gradients of the mean", dict(reduction="mean"), logits((6, 4))),
    "sum": ("reduction='sum'", dict(reduction="sum"), logits((5, 3))),
    "none": ("reduction='none'", dict(reduction="none"), logits((7, 5))),
    "by-position": ("the argument by position", dict(reduction="sum"), logits((4, 3)), "position"),
    "one-row": ("a batch of one", dict(reduction="none"), logits((1, 5))),
    "every-class": ("targets of every class", dict(reduction="none"), logits((10, 10), every=True)),
    "many-classes": ("101 classes, targets of each", dict(reduction="none"), logits((101, 101), every=True), "forward"),
    "sequence": ("logits (N, C, d1)", dict(reduction="mean"), logits((3, 4, 5))),
    "sequence-sum": ("logits (N, C, d1), reduction='sum'", dict(reduction="sum"), logits((2, 4, 3))),
    "image": ("logits (N, C, d1, d2), reduction='none'", dict(reduction="none"), logits((2, 3, 4, 5))),
    "volume": ("logits (1, C, d1, d1, d2), reduction='none'", dict(reduction="none"), logits((1, 4, 3, 3, 2))),
    "wrong": ("targets of small probability", dict(reduction="none"), wrong_by(15, 20, 6, 4)),
    "hopeless": ("targets whose probability underflows", dict(reduction="none"), wrong_by(100, 120, 6, 4)),
    "levels": ("rows of very different size", dict(reduction="none"), levels(0, 300, -300, 1e4, -1e4, classes=4)),
    "large": ("logits of about 10,000", dict(reduction="none"), logits((8, 4), scale=1e4)),
    "large-mean": ("logits of about 10,000, their mean", dict(reduction="mean"), logits((8, 4), scale=1e4)),
    "shifted-up": ("logits that are all about 1,000", dict(reduction="none"), logits((6, 4), offset=1000.0)),
    "shifted-down": ("logits that are all about -1,000", dict(reduction="none"), logits((6, 4), offset=-1000.0)),
    "strided": ("logits that are not contiguous", dict(reduction="mean"), logits((5, 4)), "strided"),
    "input": ("logits and targets stay as they are", dict(reduction="mean"), logits((5, 4)), "input"),
    "calls": ("several calls on one layer", dict(reduction="sum"), logits((5, 3), (5, 3), (2, 3))),
    "efficiency": ("operations do not grow with the batch", dict(reduction="mean"),
                   logits((3, 4), (24, 4)), "efficiency"),
    "efficiency-classes": ("operations do not grow with the classes", dict(reduction="mean"),
                           logits((3, 4), (3, 16)), "efficiency"),
    "efficiency-places": ("operations do not grow with the places", dict(reduction="mean"),
                          logits((2, 3, 2, 2), (2, 3, 8, 9)), "efficiency"),
}  # fmt: skip
QUESTIONS = {
    "q1": ("CustomLinear", Q1),
    "q2": ("CustomConv2D", Q2),
    "q3": ("CustomMaxPool2D", Q3),
    "q4": ("CustomCrossEntropyLoss", Q4),
}


def make_case(seed, name, layer, title, arguments, draws, option="values"):
    """Returns the case with its references, not yet with what the misconceptions make of it."""
    maker, calls, given = Maker(seed, name), [], {}
    expected = {"reference": {}, "bound": {}, "groups": {}}
    own = arguments if isinstance(arguments, list) else [arguments] + [None] * (len(draws) - 1)  # a layer for each call
    for i, (draw, call_arguments) in enumerate(zip(draws, own)):
        if call_arguments is not None:
            current, parameters = call_arguments, maker.parameters(layer, call_arguments)
            given |= {f"{i}.parameter.{key}": value for key, value in parameters.items()}
        inputs, upstream = draw(maker), None
        asked = layer, current, parameters, inputs
        if option not in ("forward", "efficiency"):
            upstream = given[f"{i}.upstream"] = maker.normal(*reference(*asked, None)[0]["output"].shape)
        results, bounds = reference(*asked, upstream)
        expected["reference"] |= {f"{i}.{key}": value for key, value in results.items()}
        expected["bound"] |= {f"{i}.{key}": value for key, value in bounds.items()}
        if option == "ties":
            groups = tie_groups(inputs["x"], current["kernel_size"], current.get("padding", 0))
            expected["groups"][f"{i}.grad.x"] = groups
        given |= {f"{i}.{key}": value for key, value in inputs.items()}
        if option == "position":
            call_arguments = list(call_arguments.values())
        calls.append({"inputs": list(inputs), "arguments": call_arguments, "strided": option == "strided"})
    kind = option if option in ("input", "efficiency") else "values"
    return Case(
        name, title, kind, {"layer": layer, "calls": calls}, given, **expected, lookalikes={}, hints={}, shows={}
    )


def add_lookalikes(case, modules):
    """Returns the case with what each misconception of its layer makes of it, where that is wrong."""
    hints, shows, lookalikes = {}, {}, {}
    for misconception, module in modules[case.request["layer"]]:
        outcome = answer(module, case.request, case.given)
        failure = judge(case, outcome)
        if not failure:
            continue
        name = misconception.name
        hints[name] = misconception.hint
        if failure.kind not in COMPARED:
            shows[name] = failure.sign
            continue
        for key, right in case.reference.items():
            value = outcome.arrays.get(key)
            alike = value is not None and (value.shape, value.dtype) == (right.shape, np.float32)
            same = value is None or (alike and (np.abs(value - right) <= case.bound[key]).all())
            if key.endswith("output") == (failure.kind != "gradient") and not same:
                lookalikes[f"{name}.{key}"] = value
    return dataclasses.replace(case, lookalikes=lookalikes, hints=hints, shows=shows)


def write_case(case, folder):
    tensors = {f"{part}.{key}": value for part in PARTS for key, value in getattr(case, part).items()}
    text = {name: getattr(case, name) for name in TEXTS}
    path = Path(folder, f"{case.name}.safetensors")
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {name: np.asarray(value, order="C") for name, value in tensors.items()}
    save_file(tensors, path, metadata={"case": json.dumps(text)})


def load(text):
    module = types.ModuleType("layers")
    module.__file__ = "layers.py"
    exec(compile(text, module.__file__, "exec"), vars(module))
    return module


def make_all(seed):
    """Yields every case, complete."""
    modules = {}
    for misconception in MISCONCEPTIONS:
        modules.setdefault(misconception.layer, []).append((misconception, load(submission(misconception))))
    for question, (layer, cases) in QUESTIONS.items():
        for name, case in cases.items():
            yield add_lookalikes(make_case(seed, f"{question}/{name}", layer, *case), modules)


def write_all(folder, seed):
    for case in track(make_all(seed), "Cases", total=sum(len(cases) for _, cases in QUESTIONS.values())):
        write_case(case, folder)
    rubric = CASES / "rubric.toml"
    if Path(folder).resolve() != CASES.resolve():
        shutil.copy(rubric, folder)


def check(seed):
    """Yields a line for every case that is stored otherwise than it is made now.

    Inputs and texts must be the same; references and lookalikes may differ by a fraction of the bound, as torch's own
    summation differs from one version and machine to the next.
    """
    made = {case.name: case for case in make_all(seed)}
    stored = {f"{path.parent.name}/{path.stem}" for path in CASES.glob("q*/*.safetensors")}
    yield from (f"{name}: is stored but not made" for name in sorted(stored - set(made)))
    for name, case in made.items():
        if name not in stored:
            yield f"{name}: is not stored"
            continue
        old = read_case(CASES, name)
        yield from (f"{name}: {field} differs" for field in TEXTS if getattr(old, field) != getattr(case, field))
        for part in PARTS:
            a, b = getattr(old, part), getattr(case, part)
            if a.keys() != b.keys():
                yield f"{name}: {part} holds other tensors"
            elif part == "given" and not all(np.array_equal(a[key], b[key]) for key in b):
                yield f"{name}: the inputs differ"
        for key in old.reference.keys() & case.reference.keys():
            if not (np.abs(old.reference[key] - case.reference[key]) <= case.bound[key] / 8).all():
                yield f"{name}: the reference {key} differs"
            if not np.allclose(old.bound[key], case.bound[key], rtol=1e-3):
                yield f"{name}: the bound of {key} differs"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if anything differs")
    parser.add_argument("--seed", type=int, default=SEED, help="of every number drawn (%(default)s)")
    parser.add_argument("--out", default=CASES, metavar="DIR", help="the folder to write (test_cases)")
    options = parser.parse_args()
    if options.check:
        differences = list(check(options.seed))
        print("\n".join(differences) or "test_cases/ is as it is made")
        sys.exit(bool(differences))
    write_all(options.out, options.seed)


if __name__ == "__main__":
    main()
