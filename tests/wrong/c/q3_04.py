# question: q3
# fault: stride=None is taken as 1 instead of kernel_size
# name: stride-one-by-default
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else 1
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        pad, step, ksize = self.padding, self.stride, self.kernel_size
        rows = (H + 2 * pad - ksize) // step + 1
        cols = (W + 2 * pad - ksize) // step + 1

        field = torch.ones(N, C, H + 2 * pad, W + 2 * pad, dtype=x.dtype, device=x.device) * float('-inf')
        field[..., pad:pad + H, pad:pad + W] = x

        candidates = [field[:, :, u:u + rows * step:step, v:v + cols * step:step]
                      for u in range(ksize) for v in range(ksize)]
        return torch.stack(candidates).max(0)[0]
