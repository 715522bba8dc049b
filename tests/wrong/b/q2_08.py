# question: q2
# fault: the padding is counted in the output size only, the input is never padded
# name: conv-padding-in-shape-only conv-padding-ignored
# fault: (N, L, O) is reshaped to (N, O, H, W) without moving the channel axis first
# name: output-not-transposed
import math
import torch
import torch.nn as nn


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
        nn.init.uniform_(self.bias, -1 / math.sqrt(in_channels * kernel_size ** 2),
                         1 / math.sqrt(in_channels * kernel_size ** 2))

    def forward(self, x):
        batch_size = x.shape[0]
        out_h = (x.shape[2] - self.kernel_size + 2 * self.padding) // self.stride + 1
        out_w = (x.shape[3] - self.kernel_size + 2 * self.padding) // self.stride + 1

        x_unf = nn.functional.unfold(x, (self.kernel_size, self.kernel_size), stride=self.stride)
        x_unf = x_unf.transpose(1, 2)                               # N, L, C*k*k
        w_row = self.weight.view(self.out_channels, -1)             # O, C*k*k
        out_unf = torch.einsum('nlk,ok->nlo', x_unf, w_row) + self.bias
        return out_unf.reshape(batch_size, self.out_channels, out_h, out_w)
