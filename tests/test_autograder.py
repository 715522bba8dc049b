"""Grades right and wrong submissions through the real command, and holds the cases against the misconceptions."""

import ast
import dataclasses
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from grading.cases import read_questions
from grading.debugger import answer
from grading.handin import INTERFACE
from grading.judge import Verdict, judge, name_mistakes
from grading.outcome import Call, Operation, Outcome, Response
from staff import make_cases
from staff.misconceptions import MISCONCEPTIONS, plain, submission

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
    grades = ["Provisional grades", "=" * 18, *(f"Question q{i}: 20/20" for i in range(1, 5)), "Total: 80/80"]
    assert out.splitlines()[-7:] == grades
    status, out, err = grade(tmp_path, text, "-q", "q1", script="autograder")
    assert (status, err) == (0, "")
    assert "### Question q1: 20/20 ###" in out
    assert "q2" not in out


def test_an_empty_starter_has_nothing_and_is_told_why(tmp_path):
    status, out, err = grade(tmp_path, STARTER)
    assert (status, err) == (1, "")
    assert out.splitlines()[-1] == "Total: 0/80"
    assert "Traceback" not in out
    assert not re.search(r"line \d+, in (?!forward|__init__)", out)


def test_a_mistake_is_located_and_named(tmp_path):
    zero = next(m for m in MISCONCEPTIONS if m.name == "zero-padding")
    report = tmp_path / "results.json"
    status, out, err = grade(tmp_path, submission(zero), "-q", "q3", "--json", report)
    assert (status, err) == (1, "")
    assert "elements differ, all on the border" in out
    assert f"Likely: {zero.hint}" in out
    assert "Try: CustomMaxPool2D(kernel_size=3, stride=2, padding=1) on x (2, 2, 6, 7)" in out
    assert "### Question q3: 17.5/20 ###" in out
    results = json.loads(report.read_text())
    assert results["score"] == pytest.approx(17.5)
    assert sum(test["score"] for test in results["tests"]) == pytest.approx(17.5)
    assert sum(test["max_score"] for test in results["tests"]) == 20
    failed = [test for test in results["tests"] if test["status"] == "failed"]
    assert {test["name"].partition(":")[0] for test in failed} == {"q3/negative-padding", "q3/far-below"}
    assert set(results["extra_data"]["misconceptions"].values()) == {"zero-padding"}


def test_a_forbidden_operation_costs_its_share_and_is_named_once(tmp_path):
    text = plain().replace(
        'y = torch.einsum("...i,oi->...o", x, self.weight)', "y = F.linear(x, self.weight)"
    )
    status, out, _ = grade(tmp_path, text, "-q", "q1")
    line = next(i for i, line in enumerate(text.splitlines(), 1) if "F.linear" in line)
    assert status == 1
    assert out.count(f"line {line}: torch.nn.functional.linear is not allowed here (50% of the marks).") == 1
    assert "### Question q1: 10/20 ###" in out


def test_what_a_submission_prints_is_shown_with_its_case(tmp_path):
    text = plain().replace("y = torch.einsum", 'print("rows", len(x), "\\x1b[2J")\n        y = torch.einsum', 1)
    status, out, err = grade(tmp_path, text, "--case", "q1/batch")
    assert (status, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[lines.index("Printed meanwhile:") - 1].startswith("PASSED  1.5/1.5  a batch of rows")
    assert lines[lines.index("Printed meanwhile:") + 1] == "rows 6 \ufffd[2J"


def test_what_a_submission_prints_while_it_is_loaded_is_a_remark(tmp_path):
    status, out, err = grade(tmp_path, plain() + "\nprint('loaded\\x1b[2J')\n", "--case", "q1/batch")
    assert (status, err) == (0, "")
    assert "Remark: the file printed while it was loaded:\nloaded\ufffd[2J\n\nProvisional grades\n" in out


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
    command = [sys.executable, ROOT / "autograder.py", "--layers", tmp_path / "slow.py", "--timeout", "60"]
    running = psutil.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not running.children() and running.poll() is None:
        time.sleep(0.001)
    time.sleep(delay)
    running.send_signal(signal.SIGINT)
    assert running.communicate(timeout=20) == ("", "autograder.py: interrupted\n")
    assert running.returncode == 130


def test_debug_runs_in_this_process(tmp_path):
    (tmp_path / "layers.py").write_text(
        plain().replace("y = torch.einsum", "breakpoint()\n        y = torch.einsum", 1)
    )
    command = [sys.executable, ROOT / "autograder.py", "--layers", tmp_path / "layers.py", "--debug", "-q", "q1"]
    done = subprocess.run(command, input="p tuple(x.shape)\nq\n", capture_output=True, text=True, timeout=60)
    assert "(Pdb) (1, 3)" in done.stdout
    assert (done.returncode, done.stderr) == (130, "autograder.py: interrupted\n")
    (tmp_path / "layers.py").write_text(plain())
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


def test_what_could_reach_outside_is_withheld(tmp_path):
    status, out, _ = grade(tmp_path, "import os\n" + plain(), "-q", "q1")
    assert status == 1
    assert "Question q1: 0/20 (withheld: a person will look at it)" in out


def test_a_renamed_class_costs_its_question_only(tmp_path):
    status, out, err = grade(tmp_path, plain().replace("class CustomConv2D", "class CustomConv2d"))
    assert status == 2
    assert err.endswith("defines no class CustomConv2D\n")
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
            "there is no question or case 'q9': there are q1, q2, q3, q4, all, and the cases of --list",
        ),
        (plain(), ["--case", "q3/none"], "there is no question or case 'q3/none'"),
        ("return\n", [], "submission.py, line 1: 'return' outside function"),
        ("x = '\0'\n", [], "source code string cannot contain null bytes"),
        ("x = " + "-" * 10**5 + "1\n", [], "cannot read "),
        (plain(), ["--timeout", "0"], "--timeout must be positive, got 0"),
        (plain(), ["--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_bad_usage(tmp_path, text, arguments, message):
    status, out, err = grade(tmp_path, text, *arguments)
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


def test_damaged_cases_are_the_graders_fault(tmp_path):
    (tmp_path / "rubric.toml").write_text("[q1]\ntitle = 1\n")
    status, out, err = grade(tmp_path, plain(), "--cases", tmp_path)
    assert (status, out) == (3, "")
    assert "rubric.toml: " in err


def test_damaged_operations_are_the_graders_fault(tmp_path):
    shutil.copytree(ROOT / "grading", tmp_path / "grading")
    shutil.copy(ROOT / "autograder.py", tmp_path)
    (tmp_path / "test_cases").mkdir()
    (tmp_path / "test_cases" / "operations.toml").write_text("[layers\n")
    status, out, err = grade(tmp_path, plain(), "--cases", ROOT / "test_cases", script=tmp_path / "autograder.py")
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
    assert "the grader itself failed here: KeyError('0.output')" in out
    assert "### Question q1: 20/20 ###" in out


def judged(text, question):
    """Judges a submission's text on all cases of a question, in this process."""
    module, verdicts = make_cases.load(text), []
    for case in question.cases:
        failure = judge(case, answer(module, case.request, case.given))
        verdicts.append(Verdict(case, "failed" if failure else "passed", failure))
    return list(name_mistakes(verdicts))


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_judge_has_a_verdict_on_whatever_comes_back(name):
    """A fault of the judge costs no marks, so that whoever can cause one would gain by it."""
    random = np.random.default_rng(0)
    strange = [np.nan, np.inf, -np.inf, 0.0, 3e38, -3e38, 1e-45, -1.0]
    for case in QUESTIONS[name].cases:
        calls = tuple(Call({"torch.add": Operation(int(random.integers(9)), None)}) for _ in case.request["calls"])
        after = {f"{i}.after.{n}": v for i in range(len(calls)) for n, v in case.inputs(i).items()}
        for attempt in range(12):
            arrays = dict(after)
            for key, value in case.reference.items():
                shape = value.shape if attempt % 3 else random.permutation(value.shape).tolist()
                array = random.choice(strange[: attempt + 1], shape) + (value if attempt % 3 else 0)
                dtype = [np.float32, np.float32, np.float64, np.float16, np.bool_, np.int64][attempt % 6]
                with np.errstate(all="ignore"):
                    arrays[key] = np.asarray(array).astype(dtype)
            if attempt == 11:
                arrays = {key: value for key, value in arrays.items() if "grad" not in key}
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # what a NaN makes of a comparison
                failure = judge(case, Outcome(Response(calls=calls), arrays))
            assert failure is None or failure.text


def test_every_misconception_loses_marks_and_is_named():
    named, passed = 0, []
    for misconception in MISCONCEPTIONS:
        verdicts = judged(submission(misconception), BY_LAYER[misconception.layer])
        names = Counter(v.misconception for v in verdicts if v.failure)
        if not names:
            passed.append(misconception.name)
        named += bool(names) and names.most_common(1)[0][0] == misconception.name
    assert passed == []
    assert named >= 0.95 * len(MISCONCEPTIONS)


@pytest.mark.parametrize("layer", NAMES)
def test_every_case_catches_a_misconception_and_a_right_layer_passes(layer):
    question = BY_LAYER[layer]
    assert question.points == 20
    assert [case.name for case in question.cases if not case.hints] == []
    assert [v.failure for v in judged(plain(), question) if v.failure] == []


@pytest.mark.slow
def test_the_reference_passes_any_cases_with_any_number_of_threads():
    """Fifty hidden sets, each on 1 to 4 threads; judged as the command does, but in this process."""
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
                failures = [v.failure for v in judged(text, dataclasses.replace(question, cases=cases)) if v.failure]
                assert failures == [], (seed, question.name)
    finally:
        torch.set_num_threads(before)


ATTACKS = sorted((ROOT / "tests" / "attacks").glob("*.py"))


@pytest.mark.slow
def test_no_attack_gains_anything(tmp_path):
    """None has a right pool, so that none has earned a mark; modes_off hides torch's own, which is withheld."""

    def attack(path):
        report = tmp_path / f"{path.stem}.json"
        command = [
            sys.executable,
            ROOT / "autograder.py",
            "--layers",
            path,
            "-q",
            "q3",
            "--timeout",
            "1",
            "--json",
            report,
        ]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        return done, json.loads(report.read_text())

    assert len(ATTACKS) >= 30
    with ThreadPoolExecutor(2) as pool:
        for path, (done, results) in zip(ATTACKS, pool.map(attack, ATTACKS)):
            assert (done.returncode, done.stderr, done.stdout.splitlines()[-1]) == (1, "", "Total: 0/20"), path
            assert results["score"] == 0, path
            passed = [test["name"] for test in results["tests"] if test["status"] == "passed"]
            assert passed == [] or path.stem == "modes_off", path
            assert "\x1b" not in done.stdout, path


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
    "debugger": {"numpy", "grading.outcome", "grading.worker"},
    "handin": {"grading.outcome"},
    "outcome": {"numpy"},
    "pipeline": {"numpy", "grading.cases", "grading.judge", "grading.outcome", "grading.policy"},
    "policy": {"grading.cases"},
    "worker": {"torch", "safetensors"},
    "runner": {"numpy", "psutil", "safetensors", "grading.outcome"},
    "judge": {"numpy", "grading.cases", "grading.outcome"},
    "report": {"rich", "grading.cases", "grading.judge", "grading.pipeline"},
}


@pytest.mark.parametrize("room", sorted(p.stem for p in (ROOT / "grading").glob("*.py") if p.stem != "__init__"))
def test_no_room_knows_more_than_the_design_lets_it(room):
    imports = set()
    for node in ast.walk(ast.parse((ROOT / "grading" / f"{room}.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imports |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imports |= {node.module} if not node.level else {f"grading.{node.module or node.names[0].name}"}
    imports.discard("grading.GraderError")
    known = {name if name.startswith("grading") else name.partition(".")[0] for name in imports}
    assert {name for name in known if name not in sys.stdlib_module_names and name != "tomllib"} <= KNOWS[room]
