# question: q3
# fault: the border is padded with zeros instead of minus infinity, so a zero can win over negative values
# name: zero-padding
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        if p > 0:
            padded = torch.zeros(N, C, H + 2 * p, W + 2 * p, dtype=x.dtype, device=x.device)
            padded[:, :, p:-p, p:-p] = x
        else:
            padded = x
        H_out = (H + 2 * p - k) // s + 1
        W_out = (W + 2 * p - k) // s + 1
        out = torch.zeros(N, C, H_out, W_out, dtype=x.dtype, device=x.device)
        for i in range(H_out):
            for j in range(W_out):
                window = padded[:, :, i * s:i * s + k, j * s:j * s + k].reshape(N, C, k * k)
                out[:, :, i, j] = window.max(dim=2)[0]
        return out
