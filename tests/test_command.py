"""Starts the command as a person in a hurry would, on a machine that is not as ours."""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from staff.misconceptions import MISCONCEPTIONS, plain, submission

ROOT = Path(__file__).parent.parent
GRADER = ROOT / "autograder.py"
INSTALL = "pip install -r requirements.txt installs them"
ONE = ["--case", "q1/one-row"]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="as Linux has it")
POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")


def run(*arguments, **options):
    options = {"cwd": ROOT, "timeout": 60, "stdout": subprocess.PIPE, **options}
    done = subprocess.run(arguments, stderr=subprocess.PIPE, text=True, **options)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def file(tmp_path):
    """Writes a submission and returns its path."""

    def write(text):
        path = tmp_path / "layers.py"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("script", ["autograder.py", "autograder"])
def test_missing_packages_are_named_in_one_line(script):
    """-S leaves out the folder of installed packages."""
    names = "psutil, rich, numpy, safetensors, torch"
    if sys.version_info < (3, 11):
        names += ", tomli"
    error = f"autograder.py: packages are missing ({names}); {INSTALL}\n"
    assert run(sys.executable, "-S", script, "-q", "q1") == (2, "", error)


def test_help_needs_no_packages():
    status, out, err = run(sys.executable, "-S", "autograder.py", "--help")
    assert (status, err) == (0, "")
    assert "--question Q" in out


def test_an_older_python_is_told_in_one_line():
    code = f"import runpy, sys; sys.version_info = (3, 9, 18); runpy.run_path({str(GRADER)!r}"
    done = run(sys.executable, "-c", f"{code}, run_name='__main__')")
    error = f"autograder.py: Python must be 3.10 or newer, got 3.9.18 ({sys.executable})\n"
    assert done == (2, "", error)


@pytest.mark.parametrize("script", ["autograder.py", "autograder"])
@pytest.mark.parametrize("flag", ["-I", "-P"])
def test_a_python_that_leaves_out_the_scripts_folder_grades_as_well(script, flag, file):
    if flag == "-P" and sys.version_info < (3, 11):
        pytest.skip("-P came with Python 3.11")
    command = [sys.executable, flag, script, "--layers", file(plain()), *ONE]
    status, out, err = run(*command)
    assert (status, err) == (0, "")
    assert "### Question q1: 1/1 ###" in out


def test_the_variable_that_leaves_it_out_grades_as_well(file):
    environment = os.environ | {"PYTHONSAFEPATH": "1"}
    command = [sys.executable, GRADER, "--layers", file(plain()), *ONE]
    status, _, err = run(*command, env=environment)
    assert (status, err) == (0, "")


@POSIX
def test_a_working_folder_that_is_gone_is_told_in_one_line(tmp_path):
    (tmp_path / "gone").mkdir()
    code = "import os, sys; os.chdir('gone'); os.rmdir('../gone'); os.execv(sys.executable, "
    code += f"[sys.executable, {str(GRADER)!r}, '-q', 'q1'])"
    status, out, err = run(sys.executable, "-c", code, cwd=tmp_path)
    assert (status, out) == (2, "")
    wanted = "the working folder cannot be found (No such file or directory); change to another"
    assert err == f"autograder.py: {wanted}\n"


@LINUX
def test_a_pipe_is_no_file_to_grade(file):
    """As bash makes one of <(cat layers.py)."""
    reader, writer = os.pipe()
    try:
        command = [sys.executable, GRADER, "--layers", f"/dev/fd/{reader}"]
        done = run(*command, pass_fds=[reader])
    finally:
        os.close(reader)
        os.close(writer)
    error = f"autograder.py: cannot read /dev/fd/{reader}: it must be a regular file\n"
    assert done == (2, "", error)


FOREIGN = "raise ValueError('\N{CHECK MARK} 坏 é')"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1", "gbk", "utf-8"])
def test_any_encoding_of_a_terminal_shows_all_that_it_can(encoding, file, tmp_path):
    path = file(plain().replace("y = torch.einsum", f"{FOREIGN}\n        y = torch.einsum", 1))
    report = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, GRADER, "--layers", path, "--json", report, *ONE],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": encoding},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (1, b"")
    shown = "ValueError: \N{CHECK MARK} 坏 é"
    assert shown.encode(encoding, "backslashreplace") in done.stdout
    (test,) = json.loads(report.read_text(encoding="utf-8"))["tests"]
    assert shown in test["output"]


def test_the_projects_own_signs_are_shown_on_any_terminal(file):
    (missing,) = [m for m in MISCONCEPTIONS if m.name == "softmax-missing"]
    assert "Σ" in missing.hint
    command = [sys.executable, GRADER, "--layers", file(submission(missing)), "-q", "q4"]
    status, out, err = run(*command, env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert (status, err) == (1, "")
    assert missing.hint.replace("Σ", "\\u03a3") in out


@POSIX
@pytest.mark.parametrize("flags", [[], ["-u"]])
@pytest.mark.parametrize(
    "change, arguments, status",
    [
        (("", ""), ONE, 0),
        (("return y\n", "return -y\n"), ONE, 1),
        (("", ""), ["--case", "none"], 2),
        (("", ""), ["--list"], 0),
        (("", ""), ["--help"], 0),
    ],
)
def test_a_reader_that_has_gone_changes_no_exit_status(flags, change, arguments, status, file):
    """As behind ``2>&1 | true``."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, *flags, GRADER, "--layers", file(plain().replace(*change, 1))]
        done = subprocess.run([*command, *arguments], stdout=writer, stderr=writer, timeout=60)
    finally:
        os.close(writer)
    assert done.returncode == status


@LINUX
def test_a_report_that_cannot_be_written_is_told_in_one_line(file):
    command = [sys.executable, GRADER, "--layers", file(plain()), *ONE]
    with open("/dev/full", "w") as full:
        status, _, err = run(*command, stdout=full)
    error = f"autograder.py: cannot write the report: {os.strerror(errno.ENOSPC)}\n"
    assert (status, err) == (2, error)


@LINUX
def test_a_full_temporary_folder_is_the_graders_fault(file, tmp_path):
    """A limit on the size of files stands in for a disk that is full."""
    import resource

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))

    report = tmp_path / "results.json"
    report.write_text('{"score": 80.0}')
    command = [sys.executable, GRADER, "--layers", file(plain()), "--json", report, *ONE]
    status, out, err = run(*command, preexec_fn=limit, env=os.environ | {"TMPDIR": str(tmp_path)})
    assert (status, out) == (3, "")
    reason = f"no room for 8 MB in {tmp_path}: {os.strerror(errno.EFBIG)}"
    assert err == f"autograder.py: {reason}; free some, or set TMPDIR to another folder\n"
    assert os.listdir(tmp_path) == ["layers.py"]


@POSIX
def test_a_device_or_a_pipe_for_the_results_is_written_to_and_not_removed(file, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        command = [sys.executable, GRADER, "--layers", file(plain()), "--json", pipe, *ONE]
        status, _, err = run(*command)
        written = os.read(reader, 2**16)
    finally:
        os.close(reader)
    assert (status, err) == (0, "")
    assert json.loads(written)["score"] == 1
    assert pipe.is_fifo()


@POSIX
def test_a_link_for_the_results_stays_one(file, tmp_path):
    (tmp_path / "kept.json").write_text("older")
    (tmp_path / "results.json").symlink_to("kept.json")
    command = [sys.executable, GRADER, "--layers", file(plain()), "--json", "results.json", *ONE]
    status, _, err = run(*command, cwd=tmp_path)
    assert (status, err) == (0, "")
    assert (tmp_path / "results.json").is_symlink()
    assert json.loads((tmp_path / "kept.json").read_text())["score"] == 1
    assert sorted(os.listdir(tmp_path)) == ["kept.json", "layers.py", "results.json"]


@pytest.mark.parametrize("place", ["missing/results.json", "."])
def test_results_that_cannot_be_written_are_told_before_anything_is_graded(place, file, tmp_path):
    command = [sys.executable, GRADER, "--layers", file(plain()), "--json", place]
    status, out, err = run(*command, cwd=tmp_path)
    assert (status, out) == (2, "")
    assert err.startswith("autograder.py: cannot write: ")
    assert err.endswith(f": {place!r}\n")
    assert os.listdir(tmp_path) == ["layers.py"]


def test_a_list_needs_nothing_to_grade_and_touches_no_results(tmp_path):
    (tmp_path / "results.json").write_text("older")
    arguments = ["--list", "--layers", "none.py", "--json", "results.json", "-q", "q1"]
    status, out, err = run(sys.executable, GRADER, *arguments, cwd=tmp_path)
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "q1/one-row                         1  one row"
    assert (tmp_path / "results.json").read_text() == "older"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["--json", ""], "--json must be a file, got '' (--help lists the options)"),
        (
            ["--json", "./layers.py"],
            "--json must not be the file that is graded (--help lists the options)",
        ),
        (["--cases", "none"], "--cases must be a folder, got 'none' (--help lists the options)"),
        (["--list", "--case", "ties"], "the cases of --list; did you mean q3/ties?"),
        (["--list", "--case", "q3/tie"], "the cases of --list; did you mean q3/ties?"),
        (["--list", "--case", ""], "the cases of --list"),
        (["--list", "-q", "q9"], "the cases of --list"),
    ],
)
def test_a_slip_on_the_command_line_is_told_in_one_line(arguments, message):
    status, out, err = run(sys.executable, GRADER, *arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.endswith(f"{message}\n")


def test_a_case_may_be_written_in_capitals():
    status, out, err = run(sys.executable, GRADER, "--case", " Q1/One-Row", "--list")
    assert (status, out.split()[0], err) == (0, "q1/one-row", "")


def test_a_script_that_was_copied_alone_says_what_it_lacks(tmp_path):
    script = tmp_path / "autograder.py"
    script.write_bytes(GRADER.read_bytes())
    error = f"{tmp_path} lacks the folder grading; "
    error += "leave this script beside it, and use --layers FILE"
    assert run(sys.executable, script, "-q", "q1") == (2, "", f"autograder.py: {error}\n")


def test_where_the_width_is_said_to_be_0_something_is_shown():
    environment = os.environ | {"COLUMNS": "0"}
    status, out, err = run(sys.executable, GRADER, "--list", "-q", "q1", env=environment)
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == 15


@LINUX
def test_what_a_library_prints_when_it_is_imported_is_no_print_of_the_submission(file):
    """As libgomp does of a variable that is no number."""
    environment = os.environ | {"OMP_NUM_THREADS": "many"}
    command = [sys.executable, GRADER, "--layers", file(plain()), *ONE]
    status, out, err = run(*command, env=environment)
    assert (status, err) == (0, "")
    assert "printed" not in out


@pytest.mark.parametrize(
    "raised, status, line",
    [
        ("KeyboardInterrupt", 130, "tool: interrupted\n"),
        ("OSError(28, 'No space left', 'q1')", 1, "tool: [Errno 28] No space left: 'q1'\n"),
    ],
)
def test_a_tool_ends_in_one_line(raised, status, line):
    code = f"from staff.command import run_tool\ndef main(): raise {raised}\n"
    assert run(sys.executable, "-c", f"{code}run_tool('tool', main)") == (status, "", line)


@POSIX
@pytest.mark.parametrize(
    "arguments, line",
    [
        (["--seed", "3"], "--seed goes with --out: the repository's cases have their own seed"),
        (["--seed", "-1"], "--seed must be 0 or more, got -1"),
        (["--out", "/dev/null/x"], "staff.make_cases: [Errno 20] Not a directory: '/dev/null/x'"),
    ],
)
def test_cases_that_cannot_be_made_are_told_at_once(arguments, line):
    command = [sys.executable, "-m", "staff.make_cases", "--only", "q1/one-row", *arguments]
    status, out, err = run(*command)
    assert (status > 0, out) == (True, "")
    assert err.splitlines()[-1].endswith(line)
