"""Holds the runner, in real processes, against submissions that are right, run away or attack."""

import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from safetensors import SafetensorError
from safetensors.numpy import save_file

from grading import runner as rooms
from grading.operations import TABLES
from grading.outcome import Call, Frame, Outcome, Refusal, Response, Use
from grading.runner import LARGEST, GraderError, Runner, read_answer
from grading.source import read_source

ROOT = Path(__file__).parent.parent
TIMEOUT = 3
RANDOM = np.random.default_rng(0)
POSIX = os.name == "posix"


def normal(*shape):
    return RANDOM.standard_normal(shape, dtype=np.float32)


def request(layer, arguments=None, parameters=None, strided=False, upstream=None, **inputs):
    """A request of one call, and what is given with it."""
    tensors = {f"0.parameter.{name}": value for name, value in (parameters or {}).items()}
    tensors |= {f"0.{name}": value for name, value in inputs.items()}
    if upstream is not None:
        tensors["0.upstream"] = upstream
    call = {"inputs": list(inputs), "arguments": arguments or {}, "strided": strided}
    return {"layer": layer, "calls": [call]}, tensors


LINEAR = request(
    "CustomLinear",
    {"in_features": 3, "out_features": 2},
    {"weight": normal(2, 3), "bias": normal(2)},
    strided=True,
    x=normal(2, 4, 3),
    upstream=normal(2, 4, 2),
)
CONV = request(
    "CustomConv2D",
    {"in_channels": 3, "out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1},
    {"weight": normal(2, 3, 3, 3), "bias": normal(2)},
    x=normal(2, 3, 7, 6),
    upstream=normal(2, 2, 4, 3),
)
POOL = request(
    "CustomMaxPool2D",
    {"kernel_size": 2},
    strided=True,
    x=normal(2, 3, 4, 6),
    upstream=normal(2, 3, 2, 3),
)
LOSS = request(
    "CustomCrossEntropyLoss", logits=normal(5, 4), targets=np.arange(5) % 4, upstream=normal()
)
EASY = request("Easy", x=normal(2))


@pytest.fixture(autouse=True)
def no_orphans(monkeypatch):
    """Nothing that a test started is there when it ends: workers and theirs bear a mark."""
    mark = f"GRADING_TEST_{os.getpid()}_{time.monotonic_ns()}"
    monkeypatch.setattr(rooms, "TOKEN", mark)
    yield
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            is_left = mark in process.environ() and process.status() != psutil.STATUS_ZOMBIE
            assert not is_left, process


@pytest.fixture
def ungated(monkeypatch):
    """The submission reaches all that Python has: the runner's limits hold even so."""
    monkeypatch.setattr(rooms, "WORKER", ROOT / "tests" / "ungated.py")


def start(path, **options):
    return Runner(read_source(path), TABLES, **options)


@pytest.fixture
def submission(tmp_path):
    """Writes a submission: the text, and beside it a layer Easy that returns its input."""

    def write(text):
        path = tmp_path / "layers.py"
        easy = "\n\nclass Easy(torch.nn.Module):\n    def forward(self, x):\n        return x\n"
        path.write_text(f"import torch\n{text}{easy}", encoding="utf-8")
        return path

    return write


def expected(request, tensors, layer):
    """Returns the tensors that a layer of torch.nn gives for a request of one call."""
    names = request["calls"][0]["inputs"]
    inputs = [torch.tensor(tensors[f"0.{name}"]) for name in names]
    prefix = "0.parameter."
    parameters = {
        name.removeprefix(prefix): torch.tensor(value)
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
    layer.load_state_dict(parameters)
    inputs[0].requires_grad_()
    output = layer(*inputs)
    output.backward(torch.tensor(tensors["0.upstream"]))
    leaves = {names[0]: inputs[0], **dict(layer.named_parameters())}
    gradients = {f"0.grad.{name}": leaf.grad for name, leaf in leaves.items()}
    return {"0.output": output.detach(), **gradients}


def test_the_reference_solution_agrees_with_torch():
    layers = [
        torch.nn.Linear(3, 2),
        torch.nn.Conv2d(3, 2, 3, 2, 1),
        torch.nn.MaxPool2d(2),
        torch.nn.CrossEntropyLoss(),
    ]
    requests = [LINEAR, CONV, POOL, LOSS]
    with start(ROOT / "layers.py") as runner:
        assert runner.load() == Outcome(Response())
        outcomes = list(runner.run(requests))
    for (request, tensors), layer, outcome in zip(requests, layers, outcomes):
        assert (outcome.fault, outcome.printed) == (None, "")
        for name, value in expected(request, tensors, layer).items():
            np.testing.assert_allclose(
                outcome.arrays[name], value.numpy(), rtol=1e-4, atol=1e-5, err_msg=name
            )
        first = request["calls"][0]["inputs"][0]
        np.testing.assert_array_equal(outcome.arrays[f"0.after.{first}"], tensors[f"0.{first}"])
    uses = outcomes[0].response.calls[0].uses
    assert uses["torch.einsum"].times == 1  # by its name
    assert uses["torch.functional.einsum"].times == 1  # as the witness saw it run
    assert outcomes[0].response.calls[0].steps < 20
    lines = (ROOT / "layers.py").read_text(encoding="utf-8").splitlines()
    assert "einsum" in lines[uses["torch.einsum"].line - 1]
    assert "torch.nn.functional.unfold" in outcomes[1].response.calls[0].uses


def test_the_parent_imports_no_torch_and_the_worker_nothing_that_is_slow():
    code = "import sys; import grading.runner; assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    arrays = ", ".join(
        f"{name!r}: numpy.array({value.tolist()}, 'float32')" for name, value in LINEAR[1].items()
    )
    code = f"""
import sys, numpy, torch
from pathlib import Path
from grading.debugger import answer, load
before = set(sys.modules)
submission = load(Path("layers.py").read_text(encoding="utf-8"))
outcome = answer(submission, {LINEAR[0]!r}, {{{arrays}}})
assert not outcome.fault, outcome
slow = {{"sympy", "torch._dynamo", "torch._inductor"}}
assert not slow & (set(sys.modules) - before), sorted(set(sys.modules) - before)
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_an_error_shows_the_frames_of_the_submission_alone(submission):
    path = submission("""
import random, typing  # the library's, not the files beside this one
print("loaded", random.random() < 2)
class Raises(torch.nn.Module):
    def forward(self, x):
        print("before")
        return self.inner(x)
    def inner(self, x):
        return torch.zeros(2) @ torch.zeros(3)
class Constructs(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        raise ValueError(size)
class Backward(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x.clone()
    @staticmethod
    def backward(ctx, grad): raise RuntimeError("backwards")
class Gradient(torch.nn.Module):
    def forward(self, x): return Backward.apply(x)
class Transposed(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(3, 2))
class Changes(torch.nn.Module):
    def forward(self, x):
        x *= 2
        return x.detach()
""")
    for name in ("random", "typing", "numpy", "json"):
        path.with_name(f"{name}.py").write_text("raise ImportError('shadowed')")
    asked = [
        request("Raises", x=normal(2)),
        EASY,
        request("Constructs", {"size": 7}),
        request("Missing", x=normal(2)),
        request("Gradient", x=normal(2), upstream=normal(2)),
        request("Changes", x=normal(2), upstream=normal(2)),
        request("Easy", parameters={"weight": normal(1)}, x=normal(2)),
        request("Transposed", parameters={"weight": normal(2, 3)}, x=normal(2)),
    ]
    with start(path) as runner:
        assert runner.load().printed == "loaded True\n"
        raises, easy, constructs, missing, gradient, changes, parameter, shape = runner.run(asked)
    error = raises.response.error
    assert (error.type, raises.printed) == ("RuntimeError", "before\n")
    assert [(frame.function, frame.source) for frame in error.frames] == [
        ("forward", "return self.inner(x)"),
        ("inner", "return torch.zeros(2) @ torch.zeros(3)"),
    ]
    assert str(error).endswith(
        f"\n  line {error.frames[1].line}, in inner: {error.frames[1].source}"
    )
    assert (easy.fault, easy.printed) == (None, "")
    assert constructs.response.error.summary == "ValueError: 7"
    assert missing.response.missing
    assert str(missing.response.error) == "AttributeError: the file defines no class Missing"
    assert gradient.response.error.summary == "RuntimeError: backwards"
    assert "0.grad.x" not in changes.arrays
    assert str(shape.fault) == "ValueError: weight must have the shape (2, 3), got (3, 2)"
    np.testing.assert_array_equal(changes.arrays["0.after.x"], 2 * asked[5][1]["0.x"])
    assert str(parameter.fault) == "AttributeError: the layer has no parameter weight"


def test_a_file_that_does_not_load_fails_every_case(tmp_path):
    path = tmp_path / "layers.py"
    path.write_text("import torch\n\nraise ValueError('here')\n")
    with start(path) as runner:
        outcomes = list(runner.run([EASY, EASY]))
    for outcome in outcomes:
        assert outcome.fault.summary == "ValueError: here"
        assert outcome.fault.frames == (Frame(3, "<module>", "raise ValueError('here')"),)


LATE = f"timeout (no answer within {TIMEOUT} s"
# What forward does, and how it ends: the type of its error, or None if it returns.
RUNAWAYS = {
    "a loop without end": ("while True: pass", LATE),
    "what would end it is caught": (
        """
        while True:
            try:
                while True: time.sleep(0.01)
            except BaseException: pass
        """,
        LATE,
    ),
    "signals are ignored": (
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        while True: pass
        """,
        LATE,
    ),
    "memory": (
        """
        keep = []
        while True: keep.append(torch.ones(10**6))
        """,
        "memory (more than 300 MB)",
    ),
    "a long line": ("print('x' * 10**8); return x", None),
    "an exit": ("sys.stdout.write('yyy\\n'); os._exit(0)", "crash (exit status 0)"),
    "a loop with all files closed": (
        """
        os.closerange(0, 256)
        while True: pass
        """,
        LATE,
    ),
    "all files closed": ("os.closerange(0, 256)", "TypeError"),
    "prints without end": ("while True: print('z' * 10**6)", "prints (more than 256 MB)"),
    "a bad address": ("ctypes.string_at(0)", "crash (SIGSEGV)"),
    "a recursion": ("return self.forward(x)", "RecursionError"),
    "sys.exit": ("sys.exit(0)", "SystemExit"),
    "an interrupt": ("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "a thread": ("threading.Thread(target=time.sleep, args=(999,)).start(); return x", None),
    "a long way to exit": ("atexit.register(time.sleep, 999); return x", None),
}
FORKS = {
    "twenty children": (
        """
        if any(os.fork() == 0 for _ in range(20)): time.sleep(999)
        return x
        """,
        None,
    ),
    "a grandchild in a session of its own": (
        """
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.closerange(0, 256)
                time.sleep(999)
            os._exit(0)
        return x
        """,
        None,
    ),
    "a child that returns, too": ("os.fork(); return x", None),
    "children without end": (
        """
        while True:
            if os.fork() == 0: time.sleep(999)
        """,
        "processes (more than 32)",
    ),
}


def runaway(number, body):
    """A layer whose forward is the body."""
    head = f"class Runaway{number}(torch.nn.Module):\n    def forward(self, x):\n"
    return head + textwrap.indent(textwrap.dedent(body).strip(), " " * 8) + "\n"


def how_it_ended(outcome):
    if outcome.response and outcome.response.error:
        return outcome.response.error.type
    return str(outcome.ended) if outcome.ended else None


@pytest.mark.slow
def test_a_runaway_fails_alone_and_in_time(submission, ungated, monkeypatch):
    runaways = RUNAWAYS | (FORKS if POSIX else {})
    monkeypatch.setattr(rooms, "MOST_ENDED", len(runaways) + 1)  # so that none is skipped
    monkeypatch.setattr(rooms, "BUDGET", 2 * len(runaways) + 1)
    text = "import atexit, ctypes, os, signal, sys, threading, time\n"
    requests = [EASY]
    for i, (body, _) in enumerate(runaways.values()):
        text += runaway(i, body)
        requests += [request(f"Runaway{i}", x=normal(2)), EASY]
    outcomes = []
    times = []
    with start(submission(text), timeout=TIMEOUT, memory=300) as runner:
        for outcome in runner.run(requests):
            outcomes.append(outcome)
            times.append(time.monotonic())
    for outcome in outcomes[::2]:
        assert (outcome.fault, outcome.printed) == (None, "")
    ends = dict(zip(runaways, outcomes[1::2]))
    for i, (title, (_, wanted)) in enumerate(runaways.items()):
        got = how_it_ended(ends[title])
        is_late = wanted == LATE and str(got).startswith(LATE)
        assert got == wanted or is_late or not POSIX, title
        assert times[2 * i + 1] - times[2 * i] < TIMEOUT + 1, title
    assert ends["a long line"].printed == "x" * 2**14 + "\n[cut off here]"
    assert ends["an exit"].printed == "yyy\n"


def test_a_file_that_hangs_when_loaded_is_waited_for_once(submission):
    with start(submission("while True: pass"), timeout=1) as runner:
        outcomes = list(runner.run([EASY, EASY, EASY]))
    late = "timeout (no answer within 1 s, in line 2)"
    assert [str(outcome.ended) for outcome in outcomes] == [late] * 3


CALLS = [{"uses": {"torch.exp": [1, None]}, "steps": 1}]
GOOD = {"error": None, "missing": False, "compiled": True, "calls": CALLS, "refused": []}
OUTPUT = {"0.output": normal(2), "0.after.x": normal(2)}


@pytest.fixture
def parsed(tmp_path):
    """Parses an answer (JSON, or what it is made from) and tensors, after a change of its bytes."""

    def parse(answer, tensors=OUTPUT, change=lambda blob: blob):
        text = answer if isinstance(answer, str) else json.dumps(answer)
        save_file(tensors, tmp_path / "answer", {"json": text})
        (tmp_path / "answer").write_bytes(change((tmp_path / "answer").read_bytes()))
        return read_answer(tmp_path / "answer", EASY[0])

    return parse


MALFORMED = [
    "[" * 10**5,
    "{}",
    "7",
    "",
    {**GOOD, "more": "x" * LARGEST},
    {**GOOD, "refused": [["x"]]},
    {**GOOD, "calls": []},
    {**GOOD, "calls": CALLS * 2},
    {**GOOD, "calls": [{"uses": [1], "steps": 1}]},
    {**GOOD, "calls": [{"uses": {"a": [float("nan"), 1]}, "steps": 1}]},
    {**GOOD, "calls": [{"uses": {}, "steps": float("inf")}]},
]


@pytest.mark.parametrize("answer", MALFORMED)
def test_a_malformed_response_is_refused(parsed, answer):
    errors = (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError)
    with pytest.raises(errors):
        parsed(answer)


DAMAGES = [
    lambda blob: b"",
    lambda blob: bytes(8),
    lambda blob: struct.pack("<Q", 2**63) + b"{}",
    lambda blob: blob[:-1],
    lambda blob: blob + b"x",
    lambda blob: blob.replace(b"[2]", b"[3]"),
    lambda blob: blob.replace(b"[2]", b"[ ]"),
    lambda blob: blob.replace(b"F32", b"F64"),
    lambda blob: blob.replace(b"F32", b"ABC"),
]


@pytest.mark.parametrize("change", DAMAGES)
def test_a_damaged_answer_is_refused(parsed, change):
    with pytest.raises((ValueError, KeyError, SafetensorError)):
        parsed(GOOD, change=change)


@pytest.mark.skipif(not POSIX, reason="makes a FIFO")
def test_an_answer_that_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "answer")
    os.symlink("/dev/zero", tmp_path / "zero")
    for name in ("answer", "zero"):
        with pytest.raises((ValueError, OSError)):
            read_answer(tmp_path / name, EASY[0])


def test_a_response_is_cleaned(parsed):
    frame = {"line": 7, "function": "\x1b[2J", "source": "x\u202e"}
    error = {"type": "E", "message": "\x1b[2J\ud800\u202e\nx", "frames": [frame]}
    response, _ = parsed({**GOOD, "calls": [], "error": error})
    assert response.error.summary == "E: \ufffd[2J\ufffd\ufffd\nx"
    assert response.error.frames == (Frame(7, "\ufffd[2J", "x\ufffd"),)
    response, arrays = parsed({**GOOD, "refused": [["\x1b[2J", 7]]})
    assert response.calls == (Call({"torch.exp": Use(1, None)}, 1),)
    assert response.refused == (Refusal("\ufffd[2J", 7),)
    assert set(arrays) == set(OUTPUT)


def test_what_a_case_leaves_behind_spoils_no_other(submission, ungated):
    path = submission("""
import os, threading, time
class Leaves(torch.nn.Module):
    def forward(self, x):
        threading.Thread(target=lambda: (time.sleep(0.3), os._exit(3)), daemon=True).start()
        return x
class Waits(torch.nn.Module):
    def forward(self, x):
        time.sleep(0.6)
        return x
""")
    with start(path) as runner:
        outcomes = list(
            runner.run([request("Leaves", x=normal(2)), request("Waits", x=normal(2)), EASY])
        )
    assert [outcome.ended for outcome in outcomes] == [None] * 3


def test_a_submission_may_remove_the_folder_of_the_channel(submission, ungated):
    path = submission("""
import shutil, sys
class Removes(torch.nn.Module):
    def forward(self, x):
        print("removing")
        shutil.rmtree(sys.argv[1])
        return x
""")
    with start(path, timeout=2) as runner:
        removes, easy = runner.run([request("Removes", x=normal(2)), EASY])
    assert removes.ended
    assert removes.printed.startswith("removing\n")
    assert easy.fault is None


def test_a_fault_of_the_worker_is_the_graders(monkeypatch):
    monkeypatch.setattr(sys, "executable", str(ROOT / "nowhere"))
    with pytest.raises(GraderError):
        start(ROOT / "layers.py")
    monkeypatch.undo()
    monkeypatch.setenv("PYTHONHOME", str(ROOT))
    with pytest.raises(GraderError, match=r"the worker did not start: crash \(exit status 1\)\n"):
        start(ROOT / "layers.py").load()


@pytest.mark.skipif(not POSIX, reason="sends a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_the_runner_and_leaves_no_folder(
    submission, number, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    code = """
import sys
from grading.operations import TABLES
from grading.runner import Runner
from grading.source import read_source
with Runner(read_source(sys.argv[1]), TABLES, 60) as runner:
    runner.load()
"""
    path = submission("print('here')\nimport time\ntime.sleep(60)")
    parent = subprocess.Popen(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, stderr=subprocess.PIPE
    )
    end = time.monotonic() + 60
    while not (workers := psutil.Process(parent.pid).children()) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    parent.send_signal(number)
    assert (b"KeyboardInterrupt" in parent.communicate()[1]) == (number == signal.SIGINT)
    assert psutil.wait_procs(workers, 20)[1] == []
    assert list(tmp_path.glob("grading-*")) == []


def test_ctrl_c_waits_until_a_worker_is_started_and_until_it_is_ended(monkeypatch):
    made = []

    def interrupted(timeout, memory):
        signal.raise_signal(signal.SIGINT)
        made.append(rooms.Worker(timeout, memory))
        return made[-1]

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        Runner(read_source(ROOT / "layers.py"), TABLES, start=interrupted)
    (worker,) = made
    assert not worker.ended
    kill = rooms.Worker.kill

    def interrupted_kill(self):
        signal.raise_signal(signal.SIGINT)
        kill(self)

    monkeypatch.setattr(rooms.Worker, "kill", interrupted_kill)
    runner = Runner(read_source(ROOT / "layers.py"), TABLES, start=lambda *_: worker)
    with pytest.raises(KeyboardInterrupt), runner:
        pass
    assert worker.ended
    assert not os.path.exists(worker.folder)
    assert signal.getsignal(signal.SIGINT) == before


ENDS = """
class Crash(torch.nn.Module):
    def forward(self, x):
        os._exit(1)

class Raises(torch.nn.Module):
    def forward(self, x):
        raise OSError(28, "No space left on device")
"""


@pytest.mark.parametrize("layer", ["Crash", "Raises"])
def test_where_files_find_no_room_nobody_loses_marks(layer, submission, ungated, monkeypatch):
    path = submission(f"import os\n{ENDS}")
    with start(path, timeout=TIMEOUT) as runner:
        (outcome,) = runner.run([request(layer, x=normal(2))])
        assert outcome.fault

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    with start(path, timeout=TIMEOUT) as runner:
        runner.load()
        monkeypatch.setattr(rooms.tempfile, "TemporaryFile", full)
        with pytest.raises(GraderError) as raised:
            next(runner.run([request(layer, x=normal(2))]))
    reason = "no room for 8 MB in .*: No space left on device; free some, or set TMPDIR to another"
    assert re.fullmatch(f"{reason} folder", str(raised.value))


@pytest.mark.skipif(sys.platform != "linux", reason="psutil reads /proc on Linux")
def test_without_proc_nothing_is_graded(submission, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(psutil, "PROCFS_PATH", "/nowhere")
        with pytest.raises(
            GraderError, match=r"^processes cannot be watched \(is /proc mounted\?\): "
        ):
            start(submission(""))


def test_a_worker_that_cannot_be_started_is_the_graders_fault(submission, tmp_path, monkeypatch):
    def none(*_, **__):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(rooms.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(psutil, "Popen", none)
    wanted = "^the worker cannot be started: .*Resource temporarily unavailable$"
    with pytest.raises(GraderError, match=wanted):
        start(submission(""))
    assert list(tmp_path.glob("grading-*")) == []


def test_after_its_budget_a_runner_keeps_what_it_has_and_begins_no_request(monkeypatch):
    real = time.monotonic
    with Runner(read_source(ROOT / "layers.py"), TABLES, budget=3600) as runner:
        outcomes = runner.run([LINEAR] * 3)
        first = next(outcomes)
        monkeypatch.setattr(rooms.time, "monotonic", lambda: real() + 3600)
        others = list(outcomes)
    assert first.fault is None
    assert others == [rooms.NOT_ASKED] * 2
