"""Attacks the second wall for real: each attack in a process of its own, which walls itself in."""

import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("Landlock and seccomp are Linux's", allow_module_level=True)

from staff import confine

ROOT = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(confine.missing() is not None, reason=str(confine.missing()))

ATTACKS = list(confine.attacks("", ""))
MEMORY = 64 * 2**20
WALLS = f"confine.confine(memory={MEMORY}, seconds=5, prints=1000)"


def run(code, walls=WALLS, timeout=60):
    """Runs code in a process that has put up walls; returns its status and what it printed."""
    program = f"import os, sys\nfrom staff import confine\n{walls}\n{code}"
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    return ended.returncode, ended.stdout, ended.stderr


def attempt(name, case, walls=WALLS):
    """Tries an attack; returns whether it was refused as a wall refuses."""
    places = f"{str(case)!r}, {str(case.parent)!r}"
    made = f"attack = confine.attacks({places})[{name!r}]"
    status, out, err = run("print(confine.is_refused(attack))", f"{made}\n{walls}")
    assert (status, err) == (0, "")
    return out == "True\n"


@pytest.fixture
def case(tmp_path):
    path = tmp_path / "case.safetensors"
    path.write_bytes(b"the answer")
    return path


@pytest.mark.parametrize("name", ATTACKS)
def test_the_wall_refuses_an_attack(name, case):
    assert attempt(name, case)
    assert case.read_bytes() == b"the answer"


@pytest.mark.parametrize("name", sorted({*ATTACKS} - {"read the memory of the server"}))
def test_without_the_wall_the_attack_is_not_refused(name, case):
    assert not attempt(name, case, walls="")


FOLDERS = "confine._checked(confine.LIBC.prctl(38, 1, 0, 0, 0), 'prctl')\nconfine._close_folders("
FOLDERS += "confine.own_folders())"
BY_FOLDERS = {
    "write a file",
    "make a folder",
    "list the home folder",
    "read a case",
    "share memory as a file",
    "read the environment of the server",
}
BY_CALLS = {
    "make a folder",
    "open a socket",
    "make a pair of sockets",
    "fork",
    "run a program",
    "send a signal",
    "trace the server",
    "share memory",
    "make a file in memory",
    "change a limit",
    "be traced",
}


@pytest.mark.parametrize("name", sorted(BY_FOLDERS))
def test_landlock_alone_refuses_what_is_a_files(name, case):
    assert attempt(name, case, FOLDERS)


@pytest.mark.parametrize("name", sorted(BY_CALLS))
def test_seccomp_alone_refuses_what_is_a_calls(name, case):
    assert attempt(name, case, "confine._close_calls()")


def test_what_got_through_is_named():
    through = "['list the home folder', 'read a case']"
    made = f"tried = confine.attacks({str(ROOT / 'README.md')!r}, {str(ROOT)!r})\n"
    made += f"tried = {{name: tried[name] for name in {through}}}\n"
    assert run("print(confine.breaches(tried))", made)[1] == f"{through}\n"
    assert run("print(confine.breaches(tried))", made + WALLS)[1] == "[]\n"


def test_pythons_own_modules_can_still_be_imported():
    status, out, err = run("import colorsys\nprint(colorsys.rgb_to_hsv(0, 0, 0)[0])")
    assert (status, out, err) == (0, "0.0\n", "")


def test_a_file_beside_pythons_folders_cannot_be_read():
    status, _, err = run(f"open({str(ROOT / 'layers.py')!r})")
    assert status == 1
    assert "PermissionError: [Errno 13] Permission denied" in err


def test_a_thread_cannot_be_started():
    status, _, err = run("import _thread\n_thread.start_new_thread(print, ())")
    assert status == 1
    assert "RuntimeError: can't start new thread" in err


def test_a_file_that_is_open_can_grow_no_further(tmp_path):
    walls = f"file = open({str(tmp_path / 'prints')!r}, 'wb', 0)\n{WALLS}"
    status, _, _ = run("file.write(bytes(1000))\nfile.write(b'1')", walls)
    assert status != 0
    assert (tmp_path / "prints").stat().st_size == 1000


def test_memory_has_a_limit():
    assert run(f"bytearray({MEMORY // 2})")[0] == 0
    status, _, err = run(f"bytearray({2 * MEMORY})")
    assert status == 1
    assert "MemoryError" in err


def test_computing_has_a_limit():
    status, _, _ = run("while True: pass", "confine.confine(memory=2**20, seconds=1, prints=0)")
    assert status == -9


def test_a_process_may_still_end_itself_by_abort():
    assert run("os.abort()")[0] == -6


def test_no_limit_can_be_taken_back():
    walls = f"import resource\n{WALLS}"
    _, _, err = run("resource.setrlimit(resource.RLIMIT_CPU, (9, 9))", walls)
    assert "not allowed to raise maximum limit" in err
