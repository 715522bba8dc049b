"""Grades layers.py, question by question, and says what is wrong and why.

    python autograder.py -q q1          one question; all is the default
    python autograder.py --case q3/negative-padding

Exit status: 0 full marks; 1 marks lost; 2 bad usage, or a file that cannot be read; 3 the grader itself failed.
"""

import sys

# The folder of this file is the student's too: a numpy.py or random.py there must not stand in for the library's.
sys.path.append(sys.path.pop(0))

import contextlib
import dataclasses
import functools
import traceback
import warnings
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from pathlib import Path

from grading.runner import GraderError, Runner

HERE = Path(__file__).parent


def fail(*messages, status=2):
    print(*(f"autograder.py: {message}" for message in messages), sep="\n", file=sys.stderr)
    sys.exit(status)


def parse_arguments():
    parser = ArgumentParser("autograder.py", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.error = lambda message: fail(f"{message} (--help lists the options)")
    add, add_one = parser.add_argument, parser.add_mutually_exclusive_group().add_argument
    add_one("-q", "--question", default="all", metavar="Q", help="q1, q2, q3, q4 or all (%(default)s)")
    add_one("--case", metavar="NAME", help="only this case, as --list names it")
    add_one("--zip", metavar="UID", help="grade all, and pack A3_UID.zip into the current folder if nothing is missing")
    add("--pdf", type=Path, metavar="FILE", help="the PDF to pack (answers.pdf beside layers.py)")
    add("--list", action="store_true", help="show the cases and their points, and stop")
    add("--layers", default=HERE / "layers.py", metavar="FILE", help="the file to grade (layers.py)")
    add("--cases", default=HERE / "test_cases", metavar="DIR", help="the cases to grade with (test_cases)")
    add("--json", metavar="FILE", help="also write Gradescope's results.json")
    add("--debug", action="store_true", help="run in this process and without limits, so that pdb works")
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds that a case may take (%(default)s)")
    options = parser.parse_args()
    if options.pdf and options.zip is None:
        parser.error("--pdf goes with --zip only")
    if not options.timeout > 0:
        parser.error(f"--timeout must be positive, got {options.timeout:g}")
    options.pdf = options.pdf or Path(options.layers).parent / "answers.pdf"
    return options


def read_source(path):
    """Returns the bytes of the file and their text, or ends with the reason why there is none to grade."""
    try:
        text = (source := Path(path).read_bytes()).decode("utf-8-sig")  # Windows may put a byte order mark in front
        warnings.simplefilter("ignore", SyntaxWarning)  # of escapes such as "\\d"
        compile(text, path, "exec", dont_inherit=True)
        return source, text
    except SyntaxError as error:
        fail(f"{path}{f', line {error.lineno}' if error.lineno else ''}: {error.msg}")
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        fail(f"cannot read {path}: {error}")


def select(options, questions):
    """Returns the questions and cases that the options ask for."""
    wanted, chosen = options.case or options.question, []
    for question in questions.values():
        cases = tuple(case for case in question.cases if wanted in ("all", question.name, case.name))
        chosen += [dataclasses.replace(question, cases=cases)] if cases else []
    if not chosen:
        fail(f"there is no question or case {wanted!r}: there are {', '.join(questions)}, all, and the cases of --list")
    return chosen


def grade(questions, text, runner, track):
    """Yields a Result for every question."""
    from grading.judge import Failure, Verdict, judge, name_mistakes
    from grading.policy import check_operations, check_source
    from grading.report import Result

    written = check_source(text)
    for question in questions:
        found, verdicts = [f for f in written if question.layer in f.layers], []
        outcomes = runner.run([(case.request, case.given) for case in question.cases])
        for case, outcome in zip(question.cases, track(outcomes, question.name, total=len(question.cases))):
            try:
                failure = judge(case, outcome.response, outcome.arrays, outcome.ended)
                status = "failed" if failure else "passed"
            except Exception as fault:  # the grader's own, and never a student's zero
                failure, status = Failure("error", f"the grader itself failed here: {fault!r}"), "error"
            verdicts.append(Verdict(case, status, failure, printed=outcome.printed))
            for call in outcome.response["calls"] if outcome.response else ():
                found += check_operations(question.layer, call["operations"], call["aten"])
        once = {f.name.rpartition(".")[2]: f for f in reversed(found)}.values()  # the first that is found of each name
        findings = sorted(once, key=lambda finding: finding.line or 0)
        yield Result(question, tuple(name_mistakes(verdicts)), tuple(findings))


def run(options):
    """Grades, reports, packs; returns the exit status."""
    source, text = read_source(options.layers)
    if options.debug:
        from grading.worker import Debugger

    debugger = options.debug and contextlib.nullcontext(Debugger(options.layers))
    with debugger or Runner(options.layers, options.timeout) as runner:  # it starts while the rest is imported
        from rich.progress import track

        from grading.cases import read_questions
        from grading.handin import declaration, pack, problems
        from grading.report import console, show, write_json

        questions, out = select(options, read_questions(options.cases)), console()
        if options.list:
            return out.print(*(f"{c.name:32}{c.points:4g}  {c.title}" for q in questions for c in q.cases), sep="\n")
        bar = functools.partial(track, console=out, transient=True, disable=options.debug or not out.is_terminal)
        results, loaded = list(grade(questions, text, runner, bar)), runner.load()
    printed = [f"the file printed while it was loaded:\n{loaded.printed.rstrip()}"] if loaded.printed else []
    show(results, remarks := declaration(text) + printed, out)
    faults = [f.text for r in results if (f := r.verdicts[0].failure) and ": the file defines no class" in f.text]
    try:
        if options.json:
            write_json(options.json, results, remarks)
        if options.zip is not None and not (faults := problems(options.zip, text, loaded, options.pdf)):
            path = pack(options.zip, source, options.pdf, Path.cwd())
            print(f"\n{path}\n  layers.py {len(source)} bytes\n  {options.pdf.name} {options.pdf.stat().st_size} bytes")
    except (OSError, UnicodeError) as error:
        fail(f"cannot write: {error}")
    if faults:
        fail(*(fault.removeprefix("AttributeError: ") for fault in faults))
    statuses = {verdict.status for result in results for verdict in result.verdicts}
    return 3 if "error" in statuses else any(result.score < result.question.points for result in results)


def main():
    try:
        sys.exit(run(parse_arguments()))
    except KeyboardInterrupt:
        fail("interrupted", status=130)
    except Exception as error:  # never a student's zero; if it is a bug of ours, it shows where
        fail(error if isinstance(error, GraderError) else traceback.format_exc(), status=3)


if __name__ == "__main__":
    main()
