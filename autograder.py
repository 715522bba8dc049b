"""Grades layers.py, question by question, and says what is wrong and why.

    python autograder.py -q q1          one question; all is the default
    python autograder.py --case q3/negative-padding

Exit status: 0 full marks; 1 marks lost; 2 bad usage, or a file that cannot be read; 3 the grader itself failed.
"""

import sys

# The folder of this file is the student's too: a numpy.py or random.py there must not stand in for the library's.
sys.path.append(sys.path.pop(0))

import argparse
import ast
import dataclasses
from pathlib import Path

from grading.runner import GraderError, Runner

HERE = Path(__file__).parent


def fail(message, status=2):
    print(f"autograder.py: {message}", file=sys.stderr)
    sys.exit(status)


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="autograder.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.error = lambda message: fail(f"{message} (--help lists the options)")
    add = parser.add_argument
    add("-q", "--question", default="all", metavar="Q", help="q1, q2, q3, q4 or all (%(default)s)")
    add("--case", metavar="NAME", help="only this case, as --list names it")
    add("--list", action="store_true", help="show the cases and their points, and stop")
    add("--layers", default=HERE / "layers.py", metavar="FILE", help="the file to grade (layers.py)")
    add("--cases", default=HERE / "test_cases", metavar="DIR", help="the cases to grade with (test_cases)")
    add("--json", metavar="FILE", help="also write Gradescope's results.json")
    add("--timeout", type=float, default=10.0, metavar="S", help="seconds that a case may take (%(default)s)")
    return parser.parse_args()


def read_source(path):
    """Returns the text of the file, or ends with the reason why there is none to grade."""
    try:
        text = Path(path).read_text(encoding="utf-8")
        ast.parse(text)
        return text
    except SyntaxError as error:
        fail(f"{path}, line {error.lineno}: {error.msg}")
    except (OSError, ValueError) as error:
        fail(f"cannot read {path}: {error}")


def select(options, questions):
    """Returns the questions and cases that the options ask for."""
    if options.case:
        name = options.case.partition("/")[0]
        cases = [case for case in questions[name].cases if case.name == options.case] if name in questions else []
        if not cases:
            fail(f"--case: there is no case {options.case!r} (--list shows them)")
        return [dataclasses.replace(questions[name], cases=tuple(cases))]
    if options.question != "all" and options.question not in questions:
        fail(f"-q must be one of {', '.join(questions)} or all, got {options.question!r}")
    return [q for q in questions.values() if options.question in ("all", q.name)]


def grade(questions, source, runner, progress):
    """Returns a Result for every question, and the classes that the file lacks."""
    from grading.judge import Failure, Verdict, judge, name_mistakes
    from grading.policy import check_operations, check_source
    from grading.report import Result

    written, loaded = check_source(source), runner.load()
    defined = loaded.response["classes"] if loaded.response and not loaded.response["error"] else None
    results, missing = [], []
    for question in questions:
        found = [f for f in written if question.layer in f.layers]
        if defined is not None and question.layer not in defined:
            missing.append(question.layer)
            failure = Failure("exception", f"the file defines no class {question.layer}")
            results.append(Result(question, tuple(Verdict(case, "failed", failure) for case in question.cases), ()))
            continue
        verdicts = []
        for case, outcome in zip(question.cases, runner.run([case.request() for case in question.cases], progress)):
            try:
                failure = judge(case, outcome.response, outcome.arrays, outcome.ended)
                status = "failed" if failure else "passed"
            except Exception as fault:  # the grader's own, and never a student's zero
                failure, status = Failure("error", f"the grader itself failed here: {fault!r}"), "error"
            verdicts.append(Verdict(case, status, failure, printed=outcome.printed))
            for call in outcome.response["calls"] if outcome.response else ():
                found += check_operations(question.layer, call["operations"])
        once = {finding.name: finding for finding in reversed(found)}  # of a name, what the source says comes first
        findings = sorted(once.values(), key=lambda finding: finding.line or 0)
        results.append(Result(question, tuple(name_mistakes(verdicts)), tuple(findings)))
    return results, missing


def main():
    options = parse_arguments()
    source = read_source(options.layers)
    with Runner(options.layers, options.timeout) as runner:  # it starts while the rest is imported and read
        from rich.progress import Progress

        from grading.cases import CaseError, read_questions

        try:
            from grading.report import console, show_grades, show_question, write_json  # it reads operations.toml

            questions = select(options, read_questions(options.cases))
            out = console()
            if options.list:
                for case in (case for question in questions for case in question.cases):
                    out.print(f"{case.name:32}{case.points:4g}  {case.title}", highlight=False, markup=False)
                return
            with Progress(console=out, transient=True, disable=not out.is_terminal) as bar:
                task = bar.add_task("Grading", total=sum(len(q.cases) for q in questions))
                results, missing = grade(questions, source, runner, lambda _: bar.advance(task))
        except (CaseError, GraderError) as error:
            fail(error, status=3)
    for result in results:
        show_question(result, out)
    show_grades(results, out)
    if options.json:
        try:
            write_json(options.json, results)
        except OSError as error:
            fail(f"--json: {error}")
    if missing:
        fail(f"{options.layers} defines no class {', '.join(missing)}")
    if any(verdict.status == "error" for result in results for verdict in result.verdicts):
        sys.exit(3)
    sys.exit(any(result.score < result.question.points for result in results))


if __name__ == "__main__":
    main()
