"""What the gate still answers wrongly. Each test fails while the fault is there."""

import sys

import numpy as np
import pytest

from grading.debugger import answer, load
from grading.operations import Operations

IMPORTS = "import torch, torch.nn as nn, torch.nn.functional as F, numpy as np, os, sys\n"


@pytest.fixture(autouse=True)
def other_layers(monkeypatch):
    monkeypatch.setitem(sys.modules, "layers", None)


def error_of(s):
    e = s.answer["error"]
    return e and f"{e['type']}: {e['message']}"


def layer(body):
    lines = "\n        ".join(body.splitlines())
    return (
        f"{IMPORTS}class CustomConv2D(nn.Module):\n    def forward(self, x, w):\n        {lines}\n"
    )


def run(body):
    call = {"inputs": ["x", "w"], "arguments": {}, "strided": False}
    ones = np.ones((2, 2), np.float32)
    return answer(
        load(layer(body)), {"layer": "CustomConv2D", "calls": [call]}, {"0.x": ones, "0.w": ones}
    ).response


# honest code that is refused or means something else; value as in plain Python
VALUES = {
    "namedtuple as a base": (
        "from collections import namedtuple\nclass P(namedtuple('P', 'x y')):\n    def s(self): return self.x + self.y\nvalue = P(1, 2).s()",
        3,
    ),
    "Enum by a call": ("from enum import Enum\nR = Enum('R', 'MEAN SUM')\nvalue = R.SUM.value", 2),
    "__members__": (
        "from enum import Enum\nclass R(Enum):\n    A = 1\nvalue = list(R.__members__)",
        ["A"],
    ),
    "Generic with a subscript": (
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass G(Generic[T]):\n    def f(self): return 1\nvalue = G[int]().f()",
        1,
    ),
    "TypedDict": (
        "from typing import TypedDict\nclass D(TypedDict):\n    k: int\nvalue = D(k=1)",
        {"k": 1},
    ),
    "a base of collections.abc": (
        "from collections.abc import Sequence\nclass A(Sequence):\n    def __len__(self): return 1\n    def __getitem__(self, i): return [3][i]\nvalue = list(A())",
        [3],
    ),
    "super().__getattr__ of a layer": (
        "class A(nn.Module):\n    def __getattr__(self, name):\n        try: return super().__getattr__(name)\n        except AttributeError: return 5\nvalue = A().zzz",
        5,
    ),
    "a descriptor": (
        "class D:\n    def __get__(self, a, b): return 1\nclass A:\n    d = D()\nvalue = A().d",
        1,
    ),
    "__rmatmul__": ("class A:\n    def __rmatmul__(self, o): return 5\nvalue = 3 @ A()", 5),
    "__slots__": (
        "class A:\n    __slots__ = ('a',)\n    def __init__(self): self.a = 3\nvalue = A().a",
        3,
    ),
    "functools.wraps keeps the name": (
        "from functools import wraps\ndef d(f):\n    @wraps(f)\n    def g(): return f()\n    return g\n@d\ndef h(): 'doc'\nvalue = h.__name__, h.__doc__",
        ("h", "doc"),
    ),
    "np.ndarray in isinstance": ("value = isinstance(1, np.ndarray)", False),
    "__ as a throw-away name": ("for _, __ in [(1, 2)]: pass\nvalue = __", 2),
    "a function compared with itself": ("value = F.relu == F.relu, {F.relu: 1}[F.relu]", (True, 1)),
    "a generator's send and close": (
        "def g():\n    x = yield 1\n    yield x\nk = g()\nnext(k)\nvalue = k.send(4)\nk.close()",
        4,
    ),
    "super().format in an own str": (
        "class S(str):\n    def format(self, *a): return super().format(*a)\nvalue = S('{0}').format(3)",
        "3",
    ),
    "a sum of 400 terms": ("value = " + " + ".join(["1"] * 400), 400),
    "200 chained calls": ("x = torch.zeros(1)" + ".abs()" * 200 + "\nvalue = x.item()", 0.0),
    "copy of a plain object": (
        "import copy\nclass B:\n    def __init__(self): self.x = [1]\nvalue = copy.deepcopy(B()).x, copy.copy(B()).x",
        ([1], [1]),
    ),
    "copy of an OrderedDict and ModuleList": (
        "import copy\nfrom collections import OrderedDict\nvalue = copy.deepcopy(OrderedDict(a=1))['a'], len(copy.deepcopy(nn.ModuleList([nn.Module()])))",
        (1, 1),
    ),
    "ParameterList": ("p = nn.ParameterList([nn.Parameter(torch.ones(1))])\nvalue = len(p)", 1),
    "torch.sqrt_ and torch.abs_": (
        "value = torch.sqrt_(torch.ones(1)).item(), torch.abs_(-torch.ones(1)).item()",
        (1.0, 1.0),
    ),
    "iter that raises StopIteration": (
        "class A:\n    def __iter__(self): raise StopIteration\ntry:\n    for x in A(): pass\nexcept StopIteration: value = 1",
        1,
    ),
    "a generator expression over no iterable": (
        "try: (x for x in 5)\nexcept TypeError: value = 'at once'\nelse: value = 'late'",
        "at once",
    ),
    "environment": ("os.environ['X'] = '1'\nvalue = 1", 1),
    "star of torch.nn": ("from torch.nn import *\nvalue = Linear.__name__", "Linear"),
    "ufunc's reduce is refused, not missing": (
        "try: np.add.reduce([1, 2])\nexcept AttributeError: value = 'missing'\nexcept Exception: value = 'refused'\nelse: value = 'ran'",
        "ran",
    ),
}


@pytest.mark.parametrize("title", VALUES)
def test_value(title):
    source, value = VALUES[title]
    s = load(IMPORTS + source)
    assert error_of(s) is None
    assert s.module.value == value


# loading must end in an answer: these raise out of worker.describe (the worker dies, prints its own traceback)
ESCAPES = {
    "str of an exception raises": "class E(Exception):\n    def __str__(self): raise ValueError(1)\nraise E",
    "message that is no str": "raise SyntaxError(5, (__file__, 1, 1, 'x'))",
    "text that is no str": "raise SyntaxError('m', (__file__, 1, 1, 7))",
    "line that is no int": "raise SyntaxError('m', (__file__, object(), 1, 'x'))",
    "endless str": "class E(Exception):\n    def __str__(self): return self.__str__()\nraise E",
}


@pytest.mark.parametrize("title", ESCAPES)
def test_escape(title):
    import json

    try:
        json.dumps(load(IMPORTS + ESCAPES[title]).answer)
        escaped = False
    except Exception:
        escaped = True
    assert not escaped


def test_super_without_an_object_is_pythons_own_error():
    assert (
        error_of(load("class A: pass\nsuper(A).x"))
        == "AttributeError: 'super' object has no attribute 'x'"
    )


def test_sys_stdout_cannot_be_made_anew(monkeypatch):
    """Then code of the file runs in the worker's own flush, and prints vanish."""
    import io

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    s = load(
        "import sys\nclass B:\n    closed = False\n    def writable(self): return True\n    def readable(self): return False\n    def seekable(self): return False\n    def write(self, b): return len(b)\n    def flush(self): pass\nold = sys.stdout\ntype(old).__init__(old, B())"
    )
    assert s.answer["refused"]


@pytest.mark.parametrize(
    "body, name",
    [
        ("return torch.mm(x, w)", "torch.mm"),
        ("return x.__matmul__(w)", None),
        ("return nn.Linear(2, 2)(x)", "torch.nn.Linear"),
        ("self.p = nn.Parameter(x)\nreturn x", ""),
        ("with torch.no_grad(): y = x + 1\nreturn y", ""),
    ],
)
def test_one_finding_by_the_students_name(body, name):
    r = run(body)
    found = [f.name for f in Operations().findings("CustomConv2D", r.calls[0].uses)]
    if name == "":
        assert found == []
    elif name is None:
        assert len(found) == 1
    else:
        assert found == [name]


@pytest.mark.parametrize("body", ["torch.exp_(x)\nreturn x", "F.relu_(x)\nreturn x"])
def test_in_place_forms_are_recorded_not_refused(body):
    assert run(body).refused == ()


def test_numpy_elements_count_as_steps():
    (a,), (b,) = (
        run("np.asarray(torch.ones(9)).tolist()\nreturn x").calls,
        run("np.asarray(torch.ones(99)).tolist()\nreturn x").calls,
    )
    assert b.steps - a.steps >= 90


@pytest.mark.parametrize(
    "source, wanted",
    [
        ("torch.pi = 3", "changing pi of torch"),
        ("F.unfold = 1", "changing unfold of torch.nn.functional"),
    ],
)
def test_a_changed_module_is_named(source, wanted):
    assert load(IMPORTS + source).answer["refused"][0][0] == wanted


# attacks that gained everything at c2490e7; each must stay closed: (source of the layer, must be refused or recorded)
POOL = "torch.nn.functional.max_pool2d"
ATTACKS = {
    "pop the witness": "d = torch.device('cpu')\nm = nn.MaxPool2d(2)\nd.__exit__(None, None, None)\ny = super(nn.MaxPool2d, m).forward(x[None])\nd.__enter__()\nreturn y",
    "memo of deepcopy": "import copy\nmemo = {}\ny = F.max_pool2d(x[None], 2)\ntry: copy.deepcopy(getattr, memo)\nexcept TypeError: pass\nfor v in list(memo.values()):\n    for u in v if type(v) is list else ():\n        if type(u) is dict and any('max_pool' in str(k) for k in u): u.clear()\nreturn y",
    "rename a module": "type(F).__init__(F, 'math')\nreturn F.max_pool2d(x[None], 2)",
    "mro": "class A(nn.MaxPool2d): pass\nreturn A.mro()[2](2)(x[None])",
    "callback in a list of one's own": "class Li(list): pass\nclass E:\n    def __len__(self):\n        E.y = super(nn.MaxPool2d, E.m).forward(E.x)\n        return 1\n    def __getitem__(self, i): return [1.0][i]\nE.m = nn.MaxPool2d(2)\nE.x = x[None]\ntorch.tensor(Li([E()]))\nreturn E.y",
    "callback in a deque": "import collections\nclass E:\n    def __len__(self):\n        E.y = super(nn.MaxPool2d, E.m).forward(E.x)\n        return 1\n    def __getitem__(self, i): return [1.0][i]\nE.m = nn.MaxPool2d(2)\nE.x = x[None]\ntorch.tensor(collections.deque([E()]))\nreturn E.y",
    "Enum with dunders": "import enum\nX = enum.Enum('X', {'a': 1, '__torch_function__': classmethod(lambda c, f, *a: f)})\nreturn F.max_pool2d(X(1), 2)(x[None], 2)",
}


@pytest.mark.parametrize("title", ATTACKS)
def test_attack(title):
    r = run(ATTACKS[title])
    uses = {n for c in r.calls for n in c.uses}
    assert r.error or r.refused or any("ool" in n for n in uses), uses


OUT = {
    "dataclass writes source": 'from dataclasses import dataclass\n@dataclass(init=False, eq=False)\nclass A:\n    __annotations__ = {\'"+str(__import__("os").getpid())+"\': int}\nrepr(A())',
    "hash of a base": "def gen(): yield 1\ng = gen()\nclass M:\n    def __init__(self, *a): self.h = hash(M) if not a else M.k\n    def __hash__(self): return self.h\n    def __eq__(self, o): return True\nb = M()\nM.k = hash(type(g))\nclass Y(b): pass\ng.gi_frame",
    "two answers of __mro_entries__": "class E:\n    def __init__(self): self.n = 0\n    def __getattr__(self, name):\n        if name != '__mro_entries__': raise AttributeError(name)\n        self.n += 1\n        return lambda b: (object,) if self.n < 3 else (torch.Tensor,)\nclass A(E()): pass",
    "memory by __array_interface__": "class E:\n    def __getattr__(self, name):\n        if name == '__array_interface__': return {'data': (id(E), False), 'shape': (4,), 'typestr': '<i8', 'version': 3}\n        raise AttributeError(name)\nnp.zeros(1, 'int64') + E()",
    "a table of the gate's": "import copy\nmemo = {}\ntry: copy.deepcopy(open, memo)\nexcept TypeError: pass\nfor v in list(memo.values()):\n    for u in v if type(v) is list else ():\n        if type(u) is dict and 'torch.nn.init' in u: u['os'] = frozenset(['getpid'])\nimport os\nos.getpid()",
}


@pytest.mark.parametrize("title", OUT)
def test_out(title):
    s = load(IMPORTS + OUT[title])
    assert s.answer["error"]
