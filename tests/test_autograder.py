"""Grades submissions by the real command, and holds the cases against the misconceptions."""

import ast
import dataclasses
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from grading import pipeline
from grading.cases import ABSENT, read_questions
from grading.debugger import answer
from grading.diagnosis import name_mistakes
from grading.handin import INTERFACE
from grading.judge import Verdict, judge
from grading.outcome import Call, Ended, Outcome, Response, Use
from grading.runner import MOST_ENDED, NOT_ASKED
from staff import make_cases
from staff.misconceptions import MISCONCEPTIONS, base, plain, submission

ROOT = Path(__file__).parent.parent
QUESTIONS = read_questions(ROOT / "test_cases")
BY_LAYER = {question.layer: question for question in QUESTIONS.values()}
NAMES = list(BY_LAYER)
STARTER = "import torch.nn as nn\n" + "".join(
    f"class {layer}(nn.Module):\n    def __init__(self, {arguments}):\n        super().__init__()\n"
    f"    def forward(self, *inputs):\n        pass\n"
    for layer, arguments in INTERFACE.items()
)


def grade(tmp_path, text, *arguments, script="autograder.py"):
    """Runs the command on a submission's text; returns exit status, stdout and stderr."""
    file = tmp_path / "submission.py"
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, ROOT / script, "--layers", file, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    return done.returncode, done.stdout, done.stderr


def test_the_reference_has_full_marks_by_either_name(tmp_path):
    text = (ROOT / "layers.py").read_text(encoding="utf-8")
    status, out, err = grade(tmp_path, text)
    assert (status, err) == (0, "")
    grades = [
        "Provisional grades",
        "=" * 18,
        *(f"Question q{i}: 20/20" for i in range(1, 5)),
        "Total: 80/80",
    ]
    assert out.splitlines()[-7:] == grades
    status, out, err = grade(tmp_path, text, "-q", "q1", script="autograder")
    assert (status, err) == (0, "")
    assert "### Question q1: 20/20 ###" in out
    assert "q2" not in out


def test_an_empty_starter_has_nothing_and_is_told_why(tmp_path):
    status, out, err = grade(tmp_path, STARTER)
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == "Total: 0/80"
    for layer in NAMES:
        assert out.splitlines().count(f"{layer} is not written yet.") == 1
    assert "Try: " not in out
    assert "Traceback" not in out
    assert not re.search(r"line \d+, in (?!forward|__init__)", out)


def test_a_mistake_is_located_and_named(tmp_path):
    zero = next(m for m in MISCONCEPTIONS if m.name == "zero-padding")
    report = tmp_path / "results.json"
    status, out, err = grade(tmp_path, submission(zero), "-q", "q3", "--json", report)
    assert (status, err) == (1, "")
    assert "elements differ, all on the border" in out
    assert f"\n1. {zero.hint}\n   costs 2.5 points in 2 cases: negative-padding, far-below\n" in out
    assert "Try: CustomMaxPool2D(kernel_size=3, stride=2, padding=1) on x (2, 2, 6, 7)" in out
    assert "### Question q3: 17.5/20 ###" in out
    results = json.loads(report.read_text())
    assert results["score"] == pytest.approx(17.5)
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(17.5)
    assert sum(test["max_score"] for test in results["tests"]) == 20
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert {test["name"].partition(":")[0] for test in failed} == {
        "q3/negative-padding",
        "q3/far-below",
    }
    assert {test["output"].partition("\n")[0] for test in failed} == {zero.hint}
    assert results["extra_data"]["causes"] == [
        {
            "question": "q3",
            "names": ["zero-padding"],
            "text": zero.hint,
            "points": 2.5,
            "cases": ["q3/negative-padding", "q3/far-below"],
        }
    ]


def test_a_students_copy_names_mistakes_without_the_staffs_folder(tmp_path):
    for name in ("grading", "test_cases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "autograder.py", tmp_path)
    report = tmp_path / "results.json"
    by_name = {mistake.name: mistake for mistake in MISCONCEPTIONS}
    text = submission(by_name["conv-bias-ignored"], by_name["conv-stride-ignored"])
    script = tmp_path / "autograder.py"
    status, _, err = grade(tmp_path, text, "-q", "q2", "--json", report, script=script)
    assert (status, err) == (1, "")
    causes = json.loads(report.read_text())["extra_data"]["causes"]
    named = {case: cause["names"] for cause in causes for case in cause["cases"]}
    assert named["q2/channels"] == ["conv-bias-ignored"]
    assert named["q2/stride"] == ["conv-stride-ignored", "conv-bias-ignored"]


def with_product(text, product):
    """The plain solution with another product in CustomLinear, and the number of its line."""
    line = 'y = torch.einsum("...i,oi->...o", x, self.weight)'
    assert text.count(line) == 1
    number = text[: text.index(line)].count("\n") + 1
    return text.replace(line, f"y = {product}"), number


def test_a_forbidden_operation_costs_its_share_and_is_named_once(tmp_path):
    text, line = with_product(plain(), "torch.matmul(x, self.weight.T)")
    status, out, _ = grade(tmp_path, text, "-q", "q1")
    told = f"line {line}: torch.matmul is not allowed here (50% of the marks)."
    assert status == 1
    assert [text for text in out.splitlines() if "not allowed" in text] == [
        f"{told} Instead: torch.einsum"
    ]
    assert "### Question q1: 10/20 ###" in out


def test_torchs_own_version_of_the_layer_costs_all_marks_of_its_question(tmp_path):
    text, line = with_product(plain(), "F.linear(x, self.weight)")
    report = tmp_path / "results.json"
    status, out, _ = grade(tmp_path, text, "-q", "q1", "--json", report)
    told = f"line {line}: torch.nn.functional.linear is not allowed here (100% of the marks)."
    assert status == 1
    assert out.count(f"{told} Instead: torch.einsum\n") == 1
    assert "### Question q1: 0/20 ###" in out
    results = json.loads(report.read_text())
    assert results["score"] == 0
    assert {test["score"] for test in results["tests"]} == {0}
    assert results["extra_data"]["findings"]["q1"] == [f"{told} Instead: torch.einsum"]


def test_what_a_submission_prints_is_shown_with_its_case(tmp_path):
    text = plain().replace(
        "y = torch.einsum", 'print("rows", len(x), "\\x1b[2J")\n        y = torch.einsum', 1
    )
    status, out, err = grade(tmp_path, text, "--case", "q1/batch")
    assert (status, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[lines.index("Printed in q1/batch:") + 1] == "rows 6 \ufffd[2J"
    status, out, err = grade(tmp_path, text, "--case", "q1/batch", "--verbose")
    assert (status, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[lines.index("Printed meanwhile:") - 1].startswith(
        "PASSED  1.5/1.5  a batch of rows"
    )
    assert lines[lines.index("Printed meanwhile:") + 1] == "rows 6 \ufffd[2J"


def test_what_a_submission_prints_while_it_is_loaded_is_a_remark(tmp_path):
    forged = "print('loaded\\x1b[2J\\n### Question q1: 20/20 ###')"
    status, out, err = grade(tmp_path, f"{plain()}\n{forged}\n", "--case", "q1/batch")
    assert (status, err) == (0, "")
    lines = out.splitlines()
    start = lines.index("Remark: the file printed while it was loaded:")
    assert lines[start + 1 : start + 3] == ["    loaded\ufffd[2J", "    ### Question q1: 20/20 ###"]


def test_a_file_beside_the_submission_stands_in_for_no_library(tmp_path):
    for name in ("numpy", "random", "rich", "torch", "json"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('shadowed')\n")
    for name in ("grading", "test_cases"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("autograder.py", "autograder", "layers.py"):
        shutil.copy(ROOT / name, tmp_path)
    command = [sys.executable, "autograder", "-q", "q1"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("delay", [0, 0.2, 3])
def test_ctrl_c_ends_in_one_line(tmp_path, delay):
    (tmp_path / "slow.py").write_text("print('here')\nwhile True: pass\n")
    command = [
        sys.executable,
        ROOT / "autograder.py",
        "--layers",
        tmp_path / "slow.py",
        "--timeout",
        "60",
    ]
    running = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not running.children() and running.poll() is None:
        time.sleep(0.001)
    time.sleep(delay)
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=20) == ("", "autograder.py: interrupted\n")
    assert running.returncode == 130


def test_debug_runs_in_this_process(tmp_path):
    file = tmp_path / "layers.py"
    file.write_text(plain())
    command = [sys.executable, ROOT / "autograder.py", "--layers", file, "--debug", "-q", "q1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_import_that_is_not_used_costs_nothing(tmp_path):
    head = "import os, subprocess\nfrom ctypes import *\n"
    status, out, err = grade(tmp_path, head + plain(), "-q", "q1")
    assert (status, err) == (0, "")
    assert "out of a layer's reach" not in out


def test_what_is_out_of_reach_is_refused_in_its_line_and_told_once(tmp_path):
    text, line = with_product("import os\n" + plain(), "x if os.getcwd() else x")
    report = tmp_path / "results.json"
    status, out, err = grade(tmp_path, text, "-q", "q1", "--json", report)
    assert (status, err) == (1, "")
    told = f"line {line}: os.getcwd is out of a layer's reach, and did not run"
    assert out.splitlines().count(told) == 1
    assert "withheld" not in out
    assert "### Question q1: 0/20 ###" in out
    assert told in json.loads(report.read_text())["extra_data"]["findings"]["q1"]


def test_a_renamed_class_costs_its_question_only(tmp_path):
    status, out, err = grade(tmp_path, plain().replace("class CustomConv2D", "class CustomConv2d"))
    assert status == 2
    told = "the file defines no class CustomConv2D; was it renamed to CustomConv2d?"
    assert err == f"autograder.py: {told}\n"
    assert out.splitlines().count(told) == 1
    assert [line for line in out.splitlines() if line.startswith("Question q")][-4:] == [
        "Question q1: 20/20", "Question q2: 0/20", "Question q3: 20/20", "Question q4: 20/20",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text, arguments, message",
    [
        ("import torch\ndef f(:\n", [], "submission.py, line 2: "),
        (plain(), ["--layers", "nowhere.py"], "cannot read nowhere.py: "),
        (plain(), ["--layers", "."], "cannot read .: "),
        (
            plain(),
            ["-q", "q9"],
            "there is no question or case 'q9': "
            "there are q1, q2, q3, q4, all, and the cases of --list",
        ),
        (plain(), ["--case", "q3/none"], "there is no question or case 'q3/none'"),
        ("return\n", [], "submission.py, line 1: 'return' outside function"),
        ("x = '\0'\n", [], "source code string cannot contain null bytes"),
        ("x = " + "-" * 10**5 + "1\n", [], "submission.py: "),
        ("# coding: utf-7\n", [], "its coding must be a usual one, got utf-7"),
        ("#" * (2**20 + 1), [], "it must have at most 1,048,576 bytes"),
        (plain(), ["--timeout", "0"], "--timeout must be positive, got 0"),
        (plain(), ["--budget", "-1"], "--budget must be positive, got -1"),
        (plain(), ["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_bad_usage(tmp_path, text, arguments, message):
    status, out, err = grade(tmp_path, text, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_a_file_that_is_no_program_gets_a_results_file_that_says_why(tmp_path):
    report = tmp_path / "results.json"
    report.write_text('{"score": 80.0}')
    status, out, err = grade(tmp_path, "import torch\ndef f(:\n", "--json", report)
    assert (status, out) == (2, "")
    results = json.loads(report.read_text())
    assert results["score"] == 0
    assert results["tests"] == []
    assert err == f"autograder.py: {results['output']}\n"
    assert "submission.py, line 2: invalid syntax" in results["output"]


def test_a_file_without_a_class_has_no_score_and_is_told_why(tmp_path):
    report = tmp_path / "results.json"
    report.write_text('{"score": 80.0}')
    status, out, err = grade(tmp_path, "import torch\n", "-q", "q4", "--json", report)
    assert status == 2
    assert err.endswith("defines no class CustomCrossEntropyLoss\n")
    assert "### Question q4: 0/20 ###" in out
    results = json.loads(report.read_text())
    assert results["score"] == 0
    assert len(results["tests"]) == len(QUESTIONS["q4"].cases)
    assert {test["status"] for test in results["tests"]} == {"failed"}
    outputs = {test["output"].partition("\n")[0] for test in results["tests"]}
    assert outputs == {"AttributeError: the file defines no class CustomCrossEntropyLoss"}


def test_an_older_results_file_is_gone_when_there_is_nothing_to_grade(tmp_path):
    report = tmp_path / "results.json"
    report.write_text('{"score": 80.0}')
    command = [sys.executable, ROOT / "autograder.py", "--layers", tmp_path, "--json", report]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    results = json.loads(report.read_text())
    assert (results["score"], results["tests"]) == (0, [])
    assert results["output"] == f"cannot read {tmp_path}: it must be a regular file"


def test_an_endless_loop_is_named_by_its_line_and_not_waited_for_in_every_case(tmp_path):
    text, line = with_product(plain(), "[0 for _ in iter(int, 1)]")
    report = tmp_path / "results.json"
    status, out, err = grade(tmp_path, text, "-q", "q1", "--timeout", "0.5", "--json", report)
    assert (status, err) == (1, "")
    outputs = [test["output"] for test in json.loads(report.read_text())["tests"]]
    causes = json.loads(report.read_text())["extra_data"]["causes"]
    assert not [cause for cause in causes if "not run" in cause["text"]]
    late = [text for text in outputs if f"no answer within 0.5 s, in line {line}" in text]
    skipped = [text for text in outputs if "cases before them took too long" in text]
    assert 1 <= len(late) <= 2
    assert len(late) + len(skipped) == len(outputs) == len(QUESTIONS["q1"].cases)
    assert "### Question q1: 0/20 ###" in out


LATE = Outcome(ended=Ended("timeout", "no answer within 10 s", 7))


class Busy:
    """A runner on a machine that is too busy for some requests, the first times that it is asked.

    Args:
        late: how often each request runs out of time, by its place among the question's.
    """

    def __init__(self, text, late):
        self.submission = make_cases.load(text)
        self.late = late
        self.asked = []

    def load(self):
        return Outcome(Response())

    def run(self, requests):
        cases = QUESTIONS["q1"].cases
        seen = 0
        for request, given in requests:
            place = next(i for i, case in enumerate(cases) if case.request is request)
            if seen == MOST_ENDED:
                yield NOT_ASKED
                continue
            self.asked.append(place)
            if self.late.get(place, 0) > 0:
                self.late[place] -= 1
                seen += 1
                yield LATE
            else:
                yield answer(self.submission, request, given)


def grade_busily(late):
    runner = Busy(plain(), late)
    (result,) = pipeline.grade([QUESTIONS["q1"]], runner, lambda outcomes, _: outcomes)
    return result, runner.asked


def test_a_case_that_was_late_once_is_tried_alone_and_passes_with_a_remark():
    result, asked = grade_busily({4: 1})
    assert {verdict.status for verdict in result.verdicts} == {"passed"}
    assert result.score == result.question.points
    assert result.slow == (result.question.cases[4].name,)
    assert asked == [*range(len(result.verdicts)), 4]


def test_the_cases_that_were_not_run_are_run_where_the_late_ones_pass_alone():
    result, asked = grade_busily({2: 1, 3: 1})
    assert {verdict.status for verdict in result.verdicts} == {"passed"}
    assert result.slow == tuple(result.question.cases[i].name for i in (2, 3))
    assert sorted(asked) == sorted([*range(len(result.verdicts)), 2, 3])


def test_a_case_that_is_late_when_tried_alone_fails_and_the_others_are_not_run():
    result, asked = grade_busily({2: 9, 3: 9})
    failed = [verdict for verdict in result.verdicts if verdict.status == "failed"]
    assert len(failed) == len(result.verdicts) - 2
    assert str(failed[0].failure.text) == "timeout (no answer within 10 s, in line 7)"
    assert result.slow == ()
    assert asked == [0, 1, 2, 3, 2]


def test_damaged_cases_are_the_graders_fault(tmp_path):
    (tmp_path / "rubric.toml").write_text("[q1]\ntitle = 1\n")
    (tmp_path / "misconceptions.json").write_text("{}")
    status, out, err = grade(tmp_path, plain(), "--cases", tmp_path)
    assert (status, out) == (3, "")
    assert "rubric.toml: " in err


def test_damaged_operations_are_the_graders_fault(tmp_path):
    shutil.copytree(ROOT / "grading", tmp_path / "grading")
    shutil.copy(ROOT / "autograder.py", tmp_path)
    (tmp_path / "test_cases").mkdir()
    (tmp_path / "test_cases" / "operations.toml").write_text("[layers\n")
    status, out, err = grade(
        tmp_path, plain(), "--cases", ROOT / "test_cases", script=tmp_path / "autograder.py"
    )
    assert (status, out) == (3, "")
    assert re.fullmatch(r"autograder.py: cannot read \S+operations.toml: .*\n", err)


def test_a_fault_of_the_judge_costs_no_marks(tmp_path):
    """A case whose bounds are lost cannot be judged; the others are."""
    shutil.copytree(ROOT / "test_cases", tmp_path / "cases")
    case = QUESTIONS["q1"].cases[1]
    make_cases.write_case(dataclasses.replace(case, bound={}), tmp_path / "cases")
    status, out, err = grade(tmp_path, plain(), "-q", "q1", "--cases", tmp_path / "cases")
    assert (status, err) == (3, "")
    assert f"ERROR   1.5/1.5  {case.title}" in out
    assert "costs" not in out
    assert "the grader itself failed here: KeyError('0.output')" in out
    assert "### Question q1: 20/20 ###" in out


def judged(text, question):
    """Judges a submission's text on all cases of a question, in this process."""
    module, verdicts = make_cases.load(text), []
    for case in question.cases:
        failure = judge(case, answer(module, case.request, case.given))
        verdicts.append(Verdict(case, "failed" if failure else "passed", failure))
    return verdicts


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_judge_has_a_verdict_on_whatever_comes_back(name):
    """A fault of the judge costs no marks, so that whoever can cause one would gain by it."""
    random = np.random.default_rng(0)
    strange = [np.nan, np.inf, -np.inf, 0.0, 3e38, -3e38, 1e-45, -1.0]
    for case in QUESTIONS[name].cases:
        calls = tuple(
            Call({"torch.add": Use(int(random.integers(9)), None)}, int(random.integers(9)))
            for _ in case.request["calls"]
        )
        after = {f"{i}.after.{n}": v for i in range(len(calls)) for n, v in case.inputs(i).items()}
        for attempt in range(12):
            arrays = dict(after)
            for key, value in case.reference.items():
                shape = value.shape if attempt % 3 else random.permutation(value.shape).tolist()
                array = random.choice(strange[: attempt + 1], shape) + (value if attempt % 3 else 0)
                dtype = [np.float32, np.float32, np.float64, np.float16, np.bool_, np.int64][
                    attempt % 6
                ]
                with np.errstate(all="ignore"):
                    arrays[key] = np.asarray(array).astype(dtype)
            if attempt == 11:
                arrays = {key: value for key, value in arrays.items() if "grad" not in key}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what a NaN makes of a comparison
                failure = judge(case, Outcome(Response(calls=calls), arrays))
            assert failure is None or failure.text


def named(*mistakes):
    """Grades the plain layer with some mistakes, and sorts the failed cases.

    Returns those whose every name is one of the mistakes, those with another name, and those with
    none.
    """
    verdicts = judged(submission(*mistakes), BY_LAYER[mistakes[0].layer])
    right, wrong, unnamed = [], [], []
    for verdict, names in zip(verdicts, name_mistakes(verdicts)):
        if verdict.failure is None:
            continue
        if not names:
            unnamed.append(verdict.case.name)
        elif set(map(base, names)) <= {base(mistake.name) for mistake in mistakes}:
            right.append(verdict.case.name)
        else:
            wrong.append(verdict.case.name)
    return right, wrong, unnamed


@pytest.mark.parametrize("mistake", MISCONCEPTIONS, ids=lambda mistake: mistake.name)
def test_every_misconception_loses_marks_and_is_named_in_each_of_its_cases(mistake):
    right, wrong, unnamed = named(mistake)
    assert right
    assert (wrong, unnamed) == ([], [])


def test_pairs_of_misconceptions_are_named_and_never_wrongly():
    """Two pairs may be one and the same layer; then they have no name."""
    chance = random.Random(2026)
    pairs = [
        pair
        for pair in itertools.combinations(MISCONCEPTIONS, 2)
        if pair[0].layer == pair[1].layer and make_cases.source(*pair, pairs=True)
    ]
    explained = []
    misled = {}
    unexplained = []
    for one, other in chance.sample(pairs, 200):
        right, wrong, unnamed = named(one, other)
        explained += right
        unexplained += unnamed
        if wrong:
            misled[one.name, other.name] = wrong
    assert misled == {}
    assert len(explained) >= 0.97 * (len(explained) + len(unexplained))
    assert len(explained) > 2000


@pytest.mark.parametrize("layer", NAMES)
def test_every_case_catches_a_misconception_and_a_right_layer_passes(layer):
    question = BY_LAYER[layer]
    assert question.points == 20
    of_mistakes = {case.name: case.mistakes["of"] for case in question.cases}
    assert [name for name, of in of_mistakes.items() if not of[of != ABSENT].any()] == []
    verdicts = judged(plain(), question)
    assert [v.failure for v in verdicts if v.failure] == []
    assert set(name_mistakes(verdicts)) == {()}


@pytest.mark.slow
def test_the_reference_passes_any_cases_with_any_number_of_threads():
    """Fifty hidden sets, each on 1 to 4 threads, judged in this process."""
    text, before = (ROOT / "layers.py").read_text(encoding="utf-8"), torch.get_num_threads()
    try:
        for seed in range(50):
            torch.set_num_threads(1 + seed % 4)
            for question in QUESTIONS.values():
                layer, table = make_cases.QUESTIONS[question.name]
                plans = {f"{question.name}/{name}": plan for name, plan in table.items()}
                cases = tuple(
                    make_cases.make_case(seed, name, layer, plan) for name, plan in plans.items()
                )
                failures = [
                    v.failure
                    for v in judged(text, dataclasses.replace(question, cases=cases))
                    if v.failure
                ]
                assert failures == [], (seed, question.name)
    finally:
        torch.set_num_threads(before)


def test_a_bug_of_ours_is_no_mark_lost(tmp_path):
    shutil.copytree(ROOT / "grading", tmp_path / "grading")
    shutil.copytree(ROOT / "test_cases", tmp_path / "test_cases")
    shutil.copy(ROOT / "autograder.py", tmp_path)
    with open(tmp_path / "grading" / "report.py", "a") as report:
        report.write("\n\ndef show(*_):\n    raise ValueError('ours')\n")
    status, _, err = grade(tmp_path, plain(), "-q", "q1", script=tmp_path / "autograder.py")
    assert status == 3
    assert err.startswith("autograder.py: Traceback ")
    assert "ValueError: ours" in err


def test_the_stored_cases_are_those_that_are_made():
    assert list(make_cases.check(make_cases.SEED)) == []


KNOWS = {  # what each room may import, besides the standard library
    "cases": {"numpy", "safetensors", "tomli", "grading.outcome"},
    "changes": {
        "grading.diagnosis", "grading.judge", "grading.operations", "grading.outcome",
        "grading.pipeline",
    },
    "closeup": {"numpy", "rich", "grading.cases", "grading.judge"},
    "debugger": {
        "numpy", "grading.operations", "grading.outcome", "grading.source", "grading.worker",
    },
    "declaration": set(),
    "diagnosis": {"numpy", "grading.cases", "grading.fingerprint", "grading.judge"},
    "fingerprint": {"numpy"},
    "gate": {"grading.rewrite", "numpy", "torch"},
    "heatmap": {"markupsafe", "numpy"},
    "handin": {"grading.declaration", "grading.outcome", "grading.whole"},
    "judge": {
        "numpy", "grading.cases", "grading.fingerprint", "grading.observation", "grading.outcome",
    },
    "messages": set(),
    "observation": {"numpy"},
    "pages": {"jinja2", "grading.cases"},
    "operations": {"grading.cases", "grading.outcome"},
    "outcome": {"numpy"},
    "pictures": {
        "markupsafe", "numpy", "grading.cases", "grading.closeup", "grading.heatmap",
        "grading.judge",
    },
    "pipeline": {
        "numpy", "grading.cases", "grading.diagnosis", "grading.judge", "grading.operations",
        "grading.outcome",
    },
    "report": {
        "rich", "grading.cases", "grading.changes", "grading.closeup", "grading.declaration",
        "grading.diagnosis", "grading.handin", "grading.judge", "grading.messages",
        "grading.operations", "grading.outcome", "grading.pipeline", "grading.snippet",
        "grading.whole",
    },
    "report_page": {
        "grading.cases", "grading.diagnosis", "grading.judge", "grading.messages",
        "grading.outcome", "grading.pages", "grading.pictures", "grading.pipeline",
        "grading.report", "grading.whole",
    },
    "rewrite": set(),
    "run_page": {"matplotlib", "numpy", "grading.pages"},
    "runner": {"numpy", "psutil", "safetensors", "grading.outcome", "grading.source"},
    "snippet": {"numpy", "grading.closeup", "grading.judge"},
    "source": set(),
    "streams": set(),
    "watch": {
        "rich", "watchfiles", "grading.cases", "grading.changes", "grading.outcome",
        "grading.pipeline", "grading.report", "grading.runner", "grading.source",
    },
    "whole": set(),
    "worker": {"torch", "safetensors", "grading.gate", "grading.rewrite"},
}  # fmt: skip


@pytest.mark.parametrize(
    "room", sorted(p.stem for p in (ROOT / "grading").glob("*.py") if p.stem != "__init__")
)
def test_no_room_knows_more_than_the_design_lets_it(room):
    imports = set()
    for node in ast.walk(ast.parse((ROOT / "grading" / f"{room}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= (
                {node.module}
                if not node.level
                else {f"grading.{node.module or node.names[0].name}"}
            )
    imports.discard("grading.GraderError")
    known = {name if name.startswith("grading") else name.partition(".")[0] for name in imports}
    assert {
        name for name in known if name not in sys.stdlib_module_names and name != "tomllib"
    } <= KNOWS[room]
