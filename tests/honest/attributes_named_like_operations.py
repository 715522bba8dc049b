# questions: q2 q3
# may lose: nothing

import torch
import torch.nn as nn
import torch.nn.functional as F


class Config:
    def __init__(self, conv2d, pad, linear=None, softmax=None):
        self.conv2d = conv2d
        self.pad = pad
        self.linear = linear
        self.softmax = softmax
        self.matmul = self.numpy = self.data = self.load = None


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.config = Config(conv2d=(kernel_size, stride), pad=padding)
        self.conv2d = self.matmul
        self.weight = nn.Parameter(torch.rand(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.rand(out_channels))

    def matmul(self, a, b):
        return torch.einsum('ok,nkl->nol', a, b)

    def im2col(self, x):
        k, s = self.config.conv2d
        return F.unfold(x, k, padding=self.config.pad, stride=s)

    def forward(self, x):
        k, s = self.config.conv2d
        size = [(n + 2 * self.config.pad - k) // s + 1 for n in x.shape[2:]]
        y = self.conv2d(self.weight.flatten(1), self.im2col(x))
        return y.reshape(*y.shape[:2], *size) + self.bias.view(-1, 1, 1)


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.save = kernel_size, stride or kernel_size
        self.pad = padding

    def max_pool2d(self, x):
        k, s = self.save
        return x.unfold(2, k, s).unfold(3, k, s).flatten(4).amax(4)

    def forward(self, x):
        p = self.pad
        big = x.new_full((*x.shape[:2], x.shape[2] + 2 * p, x.shape[3] + 2 * p), -torch.inf)
        big[..., p:p + x.shape[2], p:p + x.shape[3]] = x
        return self.max_pool2d(big)
