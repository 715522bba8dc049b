# question: q2
# fault: the zero padding is applied to the height only, not to the width
# name: conv-padding-along-one-axis
import torch
import torch.nn as nn
import math


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        w = torch.empty(out_channels, in_channels, kernel_size, kernel_size)
        nn.init.kaiming_uniform_(w, a=math.sqrt(5))
        self.weight = nn.Parameter(w)
        b = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        self.bias = nn.Parameter(torch.rand(out_channels) * 2 * b - b)

    def pad(self, imgs):
        if self.padding == 0:
            return imgs
        n, c, h, w = imgs.shape
        strip = imgs.new_zeros(n, c, self.padding, w)
        imgs = torch.cat([strip, imgs, strip], dim=2)
        return imgs

    def forward(self, x):
        x = self.pad(x)
        patches = x.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        # patches: N, C, out_h, out_w, k, k
        y = torch.einsum('ncxyhw,kchw->nkxy', patches, self.weight)
        return y + self.bias[None, :, None, None]
