# question: q2
# fault: the kernel is flipped, as in a true convolution
# name: flipped-kernel
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride
        self.p = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        lim = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -lim, lim)

    def forward(self, x):
        k, s, p = self.k, self.s, self.p
        N, C, H, W = x.shape
        xp = torch.zeros(N, C, H + 2 * p, W + 2 * p, dtype=x.dtype, device=x.device)
        xp[:, :, p:p + H, p:p + W] = x
        oh = (H + 2 * p - k) // s + 1
        ow = (W + 2 * p - k) // s + 1
        rows = []
        for i in range(oh):
            row = []
            for j in range(ow):
                # dot product of the filter with the patch under it
                val = self.bias
                for u in range(k):
                    for v in range(k):
                        pixel = xp[:, :, i * s + u, j * s + v]
                        val = val + torch.einsum('nc,oc->no', pixel, self.weight[:, :, k - 1 - u, k - 1 - v])
                row.append(val)
            rows.append(torch.stack(row, dim=-1))
        return torch.stack(rows, dim=2)
