# question: q2
# fault: the output width is computed from the height, so images that are not square fail
# name: conv-square-images-only
import math
import torch
import torch.nn as nn
import torch.nn.functional as F

class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch_size = x.shape[0]
        size = x.shape[2]
        out_size = (size - self.kernel_size + 2 * self.padding) // self.stride + 1

        patches = F.unfold(x, self.kernel_size, padding=self.padding, stride=self.stride)
        kernel = self.weight.view(self.out_channels, -1)
        out = torch.einsum('ok,bkl->bol', kernel, patches)
        out = out + self.bias.view(1, -1, 1)
        return out.view(batch_size, self.out_channels, out_size, out_size)
