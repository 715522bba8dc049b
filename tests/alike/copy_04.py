# I did not use any AI technologies in preparing or writing up this assignment.
import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def get_output_size(length, kernel_size, stride, padding):
    return (length + 2 * padding - kernel_size) // stride + 1


def pad_neg_inf(img, pad):
    b, ch, height, width = img.shape
    bigger = torch.full((b, ch, height + 2 * pad, width + 2 * pad), float("-inf"), dtype=img.dtype, device=img.device)
    bigger[:, :, pad:pad + height, pad:pad + width] = img
    return bigger


def log_softmax(scores):
    scores = scores - torch.max(scores, dim=1, keepdim=True)[0]
    return scores - torch.log(torch.sum(torch.exp(scores), dim=1, keepdim=True))


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        b, ch, height, width = x.shape
        new_h = get_output_size(height, self.kernel_size, self.stride, self.padding)
        new_w = get_output_size(width, self.kernel_size, self.stride, self.padding)
        blocks = F.unfold(pad_neg_inf(x, self.padding), self.kernel_size, stride=self.stride)
        blocks = blocks.view(b, ch, self.kernel_size * self.kernel_size, new_h * new_w)
        pooled, _ = blocks.max(dim=2)
        return pooled.view(b, ch, new_h, new_w)


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
        b, _, height, width = x.shape
        blocks = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        flat_weight = self.weight.view(self.out_channels, -1)
        conv = torch.einsum("fc,bcp->bfp", flat_weight, blocks) + self.bias.view(1, -1, 1)
        new_h = get_output_size(height, self.kernel_size, self.stride, self.padding)
        new_w = get_output_size(width, self.kernel_size, self.stride, self.padding)
        return conv.view(b, self.out_channels, new_h, new_w)


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
        y = torch.einsum("...f,hf->...h", x, self.weight)
        if self.bias is None:
            return y
        return y + self.bias


class CustomCrossEntropyLoss(nn.Module):
    def __init__(self, reduction="mean"):
        super().__init__()
        self.reduction = reduction

    def forward(self, logits, targets):
        index = targets.unsqueeze(1)
        nll = -log_softmax(logits).gather(1, index).squeeze(1)
        if self.reduction == "none":
            return nll
        elif self.reduction == "sum":
            return nll.sum()
        return nll.mean()
