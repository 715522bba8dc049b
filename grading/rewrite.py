"""Rewrites a source so that whatever it reaches for by a name asks the gate; see gate.py.

Reading, writing and deleting an attribute, an import and `@` become calls, and so does each turn of
a loop. What no call can stand for, such as a pattern that reads an attribute, refuses itself when
it is run. Lines stay as they are, so that a traceback is the student's own.
"""

from __future__ import annotations

import ast
import sys
from types import CodeType
from typing import Any

# Names that no source can spell.
GET = "<get>"
OF = "<of>"
IMPORT = "<import>"
FROM = "<from>"
STAR = "<star>"
MATMUL = "<matmul>"
EACH = "<each>"
STEP = "<step>"
REFUSE = "<refuse>"
KEYWORDS = "<keywords>"
WITH = "<with>"

DEEPEST = (
    5000  # calls of our own, four to a level of the tree: a sum of 1,000 terms is one, for Python
)


def rewrite(text: str, file: str, tables: dict[str, dict[str, str]]) -> CodeType:
    """Compiles a source so that each name it reaches for asks a Gate.

    Raises: SyntaxError as compile does, or another exception that compile knows.
    """
    tree = ast.parse(text, file)
    dunders = {key: frozenset(names.split()) for key, names in tables["dunders"].items()}
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEPEST)
    try:
        tree = _Rewriter(tree, dunders["read"], dunders["define"]).visit(tree)
        return compile(ast.fix_missing_locations(tree), file, "exec", dont_inherit=True)
    finally:
        sys.setrecursionlimit(limit)


class _Unspeakable(Exception):
    """A statement has what no call of a gate can stand for."""


class _Rewriter(ast.NodeTransformer):
    """Turns what reaches for something by a name into calls. Lines stay as they are."""

    def __init__(self, tree: ast.Module, readable: frozenset[str], definable: frozenset[str]):
        self.readable = readable
        self.definable = definable
        self.classes: list[str] = []  # around the node, for private names
        # With this import an annotation is never evaluated, but kept as the text that it is.
        self.keeps_annotations = any(
            isinstance(node, ast.ImportFrom)
            and node.module == "__future__"
            and not node.level
            and any(alias.name == "annotations" and not alias.asname for alias in node.names)
            for node in tree.body
        )

    def visit(self, node: ast.AST) -> Any:
        """A statement that cannot be rewritten refuses itself when it is run."""
        if not isinstance(node, ast.stmt):
            return super().visit(node)
        try:
            return super().visit(node)
        except _Unspeakable as error:
            refusal = _call(REFUSE, ast.Constant(str(error)))
            return _like(node, ast.Expr(refusal))

    # Attributes

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        self.generic_visit(node)
        name = ast.Constant(self._mangled(node.attr))
        if isinstance(node.ctx, ast.Load):
            return _like(node, _call(GET, node.value, name))
        return _like(node, ast.Subscript(_call(OF, node.value), name, node.ctx))

    def _mangled(self, name: str) -> str:
        """A private name, as the compiler would have it: x.__y in class A is x._A__y."""
        owner = self.classes[-1].lstrip("_") if self.classes else ""
        if owner and name.startswith("__") and not name.endswith("__"):
            return f"_{owner}{name}"
        return name

    # Imports

    def visit_Import(self, node: ast.Import) -> Any:
        return [self._bound(node, alias, IMPORT) for alias in node.names]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> Any:
        if node.module == "__future__" and not node.level:
            for alias in node.names:
                self._check_defined(alias.asname)
            return node
        path = "." * node.level + (node.module or "")
        if node.names[0].name == "*":
            return _like(node, ast.Expr(_call(STAR, ast.Constant(path))))
        return [self._bound(node, alias, FROM, path) for alias in node.names]

    def _bound(self, node: ast.stmt, alias: ast.alias, verb: str, path: str = "") -> ast.stmt:
        name = alias.asname or alias.name.partition(".")[0]
        if verb == IMPORT:
            value = _call(IMPORT, ast.Constant(alias.name), ast.Constant(alias.asname is not None))
        else:
            value = _call(FROM, ast.Constant(path), ast.Constant(alias.name))
        target = self.visit(ast.Name(name, ast.Store()))
        return _like(node, ast.Assign([target], value))

    # Operators and loops

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        self.generic_visit(node)
        if isinstance(node.op, ast.MatMult):
            return _like(node, _call(MATMUL, node.left, node.right))
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        if not isinstance(node.op, ast.MatMult):
            return self.generic_visit(node)
        if not isinstance(node.target, ast.Name):
            raise _Unspeakable("@= of what is no plain name")
        left = ast.Name(node.target.id, ast.Load())
        product = ast.BinOp(left, ast.MatMult(), node.value)
        return self.visit(_like(node, ast.Assign([node.target], product)))

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        node.iter = _like(node.iter, _call(EACH, node.iter))
        return node

    def visit_While(self, node: ast.While) -> Any:
        self.generic_visit(node)
        node.body.insert(0, _like(node, ast.Expr(_call(STEP))))
        return node

    def visit_withitem(self, node: ast.withitem) -> Any:
        self.generic_visit(node)
        node.context_expr = _like(node.context_expr, _call(WITH, node.context_expr))
        return node

    def visit_Lambda(self, node: ast.Lambda) -> Any:
        """A call of it is a step: lambda x: (step(), y)[1]."""
        self.generic_visit(node)
        both = ast.Tuple([_call(STEP), node.body], ast.Load())
        node.body = _like(node.body, ast.Subscript(both, ast.Constant(1), ast.Load()))
        return node

    def visit_comprehension(self, node: ast.comprehension) -> Any:
        if node.is_async:
            raise _Unspeakable("an asynchronous loop")
        self.generic_visit(node)
        node.iter = _like(node.iter, _call(EACH, node.iter))
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> Any:
        raise _Unspeakable("an asynchronous function")

    def visit_Call(self, node: ast.Call) -> Any:
        if any(keyword.arg == "cdata" for keyword in node.keywords):
            raise _Unspeakable("cdata")
        self.generic_visit(node)
        for keyword in node.keywords:
            if keyword.arg is None:
                keyword.value = _like(keyword.value, _call(KEYWORDS, keyword.value))
        return node

    # Names

    def visit_Name(self, node: ast.Name) -> Any:
        if not is_dunder(node.id):
            return node
        if isinstance(node.ctx, ast.Load):
            if node.id not in self.readable:
                return _like(node, _call(REFUSE, ast.Constant(node.id)))
            return node
        self._check_defined(node.id)
        return node

    def _check_defined(self, name: str | None) -> None:
        if name is not None and is_dunder(name) and name not in self.definable:
            raise _Unspeakable(f"defining {name}")

    def visit_ClassDef(self, node: ast.ClassDef) -> Any:
        self._check_defined(node.name)
        node.decorator_list = [self.visit(expression) for expression in node.decorator_list]
        node.bases = [self.visit(base) for base in node.bases]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        for parameter in getattr(node, "type_params", ()):
            self.visit(parameter)
        self.classes.append(node.name)
        body = ast.Module(node.body, [])
        self.generic_visit(body)
        self.classes.pop()
        node.body = body.body
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self._check_defined(node.name)
        returns = node.returns
        if self.keeps_annotations:
            node.returns = None
        self.generic_visit(node)
        if self.keeps_annotations:
            node.returns = returns
        first = 0 if ast.get_docstring(node, clean=False) is None else 1
        node.body.insert(first, _like(node.body[0], ast.Expr(_call(STEP))))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        if not self.keeps_annotations:
            return self.generic_visit(node)
        node.target = self.visit(node.target)
        if node.value:
            node.value = self.visit(node.value)
        return node

    def visit_arg(self, node: ast.arg) -> Any:
        self._check_defined(node.arg)
        if self.keeps_annotations:
            return node
        return self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> Any:
        for name in node.names:
            self._check_defined(name)
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> Any:
        for name in node.names:
            self._check_defined(name)
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> Any:
        self._check_defined(node.name)
        return self.generic_visit(node)

    # Patterns, of which some read attributes and cannot be rewritten

    def visit_MatchAs(self, node: ast.MatchAs) -> Any:
        self._check_defined(node.name)
        return self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> Any:
        self._check_defined(node.name)
        return node

    def visit_MatchMapping(self, node: ast.MatchMapping) -> Any:
        self._check_defined(node.rest)
        if any(isinstance(key, ast.Attribute) for key in node.keys):
            raise _Unspeakable("a pattern that reads an attribute")
        node.patterns = [self.visit(pattern) for pattern in node.patterns]
        return node

    def visit_MatchValue(self, node: ast.MatchValue) -> Any:
        if isinstance(node.value, ast.Attribute):
            raise _Unspeakable("a pattern that reads an attribute")
        return node

    def visit_MatchClass(self, node: ast.MatchClass) -> Any:
        # By position, as in int(n), a class says itself what is read of it; see __match_args__.
        if node.kwd_patterns or not isinstance(node.cls, ast.Name):
            raise _Unspeakable("a class pattern with fields")
        return self.generic_visit(node)


def _call(name: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])


def _like(node: ast.AST, new: Any) -> Any:
    return ast.copy_location(new, node)


def is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4
