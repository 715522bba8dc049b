# question: q2
# fault: the output size lacks the + 1
# name: conv-last-stop-missing
# fault: the bias is broadcast along the width instead of along the channels
# name: bias-along-width
import math
import torch
from torch import nn


class CustomConv2D(nn.Module):
    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        super().__init__()
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, kernel_size, kernel_size))
        self.bias = nn.Parameter(torch.empty(out_channels))
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        f = in_channels * kernel_size * kernel_size
        nn.init.uniform_(self.bias, -1.0 / math.sqrt(f), 1.0 / math.sqrt(f))

    def forward(self, image_batch):
        k = self.kernel_size
        b, c, rows, cols = image_batch.shape
        pad_rows = rows + 2 * self.padding
        pad_cols = cols + 2 * self.padding
        frame = torch.zeros(b, c, pad_rows, pad_cols).to(image_batch)
        frame[:, :, self.padding:self.padding + rows, self.padding:self.padding + cols] = image_batch

        new_rows = (pad_rows - k) // self.stride
        new_cols = (pad_cols - k) // self.stride
        planes = []
        for f in range(self.out_channels):
            plane = torch.zeros(b, new_rows, new_cols).to(image_batch)
            for i in range(new_rows):
                for j in range(new_cols):
                    r0, c0 = i * self.stride, j * self.stride
                    plane[:, i, j] = torch.einsum('bcuv,cuv->b', frame[:, :, r0:r0 + k, c0:c0 + k], self.weight[f])
            planes.append(plane)
        return torch.stack(planes, dim=1) + self.bias
