"""Shows the results: as text on a terminal or in a file, and as Gradescope's results.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

from rich.console import Console
from rich.text import Text

from .cases import Case
from .judge import Verdict
from .outcome import SKIPPED, Refusal
from .pipeline import Result

STYLES = {"passed": "green", "failed": "red", "error": "yellow"}
INDENT = " " * 13
MOST_REFUSALS = 10  # that are shown of a question


def show(results: Sequence[Result], remarks: Sequence[str], console: Console) -> None:
    for result in results:
        _show_question(result, console)
    for remark in remarks:
        # Of what a submission says no line stands at the margin, where the report's own stand.
        lines = remark.splitlines()
        console.print("\n    ".join([f"\nRemark: {lines[0]}", *lines[1:]]), style="yellow")
    console.print("\nProvisional grades\n==================", style="bold")
    for result in results:
        points = _points(result.score, result.question.points)
        console.print(f"Question {result.question.name}: {points}")
    earned = sum(result.score for result in results)
    possible = sum(result.question.points for result in results)
    console.print(f"Total: {_points(earned, possible)}", style="bold")


def _show_question(result: Result, console: Console) -> None:
    question = result.question
    title = f"Question {question.name}: {question.title}"
    console.print(f"\n{title}\n{'=' * len(title)}\n", style="bold")
    alike = _all_alike(result.verdicts)
    hints = _hints(result)
    for verdict in result.verdicts:
        head = f"{verdict.status.upper():6} {_number(verdict.score):>4}/"
        head += _number(verdict.case.points)
        name = (verdict.case.name, "dim")
        line = Text.assemble((head, STYLES[verdict.status]), f"  {verdict.case.title}  ", name)
        console.print(line)
        told_once = alike or _is_skipped(verdict)
        reason = [] if told_once else list(_reason(verdict, hints))
        for text in [*reason, *_prints(verdict)]:
            console.print(INDENT + text)
    if alike:
        console.print("\nEach of these:")
        for text in _explained(result.verdicts[0], hints):
            console.print(INDENT + text)
    skipped = [verdict for verdict in result.verdicts if _is_skipped(verdict)]
    if skipped:
        console.print(f"\nNot run: {len(skipped)} cases, since {SKIPPED}")
    for text in findings(result):
        console.print(text, style="red")
    points = _points(result.score, question.points)
    console.print(f"\n### Question {question.name}: {points} ###")


def _is_skipped(verdict: Verdict) -> bool:
    return verdict.failure is not None and verdict.failure.kind == "skipped"


def _all_alike(verdicts: Sequence[Verdict]) -> bool:
    """Whether all cases fail in one way, as they do where a class is missing: it is said once."""
    ways = {v.failure.text if v.failure else None for v in verdicts}
    return len(verdicts) > 1 and len(ways) == 1 and verdicts[0].failure is not None


def findings(result: Result) -> Iterator[str]:
    """Yields what is said of operations that may not be used, and of what was refused."""
    for finding in result.findings:
        cost = f"{result.share(finding):.0%} of the marks"
        name = f"{_where(finding.line)}{_in_one_line(finding.name)}"
        yield f"{name} is not allowed here ({cost}). Instead: {finding.instead}"
    for refusal in result.refusals[:MOST_REFUSALS]:
        yield refused(refusal)
    left_out = len(result.refusals) - MOST_REFUSALS
    if left_out > 0:
        yield f"and {left_out} more that did not run"


def refused(refusal: Refusal) -> str:
    what = _in_one_line(refusal.what)
    return f"{_where(refusal.line)}{what} is out of a layer's reach, and did not run"


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _where(line: int | None) -> str:
    return f"line {line}: " if line else ""


def _hints(result: Result) -> dict[str, str]:
    """What is likely wrong, by case."""
    return {
        verdict.case.name: " ".join(cause.text.splitlines())
        for cause in result.causes
        if cause.names
        for verdict in cause.verdicts
    }


def _explained(verdict: Verdict, hints: dict[str, str]) -> list[str]:
    """The lines that explain a verdict, and what was printed meanwhile."""
    return [*_reason(verdict, hints), *_prints(verdict)]


def _reason(verdict: Verdict, hints: dict[str, str]) -> Iterator[str]:
    if verdict.failure is None:
        return
    yield from verdict.failure.text.splitlines()
    if _is_skipped(verdict):
        return
    if verdict.case.name in hints:
        yield f"Likely: {hints[verdict.case.name]}"
    yield f"Try: {_example(verdict.case)}"


def _example(case: Case) -> str:
    """How a case's first call can be tried by hand."""
    arguments = case.request["calls"][0]["arguments"] or {}
    if isinstance(arguments, list):
        texts = [repr(value) for value in arguments]
    else:
        texts = [f"{name}={value!r}" for name, value in arguments.items()]
    inputs = ", ".join(f"{name} {value.shape}" for name, value in case.inputs(0).items())
    return f"{case.request['layer']}({', '.join(texts)}) on {inputs}"


def _prints(verdict: Verdict) -> Iterator[str]:
    if verdict.printed:
        yield "Printed meanwhile:"
        for line in verdict.printed.splitlines():
            yield f"  {line}"


def _number(points: float) -> str:
    return f"{points:.2f}".rstrip("0").rstrip(".")


def _points(earned: float, possible: float) -> str:
    return f"{_number(earned)}/{_number(possible)}"


def write_json(path: str | PathLike[str], results: Sequence[Result], remarks: list[str]) -> None:
    """Writes results.json. Raises: OSError if it cannot."""
    _write(path, gradescope(results, remarks))


def write_reason(path: str | PathLike[str], reason: str) -> None:
    """Writes a results.json of a submission that could not be graded at all."""
    results = gradescope([], [])
    _write(path, results | {"output": reason, "extra_data": {"errors": [reason]}})


def _write(path: str | PathLike[str], results: dict[str, Any]) -> None:
    with open(path, "w", encoding="utf-8") as file:
        json.dump(results, file, indent=2)
        file.write("\n")


def gradescope(results: Sequence[Result], remarks: list[str]) -> dict[str, Any]:
    """Returns results.json as Gradescope reads it.

    Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/
    """
    tests = [test for number, result in enumerate(results, 1) for test in _tests(number, result)]
    lines = [line for result in results for line in findings(result)]
    return {
        "score": sum(result.score for result in results),
        "output": "\n".join([*lines, *remarks]),
        "output_format": "text",
        "tests": tests,
        "extra_data": _extra_data(results, remarks),
    }


def _tests(number: int, result: Result) -> Iterator[dict[str, Any]]:
    """One test a case. What forbidden operations cost is taken from each in proportion."""
    hints = _hints(result)
    full = sum(verdict.score for verdict in result.verdicts)
    share = result.score / full if full else 0
    for i, verdict in enumerate(result.verdicts, 1):
        case = verdict.case
        yield {
            "name": f"{case.name}: {case.title}",
            "number": f"{number}.{i}",
            "score": verdict.score * share,
            "max_score": case.points,
            "status": "passed" if verdict.status == "passed" else "failed",
            "output": "\n".join(_explained(verdict, hints)),
            "visibility": "visible",
        }


def _extra_data(results: Sequence[Result], remarks: list[str]) -> dict[str, Any]:
    verdicts = [verdict for result in results for verdict in result.verdicts]
    return {
        "findings": {
            result.question.name: list(findings(result))
            for result in results
            if result.findings or result.refusals
        },
        "errors": [verdict.case.name for verdict in verdicts if verdict.status == "error"],
        "misconceptions": {
            verdict.case.name: ", ".join(cause.names)
            for result in results
            for cause in result.causes
            if cause.names
            for verdict in cause.verdicts
        },
        "remarks": remarks,
    }


def console() -> Console:
    """Returns a console for stdout, with colour on a terminal only, and not against NO_COLOR."""
    return Console(soft_wrap=True, highlight=False, markup=False)
