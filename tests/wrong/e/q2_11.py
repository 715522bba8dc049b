# question: q2
# fault: no padding is done
# name: conv-padding-ignored
# fault: the number of columns of the output is taken to be its number of rows
# name: conv-square-images-only
# fault: the bias is missing in the forward pass
# name: conv-bias-ignored
import torch
import torch.nn as nn
import math

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
        out_dim = int((x.shape[2] - self.kernel_size) / self.stride + 1)
        result = torch.zeros(x.shape[0], self.out_channels, out_dim, out_dim).to(x)
        for b in range(x.shape[0]):
            for f in range(self.out_channels):
                for i in range(out_dim):
                    for j in range(out_dim):
                        r = i * self.stride
                        c = j * self.stride
                        part = x[b, :, r:r+self.kernel_size, c:c+self.kernel_size]
                        result[b, f, i, j] = (part * self.weight[f]).sum()
        return result
