"""Writes test_cases/: of every case the inputs, references, bounds, and what each mistake gives.

python -m staff.make_cases                      the cases of the repository
python -m staff.make_cases --check              agrees with what is stored, or says what does not
python -m staff.make_cases --seed N --out DIR   a hidden set of the same kinds, that nobody has seen

What the cases are, plans.py says. Here is how a case is made of its plan, held against the
misconceptions, stored and checked.
"""

import argparse
import dataclasses
import json
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track
from safetensors.numpy import save_file

from grading.cases import PARTS, Case, read_case
from grading.debugger import answer, load
from grading.judge import COMPARED, Failure, judge
from grading.outcome import CallRequest
from grading.worker import Submission
from staff.misconceptions import MISCONCEPTIONS, Misconception, submission
from staff.plans import QUESTIONS, Arguments, Maker, Plan
from staff.references import Arrays, Call, reference, run, tie_groups

CASES = Path(__file__).parent.parent / "test_cases"
SEED = 2026
TEXTS = ("title", "kind", "request", "hints", "shows")
DRIFT = 1 / 8  # of its bound, by which a reference may differ from the one stored


def make_all(seed: int) -> Iterator[Case]:
    """Yields every case, complete."""
    loaded = [(mistake, load(submission(mistake))) for mistake in MISCONCEPTIONS]
    for question, (layer, plans) in QUESTIONS.items():
        wrong = [(mistake, module) for mistake, module in loaded if mistake.layer == layer]
        for name, plan in plans.items():
            case = make_case(seed, f"{question}/{name}", layer, plan)
            yield add_lookalikes(case, wrong)


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
        lookalikes={},
        hints={},
        shows={},
    )


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


def add_lookalikes(case: Case, wrong: list[tuple[Misconception, Submission]]) -> Case:
    """Returns the case with what each misconception of its layer makes of it, where that is wrong.

    Of one that is compared by numbers, those results are kept that are wrong; of any other, how it
    fails.
    """
    hints = {}
    shows = {}
    lookalikes: Arrays = {}
    for misconception, module in wrong:
        failure, results = try_out(module, case)
        if failure is None:
            continue
        name = misconception.name
        hints[name] = misconception.hint
        if failure.kind in COMPARED:
            wrong_keys = wrong_results(case, results, failure.kind == "gradient")
            lookalikes |= {f"{name}.{key}": results[key] for key in wrong_keys}
        else:
            shows[name] = failure.sign
    return dataclasses.replace(case, lookalikes=lookalikes, hints=hints, shows=shows)


def wrong_results(case: Case, results: Arrays, of_gradients: bool) -> Iterator[str]:
    """Names the gradients that are wrong, or the outputs; what is not there is not named."""
    for key, right in case.reference.items():
        is_gradient = not key.endswith("output")
        if is_gradient != of_gradients or key not in results:
            continue
        value = results[key]
        is_alike = value.shape == right.shape and value.dtype == np.float32
        if not (is_alike and _is_within(value - right, case.bound[key])):
            yield key


def _is_within(difference: np.ndarray, bound: np.ndarray) -> bool:
    """Whether no element is larger than its bound; nan is."""
    return bool((np.abs(difference) <= bound).all())


def write_all(folder: Path, seed: int) -> None:
    count = sum(len(plans) for _, plans in QUESTIONS.values())
    for case in track(make_all(seed), "Cases", total=count):
        write_case(case, folder)
    if folder.resolve() != CASES.resolve():
        shutil.copy(CASES / "rubric.toml", folder)


def write_case(case: Case, folder: Path) -> None:
    """Writes a case as grading.cases reads it."""
    tensors = {}
    for part in PARTS:
        for key, value in getattr(case, part).items():
            tensors[f"{part}.{key}"] = np.asarray(value, order="C")
    texts = {name: getattr(case, name) for name in TEXTS}
    path = Path(folder, f"{case.name}.safetensors")
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"case": json.dumps(texts)})


def check(seed: int, folder: Path = CASES) -> Iterator[str]:
    """Yields a line for every case that is stored otherwise than it is made now.

    Inputs and texts must be the same. References may differ by a fraction of the bound, as torch's
    own summation differs from one version and machine to the next. Of what the misconceptions give
    only the names must be the same.
    """
    made = {case.name: case for case in make_all(seed)}
    stored = stored_names(folder)
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
    shared = old.given.keys() & new.given.keys()
    if not all(np.array_equal(old.given[key], new.given[key]) for key in shared):
        yield "the inputs differ"
    for key in sorted(old.reference.keys() & new.reference.keys()):
        drift = old.reference[key] - new.reference[key]
        if not _is_within(drift, DRIFT * new.bound[key]):
            yield f"the reference {key} differs"
        if not np.allclose(old.bound[key], new.bound[key], rtol=1e-3):
            yield f"the bound of {key} differs"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--check", action="store_true", help="write nothing; exit with 1 if anything differs")
    add("--seed", type=int, default=SEED, help="of every number drawn (%(default)s)")
    add("--out", type=Path, default=CASES, metavar="DIR", help="the folder to write (test_cases)")
    options = parser.parse_args()
    if options.check:
        found = list(check(options.seed))
        print("\n".join(found) or "test_cases/ is as it is made")
        sys.exit(bool(found))
    write_all(options.out, options.seed)


if __name__ == "__main__":
    main()
