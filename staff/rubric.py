"""The points of a set of cases, and the further cases that a hidden set may have.

A file of further cases is Python. It has plans as staff/plans.py has them, and points as
rubric.toml has them, by question and name; it may change the points of other cases, too:

    from staff.plans import Plan, images, pool

    PLANS = {"q3": {"tall": Plan("a tall image", pool(2), images((1, 2, 40, 3)))}}
    POINTS = {"q3": {"tall": 1, "ties": 0, "constant": 0}}
"""

import json
import runpy
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from staff.plans import QUESTIONS, Plan

RUBRIC = "rubric.toml"
OF_A_QUESTION = 20  # points

Rubric = dict[str, dict[str, Any]]  # as rubric.toml has it
Points = dict[str, dict[str, float]]  # by question and name


@dataclass(frozen=True)
class Extra:
    """Further cases of a hidden set, and points that differ from those of the rubric."""

    plans: dict[str, dict[str, Plan]] = field(default_factory=dict)
    points: Points = field(default_factory=dict)


NO_EXTRA = Extra()


def read_extra(path: Path) -> Extra:
    """Reads a file of further cases. Raises: ValueError if it is none."""
    try:
        found = runpy.run_path(str(path))
        extra = Extra(dict(found.get("PLANS", {})), dict(found.get("POINTS", {})))
        fault = next(_faults(extra), None)
    except Exception as error:  # whatever its code raises
        raise ValueError(f"{path}: {type(error).__name__}: {error}") from error
    if fault:
        raise ValueError(f"{path}: {fault}")
    return extra


def _faults(extra: Extra) -> Iterator[str]:
    for question in extra.plans.keys() | extra.points.keys():
        if question not in QUESTIONS:
            yield f"there is no question {question!r}"
            return
    if not extra.plans:
        yield "it has no PLANS"
    for question, plans in extra.plans.items():
        for name in plans:
            if name in QUESTIONS[question][1]:
                yield f"there is a case {question}/{name} already"
            if name not in extra.points.get(question, {}):
                yield f"{question}/{name} has no points"
    for question, points in extra.points.items():
        for name in points:
            if name not in QUESTIONS[question][1] | extra.plans.get(question, {}):
                yield f"{question}/{name} has points, and there is no such case"


def with_points(rubric: Rubric, points: Points) -> Rubric:
    """Returns a rubric in which some cases have other points."""
    return {
        question: table | {"points": table["points"] | points.get(question, {})}
        for question, table in rubric.items()
    }


def write_rubric(rubric: Rubric, path: Path) -> None:
    """Writes rubric.toml; none of its values is written otherwise in TOML than in JSON."""
    lines = []
    for question, table in rubric.items():
        lines.append(f"[{question}]")
        lines += [f"{key} = {json.dumps(table[key])}" for key in table if key != "points"]
        lines += ["", f"[{question}.points]"]
        lines += [f"{name} = {json.dumps(points)}" for name, points in table["points"].items()]
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


def drift(rubric: Rubric, stored: set[str]) -> Iterator[str]:
    """Yields where the rubric and the cases that are stored have drifted apart."""
    listed = {
        f"{question}/{name}" for question, table in rubric.items() for name in table["points"]
    }
    for name in sorted(stored - listed):
        yield f"{name}: is stored and has no points"
    for name in sorted(listed - stored):
        yield f"{name}: has points and is not stored"


def uneven(rubric: Rubric) -> Iterator[str]:
    """Yields which questions have not the points that a question has."""
    for question, table in rubric.items():
        total = sum(table["points"].values())
        if total != OF_A_QUESTION:
            yield f"{question}: its cases have {total:g} points, not {OF_A_QUESTION}"
