# question: q2
# fault: the slice p:-p is empty when the padding is 0
# name: conv-empty-slice
# fault: the rows and columns of the kernel are swapped when the weight is indexed
# name: transposed-kernel
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
        self.weight = nn.Parameter(torch.randn(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.zeros(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(in_channels * kernel_size * kernel_size)
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x):
        B, C, H, W = x.size()
        K, S, P = self.kernel_size, self.stride, self.padding
        H_out = (H - K + 2 * P) // S + 1
        W_out = (W - K + 2 * P) // S + 1
        padded = torch.zeros((B, C, H + 2 * P, W + 2 * P), dtype=x.dtype, device=x.device)
        padded[:, :, P:-P, P:-P] = x

        out = torch.zeros((B, self.out_channels, H_out, W_out), dtype=x.dtype, device=x.device)
        # one shifted (and strided) copy of the whole image for every kernel tap
        for r in range(K):
            for c in range(K):
                shifted = padded[:, :, r:r + S * (H_out - 1) + 1:S, c:c + S * (W_out - 1) + 1:S]
                out = out + torch.einsum('bihw,oi->bohw', shifted, self.weight[:, :, c, r])
        out = out + self.bias.view(1, -1, 1, 1)
        return out
