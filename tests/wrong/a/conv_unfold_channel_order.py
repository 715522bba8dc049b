# question: q2
# fault: the weight is flattened with the channels last, while unfold puts the channels first
# name: kernel-before-channels
# fault: the positions are folded back as (width, height) instead of (height, width)
# name: conv-sizes-swapped
import torch
import torch.nn as nn
import math

class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.cin = in_channels
        self.cout = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bd = 1 / math.sqrt(self.cin * self.kernel_size * self.kernel_size)
        nn.init.uniform_(self.bias, -bd, bd)

    def forward(self, x):
        bs, _, h, w = x.shape
        oh = 1 + (h + 2*self.padding - self.kernel_size) // self.stride
        ow = 1 + (w + 2*self.padding - self.kernel_size) // self.stride
        unf = nn.functional.unfold(x, kernel_size=self.kernel_size, stride=self.stride, padding=self.padding)
        unf = unf.transpose(1, 2)                                       # bs, L, cin*k*k
        w_mat = self.weight.permute(0, 2, 3, 1).reshape(self.cout, -1)
        out = torch.einsum('blk,ok->blo', unf, w_mat) + self.bias
        return out.transpose(1, 2).reshape(bs, self.cout, ow, oh)
