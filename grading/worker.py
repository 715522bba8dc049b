"""Runs a submission on inputs and hands back raw tensors. With gate.py the only room with torch.

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
import linecache
import os
import queue
import re
import shutil
import sys
import threading
import traceback
import warnings

if __name__ == "__main__":
    # The grader's own folder is looked through last: a file of a student's there must not stand in
    # for a library's. What else is there is not looked for once the grader is loaded.
    sys.path[:1] = []
    sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    REQUESTS = os.fdopen(os.dup(0))  # put aside before a submission can read it
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (sys.stdout, sys.stderr):  # each line at once, so that a crash loses none
        assert isinstance(stream, io.TextIOWrapper)
        stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    gc.disable()  # a tenth of the time that torch's import takes, and it leaves no garbage behind

import torch
from safetensors import safe_open
from safetensors.numpy import save_file

from grading.gate import Gate, Witness, line_of
from grading.rewrite import rewrite

if __name__ == "__main__":
    sys.path.pop()

LARGEST = 2**20  # bytes of a tensor that is handed back
MOST_FRAMES = 20  # of a traceback
LONGEST = 2000  # characters of an exception's message
LONGEST_LINE = 200  # characters of a line of the submission
MOST_SHAPES = 8  # of the tensors that a line names
NAMED = re.compile(r"(?<![\w.])[^\W\d]\w*(?:\.[^\W\d]\w*)?")  # x, and self.weight


class Submission:
    """A student's file, run as the module ``layers`` behind a gate: never as __main__.

    Attributes:
        answer: what running the file came to, of the form that every answer has.
    """

    def __init__(self, text, file, tables, catch=Exception, debugging=False):
        self.file = file
        self.gate = Gate(tables, file, debugging)
        self.module = self.gate.module
        sys.modules["layers"] = self.module  # where dataclasses look for the module of a class
        # The lines that a traceback shows: those that are graded, whatever is on the disk by now.
        lines = text.splitlines(keepends=True)
        linecache.cache[file] = (len(text), None, lines, file)
        self.answer = _answer()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", SyntaxWarning)  # of escapes such as "\\d"
                code = rewrite(text, file, tables)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.answer["compiled"] = False
            self.answer["error"] = describe_source(error)
            return
        try:
            exec(code, self.gate.namespace)
        except catch as error:
            self.answer["error"] = describe(error, file)
        self.answer["refused"] = self.gate.take_refusals()


def serve_one(submission, request, arrays, catch=Exception):
    """Makes every call of a request, forward and, given an upstream gradient, backward.

    Returns the answer, and the tensors by name: what outcome.Outcome holds as its response and
    arrays.
    """
    answer = _answer()
    results = {}
    gate = submission.gate
    gate.take_uses()
    try:
        new = vars(submission.module).get(request["layer"])
        answer["missing"] = new is None
        if answer["missing"]:
            raise AttributeError(f"the file defines no class {request['layer']}")
        for i, call in enumerate(request["calls"]):
            given = _strip_prefix(f"{i}.", arrays)
            if call["arguments"] is not None:
                layer = _construct(new, call["arguments"])
                parameters = _strip_prefix("parameter.", given)
                _load_parameters(_parameters(layer), parameters)
            run = _Run(layer, parameters, call, given)
            run.forward(gate)
            results[f"{i}.output"] = _array("the output", run.output)
            for name, x in run.inputs.items():
                results[f"{i}.after.{name}"] = _array(name, x)
            for name, gradient in run.gradients().items():
                results[f"{i}.grad.{name}"] = _array(f"the gradient of {name}", gradient)
            answer["calls"].append(gate.take_uses())
    except catch as error:
        answer["error"] = describe(error, submission.file)
        answer["calls"].append(gate.take_uses())
    answer["refused"] = gate.take_refusals()
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

    def forward(self, gate):
        with Witness(gate) as witness:
            self.output = self.layer(*self.inputs.values())
            witness.check_that_it_is_there()

    def gradients(self):
        """Returns the gradients of the inputs and of the graded parameters that autograd finds."""
        output = self.output
        if self.upstream is None or not output.requires_grad:
            return {}
        if output.shape != self.upstream.shape:
            return {}
        wanted = {name: leaf for name, leaf in self.leaves.items() if leaf.requires_grad}
        for name, parameter in _parameters(self.layer).items():
            if name in self.parameters:
                wanted[name] = parameter
        # By the edge and without grad_outputs, grad does not import sympy (a quarter of torch's own
        # time).
        edge = torch.autograd.graph.get_gradient_edge((output * self.upstream).sum())
        gradients = torch.autograd.grad(edge, list(wanted.values()), allow_unused=True)
        return {name: grad for name, grad in zip(wanted, gradients) if grad is not None}


def _answer():
    return {"error": None, "missing": False, "compiled": True, "calls": [], "refused": []}


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


def _parameters(layer):
    """By nn.Module's own method: a submission's would be one more place for it to compute in."""
    if not isinstance(layer, torch.nn.Module):
        raise TypeError(f"a layer must be an nn.Module, got {type(layer).__name__}")
    return dict(torch.nn.Module.named_parameters(layer))


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
            array = torch.Tensor.detach(tensor).contiguous().numpy().copy()
            if array.dtype.kind in "biuf":
                return array
    kind = f"{tensor.dtype}, {tensor.layout}, of the shape {tuple(tensor.shape)}"
    wanted = f"a dense tensor of real numbers, and at most {LARGEST >> 20} MB"
    raise TypeError(f"{title} must be {wanted}, got {kind}")


def describe(error, file):
    """Returns an exception as data, with the last of the frames that lie in the submission."""
    stack = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    frames = [
        {"line": f.lineno, "function": f.name, "source": (f.line or "")[:LONGEST_LINE]}
        for f in stack[-MOST_FRAMES:]
    ]
    if frames:
        frames[-1]["shapes"] = _shapes(error, file, frames[-1]["source"])
    return {"type": type(error).__name__, "message": _message(error), "frames": frames}


def _shapes(error, file, source):
    """Says which tensors a line names, and their shapes, in the innermost frame of the submission.

    Calls no method of the submission's: only what is a tensor by its type is asked.
    """
    stack = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    frame = next(f for f in reversed(stack) if f.f_code.co_filename == file)
    shapes = {}
    for name in NAMED.findall(source):
        for part in (name.partition(".")[0], name):
            value = _named(frame.f_locals, part)
            if type(value) in (torch.Tensor, torch.nn.Parameter):
                shapes[part] = tuple(torch.Tensor.size(value))
    return ", ".join(f"{name} {shape}" for name, shape in list(shapes.items())[:MOST_SHAPES])


def _named(variables, name):
    """Returns the local variable x, or the parameter of a layer for self.weight, or None."""
    first, _, attribute = name.partition(".")
    value = variables.get(first)
    if not attribute:
        return value
    try:
        # What the object itself holds, of a module only, past any method of its class.
        held = vars(torch.nn.Module)["__dict__"].__get__(value)
    except TypeError:
        return None
    for table in (held, held.get("_parameters"), held.get("_buffers")):
        if type(table) is dict and all(type(key) is str for key in table) and attribute in table:
            return table[attribute]
    return None


def _message(error):
    """The text of an exception, whose own method may be the submission's."""
    try:
        # Joined it is a plain str, even if the method has returned a text of a class of its own.
        return "".join([str(error)])[:LONGEST]
    except BaseException as another:
        return f"its message cannot be read: {type(another).__name__}"


def describe_source(error):
    """Returns why a source does not compile, as describe does; the exception is Python's own."""
    message = str(error) or "it is nested too deeply"
    frames = []
    if isinstance(error, SyntaxError):
        message = error.msg
        source = (error.text or "").strip()[:LONGEST_LINE]
        frames.append({"line": error.lineno or 0, "function": "<module>", "source": source})
    return {"type": type(error).__name__, "message": message[:LONGEST], "frames": frames}


def _listen(inbox, folder, running):
    """Reads requests in a thread of its own, and says where the submission is when it is asked.

    The channel ends when the runner does, whatever its end, and so do we.
    """
    main = threading.main_thread()
    try:
        for line in REQUESTS:
            name = line.strip()
            if name == "where":
                frame = sys._current_frames()[main.ident or 0]
                _write(os.path.join(folder, name), {"line": line_of(frame, running["file"])}, {})
            else:
                inbox.put(name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _write(path, answer, results):
    sys.stdout.flush()
    save_file(results, path + ".part", {"json": json.dumps(answer)})
    os.replace(path + ".part", path)  # so that it is there as a whole


def _read(path):
    """Returns a request, and its arrays by name."""
    with safe_open(path, "numpy") as file:
        request = json.loads(file.metadata()["json"])
        arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    return request, arrays


def main(folder):
    gc.enable()
    torch.set_num_threads(1)  # the tensors are small, and one thread sums in one order
    _write(os.path.join(folder, "ready"), {}, {})
    inbox: queue.SimpleQueue[str] = queue.SimpleQueue()
    running = {"file": None}
    listener = threading.Thread(target=_listen, args=(inbox, folder, running), daemon=True)
    listener.start()
    submission = None
    while True:
        path = os.path.join(folder, inbox.get())
        request, arrays = _read(path)
        results = {}
        if "text" in request:
            running["file"] = request["file"]
            submission = Submission(
                request["text"], request["file"], request["tables"], BaseException
            )
            answer = submission.answer
        else:
            answer, results = serve_one(submission, request, arrays, catch=BaseException)
        _write(path + ".answer", answer, results)


if __name__ == "__main__":
    main(*sys.argv[1:])
