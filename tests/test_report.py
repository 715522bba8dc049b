"""Holds what a student reads: messages in words, causes, pictures of numbers, lines that fit."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from grading.debugger import load
from grading.messages import MEANINGS, meaning
from grading.outcome import Raised, Response
from grading.worker import serve_one
from staff.misconceptions import plain


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
