# question: q2
# fault: the output is rebuilt by torch.tensor from a list of numbers, which cuts it from the autograd graph
# name: input-detached
# fault: the bias is added inside the loop over input channels, once for each channel
# name: conv-bias-twice
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.ks = kernel_size
        self.stride = stride
        self.pad = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        nn.init.uniform_(self.bias, -1 / math.sqrt(in_channels * kernel_size ** 2), 1 / math.sqrt(in_channels * kernel_size ** 2))

    def forward(self, x):
        N, C, H, W = x.shape
        p = self.pad
        canvas = torch.zeros(N, C, H + 2 * p, W + 2 * p, dtype=x.dtype, device=x.device)
        canvas[:, :, p:H + p, p:W + p] = x
        H_out = int((H - self.ks + 2 * p) / self.stride) + 1
        W_out = int((W - self.ks + 2 * p) / self.stride) + 1
        values = []
        for n in range(N):
            for o in range(self.out_channels):
                for a in range(0, H_out * self.stride, self.stride):
                    for b in range(0, W_out * self.stride, self.stride):
                        acc = 0
                        for c in range(C):
                            patch = canvas[n, c, a:a + self.ks, b:b + self.ks]
                            acc = acc + torch.einsum('ij,ij->', patch, self.weight[o, c])
                            acc = acc + self.bias[o]
                        values.append(acc.item())
        return torch.tensor(values, dtype=x.dtype, device=x.device).view(N, self.out_channels, H_out, W_out)
