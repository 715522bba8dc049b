# question: q2
# fault: the output size is rounded up (ceil) instead of down (floor)
# name: conv-ceil-for-floor
# fault: the bias is created but never added
# name: conv-bias-ignored
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super(CustomConv2D, self).__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = (kernel_size, kernel_size)
        self.stride = (stride, stride)
        self.padding = (padding, padding)
        self.weight = nn.Parameter(torch.Tensor(out_channels, in_channels, *self.kernel_size))
        self.bias = nn.Parameter(torch.Tensor(out_channels))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        fan_in = self.in_channels * self.kernel_size[0] * self.kernel_size[1]
        nn.init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def output_size(self, length, axis):
        span = length + 2 * self.padding[axis] - self.kernel_size[axis]
        return math.ceil(span / self.stride[axis]) + 1

    def forward(self, input):
        N, C, H, W = input.shape
        size = self.output_size(H, 0), self.output_size(W, 1)
        columns = nn.functional.unfold(input, kernel_size=self.kernel_size,
                                       padding=self.padding, stride=self.stride)
        kernels = self.weight.reshape(self.out_channels, C * self.kernel_size[0] * self.kernel_size[1])
        result = torch.einsum('nkl,ok->nol', columns, kernels)
        result = result.reshape(N, self.out_channels, *size)
        return result
