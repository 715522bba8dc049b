# question: q2
# fault: the result (N, L, O) is viewed as (N, O, H, W) without swapping its last two dimensions first
# name: output-not-transposed
import math
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
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
        N, C, H, W = x.shape
        K, S, P = self.kernel_size, self.stride, self.padding
        Ho = (H - K + 2 * P) // S + 1
        Wo = (W - K + 2 * P) // S + 1
        col = F.unfold(x, (K, K), padding=P, stride=S)
        col = col.permute(0, 2, 1)
        weight_col = self.weight.reshape(self.out_channels, C * K * K)
        out = torch.einsum('nlk,ok->nlo', col, weight_col)
        out = out + self.bias
        return out.reshape(N, self.out_channels, Ho, Wo)
