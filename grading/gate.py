"""Stands between a submission and everything else: whatever it reaches for by a name, it gets here.

The text of a file does not say what a name will be; the running program does. So rewrite.py turns
each reading of a name into a call of a Gate, which is given the real object and has three answers:

    allowed     the real thing;
    recorded    the real thing, and a note of each call: whether the layer may use it is for
                operations.py to say, in the parent;
    refused     an exception in the submission's own line: nothing out of reach runs at all.

What only configures (torch.backends, a seed, warnings) is accepted and does nothing. A module that
is out of reach may be imported, and named in a type hint; it is refused when it is called.

The gate also counts steps: a turn of a loop, an item of a comprehension, a number read out of a
tensor and a torch function are one each. It lives in the worker, and judges nothing.
"""

from __future__ import annotations

import _string
import abc
import builtins
import collections
import dataclasses
import enum
import functools
import importlib
import io
import operator
import string
import sys
import types
import typing
from typing import Any

import torch
from torch.overrides import TorchFunctionMode, get_overridable_functions, resolve_name

from .rewrite import EACH, FROM, GET, IMPORT, MATMUL, OF, REFUSE, STAR, STEP, is_dunder

OWN = object()  # the owner of an attribute that the submission made itself


class Refused(Exception):
    """What a submission reached for is out of reach, and nothing of it ran."""


class Gate:
    """What one submission may reach, and a record of what it used.

    Args:
        tables: operations.toml.
        file: the name under which the submission is compiled.

    Attributes:
        module: the submission; namespace, its globals.
        uses: by name, how often a function was called that not every layer may use, and where.
        steps: how much was done.
        refusals: what was refused, by line.
    """

    def __init__(self, tables: dict[str, dict[str, str]], file: str):
        words = {
            title: {key: frozenset(names.split()) for key, names in table.items()}
            for title, table in tables.items()
        }
        self.file = file
        self.uses: dict[str, list[Any]] = {}
        self.steps = 0
        self.refusals: dict[str, int | None] = {}
        self._common = frozenset().union(*words["everywhere"].values())
        torch_itself = dict.fromkeys(("torch", "torch.functional"), self._common)
        self._modules = {**torch_itself, **words["modules"]}
        self._recorded = words["recorded"]
        self._tensor = self._common | words["attributes"]["tensor"]
        self._readable = words["dunders"]["read"]
        self._definable = words["dunders"]["define"]
        self._configures = frozenset().union(*words["ignored"].values())
        self._beyond = frozenset().union(*words["outside"].values())
        self._own: set[type] = set()
        self._attributes = _foreign_attributes(words["attributes"])
        self._recorders: dict[type, type] = {}
        self._names: dict[Any, str] = {}
        self._functions = {f for group in get_overridable_functions().values() for f in group}
        self.module = types.ModuleType("layers")
        self.namespace = vars(self.module)
        self.namespace.update(self._make_namespace())

    def _make_namespace(self) -> dict[str, Any]:
        safe = {name: getattr(builtins, name) for name in SAFE_BUILTINS.split()}
        outside = {
            name: Outside(self, name)
            for name, value in vars(builtins).items()
            if name not in safe and not name.startswith("_") and callable(value)
        }
        exceptions = {
            name: value
            for name, value in vars(builtins).items()
            if isinstance(value, type) and issubclass(value, BaseException)
        }
        replaced = {
            "getattr": self._getattr,
            "setattr": self.set,
            "delattr": self.delete,
            "hasattr": self._hasattr,
            "type": _make_type(self),
            # The code of a module in C imports with the built-ins of the frame that called it, so
            # the real one has to be there; its name is one that a submission cannot read.
            "__import__": builtins.__import__,
            "__build_class__": self._build_class,
        }
        calls = {
            GET: self.get,
            OF: lambda thing: _Attributes(self, thing),
            IMPORT: self.import_module,
            FROM: self.import_name,
            STAR: self.import_star,
            MATMUL: self.matmul,
            EACH: self.each,
            STEP: self.step,
            REFUSE: self.refuse,
        }
        return {
            "__file__": self.file,
            "__builtins__": {**outside, **exceptions, **safe, **replaced},
            **calls,
        }

    # Recording

    def record(self, name: str) -> None:
        """Notes a call of a function that not every layer may use, and a step."""
        self.steps += 1
        use = self.uses.get(name)
        if use is None:
            use = self.uses[name] = [0, self.running_line()]
        use[0] += 1

    def take_uses(self) -> dict[str, Any]:
        """Returns what was used and done since this was last asked."""
        taken = {"uses": self.uses, "steps": self.steps}
        self.uses = {}
        self.steps = 0
        return taken

    def take_refusals(self) -> list[tuple[str, int | None]]:
        """Returns what was refused since this was last asked, and where."""
        taken = list(self.refusals.items())
        self.refusals = {}
        return taken

    def running_line(self) -> int | None:
        """Returns the number of the innermost line of the submission that is running."""
        return line_of(sys._getframe(), self.file)

    def refuse(self, what: str, instead: str = "leave it out") -> typing.NoReturn:
        """Raises Refused, and keeps a note of it even where the submission catches that."""
        self.refusals.setdefault(what, self.running_line())
        raise Refused(f"{what} is out of a layer's reach, and did not run: {instead}")

    # What the rewritten source calls

    def get(self, thing: Any, name: str) -> Any:
        """Reads an attribute: thing.name."""
        _check_name(name)
        if is_dunder(name):
            return self._dunder(thing, name)
        if isinstance(thing, types.ModuleType):
            return self._of_module(thing, name)
        if _is_tensor(thing):
            return self._of_tensor(thing, name)
        if isinstance(thing, (Outside, Ignored)):
            return thing.attribute(name)
        owner = self._owner(thing, name)
        if owner is OWN:
            return getattr(thing, name)
        if owner is None:
            title = thing.__name__ if isinstance(thing, type) else type(thing).__name__
            raise AttributeError(f"{title!r} object has no attribute {name!r}")
        if owner is str and name in ("format", "format_map"):
            return self._format(thing, name)
        if owner is torch.autograd.Function and name == "apply":
            self.record("torch.autograd.Function")
        if owner.__module__.partition(".")[0] == "numpy":
            return self._of_array(thing, owner, name)
        if name in self._attributes.get(owner, ()) or _is_field(owner, name):
            return getattr(thing, name)
        if issubclass(owner, torch.nn.Module) and name in self._attributes[torch.nn.Module]:
            return getattr(thing, name)
        self.refuse(f"{name} of {owner.__name__}")

    def set(self, thing: Any, name: str, value: Any) -> None:
        """Writes an attribute: thing.name = value."""
        _check_name(name)
        if not isinstance(thing, Ignored):
            self._check_writable(thing, name)
            setattr(thing, name, value)

    def delete(self, thing: Any, name: str) -> None:
        """Deletes an attribute: del thing.name."""
        _check_name(name)
        if not isinstance(thing, Ignored):
            self._check_writable(thing, name)
            delattr(thing, name)

    def import_module(self, path: str, whole: bool) -> Any:
        """import a.b, which binds a; or, whole, import a.b as c, which binds a.b."""
        top = path.partition(".")[0]
        return self.named(path if whole else top)

    def import_name(self, path: str, name: str) -> Any:
        """from path import name."""
        module = self.named(path)
        try:
            return self.get(module, name)
        except AttributeError:
            raise ImportError(f"cannot import name {name!r} from {path!r}") from None

    def import_star(self, path: str) -> None:
        """from path import *: what is out of reach is left out."""
        module = self.named(path)
        if not isinstance(module, types.ModuleType):
            return
        for name in getattr(module, "__all__", None) or vars(module):
            if not name.startswith("_"):
                value = self.get(module, name)
                if not isinstance(value, Outside):
                    self.namespace[name] = value

    def matmul(self, left: Any, right: Any) -> Any:
        """left @ right."""
        if not (type(left) in self._own or type(right) in self._own):
            self.record("@")
        return operator.matmul(left, right)

    def each(self, iterable: Any) -> Any:
        """Counts the turns of a loop over the iterable."""
        for item in iterable:
            self.steps += 1
            yield item

    def step(self) -> None:
        """Counts a turn of a while loop."""
        self.steps += 1

    # Where an attribute comes from

    def _owner(self, thing: Any, name: str) -> Any:
        """Returns OWN, the class of a library that defines the attribute, or None."""
        if isinstance(thing, super):
            classes = getattr(thing, "__self_class__").__mro__  # noqa: B009 - mypy knows none
            after = classes.index(getattr(thing, "__thisclass__")) + 1  # noqa: B009
            classes = classes[after:]
        elif isinstance(thing, type):
            classes = thing.__mro__
        else:
            classes = type(thing).__mro__
            if self._keeps_own_attributes(thing) and name in vars(thing):
                return OWN
        for owner in classes:
            if name in vars(owner):
                return OWN if owner in self._own else owner
        if isinstance(thing, torch.nn.Module):
            return OWN  # a parameter, buffer or layer that it was given
        return OWN if any(owner in self._own for owner in classes) else None

    def _keeps_own_attributes(self, thing: Any) -> bool:
        """Whether what lies in vars(thing) was put there by the submission."""
        if isinstance(thing, types.FunctionType):
            return thing.__globals__ is self.namespace
        if isinstance(thing, torch.nn.Module):
            return True
        made_here = not self._own.isdisjoint(type(thing).__mro__)
        context = isinstance(thing, torch.autograd.function.FunctionCtx)
        return (made_here or context) and hasattr(thing, "__dict__")

    def _dunder(self, thing: Any, name: str) -> Any:
        if name not in self._readable:
            self.refuse(name)
        if name == "__class__":
            return self.type_of(thing)
        if isinstance(thing, (Outside, Ignored)):
            return thing.attribute(name)
        if _is_tensor(thing) and getattr(torch.Tensor, name, None) in self._functions:
            return self._of_tensor(thing, name)
        if isinstance(thing, Recorded):
            return thing if name == "__call__" else getattr(thing.function, name)
        return getattr(thing, name)

    def _of_module(self, module: types.ModuleType, name: str) -> Any:
        path = module.__name__
        known = self._modules.get(path)
        title = f"{path}.{name}"
        if title in self._configures:
            return Ignored()
        if title in self._modules or title in self._recorded:
            return self.named(title)
        if path in self._recorded:
            return self._of_recorded_module(module, name)
        if name.startswith("_") and name not in (known or ()):
            return Outside(self, title)
        value = getattr(module, name)
        if known is not None and (name in known or "*" in known):
            return self._replaced(title, value)
        return self._of_torch(title, name, value)

    def _replaced(self, title: str, value: Any) -> Any:
        """A stand-in for what would write into anything that it is handed."""
        if title == "dataclasses.dataclass":
            return self._dataclass
        if title == "functools.wraps":
            return lambda *_, **__: lambda function: function
        return value

    def _dataclass(self, kind: type | None = None, /, **options: Any) -> Any:
        if kind is None:
            return lambda kind: self._dataclass(kind, **options)
        if kind not in self._own:
            self.refuse(f"dataclass of {getattr(kind, '__name__', kind)}")
        made: type = dataclasses.dataclass(kind, **options)
        self._own.add(made)
        return made

    def _of_torch(self, title: str, name: str, value: Any) -> Any:
        """What a module of torch's has beside that which every layer may use."""
        if name in self._beyond:
            return Outside(self, title)
        if isinstance(value, type) and issubclass(value, torch.nn.Module):
            return self._recorder(value)
        if title.partition(".")[0] == "torch":
            if name in self._common:
                return value
            if _is_hashable(value) and value in self._functions:
                return Recorded(self, resolve_name(value) or title, value)
            if isinstance(value, PLAIN):
                return value
        return Outside(self, title)

    def _of_recorded_module(self, module: types.ModuleType, name: str) -> Any:
        """What a library has that no layer may use, and that does no harm: NumPy's arithmetic."""
        title = f"{module.__name__}.{name}"
        value = getattr(module, name)
        if isinstance(value, (type, *PLAIN)) and name in self._recorded[module.__name__]:
            return value
        if name in self._recorded[module.__name__] or type(value).__name__ == "ufunc":
            return Recorded(self, title, value)
        return Outside(self, title)

    def _of_array(self, array: Any, owner: type, name: str) -> Any:
        if name not in self._recorded["numpy.ndarray"]:
            self.refuse(f"numpy.{owner.__name__}.{name}")
        value = getattr(array, name)
        title = f"numpy.{owner.__name__}.{name}"
        return Recorded(self, title, value) if callable(value) else value

    def _of_tensor(self, tensor: Any, name: str) -> Any:
        """An attribute of a tensor, or of the class Tensor itself."""
        if name in ("item", "tolist", "numpy", "__array__"):
            return self._reader(tensor, name)
        in_place = name.endswith("_") and name[:-1] in self._tensor
        if name in self._tensor or in_place:
            return getattr(tensor, name)
        found = getattr(torch.Tensor, name, None)
        if found is None:
            return getattr(tensor, name)  # it was set by the submission, or it is missing
        title = f"torch.Tensor.{name}"
        if (name.startswith("_") and not is_dunder(name)) or name in self._beyond:
            self.refuse(title)
        if callable(found):
            return Recorded(self, title, getattr(tensor, name))
        self.record(title)
        return getattr(tensor, name)

    def _reader(self, tensor: Any, name: str) -> Any:
        """What reads numbers out of a tensor, each of which is a step."""
        function = getattr(torch.Tensor, name)

        def read(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            self.steps += x.numel()
            if name not in self._tensor:
                self.record(f"torch.Tensor.{name}")
            return function(x, *args, **kwargs)

        return read if tensor is torch.Tensor else types.MethodType(read, tensor)

    def _recorder(self, layer: type) -> type:
        """A class of torch's layers that notes when it computes, also by way of a subclass."""
        if layer is torch.nn.Module:
            return layer
        if layer not in self._recorders:
            title = f"torch.nn.{layer.__name__}"

            def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
                self.record(title)
                return layer.forward(module, *args, **kwargs)  # type: ignore[attr-defined]

            body = {"forward": forward, "__module__": layer.__module__, "__doc__": layer.__doc__}
            self._recorders[layer] = type(layer.__name__, (layer,), body)
        return self._recorders[layer]

    def named(self, path: str) -> Any:
        """Returns the module of a dotted name, or what stands in for it."""
        if path in self._configures:
            return Ignored()
        if path not in self._modules and path not in self._recorded:
            return Outside(self, path)
        return importlib.import_module(path)

    # Built-ins that read attributes or make classes

    def type_of(self, thing: Any) -> type:
        """type(thing); of a class it is the stand-in for type, which makes no classes."""
        kind = type(thing)
        return self.namespace["__builtins__"]["type"] if issubclass(kind, type) else kind

    def _getattr(self, thing: Any, name: str, *default: Any) -> Any:
        try:
            return self.get(thing, name)
        except AttributeError:
            if default:
                return default[0]
            raise

    def _hasattr(self, thing: Any, name: str) -> bool:
        _check_name(name)
        if is_dunder(name):
            return hasattr(thing, name)
        try:
            self.get(thing, name)
        except AttributeError:
            return False
        return True

    def _format(self, text: Any, name: str) -> Any:
        """str.format, whose fields read attributes: through the gate."""
        formatter = _Formatter(self)

        def format_map(template: str, mapping: Any) -> str:
            return formatter.vformat(template, (), mapping)

        function = formatter.format if name == "format" else format_map
        return function if text is str else functools.partial(function, text)

    def _build_class(self, body: Any, name: str, *bases: Any, **keywords: Any) -> type:
        """A class statement: of no metaclass, and of bases that hand no code of theirs to torch."""
        if keywords:
            self.refuse(f"the keyword {next(iter(keywords))} of class {name}")
        for base in types.resolve_bases(bases):
            if not self._may_be_base(base):
                self.refuse(f"the base {getattr(base, '__name__', base)} of class {name}")
        made = builtins.__build_class__(body, name, *bases)
        self._own.add(made)
        return made

    def _may_be_base(self, base: Any) -> bool:
        if base in self._own or base in BASES:
            return True
        return isinstance(base, type) and issubclass(base, (torch.nn.Module, BaseException))

    def _check_writable(self, thing: Any, name: str) -> None:
        title = f"changing {name} of {getattr(thing, '__name__', type(thing).__name__)}"
        if is_dunder(name) and name not in ("__name__", "__doc__"):
            self.refuse(title)
        if isinstance(thing, torch.Tensor):
            allowed = name in ("requires_grad", "data", "grad") or not hasattr(torch.Tensor, name)
        elif isinstance(thing, type):
            allowed = thing in self._own
        else:
            allowed = self._keeps_own_attributes(thing)
        if not allowed:
            self.refuse(title)

    # The second witness

    def witness(self, function: Any, args: Any, kwargs: Any) -> None:
        """Notes a torch function that runs, even if it has no name there, as an operator."""
        name = self._names.get(function)
        if name is None:
            name = resolve_name(function) or getattr(function, "__name__", repr(function))
            self._names[function] = name
        self.check_arguments(name, args)
        self.check_arguments(name, kwargs.values())
        last = name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")[2]
        if last in self._tensor or last.removesuffix("_") in self._tensor:
            self.steps += 1
        elif self.running_line() is not None:
            self.record(name)

    def check_arguments(self, name: str, arguments: Any) -> None:
        """Refuses objects whose own methods torch would call: it does so where no witness looks."""
        for argument in arguments:
            kind = type(argument)
            if kind is list or kind is tuple:
                kinds = set(map(type, argument))
                if not kinds <= PLAIN_ARGUMENTS:
                    self.check_arguments(name, argument)
            elif kind is slice:
                self.check_arguments(name, (argument.start, argument.stop, argument.step))
            elif kind in self._own and not _is_passive(kind, self._own):
                self.refuse(
                    f"an object of the class {kind.__name__} in {name}", "pass plain numbers"
                )


class Witness(TorchFunctionMode):
    """Sees every torch function that runs, and tells the gate."""

    def __init__(self, gate: Gate):
        super().__init__()
        self.gate = gate

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[override]
        kwargs = kwargs or {}
        self.gate.witness(func, args, kwargs)
        return func(*args, **kwargs)


class Recorded:
    """A function that notes each call of it."""

    __slots__ = ("_gate", "_name", "function")

    def __init__(self, gate: Gate, name: str, function: Any):
        self._gate = gate
        self._name = name
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._gate.record(self._name)
        self._gate.check_arguments(self._name, args)
        self._gate.check_arguments(self._name, kwargs.values())
        return self.function(*args, **kwargs)

    def __get__(self, thing: Any, owner: Any = None) -> Any:
        """As an attribute of a class it becomes a method if the function would."""
        bind = getattr(type(self.function), "__get__", None)
        if bind is None:
            return self
        return Recorded(self._gate, self._name, bind(self.function, thing, owner))

    def __repr__(self) -> str:
        return repr(self.function)


class Outside:
    """Stands for what is out of reach. It may be named, not called."""

    def __init__(self, gate: Gate, path: str):
        self._gate = gate
        self._path = path

    def attribute(self, name: str) -> Any:
        return self._gate.named(f"{self._path}.{name}")

    def _refuse(self, *_: Any, **__: Any) -> typing.NoReturn:
        self._gate.refuse(self._path)

    __call__ = __iter__ = __enter__ = __contains__ = __len__ = __bool__ = _refuse
    __setitem__ = __delitem__ = __add__ = __sub__ = __mul__ = __truediv__ = _refuse

    def __getitem__(self, _: Any) -> Outside:
        return self  # a type hint's, as in torch.utils.data.Dataset[int]

    def __or__(self, _: Any) -> Any:
        return typing.Any

    __ror__ = __or__

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return ()  # a class of tests may be written down; it is its methods that are out of reach

    def __exit__(self, *_: Any) -> None:
        pass


class Ignored:
    """Stands for what only configures: it accepts all, and does nothing."""

    def attribute(self, _: str) -> Ignored:
        return self

    def _same(self, *_: Any, **__: Any) -> Ignored:
        return self

    __call__ = __getitem__ = __enter__ = _same

    def __setitem__(self, *_: Any) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Any:
        return iter(())

    def __contains__(self, _: Any) -> bool:
        return False


class _Attributes:
    """The attributes of a thing as items, which any kind of assignment can have for a target."""

    __slots__ = ("_gate", "_thing")

    def __init__(self, gate: Gate, thing: Any):
        self._gate = gate
        self._thing = thing

    def __getitem__(self, name: str) -> Any:
        return self._gate.get(self._thing, name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._gate.set(self._thing, name, value)

    def __delitem__(self, name: str) -> None:
        self._gate.delete(self._thing, name)


class _Formatter(string.Formatter):
    """str.format, with the attributes of its fields read through the gate."""

    def __init__(self, gate: Gate):
        self._gate = gate

    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        key, rest = _string.formatter_field_name_split(field_name)
        thing = self.get_value(key, args, kwargs)
        for is_attribute, name in rest:
            thing = self._gate.get(thing, name) if is_attribute else thing[name]
        return thing, key


def line_of(frame: types.FrameType | None, file: str) -> int | None:
    """Returns the number of the innermost line of the file at or above a frame, or None."""
    while frame and frame.f_code.co_filename != file:
        frame = frame.f_back
    return frame.f_lineno if frame else None


def _check_name(name: Any) -> None:
    """A subclass of str could answer otherwise each time that it is asked what it is."""
    if type(name) is not str:
        raise TypeError(f"attribute name must be string, not {type(name).__name__!r}")


def _is_tensor(thing: Any) -> bool:
    """Whether a thing is a tensor, or a class of tensors."""
    if isinstance(thing, type):
        return issubclass(thing, torch.Tensor)
    return isinstance(thing, torch.Tensor)


def _is_hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except Exception:
        return False
    return True


def _is_field(owner: type, name: str) -> bool:
    """Whether a class that a library made is a tuple with names, and this is one of them."""
    if owner.__module__ == "torch.return_types":
        return True
    fields = getattr(owner, "_fields", ()) if issubclass(owner, tuple) else ()
    return name in fields or (bool(fields) and name in ("_fields", "_asdict", "_replace"))


def _is_passive(kind: type, own: set[type]) -> bool:
    """Whether torch would call no method of such an object that the submission has written."""
    classes = [owner for owner in kind.__mro__ if owner in own]
    return not any(name in vars(owner) for owner in classes for name in CONVERSIONS.split())


def _make_type(gate: Gate) -> type:
    """The built-in type as a submission has it: it answers type(x), and makes no classes."""

    class Meta(type):
        def __call__(cls, *args: Any) -> Any:
            if len(args) != 1:
                gate.refuse("type with other than one argument", "write a class statement")
            return gate.type_of(args[0])

        def __instancecheck__(cls, thing: Any) -> bool:
            return isinstance(thing, type)

        def __getitem__(cls, _: Any) -> Any:
            return cls  # type[nn.Module], in a type hint

    return Meta("type", (), {"__module__": "builtins"})


def _foreign_attributes(tables: dict[str, frozenset[str]]) -> dict[type, frozenset[str]]:
    """What may be read of the objects that libraries make, by the class that defines it."""
    autograd = (torch.autograd.Function, torch.autograd.function.FunctionCtx)
    dtypes = (torch.finfo, torch.iinfo, torch.dtype, torch.device, torch.Size)
    return {
        torch.nn.Module: tables["layer"],
        **dict.fromkeys(PYTHON_TYPES, tables["python"]),
        **dict.fromkeys((*autograd, torch._C._FunctionBase), tables["autograd"]),
        **dict.fromkeys(dtypes, tables["dtype"]),
    }


def _builtins(names: str) -> tuple[Any, ...]:
    return tuple(getattr(builtins, name) for name in names.split())


SAFE_BUILTINS = """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod
    enumerate filter float format frozenset hash hex id int isinstance issubclass iter len list map
    max min next object oct ord pow print property range repr reversed round set slice sorted
    staticmethod str sum super tuple zip Ellipsis NotImplemented"""

DATA = _builtins("str bytes bytearray int float complex bool list tuple dict set frozenset")
COLLECTIONS = (
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
    collections.deque,
)
PYTHON_TYPES = (
    *DATA,
    *COLLECTIONS,
    *_builtins("slice range property BaseException StopIteration"),
    enum.Enum,
    io.TextIOWrapper,
    type(functools.lru_cache(lambda: None)),
)

# What torch's modules have that is data and no function.
PLAIN = (
    *_builtins("bool int float complex str"),
    type(None),
    torch.dtype,
    torch.layout,
    torch.memory_format,
)
PLAIN_ARGUMENTS = {
    *PLAIN,
    torch.Tensor,
    torch.nn.Parameter,
    torch.device,
    torch.Size,
    type(Ellipsis),
}

# Methods by which torch would turn an object into a number, a size or a tensor.
CONVERSIONS = """
    __len__ __iter__ __next__ __getitem__ __contains__ __getattr__ __index__ __int__ __float__
    __complex__ __bool__ __array__ __eq__ __hash__"""

BASES = {
    object,
    torch.nn.Module,
    torch.autograd.Function,
    enum.Enum,
    enum.IntEnum,
    abc.ABC,
    typing.Generic,
    typing.Protocol,
    *DATA,
    *COLLECTIONS,
    *types.resolve_bases((typing.NamedTuple, typing.TypedDict)),
}
