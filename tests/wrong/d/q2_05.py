# question: q2
# fault: the result (O, N*L) is reshaped to (N, O, H, W) without a transposition, so images and channels are mixed when there is more than one image
# name: filters-before-batch

import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = self._two(kernel_size)
        self.stride = self._two(stride)
        self.padding = self._two(padding)
        self.out_channels = out_channels
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    @staticmethod
    def _two(x):
        return x if isinstance(x, tuple) else (x, x)

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        N, C, H, W = x.shape
        H_out = (H + 2 * self.padding[0] - self.kernel_size[0]) // self.stride[0] + 1
        W_out = (W + 2 * self.padding[1] - self.kernel_size[1]) // self.stride[1] + 1
        cols = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        # one big product: (O, CKK) x (CKK, N * L)
        cols = cols.permute(1, 0, 2).reshape(cols.shape[1], -1)
        W_row = self.weight.reshape(self.out_channels, -1)
        out = torch.einsum('ok,kl->ol', W_row, cols) + self.bias.unsqueeze(1)
        return out.reshape(N, self.out_channels, H_out, W_out)
