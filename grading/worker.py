"""Runs a submission on inputs and hands back raw tensors: the only room that imports torch.

runner.py starts this file as a script and asks it one case at a time. The submission may corrupt
whatever is in this process, so it holds no answer, judges nothing and imports no other room: a
forged response is only what the submission could have computed anyway.

A line on stdin names a request, a safetensors file in the folder: tensors, and JSON in its
metadata. So is the answer. outcome.py says what the JSON of either holds.
"""

import contextlib
import gc
import io
import json
import os
import queue
import shutil
import sys
import threading
import traceback
import types

if __name__ == "__main__":
    # A random.py or numpy.py beside the submission, or beside this file, must not stand in for the
    # library's.
    folders = {os.path.realpath(os.path.dirname(path)) for path in (__file__, sys.argv[1])}
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) not in folders]
    REQUESTS = os.fdopen(os.dup(0))  # put aside before a submission can read it
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (sys.stdout, sys.stderr):  # each line at once, so that a crash loses none
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    gc.disable()  # a tenth of the time that torch's import takes, and it leaves no garbage behind

import torch
from safetensors import safe_open
from safetensors.numpy import save_file
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._python_dispatch import TorchDispatchMode

LARGEST = 2**20  # bytes of a tensor that is handed back
MOST_FRAMES = 20  # of a traceback
LONGEST = 2000  # characters of an exception's message


def load(file, catch=BaseException):
    """Runs the file as the module ``layers``: never as __main__, and no .pyc is trusted or written.

    Returns the module and an answer, which has the exception if there was one of the type
    ``catch``.
    """
    module = types.ModuleType("layers")
    module.__file__ = file
    sys.modules["layers"] = module
    answer = _answer()
    try:
        with open(file, "rb") as source:
            code = compile(source.read(), file, "exec", dont_inherit=True)
        exec(code, vars(module))
    except catch as error:
        answer["error"] = describe(error, file)
    return module, answer


def serve_one(module, request, arrays, catch=Exception):
    """Makes every call of a request, forward and, given an upstream gradient, backward.

    Returns the answer, and the tensors by name: what outcome.Outcome holds as its response and
    arrays.
    """
    answer = _answer()
    results = {}
    file = vars(module).get("__file__")
    try:
        answer["missing"] = not hasattr(module, request["layer"])
        if answer["missing"]:
            raise AttributeError(f"the file defines no class {request['layer']}")
        new = getattr(module, request["layer"])
        for i, call in enumerate(request["calls"]):
            given = _strip_prefix(f"{i}.", arrays)
            if call["arguments"] is not None:
                layer = _construct(new, call["arguments"])
                parameters = _strip_prefix("parameter.", given)
                _load_parameters(dict(layer.named_parameters()), parameters)
            run = _Run(layer, parameters, call, given)
            answer["calls"].append(run.forward(file))
            results[f"{i}.output"] = _array("the output", run.output)
            for name, x in run.inputs.items():
                results[f"{i}.after.{name}"] = _array(name, x)
            for name, gradient in run.gradients().items():
                results[f"{i}.grad.{name}"] = _array(f"the gradient of {name}", gradient)
    except catch as error:
        answer["error"] = describe(error, file)
    return answer, results


class _Run:
    """One call of a layer.

    Attributes:
        leaves: the inputs as autograd follows them, by name.
        inputs: what the layer is handed, and may have changed: copies of the leaves.
        output: what the layer returned, once forward has run.
    """

    def __init__(self, layer, parameters, call, given):
        self.layer = layer
        self.parameters = parameters
        self.leaves = {name: torch.tensor(given[name]) for name in call["inputs"]}
        self.upstream = given.get("upstream")
        if self.upstream is not None:
            self.upstream = torch.tensor(self.upstream)
            for leaf in self.leaves.values():
                leaf.requires_grad_(leaf.is_floating_point())
        # Not the leaves themselves: autograd refuses to change a leaf in place, and such a change
        # is to be seen.
        self.inputs = {name: leaf.clone() for name, leaf in self.leaves.items()}
        if call["strided"]:
            first = call["inputs"][0]
            self.inputs[first] = _strided(self.leaves[first])

    def forward(self, file):
        """Calls the layer, and returns what it used."""
        with _Functions(file) as functions, _Dispatch() as dispatch:
            self.output = self.layer(*self.inputs.values())
        return {"operations": functions.operations, "aten": sorted(dispatch.names)}

    def gradients(self):
        """Returns the gradients of the inputs and of the graded parameters that autograd finds."""
        output = self.output
        if self.upstream is None or not output.requires_grad:
            return {}
        if output.shape != self.upstream.shape:
            return {}
        wanted = {name: leaf for name, leaf in self.leaves.items() if leaf.requires_grad}
        for name, parameter in self.layer.named_parameters():
            if name in self.parameters:
                wanted[name] = parameter
        # By the edge and without grad_outputs, grad does not import sympy (a quarter of torch's own
        # time).
        edge = torch.autograd.graph.get_gradient_edge((output * self.upstream).sum())
        gradients = torch.autograd.grad(edge, list(wanted.values()), allow_unused=True)
        return {name: grad for name, grad in zip(wanted, gradients) if grad is not None}


def _answer():
    return {"error": None, "missing": False, "calls": []}


def _strip_prefix(prefix, arrays):
    """Returns the arrays whose name begins with the prefix, by the rest of their name."""
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def _construct(new, arguments):
    if isinstance(arguments, list):
        return new(*arguments)
    return new(**arguments)


def _load_parameters(parameters, given):
    """Gives the parameters their values, and 1 to others: a bias that should not be there shows."""
    missing = sorted(given.keys() - parameters.keys())
    if missing:
        raise AttributeError(f"the layer has no parameter {', '.join(missing)}")
    for name, parameter in parameters.items():
        value = torch.tensor(given.get(name, 1.0))
        if name in given and parameter.shape != value.shape:
            wanted = tuple(value.shape)
            raise ValueError(f"{name} must have the shape {wanted}, got {tuple(parameter.shape)}")
        with torch.no_grad():
            parameter.copy_(value)


def _strided(x):
    """The same values, of reversed strides and with others between: no view of it is contiguous."""
    backwards = tuple(reversed(range(x.dim())))
    x = x.permute(backwards)
    return torch.stack((x, 1 - x), -1)[..., 0].permute(backwards)


def _array(title, tensor):
    """Copies a tensor's bytes out.

    Raises: TypeError if it is no dense tensor of real numbers, or too large.
    """
    if (
        type(tensor) is not torch.Tensor
    ):  # a subclass may compute what it likes whenever it is looked at
        raise TypeError(f"{title} must be a torch.Tensor, got {type(tensor).__name__}")
    with contextlib.suppress(TypeError, RuntimeError):
        # An expanded tensor takes no room until it is copied.
        if tensor.numel() * tensor.element_size() <= LARGEST:
            array = tensor.detach().contiguous().numpy().copy()
            if array.dtype.kind in "biuf":
                return array
    kind = f"{tensor.dtype}, {tensor.layout}, of the shape {tuple(tensor.shape)}"
    wanted = f"a dense tensor of real numbers, and at most {LARGEST >> 20} MB"
    raise TypeError(f"{title} must be {wanted}, got {kind}")


def describe(error, file):
    """Returns an exception as data, with the last of the frames that lie in the submission."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    return {
        "type": type(error).__name__,
        "message": str(error)[:LONGEST],
        "frames": [
            {"line": f.lineno, "function": f.name, "source": f.line} for f in frames[-MOST_FRAMES:]
        ],
    }


class _Functions(TorchFunctionMode):
    """Counts the torch functions that the submission itself calls, not what a call does inside."""

    def __init__(self, file):
        super().__init__()
        self.file = file
        self.operations = {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = resolve_name(func) or getattr(func, "__qualname__", repr(func))
        if name not in self.operations:
            self.operations[name] = [0, _running_line(self.file)]
        self.operations[name][0] += 1
        return func(*args, **(kwargs or {}))


def _running_line(file):
    """Returns the number of the innermost line of the file that is running, or None."""
    frame: types.FrameType | None = sys._getframe()
    while frame and frame.f_code.co_filename != file:
        frame = frame.f_back
    return frame.f_lineno if frame else None


class _Dispatch(TorchDispatchMode):
    """Notes the aten operations: what is left to see where a call slips past the mode above."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def note(self, func, types, args=(), kwargs=None):
        self.names.add(str(func.overloadpacket))
        return func(*args, **(kwargs or {}))


# Not in the class body: there torch would wrap it, and the first call would import torch._dynamo
# (as long as torch).
_Dispatch.__torch_dispatch__ = _Dispatch.note  # type: ignore


def _listen(inbox, folder):
    """Reads requests in a thread of its own.

    The channel ends when the runner does, whatever its end, and so do we.
    """
    try:
        for line in REQUESTS:
            inbox.put(line.strip())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _write(path, answer, results):
    with contextlib.suppress(BaseException):  # the submission may have closed or replaced them
        sys.stdout.flush()
        sys.stderr.flush()
    save_file(results, path + ".part", {"json": json.dumps(answer)})
    os.replace(path + ".part", path)  # so that it is there as a whole


def _read(path):
    """Returns a request, and its arrays by name."""
    with safe_open(path, "numpy") as file:
        request = json.loads(file.metadata()["json"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    return request, arrays


def main(file, folder):
    gc.enable()
    pid = os.getpid()
    torch.set_num_threads(1)  # the tensors are small, and one thread sums in one order
    resolve_name(
        torch.Tensor.add
    )  # builds torch's table of names, while they are still torch's own
    _write(os.path.join(folder, "ready"), {}, {})
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(inbox, folder), daemon=True).start()
    module = None
    while True:
        path = os.path.join(folder, inbox.get())
        request, arrays = _read(path)
        results = {}
        if "load" in request:
            module, answer = load(file)
        else:
            answer, results = serve_one(module, request, arrays, catch=BaseException)
        if os.getpid() != pid:
            os._exit(0)  # a child that the submission forked
        _write(path + ".answer", answer, results)


if __name__ == "__main__":
    main(*sys.argv[1:])
