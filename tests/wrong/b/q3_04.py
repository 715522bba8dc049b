# question: q3
# fault: height and width are swapped when the output size is computed
# name: pool-axes-swapped pool-sizes-swapped
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        if stride is None:
            stride = kernel_size
        self.stride = stride
        self.padding = padding

    def _n_steps(self, length):
        return (length - self.kernel_size + 2 * self.padding) // self.stride + 1

    def forward(self, x):
        N, C, W, H = x.shape
        ny = self._n_steps(H)
        nx = self._n_steps(W)
        p, k = self.padding, self.kernel_size

        canvas = torch.zeros(N, C, x.size(2) + 2 * p, x.size(3) + 2 * p, dtype=x.dtype, device=x.device) - float('inf')
        canvas[:, :, p:p + x.size(2), p:p + x.size(3)] = x

        lines = []
        for a in range(ny):
            line = []
            for b in range(nx):
                win = canvas[:, :, a * self.stride:a * self.stride + k, b * self.stride:b * self.stride + k]
                line.append(win.reshape(N, C, -1).max(dim=2)[0])
            lines.append(torch.stack(line, dim=2))
        return torch.stack(lines, dim=2)
