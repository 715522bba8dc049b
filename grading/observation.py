"""What can be seen of a wrong result without knowing why it is wrong, in words and without numbers.

Cases that look the same are told once, so that nothing here depends on one case's sizes. It never
guesses at a cause. Pure: numpy only.
"""

from __future__ import annotations

import math

import numpy as np

LARGE = 80.0  # exp of more than 88 overflows, and of less than -87 loses its precision


def of_shape(title: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Says how a shape differs from the one that is expected, or returns ""."""
    if got == ():
        return f"{title} is a single number, where several are expected"
    if expected == ():
        return f"{title} is not reduced: there are several numbers, where one is expected"
    if _without_ones(got) == _without_ones(expected) and len(got) != len(expected):
        if len(got) > len(expected):
            return f"{title} has a dimension of size 1 too many"
        return f"{title} has lost a dimension of size 1"
    if got == expected[1:]:
        return f"{title} has no batch dimension"
    if got[0] == 1 and got[1:] == expected[1:]:
        return f"{title} has one item, where the batch has several"
    if sorted(got) == sorted(expected):
        return f"the dimensions of {title} are in another order"
    if math.prod(got) == math.prod(expected):
        return f"{title} has as many numbers as expected, in another shape"
    if len(got) != len(expected):
        more = "many" if len(got) > len(expected) else "few"
        return f"{title} has too {more} dimensions"
    return _of_sizes(title, got, expected)


def _of_sizes(title: str, got: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Says how sizes differ, of as many dimensions."""
    if len(got) == 4:
        if got[1] != expected[1]:
            return f"{title} has another number of channels"
        if got[2] != expected[2] and got[3] != expected[3]:
            if all(g > e for g, e in zip(got[2:], expected[2:])):
                return f"the height and width of {title} are too large"
            if all(g < e for g, e in zip(got[2:], expected[2:])):
                return f"the height and width of {title} are too small"
        elif got[2] != expected[2]:
            return f"the height of {title} is wrong, its width is right"
        elif got[3] != expected[3]:
            return f"the width of {title} is wrong, its height is right"
    return f"{title} has the right number of dimensions, of other sizes"


def _without_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def of_values(title: str, got: np.ndarray, expected: np.ndarray, first_input: np.ndarray) -> str:
    """Says what nan, infinities and zeros stand in a result, or returns ""."""
    finite = np.isfinite(expected)
    where = ""
    if np.abs(first_input).max(initial=0.0) > LARGE:
        where = ", in a case with large numbers"
    if (np.isnan(got) & finite).any():
        return f"there is nan in {title}{where}"
    if (np.isinf(got) & finite).any():
        return f"there is infinity in {title}{where}"
    if got.size > 1 and not got.any() and expected.any():
        return f"{title} is 0 everywhere"
    if got.ndim > 1 and len(got) > 1 and _is_repeated(got) and not _is_repeated(expected):
        return f"every item of the batch has the same {title.removeprefix('the ')}"
    return _of_other_values(title, got, expected)


def _is_repeated(values: np.ndarray) -> bool:
    """Whether all items are the same as the first."""
    return bool((values == values[:1]).all())


def _of_other_values(title: str, got: np.ndarray, expected: np.ndarray) -> str:
    if got.size < 2 or not np.isfinite(expected).all():
        return ""
    slack = 1e-4 * max(float(np.abs(expected).max()), 1e-30)
    if np.abs(got + expected).max() <= slack:
        return f"{title} has the wrong sign"
    if (np.abs(np.sort(got, axis=None) - np.sort(expected, axis=None)) <= slack).all():
        return f"{title} has the right numbers, in other places"
    if got.ndim > 1 and _is_off_by_channels(got - expected, slack):
        place = "all of a channel" if got.ndim == 4 else "every row"
        return f"{title} is off by the same number in {place}"
    return ""


def _is_off_by_channels(difference: np.ndarray, slack: float) -> bool:
    """Whether a difference depends on the channel alone, as where a bias is wrong."""
    channels = 1 if difference.ndim == 4 else difference.ndim - 1
    of_each = np.moveaxis(difference, channels, -1).reshape(-1, difference.shape[channels])
    return len(of_each) > 1 and bool((np.abs(of_each - of_each[0]) <= 2 * slack).all())
