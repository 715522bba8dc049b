"""The named wrong implementations: what students really do, each as the smallest change of a plain right layer.

They serve twice: make_cases stores what each one gives on a case, so that the judge can name a student's mistake, and
the tests hand each one in as a submission that must lose marks. This room only writes source text: it imports no torch
and runs none of it.

The catalogue below reads like a diff. A block is a name, how it shows and a hint to the student, then lines to take out
(``-``) and to put in (``+``); a ``-`` need not be a whole line, but its text stands exactly once in the layer.
Consecutive lines of either sort belong together, and take the indentation of the line that they change.
"""

import re
from dataclasses import dataclass

SHOWS = ("output", "exception", "gradient", "input", "calls", "operations")

HEADER = '''\
"""Four layers. I did not use any AI technologies in preparing or writing up this assignment."""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F
'''

LAYERS = {
    "CustomLinear": """
class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.register_parameter("bias", nn.Parameter(torch.empty(out_features)) if bias else None)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        weight, bias = self.weight, self.bias
        y = torch.einsum("...i,oi->...o", x, weight)
        if bias is not None:
            y = y + bias
        return y
""",
    "CustomConv2D": """
class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size**2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        weight, bias = self.weight, self.bias
        o, k, s, p = self.out_channels, self.kernel_size, self.stride, self.padding
        n, c, height, width = x.shape
        h_out = (height + 2 * p - k) // s + 1
        w_out = (width + 2 * p - k) // s + 1
        padded = x.new_zeros((n, c, height + 2 * p, width + 2 * p))
        padded[:, :, p : p + height, p : p + width] = x
        columns = F.unfold(padded, k, stride=s)
        y = torch.einsum("ok,nkl->nol", weight.reshape(o, -1), columns)
        y = y + bias.reshape(1, -1, 1)
        return y.reshape(n, o, h_out, w_out)
""",
    "CustomMaxPool2D": """
class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        k, s, p = self.kernel_size, self.stride, self.padding
        n, c, height, width = x.shape
        h_out = (height + 2 * p - k) // s + 1
        w_out = (width + 2 * p - k) // s + 1
        padded = x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
        padded[:, :, p : p + height, p : p + width] = x
        windows = F.unfold(padded, k, stride=s).reshape(n, c, k * k, -1)
        y = windows.max(dim=2).values
        return y.reshape(n, c, h_out, w_out)
""",
    "CustomCrossEntropyLoss": """
class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        shift = logits.max(dim=1, keepdim=True).values
        shifted = logits - shift
        log_sum = shifted.exp().sum(dim=1, keepdim=True).log()
        log_p = shifted - log_sum
        loss = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
        if self.reduction == "none":
            return loss
        return loss.mean() if self.reduction == "mean" else loss.sum()
""",
}

CATALOGUE = {
    "CustomLinear": """
transposed-weight (output): The weight was read as (in, out). It is stored as (out, in): multiply with its transpose; a
    reshape keeps the wrong order.
    - "...i,oi->...o", x, weight
    + "...i,io->...o", x, weight.reshape(self.in_features, self.out_features)

linear-arguments-swapped (exception): The constructor takes its arguments in another order. It is (in_features,
    out_features, bias=True), and a caller may leave the names out.
    - def __init__(self, in_features, out_features, bias=True):
    + def __init__(self, out_features, in_features, bias=True):

bias-in-any-case (output): The argument `bias` was ignored, and the layer always has one. With bias=False it has none.
    - nn.Parameter(torch.empty(out_features)) if bias else None
    + nn.Parameter(torch.empty(out_features))

linear-bias-ignored (output): The bias was never added. Add it to every output, where the layer has one.
    - if bias is not None:
    -     y = y + bias

linear-bias-twice (output): The bias was added twice. Add it once, either to the product or to the result.
    - y = y + bias
    + y = y + bias + bias

bias-along-rows (output): The bias went along the rows of the batch. It has one number for each output, so it belongs to
    the last dimension, where broadcasting puts it by itself.
    - y = y + bias
    + y = y + bias.reshape(-1, 1)

activation-added (output): Negative outputs were set to 0. The layer is the affine map alone; an activation is a layer
    of its own in the network.
    - return y
    + return torch.where(y > 0, y, 0.0)

leading-dimensions-flattened (output): All leading dimensions came out as one. Reshape the result back to x.shape[:-1] +
    (out_features,), or let einsum's "..." keep them.
    - return y
    + return y.reshape(-1, self.out_features)

mean-over-inputs (output): The products were averaged over the inputs. Sum them, with no division by in_features.
    - , x, weight)
    + , x, weight) / self.in_features

first-row-only (output): Only the first entry of the batch was computed. Keep every leading dimension of x.
    - , x, weight)
    + , x[:1], weight)

linear-half-precision (output): The product was computed in float16, which keeps three digits. Compute in the dtype of
    x, without a cast.
    - , x, weight)
    + , x.to(torch.float16).to(x.dtype), weight.to(torch.float16).to(x.dtype))

missing-bias-added (exception): With bias=False there is no bias, and None cannot be added. Ask first whether self.bias
    is None.
    - if bias is not None:
    -     y = y + bias
    + y = y + bias

two-dimensions-only (exception): Only x of two dimensions was computed. Let einsum's "..." stand for any leading
    dimensions, or flatten them and reshape the result back.
    - "...i,oi->...o"
    + "ni,oi->no"

linear-strided-view (exception): The input was reshaped by view, which needs contiguous memory. Use reshape, which
    copies where it must.
    - , x, weight)
    + , x.view(-1, self.in_features), weight)
    - return y
    + return y.reshape(*x.shape[:-1], self.out_features)

weight-detached (gradient): The weight gets no gradient. Use self.weight itself: .data and .detach() take it out of the
    graph.
    - weight, bias = self.weight, self.bias
    + weight, bias = self.weight.data, self.bias

backward-bias-averaged (gradient): The bias's gradient was averaged over the batch. It is the sum of the upstream
    gradient over all leading dimensions; leave the backward pass to autograd, and it will be.
    - y = y + bias
    + y = AddBias.apply(y, bias)
    - class CustomLinear(nn.Module):
    + class AddBias(torch.autograd.Function):
    +     @staticmethod
    +     def forward(ctx, y, bias):
    +         return y + bias
    +
    +     @staticmethod
    +     def backward(ctx, upstream):
    +         return upstream, upstream.reshape(-1, upstream.shape[-1]).mean(dim=0)
    +
    +
    + class CustomLinear(nn.Module):

loop-over-rows (operations): Every row of the batch was computed by operations of its own. Give einsum the whole batch
    at once.
    - y = torch.einsum("...i,oi->...o", x, weight)
    + y = torch.stack([torch.einsum("...i,oi->...o", row, weight) for row in x]) if x.dim() > 1 else (x * weight).sum(1)
""",
    "CustomConv2D": """
conv-padding-ignored (output): The padding was ignored. Put `padding` zeros on all four sides before the filters slide.
    - self.stride, self.padding
    + self.stride, 0

padding-always-same (output): The padding was always half of the kernel, so that the size stayed. Use the argument
    `padding`.
    - self.stride, self.padding
    + self.stride, self.kernel_size // 2

conv-padding-misplaced (output): All of the padding came below and to the right of the image. Place the image `padding`
    cells from the top and left.
    - p : p + height, p : p + width
    + :height, :width

conv-padding-one-sided (output): Only the top and left were padded. Both ends of an axis are: the padded sizes are H +
    2·padding and W + 2·padding.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    - padded = x.new_zeros((n, c, height + 2 * p, width + 2 * p))
    + h_out = (height + p - k) // s + 1
    + w_out = (width + p - k) // s + 1
    + padded = x.new_zeros((n, c, height + p, width + p))

conv-stride-ignored (output): The stride was ignored. Move the filters by `stride` cells from stop to stop, down as well
    as to the right.
    - self.stride, self.padding
    + 1, self.padding

conv-bias-ignored (output): The bias was never added. Add one number to each output channel.
    - y = y + bias.reshape(1, -1, 1)

conv-bias-twice (output): The bias was added twice. Add it once to each output channel.
    - y = y + bias
    + y = y + 2 * bias

bias-along-width (output): The bias went along the width. It has one number for each output channel: reshape it to (O,
    1, 1) before you add it.
    - y = y + bias.reshape(1, -1, 1)
    - return y.reshape(n, o, h_out, w_out)
    + return y.reshape(n, o, h_out, w_out) + bias

flipped-kernel (output): The kernel was turned by 180°. A convolutional layer slides it as it is: cross-correlation,
    strictly.
    - weight, bias = self.weight, self.bias
    + flip = torch.arange(self.kernel_size - 1, -1, -1)
    + weight, bias = self.weight[:, :, flip][:, :, :, flip], self.bias

transposed-kernel (output): The rows and columns of the kernel were swapped. The weight is (O, I, kernel's height,
    kernel's width).
    - weight.reshape(o, -1)
    + weight.transpose(2, 3).reshape(o, -1)

kernel-before-channels (output): The filters were flattened with the channels last, but unfold's columns have the
    channels first: flatten the weight as it is, by weight.reshape(O, -1).
    - weight.reshape(o, -1)
    + weight.permute(0, 2, 3, 1).reshape(o, -1)

patches-not-transposed (output): unfold's (N, I·k·k, L) was viewed as (N, L, I·k·k), which mixes the patches. Swap
    dimensions by transpose, never by view.
    - columns = F.unfold(padded, k, stride=s)
    + columns = F.unfold(padded, k, stride=s).reshape(n, h_out * w_out, -1)
    - ok,nkl->nol
    + ok,nlk->nol

output-not-transposed (output): A result in the order (N, L, O) was viewed as (N, O, H, W), which mixes channels and
    places. Move O to the front by transpose or permute first.
    - ->nol"
    + ->nlo"
    - bias.reshape(1, -1, 1)
    + bias

channels-last-output (output): The output came as (N, H, W, O). Its order is (N, O, H, W).
    - return y.reshape(n, o, h_out, w_out)
    + return y.reshape(n, o, h_out, w_out).permute(0, 2, 3, 1)

conv-transposed-image (output): The output's height and width were transposed. Stops go row by row: keep (H_out, W_out)
    in this order.
    - return y.reshape(n, o, h_out, w_out)
    + return y.reshape(n, o, h_out, w_out).transpose(2, 3)

conv-sizes-swapped (output): The values stand in the right order, but height and width changed places in the shape. It
    ends in (H_out, W_out).
    - return y.reshape(n, o, h_out, w_out)
    + return y.reshape(n, o, w_out, h_out)

conv-ceil-for-floor (output): The output's size was rounded up. It is floor((H + 2·padding - k) / stride) + 1: a filter
    that does not fit is left out.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    - padded = x.new_zeros((n, c, height + 2 * p, width + 2 * p))
    + h_out = math.ceil((height + 2 * p - k) / s) + 1
    + w_out = math.ceil((width + 2 * p - k) / s) + 1
    + padded = x.new_zeros((n, c, (h_out - 1) * s + k, (w_out - 1) * s + k))

conv-rounded (exception): The output's size was rounded to the nearest number. It is floor((H + 2·padding - k) /
    stride) + 1: a filter that does not fit is left out, however little is missing.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    + h_out = round((height + 2 * p - k) / s) + 1
    + w_out = round((width + 2 * p - k) / s) + 1

conv-arguments-swapped (output): The constructor takes its arguments in another order. It is (in_channels, out_channels,
    kernel_size, stride=1, padding=0), and a caller may leave the names out.
    - def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
    + def __init__(self, in_channels, out_channels, kernel_size, padding=0, stride=1):

conv-last-stop-missing (output): The last row and column are missing. The number of stops is floor((H + 2·padding - k) /
    stride) + 1: mind the + 1.
    - return y.reshape(n, o, h_out, w_out)
    + return y.reshape(n, o, h_out, w_out)[:, :, :-1, :-1]

channels-not-summed (output): The products were summed over the last two dimensions only. A filter covers all input
    channels: sum over them, too.
    - y = torch.einsum("ok,nkl->nol", weight.reshape(o, -1), columns)
    - y = y + bias.reshape(1, -1, 1)
    - return y.reshape(n, o, h_out, w_out)
    + y = torch.einsum("ock,nckl->nocl", weight.reshape(o, c, -1), columns.reshape(n, c, k * k, -1))
    + y = y + bias.reshape(1, -1, 1, 1)
    + return y.reshape(n, o, c, h_out, w_out)

channels-averaged (output): The input channels were averaged. Sum over them, with no division by in_channels.
    - y = y + bias
    + y = y / c + bias

first-channel-only (output): Only the first input channel was seen. Sum over all of in_channels.
    - weight.reshape(o, -1), columns
    + weight[:, 0].reshape(o, -1), columns[:, : k * k]

one-kernel-for-all-channels (output): The kernel of the first input channel was used for all. Each has its own:
    weight[:, i] belongs to x[:, i].
    - weight.reshape(o, -1)
    + weight[:, :1].expand(o, c, k, k).reshape(o, -1)

conv-first-image-only (output): Every image of the batch got the result of the first. Keep the batch dimension through
    all steps.
    - columns = F.unfold(padded, k, stride=s)
    + columns = F.unfold(padded, k, stride=s)[:1].expand(n, -1, -1)

conv-square-images-only (exception): The output's width was taken to be its height. Compute both: images need not be
    square.
    - w_out = (width + 2 * p - k) // s + 1
    + w_out = h_out

size-without-padding (exception): The output's size was computed without the padding. It is floor((H + 2·padding - k) /
    stride) + 1.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    + h_out = (height - k) // s + 1
    + w_out = (width - k) // s + 1

stride-as-dilation (exception): unfold took the stride for its dilation. Its order is (kernel_size, dilation, padding,
    stride): name the arguments.
    - F.unfold(padded, k, stride=s)
    + F.unfold(padded, k, s)

input-detached (gradient): The input gets no gradient. Go on with x itself: torch.tensor, .data and .detach() begin a
    new graph.
    - p : p + width] = x
    + p : p + width] = torch.tensor(x.tolist())

backward-weight-averaged (gradient): The weight's gradient was averaged over the batch. It is the sum over all images
    and stops; leave the backward pass to autograd, and it will be.
    - torch.einsum("ok,nkl->nol", weight
    + Product.apply(weight
    - class CustomConv2D(nn.Module):
    + class Product(torch.autograd.Function):
    +     @staticmethod
    +     def forward(ctx, filters, columns):
    +         ctx.save_for_backward(filters, columns)
    +         return torch.einsum("ok,nkl->nol", filters, columns)
    +
    +     @staticmethod
    +     def backward(ctx, upstream):
    +         filters, columns = ctx.saved_tensors
    +         for_filters = torch.einsum("nol,nkl->ok", upstream, columns) / len(upstream)
    +         return for_filters, torch.einsum("ok,nol->nkl", filters, upstream)
    +
    +
    + class CustomConv2D(nn.Module):

strides-assumed (output): The image was read with the strides of a contiguous one, which a view does not have. Ask
    x.stride(), or copy x into the padded image.
    - columns = F.unfold(padded, k, stride=s)
    + image = padded if p else torch.as_strided(x, padded.shape, padded.stride())
    + columns = F.unfold(image, k, stride=s)

columns-kept (calls): A second call used the patches of the first. Keep nothing of the input in self.
    - columns = F.unfold(padded, k, stride=s)
    + if not hasattr(self, "columns"):
    +     self.columns = F.unfold(padded, k, stride=s)
    + columns = self.columns

conv-loop-over-stops (operations): Every stop of the filters was computed by operations of its own. unfold lays out all
    patches at once.
    - columns = F.unfold(padded, k, stride=s)
    + stops = [(s * i, s * j) for i in range(h_out) for j in range(w_out)]
    + columns = torch.stack([padded[:, :, i : i + k, j : j + k].reshape(n, -1) for i, j in stops], dim=2)

loop-over-images (operations): Every image was computed by operations of its own. unfold and einsum take the whole
    batch.
    - columns = F.unfold(padded, k, stride=s)
    + columns = torch.cat([F.unfold(padded[i : i + 1], k, stride=s) for i in range(n)])

loop-over-filters (operations): Every output channel was computed by operations of its own. Give einsum all filters as
    one matrix (O, I·k·k).
    - y = torch.einsum("ok,nkl->nol", weight.reshape(o, -1), columns)
    + y = torch.stack([torch.einsum("k,nkl->nl", weight[i].reshape(-1), columns) for i in range(o)], dim=1)
""",
    "CustomMaxPool2D": """
zero-padding (output): Padding was filled with 0. Max pooling pads with -inf, or a zero beats every negative value.
    - -math.inf
    + 0.0

finite-padding (output): Padding was filled with a large negative number. Inputs may be smaller still: pad with -inf.
    - -math.inf
    + -1e4

maximum-from-zero (output): Every maximum began at 0, so that no output is negative. Begin at -inf, or at the window's
    first value.
    - y = windows.max(dim=2).values
    + y = windows.max(dim=2).values
    + y = torch.where(y > 0, y, 0.0)

pool-padding-ignored (output): The padding was ignored. Put `padding` cells of -inf on all four sides.
    - self.stride, self.padding
    + self.stride, 0

pool-padding-misplaced (output): All of the padding came below and to the right of the image. Place the image `padding`
    cells from the top and left.
    - p : p + height, p : p + width
    + :height, :width

pool-padding-one-sided (output): Only the top and left were padded. Both ends of an axis are: the padded sizes are H +
    2·padding and W + 2·padding.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    - padded = x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
    + h_out = (height + p - k) // s + 1
    + w_out = (width + p - k) // s + 1
    + padded = x.new_full((n, c, height + p, width + p), -math.inf)

pool-stride-ignored (output): The window moved by kernel_size although another stride was given. It moves by `stride`,
    and may then overlap or skip.
    - self.stride, self.padding
    + self.kernel_size, self.padding

stride-one-by-default (output): Without a stride the window moved by 1. The default is stride = kernel_size.
    - kernel_size if stride is None
    + 1 if stride is None

stride-none-unknown (exception): The default of `stride` is another value than None. It is None, which means
    kernel_size, and a caller may pass it, too.
    - stride=None, padding=0
    + stride=0, padding=0
    - stride is None
    + stride == 0

stride-always-one (output): The window always moved by 1. It moves by `stride`, which is kernel_size where none is
    given.
    - self.stride, self.padding
    + 1, self.padding

average-pool (output): The windows were averaged. Take the largest value of each.
    - windows.max(dim=2).values
    + windows.sum(dim=2) / (k * k)

minimum-pool (output): The smallest value was taken. Take the largest of each window, and pad with -inf.
    - windows.max(dim=2).values
    + windows.amin(dim=2)
    - -math.inf
    + math.inf

absolute-maximum (output): The value furthest from 0 was taken. Compare the values with their sign.
    - windows.max(dim=2).values
    + windows.gather(2, torch.where(windows == -math.inf, 0.0, windows).abs().max(dim=2, keepdim=True).indices)

first-row-of-window (output): The maximum was taken over the first row of each window only. Reduce both of the window's
    dimensions.
    - windows.max(dim=2).values
    + windows.reshape(n, c, k, k, -1)[:, :, 0].max(dim=2).values

indices-returned (output): The places of the maxima were returned. max with a dimension gives (values, indices): take
    .values.
    - .values
    + .indices

pooled-over-channels (output): The maximum was taken over the channels as well. Each channel is pooled alone: split (N,
    C·k·k, L) to (N, C, k·k, L).
    - windows.max(dim=2).values
    + windows.amax(dim=(1, 2))
    - return y.reshape(n, c, h_out, w_out)
    + return y.reshape(n, 1, h_out, w_out)

window-before-channels (output): unfold's (N, C·k·k, L) was viewed as (N, k·k, C, L), which mixes channels. The channels
    come first: (N, C, k·k, L).
    - reshape(n, c, k * k, -1)
    + reshape(n, k * k, c, -1)
    - max(dim=2)
    + max(dim=1)

windows-not-transposed (output): unfold's (N, C·k·k, L) was viewed as (N, L, C, k·k), which mixes the windows. Swap
    dimensions by transpose, never by view.
    - reshape(n, c, k * k, -1)
    + reshape(n, -1, c, k * k)
    - max(dim=2).values
    + max(dim=3).values.transpose(1, 2)

pool-transposed-image (output): The output's height and width were transposed. Stops go row by row: keep (H_out, W_out)
    in this order.
    - return y.reshape(n, c, h_out, w_out)
    + return y.reshape(n, c, h_out, w_out).transpose(2, 3)

pool-sizes-swapped (output): The values stand in the right order, but height and width changed places in the shape. It
    ends in (H_out, W_out).
    - return y.reshape(n, c, h_out, w_out)
    + return y.reshape(n, c, w_out, h_out)

pool-ceil-for-floor (output): The output's size was rounded up. It is floor((H + 2·padding - k) / stride) + 1: a window
    that does not fit is left out.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    - padded = x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
    + h_out = math.ceil((height + 2 * p - k) / s) + 1
    + w_out = math.ceil((width + 2 * p - k) / s) + 1
    + padded = x.new_full((n, c, (h_out - 1) * s + k, (w_out - 1) * s + k), -math.inf)

pool-rounded (exception): The output's size was rounded to the nearest number. It is floor((H + 2·padding - k) /
    stride) + 1: a window that does not fit is left out, however little is missing.
    - h_out = (height + 2 * p - k) // s + 1
    - w_out = (width + 2 * p - k) // s + 1
    + h_out = round((height + 2 * p - k) / s) + 1
    + w_out = round((width + 2 * p - k) / s) + 1

pool-arguments-swapped (output): The constructor takes its arguments in another order. It is (kernel_size, stride=None,
    padding=0), and a caller may leave the names out.
    - def __init__(self, kernel_size, stride=None, padding=0):
    + def __init__(self, kernel_size, padding=0, stride=None):

pool-last-stop-missing (output): The last row and column are missing. The number of stops is floor((H + 2·padding - k) /
    stride) + 1: mind the + 1.
    - return y.reshape(n, c, h_out, w_out)
    + return y.reshape(n, c, h_out, w_out)[:, :, :-1, :-1]

pool-first-image-only (output): Every image of the batch got the result of the first. Keep the batch dimension through
    all steps.
    - return y.reshape(n, c, h_out, w_out)
    + return y.reshape(n, c, h_out, w_out)[:1].expand(n, -1, -1, -1)

pool-double-precision (output): The output is float64. Keep the dtype of x: make the padded image by x.new_full.
    - x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
    + torch.full((n, c, height + 2 * p, width + 2 * p), -math.inf, dtype=torch.float64)

pool-square-images-only (exception): The output's width was taken to be its height. Compute both: images need not be
    square.
    - w_out = (width + 2 * p - k) // s + 1
    + w_out = h_out

pool-strided-view (exception): The input was reshaped by view, which needs contiguous memory. Use reshape, which copies
    where it must.
    - (n, c, height + 2 * p, width + 2 * p)
    + (n * c, 1, height + 2 * p, width + 2 * p)
    - p : p + width] = x
    + p : p + width] = x.view(n * c, 1, height, width)

pool-input-detached (gradient): The input gets no gradient. Go on with x itself: .data, .detach() and torch.tensor begin
    a new graph.
    - p : p + width] = x
    + p : p + width] = x.data

padding-with-minimum (gradient): Padding was filled with the smallest input. Where a whole window is as small, the
    padding wins and the gradient is lost: pad with -inf.
    - -math.inf
    + x.min().item()

gradient-to-whole-window (gradient): The whole window got the gradient. Only its largest value does; leave the backward
    pass to autograd.
    - windows.max(dim=2).values
    + Largest.apply(windows)
    - class CustomMaxPool2D(nn.Module):
    + class Largest(torch.autograd.Function):
    +     @staticmethod
    +     def forward(ctx, windows):
    +         ctx.taps = windows.shape[2]
    +         return windows.max(dim=2).values
    +
    +     @staticmethod
    +     def backward(ctx, upstream):
    +         return upstream.unsqueeze(2).repeat(1, 1, ctx.taps, 1)
    +
    +
    + class CustomMaxPool2D(nn.Module):

gradient-to-every-tie (gradient): Among equal maxima each got the whole gradient. One of them gets it, or they share it;
    leave the backward pass to autograd.
    - windows.max(dim=2).values
    + Largest.apply(windows)
    - class CustomMaxPool2D(nn.Module):
    + class Largest(torch.autograd.Function):
    +     @staticmethod
    +     def forward(ctx, windows):
    +         largest = windows.max(dim=2, keepdim=True).values
    +         ctx.save_for_backward(windows == largest)
    +         return largest.squeeze(2)
    +
    +     @staticmethod
    +     def backward(ctx, upstream):
    +         return ctx.saved_tensors[0] * upstream.unsqueeze(2)
    +
    +
    + class CustomMaxPool2D(nn.Module):

maximum-in-place (input): The input was overwritten: a slice of it is a view, and the maximum was collected there.
    Collect it in a new tensor.
    - padded = x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
    - padded[:, :, p : p + height, p : p + width] = x
    - windows = F.unfold(padded, k, stride=s).reshape(n, c, k * k, -1)
    - y = windows.max(dim=2).values
    + padded = x
    + if p or k != s:
    +     padded = x.new_full((n, c, height + 2 * p, width + 2 * p), -math.inf)
    +     padded[:, :, p : p + height, p : p + width] = x
    + taps = [padded[:, :, i :: s, j :: s][:, :, :h_out, :w_out] for i in range(k) for j in range(k)]
    + y = taps[0] if padded is x else taps[0].clone()
    + for tap in taps:
    +     y[...] = torch.where(tap > y, tap, y)

sizes-kept (calls): A second call used the output size of the first. Compute it from x in every call.
    - return y.reshape(n, c, h_out, w_out)
    + if not hasattr(self, "size"):
    +     self.size = h_out, w_out
    + return y.reshape(n, c, *self.size)

padded-kept (calls): A later call of the same size pooled the padded image of the first. Fill it anew in every call.
    - windows = F.unfold(padded, k, stride=s)
    + kept = getattr(self, "kept", padded)
    + self.kept = padded = kept if kept.shape == padded.shape else padded
    + windows = F.unfold(padded, k, stride=s)

pool-loop-over-stops (operations): Every window was reduced by operations of its own. unfold lays out all windows at
    once.
    - windows = F.unfold(padded, k, stride=s).reshape(n, c, k * k, -1)
    + stops = [(s * i, s * j) for i in range(h_out) for j in range(w_out)]
    + windows = torch.stack([padded[:, :, i : i + k, j : j + k].reshape(n, c, -1) for i, j in stops], dim=3)

loop-over-channels (operations): Every channel was pooled by operations of its own. unfold takes them all; split (N,
    C·k·k, L) to (N, C, k·k, L).
    - windows = F.unfold(padded, k, stride=s).reshape(n, c, k * k, -1)
    + windows = torch.stack([F.unfold(padded[:, i : i + 1], k, stride=s) for i in range(c)], dim=1)
""",
    "CustomCrossEntropyLoss": """
exp-without-shift (output): The exponentials overflow or vanish for large logits. Subtract the maximum over the classes
    first; the loss stays.
    - shifted = logits - shift
    + shifted = logits

one-shift-for-all (output): One maximum was subtracted from the whole batch, and samples far below it vanish. Each
    sample needs its own: max(dim=1, keepdim=True).
    - logits - shift
    + logits - logits.max()

shift-by-mean (output): The mean was subtracted, and a logit far above it still overflows. Subtract the maximum over the
    classes.
    - logits.max(dim=1, keepdim=True).values
    + logits.mean(dim=1, keepdim=True)

shift-per-class (output): The maximum was taken over the batch, so that each class moved by another amount. Take it over
    the classes, dim=1.
    - logits.max(dim=1, keepdim=True).values
    + logits.max(dim=0, keepdim=True).values

shift-not-undone (output): The log-sum of shifted logits was subtracted from the logits themselves. Shift both or
    neither: add the maximum back.
    - log_p = shifted - log_sum
    + log_p = logits - log_sum

log-after-softmax (output): The logarithm was taken of a softmax that had become 0. Compute log p itself, as z - max(z)
    minus the logarithm of the sum of exp(z - max(z)).
    - log_p = shifted - log_sum
    + log_p = (shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)).log()

eps-inside-log (output): A small number was added inside the logarithm, which bounds the loss and stops its gradient.
    Compute log p itself, as z - max(z) minus the logarithm of the sum of exp(z - max(z)): it needs no such number.
    - log_p = shifted - log_sum
    + log_p = (shifted.exp() / shifted.exp().sum(dim=1, keepdim=True) + 1e-8).log()

probabilities-clipped (output): Small probabilities were clipped, which bounds the loss and stops its gradient. Compute
    log p itself, as z - max(z) minus the logarithm of the sum of exp(z - max(z)): nothing needs a clip.
    - log_p = shifted - log_sum
    + p = shifted.exp() / shifted.exp().sum(dim=1, keepdim=True)
    + log_p = torch.where(p < 1e-7, 1e-7, p).log()

logits-clipped (output): The logits were clipped, which changes the loss. Subtract their maximum instead, and any size
    is safe.
    - shift = logits.max
    + logits = torch.where(logits.abs() > 50, 50 * logits.sign(), logits)
    + shift = logits.max

softmax-twice (output): The softmax was taken twice. The loss takes raw logits: one softmax, inside.
    - shift = logits.max
    + p = (logits - logits.max(dim=1, keepdim=True).values).exp()
    + logits = p / p.sum(dim=1, keepdim=True)
    + shift = logits.max

softmax-missing (output): The logits were taken for log-probabilities. Subtract log Σ exp(z) over the classes first.
    - log_p = shifted - log_sum
    + log_p = logits

log-missing (output): The probability of the target was taken without its logarithm. The loss is -log p.
    - log_p = shifted - log_sum
    + log_p = (shifted - log_sum).exp()

base-two-logarithm (output): The logarithm was to base 2. The loss is in nats: use log.
    - log_p = shifted - log_sum
    + log_p = (shifted - log_sum) / math.log(2)

sign-missing (output): The loss has the wrong sign. It is -log p, never negative.
    - loss = -log_p
    + loss = log_p

softmax-over-batch (output): The softmax went over the batch. It goes over the classes, dim=1.
    - shift = logits.max(dim=1, keepdim=True).values
    + shift = logits.max(dim=0, keepdim=True).values
    - sum(dim=1, keepdim=True)
    + sum(dim=0, keepdim=True)

softmax-over-last-dimension (output): The softmax went over the last dimension. The classes are dimension 1, also where
    others follow: (N, C, d1, ...).
    - shift = logits.max(dim=1, keepdim=True).values
    + shift = logits.max(dim=-1, keepdim=True).values
    - sum(dim=1, keepdim=True)
    + sum(dim=-1, keepdim=True)

classes-not-moved (output): (N, C, d1, ...) was flattened to (-1, C) as it lies, which mixes classes and places. Move
    the classes to the end first, or work along dim=1.
    - shift = logits.max
    + shape = targets.shape
    + logits, targets = logits.reshape(-1, logits.shape[1]), targets.reshape(-1)
    + shift = logits.max
    - .squeeze(1)
    + .squeeze(1).reshape(shape)

flat-losses (output): With reduction='none' the losses came as one row. They have the shape of the targets.
    - if self.reduction == "none":
    + loss = loss.reshape(-1)
    + if self.reduction == "none":

binary-cross-entropy (output): The other classes were counted as well, by log(1 - p). The loss of class indices is -log
    p of the target alone.
    - loss = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    + target = targets.unsqueeze(1) == torch.arange(logits.shape[1]).reshape(-1, *[1] * (logits.dim() - 2))
    + loss = -torch.where(target, log_p, (1 - log_p.exp()).log()).sum(dim=1)

squared-error (output): The squared distance of the softmax from a one-hot target was taken. The loss is -log p of the
    target.
    - loss = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    + target = targets.unsqueeze(1) == torch.arange(logits.shape[1]).reshape(-1, *[1] * (logits.dim() - 2))
    + loss = ((log_p.exp() - torch.where(target, 1.0, 0.0)) ** 2).sum(dim=1)

reduction-not-first (output): The constructor takes another argument before `reduction`. It is (reduction='mean'), and a
    caller may leave the name out.
    - def __init__(self, reduction="mean"):
    + def __init__(self, weight=None, reduction="mean"):

reduction-ignored (output): The argument `reduction` was ignored. 'mean' averages the losses, 'sum' adds them up, 'none'
    returns them all.
    - if self.reduction == "none":
    -     return loss
    - return loss.mean() if self.reduction == "mean" else loss.sum()
    + return loss.mean()

none-unhandled (output): reduction='none' returned a single number. It returns a loss for each target.
    - if self.reduction == "none":
    -     return loss

mean-not-divided (output): The losses were added up where their mean is due. reduction='mean' divides by the number of
    targets.
    - loss.mean()
    + loss.sum()

mean-over-classes (output): The mean was taken over all N·C entries. Divide by the number of targets only.
    - loss.mean()
    + loss.mean() / logits.shape[1]

mean-over-batch-only (output): The sum was divided by N alone. With (N, d1, ...) targets, 'mean' divides by the number
    of all targets.
    - loss.mean()
    + loss.sum() / len(targets)

first-sample-only (output): Only the first sample was computed. The loss takes the whole batch.
    - shift = logits.max
    + logits, targets = logits[:1], targets[:1]
    + shift = logits.max

loss-half-precision (output): The loss was computed in float16, which keeps three digits and ends at 65504. Compute in
    the dtype of the logits.
    - logits - shift
    + (logits - shift).to(torch.float16).to(logits.dtype)

loss-double-precision (output): The loss is float64. Keep the dtype of the logits: no .double(), no float64 buffer.
    - logits - shift
    + (logits - shift).to(torch.float64)

view-after-permute (exception): After permute, view finds no contiguous memory. Use reshape, or work along dim=1 without
    moving anything.
    - shift = logits.max
    + shape = targets.shape
    + logits = logits.permute(0, *range(2, logits.dim()), 1).view(-1, logits.shape[1])
    + targets = targets.reshape(-1)
    + shift = logits.max
    - .squeeze(1)
    + .squeeze(1).reshape(shape)

one-hot-too-narrow (exception): The one-hot targets were only as wide as the highest target. Their width is the number
    of classes, logits.shape[1].
    - loss = -log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    + one_hot = torch.eye(int(targets.max()) + 1)[targets]
    + loss = -(log_p * one_hot.permute(0, -1, *range(1, targets.dim()))).sum(dim=1)

rows-only (exception): The log-probabilities were read as [row, target], which takes logits of (N, C) only. gather along
    dim=1 takes any.
    - log_p.gather(1, targets.unsqueeze(1)).squeeze(1)
    + log_p[torch.arange(len(targets)), targets]

loss-rebuilt (gradient): The logits get no gradient. Return the loss itself: item, tolist, torch.tensor and .data leave
    the graph.
    - if self.reduction == "none":
    + loss = torch.tensor(loss.tolist())
    + if self.reduction == "none":

sum-detached (gradient): The sum of the exponentials was taken out of the graph. Its gradient is the softmax: without
    it, only the target's logit learns.
    - shifted.exp().sum
    + shifted.data.exp().sum

backward-not-averaged (gradient): The gradient was not divided by the number of targets, though the mean was taken.
    Leave the backward pass to autograd.
    - loss.mean()
    + Mean.apply(loss)
    - class CustomCrossEntropyLoss(nn.Module):
    + class Mean(torch.autograd.Function):
    +     @staticmethod
    +     def forward(ctx, loss):
    +         ctx.shape = loss.shape
    +         return loss.mean()
    +
    +     @staticmethod
    +     def backward(ctx, upstream):
    +         return upstream.expand(ctx.shape)
    +
    +
    + class CustomCrossEntropyLoss(nn.Module):

logits-shifted-in-place (input): The logits were changed in place. logits -= m writes into the caller's tensor: make a
    new one, logits - m.
    - shifted = logits - shift
    + logits -= shift
    + shifted = logits

targets-reshaped-in-place (input): The targets were changed in place. unsqueeze_, with its underscore, reshapes the
    caller's own tensor: use unsqueeze.
    - targets.unsqueeze(1)
    + targets.unsqueeze_(1)

none-squeezed (output): With reduction='none' the losses lost their dimensions of size 1. Return the shape of the
    targets, (N) also for one row.
    - if self.reduction == "none":
    + loss = loss.squeeze()
    + if self.reduction == "none":

sum-by-rows (output): With reduction='sum' the mean was multiplied by N, but a mean over places has more terms. Sum the
    losses themselves.
    - loss.sum()
    + loss.mean() * len(loss)

running-total (calls): The losses of earlier calls were counted again. Keep nothing in self between calls.
    - if self.reduction == "none":
    + loss = loss + getattr(self, "total", 0.0)
    + self.total = loss.data.mean()
    + if self.reduction == "none":

loop-over-samples (operations): Every sample was computed by operations of its own. Work along dim=1 of the whole batch.
    - log_sum = shifted.exp().sum(dim=1, keepdim=True).log()
    + log_sum = torch.stack([sample.exp().sum(dim=0, keepdim=True).log() for sample in shifted])

loop-over-classes (operations): The exponentials were added up by a loop over the classes. Use sum(dim=1, keepdim=True).
    - log_sum = shifted.exp().sum(dim=1, keepdim=True).log()
    + log_sum = sum(shifted[:, i : i + 1].exp() for i in range(logits.shape[1])).log()
""",
}


@dataclass(frozen=True)
class Misconception:
    """A mistake with a name. `shows` is the first of SHOWS by which any input can tell it from a right layer."""

    name: str
    layer: str
    shows: str
    hint: str
    changes: tuple[tuple[str, str], ...]

    @property
    def source(self):
        """The layer's source with the mistake in it."""
        text = LAYERS[self.layer]
        for old, new in self.changes:
            indent = "\n" + " " * _indentation(text, old.split("\n")[0])
            old, new = old.replace("\n", indent), new.replace("\n", indent)
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} must stand once in {self.layer}, found {text.count(old)} times")
            text = text.replace(old, new)
        return text


def _indentation(text, part):
    line = next((line for line in text.split("\n") if part in line), "")
    return len(line) - len(line.lstrip())


def _parse(layer, block):
    name, shows, text = re.fullmatch(r"([a-z-]+) \((\w+)\): (.*)", block, re.DOTALL).groups()
    hint, changes, last = [], [], None
    for line in text.split("\n"):
        sign, text = (line[4], line[6:]) if re.match(r" {4}[+-]( |$)", line) else ("", line.strip())
        if not sign:
            hint.append(text)
        elif sign == "-" and last != "-":
            changes.append([[text], []])
        else:
            changes[-1][sign == "+"].append(text)
        last = sign
    return Misconception(name, layer, shows, " ".join(hint), tuple(tuple(map("\n".join, change)) for change in changes))


MISCONCEPTIONS = tuple(
    _parse(layer, block) for layer, blocks in CATALOGUE.items() for block in blocks.strip().split("\n\n")
)


def plain():
    """Returns the source of a right submission."""
    return "\n".join([HEADER, *LAYERS.values()])


def submission(misconception):
    """Returns the source of a submission with this one mistake: one layer is wrong, the three others are right."""
    return "\n".join([HEADER, *(LAYERS | {misconception.layer: misconception.source}).values()])
