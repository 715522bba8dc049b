"""Writes a case as code that can be pasted: its input, its parameters, what is expected and got.

Pure: it runs nothing, reads nothing and prints nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .closeup import arguments_of
from .judge import Verdict

WIDTH = 96


def snippet(verdict: Verdict) -> str:
    """Returns a program that makes the calls of a case, and has what is expected beside them."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    case = verdict.case
    calls = case.request["calls"]
    yield f"# {case.name}: {case.title}"
    if verdict.failure:
        yield from (f"# {line}" for line in verdict.failure.text.splitlines())
    layer = case.request["layer"]
    yield from ["from math import inf, nan", "", "import torch", f"from layers import {layer}"]
    for call in range(len(calls)):
        yield ""
        if len(calls) > 1:
            yield f"# call {call + 1}"
        yield from _call(verdict, call)


def _call(verdict: Verdict, call: int) -> Iterator[str]:
    case = verdict.case
    request = case.request["calls"][call]
    given = {
        name.partition(".")[2]: value
        for name, value in case.given.items()
        if name.startswith(f"{call}.")
    }
    if request["arguments"] is not None:
        yield f"layer = {construction(case.request['layer'], arguments_of(case, call))}"
        yield from _parameters(given)
    needs_gradient = "upstream" in given
    for name in request["inputs"]:
        yield f"{name} = {_tensor(given[name])}"
        if needs_gradient and given[name].dtype.kind == "f":
            yield f"{name}.requires_grad_()"
    handed = list(request["inputs"])
    if request["strided"]:
        yield from _strided(handed[0], given[handed[0]].ndim)
        handed[0] = "strided"
    yield f"output = layer({', '.join(handed)})"
    if needs_gradient:
        yield f"upstream = {_tensor(given['upstream'])}"
        yield "(output * upstream).sum().backward()"
    yield from _results(verdict, call)


def construction(layer: str, arguments: dict[str, Any] | list[Any]) -> str:
    """Returns "CustomMaxPool2D(kernel_size=2)"."""
    if isinstance(arguments, list):
        texts = [repr(value) for value in arguments]
    else:
        texts = [f"{name}={value!r}" for name, value in arguments.items()]
    return f"{layer}({', '.join(texts)})"


def _parameters(given: dict[str, np.ndarray]) -> Iterator[str]:
    parameters = {
        name.removeprefix("parameter."): value
        for name, value in given.items()
        if name.startswith("parameter.")
    }
    if parameters:
        yield "with torch.no_grad():"
    for name, value in parameters.items():
        yield f"    layer.{name}.copy_({_tensor(value)})"


def _strided(name: str, dimensions: int) -> Iterator[str]:
    """The same values, between others and in another order in memory, as the grader has them."""
    backwards = tuple(reversed(range(dimensions)))
    yield f"strided = {name}.permute({backwards})"
    yield f"strided = torch.stack((strided, 1 - strided), -1)[..., 0].permute({backwards})"


def _results(verdict: Verdict, call: int) -> Iterator[str]:
    case = verdict.case
    for key in sorted(case.reference, key=lambda key: ("grad" in key, key)):
        if not key.startswith(f"{call}."):
            continue
        name = key.partition(".")[2]
        title = name.replace("grad.", "gradient of ")
        variable = name.replace(".", "_")
        yield f"# the {title}, rounded to float32, and what the layer gave"
        yield f"expected_{variable} = {_tensor(case.reference[key].astype(np.float32))}"
        got = verdict.arrays.get(key)
        yield f"got_{variable} = {'None' if got is None else _tensor(got)}"


def _tensor(array: np.ndarray) -> str:
    """Returns code for a tensor of these values, each as short as it is exact."""
    plain = {"f": np.float32, "i": np.int64, "b": np.bool_}
    kind = array.dtype.kind
    is_plain = array.dtype == plain.get(kind)
    dtype = "" if is_plain else f", dtype=torch.{array.dtype.name}"
    if not array.size:
        return f"torch.zeros({array.shape}{dtype})"
    text = np.array2string(
        array,
        max_line_width=WIDTH,
        separator=", ",
        threshold=array.size + 1,
        formatter={"all": str},
    )
    return f"torch.tensor({text}{dtype})"
