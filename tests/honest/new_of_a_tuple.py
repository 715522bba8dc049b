"""A pair is a class of tuples, which a number makes too: such a class needs a __new__ of its own."""

# questions: q3
# may lose: nothing

from torch import nn


class Pair(tuple):
    def __new__(cls, value):
        return super().__new__(cls, value if isinstance(value, tuple) else (value, value))


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.kernel = Pair(kernel_size)
        self.stride = Pair(kernel_size if stride is None else stride)
        self.padding = Pair(padding)

    def forward(self, x):
        (top, left), (n, c, h, w) = self.padding, x.shape
        big = x.new_full((n, c, h + 2 * top, w + 2 * left), float("-inf"))
        big[:, :, top : top + h, left : left + w] = x
        windows = big
        for axis, (k, s) in enumerate(zip(self.kernel, self.stride)):
            windows = windows.unfold(axis + 2, k, s)
        return windows.flatten(-2).max(-1).values
