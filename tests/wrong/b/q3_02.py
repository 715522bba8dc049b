# question: q3
# fault: max with a dim returns (values, indices), the pair is used as if it were the tensor of values
# name: values-forgotten
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    """Max pooling through im2col, each channel treated as an image of its own."""

    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        b, ch, h, w = x.size()
        p = self.padding
        h_out = (h + 2 * p - self.kernel_size) // self.stride + 1
        w_out = (w + 2 * p - self.kernel_size) // self.stride + 1
        x_pad = torch.full((b, ch, h + 2 * p, w + 2 * p), float('-inf'), dtype=x.dtype, device=x.device)
        x_pad[:, :, p:p + h, p:p + w] = x
        x_pad = x_pad.reshape(b * ch, 1, h + 2 * p, w + 2 * p)
        x_col = nn.functional.unfold(x_pad, self.kernel_size, stride=self.stride)   # (b*ch, k*k, L)
        x_max = torch.max(x_col, dim=1)
        return x_max.reshape(b, ch, h_out, w_out)
