"""Compares what a submission computed with a case's reference, says what differs, and names the likely mistake.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

import dataclasses
from collections import Counter

import numpy as np

from .cases import Case

COMPARED = ("shape", "dtype", "output", "gradient")  # failures that leave numbers to compare with a misconception's


@dataclasses.dataclass(frozen=True)
class Failure:
    """One way in which a case is wrong. Matches are the misconceptions that would look the same here."""

    kind: str  # "ended", "exception", "autograd", "shape", "dtype", "output", "gradient", "x changed" or "operations"
    text: str
    matches: frozenset[str] = frozenset()

    @property
    def sign(self):
        """What a misconception that leaves no numbers is known by."""
        theirs = "\n  line " in self.text  # raised by the submission's own code: its type says enough
        cause = self.text.partition(":" if theirs else "\n")[0]
        return f"exception {cause}" if self.kind == "exception" else self.kind


@dataclasses.dataclass(frozen=True)
class Verdict:
    case: Case
    status: str  # "passed", "failed", or "error" where the grader is at fault
    failure: Failure | None = None
    misconception: str | None = None
    printed: str = ""

    @property
    def score(self):
        return 0.0 if self.status == "failed" else self.case.points


def judge(case, response, arrays, ended=None):
    """Returns the first thing that is wrong with the answer to a case's request, or None."""
    failure = _first_failure(case, response, arrays, ended)
    if failure is None:
        return None
    if failure.kind in COMPARED:
        matches = _lookalikes(case, arrays)
    else:
        matches = (name for name, sign in case.shows.items() if sign == failure.sign)
    return dataclasses.replace(failure, matches=frozenset(matches))


def _first_failure(case, response, arrays, ended):
    if ended:
        return Failure("ended", ended)
    if response["error"]:
        return Failure("exception", response["error"])
    calls = range(len(case.request["calls"]))
    for key in sorted(case.reference, key=lambda key: (key.split(".")[0], "grad" in key)):  # a gradient says less
        got, reference = arrays.get(key), case.reference[key]
        call, _, name = key.partition(".")
        title = f"{name} of call {int(call) + 1}" if len(calls) > 1 else name
        if got is None:
            return Failure("autograd", f"{title}: there is none; a step of the forward pass is cut off from autograd")
        if got.shape != reference.shape:
            return Failure("shape", f"{title} has the shape {got.shape}, expected {reference.shape}")
        if got.dtype != np.float32:
            return Failure("dtype", f"{title} has the dtype {got.dtype}, expected float32")
        if text := difference(title, got, reference, case.bound[key], case.groups.get(key)):
            return Failure("output" if name == "output" else "gradient", text)
    for call in calls if case.kind == "input" else ():
        for name, value in case.inputs(call).items():
            if not np.array_equal(arrays[f"{call}.after.{name}"], value):
                return Failure(f"{name} changed", f"{name} changed in the layer; a layer must leave its input as it is")
    counts = [sum(count for count, _ in call["operations"].values()) for call in response["calls"]]
    if case.kind == "efficiency" and max(counts) > counts[0]:
        shapes = (" and ".join(str(value.shape) for value in case.inputs(call).values()) for call in calls)
        sizes = ", ".join(f"{count} for {shape}" for count, shape in zip(counts, shapes))
        return Failure("operations", f"the number of tensor operations grows with the input: {sizes}")
    return None


def difference(title, got, reference, bound, groups=None):
    """Says where and how got is off by more than the bound, or returns None.

    Elements of one group count as their sum, and each must lie between zero and that sum, within the bound.
    """
    got, wrong = got.astype(np.float64), ~(np.abs(got - reference) <= bound)  # NaN is wrong too
    if groups is not None:
        sums, bounds, expected = (np.bincount(groups.ravel(), v.ravel())[groups] for v in (got, bound, reference))
        off, beyond = ~(np.abs(sums - expected) <= bounds), np.abs(got) > np.abs(expected) + bounds
        wrong = off | beyond | (np.sign(got) == -np.sign(expected)) & (np.abs(got) > bounds)
    if not wrong.any():
        return None
    at = tuple(int(k) for k in np.argwhere(wrong)[0])
    place = f"{title}[{', '.join(map(str, at))}]" if at else title
    text = f"{place}: got {got[at]:.6g}, expected {reference[at]:.6g}"
    if wrong.size > 1:
        text += f"; {wrong.sum()} of {wrong.size} elements differ{_where(wrong)}{_how(got, reference, bound, wrong)}"
    return text


def _where(wrong):
    """Says where the wrong elements lie, if that has a name."""
    if wrong.all() or wrong.ndim < 2:
        return ""
    border = np.ones(wrong.shape, bool)
    border[..., 1:-1, 1:-1] = False
    last_row, last_column = np.zeros_like(border), np.zeros_like(border)
    last_row[..., -1, :], last_column[..., -1] = True, True
    regions = {"in the last row": last_row, "in the last column": last_column}
    if wrong.ndim > 2:
        regions |= {"in the last row or column": last_row | last_column, "on the border": border}
    for text, region in regions.items():
        if not region.all() and not (wrong & ~region).any():
            return f", all {text}"
    for axis, text in enumerate(("image" if wrong.ndim > 3 else "row", "channel")):
        planes = np.unique(np.argwhere(wrong)[:, axis])
        if len(planes) == 1 and wrong.shape[axis] > 1:
            return f", all in {text} {planes[0]}"
    return ""


def _how(got, reference, bound, wrong):
    """Recognises a result that is right but for a constant factor or offset."""
    if not wrong.all() or not np.isfinite(got).all():
        return ""
    largest = np.unravel_index(np.abs(reference).argmax(), reference.shape)
    factor, offset = got[largest] / reference[largest] if reference[largest] else 0.0, float(np.mean(got - reference))
    if factor and (np.abs(got - factor * reference) <= 4 * (1 + abs(factor)) * bound).all():
        return f": each is {factor:.6g} times what is expected"
    if (np.abs(got - reference - offset) <= 4 * bound).all():
        return f": each is {abs(offset):.6g} too {'large' if offset > 0 else 'small'}"
    return ""


def _lookalikes(case, arrays):
    """Yields the misconceptions whose stored results are, within rounding, what the submission computed."""
    unlike = {
        name.partition(".")[0]
        for name, value in case.lookalikes.items()
        if (got := arrays.get(key := name.partition(".")[2])) is None or not _alike(got, value, case.bound[key])
    }
    yield from {name.partition(".")[0] for name in case.lookalikes} - unlike


def _alike(got, stored, bound):
    if got.shape != stored.shape or got.dtype != stored.dtype:
        return False
    slack = 4 * (np.finfo(np.float32).eps * np.abs(stored) + bound.max(initial=0.0))
    with np.errstate(invalid="ignore"):
        return bool(((np.abs(got - stored) <= slack) | (got == stored) | (np.isnan(got) & np.isnan(stored))).all())


def name_mistakes(verdicts):
    """Names, for every failed case of a question, the match that explains the most of the question's failures."""
    explained = Counter(name for v in verdicts if v.failure for name in v.failure.matches)
    missed = Counter(name for v in verdicts if v.status == "passed" for name in v.case.hints)  # it would have failed

    def likeliest(verdict):
        matches = verdict.failure.matches if verdict.failure else ()
        if matches and verdict.failure.kind not in COMPARED:  # weak evidence: there are no numbers
            matches = [name for name in matches if not missed[name]]
        return max(matches, key=lambda name: (explained[name] - missed[name], explained[name], name), default=None)

    return [dataclasses.replace(verdict, misconception=likeliest(verdict)) for verdict in verdicts]
