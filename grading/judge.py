"""Compares what a submission computed with a case's reference: says what differs, and why.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np

from .cases import Case
from .fingerprint import Fingerprint, of_results, of_steps, of_text
from .observation import of_shape, of_values
from .outcome import SKIPPED, Outcome, Raised, Response

# Steps, as the gate counts them, that a call of an efficiency case may take, and that a call on a
# larger input may take beyond the first. A vectorised solution takes 2 to 70, one that loops over
# the rows and columns of the kernel some 100; whoever loops over what is large there, 256 and more,
# takes 500.
MOST_STEPS = 500
MORE_STEPS = 100

EPS = float(np.finfo(np.float32).eps)

# What the dimensions of a layer's first input are called.
DIMENSIONS = {
    "CustomLinear": ("rows", "features"),
    "CustomConv2D": ("images", "channels", "rows", "columns"),
    "CustomMaxPool2D": ("images", "channels", "rows", "columns"),
    "CustomCrossEntropyLoss": ("samples", "classes", "rows", "columns"),
}


@dataclasses.dataclass(frozen=True)
class Failure:
    """One way in which a case is wrong.

    Attributes:
        kind: "ended", "skipped", "missing class", "exception", "autograd", "shape", "dtype",
            "output", "gradient", "x changed" (by the name of the input), "operations", or "error"
            where the grader is at fault.
        raised: the exception, where there is one.
        result: the result whose shape or elements are wrong, where there is one.
        seen: what it is without its numbers, where that has words: the same in several cases.
        fingerprint: what it is known by; None where that says nothing, as where time ran out.
    """

    kind: str
    text: str
    raised: Raised | None = None
    result: str | None = None
    seen: str = ""
    fingerprint: Fingerprint | None = None


@dataclasses.dataclass(frozen=True)
class Verdict:
    case: Case
    status: str  # "passed", "failed", or "error" where the grader is at fault
    failure: Failure | None = None
    printed: str = ""
    arrays: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)

    @property
    def score(self) -> float:
        return 0.0 if self.status == "failed" else self.case.points


def judge(case: Case, outcome: Outcome) -> Failure | None:
    """Returns the first thing that is wrong with the outcome of a case's request, or None."""
    failure = _first_failure(case, outcome)
    if failure is None:
        return None
    return dataclasses.replace(failure, fingerprint=_fingerprint(case, outcome, failure))


def _fingerprint(case: Case, outcome: Outcome, failure: Failure) -> Fingerprint | None:
    """Returns what a failure is known by: where outputs are wrong, their gradients do not count."""
    arrays = outcome.arrays
    if failure.kind in ("ended", "skipped", "missing class"):
        return None
    if failure.raised:
        known = of_text(failure.raised.summary)
        return dataclasses.replace(known, elements=-_refused(case, failure.raised.message))
    if failure.kind == "operations" and outcome.response:
        return of_steps(_calls_of_many_steps(outcome.response))
    if failure.kind.endswith("changed"):
        bounds = {name: np.zeros(()) for name in arrays}
        return of_results({n: a for n, a in arrays.items() if "after" in n}, bounds, {})
    are_gradients = failure.kind in ("gradient", "autograd")
    keys = sorted(key for key in case.reference if ("grad" in key) == are_gradients)
    known = of_results({key: arrays.get(key) for key in keys}, case.bound, case.groups)
    if failure.kind != "shape":
        return known
    elements = arrays[str(failure.result)].size
    return dataclasses.replace(known, elements=elements if _is_telling(case, elements) else 0)


def _refused(case: Case, message: str) -> int:
    """Returns how many elements a reshape has refused, 0 if it is no such message."""
    refused = re.search(r"is invalid for input of size (\d{1,9})$", message)
    elements = int(refused[1]) if refused else 0
    return elements if _is_telling(case, elements) else 0


def _is_telling(case: Case, elements: int) -> bool:
    """Whether no output that is expected has so many elements: many mistakes leave their number."""
    outputs = [value for key, value in case.reference.items() if "grad" not in key]
    return all(elements != output.size for output in outputs)


def _first_failure(case: Case, outcome: Outcome) -> Failure | None:
    response = outcome.response
    if outcome.skipped:
        return Failure("skipped", f"not run: {SKIPPED}")
    if outcome.ended or response is None:
        return Failure("ended", str(outcome.ended))
    if response.error:
        kind = "missing class" if response.missing else "exception"
        return Failure(kind, str(response.error), response.error, seen=_seen_of(response.error))
    for key in sorted(case.reference, key=_precedence):
        failure = _wrong_result(case, key, outcome.arrays.get(key))
        if failure:
            return failure
    if case.kind == "input":
        return _changed_input(case, outcome.arrays)
    if case.kind == "efficiency":
        return _too_many_steps(case, response)
    return None


def _seen_of(error: Raised) -> str:
    """Says an exception and its line without the numbers, which differ from case to case."""
    where = ""
    if error.frames:
        frame = error.frames[-1]
        where = f"line {frame.line}: {frame.source}\n"
    return f"{where}{error.type}: {re.sub(r'[0-9]+', '…', error.message)}"


def _precedence(key: str) -> tuple[bool, str]:
    """The outputs of all calls first, since a gradient says less."""
    return "grad" in key, key


def _wrong_result(case: Case, key: str, got: np.ndarray | None) -> Failure | None:
    call, _, name = key.partition(".")
    title = name
    if len(case.request["calls"]) > 1:
        title = f"{name} of call {int(call) + 1}"
    reference = case.reference[key]
    plain_title = _in_words(name)
    if got is None:
        cut = "there is none; a step of the forward pass is cut off from autograd"
        seen = f"{plain_title} is missing: a step of the forward pass is cut off from autograd"
        return Failure("autograd", f"{title}: {cut}", seen=seen)
    if got.shape != reference.shape:
        text = f"{title} has the shape {got.shape}, expected {reference.shape}"
        seen = of_shape(plain_title, got.shape, reference.shape)
        return Failure("shape", text, result=key, seen=seen)
    if got.dtype != np.float32:
        text = f"{title} has the dtype {got.dtype}, expected float32"
        seen = f"{plain_title} has the dtype {got.dtype}, expected float32"
        return Failure("dtype", text, seen=seen)
    wrong = wrong_elements(got, reference, case.bound[key], case.groups.get(key))
    if not wrong.any():
        return None
    text = difference(title, got, reference, case.bound[key], wrong)
    first_input = next(iter(case.inputs(int(call)).values()))
    seen = of_values(plain_title, got, reference, first_input)
    if not seen:
        seen = _seen_of_difference(plain_title, got, reference, case.bound[key], wrong)
    kind = "output" if name == "output" else "gradient"
    return Failure(kind, text, result=key, seen=seen)


def _in_words(name: str) -> str:
    """Says "the output", or "the gradient of x"."""
    kind, _, of = name.partition(".")
    return f"the gradient of {of}" if kind == "grad" else f"the {name}"


def _seen_of_difference(
    title: str, got: np.ndarray, reference: np.ndarray, bound: np.ndarray, wrong: np.ndarray
) -> str:
    """Says where a result is wrong, or by which factor, if that has words."""
    factor = _factor(got, reference, bound, wrong)
    if factor and wrong.size > 1:
        return f"{title} is {factor:.4g} times what is expected"
    return f"{title} is wrong{_where(wrong)}"


def _changed_input(case: Case, arrays: dict[str, np.ndarray]) -> Failure | None:
    for call in range(len(case.request["calls"])):
        for name, value in case.inputs(call).items():
            if not np.array_equal(arrays[f"{call}.after.{name}"], value):
                text = f"{name} changed in the layer; a layer must leave its input as it is"
                return Failure(f"{name} changed", text)
    return None


def _too_many_steps(case: Case, response: Response) -> Failure | None:
    """Work by tensors takes as many steps for a large input as for a small one.

    A few more are granted, to treat a batch in pieces; see MORE_STEPS.
    """
    steps = [call.steps for call in response.calls]
    if not _calls_of_many_steps(response):
        return None
    worst = steps.index(max(steps))
    grown = f"{steps[worst]:,} steps instead of {steps[0]:,}"
    text = f"the number of steps grows with the input. {_growth(case, worst)}: {grown}"
    if steps[0] > MOST_STEPS:
        text = f"it takes {steps[0]:,} steps, more than {MOST_STEPS}"
    return Failure("operations", text, seen="the number of steps grows with the input")


def _growth(case: Case, call: int) -> str:
    """Says "600 images instead of 2", or that another size has grown."""
    layer = case.request["layer"]
    counted = {}
    for place in (0, call):
        shapes = [value.shape for value in case.inputs(place).values()]
        sizes = dict(zip(DIMENSIONS.get(layer, ()), shapes[0]))
        counted[place] = {**sizes, **_outputs(case.request["calls"][place]["arguments"])}
    changes = [
        f"{size} {name} instead of {counted[0][name]}"
        for name, size in counted[call].items()
        if size > counted[0].get(name, size)
    ]
    return " and ".join(changes) or f"call {call + 1}"


def _outputs(arguments: dict[str, Any] | list[Any] | None) -> dict[str, int]:
    """The sizes of a layer that do not show in its input."""
    if not isinstance(arguments, dict):
        return {}
    names = {"out_features": "output features", "out_channels": "output channels"}
    return {text: arguments[name] for name, text in names.items() if name in arguments}


def _calls_of_many_steps(response: Response) -> list[int]:
    steps = [call.steps for call in response.calls]
    most = min(MOST_STEPS, steps[0] + MORE_STEPS)
    return [call for call, count in enumerate(steps) if count > most]


def wrong_elements(
    got: np.ndarray, reference: np.ndarray, bound: np.ndarray, groups: np.ndarray | None = None
) -> np.ndarray:
    """Says of every element whether it is off by more than the bound.

    Elements of one group count as their sum, and each must lie between zero and that sum, within
    the bound.
    """
    got = got.astype(np.float64)
    if groups is None:
        return ~(np.abs(got - reference) <= bound)  # NaN is wrong too
    return _wrong_in_groups(got, reference, bound, groups)


def difference(
    title: str, got: np.ndarray, reference: np.ndarray, bound: np.ndarray, wrong: np.ndarray
) -> str:
    """Says where and how a result is off in the elements that are wrong."""
    first = tuple(int(k) for k in np.argwhere(wrong)[0])
    place = title
    if first:
        place = f"{title}[{', '.join(map(str, first))}]"
    # Adding 0 makes 0 of -0.
    text = f"{place}: got {got[first] + 0.0:.6g}, expected {reference[first] + 0.0:.6g}"
    if wrong.size == 1:
        return text
    text += f"; {wrong.sum()} of {wrong.size} elements differ"
    return text + _where(wrong) + _how(got, reference, bound, wrong)


def _wrong_in_groups(
    got: np.ndarray, reference: np.ndarray, bound: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    def sums(values: np.ndarray) -> np.ndarray:
        """The sum of each element's group."""
        return np.bincount(groups.ravel(), values.ravel())[groups]

    expected = sums(reference)
    # A group whose sum is off has an element that is.
    differs = ~(np.abs(got - reference) <= bound)
    off = ~(np.abs(sums(got) - expected) <= sums(bound)) & differs
    beyond = np.abs(got) > np.abs(expected) + bound
    opposite = (np.sign(got) == -np.sign(expected)) & (np.abs(got) > bound)
    return off | beyond | opposite


def _where(wrong: np.ndarray) -> str:
    """Says where the wrong elements lie, if that has a name."""
    if wrong.all() or wrong.ndim < 2:
        return ""
    for text, region in _regions(wrong.shape).items():
        if not region.all() and not (wrong & ~region).any():
            return f", all {text}"
    names = ("image" if wrong.ndim > 3 else "row", "channel")
    for axis, name in enumerate(names):
        planes = np.unique(np.argwhere(wrong)[:, axis])
        if len(planes) == 1 and wrong.shape[axis] > 1:
            return f", all in {name} {planes[0]}"
    return ""


def _regions(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """The parts of an array's last two dimensions that have a name, the smaller ones first."""
    last_row = np.zeros(shape, bool)
    last_row[..., -1, :] = True
    last_column = np.zeros(shape, bool)
    last_column[..., -1] = True
    regions = {"in the last row": last_row, "in the last column": last_column}
    if len(shape) > 2:
        border = np.ones(shape, bool)
        border[..., 1:-1, 1:-1] = False
        regions["in the last row or column"] = last_row | last_column
        regions["on the border"] = border
    return regions


def _how(got: np.ndarray, reference: np.ndarray, bound: np.ndarray, wrong: np.ndarray) -> str:
    """Recognises a result that is right but for a constant factor or offset."""
    factor = _factor(got, reference, bound, wrong)
    if factor:
        return f": each is {factor:.6g} times what is expected"
    if not wrong.all() or not np.isfinite(got).all():
        return ""
    offset = float(np.mean(got - reference))
    if (np.abs(got - reference - offset) <= 4 * bound).all():
        direction = "large" if offset > 0 else "small"
        return f": each is {abs(offset):.6g} too {direction}"
    return ""


def _factor(
    got: np.ndarray, reference: np.ndarray, bound: np.ndarray, wrong: np.ndarray
) -> float | None:
    """Returns the factor by which all of a result is off, if there is one."""
    if not wrong.all() or not np.isfinite(got).all():
        return None
    largest = np.unravel_index(np.abs(reference).argmax(), reference.shape)
    if not reference[largest] or not got[largest]:
        return None
    factor = float(got[largest]) / float(reference[largest])
    # A bound can be 0, as of a maximum; a product with the factor is rounded all the same.
    slack = 4 * (1 + abs(factor)) * (bound + EPS * np.abs(reference))
    if (np.abs(got - factor * reference) <= slack).all():
        return factor
    return None
