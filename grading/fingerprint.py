"""What a wrong result is known by: its form, and a few random sums of its numbers.

Two results that are equal but for rounding have the same fingerprint, and two others practically
never. It takes a dozen bytes, so that a case can hold what every pair of mistakes makes of it.

Pure: it runs nothing, reads nothing and prints nothing. numpy only.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

SUMS = 2  # random sums of a fingerprint; what differs agrees in both once in 10¹⁰ times
DEVIATIONS = 4  # standard deviations of what rounding does to a random sum
ROUNDINGS = 8  # of a value, granted besides the bound of a right one
# Of a message, what a student has named: an index of einsum's, a Function with a backward pass.
CHOSEN = re.compile(r"(?<=subscript )\w|(?<=Function )\w+(?=Backward )")
EPS = float(np.finfo(np.float32).eps)
LARGEST = float(np.finfo(np.float32).max)  # of a sum: it is stored in single precision


@dataclass(frozen=True)
class Fingerprint:
    """What a wrong result, or an exception, is known by.

    Attributes:
        mark: a hash of what must be the same: names, shapes, dtypes and where nan and ±inf stand;
            or of a text.
        sums: random sums of the finite values; of an exception, two sums of its numbers.
        slack: how far rounding may carry each sum.
        elements: of a result that has the wrong shape and the wrong number of them; negative where
            a reshape has refused so many; 0 where neither is so.
    """

    mark: int
    sums: tuple[float, ...]
    slack: tuple[float, ...] = (0.0,) * SUMS
    elements: int = 0

    def among(self, marks: np.ndarray, sums: np.ndarray) -> np.ndarray:
        """Returns which of many fingerprints are the same as this one.

        Shape: marks (K), sums (K, SUMS), the result (K).
        """
        near = np.abs(sums.astype(np.float64) - self.sums) <= self.slack
        return (marks == self.mark) & near.all(axis=1)

    def akin(self, elements: np.ndarray) -> np.ndarray:
        """Returns which of many come of a result of as many elements: of one, a reshape has refused
        them, and of the other they came out in the wrong shape.

        Shape: elements (K), the result (K).
        """
        return (elements == -self.elements) & (self.elements != 0)


def of_text(text: str) -> Fingerprint:
    """Returns the fingerprint of a message.

    Its numbers are compared without their order: (2, 3) meets (3, 4), or the other way round. What
    a student has named in it is left out.
    """
    numbers = sorted(float(number) for number in re.findall(r"-?\d+", text)[:100])
    words = CHOSEN.sub("…", re.sub(r"-?\d+(, -?\d+)*", "#", text))
    sums = (sum(numbers), sum(number**2 for number in numbers))
    kept = tuple(float(np.float32(min(value, LARGEST))) for value in sums)
    return Fingerprint(zlib.crc32(words.encode()), kept)


def of_steps(calls: Sequence[int]) -> Fingerprint:
    """Returns the fingerprint of calls that take too many steps."""
    return of_text(f"too many steps in the calls {list(calls)}")


STEPS = of_steps([0]).mark


def of_results(
    results: Mapping[str, np.ndarray | None],
    bounds: Mapping[str, np.ndarray],
    groups: Mapping[str, np.ndarray],
) -> Fingerprint:
    """Returns the fingerprint of some results, of which None is one that is not there.

    Args:
        bounds: how far rounding may carry each element of a right result.
        groups: elements with one label count as their sum.
    """
    mark = 0
    sums = np.zeros(SUMS)
    squares = 0.0
    # RandomState, since its numbers are the same in every version of numpy.
    random = np.random.RandomState(0)
    for name, result in results.items():
        form = "none" if result is None else f"{result.dtype}{result.shape}"
        mark = zlib.crc32(f"{name} {form}".encode(), mark)
        if result is None:
            continue
        values, kinds = _split(result)
        slack = ROUNDINGS * EPS * np.abs(values)
        bound = bounds[name]
        slack += bound if bound.shape == result.shape else bound.max(initial=0.0)
        if name in groups and groups[name].shape == result.shape:
            labels = groups[name].ravel()
            values = np.bincount(labels, values.ravel())
            slack = np.bincount(labels, slack.ravel())
        mark = zlib.crc32(kinds.tobytes(), mark)
        weights = random.standard_normal((SUMS, values.size))
        sums += weights @ values.ravel()
        squares += float((slack**2).sum())
    # Errors e that do not know the weights w make a sum Σ w·e whose variance is Σ e².
    allowed = DEVIATIONS * squares**0.5
    kept = np.clip(sums, -LARGEST, LARGEST).astype(np.float32)
    return Fingerprint(mark, tuple(kept.tolist()), (allowed,) * SUMS)


def _split(result: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns the finite values with 0 for the others, and for each 0 to 3: finite, nan, ±inf."""
    values = result.astype(np.float64)
    kinds = np.zeros(values.shape, np.uint8)
    kinds[np.isnan(values)] = 1
    kinds[np.isposinf(values)] = 2
    kinds[np.isneginf(values)] = 3
    return np.where(kinds == 0, values, 0.0), kinds
