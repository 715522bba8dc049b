"""Holds the files of attacks/, honest/ and encodings/ to what they say of themselves.

What is quick checks the files: that each has a header, compiles in its own coding and, if it is
honest, agrees with torch.nn and keeps its marks. What is slow grades the attacks, the codings and
some of the honest files by the real command, several at a time, each in a copy of the grader that
is then thrown away.
"""

import contextlib
import io
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import types
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import submissions
from submissions import CONTROL, KINDS, LAYERS, POINTS, SHELL, Submission, grade

ATTACKS = submissions.attacks()
HONEST = submissions.honest()
ENCODINGS = submissions.encodings()
ALL = ATTACKS + HONEST + ENCODINGS
PLAIN = submissions.TESTS / "honest" / "plain.py"


def name(value):
    return value.path.stem if isinstance(value, Submission) else None


@pytest.mark.parametrize("submission", ALL, ids=name)
def test_a_file_says_what_it_is_for(submission):
    header = submission.header
    assert set(submission.questions) <= LAYERS.keys()
    if submission in HONEST:
        assert set(header) == {"questions", "may lose"}
        lost = [submission.may_lose(question) for question in submission.questions]
        assert (header["may lose"] == "nothing") == (not any(lost))
    else:
        assert len(submission.questions) == 1
        assert 0 <= submission.may_earn <= POINTS
    if submission in ATTACKS:
        assert header["kind"] in KINDS
        assert header["witness"] in ("yes", "no")
        # By its name, a witness in the memory that all share is known for this file's.
        shared = submission.source.count(b"/dev/shm/")
        assert shared == submission.source.count(b"/dev/shm/witness-")


@pytest.mark.parametrize("submission", ALL, ids=name)
def test_a_file_compiles_in_its_own_coding(submission):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about escapes such as "\d"
        if not submission.compiles:
            with pytest.raises((SyntaxError, ValueError, LookupError)):
                compile(submission.text, submission.path, "exec", dont_inherit=True)
        else:
            compile(submission.text, submission.path, "exec", dont_inherit=True)
            compile(submission.source, submission.path, "exec", dont_inherit=True)


@pytest.mark.parametrize("submission", [a for a in ATTACKS if a.compiles], ids=name)
def test_an_attack_says_what_it_tries_and_keeps_its_line_numbers(submission):
    compiled = compile(submission.source, "layers.py", "exec", dont_inherit=True)
    docstring = compiled.co_consts[0]
    assert len(docstring.split()) > 3
    for own, whole in zip(submission.own.split(b"\n"), submission.source.split(b"\n")):
        assert own == whole or b"PAYLOAD" in own
    has_shell = submission.source.endswith(SHELL.encode())
    assert has_shell == (b"def cheat(" in submission.own)


def agree(submission):
    """Compares the layers of an honest file with torch.nn, in a process of its own.

    Returns what differs.
    """
    import torch

    module = types.ModuleType("layers")
    sys.modules["layers"] = module
    found = []
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(submission.source, submission.path, "exec", dont_inherit=True)
        exec(code, vars(module))
        torch.manual_seed(0)
        for question in submission.questions:
            ours = getattr(module, LAYERS[question])
            theirs = getattr(torch.nn, REFERENCES[question])
            for arguments, inputs in EXAMPLES[question](torch):
                difference = compare(torch, ours(**arguments), theirs(**arguments), inputs)
                if difference:
                    found.append(f"{question}, {arguments}: {difference}")
    return found


REFERENCES = {"q1": "Linear", "q2": "Conv2d", "q3": "MaxPool2d", "q4": "CrossEntropyLoss"}


def examples_of_linear(torch):
    sizes = {"in_features": 3, "out_features": 2}
    for shape in ((1, 3), (5, 3), (3,), (2, 4, 3)):
        yield sizes, [torch.randn(shape)]
    yield sizes | {"bias": False}, [torch.randn(4, 3)]


def examples_of_conv(torch):
    for kernel, stride, padding in ((3, 1, 0), (3, 2, 1), (1, 2, 0), (2, 3, 2)):
        sizes = {"in_channels": 2, "out_channels": 3, "kernel_size": kernel}
        x = torch.randn(2, 2, 7, 6).transpose(2, 3)
        yield sizes | {"stride": stride, "padding": padding}, [x]


def examples_of_pool(torch):
    for kernel, stride, padding in ((2, None, 0), (3, 1, 0), (3, 2, 1), (2, None, 1), (1, 2, 0)):
        x = torch.randn(2, 3, 7, 6).transpose(2, 3) - 3
        yield {"kernel_size": kernel, "stride": stride, "padding": padding}, [x]


def examples_of_loss(torch):
    for reduction in ("mean", "sum", "none"):
        for shape in ((4, 5), (1, 5), (3, 5, 2), (2, 5, 2, 3)):
            targets = torch.randint(5, (shape[0], *shape[2:]))
            yield {"reduction": reduction}, [torch.randn(shape) * 50, targets]


EXAMPLES = {
    "q1": examples_of_linear,
    "q2": examples_of_conv,
    "q3": examples_of_pool,
    "q4": examples_of_loss,
}


def compare(torch, ours, theirs, inputs):
    """Says how a layer differs from torch's, in outputs and gradients; None if it does not."""
    mine = dict(ours.named_parameters())
    right = dict(theirs.named_parameters())
    if mine.keys() != right.keys():
        return f"the parameters are {sorted(mine)}"
    with torch.no_grad():
        for key, parameter in right.items():
            mine[key].copy_(parameter)
    expected = results(torch, theirs, inputs)
    for index, got in enumerate(results(torch, ours, inputs)):
        wanted = expected[index]
        if got.shape != wanted.shape:
            return f"result {index} has the shape {tuple(got.shape)}, not {tuple(wanted.shape)}"
        if not torch.allclose(got, wanted, rtol=1e-4, atol=1e-4):
            return f"result {index} has other values"
    return None


def results(torch, layer, inputs):
    """The output of a layer, and the gradients of its input and parameters."""
    x, *others = [tensor.clone() for tensor in inputs]
    x.requires_grad_()
    output = layer(x, *others)
    parameters = dict(layer.named_parameters())
    leaves = [x, *(parameters[key] for key in sorted(parameters))]
    upstream = torch.linspace(-1, 1, output.numel()).reshape(output.shape)
    return [output, *torch.autograd.grad(output, leaves, upstream)]


@pytest.fixture(scope="module")
def gated():
    """A process in which honest files run behind the gate alone."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("submission", HONEST, ids=name)
def test_an_honest_file_agrees_with_torch(submission, apart):
    assert apart.submit(agree, submission).result() == []


@dataclass(frozen=True)
class Run:
    """A submission, and how the command is to grade it."""

    submission: Submission
    question: str
    timeout: str = "10"
    terminal: str = "utf-8"

    def __str__(self):
        return self.submission.path.stem

    def grade(self):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            return grade(
                self.submission.source,
                self.question,
                Path(folder).resolve(),
                "--timeout",
                self.timeout,
                terminal=self.terminal,
            )


@pytest.fixture(scope="module")
def result_of(request):
    """Grades the runs of all tests that were selected, as many at a time as there are cores.

    Each test waits for its own run, and the others go on meanwhile.
    """
    specs = [item.callspec for item in request.session.items if hasattr(item, "callspec")]
    runs = [spec.params["run"] for spec in specs if isinstance(spec.params.get("run"), Run)]
    with ThreadPoolExecutor(max(2, os.cpu_count() or 1)) as pool:
        futures = {run: pool.submit(run.grade) for run in runs}
        yield lambda run: futures[run].result()
        pool.shutdown(cancel_futures=True)


def test_a_process_is_blamed_on_the_run_in_whose_folder_it_is_and_on_no_other(tmp_path):
    own = tmp_path / "run10"
    own.mkdir()
    command = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(command, cwd=own, stdout=subprocess.PIPE) as process:
        process.stdout.readline()
        assert list(submissions.processes_left("no mark", tmp_path / "run1")) == []
        (found,) = submissions.processes_left("no mark", own)
        assert found.lower().startswith("process: python")
        assert process.wait(timeout=10) != 0


@pytest.mark.skipif(not os.path.isdir("/dev/shm"), reason="memory with a name in the file system")
def test_a_witness_in_shared_memory_is_blamed_on_the_file_that_names_it():
    witness = Path(f"/dev/shm/witness-of-a-test-{os.getpid()}")
    witness.touch()
    try:
        assert list(submissions.witnesses_left(b"open('/dev/shm/witness-fill')")) == []
        source = f"open('{witness}')".encode()
        assert list(submissions.witnesses_left(source)) == [f"made: {witness}"]
        assert not witness.exists()
    finally:
        witness.unlink(missing_ok=True)


def check_report(graded):
    """Whatever was graded, a person can read the report, and no bug of the grader's shows."""
    assert graded.status in (0, 1, 2), graded.err
    assert "Traceback" not in graded.err
    assert graded.results is not None
    assert not CONTROL.search(graded.out + graded.err)


def run_of_an_attack(submission):
    (question,) = submission.questions
    endless = submission.header["kind"] == "denial"
    return Run(submission, question, timeout="1" if endless else "2")


@pytest.mark.slow
@pytest.mark.parametrize("run", [run_of_an_attack(attack) for attack in ATTACKS], ids=str)
def test_an_attack_gains_and_leaves_nothing(run, result_of):
    graded = result_of(run)
    assert graded.left == ()
    check_report(graded)
    assert graded.score(run.question) <= run.submission.may_earn


SOME_HONEST = [Run(submission, "all") for submission in HONEST[::10]]


@pytest.mark.slow
@pytest.mark.parametrize("run", SOME_HONEST, ids=str)
def test_by_the_command_an_honest_file_loses_no_more_than_the_interface_says(run, result_of):
    graded = result_of(run)
    assert graded.left == ()
    check_report(graded)
    for question in run.submission.questions:
        least = POINTS - run.submission.may_lose(question)
        assert graded.score(question) >= least, graded.out


def grade_in_this_process(submission):
    """Grades an honest file behind the gate; returns the points by question, and the report."""
    import torch
    from rich.console import Console

    from grading import pipeline
    from grading.cases import read_questions
    from grading.debugger import Debugger
    from grading.report import show
    from grading.source import read_source

    torch.set_num_threads(1)  # as the worker does
    questions = read_questions(submissions.ROOT / "test_cases")
    wanted = [questions[question] for question in submission.questions]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        file = Path(folder) / "submission.py"
        file.write_bytes(submission.source)
        with Debugger(read_source(file)) as runner:
            results = list(pipeline.grade(wanted, runner, lambda outcomes, question: outcomes))
    report = io.StringIO()
    show(results, [], Console(file=report, soft_wrap=True, highlight=False, markup=False))
    return {result.question.name: result.score for result in results}, report.getvalue()


@pytest.mark.parametrize("submission", HONEST, ids=name)
def test_an_honest_file_loses_no_more_than_the_interface_says(submission, gated):
    scores, report = gated.submit(grade_in_this_process, submission).result()
    assert not CONTROL.search(report)
    assert scores.keys() == set(submission.questions)
    for question, score in scores.items():
        assert score >= POINTS - submission.may_lose(question), report


def runs_of_an_encoding(submission):
    """One run on a terminal that can show everything, and one on each that cannot show this."""
    try:
        text = submission.text
    except (SyntaxError, UnicodeError, LookupError):
        text = submission.source.decode("utf-8", "replace")
    (question,) = submission.questions
    for terminal in ("utf-8", "cp1252", "ascii"):
        fits = text.encode(terminal, "ignore").decode(terminal) == text
        if terminal == "utf-8" or not fits:
            yield Run(submission, question, terminal=terminal)


OF_ENCODINGS = [run for submission in ENCODINGS for run in runs_of_an_encoding(submission)]


@pytest.mark.slow
@pytest.mark.parametrize("run", OF_ENCODINGS, ids=lambda run: f"{run}-{run.terminal}")
def test_every_coding_gets_a_verdict_on_every_terminal(run, result_of):
    graded = result_of(run)
    assert graded.left == ()
    check_report(graded)
    assert graded.score(run.question) == run.submission.may_earn


def huge(file):
    file.write_bytes(b"x = 1\n" * (20 * 2**20 // 6))


def chained(file):
    file.write_text("x = lambda: 0\nx" + "()" * 40_000 + "\n")


def chained_functions(file):
    lines = [f"def f{i}(x): return f{i - 1}(x)" for i in range(1, 2500)]
    file.write_text("\n".join(["def f0(x): return x", *lines]))


def nested(file):
    file.write_text("x = " + "(" * 150_000 + ")" * 150_000)


def nested_blocks(file):
    lines = [" " * i + "if 1:" for i in range(99)]
    file.write_text("\n".join([*lines, " " * 99 + "pass"]))


def nested_operators(file):
    file.write_text("x = " + "-" * 100_000 + "1\n")


def nested_attributes(file):
    file.write_text("x = torch" + ".nn" * 100_000 + "\n")


def one_long_name(file):
    file.write_text("x" * 900_000 + ".y" * 10 + "\n")


def fifo(file):
    os.mkfifo(file)


def endless_device(file):
    file.symlink_to("/dev/zero")


def link_to_another(file):
    shutil.copy(PLAIN, file.with_name("another.py"))
    file.symlink_to("another.py")


def link_to_itself(file):
    file.symlink_to(file.name)


def a_folder(file):
    file.mkdir()


MADE = [
    huge,
    chained,
    chained_functions,
    nested,
    nested_blocks,
    nested_operators,
    nested_attributes,
    one_long_name,
    fifo,
    endless_device,
    link_to_another,
    link_to_itself,
    a_folder,
]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="FIFOs and devices")
@pytest.mark.parametrize("make", MADE, ids=lambda make: make.__name__)
def test_a_file_that_is_no_layers_ends_the_grader_soon_and_earns_nothing(make, tmp_path):
    make(tmp_path / "submission.py")
    graded = grade(None, "q3", tmp_path, limit=60)
    assert graded.status in (1, 2)
    assert graded.left == ()
    assert "Traceback" not in graded.err
    assert graded.score("q3") == 0


NAMES = ["\x1b[2Jq.py", "two\nlines.py", "\u202egnp.py", "./-q.py", "a b'c.py", "层.py"]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="names that only POSIX allows")
@pytest.mark.parametrize("file", NAMES)
def test_a_file_of_any_name_gets_a_report(file, tmp_path):
    graded = grade(Submission(PLAIN).source, "q4", tmp_path, name=file)
    check_report(graded)
    assert graded.score("q4") == POINTS
