"""Four neural-network layers from basic tensor operations: linear, convolution, max pooling and cross-entropy.

The only file that a student edits; this one is the reference solution. Each layer is a forward pass, and autograd
derives the backward pass. Each stands in for its namesake in torch.nn: the same arguments, parameters and results.

Declaration of the use of AI tools:
    I acknowledge the use of Claude (Anthropic, https://claude.ai) to generate materials that were included within my
    final assignment in its modified form.
    Tool: Claude by Anthropic. Use: to write the code of the layers in this file. Reference: https://claude.ai
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def _integer(name, value, least=1):
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{name} must be an int, got {value!r}")
    if value < least:
        raise ValueError(f"{name} must be {'positive' if least else 'non-negative'}, got {value}")
    return value


def _pair(name, value, least=1):
    """An int stands for (int, int), a height and a width."""
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ValueError(f"{name} must be an int or an (h, w) pair, got {value!r}")
    return tuple(_integer(name, v, least) for v in pair)


def _check_shape(name, tensor, wanted, fits):
    if not isinstance(tensor, torch.Tensor):
        raise TypeError(f"{name} must be a Tensor, got {tensor!r}")
    if not fits(tensor.shape):
        raise ValueError(f"{name} must have the shape {wanted}, got {tuple(tensor.shape)}")


def _batched(x, channels="C"):
    """Checks images (N, C, H, W), and makes a batch of one from a single image (C, H, W)."""
    wanted = f"(N, {channels}, H, W) or ({channels}, H, W)"
    _check_shape("x", x, wanted, lambda shape: len(shape) in (3, 4) and channels in ("C", shape[-3]))
    return x if x.dim() == 4 else x.unsqueeze(0)


def _stops(size, kernel, stride, padding, dilation, ceil_mode=False):
    """Counts a window's stops along an axis: floor((size + 2·padding - dilation·(kernel - 1) - 1) / stride) + 1."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    stops = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (stops - 1) * stride >= size + padding:
        stops -= 1  # no window lies in the padding at the end alone
    if stops < 1:
        raise ValueError(f"kernel_size {kernel} with dilation {dilation} must fit the padded side {size + 2 * padding}")
    return stops


def _taps(stops, kernel, stride, padding, dilation, device):
    """Returns (kernel, stops): the cell of the padded axis below each tap of a window, at each of its stops."""
    cells = torch.arange(kernel, device=device).view(-1, 1) * dilation + torch.arange(stops, device=device) * stride
    # Padding before the image can only win where a window is -inf throughout: its first cell in the image stands in.
    return torch.where(cells < padding, (cells - padding) % dilation + padding, cells)


class _Affine(nn.Module):
    """Weight and bias, initialised as torch.nn does: both uniform in ±1/sqrt(fan_in), the weight drawn first."""

    def __init__(self, shape, bias, device, dtype):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(shape, device=device, dtype=dtype))
        bias = nn.Parameter(torch.empty(shape[0], device=device, dtype=dtype)) if bias else None
        self.register_parameter("bias", bias)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(math.prod(self.weight.shape[1:]))
            nn.init.uniform_(self.bias, -bound, bound)


class CustomLinear(_Affine):
    r"""Applies an affine map to the last dimension: every output sees every input.

    .. math:: y_j = \sum_{i=1}^{n} w_{ji} x_i + b_j

    Args: as torch.nn.Linear's.
    Shape: x (\*, in_features) -> (\*, out_features), for any leading dimensions \*.
    Raises: TypeError for an argument of the wrong type, ValueError for a wrong value or shape.
    Source: handout, question 1; torch.nn.Linear.
    """

    def __init__(self, in_features, out_features, bias=True, *, device=None, dtype=None):
        self.in_features = _integer("in_features", in_features)
        self.out_features = _integer("out_features", out_features)
        super().__init__((out_features, in_features), bias, device, dtype)

    def forward(self, x):
        _check_shape("x", x, f"(..., {self.in_features})", lambda shape: shape[-1:] == (self.in_features,))
        y = torch.einsum("...i,oi->...o", x, self.weight)
        return y if self.bias is None else y + self.bias

    def extra_repr(self):
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={self.bias is not None}"


class CustomConv2D(_Affine):
    r"""Slides O filters over the image and takes their dot product with the patch below, at every stop.

    .. math:: y[n, o, h, w] = b_o + \sum_{i, p, q} W[o, i, p, q] \; x[n, i, s h + d p - pad, s w + d q - pad]

    ``unfold`` lays each patch out as a column. The convolution (cross-correlation, strictly) is then one product of
    matrices for every image: (O, I·k·k) filters times (I·k·k, H_out·W_out) columns.

    Args: as torch.nn.Conv2d's; sizes are an int or an (h, w) pair; padding is with zeros, or 'same', or 'valid'.
    Shape: x (N, I, H, W) -> (N, O, H_out, W_out), or both without N, where
        H_out = floor((H + 2·padding - dilation·(k - 1) - 1) / stride) + 1.
    Raises: TypeError for an argument of the wrong type, ValueError for a wrong value or shape.
    Source: handout, question 2; torch.nn.Conv2d.
    """

    def __init__(
        self, in_channels, out_channels, kernel_size, stride=1, padding=0, *,
        dilation=1, groups=1, bias=True, device=None, dtype=None,
    ):  # fmt: skip
        self.in_channels = _integer("in_channels", in_channels)
        self.out_channels = _integer("out_channels", out_channels)
        self.kernel_size = _pair("kernel_size", kernel_size)
        self.stride = _pair("stride", stride)
        self.dilation = _pair("dilation", dilation)
        self.groups = _integer("groups", groups)
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                raise ValueError(f"{name} ({channels}) must be divisible by groups ({groups})")
        if isinstance(padding, str) and padding not in ("same", "valid"):
            raise ValueError(f"padding must be 'same', 'valid', an int or an (h, w) pair, got {padding!r}")
        if padding == "same" and self.stride != (1, 1):
            raise ValueError(f"padding='same' needs a stride of 1, got {stride!r}")
        self.padding = padding if isinstance(padding, str) else _pair("padding", padding, least=0)
        super().__init__((out_channels, in_channels // groups, *self.kernel_size), bias, device, dtype)

    def forward(self, x):
        batch = _batched(x, self.in_channels)
        spans = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size)]  # from a window's first cell to its last
        padding = {"valid": (0, 0), "same": tuple((s + 1) // 2 for s in spans)}.get(self.padding, self.padding)
        h_out, w_out = map(_stops, batch.shape[2:], self.kernel_size, self.stride, padding, self.dilation)
        # The columns take k·k times the room of the image. In pieces of 8 MB they lie in memory that stays mapped; a
        # large buffer goes back to the system after every call, and mapping it anew costs more than the product.
        images = max(1, 2**21 // (self.in_channels * math.prod(self.kernel_size) * h_out * w_out))
        y = torch.cat([self._products(piece, padding) for piece in batch.split(images)])
        y = y.reshape(len(batch), self.out_channels, h_out, w_out)
        if self.padding == "same":  # torch.nn puts an odd cell of padding at the end, so there is one stop too many
            y = y[:, :, spans[0] % 2 :, spans[1] % 2 :]
        if self.bias is not None:
            y = y + self.bias.view(-1, 1, 1)
        return y if x.dim() == 4 else y.squeeze(0)

    def _products(self, images, padding):
        columns = F.unfold(images, self.kernel_size, self.dilation, padding, self.stride)  # (N, I·k·k, H_out·W_out)
        columns = columns.view(len(images), self.groups, columns.shape[1] // self.groups, columns.shape[2])
        # Expanded over the images at no cost, the filters stand in the order that the product of matrices wants. As
        # 'gok,ngkl->ngol' einsum would copy all columns, to bring their patch dimension to the front.
        filters = self.weight.reshape(self.groups, self.out_channels // self.groups, -1).expand(len(images), -1, -1, -1)
        return torch.einsum("ngok,ngkl->ngol", filters, columns)

    def extra_repr(self):
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        text += f", padding={self.padding}" if self.padding != (0, 0) else ""
        text += f", dilation={self.dilation}" if self.dilation != (1, 1) else ""
        text += f", groups={self.groups}" if self.groups != 1 else ""
        return text + (", bias=False" if self.bias is None else "")


class CustomMaxPool2D(nn.Module):
    r"""Keeps the largest value of every window.

    .. math:: y[n, c, h, w] = \max_{0 \le p, q < k} x[n, c, s h + d p - pad, s w + d q - pad]

    Padding is with -inf, which never wins; a zero would beat every negative value. Among equal values the first of the
    window wins, and the whole gradient is its own.

    Args: as torch.nn.MaxPool2d's; sizes are an int or an (h, w) pair; stride=None means kernel_size.
    Shape: x (N, C, H, W) -> (N, C, H_out, W_out), or both without N, where
        H_out = floor((H + 2·padding - dilation·(k - 1) - 1) / stride) + 1; with ceil_mode, ceil in place of floor.
        With return_indices a second tensor of that shape follows: each maximum's place in its plane of H·W.
    Raises: TypeError for an argument of the wrong type, ValueError for a wrong value or shape.
    Source: handout, question 3; torch.nn.MaxPool2d.
    """

    def __init__(self, kernel_size, stride=None, padding=0, *, dilation=1, return_indices=False, ceil_mode=False):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding, self.dilation = padding, dilation
        self.return_indices, self.ceil_mode = return_indices, ceil_mode
        for k, _, p, _ in self._axes():
            if 2 * p > k:
                raise ValueError(f"padding ({p}) must be at most half of the kernel_size ({k})")

    def _axes(self):
        """(kernel_size, stride, padding, dilation) of the height, then of the width."""
        kernel_size, stride = _pair("kernel_size", self.kernel_size), _pair("stride", self.stride)
        return zip(kernel_size, stride, _pair("padding", self.padding, least=0), _pair("dilation", self.dilation))

    def forward(self, x):
        batch = _batched(x)
        n, c, height, width = batch.shape
        (kh, sh, ph, dh), (kw, sw, pw, dw) = self._axes()
        h_out = _stops(height, kh, sh, ph, dh, self.ceil_mode)
        w_out = _stops(width, kw, sw, pw, dw, self.ceil_mode)
        padded = batch
        if ph or pw or self.ceil_mode:  # in ceil_mode the last window may reach beyond image and padding
            h_padded = max(ph + height, (h_out - 1) * sh + dh * (kh - 1) + 1)
            w_padded = max(pw + width, (w_out - 1) * sw + dw * (kw - 1) + 1)
            padded = batch.new_full((n, c, h_padded, w_padded), -math.inf)
            padded[:, :, ph : ph + height, pw : pw + width] = batch
        windows = F.unfold(padded, (kh, kw), (dh, dw), 0, (sh, sw)).view(n, c, kh * kw, h_out * w_out)
        winners = windows.max(dim=2, keepdim=True).indices  # (N, C, 1, H_out·W_out): the winning tap of each window

        rows = _taps(h_out, kh, sh, ph, dh, x.device).view(kh, 1, h_out, 1)
        columns = _taps(w_out, kw, sw, pw, dw, x.device).view(1, kw, 1, w_out)
        cells = (rows * padded.shape[3] + columns).view(kh * kw, h_out * w_out)  # where in its plane each tap falls
        places = cells.expand(n, c, -1, -1).gather(2, winners).squeeze(2)
        # Read by its place, a maximum sends its gradient straight back there: no backward pass through unfold.
        y = padded.reshape(n, c, padded.shape[2] * padded.shape[3]).gather(2, places).view(*x.shape[:-2], h_out, w_out)
        if not self.return_indices:
            return y
        return y, ((places // padded.shape[3] - ph) * width + places % padded.shape[3] - pw).view(y.shape)

    def extra_repr(self):
        text = f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"
        return text + f", dilation={self.dilation}, ceil_mode={self.ceil_mode}"


class CustomCrossEntropyLoss(nn.Module):
    r"""Measures, in nats, how much less than all of its probability a softmax of the logits gives to the targets.

    .. math:: \ell = -w_t \log \frac{e^{z_t}}{\sum_c e^{z_c}}
                   = w_t \Big( \log \sum_c e^{z_c - m} - (z_t - m) \Big), \quad m = \max_c z_c

    The shift by the maximum changes nothing but this: the largest exponential is e^0, and the sum at least 1.

    Args: as torch.nn.CrossEntropyLoss's; 'mean' divides by the weights of the targets that are not ignored.
    Shape: logits (C), (N, C) or (N, C, d1, ...); targets are class indices, of that shape without C, or probabilities,
        of that shape. The loss is a scalar, or with reduction='none' has the shape without C.
    Raises: TypeError for an argument of the wrong type, ValueError for a wrong value or shape.
    Source: handout, question 4; torch.nn.CrossEntropyLoss.
    """

    def __init__(self, reduction="mean", *, weight=None, ignore_index=-100, label_smoothing=0.0):
        super().__init__()
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
        if not isinstance(label_smoothing, (int, float)):
            raise TypeError(f"label_smoothing must be a number, got {label_smoothing!r}")
        if not 0 <= label_smoothing <= 1:
            raise ValueError(f"label_smoothing must be between 0 and 1, got {label_smoothing}")
        self.reduction, self.label_smoothing = reduction, label_smoothing
        self.register_buffer("weight", weight)
        self.ignore_index = _integer("ignore_index", ignore_index, least=-math.inf)

    def forward(self, logits, targets):
        _check_shape("logits", logits, "(C), (N, C) or (N, C, d1, ...)", len)
        dim = min(logits.dim() - 1, 1)
        classes = logits.shape[dim]
        if not logits.dtype.is_floating_point:
            raise TypeError(f"logits must be floating-point, got {logits.dtype}")
        probabilities = isinstance(targets, torch.Tensor) and targets.dtype.is_floating_point
        expected = tuple(logits.shape if probabilities else logits.shape[:dim] + logits.shape[dim + 1 :])
        _check_shape("targets", targets, expected, lambda shape: shape == expected)
        if not probabilities and targets.dtype != torch.int64:
            raise TypeError(f"targets must be int64 class indices or floating-point probabilities, got {targets.dtype}")
        weight = logits.new_ones(classes) if self.weight is None else self.weight
        _check_shape("weight", weight, (classes,), lambda shape: shape == (classes,))

        z = logits + logits.new_zeros(1, dtype=torch.float32)  # float16 and bfloat16 compute in float32
        z = z - z.max(dim, keepdim=True).values
        log_p = z - z.exp().sum(dim, keepdim=True).log()
        weighted = log_p * weight.view(-1, *[1] * (logits.dim() - dim - 1))
        kept, spread = 1 - self.label_smoothing, self.label_smoothing / classes
        if probabilities:
            loss = -(weighted * ((targets + z.new_zeros(1)) * kept + spread)).sum(dim)
            share = torch.ones_like(loss)
        else:
            ignored = targets == self.ignore_index
            index = torch.where(ignored, 0, targets)
            try:
                loss = -weighted.gather(dim, index.unsqueeze(dim)).squeeze(dim)
            except (IndexError, RuntimeError):
                wrong = index[(index < 0) | (index >= classes)]
                raise ValueError(f"targets must be class indices below {classes}, got {int(wrong[0])}") from None
            loss = torch.where(ignored, 0, kept * loss - (spread * weighted.sum(dim) if spread else 0))
            share = torch.where(ignored, 0, weight[index])
        if self.reduction != "none":
            loss = loss.sum() / (share.sum(dtype=loss.dtype) if self.reduction == "mean" else 1)
        result = torch.empty_like(loss, dtype=logits.dtype)
        result[...] = loss  # in the dtype of the logits again
        return result
