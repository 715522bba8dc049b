# question: q3
# fault: the number of windows is taken as size // stride, without regard to the kernel size
# name: pool-size-without-kernel
# fault: the padded copy is always float32, so the output loses the dtype of a double input
# name: -
import torch
from torch import nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, inputs):
        pad, ks, st = self.padding, self.kernel_size, self.stride
        n, ch, hh, ww = inputs.shape
        buf = torch.full((n, ch, hh + 2 * pad, ww + 2 * pad), float('-inf'), device=inputs.device)
        buf[:, :, pad:pad + hh, pad:pad + ww] = inputs

        n_rows = buf.size(2) // st
        n_cols = buf.size(3) // st
        b0, b1, b2, b3 = buf.stride()
        win = buf.as_strided(size=(n, ch, n_rows, n_cols, ks, ks), stride=(b0, b1, b2 * st, b3 * st, b2, b3))
        return win.reshape(n, ch, n_rows, n_cols, ks * ks).max(-1).values
