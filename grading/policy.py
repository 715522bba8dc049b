"""Reads a submission against the operations its layers may use: its source, and the names of what a run called.

An allow-list: what the tables do not name is not allowed. A dotted name is followed to the module it starts at, under
any alias; an attribute of anything else counts as a tensor's. The room judges names: it never runs or imports what it
reads. What a variable held in the end is seen by the run, whose names check_operations judges.
"""

import ast
import math
import re
import typing
import warnings
from collections import defaultdict
from dataclasses import dataclass


def words(text):
    return frozenset(text.split())


# What a layer may use besides COMMON, as torch.max(x, 1) or x.max(1). maximum and clamp are what torch.max(x, y) does,
# and Tensor.unfold, which only slices, goes with F.unfold.
EXTRA = {
    "CustomLinear": words("einsum"),
    "CustomConv2D": words("einsum unfold"),
    "CustomMaxPool2D": words("unfold max amax maximum clamp"),
    "CustomCrossEntropyLoss": words("max amax maximum clamp exp log sum mean"),
}
LAYERS = frozenset(EXTRA)
# For every layer, as functions and as methods: creation, reshaping, arithmetic; then dtypes and questions. no_grad and
# detach only tell autograd what to follow: a gradient that is cut by mistake is for the cases to find.
COMMON = words("""
    tensor asarray as_tensor as_strided zeros zeros_like ones ones_like arange range linspace logspace eye empty
    empty_like empty_strided full full_like complex polar heaviside rand rand_like randn randn_like randint
    randint_like randperm normal manual_seed clone

    adjoint argwhere cat concat concatenate conj chunk dsplit column_stack dstack gather hsplit hstack index_add
    index_copy index_reduce index_select masked_select movedim moveaxis narrow narrow_copy nonzero permute reshape
    row_stack select scatter diagonal_scatter select_scatter slice_scatter scatter_add scatter_reduce segment_reduce
    split squeeze stack swapaxes swapdims t take take_along_dim tensor_split tile transpose unbind unravel_index
    unsqueeze vsplit vstack where flatten unflatten ravel flip roll rot90 repeat_interleave broadcast_to
    broadcast_tensors broadcast_shapes meshgrid masked_fill masked_scatter index_put index_fill atleast_2d diagonal

    add sub subtract mul multiply div divide true_divide floor_divide remainder fmod neg negative positive abs absolute
    pow float_power sqrt rsqrt square reciprocal sign floor ceil round trunc rsub eq ne lt le gt ge equal not_equal less
    less_equal greater greater_equal logical_and logical_or logical_xor logical_not isnan isinf isfinite any all

    Tensor FloatTensor DoubleTensor LongTensor IntTensor BoolTensor Size dtype device finfo iinfo float16 float32
    float64 bfloat16 half float double int8 uint8 int16 int32 int64 short int long bool pi e inf nan is_tensor numel
    is_floating_point get_default_dtype promote_types result_type no_grad enable_grad set_grad_enabled detach""")
# Of a tensor. item and tolist read a number out, as int(x) and float(x) do: Python itself may compute with it.
TENSOR = COMMON | words("""
    T mT H mH view view_as expand expand_as reshape_as repeat contiguous shape size dim ndim ndimension nelement stride
    layout itemsize is_contiguous is_cuda requires_grad to type type_as byte char cpu cuda item tolist values indices
    real imag new new_tensor new_zeros new_ones new_empty new_full fill_ zero_ copy_ uniform_ normal_ requires_grad_
    bitwise_and bitwise_or bitwise_xor bitwise_not tiny eps""")
# Of a layer, and of Python's own objects.
MODULE = words("""
    training train eval forward extra_repr reset_parameters register_parameter register_buffer register_module
    add_module apply parameters named_parameters buffers named_buffers children modules state_dict load_state_dict""")
KINDS = (str, list, dict, set, int, float, slice, property, Exception)
PYTHON = {name for kind in KINDS for name in dir(kind) if name[0] != "_"}
MODULES = {
    "torch": COMMON,
    "torch.nn": words("Module Parameter"),
    "torch.nn.parameter": words("Parameter"),
    "torch.nn.functional": frozenset(),
    "torch.nn.init": words("""
        uniform_ normal_ constant_ ones_ zeros_ eye_ xavier_uniform_ xavier_normal_ kaiming_uniform_ kaiming_normal_
        trunc_normal_ calculate_gain _calculate_fan_in_and_fan_out _calculate_correct_fan"""),
    "math": {name for name in dir(math) if name[0] != "_"},
    "typing": {*typing.__all__} - {"get_type_hints", "ForwardRef"},  # these two evaluate strings
    "__future__": words("annotations"),
}
# The operators as a run records them; there is no @ among them.
SIGNS = words("add sub mul div truediv floordiv mod pow and or xor lshift rshift")
OPERATORS = {f"__{side}{sign}__" for sign in SIGNS for side in ("", "r", "i")} | words("""
    __neg__ __pos__ __abs__ __invert__ __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __getitem__ __setitem__ __len__
    __iter__ __bool__ __int__ __float__ __index__ __contains__ __repr__ __format__ __hash__""")
# What reaches outside, or would hide it, is for a person to look at: also every import not above and not HARMLESS.
HARMLESS = words("""
    numpy scipy random time itertools functools collections dataclasses copy operator abc enum warnings contextlib re
    statistics string json datetime pprint torchvision matplotlib tqdm einops opt_einsum sklearn pandas""")
BUILTINS = words("open eval exec compile globals locals vars getattr setattr delattr breakpoint")
OUTSIDE = words("""
    os sys subprocess ctypes importlib builtins inspect gc pickle threading socket pathlib shutil io mro get_type_hints
    f_back f_globals f_locals f_builtins f_code gi_frame gi_code cr_frame cr_code ag_frame tb_frame tb_next""")
TORCH = OUTSIDE | words("""
    load save ops hub package serialization cpp_extension multiprocessing distributed library overrides jit
    from_file""")
DUNDERS = words("__init__ __name__")  # may be read; these may be defined:
DEFINED = words("""
    __init__ __repr__ __str__ __call__ __len__ __iter__ __next__ __getitem__ __post_init__ __enter__ __exit__ __all__
    __author__ __version__ __slots__""")
MAIN = ("__name__ == '__main__'", "'__main__' == __name__")
WAYS = {
    "torch.einsum": """@ matmul mm bmm mv dot inner outer vdot addmm addmv addbmm baddbmm ger tensordot kron spmm
        chain_matmul multi_dot linear bilinear Linear Bilinear""",
    "unfold and einsum": "conv1d conv2d conv3d convolution conv_transpose2d Conv1d Conv2d Conv3d ConvTranspose2d",
    "F.unfold or slices, and Tensor.max": """max_pool1d max_pool2d max_pool3d max_pool2d_with_indices MaxPool1d
        MaxPool2d MaxPool3d adaptive_max_pool2d AdaptiveMaxPool2d avg_pool2d AvgPool2d""",
    "max, exp, sum and log, on logits shifted by their maximum": """softmax log_softmax logsumexp softmin logaddexp
        Softmax LogSoftmax cross_entropy nll_loss CrossEntropyLoss NLLLoss""",
    "torch.full or new_full, and assignment to a slice": "pad constant_pad_nd ZeroPad2d ConstantPad2d",
    "gather, or indexing with the targets": "one_hot",
    "F.unfold or slices": "Unfold im2col fold Fold",
    "the values and indices of max": "argmax argsort topk aminmax",
    "torch's own tensors": "numpy from_numpy __array__",
    "torch.where": "relu ReLU threshold min minimum",
    "nothing: autograd derives the backward pass": "Function grad backward autograd",
    "detach() or torch.no_grad()": "data",
}
INSTEAD = {name: way for way, names in WAYS.items() for name in words(names)}
DEFAULT = "creation, indexing, reshaping and arithmetic, and what the handout names for this layer"
LEAVE_OUT = "nothing: a layer computes on its arguments alone. A person will look at this"
RESERVED = set(INSTEAD).union(*EXTRA.values())  # a tensor's, even where the file gives something else that name


@dataclass(frozen=True)
class Finding:
    line: int | None
    name: str
    instead: str
    layers: frozenset
    suspicious: bool = False


def _users(names, name):
    """The layers that may use a name, whose underscore at the end, if any, says that it works in place."""
    return frozenset(n for n, extra in EXTRA.items() if {name, name.removesuffix("_")} & (names | extra))


def check_operations(layer, operations):
    """Judges the names that torch.overrides.resolve_name gives to the calls of a layer: {name: [count, line]}."""
    spaces = MODULES | {"torch.functional": COMMON, "torch.Tensor": TENSOR | OPERATORS}
    findings = []
    for name, (_, line) in operations.items():
        space, _, last = re.sub(r"\.__[gs]et__$", "", name or "").rpartition(".")
        # A name that cannot be resolved has no space: no_grad's, as it switches the gradient off.
        if space and not (space in spaces and layer in _users(spaces[space], last)):
            findings.append(Finding(line, name, INSTEAD.get(last, DEFAULT), frozenset([layer])))
    return findings


def check_source(text):
    """Returns what a submission's source may not do, line by line. Raises SyntaxError as ast.parse does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes such as "\d" in the student's strings
        try:
            return _Reader(ast.parse(text)).findings()
        except RecursionError:
            return [Finding(1, "nested too deeply to be read", LEAVE_OUT, LAYERS, True)]


def _dunder(name):
    return name.startswith("__") and name.endswith("__")


def _shallow(nodes):
    """All nodes but those inside functions and classes."""
    for node in nodes:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield from _shallow(ast.iter_child_nodes(node))


def _stored(nodes):
    return {n for n in _shallow(nodes) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}


def _root(node):
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return getattr(node, "id", None)


def _bound(names):
    return {a.asname or a.name.split(".")[0] for a in names}


class _Reader:
    """Notes of each top-level statement which names it binds and mentions, and what it uses."""

    def __init__(self, tree):
        self.aliases, self.aliasing, self.scopes = defaultdict(set), set(), []  # scopes: the functions around a node
        self.binds, self.mentions, self.at_import, self.uses = defaultdict(set), defaultdict(set), set(), []
        # Names that the file's classes define, and the objects whose own they may be.
        self.own, owners = {"min", "max"}, {"self", "cls", "super", "torch.finfo", "torch.iinfo"}
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) in MAIN:
                node.body, node.orelse = node.orelse, []  # that code never runs here
        for node in ast.walk(tree):
            match node:
                case ast.Import() | ast.ImportFrom():
                    for a in node.names:
                        name = a.asname or a.name.split(".")[0]
                        path = f"{node.module}.{a.name}" if isinstance(node, ast.ImportFrom) else a.asname and a.name
                        self.aliases[name].add(path or name)
                case ast.ClassDef(name=name, body=body):
                    owners.add(name)
                    self.own |= {getattr(n, "name", None) for n in body} | {n.id for n in _stored(body)}
                case ast.Attribute(value=ast.Name(), attr=name, ctx=ast.Store()):
                    self.own.add(name)
                case ast.Call(func=ast.Attribute(attr=a), args=[ast.Constant(value=str(name)), *_]) if a in MODULE:
                    self.own.add(name)  # register_buffer("weight", ...)
        assignments, before = [n for n in ast.walk(tree) if isinstance(n, ast.Assign)], -1
        while before < (before := len(self.aliasing)):  # F = nn.functional is as good as an import
            for target, node in ((n.targets[0], n) for n in assignments):
                if isinstance(target, ast.Name) and (paths := self.paths(node.value) & set(MODULES)):
                    self.aliasing.add(target)
                    self.aliases[target.id] |= paths
        calls = [n for n in assignments if isinstance(n.value, ast.Call) and ast.unparse(n.value.func) in owners]
        self.owners = owners | {ast.unparse(t) for n in calls for t in n.targets}
        for self.statement, node in enumerate(tree.body):
            self.bind(node)
            self.visit(node)

    def bind(self, statement):
        """Whoever mentions a name reaches the statements that bind it, and those that put something into its object."""
        inside = isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(statement) if inside else _shallow([statement]):
            bound, filled = set(), set()
            match node:
                case ast.Import(names=names) | ast.ImportFrom(names=names):
                    bound = _bound(names)
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() if node is statement or not inside:
                    self.mentions[self.statement].add(node.name)
                    bound, filled = {node.name}, {_root(d) for d in node.decorator_list}
                case ast.Name(id=name, ctx=ast.Store()) if not inside:
                    bound = {name}
                case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                    filled = {_root(node)}
                case ast.Call(func=ast.Attribute() as function) if not inside:
                    filled = {_root(function)}
            for name in bound | (filled - set(self.aliases)):
                self.binds[name].add(self.statement)

    def reach(self, names):
        statements, todo = set(), set(names)
        while todo:
            new = self.binds[todo.pop()] - statements
            statements |= new
            todo |= set().union(*(self.mentions[s] for s in new))
        return statements

    def findings(self):
        """Charges each use to the layers that reach its statement and may not make it; once, at its first line."""
        reached, loaded, found = {n: self.reach({n}) for n in LAYERS}, self.reach(self.at_import), {}
        for line, name, users, suspicious, statement, runs in sorted(self.uses, key=lambda use: use[0]):
            layers = frozenset(n for n in LAYERS - users if statement in reached[n] or name.endswith("*"))
            layers = LAYERS if suspicious and (runs or statement in loaded) else layers
            instead = LEAVE_OUT if suspicious else INSTEAD.get(name.rpartition(".")[2], DEFAULT)
            if layers:
                found.setdefault((name, layers), Finding(line, name, instead, layers, suspicious))
        return list(found.values())

    def use(self, node, name, users=frozenset(), suspicious=False):
        if suspicious or users != LAYERS:
            self.uses.append((node.lineno, name, users, suspicious, self.statement, not self.scopes))

    def mention(self, name):
        if not any(name in scope for scope in self.scopes):
            self.mentions[self.statement].add(name)
            self.at_import |= set() if self.scopes else {name}

    def paths(self, node):
        """The dotted names, from a module on, that an expression may stand for; none for other objects."""
        first, _, rest = (dotted := ast.unparse(node)).partition(".")
        if not re.fullmatch(r"[\w.]+", dotted) or any(first in scope for scope in self.scopes):
            return set()
        return {f"{path}.{rest}" if rest else path for path in self.aliases.get(first, ())}

    def judge(self, path, node):
        """Judges a dotted name that starts at a module."""
        module, *rest = path.split(".")
        hidden = {name for name in rest if name[:1] == "_"} - DUNDERS - MODULES["torch.nn.init"]
        if hidden or set(rest) & (TORCH if module == "torch" else OUTSIDE):
            return self.use(node, path, suspicious=True)
        while rest and f"{module}.{rest[0]}" in MODULES:
            module = f"{module}.{rest.pop(0)}"
        users = _users(MODULES.get(module, set()), rest[0]) if rest else frozenset()  # no module is a value
        if module in MODULES:  # of another, the import is judged
            self.use(node, path, users)
        for name in rest[1:] if users else ():
            self.attribute(name, None, node)

    def attribute(self, name, base, node):
        """Judges an attribute of what is not a module."""
        owned = base is not None and ast.unparse(base.func if isinstance(base, ast.Call) else base) in self.owners
        written = isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del))
        if _dunder(name):
            if name not in DUNDERS or written:
                self.use(node, name, suspicious=True)
        elif not ((owned and name in self.own) or (name not in RESERVED and (owned or name in self.own))):
            users = LAYERS if name in MODULE or name in PYTHON else _users(TENSOR, name)
            self.use(node, name, users, suspicious=name in OUTSIDE)

    def visit(self, node):
        children = list(ast.iter_child_nodes(node))
        match node:
            case ast.Name(id=name, ctx=ctx):
                load = isinstance(ctx, ast.Load)
                if name in BUILTINS or (_dunder(name) and name not in (DUNDERS if load else DEFINED)):
                    self.use(node, name, suspicious=True)
                if load:
                    self.mention(name)
                    for path in self.paths(node):
                        self.judge(path, node)
            case ast.Attribute(attr="__name__", value=ast.Attribute(attr="__class__", value=base)):
                children = [base]
            case ast.Attribute(attr=name, value=base, ctx=ctx):
                if paths := self.paths(node):
                    self.mention(_root(node))
                    children = []
                else:
                    self.attribute(name, base, node)
                for path in paths:
                    if isinstance(ctx, ast.Load):
                        self.judge(path, node)
                    else:
                        self.use(node, path, suspicious=True)  # it would be patched
            case ast.Assign(targets=[target]) if target in self.aliasing:
                self.mention(_root(node.value))
                children = []
            case ast.Call(
                func=ast.Name(id="getattr" | "setattr" | "delattr" as function),
                args=[base, ast.Constant(value=str(name)), *rest],
            ) if name.isidentifier() and not _dunder(name):
                ctx = ast.Load() if function == "getattr" else ast.Store()
                children = [ast.Attribute(base, name, ctx, lineno=node.lineno), *rest]
            case ast.Call(func=ast.Name(id="type"), args=[_, _, _]):
                self.use(node, "type", suspicious=True)
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                self.use(node, "@")
            case ast.MatchClass(kwd_attrs=names):
                for name in names:
                    self.attribute(name, None, node)
            case ast.Import(names=names):
                for a in names:
                    self.imported(a.name, node)
            case ast.ImportFrom(names=names, module=module, level=level):
                for a in names:
                    self.imported("." * level + (f"{module}." if module else "") + a.name, node)
            case ast.ClassDef(bases=bases, keywords=keywords):
                tensors = {path for base in bases for path in self.paths(base) if path.startswith("torch.Tensor")}
                for name in tensors | ({"metaclass"} if keywords else set()):
                    self.use(node, name, suspicious=True)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
                body = node.body if isinstance(node.body, list) else [node.body]
                if _dunder(name := getattr(node, "name", "")) and name not in DEFINED:
                    self.use(node, name, suspicious=True)
                for child in children:
                    if child not in body:
                        self.visit(child)
                names = {a.arg for a in ast.walk(node.args) if isinstance(a, ast.arg)}
                self.scopes.append(names | {n.id for n in _stored(body) - self.aliasing})
                for child in body:
                    self.visit(child)
                self.scopes.pop()
                children = []
        for child in children:
            self.visit(child)

    def imported(self, path, node):
        """Judges an import by its module; what is taken from a known module is judged where it is used."""
        first, *rest = path.split(".")
        if first == "torch" and (path.endswith("*") or set(rest) & TORCH or any(name[0] == "_" for name in rest)):
            self.judge(path, node)
        elif first not in ("torch", "math", "typing", "__future__"):
            self.use(node, first or path, suspicious=first not in HARMLESS)
