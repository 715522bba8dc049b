# question: q3
# fault: the positions of the maxima (second result of torch.max) are returned instead of the maxima
# name: indices-returned
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k = kernel_size
        self.s = stride or kernel_size
        self.p = padding

    def _border(self, img):
        p = self.p
        if not p:
            return img
        big = torch.full((img.size(0), img.size(1), img.size(2) + 2 * p, img.size(3) + 2 * p),
                         float('-inf'), dtype=img.dtype, device=img.device)
        big[:, :, p:-p, p:-p] = img
        return big

    def forward(self, x):
        x = self._border(x)
        blocks = x.unfold(2, self.k, self.s).unfold(3, self.k, self.s)   # N C Ho Wo k k
        blocks = blocks.reshape(*blocks.shape[:4], -1)
        _, pooled = torch.max(blocks, dim=-1)
        return pooled
