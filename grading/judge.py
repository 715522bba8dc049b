"""Compares what a submission computed with a case's reference, says what differs, and names the likely mistake.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

import dataclasses
import itertools

import numpy as np

from .cases import Case

COMPARED = (
    "shape",
    "dtype",
    "output",
    "gradient",
)  # kinds of failure that leave numbers to compare with a misconception's


@dataclasses.dataclass(frozen=True)
class Failure:
    """One way in which a case is wrong. Matches are the misconceptions that would look the same here."""

    kind: str  # "ended", "exception", "autograd", "shape", "dtype", "output", "gradient", "input" or "operations"
    text: str
    matches: frozenset[str] = frozenset()

    @property
    def sign(self):
        """What a misconception that leaves no numbers is known by."""
        return f"exception {self.text.partition(':')[0]}" if self.kind == "exception" else self.kind


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
    """Returns the first thing that is wrong with the answer to case.request(), or None."""
    failure = _first_failure(case, response, arrays, ended)
    if failure and failure.kind not in COMPARED:
        same = frozenset(name for name, kind in case.shows.items() if kind == failure.sign)
        return dataclasses.replace(failure, matches=same)
    if failure:
        return dataclasses.replace(failure, matches=frozenset(_lookalikes(case, arrays)))
    return None


def _first_failure(case, response, arrays, ended):
    if ended:
        return Failure("ended", ended)
    if error := response["error"]:
        frames = "".join(f"\n  line {f['line']}, in {f['function']}: {f['text']}" for f in error["frames"])
        return Failure("exception", f"{error['type']}: {error['message']}{frames}")
    for i, call in enumerate(case.calls):
        of_call = f" of call {i + 1}" if len(case.calls) > 1 else ""
        for name in sorted(call.reference, key=lambda name: name != "output"):  # a gradient says little before that
            reference = call.reference[name]
            got = arrays.get(f"{i}.{name}")
            title = f"{name}{of_call}"
            kind = "output" if name == "output" else "gradient"
            if got is None:
                return Failure(
                    "autograd", f"{title}: there is none; a step of the forward pass is cut off from autograd"
                )
            if got.shape != reference.shape:
                return Failure("shape", f"{title} has the shape {got.shape}, expected {reference.shape}")
            if got.dtype != np.float32:
                return Failure("dtype", f"{title} has the dtype {got.dtype}, expected float32")
            if text := difference(title, got, reference, call.bound[name], call.groups.get(name)):
                return Failure(kind, text)
        first = next(iter(call.inputs))
        if case.kind == "input" and not np.array_equal(arrays[f"{i}.after.{first}"], call.inputs[first]):
            return Failure("input", f"{first}{of_call} was changed by the layer; a layer must leave its input as it is")
    if case.kind == "efficiency":
        counts = [sum(count for count, _ in call["operations"].values()) for call in response["calls"]]
        if max(counts[1:]) > counts[0]:
            sizes = ", ".join(f"{n} for {_shapes(call)}" for n, call in zip(counts, case.calls))
            return Failure("operations", f"the number of tensor operations grows with the input: {sizes}")
    return None


def _shapes(call):
    return " and ".join(str(value.shape) for value in call.inputs.values())


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
    for axis, text in zip(
        range(wrong.ndim), ("in row", "in channel") if wrong.ndim < 4 else ("in image", "in channel")
    ):
        planes = np.unique(np.argwhere(wrong)[:, axis])
        if len(planes) == 1 and wrong.shape[axis] > 1:
            return f", all {text} {planes[0]}"
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
    for name in sorted(set(itertools.chain.from_iterable(call.lookalikes for call in case.calls))):
        stored = [
            (arrays.get(f"{i}.{key}"), value, call.bound.get(key))
            for i, call in enumerate(case.calls)
            for key, value in call.lookalikes.get(name, {}).items()
        ]
        if all(got is not None and _alike(got, value, bound) for got, value, bound in stored):
            yield name


def _alike(got, stored, bound):
    if got.shape != stored.shape or got.dtype != stored.dtype:
        return False
    slack = 4 * np.finfo(np.float32).eps * np.abs(stored) + (4 * bound.max() if bound is not None and bound.size else 0)
    with np.errstate(invalid="ignore"):
        return bool(((np.abs(got - stored) <= slack) | (got == stored) | (np.isnan(got) & np.isnan(stored))).all())


def name_mistakes(verdicts):
    """Names, for every failed case of a question, the match that explains the most of the question's failures."""
    explained = {}
    for verdict in verdicts:
        for name in verdict.failure.matches if verdict.failure else ():
            explained[name] = explained.get(name, 0) + 1
    missed = {  # failures that a misconception would have caused, but that are not there
        name: sum(v.status == "passed" and name in v.case.hints for v in verdicts) for name in explained
    }

    def rank(name):
        return (explained[name] - missed[name], explained[name], name)

    named = []
    for verdict in verdicts:
        matches = verdict.failure.matches if verdict.failure else ()
        named.append(dataclasses.replace(verdict, misconception=max(matches, key=rank, default=None)))
    return named
