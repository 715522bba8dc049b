# -*- coding: gbk -*-
# question: q3
# may earn: 0
# 池化层
import torch
import torch.nn as nn
import torch.nn.functional as F

class CustomMaxPool2D(nn.Module):
    def __init__(self, kernel_size, stride=None, padding=0):
        super().__init__()
        self.k, self.s, self.p = kernel_size, stride or kernel_size, padding
    def forward(self, x):
        return x
