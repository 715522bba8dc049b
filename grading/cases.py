"""Reads the rubric and the cases: data, checked for shape, and nothing of how they are judged.

A case is one safetensors file under test_cases/. Its metadata has a JSON text, and its tensors are
named for the part that they belong to, then for the call and what they are in it: given.0.x,
reference.0.output, bound.1.grad.weight. What the mistakes of the catalogue give is in the part
"mistakes"; their names and hints are the same for all cases of a question, and stand in HINTS.
"""

from __future__ import annotations

import json
import sys
import zlib
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open

from . import GraderError
from .outcome import Request

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PARTS = ("given", "reference", "bound", "groups", "mistakes")
HINTS = "misconceptions.json"  # by question, then by name
ABSENT = 2**16 - 1  # in place of a fingerprint, where two mistakes change the same lines


@dataclass(frozen=True)
class Case:
    """What is asked of a layer, which the worker may know, and what is expected, which it may not.

    A result is named "0.output", "0.grad.x", "1.grad.weight" and so on, by call.

    Attributes:
        name: "q3/negative-padding", for one.
        kind: "values"; "input", which must stay as it is; "efficiency", hardly more steps in a
            later call than in the first.
        given: the request's tensors: "0.x", "0.parameter.weight", "0.upstream".
        reference: by result.
        bound: how far an element may lie from its reference, by result.
        groups: elements with one label share their gradient as they like, by result.
        mistakes: what the mistakes of the catalogue give, alone and in pairs: "mark", "sums" and
            "elements" are the distinct fingerprints, the first that of a passed case; "of" says
            which of them each set of mistakes has, in the order of np.triu_indices, or ABSENT.
        hints: what is wrong, and the way out, by mistake, in the order of ``mistakes``.
    """

    name: str
    title: str
    kind: str
    request: Request
    given: dict[str, np.ndarray]
    reference: dict[str, np.ndarray]
    bound: dict[str, np.ndarray]
    groups: dict[str, np.ndarray]
    mistakes: dict[str, np.ndarray]
    hints: dict[str, str]
    points: float = 0.0

    def inputs(self, call: int) -> dict[str, np.ndarray]:
        """Returns the inputs of a call by name."""
        names = self.request["calls"][call]["inputs"]
        return {name: self.given[f"{call}.{name}"] for name in names}


@dataclass(frozen=True)
class Question:
    """One question of the assignment, and the cases that grade it.

    Attributes:
        name: "q3", for one.
        share: of the question's marks, lost by an operation that the layer may not use.
        own: of the question's marks, lost by torch's own version of the layer.
    """

    name: str
    title: str
    layer: str
    share: float
    own: float
    cases: tuple[Case, ...]

    @property
    def points(self) -> float:
        return sum(case.points for case in self.cases)


def read_case(
    folder: str | PathLike[str],
    name: str,
    points: float = 0.0,
    hints: dict[str, str] | None = None,
) -> Case:
    """Reads one case. Raises: GraderError if the file is missing or damaged.

    Args:
        hints: of its question; without them nothing is named.
    """
    path = Path(folder, f"{name}.safetensors")
    parts: dict[str, dict[str, np.ndarray]] = {part: {} for part in PARTS}
    try:
        with safe_open(path, "numpy") as file:
            text = json.loads(file.metadata()["case"])
            for key in file.keys():  # noqa: SIM118 - it is no dict
                part, _, rest = key.partition(".")
                parts[part][rest] = file.get_tensor(key)
        if parts["mistakes"]:
            parts["mistakes"]["of"] = unpacked(parts["mistakes"]["of"])
        case = Case(
            name,
            text["title"],
            text["kind"],
            text["request"],
            **parts,
            hints=hints or {},
            points=points,
        )
        _check_mistakes(case)
        return case
    except (OSError, SafetensorError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise GraderError(f"cannot read the case {path}: {error}") from error


def base(name: str) -> str:
    """Returns the name of a mistake without its variant: eps-inside-log of eps-inside-log/1e-10."""
    return name.partition("/")[0]


def packed(of: np.ndarray) -> np.ndarray:
    """Returns as fewer bytes what each set of mistakes gives: thousands of numbers, many alike."""
    return np.frombuffer(zlib.compress(of.astype("<u2").tobytes(), 9), np.uint8)


def unpacked(data: np.ndarray) -> np.ndarray:
    """Returns the numbers that packed() was given."""
    return np.frombuffer(zlib.decompress(data.tobytes()), "<u2")


def _check_mistakes(case: Case) -> None:
    """Raises ValueError if what the mistakes give is not that of the mistakes with a hint."""
    count = len(case.hints)
    wanted = count * (count + 1) // 2
    if count and len(case.mistakes["of"]) != wanted:
        got = len(case.mistakes["of"])
        raise ValueError(f"{count} mistakes make {wanted} sets, got {got}: make the case anew")


def read_hints(folder: str | PathLike[str]) -> dict[str, dict[str, str]]:
    """Returns the hints by question. Raises: GraderError if the file is missing or damaged."""
    path = Path(folder, HINTS)
    try:
        hints = json.loads(path.read_text(encoding="utf-8"))
        return {question: dict(texts) for question, texts in hints.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise GraderError(f"cannot read {path}: {error}") from error


def read_toml(path: str | PathLike[str]) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise GraderError(f"cannot read {path}: {error}") from error


def read_questions(folder: str | PathLike[str]) -> dict[str, Question]:
    """Returns the questions of folder/rubric.toml with all of their cases, by name.

    Raises: GraderError if the rubric, the hints or a case are missing or damaged.
    """
    path = Path(folder, "rubric.toml")
    rubric = read_toml(path)
    hints = read_hints(folder)
    try:
        return {
            name: _question(folder, name, table, hints.get(name, {}))
            for name, table in rubric.items()
        }
    except (KeyError, TypeError, AttributeError) as error:
        raise GraderError(f"cannot read {path}: {error!r}") from error


def _question(
    folder: str | PathLike[str], name: str, table: dict[str, Any], hints: dict[str, str]
) -> Question:
    cases = tuple(
        read_case(folder, f"{name}/{case}", points, hints)
        for case, points in table["points"].items()
    )
    return Question(name, table["title"], table["layer"], table["share"], table["own"], cases)


def as_text(points: float | None) -> str:
    """Writes points: 12.5, 12, and nothing for none."""
    return "" if points is None else f"{points:.2f}".rstrip("0").rstrip(".")
