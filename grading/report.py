"""Shows the verdicts: as text on a terminal or in a file, and as Gradescope's results.json."""

import json
from dataclasses import dataclass

from rich.console import Console
from rich.text import Text

from .cases import Question
from .judge import Verdict
from .policy import Finding

STYLES = {"passed": "green", "failed": "red", "error": "yellow"}


@dataclass(frozen=True)
class Result:
    """What one question earned. Findings are the operations it may not use."""

    question: Question
    verdicts: tuple[Verdict, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def withheld(self):
        return any(finding.suspicious for finding in self.findings)

    @property
    def score(self):
        if self.withheld:
            return 0.0
        return sum(v.score for v in self.verdicts) * (1 - self.question.share if self.findings else 1)

    @property
    def lines(self):
        """What is said of the operations."""
        share = f"{self.question.share:.0%} of the marks"
        for f in self.findings:
            cost = "a person will look at this; marks are withheld until then" if f.suspicious else share
            yield f"{f'line {f.line}: ' if f.line else ''}{f.name} is not allowed here ({cost}). Instead: {f.instead}"


def number(points):
    return f"{points:.2f}".rstrip("0").rstrip(".")


def reason(verdict, brief=False):
    """Yields the lines that explain a verdict, and what was printed meanwhile."""
    case = verdict.case
    if verdict.failure and not brief:
        yield from verdict.failure.text.splitlines()
        if verdict.misconception:
            yield f"Likely: {case.hints[verdict.misconception]}"
        arguments = case.request["calls"][0]["arguments"]
        by_name = not isinstance(arguments, list)
        arguments = [f"{name}={x!r}" for name, x in arguments.items()] if by_name else map(repr, arguments)
        inputs = ", ".join(f"{name} {value.shape}" for name, value in case.inputs(0).items())
        yield f"Try: {case.request['layer']}({', '.join(arguments)}) on {inputs}"
    if verdict.printed:
        yield "Printed meanwhile:"
        yield from (f"  {line}" for line in verdict.printed.splitlines())


def show_question(result, console):
    question, failures = result.question, {(v.failure and v.failure.text, v.misconception) for v in result.verdicts}
    alike = len(failures) == 1 < len(result.verdicts)  # a class that is missing, say, fails every case
    title = f"Question {question.name}: {question.title}"
    console.print(f"\n{title}\n{'=' * len(title)}\n", style="bold")
    for verdict in result.verdicts:
        head = f"{verdict.status.upper():6} {number(verdict.score):>4}/{number(verdict.case.points)}"
        head, name = (head, STYLES[verdict.status]), (verdict.case.name, "dim")
        console.print(Text.assemble(head, f"  {verdict.case.title}  ", name))
        for line in reason(verdict, brief=alike):
            console.print(f"             {line}")
    if alike and result.verdicts[0].failure:
        console.print("\nEach of these:", *reason(result.verdicts[0]), sep="\n             ")
    for line in result.lines:
        console.print(line, style="red")
    console.print(f"\n### Question {question.name}: {number(result.score)}/{number(question.points)} ###")


def show(results, remarks, console):
    for result in results:
        show_question(result, console)
    for remark in remarks:
        console.print(f"\nRemark: {remark}", style="yellow")
    console.print("\nProvisional grades\n==================", style="bold")
    for r in results:
        withheld = " (withheld: a person will look at it)" if r.withheld else ""
        console.print(f"Question {r.question.name}: {number(r.score)}/{number(r.question.points)}{withheld}")
    earned, possible = sum(r.score for r in results), sum(r.question.points for r in results)
    console.print(f"Total: {number(earned)}/{number(possible)}", style="bold")


def gradescope(results, remarks):
    """Returns results.json as Gradescope reads it: https://gradescope-autograders.readthedocs.io/en/latest/specs/."""
    tests, verdicts = [], [verdict for result in results for verdict in result.verdicts]
    for i, result in enumerate(results, 1):
        share = result.score / full if (full := sum(v.score for v in result.verdicts)) else 0
        for j, verdict in enumerate(result.verdicts, 1):
            tests.append({
                "name": f"{verdict.case.name}: {verdict.case.title}", "number": f"{i}.{j}",
                "score": verdict.score * share, "max_score": verdict.case.points,
                "status": "passed" if verdict.status == "passed" else "failed",
                "output": "\n".join(reason(verdict)), "visibility": "visible",
            })  # fmt: skip
    extra = {
        "withheld": [result.question.name for result in results if result.withheld],
        "findings": {result.question.name: list(result.lines) for result in results if result.findings},
        "errors": [verdict.case.name for verdict in verdicts if verdict.status == "error"],
        "misconceptions": {verdict.case.name: verdict.misconception for verdict in verdicts if verdict.misconception},
        "remarks": remarks,
    }
    output = "\n".join([*(line for result in results for line in result.lines), *remarks])
    score = sum(result.score for result in results)
    return {"score": score, "output": output, "output_format": "text", "tests": tests, "extra_data": extra}


def write_json(path, results, remarks):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(gradescope(results, remarks), file, indent=2)
        file.write("\n")


def console():
    """Returns a console for stdout: colour only where a terminal looks on and NO_COLOR does not forbid it."""
    return Console(soft_wrap=True, highlight=False, markup=False)
