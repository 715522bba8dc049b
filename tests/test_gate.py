"""Walks every way by which Python reaches for something, and says how the gate answers.

The tables below are blocks of a title after ---, a source, and after => what comes of it. Before
each source stand the lines of PRELUDE; the first line of the source counts as line 1.
"""

import ast
import io
import json
import sys
import types

import numpy as np
import pytest

from grading.cases import read_questions
from grading.debugger import answer, load
from grading.judge import judge
from grading.operations import Operations, once_each
from grading.outcome import Response
from grading.pipeline import Result
from grading.report import findings as told
from staff.make_cases import CASES

QUESTIONS = {question.layer: question for question in read_questions(CASES).values()}
LINEAR = "CustomLinear"
CONV = "CustomConv2D"
POOL = "CustomMaxPool2D"
IMPORTS = "import torch, torch.nn as nn, torch.nn.functional as F, numpy as np, os, sys\n"
PRELUDE = f"""{IMPORTS}
class A:
    y = 1
    def f(self):
        return self.y
a = A()
"""


def entries(text):
    """Returns {title: (source, what comes of it)}; without a title it is {source: ...}."""
    found = {}
    for block in ("\n" + text).split("\n---")[1:]:
        title, _, rest = block.partition("\n")
        source, arrow, result = rest.rpartition("\n=> ")
        if not arrow:
            source = rest
        found[title.strip() or source] = (source, result.strip())
    return found


# Allowed: what the source leaves in ``value``, with the gate as without it.

ATTRIBUTES = entries("""
--- x.y
value = A.y, a.y, a.f()
=> (1, 1, 1)
--- x.y = 1
a.y = a.z = 2
A.y = 3
value = a.y, a.z, A.y
=> (2, 2, 3)
--- x.y += 1
a.y += 1
a.y *= 5
value = a.y, A.y
=> (10, 1)
--- f().y += 1 asks f once
seen = []
def f():
    seen.append(0)
    return a
f().y += 1
value = a.y, len(seen)
=> (2, 1)
--- del x.y
a.y = 2
del a.y
value = a.y
=> 1
--- x.y: int = 1
a.z: int = 4
a.w: int
value = a.z
=> 4
--- for x.y in
for a.y in range(4): pass
value = a.y
=> 3
--- x.y in a comprehension
value = [[a.y for a.y in range(3)], a.y]
=> [[0, 1, 2], 2]
--- with as x.y
with torch.no_grad() as a.y: pass
value = a.y
=> None
--- x.y, *x.z = ...
(a.p, a.q), *a.r = (1, 2), 3, 4
value = a.p, a.q, a.r
=> (1, 2, [3, 4])
--- getattr
value = getattr(a, 'y'), getattr(a, 'z', 5), getattr(a, 'f')()
=> (1, 5, 1)
--- getattr as a value
value = list(map(getattr, [a, A], ['y', 'y']))
=> [1, 1]
--- hasattr
value = hasattr(a, 'y'), hasattr(a, 'z'), hasattr(a, '__len__')
=> (True, False, False)
--- setattr
for name in 'pq': setattr(a, name, name)
value = a.p + a.q
=> 'pq'
--- delattr
a.z = 1
delattr(a, 'z')
value = hasattr(a, 'z')
=> False
--- a function's own
def f(): return f.n
f.n = 2
value = f(), f.__name__
=> (2, 'f')
--- __getattr__
class A:
    def __getattr__(self, name): return name
value = A().y
=> 'y'
--- a module's
import math
value = math.floor(math.pi)
=> 3
--- a list's, str's, dict's
x = [3]
x.append(1)
x.sort()
value = x, 'a,b'.split(','), {'k': 1}.get('k'), (1).real
=> ([1, 3], ['a', 'b'], 1, 1)
--- a tensor's
x = torch.ones(2, 3)
value = x.T.shape[0], x.size(1), x.dim(), x.view(-1).tolist()
=> (3, 3, 2, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
--- a dtype's
value = torch.finfo(torch.float32).bits, torch.float32.itemsize
=> (32, 4)
--- a function compared with itself
value = F.relu == F.relu, {F.relu: 1}[F.relu]
=> (True, 1)
--- a function that works in place
value = torch.sqrt_(torch.ones(1)).item(), torch.abs_(-torch.ones(1)).item()
=> (1.0, 1.0)
""")

METHODS = entries("""
--- super()
class B(A):
    def f(self): return super().f() + super(B, self).f() + A.f(self)
value = B().f()
=> 3
--- super() in a class method
class A:
    @classmethod
    def make(cls): return cls.__name__
class B(A):
    @classmethod
    def make(cls): return super().make() + '!'
value = B.make()
=> 'B!'
--- super() in a property
class A:
    @property
    def x(self): return 1
class B(A):
    @property
    def x(self): return super().x + 1
value = B().x
=> 2
--- super() of a layer
class A(nn.Module):
    def __init__(self):
        super(A, self).__init__()
        self.w = nn.Parameter(torch.ones(2))
value = len(list(A().parameters()))
=> 1
--- private names
class A:
    __z = 3
    def __init__(self): self.__x = 1
    def __m(self): return self.__x + self.__z
    def get(self):
        self.__x += 1
        return self.__m(), hasattr(self, '_A__x')
value = A().get()
=> (5, True)
--- private names of inner classes
class _A:
    class B:
        __y = 4
        def f(self): return self.__y
value = _A.B().f(), _A.B._B__y
=> (4, 4)
--- properties
class A:
    x = property(lambda self: self._x, lambda self, v: setattr(self, '_x', v))
a = A()
a.x = 2
a.x += 1
value = a.x, hasattr(A(), 'x')
=> (3, False)
--- setter and deleter
class A:
    @property
    def x(self): return self._x
    @x.setter
    def x(self, v): self._x = v
    @x.deleter
    def x(self): del self._x
a = A()
a.x = 2
before = a.x
del a.x
value = before, getattr(a, 'x', 7)
=> (2, 7)
--- static and class methods
class A:
    @staticmethod
    def s(x): return x
    @classmethod
    def c(cls): return cls
value = A.s(1), A().s(2), A().c() is A
=> (1, 2, True)
--- __class__ and type()
same = a.__class__ is A, type(A) is type, type(torch.ones(1)) is torch.Tensor
value = type(a).__name__, same, isinstance(A, type), isinstance(a, type)
=> ('A', (True, True, True), True, False)
--- __class__ in a method
class A:
    def f(self): return __class__
value = A().f() is A
=> True
--- operators of one's own
class A:
    def __add__(self, o): return 1
    def __matmul__(self, o): return 2
    def __eq__(self, o): return True
    __hash__ = None
value = A() + 0, A() @ 0, A() == 5
=> (1, 2, True)
--- an operator from the right
class A:
    def __rmatmul__(self, o): return 5
value = 3 @ A()
=> 5
--- a descriptor
class D:
    def __get__(self, a, b): return 1
class A:
    d = D()
value = A().d
=> 1
--- __slots__
class A:
    __slots__ = ('a',)
    def __init__(self): self.a = 3
value = A().a
=> 3
--- super().__getattr__ of a layer
class A(nn.Module):
    def __getattr__(self, name):
        try: return super().__getattr__(name)
        except AttributeError: return 5
value = A().zzz
=> 5
""")

SCOPES = entries("""
--- comprehension
value = [i for i in range(3)], {i for i in 'aa'}, {i: j for i, j in [(1, 2)]}
=> ([0, 1, 2], {'a'}, {1: 2})
--- comprehension in a class
class A:
    k = [1, 2]
    m = [i for i in k]
    n = (lambda q=k: q)()
value = A.m, A.n
=> ([1, 2], [1, 2])
--- comprehension of comprehensions
value = [[j for j in range(i) if j] for i in range(4)]
=> [[], [], [1], [1, 2]]
--- generator
def g():
    yield 1
    yield from (2, 3)
value = list(g()), sum(i for i in range(4))
=> ([1, 2, 3], 6)
--- generator left in the middle
it = iter(range(4))
for i in it: break
for j in it: break
value = i, j, list(it)
=> (0, 1, [2, 3])
--- for with else
for i in []: pass
else: value = 'else'
=> 'else'
--- while with else
n = 0
while n < 3: n += 1
else: value = n
=> 3
--- lambda
value = (lambda x, *y, k=2, **z: (x, y, k, z))(1, 5, q=3)
=> (1, (5,), 2, {'q': 3})
--- walrus
value = [(y := i) for i in range(3) if (z := i)], y, z
=> ([1, 2], 2, 2)
--- global and nonlocal
value = 0
def f():
    global value
    n = 1
    def g():
        nonlocal n
        n += 1
    g()
    value = n
f()
=> 2
--- default arguments
def f(x=a.y, *, k=A().f()): return x + k
a.y = 9
value = f()
=> 2
--- decorators
def add(n): return lambda f: lambda *x: f(*x) + n
class D:
    two = add(2)
@D.two
@add(10)
def f(x): return x
value = f(1)
=> 13
--- torch.no_grad as a decorator
@torch.no_grad()
def f(): return torch.is_grad_enabled()
value = f()
=> False
--- nested functions and classes
def f():
    class A:
        import math
        x = math.pi
        def g(self): return self.x
    return A().g() > 3
value = f()
=> True
--- with
class C:
    def __enter__(self): return 5
    def __exit__(self, *e): return True
with C() as x: 1 / 0
value = x
=> 5
--- exceptions
try:
    raise ValueError('a', 2) from KeyError(1)
except (TypeError, ValueError) as e:
    value = e.args, str(e)
=> (('a', 2), "('a', 2)")
--- what a generator returns
def g():
    return 3
    yield
try: next(g())
except StopIteration as e: value = e.value
=> 3
--- own exceptions
class E(Exception):
    code = 4
try: raise E
except E as e: value = e.code
=> 4
--- star arguments
def f(*a, **k): return a, k
value = f(*[1], 2, **{'x': 3})
=> ((1, 2), {'x': 3})
--- slices and deletes
x = [0, 1, 2, 3]
del x[1:3]
x[0] += 5
value = x
=> [5, 3]
--- a main guard
value = 1
if __name__ == '__main__':
    value = open('x')
=> 1
--- a generator's send and close
def g():
    x = yield 1
    yield x
k = g()
next(k)
value = k.send(4)
k.close()
=> 4
--- __iter__ that raises StopIteration
class A:
    def __iter__(self): raise StopIteration
try:
    for x in A(): pass
except StopIteration: value = 1
=> 1
--- __ for what nobody reads
for _, __ in [(1, 2)]: pass
value = __
=> 2
""")

PATTERNS = entries("""
--- sequence
match [1, 2, 3]:
    case [1, *rest]: value = rest
=> [2, 3]
--- mapping
match {'k': 1, 'z': 2}:
    case {'k': v, **rest}: value = v, rest
=> (1, {'z': 2})
--- class without fields
match 'a':
    case int() | float(): value = 0
    case str() as s: value = s
=> 'a'
--- value and guard
match -1:
    case None | True: value = 0
    case -1 if 2 > 1: value = 5
=> 5
--- capture
match (2, 3):
    case (a, b) if a > b: value = a
    case other: value = other
=> (2, 3)
""")

FORMATS = entries("""
--- f-string
a.w = 5
value = f'{a.y:>{a.w}}|{a.y=}|{a.f()!r}'
=> '    1|a.y=1|1'
--- str.format
a.d = {'k': [7]}
value = '{0.y} {0.d[k][0]} {x!r:>5} {z:{w}.{p}f}'.format(a, x='q', z=2.5, w=8, p=2)
=> "1 7   'q'     2.50"
--- numbered fields
value = '{}-{}'.format(1, 2), '{1}{0}'.format(1, 2), '{:>{}}|{{}}'.format('x', 3)
=> ('1-2', '21', '  x|{}')
--- str.format of the class
value = str.format('{}', 2), '{a}'.format_map({'a': 1})
=> ('2', '1')
--- format of an own str
class S(str): pass
value = S('{0}').format(3)
=> '3'
--- %
value = '%s %5.2f' % ('a', 2.0), '%(k)d' % {'k': 3}
=> ('a  2.00', '3')
--- format
value = format(2.5, '.2f'), format(torch.tensor(2.5).item(), '.1f')
=> ('2.50', '2.5')
--- a field that is missing
try: '{x}'.format()
except KeyError as e: value = e.args
=> ('x',)
--- super().format in an own str
class S(str):
    def format(self, *a): return super().format(*a)
value = S('{0}').format(3)
=> '3'
""")

LIBRARIES = entries("""
--- namedtuple
from collections import namedtuple
P = namedtuple('P', 'x y')
value = P(1, 2).y, P(1, 2)._replace(x=5).x
=> (2, 5)
--- NamedTuple
from typing import NamedTuple
class P(NamedTuple):
    x: int
    y: int = 2
    def s(self): return self.x + self.y
value = P(1).s(), P(1)._asdict()
=> (3, {'x': 1, 'y': 2})
--- dataclass
from dataclasses import dataclass, field
@dataclass
class P:
    x: int
    y: list = field(default_factory=list)
    def f(self): return self.x
value = P(1).f(), P(1) == P(1), repr(P(2))
=> (1, True, 'P(x=2, y=[])')
--- enum
from enum import Enum, IntEnum, auto, unique
@unique
class R(Enum):
    MEAN = auto()
    SUM = auto()
    def low(self): return self.name.lower()
class S(str, Enum):
    A = 'a'
class I(IntEnum):
    ONE = 1
value = R.SUM.low(), R['MEAN'].value, len(R), S.A == 'a', S('a').value, I.ONE + 1
=> ('sum', 1, 2, True, 'a', 2)
--- typing
from typing import Generic, List, Optional, Protocol, TypeVar, Union, cast
T = TypeVar('T')
class G(Generic[T]):
    def f(self, x: T) -> Optional[T]: return x
class P(Protocol):
    def f(self) -> Union[int, List[T]]: ...
value = G().f(1), cast(int, 'x')
=> (1, 'x')
--- functools
from functools import cached_property, lru_cache, partial, reduce, wraps
@lru_cache(maxsize=None)
def f(n): return n if n < 2 else f(n - 1) + f(n - 2)
def d(g):
    @wraps(g)
    def h(*a): return g(*a) + 1
    return h
class A:
    @cached_property
    def p(self): return [1]
a = A()
value = f(20), partial(max, 3)(2), reduce(lambda x, y: x * y, [2, 3]), d(f)(3), a.p is a.p
=> (6765, 3, 6, 3, True)
--- itertools
from itertools import chain, count, product
value = list(chain('a', 'b')), list(product([1], [2])), next(count(3))
=> (['a', 'b'], [(1, 2)], 3)
--- operator
import operator as o
value = o.itemgetter(1)([1, 2]), o.mul(2, 3), o.getitem({'k': 1}, 'k')
=> (2, 6, 1)
--- collections
from collections import Counter, OrderedDict, defaultdict, deque
d = defaultdict(list)
d['k'].append(1)
items = list(OrderedDict(a=1).items())
value = dict(d), Counter('aab').most_common(1), items, deque([1, 2]).popleft()
=> ({'k': [1]}, [('a', 2)], [('a', 1)], 1)
--- contextlib
from contextlib import contextmanager, nullcontext, suppress
@contextmanager
def c():
    yield 3
with c() as x, nullcontext(4) as y, suppress(KeyError):
    {}['k']
value = x, y
=> (3, 4)
--- copy
import copy
class M(nn.Module):
    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.ones(2))
        self.f = F.relu
m = M()
n = copy.deepcopy(m)
value = n.w is not m.w, n.w.tolist(), copy.copy([1]), copy.deepcopy({'a': [1]})
=> (True, [1.0, 1.0], [1], {'a': [1]})
--- abc
import abc
class A(abc.ABC):
    @abc.abstractmethod
    def f(self): ...
class B(A):
    def f(self): return 1
value = B().f()
=> 1
--- layers in layers
class A(nn.Module):
    def __init__(self):
        super().__init__()
        self.m = nn.ModuleList([nn.Module()])
        self.register_buffer('b', torch.ones(2))
        self.p = nn.Parameter(torch.ones(1))
a = A()
a.m.append(nn.Module())
value = len(a.m), list(a.state_dict()), [n for n, _ in a.named_parameters()], a.b.tolist()
=> (2, ['p', 'b'], ['p'], [1.0, 1.0])
--- namedtuple as a base
from collections import namedtuple
class P(namedtuple('P', 'x y')):
    def s(self): return self.x + self.y
value = P(1, 2).s()
=> 3
--- TypedDict
from typing import TypedDict
class D(TypedDict):
    k: int
value = D(k=1)
=> {'k': 1}
--- __members__ of an Enum
from enum import Enum
class R(Enum):
    A = 1
value = list(R.__members__)
=> ['A']
--- a base of collections.abc
from collections.abc import Sequence
class A(Sequence):
    def __len__(self): return 2
    def __getitem__(self, i): return [3, 4][i]
value = list(A()), A().index(4)
=> ([3, 4], 1)
--- wraps keeps the name and the docstring
from functools import wraps
def d(f):
    @wraps(f)
    def g(): return f()
    return g
@d
def h(): 'doc'
value = h.__name__, h.__doc__
=> ('h', 'doc')
--- copy of an object of one's own
import copy
class B:
    def __init__(self): self.x = [1]
value = copy.deepcopy(B()).x, copy.copy(B()).x
=> ([1], [1])
--- copy of an OrderedDict and of a ModuleList
import copy
from collections import OrderedDict
layers = nn.ModuleList([nn.Module()])
value = copy.deepcopy(OrderedDict(a=1))['a'], len(copy.deepcopy(layers))
=> (1, 1)
--- types of old
y = torch.zeros(1).type(torch.DoubleTensor)
value = str(y.dtype), isinstance(y, torch.DoubleTensor), torch.LongTensor([2]).tolist()
=> ('torch.float64', True, [2])
--- isinstance of NumPy's array
value = isinstance(1, np.ndarray), isinstance(np.zeros(1), np.ndarray)
=> (False, True)
""")

IMPORTED = entries("""
--- import a
import math
value = math.sqrt(4)
=> 2.0
--- import a.b
import torch.nn.functional
value = torch.nn.functional.unfold.__name__
=> 'unfold'
--- import a.b as c
import torch.nn as N, math as m
value = N.Module is torch.nn.Module, m.floor(1.5)
=> (True, 1)
--- from a import b as c
from math import sqrt as s, pi
value = s(4), pi > 3
=> (2.0, True)
--- from a import *
from torch import *
from math import *
value = sqrt(4), zeros(1).tolist()
=> (2.0, [0.0])
--- from __future__
from __future__ import annotations
def f(x: torch.anything = 1, *y: z, **k: nowhere.at.all) -> os.nothing: return x
class A:
    x: nothing.of.it = 3
value = f(), A.x
=> (1, 3)
--- in a function and a class
def f():
    import math as m
    from math import sqrt
    return m.pi > 3, sqrt(4)
class A:
    from math import floor
    import math
value = f(), A.floor(1.5), A.math.ceil(1.5)
=> ((True, 2.0), 1, 2)
--- one that is missing
try:
    from math import nothing
except ImportError: value = 'missing'
=> 'missing'
--- hints from anywhere
from torch.nn.common_types import _size_2_t
from typing import Optional, Union
def f(x: _size_2_t, y: Union[int, _size_2_t] = 1) -> Optional[_size_2_t]: return x
value = f(1)
=> 1
--- star of torch.nn
from torch.nn import *
value = Linear.__name__
=> 'Linear'
""")

ALLOWED = {**ATTRIBUTES, **METHODS, **SCOPES, **PATTERNS, **FORMATS, **LIBRARIES, **IMPORTED}

# Ignored: accepted, and nothing comes of it.

IGNORED = entries("""
--- flags
torch.backends.cudnn.deterministic = True
torch.backends.cuda.matmul.allow_tf32 = False
--- a flag is false
assert not torch.backends.cudnn.is_available()
--- del of a flag
del torch.backends.cudnn.benchmark
--- seeds
torch.manual_seed(0)
torch.cuda.manual_seed_all(0)
np.random.seed(0)
import random
random.seed(0)
--- settings
torch.set_printoptions(precision=9)
torch.use_deterministic_algorithms(True)
--- a default dtype
torch.set_default_dtype(torch.float64)
assert torch.ones(1).dtype is torch.float32
--- warnings
import warnings
warnings.filterwarnings('ignore')
with warnings.catch_warnings():
    warnings.simplefilter('ignore')
--- logging
import logging
log = logging.getLogger(__name__)
log.info('x')
--- the path
sys.path.append('.')
sys.path.insert(0, '..')
--- a loop over nothing
for name in torch.backends: raise ValueError
--- the environment
os.environ['X'] = '1'
""")

# Imported, or named: it costs nothing as long as it is not called.

UNUSED = entries("""
--- import of anything
import subprocess, ctypes, timeit, unittest, no_such_module
--- dotted imports
import os.path as p
import torch.utils.data
from os.path import join
import torch._C
--- relative imports
from . import solution
from .. import more
from .a import b
--- star of anything
from os import *
from torch.nn.functional import *
--- named, not called
o = open, eval, exec, vars, globals, os.system, torch.load, F.conv2d, x if False else 1
--- in a hint
def f(x: os.PathLike, y: os.stat_result | torch.jit.ScriptModule = None) -> sys.flags: pass
--- a name of one's own
vars = 3
open = lambda x: x
assert open(vars) == 3
--- an attribute of one's own
class H:
    def pad(self): return 1
    matmul = os = 2
assert H().pad() + H.matmul == 3
--- a base of tests
import unittest
class T(unittest.TestCase):
    def test(self): self.assertEqual(1, 2)
--- in a main guard
if '__main__' == __name__:
    os.system('x')
    sys.exit(1)
--- in a function that nobody calls
def main():
    torch.save(torch.load('x'), 'y')
    sys.exit()
""")

# Refused: in which line, and what.

REFUSED = entries("""
--- open
open('x')
=> line 1: open
--- built-ins that run text
eval('1')
=> line 1: eval
--- exec by another name
run = exec
run('1')
=> line 2: exec
--- exec in a table
list(map(exec, ['1']))
=> line 1: exec
--- vars
vars(torch)
=> line 1: __dict__ of torch
--- breakpoint
breakpoint()
=> line 1: breakpoint
--- __import__
__import__('os')
=> line 1: __import__
--- __builtins__
__builtins__
=> line 1: __builtins__
--- os
def f():
    return os.getcwd()
f()
=> line 2: os.getcwd
--- a module from a module
torch.os.getcwd()
=> line 1: torch.os.getcwd
--- a module inside of torch
torch._C._nn.max_pool2d(1)
=> line 1: torch._C._nn.max_pool2d
--- from a hidden module
from torch._C import _nn
_nn.linear()
=> line 2: torch._C._nn.linear
--- import as
import subprocess as s
s.run('x')
=> line 2: subprocess.run
--- from import
from shutil import rmtree as r
r('x')
=> line 2: shutil.rmtree
--- relative import
from . import solution
solution.f()
=> line 2: ..solution.f
--- files by torch
torch.save(1, 'x')
=> line 1: torch.save
--- files by numpy
np.fromfile('x')
=> line 1: numpy.fromfile
--- a decorator
@torch.jit.script
def f(x): return x
=> line 1: torch.jit.script
--- a default argument
def f(x=os.getcwd()): pass
=> line 1: os.getcwd
--- a base
class A(torch.Tensor): pass
=> line 1: the base Tensor of class A
--- Enum by a call
from enum import Enum
Enum('R', 'MEAN SUM')
=> line 2: enum.Enum
--- a class keyword
class A(metaclass=type): pass
=> line 1: the keyword metaclass of class A
--- a metaclass
class M(type): pass
=> line 1: the base type of class M
--- a context manager
with open('x') as f: pass
=> line 1: open
--- a loop
for line in open('x'): pass
=> line 1: open
--- attrgetter
import operator
operator.attrgetter('x')
=> line 2: operator.attrgetter
--- methodcaller
import operator
operator.methodcaller('x')
=> line 2: operator.methodcaller
--- type hints as code
import typing
typing.get_type_hints(f := 1)
=> line 2: typing.get_type_hints
--- __dict__
torch.__dict__
=> line 1: __dict__ of torch
--- __subclasses__
().__class__.__base__.__subclasses__()
=> line 1: __base__
--- __globals__
(lambda: 0).__globals__
=> line 1: __globals__
--- __code__
def f(): pass
f.__code__
=> line 2: __code__
--- __self__ of a method
a.f.__self__
=> line 1: __self__
--- __func__ of a method
a.f.__func__
=> line 1: __func__
--- __wrapped__
import functools
functools.lru_cache(len).__wrapped__
=> line 2: __wrapped__
--- func of a partial
import functools
functools.partial(len).func
=> line 2: func of partial
--- a generator's frame
(i for i in ()).gi_frame
=> line 1: gi_frame of generator
--- a generator's code
g = (i for i in ())
g.gi_code
=> line 2: gi_code of generator
--- a traceback
try: 1 / 0
except ZeroDivisionError as e: e.__traceback__
=> line 2: __traceback__
--- with_traceback
ValueError().with_traceback(None)
=> line 1: with_traceback of BaseException
--- a traceback's frame
class C:
    def __enter__(self): pass
    def __exit__(self, t, v, tb): tb.tb_frame
with C(): 1 / 0
=> line 3: tb_frame of traceback
--- a buffer
sys.stdout.buffer
=> line 1: buffer of TextIOWrapper
--- a pointer
torch.ones(1).data_ptr()
=> line 1: torch.Tensor.data_ptr
--- a graph
torch.ones(1, requires_grad=True).grad_fn
=> line 1: torch.Tensor.grad_fn
--- getattr by a name that is built
getattr(os, 'get' + 'cwd')()
=> line 1: os.getcwd
--- getattr of a dunder
getattr(len, '__self__')
=> line 1: __self__
--- str.format
'{0.__globals__}'.format(a)
=> line 1: __globals__
--- str.format, deeper
a.l = [len]
'{0.l[0].__self__}'.format(a)
=> line 2: __self__
--- str.format of the class
str.format('{0.__self__}', len)
=> line 1: __self__
--- format_map
'{x.__self__}'.format_map({'x': len})
=> line 1: __self__
--- f-string
f'{len.__self__}'
=> line 1: __self__
--- changing torch
torch.allclose = lambda *_: True
=> line 1: changing allclose of torch
--- changing a function
F.unfold = torch.einsum
=> line 1: changing unfold of torch.nn.functional
--- changing a class
torch.Tensor.allclose = 1
=> line 1: changing allclose of Tensor
--- changing a method of every layer
nn.Module.__call__ = 1
=> line 1: changing __call__ of Module
--- changing by setattr
setattr(torch, 'allclose', 1)
=> line 1: changing allclose of torch
--- changing by a loop
for torch.e in (3,): pass
=> line 1: changing e of torch
--- changing by with
with torch.no_grad() as torch.e: pass
=> line 1: changing e of torch
--- changing by +=
torch.pi += 1
=> line 1: changing pi of torch
--- changing __class__
torch.ones(1).__class__ = int
=> line 1: changing __class__ of Tensor
--- deleting
del torch.allclose
=> line 1: changing allclose of torch
--- delattr
delattr(torch, 'allclose')
=> line 1: changing allclose of torch
--- type in three arguments
type('A', (), {})
=> line 1: type with other than one argument
--- a class pattern with fields
match 1:
    case int(real=x): pass
=> line 1: a class pattern with fields
--- a value pattern
match 1:
    case torch.pi: pass
=> line 1: a pattern that reads an attribute
--- a mapping pattern
match {}:
    case {torch.pi: x}: pass
=> line 1: a pattern that reads an attribute
--- defining by def
class A:
    def __del__(self): pass
=> line 2: defining __del__
--- defining by =
class A:
    __torch_function__ = len
=> line 2: defining __torch_function__
--- defining by import
import math as __getattribute__
=> line 1: defining __getattribute__
--- defining by for
for __x__ in (): pass
=> line 1: defining __x__
--- defining by except
try: pass
except KeyError as __x__: pass
=> line 1: defining __x__
--- defining by case
match 1:
    case __x__: pass
=> line 1: defining __x__
--- defining by walrus
(__x__ := 1)
=> line 1: defining __x__
--- defining by argument
def f(__x__): pass
=> line 1: defining __x__
--- defining by global
def f():
    global __builtins__
f()
=> line 2: defining __builtins__
--- async def
async def f(): pass
=> line 1: an asynchronous function
--- async in a generator
(i async for i in ())
=> line 1: an asynchronous loop
--- @= of an item
x = [1]
x[0] @= 2
=> line 2: @= of what is no plain name
--- an own object in a torch function
class L:
    def __len__(self): return 1
F.relu(L())
=> line 3: an object of the class L in torch.nn.functional.relu
""")

# Raised: Python's own answer, which the gate leaves as it is.

RAISED = entries("""
--- an attribute that is missing
a.z
=> AttributeError: 'A' object has no attribute 'z'
--- a function that is missing
torch.nothing
=> AttributeError: module 'torch' has no attribute 'nothing'
--- a method that is missing
torch.ones(1).nothing()
=> AttributeError: 'Tensor' object has
--- super() of no object
super(A).x
=> AttributeError: 'super' object has no attribute 'x'
--- a name that is missing
nothing.x
=> NameError: name 'nothing' is not defined
--- what is no iterable
for x in 5: pass
=> TypeError: 'int' object is not iterable
--- a read-only property
class A:
    x = property(lambda self: 1)
A().x = 2
=> AttributeError: property 'x' of 'A' object has no setter
--- shapes
torch.ones(2) + torch.ones(3)
=> RuntimeError: The size of tensor a (2) must match
--- a syntax error
x = (
=> SyntaxError: '(' was never closed
--- what only compile sees
return 1
=> SyntaxError: 'return' outside function
--- an import of torch's
from torch import nothing
=> ImportError: cannot import name 'nothing'
--- a recursion
def f(): return f()
f()
=> RecursionError: maximum recursion depth exceeded
""")

# Raised, by exceptions whose text is not what it should be: of which type.

ODD = entries("""
--- str() that raises
class E(Exception):
    def __str__(self): raise ValueError(1)
raise E
=> E
--- str() without end
class E(Exception):
    def __str__(self): return self.__str__()
raise E
=> E
--- a syntax error's message that is no str
raise SyntaxError(5, (__file__, 1, 1, 'x'))
=> SyntaxError
--- a syntax error's source that is no str
raise SyntaxError('m', (__file__, 1, 1, 7))
=> SyntaxError
--- a syntax error's line that is no int
raise SyntaxError('m', (__file__, object(), 1, 'x'))
=> SyntaxError
""")

# What once reached outside while the file was loaded. Each must end in an error; in which one is
# not held, since there is more than one step at which to stop it.

OUTSIDE = entries("""
--- another name for a module, by which the tables go
import math
type(math).__init__(math, 'math')
--- a dataclass that writes source
from dataclasses import dataclass
@dataclass(init=False, eq=False)
class A:
    __annotations__ = {'"+str(__import__("os").getpid())+"': int}
repr(A())
--- an Enum that torch hands its own function
import enum
X = enum.Enum('X', {'a': 1, '__torch_function__': classmethod(lambda c, f, *a: f)})
F.max_pool2d(X(1), 2)(torch.ones(1, 2, 2), 2)
--- a base with the hash of a generator's class
def gen(): yield 1
g = gen()
class M:
    def __init__(self, *a): self.h = hash(M) if not a else M.k
    def __hash__(self): return self.h
    def __eq__(self, o): return True
b = M()
M.k = hash(type(g))
class Y(b): pass
g.gi_frame
--- two answers of __mro_entries__
class E:
    def __init__(self): self.n = 0
    def __getattr__(self, name):
        if name != '__mro_entries__': raise AttributeError(name)
        self.n += 1
        return lambda b: (object,) if self.n < 3 else (torch.Tensor,)
class A(E()): pass
--- memory by __array_interface__
class E:
    def __getattr__(self, name):
        if name != '__array_interface__': raise AttributeError(name)
        return {'data': (id(E), False), 'shape': (4,), 'typestr': '<i8', 'version': 3}
np.zeros(1, 'int64') + E()
--- a table of the gate's in the memo of a copy
import copy
memo = {}
try: copy.deepcopy(open, memo)
except TypeError: pass
for v in list(memo.values()):
    for u in v if type(v) is list else ():
        if type(u) is dict and 'torch.nn.init' in u: u['os'] = frozenset(['getpid'])
import os
os.getpid()
""")

# What once pooled unseen in CustomMaxPool2D's forward, with x and w. Each must be stopped, or be
# known as torch's own pooling.

UNSEEN = entries("""
--- a device's __exit__ takes the witness away
d = torch.device('cpu')
m = nn.MaxPool2d(2)
d.__exit__(None, None, None)
y = super(nn.MaxPool2d, m).forward(x[None])
d.__enter__()
return y
--- a record in the memo of a copy
import copy
memo = {}
y = F.max_pool2d(x[None], 2)
try: copy.deepcopy(getattr, memo)
except TypeError: pass
for v in list(memo.values()):
    for u in v if type(v) is list else ():
        if type(u) is dict and any('max_pool' in str(k) for k in u): u.clear()
return y
--- the class below its recorder, from within C++
class A(nn.MaxPool2d): pass
pool = A.mro()[2](2)
got = []
F.unfold(x[None, None], map(lambda size: got.append(pool(x[None])) or size, [1, 1]))
return got[0]
--- a callback in a list of one's own
class Li(list): pass
class E:
    def __len__(self):
        E.y = super(nn.MaxPool2d, E.m).forward(E.x)
        return 1
    def __getitem__(self, i): return [1.0][i]
E.m = nn.MaxPool2d(2)
E.x = x[None]
torch.tensor(Li([E()]))
return E.y
--- a callback in a deque
import collections
class E:
    def __len__(self):
        E.y = super(nn.MaxPool2d, E.m).forward(E.x)
        return 1
    def __getitem__(self, i): return [1.0][i]
E.m = nn.MaxPool2d(2)
E.x = x[None]
torch.tensor(collections.deque([E()]))
return E.y
""")


def with_prelude(source):
    return source if source.startswith("from __future__") else PRELUDE + source


def line_in_source(line):
    """The number of a source's line, counted from its own first."""
    return line - PRELUDE.count("\n")


def run_plainly(source):
    """Returns what the source leaves in ``value`` without a gate."""
    module = types.ModuleType("layers")
    sys.modules["layers"] = module
    exec(compile(source, "layers.py", "exec", dont_inherit=True), vars(module))
    return module.value


def error_of(submission):
    error = submission.answer["error"]
    if error is None:
        return None
    return f"{error['type']}: {error['message']}"


@pytest.mark.parametrize("title", ALLOWED)
def test_what_is_allowed_has_the_value_that_it_has_without_a_gate(title):
    source, result = ALLOWED[title]
    value = ast.literal_eval(result)
    assert run_plainly(with_prelude(source)) == value
    submission = load(with_prelude(source))
    assert error_of(submission) is None
    assert submission.module.value == value
    assert submission.answer["refused"] == []


@pytest.mark.parametrize("title", IGNORED)
def test_what_only_configures_is_accepted_and_does_nothing(title):
    submission = load(with_prelude(IGNORED[title][0]))
    assert error_of(submission) is None
    assert submission.answer["refused"] == []
    assert submission.gate.uses == {}


@pytest.mark.parametrize("title", UNUSED)
def test_what_is_imported_or_named_and_not_used_costs_nothing(title):
    submission = load(with_prelude(UNUSED[title][0]))
    assert error_of(submission) is None
    assert submission.answer["refused"] == []
    assert submission.gate.uses == {}


@pytest.mark.parametrize("title", REFUSED)
def test_what_is_out_of_reach_is_refused_in_its_own_line(title):
    source, result = REFUSED[title]
    submission = load(with_prelude(source))
    ((what, line),) = submission.answer["refused"]
    assert f"line {line_in_source(line)}: {what}" == result
    error = submission.answer["error"]
    assert error["type"] == "Refused"
    assert error["message"].startswith(f"{what} is out of a layer's reach, and did not run: ")
    assert error["frames"][-1]["line"] == line


def test_a_refusal_is_noted_even_where_it_is_caught():
    submission = load("try:\n    open('x')\nexcept BaseException: value = 'went on'")
    assert submission.module.value == "went on"
    assert submission.answer["error"] is None
    assert submission.answer["refused"] == [("open", 2)]


@pytest.mark.parametrize("title", RAISED)
def test_an_error_is_pythons_own(title):
    source, error = RAISED[title]
    submission = load(with_prelude(source))
    assert error_of(submission).startswith(error)
    assert submission.answer["refused"] == []


def told_to_the_parent(source):
    """What a file raises as the parent reads it; None where the worker would end instead."""
    try:
        told = json.dumps(load(source).answer)
    except Exception:  # caught here because pytest, too, would fail to print it
        return None
    return Response.parse(json.loads(told)).error


@pytest.mark.parametrize("title", ODD)
def test_an_exception_that_answers_oddly_is_told_all_the_same(title):
    source, kind = ODD[title]
    error = told_to_the_parent(with_prelude(source))
    assert error is not None
    assert error.type == kind


@pytest.mark.parametrize(
    "call", ["getattr(1, S('real'))", "hasattr(1, S('x'))", "setattr(a, S('x'), 1)"]
)
def test_a_subclass_of_str_is_no_name(call):
    """It could answer otherwise each time that it is asked what it is."""
    submission = load(with_prelude(f"class S(str): pass\n{call}"))
    assert error_of(submission) == "TypeError: attribute name must be string, not 'S'"


@pytest.mark.parametrize("title", OUTSIDE)
def test_what_once_reached_outside_ends_in_an_error(title):
    assert error_of(load(with_prelude(OUTSIDE[title][0]))) is not None


def test_what_the_worker_prints_to_cannot_be_made_anew(monkeypatch):
    """Or the worker's own flush would run the submission's code."""
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO()))
    source = """
import sys
class B:
    closed = False
    def writable(self): return True
    def readable(self): return False
    def seekable(self): return False
    def write(self, b): return len(b)
    def flush(self): pass
type(sys.stdout).__init__(sys.stdout, B())
"""
    assert load(source).answer["refused"]


# Recorded: what CustomConv2D does in forward with x and w, and which use is told, of which line.
# Of one that costs all marks it says so.

RECORDED = entries("""
---
return torch.matmul(x, w)
=> line 1: torch.matmul | torch.einsum
---
return x @ w
=> line 1: @ | torch.einsum
---
x @= w
return x
=> line 1: @ | torch.einsum
---
return x.matmul(w)
=> line 1: torch.Tensor.matmul | torch.einsum
---
return torch.Tensor.matmul(x, w)
=> line 1: torch.Tensor.matmul | torch.einsum
---
return getattr(x, 'mat' + 'mul')(w)
=> line 1: torch.Tensor.matmul | torch.einsum
---
f = x.mm
return f(w)
=> line 2: torch.Tensor.mm | torch.einsum
---
return [f(w) for f in [x.mm]][0]
=> line 1: torch.Tensor.mm | torch.einsum
---
return list(map(torch.matmul, [x], [w]))[0]
=> line 1: torch.matmul | torch.einsum
---
return (lambda a, f=torch.matmul: f(a, w))(x)
=> line 1: torch.matmul | torch.einsum
---
t = torch
return t.matmul(x, w)
=> line 2: torch.matmul | torch.einsum
---
for t in [torch]:
    return t.matmul(x, w)
=> line 2: torch.matmul | torch.einsum
---
return (t := torch).matmul(x, w)
=> line 1: torch.matmul | torch.einsum
---
return {'f': torch.matmul}['f'](x, w)
=> line 1: torch.matmul | torch.einsum
---
match torch:
    case t: return t.matmul(x, w)
=> line 2: torch.matmul | torch.einsum
---
def f(a, t=torch):
    return t.matmul(a, w)
return f(x)
=> line 2: torch.matmul | torch.einsum
---
from torch import matmul as stack
return stack(x, w)
=> line 2: torch.matmul | torch.einsum
---
from functools import partial
return partial(torch.matmul, x)(w)
=> line 2: torch.matmul | torch.einsum
---
class H:
    f = torch.matmul
return H.f(x, w)
=> line 3: torch.matmul | torch.einsum
---
self.f = torch.matmul
return self.f(x, w)
=> line 2: torch.matmul | torch.einsum
---
f'{x.matmul(w)}'
return x
=> line 1: torch.Tensor.matmul | torch.einsum
---
'{0.T}'.format(x.matmul(w))
return x
=> line 1: torch.Tensor.matmul | torch.einsum
---
try:
    return x.matmul(w)
finally: pass
=> line 2: torch.Tensor.matmul | torch.einsum
---
return F.linear(x, w)
=> line 1: torch.nn.functional.linear | torch.einsum
---
return nn.functional.linear(x, w)
=> line 1: torch.nn.functional.linear | torch.einsum
---
import torch.nn.functional as G
return G.linear(x, w)
=> line 2: torch.nn.functional.linear | torch.einsum
---
return nn.Unfold(1)(x[None, None])[0]
=> line 1: torch.nn.Unfold | F.unfold or slices
---
class L(nn.Unfold): pass
L(1)(x[None, None])
return x
=> line 2: torch.nn.Unfold | F.unfold or slices
---
return torch.functional.tensordot(x, w)
=> line 1: torch.functional.tensordot | torch.einsum
---
return x.sum(1)
=> line 1: torch.Tensor.sum | torch.einsum, which sums over a letter that is left out
---
return F.pad(x, (1, 1))
=> line 1: torch.nn.functional.pad | torch.full or new_full, and assignment to a slice
---
return F.conv2d(x[None], w[None, None])
=> line 1: torch.nn.functional.conv2d, all | unfold and einsum
---
return torch.conv2d(x[None], w[None, None])
=> line 1: torch.conv2d, all | unfold and einsum
---
return torch.max_pool2d(x[None], 2)
=> line 1: torch.max_pool2d | F.unfold or slices, and Tensor.max
---
x.numpy()
return x
=> line 1: torch.Tensor.numpy | torch's own tensors
---
np.dot(x, w)
return x
=> line 1: numpy.dot | torch's own tensors
---
return x.softmax(1)
=> line 1: torch.Tensor.softmax | max, exp, sum and log, on logits shifted by their maximum
---
x.grad
return x
=> line 1: torch.Tensor.grad | nothing: autograd derives the backward pass
---
return os.sep
=> nothing
---
return x.view(2, 2).mul(w) + 1 - w / 2 ** x
=> nothing
---
y = torch.zeros_like(x)
y[0] += x[1]
return torch.cat([y, w]).T.reshape(-1)
=> nothing
---
return torch.einsum('ij,jk->ik', x, w) + F.unfold(x[None, None], 1).sqrt()[0]
=> nothing
---
self.p = nn.Parameter(x)
return x
=> nothing
---
with torch.no_grad(): y = x + 1
return y
=> nothing
""")


def layer(body, name=CONV):
    """A submission of one layer, whose forward is the body."""
    lines = "\n        ".join(body.splitlines())
    return f"{IMPORTS}class {name}(nn.Module):\n    def forward(self, x, w):\n        {lines}\n"


def run(text, name=CONV):
    """Returns the response to one call of a layer with two inputs of 2 by 2."""
    submission = load(text)
    assert error_of(submission) is None
    call = {"inputs": ["x", "w"], "arguments": {}, "strided": False}
    ones = np.ones((2, 2), np.float32)
    request = {"layer": name, "calls": [call]}
    return answer(submission, request, {"0.x": ones, "0.w": ones}).response


def findings(text, name=CONV):
    """Returns the lines that the report has on a layer's one call."""
    response = run(text, name)
    found = [f for call in response.calls for f in Operations().findings(name, call.uses)]
    return list(told(Result(QUESTIONS[name], (), once_each(found), response.refused)))


def names_of(lines):
    return [line.partition(" is not")[0] for line in lines]


def finding(result):
    """The line that is told of "line 1: torch.relu | torch.where"; "all" stands for all marks."""
    use, _, instead = result.partition(" | ")
    use, _, every = use.partition(", ")
    line, _, name = use.partition(": ")
    number = int(line.removeprefix("line ")) + 3
    cost = "100% of the marks" if every else "50% of the marks"
    return f"line {number}: {name} is not allowed here ({cost}). Instead: {instead}"


@pytest.mark.parametrize("body", RECORDED)
def test_what_a_layer_may_not_use_is_told_once_with_its_line(body):
    result = RECORDED[body][1]
    expected = [] if result == "nothing" else [finding(result)]
    assert findings(layer(body)) == expected


@pytest.mark.parametrize("title", UNSEEN)
def test_what_once_pooled_unseen_is_stopped_or_known(title):
    response = run(layer(UNSEEN[title][0], POOL), POOL)
    found = [f for call in response.calls for f in Operations().findings(POOL, call.uses)]
    is_known = any(finding.own for finding in found)
    assert response.error or response.refused or is_known


def test_what_did_not_run_is_told_with_its_line():
    (line,) = findings(layer("os.getcwd()\nreturn x"))
    assert line == "line 4: os.getcwd is out of a layer's reach, and did not run"


def test_findings_are_told_once_each_in_the_order_of_their_lines():
    body = "y = x @ w\nz = F.relu(x)\ny = F.relu(y)\nreturn y @ z + x.cumsum(0).sum()"
    assert names_of(findings(layer(body))) == [
        "line 4: @",
        "line 5: torch.nn.functional.relu",
        "line 7: torch.Tensor.cumsum",
        "line 7: torch.Tensor.sum",
    ]


CHARGED = f"""{IMPORTS}
class {CONV}(nn.Module):
    def forward(self, x, w):
        return self.product(x)
    def product(self, x):
        return helper(x)

def helper(x):
    return x.matmul(x)

class {POOL}(nn.Module):
    def forward(self, x, w):
        return x

class {LINEAR}(nn.Module):
    def __init__(self):
        super().__init__()
        self.made = torch.ones(2, 2).mm(torch.ones(2, 2))
    def forward(self, x, w):
        return x
"""


def test_a_use_is_charged_to_the_layer_that_reaches_it():
    """In a helper, or while the layer is made; not to a layer that it stands beside."""
    assert names_of(findings(CHARGED, CONV)) == ["line 10: torch.Tensor.matmul"]
    assert findings(CHARGED, POOL) == []
    assert names_of(findings(CHARGED, LINEAR)) == ["line 19: torch.Tensor.mm"]


def test_what_ran_while_the_file_was_loaded_is_no_layers():
    tried = "reference = nn.Linear(2, 3)\ny = reference(torch.ones(1, 2)) @ torch.ones(3)\n"
    assert findings(layer("return x") + tried) == []


def test_what_a_backward_pass_uses_is_charged():
    text = f"""{IMPORTS}
class Own(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.clone()
    @staticmethod
    def backward(ctx, gradient):
        return gradient.relu()

class {CONV}(nn.Module):
    def forward(self, x):
        return Own.apply(x)
"""
    x = np.ones((2, 2), np.float32)
    call = {"inputs": ["x"], "arguments": {}, "strided": False}
    request = {"layer": CONV, "calls": [call]}
    response = answer(load(text), request, {"0.x": x, "0.upstream": x}).response
    (call,) = response.calls
    assert {name: use.line for name, use in call.uses.items()} == {
        "torch.autograd.Function": 13,
        "torch.Tensor.relu": 9,
    }


# Steps: what forward does with x and w, of 2 by 2, and how many more it counts than doing nothing.

STEPS = entries("""
---
for i in range(7): pass
=> 7
---
for i in range(2):
    for j in range(3): pass
=> 8
---
for i in range(9):
    if i == 2: break
=> 3
---
n = 0
while n < 4: n += 1
=> 4
---
while True: break
=> 1
---
[i for i in range(5)]
=> 5
---
{i: j for i in range(2) for j in range(3)}
=> 8
---
{i for i in range(5) if i > 3}
=> 5
---
sum(i for i in range(6))
=> 6
---
list(map(abs, range(7)))
=> 0
---
len(range(100)), 'a' * 100, [0] * 100
=> 0
---
x + 1 - w * 2
=> 3
---
x.add(w).mul_(2)
=> 2
""")

# One more of what n counts is one more step, or a few.
GROWING = [
    "for i in range(n): pass",
    "while n: n -= 1",
    "[x + 1 for i in range(n)]",
    "list(map(x.add, range(n)))",
    "list(map(lambda i: x[0, 0].item(), range(n)))",
    "list(map(lambda i: float(x[0, 0]), range(n)))",
    "def f(n): return x if n == 0 else f(n - 1) + 1\nf(n)",
    "from functools import reduce\nreduce(lambda y, i: y + i, range(n), x)",
    "sorted(range(n), key=lambda i: x + i)",
    "for v in torch.ones(n): pass",
    "sum(torch.ones(n))",
    "torch.ones(n).tolist()",
    "torch.ones(1, n).tolist()[0][0]",
    "torch.ones(n).numpy()",
    "np.asarray(torch.ones(n)).tolist()",
    "torch.stack([x for i in range(n)])",
]
CONSTANT = [
    "torch.ones(n) * 2",
    "torch.ones(n, 3).view(-1)[0].item()",
    "torch.ones(n).abs().reshape(-1, 1).expand(n, 3)",
    "torch.einsum('i,i->', torch.ones(n), torch.ones(n))",
    "len(torch.ones(n)), torch.ones(n).shape[0], range(n), n * 2",
    "y = torch.zeros(n)\ny[1:] += 1",
]


def steps_of(body):
    (call,) = run(layer(f"{body}\nreturn x")).calls
    return call.steps


@pytest.mark.parametrize("body", STEPS)
def test_steps_count_turns_items_and_torch_functions(body):
    assert steps_of(body) - steps_of("pass") == int(STEPS[body][1])


@pytest.mark.parametrize("body", GROWING)
def test_every_way_to_go_through_many_counts_as_many_steps(body):
    more = steps_of(f"n = 80\n{body}") - steps_of(f"n = 40\n{body}")
    assert 40 <= more <= 40 * 5


@pytest.mark.parametrize("body", CONSTANT)
def test_work_by_tensors_counts_alike_for_any_size(body):
    assert steps_of(f"n = 80\n{body}") == steps_of(f"n = 40\n{body}") < 20


def test_steps_begin_anew_with_each_call():
    submission = load(layer("for i in range(7): pass\nreturn x"))
    ones = np.ones((2, 2), np.float32)
    first = {"inputs": ["x", "w"], "arguments": {}, "strided": False}
    second = {**first, "arguments": None}
    given = {"0.x": ones, "0.w": ones, "1.x": ones, "1.w": ones}
    response = answer(submission, {"layer": CONV, "calls": [first, second]}, given).response
    (steps, again) = (call.steps for call in response.calls)
    assert 7 <= steps == again < 14


INIT = {
    LINEAR: """
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
""",
    POOL: """
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride or kernel_size
        self.p = padding

    def padded(self, x):
        n, c, h, w = x.shape
        p, k = self.p, self.k
        padded = x.new_full((n, c, h + 2 * p, w + 2 * p), -float("inf"))
        padded[:, :, p : p + h, p : p + w] = x
        return padded, (h + 2 * p - k) // self.s + 1, (w + 2 * p - k) // self.s + 1
""",
}

# Efficiency: what forward does, and whether its steps are few enough in the stored cases.

FORWARDS = entries("""
--- vectorised
return torch.einsum('...i,oi->...o', x, self.weight) + self.bias
=> CustomLinear, efficient
--- the batch in four pieces
rows = x.reshape(-1, x.shape[-1])
parts = rows.chunk(4)
y = torch.cat([torch.einsum('ni,oi->no', p, self.weight) for p in parts]) + self.bias
return y.reshape(*x.shape[:-1], -1)
=> CustomLinear, efficient
--- a loop over the rows
y = torch.stack([torch.einsum('i,oi->o', r, self.weight) for r in x]) + self.bias
return y
=> CustomLinear, not
--- a loop over the rows by map
return torch.stack(list(map(lambda r: torch.einsum('i,oi->o', r, self.weight), x))) + self.bias
=> CustomLinear, not
--- a while loop over the rows
y = x.new_zeros(len(x), len(self.bias))
i = 0
while i < len(x):
    y[i] = torch.einsum('i,oi->o', x[i], self.weight) + self.bias
    i += 1
return y
=> CustomLinear, not
--- Python's own numbers
w = self.weight.tolist()
b = self.bias.tolist()
dot = lambda r, v: sum(map(lambda p, q: p * q, r, v))
y = list(map(lambda r: list(map(lambda v, c: dot(r, v) + c, w, b)), x.tolist()))
return torch.tensor(y)
=> CustomLinear, not
--- calls that are padded to look alike
for i in range(4096 - len(x)): pass
return torch.stack([torch.einsum('i,oi->o', r, self.weight) for r in x]) + self.bias
=> CustomLinear, not
--- a heavy first call
if not hasattr(self, 'warm'):
    self.warm = [i for i in range(5000)]
return torch.stack([torch.einsum('i,oi->o', r, self.weight) for r in x]) + self.bias
=> CustomLinear, not
--- rows and columns of the kernel
padded, rows, columns = self.padded(x)
k, s = self.k, self.s
taps = []
for i in range(k):
    for j in range(k):
        taps.append(padded[:, :, i:i + s * rows:s, j:j + s * columns:s][:, :, :rows, :columns])
return torch.stack(taps).amax(0)
=> CustomMaxPool2D, efficient
--- every window
padded, rows, columns = self.padded(x)
k, s = self.k, self.s
y = x.new_zeros(*x.shape[:2], rows, columns)
for i in range(rows):
    for j in range(columns):
        y[:, :, i, j] = padded[:, :, i * s:i * s + k, j * s:j * s + k].amax((2, 3))
return y
=> CustomMaxPool2D, not
""")


@pytest.mark.parametrize("title", FORWARDS)
def test_steps_tell_work_by_tensors_from_loops_over_what_grows(title):
    body, result = FORWARDS[title]
    name, wanted = result.split(", ")
    lines = "\n        ".join(body.splitlines())
    forward = f"    def forward(self, x):\n        {lines}\n"
    submission = load(f"{IMPORTS}class {name}(nn.Module):{INIT[name]}\n{forward}")
    kinds = set()
    for case in QUESTIONS[name].cases:
        if case.kind == "efficiency":
            failure = judge(case, answer(submission, case.request, case.given))
            kinds.add(failure.kind if failure else "passed")
    assert kinds <= {"passed", "operations"}
    assert (kinds == {"passed"}) == (wanted == "efficient")
