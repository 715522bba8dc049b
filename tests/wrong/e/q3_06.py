# question: q3
# fault: the running maximum starts at zero, so negative maxima come out as 0
# name: maximum-from-zero
import torch
import torch.nn as nn

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding

    def forward(self, x):
        n, c, h, w = x.shape
        k = self.kernel_size
        s = self.stride
        p = self.padding
        big = x.new_full((n, c, h + 2*p, w + 2*p), float('-inf'))
        big[:, :, p:p+h, p:p+w] = x
        h2 = (h + 2*p - k)//s + 1
        w2 = (w + 2*p - k)//s + 1
        best = x.new_zeros((n, c, h2, w2))
        # compare every offset inside the window
        for di in range(k):
            for dj in range(k):
                cand = big[:, :, di:di + s*h2:s, dj:dj + s*w2:s]
                best = torch.where(cand > best, cand, best)
        return best
