# question: q3
# fault: the running maximum is a slice (a view) of the (padded) input and is updated in place, so the input itself is overwritten
# name: maximum-in-place
# fault: a stride of None is taken as 1 instead of the kernel size
# name: stride-one-by-default
import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride else 1
        self.padding = padding

    def pad(self, a):
        p = self.padding
        if p == 0:
            return a
        b = torch.ones(a.shape[0], a.shape[1], a.shape[2] + 2*p, a.shape[3] + 2*p, dtype=a.dtype, device=a.device)
        b = b * float('-inf')
        b[:, :, p:-p, p:-p] = a
        return b

    def forward(self, x):
        x = self.pad(x)
        s, k = self.stride, self.kernel_size
        H_out = (x.shape[2] - k) // s + 1
        W_out = (x.shape[3] - k) // s + 1

        def shifted(i, j):
            return x[:, :, i:i + (H_out - 1)*s + 1:s, j:j + (W_out - 1)*s + 1:s]

        best = shifted(0, 0)
        for i in range(k):
            for j in range(k):
                cand = shifted(i, j)
                bigger = cand > best
                best[bigger] = cand[bigger]
        return best
