# question: q3
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = kernel_size if stride is None else stride
        self.p = padding

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.k, self.s, self.p
        oh, ow = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        dev = x.device
        # absolute coordinates of every window element, (oh, ow, k*k)
        taps = torch.arange(k * k, device=dev)
        yy = (torch.arange(oh, device=dev) * s - p).view(oh, 1, 1) + taps // k
        xx = (torch.arange(ow, device=dev) * s - p).view(1, ow, 1) + taps % k
        inside = (yy >= 0) & (yy < h) & (xx >= 0) & (xx < w)
        where = torch.where(inside, yy * w + xx, torch.zeros_like(yy * w + xx))
        vals = x.reshape(n, c, h * w)[:, :, where]
        vals = torch.where(inside, vals, torch.full_like(vals, float('-inf')))
        return vals.max(dim=-1).values
