# question: q3
# fault: unfold does the padding, and it pads with zeros, not with minus infinity
# name: zero-padding
import torch
import torch.nn as nn
import torch.nn.functional as F

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super(CustomMaxPool2D, self).__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        batch, channels, height, width = x.size()
        out_h = (height - self.kernel_size + 2 * self.padding) // self.stride + 1
        out_w = (width - self.kernel_size + 2 * self.padding) // self.stride + 1

        unfolded = F.unfold(x, kernel_size=self.kernel_size, stride=self.stride, padding=self.padding)
        unfolded = unfolded.view(batch, channels, self.kernel_size * self.kernel_size, out_h * out_w)
        pooled, _ = unfolded.max(dim=2)
        return pooled.view(batch, channels, out_h, out_w)
