# I did not use any AI technologies in preparing or writing up this assignment.
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

DEBUG = False


class CustomCrossEntropyLoss(nn.Module):
    """Cross-entropy loss computed directly from logits."""

    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        largest = torch.amax(logits, 1, keepdim=True)
        centred = logits - largest
        denominator = torch.sum(torch.exp(centred), 1, keepdim=True)
        log_probabilities = centred - torch.log(denominator)
        losses = -torch.gather(log_probabilities, 1, targets[:, None])[:, 0]
        if self.reduction == "none":
            return losses
        return losses.sum() if self.reduction == "sum" else losses.mean()


class CustomConv2D(nn.Module):
    """2-D convolution."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.out_channels = out_channels
        self.in_channels = in_channels
        self.kernel_size = kernel_size
        self.padding = padding
        self.stride = stride
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.init_weights()

    def init_weights(self):
        limit = 1 / math.sqrt(self.in_channels * self.kernel_size**2)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        nn.init.uniform_(self.bias, -limit, limit)

    def forward(self, x):
        batch, channels, height, width = x.shape
        new_height = math.floor((height - self.kernel_size + 2 * self.padding) / self.stride + 1)
        new_width = math.floor((width - self.kernel_size + 2 * self.padding) / self.stride + 1)
        columns = F.unfold(x, self.kernel_size, stride=self.stride, padding=self.padding)
        columns = columns.reshape(
            batch, channels, self.kernel_size, self.kernel_size, new_height, new_width
        )
        maps = torch.einsum("fcuv,bcuvyx->bfyx", self.weight, columns)
        return maps + self.bias.view(self.out_channels, 1, 1)


class CustomMaxPool2D(nn.Module):
    """2-D max pooling."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.padding = padding
        self.stride = stride if stride else kernel_size
        self.kernel_size = kernel_size

    def forward(self, x):
        batch, channels, height, width = x.shape
        new_height = math.floor((height - self.kernel_size + 2 * self.padding) / self.stride + 1)
        new_width = math.floor((width - self.kernel_size + 2 * self.padding) / self.stride + 1)
        columns = F.unfold(x, self.kernel_size, stride=self.stride, padding=self.padding)
        area = self.kernel_size * self.kernel_size
        columns = columns.reshape(batch, channels, area, new_height, new_width)
        largest, _ = torch.max(columns, 2)
        if DEBUG:
            print("pool", x.shape, "->", largest.shape)
        return largest

    def extra_repr(self):
        return f"{self.kernel_size}, stride={self.stride}, padding={self.padding}"


class CustomLinear(nn.Module):
    """Affine map of the last dimension."""

    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.out_features = out_features
        self.in_features = in_features
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.init_weights()

    def init_weights(self):
        limit = 1 / math.sqrt(self.in_features)
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            nn.init.uniform_(self.bias, -limit, limit)

    def forward(self, x):
        output = torch.einsum("fg,...f->...g", self.weight.transpose(0, 1), x)
        return output if self.bias is None else output + self.bias
