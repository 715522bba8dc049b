"""Grades layers.py, question by question, and says what is wrong and why.

    python autograder.py -q q1          one question; all is the default
    python autograder.py --case q3/negative-padding

Exit status: 0 full marks; 1 marks lost; 2 bad usage, or a file that cannot be read; 3 the grader
itself failed.
"""

import sys

# The folder of this file is the student's too: a numpy.py or random.py there must not stand in for
# the library's.
sys.path.append(sys.path.pop(0))

import dataclasses
import importlib.util
import traceback
import warnings
from argparse import ArgumentParser
from argparse import RawDescriptionHelpFormatter as RawText
from pathlib import Path

HERE = Path(__file__).parent
PACKAGES = ("psutil", "rich", "numpy", "safetensors", "torch")


def main():
    try:
        options = parse_arguments()
        require_packages()
        sys.exit(run(options))
    except KeyboardInterrupt:
        fail("interrupted", status=130)
    except Exception as error:  # never a student's zero
        from grading import GraderError

        # If it is a bug of ours, it shows where.
        fail(error if isinstance(error, GraderError) else traceback.format_exc(), status=3)


class Parser(ArgumentParser):
    def error(self, message):
        fail(f"{message} (--help lists the options)")


def parse_arguments():
    parser = Parser("autograder.py", description=__doc__, formatter_class=RawText)
    add = parser.add_argument
    add_one = parser.add_mutually_exclusive_group().add_argument
    add_one("-q", "--question", metavar="Q", help="q1, q2, q3, q4 or all (all)")
    add_one("--case", metavar="NAME", help="only this case, as --list names it")
    add_one("--zip", metavar="UID", help="grade all, and pack A3_UID.zip if nothing is missing")
    add("--pdf", type=Path, metavar="FILE", help="the PDF to pack (answers.pdf beside layers.py)")
    add("--list", action="store_true", help="show the cases and their points, and stop")
    add("--layers", metavar="FILE", help="the file to grade (layers.py)")
    add("--cases", metavar="DIR", help="the cases to grade with (test_cases)")
    add("--json", metavar="FILE", help="also write Gradescope's results.json")
    add("--debug", action="store_true", help="run in this process, so that pdb works")
    add("--timeout", type=float, metavar="S", help="seconds that a case may take (10)")
    parser.set_defaults(question="all", layers=HERE / "layers.py", cases=HERE / "test_cases")
    parser.set_defaults(timeout=10.0)
    options = parser.parse_args()
    if options.pdf and options.zip is None:
        parser.error("--pdf goes with --zip only")
    if not options.timeout > 0:
        parser.error(f"--timeout must be positive, got {options.timeout:g}")
    options.pdf = options.pdf or Path(options.layers).parent / "answers.pdf"
    return options


def require_packages():
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        names = ", ".join(missing)
        fail(f"packages are missing ({names}); pip install -r requirements.txt installs them")


def run(options):
    """Grades, reports, packs; returns the exit status."""
    source, text = read_source(options.layers)
    with start(options) as runner:  # the worker imports torch while this process imports the rest
        from grading.cases import read_questions
        from grading.handin import declaration
        from grading.pipeline import grade
        from grading.report import console, show

        out = console()
        questions = select(options, read_questions(options.cases))
        if options.list:
            list_cases(questions, out)
            return 0
        results = list(grade(questions, text, runner, progress(options, out)))
        loaded = runner.load()
    remarks = declaration(text)
    if loaded.printed:
        remarks.append(f"the file printed while it was loaded:\n{loaded.printed.rstrip()}")
    show(results, remarks, out)
    faults = write(options, source, text, loaded, results, remarks)
    if faults:
        fail(*faults)
    return exit_status(results)


def start(options):
    """Returns what runs the submission: a worker that is starting, or for --debug this process."""
    if options.debug:
        from grading.debugger import Debugger

        return Debugger(options.layers)
    from grading.runner import Runner

    return Runner(options.layers, options.timeout)


def read_source(path):
    """Returns the bytes of the file and their text, or ends with the reason why there is none."""
    try:
        source = Path(path).read_bytes()
        text = source.decode("utf-8-sig")  # Windows may put a byte order mark in front
        warnings.simplefilter("ignore", SyntaxWarning)  # of escapes such as "\\d"
        compile(text, path, "exec", dont_inherit=True)
        return source, text
    except SyntaxError as error:
        line = f", line {error.lineno}" if error.lineno else ""
        fail(f"{path}{line}: {error.msg}")
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        fail(f"cannot read {path}: {error}")


def select(options, questions):
    """Returns the questions and cases that the options ask for."""
    wanted = options.case or options.question
    chosen = []
    for question in questions.values():
        cases = question.cases
        if wanted not in ("all", question.name):
            cases = tuple(case for case in cases if case.name == wanted)
        if cases:
            chosen.append(dataclasses.replace(question, cases=cases))
    if not chosen:
        present = ", ".join(questions)
        fail(
            f"there is no question or case {wanted!r}: "
            f"there are {present}, all, and the cases of --list"
        )
    return chosen


def list_cases(questions, out):
    for question in questions:
        for case in question.cases:
            out.print(f"{case.name:32}{case.points:4g}  {case.title}")


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


def write(options, source, text, loaded, results, remarks):
    """Writes what the options ask for, results.json and the zip.

    Returns what keeps the file from being handed in, a sentence each.
    """
    from grading.handin import pack, problems
    from grading.report import write_json

    faults = [result.missing for result in results if result.missing]
    try:
        if options.json:
            write_json(options.json, results, remarks)
        if options.zip is None:
            return faults
        faults = problems(options.zip, text, loaded, options.pdf)
        if not faults:
            path = pack(options.zip, source, options.pdf, Path.cwd())
            print(f"\n{path}")
            print(f"  layers.py {len(source)} bytes")
            print(f"  {options.pdf.name} {options.pdf.stat().st_size} bytes")
    except (OSError, UnicodeError) as error:
        fail(f"cannot write: {error}")
    return faults


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
