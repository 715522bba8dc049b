"""Grades layers.py, question by question, and says what is wrong and why.

    python autograder.py -q q1          one question; all is the default
    python autograder.py --case q3/negative-padding
    python autograder.py -q q1 --watch  again whenever layers.py is saved

Exit status: 0 full marks; 1 marks lost; 2 bad usage, or a file that cannot be read; 3 the grader
itself failed.
"""

import os
import sys

# The folder of this file is the student's too: a numpy.py or random.py there must not stand in for
# the library's. With -P or -I, Python has not put it first.
if not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    sys.path.pop(0)
sys.path.append(os.path.dirname(os.path.abspath(__file__)))

import importlib.util
import traceback
from argparse import ArgumentParser
from argparse import RawDescriptionHelpFormatter as RawText
from pathlib import Path

HERE = Path(__file__).absolute().parent
PACKAGES = ["psutil", "rich", "numpy", "safetensors", "torch"]
if sys.version_info < (3, 11):
    PACKAGES.append("tomli")


def main():
    sys.dont_write_bytecode = True  # a run leaves nothing beside the grader
    if sys.version_info < (3, 10):  # noqa: UP036 - whoever runs an older one is told so
        version = ".".join(map(str, sys.version_info[:3]))
        fail(f"Python must be 3.10 or newer, got {version} ({sys.executable})")
    if not os.path.isdir(HERE / "grading"):
        fail(f"{HERE} lacks the folder grading; leave this script beside it, and use --layers FILE")
    from grading import GraderError
    from grading.streams import prepare

    outlet = prepare()
    try:
        options = parse_arguments()
        require_packages(options)
        require_folder()
        status = stay(options, outlet) if options.watch else run(options)
        if outlet:
            sys.stdout.flush()
            if outlet.lost:
                fail(f"cannot write the report: {outlet.lost.strerror}")
        sys.exit(status)
    except KeyboardInterrupt:
        fail("interrupted", status=130)
    except Exception as error:  # never a student's zero
        # If it is a bug of ours, it shows where.
        fail(error if isinstance(error, GraderError) else traceback.format_exc(), status=3)


class Parser(ArgumentParser):
    def error(self, message):
        fail(f"{message} (--help lists the options)")


def parse_arguments():
    parser = Parser("autograder.py", description=__doc__, formatter_class=RawText)
    add = parser.add_argument
    add_one = parser.add_mutually_exclusive_group().add_argument
    add_one(
        "-q", "--question", metavar="Q", nargs="+", help="q1 to q4, several (q1,q3), or all (all)"
    )
    add_one("--case", metavar="NAME", help="only this case, as --list names it")
    add_one("--zip", metavar="UID", help="grade all, and pack A3_UID.zip if nothing is missing")
    add("--pdf", type=Path, metavar="FILE", help="the PDF to pack (answers.pdf beside layers.py)")
    add("--verbose", action="store_true", help="list every case, those that passed too")
    add("--show", action="store_true", help="with --case: print it as code that can be pasted")
    add("--list", action="store_true", help="show the cases and their points, and stop")
    add("--layers", metavar="FILE", help="the file to grade (layers.py)")
    add("--cases", metavar="DIR", help="the cases to grade with (test_cases)")
    add("--json", metavar="FILE", help="also write Gradescope's results.json")
    add("--html", metavar="FILE", help="also write the report as a page, with pictures")
    add("--watch", action="store_true", help="stay, and grade again whenever the file is saved")
    add("--debug", action="store_true", help="run in this process, so that pdb works")
    add("--timeout", type=float, metavar="S", help="seconds that a case may take (10)")
    add("--budget", type=float, metavar="S", help="seconds after which no case is begun (no end)")
    parser.set_defaults(question=["all"], layers=HERE / "layers.py", cases=HERE / "test_cases")
    parser.set_defaults(timeout=10.0, budget=float("inf"))
    options = parser.parse_args()
    if options.show and not options.case:
        parser.error("--show goes with --case only")
    if options.pdf and options.zip is None:
        parser.error("--pdf goes with --zip only")
    if options.watch:
        check_watch(options)
    if options.zip is not None:
        check_uid(options.zip)
    for name in ("timeout", "budget"):
        seconds = getattr(options, name)
        if not seconds > 0:
            parser.error(f"--{name} must be positive, got {seconds:g}")
    if not os.path.isdir(options.cases):
        parser.error(f"--cases must be a folder, got {str(options.cases)!r}")
    check_outputs(parser, options)
    options.pdf = options.pdf or Path(options.layers).parent / "answers.pdf"
    return options


def check_outputs(parser, options):
    for name in ("json", "html"):
        path = getattr(options, name)
        if path == "":
            parser.error(f"--{name} must be a file, got ''")
        if path and os.path.realpath(path) == os.path.realpath(options.layers):
            parser.error(f"--{name} must not be the file that is graded")
    if options.html and (options.list or options.show):
        parser.error("--html goes with a report only, not with --list or --show")


def check_watch(options):
    for name in ("zip", "list", "debug", "show"):
        if getattr(options, name) not in (None, False):
            fail(f"--watch does not go with --{name}")
    if os.path.isdir(options.layers):
        fail(f"--watch must have a file to watch, got the folder {str(options.layers)!r}")
    folder = os.path.dirname(options.layers) or os.curdir
    if not os.path.isdir(folder):
        fail(f"--watch must have a folder to watch, got {folder!r}")


def check_uid(uid):
    """Now, and not only after all has been graded."""
    from grading.handin import uid_fault

    fault = uid_fault(uid)
    if fault:
        fail(fault)


def require_packages(options):
    needed = [*PACKAGES]
    if options.html:
        needed.append("jinja2")
    if options.watch:
        needed.append("watchfiles")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        fail(f"packages are missing ({names}); pip install -r requirements.txt installs them")


def require_folder():
    try:
        os.getcwd()
    except OSError as error:
        fail(f"the working folder cannot be found ({error.strerror}); change to another")


def run(options):
    """Grades, reports, packs; returns the exit status."""
    from grading.source import Unreadable, read_source

    if options.list:
        list_cases(options)
        return 0
    forget_all(options)
    try:
        source = read_source(options.layers)
    except Unreadable as error:
        return nothing_to_grade(options, str(error))
    with start(options, source) as runner:  # the worker imports torch while this process goes on
        from grading.cases import read_questions
        from grading.pipeline import grade
        from grading.report import console, headline, no_program, show

        out = console()
        questions = select(options, read_questions(options.cases))
        results = list(grade(questions, runner, progress(options, out)))
        loaded = runner.load()
    if loaded.response and not loaded.response.compiled:
        return nothing_to_grade(options, no_program(options.layers, loaded.response.error))
    notes = remarks(options, source, results, loaded)
    write_results(options, results, notes, source.text)
    if options.show:
        print_code(results)
    else:
        show(results, notes, out, source.text, options.verbose)
    faults = [headline(result, source.text) for result in results if result.missing]
    if options.zip is not None:
        faults = pack_or_complain(options, source, loaded)
    if faults:
        fail(*faults)
    return exit_status(results)


def stay(options, outlet):
    """Grades whenever the file is saved, until Ctrl-C; returns the last grading's exit status."""
    from functools import partial

    from grading.runner import Spare

    forget_all(options)
    with Spare(options.timeout) as spare:  # it imports torch while this process goes on
        from grading.cases import read_questions
        from grading.report import console
        from grading.watch import Watch

        out = console()
        watch = Watch(
            path=options.layers,
            questions=select(options, read_questions(options.cases)),
            spare=spare,
            start=partial(start, options, worker=spare.take),
            track=progress(options, out),
            console=out,
            write=partial(write_results, options),
            write_reason=partial(write_nothing, options),
            is_read=lambda: outlet is None or outlet.is_read,
            verbose=options.verbose,
        )
        last = watch.run()
    if last is None or not watch.is_current or any(result.missing for result in last.results):
        return 2
    return exit_status(last.results)


def start(options, source, worker=None):
    """Returns what runs the submission: a worker that is starting, or for --debug this process."""
    if options.debug:
        from grading.debugger import Debugger

        return Debugger(source)
    from grading.operations import TABLES
    from grading.runner import Runner

    return Runner(source, TABLES, options.timeout, budget=options.budget, start=worker)


def forget_all(options):
    """Removes the results of an earlier run: whatever becomes of this one, they are not its own."""
    from grading.whole import clear

    for path in (options.json, options.html):
        if path:
            write_or_fail(clear, path)


def nothing_to_grade(options, reason):
    """Says why there is no score; also in results.json, as a score of 0, and on the page."""
    write_nothing(options, reason)
    fail(reason)


def write_nothing(options, reason):
    if options.json:
        from grading.report import write_reason

        write_or_fail(write_reason, options.json, reason)
    if options.html:
        from grading.report_page import reason_page
        from grading.whole import write_text

        write_or_fail(write_text, options.html, reason_page(options.layers, reason))


def remarks(options, source, results, loaded):
    """Returns what is worth a remark or a question, and costs no marks."""
    from grading import report
    from grading.handin import whose

    notes = report.remarks(source.text, results, loaded)
    if options.zip is not None:
        notes += whose(options.pdf)
    return notes


def select(options, questions):
    """Returns the questions and cases that the options ask for."""
    import dataclasses

    names = question_names(",".join(options.question))
    if options.case is not None:
        names = [options.case.strip().lower()]
    known = {"all", *questions, *(case.name for q in questions.values() for case in q.cases)}
    for name in names:
        if name not in known and name == "q5":
            fail("question 5 is answered in the PDF, and marked by hand")
        if name not in known:
            present = ", ".join(questions)
            fail(
                f"there is no question or case {name!r}: "
                f"there are {present}, all, and the cases of --list{nearest(name, known)}"
            )
    chosen = []
    for question in questions.values():
        cases = question.cases
        if "all" not in names and question.name not in names:
            cases = tuple(case for case in cases if case.name in names)
        if cases:
            chosen.append(dataclasses.replace(question, cases=cases))
    return chosen


def question_names(text):
    """Returns the names in "q1,q3", "Q1", "3" or "q1, q3"."""
    names = [name.strip().lower() for name in text.split(",")]
    names = [name for name in names if name] or [""]
    return [f"q{name}" if name.isdecimal() else name for name in names]


def nearest(name, known):
    """Asks whether a name that is not known means one that is, whole or without its question."""
    import difflib

    meant = {each: each for each in sorted(known)}
    for each in sorted(known, reverse=True):  # the first question's, of several
        if "/" in each:
            meant[each.partition("/")[2]] = each
    near = difflib.get_close_matches(name, meant, 1, 0.75)
    return f"; did you mean {meant[near[0]]}?" if near else ""


def print_code(results):
    """Prints the case that was asked for as code."""
    from grading.snippet import snippet

    for result in results:
        for verdict in result.verdicts:
            print(snippet(verdict), end="")


def list_cases(options):
    """Shows the cases that the options ask for; what is to be graded is not looked at."""
    from grading.cases import read_questions
    from grading.report import Page, console

    page = Page(console())
    for question in select(options, read_questions(options.cases)):
        for case in question.cases:
            page.put(f"{case.name:32}{case.points:4g}  {case.title}")


def progress(options, out):
    """Returns what shows a bar over a question's outcomes, where a terminal looks on."""
    from rich.progress import track

    def bar(outcomes, question):
        return track(
            outcomes,
            question.name,
            total=len(question.cases),
            console=out,
            transient=True,
            disable=options.debug or not out.is_terminal,
        )

    return bar


def write_results(options, results, notes, text):
    """Writes results.json and the page, before anything is shown."""
    if options.json:
        from grading.report import write_json

        write_or_fail(write_json, options.json, results, notes)
    if options.html:
        from grading.report_page import report_page
        from grading.whole import write_text

        page = report_page(options.layers, results, notes, text)
        write_or_fail(write_text, options.html, page)


def pack_or_complain(options, source, loaded):
    """Packs the zip, or returns what keeps it from being packed."""
    from grading.handin import pack, problems, zip_of

    faults = problems(source.text, loaded, options.pdf)
    older = zip_of(options.zip, Path.cwd())
    if faults and older.exists():
        faults.append(f"nothing is packed; the {older.name} that is there is an older one")
    if not faults:
        path = write_or_fail(pack, options.zip, source.blob, options.pdf, Path.cwd())
        print(f"\n{path}")
        print(f"  layers.py {len(source.blob)} bytes")
        print(f"  {options.pdf.name} {options.pdf.stat().st_size} bytes")
    return faults


def write_or_fail(function, *arguments):
    try:
        return function(*arguments)
    except (OSError, UnicodeError) as error:
        fail(f"cannot write: {error}")


def exit_status(results):
    verdicts = [verdict for result in results for verdict in result.verdicts]
    if any(verdict.status == "error" for verdict in verdicts):
        return 3
    if any(result.score < result.question.points for result in results):
        return 1
    return 0


def fail(*messages, status=2):
    for message in messages:
        print(f"autograder.py: {message}", file=sys.stderr)
    sys.exit(status)


if __name__ == "__main__":
    main()
