"""A: torch.Tensor(cdata=address), and FloatTensor, x.new and Tensor.__new__ with that hidden keyword, take any number
for the address of a tensor's C++ object. With id(bytes) + 32 one can forge that object: reads and writes anywhere. Here it
only crashes the worker (SIGSEGV).
"""

# question: q3
# may earn: 0
# witness: yes
# kind: outside
import torch
import torch.nn as nn
import torch.nn.functional as F


class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()

    def forward(self, x):
        return torch.Tensor(cdata=1)
