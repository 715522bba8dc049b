"""Watches a file by the real command: saves of every kind, faults, and the end."""

import contextlib
import dataclasses
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from grading import runner as rooms
from grading.cases import read_questions
from grading.debugger import load
from grading.outcome import Response
from grading.report import no_program
from grading.watch import _slip
from staff import make_cases
from staff.misconceptions import MISCONCEPTIONS, plain, submission

ROOT = Path(__file__).parent.parent
GRADER = ROOT / "autograder.py"
LIMIT = 300  # seconds in which anything must have come
BY_NAME = {mistake.name: mistake for mistake in MISCONCEPTIONS}
STRIDE = BY_NAME["conv-stride-ignored"]
TWO = submission(BY_NAME["conv-bias-ignored"], STRIDE)
WRONG = submission(STRIDE)  # 16 of 20
ENDLESS = "print('here')\nwhile True: pass\n"
CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
NO_PROGRAM = "import torch\ndef f(:\n"
GRADES = ["", "Provisional grades", "=" * 18]
POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")


class Watched:
    """The command, watching layers.py in a folder of its own, and what it has said."""

    def __init__(self, folder, text, *arguments, layers=None):
        self.file = folder / "layers.py"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        if text is not None:
            self.save(text)
        command = [sys.executable, GRADER, "--watch", "--layers", layers or "layers.py"]
        places = dict.fromkeys(["TMPDIR", "TEMP", "TMP"], str(self.temporary))
        self.process = psutil.Popen(
            [*command, *(arguments or ["-q", "q2"])],
            cwd=folder,
            env=os.environ | places,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines = queue.SimpleQueue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def save(self, text):
        self.file.write_text(text, encoding="utf-8")

    def until(self, pattern):
        """The lines up to the first that the pattern matches as a whole."""
        lines = []
        while not lines or not re.fullmatch(pattern, lines[-1]):
            line = self.lines.get(timeout=LIMIT)
            assert line is not None, lines
            lines.append(line)
        return lines

    def begun(self):
        """What it says first, until it watches."""
        return self.until("Watching layers.py; Ctrl-C ends[.]")

    def workers(self):
        return self.process.children(recursive=True)

    def end(self):
        """Ends it by Ctrl-C; returns its exit status, and what it said."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(LIMIT)
        lines = []
        while (line := self.lines.get(timeout=LIMIT)) is not None:
            lines.append(line)
        return status, lines


@pytest.fixture
def watched(tmp_path):
    """Starts the command, and ends it with the test."""
    started = []

    def start(text, *arguments, **options):
        started.append(Watched(tmp_path, text, *arguments, **options))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
        one.process.wait(LIMIT)
        one.reader.join(LIMIT)
        one.process.stdout.close()


def eventually(condition):
    end = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def plain_run(folder, *arguments):
    command = [sys.executable, GRADER, "--layers", "layers.py", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=LIMIT)
    return done.returncode, done.stdout.splitlines(), done.stderr


def by_renaming(path, text):
    part = path.with_name("layers.py.tmp")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def by_backup(path, text):
    """As vim and Emacs do: the old file becomes a backup, and another is written."""
    os.replace(path, path.with_name("layers.py~"))
    path.write_text(text, encoding="utf-8")


def by_deleting(path, text):
    path.unlink()
    path.write_text(text, encoding="utf-8")


def in_two_writes(path, text):
    half = len(text) // 2
    with open(path, "w", encoding="utf-8") as file:
        file.flush()
        file.write(text[:half])
        file.flush()
        file.write(text[half:])


def test_every_editors_way_to_save_is_seen(watched, tmp_path):
    """A folder that is a link is followed, as one that is none."""
    (tmp_path / "folder").mkdir()
    layers = "folder/layers.py"
    if os.name == "posix":
        (tmp_path / "link").symlink_to("folder")
        layers = "link/layers.py"
    path = tmp_path / "folder" / "layers.py"
    path.write_text(WRONG, encoding="utf-8")
    watch = watched(None, "--case", "q2/stride", layers=layers)
    watch.begun()
    ways = [by_renaming, by_backup, by_deleting, in_two_writes]
    for i, way in enumerate(ways):
        text, points = (WRONG, r"0/2 \(-2\)") if i % 2 else (plain(), r"2/2 \(\+2\)")
        way(path, text)
        said = watch.until(f"Question q2: {points}")
        assert not [line for line in said if "cannot read" in line or "Nothing" in line], way


def test_a_session_from_the_first_report_to_the_last_grades(watched, tmp_path):
    report = tmp_path / "results.json"
    html = tmp_path / "report.html"
    watch = watched(TWO, "-q", "q2", "--verbose", "--json", report, "--html", html)
    first = watch.begun()
    status, alone, err = plain_run(tmp_path, "-q", "q2", "--verbose")
    assert (status, err) == (1, "")
    assert first == [*alone, "", "Watching layers.py; Ctrl-C ends."]
    assert json.loads(report.read_text())["score"] == 0

    watch.save(WRONG)
    said = watch.until("Still there: .*")
    assert re.fullmatch(CLOCK, said[1])
    assert said[:1] + said[2:] == [
        "",
        "Question q2: 16/20 (+16)",
        f"Gone: {BY_NAME['conv-bias-ignored'].hint}",
        "Still there: 1 cause (4 points)",
    ]
    assert json.loads(report.read_text())["score"] == 16

    reason = "layers.py, line 2: invalid syntax"
    watch.save(NO_PROGRAM)
    assert re.fullmatch(f"{CLOCK} {reason}", watch.until(f"{CLOCK} .*")[-1])
    assert plain_run(tmp_path, "-q", "q2") == (2, [], f"autograder.py: {reason}\n")
    results = json.loads(report.read_text())
    assert (results["score"], results["output"]) == (0, reason)
    assert reason in html.read_text(encoding="utf-8")
    watch.file.unlink()
    reason = "cannot read layers.py: No such file or directory"
    assert re.fullmatch(f"{CLOCK} {reason}", *watch.until(f"{CLOCK} .*"))
    watch.save("")
    reason = "the file defines no class CustomConv2D"
    assert re.fullmatch(f"{CLOCK} {reason}", *watch.until(f"{CLOCK} .*"))
    watch.save("import torch\nreturn\n")
    reason = "layers.py, line 2: 'return' outside function"
    assert re.fullmatch(f"{CLOCK} {reason}", *watch.until(f"{CLOCK} .*"))

    watch.save(f"{WRONG}\n# the same layers\n")
    blank, said = watch.until(f"{CLOCK} .*")
    assert blank == ""
    assert re.fullmatch(f"{CLOCK} Nothing changed. Total: 16/20", said)
    assert json.loads(report.read_text())["score"] == 16
    watch.save(f"{WRONG}\n# the same layers\n")  # nothing is said of the same bytes
    watch.save(plain())
    said = watch.until("PASSED    2/2    .*  q2/stride")
    assert re.fullmatch(CLOCK, said[1])
    assert said[2:-1] == ["Question q2: 20/20 (+4)", f"Gone: {STRIDE.hint}", ""]
    assert json.loads(report.read_text())["score"] == 20
    assert "20/20" in html.read_text(encoding="utf-8")
    if os.name == "posix":
        status, said = watch.end()
        assert status == 0
        assert said[-5:] == [*GRADES, "Question q2: 20/20", "Total: 20/20"]
        assert list(watch.temporary.iterdir()) == []


@POSIX
def test_ctrl_c_after_nothing_that_could_be_graded_has_no_grades(watched):
    watch = watched(NO_PROGRAM)
    watch.begun()
    (worker,) = watch.workers()
    status, said = watch.end()
    assert status == 2
    assert not {*GRADES[1:]} & {*said}  # a line may come twice where Ctrl-C meets its flush
    assert not worker.is_running()
    assert list(watch.temporary.iterdir()) == []


@POSIX
def test_a_fault_of_the_graders_has_its_own_exit_status(watched, tmp_path):
    shutil.copytree(ROOT / "test_cases", tmp_path / "cases")
    case = read_questions(ROOT / "test_cases")["q1"].cases[1]
    make_cases.write_case(dataclasses.replace(case, bound={}), tmp_path / "cases")
    watch = watched(plain(), "--case", case.name, "--cases", "cases")
    watch.begun()
    assert watch.end()[0] == 3


@POSIX
def test_ctrl_c_in_the_first_grading_ends_as_a_plain_run(watched):
    watch = watched(ENDLESS, "--case", "q2/stride", "--timeout", "600")
    eventually(lambda: has_printed(watch))
    assert watch.end() == (130, ["autograder.py: interrupted"])
    assert list(watch.temporary.iterdir()) == []


@POSIX
def test_ctrl_c_in_a_later_grading_tells_the_grades_before_it(watched):
    watch = watched(WRONG, "--case", "q2/stride", "--timeout", "600")
    watch.begun()
    watch.save(ENDLESS)
    eventually(lambda: has_printed(watch))
    assert watch.end() == (1, [*GRADES, "Question q2: 0/2", "Total: 0/2"])
    assert list(watch.temporary.iterdir()) == []


def test_results_that_cannot_be_written_end_it_and_nothing_is_left(watched, tmp_path):
    (tmp_path / "results").mkdir()
    report = tmp_path / "results" / "results.json"
    watch = watched(WRONG, "--case", "q2/stride", "--json", report)
    watch.begun()
    workers = watch.workers()
    shutil.rmtree(tmp_path / "results")
    watch.save(NO_PROGRAM)
    (said,) = watch.until("autograder.py: .*")
    assert said.startswith("autograder.py: cannot write: ")
    assert watch.process.wait(LIMIT) == 2
    assert [worker for worker in workers if worker.is_running()] == []
    assert list(watch.temporary.iterdir()) == []


@POSIX
def test_who_is_killed_leaves_no_worker_and_no_folder(watched):
    watch = watched(plain(), "--case", "q2/stride")
    watch.begun()
    workers = watch.workers()
    watch.process.kill()
    assert psutil.wait_procs(workers, LIMIT)[1] == []
    eventually(lambda: list(watch.temporary.iterdir()) == [])


def has_printed(watch):
    """Whether the submission runs: it has printed something."""
    printed = b""
    for prints in watch.temporary.glob("grading-*/prints"):
        with contextlib.suppress(OSError):
            printed += prints.read_bytes()
    return b"here" in printed


def test_a_save_ends_the_grading_of_what_was_there_before(watched):
    """Else this would take twenty minutes, until two cases are out of time."""
    watch = watched(WRONG, "--case", "q2/stride", "--timeout", "600")
    watch.begun()
    watch.save(ENDLESS)
    eventually(lambda: has_printed(watch))
    watch.save(plain())
    assert len(watch.until(r"Question q2: 2/2 \(\+2\)")) == 3


def test_of_many_saves_at_once_the_last_one_counts_and_one_worker_waits(watched):
    watch = watched(WRONG, "--case", "q2/stride")
    watch.begun()
    for i in range(40):
        watch.save(f"{TWO}\n# {i}\n")
    watch.save(plain())
    watch.until(r"Question q2: 2/2 \(\+2\)")
    eventually(lambda: len(watch.workers()) == 1)
    eventually(lambda: len(list(watch.temporary.iterdir())) == 1)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--zip", "1"], "--watch does not go with --zip"),
        (["--list"], "--watch does not go with --list"),
        (["--debug"], "--watch does not go with --debug"),
        (["--case", "q2/stride", "--show"], "--watch does not go with --show"),
        (["--layers", "nowhere/layers.py"], "--watch must have a folder to watch, got 'nowhere'"),
    ],
)
def test_what_does_not_go_with_it_is_refused_in_a_line(tmp_path, arguments, message):
    command = [sys.executable, GRADER, "--watch", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"autograder.py: {message}\n"


WITHOUT = f"""
import importlib.util, runpy, sys
sys.argv = sys.argv[1:]
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "watchfiles" else find(name)
class Missing:
    def find_spec(self, name, *_):
        if name == "watchfiles":
            raise ImportError("it is not installed")
sys.meta_path.insert(0, Missing())
runpy.run_path({str(GRADER)!r}, run_name="__main__")
"""


def test_only_who_watches_needs_watchfiles(tmp_path):
    def run(*arguments):
        command = [sys.executable, "-c", WITHOUT, GRADER, "--case", "q2/stride", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=LIMIT)

    done = run("--watch")
    install = "pip install -r requirements.txt installs them"
    message = f"autograder.py: packages are missing (watchfiles); {install}\n"
    assert (done.returncode, done.stdout, done.stderr) == (2, "", message)
    assert run().returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        NO_PROGRAM,
        "x = (\n",
        "if True:\nx = 1\n",
        "\tx = 1\n  y = 2\n",
        "x = 'never closed\n",
        "print 'here'\n",
        "x = \N{MULTIPLICATION SIGN}\n",
        "f'{'\n",
    ],
)
def test_a_slip_is_told_in_the_words_of_a_plain_run(text):
    """The parent finds it by itself, for a worker is spent by what it loads."""
    loaded = Response.parse(load(text).answer)
    assert not loaded.compiled
    assert _slip("layers.py", text) == no_program("layers.py", loaded.error)


@pytest.mark.parametrize("text", [plain(), "return\n", "x = " + "-" * 10**5 + "1\n", "'\\d'\n"])
def test_what_only_the_worker_can_judge_is_left_to_it(text):
    assert _slip("layers.py", text) is None


def test_a_spare_that_cannot_be_started_or_is_lost_is_replaced(monkeypatch, tmp_path):
    def none(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(rooms.tempfile, "tempdir", str(tmp_path))
    with monkeypatch.context() as patch:
        patch.setattr(psutil, "Popen", none)
        spare = rooms.Spare(10)
        with pytest.raises(BlockingIOError):
            spare.take(10, 512)
    with spare:
        others = psutil.Process().children()
        spare.start()
        (lost,) = (child for child in psutil.Process().children() if child not in others)
        lost.kill()
        psutil.wait_procs([lost], LIMIT)
        spare.wait()
        worker = spare.take(7, 300)
        assert (worker.timeout, worker.memory, worker.ready) == (7, 300, True)
        worker.kill()


def test_after_a_bad_save_the_end_does_not_pass_an_old_grade_for_the_files(watched):
    one = watched(plain(), "--case", "q3/ties")
    one.begun()
    one.save(NO_PROGRAM)
    one.until(f"{CLOCK} .*layers[.]py, line 2: .*")
    status, said = one.end()
    assert status == 2
    last = "The file cannot be graded as it is; what could be graded last had:"
    assert last in said
    assert said[-1] == "Total: 0.5/0.5"


@POSIX
def test_a_reader_that_goes_away_ends_the_watch(tmp_path):
    (tmp_path / "layers.py").write_text(plain(), encoding="utf-8")
    command = f"{sys.executable} {GRADER} --watch --layers layers.py -q q1 | head -2"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LIMIT,
    )
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_a_folder_is_no_file_to_watch(tmp_path):
    status, said, error = plain_run(tmp_path, "--watch", "--layers", str(tmp_path))
    told = f"autograder.py: --watch must have a file to watch, got the folder {str(tmp_path)!r}\n"
    assert (status, said, error) == (2, [], told)
