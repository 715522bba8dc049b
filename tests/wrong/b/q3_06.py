# question: q3
# fault: the running maximum is written in place into a slice of the image, which is a view and no copy
# name: maximum-in-place
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    # idea: k*k shifted strided slices, keep the elementwise largest

    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride else kernel_size
        self.padding = padding

    def forward(self, x):
        N, C, H, W = x.shape
        k, s, p = self.kernel_size, self.stride, self.padding
        oh = (H + 2 * p - k) // s + 1
        ow = (W + 2 * p - k) // s + 1
        if p > 0:
            tmp = x.new_full((N, C, H + 2 * p, W + 2 * p), float('-inf'))
            tmp[:, :, p:p + H, p:p + W] = x
            x = tmp
        hspan = s * (oh - 1) + 1
        wspan = s * (ow - 1) + 1
        best = x[:, :, 0:hspan:s, 0:wspan:s]
        for u in range(k):
            for v in range(k):
                cand = x[:, :, u:u + hspan:s, v:v + wspan:s]
                bigger = cand > best
                best[bigger] = cand[bigger]
        return best
