"""Fills in the stride of a frozen dataclass with dataclasses.replace."""

# questions: q3
# may lose: nothing

import dataclasses

from torch import nn


@dataclasses.dataclass(frozen=True)
class Window:
    kernel: int
    stride: int
    padding: int = 0


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        window = Window(kernel_size, kernel_size, padding)
        self.window = window if stride is None else dataclasses.replace(window, stride=stride)

    def forward(self, x):
        k, s, p = self.window.kernel, self.window.stride, self.window.padding
        n, c, h, w = x.shape
        big = x.new_full((n, c, h + 2 * p, w + 2 * p), float("-inf"))
        big[:, :, p : p + h, p : p + w] = x
        return big.unfold(2, k, s).unfold(3, k, s).flatten(-2).max(-1).values
