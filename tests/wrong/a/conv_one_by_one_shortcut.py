# question: q2
# fault: the shortcut for 1x1 kernels ignores the stride
# name: conv-stride-ignored
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    """im2col by hand; 1x1 convolutions are only a mix of the channels, so they are done directly"""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        b = self.bias[None, :, None, None]
        k, st, pad = self.kernel_size, self.stride, self.padding

        if k == 1 and pad == 0:
            return torch.einsum('bchw,dc->bdhw', x, self.weight[..., 0, 0]) + b

        B, C, H, W = x.shape
        xp = torch.zeros(B, C, H + 2 * pad, W + 2 * pad, dtype=x.dtype, device=x.device)
        xp[..., pad:pad + H, pad:pad + W] = x
        H2 = (H + 2 * pad - k) // st + 1
        W2 = (W + 2 * pad - k) // st + 1
        lines = []
        for top in range(0, H2 * st, st):
            line = []
            for left in range(0, W2 * st, st):
                line.append(xp[..., top:top + k, left:left + k].reshape(B, -1))
            lines.append(torch.stack(line, 1))
        col = torch.stack(lines, 1)                                   # B, H2, W2, C*k*k
        out = torch.einsum('byxf,df->bdyx', col, self.weight.reshape(self.out_channels, -1))
        return out + b
