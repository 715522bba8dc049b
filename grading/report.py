"""Shows the verdicts: as text on a terminal or in a file, and as Gradescope's results.json."""

import dataclasses
import json

from rich.console import Console
from rich.markup import escape

from .cases import Question
from .judge import Verdict
from .policy import Finding

STYLES = {"passed": "green", "failed": "red", "error": "yellow"}


@dataclasses.dataclass(frozen=True)
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


def number(points):
    return f"{points:.2f}".rstrip("0").rstrip(".")


def attempt(case):
    """Returns the call that a student can try by hand."""
    arguments = ", ".join(f"{name}={value!r}" for name, value in case.request["arguments"].items())
    inputs = ", ".join(f"{name} {value.shape}" for name, value in case.inputs(len(case.request["calls"]) - 1).items())
    return f"{case.request['layer']}({arguments}) on {inputs}"


def reason(verdict):
    """Yields the lines that explain a verdict that is not a pass."""
    if verdict.failure:
        yield from verdict.failure.text.splitlines()
    if verdict.misconception:
        yield f"Likely: {verdict.case.hints[verdict.misconception]}"
    if verdict.failure:
        yield f"Try: {attempt(verdict.case)}"
    if verdict.printed:
        yield "Printed meanwhile:"
        yield from (f"  {line}" for line in verdict.printed.splitlines())


def explain(finding, share):
    lost = (
        "a person will look at this; marks are withheld until then"
        if finding.suspicious
        else f"{share:.0%} of the marks"
    )
    return f"line {finding.line}: {finding.name} is not allowed here ({lost}). Instead: {finding.instead}"


def show_question(result, console):
    question = result.question
    title = f"Question {question.name}: {question.title}"
    console.print(f"\n{title}\n{'=' * len(title)}\n", style="bold", highlight=False)
    for verdict in result.verdicts:
        head = f"{verdict.status.upper():6} {number(verdict.score):>4}/{number(verdict.case.points)}"
        style = STYLES[verdict.status]
        console.print(f"[{style}]{head}[/]  {escape(verdict.case.title)}  [dim]{verdict.case.name}[/]", highlight=False)
        for line in reason(verdict) if verdict.status != "passed" else ():
            console.print(f"             {line}", highlight=False, markup=False)
    for finding in result.findings:
        console.print(explain(finding, question.share), style="red", highlight=False, markup=False)
    console.print(
        f"\n### Question {question.name}: {number(result.score)}/{number(question.points)} ###", highlight=False
    )


def show_grades(results, remarks, console):
    for remark in remarks:
        console.print(f"\nRemark: {remark}", highlight=False, markup=False)
    console.print("\nProvisional grades\n==================", style="bold", highlight=False)
    for r in results:
        withheld = " (withheld: a person will look at it)" if r.withheld else ""
        console.print(
            f"Question {r.question.name}: {number(r.score)}/{number(r.question.points)}{withheld}", highlight=False
        )
    earned, possible = sum(r.score for r in results), sum(r.question.points for r in results)
    console.print(f"Total: {number(earned)}/{number(possible)}", style="bold", highlight=False)


def gradescope(results, remarks):
    """Returns results.json as Gradescope reads it: https://gradescope-autograders.readthedocs.io/en/latest/specs/."""
    tests = []
    for i, result in enumerate(results, 1):
        share = result.score / full if (full := sum(v.score for v in result.verdicts)) else 0
        for j, verdict in enumerate(result.verdicts, 1):
            tests.append({
                "name": f"{verdict.case.name}: {verdict.case.title}", "number": f"{i}.{j}",
                "score": verdict.score * share, "max_score": verdict.case.points,
                "status": "passed" if verdict.status == "passed" else "failed",
                "output": "\n".join(reason(verdict)) if verdict.status != "passed" else "", "visibility": "visible",
            })  # fmt: skip
    flagged = {r.question.name: [explain(f, r.question.share) for f in r.findings] for r in results if r.findings}
    return {
        "score": sum(r.score for r in results),
        "output": "\n".join(line for lines in flagged.values() for line in lines),
        "output_format": "text",
        "tests": tests,
        "extra_data": {
            "withheld": [r.question.name for r in results if r.withheld],
            "findings": flagged,
            "errors": [v.case.name for r in results for v in r.verdicts if v.status == "error"],
            "misconceptions": {v.case.name: v.misconception for r in results for v in r.verdicts if v.misconception},
            "remarks": remarks,
        },
    }


def write_json(path, results, remarks):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(gradescope(results, remarks), file, indent=2)
        file.write("\n")


def console():
    """Returns a console for stdout: colour only where a terminal looks on and NO_COLOR does not forbid it."""
    return Console(soft_wrap=True)
