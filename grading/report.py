"""Shows the results: as text on a terminal or in a file, and as Gradescope's results.json."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from os import PathLike
from typing import Any

from rich.console import Console
from rich.text import Text

from .cases import as_text
from .changes import Change, QuestionChange, Told
from .closeup import WIDEST, arguments_of, closeup
from .declaration import read_declaration
from .diagnosis import Cause
from .handin import is_unwritten, renamed, slips
from .judge import Verdict
from .messages import meaning
from .operations import Finding
from .outcome import SKIPPED, Outcome, Raised, Refusal
from .pipeline import Result
from .snippet import construction
from .whole import write_text

STYLES = {"passed": "green", "failed": "red", "error": "yellow"}
MARGIN = 3  # of what is said of a cause
HANG = 2  # of what does not fit a line, below its beginning
INDENT = 13  # of what is said of a case in a list of all
MOST_REFUSALS = 10  # that are shown of a question
MOST_NAMES = 5  # of the cases that a cause explains
MOST_FRAMES = 2  # of an exception; the innermost says most

# What stays of an earlier grading, beside causes.
KEPT = {Finding: "forbidden operation", Refusal: "refused call", Verdict: "error"}

# How an exercise that nobody has begun fails.
UNWRITTEN = (
    "NotImplementedError",
    "TypeError: the output must be a torch.Tensor, got NoneType",
    "AttributeError: the layer has no parameter",
)


class Page:
    """Lines on a console, wrapped by words where that is a terminal.

    Attributes:
        width: of a line, where there is a terminal.
    """

    def __init__(self, console: Console):
        self._console = console
        self.width = console.width if console.is_terminal else None

    def put(self, text: str | Text = "", indent: int = 0, lead: str = "", style: str = "") -> None:
        """Writes a text; lines after its first stand behind the lead."""
        body = text if isinstance(text, Text) else Text(text, style)
        lines = list(body.split("\n", allow_blank=True))
        if self.width:
            room = max(self.width - indent - len(lead), 20)
            hang = 0 if lead else HANG
            lines = [part for line in lines for part in self._wrapped(line, room, hang)]
        for i, line in enumerate(lines):
            before = lead if i == 0 else " " * len(lead)
            whole = Text(" " * indent + before, style) + line
            whole.rstrip()
            self._console.print(whole)

    def _wrapped(self, line: Text, room: int, hang: int) -> list[Text]:
        """The line in pieces that fit, of which all but the first stand below its first word."""
        if line.cell_len <= room:
            return [line]
        begins = len(line.plain) - len(line.plain.lstrip()) + hang
        first, *others = line.wrap(self._console, max(room - begins, 20))
        return [first, *(Text(" " * begins) + other for other in others)]


def show(
    results: Sequence[Result],
    remarks: Sequence[str],
    console: Console,
    source: str = "",
    verbose: bool = False,
) -> None:
    """Shows causes first; with ``verbose``, all cases behind them.

    Args:
        source: the text of the submission, for what is said of a question as a whole.
    """
    page = Page(console)
    for result in results:
        _show_question(result, source, verbose, page)
    for remark in remarks:
        _show_remark(remark, page)
    show_grades(results, console)


def show_grades(results: Sequence[Result], console: Console) -> None:
    """Shows the points of every question, and their total."""
    page = Page(console)
    page.put("\nProvisional grades\n==================", style="bold")
    for result in results:
        points = _points(result.score, result.question.points)
        page.put(f"Question {result.question.name}: {points}")
    earned = sum(result.score for result in results)
    possible = sum(result.question.points for result in results)
    page.put(f"Total: {_points(earned, possible)}", style="bold")


def _show_remark(remark: str, page: Page) -> None:
    # Of what a submission says no line stands at the margin, where the report's own stand.
    first, *others = remark.splitlines()
    page.put()
    page.put(first, lead="Remark: ", style="yellow")
    for line in others:
        words = line.lstrip()
        page.put(words, indent=4 + len(line) - len(words), style="yellow")


def show_change(change: Change, console: Console, clock: str, verbose: bool = False) -> None:
    """Shows what an edit changed, in full only what is new.

    Args:
        clock: the time of day.
        verbose: whether each case that came out otherwise is listed, too.
    """
    page = Page(console)
    now = change.now
    total = f"Total: {_points(now.score, now.points)}"
    if not change:
        page.put(f"\n{clock} Nothing changed. {total}")
        return
    page.put(f"\n{clock}", style="bold")
    for i, question in enumerate(filter(None, change.questions)):
        if i:
            page.put()
        _show_question_change(question, verbose, page)
    for remark in change.remarks:
        _show_remark(remark, page)
    if len(now.results) > 1:
        page.put(f"\n{total}{_gained(change.gained)}", style="bold")


def _show_question_change(change: QuestionChange, verbose: bool, page: Page) -> None:
    result = change.result
    points = f"{_points(result.score, result.question.points)}{_gained(change.gained)}"
    page.put(f"Question {result.question.name}: {points}", style="bold")
    for gone in change.gone:
        line = _in_one_line(_line_of(gone.thing, result))
        if gone.is_mended:
            page.put(f"Gone: {line}", style="green")
        else:
            page.put(f"No longer seen: {line}", style="yellow")
    kept = _kept(change.kept)
    if kept:
        page.put(f"Still there: {kept}")
    _show_causes([thing for thing in change.new if isinstance(thing, Cause)], page)
    _show_skipped(result, page)
    others = [thing for thing in change.new if not isinstance(thing, Cause)]
    for thing in others:
        page.put()
        page.put(_line_of(thing, result), style="red")
    if verbose:
        _show_cases(result, page, change.verdicts)
    elif change.prints:
        _show_prints(result, page)


def _line_of(thing: Told, result: Result) -> str:
    """What is said of anything that a question is told, but for a cause's example."""
    if isinstance(thing, Cause):
        return _told(thing)
    if isinstance(thing, Finding):
        return _not_allowed(thing, result)
    if isinstance(thing, Refusal):
        return refused(thing)
    if isinstance(thing, Verdict):
        return f"{thing.case.name}: {thing.failure.text if thing.failure else thing.status}"
    return thing


def _kept(things: Sequence[Told]) -> str:
    """Counts what is not told again."""
    causes = [thing for thing in things if isinstance(thing, Cause)]
    counts = [thing for thing in things if isinstance(thing, str)]
    if causes:
        cost = plural(sum(cause.points for cause in causes), "point")
        counts.append(f"{plural(len(causes), 'cause')} ({cost})")
    for kind, noun in KEPT.items():
        count = sum(isinstance(thing, kind) for thing in things)
        if count:
            counts.append(plural(count, noun))
    return ", ".join(counts)


def _gained(points: float) -> str:
    text = as_text(abs(points))
    if text == "0":
        return ""
    return f" ({'+' if points > 0 else '-'}{text})"


def _show_question(result: Result, source: str, verbose: bool, page: Page) -> None:
    question = result.question
    title = f"Question {question.name}: {question.title}"
    page.put(f"\n{title}\n{'=' * len(title)}\n", style="bold")
    points = _points(result.score, question.points)
    page.put(f"### Question {question.name}: {points} ###")
    as_a_whole = headline(result, source)
    if as_a_whole:
        page.put()
        page.put(as_a_whole, style="red")
    else:
        _show_causes(result.causes, page)
    _show_errors(result, page)
    _show_skipped(result, page)
    told = list(findings(result))
    if told:
        page.put()
    for text in told:
        page.put(text, style="red")
    _show_passed(result, page)
    if verbose:
        _show_cases(result, page)
    else:
        _show_prints(result, page)


def headline(result: Result, source: str) -> str | None:
    """Returns what is said of a question as a whole in place of causes, if anything is."""
    if result.missing:
        return f"{result.missing}{renamed(source, result.question.layer)}"
    failures = [verdict.failure for verdict in result.verdicts]
    signs = [failure.raised.summary if failure and failure.raised else "" for failure in failures]
    layer = result.question.layer
    if all(sign.startswith(UNWRITTEN) for sign in signs) and is_unwritten(source, layer):
        return f"{layer} is not written yet."
    return None


def _in_order(causes: Sequence[Cause]) -> list[Cause]:
    """What is known comes first, and of that one mistake before two at once.

    Of causes that are alike in this, the dearer stays before the cheaper.
    """
    return sorted(causes, key=lambda cause: (not cause.names, len(cause.names)))


def _told(cause: Cause) -> str:
    """What is wrong, or what is seen of it: of an exception, the line comes with the example."""
    if cause.names:
        return cause.text
    failure = cause.verdicts[0].failure
    if failure and failure.raised:
        return failure.raised.summary
    text = cause.text
    return f"{text[:1].upper()}{text[1:]}; no mistake that the grader knows explains it."


def numbered(causes: Sequence[Cause]) -> Iterator[tuple[int, str, Cause]]:
    """Yields the causes in the report's order: number, text, cause; a mistake is told once."""
    told: dict[str, int] = {}  # under which number a mistake stands
    for number, cause in enumerate(_in_order(causes), 1):
        text = _told(cause)
        if cause.names:
            text = _once(text, told)
            for mistake in cause.text.splitlines():
                told.setdefault(mistake, number)
        yield number, text, cause


def _show_causes(causes: Sequence[Cause], page: Page) -> None:
    for number, text, cause in numbered(causes):
        page.put()
        lead = f"{number}."
        page.put(text, lead=f"{lead:{MARGIN}}", style="bold")
        page.put(_cost(cause), indent=MARGIN, style="red")
        page.put()
        _show_example(cause, page)


def _once(text: str, told: dict[str, int]) -> str:
    """The text, with a number in place of each mistake that has been told."""
    new = [line for line in text.splitlines() if line not in told]
    numbers = [str(n) for n in sorted(told[line] for line in text.splitlines() if line in told)]
    if not numbers:
        return text
    if not new:
        return f"{' and '.join(numbers)} together."
    return "\n".join([*new, f"Together with {' and '.join(numbers)}."])


def _cost(cause: Cause) -> str:
    """Says what a cause costs and which cases it explains, in a line."""
    count = len(cause.verdicts)
    names = [verdict.case.name.partition("/")[2] for verdict in cause.verdicts]
    shown = names
    if count > MOST_NAMES:
        shown = [*names[: MOST_NAMES - 1], f"and {count - MOST_NAMES + 1} more"]
    cases = "1 case" if count == 1 else f"{count} cases"
    return f"costs {plural(cause.points, 'point')} in {cases}: {', '.join(shown)}"


def plural(points: float, noun: str) -> str:
    return f"{as_text(points)} {noun}{'' if points == 1 else 's'}"


def _show_example(cause: Cause, page: Page) -> None:
    verdict = cause.verdicts[0]
    which = "In" if len(cause.verdicts) == 1 else "For example in"
    page.put(f"{which} {verdict.case.name}, {verdict.case.title}:", indent=MARGIN)
    room = (page.width or WIDEST) - MARGIN
    for line in _example(verdict, room, _told(cause)):
        page.put(line, indent=MARGIN)


def _example(verdict: Verdict, room: int = WIDEST, told: str = "") -> Iterator[str | Text]:
    """Yields what went wrong in a case: what differs where, or the line that raised; the numbers.

    Args:
        told: what has been said before, and is not said again.
    """
    failure = verdict.failure
    if failure is None:
        return
    if failure.raised:
        yield from _exception(failure.raised, told)
    elif failure.text != told:
        yield failure.text
    yield from closeup(verdict, room)
    if not is_skipped(verdict):
        yield f"Try: {tried(verdict)}"
        yield f"Its numbers: python autograder.py --case {verdict.case.name} --show"


def _exception(raised: Raised, told: str) -> Iterator[str]:
    for frame in raised.frames[-MOST_FRAMES:]:
        yield f"line {frame.line}, in {frame.function}: {frame.source}"
        if frame.shapes:
            yield f"  where {frame.shapes}"
    if raised.summary != told:
        yield raised.summary
    words = meaning(raised.message)
    if words:
        yield words


def _show_errors(result: Result, page: Page) -> None:
    for verdict in result.verdicts:
        if verdict.status == "error" and verdict.failure:
            page.put()
            page.put(_head(verdict))
            page.put(verdict.failure.text, indent=INDENT)


def _show_skipped(result: Result, page: Page) -> None:
    skipped = [verdict for verdict in result.verdicts if is_skipped(verdict)]
    if skipped:
        page.put(f"\nNot run: {len(skipped)} cases, since {SKIPPED}")


def _show_passed(result: Result, page: Page) -> None:
    passed = [verdict for verdict in result.verdicts if verdict.status == "passed"]
    if passed:
        points = sum(verdict.score for verdict in passed)
        cases = "1 case" if len(passed) == 1 else f"{len(passed)} cases"
        page.put()
        page.put(f"Passed: {cases}, {plural(points, 'point')}", style="green")


def _show_cases(result: Result, page: Page, verdicts: Sequence[Verdict] | None = None) -> None:
    """All cases in their order, or some, each with all that is known of it."""
    page.put()
    causes = causes_by_verdict(result)
    room = (page.width or WIDEST) - INDENT
    for verdict in result.verdicts if verdicts is None else verdicts:
        page.put(_head(verdict))
        for text in _explained(verdict, causes.get(id(verdict), ""), room):
            page.put(text, indent=INDENT)


def _show_prints(result: Result, page: Page) -> None:
    """What a submission printed in one case: it prints the same in most."""
    verdict, count = example_of_prints(result)
    if verdict is None:
        return
    others = ""
    if count > 1:
        others = f" ({count - 1} other cases printed, too: --verbose)"
    page.put()
    page.put(f"Printed in {verdict.case.name}{others}:")
    for line in verdict.printed.splitlines():
        page.put(line, indent=MARGIN)


def example_of_prints(result: Result) -> tuple[Verdict | None, int]:
    """Returns a case that printed, rather one that failed, and how many cases printed."""
    printed = [verdict for verdict in result.verdicts if verdict.printed]
    first = printed[0] if printed else None
    return next((verdict for verdict in printed if verdict.failure), first), len(printed)


def _head(verdict: Verdict) -> Text:
    points = f"{as_text(verdict.score):>4}/{as_text(verdict.case.points):<4}"
    head = f"{verdict.status.upper():6} {points}"
    name = (verdict.case.name, "dim")
    return Text.assemble((head, STYLES[verdict.status]), f" {verdict.case.title}  ", name)


def is_skipped(verdict: Verdict) -> bool:
    return verdict.failure is not None and verdict.failure.kind == "skipped"


def findings(result: Result) -> Iterator[str]:
    """Yields what is said of operations that may not be used, and of what was refused."""
    for finding in result.findings:
        yield _not_allowed(finding, result)
    for refusal in result.refusals[:MOST_REFUSALS]:
        yield refused(refusal)
    left_out = len(result.refusals) - MOST_REFUSALS
    if left_out > 0:
        yield f"and {left_out} more that did not run"


def _not_allowed(finding: Finding, result: Result) -> str:
    cost = f"{result.share(finding):.0%} of the marks"
    name = f"{_where(finding.line)}{_in_one_line(finding.name)}"
    return f"{name} is not allowed here ({cost}). Instead: {finding.instead}"


def refused(refusal: Refusal) -> str:
    what = _in_one_line(refusal.what)
    return f"{_where(refusal.line)}{what} is out of a layer's reach, and did not run"


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _where(line: int | None) -> str:
    return f"line {line}: " if line else ""


def causes_by_verdict(result: Result) -> dict[int, str]:
    """The text of each failed verdict's cause, by the identity of the verdict.

    Of an exception without a name there is none: it says all itself.
    """
    return {
        id(verdict): cause.text
        for cause in result.causes
        for verdict in cause.verdicts
        if cause.names or not (verdict.failure and verdict.failure.raised)
    }


def _explained(verdict: Verdict, cause: str, room: int = WIDEST) -> Iterator[str | Text]:
    """Yields the lines that explain a verdict, its cause first, and what was printed meanwhile."""
    if verdict.failure:
        if cause and cause != verdict.failure.text:
            yield cause
        raised = verdict.failure.raised
        if raised and raised.type == "NotImplementedError":
            yield f"{verdict.case.request['layer']} is not written yet."
        yield verdict.failure.text
        words = meaning(raised.message) if raised else None
        if words:
            yield words
        yield from closeup(verdict, room)
        if not is_skipped(verdict):
            yield f"Try: {tried(verdict)}"
    if verdict.printed:
        yield "Printed meanwhile:"
        for line in verdict.printed.splitlines():
            yield f"  {line}"


def tried(verdict: Verdict) -> str:
    """How a case's first call can be tried by hand."""
    case = verdict.case
    made = construction(case.request["layer"], arguments_of(case, 0))
    inputs = ", ".join(f"{name} {value.shape}" for name, value in case.inputs(0).items())
    return f"{made} on {inputs}"


def _points(earned: float, possible: float) -> str:
    return f"{as_text(earned)}/{as_text(possible)}"


def remarks(text: str, results: Sequence[Result], loaded: Outcome) -> list[str]:
    """Returns what of a submission is worth a remark or a question, and costs no marks."""
    declared = read_declaration(text)
    notes = [*declared.faults, *declared.questions, *slips(text)]
    if loaded.response:
        notes += [refused(refusal) for refusal in loaded.response.refused]
    if loaded.printed:
        notes.append(f"the file printed while it was loaded:\n{loaded.printed.rstrip()}")
    for result in results:
        if result.slow:
            names = ", ".join(result.slow)
            notes.append(f"{names}: out of time at first, and not when tried again alone")
    return notes


def no_program(name: str | PathLike[str], error: Raised) -> str:
    """Says why a source does not compile, and where."""
    line = f", line {error.frames[-1].line}" if error.frames else ""
    return f"{name}{line}: {error.message}"


def write_json(path: str | PathLike[str], results: Sequence[Result], remarks: list[str]) -> None:
    """Writes results.json. Raises: OSError if it cannot."""
    _write(path, gradescope(results, remarks))


def write_reason(path: str | PathLike[str], reason: str) -> None:
    """Writes a results.json of a submission that could not be graded at all."""
    results = gradescope([], [])
    _write(path, results | {"output": reason, "extra_data": {"errors": [reason]}})


def _write(path: str | PathLike[str], results: dict[str, Any]) -> None:
    write_text(path, json.dumps(results, indent=2) + "\n")


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
    full = sum(verdict.score for verdict in result.verdicts)
    share = result.score / full if full else 0
    causes = causes_by_verdict(result)
    for i, verdict in enumerate(result.verdicts, 1):
        case = verdict.case
        explained = _explained(verdict, causes.get(id(verdict), ""))
        yield {
            "name": f"{case.name}: {case.title}",
            "number": f"{number}.{i}",
            "score": verdict.score * share,
            "max_score": case.points,
            "status": "passed" if verdict.status == "passed" else "failed",
            "output": "\n".join(_plain(line) for line in explained),
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
        "causes": [cause for result in results for cause in _causes(result)],
        "remarks": remarks,
    }


def _causes(result: Result) -> Iterator[dict[str, Any]]:
    for cause in result.causes:
        yield {
            "question": result.question.name,
            "names": list(cause.names),
            "text": cause.text,
            "points": cause.points,
            "cases": [verdict.case.name for verdict in cause.verdicts],
        }


def _plain(line: str | Text) -> str:
    return line.plain if isinstance(line, Text) else line


def console() -> Console:
    """Returns a console for stdout, with colour on a terminal only, and not against NO_COLOR."""
    made = Console(soft_wrap=True, highlight=False, markup=False)
    if made.width < 1:  # by COLUMNS=0, of a terminal that does not know; rich would show nothing
        made.width = 80
    return made
