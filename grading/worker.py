"""Runs a submission on inputs and hands back raw tensors: the only room that imports torch.

runner.py starts this file as a script and asks it one case at a time. The submission may corrupt whatever is in this
process, so it holds no answer, judges nothing and imports no other room: a forged response is only what the submission
could have computed anyway.

A line on stdin names a request, a safetensors file in the folder: tensors, and JSON in its metadata. So is the answer.
"""

import contextlib
import gc
import json
import os
import queue
import shutil
import sys
import threading
import traceback
import types

if __name__ == "__main__":
    # A random.py or numpy.py beside the submission, or beside this file, must not stand in for the library's.
    folders = {os.path.realpath(os.path.dirname(path)) for path in (__file__, sys.argv[1])}
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) not in folders]
    REQUESTS = os.fdopen(os.dup(0))  # put aside before a submission can read it
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for stream in (sys.stdout, sys.stderr):  # each line at once, so that a crash loses none
        stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    gc.disable()  # a tenth of the time that the import of torch takes, and it leaves no garbage behind

import torch
from safetensors import safe_open
from safetensors.numpy import save_file
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._python_dispatch import TorchDispatchMode

LARGEST = 2**20  # bytes of a tensor that is handed back


class _Functions(TorchFunctionMode):
    """Counts the torch functions that the submission itself calls, not what a call does inside."""

    def __init__(self, file):
        super().__init__()
        self.file, self.operations = file, {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = resolve_name(func) or getattr(func, "__qualname__", repr(func))
        if name not in self.operations:
            frame = sys._getframe(1)
            while frame and frame.f_code.co_filename != self.file:
                frame = frame.f_back
            self.operations[name] = [0, frame and frame.f_lineno]
        self.operations[name][0] += 1
        return func(*args, **(kwargs or {}))


class _Dispatch(TorchDispatchMode):
    """Notes the aten operations: what is left to see where a call slips past the mode above."""

    def __init__(self):
        super().__init__()
        self.names = set()

    def note(self, func, types, args=(), kwargs=None):
        self.names.add(str(func.overloadpacket))
        return func(*args, **(kwargs or {}))


# Not in the class body: there torch would wrap it, and the first call would import torch._dynamo (as long as torch).
_Dispatch.__torch_dispatch__ = _Dispatch.note


def load(file, catch=BaseException):
    """Runs the file as the module ``layers``: never as __main__, and no .pyc is trusted or written."""
    module, error = types.ModuleType("layers"), ""
    module.__file__ = file
    sys.modules["layers"] = module
    try:
        with open(file, "rb") as source:
            code = compile(source.read(), file, "exec", dont_inherit=True)
        exec(code, vars(module))
    except catch as caught:
        error = describe(caught, file)
    return module, {"error": error, "calls": []}


def serve_one(module, request, arrays, catch=Exception):
    """Runs each call forward and, given an upstream gradient, backward; on a new layer if it has arguments for one."""
    response, results, file = {"error": "", "calls": []}, {}, vars(module).get("__file__")
    try:
        if not hasattr(module, request["layer"]):
            raise AttributeError(f"the file defines no class {request['layer']}")
        for i, call in enumerate(request["calls"]):
            if call["arguments"] is not None:
                new, arguments, prefix = getattr(module, request["layer"]), call["arguments"], f"{i}.parameter."
                layer = new(*arguments) if isinstance(arguments, list) else new(**arguments)
                given = {name.removeprefix(prefix): x for name, x in arrays.items() if name.startswith(prefix)}
                _load_parameters(dict(layer.named_parameters()), given)
            leaves = {name: torch.tensor(arrays[f"{i}.{name}"]) for name in call["inputs"]}
            wanted, upstream = {}, arrays.get(f"{i}.upstream")
            if upstream is not None:
                wanted = {name: x.requires_grad_() for name, x in leaves.items() if x.is_floating_point()}
            # Not the leaves themselves: autograd refuses to change a leaf in place, and such a change is to be seen.
            inputs = [_strided(x) if call["strided"] and n == 0 else x.clone() for n, x in enumerate(leaves.values())]
            with _Functions(file) as functions, _Dispatch() as dispatch:
                output = layer(*inputs)
            response["calls"].append({"operations": functions.operations, "aten": sorted(dispatch.names)})
            results[f"{i}.output"] = _array("the output", output)
            results |= {f"{i}.after.{name}": _array(name, x) for name, x in zip(leaves, inputs)}
            if upstream is not None and output.requires_grad and output.shape == upstream.shape:
                wanted |= {name: parameter for name, parameter in layer.named_parameters() if name in given}
                # By the edge and without grad_outputs, grad does not import sympy (a quarter of torch's own time).
                edge = torch.autograd.graph.get_gradient_edge((output * torch.tensor(upstream)).sum())
                grads = torch.autograd.grad(edge, list(wanted.values()), allow_unused=True)
                for name, grad in zip(wanted, grads):
                    if grad is not None:
                        results[f"{i}.grad.{name}"] = _array(f"the gradient of {name}", grad)
    except catch as error:
        response["error"] = describe(error, file)
    return response, results


def _load_parameters(parameters, given):
    """Gives the parameters their values, and 1 to others, so that a bias shows which should not be there."""
    if missing := sorted(given.keys() - parameters.keys()):
        raise AttributeError(f"the layer has no parameter {', '.join(missing)}")
    for name, parameter in parameters.items():
        value = torch.tensor(given.get(name, 1.0))
        if name in given and parameter.shape != value.shape:
            raise ValueError(f"{name} must have the shape {tuple(value.shape)}, got {tuple(parameter.shape)}")
        with torch.no_grad():
            parameter.copy_(value)


class Debugger:
    """Stands in for the runner, in this process and without limits, so that pdb works in the submission."""

    def __init__(self, file):
        self.module, self.response = load(os.path.realpath(file), catch=Exception)

    def load(self):
        return types.SimpleNamespace(response=self.response, arrays={}, printed="", ended=None)

    def run(self, requests):
        for request, arrays in requests:
            outcome = self.load()
            if not outcome.response["error"]:
                outcome.response, outcome.arrays = serve_one(self.module, request, arrays)
            if outcome.response["error"].startswith("BdbQuit"):
                raise KeyboardInterrupt
            yield outcome


def _strided(x):
    """The same values, but of reversed strides and with other values between them: neither contiguous nor viewable."""
    x = x.permute(*reversed(range(x.dim())))
    return torch.stack((x, 1 - x), -1)[..., 0].permute(*reversed(range(x.dim())))


def _array(name, tensor):
    """Copies a tensor's bytes out."""
    if type(tensor) is not torch.Tensor:  # a subclass may compute what it likes whenever it is looked at
        raise TypeError(f"{name} must be a torch.Tensor, got {type(tensor).__name__}")
    with contextlib.suppress(TypeError, RuntimeError):
        small = tensor.numel() * tensor.element_size() <= LARGEST  # an expanded one takes no room until it is copied
        if small and (array := tensor.detach().contiguous().numpy().copy()).dtype.kind in "biuf":
            return array
    kind = f"{tensor.dtype}, {tensor.layout}, of the shape {tuple(tensor.shape)}"
    raise TypeError(f"{name} must be a dense tensor of real numbers, and at most {LARGEST >> 20} MB, got {kind}")


def describe(error, file):
    """An exception in words, with the frames that lie in the submission."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    lines = [f"  line {frame.lineno}, in {frame.name}: {frame.line}" for frame in frames[-20:]]
    return "\n".join([f"{type(error).__name__}: {str(error)[:2000]}", *lines])


def _listen(inbox, folder):
    """Reads requests in a thread of its own. The channel ends when the runner does, whatever its end, and so do we."""
    try:
        for line in REQUESTS:
            inbox.put(line.strip())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os._exit(0)


def _answer(path, response, results):
    with contextlib.suppress(BaseException):  # the submission may have closed or replaced them
        sys.stdout.flush()
        sys.stderr.flush()
    save_file(results, path + ".part", {"json": json.dumps(response)})
    os.replace(path + ".part", path)  # so that it is there as a whole


def main(file, folder):
    gc.enable()
    inbox, pid, module = queue.SimpleQueue(), os.getpid(), None
    torch.set_num_threads(1)  # the tensors are small, and one thread sums in one order
    resolve_name(torch.Tensor.add)  # builds torch's table of names, while they are still torch's own
    _answer(os.path.join(folder, "ready"), {}, {})
    threading.Thread(target=_listen, args=(inbox, folder), daemon=True).start()
    while True:
        path = os.path.join(folder, inbox.get())
        with safe_open(path, "numpy") as asked:
            request = json.loads(asked.metadata()["json"])
            arrays = {name: asked.get_tensor(name) for name in asked.keys()}  # noqa: SIM118 - it is no dict
        if "load" in request:
            (module, response), results = load(file), {}
        else:
            response, results = serve_one(module, request, arrays, catch=BaseException)
        if os.getpid() != pid:
            os._exit(0)  # a child that the submission forked
        _answer(path + ".answer", response, results)


if __name__ == "__main__":
    main(*sys.argv[1:])
