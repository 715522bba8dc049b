"""Makes the mutants of a Python file: copies that differ from it in one place, as a slip of the pen would.

Neither mutmut nor cosmic-ray deletes statements or drops the bounds of slices, and both start a run of tests for every
mutant, where grading one takes a tenth of a second: hence a mutator of our own.
"""

import ast
import copy
import functools
from dataclasses import dataclass, field

OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult], ast.Sub: [ast.Add], ast.Mult: [ast.Add, ast.Div, ast.Pow],
    ast.Div: [ast.Mult, ast.FloorDiv], ast.FloorDiv: [ast.Div, ast.Mult], ast.Mod: [ast.FloorDiv, ast.Mult],
    ast.Pow: [ast.Mult], ast.BitAnd: [ast.BitOr], ast.BitOr: [ast.BitAnd], ast.And: [ast.Or], ast.Or: [ast.And],
    ast.Lt: [ast.LtE, ast.GtE], ast.LtE: [ast.Lt, ast.Gt], ast.Gt: [ast.GtE, ast.LtE], ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq], ast.NotEq: [ast.Eq], ast.Is: [ast.IsNot], ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn], ast.NotIn: [ast.In],
}  # fmt: skip
PAIRS = """max min, amax amin, argmax argmin, sum mean, exp expm1, log log1p, floor ceil, squeeze unsqueeze,
    values indices, zeros ones, zeros_like ones_like, new_zeros new_ones"""
NAMES = {a: b for pair in PAIRS.split(",") for a, b in (pair.split(), reversed(pair.split()))}
REDUCTIONS = {"mean", "sum", "none"}


@dataclass(frozen=True)
class Mutant:
    where: str  # the function or class: CustomLinear.forward
    before: str  # a line of it, as ast.unparse writes it: neither layout nor comments matter
    after: str
    text: str = field(repr=False)  # of the whole file

    def __str__(self):
        return f"{self.where}: {self.before}  ->  {self.after}"


def _like(node, **changes):
    node = copy.copy(node)
    vars(node).update(changes)
    return node


def _swapped(items):
    """Every way to swap two neighbours."""
    return [[*items[:i], items[i + 1], items[i], *items[i + 2 :]] for i in range(len(items) - 1)]


def _variants(node):
    """Yields what may stand in the place of a node."""
    match node:
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=None):
            yield ast.Constant(1)
        case ast.Constant(value=int(value) | float(value)):
            yield from (ast.Constant(value + 1), ast.Constant(value - 1))
        case ast.Constant(value=str(value)) if value in REDUCTIONS:
            yield from map(ast.Constant, sorted(REDUCTIONS - {value}))
        case ast.Constant(value=str(value)) if "->" in value:  # einsum's dimensions
            yield from (ast.Constant("".join(letters)) for letters in _swapped(value))
        case ast.Constant(value=str()):
            yield ast.Constant("")
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
            yield from (_like(node, op=new()) for new in OPERATORS.get(type(op), ()))
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                yield from (_like(node, ops=[*ops[:i], new(), *ops[i + 1 :]]) for new in OPERATORS[type(op)])
        case ast.Name(id=name) if name in NAMES:
            yield _like(node, id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield _like(node, attr=NAMES[name])
        case ast.Slice():
            yield from (_like(node, **{bound: None}) for bound in ("lower", "upper", "step") if getattr(node, bound))
        case ast.Tuple(elts=elements):
            yield from (_like(node, elts=new) for new in _swapped(elements))
        case ast.Call(args=arguments, keywords=keywords):
            yield from (_like(node, args=new) for new in _swapped(arguments))
            yield from (_like(node, keywords=[k for k in keywords if k is not dropped]) for dropped in keywords)
        case ast.If() | ast.IfExp() | ast.While():
            yield from (_like(node, test=ast.Constant(forced)) for forced in (True, False))
        case ast.comprehension(ifs=[_, *_]):
            yield _like(node, ifs=[])
        case ast.For():
            yield _like(node, iter=ast.Tuple([]))
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Return)):
        yield ast.Pass()


def _places(node, scope=()):
    """Yields (scope, child, put) for all below a node: put sets another node in the child's place."""
    for name, value in ast.iter_fields(node):
        box, keys = (value, range(len(value))) if isinstance(value, list) else (vars(node), [name])
        for key in keys:
            child = box[key]
            match child:
                case ast.JoinedStr() | ast.Expr(value=ast.Constant()):  # for people to read, as docstrings are
                    continue
                case ast.FunctionDef(name=inner) | ast.ClassDef(name=inner):
                    yield from _places(child, (*scope, inner))
                case ast.AST():
                    yield scope, child, functools.partial(box.__setitem__, key)
                    yield from _places(child, scope)


def mutants(text):
    """Yields every Mutant of a file's text; no two are the same, and each differs from it in one line."""
    tree = ast.parse(text)
    original = ast.unparse(tree)
    seen = {original}
    for scope, child, put in _places(tree):
        for variant in _variants(child):
            put(variant)
            changed = ast.unparse(tree)
            put(child)
            if changed not in seen:
                seen.add(changed)
                lines = zip(original.splitlines(), changed.splitlines())
                before, after = next((a.strip(), b.strip()) for a, b in lines if a != b)
                yield Mutant(".".join(scope), before, after, changed)
