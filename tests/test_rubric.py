"""Holds points against cases, and further cases against the form that they must have."""

from pathlib import Path

import pytest

from grading.cases import read_toml
from staff import make_cases, rubric
from staff.plans import QUESTIONS, Plan, images, pool


def test_rubric_and_cases_that_drift_apart_are_told(tmp_path):
    table = {"q1": {"points": {"a": 12, "b": 7.5}}, "q2": {"points": {"c": 20}}}
    assert list(rubric.drift(table, {"q1/a", "q2/c", "q2/d"})) == [
        "q2/d: is stored and has no points",
        "q1/b: has points and is not stored",
    ]
    assert list(rubric.uneven(table)) == ["q1: its cases have 19.5 points, not 20"]


def test_the_stored_cases_and_the_rubric_agree():
    table = read_toml(make_cases.CASES / "rubric.toml")
    assert list(rubric.drift(table, make_cases.stored_names(make_cases.CASES))) == []
    assert list(rubric.uneven(table)) == []


def test_a_check_begins_with_the_points(hidden, monkeypatch):
    monkeypatch.setattr(make_cases, "make_all", lambda *_, **__: iter(()))
    found = list(make_cases.check(make_cases.SEED, hidden))
    assert found[:4] == [
        f"q{i}: its cases have {points:g} points, not 20"
        for i, points in enumerate([1.5, 1.5, 2, 1.5], 1)
    ]


def test_a_rubric_is_read_as_it_is_written(tmp_path):
    table = read_toml(make_cases.CASES / "rubric.toml")
    rubric.write_rubric(table, tmp_path / "rubric.toml")
    assert read_toml(tmp_path / "rubric.toml") == table


EXTRA = """
from staff.plans import Plan, images, pool

PLANS = {"q3": {"tall": Plan("a tall image", pool(2), images((1, 2, 40, 3)))}}
POINTS = {"q3": {"tall": 1, "ties": 0}}
"""


def test_a_further_case_is_made_and_has_points(tmp_path, monkeypatch):
    (tmp_path / "extra.py").write_text(EXTRA)
    extra = rubric.read_extra(tmp_path / "extra.py")
    few = {"q3": ("CustomMaxPool2D", {"ties": QUESTIONS["q3"][1]["ties"]})}
    monkeypatch.setattr(make_cases, "QUESTIONS", few)
    monkeypatch.setattr(make_cases, "source", lambda one, other, pairs: None)  # no mistakes
    made = {case.name: case for case in make_cases.make_all(7, extra=extra)}
    assert made.keys() == {"q3/ties", "q3/tall"}
    assert made["q3/tall"].given["0.x"].shape == (1, 2, 40, 3)
    assert made["q3/tall"].reference["0.output"].shape == (1, 2, 20, 1)
    table = rubric.with_points(read_toml(make_cases.CASES / "rubric.toml"), extra.points)
    assert (table["q3"]["points"]["tall"], table["q3"]["points"]["ties"]) == (1, 0)
    assert list(rubric.uneven(table)) == ["q3: its cases have 20.5 points, not 20"]


PLAN = Plan("a tall image", pool(2), images((1, 2, 40, 3)))


@pytest.mark.parametrize(
    "extra, fault",
    [
        (rubric.Extra(), "it has no PLANS"),
        (rubric.Extra({"q9": {"a": PLAN}}), "there is no question 'q9'"),
        (
            rubric.Extra({"q3": {"ties": PLAN}}, {"q3": {"ties": 1}}),
            "there is a case q3/ties already",
        ),
        (rubric.Extra({"q3": {"tall": PLAN}}), "q3/tall has no points"),
        (
            rubric.Extra({"q3": {"tall": PLAN}}, {"q3": {"tall": 1}, "q1": {"tall": 1}}),
            "q1/tall has points, and there is no such case",
        ),
    ],
)
def test_a_file_of_further_cases_that_is_none_is_told(extra, fault, tmp_path, monkeypatch):
    found = {"PLANS": extra.plans, "POINTS": extra.points}
    monkeypatch.setattr(rubric.runpy, "run_path", lambda _: found)
    with pytest.raises(ValueError) as error:
        rubric.read_extra(Path("extra.py"))
    assert str(error.value) == f"extra.py: {fault}"


def test_a_file_of_further_cases_that_raises_is_told(tmp_path):
    path = tmp_path / "extra.py"
    path.write_text("PLANS = {}[0]\n")
    with pytest.raises(ValueError) as error:
        rubric.read_extra(path)
    assert str(error.value) == f"{path}: KeyError: 0"
