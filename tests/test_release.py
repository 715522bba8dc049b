"""Uses what is handed out as its readers would: unpacked into empty folders, by real commands."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from grading import GraderError
from staff import make_cases, release, starter
from staff.misconceptions import MISCONCEPTIONS, plain
from staff.plans import QUESTIONS
from tests.handed_out import FEW, OF_FEW, filled, members, run, unpack

ROOT = Path(__file__).parent.parent
POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")
SEED_MUST = "--hidden must be 0 or more, and not the 2026 of the cases that students have"


@pytest.fixture
def unpacked(archives, tmp_path):
    """What students get, in an empty folder."""
    unpack(archives / "assignment3.zip", tmp_path)
    (folder,) = tmp_path.iterdir()
    return folder


# The students' archive


def test_the_students_archive_has_what_a_student_needs_and_nothing_else(archives):
    names = members(archives / "assignment3.zip")
    assert {name.split("/")[0] for name in names} == {"assignment3"}
    assert {name.split("/")[1] for name in names} == {
        "LICENSE", "README.md", "autograder", "autograder.py", "data", "grading", "layers.py",
        "requirements.txt", "test_cases", "train.py",
    }  # fmt: skip
    grading = {path.name for path in (ROOT / "grading").glob("*.py")}
    assert {name.split("/")[2] for name in names if "/grading/" in name} == grading | {"templates"}
    cases = {name.partition("/test_cases/")[2] for name in names if "/test_cases/" in name}
    stored = {f"{name}.safetensors" for name in make_cases.stored_names(make_cases.CASES)}
    assert cases == stored | {"misconceptions.json", "operations.toml", "rubric.toml"}
    assert len([name for name in names if name.endswith(".gz")]) == 4


def solution_lines():
    """The lines of code that a student is to write."""
    found = set()
    for source in (plain(), (ROOT / "layers.py").read_text(encoding="utf-8")):
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found |= set(lines[node.lineno : node.end_lineno])
    return telling(found)


def wrong_lines():
    """The lines of code that the misconceptions have instead."""
    changes = [change for mistake in MISCONCEPTIONS for change in mistake.changes]
    return telling(line for change in changes for line in change.new)


def telling(lines):
    """Those that say something, as "return x" does not, and that are not given."""
    given = starter.starter()
    stripped = {line.strip() for line in lines}
    long = {line for line in stripped if len(line) > 15 and re.search(r"[=(\[]", line)}
    return {line for line in long if line not in given}


def solution_names():
    """What only the reference solution calls by a name of its own."""
    tree = ast.parse((ROOT / "layers.py").read_text(encoding="utf-8"))
    defined = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    names = {node.name for node in defined if re.match("_[A-Za-z]", node.name)}
    return names - {"_pair"}  # which torch has, too, and operations.toml allows


def test_no_file_for_students_has_a_line_or_a_name_of_a_solution(archives):
    names = re.compile("|".join(rf"\b{name}\b" for name in solution_names()).encode())
    right = solution_lines()
    wrong = wrong_lines()
    assert min(len(right), len(wrong)) > 200
    assert len(solution_names()) > 30
    found = set()
    for name, content in members(archives / "assignment3.zip").items():
        # A hint may name a line of a wrong layer, since it says what is wrong.
        lines = right if name.endswith("/misconceptions.json") else right | wrong
        found |= {(name, line) for line in lines if line.encode() in content}
        found |= {(name, match.decode()) for match in names.findall(content)}
    assert found == set()


def test_no_file_for_students_speaks_of_what_they_do_not_get(archives):
    forbidden = rb"staff[/.]|tests/|bench|CONTRIBUTING|Claude|Anthropic|plain\.py"
    for name, content in members(archives / "assignment3.zip").items():
        assert re.findall(forbidden, content) == [], name


def test_the_starter_earns_nothing_yet_and_is_told_so(unpacked):
    status, out, err = run(sys.executable, "autograder.py", "-q", "all", cwd=unpacked)
    assert (status, err) == (1, "")
    assert "Total: 0/80\n" in out
    for layer, _ in QUESTIONS.values():
        assert f"\n{layer} is not written yet.\n" in out
    blocks = re.findall(r"```\n(.*?)```", (unpacked / "README.md").read_text(), re.DOTALL)
    (report,) = [block for block in blocks if block.startswith("Question")]
    assert out.startswith(f"\n{report}")


def test_the_starter_with_the_four_forwards_written_earns_all(unpacked):
    text = filled((unpacked / "layers.py").read_text(encoding="utf-8"))
    (unpacked / "layers.py").write_text(text, encoding="utf-8")
    status, out, err = run(sys.executable, "autograder", "-q", "all", cwd=unpacked)
    assert (status, err) == (0, "")
    assert out.endswith("Total: 80/80\n")
    assert "Remark" not in out


@pytest.mark.slow
def test_the_starter_with_the_four_forwards_written_trains(unpacked):
    text = filled((unpacked / "layers.py").read_text(encoding="utf-8"))
    (unpacked / "layers.py").write_text(text, encoding="utf-8")
    options = ["--limit", "500", "--epochs", "1", "--device", "cpu"]
    status, out, _ = run(sys.executable, "train.py", *options, cwd=unpacked, limit=600)
    assert status == 0
    assert re.search(r"\nTest Accuracy: \d\d\.\d\d%\n", out)
    (folder,) = (unpacked / "runs").iterdir()
    assert (folder / "curves.png").is_file()


def test_a_hand_in_is_packed_of_what_students_get(unpacked):
    text = filled((unpacked / "layers.py").read_text(encoding="utf-8"))
    (unpacked / "layers.py").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "answers.pdf", unpacked)
    status, _, err = run(sys.executable, "autograder.py", "--zip", "3035123456", cwd=unpacked)
    assert (status, err) == (0, "")
    assert members(unpacked / "A3_3035123456.zip").keys() == {"layers.py", "answers.pdf"}


def test_the_students_readme_has_the_points_of_the_rubric_and_the_handouts_questions():
    said = " ".join(release.readme().split())
    assert "| 3 | `CustomMaxPool2D`: pooling layer | 20 |" in said
    assert "Any other costs half of its question's marks; torch's own version" in said
    assert "that the question asks for costs all." in said
    answers = (ROOT / "answers" / "answers.typ").read_text(encoding="utf-8")
    questions = re.findall(r"^= (.*)$", answers, re.MULTILINE)
    assert len(questions) == 5
    for number, question in enumerate(questions, 1):
        assert f"{number}. {question}" in said


def test_a_link_in_the_students_readme_leads_to_a_file(unpacked):
    links = re.findall(r"\]\(([^)]+)\)", (unpacked / "README.md").read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (unpacked / link).is_file()] == []


def test_a_course_may_have_uids_of_its_own(tmp_path):
    files = release.students(uid=r"u\d{7}")
    source = files["assignment3/grading/handin.py"].decode()
    names = {"__name__": "grading.handin", "__package__": "grading"}
    exec(compile(source, "handin.py", "exec", dont_inherit=True), names)
    assert names["uid_fault"]("u1234567") is None
    assert names["uid_fault"]("3035") == r"--zip must be a UID, as u\d{7} has it, got '3035'"


def test_a_uid_never_names_another_folder(monkeypatch):
    monkeypatch.setattr("grading.handin.UID", ".*")
    from grading.handin import uid_fault

    for uid in ("../3035", "a\\b", "a\0"):
        assert uid_fault(uid) == f"--zip must be a UID, digits only, got {uid!r}"
    assert uid_fault("Ng, A.") is None


# The archives as such


def test_the_same_input_makes_the_same_bytes(archives, hidden, tmp_path):
    list(release.release(tmp_path, hidden, seed=7))
    for path in archives.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_an_archive_says_nothing_of_when_and_where_it_was_made(archives):
    for path in archives.iterdir():
        with zipfile.ZipFile(path) as file:
            found = file.infolist()
        assert [member.filename for member in found] == sorted(file.namelist())
        assert {member.date_time for member in found} == {(1980, 1, 1, 0, 0, 0)}
        modes = {member.filename: oct(member.external_attr >> 16) for member in found}
        executable = {name for name, mode in modes.items() if mode == "0o100755"}
        assert executable == ({"run_autograder", "setup.sh"} if "scope" in path.name else set())
        assert set(modes.values()) <= {"0o100755", "0o100644"}


def test_the_listing_adds_up_and_fits_a_terminal(hidden, tmp_path):
    lines = list(release.release(tmp_path, hidden, seed=7))
    assert max(map(len, lines)) < 80
    assert f"  {'grader/test_cases/ (7 files)':<50} " in "\n".join(lines)
    assert lines[0].startswith("\nassignment3.zip, 13.")
    files = {"a/b/c": b"12", "a/b/d/e": b"345", "a/f": b"6", "g": b"78"}
    assert [" ".join(line.split()) for line in release.listing(files)] == [
        "a/b/ (2 files) 5 bytes",
        "a/f 1 byte",
        "g 2 bytes",
    ]


def test_staff_get_the_answers_how_to_mark_them_and_the_hidden_cases(archives, hidden):
    files = members(archives / "staff.zip")
    assert files["answers.pdf"] == (ROOT / "answers.pdf").read_bytes()
    assert files["hidden/seed.txt"] == b"7\n"
    assert files["hidden/q3/negative-padding.safetensors"].startswith(b"")
    cases = {name for name in files if name.endswith(".safetensors")}
    assert cases == {f"hidden/{name}.safetensors" for name in FEW}
    marking = files["marking.md"].decode()
    assert re.findall(r"^\| (\d\.\d) \|", marking, re.MULTILINE) == [
        f"{question}.{point}" for question in range(1, 6) for point in range(1, 5)
    ]


def test_cases_that_the_rubric_does_not_have_are_not_handed_out(hidden, tmp_path):
    shutil.copytree(hidden, tmp_path / "set")
    (tmp_path / "set" / "q1" / "more.safetensors").touch()
    with pytest.raises(GraderError) as error:
        release.set_of_cases(tmp_path / "set")
    assert str(error.value) == f"{tmp_path / 'set'}: q1/more: is stored and has no points"


# The command


def command(*arguments, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["release.py", *map(str, arguments)])
    release.main()


@pytest.fixture
def quick(monkeypatch, hidden):
    """Copies the four cases where the command would make all."""

    def write(folder, seed, extra):
        shutil.copytree(hidden, folder, dirs_exist_ok=True)

    monkeypatch.setattr(release, "write_all", write)


def test_the_command_writes_three_archives_and_says_what_is_in_them(
    quick, monkeypatch, capsys, tmp_path
):
    out = tmp_path / "out"
    command(out, "--hidden", 7, monkeypatch=monkeypatch)
    names = ["assignment3.zip", "gradescope.zip", "staff.zip"]
    assert sorted(path.name for path in out.iterdir()) == names
    assert list(tmp_path.iterdir()) == [out]
    said = capsys.readouterr().out
    assert "Making the hidden cases of seed 7. This takes some minutes.\n" in said
    assert f"4 hidden cases, {OF_FEW:g} points\nq1: its cases have 1.5 points, not 20\n" in said
    assert said.endswith(
        f"\nwritten to {out}\nthe same command with --hidden 7 makes the same again\n"
    )
    for name in names:
        assert f"\n{name}, " in said


def test_a_seed_is_drawn_that_nobody_can_guess(quick, monkeypatch, capsys, tmp_path):
    for name in ("one", "two"):
        command(tmp_path / name, monkeypatch=monkeypatch)
    seeds = re.findall(r"with --hidden (\d+) makes the same again", capsys.readouterr().out)
    assert len(set(seeds)) == 2
    assert min(map(int, seeds)) > 0


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError("disk full")])
def test_what_ends_early_leaves_nothing(error, quick, monkeypatch, capsys, tmp_path):
    def fail(*_):
        raise error

    monkeypatch.setattr(release, "staff", fail)
    with pytest.raises(SystemExit) as ended:
        command(tmp_path / "out", "--hidden", 7, monkeypatch=monkeypatch)
    assert list(tmp_path.iterdir()) == []
    interrupted = error is KeyboardInterrupt
    assert ended.value.code == (130 if interrupted else 2)
    said = "interrupted, and nothing is written" if interrupted else "disk full"
    assert capsys.readouterr().err == f"staff.release: {said}\n"


@POSIX
def test_ctrl_c_while_cases_are_made_is_one_line_and_leaves_nothing(tmp_path):
    begin = [sys.executable, "-m", "staff.release", str(tmp_path / "out"), "--hidden", "7"]
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with subprocess.Popen(
        begin,
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,  # Ctrl-C reaches all processes of a terminal
    ) as process:
        assert process.stdout.readline().startswith("Making the hidden cases of seed 7.")
        time.sleep(3)  # what it has started imports torch, or is at work
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert err == "staff.release: interrupted, and nothing is written\n"
    assert process.returncode == 130
    assert list(tmp_path.iterdir()) == [temporary]
    assert [path for path in temporary.iterdir() if not path.name.startswith("pymp-")] == []


@pytest.mark.parametrize(
    "arguments, message",
    [
        ([], "the following arguments are required: OUT"),
        (["full"], "OUT must be a new folder, or an empty one, got full"),
        (["full/file"], "OUT must be a new folder, or an empty one, got full/file"),
        (["no/out"], "there is no folder {here}/no to write out in"),
        (
            ["out", "--uid-pattern", "["],
            "--uid-pattern must be a regular expression, got '[': "
            "unterminated character set at position 0",
        ),
        (["out", "--hidden", "x"], "argument --hidden: invalid int value: 'x'"),
        (["out", "--hidden", "2026"], f"{SEED_MUST}, got 2026"),
        (["out", "--hidden", "-1"], f"{SEED_MUST}, got -1"),
        (["out", "--extra", "no.py"], "no.py: FileNotFoundError: [Errno 2] No such file or "),
    ],
)
def test_bad_usage_is_one_line(arguments, message, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    Path("full/file").touch()
    with pytest.raises(SystemExit) as ended:
        command(*arguments, monkeypatch=monkeypatch)
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert err.startswith(f"staff.release: {message.format(here=tmp_path)}")
    assert err.endswith(" (--help lists the options)\n")
    assert err.count("\n") == 1
    assert not Path("out").exists()
