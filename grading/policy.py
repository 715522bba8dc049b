"""Reads a submission against the operations its layers may use: its source, and the names of what a run called.

An allow-list, test_cases/operations.toml. The room judges names: it never runs or imports what it reads.
"""

import ast
import re
import warnings
from pathlib import Path
from typing import NamedTuple

from .cases import read_toml

TOML = read_toml(Path(__file__).parent.parent / "test_cases" / "operations.toml")
TABLES = {title: {key: frozenset(names.split()) for key, names in table.items()} for title, table in TOML.items()}
EXTRA, ATTRIBUTES, SUSPICIOUS, DUNDERS = (TABLES[t] for t in ("layers", "attributes", "suspicious", "dunders"))
LAYERS, COMMON = frozenset(EXTRA), frozenset().union(*TABLES["everywhere"].values())
OBJECTS = COMMON.union(DUNDERS["read"], *ATTRIBUTES.values())
MODULES = {"torch": COMMON, "torch.functional": COMMON, **TABLES["modules"]}
CALLED = {**MODULES, "torch.Tensor": COMMON | ATTRIBUTES["tensor"]}
INSTEAD = {name: way for way, names in TABLES["instead"].items() for name in names}
RESERVED = set(INSTEAD).union(*EXTRA.values())  # a tensor's, even where the file gives something else that name
DEFAULT = "creation, indexing, reshaping and arithmetic, and what the handout names for this layer"
LEAVE_OUT = "nothing: a layer computes on its arguments alone. A person will look at this"
NOBODY, OUTSIDE = frozenset(), None  # who may use a name; OUTSIDE: nobody, and a person has to look


class Finding(NamedTuple):
    line: int | None
    name: str
    instead: str
    layers: frozenset
    suspicious: bool = False


def _users(names, name):
    """The layers that may use a name, given the names that all of them may."""
    return frozenset(n for n, extra in EXTRA.items() if {name, name.removesuffix("_"), "*"} & (names | extra))


def check_operations(layer, operations, aten=()):
    """Judges what a layer called, {name: [count, line]} as torch.overrides.resolve_name has it, and what that ran."""
    findings = []
    for name, (_, line) in operations.items():
        space, _, last = re.sub(r"\.__[gs]et__$", "", name or "").rpartition(".")
        if space and not (space in CALLED and layer in _users(CALLED[space], last)):  # no_grad's name has no space
            findings.append(Finding(line, name, INSTEAD.get(last, DEFAULT), frozenset([layer])))
    hidden = [] if findings else [name for name in aten if name.removeprefix("aten.") in TABLES["aten"]["hidden"]]
    return findings + [Finding(None, name, DEFAULT, frozenset([layer])) for name in hidden]


def check_source(text):
    """Returns what a submission's source may not do, line by line. Raises SyntaxError as ast.parse does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes such as "\d" in the student's strings
        try:
            reader, found = _Reader(ast.parse(text)), {}
        except RecursionError:
            return [Finding(1, "nested too deeply to be read", LEAVE_OUT, LAYERS, True)]
    for line, name, users, bound in sorted(reader.uses, key=lambda use: use[:2]):
        layers = LAYERS if users is OUTSIDE else frozenset(n for n in LAYERS - users if bound & reader.reached[n])
        instead = LEAVE_OUT if users is OUTSIDE else INSTEAD.get(name.rpartition(".")[2], DEFAULT)
        if layers:  # once, at its first line
            found.setdefault((name, layers), Finding(line, name, instead, layers, users is OUTSIDE))
    return list(found.values())


class _Reader:
    def __init__(self, tree):
        nodes = sorted(ast.walk(tree), key=lambda node: getattr(node, "lineno", 0))
        classes = {n.name for n in nodes if isinstance(n, ast.ClassDef)}
        # What stands for an object of the file's own, and the names that the file gives to attributes.
        self.owners = {"self", "cls", "super()", "finfo()", "iinfo()", *classes, *(f"{name}()" for name in classes)}
        self.own, self.aliases, self.local, self.uses = {"min", "max"}, {}, set(), []
        for node in nodes:
            self.learn(node)
        statements, size = [self.read(statement) for statement in tree.body], 0
        self.reached = {layer: {layer, "*"} for layer in LAYERS}  # the names that lead to what a layer may run
        while size < (size := sum(map(len, self.reached.values()))):
            for names in self.reached.values():
                names.update(*(others for bound, others in statements if bound & names))

    def learn(self, node):
        """Notes what a node says of names, and writes in one way what can be written in several."""
        match node:
            case ast.If(test) if ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__"):
                node.body, node.orelse = node.orelse, []  # that code never runs here
            case ast.ImportFrom(module, names):
                for a in names:
                    a.asname, a.name = a.asname or a.name, f"{module or ''}.{a.name}"
            case ast.alias(path, name):
                node.path, node.name = path, name or path.split(".")[0]  # import torch.nn binds torch
                node.binds, self.aliases[node.name] = {node.name}, path if name else node.name
            case ast.Assign([ast.Name(name)], value) if (path := self.path(value)) in MODULES:
                self.aliases[name] = path  # F = nn.functional is as good as an import
                node.targets, node.value = [], ast.Constant(None)
            case ast.Assign([ast.Name(name) | ast.Attribute(_, name)], value) if self.path(value)[2:] in self.owners:
                self.owners.add(name)
            case ast.FunctionDef(name) | ast.AnnAssign(ast.Name(name)) | ast.Attribute(_, name, ast.Store()):
                self.own.add(name)
            case ast.Call(ast.Name("getattr" | "setattr" | "delattr" as verb), [of, ast.Constant(str(name)), *rest]):
                ctx = ast.Load() if verb == "getattr" else ast.Store()
                node.func, node.args = ast.Attribute(of, name, ctx, lineno=node.lineno), rest  # of.name(*rest)

    def path(self, node):
        """torch.b.c of a module; of another object ?.b.c, where b is a plain name, or f() for a call of any f."""
        match node:
            case ast.Attribute(base, name):
                return f"{self.path(base)}.{name}"
            case ast.Call(ast.Name(name) | ast.Attribute(_, name)):
                return f"?.{name}()"
            case ast.Name(name):
                return f"?.{name}" if name in self.local else self.aliases.get(name, f"?.{name}")
        return "?."

    def read(self, statement):
        """Notes what a statement uses. Returns the names that it binds or whose objects it changes, and the others."""
        nodes = list(ast.walk(statement))
        stored = [n for n in nodes if not isinstance(getattr(n, "ctx", ast.Load()), ast.Load)]
        called = [n.func for n in nodes if isinstance(n, ast.Call)]
        self.local = {n.id for n in stored if hasattr(n, "id")} | {n.arg for n in nodes if isinstance(n, ast.arg)}
        changed = {self.path(n.value)[2:] for n in stored + called if hasattr(n, "value")}  # a[0] = 1, a.append(1)
        bound = (self.local | changed) - self.aliases.keys() | {n.name for n in nodes if hasattr(n, "name")}
        bound = {statement.name} if hasattr(statement, "name") else bound
        inner = {n.value for n in nodes if isinstance(n, ast.Attribute)}
        self.uses += [(n.lineno, *use, getattr(n, "binds", bound)) for n in nodes for use in self.judge(n, n in inner)]
        names = {n.id for n in nodes if hasattr(n, "id")}
        return bound, names - self.local | {n.id for n in called if hasattr(n, "id")}

    def judge(self, node, inner):
        """Yields the names that a node uses, each with the layers that may use it, or OUTSIDE."""
        written = not isinstance(getattr(node, "ctx", None), ast.Load)
        match node:
            case ast.alias(name):
                known = node.path.split(".")[0] in MODULES  # what it takes from such a one is judged where it is used
                yield from (use for use in self.follow(node.path) if not known or name == "*" or use[1] is OUTSIDE)
            case ast.Name(name) if name in SUSPICIOUS["builtins"]:
                yield name, OUTSIDE
            case ast.Name(name) | ast.FunctionDef(name) | ast.Attribute(_, name) if (
                name[:2] == "__" == name[-2:] and name not in DUNDERS["define" if written else "read"]
            ):
                yield name, OUTSIDE
            case ast.Attribute() | ast.Name() if not inner:
                yield from self.follow(self.path(node), written)
            case ast.ClassDef(bases=bases, keywords=keywords) if keywords or "torch.Tensor" in map(self.path, bases):
                yield "metaclass" if keywords else "torch.Tensor", OUTSIDE
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                yield "@", NOBODY

    def follow(self, path, written=False):
        """Judges a dotted name: as a whole from a module on, and attribute by attribute from any other object on."""
        module, *names = path.split(".")
        while names and f"{module}.{names[0]}" in MODULES:
            module = f"{module}.{names.pop(0)}"
        if module != "?":
            hidden = {n for n in names if n[:1] == "_"} - MODULES["torch.nn.init"] - DUNDERS["read"]
            users = _users(MODULES.get(module, NOBODY), names[0]) if names else NOBODY  # no module is a value
            if hidden or written or {*names} & (SUSPICIOUS["attributes"] | SUSPICIOUS["modules"]):
                users = OUTSIDE
            elif module not in MODULES:
                path, users = module or path, NOBODY if module in TABLES["harmless"]["imports"] else OUTSIDE
            yield path, users
            names = names if users else []
        for i, name in enumerate(names[1:]):  # the file's own, if two of three speak for it
            if name[:2] != "__" and (names[i] in self.owners) + (name in self.own) + (name not in RESERVED) < 2:
                yield name, OUTSIDE if name in SUSPICIOUS["attributes"] else _users(OBJECTS, name)
