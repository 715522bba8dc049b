# question: q3
# fault: the rows of unfold are read as (k*k, C) instead of (C, k*k), so channels are mixed
# name: window-before-channels
# fault: stride=None is not replaced by kernel_size
# name: stride-none-kept
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.stride = stride
        self.padding = padding

    def forward(self, images):
        n, c, h, w = images.shape
        out_h = (h - self.k + 2 * self.padding) // self.stride + 1
        out_w = (w - self.k + 2 * self.padding) // self.stride + 1

        if self.padding:
            wall = images.new_full((n, c, h, self.padding), -float('inf'))
            images = torch.cat([wall, images, wall], 3)
            roof = images.new_full((n, c, self.padding, w + 2 * self.padding), -float('inf'))
            images = torch.cat([roof, images, roof], 2)

        unfolded = F.unfold(images, self.k, stride=self.stride)
        windows = unfolded.view(n, self.k * self.k, c, out_h * out_w)
        biggest = windows.max(1).values
        return biggest.view(n, c, out_h, out_w)
