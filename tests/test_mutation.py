"""Tries the mutator on a few lines, and the grading of mutants on a right one and on wrong ones."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests import mutation
from tests.mutants import Mutant, mutants

ROOT = Path(__file__).parent.parent
SAMPLE = '''\
def f(x, k=2, dim=None):
    """Not this."""
    if k > 1 and dim is not None:  # nor this
        x = -x[1:, ::2].max(dim, keepdim=True)
    return torch.einsum("ij->ji", x) if k else x.sum(1.0, "mean")
'''
# Of each of its lines, what the line becomes.
CHANGES = {
    "def f(x, k=2, dim=None):": [
        "def f(x, k=3, dim=None):",
        "def f(x, k=1, dim=None):",
        "def f(x, k=2, dim=1):",
    ],
    "if k > 1 and dim is not None:": [
        "if True:",
        "if False:",
        "if k > 1 or dim is not None:",
        "if k >= 1 and dim is not None:",
        "if k <= 1 and dim is not None:",
        "if k > 2 and dim is not None:",
        "if k > 0 and dim is not None:",
        "if k > 1 and dim is None:",
        "if k > 1 and dim is not 1:",
    ],
    "x = -x[1:, ::2].max(dim, keepdim=True)": [
        "pass",
        "x = x[1:, ::2].max(dim, keepdim=True)",
        "x = -x[1:, ::2].min(dim, keepdim=True)",
        "x = -x[::2, 1:].max(dim, keepdim=True)",
        "x = -x[:, ::2].max(dim, keepdim=True)",
        "x = -x[2:, ::2].max(dim, keepdim=True)",
        "x = -x[0:, ::2].max(dim, keepdim=True)",
        "x = -x[1:, :].max(dim, keepdim=True)",
        "x = -x[1:, ::3].max(dim, keepdim=True)",
        "x = -x[1:, ::1].max(dim, keepdim=True)",
        "x = -x[1:, ::2].max(dim)",
        "x = -x[1:, ::2].max(dim, keepdim=False)",
    ],
    "return torch.einsum('ij->ji', x) if k else x.sum(1.0, 'mean')": [
        "pass",
        "return torch.einsum(x, 'ij->ji') if k else x.sum(1.0, 'mean')",
        "return torch.einsum('ji->ji', x) if k else x.sum(1.0, 'mean')",
        "return torch.einsum('i-j>ji', x) if k else x.sum(1.0, 'mean')",
        "return torch.einsum('ij>-ji', x) if k else x.sum(1.0, 'mean')",
        "return torch.einsum('ij-j>i', x) if k else x.sum(1.0, 'mean')",
        "return torch.einsum('ij->ij', x) if k else x.sum(1.0, 'mean')",
        "return torch.einsum('ij->ji', x) if True else x.sum(1.0, 'mean')",
        "return torch.einsum('ij->ji', x) if False else x.sum(1.0, 'mean')",
        "return torch.einsum('ij->ji', x) if k else x.mean(1.0, 'mean')",
        "return torch.einsum('ij->ji', x) if k else x.sum('mean', 1.0)",
        "return torch.einsum('ij->ji', x) if k else x.sum(2.0, 'mean')",
        "return torch.einsum('ij->ji', x) if k else x.sum(0.0, 'mean')",
        "return torch.einsum('ij->ji', x) if k else x.sum(1.0, 'none')",
        "return torch.einsum('ij->ji', x) if k else x.sum(1.0, 'sum')",
    ],
}


def test_the_mutator_makes_every_change_once():
    made = {}
    for mutant in mutants(SAMPLE):
        assert mutant.where == "f"
        made.setdefault(mutant.before, []).append(mutant.after)
    assert {before: sorted(afters) for before, afters in made.items()} == {
        before: sorted(afters) for before, afters in CHANGES.items()
    }


def test_a_wrong_mutant_is_rejected_and_the_original_is_not(monkeypatch):
    """Rejected is also what hangs or ends its process, or is right but takes too much memory."""
    monkeypatch.setattr(mutation, "MEMORY", 2**30)
    text = (ROOT / "staff" / "plain.py").read_text(encoding="utf-8")
    texts = {
        "hangs": "while True: pass",
        "ends": "import os; os._exit(0)",
        "bloated": f"import time\nx = b'x' * 2**30\ntime.sleep(1)\ndel x\n{text}",
        "wrong": text.replace("y + self.bias", "y - self.bias"),
        "original": text,
    }
    todo = [Mutant("", "", name, text) for name, text in texts.items()]
    graded = mutation.grade(todo, seconds=5)
    assert [mutant.after for mutant, rejected in graded if not rejected] == ["original"]


@pytest.mark.parametrize(
    "survivors, status, lines",
    [
        ('"… = 1" = ["a = 2", "a = 0"]', 0, []),
        ('"a = 1" = ["a = 2"]', 1, ["new survivor: f: a = 1  ->  a = 0"]),
        ('"a = 1" = ["a = …"]\n"b = 1" = ["…"]', 1, ["stale entry: f: b = 1  ->  …"]),
    ],
)
def test_survivors_are_held_against_the_list(
    tmp_path, monkeypatch, capsys, survivors, status, lines
):
    listed = f'[[beyond]]\nwhere = "f"\nwhy = "a"\n{survivors}\n'
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "survivors.toml").write_text(listed, "utf-8")
    (tmp_path / "layers.py").write_text("def f():\n    a = 1\n", "utf-8")
    monkeypatch.setattr(sys, "argv", ["mutation"])
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    monkeypatch.setattr(mutation, "plain", lambda: "")
    monkeypatch.setattr(mutation, "grade", reject_deletions)
    with pytest.raises(SystemExit) as end:
        mutation.main()
    *printed, summary = capsys.readouterr().out.splitlines()
    assert end.value.code == status
    assert printed == lines
    assert summary.startswith("3 mutants: 1 rejected, 0 equivalent, ")


def reject_deletions(todo):
    return ((mutant, mutant.after == "pass") for mutant in todo)


def test_every_survivor_has_a_reason():
    text = (ROOT / "tests" / "survivors.toml").read_text(encoding="utf-8")
    listed = mutation.tomllib.loads(text)
    assert set(listed) == set(mutation.KINDS)
    assert all(entry["why"] for entries in listed.values() for entry in entries)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
@pytest.mark.parametrize("delay", [0, 1])
def test_ctrl_c_ends_it_and_its_processes(delay):
    command = [sys.executable, "-m", "tests.mutation"]
    # A process that is only starting up does not ignore Ctrl-C yet, and says so on stderr.
    started = psutil.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    while not started.children() and started.poll() is None:
        time.sleep(0.001)
    time.sleep(delay)
    children = started.children()
    os.killpg(started.pid, signal.SIGINT)
    assert started.wait(timeout=10) == 130
    assert psutil.wait_procs(children, timeout=20)[1] == []
