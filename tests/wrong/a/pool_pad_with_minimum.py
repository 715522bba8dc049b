# question: q3
# fault: the border is filled with the smallest value of the input instead of minus infinity, so in a tie with it the border takes the gradient
# name: padding-with-minimum
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        if stride is None:
            stride = kernel_size
        self.stride = stride
        self.padding = padding

    def border(self, x):
        if self.padding == 0:
            return x
        # anything that can never win
        lowest = -float((-x).max())
        B, C, H, W = x.shape
        P = self.padding
        frame = torch.full([B, C, H + P + P, W + P + P], lowest, dtype=x.dtype, device=x.device)
        frame[..., P:P + H, P:P + W] = x
        return frame

    def forward(self, x):
        B, C = x.shape[:2]
        f = self.border(x)
        Hf, Wf = f.shape[2:]
        cols = F.unfold(f, self.kernel_size, stride=self.stride)
        cols = cols.reshape(B, C, self.kernel_size ** 2, -1)
        val, idx = torch.max(cols, dim=2)
        return val.reshape(B, C, (Hf - self.kernel_size) // self.stride + 1, (Wf - self.kernel_size) // self.stride + 1)
