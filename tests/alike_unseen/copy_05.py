"""Four layers of a convolutional network: the one file that you edit and hand in.

Write the four forwards, each between its two marked lines; autograd derives the backward pass. All
else is given, and its names stay as they are. Functions and classes of your own are welcome.

Declaration of AI tools. You must declare with ONE of the following statements if you have used any
GenAI tools. Keep the one that is true, and delete the other two.

    - I did not use any AI technologies in preparing or writing up this assignment.

If you have used GenAI tool(s), you must (i) name the tool(s), (ii) describe how it/they were used,
AND (iii) reference the tool(s).
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    """See the handout."""

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
        if x.dim() == 3:
            x = x.unsqueeze(0)  # a single image
        batch, chans, rows, cols = x.size()
        size, step, margin = self.kernel_size, self.stride, self.padding
        r_out = (rows + 2 * margin - size) // step + 1
        c_out = (cols + 2 * margin - size) // step + 1
        if margin:
            bigger = x.new_zeros(batch, chans, rows + 2 * margin, cols + 2 * margin)
            bigger[:, :, margin : rows + margin, margin : cols + margin] = x
        else:
            bigger = x
        result = x.new_zeros(batch, self.out_channels, r_out, c_out)
        # all positions of the filter, one after the other
        top = 0
        for r in range(r_out):
            left = 0
            for q in range(c_out):
                area = bigger[:, :, top : top + size, left : left + size]
                value = torch.einsum("ocij,bcij->bo", self.weight, area)
                result[:, :, r, q] = value
                left += step
            top += step
        return result + self.bias.view(1, -1, 1, 1)


class CustomMaxPool2D(nn.Module):
    """See the handout."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        batch, chans, rows, cols = x.size()
        size, step, margin = self.kernel_size, self.stride, self.padding
        r_out = (rows + 2 * margin - size) // step + 1
        c_out = (cols + 2 * margin - size) // step + 1
        bigger = x
        if margin:
            bigger = torch.full((batch, chans, rows + 2 * margin, cols + 2 * margin), -1e9).to(x)
            bigger[:, :, margin : rows + margin, margin : cols + margin] = x
        result = x.new_zeros(batch, chans, r_out, c_out)
        for number in range(r_out * c_out):
            r = number // c_out
            q = number % c_out
            area = bigger[:, :, r * step : r * step + size, q * step : q * step + size]
            result[:, :, r, q] = area.amax(dim=(2, 3))
        return result


class CustomCrossEntropyLoss(nn.Module):
    """See the handout."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # p(class) = exp(z) / sum(exp(z))
        numerator = logits.exp()
        denominator = torch.sum(numerator, dim=1, keepdim=True)
        probs = torch.div(numerator, denominator)
        idx = targets[:, None]
        nll = torch.gather(probs, 1, idx).squeeze(1).log().neg()
        if self.reduction == "none":
            return nll
        elif self.reduction == "sum":
            return nll.sum()
        return nll.mean()


class CustomLinear(nn.Module):
    """See the handout."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch_shape = list(x.shape)[:-1]
        inp = x.reshape(-1, x.shape[-1])
        W = self.weight.transpose(0, 1)
        ans = torch.einsum("nf,fm->nm", inp, W).reshape(batch_shape + [self.out_features])
        if self.bias is None:
            return ans
        return ans + self.bias
