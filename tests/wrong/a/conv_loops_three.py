# question: q2
# fault: the stride is used for the rows but not for the columns
# name: conv-stride-along-one-axis
# fault: the width of the output is computed from the height of the input
# name: conv-square-images-only
# fault: the bias is added inside the loop over the input channels, so once for every channel
# name: conv-bias-twice
import math
import torch
import torch.nn as nn


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
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.in_channels * self.kernel_size ** 2
        bound = 1 / math.sqrt(fan_in)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        batch, _, height, width = x.shape
        K, S, P = self.kernel_size, self.stride, self.padding

        padded = torch.zeros((batch, self.in_channels, height + 2 * P, width + 2 * P), dtype=x.dtype, device=x.device)
        padded[:, :, P:P + height, P:P + width] = x

        out_h = (height + 2 * P - K) // S + 1
        out_w = (height + 2 * P - K) // S + 1
        out = torch.zeros((batch, self.out_channels, out_h, out_w), dtype=x.dtype, device=x.device)

        for i in range(out_h):
            for j in range(out_w):
                for c in range(self.in_channels):
                    window = padded[:, c, i * S:i * S + K, j:j + K]
                    out[:, :, i, j] += torch.einsum('nhw,ohw->no', window, self.weight[:, c]) + self.bias
        return out
