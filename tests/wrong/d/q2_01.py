# question: q2
# fault: the shortcut for 1x1 kernels ignores the stride
# name: conv-stride-ignored

import math
import torch
import torch.nn as nn


def to_pair(v):
    return v if isinstance(v, tuple) else (v, v)


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.k = to_pair(kernel_size)
        self.s = to_pair(stride)
        self.p = to_pair(padding)
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, *self.k))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        kh, kw = self.k
        sh, sw = self.s
        ph, pw = self.p
        if ph or pw:
            n, c, h, w = x.shape
            canvas = x.new_zeros(n, c, h + 2 * ph, w + 2 * pw)
            canvas[:, :, ph:ph + h, pw:pw + w] = x
            x = canvas
        if kh == 1 and kw == 1:
            # nothing to unfold: a 1x1 convolution is a linear map of the channels
            out = torch.einsum('nchw,oc->nohw', x, self.weight[:, :, 0, 0])
        else:
            patches = x.unfold(2, kh, sh).unfold(3, kw, sw)
            out = torch.einsum('nchwij,ocij->nohw', patches, self.weight)
        return out + self.bias[None, :, None, None]
