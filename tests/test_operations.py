"""Holds operations.toml against what ran: layer by layer, by every name that a function has."""

import copy

import numpy as np
import pytest

from grading.debugger import answer, load
from grading.operations import ALLOWED, TABLES, Finding, Operations, once_each
from grading.outcome import Use

LINEAR = "CustomLinear"
CONV = "CustomConv2D"
POOL = "CustomMaxPool2D"
LOSS = "CustomCrossEntropyLoss"
LAYERS = (LINEAR, CONV, POOL, LOSS)
EVERY = set(LAYERS)


def uses(code):
    """What an expression uses of a tensor x, of 2 by 2, and integers i."""
    text = f"""
import torch, numpy as np
import torch.nn as nn
import torch.nn.functional as F
class Layer(nn.Module):
    def forward(self, x, i):
        result = ({code})
        return x
"""
    call = {"inputs": ["x", "i"], "arguments": {}, "strided": False}
    given = {"0.x": np.ones((2, 2), np.float32), "0.i": np.zeros((2, 2), np.int64)}
    response = answer(load(text), {"layer": "Layer", "calls": [call]}, given).response
    assert response.error is None
    assert response.refused == ()
    return response.calls[0].uses


def users(code, operations=None):
    """The layers that may use what an expression uses."""
    operations = operations or Operations()
    used = uses(code)
    return {layer for layer in LAYERS if not operations.findings(layer, used)}


FOR_ALL = [
    "-(abs(x) + 1 - x) * 2 / x // 3 % 2 ** x",
    "2 ** x - 1 / x, 1 // x, 1 - x, x == 1, x != x, (x < 1) & (x >= 1) | ~(x > 2) ^ (x <= 0)",
    "x.shape, x.T, x.dtype, x.device, x.ndim, x.size(), x.dim(), len(x), list(x), x[x > 0]",
    "x.__setitem__(0, 1), x.mul_(2).add_(1), bool(x.any()), repr(x), f'{x.sum}', 1.0 in x, x.item",
    "torch.stack([x]), torch.cat([x]), x.split(1), torch.split(x, 1), x.view(-1), x.unbind()",
    "x.expand(3, 2, 2), x.permute(1, 0), x.unsqueeze(0).squeeze(0), x.transpose(0, 1).contiguous()",
    "x.float().to(torch.float64).type_as(x).detach(), torch.set_grad_enabled(True), x.data",
    "x.gather(1, i), torch.gather(x, 1, i), x.take_along_dim(i, 1), x.index_select(0, i[0])",
    "torch.sqrt(x).pow(2).neg().abs(), torch.where(x > 0, x, 0), x.masked_fill(x > 0, 0)",
    "torch.zeros(2), torch.arange(3), torch.full((2,), 1.0), x.new_full((2,), 1.0), x.new_zeros(2)",
    "torch.tensor(3.0), torch.zeros_like(x), torch.rand(2), torch.empty(2).fill_(1), x.clone()",
    "int(i[0, 0]), float(x[0, 0]), x.tolist(), [float(v) for v in x[0]]",
    "x.max, torch.matmul, F.linear, nn.Linear, np.dot",
]


@pytest.mark.parametrize("code", FOR_ALL)
def test_what_every_layer_may_use_has_no_finding(code):
    assert users(code) == EVERY


# By function and method, and in place where there is such a form.
FOR_SOME = {
    "torch.einsum('ij->i', x)": {LINEAR, CONV},
    "torch.functional.einsum('ij->i', x)": {LINEAR, CONV},
    "F.unfold(x[None, None], 2)": {CONV, POOL},
    "nn.functional.unfold(x[None, None], 2)": {CONV, POOL},
    "torch.nn.functional.unfold(x[None, None], 2)": {CONV, POOL},
    "x.unfold(0, 1, 1)": {CONV, POOL},
    "torch.max(x, 1)": {POOL, LOSS},
    "torch.max(x, x)": {POOL, LOSS},
    "x.max(1)": {POOL, LOSS},
    "x.max()": {POOL, LOSS},
    "torch.amax(x, 1)": {POOL, LOSS},
    "x.amax(1)": {POOL, LOSS},
    "torch.maximum(x, x)": {POOL, LOSS},
    "x.clamp(min=0)": {POOL, LOSS},
    "x.clamp_(min=0)": {POOL, LOSS},
    "torch.clip(x, 0)": {POOL, LOSS},
    "x.exp()": {LOSS},
    "x.exp_()": {LOSS},
    "torch.exp(x)": {LOSS},
    "x.log()": {LOSS},
    "torch.log(x)": {LOSS},
    "torch.exp_(x)": {LOSS},
    "x.sum()": {LOSS},
    "torch.sum(x, 1)": {LOSS},
    "torch.mean(x)": {LOSS},
    "x.mean(1)": {LOSS},
}


@pytest.mark.parametrize("code", FOR_SOME)
def test_what_some_layers_may_use_has_a_finding_in_the_others(code):
    assert users(code) == FOR_SOME[code]


FOR_NONE = [
    "x @ x",
    "torch.matmul(x, x)",
    "x.matmul(x)",
    "x.mm(x)",
    "torch.tensordot(x, x, 1)",
    "F.linear(x, x)",
    "nn.Flatten()(x)",
    "F.pad(x, (1, 1))",
    "F.relu(x)",
    "x.relu()",
    "x.relu_()",
    "F.relu_(x)",
    "x.logsumexp(1)",
    "F.log_softmax(x, 1)",
    "x.softmax(1)",
    "F.nll_loss(x, i[0])",
    "F.one_hot(i)",
    "x.argmax(1)",
    "x.sort()",
    "x.topk(1)",
    "x.cumsum(0)",
    "x.norm()",
    "x.numpy()",
    "np.asarray([1]) @ np.asarray([1])",
    "np.add(1, 2)",
]


@pytest.mark.parametrize("code", FOR_NONE)
def test_what_no_layer_may_use_has_a_finding_in_each(code):
    assert users(code) == set()


# torch's own version of the layer itself costs all marks, and in another layer the usual share.
OWN = {
    "F.linear(x, x)": LINEAR,
    "torch.nn.functional.bilinear(x, x, x[None])": LINEAR,
    "F.conv2d(x[None, None], x[None, None])": CONV,
    "torch.conv2d(x[None, None], x[None, None])": CONV,
    "F.conv1d(x[None], x[None])": CONV,
    "F.conv_transpose2d(x[None, None], x[None, None])": CONV,
    "nn.Conv2d(1, 1, 1)(x[None, None])": CONV,
    "F.max_pool2d(x[None], 2)": POOL,
    "torch.max_pool2d(x[None], 2)": POOL,
    "F.adaptive_max_pool2d(x[None], 1)": POOL,
    "nn.MaxPool2d(2)(x[None])": POOL,
    "F.cross_entropy(x, i[0])": LOSS,
    "nn.CrossEntropyLoss()(x, i[0])": LOSS,
}


@pytest.mark.parametrize("code", OWN)
def test_torchs_own_version_of_a_layer_is_known_as_that(code):
    used = uses(code)
    for layer in LAYERS:
        found = Operations().findings(layer, used)
        assert found
        assert any(finding.own for finding in found) == (layer == OWN[code])


def test_a_finding_says_where_and_what_to_use_instead():
    used = {"torch.matmul": Use(2, 10), "torch.Tensor.sum": Use(1, 4), "torch.cat": Use(1, 1)}
    sums = "torch.einsum, which sums over a letter that is left out"
    assert Operations().findings(CONV, used) == [
        Finding(4, "torch.Tensor.sum", sums),
        Finding(10, "torch.matmul", "torch.einsum"),
    ]
    assert Operations().findings(LOSS, {"torch.celu": Use(1, None)}) == [
        Finding(None, "torch.celu", ALLOWED)
    ]
    used = {"numpy.dot": Use(1, 3)}
    assert Operations().findings(CONV, used) == [Finding(3, "numpy.dot", "torch's own tensors")]


def test_one_cause_has_one_finding():
    used = {"@": Use(1, 7), "torch.Tensor.matmul": Use(1, 7), "torch.spmm": Use(1, 8)}
    found = Operations().findings(LINEAR, used)
    assert [(finding.line, finding.name) for finding in found] == [(7, "@"), (8, "torch.spmm")]


# Each runs in torch as something else, too, or is called by another name there.
BY_NAME = {
    "torch.mm(x, x)": "torch.mm",
    "nn.Linear(2, 2)(x)": "torch.nn.Linear",
}


@pytest.mark.parametrize("code", BY_NAME)
def test_a_finding_bears_the_name_that_the_source_has(code):
    (finding,) = Operations().findings(CONV, uses(code))
    assert finding.name == BY_NAME[code]


def test_an_operator_that_is_called_as_a_method_has_one_finding():
    assert len(Operations().findings(CONV, uses("x.__matmul__(x)"))) == 1


def test_an_operation_that_is_used_again_is_told_of_its_first_line():
    later = Finding(9, "torch.relu", "")
    first = Finding(5, "torch.Tensor.relu", "")
    assert once_each([first, later, Finding(3, "@", "")]) == (Finding(3, "@", ""), first)


def changed(title, layer, names):
    """The operations by a table to which staff have added some names."""
    tables = copy.deepcopy(TABLES)
    tables[title][layer] += f" {names}"
    return Operations(tables)


def test_staff_may_allow_an_operation_to_one_layer_or_to_all():
    matmul = changed("layers", LINEAR, "@ matmul")
    assert users("x @ x", matmul) == {LINEAR}
    assert users("x.matmul(x)", matmul) == {LINEAR}
    assert users("torch.matmul(x, x)", matmul) == {LINEAR}
    assert users("x @ x", changed("layers", LINEAR, "matmul relu")) == set()
    everywhere = changed("everywhere", "arithmetic", "relu")
    assert users("x.relu(), torch.relu(x), F.relu(x)", everywhere) == set()
    assert users("x.relu(), torch.relu(x), x.relu_()", everywhere) == EVERY
    assert users("F.relu(x)", changed("layers", POOL, "relu")) == {POOL}


def test_staff_may_forbid_an_operation():
    tables = copy.deepcopy(TABLES)
    tables["layers"][CONV] = "unfold"
    assert users("torch.einsum('ij->i', x)", Operations(tables)) == {LINEAR}
