"""Writes test_cases/: of every case the inputs, references, bounds, and what each mistake gives.

python -m staff.make_cases                      the cases of the repository (some minutes)
python -m staff.make_cases --only q3/ties       one of them
python -m staff.make_cases --check              agrees with what is stored, or says what does not
python -m staff.make_cases --seed N --out DIR   a hidden set of the same kinds, that nobody has seen

What the cases are, plans.py says; of a hidden set, --extra FILE may say more, as rubric.py has it.
Here is how a case is made of its plan, held against the misconceptions and every pair of them,
stored and checked.
"""

import argparse
import contextlib
import dataclasses
import itertools
import json
import multiprocessing
import os
import signal
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any

import numpy as np
import torch
from rich.progress import track
from safetensors.numpy import save

from grading.cases import (
    ABSENT,
    HINTS,
    PARTS,
    Case,
    packed,
    read_case,
    read_hints,
    read_toml,
)
from grading.debugger import answer, load
from grading.fingerprint import SUMS, Fingerprint
from grading.judge import Failure, judge
from grading.outcome import CallRequest
from grading.whole import whole
from grading.worker import Submission
from staff.command import run_tool
from staff.misconceptions import MISCONCEPTIONS, Misconception, base, submission
from staff.plans import QUESTIONS, Arguments, Maker, Plan
from staff.references import Arrays, Call, reference, run, tie_groups
from staff.rubric import (
    NO_EXTRA,
    RUBRIC,
    Extra,
    drift,
    read_extra,
    uneven,
    with_points,
    write_rubric,
)

CASES = Path(__file__).parent.parent / "test_cases"
SEED = 2026
TEXTS = ("title", "kind", "request")
DRIFT = 1 / 8  # of its bound, by which a reference may differ from the one stored


def make_all(
    seed: int, only: Sequence[str] = (), pairs: bool = True, extra: Extra = NO_EXTRA
) -> Iterator[Case]:
    """Yields every case, complete, or only some; without pairs, with single mistakes alone."""
    for question, (layer, plans) in QUESTIONS.items():
        all_plans = plans | extra.plans.get(question, {})
        cases = [
            make_case(seed, f"{question}/{name}", layer, plan)
            for name, plan in all_plans.items()
            if not only or f"{question}/{name}" in only
        ]
        if cases:
            yield from add_mistakes(question, layer, cases, pairs)


def make_case(seed: int, name: str, layer: str, plan: Plan) -> Case:
    """Returns the case with its references, not yet with what the misconceptions make of it."""
    calls = list(draw_calls(Maker(seed, name), layer, plan))
    references = [reference(call) for call in calls]
    asked = [_request(plan, i, call) for i, call in enumerate(calls)]
    return Case(
        name=name,
        title=plan.title,
        kind=plan.kind,
        request={"layer": layer, "calls": asked},
        given=_by_call(_given(plan, i, call) for i, call in enumerate(calls)),
        reference=_by_call(results for results, _ in references),
        bound=_by_call(bounds for _, bounds in references),
        groups=_by_call(_groups(call) for call in calls) if plan.ties else {},
        mistakes={},
        hints=hints(layer),
    )


def hints(layer: str) -> dict[str, str]:
    """Returns the hints of a layer's misconceptions by their names, in their order."""
    return {mistake.name: mistake.hint for mistake in MISCONCEPTIONS if mistake.layer == layer}


def draw_calls(maker: Maker, layer: str, plan: Plan) -> Iterator[Call]:
    """Yields the calls with their numbers: on one layer, or each on a layer of its own."""
    if isinstance(plan.arguments, list):
        for arguments, draw in zip(plan.arguments, plan.inputs):
            parameters = maker.parameters(layer, arguments)
            call = Call(layer, arguments, parameters, draw(maker))
            yield with_upstream(call, maker, plan)
    else:
        parameters = maker.parameters(layer, plan.arguments)
        for draw in plan.inputs:
            call = Call(layer, plan.arguments, parameters, draw(maker))
            yield with_upstream(call, maker, plan)


def with_upstream(call: Call, maker: Maker, plan: Plan) -> Call:
    """Returns the call with an upstream gradient, if the plan asks for a backward pass."""
    if not plan.backward:
        return call
    upstream = maker.normal(*run(call)["output"].shape)
    return dataclasses.replace(call, upstream=upstream)


def _is_on_new_layer(plan: Plan, index: int) -> bool:
    return index == 0 or isinstance(plan.arguments, list)


def _request(plan: Plan, index: int, call: Call) -> CallRequest:
    """Returns what the worker is asked: see Case."""
    arguments: Arguments | list[Any] | None = None
    if _is_on_new_layer(plan, index):
        arguments = call.arguments
        if plan.by_position:
            arguments = list(call.arguments.values())
    return {"inputs": list(call.inputs), "arguments": arguments, "strided": plan.strided}


def _given(plan: Plan, index: int, call: Call) -> Arrays:
    """Returns the tensors that go with what the worker is asked."""
    given = dict(call.inputs)
    if _is_on_new_layer(plan, index):
        given |= {f"parameter.{name}": value for name, value in call.parameters.items()}
    if call.upstream is not None:
        given["upstream"] = call.upstream
    return given


def _groups(call: Call) -> Arrays:
    kernel = call.arguments["kernel_size"]
    padding = call.arguments.get("padding", 0)
    return {"grad.x": tie_groups(call.inputs["x"], kernel, padding)}


def _by_call(arrays: Iterable[Arrays]) -> Arrays:
    """Puts each call's number before its names: "0.output", "1.output"."""
    named: Arrays = {}
    for i, of_call in enumerate(arrays):
        named |= {f"{i}.{name}": value for name, value in of_call.items()}
    return named


def try_out(submission: Submission, case: Case) -> tuple[Failure | None, Arrays]:
    """Runs a submission on a case in this process; returns what is wrong, and what it computed."""
    outcome = answer(submission, case.request, case.given)
    return judge(case, outcome), outcome.arrays


def add_mistakes(question: str, layer: str, cases: list[Case], pairs: bool) -> Iterator[Case]:
    """Yields the cases with what each set of one or two misconceptions makes of them."""
    mistakes = [mistake for mistake in MISCONCEPTIONS if mistake.layer == layer]
    sets = list(itertools.combinations_with_replacement(mistakes, 2))
    texts = [source(one, other, pairs) for one, other in sets]
    tables = [Table() for _ in cases]
    # Not by fork: torch's threads do not survive it.
    context = multiprocessing.get_context("spawn")
    workers = min(4, os.cpu_count() or 1)
    with deaf_to_ctrl_c():
        pool = context.Pool(workers, _begin, (cases,))
    with pool:
        prints = pool.imap(_fingerprints, texts, chunksize=16)
        for of_cases in track(prints, question, total=len(texts)):
            for table, fingerprint in zip(tables, of_cases):
                table.add(fingerprint)
    for case, table in zip(cases, tables):
        yield dataclasses.replace(case, mistakes=table.arrays())


@contextlib.contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Has the processes that are started meanwhile ignore Ctrl-C, which is for this one.

    Here it only waits: to start a pool takes seconds, in which it must not be lost.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows has none, and there each tells of it
        yield
        return
    resource_tracker.ensure_running()  # to start it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def source(one: Misconception, other: Misconception, pairs: bool) -> str | None:
    """Returns the layer with one mistake or two; None where they do not go together."""
    if one is other:
        return submission(one, layer=one.layer)
    if not pairs or base(one.name) == base(other.name):
        return None
    try:
        return submission(one, other, layer=one.layer)
    except ValueError:
        return None


class Table:
    """The distinct fingerprints that sets of mistakes have in a case, and which set has which."""

    def __init__(self) -> None:
        self.mark = [0]  # the first is that of a passed case
        self.sums = [(0.0,) * SUMS]
        self.elements = [0]
        self.of: list[int] = []
        self.places: dict[int, list[int]] = {}  # of the fingerprints with a mark

    def add(self, fingerprint: Fingerprint | int) -> None:
        if isinstance(fingerprint, int):
            self.of.append(fingerprint)
            return
        places = self.places.setdefault(fingerprint.mark, [])
        marks = np.full(len(places), fingerprint.mark)
        sums = np.reshape([self.sums[place] for place in places], (-1, SUMS))
        same = np.flatnonzero(fingerprint.among(marks, sums))
        if len(same) == 0:
            places.append(len(self.mark))
            self.mark.append(fingerprint.mark)
            self.sums.append(fingerprint.sums)
            self.elements.append(fingerprint.elements)
            same = np.array([-1])
        self.of.append(places[same[0]])

    def arrays(self) -> Arrays:
        return {
            "mark": np.array(self.mark, np.uint32),
            "sums": np.array(self.sums, np.float32),
            "elements": np.array(self.elements, np.int32),
            "of": np.array(self.of, np.uint16),
        }


CASES_OF_A_WORKER: list[Case] = []  # in a process of the pool


def _begin(cases: list[Case]) -> None:
    torch.set_num_threads(1)  # as the grader's worker does
    warnings.simplefilter("ignore")  # what nan makes of a comparison
    CASES_OF_A_WORKER[:] = cases


def _fingerprints(text: str | None) -> list[Fingerprint | int]:
    """Returns the fingerprint of a submission in each case, 0 if it passes, ABSENT without one."""
    if text is None:
        return [ABSENT] * len(CASES_OF_A_WORKER)
    submitted = load(text)
    failures = [try_out(submitted, case)[0] for case in CASES_OF_A_WORKER]
    return [0 if failure is None else _known(failure) for failure in failures]


def _known(failure: Failure) -> Fingerprint:
    if failure.fingerprint is None:
        raise ValueError(f"a misconception must leave something to know it by, got {failure.text}")
    return failure.fingerprint


def _is_within(difference: np.ndarray, bound: np.ndarray) -> bool:
    """Whether no element is larger than its bound; nan is."""
    return bool((np.abs(difference) <= bound).all())


def write_all(folder: Path, seed: int, only: Sequence[str] = (), extra: Extra = NO_EXTRA) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_hints(folder)  # first, so that a folder that cannot be written is told at once
    if folder.resolve() != CASES.resolve():
        write_rubric(with_points(read_toml(CASES / RUBRIC), extra.points), folder / RUBRIC)
    for case in make_all(seed, only, extra=extra):
        write_case(case, folder)


def planned_names() -> list[str]:
    return [f"{question}/{name}" for question, (_, plans) in QUESTIONS.items() for name in plans]


def all_hints() -> dict[str, dict[str, str]]:
    return {question: hints(layer) for question, (layer, _) in QUESTIONS.items()}


def write_hints(folder: Path) -> None:
    text = json.dumps(all_hints(), indent=2, ensure_ascii=False)
    Path(folder, HINTS).write_text(text + "\n", encoding="utf-8")


def write_case(case: Case, folder: Path) -> None:
    """Writes a case as grading.cases reads it."""
    tensors = {}
    for part in PARTS:
        for key, value in getattr(case, part).items():
            tensors[f"{part}.{key}"] = np.asarray(value, order="C")
    tensors["mistakes.of"] = packed(case.mistakes["of"])
    texts = {name: getattr(case, name) for name in TEXTS}
    path = Path(folder, f"{case.name}.safetensors")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as file:
        file.write_bytes(save(tensors, metadata={"case": json.dumps(texts)}))


def check(seed: int, folder: Path = CASES, only: Sequence[str] = ()) -> Iterator[str]:
    """Yields a line for every case that is stored otherwise than it is made now.

    Inputs and texts must be the same. References may differ by a fraction of the bound, as torch's
    own summation differs from one version and machine to the next. Of what the misconceptions give,
    it must be the same which of them pass a case; pairs are not tried.
    """
    rubric = read_toml(folder / RUBRIC)
    stored = stored_names(folder)
    yield from drift(rubric, stored)
    yield from uneven(rubric)
    made = {case.name: case for case in make_all(seed, only, pairs=False)}
    if only:
        stored &= set(only)
    if read_hints(folder) != all_hints():
        yield f"{HINTS} differs"
    for name in sorted(stored - made.keys()):
        yield f"{name}: is stored but not made"
    for name, case in made.items():
        if name not in stored:
            yield f"{name}: is not stored"
            continue
        for difference in differences(read_case(folder, name), case):
            yield f"{name}: {difference}"


def stored_names(folder: Path) -> set[str]:
    """Returns the names of the cases in a folder; a hidden file, as a Mac's ._x, is none."""
    paths = folder.glob("q*/*.safetensors")
    visible = [path for path in paths if not path.name.startswith(".")]
    return {f"{path.parent.name}/{path.stem}" for path in visible}


def differences(old: Case, new: Case) -> Iterator[str]:
    """Yields in what a stored case differs from the one that is made now."""
    for field in TEXTS:
        if getattr(old, field) != getattr(new, field):
            yield f"{field} differs"
    for part in PARTS:
        if getattr(old, part).keys() != getattr(new, part).keys():
            yield f"{part} holds other tensors"
    if not np.array_equal(_passing(old), _passing(new)):
        yield "other mistakes pass"
    shared = old.given.keys() & new.given.keys()
    if not all(np.array_equal(old.given[key], new.given[key]) for key in shared):
        yield "the inputs differ"
    for key in sorted(old.reference.keys() & new.reference.keys()):
        drift = old.reference[key] - new.reference[key]
        if not _is_within(drift, DRIFT * new.bound[key]):
            yield f"the reference {key} differs"
        if not np.allclose(old.bound[key], new.bound[key], rtol=1e-3):
            yield f"the bound of {key} differs"


def _passing(case: Case) -> np.ndarray:
    """Which mistakes pass a case, each alone."""
    of = case.mistakes["of"]
    count = int((2 * len(of)) ** 0.5)
    first, second = np.triu_indices(count)
    return of[first == second] == 0


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--check", action="store_true", help="write nothing; exit with 1 if anything differs")
    add("--seed", type=int, default=SEED, help="of every number drawn (%(default)s)")
    add("--only", nargs="+", default=[], metavar="NAME", help="only these, as q3/ties")
    add("--out", type=Path, default=CASES, metavar="DIR", help="the folder to write (test_cases)")
    add("--extra", type=Path, metavar="FILE", help="further cases, as staff/rubric.py says")
    options = parser.parse_args()
    for name in options.only:
        if name not in planned_names():
            parser.error(f"there is no case {name!r}")
    if options.seed < 0:
        parser.error(f"--seed must be 0 or more, got {options.seed}")
    if options.check:
        found = list(check(options.seed, options.out, options.only))
        print("\n".join(found) or f"{options.out.resolve().name}/ is as it is made")
        sys.exit(bool(found))
    is_own = options.out.resolve() == CASES.resolve()
    if options.seed != SEED and is_own:
        parser.error("--seed goes with --out: the repository's cases have their own seed")
    extra = NO_EXTRA
    if options.extra:
        if is_own:
            parser.error("--extra needs an --out of its own")
        try:
            extra = read_extra(options.extra)
        except ValueError as error:
            parser.error(str(error))
    write_all(options.out, options.seed, options.only, extra)


if __name__ == "__main__":
    run_tool("staff.make_cases", main)
