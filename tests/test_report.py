"""Holds what a student reads: messages in words, causes, pictures of numbers, lines that fit."""

import contextlib
import dataclasses
import io
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from rich.console import Console
from torch import nn

from grading.cases import read_questions
from grading.closeup import number
from grading.debugger import Debugger, load
from grading.messages import MEANINGS, meaning
from grading.outcome import Raised, Response
from grading.pipeline import grade
from grading.report import show
from grading.snippet import snippet
from grading.source import Source
from grading.worker import serve_one
from staff.misconceptions import MISCONCEPTIONS, plain, submission

ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def own_layers():
    """A submission that is loaded stands in for the project's own layers, here only."""
    before = sys.modules.get("layers")
    yield
    sys.modules.pop("layers", None)
    if before:
        sys.modules["layers"] = before


class Uninitialised(nn.Module):
    def __init__(self):
        self.weight = nn.Parameter(torch.ones(2))


class NeverInitialised(nn.Module):
    def __init__(self):
        pass

    def forward(self, x):
        return x


def assign_to_a_parameter():
    weight = nn.Parameter(torch.ones(2))
    weight[0] = 1


def change_what_is_kept():
    y = torch.ones(2, requires_grad=True).exp()
    y += 1
    y.sum().backward()


def unpack_a_shape():
    _, _, _, _ = torch.ones(2, 3).shape


X = torch.ones(2, 3)
PROVOKED = [
    (lambda: X + torch.ones(4), "in dimension 1 they are 3 and 4."),
    (lambda: X @ torch.ones(4, 5), "as many columns as the second has rows."),
    (lambda: X @ torch.ones(4), "as many columns as the second has rows."),
    (lambda: X.T.view(6), "reshape copies them if need be."),
    (lambda: X.reshape(4, 2), "as the tensor has, which are 6; [4, 2] has not."),
    (lambda: X.view(4, -1), "as the tensor has, which are 6; [4, -1] has not."),
    (
        lambda: torch.einsum("ijk,kl->ijl", X, torch.ones(3, 5)),
        "Tensor 0 (counted from 0) has 3 letters and 2 dimensions.",
    ),
    (
        lambda: torch.einsum("ij,jk->ik", X, torch.ones(4, 5)),
        "j is 4 in tensor 1 (counted from 0) and 3 in one before it.",
    ),
    (lambda: torch.einsum("ij->ik", X), "must stand before it, too; k does not."),
    (lambda: torch.einsum("ij,jk->ik", X), "here there are fewer."),
    (lambda: torch.einsum("ij->i", X, X), "here there are more."),
    (lambda: X[5], "The index 5 was asked of a dimension of 2 elements"),
    (lambda: X.gather(1, torch.tensor([[5]])), "was asked of a dimension of 3 elements"),
    (lambda: X[0, 0, 0], "than the tensor has dimensions, 2."),
    (lambda: X.sum(4), "from 0 to 1, or from the end, from -1 to -2."),
    (lambda: nn.Parameter(torch.ones(2)).add_(1), "Autograd needs it as it was."),
    (assign_to_a_parameter, "Autograd needs it as it was."),
    (change_what_is_kept, "after autograd had kept it for the backward pass."),
    (lambda: X.sum().backward(), "there is nothing to go back through."),
    (
        lambda: torch.ones(2, requires_grad=True).exp().backward(),
        "needs a tensor of one element.",
    ),
    (lambda: X @ torch.ones(3, 2).double(), "Two tensors of different dtypes meet in a product"),
    (
        lambda: torch.einsum("ij,jk->ik", X, torch.ones(3, 2).long()),
        "Two tensors of different dtypes meet in a product",
    ),
    (lambda: F.one_hot(torch.tensor([5]), 3), "a class that is not below num_classes."),
    (lambda: F.one_hot(torch.tensor([-1]), 3), "one_hot was given a negative class."),
    (lambda: F.one_hot(torch.tensor([1.0]), 3), "must be integers (int64)"),
    (lambda: X[torch.tensor([1.0])], "must be integers (int64)"),
    (lambda: X.gather(1, torch.tensor([[1.0]])), "must be integers (int64)"),
    (lambda: X.gather(1, torch.tensor([1])), "as many dimensions as the tensor has"),
    (Uninitialised, "must call super().__init__() first"),
    (lambda: NeverInitialised()(X), "must call super().__init__() first"),
    (lambda: nn.Linear(2, 3).kernel, "A Linear was asked for kernel, which was not set"),
    (lambda: X.widht, "A Tensor was asked for widht, which was not set"),
    (lambda: bool(X > 0), "this tensor has several elements."),
    (lambda: torch.cat([X, torch.ones(3, 4)]), "Tensors that are joined must have equal sizes"),
    (lambda: torch.stack([X, torch.ones(3, 4)]), "Tensors that are joined must have equal sizes"),
    (lambda: X.expand(2, 4), "dimension 1 is 3, and 4 is wanted."),
    (lambda: X.unfold(1, 5, 1), "windows of 5 elements in a dimension of 3."),
    (lambda: X.permute(0, 1, 2), "permute needs every dimension of the tensor once."),
    (unpack_a_shape, "a shape has one value for each dimension."),
    (lambda: torch.tensor([1, 2]).mean(), "float() turns them into numbers that have."),
    (lambda: X + None, "+ does not work on a Tensor and a NoneType."),
    (lambda: range(4 / 2), "// gives an integer."),
    (lambda: X.view(4 / 2, 3), "// gives an integer."),
]  # fmt: skip


@pytest.mark.parametrize("provoke, words", PROVOKED, ids=lambda value: str(value)[:40])
def test_a_message_that_beginners_meet_is_put_in_words(provoke, words):
    with pytest.raises((RuntimeError, IndexError, TypeError, AttributeError, ValueError)) as caught:
        provoke()
    assert words in meaning(str(caught.value))


def test_every_meaning_is_provoked():
    said = set()
    for provoke, _ in PROVOKED:
        try:
            provoke()
        except Exception as error:
            found = [i for i, (pattern, _) in enumerate(MEANINGS) if re.search(pattern, str(error))]
            said.add(found[0])
    assert said == set(range(len(MEANINGS)))


def test_what_is_not_known_has_no_meaning():
    assert meaning("something else went wrong") is None


def raised(text, layer="CustomLinear", arguments=(7, 5), **given):
    """Returns what a submission raises on an input of ones."""
    call = {"inputs": ["x"], "arguments": list(arguments), "strided": False}
    tensors = {f"0.{name}": torch.ones(shape).numpy() for name, shape in given.items()}
    answer, _ = serve_one(load(text), {"layer": layer, "calls": [call]}, tensors)
    return Response.parse(answer).error


def test_an_exception_tells_the_shapes_of_the_tensors_in_its_line():
    line = "y = x.reshape(-1) + self.weight.sum(0) * scale  # x, missing"
    text = plain().replace(
        'y = torch.einsum("...i,oi->...o", x, self.weight)', f"scale = 2; {line}"
    )
    error = raised(text, x=(6, 7))
    assert error.frames[-1].shapes == "x (6, 7), self.weight (5, 7)"
    assert str(error).splitlines()[-1] == "    x (6, 7), self.weight (5, 7)"


def test_shapes_are_those_of_the_innermost_line_and_at_most_eight():
    names = [f"t{i}" for i in range(10)]
    text = "import torch\ndef inner():\n"
    text += f"    {', '.join(names)} = torch.ones(10, 3)\n"
    text += f"    return [{', '.join(names)}] + 1\n"
    text += "class CustomLinear(torch.nn.Module):\n    def __init__(self): super().__init__()\n"
    text += "    def forward(self, x): return inner()\n"
    error = raised(text, arguments=(), x=(2,))
    assert [frame.function for frame in error.frames] == ["forward", "inner"]
    assert error.frames[0].shapes == ""
    assert error.frames[1].shapes == ", ".join(f"t{i} (3,)" for i in range(8))


def test_shapes_ask_nothing_of_an_object_of_the_submissions_own():
    text = """
import torch
class CustomLinear(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.asked = []
    def __getattr__(self, name):
        self.asked.append(name)
        return torch.ones(4)
    def forward(self, x):
        raise ValueError(f"{self.asked}") if x is not self.weight else x
"""
    error = raised(text, arguments=(), x=(2, 3))
    assert error.message == "['weight']"
    assert error.frames[-1].shapes == "x (2, 3)"


def test_an_answer_without_shapes_is_one_as_before():
    frame = {"line": 3, "function": "forward", "source": "x"}
    answer = {"type": "ValueError", "message": "no", "frames": [frame]}
    whole = {"error": answer, "missing": False, "compiled": True, "calls": [], "refused": []}
    assert str(Response.parse(whole).error) == "ValueError: no\n  line 3, in forward: x"
    assert isinstance(Response.parse(whole).error, Raised)


BY_NAME = {misconception.name: misconception for misconception in MISCONCEPTIONS}
QUESTIONS = read_questions(ROOT / "test_cases")


def result_of(text, *names):
    """Grades a submission's text on some cases of one question, in this process."""
    question = QUESTIONS[names[0].partition("/")[0]]
    cases = tuple(case for case in question.cases if case.name in names) or question.cases
    runner = Debugger(Source("layers.py", text.encode(), text))
    chosen = [dataclasses.replace(question, cases=cases)]
    (result,) = grade(chosen, runner, lambda outcomes, _: outcomes)
    return result


def shown(result, width=None, source="", verbose=False):
    """The lines that the report has on a result: of a terminal, where a width is given."""
    file = io.StringIO()
    console = Console(
        file=file, width=width, force_terminal=bool(width), soft_wrap=True, highlight=False,
        markup=False, color_system=None,
    )  # fmt: skip
    show([result], [], console, source, verbose)
    return file.getvalue().splitlines()


def zero_padding():
    return result_of(submission(BY_NAME["zero-padding"]), "q3/padding", "q3/negative-padding")


def test_a_report_begins_with_its_score_and_its_causes():
    lines = shown(zero_padding())
    assert lines[:10] == [
        "",
        "Question q3: Pooling layer",
        "==========================",
        "",
        "### Question q3: 1.5/3.5 ###",
        "",
        f"1. {BY_NAME['zero-padding'].hint}",
        "   costs 2 points in 1 case: negative-padding",
        "",
        "   In q3/negative-padding, all values negative, padding 1:",
    ]
    differs = "32 of 48 elements differ, all on the border"
    assert lines[10] == f"   output[0, 0, 0, 0]: got 0, expected -0.930122; {differs}"
    assert "Passed: 1 case, 1.5 points" in lines


def test_each_mistake_is_told_once_and_two_at_once_by_their_numbers():
    bias, stride = BY_NAME["conv-bias-ignored"], BY_NAME["conv-stride-ignored"]
    report = shown(result_of(submission(bias, stride), "q2"))
    told = [line for line in report if re.match(r"(\d\.| +Together)", line)]
    assert told == [f"1. {bias.hint}", f"2. {stride.hint}", "   Together with 1."]
    zeros, side = BY_NAME["zero-padding"], BY_NAME["pool-first-image-only"]
    report = shown(result_of(submission(zeros, side), "q3"))
    assert sum(line.endswith(side.hint) for line in report) == 1
    assert sum(line.endswith(zeros.hint) for line in report) <= 1


def test_the_numbers_around_the_first_wrong_one_stand_beside_what_is_expected():
    lines = shown(zero_padding())
    start = lines.index("   [0, 0, 0:3, 0:4], wrong ones marked with *:") + 1
    assert lines[start : start + 10] == [
        "                         expected                               got",
        "    -0.93  -0.693  -0.622  -0.622        *0      *0      *0      *0",
        "   -0.847  -0.534  -0.534  -0.622        *0  -0.534  -0.534      *0",
        "   -0.847  -0.534  -0.534  -0.658        *0  -0.534  -0.534      *0",
        "",
        "   The window of x that gives [0, 0, 0, 0]: x[0, 0, -1:2, -1:2], . for padding",
        "       .      .      .",
        "       .  -1.57  -0.93",
        "       .  -1.29  -1.37",
        "   Try: CustomMaxPool2D(kernel_size=3, stride=2, padding=1) on x (2, 2, 6, 7)",
    ]


def test_a_wrong_loss_is_shown_with_its_row_of_logits():
    text = plain().replace("shift = logits.max(dim=1, keepdim=True).values", "shift = 0")
    lines = shown(result_of(text, "q4/levels"))
    start = lines.index("   output[1]: got inf, expected 1.4584; 4 of 5 elements differ") + 1
    assert lines[start : start + 2] == [
        "   logits[1, 0:4], that of the target in brackets: 301  296  296  [299]",
        "   target 3, loss: expected 1.46, got inf",
    ]


def test_exceptions_that_are_alike_are_told_once():
    text = plain().replace("return y.reshape(n, c, h_out, w_out)", "return y[9999 * h_out]")
    lines = shown(result_of(text, "q3"))
    told = [line for line in lines if "is out of bounds for dimension 0 with size" in line]
    assert len(told) == 1
    assert told[0].startswith("1. IndexError: index ")
    assert sum(line.startswith("   Try: ") for line in lines) == 1
    (where,) = [line for line in lines if line.startswith("   line ")]
    assert where.endswith("in forward: return y[9999 * h_out]")
    assert any(line.startswith("     where y (") for line in lines)
    assert any("was asked of a dimension of" in line for line in lines)


def test_a_wrong_output_of_no_known_mistake_says_so():
    text = plain().replace(
        "return y.reshape(n, c, h_out, w_out)", "return 3 * y.reshape(n, c, h_out, w_out)"
    )
    lines = shown(result_of(text, "q3/one-plane"))
    seen = "The output is 3 times what is expected"
    assert f"1. {seen}; no mistake that the grader knows explains it." in lines


def test_what_does_not_fit_a_line_goes_on_below_its_beginning():
    text = plain().replace("return y.reshape(n, c, h_out, w_out)", "return y[9999 * h_out]")
    lines = shown(result_of(text, "q3/one-plane"), 50)
    start = next(i for i, line in enumerate(lines) if line.startswith("   Try: "))
    assert lines[start : start + 2] == [
        "   Try: CustomMaxPool2D(kernel_size=2) on x (1,",
        "     1, 4, 4)",
    ]


@pytest.mark.parametrize("width", [80, 120])
def test_lines_fit_a_terminal_and_hang_below_their_beginning(width):
    text = submission(BY_NAME["zero-padding"])
    lines = shown(result_of(text, "q3"), width, verbose=True)
    assert max(map(len, lines)) <= width
    start = next(i for i, line in enumerate(lines) if line.startswith("1. "))
    assert lines[start + 1].startswith("   ")
    words = " ".join(line.strip() for line in lines[start : start + 3])
    assert words.startswith(f"1. {BY_NAME['zero-padding'].hint} costs")


def test_verbose_lists_all_cases_with_points_below_each_other():
    lines = shown(zero_padding(), verbose=True)
    assert [line for line in lines if line.startswith(("PASSED", "FAILED"))] == [
        "PASSED  1.5/1.5  padding 1  q3/padding",
        "FAILED    0/2    all values negative, padding 1  q3/negative-padding",
    ]


def test_minus_zero_is_zero():
    assert (number(-0.0), number(-0.5)) == ("0", "-0.5")
    text = plain().replace(
        "return y.reshape(n, c, h_out, w_out)", "return -0.0 * y.reshape(n, c, h_out, w_out)"
    )
    lines = shown(result_of(text, "q3/one-plane"))
    assert any("got 0, expected " in line for line in lines)
    assert not any(re.search(r"-0(?![.\d])", line) for line in lines)


def test_what_is_printed_in_every_case_is_shown_once():
    text = plain().replace("y = torch.einsum", "print('rows', len(x)); y = torch.einsum", 1)
    result = result_of(text, "q1")
    printed = tuple(
        dataclasses.replace(verdict, printed=f"rows {i}\n")
        for i, verdict in enumerate(result.verdicts)
    )
    lines = shown(dataclasses.replace(result, verdicts=printed))
    others = len(printed) - 1
    start = lines.index(f"Printed in q1/one-row ({others} other cases printed, too: --verbose):")
    assert lines[start + 1 : start + 3] == ["   rows 0", ""]


def test_efficiency_says_what_grew():
    loop = "torch.stack([self.weight @ row for row in x])"
    text = plain().replace('torch.einsum("...i,oi->...o", x, self.weight)', loop)
    assert loop in text
    result = result_of(text, "q1/efficiency")
    said = result.verdicts[0].failure.text
    assert re.fullmatch(
        r"the number of steps grows with the input\. 600 rows instead of 2: "
        r"[\d,]+ steps instead of \d+",
        said,
    )


@pytest.mark.parametrize(
    "body",
    ["pass", "raise NotImplementedError", "y = None\n        # here\n        return y"],
)
def test_a_layer_that_computes_nothing_is_not_written_yet(body):
    text = "from torch import nn\nclass CustomMaxPool2D(nn.Module):\n"
    text += "    def __init__(self, kernel_size, stride=None, padding=0):\n"
    text += f"        super().__init__()\n    def forward(self, x):\n        {body}\n"
    lines = shown(result_of(text, "q3"), source=text)
    assert lines[4:7] == ["### Question q3: 0/20 ###", "", "CustomMaxPool2D is not written yet."]
    assert lines[7:9] == ["", "Provisional grades"]


def test_a_layer_that_forgets_to_return_is_written():
    text = plain().replace("        return y.reshape(n, c, h_out, w_out)\n", "        y.sum()\n")
    lines = shown(result_of(text, "q3"), source=text)
    assert "CustomMaxPool2D is not written yet." not in lines
    assert any("the output must be a torch.Tensor, got NoneType" in line for line in lines)


@pytest.mark.parametrize(
    "name", ["q3/ties", "q3/calls", "q2/gradients", "q1/by-position", "q1/strided", "q4/image"]
)
def test_a_case_is_shown_as_code_that_gives_what_the_layer_gave(name, monkeypatch):
    text = plain()
    (verdict,) = result_of(text, name).verdicts
    monkeypatch.setitem(sys.modules, "layers", load(text).module)
    names = {}
    exec(snippet(verdict), names)
    last = len(verdict.case.request["calls"]) - 1
    assert torch.equal(names["output"].detach(), names["got_output"])
    assert torch.allclose(names["got_output"], names["expected_output"])
    first = verdict.case.request["calls"][0]["inputs"][0]
    assert torch.equal(names[first].detach(), torch.tensor(verdict.case.inputs(last)[first]))
    if f"{last}.grad.{first}" in verdict.case.reference:
        assert torch.allclose(names[first].grad, names[f"expected_grad_{first}"], atol=1e-6)


@pytest.mark.skipif(sys.platform != "linux", reason="a pseudo-terminal, as Linux has it")
@pytest.mark.parametrize("width", [80, 120])
def test_a_real_terminal_is_filled_and_not_overrun(width, tmp_path):
    import fcntl
    import pty
    import termios

    file = tmp_path / "layers.py"
    spoken = "        print('word ' * 100)\n        k = self.kernel_size\n"
    text = submission(BY_NAME["zero-padding"])
    text = text.replace("        k = self.kernel_size\n", spoken)
    file.write_text(text, encoding="utf-8")
    command = [sys.executable, ROOT / "autograder.py", "--layers", file]
    command += ["--case", "q3/negative-padding"]
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    done = subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, env=environment | {"TERM": "xterm"}
    )
    os.close(other)
    chunks = []
    with contextlib.suppress(OSError):  # as a terminal ends
        while chunk := os.read(main, 4096):
            chunks.append(chunk)
    os.close(main)
    assert done.wait(timeout=60) == 1
    text = re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", b"".join(chunks).decode())
    lines = text[text.index("Question q3") :].replace("\r", "").splitlines()
    assert width - len("word") <= max(map(len, lines)) <= width


@pytest.mark.parametrize(
    "asked, listed",
    [
        (["Q1"], {"q1"}),
        (["3"], {"q3"}),
        (["q1,q3"], {"q1", "q3"}),
        (["2, Q1"], {"q1", "q2"}),
        (["q1,", "q2"], {"q1", "q2"}),
        (["q1", "q3"], {"q1", "q3"}),
    ],
)
def test_questions_may_be_named_in_several_ways(asked, listed):
    command = [sys.executable, ROOT / "autograder.py", "-q", *asked, "--list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert {line.partition("/")[0] for line in done.stdout.splitlines()} == listed


def test_question_5_is_graded_by_nobody_here():
    command = [sys.executable, ROOT / "autograder.py", "-q", "5", "--list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = "autograder.py: question 5 is answered in the PDF, and marked by hand\n"
    assert (done.returncode, done.stderr) == (2, said)


def test_show_goes_with_a_case():
    command = [sys.executable, ROOT / "autograder.py", "-q", "q1", "--show"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    wanted = "--show goes with --case only (--help lists the options)"
    assert (done.returncode, done.stderr) == (2, f"autograder.py: {wanted}\n")


def test_breakpoint_leads_to_debug(tmp_path):
    file = tmp_path / "layers.py"
    file.write_text(plain().replace("y = torch.einsum", "breakpoint(); y = torch.einsum", 1))
    command = [sys.executable, ROOT / "autograder.py", "--layers", file, "--case", "q1/one-row"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert "did not run: run autograder.py with --debug" in done.stdout
