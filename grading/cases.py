"""Reads the rubric and the cases: data, checked for shape, and nothing of how they are judged.

A case is one safetensors file under test_cases/: its tensors, and a JSON text of the rest in the file's metadata.
"""

import dataclasses
import json
import sys
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class CaseError(Exception):
    """A rubric or a case that cannot be read: the grader's fault, never a student's."""


@dataclasses.dataclass(frozen=True)
class Call:
    """One forward pass, and a backward pass if there is an upstream gradient.

    reference, bound, groups and lookalikes have a key for each result: "output", "grad.x", "grad.weight" and so on. An
    element may differ from its reference by its bound. Elements of one group share their gradient as they like.
    """

    inputs: dict[str, np.ndarray]
    arguments: dict | None = None  # a new layer for this call, in place of the case's, with parameters of its own
    parameters: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    strided: bool = False  # hand the first input over as a view that is not contiguous
    upstream: np.ndarray | None = None
    reference: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    bound: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    groups: dict[str, np.ndarray] = dataclasses.field(default_factory=dict)
    lookalikes: dict[str, dict[str, np.ndarray]] = dataclasses.field(default_factory=dict)  # by misconception


@dataclasses.dataclass(frozen=True)
class Case:
    name: str  # q3/negative-padding
    title: str
    layer: str
    kind: str  # "values"; "input": it must stay as it is; "efficiency": no more operations in a later call than before
    arguments: dict
    parameters: dict[str, np.ndarray]
    calls: tuple[Call, ...]
    hints: dict[str, str]  # by misconception: what is wrong, and the way out
    shows: dict[str, str]  # by misconception: the kind of failure, where there is no output to compare
    points: float = 0.0

    def request(self):
        """Returns what the worker may know, as (JSON, tensors): no reference, bound, points or hint."""
        calls = [
            {
                "inputs": list(c.inputs),
                "arguments": c.arguments,
                "strided": c.strided,
                "upstream": c.upstream is not None,
            }
            for c in self.calls
        ]
        tensors = {f"parameter.{name}": value for name, value in self.parameters.items()}
        for i, call in enumerate(self.calls):
            tensors |= {f"{i}.{name}": value for name, value in call.inputs.items()}
            tensors |= {f"{i}.parameter.{name}": value for name, value in call.parameters.items()}
            if call.upstream is not None:
                tensors[f"{i}.upstream"] = call.upstream
        return {"layer": self.layer, "arguments": self.arguments, "calls": calls}, tensors


@dataclasses.dataclass(frozen=True)
class Question:
    name: str  # q3
    title: str
    layer: str
    share: float  # of its marks, lost by a forbidden operation
    cases: tuple[Case, ...]

    @property
    def points(self):
        return sum(case.points for case in self.cases)


def read_toml(path):
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CaseError(f"cannot read {path}: {error}") from error


def read_case(folder, name, points=0.0):
    path = Path(folder, f"{name}.safetensors")
    try:
        with open(path, "rb") as file:  # the header: its length in 8 bytes, then JSON
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        text = json.loads(header["__metadata__"]["case"])
        tensors = load_file(path)
        calls = tuple(_read_call(i, call, tensors) for i, call in enumerate(text.pop("calls")))
        parameters = {key.removeprefix("parameter."): v for key, v in tensors.items() if key.startswith("parameter.")}
        return Case(name=name, parameters=parameters, calls=calls, points=points, **text)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise CaseError(f"cannot read the case {path}: {error}") from error


def _read_call(i, text, tensors):
    def part(prefix):
        prefix = f"{i}.{prefix}."
        return {key.removeprefix(prefix): value for key, value in tensors.items() if key.startswith(prefix)}

    lookalikes = {}
    for key, value in part("lookalike").items():
        name, _, result = key.partition(".")
        lookalikes.setdefault(name, {})[result] = value
    inputs = part("input")
    return Call(
        inputs={name: inputs[name] for name in text["inputs"]},
        arguments=text["arguments"],
        parameters=part("parameter"),
        strided=text["strided"],
        upstream=tensors.get(f"{i}.upstream"),
        reference=part("reference"),
        bound=part("bound"),
        groups=part("group"),
        lookalikes=lookalikes,
    )


def read_questions(folder):
    """Returns the questions of folder/rubric.toml with all of their cases, by name."""
    path = Path(folder, "rubric.toml")
    rubric = read_toml(path)
    try:
        return {
            name: Question(
                name, q["title"], q["layer"], q["share"],
                tuple(read_case(folder, f"{name}/{case}", points) for case, points in q["points"].items()),
            )
            for name, q in rubric.items()
        }  # fmt: skip
    except (KeyError, TypeError) as error:
        raise CaseError(f"cannot read the rubric {path}: {error}") from error
