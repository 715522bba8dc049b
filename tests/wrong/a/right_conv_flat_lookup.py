# question: q2
import math
import torch
from torch import nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride
        self.p = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.weight[0].numel())
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        n, c, h, w = x.shape
        # flat image with one extra cell that is zero: every tap in the border looks there
        flat = torch.cat([x.reshape(n, c, h * w), x.new_zeros(n, c, 1)], dim=2)
        oh = (h + 2 * self.p - self.k) // self.s + 1
        ow = (w + 2 * self.p - self.k) // self.s + 1
        dev = x.device
        r = (torch.arange(oh, device=dev) * self.s - self.p).view(-1, 1, 1, 1) + torch.arange(self.k, device=dev).view(1, 1, -1, 1)
        q = (torch.arange(ow, device=dev) * self.s - self.p).view(1, -1, 1, 1) + torch.arange(self.k, device=dev).view(1, 1, 1, -1)
        inside = (r >= 0) & (r < h) & (q >= 0) & (q < w)
        table = torch.where(inside, r * w + q, torch.full_like(r * w + q, h * w))
        taps = flat.index_select(2, table.reshape(-1)).reshape(n, c, oh, ow, self.k * self.k)
        out = torch.einsum('ncyxt,oct->oyxn', taps, self.weight.reshape(-1, c, self.k * self.k))
        return out.permute(3, 0, 1, 2) + self.bias.view(1, -1, 1, 1)
