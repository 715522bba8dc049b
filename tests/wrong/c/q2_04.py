# question: q2
# fault: the bias is added without reshaping to (1, O, 1, 1), so it is broadcast along the width instead of the channels
# name: bias-along-width
import math
import torch
import torch.nn as nn


def zero_pad(t, amount):
    if amount > 0:
        a, b, h, w = t.shape
        side = t.new_zeros(a, b, h, amount)
        t = torch.cat((side, t, side), dim=3)
        cap = t.new_zeros(a, b, amount, w + 2 * amount)
        t = torch.cat((cap, t, cap), dim=2)
    return t


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.stride, self.padding, self.kernel_size = stride, padding, kernel_size
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan = self.weight.shape[1] * self.kernel_size * self.kernel_size
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan), 1 / math.sqrt(fan))

    def forward(self, x):
        x = zero_pad(x, self.padding)
        win = x.unfold(2, self.kernel_size, self.stride).unfold(3, self.kernel_size, self.stride)
        out = torch.einsum('bchwkl,dckl->bdhw', win, self.weight)
        out = out + self.bias
        return out
