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


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        # ---- Your code begins here. ----
        C = logits.size(1)
        order = [0, *range(2, logits.dim()), 1]
        scores = logits.permute(order).reshape(-1, C)
        y = targets.flatten()
        n = scores.size(0)
        assert n == y.size(0)
        shift, _ = scores.max(1)
        sum_exp = torch.exp(scores - shift[:, None]).sum(-1)
        correct = scores[range(n), y]
        item = shift + torch.log(sum_exp) - correct
        if self.reduction == "none":
            return item.view(targets.size())
        total = item.sum()
        if self.reduction == "mean":
            total = total / n
        return total
        # ---- Your code ends here. ----


# CustomConv2D and CustomMaxPool2D both need to look at windows of a padded image.
def get_windows(image, size, step, margin, filler):
    if margin != 0:
        shape = (image.size(0), image.size(1), image.size(2) + margin * 2, image.size(3) + margin * 2)
        base = image.new_ones(shape) * filler if filler else image.new_zeros(shape)
        base[:, :, margin : image.size(2) + margin, margin : image.size(3) + margin] = image
        image = base
    image = image.unfold(3, size, step)
    return image.unfold(2, size, step)  # n c oh ow kw kh


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        # ---- Your code begins here. ----
        win = get_windows(x, self.kernel_size, self.stride, self.padding, -math.inf)
        res = win.flatten(-2).max(dim=-1)
        return res.values
        # ---- Your code ends here. ----


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
        # ---- Your code begins here. ----
        win = get_windows(x, self.kernel_size, self.stride, self.padding, 0)
        res = torch.einsum("fcrs,bcyxsr->bfyx", self.weight, win)
        b = self.bias.view(1, self.out_channels, 1, 1)
        return res + b
        # ---- Your code ends here. ----


class CustomLinear(nn.Module):
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
        # ---- Your code begins here. ----
        res = torch.einsum("ab,...b->...a", self.weight, x)
        if self.bias is not None:
            res = res + self.bias
        return res
        # ---- Your code ends here. ----
