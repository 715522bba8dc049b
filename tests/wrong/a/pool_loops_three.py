# question: q3
# fault: the width of the output is computed from the height of the input
# name: pool-square-images-only
# fault: the result is written at [column, row] instead of [row, column]
# name: pool-transposed-image
# fault: the border is padded with -100 instead of minus infinity
# name: finite-padding
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
        k = self.kernel_size
        s = self.stride
        p = self.padding
        H_out = (H - k + 2 * p) // s + 1
        W_out = (H - k + 2 * p) // s + 1

        x_pad = torch.ones((N, C, H + 2 * p, W + 2 * p), dtype=x.dtype, device=x.device) * -100.0
        x_pad[:, :, p:p + H, p:p + W] = x

        out = torch.zeros((N, C, H_out, W_out), dtype=x.dtype, device=x.device)
        for i in range(H_out):
            y0 = i * s
            for j in range(W_out):
                x0 = j * s
                region = x_pad[:, :, y0:y0 + k, x0:x0 + k].reshape(N, C, -1)
                out[:, :, j, i] = region.max(dim=2)[0]
        return out
