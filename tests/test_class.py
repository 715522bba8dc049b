"""Grades classes by the real command: what it keeps, resumes, survives, and who pays for whom."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from staff import misconceptions
from tests import submissions
from tests.hand_ins import PDF, RIGHT, moodle_class, write_folder, zipped
from tests.handed_out import FEW, OF_FEW

if sys.platform != "linux":
    pytest.skip("the second wall is Linux's", allow_module_level=True)

from staff import children, confine, grade_class
from staff.grades import read_given

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(confine.missing() is not None, reason=str(confine.missing()))


def run(monkeypatch, given, out, *options):
    """Runs the command in this process; returns what grades.csv has, by participant or uid."""
    arguments = ["grade_class", str(given), "--out", str(out), *map(str, options)]
    monkeypatch.setattr(sys, "argv", arguments)
    grade_class.main()
    rows = read_given(out / "grades.csv", ("uid",))
    return {row["participant id"] or row["uid"]: row for row in rows}


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def wrong(count, start=0):
    """So many wrong submissions, each with another mistake."""
    chosen = misconceptions.MISCONCEPTIONS[start : start + count]
    return [misconceptions.submission(mistake).encode() for mistake in chosen]


def small_class(folder, sources):
    """A folder of A3_UID.zip, of UIDs from 100 on."""
    members = {
        f"A3_{100 + i}.zip": zipped({"layers.py": source, "answers.pdf": PDF})
        for i, source in enumerate(sources)
    }
    return write_folder(folder, members)


@pytest.fixture
def no_run(monkeypatch):
    """Lets no submission run."""

    def refuse():
        raise AssertionError("something was run")

    monkeypatch.setattr(children, "Server", refuse)


@pytest.fixture(scope="module")
def sixty(tmp_path_factory):
    """A class of sixty that has been graded with all cases."""
    folder = tmp_path_factory.mktemp("sixty")
    members, expected = moodle_class()
    (folder / "class.zip").write_bytes(zipped(members))
    with pytest.MonkeyPatch.context() as patch:
        rows = run(patch, folder / "class.zip", folder / "out")
    return folder, rows, expected


def test_a_class_with_every_oddity_has_a_row_for_each(sixty):
    _, rows, expected = sixty
    assert list(rows) == list(expected)
    for participant, (kind, fault, _) in expected.items():
        row = rows[participant]
        if kind in ("no program", "an empty file"):
            assert row["total"] in ("", "0")
        elif fault is None:
            assert (row["total"], row["q1"], row["q5"]) == ("80", "20", "")
            assert row["status"] == ("needs a look" if kind == "two zips" else "graded")
        else:
            assert (row["total"], row["status"]) == ("", "cannot be read")
            assert row["remarks"].startswith(fault)


def test_a_finished_run_repeated_gives_the_same_bytes_and_runs_nothing(sixty, monkeypatch, no_run):
    folder, _, _ = sixty
    before = files(folder / "out")
    run(monkeypatch, folder / "class.zip", folder / "out")
    assert files(folder / "out") == before


def test_feedback_is_what_the_students_own_run_shows(tmp_path, monkeypatch):
    source = wrong(60)[-1]
    small_class(tmp_path / "class", [source])
    run(monkeypatch, tmp_path / "class", tmp_path / "out")
    (tmp_path / "layers.py").write_bytes(source)
    command = [sys.executable, ROOT / "autograder.py", "--layers", "layers.py"]
    own = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8")
    said = (tmp_path / "out" / "feedback" / "100.txt").read_text(encoding="utf-8")
    assert said == own.stdout.lstrip("\n")
    assert "costs" in said


def test_a_result_holds_verdicts_and_causes_and_no_points(sixty):
    folder, _, _ = sixty
    paths = list((folder / "out" / "results").iterdir())
    record = json.loads(paths[0].read_text(encoding="utf-8"))
    assert set(record) == {"source", "grader", "loaded", "causes", "cases"}
    assert "points" not in paths[0].read_text(encoding="utf-8").replace("points out", "")


@pytest.fixture
def few(hidden, tmp_path):
    """A copy of the small set of cases, which a test may change."""
    return shutil.copytree(hidden, tmp_path / "cases")


def test_a_change_of_the_rubric_needs_no_run(few, tmp_path, monkeypatch, request):
    small_class(tmp_path / "class", [RIGHT])
    out = tmp_path / "out"
    rows = run(monkeypatch, tmp_path / "class", out, "--cases", few)
    assert rows["100"]["total"] == f"{OF_FEW:g}"
    rubric = (few / "rubric.toml").read_text(encoding="utf-8")
    (few / "rubric.toml").write_text(rubric.replace("batch = 1.5", "batch = 3"), encoding="utf-8")
    request.getfixturevalue("no_run")
    rows = run(monkeypatch, tmp_path / "class", out, "--cases", few)
    assert rows["100"]["q1"] == "3"
    changes = (out / "changes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert changes == [
        "uid,name,participant id,question,old,new",
        "100,A3_100,,q1,1.5,3",
        f"100,A3_100,,total,{OF_FEW:g},{OF_FEW + 1.5:g}",
    ]


def test_after_a_change_of_a_case_that_one_alone_is_run(few, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT])
    run(monkeypatch, tmp_path / "class", tmp_path / "out", "--cases", few)
    shutil.copy(ROOT / "test_cases" / "q1" / "vector.safetensors", few / f"{FEW[0]}.safetensors")
    asked = []
    mark = grade_class.mark

    def noting(question, *others):
        asked.extend(case.name for case in question.cases)
        return mark(question, *others)

    monkeypatch.setattr(grade_class, "mark", noting)
    rows = run(monkeypatch, tmp_path / "class", tmp_path / "out", "--cases", few)
    assert asked == [FEW[0]]
    assert rows["100"]["total"] == f"{OF_FEW:g}"


def test_shards_put_together_are_the_whole(hidden, tmp_path, monkeypatch, request):
    small_class(tmp_path / "class", [RIGHT, *wrong(4)])
    options = ("--cases", hidden)
    whole = tmp_path / "whole"
    run(monkeypatch, tmp_path / "class", whole, *options)
    together = tmp_path / "together"
    (together / "results").mkdir(parents=True)
    for shard in ("1/2", "2/2"):
        out = tmp_path / shard[0]
        rows = run(monkeypatch, tmp_path / "class", out, *options, "--shard", shard)
        waiting = [uid for uid, row in rows.items() if row["status"] == "not graded yet"]
        assert waiting == {"1/2": ["101", "103"], "2/2": ["100", "102", "104"]}[shard]
        shutil.copytree(out / "results", together / "results", dirs_exist_ok=True)
    request.getfixturevalue("no_run")
    run(monkeypatch, tmp_path / "class", together, *options)
    assert files(together) == files(whole)


def test_one_alone_can_be_graded(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT, *wrong(2)])
    options = ("--cases", hidden, "--only", "101")
    rows = run(monkeypatch, tmp_path / "class", tmp_path / "out", *options)
    assert [row["status"] for row in rows.values()] == [
        "not graded yet",
        "graded",
        "not graded yet",
    ]
    with pytest.raises(grade_class.GraderError, match=r"of the class, got '999'$"):
        run(monkeypatch, tmp_path / "class", tmp_path / "out", "--only", "999")


HANG = RIGHT + b"\n\nwhile True:\n    pass\n"


def test_what_hangs_is_tried_again_alone_and_harms_no_other(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [HANG, RIGHT])
    options = ("--cases", hidden, "--timeout", "1")
    rows = run(monkeypatch, tmp_path / "class", tmp_path / "out", *options)
    assert rows["100"]["status"] == "needs a look"
    assert rows["100"]["total"] == "0"
    said = (tmp_path / "out" / "feedback" / "100.txt").read_text(encoding="utf-8")
    line = HANG.count(b"\n") - 1
    assert f"timeout (no answer within 1 s, in line {line})" in said
    assert rows["101"]["total"] == f"{OF_FEW:g}"


def test_what_was_not_run_is_seen_and_can_be_run_again(hidden, tmp_path, monkeypatch):
    """With a budget of nothing no case is begun; by name it is graded again with another one."""
    small_class(tmp_path / "class", [RIGHT])
    out = tmp_path / "out"
    options = ("--cases", hidden)
    rows = run(monkeypatch, tmp_path / "class", out, *options, "--budget", "1e-9")
    assert (rows["100"]["total"], rows["100"]["status"]) == ("0", "needs a look")
    assert rows["100"]["remarks"].startswith("Not run: ")
    assert run(monkeypatch, tmp_path / "class", out, *options)["100"]["total"] == "0"
    rows = run(monkeypatch, tmp_path / "class", out, *options, "--only", "100")
    assert (rows["100"]["total"], rows["100"]["status"]) == (f"{OF_FEW:g}", "graded")


def test_a_slip_in_what_persons_gave_is_told_before_anything_is_written(
    hidden, tmp_path, monkeypatch, no_run
):
    small_class(tmp_path / "class", [RIGHT])
    out = tmp_path / "out"
    given = tmp_path / "q5.csv"
    given.write_text("uid,points,remark\n999,3,\n")
    options = ("--cases", hidden, "--q5", given)
    with pytest.raises(grade_class.GraderError, match=rf"^{given}, line 2: uid must be of the"):
        run(monkeypatch, tmp_path / "class", out, *options)
    with pytest.raises(OSError, match="No such file"):
        run(monkeypatch, tmp_path / "class", out, "--overrides", out / "overrides.csv")
    assert not (out / "q5.csv").exists()


def test_what_a_person_changed_stands_in_the_feedback(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT])
    given = tmp_path / "given.csv"
    given.write_text("uid,question,points,reason\n100,q1,1,read by eye\n")
    out = tmp_path / "out"
    run(monkeypatch, tmp_path / "class", out, "--cases", hidden, "--overrides", given)
    for name in ("100.txt", "100.html"):
        said = (out / "feedback" / name).read_text(encoding="utf-8")
        assert "q1: 1 instead of 1.5: read by eye" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "class/out"], "--out must not lie in SUBMISSIONS, got class/out"),
        (["--out", "o", "--decimal", ","], "--columns and --decimal go with --worksheet only"),
        (["--out", ""], "argument --out: must be a path, got ''"),
        (["--out", "o", "--only", ""], "argument --only: must be a name, got ''"),
    ],
)
def test_a_slip_on_the_command_line_is_told(options, said, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["grade_class", "class", *options])
    with pytest.raises(SystemExit) as ended:
        grade_class.parse_arguments()
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith(f"grade_class: error: {said}\n")


# What a submission may do once there is no gate; each ends in a layer that is right.
BEYOND_THE_GATE = {
    "writes": "import os\ntry:\n    open({witness!r}, 'w')\nexcept OSError:\n    pass\n",
    "forks": "import os\ntry:\n    os.fork()\nexcept OSError:\n    pass\n",
    "runs": "import os\nos.system('touch ' + {witness!r})\n",
    "shares": ("try:\n    open('/dev/shm/witness-class', 'w')\nexcept OSError:\n    pass\n"),
    "lists": "import os\ntry:\n    print(os.listdir('/'))\nexcept OSError:\n    pass\n",
    "writes to all files": (
        "import os\nfor i in {0, *range(4, 64)}:\n    try:\n"
        "        os.write(i, b'REGISTER:/x:semaphore')\n    except OSError:\n        pass\n"
    ),
    "ends": "import os\nos._exit(0)\n",
    "answers by itself": "import os\nos.write(3, b'\\xff' * 8 + b'forged')\n",
    "answers in part": "import os\nos.write(3, b'\\x10' + bytes(7))\nwhile True:\n    pass\n",
    "reads on": "import os\nos.close(3)\nwhile True:\n    pass\n",
    "takes memory": "x = []\nwhile True:\n    x.append(bytearray(2**24))\n",
    "prints without end": "import os\nwhile True:\n    os.write(1, bytes(2**20))\n",
}


def test_beyond_the_gate_the_second_wall_keeps_submissions_apart(hidden, tmp_path, monkeypatch):
    monkeypatch.setattr(children, "SERVER", ["-B", "-m", "tests.ungated_server"])
    witness = str(tmp_path / "witness")
    sources = []
    for code in BEYOND_THE_GATE.values():
        bad = code.replace("{witness!r}", repr(witness)).encode() + RIGHT
        sources += [bad, RIGHT + f"# {len(sources)}\n".encode()]
    small_class(tmp_path / "class", sources)
    options = ("--cases", hidden, "--timeout", "2")
    rows = list(run(monkeypatch, tmp_path / "class", tmp_path / "out", *options).values())
    assert {row["total"] for row in rows[1::2]} == {f"{OF_FEW:g}"}
    assert not Path(witness).exists()
    assert not Path("/dev/shm/witness-class").exists()
    totals = dict(zip(BEYOND_THE_GATE, (row["total"] for row in rows[::2])))
    harmless = {"writes", "forks", "runs", "shares", "lists", "writes to all files"}
    assert {name for name, total in totals.items() if total == f"{OF_FEW:g}"} == harmless
    assert {total for name, total in totals.items() if name not in harmless} == {"0"}
    listed = (tmp_path / "out" / "feedback" / f"{100 + 2 * 4}.txt").read_text(encoding="utf-8")
    assert "'tmp'" not in listed


def test_a_wall_with_a_hole_stops_the_command(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT])
    monkeypatch.setattr(
        children.Server, "attack", lambda server, *others: ["fork", "send a signal"]
    )
    with pytest.raises(grade_class.GraderError) as told:
        run(monkeypatch, tmp_path / "class", tmp_path / "out", "--cases", hidden)
    assert str(told.value) == (
        "the second wall did not refuse to fork, send a signal; "
        "--no-confine says that a container around this does that work"
    )
    assert list((tmp_path / "out" / "results").iterdir()) == []


def test_without_the_wall_it_says_so_and_grades_the_same(hidden, tmp_path, monkeypatch, capsys):
    small_class(tmp_path / "class", [RIGHT, *wrong(1)])
    run(monkeypatch, tmp_path / "class", tmp_path / "a", "--cases", hidden)
    assert capsys.readouterr().err == ""
    run(monkeypatch, tmp_path / "class", tmp_path / "b", "--cases", hidden, "--no-confine")
    assert capsys.readouterr().err == (
        "grade_class: on linux; the operating system's wall is not up: "
        "each submission has a process of its own\n"
    )
    assert files(tmp_path / "a") == files(tmp_path / "b")


def kill_soon(monkeypatch, which):
    """Kills the first child, or the server, as soon as there is one."""
    fork = children.Server.fork
    killed = []

    def forked(server, *others):
        child = fork(server, *others)
        if not killed:
            killed.append(child.pid if which == "child" else server.process.pid)
            threading.Timer(0.05, os.kill, (killed[0], signal.SIGKILL)).start()
        return child

    monkeypatch.setattr(children.Server, "fork", forked)
    return killed


@pytest.mark.parametrize("which", ["child", "server"])
def test_marks_do_not_move_when_a_process_is_killed(which, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT, *wrong(3)])
    run(monkeypatch, tmp_path / "class", tmp_path / "a")
    killed = kill_soon(monkeypatch, which)
    run(monkeypatch, tmp_path / "class", tmp_path / "b")
    assert len(killed) == 1
    assert files(tmp_path / "a") == files(tmp_path / "b")


def command(folder, cases, out):
    return [
        *(sys.executable, "-m", "staff.grade_class", str(folder)),
        *("--out", str(out), "--cases", str(cases)),
    ]


def test_a_full_disk_ends_in_a_line_and_the_next_run_goes_on(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT, *wrong(2)])

    def leave_no_room():  # a file may have no byte more than this
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

    ended = subprocess.run(
        command(tmp_path / "class", hidden, tmp_path / "out"),
        cwd=ROOT,
        preexec_fn=leave_no_room,
        capture_output=True,
        encoding="utf-8",
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("grade_class: ")
    assert ended.stderr.count("\n") == 1
    assert list((tmp_path / "out" / "results").iterdir()) == []
    run(monkeypatch, tmp_path / "class", tmp_path / "out", "--cases", hidden)
    run(monkeypatch, tmp_path / "class", tmp_path / "whole", "--cases", hidden)
    assert files(tmp_path / "out") == files(tmp_path / "whole")


@pytest.mark.slow
def test_ctrl_c_at_ten_random_moments_changes_no_byte(hidden, tmp_path, monkeypatch):
    small_class(tmp_path / "class", [RIGHT, *wrong(60)])
    began = time.monotonic()
    subprocess.run(command(tmp_path / "class", hidden, tmp_path / "whole"), cwd=ROOT, check=True)
    took = time.monotonic() - began
    out = tmp_path / "out"
    statuses = []
    counts = []
    for seed in range(10):
        process = subprocess.Popen(command(tmp_path / "class", hidden, out), cwd=ROOT)
        time.sleep(random.Random(seed).uniform(0.3, 1) * took)
        process.send_signal(signal.SIGINT)
        statuses.append(process.wait(60))
        counts.append(len(list((out / "results").glob("*"))) if out.exists() else 0)
    assert 130 in statuses
    assert counts == sorted(counts)
    subprocess.run(command(tmp_path / "class", hidden, out), cwd=ROOT, check=True)
    assert files(out) == files(tmp_path / "whole")


@pytest.mark.slow
def test_no_attack_moves_the_marks_of_who_comes_next(tmp_path, monkeypatch):
    attacks = [attack for attack in submissions.attacks() if attack.compiles]
    sources = []
    for i, attack in enumerate(attacks):
        sources += [attack.source, RIGHT + f"# {i}\n".encode()]
    small_class(tmp_path / "class", sources)
    options = ("--timeout", "1", "--budget", "4")
    rows = list(run(monkeypatch, tmp_path / "class", tmp_path / "out", *options).values())
    assert {row["total"] for row in rows[1::2]} == {"80"}
    gained = {
        attack.path.stem: row[attack.questions[0]]
        for attack, row in zip(attacks, rows[::2])
        if float(row[attack.questions[0]] or 0) > attack.may_earn
    }
    assert gained == {}
    assert [left for a in attacks for left in submissions.witnesses_left(a.source)] == []
