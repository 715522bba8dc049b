# question: q2
# fault: all of the padding is put at the bottom and the right instead of half on each side
# name: conv-padding-misplaced
# fault: the output size is rounded up instead of down
# name: conv-ceil-for-floor
import math
import torch
import torch.nn as nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.ksize = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        nn.init.uniform_(self.bias, -1 / math.sqrt(in_channels * kernel_size ** 2),
                         1 / math.sqrt(in_channels * kernel_size ** 2))

    def out_len(self, n):
        return math.ceil((n + 2 * self.padding - self.ksize) / self.stride) + 1

    def enlarge(self, img):
        p = self.padding
        for axis in (2, 3):
            shape = list(img.shape)
            shape[axis] = 2 * p
            img = torch.cat([img, torch.zeros(shape, dtype=img.dtype, device=img.device)], dim=axis)
        return img

    def forward(self, x):
        ho, wo = self.out_len(x.size(2)), self.out_len(x.size(3))
        img = self.enlarge(x)
        rows = []
        for i in range(ho):
            row = []
            for j in range(wo):
                a, b = i * self.stride, j * self.stride
                win = img[:, :, a:a + self.ksize, b:b + self.ksize]
                row.append(torch.einsum('nchw,kchw->nk', win, self.weight) + self.bias)
            rows.append(torch.stack(row, dim=2))
        return torch.stack(rows, dim=2)
