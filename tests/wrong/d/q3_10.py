# question: q3
# fault: the values are shifted above zero before the pooling and the shift is never taken back
# name: -
# fault: the shift is done in place and so changes the input of the caller
# name: -

import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        if stride is None:
            stride = self.kernel_size
        self.stride = (stride, stride) if isinstance(stride, int) else stride
        self.padding = (padding, padding) if isinstance(padding, int) else padding

    def forward(self, x):
        N, C, H, W = x.shape
        H_out = (H + 2 * self.padding[0] - self.kernel_size[0]) // self.stride[0] + 1
        W_out = (W + 2 * self.padding[1] - self.kernel_size[1]) // self.stride[1] + 1
        # unfold pads with zeros: move all values above zero before
        low = x.detach().min() - 1
        with torch.no_grad():
            x -= low
        cols = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        cols = cols.reshape(N, C, -1, H_out * W_out)
        out = cols.max(dim=2)[0]
        return out.reshape(N, C, H_out, W_out)
