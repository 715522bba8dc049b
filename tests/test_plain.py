"""Holds the plain layers against torch.nn, forward and backward, and against numbers by hand."""

import math

import pytest
import torch
import torch.nn as nn

from staff import plain

# kernel, stride, padding, height, width
WINDOWS = [
    (2, 2, 0, 4, 6),
    (3, 1, 0, 5, 5),
    (3, 2, 1, 7, 6),
    (2, 3, 0, 8, 10),
    (4, 4, 2, 6, 9),
    (1, 2, 0, 5, 4),
]
PLACES = [(), (4,), (3, 4)]


def randn(*shape):
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def strided(x):
    """The same values in memory of the reverse order."""
    order = tuple(reversed(range(x.dim())))
    return x.permute(order).contiguous().permute(order)


def results(layer, x, *rest):
    """Returns the output and every gradient, in float64, for one upstream gradient."""
    leaf = x.double().requires_grad_()
    layer = layer.double()
    y = layer(leaf, *rest)
    y.backward(randn(*y.shape).double())
    gradients = {name: parameter.grad for name, parameter in layer.named_parameters()}
    return {"output": y.detach(), "x": leaf.grad, **gradients}


def assert_same_as_torch(ours, theirs, *inputs):
    theirs.load_state_dict(ours.state_dict())
    torch.testing.assert_close(results(ours, *inputs), results(theirs, *inputs))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(5, 7), (1, 7), (7,), (2, 3, 7)])
def test_linear_is_torchs(shape, bias):
    ours = plain.CustomLinear(7, 4, bias)
    assert_same_as_torch(ours, nn.Linear(7, 4, bias), randn(*shape))


@pytest.mark.parametrize("kernel, stride, padding, height, width", WINDOWS)
def test_convolution_is_torchs(kernel, stride, padding, height, width):
    arguments = (3, 5, kernel, stride, padding)
    x = randn(2, 3, height, width)
    assert_same_as_torch(plain.CustomConv2D(*arguments), nn.Conv2d(*arguments), x)


@pytest.mark.parametrize("shift", [0.0, -9.0])
@pytest.mark.parametrize("kernel, stride, padding, height, width", WINDOWS)
def test_pooling_is_torchs(kernel, stride, padding, height, width, shift):
    arguments = (kernel, stride, padding)
    x = randn(2, 3, height, width) + shift
    assert_same_as_torch(plain.CustomMaxPool2D(*arguments), nn.MaxPool2d(*arguments), x)


def test_the_stride_of_a_pool_is_its_kernel_by_default():
    assert_same_as_torch(plain.CustomMaxPool2D(3), nn.MaxPool2d(3), randn(2, 3, 6, 9))


def test_of_equal_maxima_the_one_that_torch_chooses_gets_the_gradient():
    x = torch.ones(2, 3, 4, 6)
    assert_same_as_torch(plain.CustomMaxPool2D(2), nn.MaxPool2d(2), x)


@pytest.mark.parametrize("scale", [1.0, 1e4])
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("places", PLACES)
def test_cross_entropy_is_torchs(places, reduction, scale):
    logits = scale * randn(6, 5, *places)
    targets = torch.arange(6 * math.prod(places)).reshape(6, *places) % 5
    ours = plain.CustomCrossEntropyLoss(reduction)
    theirs = nn.CrossEntropyLoss(reduction=reduction)
    assert_same_as_torch(ours, theirs, logits, targets)


def test_an_input_need_not_be_contiguous():
    image = strided(randn(2, 3, 6, 5))
    assert_same_as_torch(plain.CustomLinear(5, 4), nn.Linear(5, 4), image)
    assert_same_as_torch(plain.CustomConv2D(3, 4, 2), nn.Conv2d(3, 4, 2), image)
    assert_same_as_torch(plain.CustomMaxPool2D(2), nn.MaxPool2d(2), image)
    targets = torch.arange(2 * 6 * 5).reshape(2, 6, 5) % 3
    assert_same_as_torch(plain.CustomCrossEntropyLoss(), nn.CrossEntropyLoss(), image, targets)


def test_parameters_are_named_and_initialised_as_torchs():
    pairs = [
        (plain.CustomLinear, nn.Linear, (7, 4)),
        (plain.CustomLinear, nn.Linear, (7, 4, False)),
        (plain.CustomConv2D, nn.Conv2d, (3, 5, 2)),
    ]
    for ours, theirs, arguments in pairs:
        torch.manual_seed(0)
        our_parameters = ours(*arguments).state_dict()
        torch.manual_seed(0)
        their_parameters = theirs(*arguments).state_dict()
        torch.testing.assert_close(our_parameters, their_parameters)


def test_a_sum_by_hand():
    layer = plain.CustomLinear(2, 1)
    layer.load_state_dict({"weight": torch.tensor([[2.0, 3.0]]), "bias": torch.tensor([0.5])})
    assert layer(torch.tensor([10.0, 1.0])).tolist() == [23.5]


def test_a_convolution_by_hand():
    layer = plain.CustomConv2D(1, 1, 2, padding=1)
    corners = torch.tensor([[[[1.0, 0.0], [0.0, 10.0]]]])
    layer.load_state_dict({"weight": corners, "bias": torch.tensor([0.5])})
    image = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    expected = [[10.5, 20.5, 0.5], [30.5, 41.5, 2.5], [0.5, 3.5, 4.5]]
    assert layer(image).tolist() == [[expected]]


def test_a_maximum_by_hand():
    image = torch.arange(16.0).reshape(1, 1, 4, 4) - 20
    assert plain.CustomMaxPool2D(2)(image).tolist() == [[[[-15, -13], [-7, -5]]]]
    padded = plain.CustomMaxPool2D(3, stride=3, padding=1)(image)
    assert padded.tolist() == [[[[-15, -13], [-7, -5]]]]


def test_a_loss_by_hand():
    layer = plain.CustomCrossEntropyLoss("none")
    logits = torch.tensor([[0.0, 0.0], [0.0, math.log(3)], [1000.0, 0.0]])
    expected = torch.tensor([math.log(2), math.log(4), 1000.0])
    torch.testing.assert_close(layer(logits, torch.tensor([1, 0, 1])), expected)
