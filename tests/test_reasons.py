"""Holds the reasons that the grader gives to wrong layers by other hands, in wrong/.

A file of wrong/ says in comments at its head what is wrong, each fault with its names:

    # question: q4
    # fault: the softmax is taken over the last dimension instead of dimension 1
    # name: softmax-over-last-dimension

The names are those of the catalogue that a fair teacher would accept as the reason, and "-" where
it has none. They were written by people who had not seen what the grader says of the files.
right_*.py are right layers in unusual forms, with no fault. Efficiency is left out: many of the
layers loop, and the heads do not say so.

Each folder is by another hand. What the grader did not know in a to d has been added to the
catalogue since, so that only e, which nothing was made for, tells what to expect of strangers.
"""

import contextlib
import functools
import io
import json
import multiprocessing
import re
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import pytest
import submissions
from submissions import Submission

from staff import misconceptions
from tests.mutants import mutants

WRONG_FOLDER = submissions.TESTS / "wrong"
FILES = [Submission(path) for path in sorted(WRONG_FOLDER.glob("*/*.py"))]
RIGHT = [submission for submission in FILES if submission.path.name.startswith("right_")]
WRONG = [submission for submission in FILES if submission not in RIGHT]
NAMED_MUTANTS = submissions.TESTS / "named_mutants.txt"
LEAST_PRECISION = 0.97
LEAST_RECALL = 0.85


def title(submission):
    return str(submission.path.relative_to(WRONG_FOLDER))


def faults(submission):
    """The faults of a file, each with the names that are right for it."""
    text = submission.own.decode()
    pairs = re.findall(r"^# fault: (.+)\n# name: (.+)$", text, re.MULTILINE)
    return {fault: [name for name in names.split() if name != "-"] for fault, names in pairs}


def accepted_names(submission):
    return {name for names in faults(submission).values() for name in names}


@functools.cache
def catalogue():
    """The names of each question's mistakes, without their variants."""
    text = (submissions.ROOT / "test_cases" / "misconceptions.json").read_text(encoding="utf-8")
    return {
        question: {name.partition("/")[0] for name in hints}
        for question, hints in json.loads(text).items()
    }


@pytest.mark.parametrize("submission", WRONG, ids=title)
def test_every_fault_has_its_names_behind_it_and_the_catalogue_has_them(submission):
    (question,) = submission.questions
    text = submission.own.decode()
    assert faults(submission)
    assert len(faults(submission)) == text.count("# fault:") == text.count("# name:")
    assert accepted_names(submission) <= catalogue()[question]


@pytest.mark.parametrize("submission", RIGHT, ids=title)
def test_a_right_file_states_no_fault(submission):
    assert b"# fault:" not in submission.own
    assert b"# name:" not in submission.own


@dataclass(frozen=True)
class Named:
    """A failed case, and the names that the grader gave to what is wrong there."""

    case: str
    names: tuple[str, ...]


@functools.cache
def read_questions():
    from grading import cases

    return cases.read_questions(submissions.ROOT / "test_cases")


def failed_cases(submission):
    """Grades a file within this process and returns what failed, efficiency aside."""
    (question,) = submission.questions
    return graded(question, str(submission.path), submission.source, submission.text)


def graded(question, path, data, text):
    from grading.debugger import Debugger
    from grading.pipeline import grade
    from grading.source import Source

    source = Source(path, data, text)
    with contextlib.redirect_stdout(io.StringIO()), Debugger(source) as runner:
        (result,) = grade([read_questions()[question]], runner, lambda outcomes, _: outcomes)
    return [
        Named(verdict.case.name, cause.names)
        for cause in result.causes
        for verdict in cause.verdicts
        if verdict.case.kind != "efficiency"
    ]


def use_one_thread():
    """Several processes whose threads wait for each other would take turns at doing so."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def failed():
    """The failed cases of every file of wrong/, graded in a process that they may change."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), use_one_thread) as pool:
        return dict(zip(FILES, pool.map(failed_cases, FILES)))


@pytest.mark.slow
def test_a_right_file_fails_no_case_and_is_given_no_name(failed):
    assert {
        title(submission): failed[submission] for submission in RIGHT if failed[submission]
    } == {}


@dataclass
class Tally:
    """How the failed cases of some files are named.

    Attributes:
        nameable: of which the catalogue has a name for one fault at least.
    """

    right: int = 0
    wrong: int = 0
    unnamed: int = 0
    nameable: int = 0

    def __str__(self):
        counts = f"{self.right} named rightly, {self.wrong} wrongly, {self.unnamed} not at all"
        return f"{counts}: precision {self.precision:.3f}, recall {self.recall:.3f}"

    @property
    def precision(self):
        return self.right / (self.right + self.wrong)

    @property
    def recall(self):
        return self.right / self.nameable


@pytest.mark.slow
def test_what_the_grader_names_is_right_and_it_names_most(failed):
    tallies = {"all": Tally()}
    misnamed = []
    for submission in WRONG:
        accepted = accepted_names(submission)
        folder = tallies.setdefault(submission.path.parent.name, Tally())
        for tally in (folder, tallies["all"]):
            for named in failed[submission]:
                tally.nameable += bool(accepted)
                tally.unnamed += not named.names
                tally.right += bool(named.names) and accepted.issuperset(named.names)
                tally.wrong += not accepted.issuperset(named.names)
        misnamed += [
            f"{title(submission)}  {named.case}: {' '.join(named.names)}"
            for named in failed[submission]
            if not accepted.issuperset(named.names)
        ]
    figures = "\n".join([*(f"{name}: {tally}" for name, tally in tallies.items()), *misnamed])
    print(figures)
    assert tallies["all"].precision >= LEAST_PRECISION, figures
    assert tallies["all"].recall >= LEAST_RECALL, figures


def names_of_mutant(job):
    question, text = job
    return {
        name for named in graded(question, "layers.py", text.encode(), text) for name in named.names
    }


@pytest.mark.slow
def test_a_slip_is_given_no_name_that_was_not_found_true_of_it():
    """Of plain.py every mutant is graded; what may be named of it stands in a list, read by eye."""
    lines = NAMED_MUTANTS.read_text(encoding="utf-8").splitlines()
    listed = dict(line.split("  =>  ") for line in lines if "  =>  " in line)
    questions = {layer: f"q{number}" for number, layer in enumerate(misconceptions.FILES, 1)}
    made = [
        mutant
        for mutant in mutants(misconceptions.plain())
        if mutant.where.partition(".")[0] in questions
    ]
    jobs = [(questions[mutant.where.partition(".")[0]], mutant.text) for mutant in made]
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn"), use_one_thread) as pool:
        names = pool.map(names_of_mutant, jobs, chunksize=8)
        untrue = {
            str(mutant): given - set(listed.get(str(mutant), "").split())
            for mutant, given in zip(made, names)
        }
    assert {mutant: given for mutant, given in untrue.items() if given} == {}
    assert len(made) > 300 and len(listed) > 60
