# questions: q2 q3
# may lose: nothing

import math

import torch
from torch import nn


class CustomConv2D(nn.Module):
    """One einsum for each cell of the kernel, over all images and places at once."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in, _ = nn.init._calculate_fan_in_and_fan_out(self.weight)
        if fan_in != 0:
            bound = 1 / math.sqrt(fan_in)
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        k, s, p = self.kernel_size, self.stride, self.padding
        N, C, H, W = x.shape
        padded = torch.zeros(N, C, H + 2 * p, W + 2 * p, dtype=x.dtype, device=x.device)
        padded[:, :, p:H + p, p:W + p] = x
        H_out = (H + 2 * p - k) // s + 1
        W_out = (W + 2 * p - k) // s + 1
        out = torch.zeros(N, self.weight.shape[0], H_out, W_out, dtype=x.dtype)
        for i in range(k):
            for j in range(k):
                patch = padded[:, :, i:i + s * (H_out - 1) + 1:s, j:j + s * (W_out - 1) + 1:s]
                out += torch.einsum('nchw,oc->nohw', patch, self.weight[:, :, i, j])
        return out + self.bias[None, :, None, None]


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        k, s, p = self.kernel_size, self.stride, self.padding
        N, C, H, W = x.shape
        padded = torch.full((N, C, H + 2 * p, W + 2 * p), -math.inf, dtype=x.dtype, device=x.device)
        padded[:, :, p:H + p, p:W + p] = x
        H_out = math.floor((H + 2 * p - k) / s) + 1
        W_out = math.floor((W + 2 * p - k) / s) + 1
        out = None
        for i in range(k):
            for j in range(k):
                patch = padded[:, :, i:i + s * H_out:s, j:j + s * W_out:s][:, :, :H_out, :W_out]
                out = patch if out is None else torch.max(out, patch)
        return out
