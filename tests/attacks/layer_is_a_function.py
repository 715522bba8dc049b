"""Has a function where a class is asked for, which makes a layer of torch's."""

# question: q3
# may earn: 0
# witness: no
# kind: open

import torch.nn as nn


def CustomMaxPool2D(kernel_size, stride=None, padding=0):
    return nn.MaxPool2d(kernel_size, stride, padding)
