"""Makes the mutants of a Python file: copies that differ in one place, as a slip of the pen would.

Neither mutmut nor cosmic-ray deletes statements or drops the bounds of slices, and both start a run
of tests for every mutant, where grading one takes a tenth of a second: hence a mutator of our own.
"""

import ast
import copy
import functools
from dataclasses import dataclass, field

OPERATORS = {
    ast.Add: [ast.Sub, ast.Mult],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Add, ast.Div, ast.Pow],
    ast.Div: [ast.Mult, ast.FloorDiv],
    ast.FloorDiv: [ast.Div, ast.Mult],
    ast.Mod: [ast.FloorDiv, ast.Mult],
    ast.Pow: [ast.Mult],
    ast.BitAnd: [ast.BitOr],
    ast.BitOr: [ast.BitAnd],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.Lt: [ast.LtE, ast.GtE],
    ast.LtE: [ast.Lt, ast.Gt],
    ast.Gt: [ast.GtE, ast.LtE],
    ast.GtE: [ast.Gt, ast.Lt],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
PAIRS = {
    "max": "min",
    "amax": "amin",
    "argmax": "argmin",
    "sum": "mean",
    "exp": "expm1",
    "log": "log1p",
    "floor": "ceil",
    "squeeze": "unsqueeze",
    "values": "indices",
    "zeros": "ones",
    "zeros_like": "ones_like",
    "new_zeros": "new_ones",
}
NAMES = PAIRS | {other: name for name, other in PAIRS.items()}
REDUCTIONS = {"mean", "sum", "none"}


@dataclass(frozen=True)
class Mutant:
    where: str  # the function or class: CustomLinear.forward
    before: str  # a line of it, as ast.unparse writes it: neither layout nor comments matter
    after: str
    text: str = field(repr=False)  # of the whole file

    def __str__(self):
        return f"{self.where}: {self.before}  ->  {self.after}"


def mutants(text):
    """Yields every Mutant of a file's text; no two are the same, and each differs in one line."""
    tree = ast.parse(text)
    original = ast.unparse(tree)
    seen = {original}
    for scope, node, put in _places(tree):
        for variant in _variants(node):
            put(variant)
            changed = ast.unparse(tree)
            put(node)
            if changed in seen:
                continue
            seen.add(changed)
            before, after = _first_difference(original, changed)
            yield Mutant(".".join(scope), before, after, changed)


def _first_difference(original, changed):
    lines = zip(original.splitlines(), changed.splitlines())
    before, after = next(pair for pair in lines if pair[0] != pair[1])
    return before.strip(), after.strip()


def _places(node, scope=()):
    """Yields (scope, child, put) for all below a node: put sets another in the child's place."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            box = value
            keys = range(len(value))
        else:
            box = vars(node)
            keys = [name]
        for key in keys:
            child = box[key]
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                yield from _places(child, (*scope, child.name))
            elif isinstance(child, ast.AST) and not _is_for_people(child):
                yield scope, child, functools.partial(box.__setitem__, key)
                yield from _places(child, scope)


def _is_for_people(node):
    """Whether a node is a message or a docstring."""
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_docstring or isinstance(node, ast.JoinedStr)


def _variants(node):
    """Yields what may stand in the place of a node."""
    match node:
        case ast.Constant(value=value):
            yield from map(ast.Constant, _values(value))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op):
            for new in OPERATORS.get(type(op), ()):
                yield _like(node, op=new())
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for new in OPERATORS[type(op)]:
                    yield _like(node, ops=[*ops[:i], new(), *ops[i + 1 :]])
        case ast.Name(id=name) if name in NAMES:
            yield _like(node, id=NAMES[name])
        case ast.Attribute(attr=name) if name in NAMES:
            yield _like(node, attr=NAMES[name])
        case ast.Slice():
            for bound in ("lower", "upper", "step"):
                if getattr(node, bound):
                    yield _like(node, **{bound: None})
        case ast.Tuple(elts=elements):
            for new in _swapped(elements):
                yield _like(node, elts=new)
        case ast.Call():
            yield from _calls(node)
        case ast.If() | ast.IfExp() | ast.While():
            yield _like(node, test=ast.Constant(True))
            yield _like(node, test=ast.Constant(False))
        case ast.comprehension(ifs=[_, *_]):
            yield _like(node, ifs=[])
        case ast.For():
            yield _like(node, iter=ast.Tuple([]))
    if isinstance(node, (ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Return)):
        yield ast.Pass()


def _values(value):
    """Returns what a constant may be instead."""
    if isinstance(value, bool):
        return [not value]
    if value is None:
        return [1]
    if isinstance(value, (int, float)):
        return [value + 1, value - 1]
    if value in REDUCTIONS:
        return sorted(REDUCTIONS - {value})
    if isinstance(value, str) and "->" in value:  # einsum's dimensions
        return ["".join(letters) for letters in _swapped(value)]
    return [""] if isinstance(value, str) else []


def _calls(call):
    """Yields a call with two neighbours among its arguments swapped, or without a named one."""
    for new in _swapped(call.args):
        yield _like(call, args=new)
    for dropped in call.keywords:
        yield _like(call, keywords=[keyword for keyword in call.keywords if keyword is not dropped])


def _swapped(items):
    """Returns every way to swap two neighbours."""
    return [[*items[:i], items[i + 1], items[i], *items[i + 2 :]] for i in range(len(items) - 1)]


def _like(node, **changes):
    node = copy.copy(node)
    vars(node).update(changes)
    return node
