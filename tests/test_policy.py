"""What a submission may use has no finding; what it may not has one, however it is written."""

import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode, resolve_name

from grading.policy import EXTRA, LAYERS, check_operations, check_source
from grading.worker import _Dispatch

ROOT = Path(__file__).parent.parent
LINEAR, CONV, POOL, LOSS = EXTRA
IMPORTS = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n\n"


def layer(body, name=CONV, arguments="x, w"):
    """A submission of one layer, whose forward is the body."""
    lines = "\n        ".join(body.splitlines())
    return f"{IMPORTS}class {name}(nn.Module):\n    def forward(self, {arguments}):\n        {lines}\n"


HONEST = {
    "what others have": """
import torch
from torch.nn.modules import Module
from torch.nn import Parameter, init

__date__ = "2026"

class CustomLinear(Module):
    __constants__ = ["in_features"]
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = Parameter(torch.empty(out_features, in_features))
        init.orthogonal_(self.weight)
        self.weight.data.uniform_(-0.1, 0.1)
    def forward(self, x):
        assert x.storage_offset() >= 0, self.__doc__
        return torch.functional.einsum("...i,oi->...o", x, self.weight)
    def __repr__(self):
        return super().__repr__() + "!"
""",
    "einsum": """
import math, torch
from torch import nn

class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super(CustomLinear, self).__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(torch.empty(out_features))
        else:
            self.register_parameter('bias', None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in, _ = nn.init._calculate_fan_in_and_fan_out(self.weight)
            bound = 1 / math.sqrt(fan_in) if fan_in > 0 else 0
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        out = torch.einsum('...i,oi->...o', x, self.weight)
        if self.bias is not None:
            out += self.bias
        return out

    def __repr__(self):
        return f"{self.__class__.__name__}({self.weight.shape[1]}, {type(self).__name__})"
""",
    "loops": """
import torch as t
import torch.nn as nn

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding

    def forward(self, x):
        N, C, H, W = x.shape
        padded = t.full((N, C, H + 2 * self.p, W + 2 * self.p), float('-inf'), dtype=x.dtype, device=x.device)
        padded[:, :, self.p:self.p + H, self.p:self.p + W] = x
        rows = []
        for i in range(0, H + 2 * self.p - self.k + 1, self.s):
            row = []
            for j in range(0, W + 2 * self.p - self.k + 1, self.s):
                row.append(padded[:, :, i:i + self.k, j:j + self.k].reshape(N, C, -1).max(dim=-1)[0])
            rows.append(t.stack(row, dim=-1))
        return t.stack(rows, dim=-2)
""",
    "unfold through nn": """
import torch
from torch import nn, Tensor, einsum
from typing import Optional, Tuple, Union

class CustomConv2D(nn.Module):
    weight: Tensor
    def __init__(self, in_channels: int, out_channels: int, kernel_size: Union[int, Tuple[int, int]],
                 stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size) * 0.1)
        self.bias: Optional[nn.Parameter] = nn.Parameter(torch.zeros(out_channels))

    def forward(self, x: "torch.Tensor") -> "Tensor":
        cols = nn.functional.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        out = einsum('ok,nkl->nol', self.weight.view(self.weight.size(0), -1), cols)
        h = (x.size(2) + 2 * self.padding - self.kernel_size) // self.stride + 1
        return out.view(x.size(0), -1, h, cols.size(-1) // h) + self.bias[None, :, None, None]
""",
    "unfold by its whole name": """
import torch

class CustomMaxPool2D(torch.nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        torch.nn.Module.__init__(self)
        self.kernel_size, self.padding = kernel_size, padding
        self.stride = stride if stride is not None else kernel_size

    def forward(self, x):
        low = torch.finfo(x.dtype).min
        info = torch.finfo(x.dtype)
        columns = torch.nn.functional.unfold(x + 1, self.kernel_size, stride=self.stride)
        columns = columns.view(x.size(0), x.size(1), self.kernel_size ** 2, -1)
        return torch.max(columns, dim=2).values.clamp(min=low, max=info.max).flatten(1) + info.min
""",
    "the name alone": """
import torch
from torch.nn import Module, Parameter
from torch.nn.functional import unfold
from torch.nn.init import kaiming_uniform_
from math import sqrt, floor, inf

class CustomConv2D(Module):
    def __init__(self, i, o, k, stride=1, padding=0):
        super().__init__()
        self.weight = Parameter(torch.Tensor(o, i, k, k))
        kaiming_uniform_(self.weight, a=sqrt(5))

    def forward(self, x):
        return torch.einsum("ok,nkl->nol", self.weight.flatten(1), unfold(x, 3)).to(x.dtype)
""",
    "the loss by functions": """
import torch
import torch.nn as nn

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction='mean'):
        super().__init__()
        assert reduction in ['mean', 'sum', 'none'], "reduction: {}".format(reduction)
        self.reduction = reduction

    def forward(self, logits, targets):
        if logits.dim() > 2:
            logits = logits.movedim(1, -1).reshape(-1, logits.shape[1])
        shifted = logits - torch.max(logits, dim=1, keepdim=True)[0].detach()
        logsum = torch.log(torch.sum(torch.exp(shifted), dim=1))
        loss = logsum - torch.gather(shifted, 1, targets.reshape(-1, 1).long()).squeeze(1)
        if self.reduction == 'mean':
            return torch.mean(loss)
        elif self.reduction == 'sum':
            return torch.sum(loss)
        return loss.view(targets.shape)
""",
    "the loss by methods": """
import torch
from torch import nn

class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    @staticmethod
    def log_softmax(z):
        z = z - z.amax(1, keepdim=True)
        return z - z.exp().sum(1, keepdim=True).log()

    def forward(self, logits, targets):
        if (targets < 0).any() or int(targets.max()) >= logits.shape[1]:
            raise IndexError(f"target {targets.max().item()} is out of bounds")
        loss = -self.log_softmax(logits)[torch.arange(len(logits), device=logits.device), targets]
        return {"mean": loss.mean, "sum": loss.sum, "none": loss.clone}[self.reduction]()
""",
    "helpers": """
import math
import torch, torch.nn as nn
F = nn.functional
EPS = 1e-12

def _out(size, k, s, p):
    return math.floor((size + 2 * p - k) / s) + 1

def pad(x, p, value=0.0):
    def place(canvas):
        canvas[..., p:-p, p:-p] = x
        return canvas
    return x if p == 0 else place(x.new_full((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p), value))

class Windows:
    count = 0
    def __init__(self, k, s):
        self.k, self.s = k, s
    def max(self, x):
        return F.unfold(x, self.k, stride=self.s)
    def __call__(self, x):
        return self.max(x)

class CustomConv2D(nn.Module):
    def __init__(self, i, o, k, stride=1, padding=0):
        super().__init__()
        self.windows = Windows(k, stride)
        self.p = padding
    def forward(self, x):
        columns = self.windows(pad(x, self.p))
        again = self.windows.max(x)
        sizes = [_out(s, self.windows.k, self.windows.s, self.p) for s in x.shape[-2:]]
        return columns.unflatten(-1, sizes), again

class CustomMaxPool2D(nn.Module):
    def __init__(self, k, stride=None, padding=0):
        super().__init__()
        self.windows = Windows(k, stride or k)
        self.p = padding
    def forward(self, x):
        n, c = x.shape[:2]
        return self.windows(pad(x, self.p, -float("inf"))).reshape(n, c, self.windows.k ** 2, -1).max(2).values
""",
    "slices": """
import torch
from torch import nn

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size, self.stride = kernel_size, stride
    def forward(self, x):
        best = None
        for i in range(self.kernel_size):
            for j in range(self.kernel_size):
                part = x[:, :, i::self.stride, j::self.stride]
                best = part if best is None else torch.maximum(best, part)
        windows = x.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        also = windows.contiguous().view(*windows.shape[:4], -1).max(dim=-1, keepdim=False)
        return torch.where(best > also.values, best, also[0])
""",
    "strides": """
import torch
import torch.nn as nn

class CustomConv2D(nn.Module):
    def forward(self, x):
        n, c, h, w = x.size()
        s = x.stride()
        windows = torch.as_strided(x, (n, c, h - 2, w - 2, 3, 3), (*s, s[2], s[3]))
        out = torch.zeros(n, 1, h - 2, w - 2).type_as(x).to(x.device, dtype=torch.float32)
        out[:] = torch.einsum('nchwij,ocij->nohw', windows, self.weight)
        out.add_(self.bias.view(1, -1, 1, 1)).mul_(1.0)
        return out if out.requires_grad else out.float()
""",
    "code at the end": """
from __future__ import annotations
import torch
import torch.nn as nn
from math import *
from typing import *

class CustomLinear(nn.Module):
    def forward(self, x: Optional[torch.Tensor]):
        print("in", x.shape, sep=", ")
        return torch.einsum("bi,oi->bo", [x, self.weight]) + self.bias * sqrt(1)

def compare():
    import numpy as np
    x = torch.randn(2, 3)
    with torch.no_grad():
        assert np.allclose(CustomLinear(3, 4)(x).numpy(), nn.Linear(3, 4)(x).numpy())

if __name__ == "__main__":
    import os, sys
    import numpy as np
    sys.path.append(os.getcwd())
    conv = nn.Conv2d(3, 4, 3)
    print(conv(torch.randn(1, 3, 5, 5)) @ torch.eye(3))
    compare()
""",
    "tests at the module's level": """
import torch
import torch.nn as nn

class CustomLinear(nn.Module):
    def forward(self, x):
        assert isinstance(x, torch.Tensor), 'x'
        try:
            y = torch.einsum("bi,oi->bo", x, self.weight)
        except RuntimeError as e:
            raise ValueError(str(e)) from e
        return y

torch.manual_seed(0)
x = torch.randn(2, 3)
reference = nn.Linear(3, 4)
y = reference(x)
print((CustomLinear(3, 4).forward(x) - y).abs().max() if False else "skipped")
print(__name__, torch.__version__, CustomLinear.__name__, torch.allclose(reference(x), y))
""",
    "a module's name for a number": """
import torch, numpy as np
import torch.nn as nn
import torch.nn.functional as F

class CustomConv2D(nn.Module):
    def columns(self, x):
        return F.unfold(x, self.weight.shape[2:], padding=self.padding, stride=self.stride)
    def forward(self, x):
        N, C, H, W = x.shape
        F, _, HH, WW = self.weight.shape
        out = torch.einsum("fk,nkl->nfl", self.weight.reshape(F, -1), self.columns(x))
        return out.view(N, F, (H - HH) // self.stride + 1, -1) + self.bias.view(1, F, 1, 1)

def check(layer):
    return np.abs(layer.weight.detach().numpy())
""",
    "context and generator": """
import torch
import torch.nn as nn
__all__ = ["CustomLinear"]
__author__ = "3035"

class Base(nn.Module):
    @torch.no_grad()
    def reset_parameters(self):
        for p in self.parameters():
            p.uniform_(-1, 1)

class CustomLinear(Base):
    def __init__(self, *sizes, bias=True, **options):
        super().__init__()
        setattr(self, "size", sizes)
        self.scale = options.get("scale", 1)
    @property
    def shape(self):
        return getattr(self, "weight").shape
    def forward(self, x):
        rows = (torch.einsum("...i,i->...", x, row) for row in self.weight)
        input, f = list(rows), lambda v: v * self.scale
        columns = [f(v).unsqueeze(-1) for v in input if hasattr(self, "weight")]
        return torch.cat(tuple(columns), dim=-1) if len(columns) > 1 else columns[0] + sum([0, 0])
""",
}


@pytest.mark.parametrize("text", HONEST.values(), ids=HONEST)
def test_an_honest_submission_has_no_finding(text):
    assert check_source(text) == []


def test_the_reference_solution_has_no_finding():
    assert check_source((ROOT / "layers.py").read_text(encoding="utf-8")) == []


# What forward does -> the name that is found there. All are plain violations, in a file with F, nn and torch imported.
VIOLATIONS = {
    "return F.conv2d(x, w)": "torch.nn.functional.conv2d",
    "return torch.nn.functional.linear(x, w)": "torch.nn.functional.linear",
    "return nn.functional.pad(x, (1, 1))": "torch.nn.functional.pad",
    "return nn.Conv2d(1, 1, 3)(x)": "torch.nn.Conv2d",
    "return nn.Unfold(3)(x)": "torch.nn.Unfold",
    "return x @ w": "@",
    "x @= w\nreturn x": "@",
    "return torch.matmul(x, w)": "torch.matmul",
    "return x.matmul(w)": "matmul",
    "return x.mm(w)": "mm",
    "return x.sum(1)": "sum",
    "return torch.exp(x)": "torch.exp",
    "return x.exp_()": "exp_",
    "return x.max(1)": "max",
    "return torch.Tensor.matmul(x, w)": "matmul",
    "return x.numpy()": "numpy",
    "return torch.linalg.norm(x)": "torch.linalg.norm",
    "return torch.special.expit(x)": "torch.special.expit",
    "return torch.functional.tensordot(x, w)": "torch.functional.tensordot",
    "return nn.modules.conv.F.conv2d(x, w)": "torch.nn.modules.conv.F.conv2d",
    "return nn.init.torch.matmul(x, w)": "torch.nn.init.torch.matmul",
    "f = F.conv2d\nreturn f(x, w)": "torch.nn.functional.conv2d",
    "t = torch\nreturn t.mm(x, w)": "torch.mm",
    "t = u = torch\nreturn u.mm(x, w)": "torch",
    "t, u = torch, F\nreturn u.conv2d(x, w)": "conv2d",
    "for t in [torch]:\n    return t.mm(x, w)": "torch",
    "return (torch if x else F).mm(x, w)": "mm",
    "return (t := torch).mm(x, w)": "mm",
    "return (f := F.conv2d)(x, w)": "torch.nn.functional.conv2d",
    "return {'c': F.conv2d}['c'](x, w)": "torch.nn.functional.conv2d",
    "return [torch][0].mm(x, w)": "mm",
    "return (lambda a, f=torch.mm: f(a, w))(x)": "torch.mm",
    "def inner(a, t=torch):\n    return t.mm(a, w)\nreturn inner(x)": "mm",
    "import torch.nn.functional as G\nreturn G.conv2d(x, w)": "torch.nn.functional.conv2d",
    "from torch.nn.functional import conv2d as unfold\nreturn unfold(x, w)": "torch.nn.functional.conv2d",
    "from torch import functional\nreturn functional.F.conv2d(x, w)": "torch.functional.F.conv2d",
    "from torch import *\nreturn mm(x, w)": "torch.*",
    "from torch.nn.functional import *\nreturn conv2d(x, w)": "torch.nn.functional.*",
    "import numpy as np\nreturn np.dot(x, w)": "numpy",
    "from scipy.signal import convolve2d\nreturn convolve2d(x, w)": "scipy",
    "from functools import partial\nreturn partial(F.conv2d, x)(w)": "functools",
    "return type(x).conv(x, w)": "conv",
    "return x.__class__.__name__.mm(w)": "mm",
    "return getattr(torch, 'mm')(x, w)": "torch.mm",
    "return getattr(x, 'mm')(w)": "mm",
    "return [mm(w) for mm in [x.mm]][0]": "mm",
    "return sum(map(torch.mm, [x], [w]))": "torch.mm",
    "@torch.compile\ndef inner(a):\n    return a\nreturn inner(x)": "torch.compile",
    "class Product(torch.autograd.Function):\n    pass\nreturn Product.apply(x)": "torch.autograd.Function",
    "return super().mm(x)": "mm",
    "return x.softmax(1)": "softmax",
    "return torch.finfo(x.dtype).dtype.mm(x)": "mm",
    "self.matmul = 1\nreturn x.matmul(w)": "matmul",
    "self.soft = Helper()\nreturn self.other.softmax(x)": "softmax",
    "return f'{x.mm(w)}'": "mm",
    "global torch\nreturn torch.mm(x, w)": "torch.mm",
    "return x.grad": "grad",
    "return nn.Parameter(x).bmm(w)": "bmm",
}


@pytest.mark.parametrize("body", VIOLATIONS)
def test_a_violation_is_found_and_named(body):
    found = {f.name: f for f in check_source(layer(body))}
    assert VIOLATIONS[body] in found
    finding = found[VIOLATIONS[body]]
    assert not finding.suspicious
    assert CONV in finding.layers
    assert finding.instead
    assert 7 <= finding.line <= 6 + len(body.splitlines())


SUSPICIOUS = {
    "import os\nreturn x": "os",
    "import sys as math\nreturn x": "sys",
    "from os.path import join\nreturn x": "os",
    "from . import solution\nreturn x": ".solution",
    "import solution\nreturn x": "solution",
    "import torch, importlib\nreturn x": "importlib",
    "import torch.utils.cpp_extension\nreturn x": "torch.utils.cpp_extension",
    "from torch._C import _nn\nreturn x": "torch._C._nn",
    "return open('test_cases')": "open",
    "o = open\nreturn x": "open",
    "return eval('x' + '@w')": "eval",
    "exec('import os')": "exec",
    "return __import__('os')": "__import__",
    "return globals()['torch']": "globals",
    "return vars(torch)['mm'](x, w)": "vars",
    "return getattr(x, 'mat' + 'mul')(w)": "getattr",
    "g = getattr\nreturn g(x, 'mm')(w)": "getattr",
    "return getattr(x, '__dict__')": "__dict__",
    "return getattr(x, name='mm')": "getattr",
    "return setattr(torch, 'allclose', w)": "torch.allclose",
    "torch.allclose = lambda *a: True": "torch.allclose",
    "torch.Tensor.allclose = lambda *a: True": "torch.Tensor.allclose",
    "F.unfold = torch.einsum": "torch.nn.functional.unfold",
    "del torch.allclose": "torch.allclose",
    "x.__class__ = w": "__class__",
    "return x.__matmul__(w)": "__matmul__",
    "return torch.nn.functional.__dict__['linear'](x, w)": "__dict__",
    "return ().__class__.__base__.__subclasses__()": "__subclasses__",
    "return __builtins__": "__builtins__",
    "return (lambda: 0).__globals__": "__globals__",
    "return (i for i in x).gi_frame.f_back": "f_back",
    "return torch.load('x')": "torch.load",
    "torch.save(x, 'x')": "torch.save",
    "return torch.ops.aten.mm(x, w)": "torch.ops.aten.mm",
    "return torch._C._nn.linear(x, w)": "torch._C._nn.linear",
    "return torch.os.getcwd()": "torch.os.getcwd",
    "import random\nreturn random._os.sep": "random._os.sep",
    "class Equal(torch.Tensor):\n    pass\nreturn x": "torch.Tensor",
    "class Equal:\n    def __eq__(self, other):\n        return True\nreturn x": "__eq__",
    "class Odd(metaclass=Meta):\n    pass\nreturn x": "metaclass",
    "import typing\nreturn typing.get_type_hints(self)": "typing.get_type_hints",
    "@torch.jit.script\ndef inner(a):\n    return a\nreturn inner(x)": "torch.jit.script",
    "return [open for open in [open]]": "open",
    "breakpoint()": "breakpoint",
}


@pytest.mark.parametrize("body", SUSPICIOUS)
def test_what_reaches_outside_is_suspicious(body):
    found = {f.name: f for f in check_source(layer(body)) if f.suspicious}
    assert SUSPICIOUS[body] in found
    assert found[SUSPICIOUS[body]].layers == LAYERS


CLASSES = f"""{IMPORTS}
class {LINEAR}(nn.Module):
    def forward(self, x):
        return a(x)

class {POOL}(nn.Module):
    def forward(self, x):
        return b(x)

"""
CHARGED = {
    "def a(x):\n    return x.mm(x)": {LINEAR},
    "def a(x):\n    return c(x)\ndef c(x):\n    return x.mm(x)": {LINEAR},
    "def a(x):\n    return b(x)\ndef b(x):\n    return c(x)\nclass c:\n    f = torch.mm": {LINEAR, POOL},
    "def a(x):\n    return b(x)\ndef b(x):\n    return x.max(1)": {LINEAR},
    "def c(x):\n    return x.mm(x)": set(),
    "a = torch.mm": {LINEAR},
    "a = {'f': None}\na['f'] = torch.mm": {LINEAR},
    "a = []\na.append(torch.mm)": {LINEAR},
    f"{POOL}.forward = lambda self, x: x.mm(x)": {POOL},
    "def a(x):\n    sizes = [c for c in x.shape]\n    return c(x, sizes)\ndef c(x, sizes):\n    return x.mm(x)": {
        LINEAR
    },
    "if torch:\n    def b(x):\n        return x.mm(x)": {POOL},
    "if __name__ == '__main__':\n    a = torch.mm\nelse:\n    b = torch.mm": {POOL},
    "if __name__ == '__main__' or True:\n    a = torch.mm": {LINEAR},
    "x = torch.mm": set(),  # both forwards have an x of their own
    "def c(a):\n    a = a.mm(a)\n    return a": set(),
}


@pytest.mark.parametrize("code", CHARGED)
def test_a_violation_is_charged_to_the_layers_that_reach_it(code):
    found = [f for f in check_source(CLASSES + code) if f.name in ("mm", "torch.mm", "max")]
    assert set().union(*(f.layers for f in found)) == CHARGED[code]


def test_findings_are_told_once_in_order_with_the_way_out():
    body = "y = x @ w\nz = F.conv2d(x, w)\ny = F.conv2d(y, w)\nreturn y @ z + x.cumsum(0).sum()"
    found = [(f.line, f.name, f.instead) for f in check_source(layer(body))]
    assert found == [
        (7, "@", "torch.einsum"),
        (8, "torch.nn.functional.conv2d", "unfold and einsum"),
        (10, "cumsum", "creation, indexing, reshaping and arithmetic, and what the handout names for this layer"),
        (10, "sum", "torch.einsum, which sums over a letter that is left out"),
    ]


@pytest.mark.parametrize("name", EXTRA)
@pytest.mark.parametrize(
    "use, users",
    [
        ("torch.einsum('i,i', x, w)", {LINEAR, CONV}),
        ("F.unfold(x, 2)", {CONV, POOL}),
        ("x.max(1)", {POOL, LOSS}),
        ("torch.max(x, 1)", {POOL, LOSS}),
        ("x.amax(1)", {POOL, LOSS}),
        ("x.exp()", {LOSS}),
        ("torch.log(x)", {LOSS}),
        ("x.sum()", {LOSS}),
        ("torch.mean(x)", {LOSS}),
        ("x.gather(1, w)", LAYERS),
        ("torch.sqrt(x).pow(2).neg().abs()", LAYERS),
        ("x.logsumexp(1)", set()),
        ("F.log_softmax(x, 1)", set()),
        ("x.argmax(1)", set()),
    ],
)
def test_what_is_allowed_depends_on_the_layer(name, use, users):
    assert [f.layers for f in check_source(layer(f"return {use}", name))] == ([] if name in users else [{name}])


def test_an_import_is_charged_to_the_layers_that_use_what_it_binds():
    found = check_source("import numpy, random as a\nfrom scipy import signal as b, stats\n" + CLASSES)
    assert [(f.line, f.name, f.layers) for f in found] == [(1, "random", {LINEAR}), (2, "scipy", {POOL})]
    assert [f.layers for f in check_source("from numpy import *\n" + CLASSES)] == [LAYERS]


def test_what_can_reach_outside_counts_against_every_layer_wherever_it_stands():
    assert [f.layers for f in check_source("import os\n" + CLASSES)] == [LAYERS]
    assert [f.layers for f in check_source(CLASSES + "def c():\n    open('x')\n")] == [LAYERS]
    assert check_source(CLASSES + "if __name__ == '__main__':\n    import os\n    open('x')\n") == []
    assert check_source(CLASSES + "if '__main__' == __name__:\n    import os\n") == []


def test_texts_that_are_hard_to_read():
    assert check_source("") == []
    assert check_source("s = '\\d'\n") == []  # without a warning
    with pytest.raises(SyntaxError):
        check_source("def f(:\n")
    assert [f.suspicious for f in check_source("x = " + "-" * 3000 + "1")] in ([True], [])
    assert [f.suspicious for f in check_source("y = x" + ".real" * 3000)] == [True]


class Record(TorchFunctionMode):
    def __init__(self):
        super().__init__()
        self.operations = {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.operations.setdefault(str(resolve_name(func)), [1, sys._getframe(1).f_lineno])
        return func(*args, **(kwargs or {}))


def record(call, *tensors):
    with Record() as mode:
        call(*tensors)
    return mode.operations


def test_what_the_reference_solution_calls_is_allowed():
    import layers

    x, targets = torch.randn(2, 3, 6, 6), torch.randint(3, (2, 6, 6))
    called = {
        LINEAR: record(layers.CustomLinear(6, 4), x),
        CONV: record(layers.CustomConv2D(3, 4, 3, padding=1), x),
        POOL: record(layers.CustomMaxPool2D(2, padding=1), x),
        LOSS: record(layers.CustomCrossEntropyLoss(), x, targets),
    }
    for name, operations in called.items():
        assert operations
        assert check_operations(name, operations) == []


# What runs -> the layers that may call it.
CALLED = {
    "-(abs(x) + 1 - x) * 2 / x // 3 % 2 ** x": LAYERS,
    "2 ** x - 1 / x, 1 // x, 1 - x, x == 1, x != x, (x < 1) & (x >= 1) | ~(x > 2) ^ (x <= 0)": LAYERS,
    "x.shape, x.T, x.dtype, x.device, x.ndim, x.size(), x.dim(), len(x), list(x), x[x > 0], float(x[0, 0])": LAYERS,
    "x.__setitem__(0, 1), x.mul_(2).add_(1), bool(x.any()), repr(x), f'{x.sum}', 1.0 in x, x.item": LAYERS,
    "torch.stack([x]), torch.cat([x]), x.split(1), torch.split(x, 1), x.view(-1).expand(2, -1), x.unbind()": LAYERS,
    "x.float().to(torch.float64).type_as(x).detach(), torch.set_grad_enabled(True)": LAYERS,
    "torch.einsum('ij->i', x)": {LINEAR, CONV},
    "F.unfold(x[None, None], 2)": {CONV, POOL},
    "torch.max(x, 1)": {POOL, LOSS},
    "x.exp()": {LOSS},
    "x @ x": set(),
    "torch.mm(x, x)": set(),
    "torch.ops.aten.mm(x, x)": set(),
    "F.linear(x, x)": set(),
    "F.conv2d(x[None, None], x[None, None])": set(),
    "torch.tensordot(x, x, 1)": set(),
    "x.numpy()": set(),
    "x.data": set(EXTRA),
    "torch.linalg.norm(x)": set(),
    "x.softmax(1)": set(),
    "x.sort()": set(),
}


@pytest.mark.parametrize("name", EXTRA)
@pytest.mark.parametrize("code", CALLED)
def test_the_names_of_a_run(name, code):
    operations = record(lambda x: eval(code, {"x": x, "torch": torch, "F": F}), torch.ones(2, 2))
    found = check_operations(name, operations)
    assert (not found) == (name in CALLED[code])
    assert all(f.line and f.layers == {name} and not f.suspicious for f in found)


@pytest.mark.parametrize("layer, call", [
    (CONV, lambda x: F.conv2d(x, x)), (POOL, lambda x: F.max_pool2d(x, 2)),
    (LINEAR, lambda x: F.linear(x[0, 0], x[0, 0], x[0, 0, 0])), (LOSS, lambda x: F.log_softmax(x, 1)),
    (LOSS, lambda x: F.cross_entropy(x[0, 0], torch.zeros(2, dtype=torch.long))), (LOSS, lambda x: x.logsumexp(1)),
    (CONV, lambda x: F.pad(x, (1, 1))),
])  # fmt: skip
def test_a_function_that_a_run_hides_is_known_by_what_it_runs(layer, call):
    with torch._C.DisableTorchFunction(), _Dispatch() as dispatch:
        call(torch.randn(1, 2, 2, 2))
    found = check_operations(layer, {}, sorted(dispatch.names))
    assert {finding.layers for finding in found} == {frozenset([layer])}


def test_what_einsum_and_unfold_run_is_allowed():
    with _Dispatch() as dispatch:
        torch.einsum("ok,nkl->nol", torch.randn(3, 8), F.unfold(torch.randn(2, 2, 4, 5), 2, padding=1))
    assert "aten.bmm" in dispatch.names
    assert check_operations(CONV, {}, sorted(dispatch.names)) == []
