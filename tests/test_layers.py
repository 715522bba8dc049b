"""Holds each layer against its namesake in torch.nn, on the same inputs, forward and backward."""

import copy
import doctest
import importlib
import inspect
import io
import math
import pickle

import numpy as np
import pytest
import torch
import torch.nn as nn
import torch.nn.functional as F

import layers
from layers import CustomConv2D, CustomCrossEntropyLoss, CustomLinear, CustomMaxPool2D

INF = math.inf
NAN = math.nan
FLOATS = [torch.float64, torch.float32, torch.bfloat16, torch.float16]
INTEGERS = [torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8]
LAYERS = [CustomLinear, CustomConv2D, CustomMaxPool2D, CustomCrossEntropyLoss]

every_dtype = pytest.mark.parametrize("dtype", FLOATS, ids=str)
every_layer = pytest.mark.parametrize("ours", LAYERS)


# How a layer is compared with torch.nn's


def run(layer, x, *rest, upstream):
    """Returns the output, and the gradients of the input and of every parameter."""
    x = x.detach().clone().requires_grad_()  # detach and clone keep the strides
    layer.zero_grad()
    y = layer(x, *rest)
    y.backward(upstream)
    return [y.detach(), x.grad, *(p.grad for p in layer.parameters())]


def run_mapped(layer, x, upstream, function):
    """Runs a float64 copy of a layer with parameters, input and upstream through a function."""
    layer = copy.deepcopy(layer).double()
    with torch.no_grad():
        for p in layer.parameters():
            p.copy_(function(p))
    return run(layer, function(x.double()), upstream=function(upstream.double()))


def check(ours, theirs, x):
    """Compares output and gradients with torch.nn's in float64, within what rounding explains.

    A sum of K products may be off by 4·sqrt(K + 8)·eps times the sum of their absolute values, in
    whatever order. The same layer fed with absolute values gives those sums, and K, with ones.
    """
    theirs.load_state_dict(ours.state_dict())
    upstream = torch.randn(theirs(x).shape).to(x.dtype)
    results = run(ours, x, upstream=upstream)
    expected = run_mapped(theirs, x, upstream, lambda values: values)
    sums = run_mapped(theirs, x, upstream, torch.abs)
    counts = run_mapped(theirs, x, upstream, torch.ones_like)
    assert len(results) == len(expected) == 2 + len(list(theirs.parameters()))
    smallest = torch.finfo(x.dtype).tiny
    for result, reference, size, count in zip(results, expected, sums, counts):
        assert result.dtype == x.dtype
        assert result.shape == reference.shape
        bound = 4 * (count + 8).sqrt() * torch.finfo(x.dtype).eps * size
        assert ((result.double() - reference).abs() <= bound + smallest).all()


def check_same(results, expected):
    """Compares exactly, NaN and dtype too."""
    for result, reference in zip(results, expected, strict=True):
        torch.testing.assert_close(result, reference, rtol=0, atol=0, equal_nan=True)


def check_pool(arguments, x):
    """A maximum is chosen, not computed: values, indices and gradients are torch.nn's exactly."""
    ours = CustomMaxPool2D(**arguments)
    theirs = nn.MaxPool2d(**arguments)
    if x.is_floating_point():
        # small whole numbers add up exactly, in any order
        upstream = torch.randint(-4, 5, theirs(x).shape).to(x.dtype)
        check_same(run(ours, x, upstream=upstream), run(theirs, x, upstream=upstream))
    ours.return_indices = True
    theirs.return_indices = True
    check_same(ours(x), theirs(x))


def check_loss(arguments, logits, targets):
    """Compares with torch.nn's loss in float64; a logit's own rounding is all that may be lost."""
    ours = CustomCrossEntropyLoss(**arguments)
    if arguments.get("weight") is not None:
        arguments = arguments | {"weight": arguments["weight"].double()}
    theirs = nn.CrossEntropyLoss(**arguments)
    exact = targets.double() if targets.is_floating_point() else targets
    upstream = torch.randn(theirs(logits.double(), exact).shape).to(logits.dtype)
    results = run(ours, logits, targets, upstream=upstream)
    expected = run(theirs, logits.double(), exact, upstream=upstream.double())
    rtol = 8 * torch.finfo(logits.dtype).eps
    atol = 8 * torch.finfo(torch.float32).eps
    for result, reference in zip(results, expected, strict=True):
        assert result.dtype == logits.dtype
        reference = reference.to(logits.dtype)  # a sum may be more than float16 can hold
        torch.testing.assert_close(result, reference, rtol=rtol, atol=atol)


@pytest.fixture(autouse=True)
def seed():
    torch.manual_seed(0)


def images(*shape, dtype=torch.float32):
    return torch.randn(*(shape or (3, 4, 7, 9))).to(dtype)


def example(ours):
    """A layer of each kind with an input that it takes."""
    if ours is CustomLinear:
        return ours(4, 3), (images(5, 4),)
    if ours is CustomConv2D:
        return ours(4, 6, 3, stride=2, padding=1, groups=2), (images(),)
    if ours is CustomMaxPool2D:
        return ours(3, stride=2, padding=1), (images(),)
    return ours(), (images(6, 5), torch.randint(5, (6,)))


# What is compared


LINEAR = [
    dict(in_features=7, out_features=5),
    dict(in_features=1, out_features=1),
    dict(in_features=7, out_features=5, bias=False),
]
CONV = [
    dict(kernel_size=3),
    dict(kernel_size=1),
    dict(kernel_size=7),
    dict(kernel_size=5, stride=2, padding=2),
    dict(kernel_size=2, stride=3),
    dict(kernel_size=3, padding=4),
    dict(kernel_size=(3, 2), stride=(2, 1), padding=(0, 1)),
    dict(kernel_size=(2, 3), dilation=(3, 1)),
    dict(kernel_size=3, dilation=2, padding=2, stride=2),
    dict(kernel_size=3, groups=2),
    dict(kernel_size=2, groups=4, bias=False),
    dict(kernel_size=3, padding="same"),
    dict(kernel_size=(4, 3), padding="same"),
    dict(kernel_size=(2, 4), padding="same", dilation=(3, 2), groups=2),
    dict(kernel_size=3, padding="valid", stride=2),
]
POOL = [
    dict(kernel_size=2),
    dict(kernel_size=3, stride=2),
    dict(kernel_size=2, stride=3),
    dict(kernel_size=7, stride=1),
    dict(kernel_size=3, stride=2, padding=1),
    dict(kernel_size=(3, 2), stride=(1, 2), padding=(1, 0)),
    dict(kernel_size=2, padding=1, dilation=3),
    dict(kernel_size=(2, 3), stride=1, dilation=(3, 2)),
    dict(kernel_size=2, ceil_mode=True),
    dict(kernel_size=3, stride=2, padding=1, ceil_mode=True, dilation=2),
    dict(kernel_size=2, stride=5, ceil_mode=True),
    dict(kernel_size=(7, 10), stride=2, ceil_mode=True),
]
LOSS = [
    dict(),
    dict(weight=torch.tensor([0.5, 2.0, 0.0, 1.0, 3.0])),
    dict(ignore_index=2),
    dict(ignore_index=2, weight=torch.tensor([0.5, 2.0, 1.0, 1.0, 3.0]), label_smoothing=0.1),
    dict(label_smoothing=0.3),
    dict(label_smoothing=1),
]
AUTOCAST = [
    (CustomLinear, nn.Linear, dict(in_features=4, out_features=5)),
    (CustomConv2D, nn.Conv2d, dict(in_channels=4, out_channels=8, kernel_size=3)),
    (CustomMaxPool2D, nn.MaxPool2d, dict(kernel_size=3)),
]
PAIRS = [  # every layer of ours beside torch.nn's
    *((CustomLinear, nn.Linear, arguments) for arguments in LINEAR),
    *(
        (CustomConv2D, nn.Conv2d, {"in_channels": 4, "out_channels": 8} | arguments)
        for arguments in CONV
    ),
    *((CustomMaxPool2D, nn.MaxPool2d, arguments) for arguments in POOL),
    *((CustomCrossEntropyLoss, nn.CrossEntropyLoss, arguments) for arguments in LOSS),
]


def named(value):
    """Names a row of a table in pytest's list."""
    if isinstance(value, type):
        return value.__name__
    text = ", ".join(f"{name}={argument}" for name, argument in value.items())
    return text.replace("tensor", "") or "defaults"


@every_dtype
@pytest.mark.parametrize("shape", [(7,), (1, 7), (6, 7), (2, 3, 4, 7), (0, 7)], ids=str)
@pytest.mark.parametrize("arguments", LINEAR[::2], ids=named)
def test_linear_agrees_with_torch(arguments, shape, dtype):
    arguments = arguments | {"dtype": dtype}
    check(CustomLinear(**arguments), nn.Linear(**arguments), images(*shape, dtype=dtype))


@every_dtype
@pytest.mark.parametrize("shape", [(3, 4, 7, 9), (1, 4, 9, 7), (4, 7, 9), (0, 4, 7, 9)], ids=str)
@pytest.mark.parametrize("arguments", CONV, ids=named)
# torch.nn's remark on its own speed
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_convolution_agrees_with_torch(arguments, shape, dtype):
    arguments = {"in_channels": 4, "out_channels": 8, "dtype": dtype} | arguments
    check(CustomConv2D(**arguments), nn.Conv2d(**arguments), images(*shape, dtype=dtype))


@pytest.mark.parametrize("sizes", [(0, 3), (3, 0), (0, 0)], ids=str)
@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")  # torch.nn's, too
def test_linear_may_have_no_features(sizes):
    ours = CustomLinear(*sizes)
    theirs = nn.Linear(*sizes)
    if sizes[0] == 0:  # no fan_in, so no bound
        assert torch.equal(ours.bias, theirs.bias)
        assert torch.equal(ours.bias, torch.zeros(sizes[1]))
    check(ours, theirs, images(5, sizes[0]))


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_convolution_may_have_no_output_channels():
    """torch.nn makes such a layer, but does not run it; the output is the obvious one."""
    ours = CustomConv2D(3, 0, 2)
    theirs = nn.Conv2d(3, 0, 2)
    assert repr(ours) == repr(theirs).replace("Conv2d", "CustomConv2D")
    theirs.load_state_dict(ours.state_dict())
    assert ours(images(2, 3, 4, 5)).shape == (2, 0, 3, 4)
    with pytest.raises(RuntimeError, match="expected weight to be at least 1 at dimension 0"):
        theirs(images(2, 3, 4, 5))


@pytest.mark.filterwarnings("ignore:Initializing zero-element tensors")
def test_convolution_has_input_channels():
    """Of none torch.nn makes no output channels, whatever was asked for; that is a mistake."""
    assert nn.Conv2d(0, 4, 2)(torch.ones(2, 0, 4, 5)).shape == (2, 0, 3, 4)
    with pytest.raises(ValueError, match="in_channels must be positive, got 0"):
        CustomConv2D(0, 4, 2)


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
@pytest.mark.parametrize("arguments", CONV, ids=named)
@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
def test_convolution_in_strips_agrees_with_torch(arguments, rows, monkeypatch):
    def strips(self, images, h_out, w_out):
        return self._strips(images, min(rows, h_out)), -1

    monkeypatch.setattr(CustomConv2D, "_pieces", strips)
    arguments = {"in_channels": 4, "out_channels": 8} | arguments
    check(CustomConv2D(**arguments), nn.Conv2d(**arguments), images())


@every_dtype
@pytest.mark.parametrize("shape", [(3, 4, 7, 9), (1, 1, 9, 10), (4, 7, 9), (0, 4, 7, 9)], ids=str)
@pytest.mark.parametrize("arguments", POOL, ids=named)
def test_pooling_agrees_with_torch(arguments, shape, dtype):
    x = images(*shape, dtype=dtype)
    check_pool(arguments, x)
    check_pool(arguments, -x.abs())  # a padding of zeros would win
    check_pool(arguments, x.round())  # ties
    check_pool(arguments, torch.full_like(x, -INF))
    one = x.clone()
    one.view(-1)[-5:-4] = NAN
    check_pool(arguments, one)
    many = torch.where(x > 0.5, NAN, x)  # which of several wins is a difference, see below
    check_same([CustomMaxPool2D(**arguments)(many)], [nn.MaxPool2d(**arguments)(many)])


@pytest.mark.parametrize("dtype", INTEGERS, ids=str)
@pytest.mark.parametrize("arguments", POOL, ids=named)
def test_pooling_of_integers_agrees_with_torch(arguments, dtype):
    least = torch.iinfo(dtype).min
    check_pool(arguments, torch.randint(max(least, -9), 9, (3, 4, 7, 9)).to(dtype))
    check_pool(arguments, torch.full((4, 7, 9), least, dtype=dtype))  # no more than the padding


@every_dtype
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("arguments", LOSS, ids=named)
def test_loss_agrees_with_torch(arguments, reduction, dtype):
    arguments = arguments | {"reduction": reduction}
    if "weight" in arguments:
        arguments["weight"] = arguments["weight"].to(dtype)
    for shape in (5,), (1, 5), (6, 5), (2, 5, 3), (2, 5, 3, 4):
        without_classes = shape[:1] + shape[2:] if len(shape) > 1 else ()
        for scale in 1, 1e4:
            logits = (scale * torch.randn(shape)).to(dtype)
            targets = torch.randint(5, without_classes)
            if targets.dim() and arguments.get("ignore_index") is None:
                targets.view(-1)[-1] = -100 if targets.numel() > 1 else 0
            if (targets != arguments.get("ignore_index", -100)).any():  # else the mean is 0/0
                check_loss(arguments, logits, targets)
            if "ignore_index" not in arguments:
                dim = min(len(shape) - 1, 1)
                check_loss(arguments, logits, images(*shape, dtype=dtype).softmax(dim))


@pytest.mark.parametrize("arguments", LOSS, ids=named)
def test_loss_takes_targets_of_a_byte(arguments):
    logits = images(6, 5)
    targets = torch.tensor([0, 1, 2, 3, 4, 1])
    ours = CustomCrossEntropyLoss(**arguments)
    assert torch.equal(ours(logits, targets.to(torch.uint8)), ours(logits, targets))
    theirs = nn.CrossEntropyLoss(**arguments)
    torch.testing.assert_close(ours(logits, targets.to(torch.uint8)), theirs(logits, targets))


def test_a_byte_of_156_is_not_the_target_to_ignore():
    """It is what -100 would be in a byte."""
    with pytest.raises(ValueError, match="targets must be class indices below 2, got 156"):
        CustomCrossEntropyLoss()(torch.zeros(1, 2), torch.tensor([156], dtype=torch.uint8))


@pytest.mark.parametrize("probabilities", FLOATS, ids=str)
@every_dtype
def test_loss_has_the_wider_dtype_of_logits_and_probabilities(dtype, probabilities):
    logits = images(6, 5, dtype=dtype)
    targets = images(6, 5).softmax(1).to(probabilities)
    ours = CustomCrossEntropyLoss()(logits, targets)
    theirs = nn.CrossEntropyLoss()(logits, targets)
    torch.testing.assert_close(ours, theirs, rtol=1e-2, atol=1e-2)  # and of one dtype


@pytest.mark.parametrize("index", [-1, 0, 2])
def test_ignore_index_is_not_for_probabilities(index):
    logits = images(6, 3)
    targets = images(6, 3).softmax(1)
    ours = CustomCrossEntropyLoss(ignore_index=index)
    theirs = nn.CrossEntropyLoss(ignore_index=index)
    if index < 0:
        torch.testing.assert_close(ours(logits, targets), theirs(logits, targets))
        return
    with pytest.raises(ValueError, match=f"ignore_index is not for probabilities, got {index}"):
        ours(logits, targets)
    with pytest.raises(RuntimeError, match="ignore_index is not supported"):
        theirs(logits, targets)


@pytest.mark.parametrize("given", [torch.float32, torch.bfloat16], ids=str)
@pytest.mark.parametrize("ours, theirs, arguments", AUTOCAST, ids=named)
def test_under_autocast_a_layer_has_the_dtype_of_torch(ours, theirs, arguments, given):
    ours = ours(**arguments)
    theirs = theirs(**arguments)
    theirs.load_state_dict(ours.state_dict())
    x = images(3, 4, 5, 4, dtype=given)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(ours(x), theirs(x), rtol=2e-2, atol=2e-2)  # and of one dtype


def test_loss_of_nothing_is_nan_as_in_torch():
    for targets in torch.tensor([-100, -100]), torch.empty(0, dtype=torch.int64):
        logits = torch.zeros(len(targets), 3)
        assert CustomCrossEntropyLoss()(logits, targets).isnan()
        assert nn.CrossEntropyLoss()(logits, targets).isnan()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("targets", [[0, 1], [[1.0, 0.0], [0.5, 0.5]]], ids=str)
def test_a_logit_of_minus_infinity_costs_what_it_costs_in_torch(targets, smoothing):
    logits = torch.tensor([[0.0, -INF], [1.0, 2.0]])
    targets = torch.tensor(targets)
    ours = CustomCrossEntropyLoss("none", label_smoothing=smoothing)(logits, targets)
    theirs = nn.CrossEntropyLoss(reduction="none", label_smoothing=smoothing)(logits, targets)
    torch.testing.assert_close(ours, theirs, equal_nan=True)


@pytest.mark.parametrize(
    "arguments",
    [
        {"kernel_size": 2, "stride": 3, "padding": (0, 1), "dilation": (1, 2)},
        {"kernel_size": 2, "padding": 1, "dilation": 2},
    ],
    ids=named,
)
def test_a_window_that_lies_in_the_padding_is_minus_infinity(arguments):
    """With a side shorter than the dilation, every element of a window may miss the image."""
    x = torch.tensor([[[[1.0], [6.0]]]])
    assert CustomMaxPool2D(**arguments)(x).tolist() == nn.MaxPool2d(**arguments)(x).tolist()


def test_half_precision_sums_many_targets():
    logits = torch.zeros(70_000, 2, dtype=torch.float16)
    targets = torch.zeros(70_000, dtype=torch.int64)
    mean = CustomCrossEntropyLoss()(logits, targets).item()
    assert mean == pytest.approx(math.log(2), rel=1e-3)


# Where torch.nn's result is another


def test_of_several_nan_in_a_window_the_first_wins_and_in_torch_the_last():
    x = torch.tensor([[[NAN, 1.0], [NAN, 2.0]]])
    for layer, winner in (CustomMaxPool2D(2), 0), (nn.MaxPool2d(2), 2):
        y, gradient = run(layer, x, upstream=torch.ones(1, 1, 1))
        layer.return_indices = True
        assert y.isnan().tolist() == [[[True]]]
        assert gradient.flatten().nonzero().tolist() == [[winner]]
        assert layer(x)[1].tolist() == [[[winner]]]


def test_under_autocast_the_loss_keeps_its_dtype_and_in_torch_it_is_float32():
    logits = images(6, 5, dtype=torch.float16)
    targets = torch.randint(5, (6,))
    with torch.autocast("cpu", dtype=torch.float16):
        ours = CustomCrossEntropyLoss()(logits, targets)
        theirs = nn.CrossEntropyLoss()(logits, targets)
    assert ours.dtype == torch.float16
    assert theirs.dtype == torch.float32
    torch.testing.assert_close(ours.float(), theirs, rtol=1e-3, atol=1e-3)


# What a layer is besides its forward


@pytest.mark.parametrize("ours, theirs, arguments", PAIRS, ids=named)
def test_repr_and_initial_parameters_are_those_of_torch(ours, theirs, arguments):
    torch.manual_seed(1)
    layer = ours(**arguments)
    torch.manual_seed(1)
    model = theirs(**arguments)
    assert repr(layer) == repr(model).replace(theirs.__name__, ours.__name__, 1)
    for copied in copies(layer):
        assert copied.state_dict().keys() == model.state_dict().keys()
        for name, value in model.state_dict().items():
            assert torch.equal(value, copied.state_dict()[name])
    layer.load_state_dict(model.state_dict())
    model.load_state_dict(layer.state_dict())


def copies(layer):
    """Returns the layer, and what every way to copy or to store it makes of it."""
    file = io.BytesIO()
    torch.save(layer, file)
    file.seek(0)
    stored = torch.load(file, weights_only=False)
    return layer, copy.deepcopy(layer), pickle.loads(pickle.dumps(layer)), stored


@every_layer
def test_gradients_are_those_of_finite_differences(ours):
    layer, (x, *rest) = example(ours)
    layer.double()
    parameters = dict(layer.named_parameters())

    def call(x, *values):
        return torch.func.functional_call(layer, dict(zip(parameters, values)), (x, *rest))

    inputs = (x.double().requires_grad_(), *parameters.values())
    assert torch.autograd.gradcheck(call, inputs)
    assert torch.autograd.gradgradcheck(call, inputs)


@every_layer
def test_strides_do_not_matter_and_the_input_stays(ours):
    layer, (x, *rest) = example(ours)
    expected = layer(x, *rest)
    strided = x.transpose(0, -1).contiguous().transpose(0, -1)
    assert not strided.is_contiguous()
    before = strided.clone()
    torch.testing.assert_close(layer(strided, *rest), expected)
    torch.testing.assert_close(layer(strided, *rest), expected)  # a second call is like the first
    assert torch.equal(strided, before)


@every_layer
@pytest.mark.filterwarnings("ignore")  # the compiler's, about its own parts
def test_a_layer_compiles(ours):
    layer, arguments = example(ours)
    compiled = torch.compile(layer, backend="aot_eager", fullgraph=True)
    upstream = torch.randn_like(layer(*arguments))
    results = run(compiled, *arguments, upstream=upstream)
    expected = run(layer, *arguments, upstream=upstream)
    for result, reference in zip(results, expected, strict=True):
        torch.testing.assert_close(result, reference)


@every_layer
def test_a_layer_can_be_vmapped(ours):
    layer, arguments = example(ours)
    first = layer(*arguments)
    second = layer(*(a.flip(0) for a in arguments))
    batches = [torch.stack([a, a.flip(0)]) for a in arguments]
    torch.testing.assert_close(torch.vmap(layer)(*batches), torch.stack([first, second]))


CHANNELS_LAST = torch.channels_last


@pytest.mark.parametrize("kernel", [1, 3])
@pytest.mark.parametrize("shape", [(3, 4, 7, 9), (1, 4, 7, 9), (3, 1, 7, 9), (4, 7, 9)], ids=str)
@pytest.mark.parametrize("filters", [torch.contiguous_format, CHANNELS_LAST], ids=str)
@pytest.mark.parametrize("given", [torch.contiguous_format, CHANNELS_LAST], ids=str)
def test_convolution_lays_its_output_out_as_torch_does(given, filters, shape, kernel):
    x = images(*shape)
    ours = CustomConv2D(shape[-3], 6, kernel, padding=1)
    theirs = nn.Conv2d(shape[-3], 6, kernel, padding=1)
    theirs.load_state_dict(ours.state_dict())
    expected = ours(x)
    if x.dim() == 4:  # a single image cannot be asked to lie otherwise
        x = x.to(memory_format=given)
    y = ours.to(memory_format=filters)(x)
    torch.testing.assert_close(y, expected)
    assert y.stride() == theirs.to(memory_format=filters)(x).stride()


@pytest.mark.parametrize("padding", [0, 1])
def test_pooling_lays_its_output_out_as_torch_does(padding):
    x = images()
    for given in x, x.to(memory_format=CHANNELS_LAST), x.transpose(0, 1), x[:, :, ::2], x[0]:
        ours = CustomMaxPool2D(2, padding=padding, return_indices=True)(given)
        theirs = nn.MaxPool2d(2, padding=padding, return_indices=True)(given)
        check_same(ours, theirs)
        assert [y.stride() for y in ours] == [y.stride() for y in theirs]


DEVICES = ["meta"]
DEVICES += ["cuda"] * torch.cuda.is_available()
DEVICES += ["mps"] * torch.backends.mps.is_available()


@pytest.mark.parametrize("device", DEVICES)
@every_layer
def test_a_layer_stays_on_its_device(ours, device):
    """On the meta device a tensor that a layer made elsewhere cannot be mixed in."""
    layer, arguments = example(ours)
    y = layer(*arguments)
    moved = layer.to(device)(*(a.to(device) for a in arguments))
    assert moved.device.type == device
    assert moved.shape == y.shape
    if device != "meta":
        torch.testing.assert_close(moved.cpu(), y, rtol=1e-4, atol=1e-4)


def test_parameters_are_made_on_the_device_and_in_the_dtype_asked_for():
    factory = {"device": "meta", "dtype": torch.float16}
    for layer in CustomLinear(2, 3, **factory), CustomConv2D(2, 3, 1, **factory):
        assert {(p.device.type, p.dtype) for p in layer.parameters()} == {("meta", torch.float16)}


def test_a_large_batch_is_the_same_as_its_images():
    """Large enough that the convolution works in pieces."""
    layer = CustomConv2D(3, 2, 5)
    x = torch.randn(40, 3, 40, 40)
    torch.testing.assert_close(layer(x), torch.cat([layer(image) for image in x.split(1)]))


def test_an_image_may_be_larger_than_a_piece():
    layer = CustomConv2D(1, 1, 32)
    x = torch.randn(2, 1, 78, 78)
    expected = F.conv2d(x.double(), layer.weight.double(), layer.bias.double())
    torch.testing.assert_close(layer(x).double(), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    "shape, padding",
    [((1, 3, 400, 300), 0), ((3, 3, 150, 160), 2), ((70, 3, 28, 28), 0), ((0, 3, 400, 400), 0)],
    ids=str,
)
def test_the_columns_of_a_piece_take_8_megabytes(shape, padding, monkeypatch):
    made = []

    def unfold(*args, **kwargs):
        made.append(F_unfold(*args, **kwargs))
        return made[-1]

    F_unfold = F.unfold
    monkeypatch.setattr(layers.F, "unfold", unfold)
    layer = CustomConv2D(3, 4, 5, padding=padding)
    x = torch.randn(shape)
    y = layer(x)
    assert max(columns.nbytes for columns in made) <= 2**23
    assert len(made) < 2 + sum(columns.nbytes for columns in made) / 2**22  # and not much less
    monkeypatch.undo()
    torch.testing.assert_close(y, F.conv2d(x, layer.weight, layer.bias, padding=padding))


def test_sizes_may_be_integers_of_numpy():
    size = np.int64(2)
    x = images(2, 2, 6, 6)
    linear = CustomLinear(size, np.uint8(3))
    assert linear(images(5, 2)).shape == (5, 3)
    conv = CustomConv2D(size, 3, (size, np.int8(2)), stride=size, padding=size, dilation=size)
    assert conv(x).shape == (2, 3, 4, 4)
    assert torch.equal(CustomMaxPool2D(size)(x), CustomMaxPool2D(2)(x))
    loss = CustomCrossEntropyLoss("none", ignore_index=np.int64(1))
    assert loss(torch.zeros(1, 2), torch.tensor([1])).tolist() == [0]


# PyTorch's own samples of the four modules


SAMPLES = [  # with how many there are of each, at least, whose arguments we have
    (CustomLinear, nn.Linear, 3),
    (CustomConv2D, nn.Conv2d, 4),
    (CustomMaxPool2D, nn.MaxPool2d, 3),
    (CustomCrossEntropyLoss, nn.CrossEntropyLoss, 105),
]


@pytest.mark.parametrize("ours, theirs, least", SAMPLES)
@pytest.mark.filterwarnings("ignore")  # torch's, about its own tests
def test_samples_of_pytorch_agree(ours, theirs, least):
    compared = 0
    for sample in samples_of(theirs):
        arguments = bind(theirs, sample.constructor_input)
        if arguments.keys() <= inspect.signature(ours).parameters.keys():
            reference = theirs(**arguments)
            given = bind(reference.forward, sample.forward_input).values()
            check_sample(ours(**arguments), reference, given)
            compared += 1
    assert compared >= least


def samples_of(module):
    """Returns torch's samples of a module; where torch does not hand them out, the test ends."""
    try:
        modules = importlib.import_module("torch.testing._internal.common_modules")
    except ImportError as error:  # it is private, and needs packages that torch does not
        pytest.skip(f"torch's samples cannot be read: {error}")
    (info,) = [info for info in modules.module_db if info.module_cls is module]
    options = {"device": "cpu", "dtype": torch.float32, "requires_grad": True, "training": True}
    return info.module_inputs_func(info, **options)


def bind(function, given):
    """Returns the arguments of a call by name."""
    return inspect.signature(function).bind(*given.args, **given.kwargs).arguments


def check_sample(ours, theirs, given):
    """Compares outputs and the gradients of all that is given, and of the parameters."""
    theirs.load_state_dict(ours.state_dict())
    results = []
    for layer in ours, theirs:
        leaves = [value.detach().clone() for value in given]
        for leaf in leaves:
            leaf.requires_grad_(leaf.is_floating_point())
        outputs = layer(*leaves)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        outputs[0].sum().backward()
        gradients = [leaf.grad for leaf in [*leaves, *layer.parameters()]]
        results.append([*outputs, *gradients])
    torch.testing.assert_close(*results, equal_nan=True)


# Expected numbers by hand


def test_the_pooling_figure_of_the_handout():
    figure = [[4.0, 9, 2, 5], [5, 6, 2, 4], [2, 4, 5, 4], [5, 6, 8, 4]]
    y, indices = CustomMaxPool2D(2, return_indices=True)(torch.tensor([[figure]]))
    assert y.tolist() == CustomMaxPool2D(2)(torch.tensor([[figure]])).tolist()
    assert y.tolist() == [[[[9, 5], [6, 8]]]]
    assert indices.tolist() == [[[[1, 3], [13, 14]]]]


def test_linear_by_hand():
    layer = CustomLinear(2, 2)
    weight = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    layer.load_state_dict({"weight": weight, "bias": torch.tensor([10.0, 20.0])})
    assert layer(torch.tensor([1.0, -1.0])).tolist() == [9, 19]


def test_convolution_by_hand():
    layer = CustomConv2D(1, 1, 2)  # a cross-correlation: the kernel is not flipped
    weight = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    layer.load_state_dict({"weight": weight, "bias": torch.tensor([100.0])})
    assert layer(torch.tensor([[[1.0, 0.0, 2.0], [0.0, 1.0, 0.0]]])).tolist() == [[[105, 107]]]


def test_loss_by_hand():
    loss = CustomCrossEntropyLoss("none")
    logits = torch.tensor([[0.0, 0.0], [1e4, -1e4], [-1e4, 1e4]])
    expected = [pytest.approx(math.log(2)), 0, 2e4]
    assert loss(logits, torch.tensor([0, 0, 0])).tolist() == expected
    half = torch.tensor([[6e4, 0.0]], dtype=torch.float16)
    assert loss(half, torch.tensor([1])).tolist() == [6e4]


def test_the_examples_of_the_docstrings():
    results = doctest.testmod(layers)
    assert results.attempted >= 4
    assert results.failed == 0


ERRORS = [
    (lambda: CustomLinear(-1, 2), "in_features must be non-negative, got -1"),
    (lambda: CustomLinear(2, -1), "out_features must be non-negative, got -1"),
    (lambda: CustomLinear(2, 1.5), TypeError("out_features must be an int, got 1.5")),
    (lambda: CustomLinear(2, 3)(torch.zeros(2, 3)), "x must have the shape (..., 2), got (2, 3)"),
    (lambda: CustomLinear(2, 3)([1.0, 2.0]), TypeError("x must be a Tensor, got [1.0, 2.0]")),
    (lambda: CustomConv2D(3, 4, 1, groups=2), "in_channels (3) must be divisible by groups (2)"),
    (lambda: CustomConv2D(4, 3, 1, groups=2), "out_channels (3) must be divisible by groups (2)"),
    (lambda: CustomConv2D(-3, 4, 1), "in_channels must be positive, got -3"),
    (lambda: CustomConv2D(3, -1, 1), "out_channels must be non-negative, got -1"),
    (lambda: CustomConv2D(3, True, 1), TypeError("out_channels must be an int, got True")),
    (lambda: CustomConv2D(3, 4, -1), "kernel_size must be positive, got -1"),
    (
        lambda: CustomConv2D(3, 4, (1, 2, 3)),
        "kernel_size must be an int or an (h, w) pair, got (1, 2, 3)",
    ),
    (lambda: CustomConv2D(3, 4, "3"), TypeError("kernel_size must be an int, got '3'")),
    (lambda: CustomConv2D(3, 4, 1, stride=0), "stride must be positive, got 0"),
    (lambda: CustomConv2D(3, 4, 1, padding=-1), "padding must be non-negative, got -1"),
    (
        lambda: CustomConv2D(3, 4, 1, padding="full"),
        "padding must be 'same', 'valid', an int or an (h, w) pair, got 'full'",
    ),
    (
        lambda: CustomConv2D(3, 4, 1, stride=2, padding="same"),
        "padding='same' needs a stride of 1, got 2",
    ),
    (lambda: CustomConv2D(3, 4, 1, dilation=0), "dilation must be positive, got 0"),
    (lambda: CustomConv2D(3, 4, 1, groups=0), "groups must be positive, got 0"),
    (
        lambda: CustomConv2D(3, 4, 1)(images()),
        "x must have the shape (N, 3, H, W) or (3, H, W), got (3, 4, 7, 9)",
    ),
    (
        lambda: CustomConv2D(4, 4, 1)(images(7, 9)),
        "x must have the shape (N, 4, H, W) or (4, H, W), got (7, 9)",
    ),
    (
        lambda: CustomConv2D(4, 4, 5, dilation=2)(images()),
        "kernel_size 5 with dilation 2 must fit the padded side 7",
    ),
    (lambda: CustomMaxPool2D(0), "kernel_size must be positive, got 0"),
    (lambda: CustomMaxPool2D(2, stride=0), "stride must be positive, got 0"),
    (
        lambda: CustomMaxPool2D(2, padding=2),
        "padding (2) must be at most half of the kernel_size (2)",
    ),
    (
        lambda: CustomMaxPool2D(3, padding=2, dilation=2),
        "padding (2) must be at most half of the kernel_size (3)",
    ),
    (lambda: CustomMaxPool2D(2, dilation=0), "dilation must be positive, got 0"),
    (
        lambda: CustomMaxPool2D(8)(images()),
        "kernel_size 8 with dilation 1 must fit the padded side 7",
    ),
    (
        lambda: CustomMaxPool2D(2)(images(7, 9)),
        "x must have the shape (N, C, H, W) or (C, H, W), got (7, 9)",
    ),
    (lambda: CustomCrossEntropyLoss("avg"), "reduction must be 'mean', 'sum' or 'none', got 'avg'"),
    (
        lambda: CustomCrossEntropyLoss(label_smoothing=1.5),
        "label_smoothing must be between 0 and 1, got 1.5",
    ),
    (
        lambda: CustomCrossEntropyLoss(label_smoothing="a"),
        TypeError("label_smoothing must be a number, got 'a'"),
    ),
    (
        lambda: CustomCrossEntropyLoss(ignore_index=0.5),
        TypeError("ignore_index must be an int, got 0.5"),
    ),
    (
        lambda: entropy(torch.zeros(()), 0),
        "logits must have the shape (C), (N, C) or (N, C, d1, ...), got ()",
    ),
    (
        lambda: entropy(torch.ones(1, 2).long(), 0),
        TypeError("logits must be floating-point, got torch.int64"),
    ),
    (lambda: entropy(torch.zeros(2, 3), [0, 1]), TypeError("targets must be a Tensor, got [0, 1]")),
    (
        lambda: entropy(torch.zeros(2, 3), torch.zeros(3).long()),
        "targets must have the shape (2,), got (3,)",
    ),
    (
        lambda: entropy(torch.zeros(2, 3, 4), torch.zeros(2, 3).long()),
        "targets must have the shape (2, 4), got (2, 3)",
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.zeros(2)),
        "targets must have the shape (2, 3), got (2,)",
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.zeros(2).int()),
        TypeError(
            "targets must be int64 class indices or floating-point probabilities, got torch.int32"
        ),
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.tensor([0, 3])),
        "targets must be class indices below 3, got 3",
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.tensor([-1, 0])),
        "targets must be class indices below 3, got -1",
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.zeros(2, 3), ignore_index=2),
        "ignore_index is not for probabilities, got 2",
    ),
    (
        lambda: entropy(torch.zeros(2, 3), torch.tensor([0, 1]), weight=torch.ones(2)),
        "weight must have the shape (3,), got (2,)",
    ),
]


def entropy(logits, targets, **arguments):
    return CustomCrossEntropyLoss(**arguments)(logits, targets)


@pytest.mark.parametrize("call, error", ERRORS, ids=[str(error) for _, error in ERRORS])
def test_a_wrong_argument_is_echoed(call, error):
    kind = TypeError if isinstance(error, TypeError) else ValueError
    with pytest.raises(kind) as caught:
        call()
    assert str(caught.value) == str(error)
