"""Grades as Gradescope does: in the folders that it lays out, by the script that it calls."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

import autograder
from staff import make_cases, starter
from tests.handed_out import FEW, OF_FEW, filled, members, run, unpack

ROOT = Path(__file__).parent.parent
POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")
NOT_FINAL = "This score is not final: tell the course staff, who see why and can grade again."
RIGHT = filled(starter.starter())


@pytest.fixture
def autograder_root(archives, tmp_path):
    """A folder as Gradescope lays out /autograder."""
    unpack(archives / "gradescope.zip", tmp_path / "source")
    (tmp_path / "submission").mkdir()
    return tmp_path


def hand_in(root, text):
    (root / "submission" / "layers.py").write_text(text, encoding="utf-8")


def graded(root, **changes):
    """Runs run_autograder; returns results.json, and what instructors see."""
    script = root / "source" / "run_autograder"
    if changes:
        text = script.read_text(encoding="utf-8")
        for name, value in changes.items():
            text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {value!r}", text)
        script.write_text(text, encoding="utf-8")
    status, out, err = run(sys.executable, script, root, cwd=root)
    assert status == 0
    return json.loads((root / "results" / "results.json").read_text(encoding="utf-8")), out + err


def zipped(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name, packed, remark",
    [
        ("layers.py", None, ""),
        ("Layers.py", None, "Graded is Layers.py."),
        ("A3_3035/layers.py", None, "Graded is A3_3035/layers.py."),
        ("A3_3035.zip", "layers.py", "Graded is A3_3035.zip/layers.py."),
        ("A3_3035.ZIP", "A3/Layers.py", "Graded is A3_3035.ZIP/A3/Layers.py."),
    ],
)
def test_a_submission_is_found_however_it_comes(name, packed, remark, autograder_root):
    path = autograder_root / "submission" / name
    path.parent.mkdir(exist_ok=True)
    content = RIGHT.encode()
    others = {"__MACOSX/._layers.py": b"\0", "answers.pdf": b"%PDF"}
    path.write_bytes(zipped(**{packed: content}, **others) if packed else content)
    (path.parent / "._layers.py").write_bytes(b"\0")
    results, out = graded(autograder_root)
    assert results["score"] == OF_FEW
    assert results["output"] == remark
    assert [test["status"] for test in results["tests"]] == ["passed"] * len(FEW)
    assert [test["name"].partition(":")[0] for test in results["tests"]] == list(FEW)
    assert f"Total: {OF_FEW:g}/{OF_FEW:g}\n" in out


def test_of_several_files_the_nearest_to_the_top_is_graded(autograder_root):
    submission = autograder_root / "submission"
    (submission / "old").mkdir()
    (submission / "old" / "layers.py").write_text("raise SystemExit")
    hand_in(autograder_root, RIGHT)
    results, _ = graded(autograder_root)
    assert results["score"] == OF_FEW
    told = "Graded is layers.py.\nThere are several: layers.py, old/layers.py."
    assert results["output"] == told


@pytest.mark.parametrize(
    "files, listed",
    [
        ({}, "There is no file at all."),
        ({"layer.py": b"", "answers.pdf": b""}, "There is: answers.pdf, layer.py."),
        (
            {"A3_1.zip": b"PK no zip"},
            "A3_1.zip cannot be read: File is not a zip file.\nThere is: A3_1.zip.",
        ),
    ],
)
def test_a_missing_file_is_told_with_what_there_is(files, listed, autograder_root):
    for name, content in files.items():
        (autograder_root / "submission" / name).write_bytes(content)
    results, _ = graded(autograder_root)
    assert results["score"] == 0
    assert results["output"] == f"There is no layers.py in what was handed in.\n{listed}"


@POSIX
def test_a_link_is_no_submission(autograder_root):
    secret = autograder_root / "secret"
    secret.write_text("token")
    (autograder_root / "submission" / "layers.py").symlink_to(secret)
    results, _ = graded(autograder_root)
    assert results["output"].startswith("There is no layers.py in what was handed in.\n")


def test_a_file_that_does_not_parse_is_told_with_its_line(autograder_root):
    hand_in(autograder_root, "import torch\nclass :\n")
    results, out = graded(autograder_root)
    assert results["score"] == 0
    assert results["output"] == "layers.py, line 2: invalid syntax"
    assert "autograder.py: layers.py, line 2: invalid syntax\n" in out


def test_a_file_that_is_too_large_is_told(autograder_root):
    (autograder_root / "submission" / "layers.py").write_bytes(b"#" * (2**20 + 5))
    results, _ = graded(autograder_root)
    assert results["output"] == "cannot read layers.py: it must have at most 1,048,576 bytes"


def test_the_starter_is_told_what_a_student_lacks(autograder_root):
    hand_in(autograder_root, starter.starter())
    results, _ = graded(autograder_root)
    assert results["score"] == 0
    assert "found only the template's list" in results["output"]


def test_a_grader_that_fails_is_no_zero_without_a_word(autograder_root):
    cases = autograder_root / "source" / "grader" / "test_cases"
    (cases / "q1" / "batch.safetensors").write_bytes(b"damaged")
    hand_in(autograder_root, RIGHT)
    results, out = graded(autograder_root)
    assert results["output"] == f"The grader itself failed, with status 3. {NOT_FINAL}"
    assert "cannot read the case" in out
    assert "cannot read the case" not in results["output"]


def test_a_grader_that_is_missing_is_told(autograder_root):
    shutil.rmtree(autograder_root / "source" / "grader")
    hand_in(autograder_root, RIGHT)
    results, out = graded(autograder_root)
    assert results["output"] == f"The grader itself failed, with status 2. {NOT_FINAL}"
    assert "autograder.py" in out


def test_a_case_that_the_grader_fails_in_is_told_beside_those_it_graded(autograder_root):
    judge = autograder_root / "source" / "grader" / "grading" / "judge.py"
    text = judge.read_text(encoding="utf-8")
    before = "    failure = _first_failure(case, outcome)\n"
    assert before in text
    fault = '    if case.name == "q4/large":\n        raise ZeroDivisionError\n'
    judge.write_text(text.replace(before, fault + before), encoding="utf-8")
    hand_in(autograder_root, RIGHT)
    results, _ = graded(autograder_root)
    assert results["score"] == OF_FEW  # it costs no marks
    assert results["output"] == f"The grader itself failed in some cases. {NOT_FINAL}"


def test_after_its_budget_the_grader_begins_no_case(autograder_root):
    hand_in(autograder_root, RIGHT)
    results, _ = graded(autograder_root, BUDGET=0.001)
    assert results["score"] == 0
    said = "not run: cases before them took too long, or ended the process"
    assert [test["output"] for test in results["tests"]] == [said] * len(FEW)


def test_a_run_that_takes_too_long_is_ended_and_told(autograder_root):
    hand_in(autograder_root, "while True:\n    pass\n")
    results, _ = graded(autograder_root, LIMIT=5)
    assert results["output"] == f"Grading took more than 0 minutes, and was ended. {NOT_FINAL}"
    left = [p for p in psutil.process_iter() if str(autograder_root) in " ".join(cmdline(p))]
    assert left == []


def cmdline(process):
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def test_the_time_that_gradescope_gives_is_not_used_up():
    text = (ROOT / "staff" / "gradescope" / "run_autograder").read_text(encoding="utf-8")
    numbers = re.findall(r"(?m)^(BUDGET|LIMIT|GRACE) = ([\d *]+)", text)
    seconds = {name: eval(number) for name, number in numbers}
    assert seconds["BUDGET"] + 60 < seconds["LIMIT"]
    assert seconds["LIMIT"] + seconds["GRACE"] < 9 * 60


def test_gradescope_installs_what_the_grader_needs(archives):
    files = members(archives / "gradescope.zip")
    names = set(re.findall(r"(?m)^\w+", files["requirements.txt"].decode()))
    assert names == {*autograder.PACKAGES, "tomli"}
    setup = files["setup.sh"].decode()
    without_cuda = setup.index("install --no-cache-dir torch --index-url")
    assert without_cuda < setup.index("-r /autograder/source/requirements.txt")
    assert files["run_autograder"].startswith(b"#!/usr/bin/env python3\n")
    assert setup.startswith("#!/usr/bin/env bash\n")


@POSIX
def test_setup_is_bash():
    assert run("bash", "-n", ROOT / "staff" / "gradescope" / "setup.sh", cwd=ROOT)[0] == 0


def test_grading_fits_the_memory_that_gradescope_gives(autograder_root):
    """768 MB; torch with CUDA takes more of it than without, which setup.sh installs."""
    source = autograder_root / "source"
    shutil.rmtree(source / "grader" / "test_cases")
    shutil.copytree(make_cases.CASES, source / "grader" / "test_cases")
    shutil.copy(ROOT / "layers.py", autograder_root / "submission")
    process = psutil.Popen(
        [sys.executable, str(source / "run_autograder"), str(autograder_root)],
        stdout=subprocess.DEVNULL,
    )
    most = 0
    while process.poll() is None:
        most = max(most, memory([process, *process.children(recursive=True)]))
        time.sleep(0.05)
    results = json.loads((autograder_root / "results" / "results.json").read_text())
    assert results["score"] == 80
    assert 50 * 2**20 < most < 768 * 2**20


def memory(processes):
    """Bytes that are in memory, of which what processes share is counted more than once."""
    total = 0
    for process in processes:
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total
