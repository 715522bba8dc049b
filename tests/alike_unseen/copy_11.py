# I did not use any AI technologies in preparing or writing up this assignment.

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomLinear(nn.Module):
    def __init__(self, in_features, out_features, bias=True):
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = nn.Parameter(torch.empty(out_features, in_features))
        self.bias = nn.Parameter(torch.empty(out_features)) if bias else None
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if bias:
            bound = 1 / math.sqrt(in_features)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        single = len(x.shape) == 1
        inputs = x.unsqueeze(0) if single else x
        outputs = torch.einsum("ji,n...i->n...j", self.weight, inputs)
        if self.bias is not None:
            outputs = outputs + self.bias
        if single:
            outputs = outputs.squeeze(0)
        return outputs


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def out_size(self, length):
        return (length - self.kernel_size) // self.stride + 1

    def forward(self, x):
        pad = self.padding
        batch, channels, height, width = x.shape
        padded = x.new_zeros(batch, channels, height + pad * 2, width + pad * 2)
        padded[:, :, pad : pad + height, pad : pad + width] = x
        # look at the memory with other strides, so that each window is visible
        st = padded.stride()
        shape = (
            batch,
            channels,
            self.kernel_size,
            self.kernel_size,
            self.out_size(height + pad * 2),
            self.out_size(width + pad * 2),
        )
        strides = (st[0], st[1], st[2], st[3], st[2] * self.stride, st[3] * self.stride)
        windows = torch.as_strided(padded, shape, strides)
        result = torch.einsum("fcij,bcijyx->bfyx", self.weight, windows)
        return self.bias[:, None, None] + result


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        if stride is None:
            self.stride = kernel_size
        self.padding = padding

    def forward(self, x):
        # twice the same: pool the last axis, swap the axes
        for _ in (0, 1):
            if self.padding > 0:
                shape = list(x.shape)
                shape[-1] = self.padding
                edge = torch.full(shape, float("-inf"), dtype=x.dtype, device=x.device)
                x = torch.cat((edge, x, edge), -1)
            windows = x.unfold(x.dim() - 1, self.kernel_size, self.stride)
            x = windows.max(dim=-1)[0].transpose(2, 3)
        return x


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        n_classes = logits.shape[1]
        biggest = logits[:, 0]
        for i in range(1, n_classes):
            biggest = torch.max(biggest, logits[:, i])
        exp_sum = torch.zeros_like(biggest)
        correct = torch.zeros_like(biggest)
        for i in range(n_classes):
            score = logits[:, i]
            exp_sum = exp_sum + (score - biggest).exp()
            correct = correct + score * (targets == i)
        losses = exp_sum.log() + biggest - correct
        if self.reduction == "mean":
            return losses.mean()
        elif self.reduction == "sum":
            return losses.sum()
        return losses
