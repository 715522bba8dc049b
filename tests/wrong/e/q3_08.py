# question: q3
# fault: the maximum is taken over the whole batch and all channels, not for each image and channel
# name: pooled-over-channels
# fault: the window starts at (i, j) and not at i and j times the stride
# name: stride-always-one
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        batch_size, channels, h, w = x.shape
        pad = self.padding
        if pad > 0:
            new_x = torch.full((batch_size, channels, h + 2 * pad, w + 2 * pad), float('-inf'),
                               dtype=x.dtype, device=x.device)
            new_x[:, :, pad:-pad, pad:-pad] = x
            x = new_x
        out_h = (h + 2 * pad - self.kernel_size) // self.stride + 1
        out_w = (w + 2 * pad - self.kernel_size) // self.stride + 1
        output = torch.zeros((batch_size, channels, out_h, out_w), dtype=x.dtype, device=x.device)
        for i in range(out_h):
            for j in range(out_w):
                window = x[:, :, i:i + self.kernel_size, j:j + self.kernel_size]
                output[:, :, i, j] = window.max()
        return output
