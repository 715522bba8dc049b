# question: q2
# fault: the stride is used for the output size only, the windows made by as_strided always move by one pixel
# name: conv-stride-ignored
import math
import torch
from torch import nn


class CustomConv2D(nn.Module):
    """Convolution without loops: all windows are a strided view of the (padded) image."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty((out_channels, in_channels, kernel_size, kernel_size)))
        self.bias = nn.Parameter(torch.empty((out_channels,)))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        b = 1 / math.sqrt(in_channels * kernel_size ** 2)
        nn.init.uniform_(self.bias, -b, b)

    def forward(self, x):
        N, C, H, W = x.size()
        K, S, P = self.kernel_size, self.stride, self.padding

        img = torch.zeros((N, C, H + 2 * P, W + 2 * P), dtype=x.dtype, device=x.device)
        img[:, :, P:P + H, P:P + W] = x

        Ho = math.floor((H + 2 * P - K) / S) + 1
        Wo = math.floor((W + 2 * P - K) / S) + 1
        sN, sC, sH, sW = img.stride()
        windows = img.as_strided((N, C, Ho, Wo, K, K), (sN, sC, sH, sW, sH, sW))
        y = torch.einsum('nchwij,ocij->nohw', windows, self.weight)
        return y + self.bias[None, :, None, None]
