"""Reads what each layer of a source computes, whatever its names, its order and its looks.

A layer's methods are followed statement by statement, and nothing is run: a name stands for what
was assigned to it, a function of the file for what it returns, so that a graph of operations is
left.
Operations that are spelled in several ways (``x @ y`` and ``torch.matmul(x, y)``; ``view`` and
``reshape``) have one name. Of the graph each node is described to several depths: what two files
share of that, they share however they look. Beside it stand a file's words: its comments, messages
and names.
"""

from __future__ import annotations

import ast
import hashlib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grading.handin import INTERFACE

LAYERS = tuple(INTERFACE)
DEPTHS = (1, 2, 3, 4, 6, 9)  # to which a node is described
LONGEST_PATH = 4  # operations
DEEPEST = 12  # calls of the file's own functions within each other
MOST_STEPS = 50_000  # to follow a layer: a source is a stranger's
MOST_TERMS = 16  # of a sum, and inputs of an operation from which paths go down
MOST_FEATURES = 20_000  # of a layer

# One name for what is spelled in several ways.
SPELLED = {
    "view": "reshape",
    "flatten": "reshape",
    "unflatten": "reshape",
    "reshape": "reshape",
    "contiguous": "",
    "clone": "",
    "float": "",
    "to": "",
    "type_as": "",
    "permute": "permute",
    "transpose": "permute",
    "swapaxes": "permute",
    "movedim": "permute",
    "t": "permute",
    "T": "permute",
    "mT": "permute",
    "mm": "matmul",
    "bmm": "matmul",
    "add": "+",
    "add_": "+",
    "sub": "-",
    "sub_": "-",
    "mul": "*",
    "mul_": "*",
    "multiply": "*",
    "div": "/",
    "div_": "/",
    "true_divide": "/",
    "floor_divide": "//",
    "neg": "negative",
    "pow": "**",
    "amax": "max",
    "maximum": "max",
    "unsqueeze": "expand",
    "expand_as": "expand",
    "broadcast_to": "expand",
    "size": "shape",
    "new_full": "full",
    "new_zeros": "zeros",
    "zeros_like": "zeros",
    "new_ones": "ones",
    "ones_like": "ones",
    "full_like": "full",
    "concat": "cat",
    "index_put_": "store",
}
BINARY = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.MatMult: "matmul",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.BitXor: "^",
}
COMPARED = {
    ast.Eq: "==",
    ast.NotEq: "==",
    ast.Lt: "<",
    ast.GtE: "<",
    ast.Gt: "<=",
    ast.LtE: "<=",
    ast.Is: "is",
    ast.IsNot: "is",
    ast.In: "in",
    ast.NotIn: "in",
}
NEGATED = (ast.NotEq, ast.GtE, ast.Gt, ast.IsNot, ast.NotIn)
EITHER_WAY = ("+", "*", "==", "and", "or", "|", "&", "max")
SILENT = ("print", "assert", "warn")  # what is called and changes nothing that is computed


@dataclass(frozen=True, eq=False)
class Node:
    """An operation of what it is applied to. Of one layer there is one of each, so that a graph in
    which the same is used again and again stays as small as its source.

    Attributes:
        lines: where it stands, from 1.
    """

    name: str
    inputs: tuple[Node, ...] = ()
    lines: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Feature:
    """One thing that a layer has and another's may have too.

    Attributes:
        kind: "form" of an operation with all that it is applied to; "path" of several operations,
            one applied to the other; "comment", "message", "name", "number" or "line" of the words.
        what: its digest, or the words.
    """

    kind: str
    what: str


Found = dict[str, dict[Feature, set[int]]]  # by layer: features with their lines


def features(text: str) -> Found:
    """Returns the features of each layer of a source; words outside of any are under "".

    Raises: SyntaxError or ValueError if it is no program, RecursionError if it is too deep.
    """
    tree = ast.parse(text)
    found: Found = {}
    spans = {}
    for name, node in _layers(tree).items():
        graph = _Reader(tree, node)
        found[name] = _forms(graph.roots())
        spans[name] = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    for feature, line in _words(text, tree):
        where = next((name for name, span in spans.items() if line in span), "")
        found.setdefault(where, {}).setdefault(feature, set()).add(line)
    return found


def _layers(tree: ast.Module) -> dict[str, ast.ClassDef]:
    classes = _classes(tree)
    return {name: classes[name] for name in LAYERS if name in classes}


def _classes(tree: ast.Module) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}


def _methods(layer: ast.ClassDef, classes: dict[str, ast.ClassDef]) -> dict[str, ast.FunctionDef]:
    """The methods of a class, with those that it has of other classes of the file."""
    found: dict[str, ast.FunctionDef] = {}
    waiting = [layer]
    seen = set()
    while waiting:
        one = waiting.pop(0)
        seen.add(one.name)
        for node in one.body:
            if isinstance(node, ast.FunctionDef):
                found.setdefault(node.name, node)
        bases = [base.id for base in one.bases if isinstance(base, ast.Name)]
        waiting += [classes[name] for name in bases if name in classes and name not in seen]
    return found


# What is computed


def _forms(roots: Iterable[Node]) -> dict[Feature, set[int]]:
    """Describes each node below some to several depths."""
    found: dict[Feature, set[int]] = {}
    seen: set[Node] = set()
    digests: dict[tuple[Node, int], str] = {}
    ways: dict[tuple[Node, int], set[str]] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        waiting += node.inputs
        if not node.inputs:
            continue
        for depth in DEPTHS:
            feature = Feature("form", _digest(node, depth, digests))
            found.setdefault(feature, set()).update(node.lines)
        for path in _paths(node, LONGEST_PATH, ways):
            found.setdefault(Feature("path", path), set()).update(node.lines)
        if len(found) > MOST_FEATURES:
            raise ValueError(f"a layer has more than {MOST_FEATURES:,} forms")
    return found


def _paths(node: Node, longest: int, known: dict[tuple[Node, int], set[str]]) -> set[str]:
    """Returns the operations on each way down from a node, whatever else they are applied to."""
    key = (node, longest)
    if key not in known:
        found = set()
        for each in node.inputs[:MOST_TERMS]:
            if each.inputs:
                found.add(f"{node.name} {each.name}")
            if each.inputs and longest > 2:
                found |= {f"{node.name} {path}" for path in _paths(each, longest - 1, known)}
        known[key] = found
    return known[key]


def _digest(node: Node, depth: int, known: dict[tuple[Node, int], str]) -> str:
    key = (node, depth)
    if key not in known:
        below = [_digest(each, depth - 1, known) for each in node.inputs] if depth else []
        if node.name in EITHER_WAY:
            below.sort()
        text = f"{node.name}({','.join(below)})"
        known[key] = hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
    return known[key]


Names = dict[str, Node]


@dataclass(frozen=True)
class _Function:
    """A function of the file, with the names that it can see."""

    node: ast.FunctionDef | ast.Lambda
    names: Names
    is_method: bool = False


class _Reader:
    """Follows the methods of one layer.

    Attributes:
        effects: what is returned, stored, or called for its effect.
    """

    def __init__(self, tree: ast.Module, layer: ast.ClassDef):
        self._functions: dict[str, _Function] = {}
        self._attributes: dict[str, Node] = {}
        self._globals: Names = {}
        self._methods = _methods(layer, _classes(tree))
        self._depth = 0
        self._nodes: dict[tuple[str, tuple[Node, ...]], Node] = {}
        self._steps = 0
        self.effects: list[Node] = []
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self._functions[node.name] = _Function(node, {})
            elif isinstance(node, ast.Assign):
                self._assign_all(node.targets, self._value(node.value, self._globals), {})
        for name, method in self._methods.items():
            self._functions[f"self.{name}"] = _Function(method, {}, is_method=True)

    def roots(self) -> list[Node]:
        """Returns what its methods return and what they change."""
        # What the constructor keeps is known to the others.
        methods = sorted(self._methods.values(), key=lambda method: method.name != "__init__")
        self.effects = []
        for method in methods:
            names = {
                a.arg: self._node(f"parameter {i}") for i, a in enumerate(_arguments(method.args))
            }
            self._block(method.body, names)
        return self.effects

    def _node(self, name: str, inputs: tuple[Node, ...] = (), line: int = 0) -> Node:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise ValueError(f"it takes more than {MOST_STEPS:,} steps to follow")
        node = self._nodes.setdefault((name, inputs), Node(name, inputs))
        if line:
            node.lines.add(line)
        return node

    def _block(self, body: Sequence[ast.stmt], names: Names) -> Node | None:
        """Follows statements; returns what is returned, if anything."""
        returned: list[Node] = []
        for statement in body:
            value = self._statement(statement, names)
            if value is not None:
                returned.append(value)
        if not returned:
            return None
        whole = returned[0]
        for other in returned[1:]:
            whole = self._node("or else", (whole, other))
        return whole

    def _statement(self, node: ast.stmt, names: Names) -> Node | None:
        if isinstance(node, ast.Return):
            value = self._value(node.value, names) if node.value else self._node("None")
            return self._effect(value)
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            if node.value is not None:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self._assign_all(targets, self._value(node.value, names), names)
        elif isinstance(node, ast.AugAssign):
            before = self._value(node.target, names)
            value = self._value(node.value, names)
            self._assign(node.target, self._binary(node.op, before, value, node.lineno), names)
        elif isinstance(node, ast.Expr):
            self._called(node.value, names)
        elif isinstance(node, ast.If):
            return self._if(node, names)
        elif isinstance(node, (ast.For, ast.While)):
            return self._loop(node, names)
        elif isinstance(node, ast.FunctionDef):
            self._functions[node.name] = _Function(node, names)
        elif isinstance(node, (ast.With, ast.Try)):
            return self._block(node.body, names)
        return None

    def _effect(self, value: Node) -> Node:
        if self._depth == 0:
            self.effects.append(value)
        return value

    def _called(self, node: ast.expr, names: Names) -> None:
        """Follows a call that stands for itself: what it changes is all that it is for."""
        value = self._value(node, names)
        target = _called_on(node)
        if isinstance(target, ast.Name) and target.id in names and value.name == "append":
            names[target.id] = self._node("each", value.inputs[1:], node.lineno)
        elif isinstance(target, ast.Name) and value.name in BINARY.values():
            names[target.id] = value  # in place
        elif value.inputs and value.name not in SILENT:
            self.effects.append(value)

    def _if(self, node: ast.If, names: Names) -> Node | None:
        test, is_turned = self._test(node.test, names)
        branches = [dict(names), dict(names)]
        bodies = [node.body, node.orelse]
        returned = [self._block(body, branch) for body, branch in zip(bodies, branches)]
        if is_turned:
            branches.reverse()
        for name in {*branches[0], *branches[1]}:
            one, other = branches[0].get(name), branches[1].get(name)
            if one is not None and other is not None and one != other:
                names[name] = self._node("if", (test, one, other), node.lineno)
            elif one is not None or other is not None:
                names[name] = one if one is not None else other  # type: ignore[assignment]
        values = [value for value in returned if value is not None]
        if not values:
            return None
        if len(values) == 1:
            return self._node("if", (test, *values), node.lineno)
        if is_turned:
            values.reverse()
        return self._node("if", (test, *values), node.lineno)

    def _loop(self, node: ast.For | ast.While, names: Names) -> Node | None:
        if isinstance(node, ast.For):
            turns = self._value(node.iter, names)
            self._assign(node.target, self._node("each of", (turns,), node.lineno), names)
        before = dict(names)
        returned = self._block(node.body, names)
        for name, value in names.items():
            if name in before and before[name] != value and value.name != "each":
                names[name] = self._node("loop", (before[name], value), node.lineno)
        return returned

    def _assign_all(self, targets: Sequence[ast.expr], value: Node, names: Names) -> None:
        for target in targets:
            self._assign(target, value, names)

    def _assign(self, target: ast.expr, value: Node, names: Names) -> None:
        if isinstance(target, ast.Name):
            names[target.id] = value
        elif isinstance(target, (ast.Tuple, ast.List)):
            for i, each in enumerate(target.elts):
                part = self._node("item", (value, self._node(str(i))), target.lineno)
                if value.name == "max" and i == 0:
                    part = value
                if value.name == "tuple" and len(value.inputs) == len(target.elts):
                    part = value.inputs[i]
                self._assign(each, part, names)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, value, names)
        elif isinstance(target, ast.Attribute) and _is_self(target.value):
            self._attributes[target.attr] = value
            self.effects.append(self._node("keep", (value,), target.lineno))
        elif isinstance(target, ast.Subscript):
            parts = (self._value(target.value, names), self._value(target.slice, names), value)
            stored = self._node("store", parts, target.lineno)
            if isinstance(target.value, ast.Name):
                names[target.value.id] = stored
            else:
                self.effects.append(stored)

    # Expressions

    def _test(self, node: ast.expr, names: Names) -> tuple[Node, bool]:
        """Returns what is asked, without its "not", and whether there was one."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            value, is_turned = self._test(node.operand, names)
            return value, not is_turned
        is_turned = isinstance(node, ast.Compare) and isinstance(node.ops[0], NEGATED)
        return self._value(node, names), is_turned

    def _value(self, node: ast.AST, names: Names) -> Node:
        follow = getattr(self, f"_of_{type(node).__name__}", None)
        if follow is not None:
            return follow(node, names)
        below = [self._value(child, names) for child in ast.iter_child_nodes(node)]
        kept = tuple(value for value in below if value.name)
        return self._node(type(node).__name__.lower(), kept, getattr(node, "lineno", 0))

    def _of_Constant(self, node: ast.Constant, names: Names) -> Node:
        if isinstance(node.value, str):
            return self._node("text", (), node.lineno)
        return self._node(repr(node.value), (), node.lineno)

    def _of_JoinedStr(self, node: ast.JoinedStr, names: Names) -> Node:
        return self._node("text", (), node.lineno)

    def _of_Name(self, node: ast.Name, names: Names) -> Node:
        known = names.get(node.id) or self._globals.get(node.id)
        return known or self._node("name", (), node.lineno)

    def _of_Tuple(self, node: ast.Tuple | ast.List, names: Names) -> Node:
        return self._node("tuple", tuple(self._value(e, names) for e in node.elts), node.lineno)

    _of_List = _of_Tuple

    def _of_Attribute(self, node: ast.Attribute, names: Names) -> Node:
        if _is_self(node.value):
            kept = self._attributes.get(node.attr)
            if kept is None or node.attr in ("weight", "bias"):
                return self._node(f"self.{node.attr}", (), node.lineno)
            return kept
        if _is_library(node):
            return self._node(node.attr, (), node.lineno)
        if node.attr == "values":
            return self._value(node.value, names)  # of a maximum
        return self._named(node.attr, (self._value(node.value, names),), node.lineno)

    def _of_UnaryOp(self, node: ast.UnaryOp, names: Names) -> Node:
        value = self._value(node.operand, names)
        if isinstance(node.op, ast.Not):
            return self._node("not", (value,), node.lineno)
        if isinstance(node.op, ast.USub):
            return self._node("negative", (value,), node.lineno)
        return value

    def _of_BinOp(self, node: ast.BinOp, names: Names) -> Node:
        left, right = self._value(node.left, names), self._value(node.right, names)
        return self._binary(node.op, left, right, node.lineno)

    def _binary(self, operator: ast.operator, left: Node, right: Node, line: int) -> Node:
        return self._named(BINARY[type(operator)], (left, right), line)

    def _of_BoolOp(self, node: ast.BoolOp, names: Names) -> Node:
        values = tuple(self._value(value, names) for value in node.values)
        return self._node("and" if isinstance(node.op, ast.And) else "or", values, node.lineno)

    def _of_Compare(self, node: ast.Compare, names: Names) -> Node:
        values = [self._value(value, names) for value in (node.left, *node.comparators)]
        asked = [
            self._node(COMPARED[type(operator)], (one, other), node.lineno)
            for operator, one, other in zip(node.ops, values, values[1:])
        ]
        return asked[0] if len(asked) == 1 else self._node("and", tuple(asked), node.lineno)

    def _of_IfExp(self, node: ast.IfExp, names: Names) -> Node:
        test, is_turned = self._test(node.test, names)
        one, other = self._value(node.body, names), self._value(node.orelse, names)
        return self._node(
            "if", (test, other, one) if is_turned else (test, one, other), node.lineno
        )

    def _of_Subscript(self, node: ast.Subscript, names: Names) -> Node:
        value, place = self._value(node.value, names), self._value(node.slice, names)
        which = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if value.name == "tuple" and isinstance(which, int) and which < len(value.inputs):
            return value.inputs[which]
        if value.name == "max" and place.name == "0":
            return value
        if place.name == "tuple" and {part.name for part in place.inputs} <= {"slice", "None"}:
            return self._node("expand", (value,), node.lineno)
        return self._node("item", (value, place), node.lineno)

    def _of_ListComp(self, node: ast.ListComp | ast.GeneratorExp, names: Names) -> Node:
        inner = dict(names)
        for generator in node.generators:
            turns = self._value(generator.iter, inner)
            self._assign(generator.target, self._node("each of", (turns,), node.lineno), inner)
        return self._node("each", (self._value(node.elt, inner),), node.lineno)

    _of_GeneratorExp = _of_ListComp

    def _of_NamedExpr(self, node: ast.NamedExpr, names: Names) -> Node:
        value = self._value(node.value, names)
        self._assign(node.target, value, names)
        return value

    def _of_Starred(self, node: ast.Starred, names: Names) -> Node:
        return self._value(node.value, names)

    def _of_Call(self, node: ast.Call, names: Names) -> Node:
        given = [self._value(argument, names) for argument in node.args]
        named = {k.arg or "**": self._value(k.value, names) for k in node.keywords}
        own = self._own_function(node.func)
        if own and self._depth < DEEPEST:
            return self._inlined(own, given, named, node.lineno)
        values = (*given, *(named[key] for key in sorted(named)))
        if isinstance(node.func, ast.Attribute):
            if not _is_library(node.func):
                values = (self._value(node.func.value, names), *values)
            return self._named(node.func.attr, values, node.lineno, node)
        if isinstance(node.func, ast.Name):
            return self._named(node.func.id, values, node.lineno, node)
        return self._node("call", (self._value(node.func, names), *values), node.lineno)

    def _own_function(self, node: ast.expr) -> _Function | None:
        if isinstance(node, ast.Name):
            return self._functions.get(node.id)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return self._functions.get(f"self.{node.attr}")
        return None

    def _inlined(
        self, own: _Function, given: list[Node], named: dict[str, Node], line: int
    ) -> Node:
        """What a function of the file returns for these arguments."""
        node = own.node
        parameters = [argument.arg for argument in _arguments(node.args)]
        if own.is_method and parameters[:1] in (["self"], ["cls"]):
            parameters = parameters[1:]
        names = dict(own.names) | dict(zip(parameters, given)) | named
        self._depth += 1
        try:
            if isinstance(node, ast.Lambda):
                return self._value(node.body, names)
            return self._block(node.body, names) or self._node("None", (), line)
        finally:
            self._depth -= 1

    def _of_Lambda(self, node: ast.Lambda, names: Names) -> Node:
        inner = {a.arg: self._node("parameter") for a in _arguments(node.args)}
        return self._value(node.body, names | inner)

    def _named(
        self, name: str, values: tuple[Node, ...], line: int, call: ast.Call | None = None
    ) -> Node:
        """An operation by its one name."""
        name = SPELLED.get(name, name)
        if name == "" and values:
            return values[0]
        if name == "einsum" and call and call.args and isinstance(call.args[0], ast.Constant):
            return self._einsum(str(call.args[0].value), values[1:], line)
        if name == "shape" and len(values) == 2:
            return self._node("item", (self._node("shape", values[:1], line), values[1]), line)
        if name == "permute":
            values = values[:1]  # its axes are often spelled in other ways
        if name == "+" and len(values) == 2 and values[0] == values[1]:
            return self._node("*", (self._node("2"), values[0]), line)
        if name == "+":
            values = tuple(part for value in values for part in _terms(value))
        return self._node(name, values, line)

    def _einsum(self, equation: str, operands: tuple[Node, ...], line: int) -> Node:
        """An einsum by its equation, with its operands in an order that is not the student's."""
        left, arrow, result = equation.replace(" ", "").partition("->")
        terms = left.split(",")
        if len(terms) == len(operands):
            order = sorted(range(len(terms)), key=lambda i: (len(terms[i]), operands[i].name))
            terms = [terms[i] for i in order]
            operands = tuple(operands[i] for i in order)
        return self._node(f"einsum {_letters(','.join(terms) + arrow + result)}", operands, line)


def _terms(value: Node) -> tuple[Node, ...]:
    is_sum = value.name == "+" and len(value.inputs) < MOST_TERMS
    return value.inputs if is_sum else (value,)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _called_on(node: ast.expr) -> ast.expr | None:
    """What stands before the point of a method's call."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.value
    return None


def _is_library(node: ast.Attribute) -> bool:
    """Whether it is an attribute of torch, nn, F or math, and of no tensor."""
    root: ast.expr = node
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in ("torch", "nn", "F", "math", "np", "numpy")


def _letters(equation: str) -> str:
    """An einsum's equation with letters in the order of their use."""
    names: dict[str, str] = {}
    for letter in equation:
        if letter.isalpha():
            names.setdefault(letter, chr(ord("a") + len(names) % 26))
    return "".join(names.get(letter, letter) for letter in equation.replace(" ", ""))


# What is written


USUAL = ("-1", "0", "1", "2", "0.0", "1.0", "2.0", "0.5", "3")
SHORTEST = 3  # letters of a name that says something
PIECE = 3  # words of a comment that stand together


def _words(text: str, tree: ast.Module) -> Iterator[tuple[Feature, int]]:
    """Yields comments, messages, names and odd numbers with their lines."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        line = token.start[0]
        if token.type == tokenize.COMMENT:
            yield from _pieces("comment", token.string, line)
        elif token.type == tokenize.NAME and len(token.string) >= SHORTEST:
            yield Feature("name", token.string), line
        elif token.type == tokenize.NUMBER and token.string not in USUAL:
            yield Feature("number", token.string), line
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _pieces("message", node.value, node.lineno)
    for line, code in enumerate(text.splitlines(), 1):
        if len(code.split()) > 2:
            yield Feature("line", code.strip()), line


def _pieces(kind: str, text: str, line: int) -> Iterator[tuple[Feature, int]]:
    """Yields each few words that stand together: a typing error is among them."""
    words = re.findall(r"\w+", text.lower())
    for i in range(max(len(words) - PIECE + 1, 1)):
        piece = " ".join(words[i : i + PIECE])
        if piece:
            yield Feature(kind, piece), line
