# question: q2
# fault: the padded copy is filled from x.data, so the input gets no gradient
# name: input-detached
# fault: the stride is applied along the height only, the windows move by one along the width
# name: conv-stride-along-one-axis

import math
import torch
import torch.nn as nn


def zero_pad(img, ph, pw):
    n, c, h, w = img.shape
    res = torch.zeros((n, c, h + 2 * ph, w + 2 * pw), dtype=img.dtype)
    res[:, :, ph:h + ph, pw:w + pw] = img.data
    return res


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        if not isinstance(kernel_size, tuple): kernel_size = (kernel_size, kernel_size)
        if not isinstance(stride, tuple): stride = (stride, stride)
        if not isinstance(padding, tuple): padding = (padding, padding)
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        x = zero_pad(x, *self.p)
        rows = []
        for top in range(0, x.shape[2] - self.k[0] + 1, self.s[0]):
            row = []
            for left in range(0, x.shape[3] - self.k[1] + 1):
                window = x[:, :, top:top + self.k[0], left:left + self.k[1]]
                row.append(torch.einsum('ncij,ocij->no', window, self.weight) + self.bias)
            rows.append(torch.stack(row, dim=-1))
        return torch.stack(rows, dim=-2)
