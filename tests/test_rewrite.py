"""Holds that the rewriting changes nothing for a source that does no harm."""

import contextlib
import io
import sys
import textwrap
import tokenize
import types
import warnings
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.cases import read_questions
from grading.debugger import load
from grading.gate import Gate
from grading.operations import TABLES, Operations
from grading.outcome import Response
from grading.source import read_source
from grading.worker import describe, describe_source, serve_one

ROOT = Path(__file__).parent.parent
QUESTIONS = read_questions(ROOT / "test_cases")
FOLDER = sorted((ROOT / "tests" / "honest").glob("*.py"))
WHOLE = [ROOT / "layers.py", ROOT / "staff" / "plain.py"]
QUICKLY = settings(derandomize=True, max_examples=100, deadline=None, database=None)

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
        size = N, C, H + 2 * self.p, W + 2 * self.p
        padded = t.full(size, float('-inf'), dtype=x.dtype, device=x.device)
        padded[:, :, self.p:self.p + H, self.p:self.p + W] = x
        rows = []
        for i in range(0, H + 2 * self.p - self.k + 1, self.s):
            row = []
            for j in range(0, W + 2 * self.p - self.k + 1, self.s):
                window = padded[:, :, i:i + self.k, j:j + self.k]
                row.append(window.reshape(N, C, -1).max(dim=-1)[0])
            rows.append(t.stack(row, dim=-1))
        return t.stack(rows, dim=-2)
""",
    "unfold through nn": """
import torch
from torch import nn, Tensor, einsum
from typing import Optional, Tuple, Union

class CustomConv2D(nn.Module):
    weight: Tensor
    def __init__(self, in_channels: int, out_channels: int,
                 kernel_size: Union[int, Tuple[int, int]], stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        shape = out_channels, in_channels, kernel_size, kernel_size
        self.weight = nn.Parameter(torch.randn(*shape) * 0.1)
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
    size = (*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p)
    return x if p == 0 else place(x.new_full(size, value))

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
        windows = self.windows(pad(x, self.p, -float("inf")))
        return windows.reshape(n, c, self.windows.k ** 2, -1).max(2).values
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
        k, s = self.kernel_size, self.stride
        windows = x.unfold(2, k, s).unfold(3, k, s)
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


class Plain:
    """A submission as Python runs it, with a gate beside it that nobody asks."""

    def __init__(self, text, file="layers.py"):
        self.file = file
        self.gate = Gate(TABLES, file)
        self.module = types.ModuleType("layers")
        self.error = None
        sys.modules["layers"] = self.module
        try:
            code = compile(text, file, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            self.error = describe_source(error)
            return
        try:
            exec(code, vars(self.module))
        except Exception as error:
            self.error = describe(error, file)


def where(error):
    """An exception's type, and the lines of the submission that it passed through."""
    if error is None:
        return None
    return error["type"], [frame["line"] for frame in error["frames"]]


def ask(submission, request, given):
    """The answer to a request, with its tensors as bytes."""
    torch.manual_seed(0)
    reply, arrays = serve_one(submission, request, given)
    return where(reply["error"]), {key: array.tobytes() for key, array in arrays.items()}


def differences(text):
    """What the layers of a source answer otherwise with a gate than without one."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Plain(text)
        gated = load(text)
        found = []
        if where(gated.answer["error"]) != where(plain.error):
            found.append(f"loaded: {gated.answer['error']}")
        for question in QUESTIONS.values():
            if question.layer in vars(plain.module):
                cases = [case for case in question.cases if case.kind != "efficiency"]
                for case in cases:
                    expected = ask(plain, case.request, case.given)
                    if ask(gated, case.request, case.given) != expected:
                        found.append(case.name)
    return found


def differences_in_file(path):
    return differences(read_source(path).text)


@pytest.mark.parametrize("title", HONEST)
def test_an_honest_source_computes_the_same_bit_for_bit(title):
    assert differences(HONEST[title]) == []


@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.name)
def test_a_whole_solution_computes_the_same_bit_for_bit(path):
    assert differences_in_file(path) == []


@pytest.mark.parametrize("path", FOLDER, ids=lambda path: path.stem)
def test_an_honest_file_computes_the_same_bit_for_bit(path, apart):
    assert apart.submit(differences_in_file, path).result() == []


@pytest.mark.parametrize("title", HONEST)
def test_an_honest_source_has_no_finding(title):
    submission = load(HONEST[title])
    assert submission.answer["error"] is None
    assert submission.answer["refused"] == []
    for question in QUESTIONS.values():
        for case in question.cases:
            response = Response.parse(serve_one(submission, case.request, case.given)[0])
            assert response.refused == ()
            for call in response.calls:
                assert Operations().findings(question.layer, call.uses) == []


def test_a_traceback_is_the_submissions_own():
    text = """
import torch

def helper(x):
    return [torch.cat([row, x])
            for row in x][0]

class Layer(torch.nn.Module):
    def forward(self, x):
        with torch.no_grad():
            return helper(
                x,
            )

Layer()(torch.ones(2, 3))
"""
    gated = load(text)
    assert where(gated.answer["error"]) == where(Plain(text).error)
    shown = [frame["source"] for frame in gated.answer["error"]["frames"]]
    assert shown[:2] == ["Layer()(torch.ones(2, 3))", "return helper("]


# Each operation or call lies one level deeper in the tree than the one to its right.
DEEP = {
    "a sum of 400 terms": "value = " + " + ".join(["1"] * 400),
    "200 chained calls": "import torch\nvalue = torch.zeros(1)" + ".abs()" * 200 + ".item()",
}


@pytest.mark.parametrize("title", DEEP)
def test_a_long_expression_has_the_value_that_it_has_without_a_gate(title):
    gated = load(DEEP[title])
    assert gated.answer["error"] is None
    assert gated.module.value == Plain(DEEP[title]).module.value


def test_a_generator_expression_refuses_what_is_no_iterable_when_python_does():
    text = """
try:
    (x for x in 5)
except TypeError:
    value = "at once"
else:
    value = "when it is asked"
"""
    assert load(text).module.value == Plain(text).module.value


# Mutated sources


@st.composite
def mutated(draw, names=()):
    """An honest source in which some tokens are left out, exchanged, or another name."""
    text = draw(st.sampled_from(sorted(HONEST.values())))
    for _ in range(draw(st.integers(1, 3))):
        tokens = [t for t in words(text) if t.string.strip()]
        first = draw(st.sampled_from(tokens))
        others = [t.string for t in tokens if t.type == first.type]
        replacements = ["", *others]
        if names and first.type == tokenize.NAME:
            replacements = names
        text = replaced(text, first, draw(st.sampled_from(replacements)))
    return text


def words(text):
    """Its tokens, up to where it is none of Python's."""
    with contextlib.suppress(tokenize.TokenError, SyntaxError):
        yield from tokenize.generate_tokens(io.StringIO(text).readline)


def replaced(text, token, new):
    lines = text.splitlines(keepends=True)
    row, start = token.start
    last, end = token.end
    if row != last:
        return text
    line = lines[row - 1]
    lines[row - 1] = line[:start] + new + line[end:]
    return "".join(lines)


def load_quietly(text):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load(text).answer


@QUICKLY
@given(mutated())
def test_a_damaged_source_fails_as_it_does_without_a_gate(text):
    gated = load_quietly(text)
    if "__main__" in text or gated["refused"]:
        return  # what else it might run is not for this process
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = Plain(text).error
    if plain and plain["type"] in ("ImportError", "ModuleNotFoundError"):
        return  # a module that is out of reach need not be there
    assert where(gated["error"]) == where(plain)


NAMES = """
    eval exec open os sys vars globals locals dir type super object getattr setattr __import__
    __builtins__ __class__ __dict__ __globals__ __init__ __name__ subprocess breakpoint compile
    input memoryview classmethod property torch F nn self format mro gi_frame function
"""
DANGEROUS = NAMES.split()


@QUICKLY
@given(mutated(DANGEROUS))
def test_a_source_with_dangerous_names_ends_in_an_answer(text):
    answer = load_quietly(text)
    assert answer["compiled"] or answer["error"]
    if answer["error"] and answer["error"]["type"] == "Refused":
        assert answer["refused"]


# Programs of nested constructs

EXPRESSIONS = (
    "({} + {})",
    "({} if {} else {})",
    "(lambda q: q + {})({})",
    "sum([{} for i in range(3)])",
    "sum(i * {} for i in range(2) for j in [1, {}] if j)",
    "max({{i: {} for i in (0, 1)}})",
    "a.f({})",
    "a.f(k={})",
    "getattr(a, 'z', {})",
    "(w := {})",
    "int('{{}}'.format({}))",
    "len(f'{{{}:>{{a.y % 3}}}}')",
    "[{}, {}][a.y % 2]",
    "next(i for i in [{}])",
    "a._B__hidden + {}",
)
LEAVES = ("0", "1", "2", "n", "a.y", "a.g()", "B.y")
SIMPLE = (
    "n = {}",
    "n += {}",
    "a.y += {}",
    "a.z = {}",
    "a.y, *a.r = {}, {}",
    "a.w: int = {}",
    "del a.z",
    "log.append({})",
    "from math import floor as n",
    "assert {} < 9, {}",
    "raise ValueError({})",
    "nothing.at({})",
)
COMPOUND = (
    "if {e}:\n{b}\nelse:\n{b}",
    "for i in range(3):\n{b}\n    if i: break\nelse:\n{b}",
    "for a.y in [{e}, {e}]:\n{b}\n    continue",
    "while n < 4:\n    tick()\n    n += 1\n{b}",
    "try:\n{b}\nexcept ValueError as error:\n{b}\nfinally:\n{b}",
    "try:\n{b}\nexcept Exception:\n{b}\nelse:\n{b}",
    "def f(q={e}, *r):\n    global n\n{b}\n    return q\nlog.append(f())",
    "def f(q):\n{b}\n    yield q\nlog += f({e})",
    "@deco\ndef f(q={e}):\n{b}\n    return q\nlog.append(f())",
    "class K(B):\n    k = {e}\n{b}\n    def f(self): return super().f() + self.__hidden\n"
    "log.append(K().k)",
    "with C() as a.y:\n{b}",
    "match {e}:\n    case 0 | 1:\n        pass\n    case m if m < 9:\n        log.append(m)",
)
START = """
log = []
n = 0
def tick():
    log.append(0)
    if len(log) > 200:
        raise OverflowError
def deco(f):
    return lambda *x: f(*x) + 1
class B:
    y = 1
    __hidden = 2
    def f(self, x=0, *, k=0): return self.y + x + k
    def g(self): return self.__hidden
class C:
    def __enter__(self): return 3
    def __exit__(self, *error): log.append(error[0] is None)
a = B()
"""


def filled(draw, template, depth):
    return template.format(*(draw(expressions(depth - 1)) for _ in range(template.count("{}"))))


@st.composite
def expressions(draw, depth):
    if depth <= 0:
        return draw(st.sampled_from(LEAVES))
    return filled(draw, draw(st.sampled_from(EXPRESSIONS)), depth)


@st.composite
def statements(draw, depth):
    """Some lines of a program."""
    lines = []
    for _ in range(draw(st.integers(1, 2))):
        if depth <= 0 or draw(st.booleans()):
            lines.append(filled(draw, draw(st.sampled_from(SIMPLE)), 2))
            continue
        text = draw(st.sampled_from(COMPOUND))
        while "{e}" in text:
            text = text.replace("{e}", draw(expressions(1)), 1)
        while "{b}" in text:
            body = draw(statements(depth - 1))
            text = text.replace("{b}", textwrap.indent(body, "    "), 1)
        lines.append(text)
    return "\n".join(lines)


@QUICKLY
@given(statements(3))
def test_nested_constructs_do_the_same_with_a_gate(program):
    text = START + program
    gated = load(text)
    plain = Plain(text)
    assert where(gated.answer["error"]) == where(plain.error)
    assert gated.answer["refused"] == []
    if "log" in vars(plain.module):
        state = [vars(plain.module)[name] for name in ("log", "n")]
        assert str([vars(gated.module)[name] for name in ("log", "n")]) == str(state)
        assert str(vars(gated.module.a)) == str(vars(plain.module.a))
