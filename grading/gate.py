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
import builtins
import collections
import collections.abc
import copy
import dataclasses
import enum
import functools
import importlib
import io
import itertools
import operator
import string
import sys
import types
import typing
import warnings
from typing import Any

import numpy
import torch
from torch.overrides import (
    TorchFunctionMode,
    _get_current_function_mode,
    get_overridable_functions,
    resolve_name,
)

from .rewrite import (
    EACH,
    FROM,
    GET,
    IMPORT,
    KEYWORDS,
    MATMUL,
    OF,
    REFUSE,
    STAR,
    STEP,
    WITH,
    is_dunder,
)

LONGEST = 200  # characters of what is refused
MOST_REFUSALS = 20  # that are kept of one request
SHOWN = 8  # numbers of a tensor that is printed, for a step: about a line

# Hooks in there say with which keywords a forward is called; one of torch.Tensor's is an address.
HOOKS = "_forward_pre_hooks_with_kwargs"

OWN = object()  # the owner of an attribute that the submission made itself


def _guarded(function: Any) -> Any:
    """A __getattr__ that is not asked for names with two underscores, by which libraries ask."""

    def __getattr__(thing: Any, name: str) -> Any:
        if is_dunder(name):
            raise AttributeError(name)
        return function(thing, name)

    return __getattr__


# A layer's child may have any name, and copy would call one that is named __deepcopy__.
torch.nn.Module.__getattr__ = _guarded(torch.nn.Module.__getattr__)  # type: ignore[method-assign]


class Refused(Exception):
    """What a submission reached for is out of reach, and nothing of it ran."""


class Gate:
    """What one submission may reach, and a record of what it used.

    Args:
        tables: operations.toml.
        file: the name under which the submission is compiled.
        debugging: whether breakpoint() is in reach.

    Attributes:
        module: the submission; namespace, its globals.
        uses: by name, how often a function was called that not every layer may use, and where.
        steps: how much was done.
        refusals: what was refused, by line.
    """

    def __init__(self, tables: dict[str, dict[str, str]], file: str, debugging: bool = False):
        words = {
            title: {key: frozenset(names.split()) for key, names in table.items()}
            for title, table in tables.items()
        }
        self.file = file
        self._debugging = debugging
        self.uses: dict[str, list[Any]] = {}
        self.steps = 0
        self.refusals: dict[str, int | None] = {}
        self._common = frozenset().union(*words["everywhere"].values())
        torch_itself = dict.fromkeys(("torch", "torch.functional"), self._common)
        self._modules = {**torch_itself, **words["modules"]}
        self._recorded = words["recorded"]
        self._array = words["attributes"]["array"]
        self._tensor = self._common | words["attributes"]["tensor"]
        self._readable = words["dunders"]["read"]
        self._definable = words["dunders"]["define"]
        self._configures = frozenset().union(*words["ignored"].values())
        self._beyond = frozenset().union(*words["outside"].values())
        self._own: set[type] = set()
        self._attributes = _foreign_attributes(words["attributes"])
        self._recorders: dict[type, type] = {}
        self._kinds: dict[type, Outside] = {}
        self._names: dict[Any, str] = {}
        self._paths: dict[int, str] = {}  # of the modules that may be read; none is ever unloaded
        self._functions = {f for group in get_overridable_functions().values() for f in group}
        self.module = types.ModuleType("layers")
        self.namespace = vars(self.module)
        self.namespace.update(self._make_namespace())

    def _make_namespace(self) -> dict[str, Any]:
        safe = {name: getattr(builtins, name) for name in SAFE_BUILTINS.split()}
        if self._debugging:
            safe["breakpoint"] = breakpoint
        outside = {
            name: Outside(self, name, *INSTEAD.get(name, ()))
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
            "vars": lambda thing: self.get(thing, "__dict__"),
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
            WITH: self.enter,
            KEYWORDS: self.keywords,
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
        what = what[:LONGEST]
        if len(self.refusals) < MOST_REFUSALS:
            self.refusals.setdefault(what, self.running_line())
        raise Refused(f"{what} is out of a layer's reach, and did not run: {instead}")

    # What the rewritten source calls

    def get(self, thing: Any, name: str) -> Any:
        """Reads an attribute: thing.name."""
        _check_name(name)
        if isinstance(thing, (Outside, Ignored)):
            return thing.attribute(name)
        if name == "__class__":
            return self.type_of(thing)
        if name == "__dict__":
            return self._attributes_of(thing)
        if name == HOOKS:
            self.refuse(name)
        if is_dunder(name) and name not in self._readable:
            self.refuse(name)
        if isinstance(thing, types.ModuleType):
            return self._of_module(thing, name)
        if _is_tensor(thing) and name not in TITLES:
            return self._of_tensor(thing, name)
        if isinstance(thing, Recorded) and is_dunder(name):
            return thing if name == "__call__" else _title(thing.function, name)
        owner = self._owner(thing, name)
        if owner is OWN:
            return getattr(thing, name)
        if name in TITLES and isinstance(thing, NAMED):
            return _title(thing, name)
        if owner is None:
            raise AttributeError(f"{_title_of(thing)!r} object has no attribute {name!r}")
        return self._of_library(thing, owner, name)

    def _attributes_of(self, thing: Any) -> dict[str, Any]:
        """The attributes that the submission gave an object of its own: a copy."""
        if not self._keeps_own_attributes(thing):
            self.refuse(f"__dict__ of {_title_of(thing)}")
        return {key: value for key, value in vars(thing).items() if key != HOOKS}

    def _of_library(self, thing: Any, owner: type, name: str) -> Any:
        """An attribute that a class of a library defines."""
        if owner is str and name in ("format", "format_map"):
            text = thing.__self__ if isinstance(thing, super) else thing  # type: ignore[attr-defined]
            return self._format(text, name)
        if owner.__module__.partition(".")[0] == "numpy":
            return self._of_array(thing, owner, name)
        is_layer = issubclass(owner, torch.nn.Module)
        readable = self._attributes.get(torch.nn.Module if is_layer else owner, ())
        if name not in readable and not _is_field(owner, name):
            self.refuse(f"{name} of {owner.__name__}")
        value = getattr(thing, name)
        if isinstance(thing, type) and isinstance(value, types.FunctionType):
            value = self._for_instances(owner, value)
        if name == "register_forward_pre_hook":
            return lambda hook: value(hook)
        if owner is torch.autograd.Function and name == "apply":
            return Recorded(self, "torch.autograd.Function", value)
        if is_layer and name == "forward" and owner is not torch.nn.Module:
            return Recorded(self, f"torch.nn.{owner.__name__}", value)
        return value

    def _for_instances(self, owner: type, function: Any) -> Any:
        """A method that is read from its class, and takes an instance of that class alone."""

        def method(thing: Any, *args: Any, **kwargs: Any) -> Any:
            if not issubclass(type(thing), owner):
                self.refuse(f"{owner.__name__}.{function.__name__} of {type(thing).__name__}")
            return function(thing, *args, **kwargs)

        return method

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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of names that are about to go
            for name in getattr(module, "__all__", None) or vars(module):
                if not name.startswith("_"):
                    value = self.get(module, name)
                    if not isinstance(value, Outside):
                        self.namespace[name] = value

    def matmul(self, left: Any, right: Any) -> Any:
        """left @ right."""
        if not self._own.intersection((type(left), type(right))):
            self.record("@")
        return operator.matmul(left, right)

    def each(self, iterable: Any) -> Any:
        """Counts the turns of a loop over the iterable."""
        # iter is asked at once, as by a loop: what it raises does not come out of a generator.
        return self._turns(iter(iterable))

    def _turns(self, iterator: Any) -> Any:
        for item in iterator:
            self.steps += 1
            yield item

    def step(self) -> None:
        """Counts a turn of a while loop, or a call of a function of the submission's."""
        self.steps += 1

    def enter(self, context: Any) -> Any:
        """with context: one of a device's would put itself in the place of the witness."""
        if isinstance(context, torch.device):
            self.refuse("a device as a context", "pass device=")
        if isinstance(context, io.IOBase):
            self.refuse("closing a stream")
        return context

    def keywords(self, mapping: Any) -> dict[str, Any]:
        """f(**mapping): with names that are what they say, and give no address of a tensor."""
        keywords = dict(mapping)
        if any(type(name) is not str for name in keywords):
            raise TypeError("keywords must be strings")
        if "cdata" in keywords:
            self.refuse("cdata")
        return keywords

    # Where an attribute comes from

    def _owner(self, thing: Any, name: str) -> Any:
        """Returns OWN, the class of a library that defines the attribute, or None."""
        if isinstance(thing, super):
            classes = _classes_above(thing)
        elif isinstance(thing, type):
            classes = thing.__mro__
        else:
            classes = type(thing).__mro__
            if self._keeps_own_attributes(thing) and name in vars(thing):
                return OWN
        for owner in classes:
            if name in vars(owner):
                return OWN if owner in self._own else owner
        if isinstance(thing, type):
            # Not what its metaclass has, as mro, but for the members of an Enum.
            if isinstance(thing, enum.EnumMeta):
                return OWN if name in ("__members__", *thing.__members__) else None
            return None
        if isinstance(thing, torch.nn.Module):
            return OWN  # a parameter, buffer or layer that it was given
        asks = any(owner in self._own and "__getattr__" in vars(owner) for owner in classes)
        return OWN if asks else None

    def _keeps_own_attributes(self, thing: Any) -> bool:
        """Whether what lies in vars(thing) was put there by the submission."""
        if isinstance(thing, types.FunctionType):
            return thing.__globals__ is self.namespace
        if isinstance(thing, torch.nn.Module):
            return True
        made_here = not self._own.isdisjoint(type(thing).__mro__)
        context = isinstance(thing, torch.autograd.function.FunctionCtx)
        return (made_here or context) and hasattr(thing, "__dict__")

    def _of_module(self, module: types.ModuleType, name: str) -> Any:
        path = self._paths.get(id(module))
        if path is None:
            self.refuse(f"the module {module}")
        if is_dunder(name):
            return _title(module, name)
        known = self._modules.get(path)
        title = f"{path}.{name}"
        if title in self._configures:
            return Ignored()
        if title in self._modules or title in self._recorded:
            return self.named(title)
        if path in self._recorded:
            return self._of_recorded_module(module, path, name)
        if name.startswith("_") and name not in (known or ()):
            return Outside(self, title)
        value = getattr(module, name)
        if known is not None and (name in known or "*" in known):
            return self._replaced(title, value)
        return self._of_torch(title, name, value)

    def _replaced(self, title: str, value: Any) -> Any:
        """A stand-in for what is allowed, but could do more as it is than a layer may."""
        if title == "dataclasses.dataclass":
            return self._dataclass
        if title == "functools.wraps":
            return self._wraps
        if title == "collections.namedtuple":
            return self._namedtuple
        if title in ("copy.copy", "copy.deepcopy"):
            return lambda thing: self._copy(value, thing)
        if title in ("enum.Enum", "enum.IntEnum", "abc.ABC"):
            return Base(self, title, value)
        if title in ("torch.jit.ignore", "torch.jit.export", "torch.jit.unused"):
            return lambda function: function
        if type(value) is type(torch.FloatTensor):
            return Legacy(self, title, value)
        return value

    def _copy(self, copier: Any, thing: Any) -> Any:
        """A copy of plain data, of tensors, or of a layer: by no method of the submission's."""
        kind = type(thing)
        known = kind in self._own or kind in COPIED or issubclass(kind, torch.nn.Module)
        if not known:
            self.refuse(f"copying an object of the class {kind.__name__}")
        if kind is torch.Tensor and copier is copy.copy:
            # As torch does it, but not by way of the storage: another leaf of the same numbers.
            return thing.detach().requires_grad_(thing.requires_grad)
        return copier(thing)

    def __deepcopy__(self, _: Any) -> Gate:
        return self  # a copy of one of its methods would note nothing here

    def _wraps(self, wrapped: Any, **_: Any) -> Any:
        """functools.wraps, of a function of this file alone."""

        def named(wrapper: Any) -> Any:
            if isinstance(wrapper, types.FunctionType) and self._keeps_own_attributes(wrapper):
                return functools.update_wrapper(wrapper, wrapped, ("__name__", "__doc__"), ())
            return wrapper

        return named

    def _namedtuple(self, *args: Any, **kwargs: Any) -> type:
        options = {"module": "layers"} | kwargs
        made: type = collections.namedtuple(*args, **options)  # type: ignore[misc]
        self._own.add(made)
        return made

    def new(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """torch.FloatTensor and x.new, but for a keyword that takes a number for an address."""
        return function(*args, **self.keywords(kwargs))

    def _dataclass(self, kind: type | None = None, /, **options: Any) -> Any:
        if kind is None:
            return lambda kind: self._dataclass(kind, **options)
        if not _is_class(kind) or kind not in self._own:
            self.refuse("dataclass of what is no class of this file")
        # It writes the names of its fields into a source of its own, which no gate sees.
        if not all(str(name).isidentifier() for name in vars(kind).get("__annotations__", ())):
            self.refuse("dataclass of fields that have no names")
        made: type = dataclasses.dataclass(kind, **options)
        self._own.add(made)
        return made

    def _of_torch(self, title: str, name: str, value: Any) -> Any:
        """What a module of torch's has beside that which every layer may use."""
        if name in self._beyond:
            return Outside(self, title)
        if isinstance(value, type) and issubclass(value, torch.nn.Module):
            known = value.__module__.rpartition(".")[2] in LAYER_MODULES.split()
            return self._recorder(value) if known else Outside(self, title)
        if title.partition(".")[0] == "torch":
            if name.removesuffix("_") in self._common:
                return self._replaced(title, value)
            if self._is_function(value) or self._works_in_place(title):
                return Recorded(self, title, value)
            if isinstance(value, PLAIN):
                return value
        return Outside(self, title)

    def _is_function(self, value: Any) -> bool:
        """Whether it is one of the functions by which torch computes."""
        return _is_hashable(value) and value in self._functions

    def _works_in_place(self, title: str) -> bool:
        """Whether it is such a function's other form, as torch.exp_; torch lists these nowhere."""
        path, _, name = title.rpartition(".")
        module = importlib.import_module(path)
        return name.endswith("_") and self._is_function(getattr(module, name[:-1], None))

    def _of_recorded_module(self, module: types.ModuleType, path: str, name: str) -> Any:
        """What a library has that no layer may use, and that does no harm: NumPy's arithmetic."""
        title = f"{path}.{name}"
        value = getattr(module, name)
        is_named = name in self._recorded[path]
        if isinstance(value, type) and issubclass(value, numpy.generic):
            return Scalar(self, title, value) if is_named else Outside(self, title)
        if isinstance(value, PLAIN) and is_named:
            return value
        if value is numpy.ndarray:
            return Kind(self, title, value)  # made of any bytes, it is a way to any address
        if is_named or type(value).__name__ == "ufunc":
            return Recorded(self, title, value)
        return Outside(self, title)

    def _of_array(self, array: Any, owner: type, name: str) -> Any:
        if name not in self._array:
            self.refuse(f"numpy.{owner.__name__}.{name}")
        value = getattr(array, name)
        if name in ("item", "tolist"):
            self.steps += getattr(array, "size", 1)
        title = f"numpy.{owner.__name__}.{name}"
        return Recorded(self, title, value) if callable(value) else value

    def _of_tensor(self, tensor: Any, name: str) -> Any:
        """An attribute of a tensor, or of the class Tensor itself."""
        if name in ("item", "tolist", "numpy", "__array__"):
            return self._reader(tensor, name)
        if name in ("new", "__new__"):
            function = getattr(tensor, name)
            return lambda *args, **kwargs: self.new(function, args, kwargs)
        if name == "type":
            return _with_real_types(getattr(tensor, name))
        found = getattr(torch.Tensor, name, None)
        if found is None:
            return getattr(tensor, name)  # it was set by the submission, or it is missing
        value = getattr(tensor, name)
        if isinstance(tensor, type) and isinstance(value, types.FunctionType):
            value = self._for_instances(torch.Tensor, value)
        in_place = name.endswith("_") and name[:-1] in self._tensor
        if name in self._tensor or in_place:
            return value
        title = f"torch.Tensor.{name}"
        if (name.startswith("_") and not is_dunder(name)) or name in self._beyond:
            self.refuse(title)
        if callable(found):
            return Recorded(self, title, value)
        self.record(title)
        return value

    def _reader(self, tensor: Any, name: str) -> Any:
        """What reads numbers out of a tensor, each of which is a step."""
        function = getattr(torch.Tensor, name)

        def read(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            self.steps += torch.Tensor.numel(x)
            if name not in self._tensor:
                self.record(f"torch.Tensor.{name}")
            return function(x, *args, **kwargs)

        if isinstance(tensor, type):
            return self._for_instances(torch.Tensor, read)
        return types.MethodType(read, tensor)

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
        module = importlib.import_module(path)
        self._paths[id(module)] = path
        return module

    # Built-ins that read attributes or make classes

    def type_of(self, thing: Any) -> Any:
        """type(thing); of a class it is the stand-in for type, which makes no classes."""
        kind = type(thing)
        if issubclass(kind, type):
            return self.namespace["__builtins__"]["type"]
        if kind in self._own or kind in KNOWN_TYPES or issubclass(kind, KNOWN_BASES):
            return kind
        # It may be equal to another, and no more: by a call of it one could make what one likes.
        title = f"{kind.__module__}.{kind.__qualname__}"
        return self._kinds.setdefault(kind, Outside(self, title))

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
            return any(name in vars(owner) for owner in type(thing).__mro__)
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
        if keywords and not (typing.TypedDict in bases and keywords.keys() == {"total"}):
            self.refuse(f"the keyword {next(iter(keywords))} of class {name}")
        for base in bases:
            if not self._may_be_base(base):
                self.refuse(f"the base {_title_of(base)} of class {name}")
        bases = types.resolve_bases(bases)
        made: type = builtins.__build_class__(body, name, *bases, **self.keywords(keywords))
        if isinstance(made, enum.EnumMeta) and not len(made):
            self.refuse(f"class {name}, an Enum without members")
        if "__getattr__" in vars(made):
            setattr(made, "__getattr__", _guarded(vars(made)["__getattr__"]))  # noqa: B010
        self._own.add(made)
        return made

    def _may_be_base(self, base: Any) -> bool:
        by_statement = (typing.NamedTuple, typing.TypedDict)
        if isinstance(base, (Outside, Ignored)) or any(base is other for other in by_statement):
            return True
        if not _is_class(base):
            return False
        known = base in self._own or any(base is other for other in BASES)
        return known or issubclass(base, (torch.nn.Module, BaseException))

    def _check_writable(self, thing: Any, name: str) -> None:
        title = f"changing {name} of {_title_of(thing)}"
        if is_dunder(name) and name not in ("__name__", "__doc__"):
            self.refuse(title)
        if isinstance(thing, torch.Tensor):
            allowed = name in ("requires_grad", "data", "grad") or not hasattr(torch.Tensor, name)
        elif _is_class(thing):
            allowed = thing in self._own
        else:
            allowed = type(thing) in self._own or self._keeps_own_attributes(thing)
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
        self.check_arguments(name, tuple(kwargs.values()))
        last = name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")[2]
        if last in ("__repr__", "__format__", "__str__"):
            self.steps += torch.Tensor.numel(args[0]) // SHOWN
        if last in self._tensor or last.removesuffix("_") in self._tensor:
            self.steps += 1
        elif name.endswith("__") and not last.endswith("matmul__"):
            self.steps += 1  # an attribute, which was judged by its name where it was read
        elif self.running_line() is not None:
            self.record(name)

    def check_arguments(self, name: str, arguments: Any) -> None:
        """Refuses what would call back into the submission, where no witness looks."""
        if len(arguments) > FEW:
            self.steps += len(arguments)  # a size can be read out of each
        for argument in arguments:
            kind = type(argument)
            if kind in PLAIN_ARGUMENTS:
                continue
            if kind is slice:
                self._check_items(name, (argument.start, argument.stop, argument.step))
                continue
            base = next((base for base in CONTAINERS if issubclass(kind, base)), None)
            if kind is not base and not self._is_passive(kind):
                self.refuse(f"an object of the class {kind.__name__} in {name}", "pass numbers")
            if base is dict:
                self._check_items(name, tuple(dict.keys(argument)))
                self._check_items(name, tuple(dict.values(argument)))
            elif base is not None:
                self._check_items(name, tuple(base.__iter__(argument)))

    def _check_items(self, name: str, items: tuple[Any, ...]) -> None:
        kinds = set(map(type, items))
        if not kinds.isdisjoint(TENSORS):
            self.steps += len(items)  # a size can be read out of each
        if not kinds <= PLAIN_ARGUMENTS:
            self.check_arguments(name, items)

    def _is_passive(self, kind: type) -> bool:
        """Whether torch would call no method of such an object that the submission has written."""
        own = [owner for owner in kind.__mro__ if owner in self._own]
        if own or issubclass(kind, CONTAINERS):
            return not any(name in vars(owner) for owner in own for name in CONVERSIONS.split())
        # Functions may be handed over, as hooks; what they do counts as all of the submission's.
        return issubclass(kind, PASSIVE) or kind.__module__.partition(".")[0] in ("torch", "numpy")


class Witness(TorchFunctionMode):
    """Sees every torch function that runs, and tells the gate."""

    def __init__(self, gate: Gate):
        super().__init__()
        self.gate = gate

    def __torch_function__(self, func, types, args=(), kwargs=None):  # type: ignore[override]
        kwargs = kwargs or {}
        self.gate.witness(func, args, kwargs)
        return func(*args, **kwargs)

    def check_that_it_is_there(self) -> None:
        """Raises Refused if something else has put itself in its place."""
        if _get_current_function_mode() is not self:
            self.gate.refuse("a mode of torch's that outlives its block")


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
        self._gate.check_arguments(self._name, tuple(kwargs.values()))
        return self.function(*args, **kwargs)

    def __get__(self, thing: Any, owner: Any = None) -> Any:
        """As an attribute of a class it becomes a method if the function would."""
        bind = getattr(type(self.function), "__get__", None)
        if bind is None:
            return self
        return Recorded(self._gate, self._name, bind(self.function, thing, owner))

    def __repr__(self) -> str:
        return repr(self.function)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Recorded) and self.function is other.function

    def __hash__(self) -> int:
        return hash(self.function)

    def __copy__(self) -> Recorded:
        return self

    def __deepcopy__(self, _: Any) -> Recorded:
        return self  # not the gate that it holds


class Scalar(Recorded):
    """A type of NumPy's numbers: a call may make an array of a tensor, and is noted."""

    @property
    def dtype(self) -> Any:
        return numpy.dtype(self.function)

    def __instancecheck__(self, thing: Any) -> bool:
        return isinstance(thing, self.function)


class Outside:
    """Stands for what is out of reach. It may be named, not called."""

    def __init__(self, gate: Gate, path: str, instead: str = "leave it out"):
        self._gate = gate
        self._path = path
        self._instead = instead

    def attribute(self, name: str) -> Any:
        return self._gate.named(f"{self._path}.{name}")

    def _refuse(self, *_: Any, **__: Any) -> typing.NoReturn:
        self._gate.refuse(self._path, self._instead)

    __call__ = __iter__ = __enter__ = __len__ = __bool__ = _refuse
    __setitem__ = __delitem__ = __add__ = __sub__ = __mul__ = __truediv__ = _refuse

    def __contains__(self, _: Any) -> bool:
        return False  # nothing is known to be in sys.modules

    def __instancecheck__(self, _: Any) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<{self._path}, out of reach>"

    def __getitem__(self, _: Any) -> Outside:
        return self  # a type hint's, as in torch.utils.data.Dataset[int]

    def __or__(self, _: Any) -> Any:
        return typing.Any

    __ror__ = __or__

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return ()  # a class of tests may be written down; it is its methods that are out of reach

    def __exit__(self, *_: Any) -> None:
        pass

    def __copy__(self) -> Outside:
        return self

    def __deepcopy__(self, _: Any) -> Outside:
        return self


class Base(Outside):
    """Stands for a class of which a submission may make classes by a statement, and by no call."""

    def __init__(self, gate: Gate, path: str, kind: type):
        super().__init__(gate, path, "write a class statement")
        self._kind = kind

    def __mro_entries__(self, _: Any) -> tuple[type, ...]:
        return (self._kind,)


class Kind(Outside):
    """Stands for a class that isinstance may be asked about, and that makes nothing."""

    def __init__(self, gate: Gate, path: str, kind: type):
        super().__init__(gate, path)
        self._kind = kind

    def __instancecheck__(self, thing: Any) -> bool:
        return isinstance(thing, self._kind)


class Legacy(Kind):
    """Stands for torch.FloatTensor and its like, of which no address can be asked for."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._gate.new(self._kind, args, kwargs)

    @property
    def kind(self) -> type:
        return self._kind


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


def _with_real_types(function: Any) -> Any:
    """x.type, which a stand-in for a type would not tell what to do."""

    def of_type(*args: Any, **kwargs: Any) -> Any:
        real = [argument.kind if isinstance(argument, Legacy) else argument for argument in args]
        return function(*real, **kwargs)

    return of_type


def _is_tensor(thing: Any) -> bool:
    """Whether a thing is a tensor, or a class of tensors."""
    if isinstance(thing, type):
        return issubclass(thing, torch.Tensor)
    return isinstance(thing, torch.Tensor)


def _is_class(thing: Any) -> bool:
    return issubclass(type(thing), type)


def _classes_above(thing: Any) -> tuple[type, ...]:
    """Where super() looks, in order; super(A), which is bound to no object, looks nowhere."""
    if thing.__self_class__ is None:
        return ()
    classes = thing.__self_class__.__mro__
    after: int = classes.index(thing.__thisclass__) + 1
    return classes[after:]  # type: ignore[no-any-return]


def _title(thing: Any, name: str) -> Any:
    """__name__ and the like, where it is a text."""
    value = getattr(thing, name, None)
    return value if isinstance(value, (str, type(None))) else repr(value)


def _title_of(thing: Any) -> str:
    named = _is_class(thing) or isinstance(thing, types.ModuleType)
    return thing.__name__ if named else type(thing).__name__


def _is_hashable(thing: Any) -> bool:
    try:
        hash(thing)
    except Exception:
        return False
    return True


def _is_field(owner: type, name: str) -> bool:
    """Whether a class that a library made is a tuple with names, and this is one of them."""
    if owner.__module__ in ("torch.return_types", "sys"):
        return hasattr(owner, "n_sequence_fields") and not name.startswith("_")
    fields = getattr(owner, "_fields", ()) if issubclass(owner, tuple) else ()
    return name in fields or (bool(fields) and name in ("_fields", "_asdict", "_replace", "_make"))


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
    basic = frozenset(BASIC.split())
    python = tables["python"] | basic | {"__new__"} | tables["operators"]
    return {
        object: basic | {"__new__"},
        torch.nn.Module: tables["layer"] | basic | {"__call__", "__getattr__"},
        **dict.fromkeys((*PYTHON_TYPES, *ABSTRACT), python),
        **dict.fromkeys((*autograd, torch._C._FunctionBase), tables["autograd"] | basic),
        io.TextIOWrapper: frozenset({"write", "flush", "isatty", "encoding"}),
        types.GeneratorType: frozenset({"close", "send"}),
        itertools.chain: frozenset({"from_iterable"}),
        **dict.fromkeys(dtypes, tables["dtype"] | basic),
    }


BASIC = "__init__ __repr__ __str__ __eq__ __ne__ __hash__ __init_subclass__"


def _builtins(names: str) -> tuple[Any, ...]:
    return tuple(getattr(builtins, name) for name in names.split())


SAFE_BUILTINS = """
    abs all any ascii bin bool bytearray bytes callable chr classmethod complex dict divmod
    enumerate filter float format frozenset hash hex id int isinstance issubclass iter len list map
    max min next object oct ord pow print property range repr reversed round set slice sorted
    staticmethod str sum super tuple zip Ellipsis NotImplemented"""

# What to do in place of a built-in function that is out of reach, where that can be said.
INSTEAD = {"breakpoint": ["run autograder.py with --debug"]}

DATA = _builtins("str bytes bytearray int float complex bool list tuple dict set frozenset")
COLLECTIONS = (
    collections.OrderedDict,
    collections.defaultdict,
    collections.Counter,
    collections.deque,
)
ABSTRACT = (
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Mapping,
    collections.abc.MutableMapping,
    collections.abc.Set,
    collections.abc.Iterable,
    collections.abc.Iterator,
    collections.abc.Collection,
    collections.abc.Sized,
    collections.abc.Callable,
)
COPIED = {*DATA, *COLLECTIONS, torch.Tensor, torch.nn.Parameter}
PYTHON_TYPES = (
    *DATA,
    *COLLECTIONS,
    *_builtins("slice range property BaseException StopIteration"),
    enum.Enum,
    type(functools.lru_cache(lambda: None)),
)

# Of torch.nn.modules. Those of others copy what they are given, or are no part of a layer.
LAYER_MODULES = """
    module linear conv pooling loss activation dropout batchnorm normalization padding fold flatten
    container instancenorm distance upsampling"""

# What names a thing, and is a text; and the things that have it.
TITLES = ("__name__", "__qualname__", "__module__", "__doc__", "__version__", "__file__")
NAMED = (type, types.FunctionType, types.MethodType, types.BuiltinFunctionType)

# What torch's modules have that is data and no function.
PLAIN = (
    *_builtins("bool int float complex str"),
    type(None),
    torch.dtype,
    torch.layout,
    torch.memory_format,
)
PASSIVE = (
    *_builtins("range str bytes BaseException"),
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
)
TENSORS = {torch.Tensor, torch.nn.Parameter}
CONTAINERS = (list, tuple, dict)
FEW = 6  # arguments, more than which are counted
PLAIN_ARGUMENTS = {
    *PLAIN,
    *TENSORS,
    torch.device,
    torch.Size,
    type(Ellipsis),
}

# What type(x) gives as it is.
KNOWN_TYPES = {
    *PYTHON_TYPES,
    *ABSTRACT,
    *PLAIN_ARGUMENTS,
    type(None),
    types.FunctionType,
    types.MethodType,
    types.BuiltinFunctionType,
    types.GeneratorType,
    enumerate,
    filter,
    map,
    zip,
    reversed,
}
KNOWN_BASES = (torch.nn.Module, BaseException)

# Methods by which torch would turn an object into a number, a size or a tensor.
CONVERSIONS = """
    __len__ __iter__ __next__ __getitem__ __contains__ __getattr__ __index__ __int__ __float__
    __complex__ __bool__ __array__ __eq__ __hash__"""

BASES = {
    object,
    torch.nn.Module,
    torch.autograd.Function,
    *DATA,
    *COLLECTIONS,
    *ABSTRACT,
}
