"""Tries the mutator on a few lines, and the grading of mutants on one that is right and on some that are not."""

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
CHANGES = {
    "def f(x, k=2, dim=None):": ["def f(x, k=3, dim=None):", "def f(x, k=1, dim=None):", "def f(x, k=2, dim=1):"],
    "if k > 1 and dim is not None:": [
        "if True:", "if False:", "if k > 1 or dim is not None:", "if k >= 1 and dim is not None:",
        "if k <= 1 and dim is not None:", "if k > 2 and dim is not None:", "if k > 0 and dim is not None:",
        "if k > 1 and dim is None:", "if k > 1 and dim is not 1:",
    ],
    "x = -x[1:, ::2].max(dim, keepdim=True)": [
        "pass", "x = x[1:, ::2].max(dim, keepdim=True)", "x = -x[1:, ::2].min(dim, keepdim=True)",
        "x = -x[::2, 1:].max(dim, keepdim=True)", "x = -x[:, ::2].max(dim, keepdim=True)",
        "x = -x[2:, ::2].max(dim, keepdim=True)", "x = -x[0:, ::2].max(dim, keepdim=True)",
        "x = -x[1:, :].max(dim, keepdim=True)", "x = -x[1:, ::3].max(dim, keepdim=True)",
        "x = -x[1:, ::1].max(dim, keepdim=True)", "x = -x[1:, ::2].max(dim)",
        "x = -x[1:, ::2].max(dim, keepdim=False)",
    ],
    "return torch.einsum('ij->ji', x) if k else x.sum(1.0, 'mean')": [
        "pass",
        *(f"return {first} if k else x.sum(1.0, 'mean')" for first in (
            "torch.einsum(x, 'ij->ji')", "torch.einsum('ji->ji', x)", "torch.einsum('i-j>ji', x)",
            "torch.einsum('ij>-ji', x)", "torch.einsum('ij-j>i', x)", "torch.einsum('ij->ij', x)",
        )),
        "return torch.einsum('ij->ji', x) if True else x.sum(1.0, 'mean')",
        "return torch.einsum('ij->ji', x) if False else x.sum(1.0, 'mean')",
        *(f"return torch.einsum('ij->ji', x) if k else {last}" for last in (
            "x.mean(1.0, 'mean')", "x.sum('mean', 1.0)", "x.sum(2.0, 'mean')", "x.sum(0.0, 'mean')",
            "x.sum(1.0, 'none')", "x.sum(1.0, 'sum')",
        )),
    ],
}  # fmt: skip


def test_the_mutator_makes_every_change_once():
    made = {}
    for mutant in mutants(SAMPLE):
        assert mutant.where == "f"
        made.setdefault(mutant.before, []).append(mutant.after)
    assert {before: sorted(afters) for before, afters in made.items()} == {b: sorted(a) for b, a in CHANGES.items()}


def test_a_wrong_mutant_is_rejected_and_the_original_is_not(monkeypatch):
    """Rejected is also what hangs or ends its process, or is right but takes too much memory."""
    monkeypatch.setattr(mutation, "MEMORY", 2**30)
    text = (ROOT / "layers.py").read_text(encoding="utf-8")
    bloated = f"import time\nx = b'x' * 2**30\ntime.sleep(1)\ndel x\n{text}"
    texts = {"hangs": "while True: pass", "ends": "import os; os._exit(0)", "bloated": bloated, "original": text}
    todo = [Mutant("", "", name, text) for name, text in texts.items()]
    todo.append(next(m for m in mutants(text) if (m.where, m.after[-13:]) == ("CustomLinear.forward", "y - self.bias")))
    alive = [mutant.after for mutant, rejected in mutation.grade(todo, seconds=5) if not rejected]
    assert alive == ["original"]


@pytest.mark.parametrize(
    "survivors, status, lines",
    [
        ('"… = 1" = ["a = 2", "a = 0"]', 0, []),
        ('"a = 1" = ["a = 2"]', 1, ["new survivor: f: a = 1  ->  a = 0"]),
        ('"a = 1" = ["a = …"]\n"b = 1" = ["…"]', 1, ["stale entry: f: b = 1  ->  …"]),
    ],
)
def test_survivors_are_held_against_the_list(tmp_path, monkeypatch, capsys, survivors, status, lines):
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "survivors.toml").write_text(f'[[beyond]]\nwhere = "f"\nwhy = "a"\n{survivors}\n', "utf-8")
    (tmp_path / "layers.py").write_text("def f():\n    a = 1\n", "utf-8")
    monkeypatch.setattr(mutation, "ROOT", tmp_path)
    monkeypatch.setattr(mutation, "plain", lambda: "")
    monkeypatch.setattr(mutation, "grade", lambda todo: ((mutant, mutant.after == "pass") for mutant in todo))
    with pytest.raises(SystemExit) as end:
        mutation.main()
    *printed, summary = capsys.readouterr().out.splitlines()
    assert (end.value.code, printed) == (status, lines)
    assert summary.startswith("3 mutants: 1 rejected, 0 equivalent, ")


def test_every_survivor_has_a_reason():
    listed = mutation.tomllib.loads((ROOT / "tests" / "survivors.toml").read_text(encoding="utf-8"))
    assert set(listed) == set(mutation.KINDS)
    assert all(entry["why"] for entries in listed.values() for entry in entries)


@pytest.mark.skipif(os.name != "posix", reason="sends SIGINT to a process group")
@pytest.mark.parametrize("delay", [0, 1])
def test_ctrl_c_ends_it_and_its_processes(delay):
    command = [sys.executable, "-m", "tests.mutation"]
    # A process that is only starting up does not ignore Ctrl-C yet, and says so on stderr.
    started = psutil.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True)
    while not (children := started.children()) and started.poll() is None:
        time.sleep(0.001)
    time.sleep(delay)
    os.killpg(started.pid, signal.SIGINT)
    assert started.wait(timeout=10) == 130
    assert psutil.wait_procs(children, timeout=20)[1] == []
