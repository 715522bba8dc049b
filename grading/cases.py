"""Reads the rubric and the cases: data, checked for shape, and nothing of how they are judged.

A case is one safetensors file under test_cases/. Its metadata has a JSON text, and its tensors are named for the part
that they belong to, then for the call and what they are in it: given.0.x, reference.0.output, bound.1.grad.weight.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from . import GraderError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PARTS = ("given", "reference", "bound", "groups", "lookalikes")


@dataclass(frozen=True)
class Case:
    """What is asked of a layer, which the worker may know, and what is expected of it, which stays with the judge.

    A result is named "0.output", "0.grad.x", "1.grad.weight" and so on, by call. An element of it may differ from its
    reference by its bound. Elements that have one group share their gradient as they like.
    """

    name: str  # q3/negative-padding
    title: str
    kind: str  # "values"; "input": it must stay as it is; "efficiency": no more operations in a later call than before
    # The layer; of each call its inputs, if strided, and a new layer's arguments (a list is by position) or None.
    request: dict
    given: dict[str, np.ndarray]  # "0.x", "0.parameter.weight", "0.upstream"
    reference: dict[str, np.ndarray]
    bound: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]
    lookalikes: dict[str, np.ndarray]  # by misconception and result: "zero-padding.0.output"
    hints: dict[str, str]  # by misconception: what is wrong, and the way out
    shows: dict[str, str]  # by misconception: the kind of failure, where there is no output to compare
    points: float = 0.0

    def inputs(self, call):
        """Returns the inputs of a call by name."""
        return {name: self.given[f"{call}.{name}"] for name in self.request["calls"][call]["inputs"]}


@dataclass(frozen=True)
class Question:
    name: str  # q3
    title: str
    layer: str
    share: float  # of its marks, lost by a forbidden operation
    cases: tuple[Case, ...]

    @property
    def points(self):
        return sum(case.points for case in self.cases)


def read_case(folder, name, points=0.0):
    path, parts = Path(folder, f"{name}.safetensors"), {part: {} for part in PARTS}
    try:
        with safe_open(path, "numpy") as file:
            text = json.loads(file.metadata()["case"])
            for key in file.keys():  # noqa: SIM118 - it is no dict
                part, _, rest = key.partition(".")
                parts[part][rest] = file.get_tensor(key)
        return Case(name=name, points=points, **text, **parts)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise GraderError(f"cannot read the case {path}: {error}") from error


def read_toml(path):
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GraderError(f"cannot read {path}: {error}") from error


def read_questions(folder):
    """Returns the questions of folder/rubric.toml with all of their cases, by name."""
    path = Path(folder, "rubric.toml")
    try:
        return {
            name: Question(
                name, q["title"], q["layer"], q["share"],
                tuple(read_case(folder, f"{name}/{case}", points) for case, points in q["points"].items()),
            )
            for name, q in read_toml(path).items()
        }  # fmt: skip
    except (KeyError, TypeError, AttributeError) as error:
        raise GraderError(f"cannot read {path}: {error!r}") from error
