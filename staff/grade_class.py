"""Grades a class at once: a download of Moodle, Canvas or Gradescope, or a folder of A3_UID.zip.

    python -m staff.grade_class SUBMISSIONS --out DIR

DIR gets results/, one file a submission; grades.csv; feedback/, and feedback.zip for Moodle; and
summary.html. What is in results/ already is not graded again, so that the same command goes on
after Ctrl-C, and takes a change of the rubric without a run.

A submission runs behind two walls, the gate and the operating system's, each of which is attacked
before anything is graded. The second one is Linux's; elsewhere, and with --no-confine, each
submission has a process of its own as with autograder.py.

Exit status: 0; 1 if a file cannot be read or written; 2 bad usage; 130 for Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import os
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from grading import GraderError
from grading.cases import Question, read_questions
from grading.operations import TABLES
from grading.pipeline import mark
from grading.runner import Runner
from grading.source import Source
from grading.whole import whole, write_text
from staff.command import run_tool
from staff.grades import Row, give_marks, override, row_of, tell, write_grades, write_key
from staff.intake import HandIn, read_class
from staff.moodle import COLUMNS, members, read_worksheet, write_feedback, write_worksheet
from staff.results import Graded, Store
from staff.summary import numbers, write_summary

ROOT = Path(__file__).parent.parent
COLUMNS_HELP = f"what the worksheet calls {', '.join(COLUMNS)} (in English)"
PATIENCE = 3  # times that a submission is begun where the server of processes is lost
NO_WALL = "; the operating system's wall is not up: each submission has a process of its own"


def main() -> None:
    options = parse_arguments()
    questions = read_questions(options.cases)
    hand_ins = read_class(options.submissions)
    results = options.out / "results"
    results.mkdir(parents=True, exist_ok=True)
    store = Store(results, options.cases, questions)
    asked = asked_for(hand_ins, options.only, options.shard)
    check_given(options, hand_ins, questions)
    todo = missing(store, asked, again=options.only is not None)
    try:
        if todo:
            with walls(options, questions) as server:
                Class(store, server, options).grade(todo)
    except KeyboardInterrupt:
        left = missing(store, asked)
        print(
            f"{len(todo) - len(left)} of {len(todo)} submissions were graded; "
            "the same command goes on with the others",
            file=sys.stderr,
        )
        raise
    write_all(options, hand_ins, store)


def write_all(options: argparse.Namespace, hand_ins: list[HandIn], store: Store) -> None:
    """Writes all that is made of results: of those that are there."""
    rows = [row_of(h, kept(store, h), store.questions) for h in hand_ins]
    put_in(rows, store.questions, remember(options, "q5"), remember(options, "overrides"))
    tell(rows)
    sheet = read_worksheet(options.worksheet, options.columns) if options.worksheet else None
    feedback = options.out / "feedback"
    feedback.mkdir(exist_ok=True)
    for row in rows:
        if row.report:
            write_text(feedback / f"{row.hand_in.label}.txt", row.report)
            write_text(feedback / f"{row.hand_in.label}.html", row.page)
    by_person = {p: row for p, row in members(rows, sheet).items() if row.report}
    write_feedback(options.out / "feedback.zip", by_person)
    if sheet:
        path = options.out / "worksheet.csv"
        write_worksheet(path, sheet, by_person, options.decimal)
    names = numbers(rows) if options.anonymous else None
    if names:
        write_key(options.out / "key.csv", rows, names)
    write_summary(options.out / "summary.html", rows, store.questions, names)
    write_grades(options.out, rows)
    for status, count in sorted(Counter(row.status for row in rows).items()):
        print(f"{count:5} {status}")
    print(options.out / "summary.html")


def check_given(
    options: argparse.Namespace, hand_ins: list[HandIn], questions: dict[str, Question]
) -> None:
    """Reads what persons gave before anything is graded or written.

    Raises: GraderError or OSError if there is a slip in it.
    """
    rows = [row_of(hand_in, None, questions) for hand_in in hand_ins]
    put_in(rows, questions, given_or_kept(options, "q5"), given_or_kept(options, "overrides"))
    if options.worksheet:
        read_worksheet(options.worksheet, options.columns)


def put_in(
    rows: list[Row], questions: Mapping[str, Question], q5: Path | None, overrides: Path | None
) -> None:
    give_marks(rows, q5)
    override(rows, overrides, {name: question.points for name, question in questions.items()})


def given_or_kept(options: argparse.Namespace, name: str) -> Path | None:
    """Returns the file of an option, or the one that an earlier run has kept."""
    path = options.out / f"{name}.csv"
    return getattr(options, name) or (path if path.exists() else None)


def kept(store: Store, hand_in: HandIn) -> Graded | None:
    if hand_in.source is None or not store.has(hand_in.source):
        return None
    return store.read(hand_in.source)


def remember(options: argparse.Namespace, name: str) -> Path | None:
    """Keeps a file that persons wrote beside the grades, so that it survives every regrading.

    Returns the last one that was given.
    """
    given = given_or_kept(options, name)
    path = options.out / f"{name}.csv"
    if given is None or given.absolute() == path.absolute():
        return given
    blob = given.read_bytes()
    with whole(path) as part:
        part.write_bytes(blob)
    return path


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "grade_class", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("submissions", type=Path, metavar="SUBMISSIONS", help="a zip or a folder")
    add("--out", type=place, metavar="DIR", required=True, help="where all of it goes")
    add("--cases", type=Path, metavar="DIR", help="the cases to grade with (test_cases)")
    only_help = "grade this one alone, and again what was not run: a UID, or a participant's id"
    add("--only", type=name, metavar="UID", help=only_help)
    add("--shard", type=shard, metavar="K/N", help="grade every Nth, beginning with the Kth")
    add("--budget", type=seconds, metavar="S", help="seconds that a submission may take (60)")
    add("--timeout", type=seconds, metavar="S", help="seconds that a case may take (10)")
    add("--no-confine", action="store_true", help="a container around this does that work")
    add("--q5", type=Path, metavar="FILE", help="marks of question 5: uid, points, remark")
    overrides_help = "uid, question, points, reason; it takes the place of an earlier file"
    add("--overrides", type=Path, metavar="FILE", help=overrides_help)
    add("--worksheet", type=Path, metavar="FILE", help="fill in Moodle's offline grading worksheet")
    add("--columns", type=columns, default={}, metavar="K=NAME,...", help=COLUMNS_HELP)
    add("--decimal", choices=[".", ","], help="the worksheet's decimal point (as it has it)")
    add("--anonymous", action="store_true", help="numbers for names in summary.html, and key.csv")
    parser.set_defaults(cases=ROOT / "test_cases", budget=60.0, timeout=10.0)
    options = parser.parse_args()
    if options.out.absolute().is_relative_to(options.submissions.absolute()):
        parser.error(f"--out must not lie in SUBMISSIONS, got {options.out}")
    if (options.columns or options.decimal) and not options.worksheet:
        parser.error("--columns and --decimal go with --worksheet only")
    return options


def place(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("must be a path, got ''")
    return Path(text)


def name(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("must be a name, got ''")
    return text


def shard(text: str) -> tuple[int, int]:
    """Reads "2/8"."""
    first, _, count = text.partition("/")
    numbers = int(first), int(count)
    if not 1 <= numbers[0] <= numbers[1]:
        raise argparse.ArgumentTypeError(f"must be K/N with K from 1 to N, got {text}")
    return numbers


def columns(text: str) -> dict[str, str]:
    """Reads "grade=Bewertung,comments=Feedback als Kommentar"."""
    pairs = dict(part.split("=", 1) for part in text.split(","))
    unknown = ", ".join(sorted(pairs.keys() - COLUMNS.keys()))
    if unknown:
        known = ", ".join(COLUMNS)
        raise argparse.ArgumentTypeError(f"must name some of {known}, got {unknown}")
    return pairs


def seconds(text: str) -> float:
    value = float(text)
    if not value > 0:
        raise argparse.ArgumentTypeError(f"must be positive, got {text}")
    return value


def asked_for(
    hand_ins: list[HandIn], only: str | None, shard: tuple[int, int] | None
) -> list[HandIn]:
    """Returns the hand-ins that the options ask for. Raises: GraderError if ``only`` is nobody."""
    if shard:
        hand_ins = hand_ins[shard[0] - 1 :: shard[1]]
    if only is None:
        return hand_ins
    found = [h for h in hand_ins if only in (h.uid, h.participant, h.label)]
    if not found:
        raise GraderError(f"--only must be a UID or an id of the class, got {only!r}")
    return found


def missing(store: Store, hand_ins: Iterable[HandIn], again: bool = False) -> list[Source]:
    """Returns the sources without a result, each once, however many have handed it in.

    Args:
        again: whether a result counts for none where cases were ended or not run.
    """
    sources = {store.key(hand_in.source): hand_in.source for hand_in in hand_ins if hand_in.source}
    return [
        source
        for source in sources.values()
        if not store.has(source) or (again and not store.read(source).is_final)
    ]


@contextlib.contextmanager
def walls(options: argparse.Namespace, questions: dict[str, Question]):
    """Yields what starts a process of a submission's: behind the second wall, which has held.

    Raises: GraderError if there is no such wall, or if it has a hole.
    """
    if sys.platform != "linux" or options.no_confine:
        print(f"grade_class: on {sys.platform}{NO_WALL}", file=sys.stderr)
        yield None
        return
    from staff.children import Server
    from staff.confine import missing

    way_out = "--no-confine says that a container around this does that work"
    lacking = missing()
    if lacking:
        raise GraderError(f"the second wall cannot be put up, since {lacking}; {way_out}")
    with Server() as server:
        first = next(iter(questions.values())).cases[0]
        case = options.cases.absolute() / f"{first.name}.safetensors"
        fallen = server.attack(str(case), str(options.out.absolute() / "results"))
        if fallen:
            raise GraderError(f"the second wall did not refuse to {', '.join(fallen)}; {way_out}")
        yield server


class Class:
    """Grades many submissions, as many at once as there are processors.

    Args:
        server: forks walled children; None where each submission has a process of its own.
    """

    def __init__(self, store: Store, server, options: argparse.Namespace):
        self._store = store
        self._server = server
        self._options = options
        self._stopping = threading.Event()

    def grade(self, sources: list[Source]) -> None:
        """Grades them, and alone at the end what ran out of time or lost its process."""
        with bar(len(sources)) as advance:
            again = self._at_once(sources, advance)
            for source in again:
                self._one(source, patient=True)
                advance()

    def _at_once(self, sources: list[Source], advance: Callable[[], None]) -> list[Source]:
        """Returns those that have to be tried again."""
        again = []
        with ThreadPoolExecutor(processors()) as pool:
            futures = {pool.submit(self._one, source): source for source in sources}
            try:
                for future in as_completed(futures):
                    if future.result():
                        advance()
                    else:
                        again.append(futures[future])
            except BaseException:
                self._stop()
                for future in futures:
                    future.cancel()
                raise
        return sorted(again, key=sources.index)

    def _stop(self) -> None:
        self._stopping.set()
        if self._server:
            self._server.stop()

    def _one(self, source: Source, patient: bool = False) -> bool:
        """Grades one and keeps the result; returns whether it is final.

        Args:
            patient: whether this is its last try.
        """
        graded = self._graded(source, patient)
        if graded.is_final or patient:
            self._store.write(source, graded)
            return True
        return False

    def _graded(self, source: Source, patient: bool) -> Graded:
        for attempt in range(PATIENCE):
            try:
                return self._run(source, patient)
            except GraderError:
                lost = self._server and not self._stopping.is_set()
                if not lost or attempt == PATIENCE - 1:
                    raise
        raise AssertionError("the last attempt returns or raises")

    def _run(self, source: Source, patient: bool) -> Graded:
        marked = self._store.lent(source)
        start = self._server.fork if self._server else None
        options = self._options
        with Runner(source, TABLES, options.timeout, budget=options.budget, start=start) as runner:
            for question in self._store.questions.values():
                cases = tuple(case for case in question.cases if case.name not in marked)
                if cases:
                    left = dataclasses.replace(question, cases=cases)
                    for one in mark(left, runner, as_they_come, patient):
                        marked[one.verdict.case.name] = one
            return Graded(runner.load(), marked)


def as_they_come(outcomes, _):
    return outcomes


def processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def bar(total: int):
    """Shows how many are done and left, and how many a second; yields what says that one is."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("Grading", total=total, rate="")

        def advance() -> None:
            progress.advance(task)
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(task, rate=f"{speed:.1f} a second" if speed else "")

        yield advance


if __name__ == "__main__":
    run_tool("grade_class", main)
