"""Makes a layer of torch's in __new__."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


class CustomMaxPool2D(nn.Module):
    def __new__(cls, kernel_size, stride=None, padding=0):
        return nn.MaxPool2d(kernel_size, stride, padding)
