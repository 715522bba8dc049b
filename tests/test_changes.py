"""Holds what is told of an edit: what came, what went, what stayed, and the points."""

import dataclasses
import io
import sys
from pathlib import Path

import pytest
from rich.console import Console

from grading.cases import read_questions
from grading.changes import Grading, change
from grading.debugger import Debugger
from grading.judge import Failure
from grading.pipeline import grade
from grading.report import headline, show_change
from grading.source import Source
from staff.misconceptions import MISCONCEPTIONS, plain, submission

ROOT = Path(__file__).parent.parent
QUESTIONS = read_questions(ROOT / "test_cases")
BY_NAME = {mistake.name: mistake for mistake in MISCONCEPTIONS}
BIAS, STRIDE = BY_NAME["conv-bias-ignored"], BY_NAME["conv-stride-ignored"]
CASES = ("q2/one-image", "q2/stride")  # 1 and 2 points
FORWARD = "    def forward(self, x):\n"


@pytest.fixture(autouse=True)
def own_layers():
    """A submission that is loaded stands in for the project's own layers, here only."""
    before = sys.modules.get("layers")
    yield
    sys.modules.pop("layers", None)
    if before:
        sys.modules["layers"] = before


def graded(text, *names, remarks=()):
    """Grades a submission's text on some cases, in this process."""
    names = names or CASES
    chosen = []
    for question in QUESTIONS.values():
        cases = tuple(case for case in question.cases if case.name in names)
        if cases:
            chosen.append(dataclasses.replace(question, cases=cases))
    runner = Debugger(Source("layers.py", text.encode(), text))
    results = tuple(grade(chosen, runner, lambda outcomes, _: outcomes))
    return Grading(results, tuple(headline(result, text) for result in results), remarks)


def shown(before, now, verbose=False):
    """The lines that stand below the time of day, up to a cause's example."""
    file = io.StringIO()
    console = Console(file=file, soft_wrap=True, highlight=False, markup=False)
    show_change(change(before, now), console, "12:34:56", verbose)
    blank, clock, *lines = file.getvalue().splitlines()
    assert blank == ""
    if not lines:
        return [clock]
    assert clock == "12:34:56"
    return lines


def above_the_example(lines):
    """The lines without an example, and without those that are blank."""
    kept = []
    for line in lines:
        if line.startswith("   In ") or line.startswith("   For example in "):
            break
        if line:
            kept.append(line)
    return kept


def in_q2(line):
    """The plain solution with a statement before all others of CustomConv2D's forward."""
    text = plain()
    begin = text.index(FORWARD, text.index("class CustomConv2D")) + len(FORWARD)
    return f"{text[:begin]}        {line}\n{text[begin:]}"


def test_a_mended_mistake_is_a_line_and_its_points_are_told():
    lines = shown(graded(submission(STRIDE)), graded(plain()))
    assert lines == ["Question q2: 3/3 (+2)", f"Gone: {STRIDE.hint}"]


def test_a_new_mistake_is_told_in_full():
    lines = shown(graded(plain()), graded(submission(STRIDE)))
    assert lines[:6] == [
        "Question q2: 1/3 (-2)",
        "",
        f"1. {STRIDE.hint}",
        "   costs 2 points in 1 case: stride",
        "",
        "   In q2/stride, stride 2, where it does not divide:",
    ]
    assert "Try: CustomConv2D(in_channels=2, " in "\n".join(lines[6:])


def test_one_of_two_mistakes_that_is_mended_leaves_the_other_as_it_was_told():
    """Two mistakes in one case are one cause: without the one, the other is no news."""
    lines = shown(graded(submission(BIAS, STRIDE)), graded(submission(STRIDE)))
    assert lines == [
        "Question q2: 1/3 (+1)",
        f"Gone: {BIAS.hint}",
        "Still there: 1 cause (2 points)",
    ]


def test_a_second_mistake_in_a_case_is_told_with_the_first():
    lines = shown(graded(submission(BIAS)), graded(submission(BIAS, STRIDE)))
    assert above_the_example(lines) == [
        "Question q2: 0/3",
        "Still there: 1 cause (1 point)",
        f"1. {STRIDE.hint}",
        f"   {BIAS.hint}",
        "   costs 2 points in 1 case: stride",
    ]


def test_a_mistake_that_an_exception_hides_is_not_called_gone():
    lines = shown(graded(submission(STRIDE)), graded(in_q2("x.nothing")))
    assert above_the_example(lines) == [
        "Question q2: 0/3 (-1)",
        f"No longer seen: {STRIDE.hint}",
        "1. AttributeError: 'Tensor' object has no attribute 'nothing'",
        "   costs 3 points in 2 cases: one-image, stride",
    ]


def test_an_exception_that_only_moves_to_another_line_is_no_news():
    text = in_q2("x.nothing")
    before = graded(text)
    now = graded(f"# one more line\n{text}")
    assert before.results[0].causes[0].text != now.results[0].causes[0].text
    assert shown(before, now) == ["12:34:56 Nothing changed. Total: 0/3"]


def test_an_exception_of_another_statement_is_news():
    lines = shown(graded(in_q2("x.nothing")), graded(in_q2("y = x.nothing")))
    raised = "AttributeError: 'Tensor' object has no attribute 'nothing'"
    assert above_the_example(lines)[:3] == [
        "Question q2: 0/3",
        f"No longer seen: {raised}",
        f"1. {raised}",
    ]


def test_a_layer_that_is_taken_out_hides_what_was_wrong_with_it():
    begin = plain().index("class CustomConv2D")
    end = plain().index("class CustomMaxPool2D")
    now = graded(plain()[:begin] + plain()[end:])
    lines = shown(graded(submission(STRIDE)), now)
    told = "the file defines no class CustomConv2D"
    assert lines == ["Question q2: 0/3 (-1)", "", told]
    assert shown(now, graded(plain())) == ["Question q2: 3/3 (+3)", f"Gone: {told}"]
    assert shown(now, now) == ["12:34:56 Nothing changed. Total: 0/3"]


def test_a_forbidden_operation_is_told_when_it_comes_and_when_it_goes():
    cheat = graded(in_q2("torch.matmul(x, x.transpose(-1, -2))"))
    number = in_q2("torch.matmul").splitlines().index("        torch.matmul") + 1
    told = f"line {number}: torch.matmul is not allowed here (50% of the marks). Instead: "
    lines = shown(graded(plain()), cheat)
    assert lines[:2] == ["Question q2: 1.5/3 (-1.5)", ""]
    assert lines[2].startswith(told)
    assert len(lines) == 3
    lines = shown(cheat, graded(plain()))
    assert lines[0] == "Question q2: 3/3 (+1.5)"
    assert lines[1].startswith(f"Gone: {told}")
    assert len(lines) == 2


def test_a_forbidden_operation_that_stays_is_counted():
    cheat = "torch.matmul(x, x.transpose(-1, -2))"
    wrong = submission(STRIDE)
    begin = wrong.index(FORWARD, wrong.index("class CustomConv2D")) + len(FORWARD)
    lines = shown(graded(f"{wrong[:begin]}        {cheat}\n{wrong[begin:]}"), graded(in_q2(cheat)))
    assert lines == [
        "Question q2: 1.5/3 (+1)",
        f"Gone: {STRIDE.hint}",
        "Still there: 1 forbidden operation",
    ]


def test_a_call_out_of_reach_is_told_once():
    text = "import os\n" + in_q2("os.getcwd()")
    number = text.splitlines().index("        os.getcwd()") + 1
    told = f"line {number}: os.getcwd is out of a layer's reach, and did not run"
    lines = shown(graded(plain()), graded(text))
    assert lines[-1] == told
    assert shown(graded(text), graded(text)) == ["12:34:56 Nothing changed. Total: 0/3"]


def test_of_several_questions_only_those_that_changed_are_told_and_the_total():
    names = (*CASES, "q1/batch")
    lines = shown(graded(submission(STRIDE), *names), graded(plain(), *names))
    assert lines == [
        "Question q2: 3/3 (+2)",
        f"Gone: {STRIDE.hint}",
        "",
        "Total: 4.5/4.5 (+2)",
    ]


def test_questions_that_changed_stand_apart():
    names = (*CASES, "q1/batch")
    renamed = plain().replace("class CustomLinear", "class CustomLinear2")
    begin = shown(graded(renamed, *names), graded(submission(STRIDE), *names))
    assert above_the_example(begin)[:2] == [
        "Question q1: 1.5/1.5 (+1.5)",
        "Gone: the file defines no class CustomLinear; was it renamed to CustomLinear2?",
    ]
    assert begin[2:4] == ["", "Question q2: 1/3 (-2)"]


def test_the_same_twice_is_one_line():
    before = graded(submission(BIAS))
    assert shown(before, graded(submission(BIAS))) == ["12:34:56 Nothing changed. Total: 0/3"]


def test_a_remark_that_is_new_is_told():
    before = graded(plain(), remarks=("the first",))
    now = graded(plain(), remarks=("the first", "the second\n  of two lines"))
    assert shown(before, now) == ["", "Remark: the second", "      of two lines"]
    assert shown(now, before) == ["12:34:56 Nothing changed. Total: 3/3"]


def test_a_print_is_shown_when_it_is_new_and_with_verbose_only_cases_that_changed():
    before, now = graded(submission(STRIDE)), graded(plain())
    assert shown(before, now, verbose=True)[2:] == [
        "",
        "PASSED    2/2    stride 2, where it does not divide  q2/stride",
    ]
    (result,) = now.results
    first, *others = result.verdicts
    verdicts = (dataclasses.replace(first, printed="here"), *others)
    talking = Grading((dataclasses.replace(result, verdicts=verdicts),), now.headlines)
    assert shown(now, talking) == ["Question q2: 3/3", "", "Printed in q2/one-image:", "   here"]
    assert shown(talking, talking) == ["12:34:56 Nothing changed. Total: 3/3"]


def test_less_than_shows_is_no_change_of_points():
    """A sum of shares is rounded."""
    before = graded(plain())
    (result,) = before.results
    cases = [dataclasses.replace(v.case, points=v.case.points + 1e-9) for v in result.verdicts]
    verdicts = tuple(dataclasses.replace(v, case=c) for v, c in zip(result.verdicts, cases))
    now = Grading((dataclasses.replace(result, verdicts=verdicts),), before.headlines)
    assert now.score != before.score
    assert shown(before, now) == ["12:34:56 Nothing changed. Total: 3/3"]


def test_cases_that_were_not_run_are_counted():
    before = graded(submission(STRIDE))
    (result,) = before.results
    skipped = Failure("skipped", "not run")
    late = Failure("ended", "timeout (no answer within 10 s, in line 7)")
    verdicts = [
        dataclasses.replace(verdict, status="failed", failure=failure)
        for verdict, failure in zip(result.verdicts, [late, skipped])
    ]
    now = Grading((dataclasses.replace(result, verdicts=tuple(verdicts)),), (None,))
    lines = shown(before, now)
    assert above_the_example(lines)[:3] == [
        "Question q2: 0/3 (-1)",
        f"No longer seen: {STRIDE.hint}",
        f"1. {late.text[0].upper()}{late.text[1:]}; no mistake that the grader knows explains it.",
    ]
    told = "Not run: 1 cases, since cases before them took too long, or ended the process"
    assert lines[-1] == told
    moved = dataclasses.replace(late, text=late.text.replace("7", "8"))
    verdicts[0] = dataclasses.replace(verdicts[0], failure=moved)
    later = Grading((dataclasses.replace(result, verdicts=tuple(verdicts)),), (None,))
    assert shown(now, later) == ["12:34:56 Nothing changed. Total: 0/3"]
