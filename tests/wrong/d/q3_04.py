# question: q3
# fault: the maximum is picked by multiplying with a mask of zeros and ones, and zero times the minus infinity of the padding is NaN
# name: padded-with-nan

import torch
import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kh, self.kw = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        if stride is None:
            self.sh, self.sw = self.kh, self.kw
        else:
            self.sh, self.sw = (stride, stride) if isinstance(stride, int) else stride
        self.ph, self.pw = (padding, padding) if isinstance(padding, int) else padding

    def forward(self, x):
        b, c, h, w = x.shape
        padded = x.new_full((b, c, h + 2 * self.ph, w + 2 * self.pw), -float('inf'))
        padded[:, :, self.ph:self.ph + h, self.pw:self.pw + w] = x
        windows = padded.unfold(2, self.kh, self.sh).unfold(3, self.kw, self.sw)
        windows = windows.reshape(*windows.shape[:4], self.kh * self.kw)
        # one-hot mask of the first maximum of every window, then a weighted sum
        arg = windows.max(dim=-1)[1]
        mask = torch.zeros_like(windows)
        mask = mask.scatter(-1, arg.unsqueeze(-1), 1.0)
        return (windows * mask).sum(dim=-1)
