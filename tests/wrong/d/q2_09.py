# question: q2
# fault: all the zeros of the padding are put at the bottom and the right, none at the top and the left
# name: conv-padding-misplaced
# fault: the bias is added for every element of the kernel instead of once
# name: conv-bias-twice

import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kh, self.kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        self.sh, self.sw = (stride, stride) if isinstance(stride, int) else stride
        self.ph, self.pw = (padding, padding) if isinstance(padding, int) else padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, self.kh, self.kw))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.weight[0].numel()
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def forward(self, x):
        n, c, h, w = x.shape
        frame = x.new_zeros((n, c, h + 2 * self.ph, w + 2 * self.pw))
        frame[:, :, 0:h, 0:w] = x
        oh = (h + 2 * self.ph - self.kh) // self.sh + 1
        ow = (w + 2 * self.pw - self.kw) // self.sw + 1
        y = 0
        for i in range(self.kh):
            rows = frame[:, :, i:i + (oh - 1) * self.sh + 1:self.sh]
            for j in range(self.kw):
                part = rows[:, :, :, j:j + (ow - 1) * self.sw + 1:self.sw]
                y = y + torch.einsum('nchw,oc->nohw', part, self.weight[:, :, i, j])
                y = y + self.bias.view(1, -1, 1, 1)
        return y
