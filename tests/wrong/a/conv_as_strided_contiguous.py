# question: q2
# fault: the strides given to as_strided are computed from the shape, so a non-contiguous input is read in the wrong order
# name: strides-assumed
import math
import torch
from torch import nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride, padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        limit = 1 / math.sqrt(self.weight[0].numel())
        nn.init.uniform_(self.bias, -limit, limit)

    def _windows(self, t):
        n, c, h, w = t.shape
        oh = (h - self.k) // self.s + 1
        ow = (w - self.k) // self.s + 1
        sn, sc, sh, sw = c * h * w, h * w, w, 1
        return torch.as_strided(t, (n, c, oh, ow, self.k, self.k),
                                (sn, sc, sh * self.s, sw * self.s, sh, sw))

    def forward(self, x):
        if self.p > 0:
            n, c, h, w = x.shape
            q = torch.zeros(n, c, h + 2 * self.p, w + 2 * self.p, dtype=x.dtype, device=x.device)
            q[:, :, self.p:-self.p, self.p:-self.p] = x
            x = q
        y = torch.einsum('ncxyij,ocij->noxy', self._windows(x), self.weight)
        return y + self.bias.reshape(1, -1, 1, 1)
