"""Runs a submission on inputs and hands back raw tensors: the only room that imports torch.

runner.py starts this file as a script and asks it one case at a time. The submission may corrupt whatever is in this
process, so it holds no answer, judges nothing and imports no other room: a forged response is only what the submission
could have computed anyway.

A frame, either way, is 8 bytes of length (little-endian), then a safetensors blob whose metadata has one key "json".
"""

import contextlib
import gc
import json
import os
import queue
import struct
import sys
import threading
import traceback
import types

if __name__ == "__main__":
    # A random.py or numpy.py beside the submission, or beside this file, must not stand in for the library's.
    folders = {os.path.realpath(os.path.dirname(path)) for path in (__file__, sys.argv[1])}
    sys.path[:] = [path for path in sys.path if os.path.realpath(path) not in folders]
    # stdin and stdout are the channel to the runner. They are put aside before anyone can print to them; whatever is
    # printed, to either stream, then goes to stderr, which the runner captures.
    REQUESTS, RESPONSES = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    for stream in (sys.stdout, sys.stderr):  # each line at once, so that a crash loses none
        stream.reconfigure(line_buffering=True, encoding="utf-8", errors="backslashreplace")
    gc.disable()  # a tenth of the time that the import of torch takes, and it leaves no garbage behind

import torch
from safetensors.numpy import load as read_tensors
from safetensors.numpy import save as write_tensors
from torch.overrides import TorchFunctionMode, resolve_name
from torch.utils._python_dispatch import TorchDispatchMode

# Taken before the submission can patch them.
TENSOR, DETACH, NUMPY, GRAD, EXIT, PID = (
    torch.Tensor, torch.Tensor.detach, torch.Tensor.numpy, torch.autograd.grad, os._exit, os.getpid
)  # fmt: skip
LARGEST = 32 * 2**20  # bytes of a tensor that is handed back


class WrongType(Exception):
    """What the submission returned is no plain tensor whose bytes could be handed back."""


class _Functions(TorchFunctionMode):
    """Counts the torch functions that the submission itself calls, not what a call does inside."""

    def __init__(self, file):
        super().__init__()
        self.file, self.seen = file, {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func not in self.seen:
            frame = sys._getframe(1)
            while frame and frame.f_code.co_filename != self.file:
                frame = frame.f_back
            self.seen[func] = [0, frame and frame.f_lineno]
        self.seen[func][0] += 1
        return func(*args, **(kwargs or {}))

    def operations(self):
        operations = {}
        for func, (count, line) in self.seen.items():
            entry = operations.setdefault(resolve_name(func) or getattr(func, "__qualname__", repr(func)), [0, line])
            entry[0] += count
        return operations


class _Dispatch(TorchDispatchMode):
    """Counts the aten operations: what is left to see where a call slips past the mode above."""

    def __init__(self):
        super().__init__()
        self.counts = {}

    def count(self, func, types, args=(), kwargs=None):
        name = str(func.overloadpacket)
        self.counts[name] = self.counts.get(name, 0) + 1
        return func(*args, **(kwargs or {}))


# Not in the class body: there torch would wrap it, and the first call would import torch._dynamo (as long as torch).
_Dispatch.__torch_dispatch__ = _Dispatch.count


def load(file):
    """Runs the file as the module ``layers``: never as __main__, and no .pyc is trusted or written."""
    with open(file, "rb") as source:
        code = compile(source.read(), file, "exec", dont_inherit=True)
    module = types.ModuleType("layers")
    module.__file__ = file
    sys.modules["layers"] = module
    exec(code, vars(module))
    return module


def serve_one(module, request, arrays, catch=Exception):
    """Constructs the layer, then runs each call forward and, given an upstream gradient, backward."""
    response, results, stage = {"id": request.get("id"), "error": None, "calls": []}, {}, "construct"
    file = vars(module).get("__file__")
    try:
        layer = getattr(module, request["layer"])(**request["arguments"])
        given = {name[10:]: torch.tensor(array) for name, array in arrays.items() if name.startswith("parameter.")}
        if given:
            keys = layer.load_state_dict(given, strict=False)
            if keys.unexpected_keys:
                raise WrongType(f"the layer has no parameter {', '.join(keys.unexpected_keys)}")
            response["unset"] = list(keys.missing_keys)  # parameters beyond those that it should have
        for i, call in enumerate(request["calls"]):
            stage = "forward"
            if call.get("arguments") is not None:
                layer, prefix = getattr(module, request["layer"])(**call["arguments"]), f"{i}.parameter."
                own = {name.removeprefix(prefix): value for name, value in arrays.items() if name.startswith(prefix)}
                layer.load_state_dict({name: torch.tensor(value) for name, value in own.items()}, strict=False)
            leaves = {name: torch.tensor(arrays[f"{i}.{name}"]) for name in call["inputs"]}
            upstream = torch.tensor(arrays[f"{i}.upstream"]) if call["upstream"] else None
            wanted = {n: x.requires_grad_() for n, x in leaves.items() if call["upstream"] and x.is_floating_point()}
            # Not the leaves themselves: autograd refuses to change a leaf in place, and such a change is to be seen.
            inputs = [_strided(x) if call["strided"] and n == 0 else x.clone() for n, x in enumerate(leaves.values())]
            with _Functions(file) as functions, _Dispatch() as dispatch:
                output = layer(*inputs)
            response["calls"].append({"operations": functions.operations(), "dispatch": dispatch.counts})
            results[f"{i}.output"] = _array("the output", output)
            results |= {f"{i}.after.{name}": _array(name, x) for name, x in zip(leaves, inputs)}
            stage = "backward"
            if call["upstream"] and output.requires_grad and output.shape == upstream.shape:
                parameters = dict(layer.named_parameters()) if given else {}
                wanted |= {name: parameters[name] for name in given if name in parameters}
                # By the edge and without grad_outputs, grad does not import sympy (a quarter of torch's own time).
                edge = torch.autograd.graph.get_gradient_edge((output * upstream).sum())
                grads = GRAD(edge, list(wanted.values()), allow_unused=True)
                found = {name: grad for name, grad in zip(wanted, grads) if grad is not None}
                results |= {f"{i}.grad.{name}": _array(f"the gradient of {name}", grad) for name, grad in found.items()}
    except catch as error:
        response["error"] = describe(error, stage, file)
    return response, results


def _strided(x):
    """The same values, but of reversed strides and with other values between them: neither contiguous nor viewable."""
    x = x.permute(*reversed(range(x.dim())))
    return torch.stack((x, 1 - x), -1)[..., 0].permute(*reversed(range(x.dim())))


def _array(name, tensor):
    """Copies a tensor's bytes out."""
    if type(tensor) is not TENSOR:  # a subclass may compute what it likes whenever it is looked at
        raise WrongType(f"{name} must be a torch.Tensor, got {type(tensor).__name__}")
    if tensor.numel() * tensor.element_size() > LARGEST:  # an expanded one takes no room until it is copied
        raise WrongType(f"{name} must take at most {LARGEST >> 20} MB, got the shape {tuple(tensor.shape)}")
    try:
        array = NUMPY(DETACH(tensor).contiguous()).copy()
    except (TypeError, RuntimeError):
        array = None
    if array is None or array.dtype.kind not in "biuf":
        raise WrongType(f"{name} must be a dense tensor of real numbers, got {tensor.dtype} ({tensor.layout})")
    return array


def describe(error, stage, file):
    """An exception as data, with the frames that lie in the submission."""
    try:
        message = str(error)[:2000]
    except BaseException:
        message = ""
    frames = [
        {"line": frame.lineno, "function": frame.name, "text": frame.line or ""}
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file
    ]
    if isinstance(error, SyntaxError) and error.filename == file:
        message = error.msg
        frames.append({"line": error.lineno, "function": "", "text": (error.text or "").strip()})
    return {"type": type(error).__name__, "message": message, "stage": stage, "frames": frames[-20:]}


def _receive(inbox):
    """Reads requests in a thread of its own. The channel ends when the runner does, whatever its end, and so do we."""
    while len(size := REQUESTS.read(8)) == 8:
        blob = REQUESTS.read(*struct.unpack("<Q", size))
        header = json.loads(blob[8 : 8 + struct.unpack("<Q", blob[:8])[0]])
        inbox.put((json.loads(header["__metadata__"]["json"]), read_tensors(blob)))
    EXIT(0)


def _send(response, results):
    with contextlib.suppress(BaseException):  # the submission may have closed or replaced them
        sys.stdout.flush()
        sys.stderr.flush()
        os.write(2, f"\0{response['id']}\0".encode())  # the prints up to here belong to this response
    blob = write_tensors(results, {"json": json.dumps(response)})
    RESPONSES.write(struct.pack("<Q", len(blob)) + blob)
    RESPONSES.flush()


def main(file):
    gc.enable()
    inbox, pid, module = queue.SimpleQueue(), PID(), None
    torch.set_num_threads(1)  # the tensors are small, and one thread sums in one order
    resolve_name(torch.Tensor.add)  # builds torch's table of names, while they are still torch's own
    threading.Thread(target=_receive, args=(inbox,), daemon=True).start()
    _send({"id": "ready"}, {})
    while True:
        request, arrays = inbox.get()
        if "load" in request:
            response, results = {"id": request["id"], "error": None, "calls": []}, {}
            try:
                module = load(file)
                response["classes"] = [name for name, value in vars(module).items() if isinstance(value, type)]
            except BaseException as error:
                response["error"] = describe(error, "load", file)
        else:
            response, results = serve_one(module, request, arrays, catch=BaseException)
        if PID() != pid:
            EXIT(0)  # a child that the submission forked
        _send(response, results)


if __name__ == "__main__":
    main(sys.argv[1])
