"""Uses what is handed out as its readers would: unpacked into empty folders, by real commands."""

import ast
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import psutil
import pytest

import autograder
from grading import GraderError
from grading.cases import read_toml
from grading.declaration import STATEMENTS, read_declaration
from staff import make_cases, release, rubric, starter
from staff.misconceptions import MISCONCEPTIONS, plain
from staff.plans import QUESTIONS, Plan, images, pool

ROOT = Path(__file__).parent.parent
FEW = ("q1/batch", "q2/padding", "q3/negative-padding", "q4/large")
OF_FEW = 1.5 + 1.5 + 2 + 1.5  # points
POSIX = pytest.mark.skipif(os.name != "posix", reason="as POSIX has it")
SEED_MUST = "--hidden must be 0 or more, and not the 2026 of the cases that students have"
NOT_FINAL = "This score is not final: tell the course staff, who see why and can grade again."


def run(*command, cwd, limit=120, **environment):
    """Returns exit status, stdout and stderr."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=limit,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def hidden(tmp_path_factory):
    """A set of four cases, one a question."""
    folder = tmp_path_factory.mktemp("hidden")
    table = read_toml(make_cases.CASES / "rubric.toml")
    for name in FEW:
        question, _, case = name.partition("/")
        table[question]["points"] = {case: table[question]["points"][case]}
        (folder / question).mkdir()
        shutil.copy(make_cases.CASES / f"{name}.safetensors", folder / question)
    rubric.write_rubric(table, folder / "rubric.toml")
    shutil.copy(make_cases.CASES / "misconceptions.json", folder)
    return folder


@pytest.fixture(scope="module")
def archives(hidden, tmp_path_factory):
    """The folder of the three archives."""
    folder = tmp_path_factory.mktemp("archives")
    list(release.release(folder, hidden, seed=7))
    return folder


@pytest.fixture
def unpacked(archives, tmp_path):
    """What students get, in an empty folder."""
    unpack(archives / "assignment3.zip", tmp_path)
    (folder,) = tmp_path.iterdir()
    return folder


def unpack(archive, folder):
    """Unpacks an archive as unzip does, with the permissions."""
    with zipfile.ZipFile(archive) as file:
        for member in file.infolist():
            Path(file.extract(member, folder)).chmod(member.external_attr >> 16)


def members(archive):
    with zipfile.ZipFile(archive) as file:
        return {name: file.read(name) for name in file.namelist()}


def filled(text=None, solution=None):
    """The starter with the four forwards of a solution between its marks, and a declaration."""
    lines = (text or starter.starter()).splitlines()
    source = solution or plain()
    bodies = {node.name: body(node) for node in classes(source)}
    for node in reversed(classes("\n".join(lines))):
        marks = [i for i, line in enumerate(lines) if line.strip() in (starter.BEGIN, starter.END)]
        first, last = (i for i in marks if node.lineno <= i < node.end_lineno + 1)
        start, end = bodies[node.name]
        lines[first + 1 : last] = source.splitlines()[start:end]
    return declared("\n".join(lines) + "\n")


def classes(source):
    return [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def body(layer):
    """The lines of a layer's forward, as a slice takes them."""
    forward = next(node for node in layer.body if getattr(node, "name", "") == "forward")
    return forward.body[0].lineno - 1, forward.end_lineno


def declared(text):
    """Deletes the statements but the first, as a student would."""
    first = text.index("    - I acknowledge")
    last = text.index("If you have used")
    return text[:first] + text[last:]


# The starter


def test_the_starter_has_the_lines_of_the_plain_layers_but_for_forwards_and_docstrings():
    source = plain().splitlines()
    for node in classes(plain()):
        first, last = body(node)
        docstring = node.body[0]
        for i in [*range(docstring.lineno - 1, docstring.end_lineno), *range(first, last)]:
            source[i] = ""
    given = [line for line in source[source.index("import math") :] if line]
    text = starter.starter()
    assert [line for line in given if line not in text.splitlines()] == []
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


# The students' archive


def test_the_students_archive_has_what_a_student_needs_and_nothing_else(archives):
    names = members(archives / "assignment3.zip")
    assert {name.split("/")[0] for name in names} == {"assignment3"}
    assert {name.split("/")[1] for name in names} == {
        "LICENSE", "README.md", "autograder", "autograder.py", "data", "grading", "layers.py",
        "requirements.txt", "test_cases", "train.py",
    }  # fmt: skip
    grading = {path.name for path in (ROOT / "grading").glob("*.py")}
    assert {name.split("/")[2] for name in names if "/grading/" in name} == grading
    cases = {name.partition("/test_cases/")[2] for name in names if "/test_cases/" in name}
    stored = {f"{name}.safetensors" for name in make_cases.stored_names(make_cases.CASES)}
    assert cases == stored | {"misconceptions.json", "operations.toml", "rubric.toml"}
    assert len([name for name in names if name.endswith(".gz")]) == 4


def solution_lines():
    """The lines of code that a student is to write, and those of every wrong layer."""
    found = set()
    for source in (plain(), (ROOT / "layers.py").read_text(encoding="utf-8")):
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                continue
            found |= {line.strip() for line in lines[node.lineno : node.end_lineno]}
    for mistake in MISCONCEPTIONS:
        for change in mistake.changes:
            found |= {line.strip() for line in change.new}
    # What is as short as "return x" says nothing; what is given is no secret.
    given = starter.starter()
    telling = {line for line in found if len(line) > 15 and re.search(r"[=(\[]", line)}
    return {line for line in telling if line not in given}


def solution_names():
    """What only the reference solution calls by a name of its own."""
    tree = ast.parse((ROOT / "layers.py").read_text(encoding="utf-8"))
    defined = [node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    names = {node.name for node in defined if re.match("_[A-Za-z]", node.name)}
    return names - {"_pair"}  # which torch has, too, and operations.toml allows


def test_no_file_for_students_has_a_line_or_a_name_of_a_solution(archives):
    lines = [line.encode() for line in solution_lines()]
    names = re.compile("|".join(rf"\b{name}\b" for name in solution_names()).encode())
    assert len(lines) > 300
    assert len(solution_names()) > 30
    found = set()
    for name, content in members(archives / "assignment3.zip").items():
        found |= {(name, line.decode()) for line in lines if line in content}
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
    status, out, err = run(sys.executable, "train.py", *options, cwd=unpacked, limit=600)
    assert (status, err) == (0, "")
    assert re.search(r"Test Accuracy: \d\d\.\d\d%\n\Z", out)


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
    assert "costs half of its question's marks, and torch's own version" in said
    assert "layer that you are to write all." in said
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
    assert lines[0].startswith("\nassignment3.zip, 12.")
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
    assert said.endswith(f"\nwritten to {out}; --hidden 7 makes the same again\n")
    for name in names:
        assert f"\n{name}, " in said


def test_a_seed_is_drawn_that_nobody_can_guess(quick, monkeypatch, capsys, tmp_path):
    for name in ("one", "two"):
        command(tmp_path / name, monkeypatch=monkeypatch)
    seeds = re.findall(r"--hidden (\d+) makes the same again", capsys.readouterr().out)
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
        _, err = process.communicate()
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


# Gradescope


@pytest.fixture
def autograder_root(archives, tmp_path):
    """A folder as Gradescope lays out /autograder."""
    unpack(archives / "gradescope.zip", tmp_path / "source")
    (tmp_path / "submission").mkdir()
    return tmp_path


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
    content = filled().encode()
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
    (submission / "layers.py").write_text(filled(), encoding="utf-8")
    results, _ = graded(autograder_root)
    assert results["score"] == OF_FEW
    assert results["output"] == "There are several: layers.py, old/layers.py."


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
    (autograder_root / "submission" / "layers.py").write_text("import torch\nclass :\n")
    results, out = graded(autograder_root)
    assert results["score"] == 0
    assert results["output"] == "layers.py, line 2: invalid syntax"
    assert "autograder.py: layers.py, line 2: invalid syntax\n" in out


def test_a_file_that_is_too_large_is_told(autograder_root):
    (autograder_root / "submission" / "layers.py").write_bytes(b"#" * (2**20 + 5))
    results, _ = graded(autograder_root)
    assert results["output"] == "cannot read layers.py: it must have at most 1,048,576 bytes"


def test_the_starter_is_told_what_a_student_lacks(autograder_root):
    (autograder_root / "submission" / "layers.py").write_text(starter.starter(), encoding="utf-8")
    results, _ = graded(autograder_root)
    assert results["score"] == 0
    assert "found only the template's list" in results["output"]


def test_a_grader_that_fails_is_no_zero_without_a_word(autograder_root):
    cases = autograder_root / "source" / "grader" / "test_cases"
    (cases / "q1" / "batch.safetensors").write_bytes(b"damaged")
    (autograder_root / "submission" / "layers.py").write_text(filled(), encoding="utf-8")
    results, out = graded(autograder_root)
    assert results["output"] == f"The grader itself failed, with status 3. {NOT_FINAL}"
    assert "cannot read the case" in out
    assert "cannot read the case" not in results["output"]


def test_a_grader_that_is_missing_is_told(autograder_root):
    shutil.rmtree(autograder_root / "source" / "grader")
    (autograder_root / "submission" / "layers.py").write_text(filled(), encoding="utf-8")
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
    (autograder_root / "submission" / "layers.py").write_text(filled(), encoding="utf-8")
    results, _ = graded(autograder_root)
    assert results["score"] == OF_FEW  # it costs no marks
    assert results["output"] == f"The grader itself failed in some cases. {NOT_FINAL}"


def test_what_is_graded_before_the_time_is_up_counts(autograder_root):
    slow = filled().replace(
        "        n, c, height",
        "        import time; time.sleep(2.5)\n        n, c, height",
    )
    (autograder_root / "submission" / "layers.py").write_text(slow, encoding="utf-8")
    results, _ = graded(autograder_root, BUDGET=6)
    statuses = [test["status"] for test in results["tests"]]
    assert statuses[0] == "passed"
    assert statuses[-1] == "failed"
    assert 1.5 <= results["score"] < OF_FEW
    said = "not run: cases before them took too long, or ended the process"
    assert results["tests"][-1]["output"] == said


def test_a_run_that_takes_too_long_is_ended_and_told(autograder_root):
    endless = "while True:\n    pass\n"
    (autograder_root / "submission" / "layers.py").write_text(endless, encoding="utf-8")
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


# Points, and further cases


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
