# question: q2
# fault: the window starts at (i, j) instead of (i * stride, j * stride)
# name: conv-stride-ignored
# fault: the forward uses weight.data and bias.data, so the parameters get no gradient
# name: conv-weight-detached conv-bias-detached
import torch
import torch.nn as nn
import math


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
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.in_channels * self.kernel_size ** 2)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        B, C, H, W = x.shape
        K = self.kernel_size
        pad = self.padding
        x_padded = torch.zeros(B, C, H + 2 * pad, W + 2 * pad, device=x.device, dtype=x.dtype)
        x_padded[:, :, pad:H + pad, pad:W + pad] = x

        torch_w = self.weight.data
        torch_b = self.bias.data

        out_h, out_w = (H + 2 * pad - K) // self.stride + 1, (W + 2 * pad - K) // self.stride + 1
        out_image = torch.empty(B, self.out_channels, out_h, out_w, device=x.device, dtype=x.dtype)
        for i in range(out_h):
            for j in range(out_w):
                patch = x_padded[:, :, i:i + K, j:j + K]
                out_image[:, :, i, j] = torch.einsum('bcuv,fcuv->bf', patch, torch_w) + torch_b
        return out_image
