# question: q3
# may earn: 0
import torch
import torch.nn as nn
class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
    def forward(self, x):
        print("形状 ✓", x.shape)
        return x
