# question: q2
# fault: the output size is rounded up (ceil) instead of down
# name: conv-ceil-for-floor
# fault: the bias is never added
# name: conv-bias-ignored
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.in_channels, self.out_channels = in_channels, out_channels
        self.ks = kernel_size
        self.st = stride
        self.pd = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bnd = 1 / math.sqrt(self.in_channels * self.ks * self.ks)
        nn.init.uniform_(self.bias, -bnd, bnd)

    def out_dim(self, size):
        return math.ceil((size - self.ks + 2 * self.pd) / self.st) + 1

    def forward(self, x):
        batch, ch, height, width = x.shape
        if self.pd > 0:
            side = torch.zeros(batch, ch, height, self.pd, dtype=x.dtype, device=x.device)
            x = torch.cat((side, x, side), dim=3)
            lid = torch.zeros(batch, ch, self.pd, width + 2 * self.pd, dtype=x.dtype, device=x.device)
            x = torch.cat((lid, x, lid), dim=2)
        oh, ow = self.out_dim(height), self.out_dim(width)

        feature_map = torch.zeros(batch, self.out_channels, oh, ow, dtype=x.dtype, device=x.device)
        for row in range(oh):
            for col in range(ow):
                y0 = row * self.st
                x0 = col * self.st
                region = x[:, :, y0:y0 + self.ks, x0:x0 + self.ks]
                feature_map[:, :, row, col] = torch.einsum('bchw,ochw->bo', region, self.weight)
        return feature_map
