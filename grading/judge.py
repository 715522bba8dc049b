"""Compares what a submission computed with a case's reference: says what differs, and why.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from .cases import Case
from .outcome import SKIPPED, Outcome, Raised, Response

# Kinds of failures that leave numbers to compare with a misconception's.
COMPARED = ("shape", "dtype", "output", "gradient")

# Steps, as the gate counts them, that a call of an efficiency case may take, and that a call on a
# larger input may take beyond the first. A vectorised solution takes 2 to 70, one that loops over
# the rows and columns of the kernel some 100; whoever loops over what is large there, 256 and more,
# takes 500.
MOST_STEPS = 500
MORE_STEPS = 100

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
        matches: the misconceptions that would look the same here.
        result: the result whose elements are wrong, where there is one.
    """

    kind: str
    text: str
    raised: Raised | None = None
    matches: frozenset[str] = frozenset()
    result: str | None = None

    @property
    def sign(self) -> str:
        """What a misconception that leaves no numbers is known by."""
        if self.raised is None:
            return self.kind
        if self.raised.frames:  # raised by the submission's own code: its type says enough
            return f"exception {self.raised.type}"
        return f"exception {self.raised.summary}"


@dataclasses.dataclass(frozen=True)
class Verdict:
    case: Case
    status: str  # "passed", "failed", or "error" where the grader is at fault
    failure: Failure | None = None
    misconception: str | None = None
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
    if failure.kind in COMPARED:
        matches = _lookalikes(case, outcome.arrays)
    else:
        matches = {name for name, sign in case.shows.items() if sign == failure.sign}
    return dataclasses.replace(failure, matches=frozenset(matches))


def _first_failure(case: Case, outcome: Outcome) -> Failure | None:
    response = outcome.response
    if outcome.skipped:
        return Failure("skipped", f"not run: {SKIPPED}")
    if outcome.ended or response is None:
        return Failure("ended", str(outcome.ended))
    if response.error:
        kind = "missing class" if response.missing else "exception"
        return Failure(kind, str(response.error), response.error)
    for key in sorted(case.reference, key=_precedence):
        failure = _wrong_result(case, key, outcome.arrays.get(key))
        if failure:
            return failure
    if case.kind == "input":
        return _changed_input(case, outcome.arrays)
    if case.kind == "efficiency":
        return _too_many_steps(case, response)
    return None


def _precedence(key: str) -> tuple[str, bool]:
    """Call by call; in each the output first, since a gradient says less."""
    return key.partition(".")[0], "grad" in key


def _wrong_result(case: Case, key: str, got: np.ndarray | None) -> Failure | None:
    call, _, name = key.partition(".")
    title = name
    if len(case.request["calls"]) > 1:
        title = f"{name} of call {int(call) + 1}"
    reference = case.reference[key]
    if got is None:
        cut = "there is none; a step of the forward pass is cut off from autograd"
        return Failure("autograd", f"{title}: {cut}")
    if got.shape != reference.shape:
        text = f"{title} has the shape {got.shape}, expected {reference.shape}"
        return Failure("shape", text)
    if got.dtype != np.float32:
        return Failure("dtype", f"{title} has the dtype {got.dtype}, expected float32")
    wrong = difference(title, got, reference, case.bound[key], case.groups.get(key))
    if wrong is None:
        return None
    return Failure("output" if name == "output" else "gradient", wrong, result=key)


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
    most = min(MOST_STEPS, steps[0] + MORE_STEPS)
    if max(steps) <= most:
        return None
    if steps[0] > MOST_STEPS:
        return Failure("operations", f"it takes {steps[0]:,} steps, more than {MOST_STEPS}")
    worst = steps.index(max(steps))
    grown = f"{steps[worst]:,} steps instead of {steps[0]:,}"
    text = f"the number of steps grows with the input. {_growth(case, worst)}: {grown}"
    return Failure("operations", text)


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


def difference(
    title: str,
    got: np.ndarray,
    reference: np.ndarray,
    bound: np.ndarray,
    groups: np.ndarray | None = None,
) -> str | None:
    """Says where and how got is off by more than the bound, or returns None.

    Elements of one group count as their sum, and each must lie between zero and that sum, within
    the bound.
    """
    got = got.astype(np.float64)
    wrong = wrong_elements(got, reference, bound, groups)
    if not wrong.any():
        return None
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


def wrong_elements(
    got: np.ndarray, reference: np.ndarray, bound: np.ndarray, groups: np.ndarray | None = None
) -> np.ndarray:
    """Says of each element whether it is off by more than the bound."""
    if groups is None:
        return ~(np.abs(got - reference) <= bound)  # NaN is wrong too
    return _wrong_in_groups(got, reference, bound, groups)


def _wrong_in_groups(
    got: np.ndarray, reference: np.ndarray, bound: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    def sums(values: np.ndarray) -> np.ndarray:
        """The sum of each element's group."""
        return np.bincount(groups.ravel(), values.ravel())[groups]

    expected = sums(reference)
    off = ~(np.abs(sums(got) - expected) <= sums(bound))
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
    if not wrong.all() or not np.isfinite(got).all():
        return ""
    largest = np.unravel_index(np.abs(reference).argmax(), reference.shape)
    factor = got[largest] / reference[largest] if reference[largest] else 0.0
    slack = 4 * (1 + abs(factor)) * bound
    if factor and (np.abs(got - factor * reference) <= slack).all():
        return f": each is {factor:.6g} times what is expected"
    offset = float(np.mean(got - reference))
    if (np.abs(got - reference - offset) <= 4 * bound).all():
        direction = "large" if offset > 0 else "small"
        return f": each is {abs(offset):.6g} too {direction}"
    return ""


def _lookalikes(case: Case, arrays: dict[str, np.ndarray]) -> set[str]:
    """Returns the misconceptions that give, within rounding, what the submission computed."""
    alike: set[str] = set()
    unlike: set[str] = set()
    for name, stored in case.lookalikes.items():
        misconception, _, key = name.partition(".")
        got = arrays.get(key)
        same = got is not None and _alike(got, stored, case.bound[key])
        (alike if same else unlike).add(misconception)
    return alike - unlike


def _alike(got: np.ndarray, stored: np.ndarray, bound: np.ndarray) -> bool:
    if got.shape != stored.shape or got.dtype != stored.dtype:
        return False
    slack = 4 * (np.finfo(np.float32).eps * np.abs(stored) + bound.max(initial=0.0))
    with np.errstate(invalid="ignore"):
        near = np.abs(got - stored) <= slack
    both_nan = np.isnan(got) & np.isnan(stored)
    return bool((near | (got == stored) | both_nan).all())


def name_mistakes(verdicts: Sequence[Verdict]) -> Iterator[Verdict]:
    """Names, for each failed case, the match that explains the most of the question's failures."""
    failures = [v.failure for v in verdicts if v.failure]
    explained = Counter(name for failure in failures for name in failure.matches)
    passed = [v.case for v in verdicts if v.status == "passed"]
    missed = Counter(name for case in passed for name in case.hints)  # it would have failed these

    def likelihood(name: str) -> tuple[int, int, str]:
        return explained[name] - missed[name], explained[name], name

    for verdict in verdicts:
        matches = set(verdict.failure.matches) if verdict.failure else set()
        if verdict.failure and verdict.failure.kind not in COMPARED:
            # Weak evidence, since there are no numbers.
            matches = {name for name in matches if not missed[name]}
        likeliest = max(matches, key=likelihood, default=None)
        yield dataclasses.replace(verdict, misconception=likeliest)
