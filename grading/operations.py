"""Says which of the functions that ran a layer may not use: by test_cases/operations.toml.

It judges names alone, as the gate has recorded them, and never runs or imports what they name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .cases import read_toml
from .outcome import Use

TABLES = read_toml(Path(__file__).parent.parent / "test_cases" / "operations.toml")
ALLOWED = "creation, indexing, reshaping and arithmetic, and what the handout names for this layer"


@dataclass(frozen=True)
class Finding:
    """An operation that a layer used and may not.

    Attributes:
        instead: what to use in its place.
        own: whether it is torch's own version of the very layer that is asked for.
    """

    line: int | None
    name: str
    instead: str
    own: bool = False


class Operations:
    """The tables of operations.toml, as sets of names."""

    def __init__(self, tables: Mapping[str, Mapping[str, str]] = TABLES):
        everywhere = frozenset(" ".join(tables["everywhere"].values()).split())
        tensor = frozenset(tables["attributes"]["tensor"].split())
        self._layers = _sets(tables["layers"])
        self._own = _sets(tables["own"])
        # What every layer may use, by the module that has it. Nothing that the gate records of any
        # other may be used.
        self._spaces = {
            "": everywhere,  # no_grad's own function has no module to its name
            "torch": everywhere,
            "torch.functional": everywhere,
            "torch.Tensor": everywhere | tensor,
            "torch.nn.functional": frozenset(),
            "torch.nn.init": frozenset(tables["modules"]["torch.nn.init"].split()),
        }
        self._instead = {
            name: way for way, names in tables["instead"].items() for name in names.split()
        }

    def findings(self, layer: str, uses: Mapping[str, Use]) -> list[Finding]:
        """Returns what a layer used and may not, each cause once, in the order of their lines."""
        found: dict[tuple[int | None, str], Finding] = {}
        for name, use in uses.items():
            if not self._may_use(layer, name):
                finding = self._finding(layer, name, use.line)
                found.setdefault((use.line, finding.instead), finding)
        return sorted(found.values(), key=lambda finding: finding.line or 0)

    def _may_use(self, layer: str, name: str) -> bool:
        space, last = _split(name)
        names = self._layers[layer] | self._spaces.get(space, frozenset())
        known = space in self._spaces or name == "@"
        return known and bool({last, last.removesuffix("_"), "*"} & names)

    def _finding(self, layer: str, name: str, line: int | None) -> Finding:
        space, last = _split(name)
        own = last in self._own[layer] and space.partition(".")[0] == "torch"
        instead = self._instead.get(last, ALLOWED)
        if space.partition(".")[0] == "numpy":
            instead = self._instead["numpy"]
        return Finding(line, name, instead, own)


def once_each(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Returns the first finding of each operation, however it is called, in order of lines."""
    first: dict[str, Finding] = {}
    for finding in findings:
        first.setdefault(_split(finding.name)[1], finding)
    return tuple(sorted(first.values(), key=lambda finding: finding.line or 0))


def _split(name: str) -> tuple[str, str]:
    """ "torch.Tensor", "matmul" of torch.Tensor.matmul."""
    space, _, last = name.removesuffix(".__get__").removesuffix(".__set__").rpartition(".")
    return space, last


def _sets(table: Mapping[str, str]) -> dict[str, frozenset[str]]:
    return {key: frozenset(names.split()) for key, names in table.items()}
