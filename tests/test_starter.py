"""Holds the file that students begin with against the plain layers that it is made of."""

import re
from pathlib import Path

import pytest

from grading.cases import read_toml
from grading.declaration import STATEMENTS, read_declaration
from staff import make_cases, starter
from staff.misconceptions import plain
from staff.plans import QUESTIONS
from tests.handed_out import classes, declared, forward, run

ROOT = Path(__file__).parent.parent


def test_the_starter_has_the_lines_of_the_plain_layers_but_for_forwards_and_docstrings():
    given = plain().splitlines()
    for layer in classes(plain()):
        docstring = layer.body[0]
        left_out = slice(docstring.lineno - 1, docstring.end_lineno)
        for lines in (left_out, forward(layer)):
            given[lines] = [""] * len(given[lines])
    text = starter.starter()
    begin = given.index("import math")
    assert [line for line in given[begin:] if line not in text.splitlines()] == []
    assert text.count("\n        raise NotImplementedError\n") == 4
    assert "Solution" not in text


def test_a_layer_says_what_it_may_use():
    text = starter.starter()
    besides = (
        "Allowed, besides creation, indexing, slicing, joining, reshaping and basic arithmetic:"
    )
    said = re.findall(rf"{besides}\s+([^.]*)\.", text)
    tables = read_toml(make_cases.CASES / "operations.toml")["layers"]
    assert [names.replace(",", "").split() for names in said] == [
        tables[layer].split() for layer, _ in QUESTIONS.values()
    ]


def test_the_starter_is_formatted_as_everything_here(tmp_path):
    (tmp_path / "layers.py").write_text(starter.starter(), encoding="utf-8")
    options = ["--config", ROOT / "pyproject.toml", "--no-cache"]
    assert run("ruff", "format", "--check", *options, "layers.py", cwd=tmp_path)[0] == 0
    assert max(map(len, starter.starter().splitlines())) <= 100


@pytest.mark.parametrize(
    "more, line",
    [
        ("\n\ndef helper(x):\n    return x\n", "def helper"),
        ("\n\nEPS = 1e-6\n", "EPS"),
        ("\n    def _windows(self, x):\n        return x\n", "def _windows"),
    ],
)
def test_what_may_be_a_part_of_the_solution_is_not_handed_out_unasked(more, line, monkeypatch):
    text = plain() + more
    monkeypatch.setattr(starter, "plain", lambda: text)
    number = text[: text.index(line)].count("\n") + 1
    with pytest.raises(ValueError) as error:
        starter.starter()
    assert str(error.value) == f"plain.py, line {number}: is this given to students?"


def test_the_starters_declaration_is_a_list_to_choose_from():
    text = starter.starter()
    (fault,) = read_declaration(text).faults
    assert "found only the template's list" in fault
    assert read_declaration(declared(text)).faults == ()
    assert read_declaration(declared(text)).questions == ()


@pytest.mark.parametrize("chosen", [1, 2])
def test_the_starter_says_nothing_of_a_tool_in_a_students_place(chosen):
    text = starter.starter()
    for i, statement in enumerate(STATEMENTS):
        pattern = r"\s+".join(map(re.escape, f"- {statement}".split()))
        if i != chosen:
            text = re.sub(pattern, "", text)
    named = text.replace("<insert AI system(s) and link>", "Copilot")
    assert read_declaration(named).faults == (
        "the declaration does not say how it was used ('I used it ...')",
        "the declaration has no reference to the tool, such as a link",
    )
    whole = named.replace(
        "AND (iii)", "I used it to explain einsum to me, see https://example.org/copilot AND (iii)"
    )
    assert read_declaration(whole).faults == ()
