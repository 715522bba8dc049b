"""Holds the runner against submissions that are right, that run away and that attack, in real processes."""

import contextlib
import json
import os
import signal
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch
from safetensors.numpy import save

from grading.runner import GraderError, Runner, _parse

ROOT = Path(__file__).parent.parent
TIMEOUT = 3
MARK = "GRADING_TEST"  # in the environment of all that these tests start
RANDOM = np.random.default_rng(0)
POSIX = os.name == "posix"


def normal(*shape):
    return RANDOM.standard_normal(shape, dtype=np.float32)


def request(layer, arguments=None, parameters=None, strided=False, upstream=None, **inputs):
    """A case of one call, as Case.request gives it."""
    tensors = {f"parameter.{name}": value for name, value in (parameters or {}).items()}
    tensors |= {f"0.{name}": value for name, value in inputs.items()}
    if upstream is not None:
        tensors["0.upstream"] = upstream
    call = {"inputs": list(inputs), "strided": strided, "upstream": upstream is not None}
    return {"layer": layer, "arguments": arguments or {}, "calls": [call]}, tensors


LINEAR = request(
    "CustomLinear", {"in_features": 3, "out_features": 2}, {"weight": normal(2, 3), "bias": normal(2)},
    strided=True, x=normal(2, 4, 3), upstream=normal(2, 4, 2),
)  # fmt: skip
CONV = request(
    "CustomConv2D", {"in_channels": 3, "out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1},
    {"weight": normal(2, 3, 3, 3), "bias": normal(2)}, x=normal(2, 3, 7, 6), upstream=normal(2, 2, 4, 3),
)  # fmt: skip
POOL = request("CustomMaxPool2D", {"kernel_size": 2}, strided=True, x=normal(2, 3, 4, 6), upstream=normal(2, 3, 2, 3))
LOSS = request("CustomCrossEntropyLoss", logits=normal(5, 4), targets=np.arange(5) % 4, upstream=normal())
EASY = request("Easy", x=normal(2))


@pytest.fixture(autouse=True)
def no_orphans(monkeypatch):
    """Nothing that a test started is there when it ends."""
    mark = f"{os.getpid()}-{time.monotonic_ns()}"
    monkeypatch.setenv(MARK, mark)
    yield
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            assert process.environ().get(MARK) != mark or process.status() == psutil.STATUS_ZOMBIE, process


@pytest.fixture
def submission(tmp_path):
    """Writes a submission: the text, and beside it a layer Easy that returns its input."""

    def write(text):
        path = tmp_path / "layers.py"
        easy = "\n\nclass Easy(torch.nn.Module):\n    def forward(self, x):\n        return x\n"
        path.write_text(f"import torch\n{text}{easy}", encoding="utf-8")
        return path

    return write


def expected(run):
    (request, tensors), layer = run
    inputs = [torch.tensor(tensors[f"0.{name}"]) for name in request["calls"][0]["inputs"]]
    layer.load_state_dict({n[10:]: torch.tensor(v) for n, v in tensors.items() if n.startswith("parameter.")})
    inputs[0].requires_grad_()
    output = layer(*inputs)
    output.backward(torch.tensor(tensors["0.upstream"]))
    grads = {request["calls"][0]["inputs"][0]: inputs[0], **dict(layer.named_parameters())}
    return {"0.output": output.detach()} | {f"0.grad.{name}": x.grad for name, x in grads.items()}


def test_the_reference_solution_agrees_with_torch():
    layers = [torch.nn.Linear(3, 2), torch.nn.Conv2d(3, 2, 3, 2, 1), torch.nn.MaxPool2d(2), torch.nn.CrossEntropyLoss()]
    requests, told = [LINEAR, CONV, POOL, LOSS], []
    with Runner(ROOT / "layers.py") as runner:
        assert {request["layer"] for request, _ in requests} <= set(runner.load().response["classes"])
        outcomes = runner.run(requests, told.append)
    assert told == outcomes
    for run, outcome in zip(zip(requests, layers), outcomes):
        assert (outcome.ended, outcome.printed, outcome.response["error"]) == (None, "", None)
        for name, value in expected(run).items():
            np.testing.assert_allclose(outcome.arrays[name], value.numpy(), rtol=1e-4, atol=1e-5, err_msg=name)
        name = run[0][0]["calls"][0]["inputs"][0]
        np.testing.assert_array_equal(outcome.arrays[f"0.after.{name}"], run[0][1][f"0.{name}"])
    operations = outcomes[0].response["calls"][0]["operations"]
    count, line = operations["torch.functional.einsum"]
    assert count == 1
    assert "einsum" in (ROOT / "layers.py").read_text(encoding="utf-8").splitlines()[line - 1]
    assert "aten.im2col" in outcomes[1].response["calls"][0]["dispatch"]


def test_the_parent_imports_no_torch_and_the_worker_nothing_that_is_slow():
    code = "import sys; import grading.runner; assert not {'torch', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    arrays = ", ".join(f"{name!r}: numpy.array({value.tolist()}, 'float32')" for name, value in LINEAR[1].items())
    code = f"""
import sys, numpy, torch
from grading.worker import load, serve_one
before = set(sys.modules)
response, _ = serve_one(load({str(ROOT / "layers.py")!r}), {LINEAR[0]!r}, {{{arrays}}})
assert response["error"] is None, response
assert not set(sys.modules) - before - {{"layers"}}, len(set(sys.modules) - before)
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
class Changes(torch.nn.Module):
    def forward(self, x):
        x *= 2
        return x.detach()
""")
    for name in ("random", "typing", "numpy", "json"):
        path.with_name(f"{name}.py").write_text("raise ImportError('shadowed')")
    asked = [
        request("Raises", x=normal(2)), EASY, request("Constructs", {"size": 7}), request("Missing", x=normal(2)),
        request("Gradient", x=normal(2), upstream=normal(2)), request("Changes", x=normal(2), upstream=normal(2)),
        request("Easy", parameters={"weight": normal(1)}, x=normal(2)),
    ]  # fmt: skip
    with Runner(path) as runner:
        assert runner.load().printed == "loaded True\n"
        raises, easy, constructs, missing, gradient, changes, parameter = runner.run(asked)
    error = raises.response["error"]
    assert (error["type"], error["stage"], raises.printed) == ("RuntimeError", "forward", "before\n")
    assert [(f["function"], f["text"]) for f in error["frames"]] == [
        ("forward", "return self.inner(x)"), ("inner", "return torch.zeros(2) @ torch.zeros(3)"),
    ]  # fmt: skip
    assert (easy.response["error"], easy.printed) == (None, "")
    assert [constructs.response["error"][name] for name in ("stage", "message")] == ["construct", "7"]
    assert missing.response["error"]["message"] == "module 'layers' has no attribute 'Missing'"
    assert [gradient.response["error"][name] for name in ("stage", "message")] == ["backward", "backwards"]
    assert "0.grad.x" not in changes.arrays
    np.testing.assert_array_equal(changes.arrays["0.after.x"], 2 * asked[5][1]["0.x"])
    assert parameter.response["error"]["message"] == "the layer has no parameter weight"


def test_a_file_that_does_not_load_fails_every_case(tmp_path):
    path = tmp_path / "layers.py"
    path.write_text("import torch\nclass Easy(:\n")
    with Runner(path) as runner:
        outcomes = runner.run([EASY, EASY])
    for outcome in outcomes:
        assert [outcome.response["error"][name] for name in ("type", "stage")] == ["SyntaxError", "load"]
        assert outcome.response["error"]["frames"] == [{"line": 2, "function": "", "text": "class Easy(:"}]


RUNAWAYS = {  # the body of forward: how it ends, or the type of the error
    "while True: pass": "timeout",
    "while True:\n   try:\n    while True: time.sleep(0.01)\n   except BaseException: pass": "timeout",
    "for s in (signal.SIGTERM, signal.SIGINT): signal.signal(s, signal.SIG_IGN)\n  while True: pass": "timeout",
    "keep = []\n  while True: keep.append(torch.ones(10**6))": "memory",
    "print('x' * 10**8); return x": None,
    "sys.stdout.write('y' * 3 + '\\n'); os._exit(0)": "crash (exit status 0)",
    "os.closerange(0, 256)\n  while True: pass": "crash (closed its channel)",
    "ctypes.string_at(0)": "crash (SIGSEGV)",
    "return self.forward(x)": "RecursionError",
    "sys.exit(0)": "SystemExit",
    "raise KeyboardInterrupt": "KeyboardInterrupt",
    "threading.Thread(target=time.sleep, args=(999,)).start(); return x": None,
    "atexit.register(time.sleep, 999); return x": None,
}
FORKS = {
    "if any(os.fork() == 0 for _ in range(20)): time.sleep(999)\n  return x": None,
    "if os.fork() == 0:\n   os.setsid()\n   if os.fork() == 0: os.closerange(0, 256); time.sleep(999)\n   os._exit(0)"
    "\n  return x": None,
    "os.fork(); return x": None,
    "while True:\n   if os.fork() == 0: time.sleep(999)": "processes",
}


@pytest.mark.slow
def test_a_runaway_fails_alone_and_in_time(submission):
    bodies = RUNAWAYS | (FORKS if POSIX else {})
    head = "import atexit, ctypes, os, signal, sys, threading, time\n"
    path = submission(head + "".join(
        f"class Runaway{i}(torch.nn.Module):\n def forward(self, x):\n  {body}\n" for i, body in enumerate(bodies)
    ))  # fmt: skip
    times = [0.0]
    requests = [one for i in range(len(bodies)) for one in (EASY, request(f"Runaway{i}", x=normal(2)))] + [EASY]
    with Runner(path, timeout=TIMEOUT, memory=300) as runner:
        outcomes = runner.run(requests, lambda outcome: times.append(time.monotonic()))
    for outcome in outcomes[::2]:
        assert (outcome.ended, outcome.response["error"], outcome.printed) == (None, None, "")
    for body, outcome, before, after in zip(bodies, outcomes[1::2], times[1::2], times[2::2]):
        error = outcome.response and outcome.response["error"]
        assert (error["type"] if error else outcome.ended) == bodies[body] or not POSIX, body
        assert after - before < TIMEOUT + 1, body
    printed = dict(zip(bodies, (outcome.printed for outcome in outcomes[1::2])))
    assert next(text for body, text in printed.items() if "10**8" in body) == "x" * 2**14 + "\n[cut off here]"
    assert next(text for body, text in printed.items() if "'y'" in body) == "yyy\n"


def test_a_file_that_hangs_when_loaded_is_waited_for_once(submission):
    with Runner(submission("while True: pass"), timeout=1) as runner:
        outcomes = runner.run([EASY, EASY, EASY])
    assert [outcome.ended for outcome in outcomes] == ["timeout"] * 3


# Those that turn on the process or the channel; what each attack on the score earns is for the test of the grader.
CHANNEL = (
    "enormous equal_to_all lying_shape patched_tensor patched_worker forged_response forged_with_key endless_frame "
    "hostile_json exit_after_passed exit_on_load traced later_thread"
)


@pytest.mark.slow
def test_each_attack_ends_in_order():
    files = [ROOT / "tests" / "attacks" / f"{name}.py" for name in CHANNEL.split()]

    def attack(path):
        assert path.read_text(encoding="utf-8").startswith('"""')
        with Runner(path, timeout=10) as runner:
            return runner.run([LINEAR, POOL, LOSS])

    with ThreadPoolExecutor(2) as pool:
        for path, outcomes in zip(files, pool.map(attack, files)):
            assert len(outcomes) == 3
            for outcome in outcomes:
                assert (outcome.response is None) == (outcome.ended is not None), path
                assert outcome.ended is None or outcome.ended.startswith(("timeout", "crash (")), path
                assert outcome.printed.isprintable() or "\n" in outcome.printed, path
                assert all(type(array) is np.ndarray for array in outcome.arrays.values()), path


def frame(answer, tensors=None):
    return save(tensors or {}, {"json": answer if isinstance(answer, str) else json.dumps(answer)})


CALLS = [{"operations": {"torch.add": [1, None]}, "dispatch": {}}]
GOOD = {"id": "k", "error": None, "calls": CALLS}
OUTPUT = {"0.output": normal(2), "0.after.x": normal(2)}


@pytest.mark.parametrize("blob", [
    b"", b"\0" * 7, b"\0" * 8, struct.pack("<Q", 2**63) + b"{}", frame("[" * 10**5), frame("{}"), frame("7"),
    frame(GOOD), frame({**GOOD, "id": "other"}, OUTPUT), frame({**GOOD, "calls": []}, OUTPUT),
    frame({**GOOD, "calls": CALLS * 2}, OUTPUT), frame({**GOOD, "calls": [{"operations": [1]}]}, OUTPUT),
    frame({**GOOD, "calls": [{"operations": {"a": [float("nan"), 1]}, "dispatch": {}}]}, OUTPUT),
    frame({**GOOD, "error": "passed"}, OUTPUT), frame(GOOD, OUTPUT | {"0.score": normal(1)}),
    frame({**GOOD, "more": "x" * 2**20}, OUTPUT), frame(GOOD, OUTPUT)[:-1], frame(GOOD, OUTPUT) + b"x",
    frame(GOOD, OUTPUT).replace(b"[2]", b"[3]"), frame(GOOD, OUTPUT).replace(b"F32", b"F64"),
    frame(GOOD, OUTPUT).replace(b"F32", b"ABC"), frame(GOOD, OUTPUT).replace(b"[2]", b"[ ]"),
])  # fmt: skip
def test_a_malformed_response_is_refused(blob):
    with pytest.raises(Exception):  # noqa: B017 - whatever it is, ask() calls it malformed
        _parse(blob, "k", *EASY)


def test_a_response_is_cleaned():
    error = {"type": "E", "message": "\x1b[2J\ud800\u202e\nx", "stage": "forward", "frames": []}
    response, _ = _parse(frame({**GOOD, "calls": [], "error": error}), "k", *EASY)
    assert response["error"]["message"] == "\ufffd[2J\ufffd\ufffd\nx"
    response, arrays = _parse(frame(GOOD, OUTPUT), "k", *EASY)
    assert response["calls"] == CALLS
    assert set(arrays) == set(OUTPUT)


def test_a_fault_of_the_worker_is_the_graders(monkeypatch):
    monkeypatch.setattr(sys, "executable", str(ROOT / "nowhere"))
    with pytest.raises(FileNotFoundError):
        Runner(ROOT / "layers.py")
    monkeypatch.undo()
    monkeypatch.setenv("PYTHONHOME", str(ROOT))
    with pytest.raises(GraderError, match=r"the worker did not start: crash \(exit status 1\)\n"):
        Runner(ROOT / "layers.py").run([EASY])


@pytest.mark.skipif(not POSIX, reason="sends a signal")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_the_worker_ends_with_the_runner(submission, number):
    code = "import sys; from grading.runner import Runner\nwith Runner(sys.argv[1], 60) as runner: runner.load()"
    path = submission("print('here')\nimport time\ntime.sleep(60)")
    parent = subprocess.Popen([sys.executable, "-c", code, str(path)], cwd=ROOT, stderr=subprocess.PIPE)
    end = time.monotonic() + 60
    while not (workers := psutil.Process(parent.pid).children()) and time.monotonic() < end:
        time.sleep(0.05)
    time.sleep(0.5)
    parent.send_signal(number)
    assert (b"KeyboardInterrupt" in parent.communicate()[1]) == (number == signal.SIGINT)
    assert psutil.wait_procs(workers, 20)[1] == []
