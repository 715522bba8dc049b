# question: q3
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
        if self.padding > 0:
            p = self.padding
            side = torch.full((N, C, H, p), float('-inf'), dtype=x.dtype, device=x.device)
            x = torch.cat([side, x, side], dim=3)
            top = torch.full((N, C, p, W + 2 * p), float('-inf'), dtype=x.dtype, device=x.device)
            x = torch.cat([top, x, top], dim=2)
        H_out = (x.shape[2] - self.kernel_size) // self.stride + 1
        W_out = (x.shape[3] - self.kernel_size) // self.stride + 1
        result = []
        for i in range(H_out):
            a = i * self.stride
            for j in range(W_out):
                b = j * self.stride
                win = x[:, :, a:a + self.kernel_size, b:b + self.kernel_size]
                win = win.reshape(N, C, self.kernel_size ** 2)
                result.append(win.max(dim=2).values)
        return torch.stack(result, dim=2).reshape(N, C, H_out, W_out)
