# question: q3
# fault: the stride is ignored, the image is always cut into tiles of kernel_size
# name: pool-stride-ignored
# fault: the padding is ignored
# name: pool-padding-ignored
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding

    def forward(self, x):
        """
        reshape to (N, C, H/k, k, W/k, k) and take the max over the two k axes
        """
        k = self.kernel_size
        N, C, H, W = x.shape
        h, w = H // k, W // k
        # rows and columns that do not fill a window are dropped
        tiles = x[:, :, :h * k, :w * k].reshape(N, C, h, k, w, k)
        tiles = tiles.permute(0, 1, 2, 4, 3, 5).reshape(N, C, h, w, k * k)
        values, indices = torch.max(tiles, dim=4)
        return values
