# question: q2
# fault: each shifted slice stops after H_out pixels, not after stride*H_out, so with a stride above 1 the output is too small
# name: conv-slices-too-short

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    """sum of k*k shifted images, each multiplied by one element of the kernel"""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        k1, k2 = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 2
        self.stride = stride if isinstance(stride, tuple) else (stride,) * 2
        self.padding = padding if isinstance(padding, tuple) else (padding,) * 2
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, k1, k2))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, img):
        s1, s2 = self.stride
        p1, p2 = self.padding
        k1, k2 = self.weight.shape[-2:]
        b, c, h, w = img.shape
        big = torch.zeros(b, c, h + 2 * p1, w + 2 * p2, dtype=img.dtype, device=img.device)
        big[:, :, p1:h + p1, p2:w + p2] = img
        h_out = (h + 2 * p1 - k1) // s1 + 1
        w_out = (w + 2 * p2 - k2) // s2 + 1
        res = self.bias.view(-1, 1, 1)
        for u in range(k1):
            for v in range(k2):
                shifted = big[:, :, u:u + h_out:s1, v:v + w_out:s2]
                res = res + torch.einsum('bchw,oc->bohw', shifted, self.weight[:, :, u, v])
        return res
