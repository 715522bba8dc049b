"""Four neural-network layers from basic tensor operations: linear, convolution, max pooling, loss.

The only file that a student edits; this one is the reference solution. Each layer is a forward
pass, and autograd derives the backward pass. Each stands in for its namesake in torch.nn: the same
arguments, parameters and results.

A forward says what its layer is. What torch.nn offers beyond that stands in the methods below the
forward and in the functions below the classes; a first reading may skip them.

Declaration of the use of AI tools:
    I acknowledge the use of Claude (Anthropic, https://claude.ai) to generate materials that were
    included within my final assignment in its modified form.
    Tool: Claude by Anthropic. Use: to write the code of the layers in this file. Reference:
    https://claude.ai
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    r"""Applies an affine map to the last dimension: every output sees every input.

    .. math:: y_j = \sum_{i=1}^{n} w_{ji} x_i + b_j

    Args:
        in_features: the size n of an input
        out_features: the size of an output
        bias: whether b is added
        device, dtype: of the parameters

    Shape:
        - x: (\*, in_features), for any leading dimensions \*
        - output: (\*, out_features)

    Raises:
        TypeError: for an argument of the wrong type
        ValueError: for a wrong value or shape

    Source: handout, question 1; torch.nn.Linear.

    Examples::

        >>> CustomLinear(20, 30)(torch.randn(128, 20)).shape
        torch.Size([128, 30])
    """

    def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
        super().__init__()
        self.in_features = _integer("in_features", in_features, least=0)
        self.out_features = _integer("out_features", out_features, least=0)
        shape = (self.out_features, self.in_features)
        self.weight = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.bias = _new_bias(self.weight) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        _initialise(self.weight, self.bias)

    def forward(self, x):
        _check_vectors(x, self.in_features)
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias.to(y.dtype)  # autocast may narrow y

    def extra_repr(self):
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"


class CustomConv2D(nn.Module):
    r"""Slides O filters over the image and takes their dot product with every patch.

    .. math::
        y[n, o, h, w] = b_o
            + \sum_{i, p, q} W[o, i, p, q] \; x[n, i, s h + d p - pad, s w + d q - pad]

    ``unfold`` lays each patch out as a column. The convolution (strictly, a cross-correlation) is
    then one product of matrices an image: (O, I·k·k) filters by (I·k·k, H_out·W_out) columns. They
    are made a piece at a time, but where the filters learn, autograd keeps all of them for the
    gradient: k·k times the room of the images.

    Args:
        in_channels: the channels I of an image, one or more
        out_channels: the number O of filters; of none, the output has no channels
        kernel_size: the sides of a filter; an int, or an (h, w) pair, as are the next sizes
        stride: the step s from one patch to the next
        padding: the zeros on each side of the image; or 'same', so that the output has the size of
            the image; or 'valid', for none
        dilation: the step d from one element of a patch to the next
        groups: the groups of channels and filters; a filter sees the channels of its group
        bias: whether b is added
        device, dtype: of the parameters

    Shape:
        - x: (N, I, H, W) or (I, H, W)
        - output: (N, O, H_out, W_out) or (O, H_out, W_out), where
          H_out = floor((H + 2·padding - dilation·(k - 1) - 1) / stride) + 1, and W_out likewise

    Raises:
        TypeError: for an argument of the wrong type
        ValueError: for a wrong value or shape

    Source: handout, question 2; torch.nn.Conv2d.

    Examples::

        >>> CustomConv2D(16, 33, 3, stride=2)(torch.randn(20, 16, 50, 100)).shape
        torch.Size([20, 33, 24, 49])
    """

    def __init__(
        self,
        in_channels,
        out_channels,
        kernel_size,
        stride=1,
        padding=0,
        *,
        dilation=1,
        groups=1,
        bias=True,
        device=None,
        dtype=None,
    ):
        super().__init__()
        self.in_channels = _integer("in_channels", in_channels)
        self.out_channels = _integer("out_channels", out_channels, least=0)
        self.kernel_size = _pair("kernel_size", kernel_size)
        self.stride = _pair("stride", stride)
        self.padding = _convolution_padding(padding, stride)
        self.dilation = _pair("dilation", dilation)
        self.groups = _integer("groups", groups)
        _check_divisible("in_channels", self.in_channels, self.groups)
        _check_divisible("out_channels", self.out_channels, self.groups)
        shape = (self.out_channels, self.in_channels // self.groups, *self.kernel_size)
        self.weight = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        self.bias = _new_bias(self.weight) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        _initialise(self.weight, self.bias)

    def forward(self, x):
        padded = self._frame(_as_batch(x, self.in_channels))  # (N, I, H_padded, W_padded)
        h_out, w_out = self._output_size(padded)
        pieces, dim = self._pieces(padded, h_out, w_out)
        products = []
        for images in pieces:
            columns = F.unfold(images, self.kernel_size, self.dilation, stride=self.stride)
            products.append(self._apply_filters(columns))
        y = torch.cat(products, dim).reshape(*x.shape[:-3], self.out_channels, h_out, w_out)
        return _laid_out_as(y, x, self.weight)

    def _apply_filters(self, columns):
        """Multiplies filters and columns, and adds the bias.

        Shape: (N, I·k·k, L) -> (N, groups, O / groups, L)
        """
        columns = columns.unflatten(1, (self.groups, -1))
        filters = self.weight.flatten(1).unflatten(0, (self.groups, -1))
        # Expanded over the images at no cost, the filters stand in the order that the product of
        # matrices wants. As 'gok,ngkl->ngol' einsum would copy all columns, to bring their patch
        # dimension to the front.
        filters = filters.expand(len(columns), -1, -1, -1)
        y = torch.einsum("ngok,ngkl->ngol", filters, columns)
        if self.bias is None:
            return y
        return y + self.bias.to(y.dtype).view(self.groups, -1, 1)

    def _pieces(self, images, h_out, w_out):
        """Cuts a batch into pieces whose columns take 8 MB or are one row of patches of each image.

        Pieces are whole images or, where the columns of a single image take more, strips of all
        images. Returns also the dimension along which the products of the pieces make up the whole.

        All columns take k·k times the room of the images. In pieces of 8 MB they lie in memory that
        stays mapped; a large buffer goes back to the system after every call, and mapping it anew
        costs more than the product.
        """
        numbers_a_row = self.in_channels * math.prod(self.kernel_size) * w_out
        rows = 2**21 // numbers_a_row  # of patches, in 8 MB of float32
        whole_images = rows // h_out
        if whole_images or len(images) == 0:
            return images.split(max(1, whole_images)), 0
        rows_of_each = rows // len(images)
        return self._strips(images, max(1, rows_of_each)), -1

    def _strips(self, images, rows):
        """Cuts images into strips of so many rows of patches each, and one of what is left.

        Strips overlap, as patches do. They come from one view of the images, since for each slice
        autograd would make a gradient as large as the images.
        """
        axis, _ = self._axes()
        step = rows * axis.stride
        height = step - axis.stride + axis.span
        views = images.unfold(2, height, step).unbind(2)  # each (N, I, W, height)
        strips = [view.mT for view in views]
        rest = images[:, :, len(strips) * step :]
        if rest.shape[2] >= axis.span:
            strips.append(rest)
        return strips

    def _frame(self, images):
        """Surrounds images with zeros; of an odd number, one more is at the end."""
        h_zeros, w_zeros = self._zeros()
        height = images.shape[2] + h_zeros
        width = images.shape[3] + w_zeros
        return _framed(images, height, width, h_zeros // 2, w_zeros // 2, value=0)

    def _zeros(self):
        """Returns the number of zeros along the height, and along the width."""
        if self.padding == "valid":
            return (0, 0)
        if self.padding == "same":
            return tuple(axis.span - 1 for axis in self._axes())
        return tuple(2 * padding for padding in self.padding)

    def _output_size(self, padded):
        rows, columns = self._axes()
        return rows.count_windows(padded.shape[2]), columns.count_windows(padded.shape[3])

    def _axes(self):
        return map(_Axis, self.kernel_size, self.stride, self.dilation)

    def extra_repr(self):
        text = f"{self.in_channels}, {self.out_channels}"
        text += f", kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != (0, 0):
            text += f", padding={self.padding}"
        if self.dilation != (1, 1):
            text += f", dilation={self.dilation}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        return text


class CustomMaxPool2D(nn.Module):
    r"""Keeps the largest value of every window.

    .. math:: y[n, c, h, w] = \max_{0 \le p, q < k} x[n, c, s h + d p - pad, s w + d q - pad]

    Padding is with -inf, which never wins; a zero would beat every negative value. Among equal
    values the first of the window wins, and the whole gradient is its own. So it does among several
    NaN, where torch.nn takes the last: to find that one, all windows would be read again.

    Args:
        kernel_size: the sides of a window; an int, or an (h, w) pair, as are the next sizes
        stride: the step s from one window to the next; None means kernel_size
        padding: the -inf on each side of the image, at most half of the kernel_size
        dilation: the step d from one element of a window to the next
        return_indices: whether to return where each maximum lies, too
        ceil_mode: whether a last window may reach beyond the padding

    Shape:
        - x: (N, C, H, W) or (C, H, W)
        - output: (N, C, H_out, W_out) or (C, H_out, W_out), where
          H_out = floor((H + 2·padding - dilation·(k - 1) - 1) / stride) + 1, and W_out likewise;
          with ceil_mode, ceil in place of floor
        - indices: that of the output; each is a flat index in a plane of H·W

    Raises:
        TypeError: for an argument of the wrong type
        ValueError: for a wrong value or shape

    Source: handout, question 3; torch.nn.MaxPool2d.

    Examples::

        >>> CustomMaxPool2D(2)(torch.tensor([[[1.0, 2.0], [4.0, 3.0]]]))
        tensor([[[4.]]])
    """

    def __init__(
        self,
        kernel_size,
        stride=None,
        padding=0,
        *,
        dilation=1,
        return_indices=False,
        ceil_mode=False,
    ):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode
        for axis in self._axes():
            _check_pool_padding(axis.padding, axis.kernel)

    def forward(self, x):
        _check_images(x)
        padded = self._frame(x)  # (..., H_padded, W_padded)
        windows = self._unfold(padded)  # (..., k·k, H_out, W_out)
        kernel_offset = windows.max(dim=-3, keepdim=True).indices
        # Unfolded as the planes are, their numbered positions say where a window's elements lie.
        positions = self._unfold(self._number_positions(padded)).expand_as(windows)
        flat_index = positions.gather(-3, kernel_offset).squeeze(-3)  # (..., H_out, W_out)
        # Read from there, a maximum sends its gradient straight back, not through all windows.
        y = padded.flatten(-2).gather(-1, flat_index.flatten(-2)).view_as(flat_index)
        y = _laid_out_as(y, x)
        if self.return_indices:
            return y, self._index_in_image(flat_index, padded, x)
        return y

    def _frame(self, x):
        """Surrounds images with -inf; where the dtype is of integers, with the least of them."""
        rows, columns = self._axes()
        height = self._padded_side(x.shape[-2], rows)
        width = self._padded_side(x.shape[-1], columns)
        least = -math.inf if x.is_floating_point() else torch.iinfo(x.dtype).min
        return _framed(x, height, width, rows.padding, columns.padding, value=least)

    def _padded_side(self, side, axis):
        """Adds to a side of the image its padding, and the reach of ceil_mode's last window."""
        padded = side + 2 * axis.padding
        if self.ceil_mode:
            last_start = math.ceil((padded - axis.span) / axis.stride) * axis.stride
            if 0 <= last_start < side + axis.padding:  # it may not lie in the padding alone
                padded = max(padded, last_start + axis.span)
        return padded

    def _unfold(self, planes):
        """Returns the windows of planes (..., H, W) as (..., k·k, H_out, W_out)."""
        windows = planes
        for axis in self._axes():
            windows = axis.unfold(windows)
        return windows.movedim((-2, -1), (-4, -3)).flatten(-4, -3)

    def _number_positions(self, padded):
        """Numbers the positions of a padded plane, row by row: (H_padded, W_padded).

        Padding before the image can win only where a window is -inf throughout. The number there
        is that of the window's first position in the image, which torch.nn names.
        """
        rows, columns = self._axes()
        height, width = padded.shape[-2:]
        row = rows.number_positions(height, padded.device)
        column = columns.number_positions(width, padded.device)
        return row.unsqueeze(1) * width + column

    def _index_in_image(self, flat_index, padded, x):
        """Returns the flat index in a plane of x for one in a padded plane."""
        rows, columns = self._axes()
        row = flat_index // padded.shape[-1] - rows.padding
        column = flat_index % padded.shape[-1] - columns.padding
        return _laid_out_as(row * x.shape[-1] + column, x)

    def _axes(self):
        kernel_size = _pair("kernel_size", self.kernel_size)
        stride = _pair("stride", self.stride)
        padding = _pair("padding", self.padding, least=0)
        dilation = _pair("dilation", self.dilation)
        return map(_Axis, kernel_size, stride, dilation, padding)

    def extra_repr(self):
        text = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return f"{text}, dilation={self.dilation}, ceil_mode={self.ceil_mode}"


class CustomCrossEntropyLoss(nn.Module):
    r"""Measures, in nats, how improbable a softmax of the logits makes the targets.

    .. math:: \ell = -w_t \log \frac{e^{z_t}}{\sum_c e^{z_c}}
                   = w_t \Big( \log \sum_c e^{z_c - m} - (z_t - m) \Big), \quad m = \max_c z_c

    The shift by the maximum changes nothing but this: the largest exponential is e^0, and the sum
    at least 1.

    Under autocast torch.nn's loss is float32; this one keeps the dtype of the logits and of
    probabilities, since a layer here may not ask whether autocast is on.

    Args:
        reduction: 'mean', over the weights of the targets that are not ignored; 'sum'; or 'none'
        weight: the weight w (C) of each class
        ignore_index: the target that costs nothing; not for probabilities
        label_smoothing: the share of a target's probability that is spread over all classes

    Shape:
        - logits: (C), (N, C) or (N, C, d1, ...)
        - targets: class indices, of the logits' shape without C; or probabilities, of that shape
        - output: a scalar; with reduction='none', of the logits' shape without C

    Raises:
        TypeError: for an argument of the wrong type
        ValueError: for a wrong value or shape

    Source: handout, question 4; torch.nn.CrossEntropyLoss.

    Examples::

        >>> CustomCrossEntropyLoss()(torch.zeros(3, 2), torch.tensor([0, 1, 1]))
        tensor(0.6931)
    """

    def __init__(self, reduction="mean", *, weight=None, ignore_index=-100, label_smoothing=0.0):
        super().__init__()
        _check_reduction(reduction)
        _check_label_smoothing(label_smoothing)
        self.reduction = reduction
        self.register_buffer("weight", weight)
        self.ignore_index = _integer("ignore_index", ignore_index, least=-math.inf)
        self.label_smoothing = label_smoothing

    def forward(self, logits, targets):
        _check_logits_and_targets(logits, targets)
        z = _at_least_float32(_classes_last(logits))  # (..., C)
        z = z - z.max(dim=-1, keepdim=True).values
        log_sum_exp = z.exp().sum(dim=-1, keepdim=True).log()
        weights = self._class_weights(z)
        costs = weights * (log_sum_exp - z)  # (..., C): of each class, were it the target
        if targets.is_floating_point():
            loss = self._expect(costs, targets)
        else:
            loss = self._pick(self._smooth(costs), targets)
        loss = self._reduce(loss, weights, targets)
        return loss.to(torch.promote_types(logits.dtype, targets.dtype))

    def _pick(self, values, targets):
        """Returns the value (..., C) of each target's class, and 0 for a target to ignore."""
        targets = targets.to(torch.int64)
        ignored = targets == self.ignore_index
        index = torch.where(ignored, 0, targets)
        try:
            picked = values.gather(-1, index.unsqueeze(-1)).squeeze(-1)
        except (IndexError, RuntimeError):
            raise _class_error(index, values.shape[-1]) from None
        return torch.where(ignored, 0, picked)

    def _smooth(self, costs):
        """Spreads a share of each target over all classes: mixes its cost with the mean of all."""
        share = self.label_smoothing
        if share == 0:  # and 0 times a mean that is infinite would be NaN
            return costs
        return (1 - share) * costs + share * costs.mean(dim=-1, keepdim=True)

    def _expect(self, costs, targets):
        """Returns the mean cost under targets that are probabilities, smoothed."""
        if self.ignore_index >= 0:
            raise ValueError(f"ignore_index is not for probabilities, got {self.ignore_index}")
        share = self.label_smoothing
        probabilities = _at_least_float32(_classes_last(targets))
        probabilities = (1 - share) * probabilities + share / costs.shape[-1]
        return (costs * probabilities).sum(dim=-1)

    def _class_weights(self, z):
        """Returns the weights in the shape (..., C) of z; unless they are given, each is 1."""
        classes = z.shape[-1]
        if self.weight is None:
            return z.new_ones(classes).expand_as(z)
        if self.weight.shape != (classes,):
            raise _shape_error("weight", (classes,), self.weight)
        return self.weight.to(z.dtype).expand_as(z)

    def _reduce(self, loss, weights, targets):
        if self.reduction == "none":
            return loss
        if self.reduction == "sum":
            return loss.sum()
        if targets.is_floating_point():
            return loss.mean()
        return loss.sum() / self._pick(weights, targets).sum()


# What the layers are made with


def _new_bias(weight):
    return nn.Parameter(weight.new_empty(len(weight)))


def _initialise(weight, bias):
    """Draws both uniformly from ±1/sqrt(fan_in), as torch.nn does, the weight first."""
    nn.init.kaiming_uniform_(weight, a=math.sqrt(5))
    if bias is not None:
        fan_in = math.prod(weight.shape[1:])
        bound = 1 / math.sqrt(fan_in) if fan_in else 0
        nn.init.uniform_(bias, -bound, bound)


def _integer(name, value, least=1):
    if not _is_integer(value):
        raise TypeError(f"{name} must be an int, got {value!r}")
    if value < least:
        bound = "positive" if least == 1 else "non-negative"
        raise ValueError(f"{name} must be {bound}, got {value}")
    return int(value)


def _is_integer(value):
    """Says whether Python counts with it, as with NumPy's integers; a bool is taken for a slip."""
    try:
        range(value)
    except TypeError:
        return False
    return not isinstance(value, bool)


def _pair(name, value, least=1):
    """Returns (h, w); an int stands for both."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be an int or an (h, w) pair, got {value!r}")
    return tuple(_integer(name, side, least) for side in pair)


def _convolution_padding(padding, stride):
    if not isinstance(padding, str):
        return _pair("padding", padding, least=0)
    if padding not in ("same", "valid"):
        wanted = "'same', 'valid', an int or an (h, w) pair"
        raise ValueError(f"padding must be {wanted}, got {padding!r}")
    if padding == "same" and _pair("stride", stride) != (1, 1):
        raise ValueError(f"padding='same' needs a stride of 1, got {stride!r}")
    return padding


def _check_pool_padding(padding, kernel):
    if 2 * padding > kernel:
        raise ValueError(f"padding ({padding}) must be at most half of the kernel_size ({kernel})")


def _check_divisible(name, channels, groups):
    if channels % groups:
        raise ValueError(f"{name} ({channels}) must be divisible by groups ({groups})")


class _Axis:
    """The height or the width of a window: its elements, and the steps that it moves by."""

    def __init__(self, kernel, stride, dilation, padding=0):
        self.kernel = kernel
        self.stride = stride
        self.dilation = dilation
        self.padding = padding
        self.span = dilation * (kernel - 1) + 1  # from the first element to the last

    def count_windows(self, side):
        self.check_fit(side)
        return (side - self.span) // self.stride + 1

    def check_fit(self, side):
        if side < self.span:
            window = f"kernel_size {self.kernel} with dilation {self.dilation}"
            raise ValueError(f"{window} must fit the padded side {side}")

    def unfold(self, planes):
        """Slides along the dimension -2; the elements of the windows make a new last dimension."""
        self.check_fit(planes.shape[-2])
        return planes.unfold(-2, self.span, self.stride)[..., :: self.dilation]

    def number_positions(self, side, device):
        """Numbers the positions of a padded side.

        One in the padding before the image bears the number of the first position in the image
        that is a multiple of the dilation further.
        """
        positions = torch.arange(side, device=device)
        in_image = (positions - self.padding) % self.dilation + self.padding
        return torch.where(positions < self.padding, in_image, positions)


def _framed(images, height, width, top, left, value):
    """Sets images (..., H, W) into larger planes, which hold a value around them."""
    h, w = images.shape[-2:]
    if (height, width) == (h, w):
        return images
    framed = images.new_full((*images.shape[:-2], height, width), value)
    framed[..., top : top + h, left : left + w] = images
    return framed


def _laid_out_as(y, *tensors):
    """Lays images out in memory as torch.nn does: channels last, if those of one tensor are."""
    if any(map(_is_channels_last, tensors)):
        return y.movedim(-3, -1).contiguous().movedim(-1, -3)
    return y


def _is_channels_last(tensor):
    """Says whether the channels of a pixel lie side by side, and of more than one number."""
    if tensor.dim() != 4:
        return False
    n, c, h, w = tensor.stride()
    return 0 < c < n and c * tensor.shape[1] <= w <= h <= n


# What a forward is given


def _check_tensor(name, value):
    if not isinstance(value, torch.Tensor):
        raise TypeError(f"{name} must be a Tensor, got {value!r}")


def _shape_error(name, wanted, tensor):
    return ValueError(f"{name} must have the shape {wanted}, got {tuple(tensor.shape)}")


def _check_vectors(x, features):
    _check_tensor("x", x)
    if x.shape[-1:] != (features,):
        raise _shape_error("x", f"(..., {features})", x)


def _check_images(x, channels="C"):
    _check_tensor("x", x)
    if x.dim() not in (3, 4) or channels not in ("C", x.shape[-3]):
        raise _shape_error("x", f"(N, {channels}, H, W) or ({channels}, H, W)", x)


def _as_batch(x, channels):
    """Makes a batch of one from a single image."""
    _check_images(x, channels)
    return x if x.dim() == 4 else x.unsqueeze(0)


def _check_logits_and_targets(logits, targets):
    _check_tensor("logits", logits)
    if logits.dim() == 0:
        raise _shape_error("logits", "(C), (N, C) or (N, C, d1, ...)", logits)
    if not logits.is_floating_point():
        raise TypeError(f"logits must be floating-point, got {logits.dtype}")
    _check_tensor("targets", targets)
    probabilities = targets.is_floating_point()
    shape = logits.shape if probabilities else _classes_last(logits).shape[:-1]
    if targets.shape != shape:
        raise _shape_error("targets", tuple(shape), targets)
    if not probabilities and targets.dtype not in (torch.int64, torch.uint8):
        wanted = "int64 class indices or floating-point probabilities"
        raise TypeError(f"targets must be {wanted}, got {targets.dtype}")


def _class_error(index, classes):
    wrong = index[(index < 0) | (index >= classes)]
    return ValueError(f"targets must be class indices below {classes}, got {int(wrong[0])}")


def _check_reduction(reduction):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")


def _check_label_smoothing(share):
    if not isinstance(share, (int, float)):
        raise TypeError(f"label_smoothing must be a number, got {share!r}")
    if not 0 <= share <= 1:
        raise ValueError(f"label_smoothing must be between 0 and 1, got {share}")


def _classes_last(tensor):
    """Moves the classes of (N, C, d1, ...) to the end; in (C) and (N, C) they are there."""
    return tensor if tensor.dim() < 3 else tensor.movedim(1, -1)


def _at_least_float32(tensor):
    """Converts float16 and bfloat16, in which sums would lose too much."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
